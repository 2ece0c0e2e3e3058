# SPDX-License-Identifier: BSD-3-Clause
"""Where does each cache end, and where does the call's own cost? Every function from 1 element to 16 Mi, on one thread.

    pytest benchmarks/test_sizes.py --benchmark-group-by=param:case,param:who
    python -m fastrelu bench --json bench.json && python -m fastrelu plot bench bench.json      as a picture
"""
import pytest

from fastrelu.tools import timing


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("case", timing.cases(directions=["forward", "backward"]), ids=str)
@pytest.mark.parametrize("size", [4**i for i in range(13)])
def test_size(contest, buffers, size, case, who):
    contest(case, buffers(case.shape(size), "float32"), who)
