# SPDX-License-Identifier: BSD-3-Clause
"""What does a layout cost that is not one contiguous, aligned block? The same function on every second element, on a slice of
rows, in Fortran order, on C and Fortran order mixed, and one byte off alignment.

    pytest benchmarks/test_layouts.py --benchmark-group-by=param:case,param:who
"""
import math

import numpy as np
import pytest

from fastrelu.tools import timing


def contiguous(shape, dtype, number):
    return timing.array_of(shape, dtype, number)


def every_second(shape, dtype, number):
    return timing.array_of((math.prod(shape), 2), dtype, number)[:, 0].reshape(shape)


def row_slice(shape, dtype, number):
    """X[:, :900] of a wider matrix."""
    return timing.array_of((shape[0], 1024), dtype, number)[:, :shape[1]]


def fortran(shape, dtype, number):
    return timing.array_of(shape[::-1], dtype, number).T


def mixed_orders(shape, dtype, number):
    """Inputs in C order, the rest in Fortran order: no way through memory suits all."""
    return contiguous(shape, dtype, number) if number < 3 else fortran(shape, dtype, number)


def unaligned(shape, dtype, number):
    size = math.prod(shape) * np.dtype(dtype).itemsize
    return timing.array_of(size + 1, np.uint8, number)[1:].view(dtype).reshape(shape)


LAYOUTS = [contiguous, every_second, row_slice, fortran, mixed_orders, unaligned]


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("case", timing.cases(directions=["forward", "backward", "forward_"]), ids=str)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_layout(contest, buffers, layout, case, who):
    contest(case, buffers((4096, 900), "float32", layout), who)
