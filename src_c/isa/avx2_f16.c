/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float16, with F16C's conversions. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef uint16_t elem;
typedef __m128i packed;

FORCE_INLINE vec v_widen(packed a) { return _mm256_cvtph_ps(a); }
FORCE_INLINE packed v_cut(vec a) { return _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
FORCE_INLINE packed v_narrow(vec a) { return v_cut(v_where(v_eq(a, a), a, v_set(NAN))); }
FORCE_INLINE mask v_differ(packed a, packed b)
{
    return m_not(_mm256_castsi256_ps(_mm256_cvtepi16_epi32(_mm_cmpeq_epi16(a, b))));
}
#include "avx2_half.h"

#define NARROW f16
#define ROOM avx2_f16
#define WIDE_ROOM avx2_f64
#include "../kernels.h"
TARGET_END
#endif
