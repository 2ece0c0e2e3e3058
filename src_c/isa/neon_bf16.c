/* SPDX-License-Identifier: BSD-3-Clause */
/* The NEON room for bfloat16, in integer operations: conversions are no part of the baseline. */
#include "../room.h"
#if FR_NEON
#include "neon_float.h"
typedef uint16_t elem;
#define NARROW bf16
#define OF(op) word_##op
#define word_set1_epi32 vdupq_n_s32
#define word_slli_epi32 R_SHL
#define word_srli_epi32 R_SHR
#define AND vandq_s32
#define LOAD_WORDS(at) vld1q_s32((const int32_t *)(at))
#define STORE_WORDS(at, y) vst1q_s32((int32_t *)(at), y)
#define STREAM_WORDS STORE_WORDS
#define ODD_FROM(even, odd) vbslq_s32(vdupq_n_u32(0xffff), even, odd)
#include "upper_half.h"
#define V_REORDERED
/* Lanes from the order of loads to that of the elements; and back. */
FORCE_INLINE vec v_in_order(vec x)
{
    return (vec){vzip1q_f32(x.a, x.b), vzip2q_f32(x.a, x.b), vzip1q_f32(x.c, x.d), vzip2q_f32(x.c, x.d)};
}
FORCE_INLINE vec v_for_store(vec y)
{
    return (vec){vuzp1q_f32(y.a, y.b), vuzp2q_f32(y.a, y.b), vuzp1q_f32(y.c, y.d), vuzp2q_f32(y.c, y.d)};
}

#define ROOM neon_bf16
#include "../kernels.h"
#endif
