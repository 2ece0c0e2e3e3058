# SPDX-License-Identifier: BSD-3-Clause
"""What does a bias in the same pass cost over the activation alone, and a mask of one bit an element over ReLU? In place, beside
the best NumPy idiom and PyTorch.

    pytest benchmarks/test_fused.py --benchmark-group-by=param:name,param:shape
"""
import numpy as np
import pytest

import fastrelu as fr
from fastrelu._registry import functions
from fastrelu.tools import timing


@pytest.mark.parametrize("who", ["activation alone", "fastrelu", "add, then activation", "numpy", "torch"])
@pytest.mark.parametrize("name", ["relu", "gelu", "silu"])
@pytest.mark.parametrize("shape", [(64, 256), (4096, 1024)], ids=str)
def test_bias(contest, benchmark, stop_watch, buffers, shape, name, who):
    """bias_act_ and what else does act(x + bias)."""
    benchmark.group = f"{name}, bias of {shape}"
    arrays, act = buffers(shape, "float32"), functions[name]
    if who == "activation alone":
        contest(timing.Case(act, True), arrays, "fastrelu")
    elif who == "add, then activation":
        x, bias, t = arrays["x"], arrays["bias"], arrays["out"]
        with fr.num_threads(1):
            stop_watch(lambda: act.in_place(np.add(t, bias, out=t)), lambda: np.copyto(t, x))
    else:
        contest(timing.BiasAct(act, True), arrays, who)


@pytest.mark.parametrize("who", ["fastrelu", "numpy"])
@pytest.mark.parametrize("name", ["relu_", "relu_bitmask_", "relu_backward_", "relu_bitmask_backward_"])
@pytest.mark.parametrize("size", [2**12, 2**16, 2**24])
def test_bits(contest, benchmark, buffers, size, name, who):
    """ReLU and its gradient, with the input saved and with a bit of each element."""
    benchmark.group = f"relu {size}, {'backward' if 'backward' in name else 'forward'}"
    contest(timing.CASES[name], buffers(size, "float32"), who)
