# SPDX-License-Identifier: BSD-3-Clause
# A bias and an activation in one pass, and ReLU with a mask of bits: from what a user gives to the grids of src_c/fused.c.
cdef int checked_axis(str who, axis, int nd) except -1:
    """The axis, counted from the front."""
    try:
        number = index(axis)
    except TypeError:
        raise TypeError(f"{who}(): axis must be an int; it is {axis!r}") from None
    if not -nd <= number < nd:
        raise np.exceptions.AxisError(number, nd, f"{who}()")
    return number % nd


cdef object copied(value, dtype):
    """A new array of a dtype, in the layout of the old one: without a warning, whatever the floating-point environment is."""
    cdef fr_fpenv env
    with np.errstate(all="ignore"):
        env = fr_fpenv_enter()
        try:
            return np.array(value, dtype, subok=False)
        finally:
            fr_fpenv_leave(env)


cdef object coefficient(Kernel k, str who, str what, value, dtype, PyArrayObject *target, int axis, bint is_bias):
    """A bias or parameter, rounded to the dtype, as an array that nobody else has: 1-D along the target's axis, or a number."""
    cdef ptrdiff_t channels = PyArray_DIMS(target)[axis]
    cdef PyArrayObject *a
    cdef object array, shape
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        array = np.empty((), dtype)
        fr_store_param(sought_loop_of(k, dtype.num).dtype, value, PyArray_BYTES(<PyArrayObject *>array))
    else:
        array = value if isinstance(value, np.ndarray) else np.asarray(value)
    a = <PyArrayObject *>array
    if not (PyArray_NDIM(a) == 1 and PyArray_DIMS(a)[0] == channels) and (is_bias or PyArray_NDIM(a)):
        shape = (<object>target).shape
        raise ValueError(f"{who}(): {what} must be {'' if is_bias else 'a number or '}1-D of length {channels}, the length of "
                         f"axis {axis} of shape {shape}; its shape is {array.shape}")
    if array.dtype == dtype:
        return np.array(array, order="C", subok=False)
    refuse_no_numbers(who, what, array.dtype, value)
    return copied(array, dtype)


cdef list coefficients(str who, Kernel k, target, dtype, bias, int axis, dict params):
    """The bias, and all parameters of an activation."""
    cdef list found = [coefficient(k, who, "bias", bias, dtype, <PyArrayObject *>target, axis, True)]
    for name in params:
        if name not in k.params:
            has = [n if d is None else f"{n} (default {d:g})" for n, d in k.params.items()]
            raise TypeError(f"{who}() got an unexpected keyword argument {name!r}; the parameters of {k.act.name} are: "
                            f"{', '.join(has) or 'none'}")
    for name, value in k.params.items():
        value = params.get(name, value)
        if value is None:
            raise TypeError(f"{who}() is missing {k.act.name}'s required parameter {name!r}")
        found.append(coefficient(k, who, name, value, dtype, <PyArrayObject *>target, axis, False))
    return found


cdef bint plain(array, dtype):
    """Whether the C side can take an array as it is."""
    cdef PyArrayObject *a = <PyArrayObject *>array
    return PyArray_NDIM(a) <= FR_MAX_DIMS and PyArray_ISBEHAVED_RO(a) and array.dtype == dtype


cdef object fitting(array, dtype, tuple shape):
    """The array, if the C side can take it, else a copy, of the shape in either case."""
    if not plain(array, dtype):
        array = copied(array, dtype)
    return array if len(shape) == array.ndim else np.ascontiguousarray(array).reshape(shape)


cdef int lay(fr_grid *grid, int operand, array) except -1:
    cdef PyArrayObject *a = <PyArrayObject *>array
    cdef int axis
    grid.nd = PyArray_NDIM(a)
    grid.data[operand] = PyArray_BYTES(a)
    for axis in range(grid.nd):
        grid.shape[axis] = PyArray_DIMS(a)[axis]
        grid.strides[operand][axis] = PyArray_STRIDES(a)[axis]
    return 0


