# SPDX-License-Identifier: BSD-3-Clause
"""One answer: the bytes of a result depend on nothing but the values of its operands."""

import itertools

import numpy as np
import pytest
import support
from support import same_bytes, same_results

import fastrelu as fr

# ---- every function, type and instruction set ----


def _special(kernel, dtype, rng):
    """Values that kernels may set apart: special, subnormal and nearly so, in the tails, at knees, random bits."""
    if dtype.kind in "iu":
        return support.ordinary(60, dtype)
    fmt = support.format_of(dtype)
    bits = np.concatenate([rng.integers(1, 1 << fmt.mantissa + 1, 25), rng.integers(1, 60 << fmt.mantissa, 25)])
    tiny = bits.astype(support.unsigned(dtype)).view(dtype)
    special = np.array([0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 1, -1]).astype(dtype)
    tails = np.concatenate([rng.uniform(-9, 9, 20), rng.uniform(-120, 120, 30), rng.uniform(-1000, 1000, 10)]).astype(dtype)
    knees = rng.choice(support.knees(kernel, dtype, support.given_params(kernel)), 40)
    return np.concatenate([special, special, tiny, -tiny, tails, knees, rng.choice(support.patterns(dtype), 40)])


def _alone(kernel, dtype):
    """Operands, ordinary ones before and all others behind `usual`, and what each gives alone, in the baseline room."""
    rng, usual = np.random.default_rng(11), 70
    if dtype.kind in "iu":
        middle = [support.ordinary(usual, dtype, 1 + i) for i in range(kernel.arrays)]
    else:
        middle = [rng.standard_normal(usual).astype(dtype) for _ in range(kernel.arrays)]
    special = _special(kernel, dtype, rng)
    arrays = []
    for name, ordinary in zip(kernel.inputs, middle, strict=True):
        values = special
        if name != kernel.variable:  # 1, ordinary, or special
            kind, some = rng.random(special.size), np.resize(ordinary, special.size)
            values = np.where(kind < 0.3, dtype.type(1), np.where(kind < 0.6, some, rng.permutation(special)))
        arrays.append(np.concatenate([ordinary, values.astype(dtype)]))
    params = support.given_params(kernel) if dtype.kind not in "iu" else ()
    with support.instruction_set("scalar"):
        singles = [support.as_tuple(kernel.ufunc(*[a[i : i + 1] for a in arrays], *params)) for i in range(arrays[0].size)]
        return usual, arrays, params, [np.concatenate(column) for column in zip(*singles, strict=True)]


def _company(usual, count, rng):
    """Which operand stands where: groups of 64 ordinary ones with none, one, a few or only others in random places, at least half
    of all groups with one kind of others; then runs of each operand; then all in any order."""
    groups = rng.integers(0, usual, (96, 64))
    for group, others in zip(groups, itertools.cycle([0, 1, 1, 2, 5, 32, 64]), strict=False):
        places = rng.permutation(64)[:others]
        group[places] = rng.integers(usual, count, others) if rng.random() < 0.5 else rng.integers(usual, count)
    return np.concatenate([groups.ravel(), np.repeat(np.arange(count), 70), rng.permutation(np.resize(np.arange(count), 4000))])


LENGTHS = [*range(201), 255, 256, 257, 300, 511, 512, 513, 1023, 1024, 1025, 1100]


def test_company(kernel, any_dtype):
    """An element gives what it gives alone, whatever its neighbours are, wherever it stands and however long the array is, in
    place too. So nothing depends on the data but time, and all instruction sets agree, payloads of NaNs included."""
    usual, arrays, params, alone = _alone(kernel, any_dtype)
    rng = np.random.default_rng(3)
    order = _company(usual, arrays[0].size, rng)
    among = [a[order] for a in arrays]
    wanted = tuple(a[order] for a in alone)
    # Pieces of these of every length, from anywhere, each to its place in `pieces`.
    starts = rng.integers(0, order.size - max(LENGTHS), len(LENGTHS))
    taken = np.concatenate([np.arange(start, start + n) for start, n in zip(starts, LENGTHS, strict=True)])
    for room in support.every_isa():
        with room:
            for got, want in zip(support.as_tuple(kernel.ufunc(*among, *params)), wanted, strict=True):
                same_bytes(got, want, f"{kernel}, not as alone", among)
            in_place = support.as_tuple(support.in_place(kernel)(among[0].copy(), *among[1:], *params))
            for got, want in zip(in_place, wanted, strict=True):
                same_bytes(got, want, f"{kernel}_, not as alone", among)
            pieces, end = [np.zeros(taken.size, any_dtype) for _ in wanted], 0
            for start, n in zip(starts, LENGTHS, strict=True):
                out = tuple(piece[end : end + n] for piece in pieces)
                kernel.ufunc(*[a[start : start + n] for a in among], *params, out=out)
                end += n
            for got, want in zip(pieces, wanted, strict=True):
                same_bytes(got, want[taken], f"{kernel} in arrays of other lengths, not as alone", [a[taken] for a in among])


