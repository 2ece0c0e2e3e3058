# SPDX-License-Identifier: BSD-3-Clause
"""One line a case, its name and a hash of the result's bytes: every function, direction and type, over values of every kind, in
every length, layout and form of call. Two machines give the same lines. Usage: answers.py [PART OF [CASE…]], e.g.
0 2 for every second, or 0 20 threads for every twentieth and those on threads.

Inputs are made of integers alone: only fastrelu computes with floating-point numbers here, whatever the processor's modes.
Instruction sets, threads and calls in place are held against each other at once, but long sweeps, which the tests try in
every instruction set, are in the best one.
"""
import contextlib
import hashlib
import itertools
import sys
from functools import lru_cache, partial

import numpy as np

with contextlib.suppress(ImportError):
    import ml_dtypes  # noqa: F401 — its presence is what makes bfloat16 known

import fastrelu as fr
from fastrelu import _ufuncs
from fastrelu._registry import functions
from fastrelu._rows import rows
from fastrelu.tools.reference import INTEGERS, floats, unsigned

LENGTHS = range(68)
ROOMS = [name for name, usable in _ufuncs.isas().items() if usable]


class Format:
    """A dtype as integers: its bits, and those of its mantissa; the bias of its exponents."""

    def __init__(self, dtype):
        self.bits = 8 * dtype.itemsize
        self.mantissa = {"float16": 10, "bfloat16": 7, "float32": 23, "float64": 52}[dtype.name]
        self.bias = (1 << (self.bits - self.mantissa - 2)) - 1
        self.sign = 1 << (self.bits - 1)

    def number(self, power, more=0):
        """The bits of 2^power (1 + more / 64)."""
        return (self.bias + power << self.mantissa) + (more << self.mantissa >> 6)


def of_bits(bits, dtype):
    return np.ascontiguousarray(bits).astype(unsigned(dtype)).view(dtype)