cdef object run_bias(Kernel k, list arrays, out, int axis, list along, bint summed):
    """act(x + bias) into `out`, of whose shape and dtype the arrays are, or dy by its slope; the sums of that."""
    cdef fr_grid grid
    cdef fr_loop *loop = sought_loop_of(k, PyArray_TYPE(<PyArrayObject *>out))
    cdef int size = fr_item_size(loop.dtype), i, a, first = k.arrays, last = k.arrays + 1 + k.param_count, failed
    cdef ptrdiff_t total = PyArray_SIZE(<PyArrayObject *>out)
    cdef PyArrayObject *one
    cdef object sums = None
    cdef void *into = NULL
    if summed:
        sums = np.zeros(out.shape[axis], out.dtype)
        into = PyArray_BYTES(<PyArrayObject *>sums)
    if total == 0:
        return sums
    lay(&grid, last, out)
    for i in range(first, last):
        one = <PyArrayObject *>along[i - first]
        grid.data[i] = PyArray_BYTES(one)
        for a in range(grid.nd):
            grid.strides[i][a] = 0
        if PyArray_NDIM(one):
            grid.strides[i][axis] = size
    for i in range(first):
        lay(&grid, i, arrays[i])
        if conflict(&grid, i, last, size):
            arrays[i] = arrays[i].copy()
            lay(&grid, i, arrays[i])
    if blocks:
        tell_threads()
    if total < RELEASE:
        failed = fr_bias_act(loop, &grid, into)
    else:
        with nogil:
            failed = fr_bias_act(loop, &grid, into)
    if failed:
        raise MemoryError(f"no memory for the bias of {k.name}")
    return sums


cdef object run_fitted(Kernel k, list arrays, target, dtype, int axis, list along, bint summed):
    """The same of any arrays; what the C side cannot take is copied, and back."""
    cdef tuple shape = target.shape
    if len(shape) > FR_MAX_DIMS:
        shape = (prod(shape[:axis]), shape[axis], prod(shape[axis + 1:]))
        axis = 1
    work = fitting(target, dtype, shape)
    arrays = [work if array is target else fitting(array, dtype, shape) for array in arrays]
    sums = run_bias(k, arrays, work, axis, along, summed)
    if work is not target:
        copied_back(target, work)
    return sums


cdef int copied_back(target, work) except -1:
    with np.errstate(all="ignore"):
        np.copyto(target, work.reshape(target.shape), casting="same_kind")
    return 0


cdef object float_dtype(Kernel k, str who, target):
    """The dtype of what is overwritten, in native byte order."""
    cdef fr_loop *loop = sought_loop_of(k, PyArray_TYPE(<PyArrayObject *>target))
    if loop == NULL or loop.dtype < FR_f16:
        refuse_dtype(who, target, ["bfloat16", "float16", "float32", "float64"])
    dtype = target.dtype
    return dtype if dtype.isnative else dtype.newbyteorder("=")


cdef object result_dtype(str who, x, bias):
    """The dtype of act(x + bias), by NumPy's promotion; a list has no dtype, and takes that of x."""
    dtype = x.dtype if x.dtype.isnative else x.dtype.newbyteorder("=")
    if isinstance(bias, np.ndarray) and bias.dtype == dtype and dtype.kind == "f" and dtype.itemsize <= 8:
        return dtype
    refuse_no_numbers(who, "x", dtype, x)
    if not isinstance(bias, (list, tuple)):
        array = np.asarray(bias)
        refuse_no_numbers(who, "bias", array.dtype, bias)
        try:
            dtype = np.result_type(dtype, array.dtype)
        except TypeError:
            raise TypeError(f"{who}(): NumPy has no dtype for the sum of x, {dtype}, and bias, {array.dtype}") from None
    return np.result_type(dtype, np.float16) if dtype.kind in "iub" else dtype


def spread(Kernel k, x, bias, axis, dict params):
    """Of bias_act's operands, for an x that is no plain array: the result's dtype, and bias and all parameters as they broadcast
    to x."""
    cdef int along = checked_axis("bias_act", axis, x.ndim)
    dtype = result_dtype("bias_act", x, bias)
    like = np.broadcast_to(np.empty((), bool), x.shape)
    found = coefficients("bias_act", k, like, dtype, bias, along, params)
    return dtype, [a.reshape(-1, *[1] * (x.ndim - along - 1)) if a.ndim else a for a in found]


