# SPDX-License-Identifier: BSD-3-Clause
"""What does a call cost that has nothing to do? One element: with out=, a new array, a parameter by keyword, a scalar.

np.negative stands beside as the cost of any ufunc.
"""
import numpy as np
import pytest

import fastrelu as fr
from fastrelu.tools import timing

X = np.ones(1, np.float32)


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("case", timing.cases(), ids=str)
def test_one_element(contest, buffers, case, who):
    contest(case, buffers(1, "float32"), who)


@pytest.mark.parametrize("form", ["new array", "scalar", "keyword"])
@pytest.mark.parametrize("name", fr.names())
def test_forms(benchmark, name, form):
    case = timing.CASES[name]
    function, params = fr.get(name).forward, case.params
    benchmark.group = f"{name}, forms of calls"
    if form == "keyword":
        if not params:
            pytest.skip("has no parameters")
        benchmark(lambda: function(X, **params))
        return
    x = X if form == "new array" else np.float32(1)
    benchmark(function, x, *case.function.needed)


@pytest.mark.parametrize("form", ["new array", "scalar"])
def test_any_ufunc(benchmark, form):
    benchmark.group = "np.negative"
    benchmark(np.negative, X if form == "new array" else np.float32(1))
