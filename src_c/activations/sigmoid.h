/* SPDX-License-Identifier: BSD-3-Clause */
/* The logistic function: any number to a probability. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 11 && !FR_TABLED
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(computed_logistic)(x); }
#else
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(logistic)(1, x); }
#endif
#ifdef NARROW
/* The slope at x / scale: sigmoid_slope_short. From FR_SIGMOID_SLOPE_LAST on float16's is 0, and bfloat16's, still a number, is not
 * this one. */
#if FR_DIGITS == 11
#define FR_SIGMOID_SLOPE_LAST 20
static const float sigmoid_slope_short[7][16] = {
    {-0x1.ad65ap-8f, 0x1.fe2fd2p-9f, -0x1.70633ep-11f, -0x1.a68314p-14f, 0x1.06d9c6p-16f, 0x1.12f04cp-17f, 0x1.4b7262p-19f,
     0x1.69b482p-21f, 0x1.8119cp-23f, 0x1.95e768p-25f, 0x1.ab1ecap-27f, 0x1.c31372p-29f, 0x1.de30f6p-31f, 0x1.f8f50ap-33f,
     0x1.096b04p-34f, 0x1.a86c94p-26f},
    {-0x1.77346cp-11f, -0x1.bbfdc2p-9f, 0x1.406824p-9f, -0x1.43a084p-17f, -0x1.f5b1fp-14f, -0x1.5d5ab2p-15f, -0x1.895354p-17f,
     -0x1.a5b0ap-19f, -0x1.beb216p-21f, -0x1.d78032p-23f, -0x1.f1414ap-25f, -0x1.06211p-26f, -0x1.146f2ap-28f,
     -0x1.236bdap-30f, -0x1.33604p-32f, 0x1.9b44eep-26f},
    {0x1.0cea0ap-5f, -0x1.e34776p-7f, -0x1.8f0aa8p-9f, 0x1.3516cp-10f, 0x1.1bb978p-11f, 0x1.516df2p-13f, 0x1.6ec866p-15f,
     0x1.85ce38p-17f, 0x1.9bdc84p-19f, 0x1.b28558p-21f, 0x1.ca3dbcp-23f, 0x1.e32a8ap-25f, 0x1.fd66f2p-27f, 0x1.0c8ba8p-28f,
     0x1.1b2bbep-30f, 0x1.0ade0cp-27f},
    {0x1.7e5d98p-14f, 0x1.31cc44p-5f, -0x1.72dea2p-8f, -0x1.5b958p-8f, -0x1.ce50c4p-10f, -0x1.023aa8p-11f, -0x1.14650cp-13f,
     -0x1.2494ap-15f, -0x1.34d01p-17f, -0x1.45b2c8p-19f, -0x1.577024p-21f, -0x1.6a2012p-23f, -0x1.7dd244p-25f,
     -0x1.92970cp-27f, -0x1.a87bc2p-29f, 0},
    {-0x1.c72a74p-4f, 0x1.6a1b78p-10f, 0x1.191fdap-5f, 0x1.cbf2dep-7f, 0x1.0e8f7ap-8f, 0x1.258988p-10f, 0x1.37d55cp-12f,
     0x1.4971bap-14f, 0x1.5b8b1p-16f, 0x1.6e7ee8p-18f, 0x1.827154p-20f, 0x1.9777p-22f, 0x1.ada0b6p-24f, 0x1.c4fecp-26f,
     0x1.dda1eap-28f, 0x1.002e1ep-29f},
    {0x1.78bea6p-22f, -0x1.06b9cep-3f, -0x1.20a82ep-4f, -0x1.73f77p-6f, -0x1.9dd03p-8f, -0x1.ba8f72p-10f, -0x1.d461fp-12f,
     -0x1.ee587p-14f, -0x1.04af1cp-15f, -0x1.12e19p-17f, -0x1.21d634p-19f, -0x1.319a1ap-21f, -0x1.42394p-23f, -0x1.53bfcp-25f,
     -0x1.663a4p-27f, -0x1.79ac44p-29f},
    {0x1p-2f, 0x1.521b46p-3f, 0x1.f1a628p-5f, 0x1.2162cp-6f, 0x1.395f1p-8f, 0x1.4cc40cp-10f, 0x1.5f85bp-12f, 0x1.72d2fap-14f,
     0x1.870b2cp-16f, 0x1.9c537ap-18f, 0x1.b2c17ep-20f, 0x1.ca6716p-22f, 0x1.e355b8p-24f, 0x1.fd9f7p-26f, 0x1.0cab94p-27f, 0}};
