/* SPDX-License-Identifier: BSD-3-Clause */
/* x times the hard sigmoid: SiLU's shape in straight lines. */
#ifdef FORMULAS_FLOAT
/* The value at x is that at -3 - x: on the right side, w, it is w / 2 + w (w / 6), and from 3 on w. What is added to w / 6 tells
 * the sign of w where that is 0. */
FORMULA(hardswish_of)(vec x)
{
    vec w = v_max(LOCAL(negated)(v_max(v_set(0), v_add(x, v_set(3)))), x), v = v_min(v_set(3), w);
    vec part = v_fma(v, v_set(sixth_table.high), v_fma(v, v_set(sixth_table.low), v_set(FR_NEAR_0)));
    return v_fma(w, part, v_mul(w, v_set((lane)0.5)));
}
FORMULA(hardswish_rare)(vec x)
{
    const mask tiny = v_lt(v_abs(x), v_set(FR_NEAR_0));
    return v_where(tiny, LOCAL(half_of_tiny)(x), LOCAL(hardswish_of)(v_where(tiny, v_set(1), x)));
}
FORMULA(hardswish)(vec x, PARAMS) { return FR_LIKELY(!LOCAL(any_below)(x, FR_NEAR_0)) ? LOCAL(hardswish_of)(x) : LOCAL(hardswish_rare)(v_aside(x)); }
/* The slope (x + 3/2) / 3 is exact where x + 3/2 cancels. */
FORMULA(hardswish_backward)(vec dy, vec x, PARAMS)
{
    vec s = v_add(x, v_set((lane)1.5)), slope = v_fma(s, v_set(2 * sixth_table.high), v_mul(s, v_set(2 * sixth_table.low)));
    slope = v_where(v_le(v_set(3), x), v_set(1), slope);
    vec y = v_unless(v_le(x, v_set(-3)), LOCAL(times)(dy, slope));
    if (FR_LIKELY(!v_any_nan(y))) return y;
    const mask lost = v_unordered(y, y), zero = v_eq(slope, v_set(0));
    return v_unless(m_and(lost, zero), y);
}
#endif

KERNEL(PIECEWISE, hardswish, 1, 0, 1)
KERNEL(PIECEWISE, hardswish_backward, 2, 0, 1)
ACTIVATION(
    .name = "hardswish",
    .title = "hard swish",
    .formula = "x * (minimum(maximum(0, x + 3), 6) / 6)",
    .derivative = "where(x <= -3, 0, where(x >= 3, 1, (2 * x + 3) / 6))",
    .knees = "0 at -3, 1 at 3",
    .source = "Howard et al., Searching for MobileNetV3, 2019",
    .max_ulp = 1,
    .max_ulp_backward = 1,
    .numpy = "np.add(x, 3, out=t); np.clip(t, 0, 6, out=t); np.multiply(t, 1 / 6, out=t); np.multiply(x, t, out=out)",
    .numpy_backward =
        "np.abs(x, out=t2); np.less(t2, 3, out=m); np.copyto(t2, m); np.multiply(x, 1 / 3, out=t); "
        "np.add(t, 0.5, out=t); np.multiply(t, t2, out=t); np.greater_equal(x, 3, out=m); "
        "np.copyto(t2, m); np.add(t, t2, out=t); np.multiply(dy, t, out=out)")
