/* SPDX-License-Identifier: BSD-3-Clause */
/* The hyperbolic tangent. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 8 && FR_TABLED
/* tanh_short */
static const float tanh_short[3][32] = {
    {-0x1.ddc342p-13f, -0x1.4c4826p-10f, -0x1.4a03d2p-9f, -0x1.d0c14p-9f, -0x1.164b32p-8f, -0x1.2ff1fcp-8f, -0x1.370df8p-8f,
     -0x1.2f3bdap-8f, -0x1.1c786ep-8f, -0x1.02ca58p-8f, -0x1.ca3d06p-9f, -0x1.8f847cp-9f, -0x1.56ee16p-9f, -0x1.22a768p-9f,
     -0x1.e49128p-10f, -0x1.904d4ep-10f, -0x1.4aa7a6p-10f, -0x1.0faa4ep-10f, -0x1.bc986ep-11f, -0x1.679ba8p-11f,
     -0x1.244caap-11f, -0x1.da1c32p-12f, -0x1.7a22b2p-12f, -0x1.2ceedp-12f, -0x1.e5e062p-13f, -0x1.87e19ep-13f,
     -0x1.3bd658p-13f, -0x1.fccc3p-14f, -0x1.99a0d8p-14f, -0x1.49a96ap-14f, -0x1.093978p-14f, -0x1.b1433p-15f},
    {0x1.c72b54p-4f, 0x1.c1393cp-4f, 0x1.b1192ep-4f, 0x1.97db1cp-4f, 0x1.77b756p-4f, 0x1.532436p-4f, 0x1.2c8ad2p-4f,
     0x1.060888p-4f, 0x1.c272c4p-5f, 0x1.7e7b5ep-5f, 0x1.415e44p-5f, 0x1.0bb0d8p-5f, 0x1.bab77cp-6f, 0x1.6be2ecp-6f,
     0x1.29aaecp-6f, 0x1.e4dd6cp-7f, 0x1.89a78ep-7f, 0x1.3ebdfap-7f, 0x1.0185fp-7f, 0x1.9f5934p-8f, 0x1.4e829p-8f,
     0x1.0d1834p-8f, 0x1.b0bb1ep-9f, 0x1.5b630cp-9f, 0x1.16d844p-9f, 0x1.bf6f72p-10f, 0x1.66d64ep-10f, 0x1.1fb0eep-10f,
     0x1.cd2fp-11f, 0x1.7192c2p-11f, 0x1.281c3ep-11f, 0x1.da1966p-12f},
    {0, 0x1.c5310ep-4f, 0x1.bfbf78p-3f, 0x1.493a48p-2f, 0x1.ab562ep-2f, 0x1.02646p-1f, 0x1.2a6282p-1f, 0x1.4d8824p-1f,
     0x1.6bf3dp-1f, 0x1.85efbp-1f, 0x1.9be174p-1f, 0x1.ae3ceap-1f, 0x1.bd78c4p-1f, 0x1.ca07a2p-1f, 0x1.d45344p-1f,
     0x1.dcba62p-1f, 0x1.e38fb4p-1f, 0x1.e919fap-1f, 0x1.ed9514p-1f, 0x1.f132fap-1f, 0x1.f41d3cp-1f, 0x1.f675e8p-1f,
     0x1.f858dcp-1f, 0x1.f9dce2p-1f, 0x1.fb1474p-1f, 0x1.fc0e78p-1f, 0x1.fcd704p-1f, 0x1.fd77d2p-1f, 0x1.fdf8b8p-1f,
     0x1.fe6008p-1f, 0x1.feb2dp-1f, 0x1.fef524p-1f}};
