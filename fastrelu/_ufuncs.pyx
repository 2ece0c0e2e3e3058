# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
# SPDX-License-Identifier: BSD-3-Clause
"""From the C registry to NumPy ufuncs and in-place functions. Names no activation.

A public ufunc takes its parameters as trailing inputs. Its vectorcall slot is ours: it accepts parameters by keyword or not at
all, and runs plain arrays without NumPy's machinery (`run`); everything else goes on to NumPy's own implementation
(`call_numpy`). Where all parameters are left out, NumPy sees a second, hidden ufunc that has the defaults inside, so that
neither promotion nor other array libraries ever meet them.
"""
cimport cython
from cpython.mem cimport PyMem_Malloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport intptr_t
from libc.string cimport strdup

import os
import sys
from _thread import RLock

import numpy as np

cdef extern from "fastrelu.h":
    enum: FR_MAX_PARAMS, FR_MAX_OPERANDS, FR_MAX_DIMS
    ctypedef enum fr_dtype:
        FR_i8, FR_u8, FR_i16, FR_u16, FR_i32, FR_u32, FR_i64, FR_u64, FR_f16, FR_bf16, FR_f32, FR_f64, FR_DTYPE_COUNT
    ctypedef struct fr_param:
        const char *name
        double value
        int required
        const char *doc
    ctypedef struct fr_activation:
        const char *name
        const char *title
        const char *formula
        const char *derivative
        const char *derivative_from_output
        const char *derivative_param
        fr_param params[2]
        const char *knees
        const char *notes
        const char *source
        double max_ulp, max_ulp_backward
        const char *numpy
        const char *numpy_backward
        const char *numpy_backward_from_output
        const char *torch
    ctypedef struct fr_kernel:
        const char *name
        int arrays, params, outs, integers, smooth
    ctypedef struct fr_loop:
        const fr_kernel *kernel
        fr_dtype dtype
        double defaults[2]
        int use_defaults
    ctypedef struct fr_grid:
        int nd
        ptrdiff_t shape[8]
        char *data[8]
        ptrdiff_t strides[8][8]
    const fr_activation fr_activations[]
    const int fr_activation_count
    const fr_kernel fr_kernels[]
    const int fr_kernel_count
    const char *fr_init(const char *)
    const char *fr_isa()
    const char *fr_compiler()
    int fr_isa_at(int, const char **, int *)
    fr_loop *fr_loop_for(int, fr_dtype, int)
    int fr_item_size(fr_dtype)
    void fr_store_param(fr_dtype, double, void *)
    void fr_run(const fr_loop *, const fr_grid *) nogil
    void fr_run_flat(const fr_loop *, char *const *, ptrdiff_t) nogil
    void fr_simplify(fr_grid *, int) nogil
    void fr_ufunc_loop(char **, const intptr_t *, const intptr_t *, void *)
    void fr_plain(float *, const float *, const float *, ptrdiff_t, int) nogil
    void fr_set_threads(int)
    int fr_set_local_threads(int)
    int fr_get_threads()
    const char *fr_openmp()
    int fr_parallel_init()

cdef extern from "fpenv.h":
    ctypedef struct fr_fpenv:
        pass
    fr_fpenv fr_fpenv_enter()
    void fr_fpenv_leave(fr_fpenv)

cdef extern from "math.h":
    long double erfcl(long double) nogil

