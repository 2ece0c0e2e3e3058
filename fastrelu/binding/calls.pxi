# SPDX-License-Identifier: BSD-3-Clause
# What calling one of our ufuncs does, and the way on to NumPy's own implementation.
#
# NumPy keeps the error handling of ufuncs in a context variable. Setting it directly costs a twentieth of np.errstate, and our
# results never carry a floating-point warning (casts that NumPy makes on the way would).
cdef object error_state = None
cdef object no_errors = None
try:
    from numpy._core.umath import _extobj_contextvar as error_state
    with np.errstate(all="ignore"):
        no_errors = error_state.get()
except ImportError:
    pass


cdef object call_numpy(object ufunc, PyObject *const *args, Py_ssize_t nargs, PyObject *names):
    """NumPy's own implementation, with our promise about the floating-point environment and warnings around it."""
    cdef object token = None
    cdef object quiet = None
    if blocks:
        tell_threads()
    if error_state is None:
        quiet = np.errstate(all="ignore")
        quiet.__enter__()
    else:
        token = PyContextVar_Set(error_state, no_errors)
    cdef fr_fpenv env = fr_fpenv_enter()
    try:
        return numpy_call(ufunc, args, nargs, names)
    finally:
        fr_fpenv_leave(env)
        if quiet is None:
            PyContextVar_Reset(error_state, token)
        else:
            quiet.__exit__(None, None, None)


cdef object ufunc_call(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *names):
    """What calling one of our ufuncs does (its vectorcall slot)."""
    cdef fr_loop *loop = <fr_loop *>(<PyUFuncObject *>callable).data[0]
    cdef Kernel k = kernel_of_ufunc(callable)
    cdef Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), i
    cdef int params = 0 if loop.use_defaults else k.param_count
    cdef Call call
    cdef PyObject *result[2]
    call.param[0] = call.param[1] = call.out[0] = call.out[1] = NULL
    call.params_given = nargs > k.arrays and params > 0
    call.for_numpy = nargs < k.arrays or nargs > k.arrays + params + k.outs
    if not call.for_numpy:
        for i in range(k.arrays, nargs):
            if i < k.arrays + params:
                call.param[i - k.arrays] = args[i]
            elif args[i] != Py_None:
                call.out[i - k.arrays - params] = args[i]
    if names != NULL:
        sort_keywords(k, "", args + nargs, names, params > 0, True, &call)
    if k.required and nargs >= k.arrays:
        missing_param(k, "", &call)
    if k.limited and call.params_given:
        outside_limits(k, "", &call)
    if fast_path and not call.for_numpy and run(k, args, &call, result):
        return as_result(k, result)
    return pass_on(k, <object>callable, args, nargs, names, params, &call)


cdef bint names_all_types(Kernel k, PyObject *const *values, PyObject *names):
    """Whether there is a signature= with types for the parameters too, as NAME.types has."""
    cdef int operands = k.arrays + k.param_count + k.outs
    cdef Py_ssize_t i
    for i in range(PyTuple_GET_SIZE(names) if names != NULL else 0):
        if <object>PyTuple_GET_ITEM(names, i) in ("signature", "sig"):
            types = <object>values[i]
            return (isinstance(types, tuple) and len(types) == operands or
                    isinstance(types, str) and len(types.replace("->", "")) == operands)
    return False


cdef object pass_on(Kernel k, object ufunc, PyObject *const *args, Py_ssize_t nargs, PyObject *names, int params, Call *call):
    """To NumPy: arrays, then the parameters (all or none), then what else was given."""
    cdef PyObject *stack[64]
    cdef Py_ssize_t n = 0, i, keywords = PyTuple_GET_SIZE(names) if names != NULL else 0
    cdef PyObject *const *values = args + nargs
    cdef list left = []
    cdef object left_names, _kept
    if nargs < k.arrays or nargs + keywords > 48:
        return call_numpy(ufunc, args, nargs, names)     # it says what is wrong
    if params and not call.params_given:
        if names_all_types(k, values, names):
            call.params_given = True
        else:
            ufunc = k.hidden_ufunc
    for i in range(k.arrays):
        stack[n] = args[i]
        n += 1
    if call.params_given:
        refuse_no_number_params(k, call)
        for i in range(params):
            stack[n] = call.param[i] if call.param[i] != NULL else <PyObject *>k.defaults[i]
            n += 1
    if bfloat16 < 0:
        for i in range(keywords):
            if <object>PyTuple_GET_ITEM(names, i) == "dtype" and <object>values[i] == "bfloat16":
                dtype_of(k.name + "()", "bfloat16")
        seek_bfloat16()
    if bfloat16 >= 0:
        _kept = bfloat16_numbers(k, stack, <int>n, values, names)
    for i in range(k.arrays + params, nargs):
        stack[n] = args[i]
        n += 1
    nargs = n
    for i in range(keywords):
        name = <object>PyTuple_GET_ITEM(names, i)
        # NumPy refuses out=None where there are two outputs.
        if not (params and param_at(k, name) >= 0) and not (name == OUT and values[i] == Py_None):
            left.append(name)
            stack[n] = values[i]
            n += 1
    left_names = tuple(left)
    return call_numpy(ufunc, stack, nargs, <PyObject *>left_names if left else NULL)
