# SPDX-License-Identifier: BSD-3-Clause
"""The value of every function for every kind of input, in every instruction set, against the oracle."""

import functools

import numpy as np
import pytest
import support
from support import BY_NAME, check, exact, round_to

import fastrelu as fr


def _outputs(kernel, x, params):
    """What a gradient from the output is asked at: the outputs; of what is none, 16 bits are not promised to be nearest."""
    at = round_to(exact(BY_NAME[kernel.act.name], [x], params)[0], x.dtype)
    if x.dtype.itemsize > 2:
        at = np.concatenate([at, x])
    return np.unique(at.view(support.unsigned(x.dtype))).view(x.dtype)


@functools.lru_cache(maxsize=2)
def _case(kernel, dtype, params, dy_kind):
    """Inputs and the oracle's answer, remembered while the instruction sets take turns."""
    at = np.concatenate([support.patterns(dtype), support.knees(kernel, dtype, params)])
    if kernel.variable == "y":
        at = _outputs(kernel, at, params)
    arrays = [at]
    if kernel.arrays == 2:
        dy = np.ones(1, dtype) if dy_kind == "unit" else support.dy_values(dtype)
        arrays = [np.resize(dy, at.shape), at]
    return arrays, exact(kernel, arrays, params)


def _first(kernel):
    return support.param_sets(kernel)[0]


def test_patterns(kernel, dtype, isa):
    """Every high half with the edges of the low one; every input where there are 65,536. Gradients at dy = 1 and other dy."""
    params = _first(kernel)
    for dy_kind in ("unit", "any") if kernel.arrays == 2 else ("unit",):
        arrays, wanted = _case(kernel, dtype, params, dy_kind)
        check(kernel, kernel.ufunc(*arrays, *params), arrays, params, wanted)


@functools.lru_cache(maxsize=2)
def _few(kernel, dtype, params, signs):
    at = np.concatenate([support.patterns(dtype)[::61], support.knees(kernel, dtype, params)])
    if kernel.variable == "y":
        at = _outputs(kernel, at, params)
    arrays = [at] if kernel.arrays == 1 else [np.resize(support.dy_values(dtype), at.shape), at]
    return arrays, exact(kernel, arrays, params)


def test_parameters(kernel, dtype, isa):
    """Every set of parameters, as Python floats, as 0-d arrays and as arrays of the shape: the value is the formula's."""
    for params in support.param_sets(kernel)[1:]:
        arrays, wanted = _few(kernel, dtype, params, repr(params))  # -0.0 == 0.0
        got = kernel.ufunc(*arrays, *params)
        check(kernel, got, arrays, params, wanted)
        with np.errstate(all="ignore"):
            rounded = [np.array(p).astype(dtype) for p in params]
        for given in (rounded, [np.full(arrays[0].shape, p) for p in rounded]):
            for a, b in zip(support.as_tuple(kernel.ufunc(*arrays, *given)), support.as_tuple(got), strict=True):
                support.same_bytes(a, b, f"{kernel}{params}")


def test_in_place_is_the_same(kernel, any_dtype, isa):
    """NAME_ writes what NAME returns, and returns its first argument."""
    for params in support.param_sets(kernel)[:3] if any_dtype.kind not in "iu" else [()]:
        arrays = support.operands(kernel, 1000, any_dtype)
        wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
        target = arrays[0].copy()
        got = support.as_tuple(kernel.in_place(target, *arrays[1:], *params))
        assert got[0] is target
        assert len(got) == kernel.outs
        for a, b in zip(got, wanted, strict=True):
            support.same_bytes(a, b, kernel)


@pytest.mark.parametrize("kernel", [k for k in support.KERNELS if k.integers], ids=repr)
def test_integers(kernel, isa):
    """Exact in every integer type, at its ends too."""
    for dtype in support.INTEGERS:
        info = np.iinfo(dtype)
        at = np.unique(
            np.array(
                [v for v in [*range(-20, 20), info.min, info.min + 1, info.max - 1, info.max] if info.min <= v <= info.max], dtype
            )
        )
        if dtype.itemsize == 1:
            at = np.arange(info.min, info.max + 1).astype(dtype)
        at = np.resize(at, max(at.size, 300))
        arrays = [at] if kernel.arrays == 1 else [support.ordinary(at.shape, dtype), at]
        got = kernel.ufunc(*arrays)
        support.same_bytes(got, np.asarray(support.exact_integers(kernel, arrays)), f"{kernel} {dtype}")


def test_signed_zero(dtype, isa):
    for n in (1, 7, 100):
        assert np.signbit(fr.relu(np.full(n, -0.0).astype(dtype))).all(), "relu(-0.0) is -0.0"
        assert not np.signbit(fr.relu(np.zeros(n, dtype))).any()


