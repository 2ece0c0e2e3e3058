# SPDX-License-Identifier: BSD-3-Clause
"""Do subnormal numbers slow anything down? Arrays full of them, half full, and without: the three should be within a factor of 3.

    pytest benchmarks/test_subnormals.py --benchmark-group-by=param:case,param:who
"""
import numpy as np
import pytest

from fastrelu.tools import timing


class Subnormal(timing.Buffers):
    """Buffers of which a share of the inputs is subnormal."""

    share = 1.0

    def fill(self, array, seed):
        super().fill(array, seed)
        rng = np.random.default_rng(seed)
        tiny = (rng.uniform(-1, 1, self.shape) * float(np.finfo(self.dtype).smallest_normal)).astype(self.dtype)
        np.copyto(array, tiny, where=rng.random(self.shape) < self.share)


class HalfSubnormal(Subnormal):
    share = 0.5


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("case", timing.cases(), ids=str)
@pytest.mark.parametrize("kind", [timing.Buffers, HalfSubnormal, Subnormal], ids=["none", "half", "all"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_subnormals(contest, benchmark, dtype, kind, case, who):
    benchmark.group = f"{case} {dtype} {who}: subnormals"
    contest(case, kind(2**16, dtype), who)
