/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of elements that fill their lanes; SUFFIX is that of the intrinsics for them. */
#define OF(intrinsic) FR_GLUE(intrinsic, SUFFIX)
FORCE_INLINE vec v_load(const elem *at) { return OF(_mm512_loadu)(at); }
FORCE_INLINE vec v_broadcast(const elem *at) { return OF(_mm512_set1)(*at); }
FORCE_INLINE void v_store(elem *at, vec a) { OF(_mm512_storeu)(at, a); }
FORCE_INLINE void v_stream(elem *at, vec a) { OF(_mm512_stream)(at, a); }

FORCE_INLINE mask first(size_t n) { return (mask)((1u << n) - 1); }
FORCE_INLINE vec v_load_part(const elem *at, size_t n) { return OF(_mm512_maskz_loadu)(first(n), at); }
/* A masked store that reaches over the end of a line takes some twenty cycles, though nothing there is stored: the lanes are moved up
 * and the address down, to the beginning of the line. */
FORCE_INLINE void v_store_part(elem *at, vec a, size_t n)
{
    const size_t skip = (uintptr_t)at % 64 / sizeof(elem);
    if (skip + n > LANES) {
        OF(_mm512_mask_storeu)(at, first(n), a);
    } else {
        const mask lanes = (mask)(first(n) << skip);
        OF(_mm512_mask_storeu)(at - skip, lanes, OF(_mm512_maskz_expand)(lanes, a));
    }
}
