/* SPDX-License-Identifier: BSD-3-Clause */
/* The identity above a threshold, a constant below it. */
#ifdef FORMULAS_FLOAT
/* A NaN bound is above everything: nothing is greater than it. Comparing x <= bound rather than bound < x keeps a NaN x on the
 * active side. Shared with the shrinks. */
FORMULA(bound)(vec limit) { return v_where(v_unordered(limit, limit), v_set(FR_INFINITY), limit); }

FORMULA(threshold)(vec x, PARAMS) { return v_where(v_le(x, LOCAL(bound)(p[0])), p[1], x); }
FORMULA(threshold_backward)(vec dy, vec x, PARAMS) { return v_unless(v_le(x, LOCAL(bound)(p[0])), dy); }
#endif

KERNEL(SELECT, threshold, 1, 2, 1)
KERNEL(SELECT, threshold_backward, 2, 2, 1)
ACTIVATION(
    .name = "threshold",
    .title = "threshold",
    .formula = "where(x > threshold, x, value)",
    .derivative = "where(x > threshold, 1, 0)",
    .params = {{"threshold", 0, 1, "what x must exceed"}, {"value", 0, 1, "the result where it does not"}},
    .knees = "0 at threshold",
    .source = "Konda, Memisevic & Krueger, Zero-bias autoencoders and the benefits of co-adapting features, 2014",
    .max_ulp = 0,
    .max_ulp_backward = 0,
    .numpy =
        "np.greater(x, threshold, out=m); np.copyto(t, m); np.multiply(x, t, out=out); "
        "np.subtract(1, t, out=t); np.multiply(t, value, out=t); np.add(out, t, out=out)",
    .numpy_backward = "np.greater(x, threshold, out=m); np.multiply(dy, m, out=out)")
