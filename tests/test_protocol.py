# SPDX-License-Identifier: BSD-3-Clause
"""Everything that a NumPy ufunc does: out, where, dtype, casting, methods, subclasses, other libraries, pickling."""

import pickle

import numpy as np
import pytest
import support
from support import KERNELS, same_bytes

import fastrelu as fr
from fastrelu import _registry

pytestmark = pytest.mark.shapes
BINARY = [k for k in support.SHAPES if k.ufunc.nin == 2 and k.outs == 1]
F32 = np.dtype("f")


def _finite(kernel, shape, dtype=F32, seed=0):
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal(shape) * 4).astype(dtype) for _ in range(kernel.arrays)]


def _positional(kernel):
    """Parameters for calls that need all of them by position."""
    return support.given_params(kernel)


@pytest.mark.parametrize("kernel", KERNELS, ids=repr)
def test_is_a_ufunc(kernel):
    for ufunc in {kernel.ufunc, _registry.defaults[kernel.name]}:
        assert isinstance(ufunc, np.ufunc)
        assert ufunc.__name__ == kernel.name
        assert ufunc.nout == kernel.outs
        for sig in ufunc.types:
            assert len(set(sig) - {"-", ">"}) == 1, "never widened"
    assert kernel.ufunc.nin == kernel.arrays + len(kernel.params)
    assert kernel.ufunc is getattr(fr, kernel.name)
    assert kernel.in_place is getattr(fr, kernel.name + "_", None)
    for function in support.calls(kernel)[1:]:
        assert callable(function)
        assert function.__name__ == kernel.name + "_"
    codes = {sig[0] for sig in kernel.ufunc.types}
    assert {"f", "d"} <= codes
    assert (set("bBhHiIlLqQ") <= codes) == (kernel.act.name in ("relu", "relu6"))


def test_out_forms(kernel, dtype, fast):
    """As array, as tuple, by position; returned itself."""
    arrays, params = support.operands(kernel, (3, 50), dtype), _positional(kernel)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))

    def fresh():
        return tuple(np.full((3, 50), 7, dtype) for _ in range(kernel.outs))

    outs = fresh()
    forms = [lambda o: kernel.ufunc(*arrays, *params, out=o), lambda o: kernel.ufunc(*arrays, *params, *o)]
    if kernel.outs == 1:
        forms.append(lambda o: kernel.ufunc(*arrays, *params, out=o[0]))
        if not kernel.required:
            forms.append(lambda o: kernel.ufunc(*arrays, out=o[0], **dict(zip(kernel.params, params, strict=True))))
    for form in forms:
        outs = fresh()
        for got, out, want in zip(support.as_tuple(form(outs)), outs, wanted, strict=True):
            assert got is out
            same_bytes(got, want, kernel)
    for got, want in zip(support.as_tuple(kernel.ufunc(*arrays, *params, out=None)), wanted, strict=True):
        same_bytes(got, want, kernel)
    if kernel.outs == 2:
        out = fresh()[0]
        got = kernel.ufunc(*arrays, *params, out=(None, out))
        assert got[1] is out
        same_bytes(got[0], wanted[0])
        same_bytes(out, wanted[1])
        with pytest.raises(TypeError):
            kernel.ufunc(*arrays, *params, out=out)


def test_out_that_does_not_fit(kernel, fast):
    arrays, params = support.operands(kernel, (3, 5), F32), _positional(kernel)
    for out, error in [(np.zeros((3, 4), "f"), ValueError), (np.zeros((3, 5), np.int8), TypeError), ([0.0] * 5, TypeError)]:
        old = np.array(out)
        with pytest.raises(error):
            kernel.ufunc(*arrays, *params, out=(out,) * kernel.outs)
        assert np.array_equal(out, old)
    locked = np.zeros((3, 5), "f")
    locked.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        kernel.ufunc(*arrays, *params, out=(locked,) + (None,) * (kernel.outs - 1))
    assert not locked.any()
    # a larger out broadcasts the inputs, as with every ufunc
    wide = np.zeros((2, 3, 5), "f")
    got = support.as_tuple(kernel.ufunc(*arrays, *params, out=(wide,) + (None,) * (kernel.outs - 1)))
    assert got[0] is wide
    same_bytes(wide[1], support.as_tuple(kernel.ufunc(*arrays, *params))[0], kernel)


