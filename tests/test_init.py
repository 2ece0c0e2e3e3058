# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu.init: gains, variances, shapes, and that what is given is filled."""
import importlib
import math

import numpy as np
import pytest
import support

import fastrelu as fr

init = importlib.import_module("fastrelu.init")
DRAWS = ["he_normal", "he_uniform", "xavier_normal", "xavier_uniform", "lecun_normal"]
EVERY = [*DRAWS, "orthogonal"]
TORCH = {"linear": 1, "relu": math.sqrt(2), "leaky_relu": math.sqrt(2 / (1 + 0.01**2)), "sigmoid": 1, "tanh": 5 / 3, "selu": 0.75}


def params_of(name):
    return {p: 0.25 for p, value in fr.get(name).params.items() if value is None}


@pytest.mark.parametrize("name", [n for n in TORCH if n == "linear" or n in fr.names()])
def test_gain_is_pytorchs(name):
    assert init.gain(name) == TORCH[name]


def test_gain_of_a_parameter():
    assert init.gain("leaky_relu", negative_slope=0.2) == math.sqrt(2 / 1.04)


@pytest.mark.parametrize("name", fr.names())
def test_gain_restores_the_second_moment(name):
    if name in TORCH:
        pytest.skip("customary, not computed")
    params = params_of(name)
    z = np.random.default_rng(1).standard_normal(4_000_000)
    y = init.gain(name, **params) * fr.get(name).forward(z, **params)
    assert np.mean(y * y) == pytest.approx(1, rel=0.01)


def test_quadrature_with_known_values():
    # E[max(0, z)^4] = 3/2; E[clip(z, -1, 1)^2] = 1 - 2 phi(1); jumps at places that are no multiples of a cell
    assert init.gain("relu_squared") == pytest.approx(1 / math.sqrt(1.5), rel=1e-6)
    assert init.gain("hardtanh") == pytest.approx(1 / math.sqrt(1 - 2 * math.exp(-0.5) / math.sqrt(2 * math.pi)), rel=1e-6)
    lambd = 1 / 3
    tail = 2 * (lambd * math.exp(-lambd**2 / 2) / math.sqrt(2 * math.pi) + math.erfc(lambd / math.sqrt(2)) / 2)
    assert init.gain("hardshrink", lambd=lambd) == pytest.approx(1 / math.sqrt(tail), rel=2e-5)


def test_gain_errors():
    with pytest.raises(ValueError, match="relu"):
        init.gain("rleu")
    with pytest.raises(TypeError, match=r"negative_slop'.*negative_slope"):
        init.gain("leaky_relu", negative_slop=0.1)
    with pytest.raises(TypeError, match=r"missing.*weight"):
        init.gain("prelu")
    with pytest.raises(TypeError, match="number"):
        init.gain("leaky_relu", negative_slope="steep")
    with pytest.raises(TypeError, match="none"):
        init.gain("linear", a=1)
    with pytest.raises(ValueError, match="mean square"):
        init.gain("hardshrink", lambd=100)
    with pytest.raises(ValueError, match="there is no activation"):
        init.gain(None)


def expected_std(function, fan_in, fan_out):
    if function.startswith("he"):
        return math.sqrt(2 / fan_in)
    return math.sqrt(1 / fan_in) if function.startswith("lecun") else math.sqrt(2 / (fan_in + fan_out))


@pytest.mark.parametrize("function", DRAWS)
@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
def test_distribution(function, kind):
    w = getattr(init, function)((300, 700, 3, 2), rng=7, dtype=kind)
    assert w.shape == (300, 700, 3, 2)
    assert w.dtype == kind
    flat = w.astype(np.float64).ravel()
    std = expected_std(function, 700 * 6, 300 * 6)
    assert flat.std() == pytest.approx(std, rel=0.005)
    assert abs(flat.mean()) < 5 * std / math.sqrt(flat.size)
    if function.endswith("uniform"):
        assert np.abs(flat).max() <= math.sqrt(3) * std * (1 + 1e-3)
        assert np.abs(flat).max() >= math.sqrt(3) * std * (1 - 1e-3)
    else:
        assert np.mean(np.abs(flat) > 2 * std) == pytest.approx(math.erfc(math.sqrt(2)), rel=0.05)  # not truncated
        assert np.abs(flat).max() > 4 * std


@pytest.mark.parametrize("axes", [(1, 0), (0, 1), (-2, -1), ((0, 1), 2), (2, (0, 3))], ids=str)
def test_fans(axes):
    shape = (16, 24, 36, 48)
    ins, outs = ({a % 4 for a in (axis if isinstance(axis, tuple) else (axis,))} for axis in axes)
    fan_in = math.prod(shape[a] for a in range(4) if a not in outs)
    fan_out = math.prod(shape[a] for a in range(4) if a not in ins)
    for mode, fan in {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}.items():
        w = init.he_normal(shape, "linear", mode=mode, in_axis=axes[0], out_axis=axes[1], rng=0)
        assert w.std() == pytest.approx(1 / math.sqrt(fan), rel=0.01)


def test_name_and_params_scale():
    shape = (50, 60)
    sloped = init.he_normal(shape, "leaky_relu", negative_slope=0.5, rng=3)
    np.testing.assert_allclose(sloped, init.he_normal(shape, "linear", rng=3) * math.sqrt(1.6), rtol=1e-6)
    rectified = init.xavier_normal(shape, "relu", rng=3)
    np.testing.assert_allclose(rectified, init.xavier_normal(shape, rng=3) * math.sqrt(2), rtol=1e-6)


