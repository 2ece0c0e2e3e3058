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

#define ROOM avx2_bf16
#include "../kernels.h"
TARGET_END
#endif
