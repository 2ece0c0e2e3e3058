# SPDX-License-Identifier: BSD-3-Clause
"""ReLU that saves one bit an element: values, layouts, threads, bad input. Its guard pages are in test_bias.py."""

import fpenv
import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr

LENGTHS = [*range(140), 255, 256, 257, 511, 1000, 1023, 4100, 9001]


def bits_of(x):
    with np.errstate(invalid="ignore"):  # bfloat16's comparison with NaN
        return np.packbits(~(x <= 0), bitorder="little")


def selected(dy, mask, scale=1):
    """The gradient as NumPy's where has it."""
    keep = np.unpackbits(mask.ravel(), count=dy.size, bitorder="little").reshape(dy.shape).astype(bool)
    with np.errstate(all="ignore"):
        lane = np.float64 if dy.itemsize == 8 else np.float32
        product = dy if scale == 1 else (dy.astype(lane) * np.asarray(scale).astype(dy.dtype).astype(lane)).astype(dy.dtype)
    return np.where(keep, product, dy.dtype.type(0))


def same(got, want):
    """The same bytes but for which NaN it is."""
    same_bytes(*(np.where(np.isnan(a), got.dtype.type(np.nan), a) for a in (got, want)))


def test_every_pattern(dtype):
    """All 65,536 values of 16 bits, and patterns of the others."""
    x = support.patterns(dtype)
    want = fr.relu(x)
    for room in support.every_isa():
        with room:
            got = x.copy()
            same_bytes(fr.relu_bitmask_(got), bits_of(x))
            same_bytes(got, want)


def test_lengths_and_alignments(dtype):
    """The bits of a vec may begin within a byte."""
    source, rng = support.ordinary(9100, dtype), np.random.default_rng(1)
    for room in support.every_isa():
        with room:
            for n in LENGTHS:
                start = int(rng.integers(0, 90))
                x, dy = source[start : start + n].copy(), source[::-1][start : start + n].copy()
                memory = np.zeros(n + 64, dtype)
                view = memory[start % 64 : start % 64 + n]
                with support.trying(n, "elements from", start):
                    view[...] = x
                    mask = fr.relu_bitmask_(view)
                    same_bytes(mask, bits_of(x))
                    same_bytes(view, fr.relu(x))
                    view[...] = dy
                    assert fr.relu_bitmask_backward_(view, mask) is view
                    same_bytes(view, fr.relu_backward(dy, x))
                    memory[start % 64 : start % 64 + n] = 0
                    assert not memory.any()


