# SPDX-License-Identifier: BSD-3-Clause
"""Softmax and its kin along the last axis and the first, against the best NumPy statements, SciPy and PyTorch; one thread.

    pytest benchmarks/test_rows.py --benchmark-group-by=param:row,param:shape,param:axis
"""
import numpy as np
import pytest

import fastrelu as fr
from fastrelu._rows import rows
from fastrelu.tools import timing

SHAPES = [(4096, 3), (4096, 64), (1024, 1024), (64, 32768)]


def call_of(row, who, arrays, axis, out):
    """A call without arguments, and how its result becomes an array."""
    if who == "fastrelu":
        return lambda: row.ufunc(*arrays, axis, out)
    if who == "scipy":
        special = pytest.importorskip("scipy.special")
        if row.arrays == 2:
            pytest.skip("SciPy has no gradients")
        return lambda: getattr(special, row.name)(*arrays, axis)
    names = dict(zip(row.inputs, arrays, strict=True))
    if who == "torch":
        torch = pytest.importorskip("torch")
        torch.set_num_threads(1)
        scope = {"torch": torch, "axis": axis, **{name: torch.from_numpy(a) for name, a in names.items()}}
        code = compile(row.record.torch, row.name, "eval")     # the record's own string
        return lambda: eval(code, scope)
    moved = {name: np.moveaxis(a, axis, -1) for name, a in names.items()}
    scope = {"np": np, "out": np.moveaxis(out, axis, -1), "t": np.empty_like(np.moveaxis(out, axis, -1)), **moved}
    code = compile(row.record.numpy, row.name, "exec")
    return lambda: exec(code, scope) or out


@pytest.mark.parametrize("who", ["fastrelu", "numpy", "scipy", "torch"])
@pytest.mark.parametrize("axis", [-1, 0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("row", rows.values(), ids=str)
def test_rows(benchmark, stop_watch, row, shape, axis, who):
    arrays = [timing.array_of(shape, "float32", i) for i in range(row.arrays)]
    if row.arrays == 2:
        arrays[1] = getattr(fr, row.name.split("_backward")[0])(arrays[1], axis)
    out = np.empty(shape, np.float32)
    call = call_of(row, who, arrays, axis, out)
    with fr.num_threads(1):
        assert np.allclose(np.asarray(call()), row.ufunc(*arrays, axis), 1e-3, 1e-6)
        benchmark.group = f"{row} {shape} axis {axis}"
        stop_watch(call)