def test_where(kernel, any_dtype, fast):
    """Only where it is true; the rest of out stays."""
    params = _positional(kernel) if any_dtype.kind not in "iu" else ()
    arrays = support.operands(kernel, (20, 33), any_dtype)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    mask = np.random.default_rng(0).random((20, 33)) < 0.5
    for where in (mask, mask[0], np.asfortranarray(mask), mask[:, :1], True, False):
        outs = tuple(np.full((20, 33), 3, any_dtype) for _ in wanted)
        kernel.ufunc(*arrays, *params, out=outs, where=where)
        for out, want in zip(outs, wanted, strict=True):
            same_bytes(out, np.where(where, want, any_dtype.type(3)), kernel)


def test_dtype_and_casting(kernel, fast):
    """dtype= computes in that type, parameters and left-out defaults too; casting= is held to."""
    arrays, params = _finite(kernel, 50), _positional(kernel)
    wide = [a.astype("d") for a in arrays]
    for given in [params] if kernel.required else [(), params]:
        wanted = support.as_tuple(kernel.ufunc(*wide, *given))
        for got, want in zip(support.as_tuple(kernel.ufunc(*arrays, *given, dtype="d")), wanted, strict=True):
            same_bytes(got, want, kernel)
        for got, want in zip(
            support.as_tuple(kernel.ufunc(*wide, *given, dtype="f", casting="same_kind")),
            support.as_tuple(kernel.ufunc(*arrays, *given)),
            strict=True,
        ):
            same_bytes(got, want, kernel)
    with pytest.raises(TypeError):
        kernel.ufunc(*wide, *params, dtype="f", casting="safe")
    with pytest.raises(TypeError):
        kernel.ufunc(*wide, *params, out=(np.zeros(50, "f"),) + (None,) * (kernel.outs - 1), casting="safe")
    out = (np.zeros(50, "f"),) * 1 + (None,) * (kernel.outs - 1)
    got = support.as_tuple(kernel.ufunc(*wide, *params, out=out))
    assert got[0] is out[0]
    same_bytes(got[0], support.as_tuple(kernel.ufunc(*wide, *params))[0].astype("f"), kernel)
    with pytest.raises((TypeError, ValueError)):
        kernel.ufunc(*arrays, *params, dtype="F")


def test_order(kernel):
    arrays, params = _finite(kernel, (4, 5)), _positional(kernel)
    for order, flag in [("C", "C_CONTIGUOUS"), ("F", "F_CONTIGUOUS")]:
        for got in support.as_tuple(kernel.ufunc(*arrays, *params, order=order)):
            assert got.flags[flag]
    for got in support.as_tuple(kernel.ufunc(*[a.T for a in arrays], *params)):
        assert got.flags.f_contiguous, "the default keeps the order"


def test_lists_and_scalars(kernel):
    params = _positional(kernel)
    values = [[-2.5, 0.0, 1.5]] * kernel.arrays
    wanted = support.as_tuple(kernel.ufunc(*map(np.array, values), *params))
    for got, want in zip(support.as_tuple(kernel.ufunc(*values, *params)), wanted, strict=True):
        same_bytes(got, want, kernel)
    for got, want in zip(support.as_tuple(kernel.ufunc(*[v[2] for v in values], *params)), wanted, strict=True):
        assert type(got) is np.float64
        assert got == want[2]
    for got in support.as_tuple(kernel.ufunc(*[np.float32(1.5)] * kernel.arrays, *params)):
        assert type(got) is np.float32


# ---- methods ----


def _sequential(ufunc, values):
    total = values[0]
    steps = [total]
    for value in values[1:]:
        total = ufunc(total, value)
        steps.append(total)
    return np.array(steps)


