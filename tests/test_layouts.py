# SPDX-License-Identifier: BSD-3-Clause
"""Any shape and layout: the answer is that on plain C-ordered copies, and the gaps of views stay as they were."""

import contextlib

import numpy as np
import pytest
import support
from hypothesis import given, settings
from hypothesis import strategies as st
from support import same_bytes

import fastrelu as fr

pytestmark = pytest.mark.shapes
CASES = [(k, d) for k in support.SHAPES for d in support.loops_of(k)]


@st.composite
def layouts(draw, nd):
    return {
        "steps": draw(st.tuples(*[st.sampled_from([1, 1, 1, 2, 3, -1, -2])] * nd)),
        "order": draw(st.permutations(range(nd))),
        "offset": draw(st.integers(0, 9)),
        "shift": draw(st.sampled_from([0, 0, 0, 1, 3])),
        "swapped": draw(st.sampled_from([False, False, False, True])),
    }


def _lay(draw, values, plain=False):
    layout = draw(layouts(values.ndim))
    if plain:
        layout |= {"shift": 0, "swapped": False}
    if values.dtype.kind == "V":  # bfloat16 has no byte-swapped form
        layout |= {"swapped": False}
    return support.laid_out(values, **layout)


@st.composite
def problems(draw):
    """A kernel, operands that broadcast against each other in strange layouts, their plain copies, and outputs."""
    kernel, dtype = draw(st.sampled_from(CASES))
    shape = tuple(draw(st.lists(st.sampled_from([0, 1, 2, 3, 5, 17, 40]), max_size=4)))
    if np.prod(shape, dtype=int) > 20000:
        shape = shape[:2]
    seed = draw(st.integers(0, 1000))
    inputs, plain, shapes = [], [], []
    params = len(kernel.params) if dtype.kind not in "iu" and (kernel.required or draw(st.booleans())) else 0
    for i in range(kernel.arrays + params):
        own = list(shape[draw(st.integers(0, len(shape))) :] if i and draw(st.booleans()) else shape)
        for axis in range(len(own)):
            if i and draw(st.integers(0, 3)) == 0:
                own[axis] = 1
        values = support.ordinary(tuple(own), dtype, seed + i)
        if i >= kernel.arrays and draw(st.booleans()):
            values = np.array([0.25, 1.5]).astype(dtype)[i - kernel.arrays]
            own = []
        view = _lay(draw, values)[0]
        if i and own and draw(st.booleans()):  # zero strides
            view = np.broadcast_to(view, np.broadcast_shapes(view.shape, tuple(own)))
        inputs.append(view)
        plain.append(np.array(values, order="C"))
        shapes.append(values.shape)
    return kernel, dtype, inputs, plain, np.broadcast_shapes(*shapes)


@settings(max_examples=600)
@given(st.data())
def test_any_layout(data):
    """Every function against itself on plain copies; with out, in a layout of its own, its gaps untouched."""
    kernel, dtype, inputs, plain, shape = data.draw(problems())
    full = [np.broadcast_to(p, shape).ravel() for p in plain]
    wanted = (
        [np.asarray(w).reshape(shape) for w in support.as_tuple(kernel.ufunc(*full))]
        if shape
        else [np.asarray(w) for w in support.as_tuple(kernel.ufunc(*plain))]
    )
    got = support.as_tuple(kernel.ufunc(*inputs))
    for g, w in zip(got, wanted, strict=True):
        same_bytes(np.asarray(g), w, kernel)
    laid = [_lay(data.draw, np.zeros(shape, dtype)) for _ in range(kernel.outs)]
    before = [buffer.copy() for _, buffer in laid]
    result = support.as_tuple(kernel.ufunc(*inputs, out=tuple(view for view, _ in laid)))
    for r, (view, buffer), old, w in zip(result, laid, before, wanted, strict=True):
        assert r is view
        same_bytes(np.ascontiguousarray(view).astype(dtype).reshape(shape), w, kernel)
        assert support.untouched(view, buffer, old), f"{kernel} wrote between the elements of out"
    if inputs[0].shape == shape:
        target, buffer = _lay(data.draw, plain[0])
        old = buffer.copy()
        result = support.as_tuple(support.in_place(kernel)(target, *inputs[1:]))
        assert result[0] is target
        for r, w in zip(result, wanted, strict=True):
            same_bytes(np.ascontiguousarray(r).astype(dtype).reshape(shape), w, f"{kernel}_")
        assert support.untouched(target, buffer, old), f"{kernel}_ wrote between the elements"


