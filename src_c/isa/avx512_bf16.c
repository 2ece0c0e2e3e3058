/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX-512 room for bfloat16. (The conversion of AVX512_BF16 flushes subnormals.) */
#include "../room.h"
#if FR_X86
TARGET_BEGIN(avx512)
#include "avx512_float.h"
typedef uint16_t elem;
#define NARROW bf16
#define OF(op) _mm512_##op
#define AND _mm512_and_si512
#define LOAD_WORDS _mm512_loadu_si512
#define STORE_WORDS _mm512_storeu_si512
#define STREAM_WORDS _mm512_stream_si512
#define ODD_FROM(even, odd) _mm512_mask_blend_epi16(0xaaaaaaaa, even, odd)
#include "upper_half.h"
#define V_REORDERED
/* Lanes from the order of loads to that of the elements; and back. */
FORCE_INLINE vec v_in_order(vec x)
{
    const ireg first = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const ireg second = _mm512_add_epi32(first, _mm512_set1_epi32(8));
    return (vec){_mm512_permutex2var_ps(x.a, first, x.b), _mm512_permutex2var_ps(x.a, second, x.b),
                 _mm512_permutex2var_ps(x.c, first, x.d), _mm512_permutex2var_ps(x.c, second, x.d)};
}
FORCE_INLINE vec v_for_store(vec y)
{
    const ireg even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const ireg odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    return (vec){_mm512_permutex2var_ps(y.a, even, y.b), _mm512_permutex2var_ps(y.a, odd, y.b),
                 _mm512_permutex2var_ps(y.c, even, y.d), _mm512_permutex2var_ps(y.c, odd, y.d)};
}

#define ROOM avx512_bf16
#include "../kernels.h"
TARGET_END
#endif
