/* SPDX-License-Identifier: BSD-3-Clause */
/* x tanh(softplus(x)): SiLU's shape, a little more negative. */
#ifdef FORMULAS_FLOAT
/* With e = e^x, N = e (e + 2) and D = N + 2, tanh(log(1 + e)) is N / D. Right of here that rounds to 1, and the slope too. */
#define FR_MISH_RIGHT 22
/* e, N, D, as high + low. What is lost of e + 2 where e > 2 does not matter: N / D hardly depends on e there. */
typedef struct {
    PAIR e, n, d;
} LOCAL(mish_parts);
FORCE_INLINE LOCAL(mish_parts) LOCAL(mish_fraction)(vec x)
{
    const vec two = v_set(2);
    PAIR parts = LOCAL(exp_parts)(x);
    vec e = v_fma(parts.first, parts.second, parts.first), e_low = v_fma(parts.first, parts.second, v_sub(parts.first, e));
    vec f = v_add(e, two), f_low = v_add(v_add(v_sub(two, f), e), e_low);
    vec n = v_mul(e, f), n_low = v_fma(e_low, f, v_fma(e, f_low, v_fms(e, f, n)));
    vec d = v_add(n, two), d_low = v_add(v_sub(v_min(n, two), v_sub(d, v_max(n, two))), n_low);
    LOCAL(mish_parts) all = {{e, e_low}, {n, n_low}, {d, d_low}};
    return all;
}
FORMULA(mish_ordinary)(vec x)
{
    LOCAL(mish_parts) f = LOCAL(mish_fraction)(v_min(v_set(FR_MISH_RIGHT), x));
    if (!COMPENSATED) return LOCAL(signed_as)(v_mul(f.n.first, v_div(x, f.d.first)), x);
    vec inverse = v_div(v_set(1), f.d.first), q = v_mul(f.n.first, inverse);
    vec excess = v_fma(q, f.d.second, v_sub(v_fms(q, f.d.first, f.n.first), f.n.second));
    return LOCAL(signed_as)(v_fms(q, x, v_mul(v_mul(excess, inverse), x)), x);
}
FORMULA(mish)(vec x, PARAMS)
{
    if (FR_LIKELY(m_all(v_le(v_abs(x), v_set(FR_EXP_FULL))))) return LOCAL(mish_ordinary)(x);
    mask left = v_lt(x, v_set(-FR_EXP_FULL));
    vec y = v_where(v_lt(v_set(FR_EXP_FULL), x), x, LOCAL(mish_ordinary)(LOCAL(held)(x, FR_EXP_FULL)));
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(x, v_set(0), x, x, 0), y) : y;
}
/* (N + 4 x e (e + 1) / D) / D, the sum with all low parts: it has a zero. */
FORMULA(mish_slope_ordinary)(vec x)
{
    x = v_min(v_set(FR_MISH_RIGHT), x);
    LOCAL(mish_parts) f = LOCAL(mish_fraction)(x);
    if (FR_DIGITS == 8) { /* near enough for bfloat16, beside the zero too */
        vec inverse = v_div(v_set(1), f.d.first), up = v_fma(f.e.first, f.e.first, f.e.first);
        return v_mul(inverse, v_fma(v_mul(v_mul(x, v_set(4)), up), inverse, f.n.first));
    }
    vec i = v_div(v_set(1), f.d.first), excess = v_fma(i, f.d.second, v_fms(i, f.d.first, v_set(1)));
    vec e = f.e.first, rise = v_fma(e, e, e), rise_low = v_fma(e, e, v_sub(e, rise));
    rise_low = v_fma(f.e.second, v_fma(v_set(2), e, v_set(1)), rise_low);
    vec x4 = v_mul(x, v_set(4)), a = v_mul(x4, rise), a_low = v_fma(x4, rise_low, v_fms(x4, rise, a));
    vec n = f.n.first, ai = v_mul(a, i), m = v_add(ai, n);
    vec m_low = v_fma(a_low, i, v_add(v_fms(a, i, ai), f.n.second));
    /* i is 1 / D times 1 + excess, which counts twice for a i / D */
    vec rest = v_fnma(excess, v_add(m, ai), m_low);
    return v_fma(i, m, v_mul(i, rest));
}
FORMULA(mish_backward)(vec dy, vec x, PARAMS)
{
    const vec least = v_set(-FR_EXP_FULL);
    if (FR_LIKELY(m_all(v_le(least, x)))) return v_mul(LOCAL(mish_slope_ordinary)(x), dy);
    vec slope = LOCAL(mish_slope_ordinary)(v_max(least, x));
    mask left = v_lt(x, least);
    if (m_any(left)) slope = v_where(left, LOCAL(times_exp_tail)(v_add(x, v_set(1)), v_set(0), x, x, 0), slope);
    return v_mul(slope, dy);
}
#endif

KERNEL(NEARLY, mish, 1, 0, 1)
KERNEL(SMOOTH, mish_backward, 2, 0, 1)
ACTIVATION(
    .name = "mish",
    .title = "mish",
    .formula = "x * tanh(log1p(exp(x)))",
    .derivative = "tanh(log1p(exp(x))) + x * (1 - tanh(log1p(exp(x))) ** 2) / (1 + exp(-x))",
    .source = "Misra, Mish: a self regularized non-monotonic activation function, 2019",
    .max_ulp = 0.9,
    .max_ulp_backward = 2,
    .numpy = "np.logaddexp(x, 0, out=t); np.tanh(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.logaddexp(x, 0, out=t); np.tanh(t, out=t); np.multiply(t, t, out=t2); np.subtract(1, t2, out=t2); "
                      "np.multiply(t2, x, out=t2); special.expit(x, out=out); np.multiply(t2, out, out=t2); np.add(t, t2, out=t); "
                      "np.multiply(dy, t, out=out)")
