/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float64. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_double.h"
typedef double elem;
#define OF(op) _mm256_##op##_pd
#include "whole.h"

#define ROOM avx2_f64
#include "../kernels.h"
TARGET_END
#endif
