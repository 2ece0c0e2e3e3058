# SPDX-License-Identifier: BSD-3-Clause
# bfloat16 is a type that ml_dtypes adds to NumPy: its number is known once that is imported, by whomever. Its loops must be there
# before NumPy first resolves a call with it, or NumPy remembers to compute it in another type; so we look when a type that is not
# NumPy's own turns up in `recognise`, before a call is passed on, and whenever NumPy asks for a resolution that it does not
# remember, which covers .at, .reduce, .accumulate and .outer.
cdef int bfloat16 = -1
cdef object bfloat16_dtype = None


def dtype_of(who, dtype):
    """np.dtype(dtype); "bfloat16" is a name that NumPy knows only after an import of ml_dtypes, which is made here. TypeError
    says for whom there is no such dtype."""
    if isinstance(dtype, str) and dtype == "bfloat16":
        try:
            from ml_dtypes import bfloat16 as dtype
        except ImportError:
            raise TypeError(f"{who}: bfloat16 needs ml_dtypes; pip install ml_dtypes") from None
    try:
        return np.dtype(dtype)
    except TypeError:
        raise TypeError(f"{who}: there is no {dtype!r}; use float32, float64, … as NumPy names them") from None


cdef int seek_bfloat16() except -1:
    """Registers the loops of bfloat16 if ml_dtypes is there by now."""
    global bfloat16, bfloat16_dtype
    cdef int i
    cdef Kernel k
    scalar = getattr(sys.modules.get("ml_dtypes"), "bfloat16", None)
    if scalar is None:
        return 0
    with making:
        if bfloat16 >= 0:
            return 0
        dtype = np.dtype(scalar)
        if dtype.itemsize != 2 or dtype.num < NPY_USERDEF:
            return 0
        for i in range(fr_kernel_count):
            if kernel_at[i] != NULL:
                k = <Kernel>kernel_at[i]
                add_bfloat16(k, k.public_ufunc, k.hidden_ufunc, dtype.num)
        for row in row_kernels:
            add_bfloat16_rows(row, (<RowKernel>row).public_ufunc, dtype.num)
        bfloat16_dtype = dtype
        bfloat16 = dtype.num
    return 0


cdef int add_bfloat16(Kernel k, object ufunc, object plain, int typenum) except -1:
    cdef int use_defaults
    for use_defaults in range(1 if plain is ufunc else 2):
        PyUFunc_RegisterLoopForType(<PyUFuncObject *>(plain if use_defaults else ufunc), typenum, fr_ufunc_loop, NULL,
                                    fr_loop_for(k.index, FR_bf16, use_defaults))
    return 0


cdef int resolve(PyUFuncObject *ufunc, int casting, PyArrayObject **operands, PyObject *types, PyArray_Descr **found) except -1:
    """In the place of NumPy's own type resolver, which it then asks."""
    cdef Py_ssize_t i, n = PyTuple_GET_SIZE(types) if types != NULL else 0
    if bfloat16 < 0:
        seek_bfloat16()
    asked = {<object>PyTuple_GET_ITEM(types, i) for i in range(n)} - {None}
    if bfloat16_dtype is not None and asked == {bfloat16_dtype}:
        # dtype=bfloat16: NumPy takes a type that is not its own only where all inputs can be cast to it safely.
        for i in range(n):
            Py_INCREF(bfloat16_dtype)
            found[i] = <PyArray_Descr *>bfloat16_dtype
        return 0
    return numpy_resolver(ufunc, casting, operands, types, found)


cdef list bfloat16_numbers(Kernel k, PyObject **stack, int inputs, PyObject *const *values, PyObject *names):
    """Makes bfloat16 of the Python numbers among the inputs of a call in bfloat16: beside a type that is not its own, NumPy does
    not take them as weak. The list holds what is now on the stack."""
    cdef list made = []
    cdef int i
    cdef object dtype = None
    for i in range(inputs):
        operand = <object>stack[i]
        if isinstance(operand, (list, tuple)):
            operand = np.asarray(operand)
            made.append(operand)
            stack[i] = <PyObject *>operand
        if i < k.arrays and not isinstance(operand, (int, float)):
            other = getattr(operand, "dtype", None)
            if dtype is not None and other != dtype:
                return made
            dtype = other
    for i in range(PyTuple_GET_SIZE(names) if names != NULL else 0):
        name = <object>PyTuple_GET_ITEM(names, i)
        if name == "dtype" and values[i] != Py_None:
            dtype = np.dtype(<object>values[i])
        elif name in ("signature", "sig"):
            return made
    if not isinstance(dtype, np.dtype) or dtype.num != bfloat16:
        return made
    for i in range(inputs):
        if PyFloat_CheckExact(stack[i]) or PyLong_CheckExact(stack[i]):
            constant = np.empty((), bfloat16_dtype)
            fr_store_param(FR_bf16, <double><object>stack[i], PyArray_BYTES(<PyArrayObject *>constant))
            made.append(constant)
            stack[i] = <PyObject *>constant
    return made
