# SPDX-License-Identifier: BSD-3-Clause
"""How much faster than PyTorch's own out= kernels are the functions, on one thread?

python benchmarks/against_torch.py [--dtype float64] [--sizes 4096 262144 …] [NAME …]

Prints PyTorch's time divided by fastrelu's, the minimum of interleaved rounds, for each function, direction and size; below 1
PyTorch is faster. Where PyTorch's backward starts from the output (sigmoid, tanh), it is set beside ours from the output too.
"""
import argparse
import math
import time

import numpy as np
import torch

import fastrelu as fr

aten = torch.ops.aten
ROUNDS = 9
# fastrelu's function → PyTorch's call. o is the output, b a buffer that PyTorch's own forward saved.
CALLS = {
    "relu": lambda x, dy, y, o, b: aten.clamp_min.out(x, 0, out=o),
    "relu_backward": lambda x, dy, y, o, b: aten.threshold_backward.grad_input(dy, x, 0, grad_input=o),
    "leaky_relu": lambda x, dy, y, o, b: aten.leaky_relu.out(x, 0.01, out=o),
    "leaky_relu_backward": lambda x, dy, y, o, b: aten.leaky_relu_backward.grad_input(dy, x, 0.01, False, grad_input=o),
    "relu6": lambda x, dy, y, o, b: aten.hardtanh.out(x, 0, 6, out=o),
    "relu6_backward": lambda x, dy, y, o, b: aten.hardtanh_backward.grad_input(dy, x, 0, 6, grad_input=o),
    "hardtanh": lambda x, dy, y, o, b: aten.hardtanh.out(x, -1, 1, out=o),
    "hardtanh_backward": lambda x, dy, y, o, b: aten.hardtanh_backward.grad_input(dy, x, -1, 1, grad_input=o),
    "hardsigmoid": lambda x, dy, y, o, b: aten.hardsigmoid.out(x, out=o),
    "hardsigmoid_backward": lambda x, dy, y, o, b: aten.hardsigmoid_backward.grad_input(dy, x, grad_input=o),
    "hardswish": lambda x, dy, y, o, b: aten.hardswish.out(x, out=o),
    "hardshrink": lambda x, dy, y, o, b: aten.hardshrink.out(x, 0.5, out=o),
    "hardshrink_backward": lambda x, dy, y, o, b: aten.hardshrink_backward.grad_input(dy, x, 0.5, grad_input=o),
    "softshrink": lambda x, dy, y, o, b: aten.softshrink.out(x, 0.5, out=o),
    "softshrink_backward": lambda x, dy, y, o, b: aten.softshrink_backward.grad_input(dy, x, 0.5, grad_input=o),
    "sigmoid": lambda x, dy, y, o, b: aten.sigmoid.out(x, out=o),
    "sigmoid_backward_from_output": lambda x, dy, y, o, b: aten.sigmoid_backward.grad_input(dy, y, grad_input=o),
    "logsigmoid": lambda x, dy, y, o, b: aten.log_sigmoid_forward.output(x, output=o, buffer=b),
    "logsigmoid_backward": lambda x, dy, y, o, b: aten.log_sigmoid_backward.grad_input(dy, x, b, grad_input=o),
    "tanh": lambda x, dy, y, o, b: aten.tanh.out(x, out=o),
    "tanh_backward_from_output": lambda x, dy, y, o, b: aten.tanh_backward.grad_input(dy, y, grad_input=o),
    "softplus": lambda x, dy, y, o, b: aten.softplus.out(x, 1, 20, out=o),
    "softplus_backward": lambda x, dy, y, o, b: aten.softplus_backward.grad_input(dy, x, 1, 20, grad_input=o),
    "elu": lambda x, dy, y, o, b: aten.elu.out(x, out=o),
    "elu_backward": lambda x, dy, y, o, b: aten.elu_backward.grad_input(dy, 1, 1, 1, False, x, grad_input=o),
    "elu_backward_from_output": lambda x, dy, y, o, b: aten.elu_backward.grad_input(dy, 1, 1, 1, True, y, grad_input=o),
    "silu": lambda x, dy, y, o, b: aten.silu.out(x, out=o),
    "silu_backward": lambda x, dy, y, o, b: aten.silu_backward.grad_input(dy, x, grad_input=o),
    "gelu": lambda x, dy, y, o, b: aten.gelu.out(x, out=o),
    "gelu_backward": lambda x, dy, y, o, b: aten.gelu_backward.grad_input(dy, x, grad_input=o),
    "gelu_tanh": lambda x, dy, y, o, b: aten.gelu.out(x, approximate="tanh", out=o),
    "gelu_tanh_backward": lambda x, dy, y, o, b: aten.gelu_backward.grad_input(dy, x, approximate="tanh", grad_input=o),
    "mish": lambda x, dy, y, o, b: aten.mish.out(x, out=o),
}


def race(contestants):
    """The best time of each, in seconds a call, in turns."""
    loops, best = [], [math.inf] * len(contestants)
    for call in contestants:
        call()
        start = time.perf_counter()
        call()
        loops.append(max(1, int(1e-3 / max(time.perf_counter() - start, 1e-9))))
    for _ in range(ROUNDS):
        for i, call in enumerate(contestants):
            start = time.perf_counter()
            for _ in range(loops[i]):
                call()
            best[i] = min(best[i], (time.perf_counter() - start) / loops[i])
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions such as gelu or gelu_backward (default: all)")
    parser.add_argument("--dtype", default="float32", choices=["float32", "float64"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[64, 4096, 262144, 1 << 22, 1 << 25])
    args = parser.parse_args()
    fr.set_num_threads(1)
    torch.set_num_threads(1)
    print(f"PyTorch {torch.__version__}: its time / fastrelu's ({fr.show_config('dicts')['instruction sets']['in use']}), "
          f"{args.dtype}, one thread\n{'':30}" + "".join(f"{n:>10}" for n in args.sizes))
    ratios = {n: [] for n in args.sizes}
    for name, call in CALLS.items():
        if args.names and name not in args.names:
            continue
        base, _, rest = name.partition("_backward")
        row = []
        for n in args.sizes:
            rng = np.random.default_rng(0)
            x, dy = (rng.standard_normal(n).astype(args.dtype) for _ in range(2))
            y, out = getattr(fr, base)(x), np.empty_like(x)
            tx, tdy, ty, to = map(torch.from_numpy, (x, dy, y, out))
            buffer = torch.empty_like(tx)
            if base == "logsigmoid":
                aten.log_sigmoid_forward.output(tx, output=torch.empty_like(tx), buffer=buffer)
            function, arrays = getattr(fr, name), (x,) if name == base else (dy, y if rest else x)
            with torch.inference_mode():
                ours, theirs = race([lambda f=function, a=arrays, o=out: f(*a, out=o),
                                     lambda c=call, t=(tx, tdy, ty, to, buffer): c(*t)])
            row.append(theirs / ours)
            ratios[n].append(row[-1])
        print(f"{name:30}" + "".join(f"{ratio:10.2f}" for ratio in row), flush=True)
    print(f"{'geometric mean':30}" + "".join(f"{math.exp(sum(map(math.log, r)) / len(r)):10.2f}" for r in ratios.values()))


if __name__ == "__main__":
    main()
