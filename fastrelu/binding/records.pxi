# SPDX-License-Identifier: BSD-3-Clause
# The C tables as Python objects. A field that is added to fr_activation is named here, and fastrelu.get has it, with its stub.
cdef extern from *:
    """
    static PyObject *fr_text(const char *s) { return Py_BuildValue("z", s); }
    static PyObject *fr_number(double value) { return PyFloat_FromDouble(value); }
    static PyObject *fr_flag(int value) { return PyBool_FromLong(value); }

    static int fr_put(PyObject *fields, const char *name, PyObject *value)
    {
        int done = value && !PyDict_SetItemString(fields, name, value);
        Py_XDECREF(value);
        return done;
    }

    #define FIELD(field) \
        fr_put(fields, #field, _Generic(row->field, const char *: fr_text, double: fr_number, int: fr_flag)(row->field))

    /* These two fill a dict. */
    static int fr_fields(PyObject *fields, int activation)
    {
        const fr_activation *row = &fr_activations[activation];
        return FIELD(name) && FIELD(gates) && FIELD(title) && FIELD(formula) && FIELD(derivative) &&
               FIELD(derivative_from_output) && FIELD(derivative_param) && FIELD(knees) && FIELD(notes) && FIELD(source) &&
               FIELD(max_ulp) && FIELD(max_ulp_backward) && FIELD(numpy) && FIELD(numpy_backward) &&
               FIELD(numpy_backward_from_output) && FIELD(torch) ? 0 : -1;
    }

    static int fr_param_fields(PyObject *fields, int activation, int param)
    {
        const fr_param *row = &fr_activations[activation].params[param];
        return !row->name || (FIELD(name) && FIELD(value) && FIELD(required) && FIELD(doc)) ? 0 : -1;
    }
    #undef FIELD
    """
    int fr_fields(dict, int) except -1
    int fr_param_fields(dict, int, int) except -1


def activations():
    """The activations in the registry's order: of each a dict of its fields, and a list of such of its parameters."""
    cdef int i, j
    rows = [({}, [{} for j in range(FR_MAX_PARAMS)]) for i in range(fr_activation_count)]
    for i, (fields, params) in enumerate(rows):
        fr_fields(fields, i)
        for j in range(FR_MAX_PARAMS):
            fr_param_fields(params[j], i, j)
    return [(fields, list(filter(None, params))) for fields, params in rows]


def row_kernel_names():
    """The names of the functions of rows."""
    return [text(fr_row_kernels[i].name) for i in range(fr_row_kernel_count)]


def kernel_names():
    """The names of the C loops, in the registry's order."""
    return [text(fr_kernels[i].name) for i in range(fr_kernel_count)]


cdef object text(const char *s):
    return None if s == NULL else s.decode()
