# SPDX-License-Identifier: BSD-3-Clause
# Functions of rows, softmax and its kin: generalized ufuncs of signature (n)->(n) or (n),(n)->(n). Their vectorcall slot is ours,
# too: it takes the axis by position, says what is wrong with it, and runs plain arrays in their own layout, where NumPy would see
# an axis in the middle as many small calls.
cdef frozenset ROW_KEYWORDS = frozenset(("casting", "order", "dtype", "subok", "signature", "sig", "axes", "keepdims"))
cdef list row_kernels = []      # those made so far


cdef class RowKernel(Kernel):
    """What C knows of a fastrelu._rows.RowFunction."""

    def __init__(self, int index, tuple inputs):
        cdef int typenum, dtype
        self.name, self.index, self.inputs, self.params = text(fr_row_kernels[index].name), index, inputs, {"axis": -1}
        self.arrays, self.outs, self.smooth = fr_row_kernels[index].arrays, 1, True
        self.param_names = self.defaults = self.limits = ()
        # Not loops that `run` knows, and never given to it.
        for typenum, dtype in [*LOOPS, (TYPENUMS, FR_bf16)]:
            self.loops[typenum] = <fr_loop *>fr_row_loop_for(index, dtype) if dtype >= FR_f16 else NULL

    cdef int create(self) except -1:
        ufunc = new_row_ufunc(self)
        in_place = new_in_place(self, <void *>row_in_place_call)
        if bfloat16 >= 0:
            add_bfloat16_rows(self, ufunc, bfloat16)
        if self.public_ufunc is None:
            row_kernels.append(self)
            self.in_place_function, self.hidden_ufunc, self.public_ufunc = in_place, ufunc, ufunc
        return 0


cdef void row_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data) noexcept nogil:
    """NumPy's inner loop."""
    cdef const fr_row_loop *loop = <const fr_row_loop *>data
    cdef int operands = loop.kernel.arrays + 1, k
    cdef fr_grid grid
    grid.nd = 1
    grid.shape[0] = dimensions[0]
    for k in range(operands):
        grid.data[k], grid.strides[k][0] = args[k], steps[k]
    if fr_run_rows(loop, &grid, dimensions[1], <const ptrdiff_t *>steps + operands):
        with gil:
            PyErr_NoMemory()


cdef object new_row_ufunc(RowKernel k):
    cdef int nargs = k.arrays + 1, ntypes = 0, typenum, dtype, i
    cdef PyUFuncGenericFunction *functions = <PyUFuncGenericFunction *>PyMem_Malloc(len(LOOPS) * sizeof(void *))
    cdef void **data = <void **>PyMem_Malloc(len(LOOPS) * sizeof(void *))
    cdef char *types = <char *>PyMem_Malloc(len(LOOPS) * nargs)
    if functions == NULL or data == NULL or types == NULL:
        raise MemoryError
    for typenum, dtype in LOOPS:
        if k.loops[typenum] == NULL:
            continue
        functions[ntypes], data[ntypes] = <PyUFuncGenericFunction>row_loop, k.loops[typenum]
        for i in range(nargs):
            types[ntypes * nargs + i] = <char>typenum
        ntypes += 1
    signature = ",".join(["(n)"] * k.arrays) + "->(n)"
    ufunc = PyUFunc_FromFuncAndDataAndSignature(functions, data, types, ntypes, k.arrays, 1, PyUFunc_None, lasting(k.name), NULL,
                                                0, lasting(signature))
    hook(<PyUFuncObject *>ufunc, k, <void *>row_call)
    return ufunc


cdef int add_bfloat16_rows(RowKernel k, object ufunc, int typenum) except -1:
    return PyUFunc_RegisterLoopForType(<PyUFuncObject *>ufunc, typenum, <PyUFuncGenericFunction>row_loop, NULL, k.loops[TYPENUMS])


cdef int row_axis(str name, axis, int nd) except -1:
    """The axis as a number from 0."""
    if not hasattr(type(axis), "__index__"):
        raise TypeError(f"{name}(): axis must be one integer; it is {axis!r}. For several axes, reshape them into one")
    cdef object number = index(axis)
    if not -max(nd, 1) <= number < max(nd, 1):
        raise AxisError(number, nd, f"{name}()")
    return number % max(nd, 1)


