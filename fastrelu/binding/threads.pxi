# SPDX-License-Identifier: BSD-3-Clause
# How many threads a call may use where a block of fastrelu.num_threads says so. Its number belongs to a context, as that of
# np.errstate does: to the task where there are tasks, and else to the thread. The C side knows threads only, so it is told the
# number before every call that could use more than one; until a block is first entered, calls do not even look.
cdef object block_threads = ContextVar("fastrelu.num_threads", default=None)     # None, or (number, that of the block around)
cdef bint blocks = False    # whether one was ever entered


cdef int tell_threads() except -1:
    """Tells the C side the present context's number."""
    cdef PyObject *value = NULL
    PyContextVar_Get(block_threads, NULL, &value)
    cdef object block = <object>value
    Py_XDECREF(value)
    fr_set_local_threads(0 if block is None else <int>block[0])
    return 0


def enter_threads(int n):
    """Begins a block of n threads in the present context."""
    global blocks
    blocks = True
    block_threads.set((n, block_threads.get()))
    tell_threads()


def leave_threads():
    """Ends the innermost block."""
    block = block_threads.get()
    if block is not None:
        block_threads.set(block[1])
    tell_threads()


def set_threads(int n):
    fr_set_threads(n)


def get_threads():
    if blocks:
        tell_threads()
    return fr_get_threads()
