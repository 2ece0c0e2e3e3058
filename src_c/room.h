/* SPDX-License-Identifier: BSD-3-Clause */
/* What every room includes before it opens its target: system headers must not be compiled for a room's instruction set. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "kinds.h"
#include "fastrelu.h"
#include "halves.h"
#include "target.h"
#if FR_X86
#include <immintrin.h>
#elif FR_NEON
#include <arm_neon.h>
#endif

/* A name of this room alone: several integer rooms share a file. */
#define FR_GLUE_(a, b) a##_##b
#define FR_GLUE(a, b) FR_GLUE_(a, b)
#define LOCAL(name) FR_GLUE(name, ROOM)

/* Less than a vector, past the caches like the vectors beside it: an ordinary store would wait until its line is read, and the
 * streaming stores behind it would wait, too. The two ends of neighbouring rows make up whole lines by this. A single element of
 * 16 bits has no such store. */
NO_INLINE void stream_part(void *to, const void *from, size_t bytes)
{
#if FR_X86
    char *at = to;
    const char *source = from;
    for (size_t step; bytes > 0; at += step, source += step, bytes -= step) {
        if (bytes >= 16 && (uintptr_t)at % 16 == 0) {
            step = 16;
            _mm_stream_si128((__m128i *)(void *)at, _mm_loadu_si128((const __m128i *)(const void *)source));
        } else if (bytes >= 4 && (uintptr_t)at % 4 == 0) {
            int32_t word;
            step = 4;
            memcpy(&word, source, step);
            _mm_stream_si32((int *)(void *)at, word);
        } else {
            step = 2;
            memcpy(at, source, step);
        }
    }
#else
    memcpy(to, from, bytes);
#endif
}
