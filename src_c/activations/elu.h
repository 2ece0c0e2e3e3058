/* SPDX-License-Identifier: BSD-3-Clause */
/* An exponential in place of ReLU's flat side: mean activations nearer to zero, no dead units. */
#ifdef FORMULAS_FLOAT
RARE(elu_any)(vec x, vec alpha)
{
    vec left = LOCAL(or_limit)(LOCAL(times_rare)(LOCAL(expm1)(x), alpha), x, alpha, x); /* 0 where alpha is infinite */
    vec y = v_where(v_lt(v_set(0), x), x, left);
    FR_BUT_AT(alpha, 1, LOCAL(expm1)(x), y);
}
FORMULA(elu)(vec x, PARAMS) { FR_AT(1, LOCAL(expm1)(x), LOCAL(elu_any)(v_aside(x), v_aside(p[0]))); }
/* dy e^x left of 0, dy right of it. */
FORMULA(elu_backward_rare)(vec dy, vec x)
{
    vec fall = v_max(v_set(-FR_GONE), v_min(v_set(0), x));
    return LOCAL(times_lifted)(dy, LOCAL(exp_rounded)(v_sub(fall, v_set(FR_NEAR_0)), FR_LIFT));
}
RARE(elu_backward_any)(vec dy, vec x, vec alpha)
{
    vec fall = v_min(v_set(0), x);
    vec y = LOCAL(times_rare)(dy, v_where(v_lt(v_set(0), x), v_set(1), LOCAL(times_exp)(alpha, fall, fall, 0)));
    FR_BUT_AT(alpha, 1, LOCAL(elu_backward_rare)(dy, x), y);
}
FORMULA(elu_backward_of_1)(vec dy, vec x)
{
    vec fall = v_min(v_set(0), x);
    if (FR_LIKELY(v_within(fall, 0, FR_USUAL))) return LOCAL(times)(dy, LOCAL(exp_rounded)(v_sub(fall, v_set(FR_NEAR_0)), 0));
    return LOCAL(elu_backward_rare)(v_aside(dy), v_aside(x));
}
FORMULA(elu_backward)(vec dy, vec x, PARAMS)
{
    FR_AT(1, LOCAL(elu_backward_of_1)(dy, x), LOCAL(elu_backward_any)(v_aside(dy), v_aside(x), v_aside(p[0])));
}
FORMULA(elu_backward_from_output)(vec dy, vec y, PARAMS)
{
    const vec end = v_set(FR_INFINITY);
    const mask usual = m_and(v_lt(v_set(0), p[0]), v_lt(p[0], end));
    vec slope = v_where(v_lt(v_set(0), y), v_set(1), v_add(y, p[0]));
    if (FR_LIKELY(m_all(usual))) return LOCAL(times_either)(dy, slope);
    /* With an infinite alpha the output is -inf for every x < 0. */
    slope = v_where(m_and(v_eq(p[0], end), v_eq(y, v_set(-FR_INFINITY))), end, slope);
    return LOCAL(unless)(v_le(p[0], v_set(0)), LOCAL(times_either)(dy, slope));
}
#endif

KERNEL(SMOOTH, elu, 1, 1, 1)
KERNEL(SMOOTH, elu_backward, 2, 1, 1)
KERNEL(PRODUCT, elu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "elu",
    .title = "exponential linear unit",
    .formula = "where(x > 0, x, alpha * expm1(x))",
    .derivative = "where(x > 0, 1, alpha * exp(x))",
    .derivative_from_output = "where(y > 0, 1, y + alpha)",
    .params = {{"alpha", 1, 0, "the limit at -inf is -alpha, an infinite one too; from the output, it must be positive"}},
    .knees = "alpha at 0",
    .source = "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units, 2015",
    .max_ulp = 1,
    .max_ulp_backward = 0.95,
    .numpy = "np.minimum(x, 0, out=t); np.expm1(t, out=t); np.multiply(t, alpha, out=t); np.maximum(x, 0, out=out); "
             "np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.exp(t, out=t); np.multiply(t, alpha, out=t); "
                      "np.copyto(t, 1, where=np.greater(x, 0, out=m)); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.add(y, alpha, out=t); np.copyto(t, 1, where=np.greater(y, 0, out=m)); np.multiply(dy, t, out=out)")
