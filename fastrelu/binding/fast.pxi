# SPDX-License-Identifier: BSD-3-Clause
# A call on plain arrays, without NumPy's machinery.
cdef enum:
    RELEASE = 1024      # elements from which other Python threads may run meanwhile

cdef bint fast_path = True


def set_fast_path(bint on):
    """Whether calls may bypass NumPy's machinery; the setting before. The tests run both ways."""
    global fast_path
    before = fast_path
    fast_path = on
    return before


cdef inline bint same_shape(PyArrayObject *a, PyArrayObject *b) noexcept:
    cdef int i
    if PyArray_NDIM(a) != PyArray_NDIM(b):
        return False
    for i in range(PyArray_NDIM(a)):
        if PyArray_DIMS(a)[i] != PyArray_DIMS(b)[i]:
            return False
    return True


cdef inline bint place(fr_grid *grid, int operand, PyArrayObject *a) noexcept:
    """Lay an array over the grid's shape by NumPy's broadcasting rules; False where it does not fit."""
    cdef int skipped = grid.nd - PyArray_NDIM(a), axis
    if skipped < 0:
        return False
    grid.data[operand] = PyArray_BYTES(a)
    for axis in range(grid.nd):
        if axis < skipped or (PyArray_DIMS(a)[axis - skipped] == 1 and grid.shape[axis] != 1):
            grid.strides[operand][axis] = 0
        elif PyArray_DIMS(a)[axis - skipped] == grid.shape[axis]:
            grid.strides[operand][axis] = PyArray_STRIDES(a)[axis - skipped]
        else:
            return False
    return True


cdef struct Operands:
    # The array operands of a call; NULL is a constant, whose address is in `data`, or an output that is still to be made.
    PyArrayObject *array[8]
    char *data[8]
    double constant[2]
    PyArrayObject *base     # the one whose shape is the result's
    fr_loop *loop
    int inputs, count, size, typenum


cdef int recognise(Kernel k, PyObject *const *array, Call *call, Operands *op) except -1:
    """Whether all operands are plain: exact ndarrays of one native, aligned type of ours, and Python numbers as parameters."""
    cdef int i, j
    cdef PyArrayObject *a
    if Py_TYPE(array[0]) != PyArray_Type_address:
        return 0
    op.typenum = PyArray_TYPE(<PyArrayObject *>array[0])
    op.loop = k.loops[op.typenum] if op.typenum < TYPENUMS else sought_loop_of(k, op.typenum)
    if op.loop == NULL:
        return 0
    op.size = fr_item_size(op.loop.dtype)
    op.inputs = k.arrays + k.param_count
    op.count = op.inputs + k.outs
    op.base = NULL
    for i in range(op.count):
        op.array[i] = NULL
        if i < k.arrays:
            a = <PyArrayObject *>array[i]
        elif i < op.inputs:
            j = i - k.arrays
            op.data[i] = <char *>&op.constant[j]
            if call.param[j] == NULL:
                op.data[i] = <char *>&op.loop.defaults[j]
                continue
            if PyFloat_CheckExact(call.param[j]):
                fr_store_param(op.loop.dtype, PyFloat_AS_DOUBLE(call.param[j]), &op.constant[j])
                continue
            if PyLong_CheckExact(call.param[j]):
                try:
                    fr_store_param(op.loop.dtype, PyLong_AsDouble(call.param[j]), &op.constant[j])
                except OverflowError:
                    return 0
                continue
            a = <PyArrayObject *>call.param[j]
        else:
            a = <PyArrayObject *>call.out[i - op.inputs]
            if a == NULL:
                continue
        if Py_TYPE(<PyObject *>a) != PyArray_Type_address or PyArray_TYPE(a) != op.typenum or not PyArray_ISBEHAVED_RO(a):
            return 0
        if i < op.inputs:
            if op.base == NULL or PyArray_NDIM(a) > PyArray_NDIM(op.base):
                op.base = a
        elif not PyArray_FLAGS(a) & NPY_ARRAY_WRITEABLE:
            return 0
        op.array[i] = a
    for i in range(op.inputs, op.count):
        if op.array[i] != NULL:
            op.base = op.array[i]
    return PyArray_NDIM(op.base) <= FR_MAX_DIMS


cdef int sweep_flat(Operands *op) except -1:
    """Runs the loop over the operands, all there now, where every array is one run of the same length and every parameter a
    constant; False, and nothing done, where memory overlaps."""
    cdef int i
    cdef ptrdiff_t total = PyArray_SIZE(op.base)
    for i in range(op.count):
        if op.array[i] != NULL:
            op.data[i] = PyArray_BYTES(op.array[i])
    if runs_tangled(op.data, op.array, op.inputs, op.count, total * op.size):
        return total == 0
    if total < RELEASE:
        fr_run_flat(op.loop, op.data, total)
    else:
        if blocks:
            tell_threads()
        with nogil:
            fr_run_flat(op.loop, op.data, total)
    return 1