def test_limits(kernel, dtype, isa):
    """Infinities give the limit and no NaN at dy = 1; NaN gives NaN forward. Beyond test_patterns: in vectors full of them."""
    params = support.given_params(kernel)
    for value in (np.inf, -np.inf, np.nan):
        at = np.full(37, value).astype(dtype)
        if kernel.variable == "y":
            at = round_to(exact(BY_NAME[kernel.act.name], [at], params)[0], dtype)
        arrays = [at] if kernel.arrays == 1 else [np.ones(37, dtype), at]
        got = support.as_tuple(kernel.ufunc(*arrays, *params))
        check(kernel, got, arrays, params)
        if kernel.direction == "forward":
            assert np.isnan(got[0]).all() == np.isnan(value)


@pytest.mark.parametrize("kernel", [k for k in support.KERNELS if k.arrays == 2 and not k.smooth], ids=repr)
def test_zero_slope_is_selected(kernel, dtype, isa):
    """Where a piecewise-linear slope is 0 the gradient is 0, whatever dy."""
    params = support.given_params(kernel)
    at = support.knees(kernel, dtype, params)
    for expression, index in zip(kernel.expressions, range(kernel.outs), strict=True):
        flat = at[support.formula(kernel, expression, at, params) == 0]
        for dy in (np.inf, -np.inf, np.nan):
            got = support.as_tuple(kernel.ufunc(np.full(flat.shape, dy).astype(dtype), flat, *params))[index]
            assert (got == 0).all(), f"{kernel}: dy = {dy}"


def test_knees_of_the_contract(isa, dtype):
    """API.md section 1's column, written out: a formula in the registry that says otherwise is wrong."""
    one = np.ones(1, dtype)

    def slope(name, at, *params):
        result = fr.get(name).backward(one, np.array([at]).astype(dtype), *params)
        return float(support.as_tuple(result)[0][0])

    assert slope("relu", 0) == slope("relu6", 0) == slope("relu6", 6) == 0
    assert slope("leaky_relu", 0, 0.25) == slope("prelu", 0, 0.25) == 0.25
    assert slope("hardtanh", -1) == slope("hardtanh", 1) == slope("threshold", 2, 2.0, 1.0) == slope("relu_squared", 0) == 0
    assert slope("hardsigmoid", -3) == slope("hardsigmoid", 3) == slope("hardswish", -3) == 0
    assert slope("hardswish", 3) == 1
    for name in ("hardshrink", "softshrink"):
        assert slope(name, 0.5) == slope(name, -0.5) == 0


# name → NumPy expression of the value by API.md section 1, in float64: the registry's formulas must say the same.
CONTRACT = {
    "relu": "np.maximum(0, x)",
    "leaky_relu": "np.where(x > 0, x, p * x)",
    "prelu": "np.where(x > 0, x, p * x)",
    "relu6": "np.minimum(np.maximum(0, x), 6)",
    "hardtanh": "np.clip(x, p, q)",
    "threshold": "np.where(x > p, x, q)",
    "relu_squared": "np.maximum(0, x)**2",
    "hardsigmoid": "np.clip(x + 3, 0, 6) / 6",
    "hardswish": "x * np.clip(x + 3, 0, 6) / 6",
    "hardshrink": "np.where(np.abs(x) > p, x, 0)",
    "softshrink": "np.sign(x) * np.maximum(np.abs(x) - p, 0)",
    "sigmoid": "1 / (1 + np.exp(-x))",
    "logsigmoid": "-np.log1p(np.exp(-x))",
    "tanh": "np.tanh(x)",
    "tanhshrink": "x - np.tanh(x)",
    "softplus": "np.log1p(np.exp(p * x)) / p",
    "softsign": "x / (1 + np.abs(x))",
    "squareplus": "(x + np.sqrt(x * x + p)) / 2",
    "elu": "np.where(x > 0, x, p * np.expm1(x))",
    "celu": "np.where(x > 0, x, p * np.expm1(x / p))",
    "selu": "1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x))",
    "silu": "x / (1 + np.exp(-x))",
    "swish": "x / (1 + np.exp(-p * x))",
    "quick_gelu": "x / (1 + np.exp(-1.702 * x))",
    "gelu": "np.array([v * math.erfc(-v / math.sqrt(2)) / 2 for v in x])",
    "gelu_tanh": "x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))",
    "mish": "x * np.tanh(np.log1p(np.exp(x)))",
}
DEFAULTS = {
    "leaky_relu": 0.01,
    "hardtanh": (-1, 1),
    "hardshrink": 0.5,
    "softshrink": 0.5,
    "softplus": 1,
    "squareplus": 4,
    "elu": 1,
    "celu": 1,
    "swish": 1,
}
NAMES_OF_PARAMS = {
    "leaky_relu": "negative_slope",
    "prelu": "weight",
    "hardtanh": "min_val max_val",
    "threshold": "threshold value",
    "hardshrink": "lambd",
    "softshrink": "lambd",
    "softplus": "beta",
    "squareplus": "b",
    "elu": "alpha",
    "celu": "alpha",
    "swish": "beta",
}
FROM_OUTPUT = {
    "relu",
    "leaky_relu",
    "relu6",
    "hardtanh",
    "relu_squared",
    "hardsigmoid",
    "hardshrink",
    "softshrink",
    "sigmoid",
    "logsigmoid",
    "tanh",
    "softplus",
    "softsign",
    "squareplus",
    "elu",
    "selu",
    "celu",
}


