/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a sigmoid. */
#ifdef FORMULAS_FLOAT
#include "../tables/quick_gelu.h"
#define FR_QUICK_MOST ((lane)FR_USUAL_HALF * 2 / 5) /* times 1.702 it is usual, too */
/* 1.702 x as two lanes. */
FORMULA_PAIR(quick_gelu_exponent)(vec x)
{
    const vec rate = v_set(quick_gelu_table.rate);
    vec z = v_mul(rate, x);
    return (PAIR){z, v_fma(v_set(quick_gelu_table.rate_low), x, v_fms(rate, x, z))};
}
FORMULA(quick_gelu)(vec x, PARAMS)
{
    const int usual = v_within(x, FR_NEAR_0, FR_QUICK_MOST);
    PAIR z = LOCAL(quick_gelu_exponent)(FR_LIKELY(usual) ? x : LOCAL(not_near_0)(x));
    return FR_LIKELY(usual) ? LOCAL(number)(LOCAL(gate_of)(x, z.first, z.second, 1, 0)) : LOCAL(gate_rare)(v_aside(x), v_aside(z.first), v_aside(z.second), 1);
}
FORMULA(quick_gelu_backward_rare)(vec dy, vec x)
{
    PAIR z = LOCAL(quick_gelu_exponent)(LOCAL(off_0)(LOCAL(downwards)(x)));
    return LOCAL(times_lifted)(dy, LOCAL(gate_slope_lifted)(x, z.first, z.second, z.first, z.second, 1));
}
FORMULA(quick_gelu_backward)(vec dy, vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, 0, FR_QUICK_MOST))) return LOCAL(quick_gelu_backward_rare)(v_aside(dy), v_aside(x));
    PAIR z = LOCAL(quick_gelu_exponent)(LOCAL(off_0)(LOCAL(downwards)(x)));
    return LOCAL(times)(dy, LOCAL(either_side)(x, LOCAL(gate_slope_of)(z.first, z.second, z.first, z.second, 1, 0)));
}
#endif

KERNEL(SMOOTH, quick_gelu, 1, 0, 1)
KERNEL(SMOOTH, quick_gelu_backward, 2, 0, 1)
ACTIVATION(
    .name = "quick_gelu",
    .title = "GELU by a sigmoid",
    .formula = "x / (1 + exp(-1702 * x / 1000))",
    .derivative = "where(x > 0, 1 + (1 + 1702 * x / 1000) * exp(-1702 * abs(x) / 1000), "
                  "exp(-1702 * abs(x) / 1000) * (1 + 1702 * x / 1000 + exp(-1702 * abs(x) / 1000))) "
                  "/ (1 + exp(-1702 * abs(x) / 1000)) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, 1.702, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, 1.702, out=t2); special.expit(t2, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