@pytest.mark.parametrize("kernel", [k for k in support.KERNELS if k.params], ids=repr)
def test_params_uniform_or_varying(kernel, dtype):
    """A parameter gives the same bytes as a number, as an array of any shape that broadcasts, and as one of many in an array."""
    rng, shape = np.random.default_rng(5), (6, 50)
    arrays = support.operands(kernel, shape, dtype)
    arrays[-1][:3] = rng.standard_normal((3, 50)) * 3
    with np.errstate(over="ignore"):
        sets = [tuple(np.array(p).astype(dtype) for p in params) for params in support.param_sets(kernel) if params]
    sets += zip(*support.random_params(kernel, 6, dtype), strict=True)
    which = rng.integers(0, len(sets), shape)
    which[:, 10:14] = which[:1, 10:11]  # and some neighbours alike
    mixed = [np.take(np.array(column, dtype), which) for column in zip(*sets, strict=True)]
    for room in support.every_isa():
        with room, np.errstate(all="ignore"):
            together = support.as_tuple(kernel.ufunc(*arrays, *mixed))
            for number, params in enumerate(sets):
                with support.trying(f"parameters {params}"):
                    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
                    for given in [(1,), (50,), (6, 1), (6, 50)]:
                        same_results(kernel.ufunc(*arrays, *[np.full(given, p) for p in params]), wanted, f"{kernel} {given}")
                    for got, want in zip(together, wanted, strict=True):
                        same_bytes(got[which == number], want[which == number], f"{kernel} among other parameters")


# ---- one function of each shape ----


def _tiled(kernel, dtype):
    """64 operands whose results are known one by one: a permutation of them must be the permutation of the results."""
    arrays = support.operands(kernel, 64, dtype, 11)
    params = support.given_params(kernel) if kernel.required else ()
    singles = [support.as_tuple(kernel.ufunc(*[a[i : i + 1] for a in arrays], *params)) for i in range(64)]
    return arrays, params, [np.concatenate([single[k] for single in singles]) for k in range(kernel.outs)]


