# SPDX-License-Identifier: BSD-3-Clause
"""API.md section 5: what a user is told about bad input in place, and that nothing was written."""

import tracemalloc

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr

pytestmark = [pytest.mark.shapes, pytest.mark.in_place]
F32 = np.dtype("f")


def _refused(kernel, arrays, error, *words, params=None):
    """The call raises, its message has the words, and no array changed."""
    params = support.given_params(kernel) if params is None else params
    before = [np.array(a, copy=True) if isinstance(a, np.ndarray) else None for a in arrays]
    with pytest.raises(error) as caught:
        kernel.in_place(*arrays, *params)
    assert type(caught.value) in (error, *error.__subclasses__())
    assert not isinstance(caught.value, UnicodeError)
    for word in [kernel.name + "_", *words]:
        assert word in str(caught.value), f"{word!r} is not in: {caught.value}"
    for array, old in zip(arrays, before, strict=True):
        if old is not None:
            same_bytes(np.array(array), old, f"{kernel}_ wrote")


def test_read_only(kernel, any_dtype, fast):
    params = () if any_dtype.kind in "iu" and not kernel.required else None
    for n in (0, 1, 5, 5000):
        arrays = support.operands(kernel, n, any_dtype)
        arrays[0].flags.writeable = False
        _refused(kernel, arrays, ValueError, "read-only", params=params)
        if n > 1:
            _refused(kernel, [arrays[0][::2], *[a[::2] for a in arrays[1:]]], ValueError, "read-only", params=params)


def test_read_only_other_operands_are_fine(kernel):
    arrays = support.operands(kernel, 100, F32)
    for a in arrays[1:]:
        a.flags.writeable = False
    kernel.in_place(*arrays, *support.given_params(kernel))


class Tensor:
    """What other libraries' arrays are to NumPy: no ndarray, with a shape that is no tuple."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.shape = list(self.values.shape)
        self.dtype = f"tensor's {self.values.dtype}"

    def __array__(self, dtype=None, copy=None):
        return self.values


def test_other_operands_may_be_anything(kernel, fast):
    """What np.asarray takes, 0-d parameters too; only what is overwritten must be an ndarray."""
    arrays = [a.clip(-4, 4) for a in support.operands(kernel, 8, F32)]
    params = support.given_params(kernel)
    zero_d = [np.float32(p) for p in params]
    wanted = support.as_tuple(kernel.ufunc(*arrays, *zero_d))
    for make in (Tensor, lambda a: memoryview(np.array(a)) if np.ndim(a) else np.array(a)):
        target = arrays[0].copy()
        got = support.as_tuple(kernel.in_place(target, *map(make, arrays[1:]), *map(make, zero_d)))
        assert got[0] is target
        for g, want in zip(got, wanted, strict=True):
            same_bytes(g, want, kernel)
    # A list has Python's floats: computed in float64, and cast back.
    target = arrays[0].copy()
    kernel.in_place(target, *[a.tolist() for a in arrays[1:]], *[[float(p)] for p in params])
    with np.errstate(all="ignore"):
        wide = kernel.ufunc(*[a.astype("d") for a in arrays], *params)
        same_bytes(target, support.as_tuple(wide)[0].astype("f") if kernel.arrays > 1 or params else wanted[0], kernel)
    for wrong in (None, "text", [None], Tensor(["a"])):
        if kernel.arrays == 2:
            _refused(kernel, [arrays[0], wrong], TypeError, kernel.variable, "number")
    with pytest.raises(TypeError, match="Tensor"):
        kernel.in_place(*map(Tensor, arrays), *params)


def test_torch_tensors(fast):
    torch = pytest.importorskip("torch")
    x = torch.linspace(-1, 1, 5)
    dy, h = np.ones(5, "f"), -np.ones(5, "f")
    assert fr.relu_backward_(dy, x) is dy
    assert dy.tolist() == [0, 0, 0, 1, 1]
    assert fr.prelu_(h, x).tolist() == (-x).tolist()
    assert fr.leaky_relu_(-np.ones(2, "f"), negative_slope=torch.tensor(0.5)).tolist() == [-0.5, -0.5]


def test_not_an_array(kernel, fast):
    others = [np.ones(1, "f")] * (kernel.arrays - 1)
    for thing in ([1.0, -2.0], (1.0,), 3.0, -1, np.float32(-2), None, "text", bytearray(8), memoryview(b"abcd")):
        with support.trying(repr(thing)):
            _refused(kernel, [thing, *others], TypeError, type(thing).__name__)


def test_dtype_that_cannot_be_kept(kernel, fast):
    for code in ["?", "g", "F", "D", "O", "U3", "M8[s]", "m8[s]", "f,f"] + ([] if kernel.integers else ["b", "H", "q"]):
        array = np.zeros(6, code)
        _refused(kernel, [array, *[np.ones(6, "f")] * (kernel.arrays - 1)], TypeError, str(array.dtype))


def test_result_that_cannot_be_kept(kernel, fast):
    """An operand that would make the result's type too wide: never a silent cast to integers."""
    if not kernel.integers or kernel.arrays == 1:
        return
    dy = np.arange(6, dtype=np.int8)
    before = dy.copy()
    with pytest.raises(TypeError):
        kernel.in_place(dy, np.ones(6, "f"))
    same_bytes(dy, before)
    with pytest.raises(TypeError):
        kernel.in_place(np.ones(6, "f"), np.ones(6, complex))


