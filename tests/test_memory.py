# SPDX-License-Identifier: BSD-3-Clause
"""Nothing outside: guard pages around every buffer, overlapping memory, and more than 2^31 elements."""

import ctypes
import itertools
import mmap
import os
import sys
import tempfile

import numpy as np
import pytest
import support
from hypothesis import given, settings
from hypothesis import strategies as st
from support import SHAPES, same_bytes

import fastrelu as fr
from fastrelu import _ufuncs

PAGE = mmap.PAGESIZE


class Guarded:
    """Memory between two pages that cannot be touched. It is never given back: arrays may outlive this object."""

    def __init__(self, pages=4):
        libc = ctypes.CDLL(None, use_errno=True)
        self.size = pages * PAGE
        self.map = mmap.mmap(-1, self.size + 2 * PAGE)
        self.start = ctypes.addressof(ctypes.c_char.from_buffer(self.map))
        libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        for page in (self.start, self.start + PAGE + self.size):
            assert libc.mprotect(page, PAGE, 0) == 0, os.strerror(ctypes.get_errno())
        self.bytes = np.frombuffer(self.map, np.uint8, self.size, PAGE)

    def array(self, dtype, n, at):
        """n elements flush with the end (at = "end"), or `at` elements from the start."""
        start = self.size - n * dtype.itemsize if at == "end" else at * dtype.itemsize
        return self.bytes[start : start + n * dtype.itemsize].view(dtype)

    def strided(self, dtype, n, step):
        """n elements, `step` apart, the last one flush with the end; reversed where step is negative."""
        if n == 0:
            return self.array(dtype, 0, "end")
        span = (n - 1) * abs(step) + 1
        view = self.array(dtype, span, "end")[:: abs(step)]
        return view[::-1] if step < 0 else view


LENGTHS = [*range(132), 191, 192, 193, 200, 255, 256, 257, 300, 511, 513, 1000]
FEW_LENGTHS = [0, 1, 3, 7, 8, 15, 16, 17, 31, 32, 33, 61, 63, 64, 65, 96, 127, 129, 200, 300]
PLACES = ["end", "start", "in end, out start", "in start, out end", "in place", "shifted", 2, -3]


def guard_run(isa, case_path):
    """Runs in a process of its own, for it may crash; the file then says in which case. One function of each shape is tried at
    every length in every place, every other one at some, flush with the guard behind: the loops are the same."""
    _ufuncs.init(isa)
    case = os.open(case_path, os.O_WRONLY | os.O_CREAT)
    areas = [Guarded() for _ in range(6)]
    for kernel in support.KERNELS:
        shapes = kernel in support.SHAPES
        for dtype in support.loops_of(kernel):
            # What is expected is of the middle of a long array.
            source, middle = support.operands(kernel, 1300, dtype), slice(150, 1150)
            with np.errstate(all="ignore"):
                params = [np.full(1300, p).astype(dtype) for p in support.given_params(kernel)] if dtype.kind not in "iu" else []
            wanted = [w[middle] for w in support.as_tuple(kernel.ufunc(*source, *params))]
            inputs = [a[middle] for a in [*source, *params]]
            what = f"{kernel} {dtype}"
            for n in LENGTHS if shapes else FEW_LENGTHS:
                for place in PLACES if shapes else ["end", "in place"]:
                    if isinstance(place, int) and n % 7 > 1 and n > 20:
                        continue
                    os.pwrite(case, f"{what} n={n} {place} ".ljust(100).encode(), 0)
                    _guarded_call(areas, kernel, dtype, n, place, inputs, wanted)
    os.pwrite(case, b"done".ljust(100), 0)


def _guarded_call(areas, kernel, dtype, n, place, source, wanted):
    inputs, k = [], 0
    for values in source:
        area = areas[k]
        if isinstance(place, int):
            view = area.strided(dtype, n, place)
        else:
            view = area.array(
                dtype, n, n % 16 + k if place == "shifted" else 0 if place in ("start", "in start, out end") else "end"
            )
        view[...] = values[:n]
        inputs.append(view)
        k += 1
    if place == "in place":
        got = support.as_tuple(support.in_place(kernel)(*inputs))
        same_bytes(got[0], wanted[0][:n], f"{kernel} {dtype} n={n} {place}")
        return
    outs = []
    for _ in range(kernel.outs):
        area = areas[k]
        area.bytes[...] = 0x5A
        if isinstance(place, int):
            outs.append(area.strided(dtype, n, place))
        else:
            outs.append(
                area.array(
                    dtype, n, (n * 3) % 16 if place == "shifted" else 0 if place in ("start", "in end, out start") else "end"
                )
            )
        k += 1
    kernel.ufunc(*inputs, out=tuple(outs))
    for i, (out, want) in enumerate(zip(outs, wanted, strict=True)):
        same_bytes(out, want[:n], f"{kernel} {dtype} n={n} {place}")
        area = areas[len(inputs) + i]
        written = np.count_nonzero(area.bytes != 0x5A)
        out.view(np.uint8 if out.flags.c_contiguous else support.unsigned(dtype))[...] = (
            0x5A if out.flags.c_contiguous else np.frombuffer(b"\x5a" * dtype.itemsize, support.unsigned(dtype))[0]
        )
        inside = written <= n * dtype.itemsize and (area.bytes == 0x5A).all()
        assert inside, f"{kernel} {dtype} n={n} {place}: wrote outside"


