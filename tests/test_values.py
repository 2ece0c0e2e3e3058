# SPDX-License-Identifier: BSD-3-Clause
"""The value of every function in every type against the oracle, for every kind of input; every instruction set must give the
same bytes, so that one of them meets the oracle for all."""

import functools

import numpy as np
import pytest
import support
from support import BY_NAME, KERNELS, check, exact, one_answer

import fastrelu as fr

GRADIENTS = [k for k in KERNELS if k.direction != "forward"]
WITH_PARAMS = [k for k in KERNELS if k.params]


def _first(kernel):
    return support.param_sets(kernel)[0]


def _asked_at(kernel, x, params):
    """x; or, for a gradient from the output, the outputs there, and in 32 and 64 bits other numbers too: any y is promised."""
    if kernel.variable != "y":
        return x
    y = support.outputs(kernel, x, params)
    return np.concatenate([y, x[::7]]) if x.itemsize > 2 else y


def _subnormals(dtype):
    """0 and subnormal numbers of every length, of both signs."""
    fmt = support.format_of(dtype)
    powers = 1 << np.arange(fmt.mantissa + 1)
    bits = np.unique(np.concatenate([np.arange(64), powers, powers - 1])).astype(support.unsigned(dtype))
    return np.concatenate([bits.view(dtype), -bits.view(dtype)])


@functools.cache
def _everywhere(dtype):
    """Every high half with the edges of the low one, and many numbers where functions are used."""
    middle = (np.random.default_rng(19).standard_normal(50_000) * 2).astype(dtype)
    return np.concatenate([support.patterns(dtype), middle, _subnormals(dtype)])


# A gated unit behind its activation, whose formulas the oracle then has at hand. Of 16 bits, other tests take every input of all
# functions but the units' gradients.
FORMULAS = [k.act.formula.replace("gate", "x") for k in KERNELS]
PATTERNS = [
    (kernel, dtype) for kernel in sorted(KERNELS, key=lambda k: FORMULAS.index(k.act.formula.replace("gate", "x")))
    for dtype in support.FLOATS if dtype.itemsize > 2 or kernel.arrays == 3
]


@pytest.mark.parametrize(("kernel", "dtype"), PATTERNS, ids=str)
def test_patterns(kernel, dtype):
    """Every kind of input at default parameters; gradients at dy = 1."""
    params = _first(kernel)
    for x in (_everywhere(dtype) if dtype.itemsize > 2 else support.patterns(dtype), support.knees(kernel, dtype, params)):
        at = _asked_at(kernel, x, params)
        arrays = support.at(kernel, at)
        check(kernel, one_answer(kernel, arrays, params), arrays, params)


# Functions that lie beside a straight line through midpoints, closer than a long double can tell: on which side they lie. Value
# and line agree in every digit below these inputs (and above, for tanhshrink).
ABOVE_HALF = {"hardswish", "silu", "swish", "quick_gelu", "gelu", "gelu_tanh"}


def _nearest(kernel, dtype, at, wanted):
    """The oracle's value, rounded once to the dtype; a tie that is none goes to its side."""
    size = np.abs(support.wide(at))
    if kernel.direction == "forward" and kernel.act.name in ABOVE_HALF:
        tiny = (size > 0) & (size < 1e-30)
        wanted = np.where(tiny, np.nextafter(wanted, support.LD(np.inf)), wanted)
    if kernel.name == "tanhshrink":
        wanted = np.where(size > 64, np.nextafter(wanted, np.copysign(support.LD(np.inf), wanted)), wanted)
    return support.round_to(wanted, dtype)