cdef int refuse_no_elements(RowKernel k, str name, tuple shape, int axis) except -1:
    """As np.max does: there is no largest of none. Gradients, as np.sum, have a sum of none."""
    if k.arrays == 1 and shape and shape[axis] == 0:
        raise ValueError(f"{name}(): there are no elements along axis {axis} of an array of shape {shape}; a row needs at least "
                         "one")
    return 0


cdef object row_call(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *names):
    """What calling one of these ufuncs does."""
    cdef RowKernel k = <RowKernel>kernel_of_ufunc(callable)
    cdef Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), i
    cdef object axis = -1, out = None
    cdef bint given = nargs > k.arrays
    if not k.arrays <= nargs <= k.arrays + 2:
        raise TypeError(f"{k.name}({', '.join(k.inputs)}, axis=-1, out=None) was given {nargs} positional arguments")
    arrays = [<object>args[i] for i in range(k.arrays)]
    if given:
        axis = <object>args[k.arrays]
    if nargs > k.arrays + 1:
        out = <object>args[k.arrays + 1]
    keywords = {}
    for i in range(PyTuple_GET_SIZE(names) if names != NULL else 0):
        name, value = <object>PyTuple_GET_ITEM(names, i), <object>args[nargs + i]
        if name == "axis" and given or name == OUT and nargs > k.arrays + 1:
            raise TypeError(f"{k.name}() got multiple values for {name!r}")
        if name == "axis":
            axis, given = value, True
        elif name == OUT:
            out = value
        elif name in ROW_KEYWORDS:
            keywords[name] = value
        else:
            raise TypeError(f"{k.name}() got an unexpected keyword argument {name!r}; its parameters are: axis (default -1), out;"
                            f" a generalized ufunc also takes {', '.join(sorted(ROW_KEYWORDS))}")
    if type(out) is tuple and len(out) == 1:
        out = out[0]
    return call_rows(k, k.name, arrays, axis, given, out, keywords)


cdef object call_rows(RowKernel k, str name, list arrays, axis, bint given, out, dict keywords):
    """A call whose arguments are sorted, for the function of that name."""
    cdef int number, nd, i
    cdef bint container = False
    for operand in arrays:
        container = container or not isinstance(operand, np.ndarray) and hasattr(type(operand), "__array_ufunc__")
    if not container:
        for i, operand in enumerate(arrays):
            arrays[i] = operand if isinstance(operand, np.ndarray) else np.asarray(operand)
            refuse_no_numbers(name, k.inputs[i], arrays[i].dtype, operand)
    if "axes" in keywords:
        if given:
            raise TypeError(f"{name}() takes axis or axes, not both")
        return np_ufunc_call(k.public_ufunc, arrays, {**keywords, "out": out})
    nd = getattr(arrays[0], "ndim", 0)
    number = row_axis(name, axis, nd)
    if container:
        return np_ufunc_call(k.public_ufunc, arrays, {**keywords, **({"axis": axis} if given else {}), "out": out})
    shape = arrays[0].shape
    refuse_no_elements(k, name, shape, number)
    if nd == 0 and all([operand.ndim == 0 for operand in arrays]):
        # A row of one, as PyTorch and SciPy have it.
        if out is not None and not isinstance(out, np.ndarray):
            raise TypeError(f"{name}(): out must be an array; it is {out!r}")
        arrays = [operand.reshape(1) for operand in arrays]
        row = call_rows(k, name, arrays, 0, True, None if out is None else out.reshape(1), keywords)
        return row[0] if out is None else out
    if fast_path and not keywords:
        result = run_rows(k, arrays, number, out)
        if result is not None:
            return result
    if "dtype" in keywords and isinstance(keywords["dtype"], str) and keywords["dtype"] == "bfloat16":
        keywords["dtype"] = dtype_of(name + "()", "bfloat16")
    return np_ufunc_call(k.public_ufunc, arrays, {**keywords, "axis": axis, "out": out})


