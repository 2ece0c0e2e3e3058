# SPDX-License-Identifier: BSD-3-Clause
# A bias and an activation in one pass, and ReLU with a mask of bits: from what a user gives to the grids of src_c/fused.c.
cdef tuple FLOATS = ("float16", "bfloat16", "float32", "float64")


cpdef int checked_axis(str who, axis, int nd) except -1:
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


cdef object lanes_of(str who, str what, value, dtype, lane, tuple shape, int axis, bint is_bias):
    """A bias or parameter, rounded to the dtype, as lanes that nobody else has: 1-D along the axis, or a number."""
    cdef object array
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        array = np.empty((), dtype)
        fr_store_param(DTYPES[dtype.name], value, PyArray_BYTES(<PyArrayObject *>array))
    else:
        array = np.asarray(value)
        refuse_no_numbers(who, what, array.dtype, value)
    if array.shape != (shape[axis],) and (is_bias or array.ndim):
        raise ValueError(f"{who}(): {what} must be {'' if is_bias else 'a number or '}1-D of length {shape[axis]}, the length of "
                         f"axis {axis} of shape {shape}; its shape is {array.shape}")
    if array.dtype == dtype:
        return np.array(array, lane, order="C", subok=False)
    return copied(copied(array, dtype), lane)


def coefficients(str who, Kernel k, tuple shape, dtype, bias, int axis, dict params):
    """The dtype of lanes, and in it the bias and all parameters of an activation."""
    lane = dtype if dtype.itemsize == 8 else np.dtype(np.float32)
    unknown = [name for name in params if name not in k.params]
    if unknown:
        has = [n if d is None else f"{n} (default {d:g})" for n, d in k.params.items()]
        raise TypeError(f"{who}() got an unexpected keyword argument {unknown[0]!r}; the parameters of {k.act.name} are: "
                        f"{', '.join(has) or 'none'}")
    missing = [name for name, default in k.params.items() if default is None and name not in params]
    if missing:
        raise TypeError(f"{who}() is missing {k.act.name}'s required parameter {missing[0]!r}")
    return lane, [lanes_of(who, "bias", bias, dtype, lane, shape, axis, True),
                  *[lanes_of(who, name, params.get(name, default), dtype, lane, shape, axis, False)
                    for name, default in k.params.items()]]


cdef bint plain(array, dtype):
    """Whether the C side can take an array as it is."""
    cdef PyArrayObject *a = <PyArrayObject *>array
    return array.dtype == dtype and PyArray_ISBEHAVED_RO(a) and PyArray_NDIM(a) <= FR_MAX_DIMS


cdef object fitting(array, dtype, tuple shape):
    """The array, if the C side can take it, else a copy, of the shape in either case."""
    if not plain(array, dtype):
        array = np.ascontiguousarray(copied(array, dtype)) if len(shape) != array.ndim else copied(array, dtype)
    return array.reshape(shape) if len(shape) != array.ndim else array


cdef int lay(fr_grid *grid, int operand, array) except -1:
    cdef PyArrayObject *a = <PyArrayObject *>array
    cdef int axis
    grid.nd = PyArray_NDIM(a)
    grid.data[operand] = PyArray_BYTES(a)
    for axis in range(grid.nd):
        grid.shape[axis] = PyArray_DIMS(a)[axis]
        grid.strides[operand][axis] = PyArray_STRIDES(a)[axis]
    return 0


cdef object run_bias(Kernel k, list arrays, out, int axis, lane, list along, bint summed):
    """act(x + bias) into `out`, of whose shape and dtype the arrays are, or dy by its slope; the sums of that."""
    cdef fr_grid grid
    cdef fr_loop *loop = fr_loop_for(k.index, DTYPES[lane.name], 0)
    cdef int dtype = DTYPES[out.dtype.name], i, a, first = k.arrays, last = k.arrays + 1 + k.param_count, failed
    cdef ptrdiff_t total = out.size
    cdef object sums = None
    cdef void *into = NULL
    if summed:
        sums = np.zeros(out.shape[axis], out.dtype)
        into = PyArray_BYTES(<PyArrayObject *>sums)
    if total == 0:
        return sums
    for i in range(first, last):
        coefficient = along[i - first]
        grid.data[i] = PyArray_BYTES(<PyArrayObject *>coefficient)
        for a in range(out.ndim):
            grid.strides[i][a] = 0
        if coefficient.ndim:
            grid.strides[i][axis] = coefficient.itemsize
    lay(&grid, last, out)
    for i in range(first):
        lay(&grid, i, arrays[i])
        if conflict(&grid, i, last, out.itemsize):
            arrays[i] = arrays[i].copy()
            lay(&grid, i, arrays[i])
    if blocks:
        tell_threads()
    if total < RELEASE:
        failed = fr_bias_act(loop, dtype, &grid, into)
    else:
        with nogil:
            failed = fr_bias_act(loop, dtype, &grid, into)
    if failed:
        raise MemoryError(f"no memory for the bias of {k.name}")
    return sums


