# SPDX-License-Identifier: BSD-3-Clause
"""The floating-point environment: the caller's rounding mode, flush-to-zero bits and flags change nothing and are left alone."""

import time

import fpenv
import numpy as np
import pytest
import support
from fpenv import DOWN, FLAGS, FTZ_DAZ, INEXACT, POWER_UP, TO_ZERO, UP
from support import same_bytes

import fastrelu as fr

pytestmark = pytest.mark.skipif(not fpenv.HAS_MXCSR, reason="sets MXCSR by machine code")
MODES = {
    "down": POWER_UP | DOWN,
    "up": POWER_UP | UP,
    "to zero": POWER_UP | TO_ZERO,
    "flush": POWER_UP | FTZ_DAZ,
    "flush up": POWER_UP | FTZ_DAZ | UP,
}


def _samples(kernel, dtype, n=3000):
    arrays = support.operands(kernel, n, dtype, 3)
    fmt = support.format_of(dtype)
    rng = np.random.default_rng(1)
    tiny = (rng.integers(0, 1 << fmt.mantissa, n, np.uint64).astype(support.unsigned(dtype))).view(dtype)
    odd = np.arange(n) % 3 == 0
    return [np.where(odd, tiny * dtype.type(-1) if i % 2 else tiny, a) for i, a in enumerate(arrays)]


def test_modes_are_really_set():
    """The stub works: under these bits, NumPy's own arithmetic does change."""
    x = np.full(100, 1e-40, np.float32)
    with fpenv.mxcsr(POWER_UP | FTZ_DAZ):
        flushed = x * np.float32(1)
    assert not flushed.any()
    assert x.all()
    third = np.full(4, 3, np.float64)
    with fpenv.mxcsr(POWER_UP | UP):
        up = 1 / third
    assert up[0] > 1 / 3
    with fpenv.mxcsr(POWER_UP | 4):
        assert fpenv.fetestexcept() & ~INEXACT == 4


def test_modes_change_nothing(kernel, dtype, isa, fast):
    """Bytes are those of the ordinary environment; afterwards it is as it was. Parameters as Python floats and as arrays."""
    arrays = _samples(kernel, dtype)
    params = tuple(v if v is not None else 0.1 for v in support.given_params(kernel))
    forms = [params] if kernel.params else [()]
    if not kernel.required and kernel.params:
        forms.append(())
    odd = [support.laid_out(a, shift=1, steps=(-2,))[0] for a in arrays]
    for given in forms:
        wanted = [w.copy() for w in support.as_tuple(kernel.ufunc(*arrays, *given))]
        for mode in MODES:
            target = arrays[0].copy()
            with fpenv.mxcsr(MODES[mode]):
                got = kernel.ufunc(*arrays, *given)
                after = fpenv.get()
                got_odd = kernel.ufunc(*odd, *given)
                got_in_place = kernel.in_place(target, *arrays[1:], *given)
                after_all = fpenv.get()
            assert {after & ~INEXACT, after_all & ~INEXACT} == {MODES[mode]}, f"{mode}: {after_all:#x}"
            for results in (got, got_odd, got_in_place):
                for g, w in zip(support.as_tuple(results), wanted, strict=True):
                    same_bytes(g, w, f"{kernel} {mode}")


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-45, 1.2e-40, 1 + 2.0**-24, 3.4028235677973366e38])
@pytest.mark.parametrize("mode", MODES)
def test_conversion_of_a_parameter(value, mode, fast):
    """A Python float is rounded to the dtype to nearest and without flushing, on every way in."""
    x = np.array([-1, -3], np.float32)
    unit = np.ones(2, np.float32)
    with np.errstate(all="ignore"):
        rounded = np.float32(value)
    wanted = fr.leaky_relu(x, rounded)
    with fpenv.mxcsr(MODES[mode]):
        got = fr.leaky_relu(x, value), fr.leaky_relu(x, negative_slope=value), fr.leaky_relu_(x.copy(), value), fr.prelu(x, value)
        gradient = fr.leaky_relu_backward(unit, x, value)
    for g in got:
        same_bytes(g, wanted, value)
    same_bytes(gradient, np.full(2, rounded), value)


def test_flags_stay(kernel, any_dtype, isa, fast):
    """Flags that were set stay set, and none is raised: not by NaNs, overflow, underflow or subnormals."""
    arrays = (
        [support.operands(kernel, 3000, any_dtype, 3)[0]] * kernel.arrays
        if any_dtype.kind in "iu"
        else _samples(kernel, any_dtype)
    )
    if any_dtype.kind not in "iu":
        arrays[-1][:4] = np.array([np.inf, -np.inf, np.nan, 0]).astype(any_dtype)
        arrays[-1][4:5] = np.array([1], support.unsigned(any_dtype)).view(any_dtype)
    params = support.given_params(kernel) if any_dtype.kind not in "iu" else ()
    signalling = np.full(40, 0x7FA00000, np.uint32).view(np.float32)
    target, out = arrays[0].copy(), tuple(np.empty_like(arrays[0]) for _ in range(kernel.outs))
    scalars = [a[4] for a in arrays]
    for preset in (0, 0x01, 0x04, 0x08 | 0x10, 0x1F):
        with fpenv.mxcsr(POWER_UP | preset):
            kernel.ufunc(*arrays, *params)
            kernel.ufunc(*arrays, *params, out=out)
            kernel.in_place(target, *arrays[1:], *params)
            kernel.ufunc(*scalars, *params)
            if any_dtype == np.dtype("f"):
                kernel.ufunc(*[signalling] * kernel.arrays, *params)
            after = fpenv.get()
        assert after & FLAGS & ~INEXACT == preset, f"{preset:#x} became {after:#x}"


