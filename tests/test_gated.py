# SPDX-License-Identifier: BSD-3-Clause
"""What gated units promise beyond what every function does: which there are, products of tiny and huge, halves of one matrix."""

import inspect

import numpy as np
import pytest
import support
from support import BY_NAME, same_bytes, same_results

import fastrelu as fr

# By API.md section 2.
ACTIVATIONS = {"glu": "sigmoid", "reglu": "relu", "geglu": "gelu", "geglu_tanh": "gelu_tanh", "swiglu": "swish"}
EVERY = pytest.mark.parametrize("name", ACTIVATIONS)


@EVERY
def test_contract(name, dtype):
    """The activation of the first input times the second, and the gradients of that; names() does not list it."""
    gate, up, dy = np.random.default_rng(0).normal(0, 3, (3, 3000)).astype(dtype)
    act, unit = fr.get(ACTIVATIONS[name]), getattr(fr, name)
    wide = [a.astype("d") for a in (gate, up, dy)]
    for params in [(), (0.5,)][: 1 + len(act.params)]:
        value, slope = act.forward(wide[0], *params), act.backward(np.ones(3000), wide[0], *params)
        close = {"rtol": 3 * 2.0 ** -support.format_of(dtype).mantissa, "atol": 1e-7}
        wanted = value * wide[1], wide[2] * wide[1] * slope, wide[2] * value
        dgate, dup = getattr(fr, name + "_backward")(dy, gate, up, *params)
        for got, want in zip((unit(gate, up, *params), dgate, dup), wanted, strict=True):
            assert got.dtype == dtype
            np.testing.assert_allclose(got.astype("d"), want, **close)
        target = gate.copy()
        assert getattr(fr, name + "_")(target, up, *params) is target
        same_bytes(target, unit(gate, up, *params), name)
    assert list(inspect.signature(unit).parameters)[: 2 + len(act.params)] == ["gate", "up", *act.params]
    assert name not in fr.names()
    assert not hasattr(fr, name + "_backward_")
    for function in (unit, getattr(fr, name + "_backward")):
        assert "The gate comes first; PyTorch's F.glu" in function.__doc__


@EVERY
@pytest.mark.parametrize("dtype", support.HALVES, ids=str)
def test_all_gates_of_16_bits(name, dtype):
    """Every gate with factors of every kind: rounded once."""
    kernel = BY_NAME[name]
    for up in [*support.dy_values(dtype), dtype.type(-7)]:
        arrays = [support.patterns(dtype), np.full(65536, up)]
        support.check(kernel, support.one_answer(kernel, arrays), arrays, ())


@EVERY
@pytest.mark.parametrize("dtype", [np.dtype("f"), np.dtype("d")], ids=str)
def test_tiny_times_huge(name, dtype):
    """Wherever act(gate) alone would be subnormal, or 0, the product with a huge `up` has its digits."""
    kernel, fmt, rng = BY_NAME[name], support.format_of(dtype), np.random.default_rng(1)
    reach = (fmt.max_exponent - fmt.min_exponent + fmt.mantissa) * np.log(2)  # e^-this times the greatest number rounds to 0
    tails = np.concatenate([rng.uniform(-1.05 * reach, 0, 20_000), -np.sqrt(rng.uniform(0, 2.1 * reach, 20_000))])
    tiny = np.ldexp(rng.uniform(-2, 2, 20_000), fmt.min_exponent - rng.integers(-5, fmt.mantissa + 2, 20_000))
    gate = np.concatenate([tails, -np.cbrt(14 * rng.uniform(0, reach, 20_000)), tiny]).astype(dtype)
    if name == "geglu_tanh" and dtype == np.float64:  # beyond, an ulp of the long double's exponent is more than one of the value
        gate = np.where(gate < -20, dtype.type(-20), gate)
    up = np.ldexp(rng.uniform(-2, 2, gate.size), fmt.max_exponent - rng.integers(0, 40, gate.size)).astype(dtype)
    arrays = [gate, up]
    got = support.one_answer(kernel, arrays)
    support.check(kernel, got, arrays, ())
    lost = np.abs(getattr(fr, ACTIVATIONS[name])(gate)) < np.finfo(dtype).tiny
    assert (lost & (np.abs(got[0]) > np.finfo(dtype).tiny)).sum() > 1000


@EVERY
@pytest.mark.parametrize("dtype", [np.dtype("f"), np.dtype("d")], ids=str)
def test_where_the_tail_ends(name, dtype):
    """The last multiples of the least number, and 0 behind them, for factors that are neither tiny nor huge."""
    kernel, rng = BY_NAME[name], np.random.default_rng(5)
    end = -np.log(2) * (support.format_of(dtype).min_exponent - support.format_of(dtype).mantissa)
    z = end + rng.uniform(-40, 60, 20_000)
    gate = -{"geglu": np.sqrt(2 * z), "geglu_tanh": np.cbrt(14 * z)}.get(name, z)
    if name == "geglu_tanh" and dtype == np.float64:
        gate = np.maximum(gate, -20)
    arrays = [np.append(gate, [-200, -1000]).astype(dtype), rng.uniform(-256, 256, gate.size + 2).astype(dtype)]
    support.check(kernel, support.one_answer(kernel, arrays), arrays, ())


def test_far_tail_in_more_digits():
    """geglu_tanh in float64, where a long double does not have the digits."""
    mp = pytest.importorskip("mpmath").mp
    rng = np.random.default_rng(4)
    gate, up = rng.uniform(-26, -20, 300), np.ldexp(rng.uniform(1, 2, 300), 1000)
    with mp.workprec(200):
        rate = mp.sqrt(2 / mp.pi) * 2
        for g, u, got in zip(gate.tolist(), up.tolist(), fr.geglu_tanh(gate, up).tolist(), strict=True):
            x = mp.mpf(g)
            exact = u * x / (1 + mp.exp(-rate * (x + mp.mpf(44715) * x**3 / 10**6)))
            assert abs(got - exact) <= 2 * mp.mpf(float(np.spacing(abs(got)))), (g, u)


@EVERY
@pytest.mark.parametrize("rows", [(5, 40), (400, 1024), (3000, 700)], ids=str)
def test_halves_of_one_matrix(name, rows):
    """Forward, in place, and the gradients over the halves themselves; on any number of threads."""
    m, n = rows
    h, dy = np.random.default_rng(2).normal(0, 3, (m, 2 * n)).astype("f"), np.random.default_rng(3).normal(0, 3, rows).astype("f")
    forward, backward = getattr(fr, name), getattr(fr, name + "_backward")
    gate, up = h[:, :n].copy(), h[:, n:].copy()
    wanted = forward(gate, up)
    gradients = backward(dy, gate, up)
    for threads in (1, 3):
        with fr.num_threads(threads):
            same_bytes(forward(h[:, :n], h[:, n:]), wanted, name)
            both = h.copy()
            got = getattr(fr, name + "_")(both[:, :n], both[:, n:])
            same_bytes(got, wanted, name)
            same_bytes(both[:, n:], up, name)
            for halves in ((0, 1), (1, 0)):
                both = h.copy()
                inputs = both[:, :n], both[:, n:]
                got = backward(dy, *inputs, out=tuple(inputs[i] for i in halves))
                same_results(got, gradients, f"{name} to {halves}")
