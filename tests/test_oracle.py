# SPDX-License-Identifier: BSD-3-Clause
"""The oracle and the ulp measure themselves: they know the values that can be said in words, and they see an error of one ulp."""

import math

import numpy as np
import pytest
import support
from support import BY_NAME, LD, check, exact, formula, ordinary, reference, round_to, ulp_error


def test_long_double_is_longer():
    assert np.finfo(LD).nmant >= 63, "the oracle needs more bits than float64 has"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (1.0, 1.0),
        (1 + 2.0**-24, 1.0),
        (1 + 3 * 2.0**-24, 1 + 2.0**-22),
        (2.0**-150, 0.0),
        (1.5 * 2.0**-149, 2.0**-148),
        (3.4028235e38, 3.4028235e38),
        (2.0**128 - 2.0**103, np.inf),
        (2.0**128 - 2.0**103 - 2.0**80, 3.4028235e38),
        (-np.inf, -np.inf),
    ],
)
def test_rounding(value, wanted):
    with np.errstate(all="ignore"):
        assert round_to(LD(value), np.dtype("f")) == np.float32(wanted)


def test_rounding_agrees_with_the_processor(dtype):
    values = ordinary(5000, np.float64, 3)
    if dtype.itemsize < 8:
        with np.errstate(all="ignore"):
            support.same_bytes(np.nan_to_num(round_to(values.astype(LD), dtype)), np.nan_to_num(values.astype(dtype)), dtype)


def test_ulp_error_counts(dtype):
    fmt = support.format_of(dtype)
    one = np.ones(1, dtype)
    bits = support.unsigned(dtype)
    up = (one.view(bits) + bits.type(3)).view(dtype)
    assert ulp_error(up, LD([1])) == 3
    tiny = np.ones(1, bits).view(dtype)  # the least subnormal
    assert ulp_error(tiny, LD([0])) == 1
    assert ulp_error(np.array([np.inf]).astype(dtype), np.ldexp(LD([1]), fmt.max_exponent)) > 1e2
    for got, want in [(np.nan, 1), (1, np.nan), (1, np.inf), (np.inf, -np.inf)]:
        assert ulp_error(np.array([got]).astype(dtype), LD([want])) == np.inf
    assert ulp_error(np.array([np.nan, np.inf, 0, -0.0]).astype(dtype), LD([np.nan, np.inf, -0.0, 0])).max() == 0
    assert ulp_error(np.array([0.0]).astype(dtype), LD(["-1e-4000"])) == np.inf, "an underflow keeps its sign"


def test_an_error_of_one_ulp_is_seen(kernel):
    """The correctly rounded result passes; moved by one ulp it does not (by as many as are promised and one more)."""
    for dtype in support.FLOATS:
        for steps in (1, -1):
            with support.trying(dtype, f"{steps} ulp"):
                _see_an_error(kernel, dtype, steps)


def _see_an_error(kernel, dtype, steps):
    arrays = support.operands(kernel, 400, dtype, 5)
    if kernel.variable == "y":
        arrays[1] = np.abs(arrays[1])
    params = support.given_params(kernel)
    wanted = exact(kernel, arrays, params)
    results = tuple(round_to(w, dtype) for w in wanted)
    check(kernel, results, arrays, params, wanted)
    limit = support.bound(kernel, dtype, params)
    factors = kernel.products[0][1]
    if kernel.direction != "forward":
        # of the slope, up to twice as many of the product, its rounding, and that of another factor; and of `wanted`
        limit = 2 * limit + 0.5 + 0.5 + (len(factors) - 1)
    step = steps * (1 + math.floor(limit + 0.5))
    size = np.abs(np.frexp(wanted[0])[0])  # away from powers of two, where the ulp changes
    fit = (np.abs(wanted[0]) > 0.01) & (np.abs(wanted[0]) < 100) & (size > 0.55) & (size < 0.95)
    if kernel.direction != "forward":  # beside a zero of the slope the promise is another
        at = arrays[kernel.inputs.index(kernel.variable)]
        fit &= ~reference._beside_zero(kernel, kernel.expressions[0], at, params)
    at = int(np.flatnonzero(fit)[0])
    bits = support.unsigned(dtype)
    results[0][at : at + 1].view(bits)[:] += np.array(step).astype(bits)
    with pytest.raises(AssertionError, match="1 of 400 wrong"):
        check(kernel, results, arrays, params, wanted)


def test_wrong_dtype_is_seen():
    kernel = BY_NAME["relu"]
    with pytest.raises(AssertionError, match="became"):
        check(kernel, np.ones(3), [np.ones(3, np.float32)], ())


def test_constants_are_exact():
    kernel = BY_NAME["hardsigmoid_backward"]
    sixth = formula(kernel, kernel.act.derivative, np.zeros(1), ())[0]
    assert sixth == LD(1) / 6
    assert sixth != LD(1 / 6)


