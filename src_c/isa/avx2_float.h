/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2 + FMA vocabulary: float32 lanes, eight a register. */
#define WIDTH 8
#define LANE_BITS 32
typedef float lane;
typedef __m256 reg, mreg;
typedef __m256i ireg;
FORCE_INLINE reg r_where(mreg m, reg x, reg y) { return _mm256_blendv_ps(y, x, m); }
#define R_UNLESS(m, x) _mm256_andnot_ps(m, x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y) { return _mm256_blendv_ps(x, y, s); }
#define R_KEPT(at) _mm256_loadu_ps(at)
#define R_KEEP(at, x) _mm256_storeu_ps(at, x)
#if !defined(_MSC_VER) || defined(__clang__)
#define R_APART(reg) __asm__("" : "+x"(reg))
#endif
#include "group.h"

FORCE_INLINE vec v_set(lane a)
{
    const reg all = _mm256_set1_ps(a);
    return (vec){all, all, all, all};
}
LIKE_2(vec, v_add, vec, _mm256_add_ps)
LIKE_2(vec, v_sub, vec, _mm256_sub_ps)
LIKE_2(vec, v_mul, vec, _mm256_mul_ps)
LIKE_2(vec, v_div, vec, _mm256_div_ps)
LIKE_1(vec, v_sqrt, vec, _mm256_sqrt_ps)
LIKE_3(vec, v_fma, vec, _mm256_fmadd_ps)
LIKE_3(vec, v_fms, vec, _mm256_fmsub_ps)
LIKE_3(vec, v_fnma, vec, _mm256_fnmadd_ps)
LIKE_2(vec, v_max, vec, _mm256_max_ps)
LIKE_2(vec, v_min, vec, _mm256_min_ps)
#define R_ABS(x) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x)
LIKE_1(vec, v_abs, vec, R_ABS)

#define R_LT(x, y) _mm256_cmp_ps(x, y, _CMP_LT_OQ)
#define R_LE(x, y) _mm256_cmp_ps(x, y, _CMP_LE_OQ)
#define R_EQ(x, y) _mm256_cmp_ps(x, y, _CMP_EQ_OQ)
#define R_UNORDERED(x, y) _mm256_cmp_ps(x, y, _CMP_UNORD_Q)
#define R_NOT(x) _mm256_xor_ps(x, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))
LIKE_2(mask, v_lt, vec, R_LT)
LIKE_2(mask, v_le, vec, R_LE)
LIKE_2(mask, v_eq, vec, R_EQ)
LIKE_2(mask, v_unordered, vec, R_UNORDERED)
LIKE_2(mask, m_and, mask, _mm256_and_ps)
LIKE_2(mask, m_or, mask, _mm256_or_ps)
LIKE_1(mask, m_not, mask, R_NOT)
FORCE_INLINE mask m_none(void) { return ALIKE(mask, _mm256_setzero_ps()); }
FORCE_INLINE int m_any(mask m) { return _mm256_movemask_ps(_mm256_or_ps(_mm256_or_ps(m.a, m.b), _mm256_or_ps(m.c, m.d))) != 0; }
FORCE_INLINE int m_all(mask m)
{
    return _mm256_movemask_ps(_mm256_and_ps(_mm256_and_ps(m.a, m.b), _mm256_and_ps(m.c, m.d))) == 0xff;
}

/* A mask as bits, the first lane's lowest; and back. */
FORCE_INLINE uint64_t m_bits(mask m)
{
#define R_NARROWED(x, y) _mm256_packs_epi32(_mm256_castps_si256(x), _mm256_castps_si256(y))
    const ireg bytes = _mm256_packs_epi16(R_NARROWED(m.a, m.b), R_NARROWED(m.c, m.d)); /* of half registers: a, b, c, d, twice */
    return (uint32_t)_mm256_movemask_epi8(_mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)));
}
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    const ireg all = _mm256_set1_epi32((int)bits), a = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const ireg b = _mm256_slli_epi32(a, 8), c = _mm256_slli_epi32(a, 16), d = _mm256_slli_epi32(a, 24);
#define R_BIT(at) _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(all, at), at))
    return (mask){R_BIT(a), R_BIT(b), R_BIT(c), R_BIT(d)};
}

LIKE_1(ivec, v_bits, vec, _mm256_castps_si256)
LIKE_1(vec, v_frombits, ivec, _mm256_castsi256_ps)
FORCE_INLINE ivec i_set(int32_t a)
{
    const ireg all = _mm256_set1_epi32(a);
    return (ivec){all, all, all, all};
}
LIKE_2(ivec, i_add, ivec, _mm256_add_epi32)
LIKE_2(ivec, i_sub, ivec, _mm256_sub_epi32)
LIKE_2(ivec, i_and, ivec, _mm256_and_si256)
LIKE_2(ivec, i_or, ivec, _mm256_or_si256)
LIKE_2(ivec, i_xor, ivec, _mm256_xor_si256)
LIKE_SHIFT(i_shl, _mm256_slli_epi32)
LIKE_SHIFT(i_shr, _mm256_srli_epi32)

