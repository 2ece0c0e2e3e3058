# SPDX-License-Identifier: BSD-3-Clause
# Class Kernel: a loop of the C table, and the ufuncs and in-place function that are made of it.
cdef enum:
    TYPENUMS = 24       # NumPy's built-in types; the slot behind them is bfloat16's
    MAX_KERNELS = 512

# The C side's types by NumPy's names.
cdef dict DTYPES = {"int8": FR_i8, "uint8": FR_u8, "int16": FR_i16, "uint16": FR_u16, "int32": FR_i32, "uint32": FR_u32,
                    "int64": FR_i64, "uint64": FR_u64, "float16": FR_f16, "bfloat16": FR_bf16, "float32": FR_f32,
                    "float64": FR_f64}
# The loops of a ufunc in NumPy's own order, smaller types first: NumPy takes the first that an operand can be cast to safely.
# Two of its integer types may be one of ours.
cdef list LOOPS = [(dtype.num, DTYPES[dtype.name]) for dtype in map(np.dtype, "bBhHiIlLqQefd")]

cdef PyObject *kernel_at[MAX_KERNELS]   # those made so far; they stay for ever, for NumPy keeps their tables
cdef object making = RLock()            # held while a kernel is made, and while bfloat16 is added to all there are
if hasattr(os, "register_at_fork"):     # or a child could be born with it held by a thread that it does not have
    os.register_at_fork(before=making.acquire, after_in_parent=making.release, after_in_child=making.release)


cdef class Kernel:
    """What C knows of a fastrelu._registry.Function, which is derived from this and has doc(kind), signature(kind) and
    pickled(name, hidden)."""
    cdef readonly str name
    cdef readonly tuple inputs
    cdef readonly dict params
    cdef readonly int arrays, outs
    cdef readonly bint integers, smooth, required
    cdef readonly tuple limits  # of each parameter None, or the least number and whether it may be that
    cdef bint limited
    cdef double least[2]
    cdef int index, param_count
    cdef tuple param_names, defaults
    cdef object public_ufunc, hidden_ufunc, in_place_function
    cdef fr_loop *loops[TYPENUMS + 1]

    def __init__(self, int index, tuple inputs, dict params, tuple limits):
        cdef const fr_kernel *row = &fr_kernels[index]
        cdef int typenum, dtype, i
        self.name, self.index, self.inputs, self.params = text(row.name), index, inputs, params
        self.arrays, self.param_count, self.outs = row.arrays, row.params, row.outs
        self.integers, self.smooth = row.integers, row.smooth
        for typenum, dtype in [*LOOPS, (TYPENUMS, FR_bf16)]:
            self.loops[typenum] = fr_loop_for(index, dtype, 0)
        if (len(inputs), len(params)) != (row.arrays, row.params):
            raise ImportError(f"the operands of {self.name} are not those of its record")
        self.param_names = tuple(params)
        self.required = None in params.values()
        self.limits, self.limited = limits, any(limits)
        for i, limit in enumerate(limits):
            self.least[i] = limit[0] if limit else -INFINITY
        # A default that stands beside given parameters: a Python int where it can be, which never turns an integer array to
        # float64.
        self.defaults = tuple([value if value is None or value != int(value) else int(value) for value in params.values()])

    @property
    def made(self):
        """Whether there are functions yet."""
        return self.public_ufunc is not None

    @property
    def ufunc(self):
        """The public ufunc."""
        if self.public_ufunc is None:
            make(self)
        return self.public_ufunc

    @property
    def plain(self):
        """The ufunc without parameters, with the defaults inside; the public one where there are none."""
        if self.hidden_ufunc is None:
            make(self)
        return self.hidden_ufunc

    @property
    def in_place(self):
        """The function in place."""
        if self.in_place_function is None:
            make(self)
        return self.in_place_function

    def keeps(self, dtype):
        """Whether this is computed in the dtype and the result has it."""
        return sought_loop_of(self, np.dtype(dtype).num) != NULL

    cdef int create(self) except -1:
        """Makes the functions, under the lock."""
        ufunc = new_ufunc(self, 0)
        plain = new_ufunc(self, 1) if self.param_count and not self.required else ufunc
        in_place = new_in_place(self, <void *>in_place_call)
        if bfloat16 >= 0:
            add_bfloat16(self, ufunc, plain, bfloat16)
        if self.public_ufunc is None:      # or what ran meanwhile on this thread (a finalizer, a signal's handler) made it
            Py_INCREF(self)
            kernel_at[self.index] = <PyObject *>self
            self.hidden_ufunc, self.in_place_function, self.public_ufunc = plain, in_place, ufunc
        return 0