cdef extern from "Python.h":
    ctypedef object (*vectorcallfunc)(object, PyObject *const *, size_t, PyObject *)
    ctypedef struct PyMethodDef:
        const char *ml_name
        void *ml_meth
        int ml_flags
        const char *ml_doc
    enum: METH_FASTCALL, METH_KEYWORDS
    object PyCFunction_NewEx(PyMethodDef *, object, object)
    vectorcallfunc PyVectorcall_Function(object)
    Py_ssize_t PyVectorcall_NARGS(size_t)
    PyObject *PyTuple_GET_ITEM(PyObject *, Py_ssize_t)
    Py_ssize_t PyTuple_GET_SIZE(PyObject *)
    int PyTuple_CheckExact(PyObject *)
    int PyFloat_CheckExact(PyObject *)
    double PyFloat_AS_DOUBLE(PyObject *)
    int PyLong_CheckExact(PyObject *)
    double PyLong_AsDouble(PyObject *) except? -1
    PyObject *Py_None
    void *Py_TYPE(PyObject *)
    void Py_DECREF_ "Py_DECREF" (PyObject *)
    void Py_XDECREF(PyObject *)
    object PyContextVar_Set(object, object)
    int PyContextVar_Reset(object, object) except -1

cdef extern from "numpy/arrayobject.h":
    ctypedef struct PyArrayObject
    ctypedef struct PyArray_Descr
    void *PyArray_Type_address "&PyArray_Type"
    int PyArray_TYPE(PyArrayObject *)
    int PyArray_NDIM(PyArrayObject *)
    intptr_t *PyArray_DIMS(PyArrayObject *)
    intptr_t *PyArray_STRIDES(PyArrayObject *)
    char *PyArray_BYTES(PyArrayObject *)
    ptrdiff_t PyArray_SIZE(PyArrayObject *)
    int PyArray_FLAGS(PyArrayObject *)
    int PyArray_ISBEHAVED_RO(PyArrayObject *)
    PyObject *PyArray_EMPTY(int, const intptr_t *, int, int) except NULL
    PyObject *PyArray_NewLikeArray(PyArrayObject *, int, PyArray_Descr *, int) except NULL
    enum: NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE, NPY_KEEPORDER
    enum: NPY_BYTE, NPY_UBYTE, NPY_SHORT, NPY_USHORT, NPY_INT, NPY_UINT, NPY_LONG, NPY_ULONG, NPY_LONGLONG, NPY_ULONGLONG
    enum: NPY_HALF, NPY_FLOAT, NPY_DOUBLE, NPY_USERDEF
    int _import_array() except -1

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct PyUFuncObject
    ctypedef int (*type_resolver "PyUFunc_TypeResolutionFunc *")(PyUFuncObject *, int, PyArrayObject **, PyObject *,
                                                                 PyArray_Descr **) except -1
    ctypedef struct PyUFuncObject:
        void **data
        vectorcallfunc vectorcall
        type_resolver type_resolver
    ctypedef void (*PyUFuncGenericFunction)(char **, const intptr_t *, const intptr_t *, void *)
    object PyUFunc_FromFuncAndData(PyUFuncGenericFunction *, void **, char *, int, int, int, int, const char *, const char *, int)
    int PyUFunc_RegisterLoopForType(PyUFuncObject *, int, PyUFuncGenericFunction, const int *, void *) except -1
    enum: PyUFunc_None
    int _import_umath() except -1

_import_array()
_import_umath()

cdef enum:
    TYPENUMS = 24       # NumPy's built-in types; the slot behind them is bfloat16's
    LOOPS = 13
    MAX_KERNELS = 512
    RELEASE = 1024      # elements from which other Python threads may run meanwhile

# The loops of a ufunc in NumPy's own order, smaller types first: NumPy takes the first that an operand can be cast to safely.
cdef int[LOOPS] TYPENUM = [NPY_BYTE, NPY_UBYTE, NPY_SHORT, NPY_USHORT, NPY_INT, NPY_UINT, NPY_LONG, NPY_ULONG,
                           NPY_LONGLONG, NPY_ULONGLONG, NPY_HALF, NPY_FLOAT, NPY_DOUBLE]


