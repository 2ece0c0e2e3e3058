/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2 + FMA vocabulary: eight float32 lanes. */
#define LANES 8
#define LANE_BITS 32
typedef float lane;
typedef __m256 vec;
typedef __m256i ivec;
typedef __m256 mask;

FORCE_INLINE vec v_set(lane a) { return _mm256_set1_ps(a); }
FORCE_INLINE vec v_add(vec a, vec b) { return _mm256_add_ps(a, b); }
FORCE_INLINE vec v_sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
FORCE_INLINE vec v_mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
FORCE_INLINE vec v_div(vec a, vec b) { return _mm256_div_ps(a, b); }
FORCE_INLINE vec v_sqrt(vec a) { return _mm256_sqrt_ps(a); }
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return _mm256_fmsub_ps(a, b, c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return _mm256_fnmadd_ps(a, b, c); }
FORCE_INLINE vec v_max(vec a, vec b) { return _mm256_max_ps(a, b); }
FORCE_INLINE vec v_min(vec a, vec b) { return _mm256_min_ps(a, b); }
FORCE_INLINE vec v_abs(vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }

FORCE_INLINE mask v_lt(vec a, vec b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
FORCE_INLINE mask v_le(vec a, vec b) { return _mm256_cmp_ps(a, b, _CMP_LE_OQ); }
FORCE_INLINE mask v_eq(vec a, vec b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
FORCE_INLINE mask v_unordered(vec a, vec b) { return _mm256_cmp_ps(a, b, _CMP_UNORD_Q); }
FORCE_INLINE mask m_and(mask a, mask b) { return _mm256_and_ps(a, b); }
FORCE_INLINE mask m_or(mask a, mask b) { return _mm256_or_ps(a, b); }
FORCE_INLINE mask m_none(void) { return _mm256_setzero_ps(); }
FORCE_INLINE mask m_not(mask a) { return _mm256_xor_ps(a, _mm256_castsi256_ps(_mm256_set1_epi32(-1))); }
FORCE_INLINE mask v_subnormal(vec a) { return m_and(v_lt(v_abs(a), v_set(FLT_MIN)), v_lt(v_set(0), v_abs(a))); }
FORCE_INLINE vec v_where(mask m, vec a, vec b) { return _mm256_blendv_ps(b, a, m); }
FORCE_INLINE int m_any(mask m) { return _mm256_movemask_ps(m) != 0; }
FORCE_INLINE int m_any_of(mask a, mask b) { return m_any(m_or(a, b)); }
FORCE_INLINE int m_all(mask m) { return _mm256_movemask_ps(m) == 0xff; }

FORCE_INLINE ivec v_bits(vec a) { return _mm256_castps_si256(a); }
FORCE_INLINE vec v_frombits(ivec a) { return _mm256_castsi256_ps(a); }
FORCE_INLINE ivec i_set(int32_t a) { return _mm256_set1_epi32(a); }
FORCE_INLINE ivec i_add(ivec a, ivec b) { return _mm256_add_epi32(a, b); }
FORCE_INLINE ivec i_sub(ivec a, ivec b) { return _mm256_sub_epi32(a, b); }
FORCE_INLINE ivec i_and(ivec a, ivec b) { return _mm256_and_si256(a, b); }
FORCE_INLINE ivec i_or(ivec a, ivec b) { return _mm256_or_si256(a, b); }
FORCE_INLINE ivec i_xor(ivec a, ivec b) { return _mm256_xor_si256(a, b); }
FORCE_INLINE ivec i_shl(ivec a, int n) { return _mm256_slli_epi32(a, n); }
FORCE_INLINE ivec i_shr(ivec a, int n) { return _mm256_srli_epi32(a, n); }
FORCE_INLINE ivec i_sar(ivec a, int n) { return _mm256_srai_epi32(a, n); }
FORCE_INLINE ivec i_max(ivec a, ivec b) { return _mm256_max_epi32(a, b); }
/* For results that are rounded twice: where a is at most b, unsigned; where they have no bit in common; a, or 1 more where b has
 * that bit. */
FORCE_INLINE mask i_at_most(ivec a, ivec b) { return v_frombits(_mm256_cmpeq_epi32(_mm256_min_epu32(a, b), a)); }
FORCE_INLINE ivec i_add_odd(ivec a, ivec b, int bit) { return i_add(a, i_and(i_shr(b, bit), i_set(1))); }
FORCE_INLINE mask i_disjoint(ivec a, ivec b)
{
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(a, b), _mm256_setzero_si256()));
}

/* table[index % 8], table[index % 16]; the latter flips the bits of table[0..7] to those of table[8..15] where bit 3 is set;
 * as integers, for GCC then computes a constant table's flips itself. */
FORCE_INLINE vec v_lut8(const lane *table, ivec index) { return _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), index); }
FORCE_INLINE vec v_lut16(const lane *table, ivec index)
{
    const ivec flips = i_xor(v_bits(_mm256_loadu_ps(table)), v_bits(_mm256_loadu_ps(table + 8)));
    const ivec upper = i_sar(i_shl(index, 28), 31);
    return v_frombits(i_xor(v_bits(v_lut8(table, index)), i_and(upper, _mm256_permutevar8x32_epi32(flips, index))));
}
#define LUT32_IS_CHEAP 0
FORCE_INLINE vec v_lut32(const lane *table, ivec index)
{
    const vec bit3 = v_frombits(i_shl(index, 28)), bit4 = v_frombits(i_shl(index, 27));
    const vec low = _mm256_blendv_ps(v_lut8(table, index), v_lut8(table + 8, index), bit3);
    return _mm256_blendv_ps(low, _mm256_blendv_ps(v_lut8(table + 16, index), v_lut8(table + 24, index), bit3), bit4);
}
/* A gain only where lanes are looked up by halves: avx2_double.h. */
FORCE_INLINE vec v_lut8_halves(const lane *table, ivec index) { return v_lut8(table, index); }

/* For looking for tiny numbers: the least of words, each taken twice less 1, which is as large as can be for 0; and whether one of
 * those is at most so much. */
#define LEAST_OF(bits, least, a) \
    _mm256_min_epu##bits(least, _mm256_add_epi##bits(_mm256_add_epi##bits(a, a), _mm256_set1_epi##bits(-1)))
#define IS_AT_MOST(bits, least, most) \
    (_mm256_movemask_epi8(_mm256_cmpeq_epi##bits(_mm256_min_epu##bits(least, _mm256_set1_epi##bits(most)), least)) != 0)
