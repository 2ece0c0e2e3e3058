/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2 + FMA vocabulary: float64 lanes, four a register. */
#define WIDTH 4
#define LANE_BITS 64
typedef double lane;
typedef __m256d reg, mreg;
typedef __m256i ireg;
FORCE_INLINE reg r_where(mreg m, reg x, reg y) { return _mm256_blendv_pd(y, x, m); }
#define R_UNLESS(m, x) _mm256_andnot_pd(m, x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y) { return _mm256_blendv_pd(x, y, s); }
#define R_KEPT(at) _mm256_loadu_pd(at)
#define R_KEEP(at, x) _mm256_storeu_pd(at, x)
#if !defined(_MSC_VER) || defined(__clang__)
#define R_APART(reg) __asm__("" : "+x"(reg))
#endif
#include "group.h"

FORCE_INLINE vec v_set(lane a)
{
    const reg all = _mm256_set1_pd(a);
    return (vec){all, all, all, all};
}
LIKE_2(vec, v_add, vec, _mm256_add_pd)
LIKE_2(vec, v_sub, vec, _mm256_sub_pd)
LIKE_2(vec, v_mul, vec, _mm256_mul_pd)
LIKE_2(vec, v_div, vec, _mm256_div_pd)
LIKE_1(vec, v_sqrt, vec, _mm256_sqrt_pd)
LIKE_3(vec, v_fma, vec, _mm256_fmadd_pd)
LIKE_3(vec, v_fms, vec, _mm256_fmsub_pd)
LIKE_3(vec, v_fnma, vec, _mm256_fnmadd_pd)
LIKE_2(vec, v_max, vec, _mm256_max_pd)
LIKE_2(vec, v_min, vec, _mm256_min_pd)
#define R_ABS(x) _mm256_andnot_pd(_mm256_set1_pd(-0.0), x)
LIKE_1(vec, v_abs, vec, R_ABS)

#define R_LT(x, y) _mm256_cmp_pd(x, y, _CMP_LT_OQ)
#define R_LE(x, y) _mm256_cmp_pd(x, y, _CMP_LE_OQ)
#define R_EQ(x, y) _mm256_cmp_pd(x, y, _CMP_EQ_OQ)
#define R_UNORDERED(x, y) _mm256_cmp_pd(x, y, _CMP_UNORD_Q)
#define R_NOT(x) _mm256_xor_pd(x, _mm256_castsi256_pd(_mm256_set1_epi32(-1)))
LIKE_2(mask, v_lt, vec, R_LT)
LIKE_2(mask, v_le, vec, R_LE)
LIKE_2(mask, v_eq, vec, R_EQ)
LIKE_2(mask, v_unordered, vec, R_UNORDERED)
LIKE_2(mask, m_and, mask, _mm256_and_pd)
LIKE_2(mask, m_or, mask, _mm256_or_pd)
LIKE_1(mask, m_not, mask, R_NOT)
FORCE_INLINE mask m_none(void) { return ALIKE(mask, _mm256_setzero_pd()); }
FORCE_INLINE int m_any(mask m) { return _mm256_movemask_pd(_mm256_or_pd(_mm256_or_pd(m.a, m.b), _mm256_or_pd(m.c, m.d))) != 0; }
FORCE_INLINE int m_all(mask m)
{
    return _mm256_movemask_pd(_mm256_and_pd(_mm256_and_pd(m.a, m.b), _mm256_and_pd(m.c, m.d))) == 0xf;
}

/* A mask as bits, the first lane's lowest; and back. */
FORCE_INLINE uint64_t m_bits(mask m)
{
    const int low = _mm256_movemask_pd(m.a) | _mm256_movemask_pd(m.b) << 4;
    return (uint64_t)(low | (_mm256_movemask_pd(m.c) | _mm256_movemask_pd(m.d) << 4) << 8);
}
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    const ireg all = _mm256_set1_epi64x((int64_t)bits), a = _mm256_setr_epi64x(1, 2, 4, 8);
    const ireg b = _mm256_slli_epi64(a, 4), c = _mm256_slli_epi64(a, 8), d = _mm256_slli_epi64(a, 12);
#define R_BIT(at) _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(all, at), at))
    return (mask){R_BIT(a), R_BIT(b), R_BIT(c), R_BIT(d)};
}

