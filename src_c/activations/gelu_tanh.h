/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a tanh, as GPT-2 has it: ½ (1 + tanh u) is the sigmoid of 2u, so this is a gate like silu's. */
#ifdef FORMULAS_FLOAT
/* 2 sqrt(2/pi), seven bits short, that times 0.044715, and that times 3, each with what the lane lacks: coefficients.py constants. */
#if LANE_BITS == 32
#define FR_GELU_1 0x1.9884p0f, 0x1.4cf50ep-18f
#define FR_GELU_3 0x1.2444f2p-4f, 0x1.49b16ap-29f
#define FR_GELU_9 0x1.b6676cp-3f, -0x1.175e2p-32f
#else
#define FR_GELU_1 0x1.9884533d4368p0, -0x1.7b9781a61d7fap-47
#define FR_GELU_3 0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c7p-61
#define FR_GELU_9 0x1.b6676bf7450fp-3, 0x1.bba7351828aabp-57
#endif
/* x (c1 + c3 x^2) as high + low, good where c1 - (c1 + c3 x^2) is exact: as far as it makes a difference. x^2 is s + s_low. */
FORMULA_PAIR(odd_cubic)(vec x, vec s, vec s_low, lane c1, lane c1_low, lane c3, lane c3_low)
{
    vec a = v_fma(v_set(c3), s, v_set(c1));
    vec a_low = v_fma(v_set(c3), s_low, v_fma(v_set(c3), s, v_sub(v_set(c1), a)));
    a_low = v_add(a_low, LOCAL(line)(s, c1_low, c3_low));
    vec z = v_mul(a, x);
    PAIR sum = {z, v_fma(a_low, x, v_fms(a, x, z))};
    return sum;
}
#define FR_ODD_CUBIC(x, s, s_low, c1, c3) LOCAL(odd_cubic)(x, s, s_low, c1, c3)
FORMULA(gelu_tanh)(vec x, PARAMS)
{
    vec s = v_mul(x, x);
    PAIR z = FR_ODD_CUBIC(x, s, v_fms(x, x, s), FR_GELU_1, FR_GELU_3);
    return LOCAL(off_half)(LOCAL(gate)(x, z.first, z.second, 1), v_set(1), x);
}
FORMULA(gelu_tanh_backward)(vec dy, vec x, PARAMS)
{
    vec s = v_mul(x, x), s_low = v_fms(x, x, s);
    PAIR z = FR_ODD_CUBIC(x, s, s_low, FR_GELU_1, FR_GELU_3), w = FR_ODD_CUBIC(x, s, s_low, FR_GELU_1, FR_GELU_9);
    return v_mul(LOCAL(gate_slope)(z.first, z.second, w.first, w.second, 1), dy);
}
#endif

KERNEL(CLEAR, gelu_tanh, 1, 0, 1)
KERNEL(NEARLY, gelu_tanh_backward, 2, 0, 1)
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
    .max_ulp = 0.8,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, x, out=t); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
             "np.multiply(t, x, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, x, out=t); np.multiply(t, 0.21406444881780076, out=t2); np.add(t2, 1.5957691216057308, out=t2); "
                      "np.multiply(t2, x, out=t2); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
                      "np.multiply(t, x, out=t); special.expit(t, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .torch = "F.gelu(x, approximate='tanh')")
