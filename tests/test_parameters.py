# SPDX-License-Identifier: BSD-3-Clause
"""Parameters: by position, keyword or not at all; numbers and arrays; dtypes and promotion."""

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr

pytestmark = pytest.mark.shapes
WITH_PARAMS = [k for k in support.SHAPES if k.params]


class Tagged(np.ndarray):
    """Not for the short way."""


FLOATS_OF_NUMPY = [d for d in support.FLOATS if d.kind == "f"]


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_every_way_to_give_them(kernel, dtype, fast):
    arrays = support.operands(kernel, (4, 30), dtype)
    params = (0.25, 1.5)[: len(kernel.params)]
    wanted = [w.copy() for w in support.as_tuple(kernel.ufunc(*arrays, *params))]
    names = list(kernel.params)
    rounded = [np.array(p).astype(dtype) for p in params]
    ways = [
        ((), dict(zip(names, params, strict=True))),
        (params[:1], dict(zip(names[1:], params[1:], strict=False))),
        ((), dict(reversed(list(zip(names, params, strict=False))))),
        (rounded, {}),
        ((), dict(zip(names, rounded, strict=True))),
        ([np.full((4, 30), r) for r in rounded], {}),
        ([np.full((30,), r) for r in rounded], {}),
        ((), dict(zip(names, [np.full((4, 1), r) for r in rounded], strict=True))),
        ([r[()] for r in rounded], {}),
    ]
    for args, keywords in ways:
        for got, want in zip(support.as_tuple(kernel.ufunc(*arrays, *args, **keywords)), wanted, strict=True):
            same_bytes(got, want, f"{kernel} {args} {keywords}")
        target = arrays[0].copy()
        got = support.as_tuple(support.in_place(kernel)(target, *arrays[1:], *args, **keywords))
        assert got[0] is target
        for g, want in zip(got, wanted, strict=True):
            same_bytes(g, want, f"{kernel}_ {args} {keywords}")
        out = tuple(np.zeros_like(arrays[0]) for _ in wanted)
        kernel.ufunc(*arrays, *args, out=out, **keywords)
        same_bytes(out[0], wanted[0], kernel)


@pytest.mark.parametrize("kernel", [k for k in WITH_PARAMS if not k.required], ids=repr)
def test_left_out(kernel, dtype, fast):
    """Left out, the defaults; some left out, the defaults of those. A left-out default changes nothing about the dtype."""
    arrays = support.operands(kernel, 60, dtype)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *kernel.params.values()))
    for got, want in zip(support.as_tuple(kernel.ufunc(*arrays)), wanted, strict=True):
        same_bytes(got, want, kernel)
    for name, default in kernel.params.items():
        for got, want in zip(support.as_tuple(kernel.ufunc(*arrays, **{name: default})), wanted, strict=True):
            same_bytes(got, want, kernel)
        other = [v if n != name else 0.25 for n, v in kernel.params.items()]
        for a, b in zip(
            support.as_tuple(kernel.ufunc(*arrays, **{name: 0.25})), support.as_tuple(kernel.ufunc(*arrays, *other)), strict=True
        ):
            same_bytes(a, b, kernel)
        for a, b in zip(
            support.as_tuple(support.in_place(kernel)(arrays[0].copy(), *arrays[1:], **{name: 0.25})),
            support.as_tuple(kernel.ufunc(*arrays, *other)),
            strict=True,
        ):
            same_bytes(a, b, kernel)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_python_numbers_never_widen(kernel, dtype, fast):
    """A float, an int or a bool beside a float array keeps its dtype, and is rounded to it once: 0.1 is float32(0.1)."""
    arrays = support.operands(kernel, 100, dtype)
    for value in (0.1, 1 / 3, 1e-45, 3, True, -2):
        if value < 0 and any(kernel.limits):
            continue
        params = (value,) * len(kernel.params)
        with np.errstate(all="ignore"):
            rounded = [np.array(value, dtype=np.float64).astype(dtype)] * len(params)
        for got, want in zip(
            support.as_tuple(kernel.ufunc(*arrays, *params)), support.as_tuple(kernel.ufunc(*arrays, *rounded)), strict=True
        ):
            assert got.dtype == dtype
            same_bytes(got, want, f"{kernel} {value!r}")
        got = support.as_tuple(support.in_place(kernel)(arrays[0].copy(), *arrays[1:], *params))
        assert all(g.dtype == dtype for g in got)


