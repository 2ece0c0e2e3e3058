/* SPDX-License-Identifier: BSD-3-Clause */
/* The yardstick of the benchmarks: loops that do one multiplication an element, as fast as the memory allows. They share nothing
 * with the kernels but the threads, so that they do not flatter them. */
#include "fastrelu.h"
#include "target.h"

#if FR_X86
#include <immintrin.h>

typedef struct {
    float *out;
    const float *a, *b; /* b NULL: one input, times 1 */
    int stream;
} plain;

TARGET_BEGIN(avx2)
static void run_plain(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const plain *job = context;
    const __m256 one = _mm256_set1_ps(1);
    ptrdiff_t i = begin;
    for (; i < end && (uintptr_t)(job->out + i) % 32; i++) job->out[i] = job->a[i] * (job->b ? job->b[i] : 1);
#define FR_PLAIN(store, factor) \
    for (; i + 8 <= end; i += 8) store(job->out + i, _mm256_mul_ps(_mm256_loadu_ps(job->a + i), factor))
    if (job->stream && job->b)
        FR_PLAIN(_mm256_stream_ps, _mm256_loadu_ps(job->b + i));
    else if (job->stream)
        FR_PLAIN(_mm256_stream_ps, one);
    else if (job->b)
        FR_PLAIN(_mm256_store_ps, _mm256_loadu_ps(job->b + i));
    else
        FR_PLAIN(_mm256_store_ps, one);
    for (; i < end; i++) job->out[i] = job->a[i] * (job->b ? job->b[i] : 1);
    if (job->stream) _mm_sfence();
}
TARGET_END

void fr_plain(float *out, const float *a, const float *b, ptrdiff_t n, int stream)
{
    plain job = {out, a, b, stream};
    fr_parallel(run_plain, &job, n, 16, 0, (double)n * (b ? 0.19 : out == a ? 0.064 : 0.13));
}
#else
void fr_plain(float *out, const float *a, const float *b, ptrdiff_t n, int stream)
{
    (void)stream;
    for (ptrdiff_t i = 0; i < n; i++) out[i] = a[i] * (b ? b[i] : 1);
}
#endif
