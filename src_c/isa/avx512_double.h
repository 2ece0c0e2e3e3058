/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX-512 (F, VL, BW, DQ) vocabulary: eight float64 lanes. */
#define LANES 8
#define LANE_BITS 64
typedef double lane;
typedef __m512d vec;
typedef __m512i ivec;
typedef __mmask8 mask;

FORCE_INLINE vec v_set(lane a) { return _mm512_set1_pd(a); }
FORCE_INLINE vec v_add(vec a, vec b) { return _mm512_add_pd(a, b); }
FORCE_INLINE vec v_sub(vec a, vec b) { return _mm512_sub_pd(a, b); }
FORCE_INLINE vec v_mul(vec a, vec b) { return _mm512_mul_pd(a, b); }
FORCE_INLINE vec v_div(vec a, vec b) { return _mm512_div_pd(a, b); }
FORCE_INLINE vec v_sqrt(vec a) { return _mm512_sqrt_pd(a); }
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return _mm512_fmadd_pd(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return _mm512_fmsub_pd(a, b, c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return _mm512_fnmadd_pd(a, b, c); }
FORCE_INLINE vec v_max(vec a, vec b) { return _mm512_max_pd(a, b); }
FORCE_INLINE vec v_min(vec a, vec b) { return _mm512_min_pd(a, b); }
FORCE_INLINE vec v_abs(vec a) { return _mm512_abs_pd(a); }

FORCE_INLINE mask v_lt(vec a, vec b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
FORCE_INLINE mask v_le(vec a, vec b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
FORCE_INLINE mask v_eq(vec a, vec b) { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
FORCE_INLINE mask v_unordered(vec a, vec b) { return _mm512_cmp_pd_mask(a, b, _CMP_UNORD_Q); }
FORCE_INLINE mask v_subnormal(vec a) { return _mm512_fpclass_pd_mask(a, 0x20); }
FORCE_INLINE mask m_and(mask a, mask b) { return a & b; }
FORCE_INLINE mask m_or(mask a, mask b) { return a | b; }
FORCE_INLINE mask m_none(void) { return 0; }
FORCE_INLINE mask m_not(mask a) { return (mask)~a; }
FORCE_INLINE vec v_where(mask m, vec a, vec b) { return _mm512_mask_blend_pd(m, b, a); }
FORCE_INLINE int m_any(mask m) { return m != 0; }
FORCE_INLINE int m_any_of(mask a, mask b) { return !_kortestz_mask8_u8(a, b); }
FORCE_INLINE int m_all(mask m) { return m == 0xff; }

FORCE_INLINE ivec v_bits(vec a) { return _mm512_castpd_si512(a); }
FORCE_INLINE vec v_frombits(ivec a) { return _mm512_castsi512_pd(a); }
FORCE_INLINE ivec i_set(int64_t a) { return _mm512_set1_epi64(a); }
FORCE_INLINE ivec i_add(ivec a, ivec b) { return _mm512_add_epi64(a, b); }
FORCE_INLINE ivec i_sub(ivec a, ivec b) { return _mm512_sub_epi64(a, b); }
FORCE_INLINE ivec i_and(ivec a, ivec b) { return _mm512_and_si512(a, b); }
FORCE_INLINE ivec i_or(ivec a, ivec b) { return _mm512_or_si512(a, b); }
FORCE_INLINE ivec i_xor(ivec a, ivec b) { return _mm512_xor_si512(a, b); }
FORCE_INLINE ivec i_shl(ivec a, int n) { return _mm512_slli_epi64(a, (unsigned)n); }
FORCE_INLINE ivec i_shr(ivec a, int n) { return _mm512_srli_epi64(a, (unsigned)n); }
FORCE_INLINE ivec i_sar(ivec a, int n) { return _mm512_srai_epi64(a, (unsigned)n); }
FORCE_INLINE ivec i_max(ivec a, ivec b) { return _mm512_max_epi64(a, b); }

/* table[index % 8], table[index % 16] */
FORCE_INLINE vec v_lut8(const lane *table, ivec index) { return _mm512_permutexvar_pd(index, _mm512_loadu_pd(table)); }
FORCE_INLINE vec v_lut16(const lane *table, ivec index)
{
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), index, _mm512_loadu_pd(table + 8));
}
/* A gain only where lanes are looked up by halves: avx2_double.h. */
FORCE_INLINE vec v_lut8_halves(const lane *table, ivec index) { return v_lut8(table, index); }