@pytest.mark.parametrize("kernel", BINARY, ids=repr)
@pytest.mark.parametrize("any_dtype", [np.dtype("f"), np.dtype("d"), np.dtype("b"), np.dtype("q")], ids=str)
def test_reduce_and_accumulate(kernel, any_dtype, isa):
    """Element after element: nothing is computed ahead of what it depends on."""
    if any_dtype.kind == "i" and not kernel.integers:
        return
    rng = np.random.default_rng(0)
    for n in (1, 2, 5, 64, 300):
        values = (rng.standard_normal((n, 7)) * 3).astype(any_dtype)
        if kernel.variable == "y" or n == 300:
            values = np.abs(values)
        steps = np.stack([_sequential(kernel.ufunc, column) for column in values.T], 1)
        same_bytes(kernel.ufunc.accumulate(values, axis=0), steps, kernel)
        same_bytes(kernel.ufunc.reduce(values, axis=0), steps[-1], kernel)
        column = values[:, 0].copy()
        same_bytes(kernel.ufunc.accumulate(column), steps[:, 0], kernel)
        same_bytes(np.asarray(kernel.ufunc.reduce(column)), np.asarray(steps[-1, 0]), kernel)
        same_bytes(kernel.ufunc.accumulate(column[::-1]), _sequential(kernel.ufunc, column[::-1]), kernel)
        same_bytes(kernel.ufunc.accumulate(column, out=column), steps[:, 0], kernel)
        if n > 5:
            wanted = np.array([_sequential(kernel.ufunc, part)[-1] for part in (values[0:5, 1], values[5:, 1])])
            same_bytes(kernel.ufunc.reduceat(values[:, 1], [0, 5]), wanted, kernel)


def test_outer(kernel, dtype):
    """Every pair; functions with three inputs have no outer in NumPy."""
    if kernel.ufunc.nin != 2:
        with pytest.raises(ValueError, match="outer"):
            kernel.ufunc.outer(*[np.ones(2, dtype)] * 2)
        return
    a, b = (support.ordinary(n, dtype, n) for n in (5, 40))
    wanted = support.as_tuple(kernel.ufunc(np.repeat(a, 40), np.tile(b, 5)))
    for got, want in zip(support.as_tuple(kernel.ufunc.outer(a, b)), wanted, strict=True):
        same_bytes(got, want.reshape(5, 40), kernel)


def test_at(kernel, any_dtype):
    """In place at indices, repeated ones one after the other."""
    if kernel.ufunc.nin > 2 or kernel.outs > 1:
        return
    x = support.ordinary(40, any_dtype, 1)
    index = np.array([3, 3, 17, 0, 39, 3])
    other = support.ordinary(6, any_dtype, 2)
    expected = x.copy()
    for i, value in zip(index, other, strict=True):
        expected[i] = kernel.ufunc(expected[i : i + 1], *([other.dtype.type(value)] if kernel.ufunc.nin == 2 else []))[0]
    kernel.ufunc.at(x, index, *([other] if kernel.ufunc.nin == 2 else []))
    same_bytes(x, expected, kernel)


# ---- subclasses ----


class Tagged(np.ndarray):
    def __array_finalize__(self, source):
        self.tag = getattr(source, "tag", None)


def test_subclass(kernel, fast):
    arrays, params = _finite(kernel, 50), _positional(kernel)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    tagged = arrays[0].view(Tagged)
    tagged.tag = "kept"
    for got, want in zip(support.as_tuple(kernel.ufunc(tagged, *arrays[1:], *params)), wanted, strict=True):
        assert type(got) is Tagged
        assert got.tag == "kept"
        same_bytes(np.asarray(got), want, kernel)
    for got in support.as_tuple(kernel.ufunc(tagged, *arrays[1:], *params, subok=False)):
        assert type(got) is np.ndarray
    assert support.as_tuple(support.in_place(kernel)(tagged, *arrays[1:], *params))[0] is tagged
    same_bytes(np.asarray(tagged), wanted[0], kernel)


