# SPDX-License-Identifier: BSD-3-Clause
"""Functions of rows, softmax and its kin: values, one answer in every layout, bad input, and what a generalized ufunc does."""
import inspect
import pickle

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr
from fastrelu import _ufuncs
from fastrelu._rows import rows
from fastrelu.tools import certify, reference

ROWS = list(rows.values())
FORWARD = [row for row in ROWS if row.arrays == 1]
LENGTHS = [*range(1, 70), 95, 96, 97, 127, 128, 129, 200, 511, 512, 513, 1000, 4095, 4096, 4097, 9000]
DTYPES = support.FLOATS
NAN_ROWS = [[np.nan, 1, -np.inf], [np.inf, 1, 2], [np.inf, np.inf, -np.inf], [-np.inf] * 3]


def of(row, shape, dtype, spread=1.0, seed=0, axis=-1):
    """Operands of a function of rows: a gradient, and what the function itself gives."""
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal(shape) * spread).astype(dtype)
    if row.arrays == 1:
        return [x]
    return [rng.standard_normal(shape).astype(dtype), getattr(fr, row.name.split("_backward")[0])(x, axis)]


@pytest.mark.parametrize("row", FORWARD, ids=repr)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_values(row, dtype):
    """Every length around the sizes of vecs and blocks, at every spread, the same on each instruction set."""
    functions = {isa: certify.on(isa, row.ufunc) for isa in support.ISAS}
    for n in LENGTHS:
        for spread, shift in ((0.1, 0), (1, 5), (10, -300), (100, 0), (1000, 5000)):
            if dtype == np.float16 and shift > 1000:
                continue
            x = (np.random.default_rng(n).standard_normal((max(1, 400 // n), n)) * spread + shift).astype(dtype)
            results = [function(x) for function in functions.values()]
            for result in results[1:]:
                same_bytes(result, results[0], f"{row} n={n} spread={spread}", [x])
            error = reference.ulp_error(results[0], reference.exact_rows(row, [x]))
            assert error.max() <= reference.rows_bound(row, dtype), (row, n, spread)


@pytest.mark.parametrize("row", FORWARD, ids=repr)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_long_rows(row, dtype):
    """2^20 elements: all alike, of one size, and one much larger than all others together."""
    n, bound = 1 << 20, reference.rows_bound(row, dtype)
    x = np.random.default_rng(3).random(n).astype(dtype)
    assert reference.ulp_error(row.ufunc(x), reference.exact_rows(row, [x])).max() <= bound
    x[...] = 0.3
    alike = row.ufunc(x)
    assert (alike == alike[0]).all()
    less = np.array([9, -9]).astype(reference.LD) - 9 - np.log1p((n - 1) * np.exp(reference.LD(-18)))
    x[...] = -9
    x[77] = 9
    got = row.ufunc(x)
    assert (np.delete(got, 77) == got[0]).all()
    equal = -np.log(reference.LD(n))
    wanted = np.array([equal, *less])
    wanted = wanted if "log" in row.name else np.exp(wanted)
    assert reference.ulp_error(np.array([alike[0], got[77], got[0]]), wanted).max() <= bound


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_simple_values(dtype):
    """What everybody expects to the last digit."""
    for room in support.every_isa():
        with room:
            for n in (1, 2, 4, 64, 1024):
                for x in (0, 1, -3.7, 5000, -60000):
                    x = np.full((2, n), x).astype(dtype)
                    same_bytes(fr.softmax(x), np.full((2, n), 1 / n).astype(dtype), f"{n} equal ones")
            with np.errstate(all="raise"):
                x = np.array([[0, -np.inf, 0], [-60000, 0, -60000]]).astype(dtype)
                same_bytes(fr.softmax(x), np.array([[0.5, 0, 0.5], [0, 1, 0]]).astype(dtype), "-inf beside numbers")
                assert np.isneginf(fr.log_softmax(x)[0, 1].astype(float))
                for row in FORWARD:
                    nan = np.array(NAN_ROWS).astype(dtype)
                    assert np.isnan(row.ufunc(nan).astype(float)).all()
                    same_bytes(row.ufunc(nan.T.copy(), 0).T, row.ufunc(nan), "NaN")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_near_zero(dtype):
    """log(1 / (1 + d)) of a tiny d is -d, not 0."""
    for gap in (5, 9, 20, 60, 86, 100, 700):
        x = np.array([[0, -gap, -gap], [0, -gap, -2 * gap]]).astype(dtype)
        got = fr.log_softmax(x)
        assert reference.ulp_error(got, reference.exact_rows(rows["log_softmax"], [x])).max() <= 2
    assert fr.log_softmax(np.float64([0, -50]))[0] < 0


@pytest.mark.parametrize("row", [row for row in ROWS if row.arrays == 2], ids=repr)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_gradients(row, dtype):
    """Within 4 ulp of what is subtracted from each other; infinite and NaN gradients are where they belong."""
    for n in (1, 2, 5, 16, 33, 64, 100, 1000, 5000):
        for spread in (0.1, 1, 10, 100):
            dy, y = of(row, (max(1, 300 // n), n), dtype, spread, n)
            got, exact, (wide_dy, wide_y) = row.ufunc(dy, y), reference.exact_rows(row, [dy, y]), map(reference.wide, (dy, y))
            if "log" in row.name:
                scale = np.abs(wide_dy) + np.exp(wide_y) * np.abs(wide_dy).sum(-1, keepdims=True)
            else:
                scale = np.abs(wide_y) * (np.abs(wide_dy) + np.abs(wide_dy * wide_y).sum(-1, keepdims=True))
            error = np.abs(reference.wide(got) - exact) / reference.ulp_of(scale, dtype)
            assert error.max() <= 4, (n, spread)
    y = getattr(fr, row.name.split("_backward")[0])(np.zeros((3, 2), dtype))
    got = row.ufunc(np.array([[np.inf, 1], [np.nan, 1], [1, 2]]).astype(dtype), y).astype(float)
    assert np.isnan(got[1]).all()
    assert np.isneginf(got[0, 1])
    assert np.isfinite(got[2]).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_sums_near_the_largest_number(dtype):
    """What is finite comes out finite, though a factor on the way may be greater than the result."""
    row = rows["log_softmax_backward_from_output"]
    y = -np.linspace(0, 1, 100).astype(dtype).reshape(1, -1)
    dy = np.zeros_like(y)
    dy[0, 50] = 1.98 * 2.0 ** support.format_of(dtype).max_exponent
    exact = reference.exact_rows(row, [dy, y])
    for room in support.every_isa():
        with room:
            for got in row.ufunc(dy, y), row.ufunc(dy.T, y.T, 0).T:
                assert (np.abs(reference.wide(got) - exact) <= 4 * reference.ulp_of(exact, dtype)).all()


def _layouts(arrays):
    """name → (operands, axis, how to lay the result as the original): the same rows in other places."""
    yield "first axis", [np.ascontiguousarray(np.moveaxis(a, -1, 0)) for a in arrays], 0, lambda r: np.moveaxis(r, 0, -1)
    yield "middle axis", [np.ascontiguousarray(a.swapaxes(1, 2)) for a in arrays], 1, lambda r: r.swapaxes(1, 2)
    yield "Fortran order", [np.asfortranarray(a) for a in arrays], -1, lambda r: r
    yield "every second", [np.repeat(a, 2, -1)[..., ::2] for a in arrays], -1, lambda r: r
    yield "backwards", [a[::-1, :, ::-1].copy()[::-1, :, ::-1] for a in arrays], -1, lambda r: r
    yield "unaligned", [support.laid_out(a, shift=1)[0] for a in arrays], -1, lambda r: r
    yield "other byte order", [a.astype(a.dtype.newbyteorder()) if a.dtype.kind == "f" else a for a in arrays], -1, lambda r: r
    yield "slices of rows", [np.concatenate([a, a], -1)[..., : a.shape[-1]] for a in arrays], -1, lambda r: r


@pytest.mark.parametrize("row", ROWS, ids=repr)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_one_answer(row, dtype):
    """The bytes are the same wherever a row lies, for any number of threads, in place, and through NumPy's own machinery."""
    for shape in ((2, 3, 1), (3, 70, 3), (2, 40, 17), (2, 3, 100), (1, 130, 70), (2, 3, 4200), (1, 1, 4097)):
        for spread in (1, 60):
            arrays = of(row, shape, dtype, spread)
            if spread == 60:
                for a in arrays:
                    support.view_bits(a)[np.random.default_rng(1).random(shape) < 0.01] = support.view_bits(a).flat[0]
                arrays[-1][0, 0, shape[2] // 2] = -np.inf
                arrays[0][-1, -1, 0] = np.nan
            with support.instruction_set("scalar"):
                want = row.ufunc(*arrays)
            for room in support.every_isa():
                with room:
                    same_bytes(row.ufunc(*arrays), want, f"{row} {shape}")
                    for name, operands, axis, back in _layouts(arrays):
                        with support.trying(name, shape):
                            same_bytes(np.ascontiguousarray(back(row.ufunc(*operands, axis=axis))).astype(dtype), want, str(row))
                    with support.fast_path(False):
                        same_bytes(row.ufunc(*arrays), want, "NumPy's machinery")
                    target = arrays[0].copy()
                    assert row.in_place(target, *arrays[1:]) is target
                    same_bytes(target, want, "in place")


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_threads(row):
    for shape, axis in (((700, 300), -1), ((300, 700), 0), ((5, 90, 130), 1), ((9000, 10), -1)):
        arrays = of(row, shape, "f4", axis=axis)
        with fr.num_threads(1):
            want = row.ufunc(*arrays, axis=axis)
        for n in (2, 3, 7):
            with fr.num_threads(n):
                same_bytes(row.ufunc(*arrays, axis=axis), want, f"{n} threads, {shape}")


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_nothing_outside(row, dtype):
    """A strided view's gaps stay as they were, where it is the result and where it is overwritten."""
    for shape, steps, axis in (((5, 9), (1, 2), 1), ((40, 6), (2, 1), 0), ((3, 70), (-1, -3), 1), ((65, 33), (1, 1), 0)):
        arrays = of(row, shape, dtype, axis=axis)
        view, buffer = support.laid_out(arrays[0], steps, offset=3)
        before = buffer.copy()
        row.in_place(view, *arrays[1:], axis)
        assert support.untouched(view, buffer, before)
        same_bytes(np.ascontiguousarray(view), row.ufunc(*arrays, axis), f"{row} {shape}")


def guard_run(isa):
    """In a process of its own, for it may crash: rows of every length, flush with a page that cannot be touched."""
    from test_memory import Guarded

    _ufuncs.init(isa)
    areas = [Guarded(12) for _ in range(3)]
    for row in ROWS:
        for dtype in DTYPES:
            for n in (*range(1, 70), 100, 129):
                for at in ("end", 0):
                    arrays = of(row, (3, n), dtype, 30)
                    operands = [areas[i].array(dtype, 3 * n, at).reshape(3, n) for i in range(row.arrays + 1)]
                    for operand, values in zip(operands, arrays, strict=False):
                        operand[...] = values
                    want = row.ufunc(*arrays)
                    same_bytes(row.ufunc(*operands[:-1], out=operands[-1]), want, f"{row} {dtype} n={n} {at}")
                    row.ufunc(*[o.T for o in operands[:-1]], axis=0, out=operands[-1].T)
                    row.ufunc(*[o.reshape(n, 3) for o in operands[:-1]], axis=0, out=operands[-1].reshape(n, 3))


@pytest.mark.parametrize("isa", support.ISAS)
def test_guard_pages(isa):
    support.python(f"import sys; sys.path.insert(0, {str(support.TESTS)!r}); import test_rows; "
                   f"test_rows.guard_run({isa!r})", timeout=120)


# ---- arguments ----


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_forms_of_a_call(row):
    x = of(row, (3, 4, 5), "f4", axis=1)
    want, out = row.ufunc(*x, axis=1), np.empty((3, 4, 5), "f4")
    same_bytes(row.ufunc(*x, 1), want)
    same_bytes(row.ufunc(*x, np.int8(-2)), want)
    for arguments, keywords in (((1, out), {}), ((1,), {"out": out}), ((), {"axis": 1, "out": (out,)})):
        out[...] = 7
        assert row.ufunc(*x, *arguments, **keywords) is out
        same_bytes(out, want)
    same_bytes(row.ufunc(*x, axes=[1] * (row.arrays + 1)), want)
    same_bytes(row.ufunc(*x, 1, out=None), want)
    assert row.ufunc(*x, 1, dtype="f8").dtype == np.float64
    assert row.in_place(x[0], *x[1:], axis=1) is x[0]
    assert isinstance(row.ufunc, np.ufunc)
    assert row.ufunc.signature == ",".join(["(n)"] * row.arrays) + "->(n)"
    for function, suffix in ((row.ufunc, ""), (row.in_place, "_")):
        assert function is getattr(fr, row.name + suffix)
        assert pickle.loads(pickle.dumps(function)) is function
        assert f"'fastrelu.{row.name}{suffix}'" in repr(function)
        assert inspect.signature(function).parameters["axis"].default == -1
        assert function.__doc__.startswith(f"{row.name}{suffix}{inspect.signature(function)}")


def test_promotion():
    assert fr.softmax(np.arange(3)).dtype == np.float64
    assert fr.softmax(np.arange(3, dtype="i1")).dtype == np.float16
    assert fr.softmax([True, False]).dtype == np.float16
    assert fr.softmax([1.0, 2.0]).dtype == np.float64
    assert type(fr.softmax(np.float32(3))) is np.float32
    assert fr.softmax(3.0) == 1
    assert fr.log_softmax(np.array(3.0), 0) == 0
    out = np.array(7.0)
    assert fr.softmax(np.array(3.0), out=out) is out
    assert out == 1
    assert fr.softmax_(out) is out


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_bad_input(row):
    x = of(row, (3, 4), "f4")
    before = [a.copy() for a in x]
    read_only = x[0].copy()
    read_only.flags.writeable = False
    folded = np.lib.stride_tricks.as_strided(np.zeros(6, "f4"), (3, 4), (4, 4))
    for name, function in ((row.name, row.ufunc), (row.name + "_", row.in_place)):
        for axis, error in ((2, np.exceptions.AxisError), (-3, ValueError), (None, TypeError), ((0, 1), TypeError),
                            (1.0, TypeError)):
            with pytest.raises(error, match=f"^{name}\\(\\)"):
                function(*x, axis)
        with pytest.raises(TypeError, match="alfa"):
            function(*x, alfa=1)
        with pytest.raises(TypeError, match=name):
            function()
        with pytest.raises(TypeError, match="multiple values"):
            function(*x, 0, axis=0)
        with pytest.raises(TypeError, match=name):
            function(np.ones((3, 4), complex), *x[1:])
        empty = [np.empty((3, 0), "f4")] * row.arrays
        if row.arrays == 1:
            with pytest.raises(ValueError, match=f"^{name}\\(\\).*no elements"):
                function(*empty)
        else:
            assert function(*empty).shape == (3, 0)
        assert function(*[np.empty((0, 3), "f4")] * row.arrays).shape == (0, 3)
    for target, error, says in ((read_only, ValueError, "read-only"), (folded, ValueError, "share memory"),
                                ([1.0], TypeError, "ndarray"), (np.arange(12).reshape(3, 4), TypeError, "int64")):
        with pytest.raises(error, match=says):
            row.in_place(target, *x[1:])
    if row.arrays == 2:
        with pytest.raises(ValueError, match=r"\(3, 4\).*\(4,\)"):
            row.in_place(x[0], x[1][0])
        with pytest.raises(ValueError, match="mismatch"):
            row.ufunc(x[0], x[1][:, :2])
    for a, b in zip(x, before, strict=True):
        same_bytes(a, b, "nothing written")


@pytest.mark.parametrize("row", ROWS, ids=repr)
def test_overlap(row):
    """As if copied first."""
    arrays = of(row, (6, 6), "f4")
    want = row.ufunc(*arrays)
    first = arrays[0].copy()
    row.ufunc(first, *arrays[1:], out=first.T)
    same_bytes(np.ascontiguousarray(first.T), want)
    buffer = np.zeros(50, "f4")
    x, out = buffer[:36].reshape(6, 6), buffer[5:41].reshape(6, 6)
    x[...] = arrays[0]
    row.ufunc(x, *arrays[1:], out=out)
    same_bytes(out, want)


def test_containers():
    da, x = pytest.importorskip("dask.array"), np.random.default_rng(0).standard_normal((4, 6))
    lazy = da.from_array(x, chunks=(2, 6))
    same_bytes(fr.softmax(lazy, axis=-1).compute(), fr.softmax(x))
    same_bytes(fr.log_softmax(lazy).compute(), fr.log_softmax(x))
    same_bytes(np.asarray(fr.softmax(np.ma.masked_array(x))), fr.softmax(x))
