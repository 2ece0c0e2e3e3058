/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX-512 (F, VL, BW, DQ) vocabulary: sixteen float32 lanes. */
#define LANES 16
#define LANE_BITS 32
typedef float lane;
typedef __m512 vec;
typedef __m512i ivec;
typedef __mmask16 mask;

FORCE_INLINE vec v_set(lane a)
{
    vec all = _mm512_set1_ps(a);
#ifdef KEEPS_CONSTANTS
    FR_KEPT(all);
#endif
    return all;
}
FORCE_INLINE vec v_add(vec a, vec b) { return _mm512_add_ps(a, b); }
FORCE_INLINE vec v_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
FORCE_INLINE vec v_mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
FORCE_INLINE vec v_div(vec a, vec b) { return _mm512_div_ps(a, b); }
FORCE_INLINE vec v_sqrt(vec a) { return _mm512_sqrt_ps(a); }
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return _mm512_fmsub_ps(a, b, c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return _mm512_fnmadd_ps(a, b, c); }
FORCE_INLINE vec v_max(vec a, vec b) { return _mm512_max_ps(a, b); }
FORCE_INLINE vec v_min(vec a, vec b) { return _mm512_min_ps(a, b); }

FORCE_INLINE mask v_lt(vec a, vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
FORCE_INLINE mask v_le(vec a, vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
FORCE_INLINE mask v_eq(vec a, vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
FORCE_INLINE mask v_unordered(vec a, vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_UNORD_Q); }
FORCE_INLINE mask v_subnormal(vec a) { return _mm512_fpclass_ps_mask(a, 0x20); }
FORCE_INLINE mask m_and(mask a, mask b) { return a & b; }
FORCE_INLINE mask m_or(mask a, mask b) { return a | b; }
FORCE_INLINE mask m_none(void) { return 0; }
FORCE_INLINE mask m_not(mask a) { return (mask)~a; }
FORCE_INLINE vec v_where(mask m, vec a, vec b) { return _mm512_mask_blend_ps(m, b, a); }
FORCE_INLINE int m_any(mask m) { return m != 0; }
FORCE_INLINE int m_any_of(mask a, mask b) { return !_kortestz_mask16_u8(a, b); } /* without a move */
FORCE_INLINE int m_all(mask m) { return m == 0xffff; }

/* What takes several instructions elsewhere: see vmath_pieces.h. `steps` is 1, 2, 4 or 8; |a| of a signalling NaN is a quiet one. */
#define HAS_SHORTCUTS
FORCE_INLINE vec v_remainder(vec a, int steps)
{
    if (steps == 1) return _mm512_reduce_ps(a, 0x08);
    if (steps == 2) return _mm512_reduce_ps(a, 0x18);
    return steps == 4 ? _mm512_reduce_ps(a, 0x28) : _mm512_reduce_ps(a, 0x38);
}
FORCE_INLINE vec v_abs_up_to(vec most, vec a) { return _mm512_range_ps(a, most, 0x0a); }
FORCE_INLINE vec v_complement_right(vec x, vec c)
{
    return _mm512_mask_sub_ps(c, _mm512_cmp_ps_mask(x, v_set(0), _CMP_NLT_UQ), v_set(1), c);
}

FORCE_INLINE ivec v_bits(vec a) { return _mm512_castps_si512(a); }
FORCE_INLINE vec v_frombits(ivec a) { return _mm512_castsi512_ps(a); }
FORCE_INLINE ivec i_set(int32_t a)
{
    ivec all = _mm512_set1_epi32(a);
    FR_KEPT(all);
    return all;
}
FORCE_INLINE vec v_abs(vec a) { return v_frombits(_mm512_and_si512(v_bits(a), i_set(INT32_MAX))); }
FORCE_INLINE ivec i_add(ivec a, ivec b) { return _mm512_add_epi32(a, b); }
FORCE_INLINE ivec i_sub(ivec a, ivec b) { return _mm512_sub_epi32(a, b); }
FORCE_INLINE ivec i_and(ivec a, ivec b) { return _mm512_and_si512(a, b); }
FORCE_INLINE ivec i_or(ivec a, ivec b) { return _mm512_or_si512(a, b); }
FORCE_INLINE ivec i_xor(ivec a, ivec b) { return _mm512_xor_si512(a, b); }
FORCE_INLINE ivec i_shl(ivec a, int n) { return _mm512_slli_epi32(a, (unsigned)n); }
FORCE_INLINE ivec i_shr(ivec a, int n) { return _mm512_srli_epi32(a, (unsigned)n); }
FORCE_INLINE ivec i_sar(ivec a, int n) { return _mm512_srai_epi32(a, (unsigned)n); }
FORCE_INLINE ivec i_max(ivec a, ivec b) { return _mm512_max_epi32(a, b); }
/* For results that are rounded twice: where a is at most b, unsigned; where they have no bit in common; a, or 1 more where b has
 * that bit. */
FORCE_INLINE mask i_at_most(ivec a, ivec b) { return _mm512_cmple_epu32_mask(a, b); }
FORCE_INLINE mask i_disjoint(ivec a, ivec b) { return _mm512_testn_epi32_mask(a, b); }
FORCE_INLINE ivec i_add_odd(ivec a, ivec b, int bit)
{
    return _mm512_mask_add_epi32(a, _mm512_test_epi32_mask(b, i_set(1 << bit)), a, i_set(1));
}

/* table[index % 16], table[index % 8] */
FORCE_INLINE vec v_lut16(const lane *table, ivec index) { return _mm512_permutexvar_ps(index, _mm512_loadu_ps(table)); }
FORCE_INLINE vec v_lut8(const lane *table, ivec index) { return v_lut16(table, index); } /* the table is written twice */
#define LUT32_IS_CHEAP 1                                                                 /* as cheap as v_lut16 */
FORCE_INLINE vec v_lut32(const lane *table, ivec index)
{
    return _mm512_permutex2var_ps(_mm512_loadu_ps(table), index, _mm512_loadu_ps(table + 16));
}
/* A gain only where lanes are looked up by halves: avx2_double.h. */
FORCE_INLINE vec v_lut8_halves(const lane *table, ivec index) { return v_lut8(table, index); }
