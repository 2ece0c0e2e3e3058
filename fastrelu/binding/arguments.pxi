# SPDX-License-Identifier: BSD-3-Clause
# Who is who among a call's arguments: parameters by position or keyword, out, and what is NumPy's to understand.
cdef object OUT = "out"
cdef frozenset UFUNC_KEYWORDS = frozenset(("out", "where", "casting", "order", "dtype", "subok", "signature", "sig"))


cdef struct Call:
    # The arguments of a call by role; NULL is what was not given.
    PyObject *param[2]
    PyObject *out[2]
    bint params_given, for_numpy


cdef inline int param_at(Kernel k, object name) except -2:
    """Which parameter has this name, or -1. Names are nearly always interned: comparing comes second."""
    cdef int j
    for j in range(k.param_count):
        if k.param_names[j] is name:
            return j
    for j in range(k.param_count):
        if k.param_names[j] == name:
            return j
    return -1


cdef int sort_keywords(Kernel k, str suffix, PyObject *const *values, PyObject *names, bint params_allowed, bint numpy_allowed,
                       Call *call) except -1:
    cdef Py_ssize_t i
    cdef int j
    cdef PyObject *value
    cdef object name
    for i in range(PyTuple_GET_SIZE(names)):
        name = <object>PyTuple_GET_ITEM(names, i)
        value = values[i]
        if numpy_allowed and (name is OUT or name == OUT):
            if value == Py_None:
                continue
            if k.outs == 1 and not PyTuple_CheckExact(value):
                call.out[0] = value
            elif PyTuple_CheckExact(value) and PyTuple_GET_SIZE(value) == k.outs:
                for j in range(k.outs):
                    call.out[j] = PyTuple_GET_ITEM(value, j)
                    if call.out[j] == Py_None:
                        call.out[j] = NULL
            else:
                call.for_numpy = True
            continue
        j = param_at(k, name) if params_allowed else -1
        if j >= 0:
            if call.param[j] != NULL:
                raise TypeError(f"{k.name}{suffix}() got multiple values for parameter {name!r}")
            call.param[j] = value
            call.params_given = True
            continue
        if not numpy_allowed or name not in UFUNC_KEYWORDS:
            has = []
            if params_allowed:
                has = [n if d is None else f"{n} (default {d:g})" for n, d in zip(k.param_names, k.defaults)]
            more = "; a ufunc also takes " + ", ".join(sorted(UFUNC_KEYWORDS)) if numpy_allowed else ""
            raise TypeError(f"{k.name}{suffix}() got an unexpected keyword argument {name!r}; its parameters are: "
                            f"{', '.join(has) or 'none'}{more}")
        call.for_numpy = True
    return 0


cdef int missing_param(Kernel k, str suffix, Call *call) except -1:
    cdef int j
    for j in range(k.param_count):
        if call.param[j] == NULL:
            raise TypeError(f"{k.name}{suffix}() is missing its required parameter {k.param_names[j]!r}")
    return 0


cdef int outside_limits(Kernel k, str suffix, Call *call) except -1:
    """Refuses a number with which the output does not tell the gradient; in an array, such lanes are NaN."""
    cdef int j
    for j in range(k.param_count):
        if call.param[j] == NULL or PyFloat_CheckExact(call.param[j]) and PyFloat_AS_DOUBLE(call.param[j]) > k.least[j]:
            continue
        if k.limits[j] is None:
            continue
        value = <object>call.param[j]
        least, itself = k.limits[j]
        if isinstance(value, (int, float, np.generic)) and (value < least or value == least and not itself):
            raise ValueError(f"{k.name}{suffix}(): from the output, {k.param_names[j]} must be "
                             f"{'at least' if itself else 'more than'} {least}; it is {value}")
    return 0


cdef int refuse_no_numbers(str who, str operand, dtype, value) except -1:
    """NumPy's message for what no loop takes names neither the operand nor its value."""
    cdef str kind = dtype.kind
    if kind in "OSUTMmc" or kind == "f" and dtype.itemsize > 8 or dtype.num == np.dtype("V").num:
        given = f"an array of {dtype}" if isinstance(value, np.ndarray) else reprlib.repr(value)
        raise TypeError(f"{who}(): {operand} must be a number or an array of real numbers; it is {given}")
    return 0


cdef int refuse_no_number_params(Kernel k, Call *call) except -1:
    """The same of a ufunc's parameters. What overrides ufuncs is a container, and sees to them itself."""
    cdef int j
    for j in range(k.param_count):
        if call.param[j] == NULL or PyFloat_CheckExact(call.param[j]) or PyLong_CheckExact(call.param[j]):
            continue
        value = <object>call.param[j]
        if isinstance(value, (np.ndarray, np.generic)) or not hasattr(type(value), "__array_ufunc__"):
            refuse_no_numbers(k.name, k.param_names[j], np.asarray(value).dtype, value)
    return 0


cdef object as_operand(Kernel k, str operand, value):
    """An operand in place: anything that np.asarray takes. Python's numbers stay what they are, for they widen nothing."""
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):
        return value
    array = value if isinstance(value, np.ndarray) else np.asarray(value)
    refuse_no_numbers(k.name + "_", operand, array.dtype, value)
    return array
