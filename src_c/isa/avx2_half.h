/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of 16-bit elements in eight float32 lanes. The room has `packed`, that many elements, and the conversions:
 * v_widen; v_cut, for elements, keeps a NaN's payload; for float16 v_narrow, to nearest even, which makes every NaN the same, and
 * v_differ, where two are not; for bfloat16 upper(bits), their upper halves, and upper_or_nan(bits, a), the NaN where a is one. */
FORCE_INLINE vec v_load(const elem *at) { return v_widen(_mm_loadu_si128((const __m128i *)(const void *)at)); }
FORCE_INLINE vec v_broadcast(const elem *at) { return v_widen(_mm_set1_epi16((short)*at)); }
FORCE_INLINE void v_store(elem *at, packed a) { _mm_storeu_si128((__m128i *)(void *)at, a); }
FORCE_INLINE void v_stream(elem *at, packed a) { _mm_stream_si128((__m128i *)(void *)at, a); }

/* n < 8 elements, by fours, twos and one: there is no masked load of 16 bits. */
FORCE_INLINE vec v_load_part(const elem *at, size_t n)
{
    uint64_t low = 0, word = 0;
    if (n & 1) memcpy(&low, at + (n & 6), 2);
    if (n & 2) {
        uint32_t pair;
        memcpy(&pair, at + (n & 4), 4);
        low = low << 32 | pair;
    }
    if (n & 4) {
        memcpy(&word, at, 8);
        return v_widen(_mm_set_epi64x((long long)low, (long long)word));
    }
    return v_widen(_mm_cvtsi64_si128((long long)low));
}
FORCE_INLINE void v_store_part(elem *at, packed a, size_t n)
{
    uint64_t word = (uint64_t)_mm_cvtsi128_si64(a);
    if (n & 4) {
        memcpy(at, &word, 8);
        word = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(a, a));
        at += 4;
    }
    if (n & 2) {
        memcpy(at, &word, 4);
        word >>= 32;
        at += 2;
    }
    if (n & 1) memcpy(at, &word, 2);
}
