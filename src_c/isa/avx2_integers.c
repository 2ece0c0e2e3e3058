/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 rooms for the integer types. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#define ISA avx2
#include "integers.h"
TARGET_END
#endif
