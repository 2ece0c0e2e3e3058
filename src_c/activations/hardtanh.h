/* SPDX-License-Identifier: BSD-3-Clause */
/* The identity between two bounds: tanh's shape at ReLU's price. */
#ifdef FORMULAS_FLOAT
/* As np.clip, a NaN bound makes everything NaN, and where the bounds are crossed the upper one wins. */
FORMULA(hardtanh)(vec x, PARAMS)
{
    vec inside = v_min(p[1], v_max(p[0], x));
    /* A sum of the two would be whichever NaN the compiler puts first. */
    return v_where(v_unordered(p[0], p[1]), v_where(v_unordered(p[0], p[0]), p[0], p[1]), inside);
}
/* Nothing is between bounds of which one is NaN, which is as if the lower one were infinite. */
FORMULA(hardtanh_backward)(vec dy, vec x, PARAMS)
{
    vec low = v_where(v_unordered(p[0], p[1]), v_set(FR_INFINITY), p[0]);
    return v_unless(m_or(v_le(x, low), v_le(p[1], x)), dy);
}
FORMULA(hardtanh_backward_from_output)(vec dy, vec y, PARAMS) { return LOCAL(hardtanh_backward)(dy, y, p); }
#endif

KERNEL(SELECT, hardtanh, 1, 2, 1)
KERNEL(SELECT, hardtanh_backward, 2, 2, 1)
KERNEL(SELECT, hardtanh_backward_from_output, 2, 2, 1)
ACTIVATION(
    .name = "hardtanh",
    .title = "hard hyperbolic tangent",
    .formula = "minimum(maximum(min_val, x), max_val)",
    .derivative = "where((x > min_val) & (x < max_val), 1, 0)",
    .derivative_from_output = "where((y > min_val) & (y < max_val), 1, 0)",
    .params = {{"min_val", -1, 0, "lower bound"}, {"max_val", 1, 0, "upper bound"}},
    .knees = "0 at min_val and at max_val",
    .notes = "min_val > max_val gives max_val everywhere, as np.clip.",
    .source = "Collobert, Large scale machine learning, 2004",
    .max_ulp = 0,
    .max_ulp_backward = 0,
    .numpy = "np.clip(x, min_val, max_val, out=out)",
    .numpy_backward = "np.greater(x, min_val, out=m); m &= x < max_val; np.multiply(dy, m, out=out)",
    .numpy_backward_from_output = "np.greater(y, min_val, out=m); m &= y < max_val; np.multiply(dy, m, out=out)")
