/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX-512 (F, VL, BW, DQ) vocabulary: float32 lanes, sixteen a register. */
#define WIDTH 16
#define LANE_BITS 32
typedef float lane;
typedef __m512 reg;
typedef __mmask16 mreg;
typedef __m512i ireg;
FORCE_INLINE reg r_where(mreg m, reg x, reg y) { return _mm512_mask_blend_ps(m, y, x); }
#define R_UNLESS(m, x) r_where(m, _mm512_setzero_ps(), x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y)
{
    return _mm512_mask_blend_ps(_mm512_movepi32_mask(_mm512_castps_si512(s)), x, y);
}
#define R_KEPT(at) _mm512_loadu_ps(at)
#define R_KEEP(at, x) _mm512_storeu_ps(at, x)
#include "group.h"

FORCE_INLINE vec v_set(lane a)
{
    const reg all = _mm512_set1_ps(a);
    return (vec){all, all, all, all};
}
LIKE_2(vec, v_add, vec, _mm512_add_ps)
LIKE_2(vec, v_sub, vec, _mm512_sub_ps)
LIKE_2(vec, v_mul, vec, _mm512_mul_ps)
LIKE_2(vec, v_div, vec, _mm512_div_ps)
LIKE_1(vec, v_sqrt, vec, _mm512_sqrt_ps)
LIKE_3(vec, v_fma, vec, _mm512_fmadd_ps)
LIKE_3(vec, v_fms, vec, _mm512_fmsub_ps)
LIKE_3(vec, v_fnma, vec, _mm512_fnmadd_ps)
LIKE_2(vec, v_max, vec, _mm512_max_ps)
LIKE_2(vec, v_min, vec, _mm512_min_ps)
LIKE_1(vec, v_abs, vec, _mm512_abs_ps)

#define R_LT(x, y) _mm512_cmp_ps_mask(x, y, _CMP_LT_OQ)
#define R_LE(x, y) _mm512_cmp_ps_mask(x, y, _CMP_LE_OQ)
#define R_EQ(x, y) _mm512_cmp_ps_mask(x, y, _CMP_EQ_OQ)
#define R_UNORDERED(x, y) _mm512_cmp_ps_mask(x, y, _CMP_UNORD_Q)
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
FORCE_INLINE uint64_t m_bits(mask m) { return (uint64_t)m.a | (uint64_t)m.b << 16 | (uint64_t)m.c << 32 | (uint64_t)m.d << 48; }
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    return (mask){(mreg)bits, (mreg)(bits >> 16), (mreg)(bits >> 32), (mreg)(bits >> 48)};
}

LIKE_1(ivec, v_bits, vec, _mm512_castps_si512)
LIKE_1(vec, v_frombits, ivec, _mm512_castsi512_ps)
FORCE_INLINE ivec i_set(int32_t a)
{
    const ireg all = _mm512_set1_epi32(a);
    return (ivec){all, all, all, all};
}
LIKE_2(ivec, i_add, ivec, _mm512_add_epi32)
LIKE_2(ivec, i_sub, ivec, _mm512_sub_epi32)
LIKE_2(ivec, i_and, ivec, _mm512_and_si512)
LIKE_2(ivec, i_or, ivec, _mm512_or_si512)
LIKE_2(ivec, i_xor, ivec, _mm512_xor_si512)
LIKE_SHIFT(i_shl, _mm512_slli_epi32)
LIKE_SHIFT(i_shr, _mm512_srli_epi32)

/* table[index % 4], table[index % 8] */
#define R_LUT4(table, at) _mm512_permutevar_ps(_mm512_broadcast_f32x4(_mm_loadu_ps(table)), at)
#define R_LUT8(table, at) _mm512_permutexvar_ps(at, _mm512_broadcast_f32x8(_mm256_loadu_ps(table)))
LIKE_TABLE(v_lut4, vec, R_LUT4)
LIKE_TABLE(v_lut8, vec, R_LUT8)

