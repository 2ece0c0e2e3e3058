/* SPDX-License-Identifier: BSD-3-Clause */
/* SiLU with a slope of its own: x times the sigmoid of beta x. */
#ifdef FORMULAS_FLOAT
/* beta = 1 is silu, to the byte; where beta = 0, x / 2 is the limit at infinity too. */
RARE(swish_any)(vec x, vec beta)
{
    PAIR z = LOCAL(product)(beta, x);
    vec y = LOCAL(gate_any)(x, z.first, z.second);
    y = v_where(v_eq(beta, v_set(0)), v_mul(x, v_set((lane)0.5)), y);
    FR_BUT_AT(beta, 1, LOCAL(gate_rare)(x, LOCAL(not_near_0)(x), x, 0), y);
}
FORMULA(swish)(vec x, PARAMS) { FR_AT(1, LOCAL(silu)(x, p), LOCAL(swish_any)(v_aside(x), v_aside(p[0]))); }
RARE(swish_backward_any)(vec dy, vec x, vec beta)
{
    /* The slope's sides are those of beta x. */
    PAIR z = LOCAL(product)(beta, x);
    vec fall = LOCAL(downwards)(z.first), low = LOCAL(negated)(LOCAL(times_sign)(z.second, z.first));
    vec y = LOCAL(times_lifted)(dy, LOCAL(gate_slope_lifted)(z.first, fall, low, fall, low, 1));
    FR_BUT_AT(beta, 1, LOCAL(silu_backward_rare)(dy, x), y);
}
FORMULA(swish_backward)(vec dy, vec x, PARAMS)
{
    FR_AT(1, LOCAL(silu_backward)(dy, x, p), LOCAL(swish_backward_any)(v_aside(dy), v_aside(x), v_aside(p[0])));
}
#endif

KERNEL(SMOOTH, swish, 1, 1, 1)
KERNEL(SMOOTH, swish_backward, 2, 1, 1)
ACTIVATION(
    .name = "swish",
    .title = "swish",
    .formula = "x / (1 + exp(-beta * x))",
    .derivative = "where(beta * x > 0, 1 + (1 + beta * x) * exp(-abs(beta * x)), "
                  "exp(-abs(beta * x)) * (1 + beta * x + exp(-abs(beta * x)))) / (1 + exp(-abs(beta * x))) ** 2",
    .params = {{"beta", 1, 0, "slope of the gate: the larger, the nearer to relu; 0 gives x / 2, inf relu, -inf min(0, x)"}},
    .source = "Ramachandran, Zoph & Le, Searching for activation functions, 2017",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, beta, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, beta, out=t2); special.expit(t2, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
