/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of the plain-C vocabulary that only floating-point lanes have: LANE_BITS says which. */
#if LANE_BITS == 32
typedef int32_t ivec;
typedef uint32_t word;
#define v_abs fabsf
#define v_sqrt sqrtf
#define v_multiply_add fmaf
#else
typedef int64_t ivec;
typedef uint64_t word;
#define v_abs fabs
#define v_sqrt sqrt
#define v_multiply_add fma
#endif
#include "scalar.h"
FORCE_INLINE vec v_add(vec a, vec b) { return a + b; }
FORCE_INLINE vec v_sub(vec a, vec b) { return a - b; }
FORCE_INLINE vec v_mul(vec a, vec b) { return a * b; }
FORCE_INLINE vec v_div(vec a, vec b) { return a / b; }
/* The C library's fma is exact everywhere: in hardware where there is one, else slowly. */
FORCE_INLINE vec v_fma(vec a, vec b, vec c) { return v_multiply_add(a, b, c); }
FORCE_INLINE vec v_fms(vec a, vec b, vec c) { return v_multiply_add(a, b, -c); }
FORCE_INLINE vec v_fnma(vec a, vec b, vec c) { return v_multiply_add(-a, b, c); }
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

FORCE_INLINE vec v_by_sign(vec s, vec x, vec y) { return v_bits(s) < 0 ? y : x; }

FORCE_INLINE vec v_lut4(const lane *table, ivec index) { return table[index & 3]; }
FORCE_INLINE vec v_lut8(const lane *table, ivec index) { return table[index & 7]; }

FORCE_INLINE int v_within(vec x, lane least, lane most) { return least <= v_abs(x) && v_abs(x) <= most; }
FORCE_INLINE int v_any_nan(vec x) { return x != x; }
FORCE_INLINE int v_any_below(vec x, lane limit) { return v_abs(x) < limit && x != 0; }

#if LANE_BITS == 32
/* Of one lane the second half is nothing; a product of float32 is exact. */
typedef double dvec;
FORCE_INLINE dvec d_first(vec a) { return a; }
FORCE_INLINE dvec d_second(vec a FR_UNUSED) { return 0; }
FORCE_INLINE vec d_rounded(dvec a, dvec b FR_UNUSED) { return (vec)a; }
FORCE_INLINE dvec d_add(dvec a, dvec b) { return a + b; }
FORCE_INLINE dvec d_sub(dvec a, dvec b) { return a - b; }
FORCE_INLINE dvec d_fma(dvec a, dvec b, dvec c) { return a * b + c; }
#endif
