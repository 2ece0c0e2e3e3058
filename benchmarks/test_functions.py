# SPDX-License-Identifier: BSD-3-Clause
"""How fast is each function, in each direction, against the best plain-NumPy idiom? In the caches and out of them, one thread.

    pytest benchmarks/test_functions.py --benchmark-group-by=param:case,param:size
"""
import pytest

from fastrelu.tools import timing


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("case", timing.cases(), ids=str)
@pytest.mark.parametrize("size", [2**10, 2**16, 2**22])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_function(contest, buffers, dtype, size, case, who):
    contest(case, buffers(case.shape(size), dtype), who)