VIEWS = {
    "row slice": lambda a: a[:, :900],
    "column slice": lambda a: a[:, 5:6],
    "F order": lambda a: a.T,
    "every other row": lambda a: a[::2],
    "reversed": lambda a: a[::-1, ::-1],
    "steps": lambda a: a[3::5, 2::7],
    "short rows": lambda a: a[:, 10:25],
    "0-d": lambda a: a[3, 4, ...],
    "empty": lambda a: a[:0],
    "empty columns": lambda a: a[:, :0],
    "one row": lambda a: a[7:8],
    "new axes": lambda a: a[None, :, None, :],
    "nine axes": lambda a: a[:16, :32].reshape((2, 2, 2, 2, 2, 2, 2, 2, 2))[..., ::-1],
}


def test_views(kernel, any_dtype):
    """The usual ways to slice a matrix, forward and in place; the rest of the matrix stays."""
    matrices = support.operands(kernel, (33, 1000), any_dtype)
    for room in support.every_isa():
        with room:
            for shape, take in VIEWS.items():
                _view(kernel, shape, take, [a.copy() for a in matrices])


def _view(kernel, shape, take, whole):
    with support.trying(shape):
        params = support.given_params(kernel) if kernel.required else ()
        views = [take(a) for a in whole]
        wanted = [
            np.asarray(w).reshape(views[0].shape)
            for w in support.as_tuple(kernel.ufunc(*[np.ascontiguousarray(v).reshape(v.size) for v in views], *params))
        ]
        for got, want in zip(support.as_tuple(kernel.ufunc(*views, *params)), wanted, strict=True):
            same_bytes(np.asarray(got), want, f"{kernel} {shape}")
        expected = whole[0].copy()
        take(expected)[...] = wanted[0]
        got = support.as_tuple(support.in_place(kernel)(*views, *params))
        assert got[0] is views[0]
        same_bytes(whole[0], expected, f"{kernel}_ {shape}")
        if kernel.outs > 1:
            same_bytes(np.asarray(got[1]), wanted[1], f"{kernel}_ {shape}")


def test_broadcasting_in_place(kernel, any_dtype):
    """x or y of fewer axes broadcasts to dy."""
    if kernel.arrays == 1:
        return
    params = support.given_params(kernel) if kernel.required else ()
    *others, x = support.operands(kernel, (20, 30), any_dtype)
    for small in (x[0], x[:1], x[:, :1], x[0, 0], x[0, 0, ...]):
        wanted = support.as_tuple(kernel.ufunc(*others, np.broadcast_to(small, x.shape).copy(), *params))
        copies = [a.copy() for a in others]
        for got, want in zip(support.as_tuple(support.in_place(kernel)(*copies, small, *params)), wanted, strict=True):
            same_bytes(got, want, kernel)


def test_byte_swapped_and_unaligned(kernel, any_dtype, fast):
    """In every operand, output and in place: the right answer, in the caller's byte order where it is written in place."""
    params = support.given_params(kernel) if kernel.required else ()
    arrays = support.operands(kernel, 300, any_dtype)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))
    for how in ({"swapped": True}, {"shift": 1}, {"swapped": True, "shift": 1, "steps": (2,)}):
        if (any_dtype.kind == "V" and "swapped" in how) or (any_dtype.itemsize == 1 and "shift" in how):
            continue
        placed = [support.laid_out(a, **how)[0] for a in arrays]
        for got, want in zip(support.as_tuple(kernel.ufunc(*placed, *params)), wanted, strict=True):
            assert got.dtype.isnative
            same_bytes(got, want, f"{kernel} {how}")
        outs = tuple(support.laid_out(w, **how)[0] for w in wanted)
        for out in outs:
            out[...] = 0
        kernel.ufunc(*placed, *params, out=outs)
        for got, want in zip(outs, wanted, strict=True):
            same_bytes(np.ascontiguousarray(got).astype(any_dtype), want, f"{kernel} out {how}")
        got = support.as_tuple(support.in_place(kernel)(*placed, *params))
        assert got[0] is placed[0]
        same_bytes(np.ascontiguousarray(got[0]).astype(any_dtype), wanted[0], f"{kernel}_ {how}")