@pytest.mark.parametrize("dtype", support.HALVES, ids=str)
@pytest.mark.parametrize("kernel", [k for k in KERNELS if "up" not in k.inputs], ids=repr)
def test_all_of_16_bits(kernel, dtype):
    """Every input gives the nearest number at default parameters, ties to even: the value, and the derivative at dy = 1. NaN
    stays NaN and is quiet."""
    at, params = support.patterns(dtype), _first(kernel)
    arrays = support.at(kernel, at)
    for got, wanted in zip(one_answer(kernel, arrays, params), exact(kernel, arrays, params), strict=True):
        nearest = _nearest(kernel, dtype, at, wanted)
        bits, wanted_bits = (a.view(np.uint16).astype(int) for a in (got, nearest))
        same = bits == wanted_bits
        if kernel.direction == "backward_from_output" and kernel.smooth:  # of what is no output, a neighbour will do
            forward = BY_NAME[kernel.act.name]
            y = _nearest(forward, dtype, at, exact(forward, [at], params)[0])
            same |= (np.abs(bits - wanted_bits) == 1) & ~np.isin(at.view(np.uint16), y.view(np.uint16))
        if kernel.direction != "forward" or not kernel.smooth:  # no sign is promised of a selected 0 or a vanishing slope
            same |= (got == 0) & (nearest == 0)
        nan = np.isnan(support.wide(got))
        same |= nan & np.isnan(support.wide(nearest))
        wrong = np.flatnonzero(~same)
        assert not wrong.size, (
            f"{wrong.size} misrounded, the first {kernel}({support.shown([at], wrong[0])}): got {got[wrong[0]]!r}, "
            f"nearest {nearest[wrong[0]]!r}"
        )
        assert (got.view(np.uint16)[nan] & 1 << support.format_of(dtype).mantissa - 1).all(), "a signalling NaN"


