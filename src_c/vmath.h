/* SPDX-License-Identifier: BSD-3-Clause */
/* What several activations compute with: exponentials with more than a lane's precision, divisions that keep it, and products of
 * numbers that are subnormal. Written in the vocabulary, for float32 and float64 alike; kernels.h includes it in every
 * floating-point room. Numbers come from tables/, which tables.py makes.
 *
 * Most inputs are usual: one look at a vec (v_within, v_any_below) says so, and a formula computes them with nothing else to
 * mind. What is not usual goes another way through the same formula, which gives usual lanes the same bytes, or the position in an
 * array would show. It computes tails 2^FR_LIFT times as large, where nothing is subnormal, and rounds once: a multiplication
 * that reads or yields a subnormal number is done in microcode by some processors, 150 cycles a register.
 *
 * A number written as a PAIR (first, second) is the sum of the two, unless said otherwise; where the second is called `low`, it
 * is not greater than a unit in the last place of the first, or so. */

#if LANE_BITS == 32
#define FR_MANTISSA 23 /* stored bits */
#define FR_SIGN ((int32_t)0x80000000)
#define FR_MIN FLT_MIN
#define FR_LARGEST FLT_MAX
#define FR_ROUND 0x1.8p23f /* adding it leaves an integer in the low bits */
#define FR_ONES 0x1p23f    /* from here on numbers are whole */
#define FR_STEPS 149       /* the least subnormal is 2^-this */
#define FR_USUAL 72        /* e^z and e^-z are normal for |z| up to this, times a polynomial's value too, */
#define FR_LOG_USUAL 25    /* the cube of e^-z is normal up to this, and what log(1 + e^-z) has of e^-2z lost beyond */
#define FR_USUAL_HALF 60   /* and so is what rounding leaves of them, and a few e^z times z, up to this */
#define FR_GONE 115        /* e^-this times this and a number up to 2^8 rounds to 0, */
#define FR_ALL 18          /* and 1 + e^-this to 1 */
#define FR_LIFT 68         /* e^FR_GONE / 2^this is finite; e^-FR_ALL / 2^this and 2^this e^-FR_GONE are normal, and low parts */
#define FR_LIFTED 0x1p68f
#define FR_LIFTED_STEPS 0x1p81f      /* 2^(FR_STEPS - FR_LIFT), */
#define FR_LIFTED_STEPS_ROOT 0x1p41f /* and of two factors one */
#define FR_HUGE_DY 0x1p52f           /* products with what is lifted, or with such a root, may be infinite */
#define FR_NEAR_0 0x1p-60f           /* nothing beside a slope at 0 */
#define FR_TINY 0x1p-96f             /* low parts of what is smaller may be subnormal, */
#define FR_FEW 0x1p-116f             /* and products with most slopes */
#define FR_ROOT_OF_MIN 0x1p-62f      /* products of what is larger are normal */
#define FR_NEAR_LINE 0x1p-40f        /* e^x - 1 and tanh x are x, nearly, and held beside it */
#define FR_EXP_BIG_TAIL 200          /* e^-this times any number, and times this, rounds to 0 */
#define FR_OVER_FACTOR 0x1p60f       /* see over_factor */
#define FR_UP 192                    /* 2^FR_UP e^z is normal for z in [-FR_EXP_BIG_TAIL, -FR_USUAL_HALF], */
#define FR_HALF_DOWN 0x1p-96f        /* 2^(-FR_UP / 2), */
#define FR_DOWN_IN_STEPS 0x1p-43f    /* 2^-FR_UP / the least subnormal */
#define FR_BIG 0x1p8f                /* and so is its product with a number up to FR_BIG; others are */
#define FR_BIG_DOWN 0x1p-88f         /* multiplied by this before, and the two then are: */
#define FR_BIG_HALF_DOWN 0x1p-52f
#define FR_BIG_DOWN_IN_STEPS 0x1p45f
#define FR_AWAY 0x1p80f /* e^z / FR_AWAY^2 is in range too for z in [FR_USUAL, FR_EXP_AWAY], */
#define FR_EXP_AWAY 195 /* and for z beyond, e^z times the least number overflows */
#define FR_AWAY_SCALE -160
#else
#define FR_MANTISSA 52
#define FR_SIGN INT64_MIN
#define FR_MIN DBL_MIN
#define FR_LARGEST DBL_MAX
#define FR_ROUND 0x1.8p52
#define FR_ONES 0x1p52
#define FR_STEPS 1074
#define FR_USUAL 680
#define FR_LOG_USUAL 200
#define FR_USUAL_HALF 600
#define FR_GONE 759
#define FR_ALL 40
#define FR_LIFT 160
#define FR_LIFTED 0x1p160
#define FR_LIFTED_STEPS 0x1p914
#define FR_LIFTED_STEPS_ROOT 0x1p457
#define FR_HUGE_DY 0x1p560
#define FR_NEAR_0 0x1p-200
#define FR_TINY 0x1p-900
#define FR_FEW 0x1p-1010
#define FR_ROOT_OF_MIN 0x1p-510
#define FR_NEAR_LINE 0x1p-60
#define FR_EXP_BIG_TAIL 1464
#define FR_OVER_FACTOR 0x1p500
#define FR_UP 1536
#define FR_HALF_DOWN 0x1p-768
#define FR_DOWN_IN_STEPS 0x1p-462
#define FR_BIG 0x1p8
#define FR_BIG_DOWN 0x1p-728
#define FR_BIG_HALF_DOWN 0x1p-404
#define FR_BIG_DOWN_IN_STEPS 0x1p266
#define FR_AWAY 0x1p640
#define FR_EXP_AWAY 1456
#define FR_AWAY_SCALE -1280
#endif
#define FR_INFINITY ((lane)INFINITY)

