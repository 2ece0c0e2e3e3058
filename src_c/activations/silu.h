/* SPDX-License-Identifier: BSD-3-Clause */
/* x times its sigmoid. */
#ifdef FORMULAS_FLOAT
FORMULA(silu)(vec x, PARAMS)
{
    if (FR_LIKELY(v_within(x, FR_NEAR_0, FR_USUAL))) return LOCAL(number)(LOCAL(gate_of)(x, x, x, 0, 0));
    return LOCAL(gate_rare)(v_aside(x), v_aside(LOCAL(not_near_0)(x)), v_aside(x), 0);
}
FORMULA(silu_backward_rare)(vec dy, vec x)
{
    return LOCAL(times_lifted)(dy, LOCAL(gate_slope_lifted)(x, x, x, x, x, 0));
}
FORMULA(silu_backward)(vec dy, vec x, PARAMS)
{
    vec z = LOCAL(off_0)(LOCAL(downwards)(x));
    if (!FR_LIKELY(v_within(x, 0, FR_USUAL_HALF))) return LOCAL(silu_backward_rare)(v_aside(dy), v_aside(x));
    return LOCAL(times)(dy, LOCAL(either_side)(x, LOCAL(gate_slope_of)(z, z, z, z, 0, 0)));
}
#endif

KERNEL(SMOOTH, silu, 1, 0, 1)
KERNEL(SMOOTH, silu_backward, 2, 0, 1)
ACTIVATION(
    .name = "silu",
    .title = "sigmoid linear unit",
    .formula = "x / (1 + exp(-x))",
    .derivative = "where(x > 0, 1 + (1 + x) * exp(-abs(x)), exp(-abs(x)) * (1 + x + exp(-abs(x)))) / (1 + exp(-abs(x))) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016; Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, 2017",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "special.expit(x, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t2, x, out=t2); np.add(t2, 1, out=t2); "
                      "np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