def test_masked_arrays(kernel):
    arrays, params = _finite(kernel, 40), _positional(kernel)
    mask = np.arange(40) % 3 == 0
    masked = np.ma.array(arrays[0], mask=mask)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    for got, want in zip(support.as_tuple(kernel.ufunc(masked, *arrays[1:], *params)), wanted, strict=True):
        assert isinstance(got, np.ma.MaskedArray)
        assert np.array_equal(got.mask, mask)
        same_bytes(got.data[~mask], want[~mask], kernel)
    got = support.as_tuple(support.in_place(kernel)(masked, *arrays[1:], *params))[0]
    assert got is masked
    assert np.array_equal(masked.mask, mask)
    same_bytes(masked.data[~mask], wanted[0][~mask], kernel)


def test_memmap(kernel, tmp_path):
    """In place through the file; one that is open for reading only is refused."""
    arrays, params = _finite(kernel, 3000), _positional(kernel)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    path = tmp_path / "data"
    arrays[0].tofile(path)
    mapped = np.memmap(path, "f", "r+")
    same_bytes(np.asarray(support.as_tuple(kernel.ufunc(mapped, *arrays[1:], *params))[0]), wanted[0], kernel)
    assert support.as_tuple(support.in_place(kernel)(mapped, *arrays[1:], *params))[0] is mapped
    mapped.flush()
    same_bytes(np.fromfile(path, "f"), wanted[0], kernel)
    with pytest.raises(ValueError, match="read-only"):
        support.in_place(kernel)(np.memmap(path, "f", "r"), *arrays[1:], *params)


class Overrides:
    def __array_ufunc__(self, ufunc, method, *inputs, **keywords):
        return ufunc, method, inputs, keywords


def test_array_ufunc(kernel):
    """Another library sees one ufunc call: with the parameters that were given, by position, and without those left out."""
    thing = Overrides()
    arrays = [thing] + [np.ones(3)] * (kernel.arrays - 1)
    params = _positional(kernel)
    forms = [(params, {})] + ([((), dict(zip(kernel.params, params, strict=True)))] if params else [])
    for args, keywords in forms:
        ufunc, method, inputs, rest = kernel.ufunc(*arrays, *args, **keywords)
        assert method == "__call__"
        assert ufunc is kernel.ufunc
        assert rest == {}
        assert inputs[0] is thing
        assert inputs[kernel.arrays :] == params
    if not kernel.required:
        ufunc, method, inputs, rest = kernel.ufunc(*arrays, where=True)
        assert isinstance(ufunc, np.ufunc)
        assert ufunc.__name__ == kernel.name
        assert ufunc.nin == len(inputs) == kernel.arrays
        assert ufunc == kernel.ufunc
        assert ufunc in (fr.relu, kernel.ufunc)
        assert {fr.relu: 0, kernel.ufunc: 1}[ufunc] == 1, "a container's table has it"
    last = Overrides()
    if kernel.arrays == 2:
        assert kernel.ufunc(np.ones(3), last, *params)[2][1] is last
    out = Overrides()
    assert kernel.ufunc(*[np.ones(3)] * kernel.arrays, *params, out=(out,) + (None,) * (kernel.outs - 1))[3]["out"][0] is out

    class Refuses:
        __array_ufunc__ = None

    with pytest.raises(TypeError):
        kernel.ufunc(Refuses(), *arrays[1:], *params)


# ---- other libraries ----


def test_pandas(kernel):
    pandas = pytest.importorskip("pandas")
    arrays, params = _finite(kernel, 30), _positional(kernel)
    index = [f"row {i}" for i in range(30)]
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    for given in [params] if kernel.required else [(), params]:
        wanted = support.as_tuple(kernel.ufunc(*arrays, *given))
        series = [pandas.Series(a, index=index, name="unit") for a in arrays]
        for got, want in zip(support.as_tuple(kernel.ufunc(*series, *given)), wanted, strict=True):
            assert isinstance(got, pandas.Series)
            assert got.index.tolist() == index
            assert got.name == "unit"
            same_bytes(got.to_numpy(), want, kernel)
        frames = [pandas.DataFrame(a.reshape(10, 3), columns=list("abc")) for a in arrays]
        if kernel.outs == 1 and not given:  # with more inputs pandas makes arrays of Python floats, for NumPy's own ufuncs too
            got = kernel.ufunc(*frames)
            assert isinstance(got, pandas.DataFrame)
            assert got.columns.tolist() == list("abc")
            same_bytes(got.to_numpy(), wanted[0].reshape(10, 3), kernel)