def bias_act(Kernel k, x, bias, axis, out, dict params):
    if not isinstance(x, np.ndarray):
        x = np.asarray(x)
    cdef int along = checked_axis("bias_act", axis, x.ndim)
    dtype = result_dtype("bias_act", x, bias)
    found = coefficients("bias_act", k, x, dtype, bias, along, params)
    if not plain(x, dtype):
        x = copied(x, dtype)
    if out is None:
        out = np.empty_like(x, subok=False)
    else:
        if not isinstance(out, np.ndarray):
            raise TypeError(f"bias_act(): out must be a numpy.ndarray; it is {type(out).__name__}")
        refuse_target("bias_act", "writes into out", "give another", out)
        if out.shape != x.shape:
            raise ValueError(f"bias_act(): out must have the shape of x, {x.shape}; it has {out.shape}")
        if not np.can_cast(dtype, out.dtype, "same_kind"):
            raise TypeError(f"bias_act(): out of dtype {out.dtype} cannot hold {dtype}")
    if out.dtype == dtype:
        run_fitted(k, [x], out, dtype, along, found, False)
    else:
        copied_back(out, bias_act(k, x, bias, axis, None, params))
    return out


def bias_act_in_place(Kernel k, x, bias, axis, dict params):
    refuse_target("bias_act_", "works in place", "bias_act() returns a new result", x)
    dtype = float_dtype(k, "bias_act_", x)
    cdef int along = checked_axis("bias_act_", axis, x.ndim)
    run_fitted(k, [x], x, dtype, along, coefficients("bias_act_", k, x, dtype, bias, along, params), False)
    return x


def bias_act_backward(Kernel k, dy, x, bias, axis, dict params):
    who = "bias_act_backward_"
    refuse_target(who, "works in place", "copy it first", dy)
    dtype = float_dtype(k, who, dy)
    if not isinstance(x, np.ndarray):
        x = np.asarray(x)
    refuse_no_numbers(who, "x", x.dtype, x)
    if x.shape != dy.shape:
        if not broadcasts(x.shape, dy.shape):
            raise ValueError(f"{who}(): x must have the shape of dy, {dy.shape}, or broadcast to it; its shape is {x.shape}")
        x = np.broadcast_to(x, dy.shape)
    cdef int along = checked_axis(who, axis, dy.ndim)
    return dy, run_fitted(k, [dy, x], dy, dtype, along, coefficients(who, k, dy, dtype, bias, along, params), True)


cdef object run_bits(Kernel k, target, dtype, unsigned char *bits, factor):
    """ReLU and its bits; or with a factor the gradient by bits."""
    cdef fr_grid grid
    cdef fr_loop *loop = loop_of(k, dtype.num)
    cdef const void *scale = NULL if factor is None else PyArray_BYTES(<PyArrayObject *>factor)
    work = target if plain(target, dtype) else np.ascontiguousarray(copied(target, dtype)).reshape(-1)
    lay(&grid, 0, work)
    if blocks:
        tell_threads()
    with nogil:
        if scale == NULL:
            fr_relu_to_bits(loop, &grid, bits)
        else:
            fr_relu_backward_by_bits(loop, &grid, bits, scale)
    if work is not target:
        copied_back(target, work)
    return target


def relu_bitmask(Kernel k, x):
    refuse_target("relu_bitmask_", "works in place", "copy it first", x)
    dtype = float_dtype(k, "relu_bitmask_", x)
    mask = np.empty((x.size + 7) // 8, np.uint8)
    run_bits(k, x, dtype, <unsigned char *>PyArray_BYTES(<PyArrayObject *>mask), None)
    return mask


def relu_bitmask_backward(Kernel k, dy, mask, scale):
    who = "relu_bitmask_backward_"
    refuse_target(who, "works in place", "copy it first", dy)
    dtype = float_dtype(k, who, dy)
    mask = np.asarray(mask)
    if mask.dtype != np.uint8 or mask.size != (dy.size + 7) // 8:
        raise ValueError(f"{who}(): mask must be {(dy.size + 7) // 8} elements of uint8, a bit for each of dy's {dy.size}; it is "
                         f"{mask.size} of {mask.dtype}")
    if not isinstance(scale, (int, float)) and np.ndim(scale):
        raise TypeError(f"{who}(): scale must be a number; it is an array of shape {np.shape(scale)}")
    mask = np.ascontiguousarray(mask)
    if (mask.base is not None or dy.base is not None) and np.may_share_memory(mask, dy):
        mask = mask.copy()
    factor = coefficient(k, who, "scale", scale, dtype, <PyArrayObject *>mask, 0, False)
    return run_bits(k, dy, dtype, <unsigned char *>PyArray_BYTES(<PyArrayObject *>mask), factor)
