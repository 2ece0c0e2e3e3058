/* SPDX-License-Identifier: BSD-3-Clause */
/* A smooth ReLU: the integral of the logistic function. */
#ifdef FORMULAS_FLOAT
/* log(1 + e^z) / beta, z = beta x; e^z / beta far to the left, x far to the right. */
FORMULA(softplus_general)(vec x, vec beta)
{
    vec z = v_mul(beta, x), low = v_fms(beta, x, z), none = v_set(0);
    mask ordinary = v_le(v_abs(z), v_set(FR_EXP_FULL)), left = v_lt(z, v_set(-FR_EXP_FULL));
    vec middle = LOCAL(softplus_ordinary)(LOCAL(held)(z, FR_EXP_FULL), v_where(ordinary, low, none), 1);
    vec y = v_where(v_lt(v_set(FR_EXP_FULL), z), x, LOCAL(divided)(middle, beta));
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(v_div(v_set(1), beta), none, z, low, 1), y) : y;
}
/* The same for beta = 1, where all low parts are 0. */
#if FR_DIGITS == 11 && FR_TABLED
FORMULA(softplus_of_1)(vec x) { return v_add(v_max(v_set(0), x), LOCAL(softplus_short_rest)(x)); }
#else
FORMULA(softplus_of_1)(vec x)
{
#if FR_TABLED
    if (FR_LIKELY(!m_any(v_lt(x, v_set(-FR_SOFTPLUS_SHORT))))) return v_add(v_max(v_set(0), x), LOCAL(softplus_short_rest)(x));
#endif
    if (FR_LIKELY(m_all(v_le(v_abs(x), v_set(FR_EXP_FULL))))) return LOCAL(softplus_ordinary)(x, x, 0);
    vec y = LOCAL(softplus_ordinary)(LOCAL(held)(x, FR_EXP_FULL), x, 0);
    mask left = v_lt(x, v_set(-FR_EXP_FULL));
    y = v_where(v_lt(v_set(FR_EXP_FULL), x), x, y);
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(v_set(1), v_set(0), x, x, 0), y) : y;
}
#endif
FORMULA(softplus)(vec x, PARAMS)
{
    return FR_LIKELY(m_all(v_eq(p[0], v_set(1)))) ? LOCAL(softplus_of_1)(x) : LOCAL(softplus_general)(x, p[0]);
}
FORMULA(softplus_backward)(vec dy, vec x, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return v_mul(LOCAL(logistic)(1, x), dy);
    vec z = v_mul(p[0], x);
    return v_mul(LOCAL(gate)(v_set(1), z, v_fms(p[0], x, z), 1), dy);
}
/* 1 - e^(-beta y) */
FORMULA(softplus_backward_from_output)(vec dy, vec y, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return v_mul(LOCAL(one_minus_exp_of)(-1, y), dy);
    vec z = LOCAL(negated)(v_mul(p[0], y));
    return v_mul(LOCAL(one_minus_exp)(z, v_fnma(p[0], y, LOCAL(negated)(z)), 1), dy);
}
#endif

KERNEL(NEARLY_AT_1, softplus, 1, 1, 1)
KERNEL(PROVEN_AT_1, softplus_backward, 2, 1, 1)
KERNEL(OF_OUTPUT_AT_1, softplus_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "softplus",
    .title = "softplus",
    .formula = "(maximum(0, beta * x) + log1p(exp(-abs(beta * x)))) / beta",
    .derivative = "1 / (1 + exp(-beta * x))",
    .derivative_from_output = "-expm1(-beta * y)",
    .params = {{"beta", 1, 0, "sharpness: the larger, the nearer to relu"}},
    .notes = "Exact everywhere: there is no threshold from which on it is x.",
    .source = "Dugas et al., Incorporating second-order functional knowledge for better option pricing, 2000",
    .max_ulp = 0.85,
    .max_ulp_backward = 0.65,
    .numpy = "np.multiply(x, beta, out=t); np.logaddexp(t, 0, out=t); np.divide(t, beta, out=out)",
    .numpy_backward = "np.multiply(x, beta, out=t); special.expit(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.multiply(y, -beta, out=t); np.expm1(t, out=t); np.negative(t, out=t); np.multiply(dy, t, out=out)")