def test_contract_formula(activation):
    """The registry means what the contract says: formula, parameters, defaults, and which directions there are."""
    import math

    x = np.linspace(-8, 8, 161)
    name = activation.name
    kernel = BY_NAME[name]
    params = support.given_params(kernel)
    p, q = (*params, None, None)[:2]
    wanted = eval(CONTRACT[name], {"np": np, "math": math, "x": x, "p": p, "q": q})
    np.testing.assert_allclose(activation.forward(x, *params), wanted, rtol=1e-12, atol=1e-15)
    assert " ".join(activation.params) == NAMES_OF_PARAMS.get(name, "")
    defaults = DEFAULTS.get(name, () if name not in ("prelu", "threshold") else (None,) * len(params))
    assert tuple(activation.params.values()) == (defaults if isinstance(defaults, tuple) else (defaults,))
    assert (activation.backward_from_output is not None) == (name in FROM_OUTPUT)
    assert activation.backward is not None


def test_derivative_is_the_slope(activation):
    """The derivative formulas, against difference quotients of the value: they could be wrong together with the code."""
    kernel, forward = BY_NAME[activation.name + "_backward"], BY_NAME[activation.name]
    params = support.given_params(kernel)
    x = np.linspace(-7, 7, 141) + 0.013  # beside the knees
    h = 2.0**-20
    up, down = (support.exact(forward, [x + s * h], params)[0] for s in (1, -1))
    slope = support.formula(kernel, activation.derivative, x, params)
    np.testing.assert_allclose(((up - down) / (2 * h)).astype(float), slope.astype(float), rtol=1e-5, atol=1e-7)
    if activation.derivative_from_output:
        from_output = BY_NAME[activation.name + "_backward_from_output"]
        y = support.exact(forward, [x], params)[0].astype(float)
        got = support.formula(from_output, activation.derivative_from_output, y, params)
        np.testing.assert_allclose(got.astype(float), slope.astype(float), rtol=1e-9, atol=1e-9)
    if activation.derivative_param:
        up, down = (support.exact(forward, [x], (params[0] + s * h,))[0] for s in (1, -1))
        got = support.formula(kernel, activation.derivative_param, x, params)
        np.testing.assert_allclose(((up - down) / (2 * h)).astype(float), got.astype(float), rtol=1e-5, atol=1e-7)


def test_numpy_idioms(kernel, dtype):
    """The registry's plain-NumPy statements, which the benchmarks race against, compute the same function."""
    if dtype not in (np.dtype("f"), np.dtype("d")):
        pytest.skip("NumPy's own dtypes")
    statements = kernel.act.numpy[kernel.direction]
    assert statements, f"{kernel} has no NumPy idiom"
    params = support.given_params(kernel)
    at = (np.linspace(-8, 8, 333) + 0.0013).astype(dtype)
    if kernel.variable == "y":
        at = call = BY_NAME[kernel.act.name].ufunc(at, *params)  # noqa: F841
    dy = np.linspace(0.5, 2, 333).astype(dtype)
    special = pytest.importorskip("scipy.special") if "special." in statements else None
    names = {
        "special": special,
        "np": np,
        kernel.variable: at,
        "dy": dy,
        "t": np.empty_like(at),
        "t2": np.empty_like(at),
        "m": np.empty(at.shape, bool),
        "out": np.empty_like(at),
        "out2": np.empty_like(at),
        **dict(zip(kernel.params, params, strict=True)),
    }
    exec(statements, names)
    arrays = [at] if kernel.arrays == 1 else [dy, at]
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    for name, want in zip(("out", "out2"), wanted, strict=False):
        np.testing.assert_allclose(names[name], want, rtol=1e-5 if dtype.itemsize == 4 else 1e-12, atol=1e-6)


@pytest.mark.exhaustive
@pytest.mark.timeout(0)
def test_every_float32(kernel):
    """All 2^32 inputs at default parameters; gradients at dy = 1. One instruction set meets the oracle, the others meet it."""
    params = _first(kernel)
    block = 1 << 21
    for start in range(0, 1 << 32, block):
        at = np.arange(start, start + block, dtype=np.uint32).view(np.float32)
        if kernel.variable == "y":
            at = round_to(exact(BY_NAME[kernel.act.name], [at], params)[0], at.dtype)
        arrays = [at] if kernel.arrays == 1 else [np.ones_like(at), at]
        results = support.as_tuple(kernel.ufunc(*arrays, *params))
        check(kernel, results, arrays, params)
        for name in support.ISAS:
            with support.instruction_set(name):
                for got, want in zip(support.as_tuple(kernel.ufunc(*arrays, *params)), results, strict=True):
                    support.same_bytes(got, want, f"{kernel} {name} from {start:#x}")