/* A value that is rounded to 16 bits in the end does without low parts that only the last bit of float32 needs. */
#ifdef NARROW
#define COMPENSATED 0
#else
#define COMPENSATED 1
#endif

#include "tables/exp.h"
#include "tables/expm1.h"
#include "tables/log1p.h"

FORMULA(negated)(vec a) { return v_frombits(i_xor(v_bits(a), i_set(FR_SIGN))); }

/* a, which is of s's sign or +0, with it: a -0 that arithmetic lost comes back. */
FORMULA(signed_as)(vec a, vec s) { return v_frombits(i_or(v_bits(a), i_and(v_bits(s), i_set(FR_SIGN)))); }

/* a, its sign changed where s is negative. */
FORMULA(times_sign)(vec a, vec s) { return v_frombits(i_xor(v_bits(a), i_and(v_bits(s), i_set(FR_SIGN)))); }

/* -|a| */
FORMULA(downwards)(vec a) { return v_frombits(i_or(v_bits(a), i_set(FR_SIGN))); }

/* a, at least -range and at most range; NaN stays. */
FORMULA(held)(vec a, lane range) { return v_max(v_set(-range), v_min(v_set(range), a)); }

/* c[0] + c[1] x + …, and the same of sign x. */
FORMULA(polynomial)(int sign, vec x, const lane *c, int terms)
{
    vec y = v_set(terms % 2 ? c[terms - 1] : sign * c[terms - 1]);
    FR_UNROLLED for (int i = terms - 2; i >= 0; i--)
    {
        const vec next = v_set(i % 2 ? sign * c[i] : c[i]);
        y = i == terms - 2 && c[terms - 1] == 1 ? v_add(x, next) : v_fma(y, x, next);
    }
    return y;
}
#define FR_TERMS(c) ((int)(sizeof(c) / sizeof *(c)))
#define FR_POLYNOMIAL(x, c) LOCAL(polynomial)(1, x, c, FR_TERMS(c))

/* ---- numbers that are subnormal, or may become so ---- */

FORMULA(smaller)(vec a, vec b) { return v_min(v_abs(a), v_abs(b)); }
FORCE_INLINE mask LOCAL(is_below)(vec a, lane limit) { return m_and(v_lt(v_abs(a), v_set(limit)), v_lt(v_set(0), v_abs(a))); }
/* What a float16 was loaded into is never that small. */
FORCE_INLINE int LOCAL(any_below)(vec a, lane limit)
{
#ifdef NEVER_SUBNORMAL
    return 0;
#endif
    return v_any_below(a, limit);
}

/* a / FR_LIFTED for a >= 0, rounded once: a subnormal is a whole number of steps, and adding FR_ONES rounds to whole numbers. */
FORMULA(lowered_size)(vec a)
{
    const vec ones = v_set(FR_ONES), least = v_set(FR_MIN * FR_LIFTED);
    vec subnormal = v_frombits(i_sub(v_bits(v_fma(a, v_set(FR_LIFTED_STEPS), ones)), v_bits(ones)));
    return v_where(v_lt(a, least), subnormal, v_mul(v_max(least, a), v_set(1 / FR_LIFTED)));
}
FORMULA(lowered)(vec y) { return LOCAL(signed_as)(LOCAL(lowered_size)(v_abs(y)), y); }
/* How many of the least steps a subnormal has, and any small number: a number like others. */
FORMULA(steps_of_subnormal)(vec a) { return v_sub(v_frombits(i_or(v_bits(v_abs(a)), v_bits(v_set(FR_ONES)))), v_set(FR_ONES)); }
FORMULA(steps_of)(vec a)
{
    vec normal = v_frombits(i_add(v_bits(v_abs(a)), i_shl(i_set(FR_STEPS), FR_MANTISSA)));
    return v_where(v_lt(v_abs(a), v_set(FR_MIN)), LOCAL(steps_of_subnormal)(a), normal);
}
/* x FR_LIFTED for |x| < 1. A function that is a line near 0 is computed there instead, and lowered. */
FORMULA(raised)(vec x)
{
    const vec a = v_abs(x);
    vec normal = v_frombits(i_add(v_bits(a), i_shl(i_set(FR_LIFT), FR_MANTISSA)));
    vec subnormal = v_mul(LOCAL(steps_of_subnormal)(x), v_set(1 / FR_LIFTED_STEPS));
    return LOCAL(signed_as)(v_where(v_lt(a, v_set(FR_MIN)), subnormal, normal), x);
}

