# SPDX-License-Identifier: BSD-3-Clause
"""A bias and an activation in one pass: values, the bias' gradient, layouts, threads, memory, bad input."""

import math
import os
import sys
import tempfile

import fpenv
import numpy as np
import pytest
import support
from support import same_bytes
from test_memory import Guarded

import fastrelu as fr
from fastrelu._registry import functions

LANES = {2: np.dtype("f"), 4: np.dtype("f"), 8: np.dtype("d")}
CHANNELS = 37


def _across(bias, nd, axis):
    """A bias as NumPy broadcasts it."""
    return bias.reshape(-1, *[1] * (nd - axis % nd - 1))


def _quiet(function, *args):
    with np.errstate(all="ignore"):
        return function(*args)


def _biased(x, bias, axis=-1):
    """x + bias in lanes; infinity less infinity is what x86 makes of it."""
    lane = LANES[x.dtype.itemsize]
    x, bias = x.astype(lane), _across(bias, x.ndim, axis).astype(lane)
    z = _quiet(np.add, x, bias)
    return np.where(np.isnan(z) & ~np.isnan(x) & ~np.isnan(bias), np.copysign(lane.type(np.nan), -1), z)


def _lanes(params, dtype, nd=1, axis=-1):
    """Parameters rounded to the dtype, in lanes."""
    rounded = [_quiet(lambda p=p: np.asarray(p).astype(dtype).astype(LANES[dtype.itemsize])) for p in params]
    return [_across(p, nd, axis) if p.ndim else p for p in rounded]


def _composed(kernel, arrays, x, bias, params, axis):
    """By the ufunc: 16-bit types in float32, rounded once. Where x + bias is an element itself, it is the ufunc of that, for of
    those few whose result lies beside a midpoint it knows better."""
    z, dtype, nd = _biased(x, bias, axis), x.dtype, x.ndim
    wide = kernel.ufunc(*[a.astype(z.dtype) for a in arrays], z, *_lanes(params, dtype, nd, axis))
    element = _quiet(z.astype, dtype)
    narrow = kernel.ufunc(*arrays, element, *[p.astype(dtype) for p in _lanes(params, dtype, nd, axis)])
    wide, narrow = (y[0] if kernel.outs > 1 else y for y in (wide, narrow))
    return np.where(element.astype(z.dtype) == z, narrow, _quiet(wide.astype, dtype))


def composed(name, x, bias, params=(), axis=-1):
    """act(x + bias)."""
    return _composed(functions[name], [], x, bias, params, axis)


def composed_backward(name, dy, x, bias, params=(), axis=-1):
    """dy by the slope at x + bias."""
    return _composed(functions[name + "_backward"], [dy], x, bias, params, axis)


def same(got, want, what=""):
    """The same bytes; of 16-bit types, NumPy's casts decide how a NaN looks."""
    if got.dtype.itemsize == 2:
        got, want = (np.where(np.isnan(a), got.dtype.type(np.nan), a) for a in (got, want))
    same_bytes(got, want, what)


def nearest(got, want, kernel, z, params):
    """The composition, or where that was rounded twice the nearest to the exact value at z."""
    with np.errstate(invalid="ignore"):
        differ = (got != want) & ~(np.isnan(got) & np.isnan(want))
    if got.dtype.itemsize == 2 and differ.any():
        exact = support.exact(kernel, [z[differ]], _lanes(params, got.dtype))[0]
        assert support.ulp_error(got[differ], exact).max() <= 0.51
        want = np.where(differ, got, want)
    same(got, want)


def values(shape, dtype, axis=-1, seed=0):
    """x of every kind, and a bias without NaN."""
    x = support.ordinary(shape, dtype, seed)
    bias = (np.random.default_rng(seed + 1).standard_normal(shape[axis]) * 2).astype(dtype)
    bias[:4] = np.array([0.0, -0.0, np.inf, 1e-3]).astype(dtype)[: shape[axis]]
    return x, bias


def named(activation):
    """Parameters by keyword: numbers that are not the defaults."""
    return dict(zip(activation.params, functions[activation.name].given, strict=True))


# ---- values ----


