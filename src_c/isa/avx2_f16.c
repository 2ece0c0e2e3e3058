/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float16, with F16C's conversions. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef uint16_t elem;
#define NARROW f16
#define HALF __m128i
#define OF_HALF(op) _mm_##op##_si128
#define widen(a) _mm256_cvtph_ps(a)
#define narrow(a) _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#include "half.h"

#define ROOM avx2_f16
#include "../kernels.h"
TARGET_END
#endif
