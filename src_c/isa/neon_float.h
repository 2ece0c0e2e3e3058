/* SPDX-License-Identifier: BSD-3-Clause */
/* AdvSIMD (NEON) vocabulary of aarch64's baseline: float32 lanes, four a register. */
#define WIDTH 4
#define LANE_BITS 32
typedef float lane;
typedef float32x4_t reg;
typedef int32x4_t ireg;
typedef uint32x4_t mreg;
#define R_WORDS(x) vreinterpretq_u32_f32(x)
FORCE_INLINE reg r_where(mreg m, reg x, reg y)
{
    FR_HIDE_MASK("w", m);
    return vbslq_f32(m, x, y);
}
#define R_UNLESS(m, x) r_where(m, vdupq_n_f32(0), x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y) { return vbslq_f32(vcltzq_s32(vreinterpretq_s32_f32(s)), y, x); }
#define R_KEPT(at) vld1q_f32(at)
#define R_KEEP(at, x) vst1q_f32(at, x)
#include "group.h"

FORCE_INLINE vec v_set(lane a) { return ALIKE(vec, vdupq_n_f32(a)); }
LIKE_2(vec, v_add, vec, vaddq_f32)
LIKE_2(vec, v_sub, vec, vsubq_f32)
LIKE_2(vec, v_mul, vec, vmulq_f32)
LIKE_2(vec, v_div, vec, vdivq_f32)
LIKE_1(vec, v_sqrt, vec, vsqrtq_f32)
#define R_FMA(x, y, z) vfmaq_f32(z, x, y)
#define R_FMS(x, y, z) vfmaq_f32(vnegq_f32(z), x, y)
#define R_FNMA(x, y, z) vfmsq_f32(z, x, y)
LIKE_3(vec, v_fma, vec, R_FMA)
LIKE_3(vec, v_fms, vec, R_FMS)
LIKE_3(vec, v_fnma, vec, R_FNMA)
/* FMAX and FMIN give a quiet NaN for any, and +0 and -0 for two zeros. */
#define R_MAX(x, y) r_where(vcgtq_f32(x, y), x, y)
#define R_MIN(x, y) r_where(vcltq_f32(x, y), x, y)
LIKE_2(vec, v_max, vec, R_MAX)
LIKE_2(vec, v_min, vec, R_MIN)
LIKE_1(vec, v_abs, vec, vabsq_f32)

#define R_UNORDERED(x, y) vmvnq_u32(vandq_u32(vceqq_f32(x, x), vceqq_f32(y, y)))
LIKE_2(mask, v_lt, vec, vcltq_f32)
LIKE_2(mask, v_le, vec, vcleq_f32)
LIKE_2(mask, v_eq, vec, vceqq_f32)
LIKE_2(mask, v_unordered, vec, R_UNORDERED)
LIKE_2(mask, m_and, mask, vandq_u32)
LIKE_2(mask, m_or, mask, vorrq_u32)
LIKE_1(mask, m_not, mask, vmvnq_u32)
FORCE_INLINE mask m_none(void) { return ALIKE(mask, vdupq_n_u32(0)); }
FORCE_INLINE int m_any(mask m) { return vmaxvq_u32(vorrq_u32(vorrq_u32(m.a, m.b), vorrq_u32(m.c, m.d))) != 0; }
FORCE_INLINE int m_all(mask m) { return vminvq_u32(vandq_u32(vandq_u32(m.a, m.b), vandq_u32(m.c, m.d))) != 0; }

/* A mask as bits, the first lane's lowest; and back. A lane is narrowed to a byte, and eight bytes add up to one. */
FORCE_INLINE uint64_t m_bits(mask m)
{
    const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
#define R_HALVES(x) vreinterpretq_u16_u32(x)
#define R_BYTES(x, y) vreinterpretq_u8_u16(vuzp1q_u16(R_HALVES(x), R_HALVES(y)))
    const uint8x16_t bits = vandq_u8(vuzp1q_u8(R_BYTES(m.a, m.b), R_BYTES(m.c, m.d)), bit);
    return (uint64_t)vaddv_u8(vget_low_u8(bits)) | (uint64_t)vaddv_u8(vget_high_u8(bits)) << 8;
}
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    const mreg all = vdupq_n_u32((uint32_t)bits), a = {1, 2, 4, 8};
    return (mask){vtstq_u32(all, a), vtstq_u32(all, a << 4), vtstq_u32(all, a << 8), vtstq_u32(all, a << 12)};
}

LIKE_1(ivec, v_bits, vec, vreinterpretq_s32_f32)
LIKE_1(vec, v_frombits, ivec, vreinterpretq_f32_s32)
FORCE_INLINE ivec i_set(int32_t a) { return ALIKE(ivec, vdupq_n_s32(a)); }
LIKE_2(ivec, i_add, ivec, vaddq_s32)
LIKE_2(ivec, i_sub, ivec, vsubq_s32)
LIKE_2(ivec, i_and, ivec, vandq_s32)
LIKE_2(ivec, i_or, ivec, vorrq_s32)
LIKE_2(ivec, i_xor, ivec, veorq_s32)
/* The intrinsics of shifts take literals only. */
#define R_SHL(x, n) (ireg)((uint32x4_t)(x) << (n))
#define R_SHR(x, n) (ireg)((uint32x4_t)(x) >> (n))
LIKE_SHIFT(i_shl, R_SHL)
LIKE_SHIFT(i_shr, R_SHR)

