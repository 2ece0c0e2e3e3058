/* SPDX-License-Identifier: BSD-3-Clause */
/* The logistic function: any number to a probability. */
#ifdef FORMULAS_FLOAT
#if FR_TABLED && FR_DIGITS == 11
/* sigmoid_short */
static const float sigmoid_short[5][32] = {
    {-0x1.21859cp-13f, -0x1.cb9b02p-12f, -0x1.ddbab6p-12f, -0x1.c5860ap-13f, -0x1.e25e68p-17f, 0x1.1005bp-14f, 0x1.33e6bep-14f,
     0x1.de03f8p-15f, 0x1.40b8ccp-15f, 0x1.906cep-16f, 0x1.e1704ep-17f, 0x1.1c09c2p-17f, 0x1.4b403ep-18f, 0x1.7f0936p-19f,
     0x1.b94fb6p-20f, 0x1.fb528p-21f, 0x1.23d056p-21f, 0x1.4f7c04p-22f, 0x1.817df2p-23f, 0x1.badef8p-24f, 0x1.fcc3cp-25f,
     0x1.2421fap-25f, 0x1.4e3c42p-26f, 0x1.7e609ep-27f, 0x1.b7394ep-28f, 0x1.f87666p-29f, 0x1.21b4eap-29f, 0x1.4cb62ap-30f,
     0x1.7e1dcap-31f, 0x1.b8a7dcp-32f, 0x1.f7f72ep-33f, 0x1.32319ap-33f},
    {0x1.dbe17cp-9f, 0x1.505966p-9f, 0x1.4ee1b2p-11f, -0x1.84a072p-11f, -0x1.34ce14p-10f, -0x1.13c58p-10f, -0x1.8f2fc4p-11f,
     -0x1.04669p-11f, -0x1.4136cap-12f, -0x1.80131cp-13f, -0x1.c32926p-14f, -0x1.065a76p-14f, -0x1.2f60aep-15f,
     -0x1.5daf6ep-16f, -0x1.92408p-17f, -0x1.ce38b2p-18f, -0x1.096c6cp-18f, -0x1.30b93p-19f, -0x1.5dc45cp-20f, -0x1.916dfp-21f,
     -0x1.ccafdep-22f, -0x1.0855bcp-22f, -0x1.2f5e9ep-23f, -0x1.5c1146p-24f, -0x1.8f6b48p-25f, -0x1.ca5786p-26f,
     -0x1.06fa7cp-26f, -0x1.2dc4fap-27f, -0x1.5a49d2p-28f, -0x1.8d52fap-29f, -0x1.c7fcdcp-30f, -0x1.04bdaep-30f},
    {-0x1.251e8ap-17f, 0x1.3d46dep-7f, 0x1.db7ad8p-7f, 0x1.cd022cp-7f, 0x1.66d208p-7f, 0x1.ec1c3cp-8f, 0x1.393268p-8f,
     0x1.7da0f6p-9f, 0x1.c55a2ep-10f, 0x1.0959dap-10f, 0x1.3400bap-11f, 0x1.63c49ap-12f, 0x1.99ca54p-13f, 0x1.d742ep-14f,
     0x1.0eb9bap-14f, 0x1.36e1f6p-15f, 0x1.64e28p-16f, 0x1.999f46p-17f, 0x1.d61b2p-18f, 0x1.0dbeaap-18f, 0x1.358bd8p-19f,
     0x1.6336ecp-20f, 0x1.979f96p-21f, 0x1.d3c2a8p-22f, 0x1.0c6112p-22f, 0x1.33f76ep-23f, 0x1.616484p-24f, 0x1.9584f6p-25f,
     0x1.d155b2p-26f, 0x1.0afb24p-26f, 0x1.325e24p-27f, 0x1.5f8194p-28f},
    {-0x1.1c71cp-3f, -0x1.07937ep-3f, -0x1.a7ffb4p-4f, -0x1.3015f8p-4f, -0x1.9178eep-5f, -0x1.f5a0f2p-6f, -0x1.2eba4ap-6f,
     -0x1.65cf64p-7f, -0x1.a1b33p-8f, -0x1.e4173cp-9f, -0x1.17570cp-9f, -0x1.41996ap-10f, -0x1.71bc06p-11f, -0x1.a8bb9p-12f,
     -0x1.e7afe6p-13f, -0x1.17e984p-13f, -0x1.414454p-14f, -0x1.70b302p-15f, -0x1.a71d0cp-16f, -0x1.e58b58p-17f,
     -0x1.1696c2p-17f, -0x1.3fafcep-18f, -0x1.6ed85ap-19f, -0x1.a4f5ap-20f, -0x1.e30e14p-21f, -0x1.1527a2p-21f,
     -0x1.3e098ap-22f, -0x1.6cf33cp-23f, -0x1.a2c866p-24f, -0x1.e08e78p-25f, -0x1.13b884p-25f, -0x1.3c6544p-26f},
    {0x1.000002p-1f, 0x1.755386p-2f, 0x1.fb372ap-3f, 0x1.455d2cp-3f, 0x1.907a06p-4f, 0x1.df88c6p-5f, 0x1.1a2ccep-5f,
     0x1.489f64p-6f, 0x1.7c5934p-7f, 0x1.b69f6p-8f, 0x1.f8c32ap-9f, 0x1.2215d6p-9f, 0x1.4d306ep-10f, 0x1.7e8b4ap-11f,
     0x1.b71bc8p-12f, 0x1.f7f85p-13f, 0x1.212f22p-13f, 0x1.4bdc3ap-14f, 0x1.7cd324p-15f, 0x1.b501eap-16f, 0x1.f57982p-17f,
     0x1.1fb98p-17f, 0x1.4a2acap-18f, 0x1.7adeaep-19f, 0x1.b2c19ap-20f, 0x1.f2e2d8p-21f, 0x1.1e3cdcp-21f, 0x1.4875b8p-22f,
     0x1.78e8f2p-23f, 0x1.b081bep-24f, 0x1.f04df4p-25f, 0x1.1cc1aap-25f}};
