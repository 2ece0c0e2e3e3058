# SPDX-License-Identifier: BSD-3-Clause
"""What the tests share: the registry's functions as one list, one of each shape, the oracle, the ulp measure, bit patterns, and
array layouts."""

import collections
import contextlib
import functools
import os
import pathlib
import re
import subprocess
import sys

import numpy as np

with contextlib.suppress(ImportError):
    import ml_dtypes  # noqa: F401 — its presence is what makes bfloat16 known

from fastrelu import __main__, _ufuncs
from fastrelu._registry import functions as BY_NAME
from fastrelu.tools import reference
from fastrelu.tools.reference import (  # noqa: F401 — the tests take them from here
    INTEGERS,
    LD,
    bound,
    dtypes_of,
    exact,
    exact_integers,
    floats,
    format_of,
    formula,
    judge,
    knees,
    round_to,
    slope_varies,
    times,
    ulp_error,
    ulp_of,
    unsigned,
    wide,
)

TESTS = pathlib.Path(__file__).parent
ISAS = [name for name, usable in _ufuncs.isas().items() if usable]
KERNELS = list(BY_NAME.values())
FLOATS = floats()   # one that fastrelu begins to keep is tested from then on

# ---- what can differ ----
# A value can be wrong in one function, type and instruction set: values are tried in all of them. The binding and the loops know
# no function; they can only be wrong for all that look alike to them, and are tried on one of each.


def shape_of(kernel):
    """All that the binding and the loops can tell one function from another by."""
    return kernel.arrays, len(kernel.params), kernel.required, kernel.outs, kernel.integers, kernel.smooth


SHAPES = list({shape_of(kernel): kernel for kernel in reversed(KERNELS)}.values())[::-1]  # the first of each
SIZES = [np.dtype(code) for code in "bHiQ"]  # an integer type of each size
HALVES = [dtype for dtype in FLOATS if dtype.itemsize == 2]


def loops_of(kernel):
    """The dtypes that a kernel keeps, of the integers one of each size."""
    return FLOATS + (SIZES if kernel.integers else [])

# ---- calls ----


def in_place(kernel):
    """A kernel's function in place; of one that has none, what out= over the first operand does."""
    if kernel.has_in_place:
        return kernel.in_place
    return lambda *operands, **params: kernel.ufunc(*operands, **params, out=(operands[0],) + (None,) * (kernel.outs - 1))


def calls(kernel):
    """What a user can call."""
    return (kernel.ufunc, kernel.in_place) if kernel.has_in_place else (kernel.ufunc,)


def at(kernel, values, dy=None):
    """The array operands at values of what the formula is in: dy is 1 if not given, and a gated unit's `up` of every kind."""
    given = {kernel.variable: values, "up": np.resize(dy_values(values.dtype), values.shape)}
    return [given.get(name, np.ones_like(values) if dy is None else dy) for name in kernel.inputs]


# ---- parameters ----


def given_params(kernel):
    """Ordinary values for all parameters."""
    return kernel.given


# Where a formula may have a special case.
SPECIAL_PARAMS = (0.0, -0.0, np.inf, -np.inf, np.nan)
# The output does not determine the gradient for these, and the contract says so.
FROM_OUTPUT_NEEDS = {
    "leaky_relu": lambda slope: slope > 0,
    "elu": lambda alpha: alpha > 0,
    "hardtanh": lambda low, high: low <= high,
}


def param_sets(kernel):
    """() is the defaults left out; then defaults given, other values, and each parameter at the special ones."""
    count = len(kernel.params)
    if not count:
        return [()]
    given = given_params(kernel)
    sets = [] if kernel.required else [()]
    sets += [given, *(values[:count] for values in [(0.25, 1.5), (2.0, 3.0), (1.0, -1.0), (-0.5, -0.5)])]
    sets += [(*given[:i], special, *given[i + 1 :]) for i in range(count) for special in SPECIAL_PARAMS]
    allowed = FROM_OUTPUT_NEEDS.get(kernel.act.name) if kernel.direction == "backward_from_output" else None
    return [p for p in sets if not (allowed and p and not allowed(*p))]