def test_forward(activation, dtype):
    """Every activation and type, out of place and in place, in every instruction set."""
    x, bias = values((11, CHANNELS), dtype)
    for params in [{}, {p: value * 1.25 for p, value in named(activation).items()}]:
        if not params and functions[activation.name].required:
            continue
        given = [params.get(p, default) for p, default in activation.params.items()]
        want, first = composed(activation.name, x, bias, given), None
        for room in support.every_isa():
            with room, support.trying(params):
                got = fr.bias_act(x, bias, activation.name, **params)
                nearest(got, want, functions[activation.name], _biased(x, bias), given)
                first = got if first is None else first
                same_bytes(got, first)
                got = x.copy()
                assert fr.bias_act_(got, bias, activation.name, **params) is got
                same_bytes(got, first)


def test_backward(activation, dtype):
    """dy by the slope, in every instruction set; the sums are the same bytes in all."""
    x, bias = values((11, CHANNELS), dtype)
    dy = support.ordinary(x.shape, dtype, 5)
    params = {p: value for p, value in named(activation).items() if activation.params[p] is None}
    given = [params.get(p, default) for p, default in activation.params.items()]
    want, sums = composed_backward(activation.name, dy, x, bias, given), None
    for room in support.every_isa():
        with room:
            got = dy.copy()
            result, dbias = fr.bias_act_backward_(got, x, bias, activation.name, **params)
            assert result is got
            same(got, want)
            sums = dbias if sums is None else sums
            same_bytes(dbias, sums)


@pytest.mark.parametrize("name", ["gelu", "hardswish", "softplus"])
def test_sum_of_16_bits_is_not_rounded(name, dtype):
    """Against the oracle at x + bias in float64, which is exact here."""
    if dtype.itemsize != 2:
        pytest.skip("of 16 bits")
    rng = np.random.default_rng(1)
    x, bias = (rng.standard_normal((400, CHANNELS)) * 3).astype(dtype), rng.standard_normal(CHANNELS).astype(dtype)
    z = x.astype(np.float64) + bias.astype(np.float64)
    want = support.exact(functions[name], [z], ())[0]
    got = fr.bias_act(x, bias, name)
    assert support.ulp_error(got, want).max() <= 0.51
    rounded = getattr(fr, name)(z.astype(dtype))
    assert support.ulp_error(rounded, want).max() > 1


def test_parameters_along_the_axis(dtype):
    """A parameter may be one number for each element of bias."""
    x, bias = values((3, 5, 200), dtype, 1)
    weight = np.array([0.25, -1, 0.5, 2, 3]).astype(dtype)
    for axis, a in ((1, x), (-1, np.moveaxis(x, 1, -1)), (0, np.moveaxis(x, 1, 0))):
        same(fr.bias_act(a, bias, "prelu", axis, weight=weight), composed("prelu", a, bias, [weight], axis))
        dy = support.ordinary(a.shape, dtype, 3)
        want = composed_backward("prelu", dy, a, bias, [weight], axis)
        same(fr.bias_act_backward_(dy, a, bias, "prelu", axis, weight=weight)[0], want)
        got = fr.bias_act(a, bias, "threshold", axis, threshold=weight, value=0.1)
        same(got, composed("threshold", a, bias, [weight, 0.1], axis))


def test_two_nans(dtype):
    """Which of two NaN a sum has does not depend on the instruction set."""
    bits = support.unsigned(dtype)
    quiet = np.array(np.nan, dtype).view(bits)
    x = np.full((3, 70), np.nan, dtype)
    x.view(bits)[1] = quiet | 5
    bias = np.resize(np.array([quiet | 3, quiet ^ (1 << 8 * dtype.itemsize - 1)], bits), 70).view(dtype)
    results = []
    for room in support.every_isa():
        with room:
            results.append(fr.bias_act(x, bias, "relu"))
    for got in results[1:]:
        same_bytes(got, results[0])


# ---- the bias' gradient ----

# Columns; rows that go together; runs, long and short; one channel; one row; more rows and columns than a block or a piece has.
SHAPES = [((700, 40), -1), ((50, 3000), -1), ((3, 5, 700), 1), ((20, 70, 49), 1), ((9, 33, 130), 1), ((5, 3000), 0),
          ((70, 1), -1), ((1, 700), -1), ((700,), 0), ((40, 3, 5, 6), 2), ((2, 3, 2100), 1), ((3000, 7), -1), ((6, 1, 70), 1),
          ((2, 20, 3), 1)]