cdef fr_dtype dtype_of(int typenum):
    if typenum == NPY_HALF:
        return FR_f16
    if typenum == NPY_FLOAT:
        return FR_f32
    if typenum == NPY_DOUBLE:
        return FR_f64
    cdef bint signed = typenum in (NPY_BYTE, NPY_SHORT, NPY_INT, NPY_LONG, NPY_LONGLONG)
    cdef int size = (sizeof(char) if typenum in (NPY_BYTE, NPY_UBYTE) else sizeof(short) if typenum in (NPY_SHORT, NPY_USHORT)
                     else sizeof(int) if typenum in (NPY_INT, NPY_UINT) else sizeof(long) if typenum in (NPY_LONG, NPY_ULONG)
                     else sizeof(long long))
    if size == 1:
        return FR_i8 if signed else FR_u8
    if size == 2:
        return FR_i16 if signed else FR_u16
    if size == 4:
        return FR_i32 if signed else FR_u32
    return FR_i64 if signed else FR_u64


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

cdef bint fast_path = True
cdef PyObject *kernel_at[MAX_KERNELS]
cdef object OUT = "out"
cdef frozenset UFUNC_KEYWORDS = frozenset(("out", "where", "casting", "order", "dtype", "subok", "signature", "sig"))


@cython.final
cdef class Kernel:
    """One row of the C table with its ufuncs: `ufunc`, the public one, and `plain`, the one with the defaults inside."""
    cdef readonly str name
    cdef readonly int index, arrays, params, outs
    cdef readonly bint integers, smooth, required
    cdef readonly tuple param_names, defaults
    cdef readonly object ufunc, plain, in_place
    cdef fr_loop *loops[TYPENUMS + 1]
    cdef vectorcallfunc numpy_call

    def __reduce__(self):
        return kernel, (self.name,)

    def __getattr__(self, name):
        # An in-place function is pickled as an attribute of what it is bound to.
        if self.in_place is not None and name == self.name + "_":
            return self.in_place
        raise AttributeError(name)


# bfloat16 is a type that ml_dtypes adds to NumPy: its number is known once that is imported, by whomever. Its loops must be there
# before NumPy first resolves a call with it, or NumPy remembers to compute it in another type; so we look when a type that is not
# NumPy's own turns up in `recognise`, before a call is passed on, and whenever NumPy asks for a resolution that it does not
# remember, which covers .at, .reduce, .accumulate and .outer.
cdef int bfloat16 = -1
cdef object bfloat16_dtype = None
cdef object making = RLock()    # held while a kernel is made, and while bfloat16 is added to all there are
if hasattr(os, "register_at_fork"):     # or a child could be born with it held by a thread that it does not have
    os.register_at_fork(before=making.acquire, after_in_parent=making.release, after_in_child=making.release)
cdef type_resolver numpy_resolver = NULL


cdef int seek_bfloat16() except -1:
    """Registers the loops of bfloat16 if ml_dtypes is there by now."""
    global bfloat16, bfloat16_dtype
    scalar = getattr(sys.modules.get("ml_dtypes"), "bfloat16", None)
    if scalar is None:
        return 0
    with making:
        if bfloat16 >= 0:
            return 0
        dtype = np.dtype(scalar)
        if dtype.itemsize != 2 or dtype.num < NPY_USERDEF:
            return 0
        for k in list(kernels.values()):
            add_bfloat16(k, dtype.num)
        bfloat16_dtype = dtype
        bfloat16 = dtype.num
    return 0


cdef int add_bfloat16(Kernel k, int typenum) except -1:
    cdef int use_defaults
    for use_defaults, ufunc in enumerate([k.ufunc] if k.plain is k.ufunc else [k.ufunc, k.plain]):
        PyUFunc_RegisterLoopForType(<PyUFuncObject *>ufunc, typenum, fr_ufunc_loop, NULL,
                                    fr_loop_for(k.index, FR_bf16, use_defaults))
    k.loops[TYPENUMS] = fr_loop_for(k.index, FR_bf16, 0)
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


cdef inline fr_loop *loop_of(Kernel k, int typenum) noexcept:
    return k.loops[typenum] if typenum < TYPENUMS else k.loops[TYPENUMS] if typenum == bfloat16 else NULL