def test_bits_that_end_in_a_second_word(dtype):
    """Behind a head, which a long array has, the tail's bits begin within a byte: up to 63 and 7 more."""
    least = 4096 // dtype.itemsize
    source = support.ordinary(least + 128, dtype)
    for room in support.every_isa():
        with room:
            for offset in range(1, 64 // dtype.itemsize, 3):
                for n in range(least + 56, least + 80, 2 if offset % 2 else 1):
                    with support.trying(n, "elements from", offset):
                        view = support.laid_out(source[:n], offset=offset)[0]
                        mask = fr.relu_bitmask_(view)
                        same_bytes(mask, bits_of(source[:n]))
                        view[...] = 1
                        same_bytes(fr.relu_bitmask_backward_(view, mask), selected(np.ones(n, dtype), mask))


def test_backward_selects_and_scales(dtype):
    """An infinite or NaN dy under a 0 bit gives 0. Scales are rounded to the dtype; the product is, once."""
    dy = np.resize(support.dy_values(dtype), 1000)
    mask = np.random.default_rng(2).integers(0, 256, 125, np.uint8)
    for scale in (1, 1.0, np.float32(1), 2, 1 / 0.9, -0.5, 0.0, np.inf, np.nan, 1e-3, np.array(0.3)):
        want, first = selected(dy, mask, scale), None
        for room in support.every_isa():
            with room, support.trying("scale", scale):
                got = fr.relu_bitmask_backward_(dy.copy(), mask, scale)
                first = got if first is None else first
                same(got, want)
                same_bytes(got, first)
                same_bytes(fr.relu_bitmask_backward_(dy.copy(), mask, scale=scale), first)


def test_layouts(dtype):
    """The mask is in the C order of the elements, wherever they lie."""
    x, dy = support.ordinary((7, 5, 33), dtype, 1), support.ordinary((7, 5, 33), dtype, 2)
    want, gradient = fr.relu(x), fr.relu_backward(dy, x)
    mask = bits_of(x)
    ways = [{"order": (2, 1, 0)}, {"order": (1, 2, 0)}, {"steps": (1, 1, 2)}, {"steps": (-1, 2, -1)}, {"offset": 5}, {"shift": 1},
            {"swapped": True}, {}]
    for room in support.every_isa():
        with room:
            for way in ways:
                with support.trying(way):
                    view, buffer = support.laid_out(x, **way)
                    before = buffer.copy()
                    same_bytes(fr.relu_bitmask_(view), mask)
                    same_bytes(view.astype(dtype), want)
                    assert support.untouched(view, buffer, before)
                    view, buffer = support.laid_out(dy, **way)
                    before = buffer.copy()
                    same_bytes(fr.relu_bitmask_backward_(view, mask).astype(dtype), gradient)
                    assert support.untouched(view, buffer, before)
    deep = x.reshape(7, 5, 33, *[1] * 7).copy("F")
    same_bytes(fr.relu_bitmask_(deep), mask)
    same_bytes(deep.reshape(x.shape), want)


def test_0d_and_empty(dtype):
    x = np.array(-2, dtype)
    same_bytes(fr.relu_bitmask_(x), np.zeros(1, np.uint8))
    assert x == 0
    assert fr.relu_bitmask_backward_(x, np.ones(1, np.uint8), 3) is x
    empty = np.zeros((0, 3), dtype)
    mask = fr.relu_bitmask_(empty)
    assert (mask.dtype, mask.shape) == (np.uint8, (0,))
    assert fr.relu_bitmask_backward_(empty, mask) is empty


def test_masks():
    """Of any memory layout; more bits than elements mean nothing; memory that is dy's too is copied first."""
    dy = np.arange(1, 21, dtype=np.float32)
    mask = np.array([0b1010, 0xFF, 0xF1], np.uint8)
    want = selected(dy, mask)
    assert want[-4:].tolist() == [17, 0, 0, 0]
    column = np.zeros((3, 2), np.uint8)
    column[:, 1] = mask
    for given in (mask, column[:, 1], mask[::-1].copy()[::-1], mask.reshape(3, 1)):
        same_bytes(fr.relu_bitmask_backward_(dy.copy(), given), want)
    inside = dy.copy()
    own = inside[:3].view(np.uint8)[4:7]
    wanted = selected(inside, own.copy())
    same_bytes(fr.relu_bitmask_backward_(inside, own), wanted)


@pytest.mark.parametrize("n", [100_003, 7_000_001])
def test_threads(n):
    """Pieces of threads, and what is asked of memory ahead."""
    x = np.resize(support.ordinary(50_021, np.float32), n)
    mask = bits_of(x)
    for threads in (1, 2, 3):
        with fr.num_threads(threads), support.trying(threads, "threads"):
            got = x.copy()
            same_bytes(fr.relu_bitmask_(got), mask)
            same_bytes(got, fr.relu(x))
            same(fr.relu_bitmask_backward_(x.copy(), mask, 2), selected(x, mask, 2))


@pytest.mark.skipif(not fpenv.HAS_MXCSR, reason="MXCSR")
def test_floating_point_environment(dtype):
    x, dy = support.ordinary(1000, dtype), support.ordinary(1000, dtype, 1)
    mask = bits_of(x)
    want = fr.relu_bitmask_backward_(dy.copy(), mask, 1 / 3)
    with fpenv.mxcsr(fpenv.POWER_UP | fpenv.UP | fpenv.FTZ_DAZ):
        got = fr.relu_bitmask_backward_(dy.copy(), mask, 1 / 3)
        same_bytes(fr.relu_bitmask_(x), mask)
        assert fpenv.get() & ~fpenv.FLAGS == fpenv.POWER_UP | fpenv.UP | fpenv.FTZ_DAZ
    same_bytes(got, want)


def test_dead_units_of_a_mask():
    """fastrelu.diagnostics takes these masks, whole bytes a sample or not."""
    rng = np.random.default_rng(4)
    for shape in [(50, 16), (50, 13), (50, 3, 5)]:
        x = rng.standard_normal(shape).astype(np.float32)
        x[:, 2] = -1
        x[7, 0] = np.nan
        y = x.copy()
        dead = fr.diagnostics.dead_units_from_bitmask(fr.relu_bitmask_(y), shape)
        np.testing.assert_array_equal(dead, fr.diagnostics.dead_units(y))
        assert dead.any()
        assert not dead.all()


DY = np.ones((3, 4), np.float32)
MASK = np.ones(2, np.uint8)
READ_ONLY = np.ones(5, np.float32)
READ_ONLY.flags.writeable = False


@pytest.mark.parametrize(("x", "error", "words"), [
    (READ_ONLY, ValueError, "read-only"), ([1.0], TypeError, "ndarray.*list"), (np.float32(1), TypeError, "ndarray"),
    (np.broadcast_to(np.ones(1, "f"), 5), ValueError, "read-only"), (np.ones(3, int), TypeError, "int64.*float32"),
    (np.lib.stride_tricks.as_strided(np.ones(2, "f"), (4,), (0,)), ValueError, "share memory"),
    (np.ones(3, complex), TypeError, "complex128"), (np.ones(3, object), TypeError, "object")])
def test_bad_arrays(x, error, words):
    with pytest.raises(error, match=r"relu_bitmask_\(\).*" + words):
        fr.relu_bitmask_(x)
    with pytest.raises(error, match=r"relu_bitmask_backward_\(\).*" + words):
        fr.relu_bitmask_backward_(x, np.ones((np.size(x) + 7) // 8, np.uint8))


@pytest.mark.parametrize(("mask", "scale", "error", "words"), [
    (MASK[:1], 1, ValueError, "2 elements of uint8.*1 of uint8"), (np.ones(3, np.uint8), 1, ValueError, "2 elements.*3"),
    (MASK.astype(np.int8), 1, ValueError, "uint8.*int8"), (MASK.astype(bool), 1, ValueError, "bool"),
    ([1, 2], 1, ValueError, "int64"), (None, 1, ValueError, "object"), (np.ones(12, bool), 1, ValueError, "2 elements of uint8"),
    (MASK, [1, 2], TypeError, "scale"),
    (MASK, "a", TypeError, "scale"), (MASK, 1j, TypeError, "scale"), (MASK, None, TypeError, "scale")])
def test_bad_masks(mask, scale, error, words):
    dy = DY.copy()
    with pytest.raises(error, match=r"relu_bitmask_backward_\(\).*" + words):
        fr.relu_bitmask_backward_(dy, mask, scale)
    same_bytes(dy, DY)
