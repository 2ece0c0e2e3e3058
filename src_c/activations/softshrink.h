/* SPDX-License-Identifier: BSD-3-Clause */
/* Shrinks towards zero by a constant: the proximal step of the L1 norm. */
#ifdef FORMULAS_FLOAT
RARE(softshrink_rare)(vec x, vec lambd)
{
    const vec zero = v_set(0), most = v_where(v_eq(x, zero), v_abs(lambd), lambd); /* 0 stays there */
    return v_where(v_le(v_abs(x), most), zero, v_sub(x, LOCAL(times_sign)(lambd, x)));
}
FORMULA(softshrink)(vec x, PARAMS)
{
    const mask usual = m_and(v_le(v_set(0), p[0]), v_lt(p[0], v_set(FR_INFINITY)));
    vec y = v_sub(x, v_min(v_max(x, LOCAL(negated)(p[0])), p[0]));
    return FR_LIKELY(m_all(usual)) ? y : v_where(usual, y, LOCAL(softshrink_rare)(v_aside(x), v_aside(p[0])));
}
FORMULA(softshrink_backward)(vec dy, vec x, PARAMS) { return LOCAL(hardshrink_backward)(dy, x, p); }
FORMULA(softshrink_backward_from_output)(vec dy, vec y, PARAMS) { return v_unless(v_eq(y, v_set(0)), dy); }
#endif

KERNEL(PIECEWISE, softshrink, 1, 1, 1)
KERNEL(SELECT, softshrink_backward, 2, 1, 1)
KERNEL(SELECT, softshrink_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "softshrink",
    .title = "soft shrinkage",
    .formula = "sign(x) * maximum(abs(x) - lambd, 0)",
    .derivative = "where(abs(x) > lambd, 1, 0)",
    .derivative_from_output = "where(y != 0, 1, 0)",
    .params = {{"lambd", 0.5, 0, "how far to shrink, at least 0"}},
    .knees = "0 at -lambd and at lambd",
    .source = "Donoho & Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
    .max_ulp = 0.5,
    .max_ulp_backward = 0,
    .numpy = "np.clip(x, -lambd, lambd, out=t); np.subtract(x, t, out=out)",
    .numpy_backward = "np.abs(x, out=t); np.greater(t, lambd, out=m); np.multiply(dy, m, out=out)",
    .numpy_backward_from_output = "np.not_equal(y, 0, out=m); np.multiply(dy, m, out=out)")