cdef fr_loop *sought_loop_of(Kernel k, int typenum) except? NULL:
    if typenum >= NPY_USERDEF and bfloat16 < 0:
        seek_bfloat16()
    return loop_of(k, typenum)


cdef struct Call:
    # The arguments of a call by role; NULL is what was not given.
    PyObject *param[2]
    PyObject *out[2]
    bint params_given, for_numpy


cdef inline int param_at(Kernel k, object name) except -2:
    """Which parameter has this name, or -1. Names are nearly always interned: comparing comes second."""
    cdef int j
    for j in range(k.params):
        if k.param_names[j] is name:
            return j
    for j in range(k.params):
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
    for j in range(k.params):
        if call.param[j] == NULL:
            raise TypeError(f"{k.name}{suffix}() is missing its required parameter {k.param_names[j]!r}")
    return 0


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


cdef inline bint conflict(const fr_grid *grid, int a, int b, int size) noexcept:
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


cdef inline bint folded(const fr_grid *grid, int operand, int size) noexcept:
    """Whether two elements of an operand may be the same memory (exact for all but contrived strides)."""
    cdef int axis
    cdef ptrdiff_t extent = size, stride
    for axis in range(grid.nd - 1, -1, -1):
        stride = grid.strides[operand][axis]
        if stride < 0:
            stride = -stride
        if stride < extent:
            return True
        extent += stride * (grid.shape[axis] - 1)
    return False


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
    op.inputs = k.arrays + k.params
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


cdef inline bint clash(const char *a, const char *b, ptrdiff_t extent) noexcept:
    """Whether two runs of memory overlap without being the same."""
    return a != b and a < b + extent and b < a + extent


cdef int sweep_flat(Operands *op) noexcept:
    """Every array is one run of the same length, every parameter a constant; as `sweep`."""
    cdef int i, j
    cdef ptrdiff_t total = PyArray_SIZE(op.base), extent = total * op.size
    for i in range(op.count):
        if op.array[i] != NULL:
            op.data[i] = PyArray_BYTES(op.array[i])
    for i in range(op.inputs, op.count):
        for j in range(i):
            if op.array[j] != NULL and (clash(op.data[j], op.data[i], extent) or j >= op.inputs and op.data[j] == op.data[i]):
                return total == 0
    if total < RELEASE:
        fr_run_flat(op.loop, op.data, total)
    else:
        with nogil:
            fr_run_flat(op.loop, op.data, total)
    return 1


cdef int sweep(Operands *op) noexcept:
    """Runs the loop over the operands, all there now; False, and nothing done, where memory overlaps or shapes do not fit."""
    cdef fr_grid grid
    cdef int i, j, axis
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
    for i in range(op.inputs, op.count):
        if folded(&grid, i, op.size):
            return 0
        for j in range(i):
            if op.array[j] != NULL and (conflict(&grid, j, i, op.size) or j >= op.inputs and grid.data[i] == grid.data[j]):
                return 0
    if total < RELEASE:
        fr_run(op.loop, &grid)
    else:
        with nogil:
            fr_run(op.loop, &grid)
    return 1


cdef int run(Kernel k, PyObject *const *array, Call *call, PyObject **result) except -1:
    """A call without NumPy's machinery: 1 when done, with new references in result[]; 0 where it is not a case for this."""
    cdef Operands op
    cdef int i, done, c_order = 1, f_order = 1, flat = 1
    if not recognise(k, array, call, &op):
        return 0
    for i in range(op.count):
        if op.array[i] != NULL:
            if op.array[i] != op.base and not same_shape(op.array[i], op.base):
                if i >= op.inputs:
                    return 0
                flat = 0
            if i >= k.arrays and i < op.inputs:
                flat = 0
            c_order = c_order and PyArray_FLAGS(op.array[i]) & NPY_ARRAY_C_CONTIGUOUS
            f_order = f_order and PyArray_FLAGS(op.array[i]) & NPY_ARRAY_F_CONTIGUOUS
    for i in range(k.outs):
        if call.out[i] == NULL:
            # NumPy makes scalars of 0-d results, and knows best which order mixed ones get.
            if PyArray_NDIM(op.base) == 0 or not (c_order or f_order or op.inputs == 1):
                return 0
    for i in range(k.outs):
        result[i] = call.out[i]
        if result[i] != NULL:
            Py_INCREF(<object>result[i])
        elif c_order or f_order:
            result[i] = PyArray_EMPTY(PyArray_NDIM(op.base), PyArray_DIMS(op.base), op.typenum, not c_order)
        else:
            result[i] = PyArray_NewLikeArray(op.base, NPY_KEEPORDER, NULL, 0)
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


