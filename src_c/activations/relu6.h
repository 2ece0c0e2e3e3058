/* SPDX-License-Identifier: BSD-3-Clause */
/* ReLU capped at 6, so that low-precision inference knows its range. */
#ifdef FORMULAS_ANY_TYPE
FORMULA(relu6)(vec x, PARAMS) { return v_min(v_set(6), v_max(v_set(0), x)); }
FORMULA(relu6_backward)(vec dy, vec x, PARAMS)
{
    return v_unless(m_or(v_le(x, v_set(0)), v_le(v_set(6), x)), dy);
}
FORMULA(relu6_backward_from_output)(vec dy, vec y, PARAMS) { return LOCAL(relu6_backward)(dy, y, p); }
#endif

KERNEL(ANY_TYPE, relu6, 1, 0, 1)
KERNEL(ANY_TYPE, relu6_backward, 2, 0, 1)
KERNEL(ANY_TYPE, relu6_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "relu6",
    .title = "rectified linear unit, capped at 6",
    .formula = "minimum(maximum(0, x), 6)",
    .derivative = "where((x > 0) & (x < 6), 1, 0)",
    .derivative_from_output = "where((y > 0) & (y < 6), 1, 0)",
    .knees = "0 at 0 and at 6",
    .notes = "Integers keep their type; bool becomes int8.",
    .source = "Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010",
    .max_ulp = 0,
    .max_ulp_backward = 0,
    .numpy = "np.clip(x, 0, 6, out=out)",
    .numpy_backward = "np.greater(x, 0, out=m); m &= x < 6; np.multiply(dy, m, out=out)",
    .numpy_backward_from_output = "np.greater(y, 0, out=m); m &= y < 6; np.multiply(dy, m, out=out)")
