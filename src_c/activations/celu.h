/* SPDX-License-Identifier: BSD-3-Clause */
/* ELU with a continuous slope for every alpha. */
#ifdef FORMULAS_FLOAT
/* z = min(0, x) / alpha as two lanes, the lower 0 where it would be NaN. A negative alpha makes z positive. 0 / 0 is 0, and inf /
 * inf infinite. */
FORMULA_PAIR(celu_exponent)(vec x, vec alpha)
{
    const vec left = v_min(v_set(0), x);
    PAIR z = LOCAL(over)(left, alpha);
    return (PAIR){LOCAL(or_limit)(z.first, left, alpha, LOCAL(times_sign)(left, alpha)),
                  v_unless(v_unordered(z.second, z.second), z.second)};
}
RARE(celu_any)(vec x, vec alpha)
{
    PAIR z = LOCAL(celu_exponent)(x, alpha);
    mask ordinary = v_le(v_abs(z.first), v_set(FR_USUAL)), away = v_lt(v_set(FR_USUAL), z.first);
    PAIR fall = LOCAL(expm1_pair)(LOCAL(held)(z.first, FR_USUAL), v_where(ordinary, z.second, v_set(0)), 1);
    vec y = v_mul(alpha, v_add(fall.first, fall.second));
    /* where it rounds to x: z, perhaps subnormal, may have lost what x still has */
    y = v_where(v_le(v_abs(z.first), v_set((lane)0.125 / FR_ROUND)), x, y);
    if (m_any(away)) y = v_where(away, LOCAL(times_exp_away)(v_aside(alpha), v_aside(z.first), v_aside(z.second)), y);
    y = v_where(v_lt(v_set(0), x), x, y);
    FR_BUT_AT(alpha, 1, LOCAL(expm1)(x), y);
}
FORMULA(celu)(vec x, PARAMS) { FR_AT(1, LOCAL(expm1)(x), LOCAL(celu_any)(v_aside(x), v_aside(p[0]))); }
RARE(celu_backward_any)(vec dy, vec x, vec alpha)
{
    const vec one = v_set(1), most = v_set(FR_USUAL);
    PAIR z = LOCAL(celu_exponent)(x, alpha);
    mask away = v_lt(most, z.first);
    vec slope = LOCAL(times_exp)(one, v_min(most, z.first), z.second, 1);
    if (m_any(away)) slope = v_where(away, LOCAL(times_exp_away)(v_aside(one), v_aside(z.first), v_aside(z.second)), slope);
    vec y = LOCAL(times_rare)(dy, v_where(v_lt(v_set(0), x), one, slope));
    FR_BUT_AT(alpha, 1, LOCAL(elu_backward_rare)(dy, x), y);
}
FORMULA(celu_backward)(vec dy, vec x, PARAMS)
{
    FR_AT(1, LOCAL(elu_backward_of_1)(dy, x), LOCAL(celu_backward_any)(v_aside(dy), v_aside(x), v_aside(p[0])));
}
/* (y + alpha) / alpha where that is not finite: half of each does not overflow. An infinite alpha makes an identity, and -inf is
 * its end. */
RARE(celu_slope_rare)(vec y, vec alpha, vec slope)
{
    const vec one = v_set(1), half = v_set((lane)0.5), a = v_mul(half, alpha);
    vec end = v_where(v_eq(y, v_set(-FR_INFINITY)), v_max(v_set(0), LOCAL(negated)(alpha)), one);
    const mask usual = m_or(v_le(v_abs(slope), v_set(FR_LARGEST)), v_le(v_abs(alpha), one));
    slope = v_where(usual, slope, LOCAL(divided)(v_add(v_mul(half, y), a), a));
    return LOCAL(or_limit)(slope, y, alpha, end);
}
RARE(celu_from_output_any)(vec dy, vec y, vec alpha)
{
    vec slope = LOCAL(divided)(v_add(y, alpha), alpha);
    if (!FR_LIKELY(v_within(slope, 0, FR_LARGEST))) slope = LOCAL(celu_slope_rare)(y, alpha, slope);
    return LOCAL(times_rare)(dy, v_where(v_lt(v_set(0), y), v_set(1), slope));
}
FORMULA(celu_backward_from_output)(vec dy, vec y, PARAMS)
{
    FR_AT(1, LOCAL(elu_backward_from_output)(dy, y, p), LOCAL(celu_from_output_any)(v_aside(dy), v_aside(y), v_aside(p[0])));
}
#endif

KERNEL(SMOOTH, celu, 1, 1, 1)
KERNEL(SMOOTH, celu_backward, 2, 1, 1)
KERNEL(PRODUCT, celu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "celu",
    .title = "continuously differentiable exponential linear unit",
    .formula = "where(x > 0, x, alpha * expm1(x / alpha))",
    .derivative = "where(x > 0, 1, exp(x / alpha))",
    .derivative_from_output = "where(y > 0, 1, 1 + y / alpha)",
    .params = {{"alpha", 1, 0, "the limit at -inf is -alpha; an infinite one gives the identity, 0 the limit on its side"}},
    .knees = "1 at 0",
    .source = "Barron, Continuously differentiable exponential linear units, 2017",
    .max_ulp = 1,
    .max_ulp_backward = 0.95,
    .numpy = "np.minimum(x, 0, out=t); np.divide(t, alpha, out=t); np.expm1(t, out=t); np.multiply(t, alpha, out=t); "
             "np.maximum(x, 0, out=out); np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.divide(t, alpha, out=t); np.exp(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.minimum(y, 0, out=t); np.divide(t, alpha, out=t); np.add(t, 1, out=t); np.multiply(dy, t, out=out)")
