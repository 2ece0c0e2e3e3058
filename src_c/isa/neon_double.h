/* SPDX-License-Identifier: BSD-3-Clause */
/* AdvSIMD (NEON) vocabulary of aarch64's baseline: float64 lanes, two a register. */
#define WIDTH 2
#define LANE_BITS 64
typedef double lane;
typedef float64x2_t reg;
typedef int64x2_t ireg;
typedef uint64x2_t mreg;
FORCE_INLINE reg r_where(mreg m, reg x, reg y)
{
    FR_HIDE_MASK("w", m);
    return vbslq_f64(m, x, y);
}
#define R_UNLESS(m, x) r_where(m, vdupq_n_f64(0), x)
FORCE_INLINE reg r_by_sign(reg s, reg x, reg y) { return vbslq_f64(vcltzq_s64(vreinterpretq_s64_f64(s)), y, x); }
#define R_KEPT(at) vld1q_f64(at)
#define R_KEEP(at, x) vst1q_f64(at, x)
#include "group.h"

FORCE_INLINE vec v_set(lane a) { return ALIKE(vec, vdupq_n_f64(a)); }
LIKE_2(vec, v_add, vec, vaddq_f64)
LIKE_2(vec, v_sub, vec, vsubq_f64)
LIKE_2(vec, v_mul, vec, vmulq_f64)
LIKE_2(vec, v_div, vec, vdivq_f64)
LIKE_1(vec, v_sqrt, vec, vsqrtq_f64)
#define R_FMA(x, y, z) vfmaq_f64(z, x, y)
#define R_FMS(x, y, z) vfmaq_f64(vnegq_f64(z), x, y)
#define R_FNMA(x, y, z) vfmsq_f64(z, x, y)
LIKE_3(vec, v_fma, vec, R_FMA)
LIKE_3(vec, v_fms, vec, R_FMS)
LIKE_3(vec, v_fnma, vec, R_FNMA)
/* FMAX and FMIN give a quiet NaN for any, and +0 and -0 for two zeros. */
#define R_MAX(x, y) r_where(vcgtq_f64(x, y), x, y)
#define R_MIN(x, y) r_where(vcltq_f64(x, y), x, y)
LIKE_2(vec, v_max, vec, R_MAX)
LIKE_2(vec, v_min, vec, R_MIN)
LIKE_1(vec, v_abs, vec, vabsq_f64)

#define R_NOT(x) vreinterpretq_u64_u32(vmvnq_u32(vreinterpretq_u32_u64(x)))
#define R_UNORDERED(x, y) R_NOT(vandq_u64(vceqq_f64(x, x), vceqq_f64(y, y)))
LIKE_2(mask, v_lt, vec, vcltq_f64)
LIKE_2(mask, v_le, vec, vcleq_f64)
LIKE_2(mask, v_eq, vec, vceqq_f64)
LIKE_2(mask, v_unordered, vec, R_UNORDERED)
LIKE_2(mask, m_and, mask, vandq_u64)
LIKE_2(mask, m_or, mask, vorrq_u64)
LIKE_1(mask, m_not, mask, R_NOT)
FORCE_INLINE mask m_none(void) { return ALIKE(mask, vdupq_n_u64(0)); }
#define R_WORDS(x) vreinterpretq_u32_u64(x)
FORCE_INLINE int m_any(mask m) { return vmaxvq_u32(R_WORDS(vorrq_u64(vorrq_u64(m.a, m.b), vorrq_u64(m.c, m.d)))) != 0; }
FORCE_INLINE int m_all(mask m) { return vminvq_u32(R_WORDS(vandq_u64(vandq_u64(m.a, m.b), vandq_u64(m.c, m.d)))) != 0; }

