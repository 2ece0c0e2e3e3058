/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for bfloat16: the upper half of a float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef uint16_t elem;
typedef __m128i packed;

FORCE_INLINE vec v_widen(packed a) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(a), 16)); }
FORCE_INLINE packed upper(__m256i a)
{
    const __m256i words = _mm256_srli_epi32(a, 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}
/* By adding just less than a half, or a half where the upper word is odd. */
FORCE_INLINE packed v_narrow(vec a)
{
    const __m256i bits = _mm256_castps_si256(a), odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    return upper(_mm256_add_epi32(_mm256_add_epi32(bits, _mm256_set1_epi32(0x7fff)), odd));
}
FORCE_INLINE packed v_cut(vec a)
{
    const __m256 quiet = _mm256_castsi256_ps(_mm256_set1_epi32(0x400000)), nan = _mm256_cmp_ps(a, a, _CMP_UNORD_Q);
    return upper(_mm256_castps_si256(_mm256_or_ps(a, _mm256_and_ps(nan, quiet))));
}
#include "avx2_half.h"

#define NARROW bf16
#define ROOM avx2_bf16
#define WIDE_ROOM avx2_f64
#include "../kernels.h"
TARGET_END
#endif
