# SPDX-License-Identifier: BSD-3-Clause
"""Sets and reads the processor's floating-point environment without a compiler: MXCSR by a few bytes of machine code."""

import contextlib
import ctypes
import ctypes.util
import mmap
import platform

X86 = platform.machine().lower() in ("x86_64", "amd64")
POWER_UP = 0x1F80  # nothing trapped, no flags, nearest, no FTZ, no DAZ
FLAGS = 0x3F
INEXACT = 0x20
FTZ_DAZ = 0x8040
DOWN, UP, TO_ZERO = 0x2000, 0x4000, 0x6000
_libm = ctypes.CDLL(ctypes.util.find_library("m"))


def _load_and_store():
    code = b"\x0f\xae\x17\xc3" + b"\x0f\xae\x1f\xc3"  # ldmxcsr [rdi]; ret · stmxcsr [rdi]; ret
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except (OSError, ValueError):
        return None
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    signature = ctypes.PYFUNCTYPE(None, ctypes.POINTER(ctypes.c_uint32))  # keeps the GIL: no other thread runs in between
    return signature(address), signature(address + 4), page


_stubs = _load_and_store() if X86 else None
HAS_MXCSR = _stubs is not None


def get():
    value = ctypes.c_uint32()
    _stubs[1](value)
    return value.value


def put(value):
    _stubs[0](ctypes.c_uint32(value))


@contextlib.contextmanager
def mxcsr(value):
    """The environment during a block; the one before comes back."""
    before = get()
    put(value)
    try:
        yield
    finally:
        put(before)


def fetestexcept():
    return _libm.fetestexcept(0x3F)


def feclearexcept():
    _libm.feclearexcept(0x3F)
