/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 room for bfloat16. */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx2)
#include "avx2_float.h"
typedef uint16_t elem;
#define NARROW bf16
#define OF(op) _mm256_##op
#define AND _mm256_and_si256
#define LOAD_WORDS _mm256_loadu_si256
#define STORE_WORDS _mm256_storeu_si256
#define STREAM_WORDS _mm256_stream_si256
#define ODD_FROM(even, odd) _mm256_blend_epi16(even, odd, 0xaa)
#include "upper_half.h"
#define V_REORDERED
/* Lanes from the order of loads to that of the elements; and back. */
#define R_FIRST(even, odd) _mm256_permute2f128_ps(_mm256_unpacklo_ps(even, odd), _mm256_unpackhi_ps(even, odd), 0x20)
#define R_SECOND(even, odd) _mm256_permute2f128_ps(_mm256_unpacklo_ps(even, odd), _mm256_unpackhi_ps(even, odd), 0x31)
#define R_JOINED(a, b, which) _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(_mm256_shuffle_ps(a, b, which)), 0xd8))
FORCE_INLINE vec v_in_order(vec x) { return (vec){R_FIRST(x.a, x.b), R_SECOND(x.a, x.b), R_FIRST(x.c, x.d), R_SECOND(x.c, x.d)}; }
FORCE_INLINE vec v_for_store(vec y)
{
    return (vec){R_JOINED(y.a, y.b, 0x88), R_JOINED(y.a, y.b, 0xdd), R_JOINED(y.c, y.d, 0x88), R_JOINED(y.c, y.d, 0xdd)};
}

#define ROOM avx2_bf16
#include "../kernels.h"
TARGET_END
#endif
