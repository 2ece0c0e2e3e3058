/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
/* GCC would read them anew in every turn of loops that may call. */
#define KEEPS_CONSTANTS
#include "avx512_float.h"
typedef float elem;
#define SUFFIX ps
#include "avx512_wide.h"

#define ROOM avx512_f32
#include "../kernels.h"
TARGET_END
#endif