/* Whether each |x| is from least to most (constants); NaN is not. As unsigned integers, less the least, all else is larger. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const ireg low = _mm512_castps_si512(_mm512_set1_ps(least));
    const ireg high = _mm512_sub_epi32(_mm512_castps_si512(_mm512_set1_ps(most)), low);
    const ivec size = i_sub(v_bits(v_abs(x)), ALIKE(ivec, low));
    const ireg worst = _mm512_max_epu32(_mm512_max_epu32(size.a, size.b), _mm512_max_epu32(size.c, size.d));
    return _mm512_cmple_epu32_mask(worst, high) == (mreg)-1;
}
/* Whether any lane is NaN. */
FORCE_INLINE int v_any_nan(vec x) { return (R_UNORDERED(x.a, x.b) | R_UNORDERED(x.c, x.d)) != 0; }
/* Whether any |x| is less than `limit` and not 0; NaN is not. As unsigned integers less 1, 0 is the largest. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const ireg one = _mm512_set1_epi32(1), most = _mm512_sub_epi32(_mm512_castps_si512(_mm512_set1_ps(limit)), one);
    const ivec size = i_sub(v_bits(v_abs(x)), ALIKE(ivec, one));
    const ireg least = _mm512_min_epu32(_mm512_min_epu32(size.a, size.b), _mm512_min_epu32(size.c, size.d));
    return _mm512_cmplt_epu32_mask(least, most) != 0;
}

FORCE_INLINE reg r_exchanged(reg x, int distance)
{
    return distance == 8   ? _mm512_shuffle_f32x4(x, x, 0x4e)
           : distance == 4 ? _mm512_shuffle_f32x4(x, x, 0xb1)
           : distance == 2 ? _mm512_permute_ps(x, 0x4e)
                           : _mm512_permute_ps(x, 0xb1);
}
LIKE_EXCHANGE(r_exchanged)

/* float64 in the same registers. */
#define R_DOUBLE(x) _mm512_castps_pd(x)
#define R_OF_DOUBLE(x) _mm512_castpd_ps(x)
#define R_FIRST_HALF(x) R_OF_DOUBLE(_mm512_cvtps_pd(_mm512_castps512_ps256(x)))
#define R_SECOND_HALF(x) R_OF_DOUBLE(_mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)))
#define R_ROUNDED(x, y) _mm512_insertf32x8(_mm512_castps256_ps512(_mm512_cvtpd_ps(R_DOUBLE(x))), _mm512_cvtpd_ps(R_DOUBLE(y)), 1)
#define R_DADD(x, y) R_OF_DOUBLE(_mm512_add_pd(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DSUB(x, y) R_OF_DOUBLE(_mm512_sub_pd(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DFMA(x, y, z) R_OF_DOUBLE(_mm512_fmadd_pd(R_DOUBLE(x), R_DOUBLE(y), R_DOUBLE(z)))
LIKE_DOUBLES

/* The first n < LANES lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched. */
FORCE_INLINE mask m_first(size_t n)
{
    const uint64_t bits = ((uint64_t)1 << n) - 1;
    return (mask){(mreg)bits, (mreg)(bits >> WIDTH), (mreg)(bits >> 2 * WIDTH), (mreg)(bits >> 3 * WIDTH)};
}
FORCE_INLINE vec v_load_first(const lane *at, size_t n, vec fill)
{
    const mask m = m_first(n);
    return (vec){_mm512_mask_loadu_ps(fill.a, m.a, at), _mm512_mask_loadu_ps(fill.b, m.b, at + WIDTH),
                 _mm512_mask_loadu_ps(fill.c, m.c, at + 2 * WIDTH), _mm512_mask_loadu_ps(fill.d, m.d, at + 3 * WIDTH)};
}
FORCE_INLINE void v_store_first(lane *at, size_t n, vec y)
{
    const mask m = m_first(n);
    _mm512_mask_storeu_ps(at, m.a, y.a);
    _mm512_mask_storeu_ps(at + WIDTH, m.b, y.b);
    _mm512_mask_storeu_ps(at + 2 * WIDTH, m.c, y.c);
    _mm512_mask_storeu_ps(at + 3 * WIDTH, m.d, y.d);
}
