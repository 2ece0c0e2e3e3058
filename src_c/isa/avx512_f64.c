/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float64. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_double.h"
typedef double elem;
#define OF(op) _mm512_##op##_pd
#include "whole.h"

#define ROOM avx512_f64
#include "../kernels.h"
TARGET_END
#endif