def _strided(shape, strides, start=0):
    return np.lib.stride_tricks.as_strided(np.ones(60, "f")[start:], shape, strides)


OVERLAPPING = {
    "zero stride": lambda: _strided((50,), (0,)),
    "zero stride axis": lambda: _strided((3, 50), (4, 0)),
    "windows": lambda: _strided((10, 5), (4, 4)),
    "half an element": lambda: _strided((50,), (2,)),
    "contrived": lambda: _strided((3, 4), (12, 8)),
    "contrived negative": lambda: _strided((3, 4), (-12, 8), 20),
}


def test_overlapping_itself(kernel, fast):
    for label, make in OVERLAPPING.items():
        with support.trying(label):
            target = make()
            others = [np.ones(target.shape, "f")] * (kernel.arrays - 1)
            _refused(kernel, [target, *others], ValueError)


def test_overlap_is_found_at_once():
    """However many elements there are (to look at each would take years), and without memory."""
    base = np.zeros(1 << 20, "f")
    view = np.lib.stride_tricks.as_strided
    n = 1 << 30
    arrays = [
        np.lib.stride_tricks.sliding_window_view(base, 3, writeable=True),
        view(base, (n,), (0,)),
        view(base, (n, n), (0, 4)),
        view(base, (n,), (3,)),
        view(base, (1 << 19, 1 << 10), (4, 4)),
        view(base, (1 << 19,) * 3, (12, 20, 28)),
    ]
    for array in arrays:
        tracemalloc.start()
        with pytest.raises(ValueError, match="share memory"):
            fr.relu_(array)
        assert tracemalloc.get_traced_memory()[1] < 1e5
        tracemalloc.stop()


def test_overlap_is_exact():
    """Against all offsets written out, for strides of every kind."""
    rng = np.random.default_rng(0)
    base = np.zeros(100_000, np.uint8)
    found = [0, 0]
    for _ in range(3000):
        nd = rng.integers(1, 5)
        shape, strides = rng.integers(1, 5, nd), rng.integers(-40, 41, nd) * rng.choice([1, 4], nd)
        array = np.lib.stride_tricks.as_strided(base[50_000:50_004].view("f"), shape, strides)
        offsets = np.sort(sum(np.ix_(*[np.arange(n) * step for n, step in zip(shape, strides, strict=True)])), None)
        shared = bool((np.diff(offsets) < 4).any())
        found[shared] += 1
        if shared:
            with pytest.raises(ValueError, match="share memory"):
                fr.relu_(array)
        else:
            fr.relu_(array)
    assert min(found) > 300


INTERLACED = [
    ((3, 4), (4, 12)),
    ((3, 3), (8, 12)),
    ((2, 2), (12, 8)),
    ((1, 5), (0, 4)),
    ((5, 1), (4, 0)),
    ((2, 3, 1), (24, 4, 0)),
    ((3, 2), (8, 28)),
]


def test_interlaced_but_not_overlapping(kernel, fast):
    """Strange strides are no error as long as no two elements share memory."""
    for shape, strides in INTERLACED:
        with support.trying(f"shape {shape}, strides {strides}"):
            base = support.ordinary(64, F32)
            target = np.lib.stride_tricks.as_strided(base, shape, strides)
            offsets = np.add.outer(np.zeros(()), 0)
            for n, s in zip(shape, strides, strict=True):
                offsets = np.add.outer(offsets, np.arange(n) * s)
            shared = offsets.size and np.diff(np.sort(offsets, None)).min(initial=99) < 4
            others = support.operands(kernel, shape, F32)[1:]
            if shared:
                _refused(kernel, [target, *others], ValueError)
                continue
            wanted = support.as_tuple(kernel.ufunc(target.copy(), *others, *support.given_params(kernel)))[0]
            kernel.in_place(target, *others, *support.given_params(kernel))
            same_bytes(target.copy(), wanted, kernel)


MISMATCHED = [
    ((4,), (5,)),
    ((4, 5), (5, 4)),
    ((4, 5), (4,)),
    ((1,), (5,)),
    ((5,), (2, 5)),
    ((), (3,)),
    ((3, 1), (3, 4)),
    ((0,), (3,)),
    ((3,), (0,)),
]


def test_shapes_that_do_not_match(kernel, fast):
    """Both shapes are named. x may broadcast to dy; dy cannot grow."""
    for of_dy, of_x in MISMATCHED:
        with support.trying(f"shapes {of_dy} and {of_x}"):
            dy, x = np.ones(of_dy, "f"), np.ones(of_x, "f")
            if kernel.arrays == 2:
                _refused(kernel, [dy, x], ValueError, str(of_dy), str(of_x))
            elif kernel.params:  # a parameter in x's place
                _refused(kernel, [dy], ValueError, str(of_dy), str(of_x), params=(x,) * len(kernel.params))


def test_parameter_shapes_backward(kernel, fast):
    if kernel.params and kernel.arrays == 2:
        _refused(
            kernel,
            [np.ones((4, 5), "f"), np.ones(5, "f")],
            ValueError,
            "(4, 5)",
            "(4,)",
            params=(np.ones(4, "f"),) * len(kernel.params),
        )