/* a b, rounded once, with no subnormal multiplied: a product that is subnormal is a whole number of steps. Where not `either`, a
 * alone may be tiny. */
FORMULA(times_small)(int either, vec a, vec b)
{
    const vec one = v_set(1), ones = v_set(FR_ONES);
    vec small = v_abs(a), large = v_abs(b);
    if (either) small = LOCAL(smaller)(b, a), large = v_max(v_set(FR_MIN), v_max(v_abs(a), v_abs(b)));
    vec whole = v_fma(LOCAL(steps_of)(small), large, ones);
    const mask few = m_and(v_lt(small, v_set(FR_ROOT_OF_MIN)), v_lt(whole, v_set(2 * FR_ONES)));
    vec steps = LOCAL(signed_as)(v_frombits(i_sub(v_bits(whole), v_bits(ones))), LOCAL(times_sign)(a, b));
    return v_where(few, steps, v_mul(v_where(few, one, a), either ? v_where(few, one, b) : b));
}
FORMULA(times_any)(vec a, vec b) { return LOCAL(times_small)(1, a, b); }
RARE(times_rare)(vec a, vec b) { return LOCAL(times_any)(a, b); }
RARE(times_tiny)(vec a, vec b) { return LOCAL(times_small)(0, a, b); }
/* a b, where a alone may be tiny; and where either may be. */
FORMULA(times)(vec a, vec b)
{
    return FR_LIKELY(!LOCAL(any_below)(a, FR_FEW)) ? v_mul(a, b) : LOCAL(times_tiny)(v_aside(a), v_aside(b));
}
FORMULA(times_either)(vec a, vec b)
{
    return FR_LIKELY(!LOCAL(any_below)(LOCAL(smaller)(a, b), FR_FEW)) ? v_mul(a, b) : LOCAL(times_rare)(v_aside(a), v_aside(b));
}

/* x / 2 of |x| < FR_NEAR_0, 0 too: what x / (1 + e^-x) and others have become there. In 16 bits it lies between two numbers
 * often, and what the function bends upwards decides. */
FORMULA(half_of_tiny)(vec x)
{
    const vec none = v_set(0), step = v_frombits(i_set(1)), back = v_frombits(i_set(-1));
    const ivec size = v_bits(v_abs(x));
    ivec few = i_shr(size, 1);
    if (!COMPENSATED) few = i_add(few, v_bits(v_where(v_lt(none, x), step, v_where(v_lt(x, none), back, none))));
    const vec half = v_frombits(i_sub(size, i_shl(i_set(1), FR_MANTISSA)));
    return LOCAL(signed_as)(v_where(v_lt(v_abs(x), v_set(2 * FR_MIN)), v_frombits(few), half), x);
}

/* dy times a slope that is FR_LIFTED times as large: the bytes of their product where the slope is normal, rounded once
 * elsewhere. */
FORMULA(times_lifted_of)(vec dy, vec slope)
{
    const vec ones = v_set(FR_ONES), least = v_set(FR_MIN * FR_LIFTED);
    vec y = v_mul(dy, slope), size = v_abs(y);
    vec steps = v_mul(v_abs(slope), v_set(FR_LIFTED_STEPS / FR_LIFTED_STEPS_ROOT));
    steps = v_fma(v_mul(v_abs(dy), v_set(FR_LIFTED_STEPS_ROOT)), steps, ones);
    vec few = v_frombits(i_sub(v_bits(steps), v_bits(ones))), many = v_mul(v_max(least, size), v_set(1 / FR_LIFTED));
    return LOCAL(signed_as)(v_where(v_lt(size, least), few, many), y);
}
RARE(times_lifted_rare)(vec dy, vec slope)
{
    const vec one = v_set(1);
    const mask huge = v_lt(v_set(FR_HUGE_DY), v_abs(dy)), tiny = LOCAL(is_below)(dy, FR_FEW);
    vec y = LOCAL(times_lifted_of)(v_where(m_or(huge, tiny), one, dy), slope);
    y = v_where(huge, v_mul(v_mul(v_where(huge, dy, one), v_set(1 / FR_LIFTED)), slope), y);
    return m_any(tiny) ? v_where(tiny, LOCAL(times_any)(dy, LOCAL(lowered)(slope)), y) : y;
}
FORMULA(times_lifted)(vec dy, vec slope)
{
    slope = v_unless(v_lt(v_abs(slope), v_set((lane)0.5 / FR_LIFTED_STEPS)), slope); /* it is held far out, and rounds to 0 */
    const int usual = v_within(dy, 0, FR_HUGE_DY) && !LOCAL(any_below)(dy, FR_FEW);
    return FR_LIKELY(usual) ? LOCAL(times_lifted_of)(dy, slope) : LOCAL(times_lifted_rare)(v_aside(dy), v_aside(slope));
}

/* ---- the exponential and its kin ---- */

