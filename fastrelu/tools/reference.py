# SPDX-License-Identifier: BSD-3-Clause
"""What every function should be: the registry's formulas evaluated in long double, and the distance of a result from that in
units in the last place. Shared by the tests and by `certify`; it knows nothing of the kernels."""
import ast
import functools
import sys
import typing

import numpy as np

from .. import _ufuncs
from .._registry import functions
from .worst_inputs import WORST

LD = np.longdouble
INTEGERS = [np.dtype(code) for code in "bBhHiIlLqQ"]

def floats():
    """Every floating dtype that fastrelu keeps; bfloat16 where somebody has imported ml_dtypes."""
    kernel = next(iter(functions.values()))
    bfloat16 = [sys.modules["ml_dtypes"].bfloat16] if "ml_dtypes" in sys.modules else []
    return [dtype for dtype in map(np.dtype, (np.float16, *bfloat16, np.float32, np.float64)) if kernel.keeps(dtype)]


def dtypes_of(kernel):
    return floats() + (INTEGERS if kernel.integers else [])


# ---- the formats ----


class Format(typing.NamedTuple):
    mantissa: int  # stored bits
    min_exponent: int  # of the least normal number
    max_exponent: int  # of the greatest


@functools.lru_cache
def format_of(dtype):
    dtype = np.dtype(dtype)
    info = np.finfo(dtype) if dtype.kind == "f" else sys.modules["ml_dtypes"].finfo(dtype)  # not NumPy's: it came from there
    return Format(int(info.nmant), int(info.minexp), int(info.maxexp) - 1)


def unsigned(dtype):
    return np.dtype(f"u{np.dtype(dtype).itemsize}")


def ulp_of(exact, dtype):
    """The distance of neighbouring numbers of the dtype around `exact`, in long double."""
    fmt = format_of(dtype)
    exponent = np.frexp(np.where(np.isfinite(exact), exact, 1))[1] - 1
    exponent = np.where(exact == 0, fmt.min_exponent, np.clip(exponent, fmt.min_exponent, fmt.max_exponent))
    return np.ldexp(LD(1), exponent - fmt.mantissa)


def wide(a):
    """In long double, without the warning for signalling NaNs."""
    with np.errstate(all="ignore"):
        return np.asarray(a).astype(LD)


def round_to(exact, dtype):
    """Long double to the dtype in one rounding (NumPy casts to 16 bits by way of double)."""
    exact = np.asarray(exact, LD)
    with np.errstate(all="ignore"):
        step = ulp_of(exact, dtype)
        return np.where(np.isfinite(exact), np.rint(exact / step) * step, exact).astype(dtype)


def ulp_error(got, exact):
    """The error of `got` in ulps of its dtype. Equal specials have none; NaN against a number, or a missed infinity, is inf.

    A sum beyond the greatest number counts as the power of two above it, as rounding does. Zeros are equal, but an underflowed
    result must keep its sign.
    """
    dtype = got.dtype
    limit = np.ldexp(LD(1), format_of(dtype).max_exponent + 1)
    with np.errstate(all="ignore"):
        value = wide(got)
        error = np.abs(np.clip(value, -limit, limit) - np.clip(exact, -limit, limit)) / ulp_of(exact, dtype)
    nan, inf = np.isnan(exact), np.isinf(exact)
    error = np.where(nan | np.isnan(value), np.where(nan & np.isnan(value), LD(0), LD(np.inf)), error)
    error = np.where(inf, np.where(value == exact, LD(0), LD(np.inf)), error)
    return np.where((value == 0) & (exact != 0) & (np.signbit(value) != np.signbit(exact)) & ~nan, LD(np.inf), error)


# ---- the oracle ----

_LEAST = np.nextafter(LD(0), LD(1))
LD_PI = np.arctan2(LD(0), LD(-1))
# 1 / sqrt(2) in two long doubles: the root, and what its square lacks divided by twice it.
_ROOT = np.sqrt(LD(1) / 2)