@pytest.mark.skipif(sys.platform == "win32", reason="mprotect")
@pytest.mark.parametrize("isa_name", support.ISAS)
def test_guard_pages(isa_name):
    """Lengths 0 to 131 and some larger, against both guards and at every alignment, contiguous and strided, out and in place."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "case")
        script = (
            f"import sys; sys.path.insert(0, {str(support.TESTS)!r}); import test_memory; "
            f"test_memory.guard_run({isa_name!r}, {path!r})"
        )
        done = support.python(script, timeout=240, check=False)
        with open(path) as file:
            case = file.read().strip()
    assert (done.returncode, case) == (0, "done"), f"exit {done.returncode} at: {case}\n{done.stderr[-2000:]}"


def test_guard_pages_guard():
    """The trap is armed: a byte read behind a guarded array kills the process."""
    script = f"""import sys; sys.path.insert(0, {str(support.TESTS)!r}); import test_memory, ctypes, numpy as np
area = test_memory.Guarded(); a = area.array(np.dtype('f'), 5, "end")
ctypes.string_at(a.ctypes.data + {{}}, 1)"""
    assert support.python(script.format(19), check=False).returncode == 0
    assert support.python(script.format(20), check=False).returncode < 0
    assert support.python(script.format(-4 * PAGE - 1 + 20), check=False).returncode < 0


# ---- overlap ----


def _view(draw, base, shape):
    """A view of `base` (1-D) of a shape: any step and start, axes of any order; no element of it twice."""
    sizes, extent = [], 1
    order = draw(st.permutations(range(len(shape))))
    strides = [0] * len(shape)
    for axis in order:
        step = draw(st.sampled_from([1, 1, 1, 2]))
        strides[axis] = extent * step
        extent = strides[axis] * max(1, shape[axis])
        sizes.append(step)
    span = sum((n - 1) * s for n, s in zip(shape, strides, strict=True))
    start = draw(st.integers(0, base.size - 1 - span))
    view = np.lib.stride_tricks.as_strided(base[start:], shape, [s * base.itemsize for s in strides])
    for axis in range(len(shape)):
        if draw(st.booleans()):
            view = np.flip(view, axis)
    return view


@settings(max_examples=800)
@given(st.data())
def test_overlap(data):
    """Inputs, parameters, where and outputs that share memory in any way: the answer is that on copies, as with any ufunc."""
    draw = data.draw
    kernel = draw(st.sampled_from(SHAPES))
    dtype = draw(st.sampled_from(support.loops_of(kernel)))
    shape = draw(st.sampled_from([(5,), (40,), (700,), (3, 7), (9, 90), (2, 3, 20), (1, 33)]))
    base = support.ordinary(8 * int(np.prod(shape)) + 40, dtype, draw(st.integers(0, 99)))
    count = kernel.arrays + (len(kernel.params) if dtype.kind not in "iu" and (kernel.required or draw(st.booleans())) else 0)
    inputs = [_view(draw, base, shape) for _ in range(count)]
    if draw(st.booleans()):
        inputs[-1] = inputs[-1][..., :1]
    elif draw(st.booleans()):  # an input whose elements share memory among themselves
        inputs[-1] = np.lib.stride_tricks.sliding_window_view(base, shape[-1])[3]
    if draw(st.booleans()):
        out = _view(draw, base, shape)
    else:
        out = draw(st.sampled_from([i for i in inputs if i.shape == shape and i.flags.writeable] or [_view(draw, base, shape)]))
    other = np.zeros(shape, dtype)
    outs = (out, other)[: kernel.outs] if draw(st.booleans()) else (other, out)[-kernel.outs :]
    keywords = {}
    if draw(st.integers(0, 2)) == 0:
        keywords["where"] = draw(st.sampled_from([True, base.view(np.uint8)[: shape[-1]] % 2 == 0]))
    copies = [i.copy() for i in inputs]
    wanted_outs = tuple(o.copy() for o in outs)
    kernel.ufunc(*copies, out=wanted_outs, **keywords)
    before, place = base.copy(), out.copy()
    kernel.ufunc(*inputs, out=outs, **keywords)
    for got, want in zip(outs, wanted_outs, strict=True):
        same_bytes(got, want, f"{kernel} shape {shape}")
    out[...] = place
    same_bytes(base, before, f"{kernel}: outside out")


@settings(max_examples=400)
@given(st.data())
def test_overlap_in_place(data):
    """dy and x that partly overlap: as if copied first."""
    draw = data.draw
    kernel = draw(st.sampled_from(SHAPES))
    dtype = draw(st.sampled_from(support.loops_of(kernel)))
    shape = draw(st.sampled_from([(5,), (60,), (700,), (4, 9), (6, 90)]))
    base = support.ordinary(8 * int(np.prod(shape)) + 40, dtype, draw(st.integers(0, 99)))
    count = kernel.arrays + (len(kernel.params) if dtype.kind not in "iu" and (kernel.required or draw(st.booleans())) else 0)
    arrays = [_view(draw, base, shape) for _ in range(count)]
    wanted = [w.copy() for w in support.as_tuple(kernel.ufunc(*[a.copy() for a in arrays]))]
    before = base.copy()
    old = arrays[0].copy()
    got = support.as_tuple(support.in_place(kernel)(*arrays))
    for g, w in zip(got, wanted, strict=True):
        same_bytes(g, w, f"{kernel}_ shape {shape}")
    arrays[0][...] = old
    same_bytes(base, before, f"{kernel}_: outside its first argument")


@pytest.mark.parametrize("kernel", [k for k in SHAPES if k.arrays == 2], ids=repr)
def test_shifted_large(kernel):
    """Overlap by one element where threads run."""
    base = support.ordinary(1_000_001, np.float32)
    params = support.given_params(kernel) if kernel.required else ()
    wanted = support.as_tuple(kernel.ufunc(base[:-1].copy(), base[1:].copy(), *params))[0]
    same_bytes(support.as_tuple(support.in_place(kernel)(base[:-1], base[1:], *params))[0], wanted, kernel)


@pytest.mark.parametrize("kernel", [k for k in SHAPES if k.outs == 2], ids=repr)
def test_two_outputs_must_not_be_one(kernel):
    """NumPy makes no promise for out=(a, a); nothing may crash, and any inputs as outputs are fine."""
    arrays, params = support.operands(kernel, 500, np.dtype("f")), support.given_params(kernel)
    wanted = kernel.ufunc(*arrays, *params)
    for first, second in itertools.permutations([None, *range(kernel.arrays)], 2):
        copies = [a.copy() for a in arrays]
        outs = tuple(None if i is None else copies[i] for i in (first, second))
        got = kernel.ufunc(*copies, *params, out=outs)
        assert all(out is None or g is out for g, out in zip(got, outs, strict=True))
        support.same_results(got, wanted, f"{kernel} to {first}, {second}")
    kernel.ufunc(*arrays, *params, out=(arrays[1], arrays[1]))


@pytest.mark.parametrize("kernel", [k for k in SHAPES if k.outs == 2], ids=repr)
def test_outputs_in_opposite_orders(kernel):
    """One output goes backwards through memory that an input holds: turning axes round cannot suit both outputs."""
    n, params = 2000, support.given_params(kernel)
    for start in (0, n // 2, n - 1):
        for backwards in range(kernel.outs):
            base = support.ordinary(3 * n, np.float32)
            inputs = [base[:n], *support.operands(kernel, n, np.dtype("f"))[1:]]
            outs = [np.empty(n, np.float32) for _ in range(kernel.outs)]
            outs[backwards] = base[start : start + n][::-1]
            wanted = kernel.ufunc(*[a.copy() for a in inputs], *params)
            support.same_results(kernel.ufunc(*inputs, *params, out=tuple(outs)), wanted, f"{kernel} from {start}")


def _memory():
    try:
        with open("/proc/meminfo") as file:
            return {line.split(":")[0]: int(line.split()[1]) << 10 for line in file}["MemAvailable"]
    except OSError:
        return 0


@pytest.mark.slow
@pytest.mark.skipif(_memory() < 6 << 30, reason="needs 6 GB free")
@pytest.mark.parametrize("threads", [1, 2])
def test_more_than_2_to_31_elements(threads):
    n = (1 << 31) + 1000
    x = np.full(n, -5, np.int8)
    marks = [0, 1, (1 << 31) - 1, 1 << 31, (1 << 31) + 1, n - 1]
    x[marks] = [1, 2, 3, 4, 5, 6]
    with fr.num_threads(threads):
        assert fr.relu_(x) is x
    assert x[marks].tolist() == [1, 2, 3, 4, 5, 6]
    assert np.count_nonzero(x) == len(marks)
    with fr.num_threads(threads):  # one column of many: a stride whose product with the index passes 2^31
        view = x.reshape(-1, 8)[:, 3]
        x[3 :: 1 << 20] = -1
        fr.relu_(view)
    assert np.count_nonzero(x) == len(marks)
    assert x[(1 << 31) + 1] == 5
