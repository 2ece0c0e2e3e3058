# SPDX-License-Identifier: BSD-3-Clause
# All that is decided about memory that overlaps. A loop may write where it reads, element for element. Any other overlap of an
# output with an operand is NumPy's affair, which copies first; and an array whose elements share memory cannot be overwritten.
cdef bint tangled(const fr_grid *grid, PyArrayObject *const *array, int inputs, int count, ptrdiff_t size) noexcept:
    """Whether an output may share memory with itself or, but for one element with the same one, with another operand."""
    cdef int out, other
    for out in range(inputs, count):
        if folded(grid.nd, grid.shape, grid.strides[out], size):
            return True
        for other in range(out):
            if array[other] == NULL:
                continue    # a constant
            if conflict(grid, other, out, size) or other >= inputs and grid.data[other] == grid.data[out]:
                return True
    return False


cdef inline bint runs_tangled(char *const *data, PyArrayObject *const *array, int inputs, int count, ptrdiff_t extent) noexcept:
    """The same of arrays that are each one run of memory, which costs a small call a tenth less."""
    cdef int out, other
    for out in range(inputs, count):
        for other in range(out):
            if array[other] == NULL:
                continue
            if data[other] == data[out]:
                if other >= inputs:
                    return True
            elif data[other] < data[out] + extent and data[out] < data[other] + extent:
                return True
    return False


cdef inline bint conflict(const fr_grid *grid, int a, int b, ptrdiff_t size) noexcept:
    """Whether operands a and b may share bytes other than element for element."""
    cdef const char *a_low = grid.data[a]
    cdef const char *a_high = grid.data[a] + size
    cdef const char *b_low = grid.data[b]
    cdef const char *b_high = grid.data[b] + size
    cdef bint same = a_low == b_low
    cdef int axis
    cdef ptrdiff_t reach
    for axis in range(grid.nd):
        reach = (grid.shape[axis] - 1) * grid.strides[a][axis]
        if reach < 0:
            a_low += reach
        else:
            a_high += reach
        reach = (grid.shape[axis] - 1) * grid.strides[b][axis]
        if reach < 0:
            b_low += reach
        else:
            b_high += reach
        same = same and grid.strides[a][axis] == grid.strides[b][axis]
    return not same and a_low < b_high and b_low < a_high


cdef inline int in_order(int nd, const ptrdiff_t *shape, const ptrdiff_t *strides, ptrdiff_t *stride, ptrdiff_t *length) noexcept:
    """The axes longer than 1, by stride, the smallest first, without signs; their number."""
    cdef ptrdiff_t step
    cdef int axis, i, n = 0
    for axis in range(nd):
        if shape[axis] == 1:
            continue
        step = -strides[axis] if strides[axis] < 0 else strides[axis]
        i = n
        while i > 0 and stride[i - 1] > step:
            stride[i], length[i] = stride[i - 1], length[i - 1]
            i -= 1
        stride[i], length[i] = step, shape[axis]
        n += 1
    return n


cdef inline bint folded(int nd, const ptrdiff_t *shape, const ptrdiff_t *strides, ptrdiff_t size) noexcept:
    """Whether two elements may be the same memory: not where each stride passes all that smaller ones reach, which is exact for
    all but contrived strides."""
    cdef ptrdiff_t stride[64]   # NumPy's most dimensions
    cdef ptrdiff_t length[64]
    cdef ptrdiff_t extent = size
    cdef int i
    for i in range(in_order(nd, shape, strides, stride, length)):
        if stride[i] < extent:
            return True
        extent += stride[i] * (length[i] - 1)
    return False


cdef enum:
    STEPS = 1 << 20     # of a search, milliseconds; only contrived strides need more, and then an overlap is taken for granted


cdef bint overlaps_itself(array):
    """Whether two elements of an array share memory."""
    cdef PyArrayObject *a = <PyArrayObject *>array
    cdef const ptrdiff_t *shape = <const ptrdiff_t *>PyArray_DIMS(a)
    cdef const ptrdiff_t *strides = <const ptrdiff_t *>PyArray_STRIDES(a)
    cdef ptrdiff_t stride[64]
    cdef ptrdiff_t length[64]
    cdef ptrdiff_t size = array.itemsize, steps = STEPS
    cdef int n
    if PyArray_SIZE(a) < 2 or not folded(PyArray_NDIM(a), shape, strides, size):
        return False
    n = in_order(PyArray_NDIM(a), shape, strides, stride, length)
    return stride[0] < size or returns(stride, length, n, 0, size, False, &steps)


cdef bint returns(const ptrdiff_t *stride, const ptrdiff_t *length, int n, ptrdiff_t at, ptrdiff_t size, bint moved,
                  ptrdiff_t *steps) noexcept:
    """Whether two elements whose indices differ, and that are so far `at` bytes apart, can be less than an element apart by their
    places along the first n axes. Each step takes the axis of the largest stride, and only as far as the others can make up
    for."""
    cdef ptrdiff_t reach = size - 1, step, first, last
    cdef int axis
    if n == 0:
        return moved
    for axis in range(n - 1):
        reach += stride[axis] * (length[axis] - 1)
    step = stride[n - 1]
    # The first axis along which they differ is taken forwards: which of two elements is which does not matter.
    first = max(-((reach + at) // step), 1 - length[n - 1]) if moved else 0
    last = min((reach - at) // step, length[n - 1] - 1)
    while first <= last:
        steps[0] -= 1
        if steps[0] < 0 or returns(stride, length, n - 1, at + first * step, size, moved or first != 0, steps):
            return True
        first += 1
    return False
