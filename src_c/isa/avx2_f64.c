/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for float64. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_double.h"
typedef double elem;

FORCE_INLINE vec v_load(const elem *at) { return _mm256_loadu_pd(at); }
FORCE_INLINE vec v_broadcast(const elem *at) { return _mm256_broadcast_sd(at); }
FORCE_INLINE void v_store(elem *at, vec a) { _mm256_storeu_pd(at, a); }
FORCE_INLINE void v_stream(elem *at, vec a) { _mm256_stream_pd(at, a); }

/* n < 4 elements, as in avx2_f32.c */
FORCE_INLINE vec v_load_part(const elem *at, size_t n)
{
    const __m256i lanes = _mm256_setr_epi64x(0, 1, 2, 3);
    return _mm256_maskload_pd(at, _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)n), lanes));
}
FORCE_INLINE void v_store_part(elem *at, vec a, size_t n)
{
    __m128d part = _mm256_castpd256_pd128(a);
    if (n & 2) {
        _mm_storeu_pd(at, part);
        part = _mm256_extractf128_pd(a, 1);
        at += 2;
    }
    if (n & 1) _mm_store_sd(at, part);
}

/* Whether vectors of one or two arrays have a subnormal lane: what is below and not 0 has bits. */
#define MEETS_TINY
FORCE_INLINE int meets_tiny(elem *const *arrays, int count, size_t i, int vectors)
{
    __m256d tiny = _mm256_setzero_pd();
    for (int k = 0; k < count; k++)
        for (int v = 0; v < vectors; v++) {
            const vec a = v_abs(v_load(arrays[k] + i + v * LANES));
            tiny = _mm256_or_pd(tiny, _mm256_and_pd(v_lt(a, v_set(DBL_MIN)), a));
        }
    return !_mm256_testz_si256(_mm256_castpd_si256(tiny), _mm256_castpd_si256(tiny));
}

#define ROOM avx2_f64
#include "../kernels.h"
TARGET_END
#endif
