/* SPDX-License-Identifier: BSD-3-Clause */
/* The logistic function: any number to a probability. */
#ifdef FORMULAS_FLOAT
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(logistic)(1, x); }
#define FR_BELL_GONE (LANE_BITS == 32 ? 106 : 748) /* four times e^-this rounds to 0 */
/* dy times `steep` times the slope at x = |z|, z <= 0: shared with tanh. */
FORMULA(bell_rare)(vec dy, vec z, lane steep)
{
    return LOCAL(times_lifted)(dy, v_mul(v_set(steep), LOCAL(bell_of)(LOCAL(off_0)(v_max(v_set(-FR_BELL_GONE), z)), FR_LIFT)));
}
FORMULA(sigmoid_backward)(vec dy, vec x, PARAMS)
{
    vec z = LOCAL(downwards)(x);
    if (FR_LIKELY(v_within(x, 0, FR_USUAL_HALF))) return LOCAL(times)(dy, LOCAL(bell_of)(LOCAL(off_0)(z), 0));
    return LOCAL(bell_rare)(v_aside(dy), v_aside(z), 1);
}
FORMULA(bell_of_output_rare)(vec dy, vec y)
{
    const mask near = v_lt(v_abs(y), v_set(FR_NEAR_0)); /* where 1 - y is 1 */
    vec slope = v_where(near, y, v_mul(v_where(near, v_set(1), y), v_sub(v_set(1), y)));
    return LOCAL(times_any)(slope, dy);
}
FORMULA(sigmoid_backward_from_output)(vec dy, vec y, PARAMS)
{
    if (FR_LIKELY(!LOCAL(any_below)(LOCAL(smaller)(dy, y), FR_FEW))) return v_mul(v_mul(y, v_sub(v_set(1), y)), dy);
    return LOCAL(bell_of_output_rare)(v_aside(dy), v_aside(y));
}
#endif

KERNEL(SMOOTH, sigmoid, 1, 0, 1)
KERNEL(SMOOTH, sigmoid_backward, 2, 0, 1)
KERNEL(PRODUCT, sigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "sigmoid",
    .title = "logistic sigmoid",
    .formula = "1 / (1 + exp(-x))",
    .derivative = "exp(-abs(x)) / (1 + exp(-abs(x))) ** 2",
    .derivative_from_output = "y * (1 - y)",
    .source = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986",
    .max_ulp = 1,
    .max_ulp_backward = 1.6,
    .numpy = "special.expit(x, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.subtract(1, y, out=t); np.multiply(y, t, out=t); np.multiply(dy, t, out=out)")
