# SPDX-License-Identifier: BSD-3-Clause
"""What does in place save? The same function overwriting its input, into a given array, and into a new one.

    pytest benchmarks/test_in_place.py --benchmark-group-by=param:function,param:size
"""
import pytest

import fastrelu as fr
from fastrelu._registry import functions
from fastrelu.tools import timing


@pytest.mark.parametrize("form", ["in place", "out", "new array"])
@pytest.mark.parametrize("function", functions.values(), ids=repr)
@pytest.mark.parametrize("size", [2**12, 2**16, 2**22, 2**24])
def test_in_place(contest, stop_watch, benchmark, buffers, size, function, form):
    benchmark.group = f"{function} float32 {size}: in place or not"
    arrays = buffers(size, "float32")
    case = timing.Case(function, form == "in place")
    if form != "new array":
        contest(case, arrays, "fastrelu")
        return
    arrays.prepare(case)
    operands = [arrays[name] for name in case.inputs]
    with fr.num_threads(1):
        stop_watch(lambda: function.ufunc(*operands, *function.needed))