def _sum_error(dbias, dy, axis):
    """In ulps of the result."""
    columns = np.moveaxis(dy, axis, -1).reshape(-1, dy.shape[axis]).astype(np.float64)
    want = np.array([math.fsum(column) for column in columns.T])
    return support.ulp_error(dbias, want.astype(support.LD))


@pytest.mark.parametrize(("shape", "axis"), SHAPES)
def test_dbias_is_the_sum(shape, axis, dtype):
    """Within a rounding or two of the exact sum of the new dy, whatever cancels."""
    rng = np.random.default_rng(2)
    x, bias = values(shape, dtype, axis)
    dy = rng.standard_normal(shape).astype(dtype)
    got, dbias = fr.bias_act_backward_(dy, np.nan_to_num(x), np.nan_to_num(bias, posinf=1), "relu", axis)
    assert (dbias.dtype, dbias.shape) == (dtype, bias.shape)
    assert _sum_error(dbias, got, axis).max() <= 0.51


def test_dbias_where_much_cancels(dtype):
    """NumPy's pairwise sum has an error that grows; ours is a rounding."""
    rng = np.random.default_rng(3)
    dy = (rng.standard_normal((5000, 9)) * 100).astype(dtype)
    dy[2500:] = -dy[:2500]
    dy[17] += dtype.type(0.5)
    want = np.array([math.fsum(column.astype(float)) for column in dy.T])
    x, bias = np.ones_like(dy), np.zeros(9, dtype)
    _, dbias = fr.bias_act_backward_(dy, x, bias, "relu")
    np.testing.assert_array_equal(dbias, want.astype(dtype))


def test_dbias_of_infinities_and_nothing(dtype):
    """What a plain sum gives."""
    most = np.finfo(dtype).max if dtype.kind == "f" else dtype.type(3e38)
    columns = [[np.inf, 1, 2], [np.inf, -np.inf, 1], [-np.inf, 1, 1], [np.nan, 1, 1], [most, most, 1], [0, 0, 0], [-0.0] * 3]
    dy = np.ascontiguousarray(np.array(columns).T.astype(dtype))
    _, dbias = fr.bias_act_backward_(dy, np.ones_like(dy), np.zeros(7, dtype), "relu")
    np.testing.assert_array_equal(dbias.astype(float), [np.inf, np.nan, -np.inf, np.nan, np.inf, 0, 0])
    for shape, axis in [((0, 5), -1), ((5, 0), 0)]:
        empty, dbias = fr.bias_act_backward_(np.zeros(shape, dtype), np.zeros(shape, dtype), np.ones(5, dtype), "relu", axis)
        assert empty.shape == shape
        same_bytes(dbias, np.zeros(5, dtype))


# ---- one answer ----


def _layouts(a, axis):
    """The same values in other memory: (view, buffer) of laid_out."""
    nd = a.ndim
    yield support.laid_out(a)
    yield support.laid_out(a, order=range(nd)[::-1])
    yield support.laid_out(a, (2,) * nd)
    yield support.laid_out(a, (-1,) * nd, offset=3)
    yield support.laid_out(a, [-2 if i == axis % nd else 1 for i in range(nd)])
    yield support.laid_out(a, order=[axis % nd, *[i for i in range(nd) if i != axis % nd]])
    yield support.laid_out(a, shift=1)
    yield support.laid_out(a, swapped=True)


@pytest.mark.parametrize(("shape", "axis"), [s for s in SHAPES if math.prod(s[0]) < 15000])
@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_layouts(name, shape, axis, dtype):
    """Any order of axes, direction, gaps, alignment and byte order, forward and backward; nothing beside the elements changes."""
    x, bias = values(shape, dtype, axis)
    dy = support.ordinary(shape, dtype, 7)
    want, gradient = composed(name, x, bias, list(fr.get(name).params.values()), axis), dy.copy()
    _, sums = fr.bias_act_backward_(gradient, x, bias, name, axis)
    same(gradient, composed_backward(name, dy, x, bias, list(fr.get(name).params.values()), axis))
    for room in support.every_isa():
        with room:
            for number, (view, buffer) in enumerate(_layouts(x, axis)):
                with support.trying("layout", number):
                    same(fr.bias_act(view, bias, name, axis), want)
                    before = buffer.copy()
                    assert fr.bias_act_(view, bias, name, axis) is view
                    same(view.astype(dtype), want)
                    assert support.untouched(view, buffer, before)
            for (dx, buffer), (view, _) in zip(_layouts(dy, axis), list(_layouts(x, axis))[::-1], strict=True):
                before = buffer.copy()
                _, dbias = fr.bias_act_backward_(dx, view, bias, name, axis)
                same(dx.astype(dtype), gradient)
                same_bytes(dbias, sums)
                assert support.untouched(dx, buffer, before)


