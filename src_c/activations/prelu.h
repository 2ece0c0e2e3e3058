/* SPDX-License-Identifier: BSD-3-Clause */
/* Leaky ReLU whose slope is learned: the backward gives the gradient by x and by the weight. */
#ifdef FORMULAS_FLOAT
FORMULA(prelu)(vec x, PARAMS) { return LOCAL(leaky_relu)(x, p); }
FORMULA_PAIR(prelu_backward)(vec dy, vec x, PARAMS)
{
    vec by_weight = v_where(v_lt(x, v_set(0)), LOCAL(times_either)(dy, x), v_set(0));
    return (PAIR){LOCAL(leaky_relu_backward)(dy, x, p), by_weight};
}
#endif

KERNEL(PIECEWISE, prelu, 1, 1, 1)
KERNEL(PIECEWISE, prelu_backward, 2, 1, 2)
ACTIVATION(
    .name = "prelu",
    .title = "parametric rectified linear unit",
    .formula = "where(x > 0, x, weight * x)",
    .derivative = "where(x > 0, 1, weight)",
    .derivative_param = "where(x > 0, 0, x)",
    .params = {{"weight", 0, 1, "slope for x <= 0; an array broadcasts against x"}},
    .knees = "weight at 0",
    .notes = "prelu_backward(dy, x, weight) returns (dx, dw); dw is elementwise, to be summed over the axes on which weight was "
             "broadcast.",
    .source = "He, Zhang, Ren & Sun, Delving deep into rectifiers, 2015",
    .max_ulp = 0.5,
    .max_ulp_backward = 0.5,
    .numpy =
        "np.clip(x, 0, np.inf, out=t); np.subtract(x, t, out=out); "
        "np.multiply(out, weight, out=out); np.add(out, t, out=out)",
    .numpy_backward =
        "np.clip(x, -np.inf, 0, out=out2); np.multiply(dy, out2, out=out2); np.greater(x, 0, out=m); "
        "np.copyto(t, m); np.multiply(t, 1 - weight, out=t); np.add(t, weight, out=t); "
        "np.multiply(dy, t, out=out)")
