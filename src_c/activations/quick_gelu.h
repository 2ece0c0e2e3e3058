/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a sigmoid. */
#ifdef FORMULAS_FLOAT
/* 1.702, and what the lane lacks of it: coefficients.py constants. */
#if LANE_BITS == 32
#define FR_QUICK 0x1.b3b646p0f
#define FR_QUICK_LOW -0x1.78d4fep-26f
#else
#define FR_QUICK 0x1.b3b645a1cac08p0
#define FR_QUICK_LOW 0x1.89374bc6a7efap-55
#endif
FORMULA_PAIR(quick_gelu_exponent)(vec x, int whole)
{
    const vec quick = v_set(FR_QUICK);
    vec z = v_mul(quick, x), low = v_fms(quick, x, z);
    PAIR both = {z, whole ? v_fma(v_set(FR_QUICK_LOW), x, low) : low};
    return both;
}
FORMULA(quick_gelu)(vec x, PARAMS)
{
    PAIR z = LOCAL(quick_gelu_exponent)(x, COMPENSATED); /* 16 bits show what 1.702 lacks beside the slope's zero only */
    return LOCAL(off_half)(LOCAL(gate)(x, z.first, z.second, 1), v_set(1), x);
}
FORMULA(quick_gelu_backward)(vec dy, vec x, PARAMS)
{
    PAIR z = LOCAL(quick_gelu_exponent)(x, 1);
    return v_mul(LOCAL(gate_slope)(z.first, z.second, z.first, z.second, 1), dy);
}
#endif

KERNEL(CLEAR, quick_gelu, 1, 0, 1)
KERNEL(SMOOTH, quick_gelu_backward, 2, 0, 1)
ACTIVATION(
    .name = "quick_gelu",
    .title = "GELU by a sigmoid",
    .formula = "x / (1 + exp(-1702 * x / 1000))",
    .derivative = "where(x > 0, 1 + (1 + 1702 * x / 1000) * exp(-1702 * abs(x) / 1000), "
                  "exp(-1702 * abs(x) / 1000) * (1 + 1702 * x / 1000 + exp(-1702 * abs(x) / 1000))) "
                  "/ (1 + exp(-1702 * abs(x) / 1000)) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 0.8,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, 1.702, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, 1.702, out=t2); special.expit(t2, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
