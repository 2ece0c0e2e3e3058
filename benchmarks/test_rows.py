# SPDX-License-Identifier: BSD-3-Clause
"""Softmax and its kin along the last axis and the first, against the best NumPy statements, SciPy and PyTorch; one thread.

    pytest benchmarks/test_rows.py --benchmark-group-by=param:row,param:shape,param:axis
"""
import pytest

from fastrelu._rows import rows
from fastrelu.tools import timing

SHAPES = [(4096, 3), (4096, 64), (1024, 1024), (64, 32768)]


@pytest.mark.parametrize("who", ["fastrelu", "numpy", "scipy", "torch"])
@pytest.mark.parametrize("axis", [-1, 0])
@pytest.mark.parametrize("row", rows.values(), ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_rows(contest, benchmark, buffers, shape, row, axis, who):
    benchmark.group = f"{row} {shape} axis {axis}"
    contest(timing.Rows(row, axis=axis), buffers(shape, "float32"), who)
