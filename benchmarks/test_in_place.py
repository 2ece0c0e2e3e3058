# SPDX-License-Identifier: BSD-3-Clause
"""What does in place save? The same function overwriting its input, into a given array, and into a new one.

    pytest benchmarks/test_in_place.py --benchmark-group-by=param:name,param:kind,param:size
"""
import pytest

import fastrelu as fr
from fastrelu.tools import timing

PAIRS = [(case.name, case.kind) for case in timing.cases() if not case.in_place]


@pytest.mark.parametrize("form", ["in place", "out", "new array"])
@pytest.mark.parametrize(("name", "kind"), PAIRS, ids=str)
@pytest.mark.parametrize("size", [2**12, 2**16, 2**22, 2**24])
def test_in_place(contest, stop_watch, benchmark, buffers, size, name, kind, form):
    benchmark.group = f"{name} {kind} float32 {size}: in place or not"
    arrays = buffers(size, "float32")
    case = timing.Case(name, kind + "_" if form == "in place" else kind)
    if form != "new array":
        contest(case, arrays, "fastrelu")
        return
    arrays.prepare(case)
    function, operands = getattr(fr.get(name), kind), [arrays[name] for name in case.inputs]
    required = [case.params[p] for p, value in fr.get(name).params.items() if value is None]
    with fr.num_threads(1):
        stop_watch(lambda: function(*operands, *required))