def test_halfway_is_rounded_to_even(fast):
    """One rounding, to nearest even: 1 + 2^-24 lies between two floats."""
    x = np.array([-1], np.float32)
    for value, rounded in [(1 + 2.0**-24, 1), (1 + 3 * 2.0**-24, 1 + 2.0**-22), (1 + 2.0**-24 + 2.0**-50, 1 + 2.0**-23)]:
        assert fr.leaky_relu(x, value)[0] == -np.float32(rounded)
        assert fr.leaky_relu_(x.copy(), negative_slope=value)[0] == -np.float32(rounded)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_numpy_scalars_and_wider_arrays(kernel, fast):
    """As NumPy operands: a float64 array or scalar widens a float32 array, and in place the result is cast back."""
    arrays = support.operands(kernel, 10, np.dtype("f"))
    for value in (np.float64(0.25), np.full(10, 0.25)):
        params = (value,) * len(kernel.params)
        wide = support.as_tuple(kernel.ufunc(*arrays, *params))
        assert all(w.dtype == np.float64 for w in wide)
        got = support.as_tuple(support.in_place(kernel)(arrays[0].copy(), *arrays[1:], *params))
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(got[0], wide[0].astype("f"))


def test_unknown(kernel, fast):
    """The message names the parameter, the function and what there is; nothing is written."""
    arrays = support.operands(kernel, 8, np.dtype("f"))
    before = arrays[0].copy()
    required = support.given_params(kernel) if kernel.required else ()
    for call in support.calls(kernel):
        with pytest.raises(TypeError) as error:
            call(*arrays, *required, alfa=1)
        message = str(error.value)
        assert "'alfa'" in message
        assert call.__name__ in message
        assert all(p in message for p in kernel.params)
    same_bytes(arrays[0], before)
    for call in support.calls(kernel)[1:]:
        for keywords in ({"out": arrays[0]}, {"where": True}):
            with pytest.raises(TypeError):
                call(*arrays, *required, **keywords)


def test_missing_and_too_many(kernel, fast):
    arrays = support.operands(kernel, 8, np.dtype("f"))
    before = arrays[0].copy()
    for name, default in kernel.params.items():
        if default is None:
            others = {n: 0.5 for n in kernel.params if n != name}
            for call in support.calls(kernel):
                with pytest.raises(TypeError, match=name) as error:
                    call(*arrays, **others)
                assert kernel.name in str(error.value)
    if kernel.params:
        name = next(iter(kernel.params))
        for call in support.calls(kernel):
            with pytest.raises(TypeError, match=name):
                call(*arrays, *(0.5,) * len(kernel.params), **{name: 0.5})
    for call in support.calls(kernel):
        for args in [(), arrays[:-1], [*arrays, *(0.5,) * (len(kernel.params) + kernel.outs + 1)]]:
            with pytest.raises(TypeError):
                call(*args)
    for call in support.calls(kernel)[1:]:
        with pytest.raises(TypeError):
            call(*arrays, *(0.5,) * (len(kernel.params) + 1))
    same_bytes(arrays[0], before)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_unusable_values(kernel, fast):
    """A parameter that is no number, or of a shape that does not fit, is an error and not a crash; nothing is written."""
    arrays = support.operands(kernel, 8, np.dtype("f"))
    before = arrays[0].copy()
    others = (0.5,) * (len(kernel.params) - 1)
    for wrong in ("text", object(), 1j, None, 10**400, [[1.0, 2.0, 3.0]]):
        for call in support.calls(kernel):
            with support.trying(wrong), pytest.raises((TypeError, ValueError, OverflowError)):
                call(*arrays, wrong, *others)
        same_bytes(arrays[0], before)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
@pytest.mark.parametrize("wrong", [None, "text", b"text", 1j, object(), ["a"], np.array(["a"]), np.longdouble(1)],
                         ids=lambda wrong: type(wrong).__name__)
def test_no_number(kernel, wrong, fast):
    """The message names the function, the parameter, and what was given."""
    arrays = support.operands(kernel, 8, np.dtype("f"))
    before = arrays[0].copy()
    name = list(kernel.params)[-1]
    others = {n: 0.5 for n in kernel.params if n != name}
    given = "<U1" if isinstance(wrong, np.ndarray) else "longdouble" if isinstance(wrong, np.generic) else repr(wrong)[:8]
    for call in support.calls(kernel):
        with pytest.raises(TypeError) as caught:
            call(*arrays, **others, **{name: wrong})
        for word in (f"{call.__name__}()", name, given):
            assert word in str(caught.value)
    same_bytes(arrays[0], before)


UNDETERMINED = {"leaky_relu_backward_from_output": lambda slope: slope < 0, "elu_backward_from_output": lambda alpha: alpha <= 0}