cdef object call_numpy(Kernel k, object ufunc, PyObject *const *args, Py_ssize_t nargs, PyObject *names):
    """NumPy's own implementation, with our promise about the floating-point environment and warnings around it."""
    cdef object token = None
    cdef object quiet = None
    if error_state is None:
        quiet = np.errstate(all="ignore")
        quiet.__enter__()
    else:
        token = PyContextVar_Set(error_state, no_errors)
    cdef fr_fpenv env = fr_fpenv_enter()
    try:
        return k.numpy_call(ufunc, args, nargs, names)
    finally:
        fr_fpenv_leave(env)
        if quiet is None:
            PyContextVar_Reset(error_state, token)
        else:
            quiet.__exit__(None, None, None)


cdef object ufunc_call(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *names):
    """What calling one of our ufuncs does (its vectorcall slot)."""
    cdef fr_loop *loop = <fr_loop *>(<PyUFuncObject *>callable).data[0]
    cdef Kernel k = <Kernel>kernel_at[loop.kernel - fr_kernels]
    cdef Py_ssize_t nargs = PyVectorcall_NARGS(nargsf), i
    cdef int params = 0 if loop.use_defaults else k.params
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
    if fast_path and not call.for_numpy and run(k, args, &call, result):
        return as_result(k, result)
    return pass_on(k, <object>callable, args, nargs, names, params, &call)


cdef object pass_on(Kernel k, object ufunc, PyObject *const *args, Py_ssize_t nargs, PyObject *names, int params, Call *call):
    """To NumPy: arrays, then the parameters (all or none), then what else was given."""
    cdef PyObject *stack[64]
    cdef Py_ssize_t n = 0, i, keywords = PyTuple_GET_SIZE(names) if names != NULL else 0
    cdef PyObject *const *values = args + nargs
    cdef list left = []
    cdef object left_names, _kept
    if nargs < k.arrays or nargs + keywords > 48:
        return call_numpy(k, ufunc, args, nargs, names)     # it says what is wrong
    if params and not call.params_given:
        ufunc = k.plain
    for i in range(k.arrays):
        stack[n] = args[i]
        n += 1
    if call.params_given:
        for i in range(params):
            stack[n] = call.param[i] if call.param[i] != NULL else <PyObject *>k.defaults[i]
            n += 1
    if bfloat16 < 0:
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
    return call_numpy(k, ufunc, stack, nargs, <PyObject *>left_names if left else NULL)


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


cdef object in_place_call(PyObject *bound, PyObject *const *args, Py_ssize_t nargs, PyObject *names):
    """NAME_(x, *params), NAME_backward_(dy, x, *params): the first array is the (first) output too."""
    cdef Kernel k = <Kernel>bound
    cdef Py_ssize_t i
    cdef Call call
    cdef PyObject *result[2]
    call.param[0] = call.param[1] = call.out[0] = call.out[1] = NULL
    call.params_given = nargs > k.arrays
    if nargs < k.arrays or nargs > k.arrays + k.params:
        takes = ["x"] if k.arrays == 1 else ["dy", "y" if k.name.endswith("_from_output") else "x"]
        raise TypeError(f"{k.name}_({', '.join([*takes, *k.param_names])}) was given {nargs} positional arguments")
    for i in range(k.arrays, nargs):
        call.param[i - k.arrays] = args[i]
    if names != NULL:
        sort_keywords(k, "_", args + nargs, names, True, False, &call)
    if k.required:
        missing_param(k, "_", &call)
    call.out[0] = args[0]
    if fast_path and run(k, args, &call, result):
        return as_result(k, result)
    arrays = [<object>args[i] for i in range(k.arrays)]
    params = [<object>call.param[i] if call.param[i] != NULL else k.defaults[i] for i in range(k.params)]
    return in_place_through_numpy(k, arrays, params if call.params_given else [])


