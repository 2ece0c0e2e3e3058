/* SPDX-License-Identifier: BSD-3-Clause */
/* The square of ReLU: sparse like it, with a continuous gradient. */
#ifdef FORMULAS_FLOAT
FORMULA(relu_squared)(vec x, PARAMS)
{
    vec r = v_max(v_set(0), x);
    return v_mul(r, r);
}
FORMULA(relu_squared_backward)(vec dy, vec x, PARAMS)
{
    return v_where(v_le(x, v_set(0)), v_set(0), v_mul(v_add(x, x), dy));
}
FORMULA(relu_squared_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec square = v_max(v_set(0), y);
    const mask tiny = LOCAL(is_tiny)(square);
    const int steps = SUBNORMAL_LANES && LANES > 1 && m_any(tiny); /* no root is drawn of a subnormal: see tiny.h */
    if (steps) square = v_where(tiny, v_mul(v_set(FR_STEPS % 2 ? 2 : 1), LOCAL(in_steps)(square)), square);
    vec root = v_sqrt(square);
    if (steps) root = v_mul(root, v_where(tiny, v_set(FR_STEPS_ROOT), v_set(1)));
    return v_where(v_le(y, v_set(0)), v_set(0), v_mul(v_add(root, root), dy));
}
#endif

KERNEL(UNARY, relu_squared, 1, 0, 1)
KERNEL(MULTIPLE, relu_squared_backward, 2, 0, 1)
KERNEL(PIECEWISE, relu_squared_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "relu_squared",
    .title = "squared rectified linear unit",
    .formula = "maximum(0, x) ** 2",
    .derivative = "2 * maximum(0, x)",
    .derivative_from_output = "2 * sqrt(maximum(0, y))",
    .knees = "0 at 0",
    .source = "So et al., Primer: searching for efficient transformers for language modeling, 2021",
    .max_ulp = 0.5,
    .max_ulp_backward = 0.5,
    .numpy = "np.clip(x, 0, np.inf, out=t); np.multiply(t, t, out=out)",
    .numpy_backward = "np.clip(x, 0, np.inf, out=t); np.add(t, t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.sqrt(y, out=t); np.add(t, t, out=t); np.multiply(dy, t, out=out)")