cdef int make(Kernel k) except -1:
    """Makes what a kernel has, once."""
    with making:
        if k.public_ufunc is not None:
            return 0
        k.create()
    return 0


cdef object new_ufunc(Kernel k, int use_defaults):
    """A ufunc of all the kernel's types. NumPy keeps the tables for ever, so they are never freed."""
    cdef int nin = k.arrays + (0 if use_defaults else k.param_count), nargs = nin + k.outs, ntypes = 0, typenum, dtype, i
    cdef PyUFuncGenericFunction *functions = <PyUFuncGenericFunction *>PyMem_Malloc(len(LOOPS) * sizeof(void *))
    cdef void **data = <void **>PyMem_Malloc(len(LOOPS) * sizeof(void *))
    cdef char *types = <char *>PyMem_Malloc(len(LOOPS) * nargs)
    if functions == NULL or data == NULL or types == NULL:
        raise MemoryError
    for typenum, dtype in LOOPS:
        if k.loops[typenum] == NULL:
            continue
        functions[ntypes] = fr_ufunc_loop
        data[ntypes] = fr_loop_for(k.index, dtype, use_defaults)
        for i in range(nargs):
            types[ntypes * nargs + i] = <char>typenum
        ntypes += 1
    ufunc = PyUFunc_FromFuncAndData(functions, data, types, ntypes, nin, k.outs, PyUFunc_None, lasting(k.name), NULL, 0)
    hook(<PyUFuncObject *>ufunc, k, <void *>ufunc_call)
    return ufunc


cdef object new_in_place(Kernel k, void *call):
    cdef PyMethodDef *method = <PyMethodDef *>PyMem_Malloc(sizeof(PyMethodDef))
    if method == NULL:
        raise MemoryError
    method.ml_name = lasting(k.name + "_")
    method.ml_meth = call
    method.ml_flags = METH_FASTCALL | METH_KEYWORDS
    method.ml_doc = NULL
    function = PyCFunction_NewEx(method, k, None)
    fr_to_in_place(function, call)
    return function


cdef char *lasting(str s) except NULL:
    """A copy of a text that is there for ever."""
    encoded = s.encode()
    return strdup(encoded)


cdef inline fr_loop *loop_of(Kernel k, int typenum) noexcept:
    return k.loops[typenum] if typenum < TYPENUMS else k.loops[TYPENUMS] if typenum == bfloat16 else NULL


cdef fr_loop *sought_loop_of(Kernel k, int typenum) except? NULL:
    if typenum >= NPY_USERDEF and bfloat16 < 0:
        seek_bfloat16()
    return loop_of(k, typenum)


# NumPy's own ways to call a ufunc and to resolve its types, in whose places ours are put.
cdef vectorcallfunc numpy_call = PyVectorcall_Function(np.add)
cdef type_resolver numpy_resolver = NULL

if numpy_call == NULL or <void *>(<PyUFuncObject *>np.add).vectorcall != <void *>numpy_call:
    raise ImportError(f"fastrelu does not know the ufuncs of NumPy {np.__version__}: their layout has changed; "
                      "a newer fastrelu is needed")


cdef int hook(PyUFuncObject *ufunc, Kernel k, void *call) except -1:
    """Makes a new ufunc one of ours: it knows its kernel, in the field for a ufunc's Python object, and calls come to us."""
    global numpy_resolver
    Py_INCREF(k)
    ufunc.obj = <PyObject *>k
    ufunc.vectorcall = <vectorcallfunc>call
    numpy_resolver = ufunc.type_resolver
    ufunc.type_resolver = resolve
    fr_to_ufunc(<object>ufunc)
    return 0