cdef object in_place_through_numpy(Kernel k, list arrays, list params):
    """Everything that `run` leaves: what is wrong is said before anything is written."""
    target = arrays[0]
    name = k.name + "_"
    if not isinstance(target, np.ndarray):
        raise TypeError(f"{name}() works in place on a numpy.ndarray, not on {type(target).__name__}; "
                        f"{k.name}() returns a new result")
    if not target.flags.writeable:
        raise ValueError(f"{name}() works in place, and this array is read-only; {k.name}() returns a new result")
    cdef int typenum = target.dtype.num
    if sought_loop_of(k, typenum) == NULL:
        kept = sorted({np.dtype(t).name for t in np.typecodes["AllInteger"] + "efd" if loop_of(k, np.dtype(t).num) != NULL}
                      | {"bfloat16"})
        raise TypeError(f"{name}() cannot keep the dtype {target.dtype} in place: it keeps {', '.join(kept)}")
    for other in [*arrays[1:], *params]:
        shape = np.shape(other)
        if not broadcasts(shape, target.shape):
            raise ValueError(f"{name}() works in place on an array of shape {target.shape}; "
                             f"an operand of shape {shape} does not broadcast to it")
    if overlaps_itself(target):
        raise ValueError(f"{name}() works in place, and elements of this array share memory (strides {target.strides}, "
                         f"shape {target.shape}); copy it first")
    ufunc = k.ufunc if params else k.plain
    if k.outs == 1:
        ufunc(*arrays, *params, out=target)
        return target
    result = ufunc(*arrays, *params, out=(target,) + (None,) * (k.outs - 1))
    return (target, *result[1:])


cdef bint broadcasts(tuple shape, tuple to):
    return len(shape) <= len(to) and all([a == 1 or a == b for a, b in zip(shape[::-1], to[::-1])])


cdef bint overlaps_itself(array):
    """Exact. The quick test (each stride at least the extent of all smaller ones) leaves only contrived strides to be counted."""
    extent = array.itemsize
    nested = True
    if array.size < 2:
        return False
    for stride, length in sorted((abs(stride), length) for stride, length in zip(array.strides, array.shape) if length > 1):
        nested = nested and stride >= extent
        extent += stride * (length - 1)
    if nested:
        return False
    offsets = np.zeros((), np.intp)
    for stride, length in zip(array.strides, array.shape):
        offsets = np.add.outer(offsets, np.arange(length) * stride)
    offsets = np.sort(offsets, axis=None)
    return bool((np.diff(offsets) < array.itemsize).any())


# ---- from the registry ----

cdef object text(const char *s):
    return None if s == NULL else s.decode()


def activations():
    """The registry as dicts, one an activation, in its order."""
    rows = []
    for i in range(fr_activation_count):
        a = &fr_activations[i]
        params = []
        for j in range(FR_MAX_PARAMS):
            if a.params[j].name != NULL:
                params.append({
                    "name": text(a.params[j].name), "required": bool(a.params[j].required), "doc": text(a.params[j].doc),
                    "default": None if a.params[j].required else a.params[j].value})
        rows.append({
            "name": text(a.name), "title": text(a.title), "formula": text(a.formula), "derivative": text(a.derivative),
            "derivative_from_output": text(a.derivative_from_output), "derivative_param": text(a.derivative_param),
            "params": params, "knees": text(a.knees), "notes": text(a.notes), "source": text(a.source),
            "max_ulp": a.max_ulp, "max_ulp_backward": a.max_ulp_backward, "numpy": text(a.numpy),
            "numpy_backward": text(a.numpy_backward), "numpy_backward_from_output": text(a.numpy_backward_from_output),
            "torch": text(a.torch)})
    return rows


