# SPDX-License-Identifier: BSD-3-Clause
# What the binding uses of the C side, of Python and of NumPy.
cdef extern from "fastrelu.h":
    enum: FR_MAX_PARAMS, FR_MAX_OPERANDS, FR_MAX_DIMS
    ctypedef int fr_dtype
    enum: FR_i8, FR_u8, FR_i16, FR_u16, FR_i32, FR_u32, FR_i64, FR_u64, FR_f16, FR_bf16, FR_f32, FR_f64
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
    int fr_bare_sweep(const fr_loop *, char *const *, ptrdiff_t)
    void fr_simplify(fr_grid *, int) nogil
    void fr_ufunc_loop(char **, const intptr_t *, const intptr_t *, void *)
    int fr_bias_act(const fr_loop *, fr_grid *, void *) nogil
    void fr_relu_to_bits(const fr_loop *, fr_grid *, unsigned char *) nogil
    void fr_relu_backward_by_bits(const fr_loop *, fr_grid *, const unsigned char *, const void *) nogil
    ctypedef struct fr_row_kernel:
        const char *name
        int arrays
    ctypedef struct fr_row_loop:
        const fr_row_kernel *kernel
        fr_dtype dtype
    const fr_row_kernel fr_row_kernels[]
    const int fr_row_kernel_count
    fr_row_loop *fr_row_loop_for(int, fr_dtype)
    int fr_run_rows(const fr_row_loop *, const fr_grid *, ptrdiff_t, const ptrdiff_t *) nogil
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
    void Py_XDECREF(PyObject *)
    void PyErr_NoMemory()
    int PyContextVar_Get(object, PyObject *, PyObject **) except -1
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
    PyObject *PyArray_NewFromDescr(void *, PyArray_Descr *, int, const intptr_t *, const intptr_t *, void *, int,
                                   PyObject *) except NULL
    PyArray_Descr *PyArray_DescrFromType(int)
    enum: NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_F_CONTIGUOUS, NPY_ARRAY_WRITEABLE
    enum: NPY_USERDEF
    int _import_array() except -1

cdef extern from "numpy/ufuncobject.h":
    ctypedef struct PyUFuncObject
    ctypedef int (*type_resolver "PyUFunc_TypeResolutionFunc *")(PyUFuncObject *, int, PyArrayObject **, PyObject *,
                                                                 PyArray_Descr **) except -1
    ctypedef struct PyUFuncObject:
        void **data
        PyObject *obj
        vectorcallfunc vectorcall
        type_resolver type_resolver
    ctypedef void (*PyUFuncGenericFunction)(char **, const intptr_t *, const intptr_t *, void *)
    object PyUFunc_FromFuncAndData(PyUFuncGenericFunction *, void **, char *, int, int, int, int, const char *, const char *, int)
    object PyUFunc_FromFuncAndDataAndSignature(PyUFuncGenericFunction *, void **, char *, int, int, int, int, const char *,
                                               const char *, int, const char *)
    int PyUFunc_RegisterLoopForType(PyUFuncObject *, int, PyUFuncGenericFunction, const int *, void *) except -1
    enum: PyUFunc_None
    int _import_umath() except -1
