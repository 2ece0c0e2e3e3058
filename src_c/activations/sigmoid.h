/* SPDX-License-Identifier: BSD-3-Clause */
/* The logistic function: any number to a probability. */
#ifdef FORMULAS_FLOAT
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(gate)(v_set(1), x, x, 0); }
/* e / (1 + e)^2 with e = e^-|x|, rounded but consistently so. */
FORMULA(sigmoid_slope_ordinary)(vec fall)
{
    const vec one = v_set(1);
    PAIR parts = LOCAL(exp_parts)(fall);
    vec e = v_fma(parts.first, parts.second, parts.first), d = v_add(e, one), d_low = v_sub(e, v_sub(d, one));
    if (!COMPENSATED) return v_div(e, v_fma(e, v_add(e, v_set(2)), one));
    PAIR square = {v_mul(d, d), v_fma(v_add(d, d), d_low, v_fms(d, d, v_mul(d, d)))};
    return LOCAL(quotient)(e, square, v_div(one, square.first));
}
FORMULA(sigmoid_backward)(vec dy, vec x, PARAMS)
{
    const vec least = v_set(-FR_EXP_RANGE);
    vec fall = v_frombits(i_or(v_bits(x), i_set(FR_SIGN)));
    if (FR_LIKELY(m_all(v_le(least, fall)))) return v_mul(LOCAL(sigmoid_slope_ordinary)(fall), dy);
    vec slope = LOCAL(sigmoid_slope_ordinary)(v_max(least, fall));
    mask far = v_lt(fall, least);
    if (m_any(far)) slope = v_where(far, LOCAL(times_exp_tail)(v_set(1), v_set(0), fall, fall, 0), slope);
    return v_mul(slope, dy);
}
FORMULA(sigmoid_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(v_mul(y, v_sub(v_set(1), y)), dy); }
#endif

KERNEL(NEARLY, sigmoid, 1, 0, 1)
KERNEL(NEARLY, sigmoid_backward, 2, 0, 1)
KERNEL(PRODUCT, sigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "sigmoid",
    .title = "logistic sigmoid",
    .formula = "1 / (1 + exp(-x))",
    .derivative = "exp(-abs(x)) / (1 + exp(-abs(x))) ** 2",
    .derivative_from_output = "y * (1 - y)",
    .source = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986",
    .max_ulp = 0.65,
    .max_ulp_backward = 1.6,
    .numpy = "special.expit(x, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.subtract(1, y, out=t); np.multiply(y, t, out=t); np.multiply(dy, t, out=out)")
