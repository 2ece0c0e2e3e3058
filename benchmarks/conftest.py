# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks share: `contest`, which checks a case against NumPy and times one side of it.

    pytest benchmarks                                         everything
    pytest benchmarks/test_functions.py -k "relu and forward"
    pytest benchmarks --benchmark-group-by=param:size         or param:case, param:dtype, param:who, func
    pytest benchmarks --benchmark-disable                     only the checks, in seconds

In place, a round of small arrays is a pass over several of them (extra_info has how many calls), on both sides alike.

Each group of the report is one question: the same function on the same arrays, by fastrelu and by NumPy. No test fails on time; a
result that is not NumPy's fails. The cases come from the registry, so a new activation is here by itself.
"""
import functools
import gc
import timeit

import numpy as np
import pytest

from fastrelu.tools import peers, timing

SECONDS = 0.05  # for each side of each case


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    # The project's options switch timing off, for the sake of tests/. Here it is what one came for.
    config.option.benchmark_disable = "--benchmark-disable" in config.invocation_params.args


@pytest.fixture(autouse=True, scope="session")
def _quiet():
    # An array of random float16 may overflow in an idiom's scratch.
    with np.errstate(all="ignore"):
        yield


_buffers = {}


@pytest.fixture(scope="session")
def buffers():
    """buffers(shape, dtype, make=…) gives the arrays, the last ones again if they are the same."""
    def get(shape, dtype, make=timing.array_of):
        key = (shape, np.dtype(dtype), make)
        if key not in _buffers:
            _buffers.clear()
            gc.collect()
            _buffers[key] = timing.Buffers(shape, dtype, make)
        return _buffers[key]
    yield get
    _buffers.clear()


@pytest.fixture
def stop_watch(benchmark):
    """stop_watch(call, setup=None): rounds for about SECONDS. With a setup, which goes before each round, a round is one call."""
    def time_it(call, setup=None):
        if setup is None:
            benchmark._max_time, benchmark._min_rounds = SECONDS, 3
            benchmark(call)
            return
        setup()
        once = max(timeit.timeit(call, number=1), 1e-6)
        benchmark.pedantic(call, setup=setup, rounds=max(3, min(2000, int(SECONDS / once))), iterations=1, warmup_rounds=1)
    return time_it


@functools.cache
def library(who):
    """The library of that name, all in this process; None where it is not installed."""
    return timing.HERE.get(who) or (None if peers.missing(who) else peers.PEERS[who]())


@pytest.fixture
def contest(benchmark, stop_watch):
    """contest(case, arrays, who, threads=1): check, then time `who` (fastrelu, or one of peers.NAMES)."""
    def run(case, arrays, who, threads=1):
        if not case.keeps(arrays.dtype):
            pytest.skip(f"{case} does not keep {arrays.dtype}")
        if library(who) is None:
            pytest.skip(f"{who} is not installed")
        job = timing.job(case, arrays, library(who), threads)
        if job is None:
            pytest.skip(f"{who} has no such function, or it needs SciPy")
        if who == "fastrelu":
            timing.check(case, arrays)
        elif who in peers.PEERS:
            timing.check(case, arrays, library(who), threads, peers.tolerance(arrays.dtype))
        call, setup, calls = job
        benchmark.group = benchmark.group or f"{case} {arrays.dtype} {arrays.size}"
        traffic = calls * sum(case.streams) * arrays.size * arrays.dtype.itemsize
        benchmark.extra_info.update(function=str(case), dtype=str(arrays.dtype), size=arrays.size, calls=calls, bytes=traffic,
                                    threads=threads)
        with library(who).held(threads):
            stop_watch(call, setup)
    return run