def test_scalars_and_zero_size(kernel, any_dtype, fast):
    """Scalars give scalars, 0-d arrays too (as NumPy's ufuncs); in place a 0-d array stays one; zero-size arrays pass."""
    params = support.given_params(kernel) if kernel.required else ()
    arrays = support.operands(kernel, 1, any_dtype)
    for got in support.as_tuple(kernel.ufunc(*[a[0] for a in arrays], *params)):
        assert isinstance(got, np.generic)
        assert got.dtype == any_dtype
    zero_d = [a[0, ...].copy() for a in arrays]
    for got in support.as_tuple(kernel.ufunc(*zero_d, *params)):
        assert isinstance(got, np.generic)
    wanted = support.as_tuple(kernel.ufunc(*arrays, *params))[0]
    assert support.as_tuple(support.in_place(kernel)(*zero_d, *params))[0] is zero_d[0]
    same_bytes(zero_d[0].reshape(1), wanted, kernel)
    for shape in [(0,), (0, 3), (3, 0, 2)]:
        empty = [np.empty(shape, any_dtype) for _ in arrays]
        for got in support.as_tuple(kernel.ufunc(*empty, *params)):
            assert got.shape == shape
            assert got.dtype == any_dtype
        assert support.as_tuple(support.in_place(kernel)(*empty, *params))[0] is empty[0]


def _views(rng, count):
    """Arrays of every kind of strides: axes in any order, steps, reversed, broadcast, of length 0 and 1."""
    for _ in range(count):
        nd = rng.integers(1, 5)
        shape = [int(n) for n in rng.choice([0, 1, 2, 3, 4], nd, p=[0.03, 0.27, 0.2, 0.25, 0.25])]
        steps = [int(step) for step in rng.choice([1, 1, 1, 2, -1, -2], nd)]
        order = rng.permutation(nd)
        base = np.zeros([shape[axis] * abs(steps[axis]) for axis in order], "f").transpose(np.argsort(order))
        view = base[tuple(slice(None, None, step) for step in steps)]
        for axis in np.flatnonzero((rng.random(nd) < 0.25) & (np.array(shape) > 0)):
            view = np.broadcast_to(view[(slice(None),) * axis + (slice(1),)], shape)
        yield view


def _divmod(a, b):
    with np.errstate(all="ignore"):
        return np.divmod(a, b)


def test_layout_of_results(fast):
    """A result has the strides that NumPy's own ufuncs give it, for every view."""
    rng = np.random.default_rng(0)
    parts = _views(rng, 4000)
    for a, b in zip(parts, parts, strict=False):
        one, pair = np.negative(a), None
        if rng.random() < 0.5:
            b = a.copy("C" if rng.random() < 0.5 else "F") if rng.random() < 0.5 else np.zeros_like(a)[..., :1]
        with contextlib.suppress(ValueError):
            pair = np.add(a, b)
        for got in (fr.tanh(a), fr.elu(a), fr.elu(a, 0.5)):
            assert got.strides == one.strides, (a.shape, a.strides)
        if pair is not None:
            for got in (fr.relu_backward(a, b), fr.leaky_relu(a, b), fr.elu_backward(a, b, 0.5)):
                assert got.strides == pair.strides, (a.shape, a.strides, b.shape, b.strides)
            for got, want in zip(fr.prelu_backward(a, b, 0.5), _divmod(a, b), strict=True):
                assert got.strides == want.strides