def test_flags_as_fenv_sees_them(kernel):
    arrays = _samples(kernel, np.dtype("f"))
    fpenv.feclearexcept()
    kernel.ufunc(*arrays, *support.given_params(kernel))
    assert fpenv.fetestexcept() & ~INEXACT == 0


def test_worker_threads_under_any_environment():
    """Workers are born with the environment of whoever starts the team: here one that flushes and rounds up."""
    support.python(
        f"""
import sys; sys.path.insert(0, {str(support.TESTS)!r})
import numpy as np, fpenv, support, fastrelu as fr, os
base = support.ordinary(1_500_000, np.float32)
base[::3] = np.arange(500_000, dtype=np.uint32).view(np.float32)
dy = base[::-1].copy()
wanted = {{}}
with fr.num_threads(1):
    for k in support.KERNELS:
        wanted[k.name] = [w.copy() for w in support.as_tuple(k.ufunc(*[dy, base][-k.arrays:], *support.given_params(k)))]
before = len(os.listdir("/proc/self/task"))
for mode in {list(MODES.values())!r}:
    with fr.num_threads(3):
        for k in support.KERNELS:
            fpenv.put(mode)
            got = [k.ufunc(*[dy, base][-k.arrays:], *support.given_params(k)) for _ in range(2)]
            after = fpenv.get()
            fpenv.put(fpenv.POWER_UP)
            assert after & ~0x20 == mode, (k, hex(after))
            for result in got:
                for g, w in zip(support.as_tuple(result), wanted[k.name]):
                    support.same_bytes(g, w, f"{{k}} {{mode:#x}}")
openmp = fr.show_config(mode="dicts")["OpenMP"]["runtime"] != "none"
assert len(os.listdir("/proc/self/task")) > before or not openmp, "no thread was started"
""",
        timeout=200,
    )


def test_workers_after_a_clean_start():
    """The other way round: workers born in the ordinary environment serve a caller that flushes."""
    x = -np.resize(np.arange(1, 5000, dtype=np.uint32).view(np.float32), 2_000_000)
    with fr.num_threads(1):
        wanted = fr.leaky_relu(x, 0.5).copy()
    assert wanted.any()
    with fr.num_threads(2):
        for _ in range(5):
            fr.leaky_relu(x, 0.5)
            with fpenv.mxcsr(POWER_UP | FTZ_DAZ | DOWN):
                got = fr.leaky_relu(x, 0.5)
            same_bytes(got, wanted)


def test_subnormals_are_right(kernel, dtype, isa):
    """Every kind of subnormal operand gives what the oracle says: no flushing inside."""
    fmt = support.format_of(dtype)
    bits = np.unique(np.concatenate([np.arange(64), (1 << np.arange(fmt.mantissa + 1)), (1 << np.arange(fmt.mantissa + 1)) - 1]))
    tiny = bits.astype(support.unsigned(dtype)).view(dtype)
    x = np.concatenate([tiny, -tiny])
    params = support.given_params(kernel)
    if kernel.variable == "y":
        x = support.round_to(support.exact(support.BY_NAME[kernel.act.name], [x], params)[0], dtype)
    for dy in (np.ones_like(x), x[::-1].copy(), np.full_like(x, 0.3)) if kernel.arrays == 2 else (None,):
        arrays = [x] if dy is None else [dy, x]
        support.check(kernel, kernel.ufunc(*arrays, *params), arrays, params)


def _best(call, rounds=15):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.exhaustive  # it measures time, which the everyday run must not fail on
def test_subnormals_are_not_slow(kernel, dtype):
    """An array full of them costs at most three times an ordinary one (the best of several, for others use this machine)."""
    n = 20_000
    ordinary = np.linspace(-0.9, 0.9, n).astype(dtype)
    subnormals = min(1000, 1 << support.format_of(dtype).mantissa)
    tiny = np.resize(np.arange(1, subnormals).astype(support.unsigned(dtype)).view(dtype), n)
    tiny[::2] *= dtype.type(-1)
    params = support.given_params(kernel)
    out = tuple(np.empty_like(tiny) for _ in range(kernel.outs))
    with fr.num_threads(1):
        for _ in range(4):
            cost = [
                _best(lambda a=a: kernel.ufunc(*a, *params, out=out))
                for a in ([ordinary] * kernel.arrays, [tiny] * kernel.arrays, [ordinary, tiny][-kernel.arrays :])
            ]
            ratio = max(cost[1:]) / cost[0]
            if ratio < 3:
                return
    raise AssertionError(f"{kernel} {dtype}: subnormals cost {ratio:.1f} times an ordinary array")
