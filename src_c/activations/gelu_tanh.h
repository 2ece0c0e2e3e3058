/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a tanh, as GPT-2 has it: ½ (1 + tanh u) is the sigmoid of 2u, so this is a gate like silu's. */
#ifdef FORMULAS_FLOAT
#include "../tables/gelu_tanh.h"
#define FR_GELU_TANH_MOST ((lane)(LANE_BITS == 32 ? 9.2 : 20.8))     /* there the cubic is FR_USUAL, nearly, */
#define FR_GELU_TANH_SLOPE_MOST ((lane)(LANE_BITS == 32 ? 8.5 : 20)) /* and here FR_USUAL_HALF */
/* x (c1 + c3 x^2) as high + low, good where c1 - (c1 + c3 x^2) is exact: as far as it makes a difference. x^2 is s + s_low. */
FORMULA_PAIR(odd_cubic)(vec x, lane c1, lane c1_low, lane c3, lane c3_low)
{
    vec s = v_mul(x, x), s_low = v_fms(x, x, s), a = v_fma(v_set(c3), s, v_set(c1));
    vec a_low = v_fma(v_set(c3), s_low, v_fma(v_set(c3), s, v_sub(v_set(c1), a)));
    a_low = v_add(a_low, v_fma(v_set(c3_low), s, v_set(c1_low)));
    vec z = v_mul(a, x);
    return (PAIR){z, v_fma(a_low, x, v_fms(a, x, z))};
}
FORMULA_PAIR(gelu_tanh_exponent)(vec x)
{
    return LOCAL(odd_cubic)(x, gelu_tanh_table.c1, gelu_tanh_table.c1_low, gelu_tanh_table.c3, gelu_tanh_table.c3_low);
}
/* x times the exponent's derivative by x. */
FORMULA_PAIR(gelu_tanh_rise)(vec x)
{
    return LOCAL(odd_cubic)(x, gelu_tanh_table.c1, gelu_tanh_table.c1_low, gelu_tanh_table.c9, gelu_tanh_table.c9_low);
}
FORMULA(gelu_tanh)(vec x, PARAMS)
{
    const int usual = v_within(x, FR_NEAR_0, FR_GELU_TANH_MOST);
    PAIR z = LOCAL(gelu_tanh_exponent)(FR_LIKELY(usual) ? x : LOCAL(not_near_0)(x));
    return FR_LIKELY(usual) ? LOCAL(number)(LOCAL(gate_of)(x, z.first, z.second, 1, 0)) : LOCAL(gate_rare)(v_aside(x), v_aside(z.first), v_aside(z.second), 1);
}
FORMULA(gelu_tanh_backward_rare)(vec dy, vec x)
{
    /* far beyond where the slope is 0 or 1 */
    vec held = LOCAL(off_0)(v_max(v_set(-32), LOCAL(downwards)(x)));
    PAIR z = LOCAL(gelu_tanh_exponent)(held), w = LOCAL(gelu_tanh_rise)(held);
    return LOCAL(times_lifted)(dy, LOCAL(gate_slope_lifted)(x, z.first, z.second, w.first, w.second, 1));
}
FORMULA(gelu_tanh_backward)(vec dy, vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, 0, FR_GELU_TANH_SLOPE_MOST))) return LOCAL(gelu_tanh_backward_rare)(v_aside(dy), v_aside(x));
    vec held = LOCAL(off_0)(LOCAL(downwards)(x));
    PAIR z = LOCAL(gelu_tanh_exponent)(held), w = LOCAL(gelu_tanh_rise)(held);
    return LOCAL(times)(dy, LOCAL(either_side)(x, LOCAL(gate_slope_of)(z.first, z.second, w.first, w.second, 1, 0)));
}
#endif

KERNEL(SMOOTH, gelu_tanh, 1, 0, 1)
KERNEL(SMOOTH, gelu_tanh_backward, 2, 0, 1)
ACTIVATION(
    .name = "gelu_tanh",
    .title = "GELU by a tanh",
    .formula = "x / (1 + exp(-2 * sqrt(2 / pi) * (x + 44715 * x**3 / 10**6)))",
    .derivative = "where(x > 0, 1 + (1 + 2 * sqrt(2 / pi) * (x + 3 * 44715 * x**3 / 10**6)) * "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)), "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)) * "
                  "(1 + 2 * sqrt(2 / pi) * (x + 3 * 44715 * x**3 / 10**6) + "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)))) "
                  "/ (1 + exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6))) ** 2",
    .notes = "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), written so that nothing cancels.",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, x, out=t); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
             "np.multiply(t, x, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, x, out=t); np.multiply(t, 0.21406444881780076, out=t2); np.add(t2, 1.5957691216057308, out=t2); "
                      "np.multiply(t2, x, out=t2); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
                      "np.multiply(t, x, out=t); special.expit(t, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .torch = "F.gelu(x, approximate='tanh')")
