/* SPDX-License-Identifier: BSD-3-Clause */
/* An exponential in place of ReLU's flat side: mean activations nearer to zero, no dead units. */
#ifdef FORMULAS_FLOAT
#ifdef NARROW
/* alpha = 1 */
FORMULA(elu_short)(vec x)
{
    vec fall = LOCAL(short_fall)(FR_EXPM1_LAST, x);
    return v_fma(fall, LOCAL(short_value)(LOCAL(short_piece_of)(expm1_short[0], FR_EXPM1_SHORT(-), fall)), v_max(v_set(0), x));
}
#endif
FORMULA(elu)(vec x, PARAMS)
{
#ifdef NARROW
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return LOCAL(elu_short)(x);
#endif
    PAIR fall = LOCAL(expm1)(v_max(v_set(-FR_EXP_RANGE), x), x, 0);
    vec y = COMPENSATED ? v_fma(p[0], fall.first, v_mul(p[0], fall.second)) : v_mul(p[0], fall.first);
    return v_where(v_lt(x, v_set(0)), y, x);
}
FORMULA(elu_backward)(vec dy, vec x, PARAMS)
{
    vec fall = v_min(v_set(0), x);
    /* e^0 is 1: right of 0 nothing is to be chosen */
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return v_mul(LOCAL(times_exp)(v_set(1), fall, fall, 0), dy);
    return v_mul(v_where(v_lt(v_set(0), x), v_set(1), LOCAL(times_exp)(p[0], fall, fall, 0)), dy);
}
FORMULA(elu_backward_from_output)(vec dy, vec y, PARAMS)
{
    return v_mul(v_where(v_lt(v_set(0), y), v_set(1), v_add(y, p[0])), dy);
}
#endif

KERNEL(CLEAR_AT_1, elu, 1, 1, 1)
KERNEL(PROVEN_AT_1, elu_backward, 2, 1, 1)
KERNEL(PRODUCT, elu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "elu",
    .title = "exponential linear unit",
    .formula = "where(x > 0, x, alpha * expm1(x))",
    .derivative = "where(x > 0, 1, alpha * exp(x))",
    .derivative_from_output = "where(y > 0, 1, y + alpha)",
    .params = {{"alpha", 1, 0, "the limit at -inf is -alpha; from the output, it must be positive"}},
    .knees = "alpha at 0",
    .source = "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units, 2015",
    .max_ulp = 0.8,
    .max_ulp_backward = 0.65,
    .numpy = "np.minimum(x, 0, out=t); np.expm1(t, out=t); np.multiply(t, alpha, out=t); np.maximum(x, 0, out=out); "
             "np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.exp(t, out=t); np.multiply(t, alpha, out=t); "
                      "np.copyto(t, 1, where=np.greater(x, 0, out=m)); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.add(y, alpha, out=t); np.copyto(t, 1, where=np.greater(y, 0, out=m)); np.multiply(dy, t, out=out)")
