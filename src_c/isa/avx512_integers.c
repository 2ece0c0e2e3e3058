/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 rooms for the integer types. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#define ISA avx512
#include "integers.h"
TARGET_END
#endif