def test_rules_of_the_contract():
    """API.md section 4, said here in numbers: the oracle must know them before it judges."""
    nan, inf = np.nan, np.inf

    def one(name, *values, params=()):
        kernel = BY_NAME[name]
        return float(exact(kernel, [np.array([v]) for v in values], params)[0][0])

    for name in ["relu", "leaky_relu", "relu6", "hardtanh", "hardshrink", "softshrink"]:
        assert one(f"{name}_backward", 2.5, nan) == 2.5
        assert one(f"{name}_backward_from_output", 2.5, nan) == 2.5
        assert math.isnan(one(name, nan))
    assert one("prelu_backward", 2.5, nan, params=(0.25,)) == 2.5
    assert one("threshold_backward", 2.5, nan, params=(1, 2)) == 2.5
    assert math.isnan(one("threshold", nan, params=(1, 2)))
    assert one("hardsigmoid_backward", 6.0, nan) == pytest.approx(1)
    assert math.isnan(one("hardswish_backward", 1.0, nan))
    assert math.isnan(one("relu_squared_backward", 1.0, nan))
    for dy in (inf, nan):
        for name in ["relu", "relu6", "hardtanh", "relu_squared", "hardsigmoid", "hardswish"]:
            assert one(f"{name}_backward", dy, -9.0) == 0
        assert one("hardswish_backward", dy, -1.5) == 0
    assert one("hardswish", -inf) == 0
    assert one("hardswish", inf) == inf
    assert one("hardswish_backward", 1.0, inf) == 1
    assert one("leaky_relu", -inf, params=(0.0,)) == 0
    assert one("leaky_relu", -inf) == -inf
    assert one("hardtanh", 5.0, params=(1.0, -1.0)) == -1
    assert one("hardswish_backward", 1.0, 3.0) == 1
    assert one("hardswish_backward", 1.0, -3.0) == 0
    assert one("leaky_relu_backward", 1.0, 0.0) == 0.01
    assert one("leaky_relu_backward", 0.0, -1.0, params=(inf,)) == 0
    # Where the formula has no number for a parameter, its limit there.
    for name, x, param, limit in [
        ("leaky_relu", 0.0, inf, 0), ("prelu", -0.0, -inf, 0),
        ("softplus", 0.0, inf, 0), ("softplus", 3.0, inf, 3), ("softplus", -3.0, -inf, -3), ("softplus", 3.0, 0.0, inf),
        ("softplus", -3.0, -0.0, -inf), ("swish", 0.0, inf, 0), ("swish", 3.0, inf, 3), ("swish", -3.0, -inf, -3),
        ("swish", -inf, 0.0, -inf), ("elu", 0.0, inf, 0), ("elu", -3.0, inf, -inf), ("celu", -3.0, inf, -3),
        ("celu", -inf, inf, -inf), ("celu", -3.0, 0.0, 0), ("celu", -3.0, -0.0, -inf), ("squareplus", -3.0, inf, inf),
        ("squareplus", -inf, inf, 0),
    ]:  # fmt: skip
        assert one(name, x, params=(param,)) == limit, (name, x, param)
    for name, x, param, limit in [
        ("softplus_backward", 0.0, inf, 0.5), ("softplus_backward", -inf, 0.0, 0.5), ("swish_backward", 0.0, inf, 0.5),
        ("swish_backward", 3.0, inf, 1), ("elu_backward", -3.0, inf, inf), ("elu_backward", -1e5, inf, inf),
        ("elu_backward", -inf, inf, 0), ("celu_backward", -3.0, inf, 1), ("celu_backward", -inf, inf, 0),
        ("squareplus_backward", 3.0, inf, 0.5), ("squareplus_backward", inf, inf, 1), ("squareplus_backward", 0.0, 0.0, 0.5),
        ("softplus_backward_from_output", 0.0, inf, 0), ("softplus_backward_from_output", inf, 0.0, 0.5),
        ("elu_backward_from_output", -inf, inf, inf), ("celu_backward_from_output", -3.0, inf, 1),
        ("celu_backward_from_output", -inf, inf, 0), ("celu_backward_from_output", 0.0, 0.0, 1),
        ("squareplus_backward_from_output", inf, inf, 0.5), ("squareplus_backward_from_output", 0.0, 0.0, 0),
    ]:  # fmt: skip
        assert one(name, 1.0, x, params=(param,)) == limit, (name, x, param)
    assert math.isnan(one("squareplus", 1.0, params=(-2.0,)))


@pytest.mark.parametrize(("x", "want"), [
    (-38.0, "2.88542836006878430835097e-316"),
    (-35.5, "2.457691540661936914214101e-276"),
    (-10.3125, "3.093528105013893349603526e-25"),
    (-1.0, "0.1586552539314570514147675"),
    (0.5, "0.6914624612740131036377046"),
    (3.0, "0.9986501019683699054733482"),
])
def test_normal_distribution(x, want):
    """What gelu's formula needs beyond NumPy, against mpmath with 200 bits."""
    got = reference._distribution(LD([x]))
    assert abs(got / LD(want) - 1)[0] < 2.0**-60, got
    assert reference._density(LD([0]))[0] == 1 / np.sqrt(2 * reference.LD_PI)


def test_layout_helpers_see_a_stray_byte():
    view, buffer = support.laid_out(np.arange(12.0).reshape(3, 4), (2, -2), (1, 0), 3)
    before = buffer.copy()
    view[...] = 7
    assert support.untouched(view, buffer, before)
    buffer[view.__array_interface__["data"][0] - buffer.ctypes.data + 8] ^= 1
    assert not support.untouched(view, buffer, before)
