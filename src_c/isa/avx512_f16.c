/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float16. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef uint16_t elem;
typedef __m256i packed;

FORCE_INLINE vec v_widen(packed a) { return _mm512_cvtph_ps(a); }
#define NEAREST (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
FORCE_INLINE packed v_narrow(vec a) { return _mm512_mask_cvtps_ph(_mm256_set1_epi16(0x7e00), v_eq(a, a), a, NEAREST); }
FORCE_INLINE packed v_cut(vec a) { return _mm512_cvtps_ph(a, NEAREST); }
FORCE_INLINE mask v_differ(packed a, packed b) { return _mm256_cmpneq_epi16_mask(a, b); }
#include "avx512_half.h"

#define NARROW f16
#define ROOM avx512_f16
#define WIDE_ROOM avx512_f64
#include "../kernels.h"
TARGET_END
#endif