def ends(dtype):
    """Where numbers of the dtype begin and end, of both signs, and NaN."""
    fmt = format_of(dtype)
    powers = [fmt.max_exponent, fmt.min_exponent, fmt.min_exponent - fmt.mantissa]
    sizes = np.array([0, *(2.0**power for power in powers), np.inf])
    sizes[1] *= 2 - 2.0**-fmt.mantissa
    return np.array([*sizes, *-sizes, np.nan]).astype(dtype)


def random_params(kernel, n, dtype, seed=0):
    """An array of n values for each parameter, of either sign where the output is not what they are asked at."""
    rng = np.random.default_rng(seed)
    values = 2 ** rng.uniform(-4, 4, (len(kernel.params), n))
    values *= rng.choice([1, -1], values.shape)
    if kernel.act.name == "hardtanh":
        values.sort(axis=0)
    elif kernel.direction == "backward_from_output":
        values = np.abs(values)
    return tuple(values.astype(dtype))


# ---- the oracle ----

_KEPT = 48  # results, of a few megabytes at most


def _digest(numbers):
    """What tells arrays apart. The last 6 of an 80-bit number's 16 bytes are whatever was there before."""
    words = np.array(numbers, order="C", ndmin=1)
    if words.dtype == LD and np.finfo(LD).nmant == 63 and words.itemsize == 16:
        words = words.view(np.uint64)
        words[1::2] &= 0xFFFF
    return hash(words.tobytes())


def _remembered(evaluate):
    """A formula at numbers where it has been asked for lately is not computed again: a value and what is asked at that output,
    gradients for every kind of dy, a gated unit and its activation share them. Most of a value test's time is the oracle's."""
    known = collections.OrderedDict()

    @functools.wraps(evaluate)
    def ask(expression, values, **how):
        key = [re.sub(r"\bgate\b", "x", expression), *how.items()]
        for name, value in values.items():
            value = np.asarray(value)
            key += [name.replace("gate", "x"), value.dtype, value.shape, _digest(value)]
        key = tuple(key)
        if key not in known:
            known[key] = evaluate(expression, values, **how)
            if len(known) > _KEPT:
                known.popitem(last=False)
        known.move_to_end(key)
        return known[key].copy() if isinstance(known[key], np.ndarray) else known[key]

    return ask


reference._evaluate = _remembered(reference._evaluate)


def shown(operands, at):
    """An element of each operand, in digits and in bits."""
    values = [np.asarray(a).flat[at] if np.ndim(a) else a for a in operands]
    return ", ".join(f"{v!r} ({view_bits(v).item():#x})" if isinstance(v, np.generic) else repr(v) for v in values)


def outputs(kernel, x, params):
    """The rounded values of a gradient's function at x: what a gradient from the output is asked at."""
    return round_to(exact(BY_NAME[kernel.act.name], [x], params)[0], x.dtype)


def one_answer(kernel, arrays, params=()):
    """A kernel's results, after a look whether every instruction set gives the same bytes."""
    first = None
    for room in every_isa():
        with room:
            got = as_tuple(kernel.ufunc(*arrays, *params))
            first = first or got
            for g, f in zip(got, first, strict=True):
                same_bytes(g, f, f"{kernel}, not as in {ISAS[0]}", [*arrays, *params])
    return first


def check(kernel, results, arrays, params, wanted=None):
    """Hold results against the oracle; the message shows the worst input."""
    results = results if isinstance(results, tuple) else (results,)
    wanted = exact(kernel, arrays, params) if wanted is None else wanted
    assert len(results) == len(wanted)
    for expression, got, want in zip(kernel.expressions, results, wanted, strict=True):
        dtype = arrays[0].dtype
        assert got.dtype == dtype, f"{kernel}: {dtype} became {got.dtype}"
        error, bad = judge(kernel, got, want, arrays, params, expression)
        if bad.any():
            worst = np.argmax(np.where(bad, error, -1))
            raise AssertionError(
                f"{kernel}({shown([*arrays, *params], worst)}) {dtype}: got {got.flat[worst]!r}, exact {want.flat[worst]!r}, "
                f"{float(error.flat[worst]):.4g} ulp, promised {bound(kernel, dtype, params, expression):g}; "
                f"{int(bad.sum())} of {bad.size} wrong"
            )


# ---- the command line ----


def run(capsys, *argv):
    """Status, standard output and standard error of `python -m fastrelu …`, in this process."""
    status = __main__.main([*argv])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