def _split(x, bits=32):
    """x as a sum of two numbers with at most `bits` bits each, so that products of parts are exact."""
    big = x * (LD(2) ** bits + 1)
    high = big - (big - x)
    return high, x - high


def _product_error(a, b, product):
    (a1, a2), (b1, b2) = _split(a), _split(b)
    return ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2


_ROOT_LOW = (LD(1) / 2 - _ROOT * _ROOT - _product_error(_ROOT, _ROOT, _ROOT * _ROOT)) / (2 * _ROOT)


def _exp_minus_half_square(x):
    """exp(-x^2 / 2), whose argument loses nothing to the rounding of x^2."""
    high = np.rint(x * 2**20) / 2**20   # high * high is exact for |x| < 2^11
    return np.exp(-high * high / 2) * np.exp(-(x - high) * (x + high) / 2)


def _density(x):
    return _exp_minus_half_square(np.clip(x, -200, 200)) / np.sqrt(2 * LD_PI)


def _distribution(x):
    """Phi of the normal distribution, erfc(-x / sqrt(2)) / 2. The argument's rounding is made up for by erfc's derivative: where
    the result is tiny it would cost hundreds of units."""
    x = np.asarray(x, LD)
    held = np.clip(x, -200, 200)
    z = -held * _ROOT
    lost = _product_error(-held, _ROOT, z) - held * _ROOT_LOW
    value = _ufuncs.erfc(z) / 2
    return np.where(np.isnan(x), x, value - lost * _density(held) * np.sqrt(LD(2)))


def _exp(x):
    """e^x, greater than 0 for every number: times infinity it is infinite."""
    return np.maximum(np.exp(x), np.where(np.isfinite(x), _LEAST, LD(0)))


# 1.702 means one thousand seven hundred and two thousandths, and 1 / 6 a sixth: not the nearest doubles.
_NAMESPACE = {"number": lambda value: LD(repr(value))}
_NAMESPACE |= {f.__name__: f for f in (
    np.where, np.minimum, np.maximum, np.sign, np.sqrt, np.expm1, np.log1p, np.tanh)}
_NAMESPACE |= {"abs": np.abs, "exp": _exp, "pi": LD_PI, "inf": LD(np.inf), "Phi": _distribution, "phi": _density}