FORMULA(tanh)(vec x, PARAMS)
{
    return LOCAL(times_sign)(LOCAL(short_value)(LOCAL(short_piece_at)(tanh_short[0], 32, 2, 9, 0, 3.46875f, x)), x);
}
#elif FR_TABLED
/* tanh_short */
static const float tanh_short[5][32] = {
    {0x1.065f54p-5f, 0x1.15536cp-3f, 0x1.4f2ad2p-3f, 0x1.9a5c44p-4f, 0x1.d1c20cp-6f, -0x1.8d74ccp-7f, -0x1.95c43ap-6f,
     -0x1.8084c6p-6f, -0x1.253de2p-6f, -0x1.94754ap-7f, -0x1.085ff6p-7f, -0x1.4f325p-8f, -0x1.a194a4p-9f, -0x1.01519ep-9f,
     -0x1.3b33a4p-10f, -0x1.808298p-11f, -0x1.d42892p-12f, -0x1.1c9764p-12f, -0x1.809ea2p-13f},
    {-0x1.57c6f2p-2f, -0x1.05b55ep-2f, -0x1.83fda8p-4f, 0x1.4c642ep-5f, 0x1.a4a9b6p-4f, 0x1.ba1fb2p-4f, 0x1.677a68p-4f,
     0x1.0203ep-4f, 0x1.59b866p-5f, 0x1.bd095p-6f, 0x1.17c972p-6f, 0x1.5ac5e6p-7f, 0x1.aa3cap-8f, 0x1.048c9ep-8f,
     0x1.3d9e5ep-9f, 0x1.825da4p-10f, 0x1.d5922p-11f, 0x1.1d0baap-11f, 0x1.56f2acp-12f},
    {0x1.db6a7ep-15f, -0x1.d766d8p-3f, -0x1.742618p-2f, -0x1.8405a8p-2f, -0x1.47889p-2f, -0x1.e72b06p-3f, -0x1.4efc9ep-3f,
     -0x1.b6d8b4p-4f, -0x1.16f9cp-4f, -0x1.5c3d3cp-5f, -0x1.adda4p-6f, -0x1.077d9ap-6f, -0x1.41b066p-7f, -0x1.87c0ap-8f,
     -0x1.dc582ep-9f, -0x1.215524p-9f, -0x1.5f4892p-10f, -0x1.aa5a5cp-11f, -0x1.02b48ap-11f},
    {0x1.fffff6p-1f, 0x1.e148f4p-1f, 0x1.92a98cp-1f, 0x1.317452p-1f, 0x1.ae0eaep-2f, 0x1.1f2572p-2f, 0x1.72166ep-3f,
     0x1.d22c5ap-4f, 0x1.21626p-4f, 0x1.640ff2p-5f, 0x1.b3aef8p-6f, 0x1.09a714p-6f, 0x1.43498ap-7f, 0x1.88ee7cp-8f,
     0x1.dd369cp-9f, 0x1.21a6fcp-9f, 0x1.5f84c4p-10f, 0x1.aa86d6p-11f, 0x1.02bedp-11f},
    {0, 0x1.f597dep-3f, 0x1.d9353ep-2f, 0x1.45323ep-1f, 0x1.85efacp-1f, 0x1.b2523cp-1f, 0x1.cf6f98p-1f, 0x1.e1fbfap-1f,
     0x1.ed9506p-1f, 0x1.f4bfd6p-1f, 0x1.f92582p-1f, 0x1.fbd50ap-1f, 0x1.fd77d2p-1f, 0x1.fe767ap-1f, 0x1.ff112cp-1f,
     0x1.ff6f18p-1f, 0x1.ffa818p-1f, 0x1.ffcaacp-1f, 0x1.ffdfa8p-1f}};
FORMULA(tanh)(vec x, PARAMS)
{
    return LOCAL(times_sign)(LOCAL(short_value)(LOCAL(short_piece_at)(tanh_short[0], 32, 4, 4, 0, 4.515625f, x)), x);
}
#else
FORMULA(tanh)(vec x, PARAMS) { return LOCAL(times_sign)(LOCAL(tanh_magnitude)(v_abs(x)), x); }
#endif
/* 4 e / (1 + e)^2 for e = e^z, z = -2 |x|, numerator and denominator with their low parts. */
FORMULA(tanh_slope)(vec z)
{
    PAIR parts = LOCAL(exp_parts)(z);
    vec e = v_fma(parts.first, parts.second, parts.first), e_low = v_fma(parts.first, parts.second, v_sub(parts.first, e));
    if (!COMPENSATED) return v_div(v_mul(v_set(4), e), v_fma(e, v_add(e, v_set(2)), v_set(1)));
    vec d = v_add(v_set(1), e), d_low = v_add(v_sub(e, v_sub(d, v_set(1))), e_low);
    vec square = v_mul(d, d), square_low = v_fma(v_add(d, d), d_low, v_fms(d, d, square));
    vec inverse = v_div(v_set(1), square), n = v_mul(v_set(4), e), quotient = v_mul(n, inverse);
    vec rest = v_fnma(quotient, square_low, v_fnma(quotient, square, n));
    return v_fma(v_fma(v_set(4), e_low, rest), inverse, quotient);
}
FORMULA(tanh_slope_of)(vec x)
{
    vec a = v_abs(x), z = v_mul(v_set(-2), a);
    mask far = v_lt(z, v_set(-FR_EXP_RANGE));
    if (!m_any(far)) return LOCAL(tanh_slope)(z);
    vec slope = LOCAL(tanh_slope)(v_max(v_set(-FR_EXP_RANGE), z));
    return v_where(far, LOCAL(times_exp_tail)(v_set(4), v_set(0), z, z, 0), slope);
}
FORMULA(tanh_backward)(vec dy, vec x, PARAMS)
{
#ifdef NARROW
    /* four times the sigmoid's at 2 x */
    vec slope = v_mul(v_set(4), LOCAL(sigmoid_slope_at)(2, x));
#if FR_DIGITS == 8
    mask far = v_lt(v_set(FR_SIGMOID_SLOPE_LAST / 2), v_abs(x));
    if (!FR_LIKELY(!m_any(far))) slope = v_where(far, LOCAL(tanh_slope_of)(x), slope);
#endif
    return v_mul(dy, slope);
#else
    return v_mul(dy, LOCAL(tanh_slope_of)(x));
#endif
}
FORMULA(tanh_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(dy, v_fnma(y, y, v_set(1))); }
#endif

KERNEL(PROVEN, tanh, 1, 0, 1)
KERNEL(PROVEN, tanh_backward, 2, 0, 1)
KERNEL(PRODUCT, tanh_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "tanh",
    .title = "hyperbolic tangent",
    .formula = "tanh(x)",
    .derivative = "4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2",
    .derivative_from_output = "(1 - y) * (1 + y)",
    .source = "LeCun, Bottou, Orr & Mueller, Efficient BackProp, 1998",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.tanh(x, out=out)",
    .numpy_backward = "np.tanh(x, out=t); np.multiply(t, t, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.multiply(y, y, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)")
