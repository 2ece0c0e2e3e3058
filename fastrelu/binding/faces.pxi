# SPDX-License-Identifier: BSD-3-Clause
# How the functions show themselves: names, documentation, signatures, pickles; all of it says fastrelu.NAME. Ufuncs are NumPy's
# and functions in place Python's built-in ones, each of a type derived from theirs.
#
# A call without parameters reaches NumPy, and so the containers that override ufuncs, as the hidden ufunc, for xarray, pandas and
# others go by the number of inputs. It is equal to the public one and hashes as it, so that a container's table of ufuncs has it,
# and it comes out of a pickle as the public one.
cdef extern from *:
    """
    /* Static, for neither base may be derived from in Python. Bases and functions are known at run time. */
    static PyTypeObject fr_ufunc_type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "fastrelu.ufunc"};
    static PyTypeObject fr_in_place_type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "fastrelu.in_place_function"};

    /* The closure is the attribute's name. Both arrays begin with what is of one type alone. */
    #define ATTRIBUTE(name) {name, NULL, NULL, NULL, (void *)name}
    static PyGetSetDef fr_attributes[] = {ATTRIBUTE("__self__"), ATTRIBUTE("__module__"), ATTRIBUTE("__qualname__"),
                                          ATTRIBUTE("__doc__"), ATTRIBUTE("__signature__"), {NULL}};
    static PyMethodDef fr_methods[] = {{"at", NULL, METH_VARARGS, NULL}, {"__reduce__", NULL, METH_NOARGS, NULL}, {NULL}};

    static int fr_derive_types(PyTypeObject *ufunc, getter attribute, reprfunc repr, hashfunc hash, richcmpfunc compare,
                               PyCFunction reduce, PyCFunction at)
    {
        for (PyGetSetDef *entry = fr_attributes; entry->name; entry++) entry->get = attribute;
        fr_methods[0].ml_meth = at;
        fr_methods[1].ml_meth = reduce;
        fr_ufunc_type.tp_base = ufunc;
        fr_ufunc_type.tp_methods = fr_methods;
        fr_ufunc_type.tp_getset = fr_attributes + 1;
        fr_ufunc_type.tp_hash = hash;
        fr_ufunc_type.tp_richcompare = compare;
        fr_in_place_type.tp_base = &PyCFunction_Type;
        fr_in_place_type.tp_methods = fr_methods + 1;
        fr_in_place_type.tp_getset = fr_attributes;
        fr_ufunc_type.tp_repr = fr_ufunc_type.tp_str = fr_in_place_type.tp_repr = repr;
        fr_ufunc_type.tp_flags = fr_in_place_type.tp_flags = Py_TPFLAGS_DEFAULT;
        return PyType_Ready(&fr_ufunc_type) || PyType_Ready(&fr_in_place_type) ? -1 : 0;
    }

    static int fr_is_ufunc(PyObject *f) { return Py_IS_TYPE(f, &fr_ufunc_type); }
    static void fr_to_ufunc(PyObject *f) { Py_SET_TYPE(f, &fr_ufunc_type); }
    /* Python calls only its own type's functions directly; of another, a call goes through this slot. */
    static void fr_to_in_place(PyObject *f, vectorcallfunc call)
    {
        Py_SET_TYPE(f, &fr_in_place_type);
        ((PyCFunctionObject *)f)->vectorcall = call;
    }
    """
    void *PyUFunc_Type_address "&PyUFunc_Type"
    PyObject *PyCFunction_GET_SELF(PyObject *)
    int fr_derive_types(void *, void *, void *, void *, void *, void *, void *) except -1
    bint fr_is_ufunc(PyObject *)
    void fr_to_ufunc(object)
    void fr_to_in_place(object, void *)


cdef inline Kernel kernel_of_ufunc(PyObject *ufunc):
    return <Kernel>(<PyUFuncObject *>ufunc).obj


cdef Kernel kernel_of(PyObject *f):
    return kernel_of_ufunc(f) if fr_is_ufunc(f) else <Kernel>PyCFunction_GET_SELF(f)


cdef str name_of(PyObject *f):
    return kernel_of(f).name + ("" if fr_is_ufunc(f) else "_")


cdef str kind_of(PyObject *f):
    if not fr_is_ufunc(f):
        return "in_place"
    return "ufunc" if kernel_of_ufunc(f).public_ufunc is <object>f else "plain"


cdef object attribute(PyObject *f, void *closure):
    name = text(<const char *>closure)
    if name == "__module__":
        return "fastrelu"
    if name == "__qualname__":
        return name_of(f)
    if name == "__doc__":
        return kernel_of(f).doc(kind_of(f))
    if name == "__signature__":
        return kernel_of(f).signature(kind_of(f))
    return None     # __self__, as of a built-in function that is bound to nothing


cdef object represent(PyObject *f):
    return f"<{'ufunc' if fr_is_ufunc(f) else 'in-place function'} 'fastrelu.{name_of(f)}'>"


cdef object reduce(PyObject *f, PyObject *_):
    return kernel_of(f).pickled(name_of(f), kind_of(f) == "plain")


cdef Py_ssize_t hash_ufunc(PyObject *f) except -1:
    return hash(kernel_of_ufunc(f).name)


cdef object compare_ufuncs(PyObject *a, PyObject *b, int operation):
    if not fr_is_ufunc(b) or operation not in (Py_EQ, Py_NE):
        return NotImplemented
    return (kernel_of_ufunc(a) is kernel_of_ufunc(b)) == (operation == Py_EQ)


cdef object at(PyObject *f, PyObject *args):
    """ufunc.at(a, indices, *operands): without parameters, that of the hidden ufunc."""
    cdef Kernel k = kernel_of_ufunc(f)
    cdef bint without = PyTuple_GET_SIZE(args) <= k.arrays + 1 and not k.required
    return np.ufunc.at(k.hidden_ufunc if without else <object>f, *<tuple>args)


fr_derive_types(PyUFunc_Type_address, <void *>attribute, <void *>represent, <void *>hash_ufunc, <void *>compare_ufuncs,
                <void *>reduce, <void *>at)