def mixed(n, seed):
    """n words of 64 bits that look random: SplitMix64's."""
    with np.errstate(over="ignore"):
        z = (np.arange(1, n + 1, dtype=np.uint64) + np.uint64(seed << 32)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


@lru_cache(8)
def sweep(dtype):
    """All values of 8 and 16 bits; of others every upper half with the least, largest and a random rest, and ordinary ones."""
    bits = 8 * dtype.itemsize
    high = np.arange(1 << min(bits, 16), dtype=np.uint64)
    if bits < 17:
        return of_bits(high, dtype)
    rest = np.uint64(bits - 16)
    low = np.uint64(0), np.uint64((1 << int(rest)) - 1), mixed(high.size, 1) >> (64 - rest)
    return np.concatenate([of_bits(high << rest | part, dtype) for part in low] + [ordinary(high.size, dtype, 2)])


@lru_cache(32)
def ordinary(n, dtype, seed, signed=True):
    """Numbers from 1/16 to 16 of either sign; among them, every 13th, any bits at all."""
    words, any_bits = mixed(n, seed), mixed(n, seed + 1)
    if dtype.kind in "iu":
        return of_bits(words, dtype)
    form = Format(dtype)
    size = words % np.uint64(8 << form.mantissa) + np.uint64(form.number(-4))
    values = np.where(np.arange(n) % 13 == 5, any_bits >> np.uint64(64 - form.bits), size | words & np.uint64(form.sign))
    return of_bits(values if signed else values & np.uint64(form.sign - 1), dtype)


def calm(a):
    """Without NaN and numbers from 16 on."""
    form, bits = Format(a.dtype), a.view(unsigned(a.dtype))
    small = bits & unsigned(a.dtype).type(form.sign - 1) < form.number(4)
    return np.where(small, bits, 0).astype(bits.dtype).view(a.dtype)


@lru_cache(8)
def gradients(n, dtype):
    """dy of every kind, of both signs, in a cycle of a prime length."""
    if dtype.kind in "iu":
        return ordinary(n, dtype, 7)
    form = Format(dtype)
    least, infinity = form.number(1 - form.bias), form.number(form.bias + 1)
    sizes = np.array([0, 1, least - 1, least, form.number(-10, 3), form.number(-2, 13), form.number(0), form.number(1, 32),
                      infinity - 1, infinity, infinity + (1 << (form.mantissa - 1))], np.uint64)
    return np.resize(of_bits(np.concatenate([sizes, sizes | np.uint64(form.sign), sizes[6:7]]), dtype), n)


def as_bytes(results):
    return b"".join(np.ascontiguousarray(result).tobytes() for result in (results if isinstance(results, tuple) else (results,)))


def bytes_in(rooms, call):
    """The bytes of what a call returns, the same in some instruction sets."""
    first = None
    for room in rooms:
        _ufuncs.init(room)
        got = as_bytes(call())
        first = got if first is None else first
        if got != first:
            raise AssertionError(f"{room} is not as {ROOMS[0]}")
    _ufuncs.init(ROOMS[0])
    return first


# ---- the cases: a name, and what makes the results ----


def params_of(kernel, dtype, n):
    """Left out, or given where they must be; other numbers; an array each, of every kind of number."""
    count = len(kernel.params)
    yield "", kernel.needed
    if count:
        yield "other", (0.25, 1.5)[:count]
        signed = kernel.direction != "backward_from_output"
        yield "arrays", tuple(ordinary(n, dtype, 20 + i, signed) for i in range(count))


def lengths(kernel, arrays, params):
    """Of every length, from several places; in place, it is the same."""
    for n in LENGTHS:
        at = slice(n % 5, n % 5 + n)
        inputs, given = [a[at] for a in arrays], [p[at] if np.ndim(p) else p for p in params]
        got = kernel.ufunc(*inputs, *given)
        if kernel.has_in_place and as_bytes(kernel.in_place(inputs[0].copy(), *inputs[1:], *given)) != as_bytes(got):
            raise AssertionError(f"{n} elements in place")
        yield as_bytes(got)


def strides(kernel, arrays, params):
    """Every second, backwards, rows with gaps between them, columns."""
    for way in (lambda a: a[::2], lambda a: a[::-3], lambda a: a.reshape(8, 50)[:, 3:41], lambda a: a.reshape(8, 50)[::-1, :9].T):
        yield as_bytes(kernel.ufunc(*map(way, arrays), *[way(p) if np.ndim(p) else p for p in params]))


def joined(part, *args):
    return np.frombuffer(b"".join(part(*args)), np.uint8)


def kernel_cases(kernel, dtype):
    x = sweep(dtype)
    arrays = [gradients(x.size, dtype)] * (kernel.inputs[0] == "dy") + [x]
    arrays += [ordinary(x.size, dtype, 3)] * (kernel.arrays - len(arrays))
    turned = np.arange(x.size) * 40503 % x.size
    yield "turned", 1, partial(kernel.ufunc, *[a[turned] for a in arrays], *kernel.needed)
    for form, params in params_of(kernel, dtype, x.size):
        yield form, 1, partial(kernel.ufunc, *arrays, *params)
    few = [np.where(np.arange(400) % 3 == 0, np.resize(a[x.size // 3:], 400), ordinary(400, dtype, 30 + i))
           for i, a in enumerate(arrays)]
    for form, params in params_of(kernel, dtype, 400):
        for part in (lengths, strides):
            yield f"{form} {part.__name__}", None, partial(joined, part, kernel, few, params)


def row_cases(row, dtype):
    for shape, axis in (((67, 68), -1), ((67, 68), 0), ((3, 700), -1), ((700, 48), 0), ((2, 4500), -1), ((5, 6, 7), 1)):
        n = int(np.prod(shape))
        arrays = [ordinary(n, dtype, 40).reshape(shape), ordinary(n, dtype, 42, False).reshape(shape)][2 - row.arrays:]
        yield f"{shape} {axis}", None, partial(row.ufunc, *arrays, axis=axis)
        yield f"{shape} {axis} calm", None, partial(row.ufunc, *map(calm, arrays), axis=axis)
    x = calm(ordinary(400, dtype, 50))
    yield "lengths", None, lambda: tuple(row.ufunc(*[x[:n]] * row.arrays) for n in LENGTHS[1:])


def bias_cases(name, dtype):
    kernel, form = functions[name], Format(dtype)
    params = dict(zip(kernel.params, kernel.needed, strict=False))
    infinity = form.number(form.bias + 1)
    special = of_bits([infinity, infinity | form.sign, infinity + 1, infinity + (1 << (form.mantissa - 1))], dtype)
    for shape, axis in (((37, 129), -1), ((129, 37), 0), ((3, 5, 70), 1), ((2, 3000), -1)):
        n, channels = int(np.prod(shape)), shape[axis]
        dy, x = gradients(n, dtype).reshape(shape), ordinary(n, dtype, 60).reshape(shape).copy()
        bias = ordinary(channels, dtype, 62).copy()
        # Infinities of both signs and two NaN meet others.
        bias[:4] = special
        np.moveaxis(x, axis, -1)[(0,) * (x.ndim - 2)][:2, :4] = [np.roll(special, i) for i in (1, 2)]
        yield f"bias_act {shape} {axis}", None, partial(fr.bias_act, x, bias, name, axis, **params)
        yield f"bias_act_backward_ {shape} {axis}", None, lambda dy=dy, x=x, bias=bias, axis=axis: fr.bias_act_backward_(
            dy.copy(), x, bias, name, axis, **params)
        yield f"bias_act_backward_ {shape} {axis} calm", None, lambda dy=dy, x=x, bias=bias, axis=axis: fr.bias_act_backward_(
            calm(dy), calm(x), calm(bias), name, axis, **params)


def masks(dtype):
    x, dy = sweep(dtype)[:65536], gradients(65536, dtype)
    for n in (*LENGTHS, 1000, 4100, 65536):
        y = x[n % 7:][:n].copy()
        mask = fr.relu_bitmask_(y)
        yield from map(as_bytes, (y, mask, *[fr.relu_bitmask_backward_(dy[:n].copy(), mask[:n], scale) for scale in (1, 0.3)]))


def on_threads(name, dtype):
    """Three threads, which give what one gives."""
    x = ordinary(300_001, dtype, 70)
    act, arrays = fr.get(name), [gradients(x.size, dtype), x]
    with fr.num_threads(1):
        alone = act.forward(x), act.backward(*arrays)
    for _ in range(3):
        with fr.num_threads(3):
            if as_bytes((act.forward(x), act.backward(*arrays))) != as_bytes(alone):
                raise AssertionError("three threads are not as one")
    return alone


def all_cases():
    for dtype in floats():
        for kernel in functions.values():
            yield from ((f"{kernel} {dtype}", *rest) for rest in kernel_cases(kernel, dtype))
        for row in rows.values():
            yield from ((f"{row} {dtype}", *rest) for rest in row_cases(row, dtype))
        for name in fr.names():
            yield from ((f"{name} {dtype}", *rest) for rest in bias_cases(name, dtype))
        yield f"relu {dtype}", "bits", None, partial(joined, masks, dtype)
        for name in ("relu", "leaky_relu", "gelu"):
            yield f"{name} {dtype}", "threads", 1, partial(on_threads, name, dtype)
    for dtype, kernel in itertools.product(INTEGERS, functions.values()):
        if kernel.integers:
            yield from ((f"{kernel} {dtype.char}", *rest) for rest in kernel_cases(kernel, dtype))


part, of, also = *map(int, sys.argv[1:3] or (0, 1)), sys.argv[3:]
for i, (of_what, what, rooms, call) in enumerate(all_cases()):
    if i % of != part and what not in also:
        continue
    try:
        print(of_what, what, hashlib.sha256(bytes_in(ROOMS[:rooms], call)).hexdigest()[:16])
    except AssertionError as error:
        print(of_what, what, error)