@pytest.mark.parametrize("function", EVERY)
def test_out_is_filled(function):
    draw = getattr(init, function)
    fresh = draw((6, 10), rng=np.random.default_rng(5), dtype=np.float64)
    for out in (np.empty((6, 10)), np.empty((10, 6)).T, np.empty((6, 20))[:, ::2], np.empty((6, 10), ">f8"),
                np.empty(6 * 10 * 8 + 1, np.uint8)[1:].view(np.float64).reshape(6, 10)):
        out[...] = np.nan
        assert draw(None, rng=5, out=out) is out
        np.testing.assert_array_equal(out, fresh)


@pytest.mark.parametrize("function", EVERY)
def test_generator_is_advanced_and_seeds_repeat(function):
    draw = getattr(init, function)
    rng = np.random.default_rng(1)
    first, second = draw((8, 9), rng=rng), draw((8, 9), rng=rng)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(draw((8, 9), rng=1), first)
    assert first.dtype == np.float32
    assert not np.array_equal(draw((8, 9)), draw((8, 9)))


@pytest.mark.parametrize("function", EVERY)
def test_bad_arguments(function):
    draw = getattr(init, function)
    for shape in ((), 5, (5,), (-1, 3)):
        with pytest.raises(ValueError, match="shape"):
            draw(shape)
    with pytest.raises(TypeError, match="float"):
        draw((2, 3), dtype=np.int32)
    with pytest.raises(TypeError, match="float"):
        draw((2, 3), dtype=np.complex64)
    with pytest.raises(ValueError, match="in common"):
        draw((2, 3), in_axis=0)
    with pytest.raises(ValueError, match="out of range"):
        draw((2, 3), in_axis=2)
    with pytest.raises(TypeError, match="int"):
        draw((2, 3), in_axis=1.0)
    with pytest.raises(ValueError, match="has shape"):
        draw((2, 3), out=np.empty((3, 2)))
    with pytest.raises(TypeError, match="ndarray"):
        draw((1, 2), out=[[0.0, 0.0]])
    with pytest.raises(TypeError, match="float32"):
        draw((2, 3), out=np.empty((2, 3)), dtype=np.float32)
    with pytest.raises(TypeError, match="shape"):
        draw(None)
    frozen = np.zeros((2, 3))
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        draw((2, 3), out=frozen)
    if function != "lecun_normal":
        with pytest.raises(ValueError, match="there is no activation"):
            draw((2, 3), "nonsense")
        with pytest.raises(TypeError, match="alfa"):
            draw((2, 3), alfa=1)


@pytest.mark.parametrize("function", ["he_normal", "he_uniform"])
def test_bad_mode(function):
    with pytest.raises(ValueError, match="fan_avg"):
        getattr(init, function)((2, 3), mode="fan")


@pytest.mark.parametrize("function", EVERY)
def test_empty(function):
    for shape in ((0, 3), (3, 0), (0, 0), (2, 3, 0)):
        assert getattr(init, function)(shape).shape == shape


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(40, 40), (30, 70), (70, 30), (20, 3, 3, 3), (50, 4, 3)], ids=str)
def test_orthogonal(shape, kind):
    w = init.orthogonal(shape, rng=0, dtype=kind)
    matrix = w.reshape(shape[0], -1).astype(np.float64)
    if matrix.shape[0] > matrix.shape[1]:
        matrix = matrix.T
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(len(matrix)), atol=20 * np.finfo(kind).eps)
    assert w.dtype == kind


def test_orthogonal_axes_and_gain():
    w = init.orthogonal((3, 3, 8, 90), "relu", in_axis=2, out_axis=3, rng=0, dtype=np.float64)
    matrix = w.reshape(72, 90)
    np.testing.assert_allclose(matrix @ matrix.T, 2 * np.eye(72), atol=1e-12)


def test_orthogonal_is_uniform():
    # Without the signs of R's diagonal, LAPACK's Q has a trace that is far from 0 on average.
    rng = np.random.default_rng(0)
    traces = [np.trace(init.orthogonal((4, 4), rng=rng, dtype=np.float64)) for _ in range(2000)]
    assert abs(np.mean(traces)) < 0.1
    assert np.var(traces) == pytest.approx(1, rel=0.15)


def test_docstrings_are_complete():
    for name in init.__all__:
        doc = getattr(init, name).__doc__
        for word in ("Parameters", "Returns", "Raises", ">>>", "Source"):
            assert word in doc, (name, word)
        assert "COMMON" not in doc
        assert "{name" not in doc
        assert "{params" not in doc


def test_bfloat16_by_name():
    """Whether or not somebody has imported ml_dtypes; without it, the error says what is needed."""
    pytest.importorskip("ml_dtypes")
    support.python(
        "import sys, numpy as np, fastrelu as fr\nassert 'ml_dtypes' not in sys.modules\n"
        "assert fr.init.he_uniform((2, 2), dtype='bfloat16').dtype.name == 'bfloat16'"
    )
    support.python(
        "import sys, numpy as np, fastrelu as fr\nassert 'ml_dtypes' not in sys.modules\n"
        "assert fr.elu(np.ones(3, 'f'), dtype='bfloat16', casting='same_kind').dtype.name == 'bfloat16'"
    )
    support.python(
        "import sys, numpy as np, fastrelu as fr\nsys.modules['ml_dtypes'] = None\n"
        "calls = {'he_uniform': lambda d: fr.init.he_uniform((2, 2), dtype=d), 'elu': lambda d: fr.elu(np.ones(3), dtype=d)}\n"
        "for who, call in calls.items():\n"
        "    try: call('bfloat16')\n"
        "    except TypeError as error: assert who in str(error) and 'pip install ml_dtypes' in str(error), error\n"
        "    else: raise AssertionError\n"
        "try: fr.init.he_uniform((2, 2), dtype='float33')\n"
        "except TypeError as error: assert 'he_uniform' in str(error) and 'float33' in str(error), error"
    )
