/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float64. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_double.h"
typedef double elem;

FORCE_INLINE vec v_load(const elem *at) { return _mm512_loadu_pd(at); }
FORCE_INLINE vec v_broadcast(const elem *at) { return _mm512_set1_pd(*at); }
FORCE_INLINE void v_store(elem *at, vec a) { _mm512_storeu_pd(at, a); }
FORCE_INLINE void v_stream(elem *at, vec a) { _mm512_stream_pd(at, a); }

FORCE_INLINE mask first(size_t n) { return (mask)((1u << n) - 1); }
FORCE_INLINE vec v_load_part(const elem *at, size_t n) { return _mm512_maskz_loadu_pd(first(n), at); }
/* Within a cache line, as in avx512_f32.c. */
FORCE_INLINE void v_store_part(elem *at, vec a, size_t n)
{
    const size_t skip = (uintptr_t)at % 64 / sizeof(elem);
    if (skip + n > LANES) {
        _mm512_mask_storeu_pd(at, first(n), a);
    } else {
        const mask lanes = (mask)(first(n) << skip);
        _mm512_mask_storeu_pd(at - skip, lanes, _mm512_maskz_expand_pd(lanes, a));
    }
}

#define ROOM avx512_f64
#include "../kernels.h"
TARGET_END
#endif
