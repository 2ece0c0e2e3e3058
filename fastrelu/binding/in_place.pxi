# SPDX-License-Identifier: BSD-3-Clause
# The functions in place: what calling one does, and what is said of bad input.
cdef object in_place_call(PyObject *function, PyObject *const *args, size_t nargsf, PyObject *names):
    """NAME_(x, *params), NAME_backward_(dy, x, *params): the first array is the (first) output too."""
    cdef Kernel k = <Kernel>PyCFunction_GET_SELF(function)
    cdef Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), i
    cdef Call call
    cdef PyObject *result[2]
    call.param[0] = call.param[1] = call.out[0] = call.out[1] = NULL
    call.params_given = nargs > k.arrays
    if nargs < k.arrays or nargs > k.arrays + k.param_count:
        raise TypeError(f"{k.name}_({', '.join(k.inputs + k.param_names)}) was given {nargs} positional arguments")
    for i in range(k.arrays, nargs):
        call.param[i - k.arrays] = args[i]
    if names != NULL:
        sort_keywords(k, "_", args + nargs, names, True, False, &call)
    if k.required:
        missing_param(k, "_", &call)
    if k.limited and call.params_given:
        outside_limits(k, "_", &call)
    call.out[0] = args[0]
    if fast_path and run(k, args, &call, result):
        return as_result(k, result)
    arrays = [<object>args[i] for i in range(k.arrays)]
    params = [<object>call.param[i] if call.param[i] != NULL else k.defaults[i] for i in range(k.param_count)]
    return in_place_through_numpy(k, arrays, params if call.params_given else [])


cdef list in_place_operands(Kernel k, list arrays, list params):
    """The operands as NumPy takes them: what is wrong is said before anything is written."""
    target = arrays[0]
    name = k.name + "_"
    refuse_target(name, "works in place", f"{k.name}() returns a new result", target)
    cdef int typenum = target.dtype.num
    if sought_loop_of(k, typenum) == NULL:
        refuse_dtype(name, target, sorted([kept for kept in DTYPES
                                           if k.loops[TYPENUMS if kept == "bfloat16" else np.dtype(kept).num] != NULL]))
    arrays = [target, *[as_operand(k, name, value) for name, value in zip(k.inputs[1:], arrays[1:])]]
    params = [as_operand(k, name, value) for name, value in zip(k.param_names, params)]
    for other in [*arrays[1:], *params]:
        shape = np.shape(other)
        if not broadcasts(shape, target.shape):
            raise ValueError(f"{name}() works in place on an array of shape {target.shape}; "
                             f"an operand of shape {shape} does not broadcast to it")
    return [*arrays, *params]


cdef object in_place_through_numpy(Kernel k, list arrays, list params):
    """Everything that `run` leaves."""
    operands = in_place_operands(k, arrays, params)
    target = operands[0]
    ufunc = k.public_ufunc if params else k.hidden_ufunc
    if k.outs == 1:
        ufunc(*operands, out=target)
        return target
    result = ufunc(*operands, out=(target,) + (None,) * (k.outs - 1))
    return (target, *result[1:])


cdef int refuse_target(str name, str does, str advice, target) except -1:
    """What cannot be overwritten by the function, which `does` that."""
    if not isinstance(target, np.ndarray):
        raise TypeError(f"{name}() {does} on a numpy.ndarray, not on {type(target).__name__}; {advice}")
    if not target.flags.writeable:
        raise ValueError(f"{name}() {does}, and this array is read-only; {advice}")
    if overlaps_itself(target):
        raise ValueError(f"{name}() {does}, and elements of this array share memory (strides {target.strides}, "
                         f"shape {target.shape}); copy it first")
    return 0


cdef int refuse_dtype(str name, target, list kept) except -1:
    raise TypeError(f"{name}() cannot keep the dtype {target.dtype} in place: it keeps {', '.join(kept)}")


cdef bint broadcasts(tuple shape, tuple to):
    return len(shape) <= len(to) and all([a == 1 or a == b for a, b in zip(shape[::-1], to[::-1])])