def test_xarray(kernel):
    xarray = pytest.importorskip("xarray")
    arrays, params = _finite(kernel, (6, 5)), _positional(kernel)
    if kernel.outs > 1:
        pytest.skip("xarray has no ufuncs with two outputs")
    for given in [params] if kernel.required else [(), params]:
        data = [xarray.DataArray(a, dims=("row", "unit"), coords={"unit": list("abcde")}) for a in arrays]
        got = kernel.ufunc(*data, *given)
        assert isinstance(got, xarray.DataArray)
        assert got.dims == ("row", "unit")
        assert got.coords["unit"].values.tolist() == list("abcde")
        same_bytes(got.values, kernel.ufunc(*arrays, *given), kernel)


def test_dask(kernel):
    da = pytest.importorskip("dask.array")
    arrays, params = _finite(kernel, (60, 50)), _positional(kernel)
    if kernel.outs > 1:
        pytest.skip("Dask has no ufuncs with two outputs")
    for given in [params] if kernel.required else [(), params]:
        lazy = [da.from_array(a, chunks=(20, 30)) for a in arrays]
        got = kernel.ufunc(*lazy, *given)
        assert isinstance(got, da.Array)
        assert got.dtype == np.float32, "not widened"
        same_bytes(got.compute(scheduler="threads"), kernel.ufunc(*arrays, *given), kernel)
        if params and given:
            named = kernel.ufunc(*lazy, **dict(zip(kernel.params, params, strict=True)))
            same_bytes(named.compute(scheduler="sync"), kernel.ufunc(*arrays, *given), kernel)
    with pytest.raises(TypeError):
        support.in_place(kernel)(lazy[0], *lazy[1:], *params)


def _pickles(everything):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(everything, protocol))
        assert all(a is b or (a == b and a.__name__ == b.__name__) for a, b in zip(again, everything, strict=True))
    # The other process has not imported fastrelu.
    support.python(f"""
import pickle
for function, name in pickle.loads({pickle.dumps([(f, f.__name__) for f in everything])!r}):
    assert function.__name__ == name, name
""")


def test_pickle():
    """Ufuncs and in-place functions come back as themselves, and in a fresh process."""
    _pickles([f for k in KERNELS for f in support.calls(k)])


def test_pickle_hidden_ufuncs():
    """Those with the defaults inside too: they are what Dask sends to another process."""
    support.python("""
import pickle, numpy as np, fastrelu as fr
class Catch:
    def __array_ufunc__(self, ufunc, *rest):
        return ufunc
plain = fr.leaky_relu(Catch())
assert plain == fr.leaky_relu != fr.elu and plain.nin == 1
assert pickle.loads(pickle.dumps(plain)) is fr.leaky_relu
""")
    _pickles([_registry.defaults[k.name] for k in KERNELS])


def test_every_function_says_fastrelu(kernel):
    """In reprs and pickles, and to whoever asks for its module: nothing private, no address."""
    for function in (kernel.plain, *support.calls(kernel)):
        name = kernel.name + "_" * (function is kernel.in_place)
        assert f"'fastrelu.{name}'" in repr(function)
        assert repr(function) == str(function)
        for text in (repr(function), pickle.dumps(function, 0).decode()):
            assert "fastrelu" in text
            assert not any(word in text for word in ("_ufuncs", "_registry", "Kernel", "0x"))
        assert (function.__module__, function.__name__, function.__qualname__) == ("fastrelu", name, name)
    assert kernel.in_place is None or kernel.in_place.__self__ is None


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.params and not k.required], ids=repr)
def test_parameters_left_out_are_no_operands(kernel):
    """.at and signature= without parameters: those of a function that has none, or types for all that there is."""
    arrays = support.operands(kernel, 40, F32)
    if kernel.arrays < 3 and kernel.outs == 1:  # NumPy's .at has no others
        target, index = arrays[0].copy(), np.array([3, 17])
        expected = arrays[0].copy()
        expected[index] = kernel.ufunc(*[a[index] for a in arrays])
        kernel.ufunc.at(target, index, *[a[index] for a in arrays[1:]])
        same_bytes(target, expected, kernel)
    wide = [a.astype("d") for a in arrays]
    counts = kernel.ufunc.nargs, kernel.plain.nargs
    for types in (kernel.ufunc.types[-1], kernel.plain.types[-1], *[("d",) * count for count in counts]):
        support.same_results(kernel.ufunc(*arrays, signature=types), kernel.ufunc(*wide), kernel)


