# SPDX-License-Identifier: BSD-3-Clause
"""float16 and bfloat16: every input of every function correctly rounded, and bfloat16 whoever is imported first."""

import numpy as np
import pytest
import support

import fastrelu as fr
from fastrelu import _ufuncs

ml_dtypes = pytest.importorskip("ml_dtypes")
HALVES = {"float16": np.dtype(np.float16), "bfloat16": np.dtype(ml_dtypes.bfloat16)}
QUIET = {"float16": 0x0200, "bfloat16": 0x0040}
bfloat16 = ml_dtypes.bfloat16


@pytest.fixture(params=HALVES)
def half(request):
    return HALVES[request.param]


def every(half):
    return np.arange(1 << 16, dtype=np.uint16).view(half)


def is_nan(a):
    return np.isnan(support.wide(a))


# ---- values ----

# Functions that lie beside a straight line through midpoints, closer than a long double can tell: on which side they lie. Value
# and line agree in every digit below these inputs (and above, for tanhshrink).
ABOVE_HALF = {"hardswish", "silu", "swish", "quick_gelu", "gelu", "gelu_tanh"}


def correctly_rounded(kernel, half, at, wanted):
    """The oracle's value in the half, one rounding; a tie that is none goes to its side."""
    size = np.abs(support.wide(at))
    if kernel.direction == "forward" and kernel.act.name in ABOVE_HALF:
        tiny = (size > 0) & (size < 1e-30)
        wanted = np.where(tiny, np.nextafter(wanted, support.LD(np.inf)), wanted)
    if kernel.name == "tanhshrink":
        wanted = np.where(size > 64, np.nextafter(wanted, np.copysign(support.LD(np.inf), wanted)), wanted)
    return support.round_to(wanted, half)


def beside(a, b):
    """Whether b is one step farther from 0 than a."""
    return b.view(np.uint16) == a.view(np.uint16) + 1


def test_every_input(kernel, isa, half):
    """Forward, and the derivative at dy = 1; NaN stays NaN and is quiet."""
    at, one = every(half), np.ones(1 << 16, half)
    arrays = [at] if kernel.direction == "forward" else [one, at]
    for params in support.param_sets(kernel):
        wanted = support.exact(kernel, arrays, params)
        got = kernel.ufunc(*arrays, *params)
        for result, exact in zip(got if isinstance(got, tuple) else (got,), wanted, strict=True):
            assert result.dtype == half
            expected = correctly_rounded(kernel, half, at, exact)
            same = result.view(np.uint16) == expected.view(np.uint16)
            if kernel.direction == "backward_from_output" and kernel.smooth:  # of what is no output, nearly
                forward = support.BY_NAME[kernel.act.name]
                outputs = correctly_rounded(forward, half, at, support.exact(forward, [at], params)[0])
                nearly = beside(expected, result) | beside(result, expected)
                same |= nearly & ~np.isin(at.view(np.uint16), outputs.view(np.uint16))
            if kernel.direction != "forward" or not kernel.smooth:  # no sign is promised of a selected 0 or a vanishing slope
                same |= (result == 0) & (expected == 0)
            nan = is_nan(result)
            same |= nan & is_nan(expected)
            wrong = np.flatnonzero(~same)
            assert not wrong.size, (
                f"{wrong.size} misrounded, the first at {hex(wrong[0])}: {at[wrong[0]]!r}, params={params}: "
                f"got {result[wrong[0]]!r}, correct {expected[wrong[0]]!r}"
            )
            assert (result.view(np.uint16)[nan] & QUIET[half.name]).all(), "a signalling NaN"


def test_in_any_company(kernel, isa, half):
    """A result does not depend on what is computed beside it, which may need another way."""
    rng = np.random.default_rng(3)
    order = rng.permutation(1 << 16)
    arrays = [every(half)] if kernel.arrays == 1 else [rng.permutation(every(half)), every(half)]
    params = support.given_params(kernel)
    alone, mixed = (support.as_tuple(kernel.ufunc(*a, *params)) for a in (arrays, [a[order] for a in arrays]))
    for one, other in zip(alone, mixed, strict=True):
        support.same_bytes(other, one[order], f"{kernel} {half}")