@pytest.mark.parametrize(("shape", "axis"), [((700, 1100), -1), ((6, 70, 2000), 1), ((90, 128, 49), 1), ((50000, 3), -1),
                                             ((300000,), 0), ((3, 4, 40000), 1), ((2, 200000), 0)])
@pytest.mark.parametrize("name", ["relu", "gelu"])
def test_threads(name, shape, axis):
    """Large enough for threads, and for every way to divide the work."""
    dtype = np.dtype("f")
    x, bias = values(shape, dtype, axis)
    dy = support.ordinary(shape, dtype, 3)
    want, gradient, sums = composed(name, x, bias, (), axis), None, None
    for n in (1, 2, 3, 7):
        with fr.num_threads(n), support.trying(n, "threads"):
            same_bytes(fr.bias_act(x, bias, name, axis), want)
            same_bytes(fr.bias_act_(x.copy(), bias, name, axis), want)
            got, dbias = fr.bias_act_backward_(dy.copy(), x, bias, name, axis)
            gradient, sums = (got, dbias) if sums is None else (gradient, sums)
            same_bytes(got, gradient)
            same_bytes(dbias, sums)
    same_bytes(gradient, composed_backward(name, dy, x, bias, (), axis))


def test_large_out_of_place(dtype):
    """Stores go past the caches there; rows that are no whole lines, and none at all."""
    for shape in [(400, 40001), (4001, 4000)]:
        x = np.resize(support.ordinary(100003, dtype), shape)
        bias = np.linspace(-1, 1, shape[1]).astype(dtype)
        got = fr.bias_act(x, bias, "relu")
        same(got[::97], composed("relu", x[::97], bias))


@pytest.mark.skipif(not fpenv.HAS_MXCSR, reason="MXCSR")
@pytest.mark.parametrize("mode", [fpenv.UP, fpenv.TO_ZERO, fpenv.FTZ_DAZ])
def test_floating_point_environment(mode, dtype):
    """The caller's changes nothing, and is left as it was; casts of bias and parameters included."""
    x, bias = values((30, CHANNELS), dtype)
    wide = np.linspace(-1, 1, CHANNELS) * 1e-39
    dy = support.ordinary(x.shape, dtype, 3)
    def call():
        return fr.bias_act(x, bias, "elu", alpha=1 / 3), fr.bias_act_(x.copy(), wide, "relu"), *fr.bias_act_backward_(
            dy.copy(), x, bias, "elu")
    want = call()
    with fpenv.mxcsr(fpenv.POWER_UP | mode):
        got = call()
        assert fpenv.get() & ~fpenv.FLAGS == fpenv.POWER_UP & ~fpenv.FLAGS | mode
        assert not fpenv.get() & fpenv.FLAGS & ~fpenv.INEXACT
    for a, b in zip(got, want, strict=True):
        same_bytes(a, b)


# ---- memory ----


