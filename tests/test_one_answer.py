# SPDX-License-Identifier: BSD-3-Clause
"""One answer: the bytes of a result depend on nothing but the values of its operands."""

import functools
import itertools

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr
from fastrelu import _ufuncs


def _results(kernel, arrays, params):
    return [r.copy() for r in support.as_tuple(kernel.ufunc(*arrays, *params))]


@functools.lru_cache(maxsize=4)
def _reference(kernel, dtype, params, n=None, signs=""):
    """Operands and their results one element at a time in the baseline room: what every other way must equal."""
    if n is None:
        x = np.concatenate([support.patterns(dtype)[::7], support.knees(kernel, dtype, params)])
        arrays = [x] if kernel.arrays == 1 else [np.resize(np.append(support.dy_values(dtype), dtype.type(1)), x.shape), x]
    else:
        arrays = support.operands(kernel, n, dtype)
    with support.instruction_set("scalar"):
        return arrays, _results(kernel, arrays, params)


def test_instruction_sets(kernel, dtype, isa, fast):
    """Every room gives the scalar room's bytes, payloads of NaNs included."""
    for params in support.param_sets(kernel):
        arrays, wanted = _reference(kernel, dtype, params, signs=repr(params))  # -0.0 == 0.0
        for got, want in zip(_results(kernel, arrays, params), wanted, strict=True):
            same_bytes(got, want, f"{kernel}{params} {isa}")


def _tiled(kernel, dtype):
    """64 operands whose results are known one by one: a permutation of them must be the permutation of the results."""
    arrays = support.operands(kernel, 64, dtype, 11)
    params = support.given_params(kernel) if kernel.required else ()
    singles = [_results(kernel, [a[i : i + 1] for a in arrays], params) for i in range(64)]
    return arrays, params, [np.concatenate([single[k] for single in singles]) for k in range(kernel.outs)]


def test_lengths_and_positions(kernel, any_dtype, isa):
    """Lengths 1 to 200 and around multiples of vectors; every start modulo 64 elements: an element's answer is its own."""
    arrays, params, wanted = _tiled(kernel, any_dtype)
    lengths = [*range(1, 130, 1), 191, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1100]
    big = [np.resize(a, 1300) for a in arrays]
    wide = [np.resize(w, 1300) for w in wanted]
    for n in lengths:
        start = n * 7 % 64
        got = support.as_tuple(kernel.ufunc(*[a[start : start + n] for a in big], *params))
        for g, w in zip(got, wide, strict=True):
            same_bytes(g, w[start : start + n], f"{kernel} n={n} start={start}")


def test_tiny_numbers_and_neighbours(kernel, dtype, isa):
    """Subnormal and nearly subnormal numbers, which the loops set apart, among any others, with any gradients and parameters."""
    fmt, rng = support.format_of(dtype), np.random.default_rng(13)
    bits = np.concatenate([rng.integers(1, 1 << fmt.mantissa + 1, 20), rng.integers(1, 60 << fmt.mantissa, 20)])
    tiny = bits.astype(support.unsigned(dtype)).view(dtype)
    values = np.concatenate([tiny, -tiny, np.array([0, -0.0, np.inf, -np.inf, np.nan, 1, -3, 1e3, -1e-3], dtype)])
    n = 150
    arrays = [rng.choice(values, n) for _ in range(kernel.arrays)]
    if kernel.params:
        given = support.given_params(kernel)
        factors = rng.choice([1, 1, 0.5, 2.0**-6, 2.0**-30, 2.0**20], (len(given), n))
        with np.errstate(over="ignore"):
            params = [(np.full(n, p) * f).astype(dtype) for p, f in zip(given, factors, strict=True)]
    else:
        params = []
    together = _results(kernel, arrays, params)
    for i in range(n):
        for got, want in zip(_results(kernel, [a[i : i + 1] for a in arrays], [p[i] for p in params]), together, strict=True):
            same_bytes(got, want[i : i + 1], f"{kernel}({[a[i] for a in arrays]}, {[p[i] for p in params]})")