/* e^(sign (z + low)) 2^scale = E (1 + p), E = first and p = second, |p| < 0.07. z / (ln 2 / 8) is rounded to the integer k by
 * adding FR_ROUND, whose low bits then are k: three of them choose T_j and the others, shifted, are the exponent. Without
 * has_low, low is not used. exp_by has the scale in `round`, which may differ between lanes: exp_round. (tables/exp.h) */
FORMULA(exp_round)(int scale) { return v_set(FR_ROUND + 8 * (lane)scale); }
FORMULA(exp_power)(vec t)
{
    return v_frombits(i_add(v_bits(v_lut8(exp_table.power, v_bits(t))), i_shl(v_bits(t), FR_MANTISSA - 3)));
}
FORMULA_PAIR(exp_by)(int sign, vec z, vec low, int has_low, vec round)
{
    const vec step = v_set(exp_table.step), step_low = v_set(exp_table.step_low);
    vec t = v_fma(z, v_set(sign * exp_table.per_step), round), k = v_sub(t, round);
    /* With a minus this is what would have to be negated. */
    vec r = sign < 0 ? v_fma(k, step, z) : v_fnma(k, step, z);
    r = sign < 0 ? v_fma(k, step_low, r) : v_fnma(k, step_low, r);
    if (has_low) r = v_add(r, low);
    return (PAIR){LOCAL(exp_power)(t), LOCAL(polynomial)(sign, r, exp_table.p, FR_TERMS(exp_table.p))};
}
FORMULA_PAIR(exp_of)(int sign, vec z, vec low, int has_low, int scale)
{
    return LOCAL(exp_by)(sign, z, low, has_low, LOCAL(exp_round)(scale));
}
/* e^z 2^scale for z <= 0, rounded. */
FORMULA(exp_rounded)(vec z, int scale)
{
    PAIR e = LOCAL(exp_of)(1, z, z, 0, scale);
    return v_fma(e.first, e.second, e.first);
}

/* 1 / (1 + e^-(sign (z + low))) 2^scale = i (1 + rest). */
FORMULA_PAIR(logistic_of)(int sign, vec z, vec low, int has_low, int scale)
{
    const vec one = v_set(scale ? 1 / FR_LIFTED : 1);
    PAIR e = LOCAL(exp_of)(-sign, z, low, has_low, -scale);
    if (!COMPENSATED) return (PAIR){v_div(v_set(1), v_fma(e.first, e.second, v_add(e.first, one))), v_set(0)};
    vec part = v_mul(e.first, e.second), i = v_div(v_set(1), v_add(v_add(e.first, one), part));
    /* 1 - i (1 + E + E p): i E is at least 1/2 where E > 1 (1/s was chosen so), and the first step is exact. */
    vec rest = v_fnma(i, e.first, v_set(1));
    rest = scale ? v_fnma(i, one, rest) : v_sub(rest, i);
    return (PAIR){i, v_fnma(i, part, rest)};
}
FORMULA(sum_of)(PAIR i) { return COMPENSATED ? v_fma(i.first, i.second, i.first) : i.first; }
/* z where 1 / (1 + e^-z) is flat: no subnormal is multiplied. */
FORMULA(off_0)(vec z) { return v_add(z, v_set(FR_NEAR_0)); }
FORMULA(held_tail)(vec z) { return v_max(v_set(-FR_GONE), v_min(v_set(FR_ALL), z)); }
/* FR_LIFTED times as large. */
FORMULA(logistic_lifted)(vec x) { return LOCAL(sum_of)(LOCAL(logistic_of)(1, LOCAL(off_0)(LOCAL(held_tail)(x)), x, 0, FR_LIFT)); }
/* 1 / (1 + e^-(sign x)) */
FORMULA(logistic_rare)(vec x) { return LOCAL(lowered_size)(LOCAL(logistic_lifted)(x)); }
FORMULA(logistic)(int sign, vec x)
{
    if (FR_LIKELY(v_within(x, 0, FR_USUAL)))
        return LOCAL(number)(LOCAL(sum_of)(LOCAL(logistic_of)(sign, LOCAL(off_0)(x), x, 0, 0)));
    return LOCAL(logistic_rare)(v_aside(sign < 0 ? LOCAL(negated)(x) : x));
}