/* A mask as bits, the first lane's lowest; and back. A lane is narrowed to a byte, and eight bytes add up to one. */
FORCE_INLINE uint64_t m_bits(mask m)
{
    const uint8x8_t bit = {1, 2, 4, 8, 16, 32, 64, 128};
#define R_HALVES(x, y) vreinterpretq_u16_u32(vuzp1q_u32(R_WORDS(x), R_WORDS(y)))
    return vaddv_u8(vand_u8(vmovn_u16(vuzp1q_u16(R_HALVES(m.a, m.b), R_HALVES(m.c, m.d))), bit));
}
FORCE_INLINE mask m_of_bits(uint64_t bits)
{
    const mreg all = vdupq_n_u64(bits), a = {1, 2};
    return (mask){vtstq_u64(all, a), vtstq_u64(all, a << 2), vtstq_u64(all, a << 4), vtstq_u64(all, a << 6)};
}

LIKE_1(ivec, v_bits, vec, vreinterpretq_s64_f64)
LIKE_1(vec, v_frombits, ivec, vreinterpretq_f64_s64)
FORCE_INLINE ivec i_set(int64_t a) { return ALIKE(ivec, vdupq_n_s64(a)); }
LIKE_2(ivec, i_add, ivec, vaddq_s64)
LIKE_2(ivec, i_sub, ivec, vsubq_s64)
LIKE_2(ivec, i_and, ivec, vandq_s64)
LIKE_2(ivec, i_or, ivec, vorrq_s64)
LIKE_2(ivec, i_xor, ivec, veorq_s64)
/* The intrinsics of shifts take literals only. */
#define R_SHL(x, n) (ireg)((uint64x2_t)(x) << (n))
#define R_SHR(x, n) (ireg)((uint64x2_t)(x) >> (n))
LIKE_SHIFT(i_shl, R_SHL)
LIKE_SHIFT(i_shr, R_SHR)

/* table[index % 8]: of each lane's index the numbers of the eight bytes that it asks for. */
FORCE_INLINE reg r_lut8(const lane *table, ireg at)
{
    const uint8x16_t lowest = {0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8};
    const uint8x16_t byte = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7};
    const uint8x16_t bytes = vsliq_n_u8(byte, vqtbl1q_u8(vreinterpretq_u8_s64(at), lowest), 3);
#define R_TABLE(at) vreinterpretq_u8_f64(vld1q_f64(at))
    const uint8x16x4_t all = {{R_TABLE(table), R_TABLE(table + 2), R_TABLE(table + 4), R_TABLE(table + 6)}};
    return vreinterpretq_f64_u8(vqtbl4q_u8(all, vandq_u8(bytes, vdupq_n_u8(63))));
}
LIKE_TABLE(v_lut8, vec, r_lut8)

/* Whether each |x| is from least to most (constants); NaN is not. */
FORCE_INLINE int v_within(vec x, lane least, lane most)
{
    const vec a = v_abs(x);
    return m_all(least > 0 ? m_and(v_le(v_set(least), a), v_le(a, v_set(most))) : v_le(a, v_set(most)));
}
/* Whether any lane is NaN, which FMAX gives wherever there is one. */
FORCE_INLINE int v_any_nan(vec x)
{
    const lane most = vmaxvq_f64(vmaxq_f64(vmaxq_f64(x.a, x.b), vmaxq_f64(x.c, x.d)));
    return most != most;
}
/* Whether any |x| is less than `limit` and not 0; NaN is not. */
FORCE_INLINE int v_any_below(vec x, lane limit)
{
    const reg most = vdupq_n_f64(limit), none = vdupq_n_f64(0);
#define R_BELOW(x) vbicq_u64(vcaltq_f64(x, most), vceqq_f64(x, none))
    return m_any((mask){R_BELOW(x.a), R_BELOW(x.b), R_BELOW(x.c), R_BELOW(x.d)});
}

FORCE_INLINE reg r_exchanged(reg x, int distance)
{
    (void)distance;
    return vextq_f64(x, x, 1);
}
LIKE_EXCHANGE(r_exchanged)

/* The first n < LANES lanes; a load of them, `fill` in the others, and a store. The others' memory is not touched: there are no
 * masked loads and stores, so they go through the stack. */
FORCE_INLINE mask m_first(size_t n)
{
    const mreg all = vdupq_n_u64(n), a = {0, 1};
    return (mask){vcgtq_u64(all, a), vcgtq_u64(all, a + 2), vcgtq_u64(all, a + 4), vcgtq_u64(all, a + 6)};
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
