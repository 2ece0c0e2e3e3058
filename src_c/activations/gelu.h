/* SPDX-License-Identifier: BSD-3-Clause */
/* x Phi(x), Phi the distribution function of the normal distribution. */
#ifdef FORMULAS_FLOAT
#include "../tables/gelu.h"
#include "../tables/mills.h"
#include "../tables/density.h"
#if LANE_BITS == 32
#define FR_GELU_USUAL 11
/* Phi(-a) = (high + lacks / (shift + a)) (1 + p) for a > 0, FR_LIFTED times as large in the lanes to `lift`, with G in `power` and
 * q = a / (shift + a); high has few digits, so that a high and 1 - high are exact. (tables/gelu.h) */
typedef struct {
    vec high, lacks, q, p, power;
} LOCAL(gelu_parts);
/* n: a^2 = n step + r; G and p belong to them. */
FORCE_INLINE vec LOCAL(gelu_power)(const lane *power, vec t, const mask *lift)
{
    ivec bits = i_sub(v_bits(v_lut4(power, v_bits(t))), i_shl(v_bits(t), FR_MANTISSA - 2));
    if (!lift) return v_frombits(bits);
    return v_where(*lift, v_frombits(i_add(bits, i_shl(i_set(FR_LIFT), FR_MANTISSA))), v_frombits(bits));
}
FORMULA(gelu_rest)(vec a, vec s, vec t)
{
    vec r = v_fms(a, a, v_fms(t, v_set(gelu_table.step), v_set(gelu_table.magic_step)));
    r = v_fnma(s, v_set(gelu_table.lacks), r);
    return v_mul(r, FR_POLYNOMIAL(r, gelu_table.p));
}
FORCE_INLINE LOCAL(gelu_parts) LOCAL(gelu_of)(vec a, const mask *lift)
{
    vec lean = v_div(FR_POLYNOMIAL(a, gelu_table.numerator), FR_POLYNOMIAL(a, gelu_table.denominator)); /* S */
    const vec shift = v_set(gelu_table.shift);
    vec q = v_div(a, v_add(a, shift)), s = v_mul(a, a), t = v_fma(s, v_set(gelu_table.rate), v_set(FR_ROUND));
    vec power = LOCAL(gelu_power)(gelu_table.power, t, lift), p = LOCAL(gelu_rest)(a, s, t);
    vec ratio = v_mul(power, v_set(gelu_table.inverse)), g = v_fnma(ratio, q, ratio);
    vec high = v_frombits(i_and(v_bits(g), i_set(INT32_MIN >> 15)));
    vec lacks = v_fma(power, lean, v_fnma(high, a, v_fnma(high, shift, power)));
    return (LOCAL(gelu_parts)){high, lacks, q, p, power};
}
/* What a high lacks of a Phi(-a). */
FORMULA(gelu_low)(vec a, LOCAL(gelu_parts) g)
{
    vec rest = v_mul(g.q, g.lacks);
    return v_fma(g.p, v_fma(a, g.high, rest), rest);
}
FORMULA(gelu_sides)(vec x, vec a, LOCAL(gelu_parts) g)
{
    return v_fms(x, v_by_sign(x, v_sub(v_set(1), g.high), g.high), LOCAL(gelu_low)(a, g));
}
/* The slope at -a, Phi(-a) - a e^(-a^2 / 2) / sqrt(2 pi), whose error is one of 1 where it cancels. */
FORMULA(gelu_slope_from)(vec a, LOCAL(gelu_parts) g)
{
    const vec peak = v_set(gelu_table.peak), inverse = v_set(gelu_table.inverse);
    vec tail = v_mul(v_fnma(inverse, g.q, inverse), g.lacks);
    vec rise = v_mul(a, peak), rise_low = v_fma(a, v_set(gelu_table.peak_low), v_fms(a, peak, rise));
    vec slope = v_fnma(rise, g.power, g.high), low = v_fnma(rise_low, g.power, tail);
    return v_add(slope, v_fma(v_add(slope, low), g.p, low));
}
/* GELU FR_LIFTED times as large; it is at most 2^-155 where a is held. */
FORMULA(gelu_lifted)(vec x)
{
    const vec lifted = v_set(FR_LIFTED), size = v_abs(x);
    const mask far = v_lt(v_set(FR_GELU_USUAL), size);
    vec a = v_min(v_set(gelu_table.last), size);
    LOCAL(gelu_parts) g = LOCAL(gelu_of)(a, &far);
    vec tail = v_by_sign(x, v_mul(x, lifted), LOCAL(downwards)(v_fma(a, g.high, LOCAL(gelu_low)(a, g))));
    return v_where(far, tail, v_mul(LOCAL(gelu_sides)(x, a, g), lifted));
}
/* Where the tail begins its power is lifted; right of it GELU is x. */
FORMULA(gelu_rare)(vec x)
{
    const vec near = v_set(FR_NEAR_0), size = v_abs(x);
    const mask far = v_lt(v_set(FR_GELU_USUAL), size), tiny = v_lt(size, near);
    vec a = v_min(v_set(gelu_table.last), v_max(near, size));
    LOCAL(gelu_parts) g = LOCAL(gelu_of)(a, &far);
    vec tail = LOCAL(downwards)(LOCAL(lowered_size)(v_fma(a, g.high, LOCAL(gelu_low)(a, g))));
    vec y = v_where(far, v_by_sign(x, x, tail), LOCAL(gelu_sides)(v_where(tiny, near, x), a, g));
    return m_any(tiny) ? v_where(tiny, LOCAL(half_of_tiny)(x), y) : y;
}
FORMULA(gelu)(vec x, PARAMS)
{
    const vec a = v_abs(x);
    if (FR_LIKELY(v_within(x, FR_NEAR_0, FR_GELU_USUAL))) return LOCAL(number)(LOCAL(gelu_sides)(x, a, LOCAL(gelu_of)(a, NULL)));
    return LOCAL(gelu_rare)(v_aside(x));
}
/* The slope at -a, G (1 + p) (1 + S) (a - zero), FR_LIFTED times as large in the lanes to `lift`. */
FORMULA(gelu_slope_of)(vec a, const mask *lift)
{
    vec lean = v_div(FR_POLYNOMIAL(a, gelu_slope_table.numerator), FR_POLYNOMIAL(a, gelu_slope_table.denominator));
    vec s = v_mul(a, a), t = v_fma(s, v_set(gelu_table.rate), v_set(FR_ROUND));
    vec p = LOCAL(gelu_rest)(a, s, t), power = LOCAL(gelu_power)(gelu_slope_table.power, t, lift);
    const vec zero = v_set(gelu_slope_table.zero), zero_low = v_set(gelu_slope_table.zero_low);
    vec away = v_sub(a, zero), rest = v_fma(lean, v_add(away, zero_low), zero_low);
    rest = v_fma(p, v_add(away, rest), rest);
    return v_fma(power, away, v_mul(power, rest));
}
FORMULA(gelu_backward_rare)(vec dy, vec x)
{
    const vec lifted = v_set(FR_LIFTED);
    const mask far = v_lt(v_set(FR_GELU_USUAL), v_abs(x));
    vec slope = LOCAL(gelu_slope_of)(LOCAL(off_0)(v_min(v_set(gelu_table.last), v_abs(x))), &far);
    vec usual = v_mul(LOCAL(either_side)(x, slope), lifted);
    return LOCAL(times_lifted)(dy, v_where(far, v_by_sign(x, lifted, slope), usual));
}
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, 0, FR_GELU_USUAL))) return LOCAL(gelu_backward_rare)(v_aside(dy), v_aside(x));
    return LOCAL(times)(dy, LOCAL(either_side)(x, LOCAL(gelu_slope_of)(LOCAL(off_0)(v_abs(x)), NULL)));
}
#else
/* The normal distribution's tail: for 0 <= a <= 39, the integral from a over its peak's height at a, e^(a^2/2) Phi(-a), is
 * (1 + s) / (high + low), high + low = 2 + 17/8 a, s = u q(u - 3/4), q a polynomial: tables/mills.h. s is
 * steep at 0, where u = a / (a + 11/2) keeps its relative precision, and q's terms are small where u is not. */
