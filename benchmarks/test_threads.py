# SPDX-License-Identifier: BSD-3-Clause
"""What do more threads bring, and from which size? They should cost nothing anywhere: small arrays stay on one thread, and where
others keep the cores busy, so do large ones.

    pytest benchmarks/test_threads.py --benchmark-group-by=param:case,param:size
"""
import os
import subprocess
import sys

import numpy as np
import pytest

import fastrelu as fr
from fastrelu.tools import timing

FEW = [timing.CASES[name] for name in ("relu", "gelu", "softplus")]
SIZES = [2**16, 2**18, 2**20, 2**22]


def counts():
    """1, 2, 4, … and all."""
    most = fr.get_num_threads()
    return sorted({min(2**i, most) for i in range(most.bit_length() + 1)})


@pytest.mark.parametrize("threads", counts())
@pytest.mark.parametrize("case", timing.cases(directions=["forward", "backward", "forward_", "backward_"]), ids=str)
@pytest.mark.parametrize("size", [2**12, 2**16, 2**18, 2**20, 2**24])
def test_threads(contest, benchmark, buffers, size, case, threads):
    benchmark.group = f"{case} float32 {size}"
    contest(case, buffers(case.shape(size), "float32"), "fastrelu", threads)


@pytest.fixture(scope="module")
def busy():
    """Other processes on all cores. The mean counts then: the least time is that of a lucky moment."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count())]
    yield
    for other in others:
        other.kill()
        other.wait()


@pytest.mark.parametrize("threads", counts())
@pytest.mark.parametrize("case", FEW, ids=str)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("busy")
def test_busy(contest, benchmark, buffers, size, case, threads):
    benchmark.group = f"{case} float32 {size}, busy cores"
    contest(case, buffers(case.shape(size), "float32"), "fastrelu", threads)


@pytest.mark.parametrize("threads", counts())
@pytest.mark.parametrize("case", FEW, ids=str)
@pytest.mark.parametrize("rows", [256, 1024, 4096])
def test_after_matmul(stop_watch, benchmark, buffers, rows, case, threads):
    """After each product of matrices, when the threads of BLAS wait for the next one, and spin."""
    arrays = buffers((rows, 1024), "float32")
    arrays.prepare(case)
    call, _, _ = timing.job(case, arrays)
    weights = np.random.default_rng(0).normal(0, 0.1, (1024, 1024)).astype("float32")
    product = np.empty((rows, 1024), "float32")

    def multiply():
        np.matmul(arrays["x"], weights, out=product)

    benchmark.group = f"{case} float32 {rows} x 1024, after X @ W"
    with fr.num_threads(threads):
        stop_watch(call, multiply)
