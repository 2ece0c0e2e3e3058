/* SPDX-License-Identifier: BSD-3-Clause */
/* The logarithm of the logistic function, as losses need it. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 11 && FR_TABLED
FORMULA(logsigmoid)(vec x, PARAMS) { return v_sub(v_min(v_set(0), x), LOCAL(softplus_short_rest)(x)); }
#else
/* -log(1 + e^-x); e^-x itself far to the right, x far to the left. */
FORMULA(logsigmoid)(vec x, PARAMS)
{
#if FR_TABLED
    if (FR_LIKELY(!m_any(v_lt(v_set(FR_SOFTPLUS_SHORT), x)))) return v_sub(v_min(v_set(0), x), LOCAL(softplus_short_rest)(x));
#endif
    vec z = LOCAL(negated)(x);
    if (FR_LIKELY(m_all(v_le(v_abs(z), v_set(FR_EXP_FULL))))) return LOCAL(negated)(LOCAL(softplus_ordinary)(z, z, 0));
    vec y = LOCAL(negated)(LOCAL(softplus_ordinary)(LOCAL(held)(z, FR_EXP_FULL), z, 0));
    mask right = v_lt(z, v_set(-FR_EXP_FULL));
    y = v_where(v_lt(v_set(FR_EXP_FULL), z), x, y);
    return m_any(right) ? v_where(right, LOCAL(times_exp_tail)(v_set(-1), v_set(0), z, z, 0), y) : y;
}
#endif
FORMULA(logsigmoid_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(logistic)(-1, x), dy); }
FORMULA(logsigmoid_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(LOCAL(one_minus_exp_of)(1, y), dy); }
#endif

KERNEL(NEARLY_TABLED, logsigmoid, 1, 0, 1)
KERNEL(PROVEN, logsigmoid_backward, 2, 0, 1)
KERNEL(PROVEN, logsigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "logsigmoid",
    .title = "logarithm of the logistic sigmoid",
    .formula = "-(maximum(0, -x) + log1p(exp(-abs(x))))",
    .derivative = "1 / (1 + exp(x))",
    .derivative_from_output = "-expm1(y)",
    .notes = "The log-likelihood of a binary label, without the overflow of log(sigmoid(x)).",
    .source = "Cox, The regression analysis of binary sequences, 1958",
    .max_ulp = 0.85,
    .max_ulp_backward = 0.65,
    .numpy = "special.log_expit(x, out=out)",
    .numpy_backward = "np.negative(x, out=t); special.expit(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.expm1(y, out=t); np.negative(t, out=t); np.multiply(dy, t, out=out)")