typedef struct {
    vec s, high, low, inverse;
} LOCAL(mills);
FORCE_INLINE LOCAL(mills) LOCAL(mills_of)(vec a)
{
    const vec two = v_set(2), slope = v_set(2.125);
    LOCAL(mills) m;
    m.high = v_fma(slope, a, two);
    m.low = v_fms(slope, a, v_sub(m.high, two));
    vec sum = v_add(a, v_set(5.5)), sum_low = v_sub(a, v_sub(sum, v_set(5.5)));
    vec both = v_div(v_set(1), v_mul(sum, m.high)), part = v_mul(m.high, both);
    m.inverse = v_mul(sum, both);
    vec u = v_mul(a, part);
    u = v_fma(v_fnma(u, sum_low, v_fnma(u, sum, a)), part, u);
    vec t = v_sub(u, v_set(0.75)), q = FR_POLYNOMIAL(t, mills_table.q);
    vec s = v_mul(u, q), t_low = v_sub(u, v_add(t, v_set(0.75)));
    m.s = v_fnma(v_mul(v_set(5), s), t_low, s); /* t lacks a bit for u < 3/8, where u q' is -5 s or so */
    return m;
}
/* e^-(a^2/2) as E (1 + p), scaled by `round`. */
FORMULA_PAIR(normal_density)(vec a, vec round)
{
    vec half = v_mul(v_set(-0.5), a), z = v_mul(half, a);
    return LOCAL(exp_by)(1, z, v_fms(half, a, z), 1, round);
}
/* base - a Phi(-a), scaled by `round`, base being 0 or not less than that: quotient + rest, but for the small p all that it is
 * made of. */
