/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for bfloat16: the upper half of a float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef uint16_t elem;
typedef __m128i packed;

FORCE_INLINE vec v_widen(packed a) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(a), 16)); }
FORCE_INLINE packed upper(ivec bits)
{
    const __m256i words = i_shr(bits, 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}
FORCE_INLINE packed upper_or_nan(ivec bits, vec a) { return upper(v_bits(v_where(v_eq(a, a), v_frombits(bits), v_set(NAN)))); }
FORCE_INLINE packed v_cut(vec a)
{
    const ivec quiet = i_and(v_bits(v_unordered(a, a)), i_set(0x400000));
    return upper(i_or(v_bits(a), quiet));
}
#include "avx2_half.h"

/* Whether a vector, or an even number of them, of one or two arrays has a number, not 0, whose exponent is less than 32. */
#define MEETS_TINY
FORCE_INLINE int meets_tiny(elem *const *arrays, int count, size_t i, int vectors)
{
    __m256i least = _mm256_set1_epi16(-1);
    for (int k = 0; k < count; k++)
        for (int v = 0; v < vectors; v += 2) {
            const __m256i *at = (const __m256i *)(const void *)(arrays[k] + i + v * LANES);
            if (vectors > 1)
                least = LEAST_OF(16, least, _mm256_loadu_si256(at));
            else
                least = LEAST_OF(16, least, _mm256_zextsi128_si256(_mm_loadu_si128((const __m128i *)at)));
        }
    return IS_AT_MOST(16, least, 2 * (32 << 7) - 2);
}

#define NARROW bf16
#define ROOM avx2_bf16
#define WIDE_ROOM avx2_f64
#include "../kernels.h"
TARGET_END
#endif
