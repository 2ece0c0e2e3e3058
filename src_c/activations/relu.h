/* SPDX-License-Identifier: BSD-3-Clause */
/* The rectifier. It came first because nothing is cheaper, and it beats sigmoid and tanh because its gradient does not vanish. */
#ifdef FORMULAS_ANY_TYPE
FORMULA(relu)(vec x, PARAMS) { return v_max(v_set(0), x); }
FORMULA(relu_backward)(vec dy, vec x, PARAMS) { return v_unless(v_le(x, v_set(0)), dy); }
FORMULA(relu_backward_from_output)(vec dy, vec y, PARAMS) { return LOCAL(relu_backward)(dy, y, p); }
#endif

KERNEL(ANY_TYPE, relu, 1, 0, 1)
KERNEL(ANY_TYPE, relu_backward, 2, 0, 1)
KERNEL(ANY_TYPE, relu_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "relu",
    .title = "rectified linear unit",
    .formula = "maximum(0, x)",
    .derivative = "where(x > 0, 1, 0)",
    .derivative_from_output = "where(y > 0, 1, 0)",
    .knees = "0 at 0",
    .notes = "Integers keep their type; bool becomes int8. relu(-0.0) is -0.0.",
    .source = "Fukushima, Visual feature extraction by a multilayered network of analog threshold elements, 1969; Nair & Hinton, "
              "Rectified linear units improve restricted Boltzmann machines, 2010",
    .max_ulp = 0,
    .max_ulp_backward = 0,
    .numpy = "np.clip(x, 0, np.inf, out=out)",
    .numpy_backward = "np.greater(x, 0, out=m); np.multiply(dy, m, out=out)",
    .numpy_backward_from_output = "np.greater(y, 0, out=m); np.multiply(dy, m, out=out)")