FORMULA(gelu_of)(vec a, vec base, vec round)
{
    const vec one = v_set(1);
    PAIR e = LOCAL(normal_density)(a, round);
    LOCAL(mills) m = LOCAL(mills_of)(a);
    vec factor = v_add(one, m.s), factor_low = v_sub(m.s, v_sub(factor, one));
    vec density = v_mul(a, e.first), density_low = v_fms(a, e.first, density);
    vec n = v_mul(density, factor);
    vec n_low = v_fma(density, factor_low, v_fma(density_low, factor, v_fms(density, factor, n)));
    vec quotient = v_mul(n, m.inverse), rest = v_add(v_fnma(quotient, m.low, v_fnma(quotient, m.high, n)), n_low);
    rest = v_mul(rest, m.inverse);
    rest = v_fma(quotient, e.second, v_fma(rest, e.second, rest));
    vec y = v_sub(base, quotient), low = v_sub(v_sub(base, y), quotient);
    return v_sub(y, v_sub(rest, low));
}
/* Phi(-a) - a phi(a), scaled by `round`, phi the density: E (1 + p) ((1 + s) / (high + low) - a / sqrt(2 pi)). */
FORMULA(gelu_slope_of)(vec a, vec round)
{
    PAIR e = LOCAL(normal_density)(a, round);
    LOCAL(mills) m = LOCAL(mills_of)(a);
    const vec peak = v_set(density_table.peak), peak_low = v_set(density_table.peak_low);
    vec i = m.inverse, i_low = v_mul(v_fnma(i, m.low, v_fnma(i, m.high, v_set(1))), i);
    vec line = v_mul(a, peak), line_low = v_fma(a, peak_low, v_fms(a, peak, line));
    vec difference = v_sub(i, line), back = v_sub(difference, i);
    vec low = v_sub(v_sub(i, v_sub(difference, back)), v_add(line, back));
    low = v_sub(v_add(low, v_fma(i, m.s, v_fma(i_low, m.s, i_low))), line_low);
    vec sum = v_add(difference, low);
    low = v_add(v_sub(difference, sum), low);
    return v_fma(e.first, sum, v_mul(e.first, v_fma(sum, e.second, low)));
}
#define FR_GELU_USUAL 36 /* beyond, e^-(a^2/2) is scaled, */
#define FR_GELU_GONE 39  /* and from here on the left side is 0 */
FORMULA(gelu_round)(mask far) { return v_where(far, LOCAL(exp_round)(FR_UP), LOCAL(exp_round)(0)); }
FORMULA(gelu_down)(vec y, mask far)
{
    const vec scaled = v_where(far, y, v_set(1));
    return m_any(far) ? v_where(far, LOCAL(scaled_down)(scaled, v_set(0), m_none(), scaled), y) : y;
}
RARE(gelu_rare)(vec x)
{
    const vec none = v_set(0);
    const mask tiny = v_lt(v_abs(x), v_set(FR_NEAR_0)), far = v_lt(v_set(FR_GELU_USUAL), v_abs(x));
    vec a = v_where(tiny, v_set(1), v_min(v_set(FR_GELU_GONE), v_abs(x))), base = v_where(far, none, v_max(none, x));
    vec y = LOCAL(gelu_down)(LOCAL(gelu_of)(a, base, LOCAL(gelu_round)(far)), far);
    y = v_where(v_lt(v_set(FR_GELU_USUAL), x), x, y);
    return LOCAL(signed_as)(v_where(tiny, LOCAL(half_of_tiny)(x), y), x);
}
FORMULA(gelu)(vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, FR_NEAR_0, FR_GELU_USUAL))) return LOCAL(gelu_rare)(v_aside(x));
    return LOCAL(number)(LOCAL(signed_as)(LOCAL(gelu_of)(v_abs(x), v_max(v_set(0), x), LOCAL(exp_round)(0)), x));
}
RARE(gelu_backward_rare)(vec dy, vec x)
{
    const mask far = v_lt(v_set(FR_GELU_USUAL), v_abs(x));
    vec slope = LOCAL(gelu_slope_of)(LOCAL(off_0)(v_min(v_set(FR_GELU_GONE), v_abs(x))), LOCAL(gelu_round)(far));
    return LOCAL(times_either)(dy, LOCAL(either_side)(x, LOCAL(gelu_down)(slope, far)));
}
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, 0, FR_GELU_USUAL))) return LOCAL(gelu_backward_rare)(v_aside(dy), v_aside(x));
    return LOCAL(times)(dy, LOCAL(either_side)(x, LOCAL(gelu_slope_of)(LOCAL(off_0)(v_abs(x)), LOCAL(exp_round)(0))));
}
#endif
#endif

KERNEL(SMOOTH, gelu, 1, 0, 1)
KERNEL(SMOOTH, gelu_backward, 2, 0, 1)
ACTIVATION(
    .name = "gelu",
    .title = "Gaussian error linear unit",
    .formula = "x * Phi(x)",
    .derivative = "Phi(x) + x * phi(x)",
    .notes = "The exact function, with the error function; gelu_tanh is its approximation.",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, -(0.5 ** 0.5), out=t); special.erfc(t, out=t); np.multiply(x, t, out=t); np.multiply(t, 0.5, out=out)",
    .numpy_backward = "np.multiply(x, -(0.5 ** 0.5), out=t); special.erfc(t, out=t); t *= 0.5; np.multiply(x, x, out=t2); t2 *= -0.5; "
                      "np.exp(t2, out=t2); t2 *= x; t2 *= 0.3989422804014327; t += t2; np.multiply(dy, t, out=out)")
