/* SPDX-License-Identifier: BSD-3-Clause */
/* x times its sigmoid. */
#ifdef FORMULAS_FLOAT
FORMULA(silu)(vec x, PARAMS) { return LOCAL(off_half)(LOCAL(gate)(x, x, x, 0), v_set(1), x); }
FORMULA(silu_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(gate_slope)(x, x, x, x, 0), dy); }
#endif

KERNEL(HALVING, silu, 1, 0, 1)
KERNEL(TIED, silu_backward, 2, 0, 1)
ACTIVATION(
    .name = "silu",
    .title = "sigmoid linear unit",
    .formula = "x / (1 + exp(-x))",
    .derivative = "where(x > 0, 1 + (1 + x) * exp(-abs(x)), exp(-abs(x)) * (1 + x + exp(-abs(x)))) / (1 + exp(-abs(x))) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016; Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, 2017",
    .max_ulp = 0.65,
    .max_ulp_backward = 2,
    .numpy = "special.expit(x, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t2, x, out=t2); np.add(t2, 1, out=t2); "
                      "np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