def guard_run(isa, case_path):
    """Runs in a process of its own, for it may crash; the file then says in which case."""
    fr._ufuncs.init(isa)
    case = os.open(case_path, os.O_WRONLY | os.O_CREAT)
    areas = [Guarded() for _ in range(3)]
    for dtype in support.FLOATS:
        for columns in [*range(1, 70), 127, 128, 129, 300, 511]:
            for rows, place in [(1, "end"), (2, "end"), (3, 0), (1, 0)]:
                n = rows * columns
                os.pwrite(case, f"{dtype} {rows} {columns} {place} ".ljust(100).encode(), 0)
                for axis, shape in (-1, (rows, columns)), (0, (rows, columns)):
                    x, dy, bias = (area.array(dtype, m, place) for area, m in zip(areas, [n, n, shape[axis]], strict=True))
                    x[...], dy[...], bias[...] = -1, 1, 2
                    fr.bias_act_(x.reshape(shape), bias, "relu", axis)
                    _, dbias = fr.bias_act_backward_(dy.reshape(shape), x.reshape(shape), bias, "relu", axis)
                    assert (x == 1).all()
                    assert (dy == 1).all()
                    assert (dbias == np.array(n // shape[axis]).astype(dtype)).all()
                x[...], dy[...] = -1, 1
                x[::3] = 2
                mask = fr.relu_bitmask_(x)
                bits = areas[2].array(np.dtype("B"), mask.size, place)
                bits[...] = mask
                fr.relu_bitmask_backward_(dy, bits)
                assert (dy == (np.arange(n) % 3 == 0)).all()
                assert (x == 2 * dy).all()
    os.pwrite(case, b"done".ljust(100), 0)


@pytest.mark.skipif(sys.platform == "win32", reason="mprotect")
@pytest.mark.parametrize("isa_name", support.ISAS)
def test_guard_pages(isa_name):
    """Short arrays flush with a guard in front and behind, the masks of bits too."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "case")
        script = (f"import sys; sys.path.insert(0, {str(support.TESTS)!r}); import test_bias; "
                  f"test_bias.guard_run({isa_name!r}, {path!r})")
        done = support.python(script, timeout=240, check=False)
        with open(path) as file:
            case = file.read().strip()
    assert (done.returncode, case) == (0, "done"), f"exit {done.returncode} at: {case}\n{done.stderr[-2000:]}"


def test_overlap():
    """As if all were copied first."""
    base = support.ordinary(3000, np.float32)
    for shift in (0, 1, 7, 100):
        memory = base.copy()
        x, out = memory[:2000].reshape(40, 50), memory[shift : shift + 2000].reshape(40, 50)
        bias = memory[60:110]
        want = composed("gelu", x.copy(), bias.copy(), ())
        same_bytes(fr.bias_act(x, bias, "gelu", out=out), want)
        memory[:] = base
        dy = out
        want, sums = fr.bias_act_backward_(dy.copy(), x.copy(), bias.copy(), "gelu")
        got, dbias = fr.bias_act_backward_(dy, x, bias, "gelu")
        same_bytes(got, want)
        same_bytes(dbias, sums)
    x = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)
    want = composed("relu", x, x[1].copy(), ())
    same_bytes(fr.bias_act_(x, x[1], "relu"), want)


# ---- what may be given ----


def test_dtypes_out_of_place():
    """NumPy's promotion of x + bias; a list has no dtype, and takes that of x; integers as by the ufunc."""
    x = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)
    for bias, dtype in [(np.ones(4), "d"), (np.ones(4, "e"), "f"), ([1.0, 2, 3, 4], "f"), ((1, 2, 3, 4), "f"),
                        (np.ones(4, "b"), "f")]:
        got = fr.bias_act(x, bias, "gelu")
        assert got.dtype == dtype
        np.testing.assert_allclose(got, fr.gelu(x + np.asarray(bias)), rtol=1e-6)
    for code, dtype in [("b", "e"), ("h", "f"), ("l", "d"), ("?", "e")]:
        got = fr.bias_act(np.ones((2, 3), code), [0.5, 1.5, -3], "relu")
        assert got.dtype == dtype == fr.silu(np.ones(1, code)).dtype
        np.testing.assert_array_equal(got, [[1.5, 2.5, 0]] * 2)
    assert fr.bias_act([[1.0, 2.0]], [1, -3], "relu").tolist() == [[2.0, 0.0]]
    assert fr.bias_act(np.zeros((0, 3)), [1, 2, 3], "relu").shape == (0, 3)
    assert fr.bias_act(np.asfortranarray(x), np.ones(4, "f"), "relu").flags.f_contiguous


def test_bias_in_place_takes_the_dtype_of_x(dtype):
    x = np.linspace(-2, 2, 12).reshape(3, 4).astype(dtype)
    bias = np.array([0.1, 1 / 3, 2, -1])
    want = composed("elu", x, bias.astype(dtype), [1])
    for given in (bias, bias.tolist(), tuple(bias), bias[::-1][::-1], bias.astype(">f8")):
        same(fr.bias_act_(x.copy(), given, "elu"), want)
    torch = pytest.importorskip("torch")
    same(fr.bias_act_(x.copy(), torch.from_numpy(bias), "elu"), want)


def test_out():
    x, bias = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4), np.ones(4, np.float32)
    want = composed("gelu", x, bias)
    for out in (np.empty((3, 4), np.float32), np.empty((3, 4), np.float32, "F"), np.empty((3, 8), np.float32)[:, ::2]):
        assert fr.bias_act(x, bias, "gelu", out=out) is out
        same_bytes(out, want)
    wide = np.empty((3, 4))
    assert fr.bias_act(x, bias, "gelu", out=wide) is wide
    np.testing.assert_array_equal(wide, want)
    assert fr.bias_act(x, bias, "gelu", out=x) is x
    same_bytes(x, want)
    half = np.empty((3, 4), np.float16)
    fr.bias_act(np.full((3, 4), 1e30), np.zeros(4), "relu", out=half)     # without a warning
    assert np.isinf(half).all()