/* n / (1 + e^-(z + low)) 2^scale, the logistic gate of silu and its kin: a quotient, and what it misses divided once more. */
FORMULA(gate_of)(vec n, vec z, vec low, int has_low, int scale)
{
    const vec one = v_set(scale ? 1 / FR_LIFTED : 1);
    PAIR e = LOCAL(exp_of)(-1, z, low, has_low, -scale);
    if (!COMPENSATED) return v_div(n, v_fma(e.first, e.second, v_add(e.first, one)));
    const vec most = v_max(e.first, one);
    vec sum = v_add(e.first, one), lost = v_sub(v_min(e.first, one), v_sub(sum, most));
    vec part = v_fma(e.first, e.second, lost), i = v_div(v_set(1), v_add(sum, part)), y = v_mul(n, i);
    vec rest = v_fnma(y, part, v_fnma(y, sum, n));
    return v_fma(i, rest, y);
}
/* Away from 0, where a gate is x / 2: no subnormal is multiplied. */
FORMULA(not_near_0)(vec x) { return v_where(v_lt(v_abs(x), v_set(FR_NEAR_0)), v_set(FR_NEAR_0), x); }
/* The gate of any x; z and low belong to not_near_0(x). */
FORMULA(gate_rare)(vec x, vec z, vec low, int has_low)
{
    const mask small = v_lt(v_abs(x), v_set(FR_NEAR_0));
    if (m_all(small)) return LOCAL(half_of_tiny)(x);
    vec n = LOCAL(held)(LOCAL(not_near_0)(x), FR_GONE);
    if (has_low) low = v_where(v_le(v_abs(z), v_set(FR_GONE)), low, v_set(0));
    vec y = LOCAL(lowered_size)(v_abs(LOCAL(gate_of)(n, LOCAL(held_tail)(z), low, has_low, FR_LIFT)));
    y = v_where(v_lt(v_set(FR_ALL), z), x, LOCAL(signed_as)(y, x));
    return m_any(small) ? v_where(small, LOCAL(half_of_tiny)(x), y) : y;
}

/* The slope f(x) = s (1 + w (1 - s)) of such a gate, s = 1 / (1 + e^-(z + low)): w + w_low is x times the derivative of z by x.
 * As f(-x) = 1 - f(x), it is computed for z <= 0, where it is small, times 2^scale; i is that s. */
FORMULA(gate_slope_from)(PAIR i, vec w, vec w_low, int has_low, int scale)
{
    const vec one = v_set(1), down = v_set(scale ? 1 / FR_LIFTED : 1);
    vec part = scale ? v_mul(w, down) : w, g = v_fnma(part, i.first, v_add(one, w));
    vec other = v_fnma(down, i.first, one);
    vec rest = v_mul(i.second, v_fnma(part, i.first, g));
    if (has_low) rest = v_fma(w_low, other, rest);
    return v_fma(i.first, g, v_mul(i.first, rest));
}
FORMULA(gate_slope_of)(vec z, vec low, vec w, vec w_low, int has_low, int scale)
{
    return LOCAL(gate_slope_from)(LOCAL(logistic_of)(1, z, low, has_low, scale), w, w_low, has_low, scale);
}
/* The gate's value at x from the same i: x s left of 0, x (1 - s) right of it. */
FORMULA(gate_from)(PAIR i, vec x, int scale)
{
    const vec all = v_set(scale ? FR_LIFTED : 1), other = v_sub(all, i.first), low = v_mul(i.first, i.second);
    const vec s = v_by_sign(x, other, i.first);
    return v_fma(x, s, v_mul(x, v_by_sign(x, v_sub(v_sub(v_sub(all, other), i.first), low), low)));
}
/* f left of 0, 1 - f right of it. */
FORMULA(either_side)(vec x, vec f) { return v_by_sign(x, v_sub(v_set(1), f), f); }
/* Such an s for any z, FR_LIFTED times as large, and the slope at x with it. */
FORMULA_PAIR(gate_lifted_from)(vec z, vec low, int has_low)
{
    if (has_low) low = v_where(v_le(v_abs(z), v_set(FR_GONE)), low, v_set(0));
    return LOCAL(logistic_of)(1, LOCAL(off_0)(LOCAL(downwards)(v_min(v_set(FR_GONE), v_abs(z)))), low, has_low, FR_LIFT);
}
FORMULA(gate_slope_lifted_from)(PAIR i, vec x, vec z, vec w, vec w_low, int has_low)
{
    w = LOCAL(off_0)(LOCAL(downwards)(v_min(v_set(4 * FR_GONE), v_abs(w))));
    if (has_low) w_low = v_where(v_le(v_abs(z), v_set(FR_GONE)), w_low, v_set(0));
    vec f = LOCAL(gate_slope_from)(i, w, w_low, has_low, FR_LIFT);
    return v_by_sign(x, v_sub(v_set(FR_LIFTED), f), f);
}
FORMULA(gate_slope_lifted)(vec x, vec z, vec low, vec w, vec w_low, int has_low)
{
    return LOCAL(gate_slope_lifted_from)(LOCAL(gate_lifted_from)(z, low, has_low), x, z, w, w_low, has_low);
}

/* The slope s (1 - s) of the logistic function s = 1 / (1 + e^-z) for z <= 0, times 2^scale. */
FORMULA(bell_of)(vec z, int scale)
{
    const vec one = v_set(1);
    PAIR s = LOCAL(logistic_of)(1, z, z, 0, scale);
    vec other = scale ? v_fnma(s.first, v_set(1 / FR_LIFTED), one) : v_sub(one, s.first);
    vec both = scale ? v_fnma(s.first, v_set(1 / FR_LIFTED), other) : v_sub(other, s.first);
    return v_fma(s.first, other, v_mul(v_mul(s.second, s.first), both));
}