FORMULA(sigmoid)(vec x, PARAMS)
{
    return LOCAL(short_slope)(LOCAL(short_piece_at)(sigmoid_short[0], 32, 4, 1.8f, 0, 17.375f, x), x);
}
#elif FR_DIGITS == 11
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(short_logistic)(1, v_set(1), x, 1); }
#elif FR_TABLED
/* sigmoid_short; farther left it has become very small, but not 0. */
static const float sigmoid_short[3][32] = {
    {0x1.1dd28p-11f, 0x1.1e862p-9f, 0x1.05cc06p-8f, 0x1.4a7aecp-8f, 0x1.5d5d5ep-8f, 0x1.4aef48p-8f, 0x1.2265f6p-8f,
     0x1.e38d14p-9f, 0x1.80b4bp-9f, 0x1.292edap-9f, 0x1.bec1b4p-10f, 0x1.5070a4p-10f, 0x1.ef3eap-11f, 0x1.6bfba2p-11f,
     0x1.0a0f02p-11f, 0x1.7d8432p-12f, 0x1.10aa12p-12f, 0x1.881a54p-13f, 0x1.1d875ap-13f, 0x1.9c709ep-14f, 0x1.29ae1p-14f,
     0x1.a6ce8ep-15f, 0x1.2b000cp-15f, 0x1.b0a57p-16f, 0x1.3cb078p-16f, 0x1.c89ea4p-17f, 0x1.4384cap-17f, 0x1.cb6e1ep-18f,
     0x1.4576b6p-18f, 0x1.ce2542p-19f, 0x1.5222aep-19f, 0x1.07b172p-19f},
    {-0x1.55bb32p-4f, -0x1.4ba5b2p-4f, -0x1.31afacp-4f, -0x1.0c491ep-4f, -0x1.c2d186p-5f, -0x1.6d20a4p-5f, -0x1.1f06cp-5f,
     -0x1.b8cba6p-6f, -0x1.4c798ep-6f, -0x1.ee8b92p-7f, -0x1.6c2bc4p-7f, -0x1.0a3866p-7f, -0x1.82e7p-8f, -0x1.17f448p-8f,
     -0x1.9464acp-9f, -0x1.235022p-9f, -0x1.a3083ap-10f, -0x1.2cd62ep-10f, -0x1.b05b1cp-11f, -0x1.360ee8p-11f,
     -0x1.bd08dap-12f, -0x1.3f1d98p-12f, -0x1.c96b14p-13f, -0x1.47c524p-13f, -0x1.d5d40ap-14f, -0x1.508042p-14f,
     -0x1.e2eabcp-15f, -0x1.59aaa6p-15f, -0x1.efe80ep-16f, -0x1.62e35ap-16f, -0x1.fcbbfep-17f, -0x1.6abc1cp-17f},
    {0x1.00009p-1f, 0x1.ab75b4p-2f, 0x1.5b628ep-2f, 0x1.1364f2p-2f, 0x1.ab3b3ap-3f, 0x1.455dbep-3f, 0x1.e843dep-4f,
     0x1.6a160ep-4f, 0x1.0a1ddp-4f, 0x1.8484a6p-5f, 0x1.1a32bcp-5f, 0x1.985df6p-6f, 0x1.26b0bp-6f, 0x1.a877fcp-7f,
     0x1.3142eep-7f, 0x1.b6a15ap-8f, 0x1.3ae638p-8f, 0x1.c3e792p-9f, 0x1.4418f2p-9f, 0x1.d0c53ap-10f, 0x1.4d2f48p-10f,
     0x1.dda96ap-11f, 0x1.565f54p-11f, 0x1.eab3a8p-12f, 0x1.5fa1bep-12f, 0x1.f7f43p-13f, 0x1.69221p-13f, 0x1.02c776p-13f,
     0x1.72e0dcp-14f, 0x1.09bfd4p-14f, 0x1.7cd3ecp-15f, 0x1.10e386p-15f}};
FORMULA(sigmoid)(vec x, PARAMS)
{
    mask far = v_lt(x, v_set(-10.3125f));
    vec y = LOCAL(short_slope)(LOCAL(short_piece_at)(sigmoid_short[0], 32, 2, 3, 0, 10.3125f, x), x);
    return FR_LIKELY(!m_any(far)) ? y : v_where(far, LOCAL(gate)(v_set(1), x, x, 0), y);
}
#elif FR_DIGITS == 8
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(short_logistic)(1, v_set(1), x, 1); }
#else
FORMULA(sigmoid)(vec x, PARAMS) { return LOCAL(gate)(v_set(1), x, x, 0); }
#endif
#ifdef NARROW
/* The slope at x / scale. float16's is 0 from FR_SIGMOID_SLOPE_LAST on, bfloat16's the other there: sigmoid_slope_short,
 * sigmoid_slope_near */
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
static const float sigmoid_slope_near[4][16] = {
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
    const lane last = FR_SIGMOID_SLOPE_LAST / scale;
#if FR_DIGITS == 11
    return LOCAL(short_value)(LOCAL(short_piece_at)(sigmoid_slope_short[0], 16, 6, scale * 0.75f, 0, last, x));
#else
    return LOCAL(short_value)(LOCAL(short_piece_at)(sigmoid_slope_near[0], 16, 3, scale * 1.25f, 0, last, x));
#endif
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
