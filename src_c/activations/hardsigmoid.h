/* SPDX-License-Identifier: BSD-3-Clause */
/* A straight line in place of the sigmoid. */
#ifdef FORMULAS_FLOAT
#include "../tables/hardsigmoid.h"
/* Two lines, so that what is added to x / 6 is exact: (x + 3) / 6 near -3, x / 6 + 1/2 elsewhere. */
FORMULA(hardsigmoid)(vec x, PARAMS)
{
    vec c = v_min(v_set(3), v_max(v_set(-3), x));
    mask left = v_lt(c, v_set(-1));
    vec part = v_add(c, v_where(left, v_set(3), v_set(FR_NEAR_0)));
    return v_fma(part, v_set(sixth_table.rounded), v_unless(left, v_set((lane)0.5)));
}
FORMULA(sixth)(vec dy) { return v_fma(dy, v_set(sixth_table.high), v_mul(dy, v_set(sixth_table.low))); }
RARE(sixth_rare)(vec dy)
{
    const mask tiny = LOCAL(is_below)(dy, FR_TINY);
    return v_where(tiny, LOCAL(times_small)(0, dy, v_set(sixth_table.rounded)), LOCAL(sixth)(v_where(tiny, v_set(1), dy)));
}
FORMULA(sixth_of)(vec dy) { return FR_LIKELY(!LOCAL(any_below)(dy, FR_TINY)) ? LOCAL(sixth)(dy) : LOCAL(sixth_rare)(v_aside(dy)); }
FORMULA(hardsigmoid_backward)(vec dy, vec x, PARAMS)
{
    return v_unless(v_le(v_set(3), v_abs(x)), LOCAL(sixth_of)(dy));
}
FORMULA(hardsigmoid_backward_from_output)(vec dy, vec y, PARAMS)
{
    return v_unless(m_or(v_le(y, v_set(0)), v_le(v_set(1), y)), LOCAL(sixth_of)(dy));
}
#endif

KERNEL(PIECEWISE, hardsigmoid, 1, 0, 1)
KERNEL(PIECEWISE, hardsigmoid_backward, 2, 0, 1)
KERNEL(PIECEWISE, hardsigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "hardsigmoid",
    .title = "hard sigmoid",
    .formula = "minimum(maximum(0, x + 3), 6) / 6",
    .derivative = "where((x > -3) & (x < 3), 1 / 6, 0)",
    .derivative_from_output = "where((y > 0) & (y < 1), 1 / 6, 0)",
    .knees = "0 at -3 and at 3",
    .source = "Courbariaux, Bengio & David, BinaryConnect, 2015; this slope: Howard et al., Searching for MobileNetV3, 2019",
    .max_ulp = 1,
    .max_ulp_backward = 1,
    .numpy = "np.add(x, 3, out=t); np.clip(t, 0, 6, out=t); np.multiply(t, 1 / 6, out=out)",
    .numpy_backward = "np.greater(x, -3, out=m); m &= x < 3; np.multiply(dy, 1 / 6, out=out); np.multiply(out, m, out=out)",
    .numpy_backward_from_output = "np.greater(y, 0, out=m); m &= y < 1; np.multiply(dy, 1 / 6, out=out); np.multiply(out, m, out=out)")