/* e^z - 1 for -FR_USUAL <= z <= FR_USUAL as E - 1 + E (p + low): E = 2^k, p + low = e^r - 1, |r| < ln 2 / 2. No table here, so
 * that E - 1 is exact where it matters. (tables/expm1.h) */
typedef struct {
    vec power, p, low;
} LOCAL(expm1_parts);
FORCE_INLINE LOCAL(expm1_parts) LOCAL(expm1_of)(vec z, vec z_low, int has_low)
{
    const vec round = v_set(FR_ROUND + (LANE_BITS == 32 ? 127 : 1023)); /* the low bits become E's exponent */
    LOCAL(expm1_parts) e;
    vec t = v_fma(z, v_set(expm1_table.per_step), round), k = v_sub(t, round);
    vec whole = v_fnma(k, v_set(expm1_table.step), z), rest = v_mul(k, v_set(expm1_table.step_low));
    if (has_low) rest = v_sub(rest, z_low);
    vec r = v_sub(whole, rest), square = v_mul(r, r), q = FR_POLYNOMIAL(r, expm1_table.q);
    e.power = v_frombits(i_shl(v_bits(t), FR_MANTISSA));
    vec r_low = v_sub(v_sub(whole, r), rest);
    /* float64's polynomial is so exact that what r lacks shows. */
    e.p = LANE_BITS == 32 ? v_fma(square, q, r) : v_add(v_fma(square, q, r_low), r);
    e.low = v_add(v_fma(square, q, v_sub(r, e.p)), r_low);
    return e;
}
/* The same, rounded; x itself where that is nearest. It is at least -1 for any x, and x right of 0. */
FORMULA(expm1)(vec x)
{
    LOCAL(expm1_parts) e = LOCAL(expm1_of)(v_max(v_set(-FR_USUAL), v_min(v_set(-FR_NEAR_LINE), x)), x, 0);
    return v_max(v_fma(e.power, e.p, v_sub(e.power, v_set(1))), x);
}
/* The same as a sum of two, z + z_low given. */
FORMULA_PAIR(expm1_pair)(vec z, vec z_low, int has_low)
{
    LOCAL(expm1_parts) e = LOCAL(expm1_of)(z, z_low, has_low);
    vec base = v_sub(e.power, v_set(1)), sum = v_fma(e.power, e.p, base);
    return (PAIR){sum, v_fma(e.power, e.low, v_fma(e.power, e.p, v_sub(base, sum)))};
}
/* tanh a for a > 0 as high + low: n / (n + 2), n = e^2a - 1. */
FORMULA_PAIR(tanh_pair)(vec a)
{
    a = v_min(v_set(20), a);
    PAIR n = LOCAL(expm1_pair)(v_add(a, a), a, 0);
    vec two = v_set(2), d = v_add(n.first, two);
    vec d_low = v_add(v_sub(v_min(n.first, two), v_sub(d, v_max(n.first, two))), n.second);
    vec inverse = v_div(v_set(1), d), quotient = v_mul(n.first, inverse);
    vec rest = v_add(v_fnma(quotient, d_low, v_fnma(quotient, d, n.first)), n.second);
    return (PAIR){quotient, v_mul(rest, inverse)};
}

/* 1 - e^z for z > 0, which is no output's. A large z is halved, and -2 p - p^2, p = e^(z / 2) - 1, overflows only where it
 * should. */
RARE(one_minus_exp_up)(vec z, vec low, int has_low)
{
    const vec most = v_set(2 * FR_USUAL_HALF), least = v_set(FR_NEAR_LINE);
    mask large = v_lt(v_set(FR_USUAL_HALF), z);
    vec part = v_where(large, v_set((lane)0.5), v_set(1));
    if (has_low) low = v_where(m_and(v_le(least, z), v_le(z, most)), v_mul(part, low), v_set(0));
    vec p = LOCAL(expm1_pair)(v_mul(part, v_min(most, v_max(least, z))), low, has_low).first;
    vec y = v_where(large, v_fnma(p, p, v_mul(v_set(-2), p)), LOCAL(negated)(p));
    return v_where(v_lt(z, least), LOCAL(negated)(z), y);
}
RARE(one_minus_exp_rare)(vec z, vec low, vec down)
{
    const mask up = v_lt(v_set(0), z);
    return m_any(up) ? v_where(up, LOCAL(one_minus_exp_up)(v_aside(z), v_aside(low), 1), down) : down;
}
/* 1 - e^(z + low), low for z > 0 only. */
FORMULA(one_minus_exp)(vec z, vec low)
{
    vec y = LOCAL(negated)(LOCAL(expm1)(z));
    return FR_LIKELY(!m_any(v_lt(v_set(0), z))) ? y : LOCAL(one_minus_exp_rare)(v_aside(z), v_aside(low), v_aside(y));
}

/* log(1 + (f + f_low) / 2) for 0 <= f <= 2 as high + low: with S = 2 f / (4 + f) it is 2 atanh(S / 2) = S + S^3 P(S^2). The high
 * part alone where not COMPENSATED. (tables/log1p.h) */
