# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
# SPDX-License-Identifier: BSD-3-Clause
"""From the C registry to NumPy ufuncs and in-place functions. Names no activation.

A public ufunc takes its parameters as trailing inputs. Its vectorcall slot is ours: it accepts parameters by keyword or not at
all, and runs plain arrays without NumPy's machinery (binding/fast.pxi); everything else goes on to NumPy's own implementation
(binding/calls.pxi). Where all parameters are left out, NumPy sees a second, hidden ufunc that has the defaults inside, so that
neither promotion nor other array libraries ever meet them.

One extension module, whose parts are included: each knows those above it, and what it calls below.
"""
cimport cython
from cpython.mem cimport PyMem_Malloc
from cpython.object cimport Py_EQ, Py_NE, PyObject
from cpython.ref cimport Py_INCREF
from libc.math cimport INFINITY
from libc.stddef cimport ptrdiff_t
from libc.stdint cimport intptr_t
from libc.string cimport strdup

import os
import reprlib
import sys
from _thread import RLock
from contextvars import ContextVar
from math import prod
from operator import index

import numpy as np
from numpy.exceptions import AxisError

include "binding/declarations.pxi"

_import_array()
_import_umath()

include "binding/records.pxi"
include "binding/faces.pxi"
include "binding/kernel.pxi"
include "binding/bfloat16.pxi"
include "binding/threads.pxi"
include "binding/arguments.pxi"
include "binding/overlap.pxi"
include "binding/fast.pxi"
include "binding/calls.pxi"
include "binding/in_place.pxi"
include "binding/fused.pxi"
include "binding/rows.pxi"
include "binding/settings.pxi"
