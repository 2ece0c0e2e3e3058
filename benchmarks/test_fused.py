# SPDX-License-Identifier: BSD-3-Clause
"""What does a bias in the same pass cost over the activation alone, and a mask of one bit an element over ReLU? In place, beside
the best NumPy idiom and PyTorch.

    pytest benchmarks/test_fused.py --benchmark-group-by=param:name,param:shape
"""
import numpy as np
import pytest

import fastrelu as fr
from fastrelu.tools import timing


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)

    def make(shape):
        x = rng.standard_normal(shape, dtype=np.float32)
        return x, x.copy(), rng.standard_normal(shape[-1], dtype=np.float32)
    return make


@pytest.mark.parametrize("who", ["activation alone", "with bias", "add, then activation", "numpy", "torch"])
@pytest.mark.parametrize("name", ["relu", "gelu", "silu"])
@pytest.mark.parametrize("shape", [(64, 256), (4096, 1024)], ids=str)
def test_bias(benchmark, stop_watch, arrays, shape, name, who):
    """bias_act_ and what else does act(x + bias)."""
    benchmark.group = f"{name}, bias of {shape}"
    x, t, bias = arrays(shape)
    want, act_ = fr.get(name).forward(x + bias), fr.get(name).forward_

    def composed():
        np.add(t, bias, out=t)
        act_(t)

    call = {"activation alone": lambda: act_(t), "with bias": lambda: fr.bias_act_(t, bias, name),
            "add, then activation": composed}
    result = t
    if who == "numpy":
        case = timing.CASES[name]
        if not case.comparable():
            pytest.skip("needs SciPy")
        code = compile("\n".join(["np.add(saved, bias, out=x)", *case.numpys()]), name, "exec")
        scope = {"np": np, "special": timing.special(), "saved": t, "bias": bias}
        scope |= {scratch: np.empty_like(x) for scratch in ("x", "out", "t", "t2")}
        result = scope["out"]
        call["numpy"] = lambda: exec(code, scope)
    elif who == "torch":
        torch = pytest.importorskip("torch")
        torch.set_num_threads(1)
        tensor, added = torch.from_numpy(t), torch.from_numpy(bias)
        function = getattr(torch.nn.functional, name)

        def call_torch():
            with torch.inference_mode():
                tensor.copy_(function(tensor + added))
        call["torch"] = call_torch
    with fr.num_threads(1):
        if who != "activation alone":
            call[who]()
            np.testing.assert_allclose(result, want, rtol=1e-4, atol=1e-5)
        stop_watch(call[who], lambda: np.copyto(t, x))


@pytest.mark.parametrize("who", ["relu_", "relu_bitmask_", "relu_backward_", "relu_bitmask_backward_"])
@pytest.mark.parametrize("size", [2**12, 2**16, 2**24])
def test_bits(benchmark, stop_watch, arrays, size, who):
    """ReLU and its gradient, with the input saved and with a bit of each element."""
    benchmark.group = f"relu {size}, {'backward' if 'backward' in who else 'forward'}"
    x, t, _ = arrays((size,))
    mask = fr.relu_bitmask_(x.copy())
    call = {"relu_": lambda: fr.relu_(t), "relu_bitmask_": lambda: fr.relu_bitmask_(t),
            "relu_backward_": lambda: fr.relu_backward_(t, x),
            "relu_bitmask_backward_": lambda: fr.relu_bitmask_backward_(t, mask)}
    with fr.num_threads(1):
        stop_watch(call[who])