def kernel_table():
    """The C loops in the registry's order: name, and whether it takes integers."""
    return [(text(fr_kernels[i].name), bool(fr_kernels[i].integers)) for i in range(fr_kernel_count)]


cdef object new_ufunc(Kernel k, int use_defaults, bytes doc):
    """A ufunc of all the kernel's types. NumPy keeps the tables for ever, so they are never freed."""
    cdef int nin = k.arrays + (0 if use_defaults else k.params), nargs = nin + k.outs, ntypes = 0, t, i
    cdef PyUFuncGenericFunction *functions = <PyUFuncGenericFunction *>PyMem_Malloc(LOOPS * sizeof(void *))
    cdef void **data = <void **>PyMem_Malloc(LOOPS * sizeof(void *))
    cdef char *types = <char *>PyMem_Malloc(LOOPS * nargs)
    cdef fr_loop *loop
    if functions == NULL or data == NULL or types == NULL:
        raise MemoryError
    for t in range(LOOPS):
        loop = fr_loop_for(k.index, dtype_of(TYPENUM[t]), use_defaults)
        if loop == NULL:
            continue
        functions[ntypes] = fr_ufunc_loop
        data[ntypes] = loop
        for i in range(nargs):
            types[ntypes * nargs + i] = <char>TYPENUM[t]
        ntypes += 1
        if not use_defaults:
            k.loops[TYPENUM[t]] = loop
    name = k.name.encode()
    return PyUFunc_FromFuncAndData(functions, data, types, ntypes, nin, k.outs, PyUFunc_None, strdup(name), strdup(doc), 0)


kernels = {}            # those made so far
kernel_maker = None     # makes the others: fastrelu._registry, which knows their documentation


def kernel(name):
    found = kernels.get(name)
    return kernel_maker(name) if found is None else found


def make_kernel(str name, params, str doc, str plain_doc, str in_place_doc):
    """The ufuncs, and the in-place function where there is one, of one C loop, made once. params: the activation's, as dicts."""
    cdef Kernel k
    with making:
        if name not in kernels:
            # What runs meanwhile on this thread (a finalizer, a signal's handler) may have been first.
            k = kernels.setdefault(name, new_kernel(name, params, doc, plain_doc, in_place_doc))
            kernel_at[k.index] = <PyObject *>k
        return kernels[name]


cdef Kernel new_kernel(str name, params, str doc, str plain_doc, str in_place_doc):
    cdef Kernel k = Kernel()
    cdef PyMethodDef *method
    k.index = [row[0] for row in kernel_table()].index(name)
    k.name = name
    k.arrays = fr_kernels[k.index].arrays
    k.params = fr_kernels[k.index].params
    k.outs = fr_kernels[k.index].outs
    k.integers = fr_kernels[k.index].integers
    k.smooth = fr_kernels[k.index].smooth
    k.param_names = tuple([p["name"] for p in params[:k.params]])
    k.required = any([p["required"] for p in params[:k.params]])
    # A default that stands beside given parameters: a Python int where it can be, which never turns an integer array to float64.
    k.defaults = tuple([None if p["required"] else int(p["default"]) if p["default"] == int(p["default"]) else p["default"]
                        for p in params[:k.params]])
    k.ufunc = k.plain = new_ufunc(k, 0, doc.encode())
    if k.params and not k.required:
        k.plain = new_ufunc(k, 1, plain_doc.encode())
    k.numpy_call = PyVectorcall_Function(k.ufunc)
    if in_place_doc:
        method = <PyMethodDef *>PyMem_Malloc(sizeof(PyMethodDef))
        if method == NULL:
            raise MemoryError
        method_name = (name + "_").encode()
        method_doc = in_place_doc.encode()
        method.ml_name = strdup(method_name)
        method.ml_meth = <void *>in_place_call
        method.ml_flags = METH_FASTCALL | METH_KEYWORDS
        method.ml_doc = strdup(method_doc)
        k.in_place = PyCFunction_NewEx(method, k, "fastrelu")
    for ufunc in {k.ufunc, k.plain}:
        hook(ufunc)
    if bfloat16 >= 0:
        add_bfloat16(k, bfloat16)
    return k


