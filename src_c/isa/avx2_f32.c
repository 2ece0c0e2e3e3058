/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef float elem;
#define OF(op) _mm256_##op##_ps
#include "whole.h"

#define ROOM avx2_f32
#include "../kernels.h"
TARGET_END
#endif