cdef object run_fitted(Kernel k, list arrays, target, dtype, int axis, lane, list along, bint summed):
    """The same of any arrays; what the C side cannot take is copied, and back."""
    cdef tuple shape = target.shape
    if len(shape) > FR_MAX_DIMS:
        shape = (prod(shape[:axis]), shape[axis], prod(shape[axis + 1:]))
        axis = 1
    work = fitting(target, dtype, shape)
    arrays = [work if array is target else fitting(array, dtype, shape) for array in arrays]
    sums = run_bias(k, arrays, work, axis, lane, along, summed)
    if work is not target:
        copied_back(target, work)
    return sums


cdef int copied_back(target, work) except -1:
    with np.errstate(all="ignore"):
        np.copyto(target, work.reshape(target.shape), casting="same_kind")
    return 0


def result_dtype(str who, x, bias):
    """The dtype of act(x + bias), by NumPy's promotion; a list has no dtype, and takes that of x."""
    refuse_no_numbers(who, "x", x.dtype, x)
    dtype = x.dtype.newbyteorder("=")
    if not isinstance(bias, (list, tuple)):
        array = np.asarray(bias)
        refuse_no_numbers(who, "bias", array.dtype, bias)
        try:
            dtype = np.result_type(dtype, array.dtype)
        except TypeError:
            raise TypeError(f"{who}(): NumPy has no dtype for the sum of x, {dtype}, and bias, {array.dtype}") from None
    return dtype if dtype.name in FLOATS else np.result_type(dtype, np.float16)


def bias_act(Kernel k, x, bias, axis, out, dict params):
    x = np.asarray(x)
    cdef int along = checked_axis("bias_act", axis, x.ndim)
    dtype = result_dtype("bias_act", x, bias)
    lane, found = coefficients("bias_act", k, x.shape, dtype, bias, along, params)
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
        run_fitted(k, [x], out, dtype, along, lane, found, False)
    else:
        copied_back(out, bias_act(k, x, bias, axis, None, params))
    return out


cdef int refuse_no_float(str who, target) except -1:
    if target.dtype.name not in FLOATS:
        refuse_dtype(who, target, list(FLOATS))
    return 0


def bias_act_in_place(Kernel k, x, bias, axis, dict params):
    refuse_target("bias_act_", "works in place", "bias_act() returns a new result", x)
    refuse_no_float("bias_act_", x)
    cdef int along = checked_axis("bias_act_", axis, x.ndim)
    dtype = x.dtype.newbyteorder("=")
    lane, found = coefficients("bias_act_", k, x.shape, dtype, bias, along, params)
    run_fitted(k, [x], x, dtype, along, lane, found, False)
    return x


def bias_act_backward(Kernel k, dy, x, bias, axis, dict params):
    who = "bias_act_backward_"
    refuse_target(who, "works in place", "copy it first", dy)
    refuse_no_float(who, dy)
    if not isinstance(x, np.ndarray):
        x = np.asarray(x)
    refuse_no_numbers(who, "x", x.dtype, x)
    if x.shape != dy.shape:
        if not broadcasts(x.shape, dy.shape):
            raise ValueError(f"{who}(): x must have the shape of dy, {dy.shape}, or broadcast to it; its shape is {x.shape}")
        x = np.broadcast_to(x, dy.shape)
    cdef int along = checked_axis(who, axis, dy.ndim)
    dtype = dy.dtype.newbyteorder("=")
    lane, found = coefficients(who, k, dy.shape, dtype, bias, along, params)
    return dy, run_fitted(k, [dy, x], dy, dtype, along, lane, found, True)


cdef object run_bits(Kernel k, target, unsigned char *bits, factor):
    """ReLU and its bits; or with a factor, in lanes, the gradient by bits."""
    cdef fr_grid grid
    cdef fr_loop *loop = fr_loop_for(k.index, DTYPES[target.dtype.name], 0)
    cdef const void *scale = NULL if factor is None else PyArray_BYTES(<PyArrayObject *>factor)
    dtype = target.dtype.newbyteorder("=")
    work = target
    if not plain(target, dtype):
        work = np.ascontiguousarray(copied(target, dtype)).reshape(-1)
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
    refuse_no_float("relu_bitmask_", x)
    mask = np.empty((x.size + 7) // 8, np.uint8)
    run_bits(k, x, <unsigned char *>PyArray_BYTES(<PyArrayObject *>mask), None)
    return mask


def relu_bitmask_backward(Kernel k, dy, mask, scale):
    who = "relu_bitmask_backward_"
    refuse_target(who, "works in place", "copy it first", dy)
    refuse_no_float(who, dy)
    mask = np.asarray(mask)
    if mask.dtype != np.uint8 or mask.size != (dy.size + 7) // 8:
        raise ValueError(f"{who}(): mask must be {(dy.size + 7) // 8} elements of uint8, a bit for each of dy's {dy.size}; it is "
                         f"{mask.size} of {mask.dtype}")
    mask = np.ascontiguousarray(mask)
    if np.may_share_memory(mask, dy):
        mask = mask.copy()
    if np.ndim(scale):
        raise TypeError(f"{who}(): scale must be a number; it is an array of shape {np.shape(scale)}")
    dtype = dy.dtype.newbyteorder("=")
    lane = dtype if dtype.itemsize == 8 else np.dtype(np.float32)
    factor = lanes_of(who, "scale", scale, dtype, lane, (0,), 0, False)
    return run_bits(k, dy, <unsigned char *>PyArray_BYTES(<PyArrayObject *>mask), factor)
