/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef float elem;

FORCE_INLINE vec v_load(const elem *at) { return _mm512_loadu_ps(at); }
FORCE_INLINE vec v_broadcast(const elem *at) { return _mm512_set1_ps(*at); }
FORCE_INLINE void v_store(elem *at, vec a) { _mm512_storeu_ps(at, a); }
FORCE_INLINE void v_stream(elem *at, vec a) { _mm512_stream_ps(at, a); }

FORCE_INLINE mask first(size_t n) { return (mask)((1u << n) - 1); }
FORCE_INLINE vec v_load_part(const elem *at, size_t n) { return _mm512_maskz_loadu_ps(first(n), at); }
/* A masked store that reaches over the end of a line takes some twenty cycles, though nothing there is stored: the lanes are moved up
 * and the address down, to the beginning of the line. */
FORCE_INLINE void v_store_part(elem *at, vec a, size_t n)
{
    const size_t skip = (uintptr_t)at % 64 / sizeof(elem);
    if (skip + n > LANES) {
        _mm512_mask_storeu_ps(at, first(n), a);
    } else {
        const mask lanes = (mask)(first(n) << skip);
        _mm512_mask_storeu_ps(at - skip, lanes, _mm512_maskz_expand_ps(lanes, a));
    }
}

#define ROOM avx512_f32
#include "../kernels.h"
TARGET_END
#endif
