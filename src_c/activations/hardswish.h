/* SPDX-License-Identifier: BSD-3-Clause */
/* x times the hard sigmoid: SiLU's shape in straight lines. */
#ifdef FORMULAS_FLOAT
/* The value at x is that at -3 - x: on the right side, w, it is w (1/2 + w / 6), of which the bracket is k + k_low, and from 3 on
 * w. A sixth rounded up keeps k_low positive there, and an infinity times it one. */
FORMULA(hardswish_of)(vec x)
{
    const vec half = v_set((lane)0.5), sixth = v_set(sixth_table.above);
    vec c = v_max(v_set(-3), x), w = v_max(LOCAL(negated)(v_add(c, v_set(3))), c), v = v_min(v_set(3), w);
    vec k = v_fma(v, sixth, half), k_low = v_fma(v, sixth, v_sub(half, k));
    /* float32's sixth happens to be near enough. */
    if (LANE_BITS == 64) k_low = v_fma(v, v_set(sixth_table.above_low), k_low);
    return v_fma(w, k, v_mul(w, k_low));
}
FORMULA(hardswish_rare)(vec x)
{
    const mask tiny = v_lt(v_abs(x), v_set(FR_NEAR_0));
    return v_where(tiny, LOCAL(half_of_tiny)(x), LOCAL(hardswish_of)(v_where(tiny, v_set(1), x)));
}
FORMULA(hardswish)(vec x, PARAMS) { return FR_LIKELY(!LOCAL(any_below)(x, FR_NEAR_0)) ? LOCAL(hardswish_of)(x) : LOCAL(hardswish_rare)(x); }
/* The slope (2x + 3) / 6 is exact where 2x + 3 cancels; its zero, at -3/2, is selected as that left of -3 is. */
FORMULA(hardswish_backward)(vec dy, vec x, PARAMS)
{
    vec s = v_fma(v_set(2), LOCAL(off_0)(x), v_set(3));
    vec slope = v_fma(s, v_set(sixth_table.high), v_mul(s, v_set(sixth_table.low)));
    vec inner = v_where(v_le(v_set(3), x), dy, LOCAL(times)(dy, slope));
    return v_where(m_or(v_le(x, v_set(-3)), v_eq(s, v_set(0))), v_set(0), inner);
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
