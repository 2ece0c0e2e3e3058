/* SPDX-License-Identifier: BSD-3-Clause */
/* x times the hard sigmoid: SiLU's shape in straight lines. */
#ifdef FORMULAS_FLOAT
FORMULA(hardswish)(vec x, PARAMS)
{
    vec above = v_max(v_set(-3), x);
    PAIR h = LOCAL(sixth_of_3_plus)(v_min(v_set(3), above));
    /* The factor is 1 right of 3. */
    if (FR_DIGITS == 11) return LOCAL(signed_as)(v_fma(above, h.first, v_set(FR_OFF_HALF)), x);
    if (!COMPENSATED) return v_mul(above, h.first);
    /* Right of 3 it is x; computing it there would be inf * 0 in the low part. A NaN goes the same way. */
    return v_where(v_lt(x, v_set(3)), v_fma(above, h.first, v_mul(above, h.second)), x);
}
/* The slope (2x + 3) / 6 is exact where 2x + 3 cancels; its zero, at -3/2, is selected as that left of -3 is. */
FORMULA(hardswish_backward)(vec dy, vec x, PARAMS)
{
    vec s = v_fma(v_set(2), x, v_set(3));
    vec slope = v_fma(s, v_set(FR_SIXTH), v_mul(s, v_set(FR_SIXTH_LOW)));
    vec inner = v_where(v_le(v_set(3), x), dy, v_mul(slope, dy));
    return v_where(m_or(v_le(x, v_set(-3)), v_eq(s, v_set(0))), v_set(0), inner);
}
#endif

KERNEL(UNARY, hardswish, 1, 0, 1)
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