FORMULA_PAIR(log1p_half)(vec f, vec f_low)
{
    const vec half = v_set((lane)0.5), two = v_set(2);
    vec d = v_fma(half, f, two), d_low = v_fma(half, f_low, v_fma(half, f, v_sub(two, d)));
    vec inverse = v_div(v_set(1), d), s = COMPENSATED ? v_mul(f, inverse) : v_div(f, d);
    vec excess = v_fma(s, d_low, v_sub(v_fms(s, d, f), f_low));
    vec square = v_mul(s, s), p = v_mul(v_mul(square, s), FR_POLYNOMIAL(square, log1p_table.p));
    if (!COMPENSATED) return (PAIR){v_add(s, p), v_set(0)};
    return (PAIR){s, v_fnma(excess, inverse, p)};
}
/* log(1 + e^(z + low)) for -FR_LOG_USUAL <= z <= 0 likewise. */
FORMULA_PAIR(log1p_exp)(vec z, vec low, int has_low)
{
    PAIR e = LOCAL(exp_of)(1, z, low, has_low, 1); /* twice e^z */
    vec f = v_fma(e.first, e.second, e.first);
    return LOCAL(log1p_half)(f, v_fma(e.first, e.second, v_sub(e.first, f)));
}
/* log(1 + e^(z + low)) for |z| <= FR_LOG_USUAL: the positive part of z, and what e^-|z| adds. */
FORMULA(softplus_of)(vec z, vec low, int has_low)
{
    vec positive = v_max(v_set(0), z);
    PAIR l = LOCAL(log1p_exp)(LOCAL(downwards)(z), LOCAL(negated)(LOCAL(times_sign)(low, z)), has_low);
    if (!COMPENSATED) return v_add(positive, l.first);
    vec large = v_max(positive, l.first), small = v_min(positive, l.first);
    vec sum = v_add(large, small), lost = v_add(v_sub(small, v_sub(sum, large)), l.second);
    if (has_low) lost = v_add(lost, v_where(v_lt(v_set(0), z), low, v_set(0)));
    return v_add(sum, lost);
}
/* log(1 + e^z): e^z far to the left. */
FORMULA(softplus_rare)(vec z)
{
    const vec least = v_set(-FR_LOG_USUAL);
    vec y = LOCAL(softplus_of)(LOCAL(held)(LOCAL(off_0)(z), FR_LOG_USUAL), z, 0);
    vec tail = LOCAL(lowered_size)(LOCAL(exp_rounded)(v_max(v_set(-FR_GONE), v_min(least, z)), FR_LIFT));
    return v_where(v_lt(z, least), tail, v_where(v_lt(v_set(FR_LOG_USUAL), z), z, y));
}
FORMULA(softplus_of_1)(vec z)
{
    if (FR_LIKELY(v_within(z, 0, FR_LOG_USUAL))) return LOCAL(number)(LOCAL(softplus_of)(LOCAL(off_0)(z), z, 0));
    return LOCAL(softplus_rare)(v_aside(z));
}

/* ---- for parameters, which may be anything: where the formula has no number at an infinite one or at 0, its limit there ---- */

/* y, which is made of a and b, but `limit` where they have made it NaN. */
FORMULA(or_limit)(vec y, vec a, vec b, vec limit)
{
    return FR_LIKELY(!v_any_nan(y)) ? y : v_where(m_and(v_unordered(y, y), m_not(v_unordered(a, b))), limit, y);
}
/* a b as two lanes, 0 where one is infinite and the other 0; the lower is NaN where the first is infinite. */
FORMULA_PAIR(product)(vec a, vec b)
{
    vec first = v_mul(a, b), low = v_fms(a, b, first), none = v_set(0);
    if (FR_LIKELY(!v_any_nan(first))) return (PAIR){first, low};
    return (PAIR){LOCAL(or_limit)(first, a, b, none), v_where(v_unordered(first, first), none, low)};
}

/* (high + low) / 2^FR_UP rounded once, subnormal results too; `big` lanes need dividing by 2^FR_UP * FR_BIG_DOWN instead. The
 * sign is that of `sign`, for a 0 too. */
FORMULA(scaled_down)(vec high, vec low, mask big, vec sign)
{
    const vec one = v_set(FR_ONES);
    vec sum = v_add(high, low);
    low = LOCAL(times_sign)(v_add(v_sub(high, sum), low), sum);
    vec in_steps = v_where(big, v_set(FR_BIG_DOWN_IN_STEPS), v_set(FR_DOWN_IN_STEPS));
    vec steps = v_mul(v_abs(sum), in_steps), whole = v_add(steps, one);
    whole = v_add(whole, v_fma(low, in_steps, v_add(v_sub(one, whole), steps)));
    vec subnormal = v_frombits(i_sub(v_bits(whole), v_bits(one)));
    mask few = v_lt(steps, one);
    vec half = v_where(big, v_set(FR_BIG_HALF_DOWN), v_set(FR_HALF_DOWN));
    vec normal = v_mul(v_mul(v_where(few, v_set(1 / FR_HALF_DOWN), v_abs(sum)), half), half);
    return LOCAL(signed_as)(v_where(few, subnormal, normal), sign);
}
/* n by e^(z + low) for z <= -FR_USUAL_HALF, rounded once, n finite or not and |by| at most FR_EXP_BIG_TAIL: 0 of its sign from
 * where that is nearest. Other lanes are held there. */
