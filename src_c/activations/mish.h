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
FORMULA(mish_slope)(vec x)
{
    const vec least = v_set(-FR_EXP_FULL);
    if (FR_LIKELY(m_all(v_le(least, x)))) return LOCAL(mish_slope_ordinary)(x);
    vec slope = LOCAL(mish_slope_ordinary)(v_max(least, x));
    mask left = v_lt(x, least);
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(v_add(x, v_set(1)), v_set(0), x, x, 0), slope) : slope;
}
#if FR_DIGITS == 11
/* mish_slope_short; farther left it is nothing but to a large dy. */
static const float mish_slope_short[7][32] = {
    {0x1.3d4b56p-9f, -0x1.0f723ep-8f, 0x1.5ea138p-9f, -0x1.001daep-11f, -0x1.0690aep-13f, 0x1.99863p-21f, 0x1.6dcfdcp-18f,
     0x1.b35472p-17f, -0x1.18e6e2p-38f, -0x1.18a1d2p-36f, -0x1.38d09ap-35f, -0x1.5c6d56p-34f, -0x1.8883c4p-33f,
     -0x1.a0c918p-32f, -0x1.c9e202p-31f, -0x1.e9f1dap-30f, -0x1.00dc72p-28f, -0x1.0f3898p-27f, -0x1.12076ep-26f,
     -0x1.134796p-25f, -0x1.021a7p-24f, -0x1.c52b4p-24f, -0x1.540b12p-23f, -0x1.8c6fd6p-23f, 0x1.510978p-23f, 0x1.d43344p-20f,
     0x1.05f36ap-17f, 0x1.b098e2p-16f, 0x1.f8ca1p-15f, -0x1.2c458ap-15f, -0x1.39a20ep-10f, 0x1.51bc96p-11f},
    {0x1.65e8eap-6f, -0x1.c7039ep-7f, -0x1.cf3cep-11f, 0x1.14b63ap-9f, 0x1.7e3a24p-13f, -0x1.03dbd6p-14f, -0x1.e40daap-16f,
     0x1.fcf676p-17f, -0x1.12e88cp-34f, -0x1.0883b8p-33f, -0x1.280266p-32f, -0x1.49e31cp-31f, -0x1.6d6dacp-30f,
     -0x1.92b4aep-29f, -0x1.b8a5e6p-28f, -0x1.de5734p-27f, -0x1.00ee1ep-25f, -0x1.10e2ap-24f, -0x1.1d0f84p-23f,
     -0x1.23fd06p-22f, -0x1.22b684p-21f, -0x1.15c1c2p-20f, -0x1.f0e75cp-20f, -0x1.86e99ep-19f, -0x1.b469f8p-19f,
     0x1.8efafap-20f, 0x1.c25c12p-16f, 0x1.f6d968p-14f, 0x1.8c6716p-12f, 0x1.4d1496p-11f, -0x1.1b5604p-9f, -0x1.10f248p-7f},
    {-0x1.1e105ep-10f, 0x1.3caa4p-5f, -0x1.08317ap-6f, -0x1.143662p-8f, 0x1.914dc6p-12f, 0x1.6a6ea6p-12f, 0x1.c93782p-14f,
     0x1.8c75ep-15f, -0x1.5d56a2p-32f, -0x1.94f486p-31f, -0x1.c714ecp-30f, -0x1.fd7204p-29f, -0x1.1be46ep-27f, -0x1.3af73p-26f,
     -0x1.5b59acp-25f, -0x1.7c8acap-24f, -0x1.9da2a2p-23f, -0x1.bd4084p-22f, -0x1.d9bcfap-21f, -0x1.f08072p-20f,
     -0x1.fe6e42p-19f, -0x1.fef95ep-18f, -0x1.ec2596p-17f, -0x1.bd5cd4p-16f, -0x1.677b8cp-15f, -0x1.b240a4p-15f,
     0x1.3aa3b4p-19f, 0x1.4ddc92p-12f, 0x1.7f8c5p-10f, 0x1.158ca2p-8f, 0x1.d6ba24p-9f, -0x1.c74e8ep-6f},
    {-0x1.ed7aecp-4f, 0x1.01758ap-5f, 0x1.71a33ap-5f, 0x1.7f372p-10f, -0x1.82c344p-9f, -0x1.2f315p-10f, -0x1.451488p-12f,
     -0x1.069cfcp-14f, -0x1.b82ba6p-30f, -0x1.f0b084p-29f, -0x1.18286ep-27f, -0x1.3b006ap-26f, -0x1.60dd84p-25f,
     -0x1.899c82p-24f, -0x1.b4f204p-23f, -0x1.e258fcp-22f, -0x1.0880aap-20f, -0x1.1fda1ap-19f, -0x1.365d12p-18f,
     -0x1.4ad502p-17f, -0x1.5b9dcap-16f, -0x1.667c2ap-15f, -0x1.686aacp-14f, -0x1.5d4cdp-13f, -0x1.3f6fa4p-12f,
     -0x1.06c6fp-11f, -0x1.4fcae2p-11f, -0x1.39918ep-13f, 0x1.871f1p-9f, 0x1.c5e8b2p-7f, 0x1.140e62p-5f, -0x1.a601acp-10f},
    {-0x1.294818p-5f, -0x1.b5b574p-3f, -0x1.5088aap-5f, 0x1.f3dcb8p-7f, 0x1.1bcd1p-7f, 0x1.54487ap-9f, 0x1.4c556ep-11f,
     0x1.2c863ep-13f, -0x1.9100d6p-28f, -0x1.c72e0ep-27f, -0x1.019ce6p-25f, -0x1.22bfc4p-24f, -0x1.47150ep-23f,
     -0x1.6e9c92p-22f, -0x1.993826p-21f, -0x1.c69ef2p-20f, -0x1.f64ed4p-19f, -0x1.13bc64p-17f, -0x1.2c73acp-16f,
     -0x1.446f8ap-15f, -0x1.5a79bap-14f, -0x1.6ce834p-13f, -0x1.7976eap-12f, -0x1.7d11a2p-11f, -0x1.738078p-10f,
     -0x1.56e88cp-9f, -0x1.1f0866p-8f, -0x1.80c8c6p-8f, -0x1.67c9aep-9f, 0x1.42c56ep-6f, 0x1.752024p-4f, 0x1.5f51d8p-3f},
    {0x1.1cf022p-1f, 0x1.c6de02p-3f, -0x1.26d6bep-5f, -0x1.45dd42p-5f, -0x1.ca2b38p-7f, -0x1.ded374p-9f, -0x1.b85228p-11f,
     -0x1.7a5368p-13f, -0x1.e70f0cp-27f, -0x1.151fd8p-25f, -0x1.3a9f0ap-24f, -0x1.644572p-23f, -0x1.924802p-22f,
     -0x1.c4c886p-21f, -0x1.fbcc4p-20f, -0x1.1b97d8p-18f, -0x1.3b4b4ap-17f, -0x1.5caba6p-16f, -0x1.7f301ep-15f,
     -0x1.a20ad4p-14f, -0x1.c412c4p-13f, -0x1.e3a702p-12f, -0x1.fe8888p-11f, -0x1.08d2c4p-9f, -0x1.0c66cp-8f, -0x1.071f2ep-7f,
     -0x1.e9f42ap-7f, -0x1.a0b5cp-6f, -0x1.236c7ep-5f, -0x1.892694p-6f, 0x1.393d9cp-4f, 0x1.6bd67ap-2f},
    {0x1.333332p-1f, 0x1.053948p0f, 0x1.152d7ap0f, 0x1.09323ep0f, 0x1.02a1fp0f, 0x1.00a20ep0f, 0x1.0023bep0f, 0x1.000782p0f,
     -0x1.26e5b6p-26f, -0x1.5065fp-25f, -0x1.7eef7ep-24f, -0x1.b2e878p-23f, -0x1.ecae4ep-22f, -0x1.164758p-20f,
     -0x1.395f02p-19f, -0x1.5fa55ep-18f, -0x1.89065ap-17f, -0x1.b547cep-16f, -0x1.e3fb78p-15f, -0x1.0a3676p-13f,
     -0x1.22c526p-12f, -0x1.3ae318p-11f, -0x1.51781ep-10f, -0x1.650034p-9f, -0x1.736716p-8f, -0x1.79d34ap-7f, -0x1.7456a8p-6f,
     -0x1.5d78c4p-5f, -0x1.2da988p-4f, -0x1.b69986p-4f, -0x1.7bd794p-4f, 0x1.bd13eap-4f}};
FORMULA(mish_backward)(vec dy, vec x, PARAMS)
{
    vec held = v_max(v_set(-20.75f), v_min(v_set(5.875f), x));
    vec slope = LOCAL(short_value)(LOCAL(short_piece_of)(mish_slope_short[0], 32, 6, 1.15f, 0, held));
    mask far = v_lt(x, v_set(-20.75f));
    return v_mul(FR_LIKELY(!m_any(far)) ? slope : v_where(far, LOCAL(mish_slope)(x), slope), dy);
}
#else
FORMULA(mish_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(mish_slope)(x), dy); }
#endif
#endif

KERNEL(NEARLY, mish, 1, 0, 1)
KERNEL(PROVEN_IN_FLOAT16, mish_backward, 2, 0, 1)
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