SMOOTH_FROM_OUTPUT = [k for k in support.KERNELS if k.direction == "backward_from_output" and k.smooth]
TABLED_FROM_OUTPUT = {"logsigmoid", "softplus"}


@pytest.mark.parametrize("kernel", SMOOTH_FROM_OUTPUT, ids=repr)
def test_gradients_from_the_output_are_rounded_to_even(kernel, isa, half):
    """Where dy is not 1 nothing is settled: of what the function gives, it is float32's gradient, rounded, ties and all; or
    nearly, where the derivative is from a table."""
    params = support.given_params(kernel)
    y = support.BY_NAME[kernel.act.name].ufunc(every(half), *params)
    dy = np.random.default_rng(5).permutation(every(half))
    with np.errstate(all="ignore"):
        got = kernel.ufunc(dy, y, *params)
        wide = kernel.ufunc(dy.astype(np.float32), y.astype(np.float32), *params)
        margin = np.float32({"float16": 2.0**-16, "bfloat16": 2.0**-12}[half.name] * (kernel.act.name in TABLED_FROM_OUTPUT))
        same = is_nan(got) & is_nan(wide) | (np.abs(support.wide(dy)) == 1)
        for wanted in (wide, wide * (1 - margin), wide * (1 + margin)):
            same |= got.view(np.uint16) == wanted.astype(half).view(np.uint16)
    wrong = np.flatnonzero(~same)
    assert not wrong.size, f"{wrong.size}, the first at dy={dy[wrong[0]]!r}, y={y[wrong[0]]!r}: {got[wrong[0]]!r}"


def test_same_bytes_in_every_room(kernel, half):
    """Of every input, with random gradients, in every instruction set."""
    rng = np.random.default_rng(7)
    x, dy = every(half), rng.permutation(every(half))
    results = []
    before = _ufuncs.isa()
    for name in support.ISAS:
        _ufuncs.init(name)
        got = kernel.ufunc(*([x] if kernel.arrays == 1 else [dy, x]), *support.given_params(kernel))
        results.append([r.tobytes() for r in (got if isinstance(got, tuple) else (got,))])
    _ufuncs.init(before)
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("length", [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 257])
def test_lengths_and_neighbours(kernel, isa, half, length):
    """An element's result depends neither on how many there are nor on what is beside it; nothing else is written."""
    x = np.random.default_rng(length).permutation(every(half))[:length]
    dy = np.ones_like(x)
    room = np.full(length + 2, 77, half)
    arrays = [x] if kernel.arrays == 1 else [dy, x]
    params = support.given_params(kernel)
    outs = (room[1:-1], *(np.empty_like(x) for _ in range(kernel.outs - 1)))
    kernel.ufunc(*arrays, *params, out=outs)
    alone = [kernel.ufunc(*(a[i : i + 1] for a in arrays), *params) for i in range(length)]
    first = np.concatenate([one[0] if kernel.outs > 1 else one for one in alone])
    assert room[1:-1].tobytes() == first.tobytes()
    assert room[0] == room[-1] == 77


def test_a_default_among_others(kernel, isa, half):
    """What is known of a default parameter holds for a number and for any lane of an array: gradients would show it."""
    if len(kernel.params) != 1 or not all(kernel.params.values()):
        return
    (default,), n, rng = kernel.params.values(), 200_000, np.random.default_rng(0)
    arrays = [(rng.standard_normal(n) * 3).astype(half) for _ in range(kernel.arrays)]
    params, others = np.full(n, default, half), slice(1, None, 3)
    params[others] = 2 * default
    with np.errstate(all="ignore"):
        wanted, other, got = (support.as_tuple(kernel.ufunc(*arrays, p)) for p in (default, 2 * default, params))
    for one, rest, mixed in zip(wanted, other, got, strict=True):
        one[others] = rest[others]
        support.same_bytes(mixed, one, f"{kernel} {half}")


