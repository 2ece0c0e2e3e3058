# SPDX-License-Identifier: BSD-3-Clause
"""The floating-point environment: the caller's rounding mode, flush-to-zero bits and flags change nothing and are left alone."""

import fpenv
import numpy as np
import pytest
import support
from fpenv import DOWN, FLAGS, FTZ_DAZ, INEXACT, POWER_UP, TO_ZERO, UP
from support import same_bytes

import fastrelu as fr

pytestmark = [pytest.mark.shapes, pytest.mark.skipif(not fpenv.HAS_MXCSR, reason="sets MXCSR by machine code")]
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
                got_in_place = support.in_place(kernel)(target, *arrays[1:], *given)
                after_all = fpenv.get()
            assert {after & ~INEXACT, after_all & ~INEXACT} == {MODES[mode]}, f"{mode}: {after_all:#x}"
            for results in (got, got_odd, got_in_place):
                for g, w in zip(support.as_tuple(results), wanted, strict=True):
                    same_bytes(g, w, f"{kernel} {mode}")


@pytest.mark.parametrize("mode", MODES)
def test_conversion_of_a_parameter(mode, fast):
    """A Python float is rounded to the dtype to nearest and without flushing, on every way in."""
    x, unit = np.array([-1, -3], np.float32), np.ones(2, np.float32)
    for value in (0.1, 1 / 3, 1e-45, 1.2e-40, 1 + 2.0**-24, 3.4028235677973366e38):
        with np.errstate(all="ignore"):
            rounded = np.float32(value)
        wanted = fr.leaky_relu(x, rounded)
        with fpenv.mxcsr(MODES[mode]):
            got = [fr.leaky_relu(x, value), fr.leaky_relu(x, negative_slope=value), fr.leaky_relu_(x.copy(), value)]
            got.append(fr.prelu(x, value))
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
            support.in_place(kernel)(target, *arrays[1:], *params)
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
    for k in support.SHAPES:
        wanted[k.name] = [w.copy() for w in support.as_tuple(k.ufunc(*[dy, dy, base][-k.arrays:], *support.given_params(k)))]
before = len(os.listdir("/proc/self/task"))
for mode in {list(MODES.values())!r}:
    with fr.num_threads(3):
        for k in support.SHAPES:
            fpenv.put(mode)
            got = [k.ufunc(*[dy, dy, base][-k.arrays:], *support.given_params(k)) for _ in range(2)]
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