@pytest.mark.shapes
def test_alignment(kernel, any_dtype):
    """Inputs and output at every offset from a vector's boundary, in place too."""
    arrays, params, wanted = _tiled(kernel, any_dtype)
    n = 150
    values, wide = [np.resize(a, n) for a in arrays], tuple(np.resize(w, n) for w in wanted)
    for offset in range(0, max(2, 64 // any_dtype.itemsize), max(1, 4 // any_dtype.itemsize)):
        for room in support.every_isa():
            with room, support.trying(f"offset {offset}"):
                placed = [support.laid_out(v, offset=offset + 3 * i)[0] for i, v in enumerate(values)]
                outs = tuple(support.laid_out(np.zeros(n, any_dtype), offset=5 * offset % 17 + i)[0] for i in range(kernel.outs))
                same_results(kernel.ufunc(*placed, *params, out=outs), wide, kernel)
                same_results(support.in_place(kernel)(placed[0], *placed[1:], *params), wide, f"{kernel}_")


@pytest.mark.shapes
def test_strides(kernel, any_dtype):
    arrays, params, wanted = _tiled(kernel, any_dtype)
    for step, n in itertools.product([2, 3, -1, -2, 5], [3, 31, 700]):
        values, wide = [np.resize(a, n) for a in arrays], tuple(np.resize(w, n) for w in wanted)
        for room in support.every_isa():
            with room, support.trying(f"step {step}, {n} elements"):
                placed = [support.laid_out(v, (step,))[0] for v in values]
                same_results(kernel.ufunc(*placed, *params), wide, kernel)
                same_results(support.in_place(kernel)(*placed, *params), wide, f"{kernel}_")


LARGE = 700_000  # seven threads pay at this size


@pytest.mark.shapes
def test_threads(kernel, dtype):
    """Any number of them, on contiguous arrays, in place, and on strided ones."""
    arrays = [np.resize(a, LARGE + 37) for a in support.operands(kernel, 70_001, dtype)]
    params = support.given_params(kernel)
    spread = [np.repeat(a, 2)[::2] for a in arrays]
    with fr.num_threads(1):
        wanted = kernel.ufunc(*arrays, *params)
    for threads in (2, 3, 7):
        with fr.num_threads(threads), support.trying(f"{threads} threads"):
            same_results(kernel.ufunc(*arrays, *params), wanted, kernel)
            same_results(support.in_place(kernel)(arrays[0].copy(), *arrays[1:], *params), wanted, f"{kernel}_")
            same_results(kernel.ufunc(*spread, *params), wanted, f"{kernel} strided")


def _beside_a_line(n, dtype, behind=1):
    """An array of n elements that starts so many elements behind a cache line."""
    memory = np.empty(n * dtype.itemsize + 128, np.uint8)
    start = -memory.ctypes.data % 64 + behind * dtype.itemsize
    return memory[start : start + n * dtype.itemsize].view(dtype)


# Parameters are no business of stores.
STORES = list({(k.arrays, k.outs, k.smooth, k.required): k for k in reversed(support.SHAPES)}.values())


@pytest.mark.parametrize(("kernel", "any_dtype"), [(k, d) for k in STORES for d in support.loops_of(k)], ids=str)
def test_streaming_stores(kernel, any_dtype):
    """Arrays that bypass the caches (24 MiB and more in total), from odd addresses and of odd lengths; and in place, where they
    are asked for ahead. Two outputs are streamed only where both are aligned alike."""
    params = support.given_params(kernel) if kernel.required else ()
    n = (25 << 20) // any_dtype.itemsize // (kernel.arrays + kernel.outs) + 13
    tile = 4099
    arrays = support.operands(kernel, tile, any_dtype, 4)
    large = [np.tile(a, n // tile + 2)[1 : n + 1] for a in arrays]
    wanted = tuple(np.tile(w, n // tile + 2)[1 : n + 1] for w in support.as_tuple(kernel.ufunc(*arrays, *params)))
    outs = [_beside_a_line(n, any_dtype) for _ in wanted]
    lasts = [outs[-1], *(_beside_a_line(n, any_dtype, 4) for _ in wanted[1:])]
    for room in support.every_isa():
        with room, fr.num_threads(3):
            for last in lasts:
                given = (*outs[:-1], last)
                for out in given:
                    out.fill(0)
                same_results(kernel.ufunc(*large, *params, out=given), wanted, f"{kernel} streaming")
            same_results(support.in_place(kernel)(large[0].copy(), *large[1:], *params), wanted, f"{kernel}_")


@pytest.mark.shapes
@pytest.mark.parametrize("width", [1024, 2900], ids=["short gap", "long gap"])
def test_large_row_slices(kernel, width):
    """Rows with gaps have ways of their own where they are many; the gaps stay as they were."""
    params = support.given_params(kernel) if kernel.required else ()
    rows = (25 << 20) // 4 // 900 // (kernel.arrays + kernel.outs)
    tile = support.operands(kernel, (97, 900), np.dtype("f"), 4)
    wanted = [np.resize(w, (rows, 900)) for w in support.as_tuple(kernel.ufunc(*tile, *params))]
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
    got = support.as_tuple(support.in_place(kernel)(*(a[:, 3:903] for a in arrays), *params))
    for g, want in zip(got, wanted, strict=True):
        same_bytes(g, want, f"{kernel}_")
    assert (np.delete(arrays[0], np.s_[3:903], axis=1) == 7).all()


@pytest.mark.shapes
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
                with support.fast_path(on):
                    results[on] = support.as_tuple(kernel.ufunc(*arrays, *params))
            for a, b in zip(results[True], results[False], strict=True):
                assert type(a) is type(b)
                same_bytes(np.asarray(a), np.asarray(b), f"{kernel}{params} {label}")
                assert np.asarray(a).strides == np.asarray(b).strides, f"{kernel}{params} {label}"
