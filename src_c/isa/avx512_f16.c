/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float16. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef uint16_t elem;
#define NARROW f16
#define HALF __m256i
#define OF_HALF(op) _mm256_##op##_si256
#define widen(a) _mm512_cvtph_ps(a)
#define narrow(a) _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#include "half.h"

#define ROOM avx512_f16
#include "../kernels.h"
TARGET_END
#endif
