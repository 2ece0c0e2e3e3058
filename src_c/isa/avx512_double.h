/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX-512 (F, VL, BW, DQ) vocabulary: float64 lanes, eight a register. */
#define WIDTH 8
#define LANE_BITS 64
typedef double lane;
typedef __m512d reg;
typedef __mmask8 mreg;
typedef __m512i ireg;
FORCE_INLINE reg r_where(mreg m, reg x, reg y) { return _mm512_mask_blend_pd(m, y, x); }
#define R_UNLESS(m, x) r_where(m, _mm512_setzero_pd(), x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y)
{
    return _mm512_mask_blend_pd(_mm512_movepi64_mask(_mm512_castpd_si512(s)), x, y);
}
#define R_KEPT(at) _mm512_loadu_pd(at)
#define R_KEEP(at, x) _mm512_storeu_pd(at, x)
#include "group.h"

FORCE_INLINE vec v_set(lane a)
{
    const reg all = _mm512_set1_pd(a);
    return (vec){all, all, all, all};
}
LIKE_2(vec, v_add, vec, _mm512_add_pd)
LIKE_2(vec, v_sub, vec, _mm512_sub_pd)
LIKE_2(vec, v_mul, vec, _mm512_mul_pd)
LIKE_2(vec, v_div, vec, _mm512_div_pd)
LIKE_1(vec, v_sqrt, vec, _mm512_sqrt_pd)
LIKE_3(vec, v_fma, vec, _mm512_fmadd_pd)
LIKE_3(vec, v_fms, vec, _mm512_fmsub_pd)
LIKE_3(vec, v_fnma, vec, _mm512_fnmadd_pd)
LIKE_2(vec, v_max, vec, _mm512_max_pd)
LIKE_2(vec, v_min, vec, _mm512_min_pd)
LIKE_1(vec, v_abs, vec, _mm512_abs_pd)

#define R_LT(x, y) _mm512_cmp_pd_mask(x, y, _CMP_LT_OQ)
#define R_LE(x, y) _mm512_cmp_pd_mask(x, y, _CMP_LE_OQ)
#define R_EQ(x, y) _mm512_cmp_pd_mask(x, y, _CMP_EQ_OQ)
#define R_UNORDERED(x, y) _mm512_cmp_pd_mask(x, y, _CMP_UNORD_Q)
#define M_AND(x, y) (mreg)((x) & (y))
#define M_OR(x, y) (mreg)((x) | (y))
#define M_NOT(x) (mreg) ~(x)
LIKE_2(mask, v_lt, vec, R_LT)
LIKE_2(mask, v_le, vec, R_LE)
LIKE_2(mask, v_eq, vec, R_EQ)
LIKE_2(mask, v_unordered, vec, R_UNORDERED)
LIKE_2(mask, m_and, mask, M_AND)
LIKE_2(mask, m_or, mask, M_OR)
LIKE_1(mask, m_not, mask, M_NOT)
FORCE_INLINE mask m_none(void) { return (mask){0, 0, 0, 0}; }
FORCE_INLINE int m_any(mask m) { return (m.a | m.b | m.c | m.d) != 0; }
FORCE_INLINE int m_all(mask m) { return (m.a & m.b & m.c & m.d) == (mreg)-1; }

/* A mask as bits, the first lane's lowest; and back. */
FORCE_INLINE uint64_t m_bits(mask m) { return (uint64_t)m.a | (uint64_t)m.b << 8 | (uint64_t)m.c << 16 | (uint64_t)m.d << 24; }
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    return (mask){(mreg)bits, (mreg)(bits >> 8), (mreg)(bits >> 16), (mreg)(bits >> 24)};
}

