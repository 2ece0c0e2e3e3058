/* SPDX-License-Identifier: BSD-3-Clause */
/* The hyperbolic tangent. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 8 && FR_TABLED
/* tanh_short */
static const float tanh_short[3][32] = {
    {-0x1.ddc342p-13f, -0x1.4c49e8p-10f, -0x1.4a03d2p-9f, -0x1.d0c14p-9f, -0x1.164b32p-8f, -0x1.2ff1fcp-8f, -0x1.370df8p-8f,
     -0x1.2f3bdap-8f, -0x1.1c786ep-8f, -0x1.02ca58p-8f, -0x1.ca3d06p-9f, -0x1.8f847cp-9f, -0x1.56ee16p-9f, -0x1.22a768p-9f,
     -0x1.e49128p-10f, -0x1.904d4ep-10f, -0x1.4aa7a6p-10f, -0x1.0faa4ep-10f, -0x1.bc986ep-11f, -0x1.679ba8p-11f,
     -0x1.244caap-11f, -0x1.da1c32p-12f, -0x1.7a22b2p-12f, -0x1.2ceedp-12f, -0x1.e5e062p-13f, -0x1.87e19ep-13f,
     -0x1.3bd658p-13f, -0x1.fccc3p-14f, -0x1.99a0d8p-14f, -0x1.49a96ap-14f, -0x1.093978p-14f, -0x1.b1433p-15f},
    {0x1.c72b54p-4f, 0x1.c1393cp-4f, 0x1.b1192ep-4f, 0x1.97db1cp-4f, 0x1.77b756p-4f, 0x1.532436p-4f, 0x1.2c8ad2p-4f,
     0x1.060888p-4f, 0x1.c272c4p-5f, 0x1.7e7b5ep-5f, 0x1.415e44p-5f, 0x1.0bb0d8p-5f, 0x1.bab77cp-6f, 0x1.6be2ecp-6f,
     0x1.29aaecp-6f, 0x1.e4dd6cp-7f, 0x1.89a78ep-7f, 0x1.3ebdfap-7f, 0x1.0185fp-7f, 0x1.9f5934p-8f, 0x1.4e829p-8f,
     0x1.0d1834p-8f, 0x1.b0bb1ep-9f, 0x1.5b630cp-9f, 0x1.16d844p-9f, 0x1.bf6f72p-10f, 0x1.66d64ep-10f, 0x1.1fb0eep-10f,
     0x1.cd2fp-11f, 0x1.7192c2p-11f, 0x1.281c3ep-11f, 0x1.da1966p-12f},
    {0, 0x1.c5311p-4f, 0x1.bfbf78p-3f, 0x1.493a48p-2f, 0x1.ab562ep-2f, 0x1.02646p-1f, 0x1.2a6282p-1f, 0x1.4d8824p-1f,
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
static const float tanh_short[5][16] = {
    {0x1.27b062p-12f, 0x1.2e4fecp-10f, 0x1.26e0bep-10f, 0x1.d2f8eep-12f, -0x1.2898fap-15f, -0x1.8a167ep-13f, -0x1.728eccp-13f,
     -0x1.055a2ep-13f, -0x1.472e5ep-14f, -0x1.821cbcp-15f, -0x1.bad6dep-16f, -0x1.f3cbacp-17f, -0x1.170402p-17f,
     -0x1.369782p-18f, -0x1.598e5cp-19f, -0x1.9ad0bcp-20f},
    {-0x1.1ecd3ap-7f, -0x1.852d44p-8f, -0x1.007fc2p-10f, 0x1.1cba08p-9f, 0x1.76fbd6p-9f, 0x1.31595ap-9f, 0x1.9c2d7ep-10f,
     0x1.fb3dfep-11f, 0x1.294d1p-11f, 0x1.53721cp-12f, 0x1.7e015cp-13f, 0x1.aa92d4p-14f, 0x1.da3d6cp-15f, 0x1.06f6dcp-15f,
     0x1.2341ep-16f, 0x1.409f58p-17f},
    {0x1.0f6b9p-17f, -0x1.7bba4ap-6f, -0x1.124c08p-5f, -0x1.f9d5b4p-6f, -0x1.74d46ep-6f, -0x1.e4bb08p-7f, -0x1.25717ep-7f,
     -0x1.554ddcp-8f, -0x1.842736p-9f, -0x1.b3f27ep-10f, -0x1.e63bc2p-11f, -0x1.0e1e42p-11f, -0x1.2b7ba4p-12f,
     -0x1.4ba548p-13f, -0x1.6f04c4p-14f, -0x1.95f8cap-15f},
    {0x1.2f683cp-2f, 0x1.1640ccp-2f, 0x1.b33b88p-3f, 0x1.2c324ep-3f, 0x1.7b6b02p-4f, 0x1.c58c6p-5f, 0x1.0626bp-5f,
     0x1.29375cp-6f, 0x1.4d45f2p-7f, 0x1.736594p-8f, 0x1.9c745ap-9f, 0x1.c92c3ap-10f, 0x1.fa3372p-11f, 0x1.181426p-11f,
     0x1.35d4dap-12f, 0x1.56b0bp-13f},
    {0, 0x1.26d464p-2f, 0x1.10428cp-1f, 0x1.6bf3dp-1f, 0x1.a87d2p-1f, 0x1.cdb18cp-1f, 0x1.e38fbp-1f, 0x1.f0142ap-1f,
     0x1.f722bap-1f, 0x1.fb1476p-1f, 0x1.fd461cp-1f, 0x1.fe7dbp-1f, 0x1.ff2a44p-1f, 0x1.ff89cap-1f, 0x1.ffbeap-1f,
     0x1.ffdbdap-1f}};
FORMULA(tanh)(vec x, PARAMS)
{
    return LOCAL(times_sign)(LOCAL(short_value)(LOCAL(short_piece_at)(tanh_short[0], 16, 4, 3.375f, 0, 4.515625f, x)), x);
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
#if FR_DIGITS == 8
    /* four times the sigmoid's at 2 x */
    mask far = v_lt(v_set(6), v_abs(x));
    vec near = v_mul(v_set(4), LOCAL(sigmoid_slope_short)(2, x));
    return v_mul(dy, FR_LIKELY(!m_any(far)) ? near : v_where(far, LOCAL(tanh_slope_of)(x), near));
#else
    return v_mul(dy, LOCAL(tanh_slope_of)(x));
#endif
}
FORMULA(tanh_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(dy, v_fnma(y, y, v_set(1))); }
#endif

KERNEL(PROVEN, tanh, 1, 0, 1)
KERNEL(NEARLY, tanh_backward, 2, 0, 1)
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