def test_subclasses(tmp_path):
    """What is no plain array gets what the ufunc makes of the sum."""
    x, bias = np.linspace(-2, 2, 12).reshape(3, 4), np.array([1.0, 2, 3, 4])
    masked = np.ma.masked_greater(x, 1)
    got = fr.bias_act(masked, bias, "gelu")
    assert isinstance(got, np.ma.MaskedArray)
    np.testing.assert_array_equal(got.mask, masked.mask)
    same_bytes(got.data[~got.mask], fr.gelu(x + bias)[~got.mask])
    memory = np.memmap(tmp_path / "x", np.float16, "w+", shape=(3, 4))
    memory[...] = x
    same(np.asarray(fr.bias_act(memory, bias.astype("e"), "elu", 0 - 1, alpha=2)), composed("elu", x.astype("e"), bias, [2]))
    assert fr.bias_act_(memory, bias, "elu") is memory
    same(np.asarray(memory), composed("elu", x.astype("e"), bias, [1]))
    array = pytest.importorskip("dask.array").from_array(x, chunks=2)
    np.testing.assert_array_equal(fr.bias_act(array, bias[:3], "gelu", 0).compute(), fr.gelu(x + bias[:3, None]))


def test_many_dimensions():
    x, bias = values((2, 1, 2, 2, 1, 3, 2, 2, 2, 2), np.dtype("f"), 5)
    want = composed("gelu", x, bias, (), 5)
    for a in (x, np.asfortranarray(x)):
        same_bytes(fr.bias_act(a, bias, "gelu", 5), want)
        dy, sums = fr.bias_act_backward_(a.copy("K"), a, bias, "relu", 5)
        same_bytes(np.ascontiguousarray(dy), composed_backward("relu", x, x, bias, (), 5))
        same_bytes(sums, fr.bias_act_backward_(x.copy().reshape(8, 3, 16), x.reshape(8, 3, 16), bias, "relu", 1)[1])
        same_bytes(fr.bias_act_(a.copy("K"), bias, "gelu", 5), want)


# ---- bad input ----