cdef int check_slot(object ufunc) except -1:
    """The vectorcall slot is where NumPy's headers say that it is."""
    cdef vectorcallfunc call = PyVectorcall_Function(ufunc)
    if call == NULL or <void *>(<PyUFuncObject *>ufunc).vectorcall != <void *>call:
        raise ImportError(f"fastrelu does not know the ufuncs of NumPy {np.__version__}: their layout has changed; "
                          "a newer fastrelu is needed")
    return 0


check_slot(np.add)


cdef int hook(object ufunc) except -1:
    """Puts our call into a ufunc's vectorcall slot."""
    global numpy_resolver
    cdef PyUFuncObject *u = <PyUFuncObject *>ufunc
    u.vectorcall = <vectorcallfunc>ufunc_call
    numpy_resolver = u.type_resolver
    u.type_resolver = resolve
    return 0


def set_fast_path(bint on):
    """Whether calls may bypass NumPy's machinery; the setting before. The tests run both ways."""
    global fast_path
    before = fast_path
    fast_path = on
    return before


def init(isa=None):
    """Chooses the instruction set: the best usable one, at most `isa`. May be called again; the ufuncs stay."""
    cdef const char *cap = NULL
    if isa is not None:
        encoded = isa.encode()
        cap = encoded
    cdef const char *wrong = fr_init(cap)
    if wrong != NULL:
        raise ValueError(text(wrong))


def isa():
    """The instruction set in use."""
    return text(fr_isa())


def isas():
    """Every instruction set that was built, best first, and whether this machine can use it."""
    cdef const char *name
    cdef int usable
    found = {}
    while fr_isa_at(len(found), &name, &usable):
        found[text(name)] = bool(usable)
    return found


def openmp():
    return text(fr_openmp())


def compiler():
    return text(fr_compiler())


def cython_version():
    return cython.__version__


def erfc(x):
    """The C library's erfc in long double, for the reference that results are held against."""
    cdef long double *at
    cdef ptrdiff_t i, n
    result = np.array(x, np.longdouble, order="C")
    n = result.size
    at = <long double *>PyArray_BYTES(<PyArrayObject *>result)
    with nogil:
        for i in range(n):
            at[i] = erfcl(at[i])
    return result


cdef float *plain_data(array, Py_ssize_t n) except NULL:
    if type(array) is not np.ndarray or array.dtype != np.float32 or not array.flags.carray or array.size != n:
        raise ValueError("plain_loop() takes C-contiguous float32 arrays of one size")
    return <float *>PyArray_BYTES(<PyArrayObject *>array)


def plain_loop(out, a, b, bint stream):
    """The yardstick of the benchmarks, on the present number of threads: out = a * b, or a where b is None, float32."""
    cdef ptrdiff_t n = out.size
    cdef float *first = plain_data(out, n)
    cdef const float *second = plain_data(a, n)
    cdef const float *third = NULL if b is None else plain_data(b, n)
    with nogil:
        fr_plain(first, second, third, n, stream)


def set_threads(int n):
    fr_set_threads(n)


def set_local_threads(int n):
    return fr_set_local_threads(n)


def get_threads():
    return fr_get_threads()


if fr_parallel_init():
    raise ImportError("fastrelu could not register its fork handlers")
