/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float32. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef float elem;

FORCE_INLINE vec v_load(const elem *at) { return _mm256_loadu_ps(at); }
FORCE_INLINE vec v_broadcast(const elem *at) { return _mm256_broadcast_ss(at); }
FORCE_INLINE void v_store(elem *at, vec a) { _mm256_storeu_ps(at, a); }
FORCE_INLINE void v_stream(elem *at, vec a) { _mm256_stream_ps(at, a); }

/* n < 8 elements. A masked load touches no byte outside; masked stores are microcoded on AMD, so the store goes by halves. */
FORCE_INLINE vec v_load_part(const elem *at, size_t n)
{
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(at, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes));
}
FORCE_INLINE void v_store_part(elem *at, vec a, size_t n)
{
    __m128 part = _mm256_castps256_ps128(a);
    if (n & 4) {
        _mm_storeu_ps(at, part);
        part = _mm256_extractf128_ps(a, 1);
        at += 4;
    }
    if (n & 2) {
        _mm_storel_pi((__m64 *)(void *)at, part);
        part = _mm_movehl_ps(part, part);
        at += 2;
    }
    if (n & 1) _mm_store_ss(at, part);
}

/* Whether vectors of one or two arrays have a subnormal lane. */
#define MEETS_TINY
FORCE_INLINE int meets_tiny(elem *const *arrays, int count, size_t i, int vectors)
{
    __m256i least = _mm256_set1_epi32(-1);
    for (int k = 0; k < count; k++)
        for (int v = 0; v < vectors; v++) least = LEAST_OF(32, least, v_bits(v_load(arrays[k] + i + v * LANES)));
    return IS_AT_MOST(32, least, 2 * 0x800000 - 2);
}

#define ROOM avx2_f32
#include "../kernels.h"
TARGET_END
#endif
