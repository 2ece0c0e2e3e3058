# SPDX-License-Identifier: BSD-3-Clause
"""float16 and bfloat16 as types: parameters rounded once, promotion, and bfloat16 whoever is imported first."""

import os

import numpy as np
import pytest
import support

import fastrelu as fr

ml_dtypes = pytest.importorskip("ml_dtypes")
HALVES = {"float16": np.dtype(np.float16), "bfloat16": np.dtype(ml_dtypes.bfloat16)}
bfloat16 = ml_dtypes.bfloat16


@pytest.fixture(params=HALVES)
def half(request):
    return HALVES[request.param]


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.parametrize("order", ORDERS)
def test_bfloat16_is_kept(order):
    """Each call as the first one of a process: NumPy remembers the first resolution of types."""
    support.python(f"""
import os, sys, traceback, warnings; import numpy as np
{ORDERS[order]}
{MADE}
warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside other libraries' threads
def first(call):
    r = eval(call)
    assert r.dtype == bf16, r.dtype
    y = fr.relu(np.array([-1, 1, 2], bf16))
    assert y.dtype == bf16 and y.tolist() == [0, 1, 2], y
wrong = []
for name, call in {CALLS!r}.items():
    child = os.fork()
    if child == 0:
        try:
            first(call)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        wrong.append(name)
assert not wrong, wrong
""")


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
