/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of 16-bit elements in sixteen float32 lanes. The room has `packed`, that many elements, and the conversions:
 * v_widen; v_cut, for elements, keeps a NaN's payload; for float16 v_narrow, to nearest even, which makes every NaN the same, and
 * v_differ, where two are not; for bfloat16 upper(bits), their upper halves, and upper_or_nan(bits, a), the NaN where a is one. */
FORCE_INLINE vec v_load(const elem *at) { return v_widen(_mm256_loadu_si256((const __m256i *)(const void *)at)); }
FORCE_INLINE vec v_broadcast(const elem *at) { return v_widen(_mm256_set1_epi16((short)*at)); }
FORCE_INLINE void v_store(elem *at, packed a) { _mm256_storeu_si256((__m256i *)(void *)at, a); }
FORCE_INLINE void v_stream(elem *at, packed a) { _mm256_stream_si256((__m256i *)(void *)at, a); }

FORCE_INLINE mask first(size_t n) { return (mask)((1u << n) - 1); }
FORCE_INLINE vec v_load_part(const elem *at, size_t n) { return v_widen(_mm256_maskz_loadu_epi16(first(n), at)); }
FORCE_INLINE void v_store_part(elem *at, packed a, size_t n) { _mm256_mask_storeu_epi16(at, first(n), a); }