def test_parameters_are_rounded_once(half):
    """A double beside a midpoint of the half must not be rounded to float32 first."""
    one_up = np.array(1, half) + np.array(np.finfo(half).eps if half.char == "e" else 2.0**-7, half)
    midpoint = (1 + float(one_up)) / 2
    x = np.full(3, -1, half)
    for param, slope in ((midpoint + 2.0**-40, float(one_up)), (midpoint, 1.0), (midpoint - 2.0**-40, 1.0)):
        assert (fr.leaky_relu(x, param) == -np.array(slope, half)).all()
        assert (fr.leaky_relu(x, param, where=np.ones(3, bool), out=np.empty_like(x)) == -np.array(slope, half)).all()
        assert (fr.leaky_relu_(x.copy(), param) == -np.array(slope, half)).all()
    least = float(np.array(1, np.uint16).view(half))
    assert (fr.hardtanh(np.zeros(3, half), least * 0.5000001, 1) == np.array(least, half)).all()
    assert (fr.hardtanh(np.zeros(3, half), 0.0, 1e300) == 0).all()


# ---- promotion ----


def test_promotion_to_float16():
    """With a float16 loop, small integers promote to it, as for any ufunc of NumPy; relu and relu6 keep integers."""
    for small in (np.int8, np.uint8, np.bool_):
        x = np.array([0, 1], small)
        assert fr.leaky_relu(x).dtype == np.sqrt(x).dtype == np.float16
        assert fr.relu(x).dtype == (np.int8 if small is np.bool_ else small)
    assert fr.leaky_relu(np.ones(2, np.int16)).dtype == np.float32
    assert fr.leaky_relu(np.ones(2, np.int32)).dtype == np.float64
    assert fr.leaky_relu(np.ones(2, np.float16), 0.1).dtype == np.float16


@pytest.mark.parametrize("dtype", ["longdouble", "complex64", "complex128", "O", "U1", "M8[s]"])
def test_still_refused(dtype):
    with pytest.raises(TypeError):
        fr.relu(np.zeros(2, dtype))


CALLS = {
    "call": "fr.relu(x)",
    "out": "fr.relu(x, out=np.empty_like(x))",
    "where": "fr.relu(x, where=mask, out=np.zeros_like(x))",
    "dtype": "fr.relu(x, dtype=bf16)",
    "dtype of another": "fr.relu(np.ones(6, np.float32), dtype=bf16)",
    "parameter": "fr.leaky_relu(x, 0.1)",
    "keyword": "fr.leaky_relu(x, negative_slope=0.1)",
    "integer": "fr.hardtanh(x, -1, max_val=2)",
    "parameter, where": "fr.leaky_relu(x, 0.1, where=mask, out=np.zeros_like(x))",
    "parameter, dtype": "fr.leaky_relu(np.ones(6, np.float32), 0.1, dtype=bf16)",
    "strided": "fr.leaky_relu(x[::2], 0.1)",
    "reversed": "fr.leaky_relu(x[::-1], 0.1)",
    "broadcast": "fr.prelu(x[:, None], x)",
    "both broadcast": "fr.relu_backward(x[:, None], x)",
    "transposed": "fr.leaky_relu(np.ones((4, 5), bf16).T, 0.1)",
    "0-d": "fr.leaky_relu(np.array(1.5, bf16), 0.1)",
    "scalar": "fr.relu(bf16.type(1.5))",
    "scalar and parameter": "fr.leaky_relu(bf16.type(-1.5), 0.1)",
    "list": "fr.leaky_relu([bf16.type(-1), bf16.type(2)], 0.1)",
    "byte-swapped": "fr.leaky_relu(x.astype(x.dtype.newbyteorder('>')), 0.1)",
    "unaligned": "fr.leaky_relu(np.frombuffer(b'a' + x.tobytes(), np.uint8)[1:].view(bf16), 0.1)",
    "python gradient": "fr.relu_backward(1.0, x)",
    "python gradient and parameter": "fr.leaky_relu_backward(1.0, x, 0.1)",
    "two outputs": "fr.prelu_backward(x, x, 0.1)[1]",
    "in place": "fr.leaky_relu_(x, 0.1)",
    "in place, two": "fr.prelu_backward_(x, x.copy(), 0.1)[0]",
    "masked": "fr.leaky_relu(np.ma.array(x), 0.1)",
    "at": "(fr.relu.at(x, [0, 1]), x)[1]",
    "outer": "fr.prelu.outer(x, x)",
    "reduce": "fr.relu_backward.reduce(x)",
    "accumulate": "fr.relu_backward.accumulate(x)",
}
ORDERS = {
    "ml_dtypes first": "import ml_dtypes; import fastrelu as fr",
    "fastrelu first": "import fastrelu as fr; assert 'ml_dtypes' not in sys.modules; import ml_dtypes",
    "fastrelu used first": "import fastrelu as fr; fr.relu(np.ones(3)); fr.leaky_relu(np.ones(3, 'e'), 0.1, where=True)\n"
    "fr.relu.at(np.ones(3), [0]); fr.relu([1, 2]); fr.prelu_backward(1.0, 2.0, 3.0)\n"
    "assert 'ml_dtypes' not in sys.modules; import ml_dtypes",
    "made after": "import ml_dtypes; import fastrelu as fr; fr.tanh(np.ones(3, ml_dtypes.bfloat16))",
}
MADE = "bf16 = np.dtype(ml_dtypes.bfloat16); x = np.array([-2, -1, 0, 1, 2, 3], bf16); mask = np.arange(6) < 3"


