/* SPDX-License-Identifier: BSD-3-Clause */
/* The square of ReLU: sparse like it, with a continuous gradient. */
#ifdef FORMULAS_FLOAT
FORMULA(relu_squared)(vec x, PARAMS)
{
    vec r = v_max(v_set(0), x);
    return FR_LIKELY(!LOCAL(any_below)(x, FR_ROOT_OF_MIN)) ? v_mul(r, r) : LOCAL(times_any)(r, r);
}
FORMULA(relu_squared_backward)(vec dy, vec x, PARAMS)
{
    /* The smaller factor is doubled: the other could overflow where the product does not. */
    const mask less = v_lt(v_abs(dy), v_set(1));
    vec a = v_where(less, v_add(dy, dy), dy), b = v_where(less, x, v_add(x, x));
    return v_unless(v_le(x, v_set(0)), LOCAL(times_either)(a, b));
}
/* 2 sqrt y; of a subnormal y, of its steps. */
RARE(root_of_tiny)(vec y)
{
    const vec root = v_set(LANE_BITS == 32 ? 0x1p-75f : (lane)0x1p-537);
    const mask tiny = v_lt(y, v_set(FR_MIN));
    vec steps = v_mul(v_set(FR_STEPS % 2 ? 2 : 1), LOCAL(steps_of_subnormal)(y));
    return v_mul(v_sqrt(v_where(tiny, steps, y)), v_where(tiny, root, v_set(1)));
}
FORMULA(relu_squared_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec square = v_max(v_set(0), y), root = FR_LIKELY(!LOCAL(any_below)(square, FR_MIN)) ? v_sqrt(square) : LOCAL(root_of_tiny)(v_aside(square));
    return v_unless(v_le(y, v_set(0)), LOCAL(times)(dy, v_add(root, root)));
}
#endif

KERNEL(PIECEWISE, relu_squared, 1, 0, 1)
KERNEL(PIECEWISE, relu_squared_backward, 2, 0, 1)
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