#else
#define FR_SIGMOID_SLOPE_LAST 12
static const float sigmoid_slope_short[4][16] = {
    {0x1.0c3602p-8f, 0x1.58a8e2p-7f, 0x1.57946ep-8f, -0x1.dbf174p-12f, -0x1.a28188p-10f, -0x1.2e1c08p-10f, -0x1.3f8d5ap-11f,
     -0x1.3ace6p-12f, -0x1.21dc34p-13f, -0x1.0532aap-14f, -0x1.db1f12p-16f, -0x1.a61a22p-17f, -0x1.77a288p-18f,
     -0x1.56a86ep-19f, -0x1.3b6944p-20f, -0x1.5308bcp-21f},
    {-0x1.520c52p-5f, -0x1.3cc4bp-6f, 0x1.ba3712p-8f, 0x1.abce6p-7f, 0x1.31a45p-7f, 0x1.4d6824p-8f, 0x1.46588cp-9f,
     0x1.309a0cp-10f, 0x1.167128p-11f, 0x1.f82b28p-13f, 0x1.c63e08p-14f, 0x1.98c118p-15f, 0x1.6f4f84p-16f, 0x1.49d03ap-17f,
     0x1.2915c8p-18f, 0x1.03a19p-19f},
    {0x1.12654ap-13f, -0x1.0a380ep-4f, -0x1.3003e4p-4f, -0x1.a08ffp-5f, -0x1.c6a4fp-6f, -0x1.be4c4cp-7f, -0x1.a19ca2p-8f,
     -0x1.7e11eep-9f, -0x1.5a3236p-10f, -0x1.384cc6p-11f, -0x1.1914eap-12f, -0x1.f9a63p-14f, -0x1.c69c04p-15f,
     -0x1.9887bap-16f, -0x1.6f0f3ep-17f, -0x1.4a0d1p-18f},
    {0x1.fffeep-3f, 0x1.b61544p-3f, 0x1.1e426p-3f, 0x1.385cbp-4f, 0x1.344762p-5f, 0x1.215d56p-6f, 0x1.0943bp-7f,
     0x1.e11244p-9f, 0x1.b21316p-10f, 0x1.86cc6cp-11f, 0x1.5f7cd6p-12f, 0x1.3bfc0ep-13f, 0x1.1c03aap-14f, 0x1.fe8178p-16f,
     0x1.cac544p-17f, 0x1.9c52ccp-18f}};
#endif
FORMULA(sigmoid_slope_at)(lane scale, vec x)
{
    const int32_t degree = FR_DIGITS == 11 ? 6 : 3;
    const lane steps = FR_DIGITS == 11 ? 0.75f : 1.25f, last = FR_SIGMOID_SLOPE_LAST / scale;
    return LOCAL(short_value)(LOCAL(short_piece_at)(sigmoid_slope_short[0], 16, degree, scale * steps, 0, last, x));
}
#endif
/* e / (1 + e)^2 with e = e^-|x|, rounded but consistently so. */
FORMULA(sigmoid_slope_ordinary)(vec fall)
{
    const vec one = v_set(1);
    PAIR parts = LOCAL(exp_parts)(fall);
    vec e = v_fma(parts.first, parts.second, parts.first), d = v_add(e, one), d_low = v_sub(e, v_sub(d, one));
    if (!COMPENSATED) return v_div(e, v_fma(e, v_add(e, v_set(2)), one));
    PAIR square = {v_mul(d, d), v_fma(v_add(d, d), d_low, v_fms(d, d, v_mul(d, d)))};
    return LOCAL(quotient)(e, square, v_div(one, square.first));
}
FORMULA(sigmoid_slope)(vec x)
{
    const vec least = v_set(-FR_EXP_RANGE);
    vec fall = v_frombits(i_or(v_bits(x), i_set(FR_SIGN)));
    if (FR_LIKELY(m_all(v_le(least, fall)))) return LOCAL(sigmoid_slope_ordinary)(fall);
    vec slope = LOCAL(sigmoid_slope_ordinary)(v_max(least, fall));
    mask far = v_lt(fall, least);
    return m_any(far) ? v_where(far, LOCAL(times_exp_tail)(v_set(1), v_set(0), fall, fall, 0), slope) : slope;
}
FORMULA(sigmoid_backward)(vec dy, vec x, PARAMS)
{
#if FR_DIGITS == 11
    return v_mul(LOCAL(sigmoid_slope_at)(1, x), dy);
#elif FR_DIGITS == 8
    mask far = v_lt(v_set(FR_SIGMOID_SLOPE_LAST), v_abs(x));
    vec near = LOCAL(sigmoid_slope_at)(1, x);
    return v_mul(FR_LIKELY(!m_any(far)) ? near : v_where(far, LOCAL(sigmoid_slope)(x), near), dy);
#else
    return v_mul(LOCAL(sigmoid_slope)(x), dy);
#endif
}
FORMULA(sigmoid_backward_from_output)(vec dy, vec y, PARAMS) { return v_mul(v_mul(y, v_sub(v_set(1), y)), dy); }
#endif

KERNEL(PROVEN, sigmoid, 1, 0, 1)
KERNEL(PROVEN, sigmoid_backward, 2, 0, 1)
KERNEL(PRODUCT, sigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "sigmoid",
    .title = "logistic sigmoid",
    .formula = "1 / (1 + exp(-x))",
    .derivative = "exp(-abs(x)) / (1 + exp(-abs(x))) ** 2",
    .derivative_from_output = "y * (1 - y)",
    .source = "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, 1986",
    .max_ulp = 0.65,
    .max_ulp_backward = 1.6,
    .numpy = "special.expit(x, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.subtract(1, y, out=t); np.multiply(y, t, out=t); np.multiply(dy, t, out=out)")