/* table[index % 4], table[index % 8]: of each lane's index the numbers of the four bytes that it asks for, up to `last`. (A
 * multiplication by 0x04040404 would do in one instruction less, but takes the time of several.) */
FORCE_INLINE uint8x16_t r_bytes(ireg at, uint8_t last)
{
    const uint8x16_t lowest = {0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12};
    const uint8x16_t byte = {0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3};
    return vandq_u8(vsliq_n_u8(byte, vqtbl1q_u8(vreinterpretq_u8_s32(at), lowest), 2), vdupq_n_u8(last));
}
#define R_TABLE(at) vreinterpretq_u8_f32(vld1q_f32(at))
FORCE_INLINE reg r_lut4(const lane *table, ireg at) { return vreinterpretq_f32_u8(vqtbl1q_u8(R_TABLE(table), r_bytes(at, 15))); }
FORCE_INLINE reg r_lut8(const lane *table, ireg at)
{
    const uint8x16x2_t bytes = {{R_TABLE(table), R_TABLE(table + 4)}};
    return vreinterpretq_f32_u8(vqtbl2q_u8(bytes, r_bytes(at, 31)));
}
LIKE_TABLE(v_lut4, vec, r_lut4)
LIKE_TABLE(v_lut8, vec, r_lut8)

/* Whether each |x| is from least to most (constants); NaN is not. As unsigned integers, less the least, all else is larger. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const uint32x4_t low = R_WORDS(vdupq_n_f32(least)), high = vsubq_u32(R_WORDS(vdupq_n_f32(most)), low);
#define R_ABOVE(x) vsubq_u32(R_WORDS(vabsq_f32(x)), low)
    const uint32x4_t worst = vmaxq_u32(vmaxq_u32(R_ABOVE(x.a), R_ABOVE(x.b)), vmaxq_u32(R_ABOVE(x.c), R_ABOVE(x.d)));
    return vmaxvq_u32(worst) <= vgetq_lane_u32(high, 0);
}
/* Whether any lane is NaN, which FMAX gives wherever there is one. */
FORCE_INLINE int v_any_nan(vec x)
{
    const lane most = vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.a, x.b), vmaxq_f32(x.c, x.d)));
    return most != most;
}
/* Whether any |x| is less than `limit` and not 0; NaN is not. As unsigned integers less 1, 0 is the largest. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const uint32x4_t one = vdupq_n_u32(1), most = vsubq_u32(R_WORDS(vdupq_n_f32(limit)), one);
#define R_LESS(x) vsubq_u32(R_WORDS(vabsq_f32(x)), one)
    const uint32x4_t least = vminq_u32(vminq_u32(R_LESS(x.a), R_LESS(x.b)), vminq_u32(R_LESS(x.c), R_LESS(x.d)));
    return vminvq_u32(least) < vgetq_lane_u32(most, 0);
}

FORCE_INLINE reg r_exchanged(reg x, int distance) { return distance == 2 ? vextq_f32(x, x, 2) : vrev64q_f32(x); }
LIKE_EXCHANGE(r_exchanged)

/* float64 in the same registers. */
#define R_DOUBLE(x) vreinterpretq_f64_f32(x)
#define R_OF_DOUBLE(x) vreinterpretq_f32_f64(x)
#define R_FIRST_HALF(x) R_OF_DOUBLE(vcvt_f64_f32(vget_low_f32(x)))
#define R_SECOND_HALF(x) R_OF_DOUBLE(vcvt_high_f64_f32(x))
#define R_ROUNDED(x, y) vcvt_high_f32_f64(vcvt_f32_f64(R_DOUBLE(x)), R_DOUBLE(y))
#define R_DADD(x, y) R_OF_DOUBLE(vaddq_f64(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DSUB(x, y) R_OF_DOUBLE(vsubq_f64(R_DOUBLE(x), R_DOUBLE(y)))
#define R_DFMA(x, y, z) R_OF_DOUBLE(vfmaq_f64(R_DOUBLE(z), R_DOUBLE(x), R_DOUBLE(y)))
LIKE_DOUBLES

/* The first n < LANES lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched: there are no
 * masked loads and stores, so they go through the stack. */
FORCE_INLINE mask m_first(size_t n)
{
    const mreg all = vdupq_n_u32((uint32_t)n), a = {0, 1, 2, 3};
    return (mask){vcgtq_u32(all, a), vcgtq_u32(all, a + 4), vcgtq_u32(all, a + 8), vcgtq_u32(all, a + 12)};
}
FORCE_INLINE vec v_load_first(const lane *at, size_t n, vec fill)
{
    lane block[LANES];
    v_keep(block, fill);
    memcpy(block, at, n * sizeof *at);
    return v_kept(block);
}
FORCE_INLINE void v_store_first(lane *at, size_t n, vec y)
{
    lane block[LANES];
    v_keep(block, y);
    memcpy(at, block, n * sizeof *at);
}
