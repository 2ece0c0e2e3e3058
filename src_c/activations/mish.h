/* SPDX-License-Identifier: BSD-3-Clause */
/* x tanh(softplus(x)): SiLU's shape, a little more negative. */
#ifdef FORMULAS_FLOAT
/* With e = e^x, N = e (e + 2) and D = N + 2, tanh(log(1 + e)) is N / D. Right of here that rounds to 1, and the slope too. */
#define FR_MISH_RIGHT 22
/* Left of here it is x e^x, and e^2x has no place beside e^x; up to here e^2x and its low parts are normal. */
#define FR_MISH_LEFT (LANE_BITS == 32 ? -30 : -300)
/* e, N, D, as high + low. What is lost of e + 2 where e > 2 does not matter: N / D hardly depends on e there. */
typedef struct {
    PAIR e, n, d;
} LOCAL(mish_parts);
FORCE_INLINE LOCAL(mish_parts) LOCAL(mish_fraction)(PAIR power)
{
    const vec two = v_set(2);
    vec e = v_fma(power.first, power.second, power.first), e_low = v_fma(power.first, power.second, v_sub(power.first, e));
    vec f = v_add(e, two), f_low = v_add(v_add(v_sub(two, f), e), e_low);
    vec n = v_mul(e, f), n_low = v_fma(e_low, f, v_fma(e, f_low, v_fms(e, f, n)));
    vec d = v_add(n, two), d_low = v_add(v_sub(v_min(n, two), v_sub(d, v_max(n, two))), n_low);
    return (LOCAL(mish_parts)){{e, e_low}, {n, n_low}, {d, d_low}};
}
FORMULA(mish_held)(vec x) { return v_min(v_set(FR_MISH_RIGHT), x); }
/* e^x from FR_MISH_LEFT on; and of any x, FR_LIFTED times as large in the lanes left of there, which are `tail`. */
FORMULA_PAIR(mish_power)(vec x) { return LOCAL(exp_of)(1, LOCAL(mish_held)(x), x, 0, 0); }
FORMULA_PAIR(mish_power_any)(vec x, mask tail)
{
    const vec round = v_where(tail, LOCAL(exp_round)(FR_LIFT), LOCAL(exp_round)(0));
    return LOCAL(exp_by)(1, v_max(v_set(-FR_GONE), LOCAL(mish_held)(x)), x, 0, round);
}
FORMULA(mish_of)(vec x, PAIR power)
{
    LOCAL(mish_parts) f = LOCAL(mish_fraction)(power);
    if (!COMPENSATED) return v_mul(f.n.first, v_div(x, f.d.first));
    vec inverse = v_div(v_set(1), f.d.first), q = v_mul(f.n.first, inverse);
    vec excess = v_fma(q, f.d.second, v_sub(v_fms(q, f.d.first, f.n.first), f.n.second));
    return v_fms(q, x, v_mul(v_mul(excess, inverse), x));
}
/* A stand-in where a square of the power would be subnormal. */
FORMULA_PAIR(mish_power_beside)(PAIR power, mask tail) { return (PAIR){v_where(tail, v_set(1), power.first), power.second}; }
/* n e^x, where n is held at -FR_GONE. */
FORMULA(mish_tail)(vec n, PAIR power)
{
    n = v_max(v_set(-FR_GONE), n);
    vec high = v_mul(n, power.first);
    if (!COMPENSATED) return v_fma(high, power.second, high);
    return v_add(high, v_fma(high, power.second, v_fms(n, power.first, high)));
}
FORMULA(mish_rare)(vec x)
{
    const mask tiny = v_lt(v_abs(x), v_set(FR_TINY)), tail = v_lt(x, v_set(FR_MISH_LEFT));
    vec held = LOCAL(held)(x, -FR_MISH_LEFT), at = m_any(tiny) ? v_where(tiny, LOCAL(raised)(x), x) : x;
    const PAIR power = LOCAL(mish_power_any)(at, tail);
    vec y = LOCAL(mish_of)(v_where(tiny, at, held), LOCAL(mish_power_beside)(power, tail));
    vec low = LOCAL(lowered)(v_where(tail, LOCAL(mish_tail)(x, power), y));
    y = v_where(m_or(tiny, tail), low, v_where(v_lt(v_set(-FR_MISH_LEFT), x), x, y));
    return LOCAL(signed_as)(y, x);
}
FORMULA(mish)(vec x, PARAMS)
{
    if (FR_LIKELY(v_within(x, FR_TINY, -FR_MISH_LEFT))) return LOCAL(number)(LOCAL(mish_of)(x, LOCAL(mish_power)(x)));
    return LOCAL(mish_rare)(v_aside(x));
}
/* (N + 4 x e (e + 1) / D) / D, the sum with all low parts: it has a zero. */
FORMULA(mish_slope_of)(vec x, PAIR power)
{
    LOCAL(mish_parts) f = LOCAL(mish_fraction)(power);
    vec i = v_div(v_set(1), f.d.first), excess = v_fma(i, f.d.second, v_fms(i, f.d.first, v_set(1)));
    vec e = f.e.first, rise = v_fma(e, e, e), rise_low = v_fma(e, e, v_sub(e, rise));
    rise_low = v_fma(f.e.second, v_fma(v_set(2), e, v_set(1)), rise_low);
    vec x4 = v_mul(LOCAL(mish_held)(x), v_set(4)), a = v_mul(x4, rise), a_low = v_fma(x4, rise_low, v_fms(x4, rise, a));
    vec n = f.n.first, ai = v_mul(a, i), m = v_add(ai, n);
    vec m_low = v_fma(a_low, i, v_add(v_fms(a, i, ai), f.n.second));
    /* i is 1 / D times 1 + excess, which counts twice for a i / D */
    vec rest = v_fnma(excess, v_add(m, ai), m_low);
    return v_fma(i, m, v_mul(i, rest));
}
FORMULA(mish_backward_rare)(vec dy, vec x)
{
    const mask tail = v_lt(x, v_set(FR_MISH_LEFT));
    const vec at = LOCAL(off_0)(x);
    const PAIR power = LOCAL(mish_power_any)(at, tail);
    vec slope = v_mul(LOCAL(mish_slope_of)(LOCAL(held)(at, -FR_MISH_LEFT), LOCAL(mish_power_beside)(power, tail)), v_set(FR_LIFTED));
    return LOCAL(times_lifted)(dy, v_where(tail, LOCAL(mish_tail)(v_add(x, v_set(1)), power), slope));
}
FORMULA(mish_backward)(vec dy, vec x, PARAMS)
{
    if (!FR_LIKELY(v_within(x, 0, -FR_MISH_LEFT))) return LOCAL(mish_backward_rare)(v_aside(dy), v_aside(x));
    const vec at = LOCAL(off_0)(x);
    return LOCAL(times)(dy, LOCAL(mish_slope_of)(at, LOCAL(mish_power)(at)));
}
#endif

KERNEL(SMOOTH, mish, 1, 0, 1)
KERNEL(SMOOTH, mish_backward, 2, 0, 1)
ACTIVATION(
    .name = "mish",
    .title = "mish",
    .formula = "x * tanh(log1p(exp(x)))",
    .derivative = "tanh(log1p(exp(x))) + x * (1 - tanh(log1p(exp(x))) ** 2) / (1 + exp(-x))",
    .source = "Misra, Mish: a self regularized non-monotonic activation function, 2019",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.logaddexp(x, 0, out=t); np.tanh(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.logaddexp(x, 0, out=t); np.tanh(t, out=t); np.multiply(t, t, out=t2); np.subtract(1, t2, out=t2); "
                      "np.multiply(t2, x, out=t2); special.expit(x, out=out); np.multiply(t2, out, out=t2); np.add(t, t2, out=t); "
                      "np.multiply(dy, t, out=out)")