cdef int sweep(Operands *op) except -1:
    """The same for any strides; False also where shapes do not fit."""
    cdef fr_grid grid
    cdef int i, axis
    cdef ptrdiff_t total = PyArray_SIZE(op.base)
    grid.nd = PyArray_NDIM(op.base)
    for axis in range(grid.nd):
        grid.shape[axis] = PyArray_DIMS(op.base)[axis]
    for i in range(op.count):
        if op.array[i] == NULL:
            grid.data[i] = op.data[i]
            for axis in range(grid.nd):
                grid.strides[i][axis] = 0
        elif not place(&grid, i, op.array[i]):
            return 0
    if total == 0:
        return 1
    fr_simplify(&grid, op.count)
    if tangled(&grid, op.array, op.inputs, op.count, op.size):
        return 0
    if total < RELEASE:
        fr_run(op.loop, &grid)
    else:
        if blocks:
            tell_threads()
        with nogil:
            fr_run(op.loop, &grid)
    return 1


cdef PyObject *new_result(Operands *op) except NULL:
    """An array for a result, laid out as NumPy's iterator does it: from the innermost axis on, each is moved further in as long
    as an operand's strides say so and none says otherwise; an axis of length 1, or that an operand is broadcast along, says
    nothing."""
    cdef int order[8]   # axes, innermost first
    cdef intptr_t strides[8]
    cdef intptr_t stride = op.size
    cdef int nd = PyArray_NDIM(op.base), axis, i, place_of
    for axis in range(nd - 1, -1, -1):
        i = place_of = nd - 1 - axis
        while i > 0:
            further_in = inner(op, axis, order[i - 1])
            if further_in == 0:
                break
            i -= 1
            if further_in > 0:
                place_of = i
        for i in range(nd - 1 - axis, place_of, -1):
            order[i] = order[i - 1]
        order[place_of] = axis
    for i in range(nd):
        strides[order[i]] = stride
        stride *= PyArray_DIMS(op.base)[order[i]]
    return PyArray_NewFromDescr(PyArray_Type_address, PyArray_DescrFromType(op.typenum), nd, PyArray_DIMS(op.base), strides, NULL,
                                0, NULL)


# Called through this, or the compiler would make it part of `run`, and every call would pay for its stack.
cdef PyObject *(*new_result_apart)(Operands *) except NULL
new_result_apart = new_result


cdef inline int inner(Operands *op, int axis, int other) noexcept:
    """Whether an axis is to lie within another, that was within it: 1, 0, or -1 where nothing says so."""
    cdef int found = -1, i
    cdef intptr_t stride, its
    for i in range(op.count):
        if op.array[i] == NULL:
            continue
        stride, its = stride_along(op, i, axis), stride_along(op, i, other)
        if stride == 0 or its == 0:
            continue
        if its <= stride:
            found = 0   # C order wins
        elif found < 0:
            found = 1
    return found


cdef inline intptr_t stride_along(Operands *op, int operand, int axis) noexcept:
    """An operand's stride along an axis of the result, without its sign."""
    cdef PyArrayObject *a = op.array[operand]
    cdef int own = axis - PyArray_NDIM(op.base) + PyArray_NDIM(a)
    return 0 if own < 0 or PyArray_DIMS(a)[own] == 1 else abs(PyArray_STRIDES(a)[own])


cdef int run(Kernel k, PyObject *const *array, Call *call, PyObject **result) except -1:
    """A call without NumPy's machinery: 1 when done, with new references in result[]; 0 where it is not a case for this."""
    cdef Operands op
    cdef int i, done, c_order = 1, f_order = k.outs == 1, flat = 1     # for two outputs NumPy always asks its iterator
    if not recognise(k, array, call, &op):
        return 0
    for i in range(op.count):
        if op.array[i] != NULL:
            if op.array[i] != op.base and not same_shape(op.array[i], op.base):
                if i >= op.inputs:
                    return 0
                flat = 0
                if PyArray_NDIM(op.array[i]):
                    f_order = 0
            if i >= k.arrays and i < op.inputs:
                flat = 0
            c_order = c_order and PyArray_FLAGS(op.array[i]) & NPY_ARRAY_C_CONTIGUOUS
            f_order = f_order and PyArray_FLAGS(op.array[i]) & NPY_ARRAY_F_CONTIGUOUS
    for i in range(k.outs):
        if call.out[i] == NULL:
            # NumPy makes scalars of 0-d results.
            if PyArray_NDIM(op.base) == 0:
                return 0
    for i in range(k.outs):
        result[i] = call.out[i]
        if result[i] != NULL:
            Py_INCREF(<object>result[i])
        elif c_order or f_order:
            result[i] = PyArray_EMPTY(PyArray_NDIM(op.base), PyArray_DIMS(op.base), op.typenum, not c_order)
        else:
            result[i] = new_result_apart(&op)
        op.array[op.inputs + i] = <PyArrayObject *>result[i]
        if i == 0:
            op.base = op.array[op.inputs]
    done = sweep_flat(&op) if flat and (c_order or f_order) else sweep(&op)
    if not done:
        for i in range(k.outs):
            Py_XDECREF(result[i])
    return done


cdef object as_result(Kernel k, PyObject **result):
    # The references are handed over.
    cdef object first = <object>result[0], second
    Py_XDECREF(result[0])
    if k.outs == 1:
        return first
    second = <object>result[1]
    Py_XDECREF(result[1])
    return first, second
