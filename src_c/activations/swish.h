/* SPDX-License-Identifier: BSD-3-Clause */
/* SiLU with a slope of its own: x times the sigmoid of beta x. */
#ifdef FORMULAS_FLOAT
/* beta = 1 is silu, to the byte; where beta = 0, x / 2 is the limit at infinity too. */
FORMULA(swish)(vec x, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return LOCAL(silu)(x, p);
    vec z = v_mul(p[0], x), y = LOCAL(gate)(x, z, v_fms(p[0], x, z), 1);
    mask half = v_eq(p[0], v_set(0));
    return m_any(half) ? v_where(half, v_mul(x, v_set((lane)0.5)), y) : y;
}
/* The slope has a zero, where a rough exponential would show: 16 bits were tried for beta = 1 only. */
FORMULA(swish_backward)(vec dy, vec x, PARAMS)
{
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1))))) return LOCAL(silu_backward)(dy, x, p);
    vec z = v_mul(p[0], x), low = v_fms(p[0], x, z), slope = LOCAL(gate_slope)(z, low, z, low, FR_EXACTLY);
    return v_mul(v_where(m_and(v_eq(p[0], v_set(0)), v_eq(x, x)), v_set((lane)0.5), slope), dy);
}
#endif

KERNEL(HALVING_AT_1, swish, 1, 1, 1)
KERNEL(PROVEN_AT_1, swish_backward, 2, 1, 1)
ACTIVATION(
    .name = "swish",
    .title = "swish",
    .formula = "x / (1 + exp(-beta * x))",
    .derivative = "where(beta * x > 0, 1 + (1 + beta * x) * exp(-abs(beta * x)), "
                  "exp(-abs(beta * x)) * (1 + beta * x + exp(-abs(beta * x)))) / (1 + exp(-abs(beta * x))) ** 2",
    .params = {{"beta", 1, 0, "slope of the gate: 0 gives x / 2, and the larger, the nearer to relu"}},
    .source = "Ramachandran, Zoph & Le, Searching for activation functions, 2017",
    .max_ulp = 0.8,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, beta, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, beta, out=t2); special.expit(t2, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
