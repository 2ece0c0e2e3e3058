# SPDX-License-Identifier: BSD-3-Clause
"""Two blocks of networks in NumPy alone and with fastrelu, side by side: what each allocates and how long it takes. The functions
are those that the README shows.

    python benchmarks/blocks.py [--threads N]
"""
import argparse
import timeit
import tracemalloc

import numpy as np

import fastrelu as fr

ROUNDS = 15


def feed_forward_numpy(x, w1, w2):
    gate, up = np.split(x @ w1, 2, axis=-1)
    return (gate / (1 + np.exp(-gate)) * up) @ w2


def feed_forward_fastrelu(x, w1, w2):
    gate, up = np.split(x @ w1, 2, axis=-1)
    return fr.swiglu_(gate, up) @ w2


def training_step_numpy(x, labels, w1, b1, w2, b2, rate=0.01):
    z = x @ w1 + b1
    s = 1 / (1 + np.exp(-z))
    h = z * s
    scores = h @ w2 + b2
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    p *= rate / len(labels)
    dz = p @ w2.T * (s * (1 + z * (1 - s)))
    w2 -= h.T @ p
    b2 -= p.sum(axis=0)
    w1 -= x.T @ dz
    b1 -= dz.sum(axis=0)


def training_step_fastrelu(x, labels, w1, b1, w2, b2, rate=0.01):
    z = x @ w1
    h = fr.bias_act(z, b1, "silu")
    p = h @ w2
    p += b2
    fr.softmax_(p)
    p[np.arange(len(labels)), labels] -= 1
    p *= rate / len(labels)
    dz, db1 = fr.bias_act_backward_(p @ w2.T, z, b1, "silu")
    w2 -= h.T @ p
    b2 -= p.sum(axis=0)
    w1 -= x.T @ dz
    b1 -= db1


def feed_forward_operands(tokens=512, width=256, hidden=768):
    rng = np.random.default_rng(0)
    normal = fr.init.lecun_normal
    return (rng.standard_normal((tokens, width), dtype=np.float32),
            normal((width, 2 * hidden), in_axis=0, out_axis=1, rng=rng), normal((hidden, width), in_axis=0, out_axis=1, rng=rng))


def training_step_operands(batch=1024, width=128, hidden=1024, classes=10):
    rng = np.random.default_rng(0)
    weights = [(fr.init.he_normal((n, m), in_axis=0, out_axis=1, rng=rng), np.zeros(m, np.float32))
               for n, m in ((width, hidden), (hidden, classes))]
    return (rng.standard_normal((batch, width), dtype=np.float32), rng.integers(0, classes, batch), *weights[0], *weights[1])


BLOCKS = {
    "feed-forward block, SwiGLU, 512 tokens × 256, hidden 768": (
        feed_forward_operands, feed_forward_numpy, feed_forward_fastrelu),
    "training step of an MLP, SiLU, 1024 × 128-1024-10": (
        training_step_operands, training_step_numpy, training_step_fastrelu),
}


def peak_memory(function, operands):
    """What a call allocates beyond its operands, at most, in bytes."""
    tracemalloc.start()
    try:
        function(*operands)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measured(make, *functions):
    """Of each function its peak memory in bytes and its best time in seconds, the functions taking turns."""
    operands = [make() for _ in functions]
    peaks = [peak_memory(f, o) for f, o in zip(functions, operands, strict=True)]
    rounds = [[timeit.timeit(lambda f=f, o=o: f(*o), number=1) for f, o in zip(functions, operands, strict=True)]
              for _ in range(ROUNDS)]
    return list(zip(peaks, map(min, zip(*rounds, strict=True)), strict=True))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=fr.get_num_threads(), help="threads of fastrelu (default: all)")
    fr.set_num_threads(parser.parse_args().threads)
    for title, (make, *functions) in BLOCKS.items():
        (memory, seconds), (our_memory, our_seconds) = measured(make, *functions)
        print(f"{title}\n  NumPy      {memory / 2**20:7.1f} MiB  {seconds * 1e3:7.2f} ms\n"
              f"  fastrelu   {our_memory / 2**20:7.1f} MiB  {our_seconds * 1e3:7.2f} ms   "
              f"{memory / our_memory:.1f} times less memory, {seconds / our_seconds:.1f} times as fast")


if __name__ == "__main__":
    main()
