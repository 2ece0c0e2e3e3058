# SPDX-License-Identifier: BSD-3-Clause
"""What do more threads bring, and from which size? They should cost nothing anywhere: small arrays stay on one thread.

    pytest benchmarks/test_threads.py --benchmark-group-by=param:case,param:size
"""
import pytest

import fastrelu as fr
from fastrelu.tools import timing


def counts():
    """1, 2, 4, … and all."""
    most = fr.get_num_threads()
    return sorted({min(2**i, most) for i in range(most.bit_length() + 1)})


@pytest.mark.parametrize("threads", counts())
@pytest.mark.parametrize("case", timing.cases(directions=["forward", "backward", "forward_", "backward_"]), ids=str)
@pytest.mark.parametrize("size", [2**12, 2**16, 2**18, 2**20, 2**24])
def test_threads(contest, benchmark, buffers, size, case, threads):
    benchmark.group = f"{case} float32 {size}"
    contest(case, buffers(size, "float32"), "fastrelu", threads)
