/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for bfloat16: the upper half of a float32. (AVX512_BF16's own conversion flushes subnormals.) */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef uint16_t elem;
typedef __m256i packed;

/* Each word above a zero, by one permutation. */
FORCE_INLINE vec v_widen(packed a)
{
    const __m512i twice = _mm512_setr_epi32(0x000000, 0x010001, 0x020002, 0x030003, 0x040004, 0x050005, 0x060006, 0x070007,
                                            0x080008, 0x090009, 0x0a000a, 0x0b000b, 0x0c000c, 0x0d000d, 0x0e000e, 0x0f000f);
    return _mm512_castsi512_ps(_mm512_maskz_permutexvar_epi16(0xaaaaaaaa, twice, _mm512_castsi256_si512(a)));
}
/* The upper words, by one permutation where a shift and a narrowing move are three operations. */
#define ODD_WORDS \
    _mm512_setr_epi32(0x030001, 0x070005, 0x0b0009, 0x0f000d, 0x130011, 0x170015, 0x1b0019, 0x1f001d, 0, 0, 0, 0, 0, 0, 0, 0)
FORCE_INLINE packed upper(ivec bits) { return _mm512_castsi512_si256(_mm512_permutexvar_epi16(ODD_WORDS, bits)); }
FORCE_INLINE packed upper_or_nan(ivec bits, vec a)
{
    return _mm512_castsi512_si256(_mm512_mask_permutexvar_epi16(_mm512_set1_epi16(0x7fc0), v_eq(a, a), ODD_WORDS, bits));
}
FORCE_INLINE packed v_cut(vec a) { return upper(_mm512_mask_or_epi32(v_bits(a), v_unordered(a, a), v_bits(a), i_set(0x400000))); }
#include "avx512_half.h"
/* Whether a vector, or an even number of them, of one or two arrays has a number, not 0, whose exponent is less than 32. */
#define MEETS_TINY
FORCE_INLINE int meets_tiny(elem *const *arrays, int count, size_t i, int vectors)
{
    __mmask32 tiny[2] = {0, 0};
    for (int k = 0; k < count; k++)
        for (int v = 0; v < vectors; v += 2) {
            const elem *at = arrays[k] + i + v * LANES;
            __m512i a;
            if (vectors > 1)
                a = _mm512_loadu_si512(at);
            else
                a = _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)at));
            const __mmask32 small = _mm512_testn_epi16_mask(a, _mm512_set1_epi16(0x7000));
            tiny[k] |= _mm512_mask_test_epi16_mask(small, a, _mm512_set1_epi16(0x7fff));
        }
    return !_kortestz_mask32_u8(tiny[0], tiny[1]);
}

#define NARROW bf16
#define ROOM avx512_bf16
#define WIDE_ROOM avx512_f64
#include "../kernels.h"
TARGET_END
#endif
