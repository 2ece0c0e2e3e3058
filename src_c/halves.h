/* SPDX-License-Identifier: BSD-3-Clause */
/* The two 16-bit types in plain C: what the rooms' instructions must equal, and one correct rounding from double. Elements are
 * their bits, uint16_t. Nothing here depends on the caller's rounding mode. */
#ifndef FR_HALVES_H
#define FR_HALVES_H

#include <string.h>

#include "target.h"

/* Significant bits, and the exponent of the smallest subnormal. */
#define FR_DIGITS_f16 11
#define FR_LOWEST_f16 -24
#define FR_DIGITS_bf16 8
#define FR_LOWEST_bf16 -133

FORCE_INLINE uint32_t fr_float_bits(float a)
{
    uint32_t bits;
    memcpy(&bits, &a, sizeof bits);
    return bits;
}
FORCE_INLINE float fr_float_of(uint32_t bits)
{
    float a;
    memcpy(&a, &bits, sizeof a);
    return a;
}

/* A NaN becomes quiet and keeps its sign and the upper bits of its payload, in both directions, as F16C has it. bfloat16 is half
 * of the float, and even that of a signalling NaN. */
FORCE_INLINE float fr_f16_to_float(uint16_t a)
{
    const uint32_t sign = (uint32_t)(a & 0x8000) << 16, size = a & 0x7fff;
    if (size > 0x7c00) return fr_float_of(sign | 0x7fc00000 | size << 13);
    if (size == 0x7c00) return fr_float_of(sign | 0x7f800000);
    if (size < 0x0400) return fr_float_of(sign | fr_float_bits((float)size * 0x1p-24f));
    return fr_float_of(sign | ((size << 13) + 0x38000000));
}
FORCE_INLINE uint16_t fr_f16_from_float(float a)
{
    const uint32_t bits = fr_float_bits(a), sign = bits >> 16 & 0x8000, size = bits & 0x7fffffff;
    if (size > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (size >> 13 & 0x3ff));
    if (size >= 0x477ff000) return (uint16_t)(sign | 0x7c00); /* 65520 is as near to 65536 as to the largest, which is odd */
    if (size >= 0x38800000) return (uint16_t)(sign | (size - 0x38000000 + 0xfff + (size >> 13 & 1)) >> 13);
    const uint32_t exponent = size >> 23, drop = exponent < 101 ? 25 : 126 - exponent;
    const uint32_t digits = (size & 0x7fffff) | 0x800000;
    return (uint16_t)(sign | (digits + (1u << (drop - 1)) - 1 + (digits >> drop & 1)) >> drop);
}

FORCE_INLINE float fr_bf16_to_float(uint16_t a) { return fr_float_of((uint32_t)a << 16); }
/* Without a thought for NaN, which stays one where its lower half is 0. */
FORCE_INLINE uint16_t fr_bf16_nearest(float a)
{
    const uint32_t bits = fr_float_bits(a);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
FORCE_INLINE uint16_t fr_bf16_from_float(float a)
{
    const uint32_t bits = fr_float_bits(a);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
    return fr_bf16_nearest(a);
}

/* value to the nearest number of `digits` significant bits that is a multiple of 2^lowest, ties to even; not limited upwards.
 * With `snap` it goes to 45 bits first: the result of a float64 kernel may miss a midpoint by its last bits. */
FORCE_INLINE double fr_round_to(double value, int digits, int lowest, int snap)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t sign = bits & (uint64_t)1 << 63;
    uint64_t size = bits ^ sign;
    if (size >= (uint64_t)0x7ff << 52) return value;
    if (snap) size = (size + 0x80) & ~(uint64_t)0xff;
    const int exponent = (int)(size >> 52) - 1023;
    const int unit = exponent - (digits - 1) > lowest ? exponent - (digits - 1) : lowest;
    const int drop = unit - (exponent - 52) < 54 ? unit - (exponent - 52) : 54;
    const uint64_t all = (size & (((uint64_t)1 << 52) - 1)) | (uint64_t)1 << 52, kept = all >> drop;
    const uint64_t rounded = (all + ((uint64_t)1 << (drop - 1)) - 1 + (kept & 1)) >> drop, scale = (uint64_t)(unit + 1023) << 52;
    double power;
    memcpy(&power, &scale, sizeof power);
    value = (double)rounded * power; /* exact */
    memcpy(&bits, &value, sizeof bits);
    bits |= sign;
    memcpy(&value, &bits, sizeof value);
    return value;
}

FORCE_INLINE uint16_t fr_f16_from_double(double a)
{
    return fr_f16_from_float((float)fr_round_to(a, FR_DIGITS_f16, FR_LOWEST_f16, 0));
}
FORCE_INLINE uint16_t fr_bf16_from_double(double a)
{
    return fr_bf16_from_float((float)fr_round_to(a, FR_DIGITS_bf16, FR_LOWEST_bf16, 0));
}

#endif
