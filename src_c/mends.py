# SPDX-License-Identifier: BSD-3-Clause
"""Finds the inputs of 16-bit types that are rounded wrong by way of float32, and writes tables/mends.h, which has them put right.

    python mends.py            writes the header
    python mends.py --check    makes it again and says what differs; exits with 1 then

It runs every kernel without mends over all 65,536 inputs, at default parameters and dy = 1, and holds the results against the
formulas of the records in long double: fastrelu must be importable.
"""
import difflib
import pathlib
import sys

import ml_dtypes
import numpy as np

from fastrelu import _ufuncs
from fastrelu._registry import functions
from fastrelu.tools import reference

HEADER = pathlib.Path(__file__).parent / "tables" / "mends.h"
DTYPES = {"f16": np.dtype(np.float16), "bf16": np.dtype(ml_dtypes.bfloat16)}
EVERY = np.arange(2**16, dtype=np.uint16)
HEAD = """/* SPDX-License-Identifier: BSD-3-Clause */
/* The inputs of 16-bit types whose float32 result lies on the wrong side of a midpoint, at the default parameter and for dy = 1:
 * the kernel and the type, a mask that a kernel's rows share, the input's bits under it, and the step away from 0 that puts the
 * result right. Made by mends.py, which says how; do not edit. */
"""


def wrong(kernel, dtype):
    """The steps that results lack, for every input; 0 where nothing is known or wrong."""
    x = EVERY.view(dtype)
    arrays = [x] if kernel.direction == "forward" else [np.ones_like(x), x]
    y = np.empty_like(x)
    _ufuncs.bare_sweep(kernel, arrays, [y, *[np.empty_like(x)] * (kernel.outs - 1)])
    exact = reference.exact(kernel, arrays, ())[0]
    error = reference.ulp_error(y, exact)
    off = (error > 0.5) & (error < 1)
    if kernel.direction == "backward_from_output":  # what no input gives need not be right to the last
        values = reference.round_to(reference.formula(functions[kernel.act.name], kernel.act.formula, x, ()), dtype)
        off &= np.isin(EVERY, values.view(np.uint16))
    return np.where(off, np.where(np.abs(y.astype(np.longdouble)) < np.abs(exact), 1, -1), 0)


def rows(steps):
    """(mask, bits, step) of each, under the mask that leaves out the sign where both signs lack the same."""
    mask = 0x7fff if (steps == np.roll(steps, 2**15)).all() else 0xffff
    for bits in np.unique(EVERY[steps != 0] & mask):
        yield mask, int(bits), int(steps[bits])


def header():
    lines = [HEAD]
    for kernel in functions.values():
        # The nearest is promised of activations, at defaults, if rounding is all that a formula leaves to be done.
        single = len(kernel.act.inputs) == 1 and kernel.act.max_ulp
        if not single or None in kernel.params.values() or len(kernel.params) > 1:
            continue
        lines += [f'{{"{kernel.name}", FR_{name}, {mask:#06x}, {bits:#06x}, {step}}},\n'
                  for name, dtype in DTYPES.items() for mask, bits, step in rows(wrong(kernel, dtype))]
    return "".join(lines)


def main(arguments):
    text = header()
    if "--check" not in arguments:
        HEADER.write_text(text, encoding="utf-8")
        return 0
    there = HEADER.read_text(encoding="utf-8").splitlines()
    lines = list(difflib.unified_diff(there, text.splitlines(), "as it is", "as made", lineterm="", n=0))
    print(*lines, sep="\n", end="\n" if lines else "")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