cdef object np_ufunc_call(object ufunc, list arrays, dict keywords):
    """NumPy's own implementation."""
    cdef PyObject *stack[32]
    cdef Py_ssize_t n = 0
    if bfloat16 < 0:
        seek_bfloat16()
    names = tuple([name for name, value in keywords.items() if not (name == OUT and value is None)])
    values = [*arrays, *[keywords[name] for name in names]]
    for value in values:
        stack[n] = <PyObject *>value
        n += 1
    return call_numpy(ufunc, stack, len(arrays), <PyObject *>names)


cdef object run_rows(RowKernel k, list arrays, int axis, out):
    """A call without NumPy's machinery; None where it is not a case for this."""
    cdef PyArrayObject *array[3]
    cdef PyArrayObject *a
    cdef fr_grid grid
    cdef fr_row_loop *loop
    cdef ptrdiff_t steps[3]
    cdef ptrdiff_t n
    cdef int operands = k.arrays + 1, typenum, size, nd, i, j, failed
    a = <PyArrayObject *>arrays[0]
    typenum = PyArray_TYPE(a)
    loop = <fr_row_loop *>sought_loop_of(k, typenum)
    nd = PyArray_NDIM(a)
    if loop == NULL or nd > FR_MAX_DIMS:
        return None
    result = np.empty_like(arrays[0], subok=False) if out is None else out
    operand = [*arrays, result]
    for i in range(operands):
        array[i] = <PyArrayObject *>operand[i]
        if (Py_TYPE(<PyObject *>array[i]) != PyArray_Type_address or PyArray_TYPE(array[i]) != typenum
                or not PyArray_ISBEHAVED_RO(array[i]) or not same_shape(array[i], a)):
            return None
    if not PyArray_FLAGS(array[k.arrays]) & NPY_ARRAY_WRITEABLE:
        return None
    n = PyArray_DIMS(a)[axis]
    grid.nd = nd
    for j in range(nd):
        grid.shape[j] = PyArray_DIMS(a)[j]
        for i in range(operands):
            grid.strides[i][j] = PyArray_STRIDES(array[i])[j]
    for i in range(operands):
        grid.data[i], steps[i] = PyArray_BYTES(array[i]), PyArray_STRIDES(array[i])[axis]
    if PyArray_SIZE(a) == 0:
        return result
    if tangled(&grid, array, k.arrays, operands, fr_item_size(loop.dtype)):
        return None
    grid.shape[axis] = 1
    fr_simplify(&grid, operands)
    if blocks:
        tell_threads()
    if PyArray_SIZE(a) < RELEASE:
        failed = fr_run_rows(loop, &grid, n, steps)
    else:
        with nogil:
            failed = fr_run_rows(loop, &grid, n, steps)
    if failed:
        raise MemoryError
    return result


cdef object row_in_place_call(PyObject *function, PyObject *const *args, size_t nargsf, PyObject *names):
    """NAME_(x, axis=-1), NAME_(dy, y, axis=-1): the first array is the output too."""
    cdef RowKernel k = <RowKernel>PyCFunction_GET_SELF(function)
    cdef Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), i
    cdef object axis = -1
    cdef str name = k.name + "_"
    cdef int number
    if not k.arrays <= nargs <= k.arrays + 1:
        raise TypeError(f"{name}({', '.join(k.inputs)}, axis=-1) was given {nargs} positional arguments")
    if nargs > k.arrays:
        axis = <object>args[k.arrays]
    for i in range(PyTuple_GET_SIZE(names) if names != NULL else 0):
        keyword = <object>PyTuple_GET_ITEM(names, i)
        if keyword != "axis":
            raise TypeError(f"{name}() got an unexpected keyword argument {keyword!r}; its parameters are: axis (default -1)")
        if nargs > k.arrays:
            raise TypeError(f"{name}() got multiple values for 'axis'")
        axis = <object>args[nargs + i]
    arrays = in_place_operands(k, [<object>args[i] for i in range(k.arrays)], [])
    target = arrays[0]
    number = row_axis(name, axis, target.ndim)
    for i in range(1, k.arrays):
        if np.ndim(arrays[i]) != target.ndim or target.ndim and arrays[i].shape[number] != target.shape[number]:
            raise ValueError(f"{name}() works in place on rows along axis {number} of an array of shape {target.shape}; "
                             f"an operand of shape {np.shape(arrays[i])} does not have them")
    call_rows(k, name, arrays, number, True, target, {})
    return target