LIKE_1(ivec, v_bits, vec, _mm256_castpd_si256)
LIKE_1(vec, v_frombits, ivec, _mm256_castsi256_pd)
FORCE_INLINE ivec i_set(int64_t a)
{
    const ireg all = _mm256_set1_epi64x(a);
    return (ivec){all, all, all, all};
}
LIKE_2(ivec, i_add, ivec, _mm256_add_epi64)
LIKE_2(ivec, i_sub, ivec, _mm256_sub_epi64)
LIKE_2(ivec, i_and, ivec, _mm256_and_si256)
LIKE_2(ivec, i_or, ivec, _mm256_or_si256)
LIKE_2(ivec, i_xor, ivec, _mm256_xor_si256)
LIKE_SHIFT(i_shl, _mm256_slli_epi64)
LIKE_SHIFT(i_shr, _mm256_srli_epi64)

/* table[index % 8]: a double is looked up as its two words, in two tables of four. */
FORCE_INLINE reg r_lut8(const lane *table, ireg at)
{
    const ireg twice = _mm256_slli_epi32(_mm256_shuffle_epi32(at, 0xa0), 1);
    const ireg words = _mm256_or_si256(twice, _mm256_set1_epi64x(0x100000000));
    const __m256 low = _mm256_permutevar8x32_ps(_mm256_castpd_ps(_mm256_loadu_pd(table)), words);
    const __m256 high = _mm256_permutevar8x32_ps(_mm256_castpd_ps(_mm256_loadu_pd(table + 4)), words);
    return _mm256_blendv_pd(_mm256_castps_pd(low), _mm256_castps_pd(high), _mm256_castsi256_pd(_mm256_slli_epi64(at, 61)));
}
LIKE_TABLE(v_lut8, vec, r_lut8)

/* Whether each |x| is from least to most (constants); NaN is not. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const vec a = v_abs(x);
    return m_all(least > 0 ? m_and(v_le(v_set(least), a), v_le(a, v_set(most))) : v_le(a, v_set(most)));
}
/* Whether any lane is NaN. */
FORCE_INLINE int v_any_nan(vec x) { return _mm256_movemask_pd(_mm256_or_pd(R_UNORDERED(x.a, x.b), R_UNORDERED(x.c, x.d))) != 0; }
/* Whether any |x| is less than `limit` and not 0; NaN is not. Zeros are many where there are any, hence the second question. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const vec a = v_abs(x);
    const reg most = _mm256_set1_pd(limit); /* it stands second, and so stays where a lane is NaN */
    const reg least = _mm256_min_pd(a.a, _mm256_min_pd(a.b, _mm256_min_pd(a.c, _mm256_min_pd(a.d, most))));
    if (FR_LIKELY(_mm256_movemask_pd(R_LT(least, most)) == 0)) return 0;
    const vec again = v_abs(v_aside(x));
    return m_any(m_and(v_lt(v_set(0), again), v_lt(again, v_set(limit))));
}

FORCE_INLINE reg r_exchanged(reg x, int distance)
{
    return distance == 2 ? _mm256_permute2f128_pd(x, x, 1) : _mm256_permute_pd(x, 5);
}
LIKE_EXCHANGE(r_exchanged)

/* The first n lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched. */
FORCE_INLINE mreg r_first(size_t n, int from)
{
    return _mm256_castsi256_pd(_mm256_cmpgt_epi64(_mm256_set1_epi64x((int)n - from), _mm256_setr_epi64x(0, 1, 2, 3)));
}
FORCE_INLINE mask m_first(size_t n)
{
    return (mask){r_first(n, 0), r_first(n, WIDTH), r_first(n, 2 * WIDTH), r_first(n, 3 * WIDTH)};
}
#define R_WORDS(m) _mm256_castpd_si256(m)
FORCE_INLINE vec v_load_first(const lane *at, size_t n, vec fill)
{
    const mask m = m_first(n);
    const vec y = {_mm256_maskload_pd(at, R_WORDS(m.a)), _mm256_maskload_pd(at + WIDTH, R_WORDS(m.b)),
                   _mm256_maskload_pd(at + 2 * WIDTH, R_WORDS(m.c)), _mm256_maskload_pd(at + 3 * WIDTH, R_WORDS(m.d))};
    return v_where(m, y, fill);
}
FORCE_INLINE void v_store_first(lane *at, size_t n, vec y)
{
    const mask m = m_first(n);
    _mm256_maskstore_pd(at, R_WORDS(m.a), y.a);
    _mm256_maskstore_pd(at + WIDTH, R_WORDS(m.b), y.b);
    _mm256_maskstore_pd(at + 2 * WIDTH, R_WORDS(m.c), y.c);
    _mm256_maskstore_pd(at + 3 * WIDTH, R_WORDS(m.d), y.d);
}