def test_dask_in_processes():
    pytest.importorskip("dask.array")
    support.python("""
import dask.array as da, numpy as np, fastrelu as fr, cloudpickle
if __name__ == "__main__":
    lazy = fr.leaky_relu(da.from_array(np.linspace(-1, 1, 10, dtype="f"), chunks=5))
    again = cloudpickle.loads(cloudpickle.dumps(lazy))
    assert np.array_equal(again.compute(scheduler="sync"), fr.leaky_relu(np.linspace(-1, 1, 10, dtype="f")))
""")


def test_no_warnings(kernel, any_dtype, fast):
    """np.errstate(all="raise") never raises: not for specials, casts, subnormals, nor Python floats beyond the dtype."""
    arrays = support.operands(kernel, 5000, any_dtype)
    if any_dtype.kind not in "iu":
        arrays = [support.patterns(any_dtype)[::13]] * kernel.arrays
    odd = [support.laid_out(a, shift=1)[0] for a in arrays] if any_dtype.itemsize > 1 else arrays
    with np.errstate(all="raise"):
        for params in support.param_sets(kernel) if any_dtype.kind not in "iu" else [()]:
            kernel.ufunc(*arrays, *params)
            kernel.ufunc(*odd, *params)
            kernel.ufunc(
                *arrays,
                *params,
                where=np.arange(arrays[0].size) % 2 == 0,
                out=tuple(np.zeros_like(arrays[0]) for _ in range(kernel.outs)),
            )
            support.in_place(kernel)(*[a.copy() for a in arrays], *params)
            kernel.ufunc(*[a[5] for a in arrays], *params)
        if kernel.params and any_dtype.kind not in "iu":
            for huge in (1e300, 1e-300, np.inf, -np.inf, np.nan, 1e39, 1e-46):
                if huge < 0 and any(kernel.limits):
                    continue
                kernel.ufunc(*arrays, *(huge,) * len(kernel.params))
                support.in_place(kernel)(*[a.copy() for a in arrays], *(huge,) * len(kernel.params))
        if any_dtype == np.dtype("d"):
            kernel.ufunc(*arrays, *_positional(kernel), out=tuple(np.zeros(arrays[0].shape, "f") for _ in range(kernel.outs)))


def test_errstate_outside_stays():
    """Our silence is ours: NumPy warns as before, afterwards."""
    with np.errstate(all="raise"):
        fr.relu(np.array([np.nan, -1.0]).view(Tagged))
        assert set(np.geterr().values()) == {"raise"}
        with pytest.raises(FloatingPointError):
            np.array([1.0]) / np.array([0.0])
        with pytest.raises(TypeError):
            fr.relu(object())
        assert set(np.geterr().values()) == {"raise"}


def test_hidden_ufuncs_are_hooked():
    """The ufunc that others get when defaults are left out makes the same promises."""
    for kernel in KERNELS:
        plain = _registry.defaults[kernel.name]
        if plain is kernel.ufunc:
            continue
        arrays = support.operands(kernel, 100, F32)
        for on in (True, False):
            with support.fast_path(on):
                with np.errstate(all="raise"):
                    support.same_results(plain(*arrays), kernel.ufunc(*arrays), kernel)
                with pytest.raises(TypeError):
                    plain(*arrays, **dict.fromkeys(kernel.params, 0.5))
