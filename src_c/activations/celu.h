/* SPDX-License-Identifier: BSD-3-Clause */
/* ELU with a continuous slope for every alpha. */
#ifdef FORMULAS_FLOAT
/* z = min(0, x) / alpha as two lanes, the lower 0 where it would be NaN. A negative alpha makes z positive. */
FORMULA_PAIR(celu_exponent)(vec x, vec alpha)
{
    PAIR z = LOCAL(over)(v_min(v_set(0), x), alpha);
    z.second = v_where(v_le(v_abs(z.first), v_set(FR_EXP_BIG_TAIL)), z.second, v_set(0));
    return z;
}
FORMULA(celu)(vec x, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return LOCAL(elu)(x, p);
    PAIR z = LOCAL(celu_exponent)(x, p[0]);
    mask ordinary = v_le(v_abs(z.first), v_set(FR_EXP_RANGE)), away = v_lt(v_set(FR_EXP_RANGE), z.first);
    PAIR fall = LOCAL(expm1)(LOCAL(held)(z.first, FR_EXP_RANGE), v_where(ordinary, z.second, v_set(0)), 1);
    vec y = v_mul(p[0], COMPENSATED ? v_add(fall.first, fall.second) : fall.first);
    /* where it rounds to x: z, perhaps subnormal, may have lost what x still has */
    y = v_where(v_le(v_abs(z.first), v_set((lane)0.125 / FR_ROUND)), x, y);
    if (m_any(away)) y = v_where(away, LOCAL(times_exp_away)(p[0], z.first, z.second), y);
    return v_where(v_lt(x, v_set(0)), y, x);
}
FORMULA(celu_backward)(vec dy, vec x, PARAMS)
{
    const vec one = v_set(1);
    if (FR_LIKELY(m_all(v_eq(p[0], one)))) return LOCAL(elu_backward)(dy, x, p);
    PAIR z = LOCAL(celu_exponent)(x, p[0]);
    vec slope = LOCAL(times_exp)(one, v_min(v_set(FR_EXP_RANGE), z.first), z.second, 1);
    mask away = v_lt(v_set(FR_EXP_RANGE), z.first);
    if (m_any(away)) slope = v_where(away, LOCAL(times_exp_away)(one, z.first, z.second), slope);
    return v_mul(v_where(v_le(v_set(0), x), one, slope), dy);
}
FORMULA(celu_backward_from_output)(vec dy, vec y, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return LOCAL(elu_backward_from_output)(dy, y, p);
    return v_mul(v_where(v_lt(v_set(0), y), v_set(1), LOCAL(divided)(v_add(y, p[0]), p[0])), dy);
}
#endif

KERNEL(CLEAR_AT_1, celu, 1, 1, 1)
KERNEL(PROVEN_AT_1, celu_backward, 2, 1, 1)
KERNEL(PRODUCT, celu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "celu",
    .title = "continuously differentiable exponential linear unit",
    .formula = "where(x > 0, x, alpha * expm1(x / alpha))",
    .derivative = "where(x > 0, 1, exp(x / alpha))",
    .derivative_from_output = "where(y > 0, 1, 1 + y / alpha)",
    .params = {{"alpha", 1, 0, "the limit at -inf is -alpha; from the output, it must be positive"}},
    .knees = "1 at 0",
    .source = "Barron, Continuously differentiable exponential linear units, 2017",
    .max_ulp = 0.8,
    .max_ulp_backward = 0.65,
    .numpy = "np.minimum(x, 0, out=t); np.divide(t, alpha, out=t); np.expm1(t, out=t); np.multiply(t, alpha, out=t); "
             "np.maximum(x, 0, out=out); np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.divide(t, alpha, out=t); np.exp(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.minimum(y, 0, out=t); np.divide(t, alpha, out=t); np.add(t, 1, out=t); np.multiply(dy, t, out=out)")