RARE(times_exp_tail)(vec n, vec by, vec z, vec low, int has_low)
{
    mask big = v_lt(v_set(FR_BIG), v_abs(v_mul(n, by)));
    vec end = v_where(big, v_set(-FR_EXP_BIG_TAIL), v_set(-FR_GONE));
    mask gone = v_le(z, end);
    z = v_min(v_set(-FR_USUAL_HALF), z);
    n = v_mul(LOCAL(held)(n, FR_LARGEST), v_where(big, v_set(FR_BIG_DOWN), v_set(1)));
    by = v_where(gone, LOCAL(times_sign)(v_set(1), by), by);
    if (has_low) low = v_unless(gone, low);
    PAIR e = LOCAL(exp_of)(1, v_where(gone, end, z), low, has_low, FR_UP);
    vec both = v_mul(n, by), both_low = v_fms(n, by, both), high = v_mul(both, e.first);
    return LOCAL(scaled_down)(high, v_fma(both_low, e.first, v_fma(high, e.second, v_fms(both, e.first, high))), big, both);
}
/* n * e^(z + low) for z >= FR_USUAL: finite where a small n makes it so, infinite for n = 0 of either sign. */
RARE(times_exp_away)(vec n, vec z, vec low)
{
    mask gone = v_le(v_set(FR_EXP_AWAY), z);
    PAIR e = LOCAL(exp_of)(1, v_where(gone, v_set(FR_EXP_AWAY), z), v_unless(gone, low), 1, FR_AWAY_SCALE);
    vec power = v_fma(e.first, e.second, e.first);
    n = v_where(v_eq(n, v_set(0)), LOCAL(signed_as)(v_frombits(i_set(1)), n), n);
    return v_mul(v_mul(v_mul(n, v_set(FR_AWAY)), power), v_set(FR_AWAY));
}
/* n e^(z + low) for any z <= FR_USUAL, with one rounding more where n is not 1. */
FORMULA(times_exp)(vec n, vec z, vec low, int has_low)
{
    const vec least = v_set(-FR_USUAL), half = v_set((lane)0.5);
    mask usual = v_le(least, z), left = v_lt(z, least), huge = v_lt(v_set(FR_LARGEST / 2), v_abs(n));
    PAIR e = LOCAL(exp_of)(1, v_max(least, z), v_where(usual, low, v_set(0)), has_low, 0);
    vec scaled = v_mul(n, e.first), y = v_fma(scaled, e.second, scaled);
    if (FR_LIKELY(!m_any(m_or(left, huge)))) return y;
    if (m_any(left))
        y = v_where(left, LOCAL(times_exp_tail)(v_aside(n), v_aside(v_set(1)), v_aside(z), v_aside(low), has_low), y);
    scaled = v_mul(v_mul(n, half), e.first); /* E may be greater than e^z */
    y = v_where(m_and(huge, usual), v_mul(v_set(2), v_fma(scaled, e.second, scaled)), y);
    return v_where(m_and(v_eq(v_abs(n), v_set(FR_INFINITY)), v_lt(v_set(-FR_INFINITY), z)), n, y);
}
/* n / (1 + e^-(z + low)) for any n and z. Where z is infinite, n may be too: then it is n, or 0 of its sign. */
FORMULA(gate_any)(vec n, vec z, vec low)
{
    mask usual = v_le(v_abs(z), v_set(FR_USUAL)), left = v_lt(z, v_set(-FR_USUAL));
    vec y = LOCAL(gate_of)(n, LOCAL(held)(z, FR_USUAL), v_where(usual, low, v_set(0)), 1, 0);
    y = v_where(v_lt(v_set(FR_USUAL), z), n, y);
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(v_aside(n), v_aside(v_set(1)), v_aside(z), v_aside(low), 1), y) : y;
}
/* x / a as a quotient and what it lacks. The factor, applied to both, keeps the inverse finite for a subnormal a. */
FORMULA(over_factor)(vec a) { return v_where(v_lt(v_abs(a), v_set(1 / FR_OVER_FACTOR)), v_set(FR_OVER_FACTOR), v_set(1)); }
FORMULA_PAIR(over)(vec x, vec a)
{
    vec factor = LOCAL(over_factor)(a);
    a = v_mul(a, factor), x = v_mul(x, factor);
    vec inverse = v_div(v_set(1), a), q = v_mul(x, inverse);
    return (PAIR){q, v_mul(v_fnma(q, a, x), inverse)};
}
/* x / a to about half an ulp. */
FORMULA(divided)(vec x, vec a)
{
    PAIR q = LOCAL(over)(x, a);
    vec sum = v_add(q.first, q.second);
    return v_where(v_unordered(sum, sum), q.first, sum); /* infinite quotients lack NaN */
}