LIKE_1(ivec, v_bits, vec, _mm512_castpd_si512)
LIKE_1(vec, v_frombits, ivec, _mm512_castsi512_pd)
FORCE_INLINE ivec i_set(int64_t a)
{
    const ireg all = _mm512_set1_epi64(a);
    return (ivec){all, all, all, all};
}
LIKE_2(ivec, i_add, ivec, _mm512_add_epi64)
LIKE_2(ivec, i_sub, ivec, _mm512_sub_epi64)
LIKE_2(ivec, i_and, ivec, _mm512_and_si512)
LIKE_2(ivec, i_or, ivec, _mm512_or_si512)
LIKE_2(ivec, i_xor, ivec, _mm512_xor_si512)
LIKE_SHIFT(i_shl, _mm512_slli_epi64)
LIKE_SHIFT(i_shr, _mm512_srli_epi64)

/* table[index % 8] */
#define R_LUT8(table, at) _mm512_permutexvar_pd(at, _mm512_loadu_pd(table))
LIKE_TABLE(v_lut8, vec, R_LUT8)

/* Whether each |x| is from least to most (constants); NaN is not. As unsigned integers, less the least, all else is larger. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const ireg low = _mm512_castpd_si512(_mm512_set1_pd(least));
    const ireg high = _mm512_sub_epi64(_mm512_castpd_si512(_mm512_set1_pd(most)), low);
    const ivec size = i_sub(v_bits(v_abs(x)), ALIKE(ivec, low));
    const ireg worst = _mm512_max_epu64(_mm512_max_epu64(size.a, size.b), _mm512_max_epu64(size.c, size.d));
    return _mm512_cmple_epu64_mask(worst, high) == (mreg)-1;
}
/* Whether any lane is NaN. */
FORCE_INLINE int v_any_nan(vec x) { return (R_UNORDERED(x.a, x.b) | R_UNORDERED(x.c, x.d)) != 0; }
/* Whether any |x| is less than `limit` and not 0; NaN is not. As unsigned integers less 1, 0 is the largest. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const ireg one = _mm512_set1_epi64(1), most = _mm512_sub_epi64(_mm512_castpd_si512(_mm512_set1_pd(limit)), one);
    const ivec size = i_sub(v_bits(v_abs(x)), ALIKE(ivec, one));
    const ireg least = _mm512_min_epu64(_mm512_min_epu64(size.a, size.b), _mm512_min_epu64(size.c, size.d));
    return _mm512_cmplt_epu64_mask(least, most) != 0;
}

FORCE_INLINE reg r_exchanged(reg x, int distance)
{
    return distance == 4   ? _mm512_shuffle_f64x2(x, x, 0x4e)
           : distance == 2 ? _mm512_shuffle_f64x2(x, x, 0xb1)
                           : _mm512_permute_pd(x, 0x55);
}
LIKE_EXCHANGE(r_exchanged)

/* The first n < LANES lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched. */
FORCE_INLINE mask m_first(size_t n)
{
    const uint64_t bits = ((uint64_t)1 << n) - 1;
    return (mask){(mreg)bits, (mreg)(bits >> WIDTH), (mreg)(bits >> 2 * WIDTH), (mreg)(bits >> 3 * WIDTH)};
}
FORCE_INLINE vec v_load_first(const lane *at, size_t n, vec fill)
{
    const mask m = m_first(n);
    return (vec){_mm512_mask_loadu_pd(fill.a, m.a, at), _mm512_mask_loadu_pd(fill.b, m.b, at + WIDTH),
                 _mm512_mask_loadu_pd(fill.c, m.c, at + 2 * WIDTH), _mm512_mask_loadu_pd(fill.d, m.d, at + 3 * WIDTH)};
}
FORCE_INLINE void v_store_first(lane *at, size_t n, vec y)
{
    const mask m = m_first(n);
    _mm512_mask_storeu_pd(at, m.a, y.a);
    _mm512_mask_storeu_pd(at + WIDTH, m.b, y.b);
    _mm512_mask_storeu_pd(at + 2 * WIDTH, m.c, y.c);
    _mm512_mask_storeu_pd(at + 3 * WIDTH, m.d, y.d);
}
