/* SPDX-License-Identifier: BSD-3-Clause */
/* ReLU with a small slope left of zero, so that a unit pushed there still learns. */
#ifdef FORMULAS_FLOAT
/* x times the slope, but the limit 0 (not NaN) where one is 0 and the other infinite. Shared with prelu. */
FORMULA(times_slope)(vec x, vec slope) { return LOCAL(or_limit)(LOCAL(times_any)(x, slope), x, slope, v_set(0)); }
FORMULA(sloped)(vec x, vec slope) { return v_where(v_lt(v_set(0), x), x, LOCAL(times_slope)(x, slope)); }
/* dy * slope left of 0, but 0 where the slope is 0, for a NaN dy too. */
FORMULA(sloped_backward)(vec dy, vec slope) { return v_unless(v_eq(slope, v_set(0)), LOCAL(times_slope)(dy, slope)); }
FORMULA(leaky_relu)(vec x, PARAMS)
{
    /* With such a slope the larger of the two is the right one, and a subnormal stays one. */
    const int usual = m_all(m_and(v_le(v_set(FR_MIN), p[0]), v_le(p[0], v_set(1))));
    if (!FR_LIKELY(usual)) return LOCAL(sloped)(x, p[0]);
    if (FR_LIKELY(!LOCAL(any_below)(x, FR_FEW))) return v_max(v_mul(p[0], x), x);
    return v_max(LOCAL(times_small)(0, x, p[0]), x);
}
FORMULA(leaky_relu_backward)(vec dy, vec x, PARAMS)
{
    const int usual = v_within(p[0], FR_MIN, FR_LARGEST);
    vec left = FR_LIKELY(usual && !LOCAL(any_below)(dy, FR_FEW)) ? v_mul(dy, p[0]) : LOCAL(sloped_backward)(dy, p[0]);
    return v_where(v_le(x, v_set(0)), left, dy);
}
/* No number where `lost`: there the output does not tell the gradient. Shared with elu. */
FORMULA(unless)(mask lost, vec gradient) { return FR_LIKELY(!m_any(lost)) ? gradient : v_where(lost, v_set((lane)NAN), gradient); }
FORMULA(leaky_relu_backward_from_output)(vec dy, vec y, PARAMS)
{
    return LOCAL(unless)(v_lt(p[0], v_set(0)), LOCAL(leaky_relu_backward)(dy, y, p));
}
#endif

KERNEL(PIECEWISE, leaky_relu, 1, 1, 1)
KERNEL(PIECEWISE, leaky_relu_backward, 2, 1, 1)
KERNEL(PIECEWISE, leaky_relu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "leaky_relu",
    .title = "leaky rectified linear unit",
    .formula = "where(x > 0, x, negative_slope * x)",
    .derivative = "where(x > 0, 1, negative_slope)",
    .derivative_from_output = "where(y > 0, 1, negative_slope)",
    .params = {{"negative_slope", 0.01, 0, "slope for x <= 0; from the output, it must be positive"}},
    .knees = "negative_slope at 0",
    .source = "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, 2013",
    .max_ulp = 0.5,
    .max_ulp_backward = 0.5,
    .numpy = "np.multiply(x, negative_slope, out=t); np.maximum(x, t, out=out)",
    .numpy_backward =
        "np.greater(x, 0, out=m); np.copyto(t, m); np.clip(t, negative_slope, 1, out=t); "
        "np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.greater(y, 0, out=m); np.copyto(t, m); np.clip(t, negative_slope, 1, out=t); "
        "np.multiply(dy, t, out=out)")
