# SPDX-License-Identifier: BSD-3-Clause
"""Sets and reads the processor's floating-point environment without a compiler, in the words of x86's MXCSR: there by a few bytes
of machine code, on aarch64 by libc's fesetenv and fegetenv, whose fenv_t is FPCR and FPSR."""

import contextlib
import ctypes
import ctypes.util
import mmap
import platform
import sys

MACHINE = platform.machine().lower()
POWER_UP = 0x1F80  # nothing trapped, no flags, nearest, no FTZ, no DAZ
FLAGS = 0x3F
INEXACT = 0x20
FTZ_DAZ = 0x8040
DOWN, UP, TO_ZERO = 0x2000, 0x4000, 0x6000
_libm = ctypes.CDLL(ctypes.util.find_library("m"))
WORDS = ctypes.c_uint32 * 2


def _by_code():
    code = b"\x0f\xae\x17\xc3" + b"\x0f\xae\x1f\xc3"  # ldmxcsr [rdi]; ret · stmxcsr [rdi]; ret
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except (OSError, ValueError):
        return None
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    signature = ctypes.PYFUNCTYPE(None, ctypes.POINTER(WORDS))  # keeps the GIL: no other thread runs in between
    return signature(address), signature(address + 4), page


def _by_libc():
    signature = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.POINTER(WORDS))
    return signature(("fesetenv", _libm)), signature(("fegetenv", _libm))


# Of MXCSR's bits, those of FPCR (flush to zero, rounding) and of FPSR (the flags).
MODES = {0x8040: 1 << 24, UP: 1 << 22, DOWN: 1 << 23}
FLAG_BITS = {0x01: 0x01, 0x02: 0x80, 0x04: 0x02, 0x08: 0x04, 0x10: 0x08, 0x20: 0x10}


def _translated(word, bits):
    return sum(to for of, to in bits.items() if word & of == of)


def _back(word, bits):
    return _translated(word, {to: of for of, to in bits.items()})


ARM = MACHINE == "aarch64" and sys.platform == "linux"
_stubs = _by_code() if MACHINE in ("x86_64", "amd64") else _by_libc() if ARM else None
HAS_MXCSR = _stubs is not None


def get():
    words = WORDS()
    _stubs[1](words)
    return POWER_UP | _back(words[0], MODES) | _back(words[1], FLAG_BITS) if ARM else words[0]


def put(value):
    _stubs[0](WORDS(_translated(value, MODES), _translated(value, FLAG_BITS)) if ARM else WORDS(value))


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
    flags = _libm.fetestexcept(_translated(FLAGS, FLAG_BITS) if ARM else FLAGS)
    return _back(flags, FLAG_BITS) if ARM else flags


def feclearexcept():
    _libm.feclearexcept(_translated(FLAGS, FLAG_BITS) if ARM else FLAGS)