def _any_dy(dtype, n, rng):
    """Gradients of all kinds: subnormal and 0 alone, huge and special alone, of any size, and all of them among ordinary ones."""
    tiny, special, fmt = _subnormals(dtype), support.dy_values(dtype), support.format_of(dtype)
    huge = np.ldexp(rng.uniform(-1.9, 1.9, n), fmt.max_exponent - rng.integers(0, 9, n)).astype(dtype)
    yield "subnormal", rng.choice(tiny, n)
    yield "0", rng.choice(tiny[[0, tiny.size // 2]], n)
    yield "huge", np.where(rng.random(n) < 0.1, rng.choice(special, n), huge)
    yield "any size of", np.ldexp(rng.uniform(-1.9, 1.9, n), rng.integers(fmt.min_exponent, fmt.max_exponent, n)).astype(dtype)
    ordinary = rng.standard_normal(n).astype(dtype)
    kind = rng.random(n)
    yield "mixed", np.where(kind < 0.7, ordinary, np.where(kind < 0.8, rng.choice(tiny, n), rng.choice(special, n)))


@pytest.mark.parametrize("kernel", GRADIENTS, ids=repr)
def test_any_dy(kernel, dtype):
    """Gradients at dy of every kind: the slope times dy, with one more rounding; nothing flushed, nothing lost to overflow."""
    rng, params = np.random.default_rng(17), _first(kernel)
    middle = (rng.standard_normal(2000) * 3).astype(dtype)
    some = support.patterns(dtype)[:: 131 if dtype.itemsize > 2 else 11]
    at = _asked_at(kernel, np.concatenate([some, support.knees(kernel, dtype, params), middle]), params)
    for kind, dy in _any_dy(dtype, at.size, rng):
        with support.trying(f"{kind} dy"):
            arrays = support.at(kernel, at, dy)
            check(kernel, one_answer(kernel, arrays, params), arrays, params)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_parameters(kernel, dtype):
    """Every set of parameters as numbers: the value is the formula's."""
    for params in support.param_sets(kernel)[1:]:
        with support.trying(f"parameters {params}"):
            x = np.concatenate([support.patterns(dtype)[::61], support.knees(kernel, dtype, params)])
            at = _asked_at(kernel, x, params)
            arrays = support.at(kernel, at, np.resize(support.dy_values(dtype)[::-1], at.shape))
            check(kernel, one_answer(kernel, arrays, params), arrays, params)


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_parameters_at_their_ends(kernel, dtype):
    """Every parameter at 0, infinite, and at the largest and the least numbers, against x of all these: the limit, where the
    formula itself has no number there."""
    x = np.concatenate([support.ends(dtype), np.array([-100, -3, -0.5, 1e-3, 0.5, 1, 3, 100]).astype(dtype)])
    given = [np.append(support.ends(dtype), np.array([value]).astype(dtype)) for value in support.given_params(kernel)]
    x, *params = (a.ravel() for a in np.meshgrid(x, *given, indexing="ij"))
    if kernel.variable == "y":
        y = support.outputs(kernel, x, params)
        x, params = np.concatenate([x, y]), [np.tile(param, 2) for param in params]
    for dy in (np.ones(1, dtype), support.dy_values(dtype)):
        arrays = support.at(kernel, x, np.resize(dy, x.shape))
        got = one_answer(kernel, arrays, params)
        told = np.ones(x.shape, bool)
        for param, limit in zip(params, kernel.limits, strict=True):
            if limit:
                least, itself = limit
                with np.errstate(invalid="ignore"):  # bfloat16's comparison with NaN
                    told &= ~(param < least) & ~((param == least) & (not itself))
                assert np.isnan(support.wide(got[0][~told])).all()
        check(kernel, tuple(g[told] for g in got), [a[told] for a in arrays], tuple(p[told] for p in params))


@pytest.mark.parametrize("kernel", WITH_PARAMS, ids=repr)
def test_random_parameters(kernel, dtype):
    """Another parameter for every element, and at dy = 1 what is promised of it: in 16 bits within 0.51 ulp."""
    rng = np.random.default_rng(23)
    for seed in range(3):
        middle = (rng.standard_normal(10_000) * 3).astype(dtype)
        x = np.concatenate([rng.choice(support.patterns(dtype), 10_000), middle])
        params = support.random_params(kernel, x.size, dtype, seed)
        at = x if kernel.variable != "y" else support.outputs(kernel, x, params)
        arrays = support.at(kernel, at)
        check(kernel, one_answer(kernel, arrays, params), arrays, params)


# What an array may hold without a subnormal in it: each kind fills x, or y.
ORDINARY = {
    "N(0, 1)": lambda rng, n: rng.standard_normal(n),
    "uniform": lambda rng, n: rng.uniform(-100, 100, n),
    "left tail": lambda rng, n: rng.uniform(-100, -8, n),
    "right tail": lambda rng, n: rng.uniform(8, 100, n),
    "one far": lambda rng, n: np.where(np.arange(n) % 32 == 7, rng.choice([-100.0, 100.0], n), rng.standard_normal(n)),
    "zeros": lambda rng, n: np.zeros(n),
    "NaN": lambda rng, n: np.full(n, np.nan),
}


# Float16's subnormals are ordinary numbers to float32, and rounding to them costs nothing.
@pytest.mark.parametrize("dtype", [dtype for dtype in support.FLOATS if dtype != np.float16], ids=str)
def test_no_underflow(kernel, dtype):
    """Ordinary numbers meet no subnormal on their way: Intel's processors take 150 cycles for each register that has one, and an
    array's contents would show in the time. The result alone may be one, and is then put together by integer arithmetic."""
    for kind, fill in ORDINARY.items():
        rng, n = np.random.default_rng(29), 4096
        values = fill(rng, n)
        if kernel.direction == "backward_from_output":  # an output is nearer to 0
            values = np.asarray(support.outputs(kernel, values.astype(dtype), kernel.given))
        dy = np.where(rng.random(n) < 0.1, 0, rng.uniform(0.1, 2, n) * rng.choice([-1, 1], n))
        values = values.astype(dtype)
        values[np.abs(support.wide(values)) < np.ldexp(1.0, support.format_of(dtype).min_exponent)] = 0
        arrays = [values if name in ("x", "y", "gate") else dy.astype(dtype) for name in kernel.inputs]
        for room in support.every_isa():
            with room, support.trying(kind):
                outs = [np.empty(n, dtype) for _ in range(kernel.outs)]
                assert not support._ufuncs.bare_sweep(kernel, arrays, outs)


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.integers], ids=repr)
def test_integers(kernel):
    """Exact in every integer type, at its ends too, and in place."""
    for dtype in support.INTEGERS:
        info = np.iinfo(dtype)
        ends = [v for v in [*range(-20, 20), info.min, info.min + 1, info.max - 1, info.max] if info.min <= v <= info.max]
        at = np.arange(info.min, info.max + 1).astype(dtype) if dtype.itemsize == 1 else np.unique(np.array(ends, dtype))
        at = np.resize(at, max(at.size, 300))
        arrays = [at] if kernel.arrays == 1 else [support.ordinary(at.shape, dtype), at]
        wanted = np.asarray(support.exact_integers(kernel, arrays))
        for room in support.every_isa():
            with room, support.trying(dtype):
                support.same_bytes(kernel.ufunc(*arrays), wanted, kernel, arrays)
                support.same_bytes(kernel.in_place(arrays[0].copy(), *arrays[1:]), wanted, f"{kernel}_", arrays)


def test_signed_zero(dtype, isa):
    for n in (1, 7, 100):
        assert np.signbit(fr.relu(np.full(n, -0.0).astype(dtype))).all(), "relu(-0.0) is -0.0"
        assert not np.signbit(fr.relu(np.zeros(n, dtype))).any()


def test_limits(kernel, dtype):
    """Infinities give the limit and no NaN at dy = 1; NaN gives NaN forward. Beyond test_patterns: in vectors full of them."""
    params = support.given_params(kernel)
    for value in (np.inf, -np.inf, np.nan):
        at = np.full(37, value).astype(dtype)
        if kernel.variable == "y":
            at = support.outputs(kernel, at, params)
        arrays = support.at(kernel, at)
        got = one_answer(kernel, arrays, params)
        check(kernel, got, arrays, params)
        if kernel.direction == "forward":
            assert np.isnan(got[0]).all() == np.isnan(value)


@pytest.mark.parametrize("kernel", [k for k in KERNELS if k.act.name == "squareplus"], ids=repr)
def test_squareplus_where_the_root_is_0(kernel, dtype):
    """x * x + b cancels to nothing, and at 0.5625 to what x * x lost in rounding."""
    x = np.array([-0.75, 0.75, -2, 2, -0.5625, 0.5625]).astype(dtype)
    b = -x * x
    got = one_answer(kernel, support.at(kernel, x, np.ones_like(x)), (b,))
    check(kernel, got, support.at(kernel, x, np.ones_like(x)), (b,))


@pytest.mark.parametrize("kernel", [k for k in GRADIENTS if not k.smooth], ids=repr)
def test_zero_slope_is_selected(kernel, dtype):
    """Where a piecewise-linear slope is 0 the gradient is 0, whatever dy."""
    params = support.given_params(kernel)
    at = support.knees(kernel, dtype, params)
    for index, expression in enumerate(kernel.expressions):
        if expression is kernel.act.formula:  # a value, which is multiplied
            continue
        flat = at[support.formula(kernel, expression, at, params) == 0]
        for dy in (np.inf, -np.inf, np.nan):
            got = one_answer(kernel, support.at(kernel, flat, np.full(flat.shape, dy).astype(dtype)), params)[index]
            assert (got == 0).all(), f"{kernel}: dy = {dy}"


def test_knees_of_the_contract(dtype):
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


@pytest.mark.exhaustive
@pytest.mark.timeout(0)
def test_every_float32(kernel):
    """All 2^32 inputs at default parameters; gradients at dy = 1. One instruction set meets the oracle, the others meet it."""
    params = _first(kernel)
    block = 1 << 21
    for start in range(0, 1 << 32, block):
        at = np.arange(start, start + block, dtype=np.uint32).view(np.float32)
        if kernel.variable == "y":
            at = support.outputs(kernel, at, params)
        arrays = support.at(kernel, at)
        check(kernel, one_answer(kernel, arrays, params), arrays, params)