# ---- values ----


def view_bits(a):
    """The bits of an array, for comparing NaNs and signed zeros."""
    if a.dtype.kind in "iubO":
        return a
    if a.dtype.itemsize in (2, 4, 8):
        return np.ascontiguousarray(a).view(unsigned(a.dtype))
    return np.ascontiguousarray(a).view(np.uint8)


def same_bytes(got, want, what="", operands=()):
    """Equal in dtype, shape and every bit; of the first difference the message shows the operands, if they are given."""
    assert (got.dtype, got.shape) == (want.dtype, want.shape), f"{what}: {got.dtype}{got.shape}, not {want.dtype}{want.shape}"
    different = view_bits(got) != view_bits(want)
    if np.any(different):
        first = int(np.flatnonzero(different)[0])
        at = tuple(map(int, np.unravel_index(first, got.shape)))
        of = f" of ({shown(operands, first)})" if operands else ""
        raise AssertionError(
            f"{what}: {got.flat[first]!r}{of} at {at}, not {want.flat[first]!r}; "
            f"{np.count_nonzero(different)} of {got.size} differ"
        )


def as_tuple(result):
    return result if isinstance(result, tuple) else (result,)


def same_results(got, want, what=""):
    """The same bytes in every output."""
    for g, w in zip(as_tuple(got), as_tuple(want), strict=True):
        same_bytes(np.asarray(g), np.asarray(w), what)


@contextlib.contextmanager
def trying(*what):
    """A failure inside says what was being tried: for loops within a test."""
    try:
        yield
    except BaseException as error:
        error.add_note("tried: " + ", ".join(map(str, what)))
        raise


@functools.lru_cache
def patterns(dtype):
    """Bit patterns: of 16 bits all; of others powers of two, every high half with a random rest, and, where functions bend,
    underflow or overflow, with the edges of the rest."""
    bits = unsigned(dtype)
    high = np.arange(65536, dtype=bits)
    if bits.itemsize == 2:
        return high.view(dtype)
    rest = 8 * bits.itemsize - 16
    low = np.array([0, 1, (1 << (rest - 1)) - 1, 1 << (rest - 1), (1 << rest) - 1], bits)
    random = np.random.default_rng(7).integers(0, 1 << rest, 65536, dtype=np.uint64).astype(bits)
    high = high << bits.type(rest)
    fmt = format_of(dtype)
    exponent = (high << bits.type(1) >> bits.type(fmt.mantissa + 1)).astype(int) + fmt.min_exponent - 1
    bends = (exponent >= -30) & (exponent <= 12)
    near = high[bends | (exponent < fmt.min_exponent + fmt.mantissa + 3) | (exponent >= fmt.max_exponent - 1)]
    powers = high[:: 1 << (fmt.mantissa - rest)]
    found = np.concatenate([powers, high | random, (near[:, None] | low).ravel()]).view(dtype)
    found.flags.writeable = False
    return found


def dy_values(dtype):
    """Gradients that are not 1: 11 of them, so that every bit pattern of a cycle of 5 or 6 meets each."""
    fmt = format_of(dtype)
    with np.errstate(all="ignore"):
        return np.array(
            [
                0.3,
                -1.0,
                np.inf,
                -np.inf,
                np.nan,
                0.0,
                -0.0,
                1e-3,
                2.0**fmt.min_exponent,
                -(2.0**fmt.max_exponent),
                2.0 ** (fmt.min_exponent - fmt.mantissa),
            ]
        ).astype(dtype)