@pytest.mark.slow
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("order", ORDERS)
def test_bfloat16_is_kept(order, call):
    """Each call as the first one of a process: NumPy remembers the first resolution of types."""
    support.python(
        f"import sys; import numpy as np\n{ORDERS[order]}\n{MADE}\nr = {CALLS[call]}\nassert r.dtype == bf16, r.dtype\n"
        "y = fr.relu(np.array([-1, 1, 2], bf16)); assert y.dtype == bf16 and y.tolist() == [0, 1, 2], y"
    )


@pytest.mark.parametrize("call", CALLS)
def test_bfloat16_values(call, fast):
    """Each call computes what float32 does, rounded."""

    def result(dtype):
        x = np.array([-2, -1, 0, 1, 2, 3], dtype)
        scope = {"fr": fr, "np": np, "x": x, "bf16": x.dtype, "mask": np.arange(6) < 3}
        return eval(CALLS[call].replace("np.float32", "bf16"), scope)

    half, wide = result(bfloat16), result(np.float32)
    assert half.dtype == bfloat16
    np.testing.assert_allclose(np.asarray(half, np.float32), np.asarray(wide), rtol=2**-7)


def test_parameter_follows_the_loop():
    """dtype=float32 computes in float32, whose parameters are not rounded to bfloat16."""
    x = np.full(3, -1, bfloat16)
    assert (fr.leaky_relu(x, 0.1, dtype=np.float32) == -np.float32(0.1)).all()
    assert fr.leaky_relu_backward(np.ones(3, np.float32), x, 0.1).dtype == np.float32
    assert fr.relu_backward(x, np.ones(3, np.float16)).dtype == np.float32


def test_without_ml_dtypes():
    """Where ml_dtypes is not installed nothing is missing, and nothing looks for it."""
    done = support.python(
        "import sys; sys.modules['ml_dtypes'] = None\nimport numpy as np, fastrelu as fr\n"
        "assert fr.relu(np.ones(3, 'e')).dtype == 'e'\nassert fr.leaky_relu(np.ones(3, 'b'), 0.1, where=True).dtype == 'd'\n"
        "assert fr.leaky_relu.__doc__\n"
        "try: fr.relu_(np.ones(3, 'g'))\nexcept TypeError as e: print(e)\n"
    )
    assert "bfloat16" in done.stdout
    support.python(
        "import sys, numpy as np, fastrelu as fr; fr.relu(np.ones(3, 'e')); fr.relu_backward(1.0, [1])\n"
        "assert 'ml_dtypes' not in sys.modules"
    )


def test_kept_dtypes_are_named():
    with pytest.raises(TypeError, match="bfloat16, float16, float32, float64"):
        fr.leaky_relu_(np.zeros(3, np.longdouble))
    for kernel in support.KERNELS:
        assert "float16, bfloat16, float32, float64" in kernel.ufunc.__doc__


def test_threads_agree(half):
    x = np.random.default_rng(1).permutation(np.tile(every(half), 32))
    with fr.num_threads(1):
        alone = fr.leaky_relu(x, 0.3)
    with fr.num_threads(3):
        together = fr.leaky_relu(x, 0.3)
    assert alone.tobytes() == together.tobytes()
