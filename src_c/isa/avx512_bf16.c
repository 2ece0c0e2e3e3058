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

#define ROOM avx512_bf16
#include "../kernels.h"
TARGET_END
#endif
