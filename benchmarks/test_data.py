# SPDX-License-Identifier: BSD-3-Clause
"""Does what an array holds change what it costs? Arrays full of one kind of number, over the same function on N(0, 1): at most 2
is promised of finite values up to 100, at most 4 of anything. A table of the ratios, measured in turns, follows the tests.

    pytest benchmarks/test_data.py -k "forward and float32" --benchmark-group-by=param:case,param:dtype
    pytest benchmarks/test_data.py --benchmark-disable              only the table, in a minute
"""
import timeit

import numpy as np
import pytest

import fastrelu as fr
from fastrelu.tools import timing

SIZE = 2**15
TURNS = 7
DTYPES = ["float16", "bfloat16", "float32", "float64"]


def _bits(rng, n, dtype):
    return rng.integers(0, 256, n * dtype.itemsize, dtype=np.uint8).view(dtype)


def _subnormal(rng, n, dtype):
    digits = round(-np.log2(timing.epsilon(dtype)))     # the stored bits of a significand
    return rng.integers(1, 1 << digits, n).astype(f"u{dtype.itemsize}").view(dtype) * rng.choice([1, -1], n).astype(dtype)


def _everywhere(fill):
    """In x and in dy."""
    return {"x": fill, "dy": fill}


# kind → what x and dy are filled with; N(0, 1) where nothing is said.
KINDS = {
    "N(0, 1)": {},
    "left tail": {"x": lambda rng, n, dtype: rng.uniform(-100, -8, n)},
    "right tail": {"x": lambda rng, n, dtype: rng.uniform(8, 100, n)},
    "uniform": {"x": lambda rng, n, dtype: rng.uniform(-100, 100, n)},
    "zeros": _everywhere(lambda rng, n, dtype: np.zeros(n)),
    "NaN": _everywhere(lambda rng, n, dtype: np.full(n, np.nan)),
    "+inf": {"x": lambda rng, n, dtype: np.full(n, np.inf)},
    "-inf": {"x": lambda rng, n, dtype: np.full(n, -np.inf)},
    "subnormal x": {"x": _subnormal},
    "subnormal dy": {"dy": _subnormal},
    "subnormal": _everywhere(_subnormal),
    "bits": _everywhere(_bits),
}


class Filled(timing.Buffers):
    """Buffers of one kind of data."""

    def __init__(self, case, kind, dtype):
        super().__init__(case.shape(SIZE), dtype)
        self.kind = kind

    def fill(self, array, seed):
        fill = KINDS[self.kind].get(self.NAMES[seed], lambda rng, n, dtype: rng.standard_normal(n))
        array[...] = fill(np.random.default_rng(seed), array.size, self.dtype).astype(self.dtype).reshape(array.shape)


def _dtype(name):
    return np.dtype(getattr(pytest.importorskip("ml_dtypes"), name) if name == "bfloat16" else name)


_ratios = {}


@pytest.fixture(scope="module", autouse=True)
def table(request):
    """Prints the ratios that the module's tests have left."""
    yield
    if _ratios:
        terminal = request.config.pluginmanager.getplugin("terminalreporter")
        kinds = [kind for kind in KINDS if kind != "N(0, 1)"]
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            terminal.write_line("\n\nTime over that on N(0, 1)")
            terminal.write_line(f"{'':36}" + "".join(f"{kind:>13}" for kind in kinds))
            for function, row in _ratios.items():
                terminal.write_line(f"{function:36}" + "".join(f"{row[k]:13.2f}" if k in row else f"{'–':>13}" for k in kinds))
            most = max((ratio, function, kind) for function, row in _ratios.items() for kind, ratio in row.items())
            terminal.write_line("The most: {:.2f}, {}, {}".format(*most))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", [case for case in timing.cases() if not case.in_place], ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_data(benchmark, stop_watch, dtype, case, kind):
    if "x" not in KINDS[kind] and "dy" in KINDS[kind] and "dy" not in case.inputs:
        pytest.skip("has no dy")
    run, setup, _ = timing.job(case, Filled(case, kind, _dtype(dtype)))
    benchmark.group = f"{case} {dtype}: data"
    with fr.num_threads(1):
        if kind != "N(0, 1)":
            usual = timing.job(case, Filled(case, "N(0, 1)", _dtype(dtype)))[0]
            times = [(timeit.timeit(run, number=3), timeit.timeit(usual, number=3)) for _ in range(TURNS)]
            ours, its = map(min, zip(*times, strict=True))
            _ratios.setdefault(f"{case} {dtype}", {})[kind] = benchmark.extra_info["over N(0, 1)"] = ours / its
        stop_watch(run, setup)