def ordinary(shape, dtype, seed=0):
    """Random values of every kind: around the knees, huge, tiny, special; integers of the whole range."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        values = rng.integers(info.min, info.max, shape, dtype, endpoint=True)
        return np.where(rng.random(shape) < 0.5, rng.integers(0, 9, shape).astype(dtype), values).astype(dtype)
    bits = rng.integers(0, 1 << (8 * dtype.itemsize) - 1, shape, np.uint64, endpoint=True).astype(unsigned(dtype))
    if dtype.itemsize < 8:
        bits = rng.integers(0, 1 << 8 * dtype.itemsize, shape, np.uint64).astype(unsigned(dtype))
    middle = (rng.standard_normal(shape) * 3).astype(dtype)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 3, -3, 6]).astype(dtype)
    chosen = rng.random(shape)
    return np.where(chosen < 0.6, middle, np.where(chosen < 0.8, bits.view(dtype), rng.choice(special, shape)))


def operands(kernel, shape, dtype, seed=0):
    """Values for the array operands of a kernel."""
    return [ordinary(shape, dtype, seed * 10 + i) for i in range(kernel.arrays)]


def call(kernel, arrays, params=(), **keywords):
    """The ufunc, with parameters that are required given."""
    if not params and kernel.required:
        params = given_params(kernel)
    return kernel.ufunc(*arrays, *params, **keywords)


# ---- layouts ----


def laid_out(values, steps=(), order=None, offset=0, shift=0, swapped=False, fill=0xA5):
    """A view of a canary-filled buffer that holds `values`: a step per axis (negative reverses, |step| > 1 leaves gaps), axes in
    the given order of memory, `offset` elements and `shift` bytes from an aligned address. Returns (view, buffer)."""
    values = np.asarray(values)
    nd = values.ndim
    steps = tuple(steps) + (1,) * (nd - len(steps))
    order = tuple(order) if order is not None else tuple(range(nd))
    dtype = values.dtype.newbyteorder() if swapped else values.dtype
    shape = [max(values.shape[axis], 1) * abs(steps[axis]) + 1 for axis in order]
    size = int(np.prod(shape, dtype=np.int64)) if shape else 1
    buffer = np.full((size + offset) * dtype.itemsize + shift + 64, fill, np.uint8)
    start = -buffer.ctypes.data % 64 + offset * dtype.itemsize + shift
    buffer = np.full(start + size * dtype.itemsize + 64, fill, np.uint8)
    start = -buffer.ctypes.data % 64 + offset * dtype.itemsize + shift
    if start + size * dtype.itemsize > buffer.size:
        buffer = np.full(start + size * dtype.itemsize + 128, fill, np.uint8)
        start = -buffer.ctypes.data % 64 + offset * dtype.itemsize + shift
    base = np.ndarray(tuple(shape), dtype, buffer.data, start)
    base = base.transpose([order.index(axis) for axis in range(nd)])
    index = tuple(slice(0, n * abs(s), abs(s)) if s > 0 else slice(None, None) for n, s in zip(values.shape, steps, strict=True))
    view = base[(..., *index)]
    for axis, (n, s) in enumerate(zip(values.shape, steps, strict=True)):
        if s < 0:
            view = view[
                (
                    ...,
                    *(slice(None),) * axis,
                    slice((n - 1) * -s, None, s) if n else slice(0, 0),
                    *(slice(None),) * (nd - axis - 1),
                )
            ]
    assert view.shape == values.shape
    view[...] = values
    return view, buffer


def untouched(view, buffer, before):
    """Whether only elements of the view changed: `before` is the buffer as it was."""
    now, then = buffer.copy(), before.copy()
    offset = view.__array_interface__["data"][0] - buffer.ctypes.data
    for copy in (now, then):
        np.ndarray(view.shape, np.dtype((np.void, view.itemsize)), copy.data, offset, view.strides)[...] = np.zeros(
            (), np.dtype((np.void, view.itemsize))
        )
    return np.array_equal(now, then)


@contextlib.contextmanager
def instruction_set(name):
    """The instruction set in use during a block, of which a failure tells; afterwards the one before."""
    before = _ufuncs.isa()
    _ufuncs.init(name)
    try:
        assert _ufuncs.isa() == name
        with trying(name):
            yield name
    finally:
        _ufuncs.init(before)


def every_isa():
    """for room in every_isa(): with room: … — each instruction set in turn."""
    return map(instruction_set, ISAS)


@contextlib.contextmanager
def fast_path(on):
    """Whether plain calls bypass NumPy's machinery, during a block."""
    before = _ufuncs.set_fast_path(on)
    try:
        with trying("the fast path" if on else "NumPy's machinery"):
            yield on
    finally:
        _ufuncs.set_fast_path(before)


# ---- other processes ----


def python(script, *args, timeout=60, env=None, check=True):
    """Runs a script in a fresh interpreter; a hang is killed and fails."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("FASTRELU_", "OMP_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *args],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**clean, **(env or {})},
        cwd=TESTS.anchor,
    )
    if check:
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done
