# SPDX-License-Identifier: BSD-3-Clause
# The instruction set; what was built; and what measuring and judging need of C.
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


def bare_sweep(Kernel k, list arrays, list outs):
    """A kernel's loop over contiguous arrays of one dtype and size, with default parameters and without mends. Whether it makes a
    subnormal of normal numbers on its way."""
    cdef fr_loop *loop = sought_loop_of(k, arrays[0].dtype.num)
    cdef char *at[FR_MAX_OPERANDS]
    cdef int i
    for i, array in enumerate(arrays):
        at[i] = PyArray_BYTES(<PyArrayObject *>array)
    for i in range(k.param_count):
        at[k.arrays + i] = <char *>&loop.defaults[i]
    for i, array in enumerate(outs):
        at[k.arrays + k.param_count + i] = PyArray_BYTES(<PyArrayObject *>array)
    return bool(fr_bare_sweep(loop, at, arrays[0].size))


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
    if blocks:
        tell_threads()
    with nogil:
        fr_plain(first, second, third, n, stream)


if fr_parallel_init():
    raise ImportError("fastrelu could not register its fork handlers")
