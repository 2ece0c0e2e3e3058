/* SPDX-License-Identifier: BSD-3-Clause */
/* The logarithm of the logistic function, as losses need it. */
#ifdef FORMULAS_FLOAT
/* -log(1 + e^-x); e^-x itself far to the right, x far to the left. */
FORMULA(logsigmoid)(vec x, PARAMS) { return LOCAL(negated)(LOCAL(softplus_of_1)(LOCAL(negated)(x))); }
/* dy times the logistic function of sign x: shared with softplus. */
FORMULA(logistic_times_rare)(vec dy, vec x) { return LOCAL(times_lifted)(dy, LOCAL(logistic_lifted)(x)); }
FORMULA(logistic_times)(int sign, vec dy, vec x)
{
    if (FR_LIKELY(v_within(x, 0, FR_USUAL)))
        return LOCAL(times)(dy, LOCAL(sum_of)(LOCAL(logistic_of)(sign, LOCAL(off_0)(x), x, 0, 0)));
    return LOCAL(logistic_times_rare)(v_aside(dy), v_aside(sign < 0 ? LOCAL(negated)(x) : x));
}
FORMULA(logsigmoid_backward)(vec dy, vec x, PARAMS) { return LOCAL(logistic_times)(-1, dy, x); }
FORMULA(logsigmoid_backward_from_output)(vec dy, vec y, PARAMS) { return LOCAL(times_either)(dy, LOCAL(one_minus_exp)(y, v_set(0))); }
#endif

KERNEL(SMOOTH, logsigmoid, 1, 0, 1)
KERNEL(SMOOTH, logsigmoid_backward, 2, 0, 1)
KERNEL(SMOOTH, logsigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "logsigmoid",
    .title = "logarithm of the logistic sigmoid",
    .formula = "-(maximum(0, -x) + log1p(exp(-abs(x))))",
    .derivative = "1 / (1 + exp(x))",
    .derivative_from_output = "-expm1(y)",
    .notes = "The log-likelihood of a binary label, without the overflow of log(sigmoid(x)).",
    .source = "Cox, The regression analysis of binary sequences, 1958",
    .max_ulp = 1,
    .max_ulp_backward = 1,
    .numpy = "special.log_expit(x, out=out)",
    .numpy_backward = "np.negative(x, out=t); special.expit(t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.expm1(y, out=t); np.negative(t, out=t); np.multiply(dy, t, out=out)")