/* table[index % 4], table[index % 8] */
#define R_LUT4(table, at) _mm256_permutevar_ps(_mm256_broadcast_ps((const __m128 *)(const void *)(table)), at)
#define R_LUT8(table, at) _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), at)
LIKE_TABLE(v_lut4, vec, R_LUT4)
LIKE_TABLE(v_lut8, vec, R_LUT8)

/* Whether each |x| is from least to most (constants); NaN is not. As unsigned integers, less the least, all else is larger. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const ireg low = _mm256_castps_si256(_mm256_set1_ps(least));
    const ireg high = _mm256_sub_epi32(_mm256_castps_si256(_mm256_set1_ps(most)), low);
    const ivec size = i_sub(v_bits(v_abs(x)), ALIKE(ivec, low));
    const ireg worst = _mm256_max_epu32(_mm256_max_epu32(size.a, size.b), _mm256_max_epu32(size.c, size.d));
    return _mm256_movemask_epi8(_mm256_cmpeq_epi32(_mm256_max_epu32(worst, high), high)) == -1;
}
/* Whether any lane is NaN. */
FORCE_INLINE int v_any_nan(vec x) { return _mm256_movemask_ps(_mm256_or_ps(R_UNORDERED(x.a, x.b), R_UNORDERED(x.c, x.d))) != 0; }
/* Whether any |x| is less than `limit` and not 0; NaN is not. Zeros are many where there are any, hence the second question. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const ivec size = v_bits(v_abs(x));
    const ireg most = _mm256_sub_epi32(_mm256_castps_si256(_mm256_set1_ps(limit)), _mm256_set1_epi32(1));
    const ireg least = _mm256_min_epu32(_mm256_min_epu32(size.a, size.b), _mm256_min_epu32(size.c, size.d));
    if (FR_LIKELY(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(least, most))) == 0xff)) return 0;
    /* As unsigned integers less 1, 0 is the largest. */
    const ivec again = i_sub(v_bits(v_abs(v_aside(x))), i_set(1));
    const ireg last = _mm256_min_epu32(_mm256_min_epu32(again.a, again.b), _mm256_min_epu32(again.c, again.d));
    return _mm256_movemask_epi8(_mm256_cmpeq_epi32(_mm256_min_epu32(last, most), most)) != -1;
}

FORCE_INLINE reg r_exchanged(reg x, int distance)
{
    return distance == 4   ? _mm256_permute2f128_ps(x, x, 1)
           : distance == 2 ? _mm256_permute_ps(x, 0x4e)
                           : _mm256_permute_ps(x, 0xb1);
}
LIKE_EXCHANGE(r_exchanged)

/* float64 in the same registers. */
#define R_DOUBLE(x) _mm256_castps_pd(x)
#define R_OF_DOUBLE(x) _mm256_castpd_ps(x)
#define R_FIRST_HALF(x) R_OF_DOUBLE(_mm256_cvtps_pd(_mm256_castps256_ps128(x)))
#define R_SECOND_HALF(x) R_OF_DOUBLE(_mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)))
#define R_ROUNDED(x, y) _mm256_set_m128(_mm256_cvtpd_ps(R_DOUBLE(y)), _mm256_cvtpd_ps(R_DOUBLE(x)))
#define R_DADD(x, y) R_OF_DOUBLE(_mm256_add_pd(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DSUB(x, y) R_OF_DOUBLE(_mm256_sub_pd(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DFMA(x, y, z) R_OF_DOUBLE(_mm256_fmadd_pd(R_DOUBLE(x), R_DOUBLE(y), R_DOUBLE(z)))
LIKE_DOUBLES

/* The first n lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched. */
FORCE_INLINE mreg r_first(size_t n, int from)
{
    return _mm256_castsi256_ps(_mm256_cmpgt_epi32(_mm256_set1_epi32((int)n - from), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)));
}
FORCE_INLINE mask m_first(size_t n)
{
    return (mask){r_first(n, 0), r_first(n, WIDTH), r_first(n, 2 * WIDTH), r_first(n, 3 * WIDTH)};
}
#define R_WORDS(m) _mm256_castps_si256(m)
FORCE_INLINE vec v_load_first(const lane *at, size_t n, vec fill)
{
    const mask m = m_first(n);
    const vec y = {_mm256_maskload_ps(at, R_WORDS(m.a)), _mm256_maskload_ps(at + WIDTH, R_WORDS(m.b)),
                   _mm256_maskload_ps(at + 2 * WIDTH, R_WORDS(m.c)), _mm256_maskload_ps(at + 3 * WIDTH, R_WORDS(m.d))};
    return v_where(m, y, fill);
}
FORCE_INLINE void v_store_first(lane *at, size_t n, vec y)
{
    const mask m = m_first(n);
    _mm256_maskstore_ps(at, R_WORDS(m.a), y.a);
    _mm256_maskstore_ps(at + WIDTH, R_WORDS(m.b), y.b);
    _mm256_maskstore_ps(at + 2 * WIDTH, R_WORDS(m.c), y.c);
    _mm256_maskstore_ps(at + 3 * WIDTH, R_WORDS(m.d), y.d);
}
