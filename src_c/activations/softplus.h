/* SPDX-License-Identifier: BSD-3-Clause */
/* A smooth ReLU: the integral of the logistic function. */
#ifdef FORMULAS_FLOAT
/* log(1 + e^z) / beta, z = beta x; e^z / beta far to the left, x far to the right. */
RARE(softplus_any)(vec x, vec beta)
{
    const PAIR argument = LOCAL(product)(beta, x);
    vec z = argument.first, low = argument.second, none = v_set(0);
    mask ordinary = v_le(v_abs(z), v_set(FR_USUAL_HALF)), left = v_lt(z, v_set(-FR_USUAL_HALF));
    vec middle = LOCAL(softplus_of)(LOCAL(held)(z, FR_USUAL_HALF), v_where(ordinary, low, none), 1);
    vec y = v_where(v_lt(v_set(FR_USUAL_HALF), z), x, LOCAL(divided)(middle, beta));
    if (m_any(left)) y = v_where(left, LOCAL(times_exp_tail)(v_aside(v_div(v_set(1), beta)), v_aside(v_set(1)), v_aside(z), v_aside(low), 1), y);
    FR_BUT_AT(beta, 1, LOCAL(softplus_rare)(x), y);
}
FORMULA(softplus)(vec x, PARAMS) { FR_AT(1, LOCAL(softplus_of_1)(x), LOCAL(softplus_any)(v_aside(x), v_aside(p[0]))); }
RARE(softplus_backward_any)(vec dy, vec x, vec beta)
{
    PAIR z = LOCAL(product)(beta, x);
    vec y = LOCAL(times_rare)(dy, LOCAL(gate_any)(v_set(1), z.first, z.second));
    FR_BUT_AT(beta, 1, LOCAL(logistic_times_rare)(dy, x), y);
}
FORMULA(softplus_backward)(vec dy, vec x, PARAMS)
{
    FR_AT(1, LOCAL(logistic_times)(1, dy, x), LOCAL(softplus_backward_any)(v_aside(dy), v_aside(x), v_aside(p[0])));
}
/* 1 - e^(-beta y). With beta = 0 the output is infinite, and the slope 1/2. */
RARE(softplus_from_output_any)(vec dy, vec y, vec beta)
{
    beta = LOCAL(negated)(beta);
    PAIR z = LOCAL(product)(beta, y);
    vec slope = LOCAL(one_minus_exp)(z.first, z.second);
    if (!FR_LIKELY(!v_any_nan(v_mul(beta, y))))
        slope = v_where(m_and(v_eq(beta, v_set(0)), v_eq(v_abs(y), v_set(FR_INFINITY))), v_set((lane)0.5), slope);
    vec gradient = LOCAL(times_rare)(dy, slope);
    FR_BUT_AT(beta, -1, LOCAL(times_rare)(dy, LOCAL(one_minus_exp)(LOCAL(negated)(y), v_set(0))), gradient);
}
FORMULA(softplus_backward_from_output)(vec dy, vec y, PARAMS)
{
    FR_AT(1, LOCAL(times_either)(dy, LOCAL(one_minus_exp)(LOCAL(negated)(y), v_set(0))),
          LOCAL(softplus_from_output_any)(v_aside(dy), v_aside(y), v_aside(p[0])));
}
#endif

KERNEL(SMOOTH, softplus, 1, 1, 1)
KERNEL(SMOOTH, softplus_backward, 2, 1, 1)
KERNEL(SMOOTH, softplus_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "softplus",
    .title = "softplus",
    .formula = "(maximum(0, beta * x) + log1p(exp(-abs(beta * x)))) / beta",
    .derivative = "1 / (1 + exp(-beta * x))",
    .derivative_from_output = "-expm1(-beta * y)",
    .params = {{"beta", 1, 0, "sharpness: the larger, the nearer to relu; inf gives relu, -inf min(0, x)"}},
    .notes = "Exact everywhere: there is no threshold from which on it is x. With beta = 0 it is infinite, its slope 1/2.",
    .source = "Dugas et al., Incorporating second-order functional knowledge for better option pricing, 2000",
    .max_ulp = 1,
    .max_ulp_backward = 1,
    .numpy = "np.multiply(x, beta, out=t); np.logaddexp(t, 0, out=t); np.divide(t, beta, out=out)",
    .numpy_backward = "np.multiply(x, beta, out=t); special.expit(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.multiply(y, -beta, out=t); np.expm1(t, out=t); np.negative(t, out=t); np.multiply(dy, t, out=out)")
