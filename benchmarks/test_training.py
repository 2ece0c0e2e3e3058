# SPDX-License-Identifier: BSD-3-Clause
"""What does all this bring to somebody who trains? A step of a 3-layer network in NumPy, forward, backward and update, with the
activations of fastrelu, in place, on one thread and on all, and with the NumPy idioms into scratch arrays.

    pytest benchmarks/test_training.py --benchmark-group-by=param:name,param:width
    pytest benchmarks/test_training.py -k fit       the same of scikit-learn: an epoch of MLPClassifier, patched and not

The matrix products are the same and take most of the time, the more the wider the layers: the difference is what is left. Both
ways start from the same weights, and their results are compared first. BLAS is held to one thread (threadpoolctl): its own
threads spin after each product, and on a machine that is busy otherwise that is all that would be measured.
"""
import contextlib

import numpy as np
import pytest

import fastrelu as fr
from fastrelu._registry import in_direction
from fastrelu.tools import timing

BATCH, LAYERS = 256, 3


class Network:
    """Dense layers of one width with an activation between them, and everything a step writes to, allocated once."""

    def __init__(self, name, width, who):
        rng = np.random.default_rng(0)
        self.case = {kind: timing.CASES[in_direction(name, kind)] for kind in ("forward", "backward")}
        self.x, self.target = rng.standard_normal((2, BATCH, width), dtype=np.float32)
        self.weights = [fr.init.he_normal((width, width), in_axis=0, out_axis=1, rng=i) for i in range(LAYERS)]
        self.saved = [np.empty_like(self.x) for _ in range(LAYERS)]     # inputs of the activations
        self.active = [np.empty_like(self.x) for _ in range(LAYERS)]
        self.slopes = [np.empty_like(self.x) for _ in range(2)]
        self.update = np.empty_like(self.weights[0])
        self.who = who
        if who == "numpy":
            scratch = {name: np.empty_like(self.x) for name in ("t", "t2", "out2")}
            self.scope = {"np": np, "special": timing.special(), "m": np.empty(self.x.shape, bool), **scratch,
                          **self.case["forward"].params}
            self.code = {kind: compile("\n".join(case.numpys()), kind, "exec") for kind, case in self.case.items()}

    def activate(self, x, out):
        if self.who == "fastrelu":
            self.case["forward"].function.ufunc(x, out=out)
        else:
            exec(self.code["forward"], {**self.scope, "x": x, "out": out})

    def gradient(self, dy, x, out):
        """The gradient by x: fastrelu overwrites dy, the idiom writes to out. Returns where it is."""
        if self.who == "fastrelu":
            return self.case["backward"].function.in_place(dy, x)
        exec(self.code["backward"], {**self.scope, "dy": dy, "x": x, "out": out})
        return out

    def step(self):
        below = self.x
        for weight, saved, active in zip(self.weights, self.saved, self.active, strict=True):
            np.matmul(below, weight, out=saved)
            self.activate(saved, active)
            below = active
        dy, spare = self.slopes
        np.subtract(below, self.target, out=dy)     # of half the squared error
        for i in reversed(range(LAYERS)):
            dx = self.gradient(dy, self.saved[i], spare)
            np.matmul((self.active[i - 1] if i else self.x).T, dx, out=self.update)
            if i:
                np.matmul(dx, self.weights[i].T, out=dy if dx is spare else spare)
                dy, spare = (dy, spare) if dx is spare else (spare, dy)
            self.update *= 1e-4 / BATCH
            self.weights[i] -= self.update


@pytest.fixture(autouse=True)
def _one_blas_thread():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    with threadpoolctl.threadpool_limits(1, user_api="blas"):
        yield


@pytest.mark.parametrize("who", ["fastrelu", "fastrelu on all threads", "numpy"])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "silu", "gelu", "mish"])
@pytest.mark.parametrize("width", [64, 512])
def test_step(benchmark, stop_watch, width, name, who):
    if not timing.CASES[in_direction(name, "backward")].comparable():
        pytest.skip("needs SciPy")
    benchmark.group = f"training step, {name}, {LAYERS} layers of {width}"
    ours, numpys = Network(name, width, "fastrelu"), Network(name, width, "numpy")
    for network in (ours, numpys):
        network.step()
    for mine, its in zip(ours.weights, numpys.weights, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-4, atol=1e-5)
    with fr.num_threads(1 if who == "fastrelu" else fr.get_num_threads()):
        stop_watch((numpys if who == "numpy" else ours).step)


@pytest.mark.parametrize("who", ["fastrelu", "scikit-learn"])
@pytest.mark.parametrize("name", ["relu", "tanh", "logistic"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("width", [64, 512])
def test_fit(benchmark, stop_watch, width, dtype, name, who):
    neural_network = pytest.importorskip("sklearn.neural_network")
    from fastrelu.adapters import scikit_learn

    benchmark.group = f"scikit-learn epoch, {name}, {LAYERS} layers of {width}, {dtype}"
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((4 * BATCH, width)).astype(dtype), rng.integers(0, 2, 4 * BATCH)

    def first_epoch():  # of many, Adam's moments would become subnormal, and slow
        model = neural_network.MLPClassifier((width,) * LAYERS, name, batch_size=BATCH, random_state=0)
        return model.partial_fit(x, y, classes=[0, 1])

    theirs = first_epoch()
    with scikit_learn.patched():
        ours = first_epoch()
    np.testing.assert_allclose(ours.loss_, theirs.loss_, rtol=1e-5)
    with scikit_learn.patched() if who == "fastrelu" else contextlib.nullcontext(), fr.num_threads(1):
        stop_watch(first_epoch)
