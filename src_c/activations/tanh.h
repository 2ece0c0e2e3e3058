/* SPDX-License-Identifier: BSD-3-Clause */
/* The hyperbolic tangent. */
#ifdef FORMULAS_FLOAT
FORMULA(tanh)(vec x, PARAMS)
{
#if LANE_BITS == 32
    const vec least = v_set(0x1p-100f);
#else
    const vec least = v_set(0x1p-900);
#endif
    mask tiny = v_lt(v_abs(x), least);
    /* There it is x; and so is the quotient in 16 bits. */
    if (COMPENSATED && m_any(tiny))
        return v_where(tiny, x, LOCAL(times_sign)(LOCAL(tanh_magnitude)(v_where(tiny, v_set(0), v_abs(x))), x));
    return LOCAL(times_sign)(LOCAL(tanh_magnitude)(v_abs(x)), x);
}
/* 4 e / (1 + e)^2 for e = e^z, z = -2 |x|, numerator and denominator with their low parts. */
FORMULA(tanh_slope)(vec z)
{
    PAIR parts = LOCAL(exp_parts)(z);
    vec e = v_fma(parts.first, parts.second, parts.first), e_low = v_fma(parts.first, parts.second, v_sub(parts.first, e));
    if (!COMPENSATED) return v_div(v_mul(v_set(4), e), v_fma(e, v_add(e, v_set(2)), v_set(1)));
    vec d = v_add(v_set(1), e), d_low = v_add(v_sub(e, v_sub(d, v_set(1))), e_low);
    vec square = v_mul(d, d), square_low = v_fma(v_add(d, d), d_low, v_fms(d, d, square));
    vec inverse = v_div(v_set(1), square), n = v_mul(v_set(4), e), quotient = v_mul(n, inverse);
    vec rest = v_fnma(quotient, square_low, v_fnma(quotient, square, n));
    return v_fma(v_fma(v_set(4), e_low, rest), inverse, quotient);
}
FORMULA(tanh_backward)(vec dy, vec x, PARAMS)
{
    vec a = LOCAL(flushed)(v_abs(x)), z = v_mul(v_set(-2), a);
    mask far = v_lt(z, v_set(-FR_EXP_RANGE));
    if (!m_any(far)) return v_mul(dy, LOCAL(tanh_slope)(z));
    vec slope = LOCAL(tanh_slope)(v_max(v_set(-FR_EXP_RANGE), z));
    return v_mul(dy, v_where(far, LOCAL(times_exp_tail)(v_set(4), v_set(0), z, z, 0), slope));
}
FORMULA(tanh_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(dy, v_fnma(y, y, v_set(1))); }
#endif

KERNEL(PROVEN, tanh, 1, 0, 1)
KERNEL(NEARLY, tanh_backward, 2, 0, 1)
KERNEL(PRODUCT, tanh_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "tanh",
    .title = "hyperbolic tangent",
    .formula = "tanh(x)",
    .derivative = "4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2",
    .derivative_from_output = "(1 - y) * (1 + y)",
    .source = "LeCun, Bottou, Orr & Mueller, Efficient BackProp, 1998",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.tanh(x, out=out)",
    .numpy_backward = "np.tanh(x, out=t); np.multiply(t, t, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.multiply(y, y, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)")