X = np.ones((3, 4), np.float32)
B = np.ones(4, np.float32)
READ_ONLY = np.ones((3, 4), np.float32)
READ_ONLY.flags.writeable = False
FOLDED = np.lib.stride_tricks.as_strided(np.ones(4, np.float32), (3, 4), (0, 4))
BAD = [  # x or dy, bias, activation, keywords; the error, and words that must be in it
    (X, B, "geluu", {}, ValueError, ["geluu", "gelu", "softsign"]),
    (X, B, None, {}, ValueError, ["None", "gelu"]),
    (X, B, "elu", {"alfa": 1}, TypeError, ["alfa", "alpha (default 1)"]),
    (X, B, "relu", {"alpha": 1}, TypeError, ["alpha", "relu", "none"]),
    (X, B, "prelu", {}, TypeError, ["prelu", "weight"]),
    (X, B, "threshold", {"threshold": 1}, TypeError, ["threshold", "value"]),
    (X, B, "elu", {"alpha": "a"}, TypeError, ["alpha", "'a'"]),
    (X, B, "elu", {"alpha": 1j}, TypeError, ["alpha", "1j"]),
    (X, B, "elu", {"alpha": [1, 2]}, ValueError, ["alpha", "length 4", "(2,)"]),
    (X, B, "elu", {"alpha": np.ones((3, 4))}, ValueError, ["alpha", "length 4", "(3, 4)"]),
    (X, B[:3], "relu", {}, ValueError, ["bias", "length 4", "(3,)", "(3, 4)"]),
    (X, B, "relu", {"axis": 0}, ValueError, ["bias", "length 3", "axis 0"]),
    (X, B[:1], "relu", {}, ValueError, ["bias", "length 4", "(1,)"]),
    (X, X, "relu", {}, ValueError, ["bias", "1-D", "(3, 4)"]),
    (X, 1.0, "relu", {}, ValueError, ["bias", "1-D", "()"]),
    (X, B * 1j, "relu", {}, TypeError, ["bias", "complex"]),
    (X, ["a"] * 4, "relu", {}, TypeError, ["bias", "real"]),
    (X, B, "relu", {"axis": 2}, np.exceptions.AxisError, ["axis 2", "dimension 2"]),
    (X, B, "relu", {"axis": -3}, np.exceptions.AxisError, ["axis -3", "dimension 2"]),
    (X, B, "relu", {"axis": 1.0}, TypeError, ["axis", "1.0"]),
    (np.float32(1), B, "relu", {}, (np.exceptions.AxisError, TypeError), []),
    (np.ones((), "f"), B, "relu", {}, np.exceptions.AxisError, ["dimension 0"]),
]
IN_PLACE = [
    (READ_ONLY, B, "relu", {}, ValueError, ["read-only"]),
    (FOLDED, B, "relu", {}, ValueError, ["share memory"]),
    (X.tolist(), B, "relu", {}, TypeError, ["numpy.ndarray", "list"]),
    (X.astype(int), B, "relu", {}, TypeError, ["int64", "float32"]),
    (X.astype(np.longdouble), B, "relu", {}, TypeError, [np.dtype("g").name, "float32"]),
    (X.astype(complex), B, "relu", {}, TypeError, ["complex128"]),
]


def refused(call, x, error, words, who):
    before = np.array(x)
    with pytest.raises(error) as caught:
        call()
    for word in [*words, *([f"{who}()"] if words else [])]:
        assert word in str(caught.value), (word, str(caught.value))
    np.testing.assert_array_equal(np.array(x), before)


@pytest.mark.parametrize(("x", "bias", "name", "keywords", "error", "words"), BAD)
def test_bad_input(x, bias, name, keywords, error, words):
    refused(lambda: fr.bias_act(x, bias, name, **keywords), x, error, words, "bias_act")


@pytest.mark.parametrize(("x", "bias", "name", "keywords", "error", "words"), BAD + IN_PLACE)
def test_bad_input_in_place(x, bias, name, keywords, error, words):
    """Forward and backward; nothing is written."""
    refused(lambda: fr.bias_act_(x, bias, name, **keywords), x, error, words, "bias_act_")
    refused(lambda: fr.bias_act_backward_(x, x, bias, name, **keywords), x, error, words, "bias_act_backward_")


def test_bad_x_and_out():
    with pytest.raises(ValueError, match=r"bias_act_backward_\(\).*\(3, 4\).*\(3, 5\)"):
        fr.bias_act_backward_(X, np.ones((3, 5)), B, "relu")
    with pytest.raises(TypeError, match=r"bias_act_backward_\(\): x .*complex"):
        fr.bias_act_backward_(X, X * 1j, B, "relu")
    with pytest.raises(TypeError, match=r"bias_act\(\): x .*complex"):
        fr.bias_act(X * 1j, B, "relu")
    for out, error, words in [(READ_ONLY, ValueError, "read-only"), (np.ones((4, 3), "f"), ValueError, r"\(3, 4\).*\(4, 3\)"),
                              ([1], TypeError, "list"), (np.ones((3, 4), int), TypeError, "int64"),
                              (FOLDED, ValueError, "share")]:
        with pytest.raises(error, match=words):
            fr.bias_act(X, B, "relu", out=out)


def test_x_broadcasts_to_dy():
    dy, x = np.ones((5, 4), np.float32), np.array([-3.0, 1, -1, 2], np.float32)
    got, dbias = fr.bias_act_backward_(dy, x, [0.0, 0, 2, 0], "relu")
    np.testing.assert_array_equal(got, [[0, 1, 1, 1]] * 5)
    np.testing.assert_array_equal(dbias, [0, 5, 5, 5])
