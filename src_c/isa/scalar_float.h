/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of the plain-C vocabulary that only floating-point lanes have. `word` is the unsigned integer of the lane's size. */
FORCE_INLINE vec v_add(vec a, vec b) { return a + b; }
FORCE_INLINE vec v_sub(vec a, vec b) { return a - b; }
FORCE_INLINE vec v_mul(vec a, vec b) { return a * b; }
FORCE_INLINE vec v_div(vec a, vec b) { return a / b; }
/* The C library's fma is exact everywhere: in hardware where there is one, else slowly. */
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return v_multiply_add(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return v_multiply_add(a, b, -c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return v_multiply_add(-a, b, c); }
FORCE_INLINE mask v_subnormal(vec a) { return a != 0 && v_abs(a) < (LANE_BITS == 32 ? FLT_MIN : (vec)DBL_MIN); }
FORCE_INLINE mask v_unordered(vec a, vec b) { return a != a || b != b; }

FORCE_INLINE ivec v_bits(vec a)
{
    ivec bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}
FORCE_INLINE vec v_frombits(ivec bits)
{
    vec a;
    memcpy(&a, &bits, sizeof a);
    return a;
}
/* Wrapping arithmetic goes through the unsigned type. */
FORCE_INLINE ivec i_set(ivec a) { return a; }
FORCE_INLINE ivec i_add(ivec a, ivec b) { return (ivec)((word)a + (word)b); }
FORCE_INLINE ivec i_sub(ivec a, ivec b) { return (ivec)((word)a - (word)b); }
FORCE_INLINE ivec i_and(ivec a, ivec b) { return a & b; }
FORCE_INLINE ivec i_or(ivec a, ivec b) { return a | b; }
FORCE_INLINE ivec i_xor(ivec a, ivec b) { return a ^ b; }
FORCE_INLINE ivec i_shl(ivec a, int n) { return (ivec)((word)a << n); }
FORCE_INLINE ivec i_shr(ivec a, int n) { return (ivec)((word)a >> n); }
FORCE_INLINE ivec i_sar(ivec a, int n) { return a >> n; }
FORCE_INLINE ivec i_max(ivec a, ivec b) { return a > b ? a : b; }
/* For results that are rounded twice: where a is at most b, unsigned; where they have no bit in common; a, or 1 more where b has
 * that bit. */
FORCE_INLINE mask i_at_most(ivec a, ivec b) { return (word)a <= (word)b; }
FORCE_INLINE mask i_disjoint(ivec a, ivec b) { return (a & b) == 0; }
FORCE_INLINE ivec i_add_odd(ivec a, ivec b, int bit) { return a + (b >> bit & 1); }

/* table[index % 8] and so on; v_lut8_halves is for tables whose lanes repeat one 32-bit word: see avx2_double.h. */
FORCE_INLINE vec v_lut8(const lane *table, ivec index) { return table[index & 7]; }
FORCE_INLINE vec v_lut16(const lane *table, ivec index) { return table[index & 15]; }
#define LUT32_IS_CHEAP 1
FORCE_INLINE vec v_lut32(const lane *table, ivec index) { return table[index & 31]; }
FORCE_INLINE vec v_lut8_halves(const lane *table, ivec index) { return table[index & 7]; }
