# SPDX-License-Identifier: BSD-3-Clause
"""The search for the inputs with the greatest errors. They stand in worst_inputs.py; `certify` and the tests look around each.

    python -m fastrelu.tools.worst                     of every function that rounds more than once: 10 minutes
    python -m fastrelu.tools.worst gelu tanh_backward  of these; the others stay as they are
"""
import argparse
import pathlib

import numpy as np

from .. import _ufuncs
from .._registry import functions
from . import certify, reference, worst_inputs

KEPT = 4    # of each function and type


def searched(kernel):
    """Whether there is anything to be found: more than the rounding of the result, in a function of one variable."""
    return len({*kernel.inputs} - {"dy"}) == 1 and reference.bound(kernel, np.dtype("f"), kernel.needed) > 0.5


def errors(kernel, x):
    """The error of every input in ulps, infinite where a number is missed, on the instruction set in use."""
    of_one = certify.ours(kernel, _ufuncs.isa())
    for at, operands, want in certify.with_reference(kernel, np.array_split(x, max(1, x.size // certify.CHUNK))):
        error = reference.judge(kernel, of_one(at), want, operands, kernel.needed)[0]
        yield np.where(np.isfinite(error), error, np.inf)


def search(kernel, dtype, count, seed=0):
    """input → error of the worst inputs, the worst first: half of `count` inputs are where functions are used, |x| from 2^-10 to
    2^7 (float64: 2^3, for farther out long double's own rounding of exponents shows), the others nearer and nearer to the worst
    of them, for an error comes of where a table or a polynomial is worst."""
    rng, known = np.random.default_rng(seed), {}
    most = 7 if dtype == np.float32 else 3
    x = rng.choice([1, -1], count // 2) * 2 ** rng.uniform(-10, most, count // 2)
    for width in (2.0**-8, 2.0**-14, None):
        x = x.astype(dtype)
        known |= zip(x.tolist(), np.concatenate(list(errors(kernel, x))).tolist(), strict=True)
        worst = sorted(known, key=known.get, reverse=True)[:64]
        if width:
            x = rng.choice(worst, count // 4) * (1 + width * rng.standard_normal(count // 4))
    return {x: known[x] for x in worst[:KEPT]}


def written(found):
    """The text of worst_inputs.py."""
    lines = [f"    {key!r}: (\n        {', '.join(map(repr, inputs))}),\n" for key, inputs in found.items()]
    return ("# SPDX-License-Identifier: BSD-3-Clause\n"
            '"""The inputs with the greatest errors known, of each function and type. Written by worst.py, never by hand."""\n'
            f"WORST = {{\n{''.join(lines)}}}\n")


def main():
    parser = argparse.ArgumentParser(prog="python -m fastrelu.tools.worst", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="activations, or single functions (default: all)")
    parser.add_argument("--inputs", type=int, default=400_000, metavar="N", help="inputs a function and type (default: 400,000)")
    args = parser.parse_args()
    found = dict(worst_inputs.WORST)
    for kernel in (k for k in certify.choose(args.names) if k.name in functions and searched(k)):
        for dtype in map(np.dtype, (np.float32, np.float64)):
            worst = search(kernel, dtype, args.inputs)
            found[kernel.name, dtype.name] = tuple(worst)
            promised = reference.bound(kernel, dtype, kernel.needed)
            print(f"{kernel.name} {dtype}: {max(worst.values()):.3f} ulp, promised {promised:g}", flush=True)
    known = [(name, dtype) for name in functions for dtype in ("float32", "float64") if (name, dtype) in found]
    pathlib.Path(worst_inputs.__file__).write_text(written({key: found[key] for key in known}))


if __name__ == "__main__":
    main()
