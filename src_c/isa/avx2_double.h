/* SPDX-License-Identifier: BSD-3-Clause */
/* AVX2 + FMA vocabulary: four float64 lanes. */
#define LANES 4
#define LANE_BITS 64
typedef double lane;
typedef __m256d vec;
typedef __m256i ivec;
typedef __m256d mask;

FORCE_INLINE vec v_set(lane a) { return _mm256_set1_pd(a); }
FORCE_INLINE vec v_add(vec a, vec b) { return _mm256_add_pd(a, b); }
FORCE_INLINE vec v_sub(vec a, vec b) { return _mm256_sub_pd(a, b); }
FORCE_INLINE vec v_mul(vec a, vec b) { return _mm256_mul_pd(a, b); }
FORCE_INLINE vec v_div(vec a, vec b) { return _mm256_div_pd(a, b); }
FORCE_INLINE vec v_sqrt(vec a) { return _mm256_sqrt_pd(a); }
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return _mm256_fmadd_pd(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return _mm256_fmsub_pd(a, b, c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return _mm256_fnmadd_pd(a, b, c); }
FORCE_INLINE vec v_max(vec a, vec b) { return _mm256_max_pd(a, b); }
FORCE_INLINE vec v_min(vec a, vec b) { return _mm256_min_pd(a, b); }
FORCE_INLINE vec v_abs(vec a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }

FORCE_INLINE mask v_lt(vec a, vec b) { return _mm256_cmp_pd(a, b, _CMP_LT_OQ); }
FORCE_INLINE mask v_le(vec a, vec b) { return _mm256_cmp_pd(a, b, _CMP_LE_OQ); }
FORCE_INLINE mask v_eq(vec a, vec b) { return _mm256_cmp_pd(a, b, _CMP_EQ_OQ); }
FORCE_INLINE mask v_unordered(vec a, vec b) { return _mm256_cmp_pd(a, b, _CMP_UNORD_Q); }
FORCE_INLINE mask m_and(mask a, mask b) { return _mm256_and_pd(a, b); }
FORCE_INLINE mask m_or(mask a, mask b) { return _mm256_or_pd(a, b); }
FORCE_INLINE mask m_none(void) { return _mm256_setzero_pd(); }
FORCE_INLINE mask m_not(mask a) { return _mm256_xor_pd(a, _mm256_castsi256_pd(_mm256_set1_epi32(-1))); }
FORCE_INLINE mask v_subnormal(vec a) { return m_and(v_lt(v_abs(a), v_set(DBL_MIN)), v_lt(v_set(0), v_abs(a))); }
FORCE_INLINE vec v_where(mask m, vec a, vec b) { return _mm256_blendv_pd(b, a, m); }
FORCE_INLINE int m_any(mask m) { return _mm256_movemask_pd(m) != 0; }
FORCE_INLINE int m_any_of(mask a, mask b) { return m_any(m_or(a, b)); }
FORCE_INLINE int m_all(mask m) { return _mm256_movemask_pd(m) == 0xf; }

FORCE_INLINE ivec v_bits(vec a) { return _mm256_castpd_si256(a); }
FORCE_INLINE vec v_frombits(ivec a) { return _mm256_castsi256_pd(a); }
FORCE_INLINE ivec i_set(int64_t a) { return _mm256_set1_epi64x(a); }
FORCE_INLINE ivec i_add(ivec a, ivec b) { return _mm256_add_epi64(a, b); }
FORCE_INLINE ivec i_sub(ivec a, ivec b) { return _mm256_sub_epi64(a, b); }
FORCE_INLINE ivec i_and(ivec a, ivec b) { return _mm256_and_si256(a, b); }
FORCE_INLINE ivec i_or(ivec a, ivec b) { return _mm256_or_si256(a, b); }
FORCE_INLINE ivec i_xor(ivec a, ivec b) { return _mm256_xor_si256(a, b); }
FORCE_INLINE ivec i_shl(ivec a, int n) { return _mm256_slli_epi64(a, n); }
FORCE_INLINE ivec i_shr(ivec a, int n) { return _mm256_srli_epi64(a, n); }
/* AVX2 has neither of these for 64 bits. */
FORCE_INLINE ivec i_sar(ivec a, int n)
{
    const ivec negative = _mm256_cmpgt_epi64(_mm256_setzero_si256(), a);
    return i_or(i_shr(a, n), i_shl(negative, 64 - n));
}
FORCE_INLINE ivec i_max(ivec a, ivec b) { return _mm256_blendv_epi8(b, a, _mm256_cmpgt_epi64(a, b)); }

/* table[index % 8], table[index % 16]. A double is looked up as its two words, in tables of four. */
FORCE_INLINE ivec word_index(ivec index)
{
    const ivec twice = _mm256_slli_epi32(_mm256_shuffle_epi32(index, 0xa0), 1);
    return i_or(twice, i_set(0x100000000));
}
FORCE_INLINE vec v_lut4(const lane *table, ivec words)
{
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(_mm256_loadu_pd(table)), words));
}
FORCE_INLINE vec v_lut8(const lane *table, ivec index)
{
    const ivec words = word_index(index);
    return _mm256_blendv_pd(v_lut4(table, words), v_lut4(table + 4, words), v_frombits(i_shl(index, 61)));
}
FORCE_INLINE vec v_lut16(const lane *table, ivec index)
{
    const vec bit3 = v_frombits(i_shl(index, 60));
    return _mm256_blendv_pd(v_lut8(table, index), v_lut8(table + 8, index), bit3);
}
/* As v_lut8 for a table whose doubles have two equal words (so they hold 20 bits): it fits one register. */
FORCE_INLINE vec v_lut8_halves(const lane *table, ivec index)
{
    const __m256 words =
        _mm256_shuffle_ps(_mm256_castpd_ps(_mm256_loadu_pd(table)), _mm256_castpd_ps(_mm256_loadu_pd(table + 4)), 0x88);
    const __m256 in_order = _mm256_permutevar8x32_ps(words, _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7));
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(in_order, _mm256_shuffle_epi32(index, 0xa0)));
}
