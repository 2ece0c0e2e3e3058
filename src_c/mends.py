# SPDX-License-Identifier: BSD-3-Clause
"""Finds the inputs of 16-bit types that the float32 formulas round wrong, and writes tables/mends.h, which has them nudged.

    python mends.py            writes the header
    python mends.py --check    makes it again and says what differs; exits with 1 then

It compiles the 16-bit rooms in plain C without the nudges, runs every kernel over all 65,536 inputs, at default parameters and
dy = 1, and holds the results against the formulas of the records in long double: fastrelu must be importable, a C compiler there.
"""
import ctypes
import difflib
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np

from fastrelu._registry import functions
from fastrelu.tools import reference

FOLDER = pathlib.Path(__file__).parent
HEADER = FOLDER / "tables" / "mends.h"
DTYPES = {"f16": np.dtype(np.float16), "bf16": np.dtype(ml_dtypes.bfloat16)}
HEAD = """/* SPDX-License-Identifier: BSD-3-Clause */
/* By type and kernel, the inputs whose float32 result lies on the wrong side of a midpoint of the 16-bit type, at the default
 * parameter and for dy = 1: X(input, whether its negative is one, too, that parameter, whether the right side is farther from
 * 0). Made by mends.py, which says how; do not edit. */
"""


class Sweeps(ctypes.Structure):
    _fields_ = [("uniform", ctypes.c_void_p), ("varying", ctypes.c_void_p)]


SWEEP = ctypes.CFUNCTYPE(None, ctypes.POINTER(ctypes.c_void_p), ctypes.c_size_t, ctypes.c_void_p)


def room(name, folder):
    """The sweeps of a plain-C room without nudges, by kernel."""
    library = pathlib.Path(folder, f"{name}.so")
    subprocess.run([*shlex.split(os.environ.get("CC", "cc")), "-std=c11", "-O2", "-ffp-contract=off", "-fno-math-errno", "-fPIC",
                    "-shared", "-DFR_NO_MENDS", str(FOLDER / "isa" / f"scalar_{name}.c"), "-o", str(library), "-lm"], check=True)
    table = (Sweeps * len(functions)).in_dll(ctypes.CDLL(str(library)), f"fr_scalar_{name}")
    return {kernel: SWEEP(row.uniform) for kernel, row in zip(functions, table, strict=True) if row.uniform}


def wrong(kernel, sweep, dtype):
    """The inputs that are rounded wrong, and whether the right result is farther from 0."""
    x = np.arange(2**16, dtype=np.uint16).view(dtype)
    with np.errstate(invalid="ignore"):
        x = x[~np.isnan(x)]
    arrays = [x] if kernel.direction == "forward" else [np.ones_like(x), x]
    params = [np.full(1, value, dtype) for value in kernel.params.values()]
    outs = [np.empty_like(x) for _ in range(1 + (kernel.act.derivative_param is not None and len(arrays) > 1))]
    operands = [*arrays, *params, *outs]
    sweep((ctypes.c_void_p * len(operands))(*(a.ctypes.data for a in operands)), len(x), None)
    exact = reference.exact(kernel, arrays, ())[0]
    error = reference.ulp_error(outs[0], exact)
    off = np.flatnonzero((error > 0.5) & (error < 1))
    if kernel.direction == "backward_from_output":  # what no input gives need not be right to the last
        every = np.arange(2**16, dtype=np.uint16).view(dtype)
        values = reference.round_to(reference.formula(functions[kernel.act.name], kernel.act.formula, every, ()), dtype)
        off = off[np.isin(x[off].view(np.uint16), values.view(np.uint16))]
    found = {float(x[i]): bool(np.abs(float(outs[0][i])) < np.abs(exact[i])) for i in off}
    both = {at for at, up in found.items() if found.get(-at) == up}
    return [(at, int(at in both), int(up)) for at, up in found.items() if at > 0 or at not in both]


def short(x):
    mantissa, exponent = x.hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.')}p{int(exponent)}"


def header():
    lines = [HEAD]
    with tempfile.TemporaryDirectory() as folder:
        for name, dtype in DTYPES.items():
            for kernel, sweep in room(name, folder).items():
                known = functions[kernel]
                found = []
                single = len(known.act.inputs) == 1  # the nearest is not promised of products
                if single and known.act.max_ulp and None not in known.params.values() and len(known.params) < 2:
                    found = wrong(known, sweep, dtype)
                default = next(iter(known.params.values()), 0)
                entries = [f"X({short(x)}f, {both}, {default:g}, {up})" for x, both, up in found]
                rows = [" ".join(entries[i:i + 4]) for i in range(0, len(entries), 4)]
                lines.append(" \\\n    ".join([f"#define FR_MENDS_{name}_{kernel}(X)", *rows]) + "\n")
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