class _Numbers(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.Call(ast.Name("number", ast.Load()), [node], [])

    def visit_BinOp(self, node):
        if isinstance(node.op, ast.Pow):
            node.left = self.visit(node.left)
            return node
        return self.generic_visit(node)


def with_numbers(tree):
    """The syntax tree of a formula with each number n, exponents apart, as number(n), which says of what type it is."""
    return ast.fix_missing_locations(_Numbers().visit(tree))


def _is_where(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "where"


def _active(node):
    """The branch that a NaN takes: formulas write where(active, value, else)."""
    return _active(node.args[1]) if _is_where(node) else node


def _varies(node, variable):
    """Whether a value (not a condition) depends on the variable."""
    if _is_where(node):
        return any(_varies(branch, variable) for branch in node.args[1:])
    return any(isinstance(part, ast.Name) and part.id == variable for part in ast.walk(node))


@functools.cache
def _compiled(expression, active=False, exact=True):
    tree = ast.parse(expression.strip(), mode="eval")
    if active:
        tree.body = _active(tree.body)
    return compile(with_numbers(tree) if exact else tree, expression, "eval")


def _evaluate(expression, values, **how):
    with np.errstate(all="ignore"):
        return eval(_compiled(expression, **how), dict(_NAMESPACE, **values))


def slope_varies(expression, variable):
    return _varies(ast.parse(expression.strip(), mode="eval").body, variable)


# What stands for an infinite variable, for an infinite parameter and for a parameter of 0 where the formula has no number there:
# far beyond all numbers of a dtype and their squares, and the variable farther out than the parameter. Its cube is a number.
_FAR, _FAR_PARAM, _BEYOND, _NEAR_PARAM = (LD(2) ** power for power in (5000, 4000, 1100, -4000))


def _moved(params, near):
    """Parameters, the infinite ones far out, those that are 0 at `near`, of the same sign."""
    sizes = {name: np.where(np.isinf(p), _FAR_PARAM, np.where(p == 0, near, np.abs(p))) for name, p in params.items()}
    return {name: np.copysign(size, params[name]) for name, size in sizes.items()}


def _limits(kernel, expression, at, params):
    """The limits where the formula itself has no number: dicts of values beside the infinities and zeros, those of the first that
    gives a number count. A variable that is infinite beside an infinite parameter reaches its limit first, except in
    piecewise-linear functions, whose formulas are comparisons; an infinite output is one of finite inputs, if there are such."""
    far_at = np.where(np.isinf(at), np.copysign(_FAR, at), at)
    far, near = _moved(params, LD(0)), _moved(params, _NEAR_PARAM)
    variable = kernel.variable
    if kernel.direction == "backward_from_output":
        for x in (LD(1), LD(np.inf)):
            y = np.broadcast_to(_evaluate(kernel.act.formula, {"x": np.copysign(x, at), **near}), at.shape)
            yield {variable: np.where(np.isinf(at) & (np.abs(y) > _BEYOND), y, np.nan), **near}
    if not kernel.smooth:
        yield {variable: far_at, **params}
    for moved in (far, near):
        yield {variable: at, **moved}
        yield {variable: far_at, **moved}
    yield {variable: at, **{name: np.where(p == 0, _NEAR_PARAM, far[name]) for name, p in params.items()}}


def formula(kernel, expression, at, params):
    """A registry expression in long double at an array of the dtype, parameters rounded to that dtype, by API.md's rules:
    infinities give the limit, as do parameters for which the formula has no number; NaN gives NaN, except that the slope of a
    piecewise-linear function is its active branch's. `at` is what the formula is in, Function.variable."""
    dtype = at.dtype
    at = wide(at)
    if not params:
        params = tuple(kernel.params.values())
    with np.errstate(all="ignore"):
        params = {name: np.asarray(value).astype(dtype).astype(LD) for name, value in zip(kernel.params, params, strict=True)}
    variable = kernel.variable
    value = np.array(np.broadcast_to(_evaluate(expression, {variable: at, **params}), at.shape), LD)
    lost = np.isnan(value) & ~np.isnan(at)
    for param in params.values():
        lost = lost & ~np.isnan(param)
    if lost.any():
        of_lost = {name: np.broadcast_to(param, at.shape)[lost] for name, param in params.items()}
        found = value[lost]
        for values in _limits(kernel, expression, at[lost], of_lost):
            found = np.where(np.isnan(found), _evaluate(expression, values), found)
        value[lost] = found
    nan = np.isnan(at)
    if _is_selected(kernel, expression):
        of_weight = expression is kernel.act.derivative_param
        if of_weight or not slope_varies(expression, variable):
            value = np.where(nan, np.asarray(_evaluate(expression, {variable: at, **params}, active=True), LD), value)
            return value if of_weight else np.clip(value, -_FAR_PARAM, _FAR_PARAM)  # a parameter, and 0 times it is 0
    return np.where(nan, LD(np.nan), value)


def _is_selected(kernel, expression):
    """Whether it is a slope of a piecewise-linear function."""
    return expression is not kernel.act.formula and not kernel.smooth


def times(kernel, expression, value, factors):
    """A formula's value times the other inputs. Piecewise-linear functions select a zero slope, smooth ones multiply by it."""
    with np.errstate(all="ignore"):
        product = functools.reduce(np.multiply, map(wide, factors), value)
    return np.where(value == 0, LD(0), product) if _is_selected(kernel, expression) else product


def outputs(kernel, arrays):
    """Of every output its formula, what that is in, and what it is multiplied by."""
    operands = dict(zip(kernel.inputs, arrays, strict=True))
    found = []
    for expression, names in kernel.products:
        at, factors = operands[kernel.variable], [operands[name] for name in names]
        if factors and expression is kernel.act.formula:
            # An infinite factor leaves of the value its sign, also where that is too small for a long double.
            at = np.where(np.isinf(wide(factors[0])) & np.isfinite(wide(at)), np.clip(wide(at), -8, 8).astype(at.dtype), at)
        found.append((expression, at, factors))
    return found


def _held(params, factors):
    """Parameters as near as the variable, beside an infinite factor."""
    if len(factors) != 1:
        return params
    infinite = np.isinf(wide(factors[0]))
    return tuple(np.where(infinite & np.isfinite(wide(p)), np.clip(wide(p), -8, 8), wide(p)) for p in params)


def exact(kernel, arrays, params):
    """What every output should be, in long double."""
    return [times(kernel, expression, formula(kernel, expression, at, _held(params, factors)), factors)
            for expression, at, factors in outputs(kernel, arrays)]


def exact_integers(kernel, arrays):
    """The same in integers, which the formulas never leave."""
    expression = kernel.expressions[0]
    value = _evaluate(expression, {kernel.variable: arrays[-1]}, exact=False)
    return value if kernel.direction == "forward" else np.where(np.asarray(value) == 0, arrays[0].dtype.type(0), arrays[0])


def _beside_zero(kernel, expression, at, params):
    """Where the derivative of a smooth function changes sign within an eighth of x, or vanishes at 0 nearby."""
    with np.errstate(all="ignore"):
        beside = [(wide(at) * LD(f)).astype(at.dtype) for f in (7 / 8, 1, 9 / 8)]
    near = [np.sign(formula(kernel, expression, x, params)) for x in beside]
    at_zero = formula(kernel, expression, np.zeros_like(at), params) == 0
    return (near[0] != near[1]) | (near[1] != near[2]) | (at_zero & (np.abs(wide(at)) < 1 / 16))


def _at_defaults(kernel, params):
    """Whether the parameters are left out, or are the defaults."""
    return not params or all(np.ndim(p) == 0 and p == default for p, default in zip(params, kernel.params.values(), strict=True))


def bound(kernel, dtype, params, expression=None):
    """The promised error in ulps of the value, or of the slope, by API.md section 4; of the first output by default."""
    other = kernel.smooth and not _at_defaults(kernel, params)
    expression = expression or kernel.expressions[0]
    if format_of(dtype).mantissa < 23:
        return 0.51 if other or kernel.direction == "backward_from_output" or kernel.act.inputs[1:] else 0.5
    if kernel.direction == "backward_from_output" and kernel.smooth:
        return 4
    at_defaults = kernel.act.max_ulp if expression is kernel.act.formula else kernel.act.max_ulp_backward
    return max(2, at_defaults) if other else at_defaults


def _unit(kernel, expression, slope, x, dtype, params, limit):
    """The unit in which a slope may err by `limit`: an ulp; beside a zero of a smooth slope it may be an ulp of 1.0 in all, and
    in 16 bits one of float32's before rounding, except at default parameters, where the nearest is promised there too."""
    unit = ulp_of(slope, dtype)
    if kernel.smooth and format_of(dtype).mantissa >= 23:
        least = np.maximum(unit / 2, ulp_of(LD(1), dtype) / limit)
    elif kernel.smooth and limit > 0.5:
        least = np.maximum(unit, (LD(2) ** -23 + unit / 2) / limit)
    else:
        return unit
    return np.where(_beside_zero(kernel, expression, x, params), least, unit)


# A long double has 11 bits more than a double: what its own rounding may add to an error, in ulps.
SLACK = {2: 0, 4: 0, 8: 2**-8}


def judge(kernel, got, want, arrays, params, expression=None):
    """The error of a result in ulps, and where it breaks the promise.

    A gradient is dy times a slope that has the promised error, rounded once more unless dy is 1, and again where there is another
    factor (in 16 bits that is a rounding to float32). Beside a zero of a smooth slope the promise is in ulps of 1.0, and so is
    the error.
    """
    dtype = got.dtype
    expression = expression or kernel.expressions[0]
    error = ulp_error(got, want)
    limit = bound(kernel, dtype, params, expression)
    if expression is kernel.act.derivative_param:
        limit = max(limit, 0.5)
    bad = error > limit + (SLACK[dtype.itemsize] if limit else 0)
    if not bad.any() or expression is kernel.act.formula:
        return error, bad
    at, factors = next((at, factors) for e, at, factors in outputs(kernel, [a[bad] for a in arrays]) if e is expression)
    params = tuple(p[bad] if np.ndim(p) else p for p in params)
    slope = formula(kernel, expression, at, params)
    unit = _unit(kernel, expression, slope, at, dtype, params, limit)
    with np.errstate(all="ignore"):
        first = factors[0] if len(factors) == 1 else _rounded_product(factors, dtype)
        scale = np.abs(wide(first)) * unit
        off = np.abs(wide(got[bad]) - want[bad])
        roundings = np.where(np.abs(first) == 1, 0, 1 / 2) + (len(factors) - 1) * (1 if dtype.itemsize > 2 else 2**-8)
        allowed = (limit + SLACK[dtype.itemsize]) * scale + roundings * ulp_of(want[bad], dtype)
        # "one more rounding" is of the rounded slope, which may have overflowed
        again = ulp_error(got[bad], times(kernel, expression, round_to(slope, dtype), [first])) <= limit + SLACK[dtype.itemsize]
        again &= kernel.smooth | ~np.isnan(wide(got[bad]))
        error[bad] = np.where(np.isfinite(off), off / scale, error[bad])
    bad[bad] = ~((off <= allowed) | again)
    return error, bad


def _rounded_product(factors, dtype):
    """The factors' product, as a kernel computes it: rounded to the dtype, 16 bits to float32."""
    return round_to(functools.reduce(np.multiply, map(wide, factors)), np.dtype(np.float32) if dtype.itemsize == 2 else dtype)


# ---- inputs worth trying ----


@functools.cache
def knees(kernel, dtype, params):
    """The neighbours of every constant of the formulas, of every parameter, and of the worst inputs known."""
    numbers = {0.0, *WORST.get((kernel.name, np.dtype(dtype).name), ())}
    for expression in [kernel.act.formula, *kernel.expressions]:
        numbers |= {float(node.value) for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Constant)}
    numbers |= {float(p) for p in params or kernel.params.values() if p is not None and np.isfinite(p)}
    numbers |= {1.5}  # where 2x + 3 vanishes
    with np.errstate(all="ignore"):
        points = np.array(sorted(numbers | {-n for n in numbers})).astype(dtype)
    steps = np.arange(-6, 7).astype(f"i{dtype.itemsize}")
    near = (points.view(steps.dtype)[:, None] + steps).ravel().view(dtype)
    extra = np.arange(-12, 12, 1 / 16)
    return np.concatenate([near, -near, extra.astype(dtype)])


# ---- functions of rows ----


def exact_rows(row, arrays, axis=-1):
    """A function of rows in long double."""
    *dy, x = map(wide, arrays)

    def total(a):
        return a.sum(axis, keepdims=True)

    with np.errstate(all="ignore"):
        if row.name == "softmax_backward_from_output":
            return x * (dy[0] - total(dy[0] * x))
        if row.name == "log_softmax_backward_from_output":
            return dy[0] - np.exp(x) * total(dy[0])
        less = x - x.max(axis, keepdims=True)
        terms = np.exp(less)
        if row.name == "softmax":
            return terms / total(terms)
        # One of the largest apart, or a result near 0 would be wrong.
        np.put_along_axis(terms, np.expand_dims(x.argmax(axis), axis), np.where(np.isnan(total(terms)), LD(np.nan), LD(0)), axis)
        return less - np.log1p(total(terms))


def rows_bound(row, dtype):
    """The promised error in ulps; None for a gradient, whose terms cancel."""
    return row.record.max_ulp and (1 if np.dtype(dtype).itemsize == 2 else row.record.max_ulp)
