/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef float elem;
#define OF(op) _mm512_##op##_ps
#include "whole.h"

#define ROOM avx512_f32
#include "../kernels.h"
TARGET_END
#endif
