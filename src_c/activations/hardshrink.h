/* SPDX-License-Identifier: BSD-3-Clause */
/* The identity outside a band around zero, which it sets to zero. */
#ifdef FORMULAS_FLOAT
FORMULA(hardshrink)(vec x, PARAMS) { return v_unless(v_le(v_abs(x), LOCAL(bound)(p[0])), x); }
FORMULA(hardshrink_backward)(vec dy, vec x, PARAMS) { return v_unless(v_le(v_abs(x), LOCAL(bound)(p[0])), dy); }
FORMULA(hardshrink_backward_from_output)(vec dy, vec y, PARAMS) { return LOCAL(hardshrink_backward)(dy, y, p); }
#endif

KERNEL(SELECT, hardshrink, 1, 1, 1)
KERNEL(SELECT, hardshrink_backward, 2, 1, 1)
KERNEL(SELECT, hardshrink_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "hardshrink",
    .title = "hard shrinkage",
    .formula = "where(abs(x) > lambd, x, 0)",
    .derivative = "where(abs(x) > lambd, 1, 0)",
    .derivative_from_output = "where(abs(y) > lambd, 1, 0)",
    .params = {{"lambd", 0.5, 0, "half-width of the band, at least 0"}},
    .knees = "0 at -lambd and at lambd",
    .source = "Donoho & Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
    .max_ulp = 0,
    .max_ulp_backward = 0,
    .numpy = "np.abs(x, out=t); np.greater(t, lambd, out=m); np.multiply(x, m, out=out)",
    .numpy_backward = "np.abs(x, out=t); np.greater(t, lambd, out=m); np.multiply(dy, m, out=out)",
    .numpy_backward_from_output = "np.abs(y, out=t); np.greater(t, lambd, out=m); np.multiply(dy, m, out=out)")