@pytest.mark.parametrize("kernel", [k for k in WITH_PARAMS if k.direction == "backward_from_output"], ids=repr)
def test_output_that_does_not_determine_the_gradient(kernel, fast):
    """A number for which two inputs have one output is an error. Every other gives the derivative, negative ones too."""
    x = np.array([-1.5, -0.25, 0.25, 1.5])
    name = next(iter(kernel.params))
    for value in (-2, -0.1, -1e-9, np.float32(-1), 0, 0.0, -0.0, 0.25, 3, np.nan, np.array([-2.0])):
        others = dict.fromkeys(list(kernel.params)[1:], 2.0)
        dy = np.ones_like(x)
        if not isinstance(value, np.ndarray) and UNDETERMINED.get(kernel.name, lambda value: False)(value):
            for call in support.calls(kernel):
                for arrays in ([dy, x], [dy.view(Tagged), x]):
                    with pytest.raises(ValueError, match=rf"{call.__name__}\(\).* {name} must be .* 0; it is") as caught:
                        call(*arrays, value, **others)
                    assert str(value) in str(caught.value)
            assert dy.all()
            continue
        y = kernel.act.forward(x, value, **others)
        got, want = kernel.ufunc(dy, y, value, **others), kernel.act.backward(dy, x, value, **others)
        if np.isscalar(value) and value == value and value != 0:
            np.testing.assert_allclose(got, want, rtol=1e-10)


def test_array_of_parameters_that_do_not_determine_the_gradient(dtype, isa):
    """No number in their lanes; the other lanes as ever, and what is refused as a number is so within an array."""
    params = np.tile(np.array([-2, -0.5, 0, 0.5, 1, 2], dtype), 20)
    dy, y = np.full_like(params, 3), np.resize(np.array([-0.25, 0, 0.25, 1], dtype), params.shape)
    for name, limit in (("leaky_relu", params < 0), ("elu", params <= 0)):
        function = fr.get(name).backward_from_output
        got = function(dy, y, params)
        assert np.array_equal(np.isnan(got), limit)
        with support.trying(name):
            same_bytes(got[~limit], fr.get(name).backward(dy, y, params)[~limit] if name == "leaky_relu" else
                       np.where(y > 0, dy, dy * (y + params).astype(dtype)).astype(dtype)[~limit])


# ---- dtypes ----


def test_integers_and_bool(kernel, fast):
    """relu and relu6 keep integers (bool is int8); all others go where NumPy's promotion leads, with the loops there are."""
    for dtype in map(np.dtype, "?bBhHiIlLqQ"):
        with support.trying(dtype):
            arrays = [np.arange(2).astype(dtype)] * kernel.arrays
            safe = next(d for d in FLOATS_OF_NUMPY if np.can_cast(dtype, d, "safe"))
            expected = (np.dtype("b") if dtype.kind == "b" else dtype) if kernel.integers else safe
            if not kernel.required:
                got = kernel.ufunc(*arrays)
                assert [g.dtype for g in support.as_tuple(got)] == [expected] * kernel.outs
                if not kernel.integers:
                    support.same_results(got, kernel.ufunc(*[a.astype(expected) for a in arrays]), kernel)
            if kernel.params:
                given = (0.25,) * len(kernel.params)
                got = kernel.ufunc(*arrays, *given)
                for g in support.as_tuple(got):
                    assert g.dtype == np.float64, "a Python float beside integers, as with np.add"
                support.same_results(got, kernel.ufunc(*[a.astype("d") for a in arrays], *given), kernel)


def test_mixed_floats(kernel, fast):
    if kernel.arrays == 1:
        return
    params = support.given_params(kernel)
    x = np.linspace(-4, 8, 40)
    for a in FLOATS_OF_NUMPY:
        for b in FLOATS_OF_NUMPY:
            arrays = [x.astype(a), *[x.astype(b)] * (kernel.arrays - 1)]
            got = support.as_tuple(kernel.ufunc(*arrays, *params))
            common = np.promote_types(a, b)
            want = support.as_tuple(kernel.ufunc(*[array.astype(common) for array in arrays], *params))
            for g, w in zip(got, want, strict=True):
                same_bytes(g, w, kernel)


REFUSED = [
    np.ones(3, np.longdouble),
    np.ones(3, complex),
    np.ones(3, np.complex64),
    np.array([1.0, None], object),
    np.array(["a"]),
    np.array([b"a"]),
    np.array(["2020-01-01"], "M8[D]"),
    np.array([1], "m8[s]"),
    np.zeros(2, "f,f"),
    np.zeros(2, "V4"),
]


def test_refused_dtypes(kernel, fast):
    params = support.given_params(kernel)
    for array in REFUSED:
        with support.trying(array.dtype):
            with pytest.raises(TypeError):
                kernel.ufunc(*[array] * kernel.arrays, *params)
            if kernel.arrays == 2:
                with pytest.raises(TypeError):
                    kernel.ufunc(np.ones(array.shape), array, *params)
            if kernel.params:
                with pytest.raises(TypeError):
                    kernel.ufunc(*[np.ones(array.shape)] * kernel.arrays, *[array] * len(kernel.params))


def test_kept_dtypes():
    assert {np.dtype("f"), np.dtype("d")} <= set(support.FLOATS)