def test_alignment(kernel, any_dtype, isa):
    """Inputs and output at every offset from a vector's boundary, in place too."""
    arrays, params, wanted = _tiled(kernel, any_dtype)
    n = 150
    values, wide = [np.resize(a, n) for a in arrays], [np.resize(w, n) for w in wanted]
    for offset in range(0, max(2, 64 // any_dtype.itemsize), max(1, 4 // any_dtype.itemsize)):
        placed = [support.laid_out(v, offset=offset + 3 * i)[0] for i, v in enumerate(values)]
        outs = tuple(support.laid_out(np.zeros(n, any_dtype), offset=5 * offset % 17 + i)[0] for i in range(kernel.outs))
        got = support.as_tuple(kernel.ufunc(*placed, *params, out=outs))
        for g, w in zip(got, wide, strict=True):
            same_bytes(g, w, f"{kernel} offset {offset}")
        got = support.as_tuple(kernel.in_place(placed[0], *placed[1:], *params))
        for g, w in zip(got, wide, strict=True):
            same_bytes(g, w, f"{kernel}_ offset {offset}")


def test_strides(kernel, any_dtype, isa):
    arrays, params, wanted = _tiled(kernel, any_dtype)
    for steps, n in itertools.product([(2,), (3,), (-1,), (-2,), (5,)], [3, 31, 700]):
        values, wide = [np.resize(a, n) for a in arrays], [np.resize(w, n) for w in wanted]
        placed = [support.laid_out(v, steps)[0] for v in values]
        for g, w in zip(support.as_tuple(kernel.ufunc(*placed, *params)), wide, strict=True):
            same_bytes(g, w, f"{kernel} step {steps} n={n}")
        for g, w in zip(support.as_tuple(kernel.in_place(*placed, *params)), wide, strict=True):
            same_bytes(g, w, f"{kernel}_ step {steps} n={n}")


def test_params_uniform_or_varying(kernel, dtype, isa):
    """A parameter gives the same bytes as a number, a left-out default, a broadcast array and a full one."""
    if not kernel.params:
        return
    arrays = support.operands(kernel, (6, 50), dtype)
    with np.errstate(all="ignore"):
        for params in support.param_sets(kernel):
            values = [np.array(p).astype(dtype) for p in params or kernel.params.values()]
            wanted = _results(kernel, arrays, params)
            for shape in [(1,), (50,), (6, 1), (6, 50)]:
                for got, want in zip(_results(kernel, arrays, [np.full(shape, v) for v in values]), wanted, strict=True):
                    same_bytes(got, want, f"{kernel}{params} {shape}")


LARGE = 700_000  # seven threads pay at this size


@pytest.mark.parametrize("layout", ["contiguous", "in place", "strided"])
def test_threads(kernel, dtype, layout):
    arrays, wanted = _reference(kernel, dtype, support.given_params(kernel), LARGE + 37)
    params = support.given_params(kernel)
    for threads in (1, 2, 3, 7):
        with fr.num_threads(threads):
            if layout == "contiguous":
                got = kernel.ufunc(*arrays, *params)
            elif layout == "in place":
                got = kernel.in_place(arrays[0].copy(), *arrays[1:], *params)
            else:
                spread = [np.repeat(a, 2)[::2] for a in arrays]
                got = kernel.ufunc(*spread, *params)
        for g, w in zip(support.as_tuple(got), wanted, strict=True):
            same_bytes(g, w, f"{kernel} {threads} threads, {layout}")


def test_streaming_stores(kernel, any_dtype, isa):
    """Arrays that bypass the caches (24 MiB and more in total), from odd addresses and of odd lengths; and in place, where they
    are asked for ahead."""
    params = support.given_params(kernel) if kernel.required else ()
    n = (25 << 20) // any_dtype.itemsize // (kernel.arrays + kernel.outs) + 13
    tile = 4099
    arrays = support.operands(kernel, tile, any_dtype, 4)
    wanted = _results(kernel, arrays, params)
    large = [np.tile(a, n // tile + 2)[1 : n + 1] for a in arrays]
    with fr.num_threads(3):
        got = support.as_tuple(kernel.ufunc(*large, *params))
        in_place = support.as_tuple(kernel.in_place(large[0], *large[1:], *params))
    for g, i, w in zip(got, in_place, wanted, strict=True):
        whole = np.tile(w, n // tile + 2)[1 : n + 1]
        same_bytes(g, whole, f"{kernel} streaming")
        same_bytes(i, whole, f"{kernel} in place")


@pytest.mark.parametrize("width", [1024, 2900], ids=["short gap", "long gap"])
def test_large_row_slices(kernel, width):
    """Rows with gaps have ways of their own where they are many; the gaps stay as they were."""
    params = support.given_params(kernel) if kernel.required else ()
    rows = (25 << 20) // 4 // 900 // (kernel.arrays + kernel.outs)
    tile = support.operands(kernel, (97, 900), np.dtype("f"), 4)
    wanted = [np.resize(w, (rows, 900)) for w in _results(kernel, tile, params)]
    placed = [np.full((rows, width), 7, np.float32) for _ in range(kernel.arrays + kernel.outs)]
    arrays, outs = placed[: kernel.arrays], placed[kernel.arrays :]
    for place, values in zip(arrays, tile, strict=True):
        place[:, 3:903] = np.resize(values, (rows, 900))
    for threads in (1, 3):
        with fr.num_threads(threads):
            kernel.ufunc(*(a[:, 3:903] for a in arrays), *params, out=tuple(o[:, 3:903] for o in outs))
        for out, want in zip(outs, wanted, strict=True):
            same_bytes(out[:, 3:903], want, f"{kernel} {threads} threads")
            assert (np.delete(out, np.s_[3:903], axis=1) == 7).all()
    got = support.as_tuple(kernel.in_place(*(a[:, 3:903] for a in arrays), *params))
    for g, want in zip(got, wanted, strict=True):
        same_bytes(g, want, f"{kernel}_")
    assert (np.delete(arrays[0], np.s_[3:903], axis=1) == 7).all()


def test_fast_path_changes_nothing(kernel, any_dtype):
    """The short cut and NumPy's machinery agree in values, dtype, shape, and memory order of the result."""
    given = [()] if any_dtype.kind in "iu" else [*support.param_sets(kernel), (5,) * len(kernel.params)]
    base = support.operands(kernel, (4, 6, 10), any_dtype)
    layouts = {
        "C": base,
        "F": [np.asfortranarray(a) for a in base],
        "moved axes": [np.moveaxis(a, 0, 1) for a in base],
        "reversed": [a[::-1, :, ::-1] for a in base],
        "steps": [a[:, ::2, ::3] for a in base],
        "row slice": [a[0, :, :9] for a in base],
        "mixed": [base[0], *(np.asfortranarray(a) for a in base[1:])],
        "broadcast": [base[0], *(a[:1, :, :1] for a in base[1:])],
        "1-d": [a.ravel()[:77] for a in base],
        "0-d": [a[0, 0, 0, ...] for a in base],
        "empty": [a[:0] for a in base],
        "one": [a[:1, :1, :1] for a in base],
    }
    for params in given:
        for label, arrays in layouts.items():
            if kernel.required and not params:
                continue
            results = {}
            for on in (True, False):
                before = _ufuncs.set_fast_path(on)
                try:
                    results[on] = support.as_tuple(kernel.ufunc(*arrays, *params))
                finally:
                    _ufuncs.set_fast_path(before)
            for a, b in zip(results[True], results[False], strict=True):
                assert type(a) is type(b)
                same_bytes(np.asarray(a), np.asarray(b), f"{kernel}{params} {label}")
                assert np.asarray(a).strides == np.asarray(b).strides, f"{kernel}{params} {label}"
