/* SPDX-License-Identifier: BSD-3-Clause */
/* x Phi(x), Phi the distribution function of the normal distribution. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 8
/* bfloat16 is content with much less than float32 of Phi(-a) / E, and of the slope at -a over E times what a lacks of the slope's
 * zero, E = e^(-a^2 / 2), a = |x|: cubics in pieces, not the nearest to the function but such that every input rounds right
 * (after Lim & Nagarakatte, RLIBM-32, 2021). They serve the tail too, and a^2 is exact. From 14 on the value rounds to what it is
 * there, and at 14.875 the slope has become 0. gelu_short_pieces: a + shift is in half an octave. The cubics are times -2^-64, so
 * that E is normal and nothing turns a NaN's sign. */
#define FR_GELU_ZERO 0x1.80ead2p-1f
static const float gelu_short[4][FR_TABLE8] = {
    {FR_EIGHT(0x1.8f9b8cp-70f, 0x1.6f87aep-72f, 0x1.8a9d08p-74f, 0x1.7ddcc6p-76f, 0x1.2e8cdep-78f, 0x1.6186e8p-80f,
              0x1.85d652p-68f, 0x1.148776p-68f)},
    {FR_EIGHT(-0x1.18f39ap-67f, -0x1.c6848cp-69f, -0x1.6ebb6ap-70f, -0x1.0835fap-71f, -0x1.4256d2p-73f, -0x1.007494p-74f,
              -0x1.044712p-66f, -0x1.c3a9a4p-67f)},
    {FR_EIGHT(0x1.5ad16p-66f, 0x1.bd779ep-67f, 0x1.064e2ap-67f, 0x1.152542p-68f, 0x1.01d5cap-69f, 0x1.180598p-70f,
              0x1.98a84ep-66f, 0x1.92fe28p-66f)},
    {FR_EIGHT(-0x1.f316b8p-66f, -0x1.b441aep-66f, -0x1.613a0cp-66f, -0x1.09643p-66f, -0x1.7192c2p-67f, -0x1.11b8e2p-67f, -0x1p-65f,
              -0x1.ffaf92p-66f)}};
static const float gelu_slope_short[4][FR_TABLE8] = {
    {FR_EIGHT(0x1.7685bcp-72f, 0x1.efe434p-74f, 0x1.190286p-75f, 0x1.2a04cp-77f, 0x1.2904e2p-79f, 0x1.4f058ep-81f,
              0x1.19ad3ap-69f, 0x1.d43e0cp-71f)},
    {FR_EIGHT(-0x1.5cdfe8p-69f, -0x1.5c07a2p-70f, -0x1.29a322p-71f, -0x1.cd4fd6p-73f, -0x1.530842p-74f, -0x1.099918p-75f,
              -0x1.84c322p-68f, -0x1.1acca4p-68f)},
    {FR_EIGHT(0x1.17e168p-67f, 0x1.8b61f8p-68f, 0x1.ea3a6cp-69f, 0x1.122772p-69f, 0x1.249f6ap-70f, 0x1.3e51ap-71f,
              0x1.6968e4p-67f, 0x1.50a4c4p-67f)},
    {FR_EIGHT(-0x1.4e715p-65f, -0x1.416b54p-65f, -0x1.2e5b76p-65f, -0x1.18d9f6p-65f, -0x1.0608e8p-65f, -0x1.ef26e6p-66f,
              -0x1.54850ap-65f, -0x1.5378f4p-65f)}};
FORMULA(gelu_pieces_short)(const float *table, vec a, lane shift)
{
    ivec at = i_shr(v_bits(v_add(a, v_set(shift))), 22);
    vec n = v_lut8(table, at);
    for (int row = 1; row < 4; row++) n = v_fma(n, a, v_lut8(table + row * FR_TABLE8, at));
    const vec round = v_set(FR_ROUND + 8 * 64), steps = v_set(-FR_8_OVER_LN2 / 2);
    vec a2 = v_mul(a, a), t = v_fma(a2, steps, round), r = v_fms(a2, steps, v_sub(t, round));
    vec rest = v_fma(LOCAL(line)(r, 0x1.62f982p-4f, 0x1.ec0f88p-9f), r, v_set(1)); /* gelu_short_power */
    return v_mul(v_mul(n, LOCAL(eighth_power)(t, 1)), rest);
}
FORMULA(gelu_of)(vec x)
{
    vec a = v_min(v_set(14), v_abs(x)), fall = LOCAL(gelu_pieces_short)(gelu_short[0], a, 1.4375f);
    return LOCAL(signed_as)(v_fma(a, fall, v_max(v_set(0), x)), x);
}
#if FR_TABLED
/* gelu_near; farther left it has become very small, but not 0. */
static const float gelu_near[4][32] = {
    {-0x1.c39348p-11f, -0x1.9fc246p-11f, -0x1.3b3c7cp-11f, -0x1.61544ap-12f, -0x1.0a8aa6p-14f, 0x1.5dcf42p-13f,
     0x1.4c0b8ap-12f, 0x1.8f7512p-12f, 0x1.873648p-12f, 0x1.4c7438p-12f, 0x1.fe33fap-13f, 0x1.65cd5p-13f, 0x1.cec334p-14f,
     0x1.12eecep-14f, 0x1.3603e2p-15f, 0x1.435fb8p-16f, 0x1.3bad2cp-17f, 0x1.2995c4p-18f, 0x1.ef8a7ep-20f, 0x1.931f56p-21f,
     0x1.300756p-22f, 0x1.b54cecp-24f, 0x1.242d0ap-25f, 0x1.75cb8p-27f, 0x1.bf0524p-29f, 0x1.f7dfe8p-31f, 0x1.08c1cep-32f,
     0x1.e02aaap-35f, 0x1.d89186p-37f, 0x1.987e44p-39f, 0x1.53464ap-41f, 0x1.302bb6p-43f},
    {-0x1.0015a6p-19f, -0x1.4a2d82p-9f, -0x1.2fef1cp-8f, -0x1.8d1d4ep-8f, -0x1.b46692p-8f, -0x1.a9770ep-8f, -0x1.78c6e6p-8f,
     -0x1.32f52ap-8f, -0x1.cfa0e2p-9f, -0x1.460d56p-9f, -0x1.aca39ep-10f, -0x1.07f114p-10f, -0x1.310a32p-11f, -0x1.4b31f6p-12f,
     -0x1.5268f4p-13f, -0x1.45739cp-14f, -0x1.26d9cp-15f, -0x1.f6c7eep-17f, -0x1.954e46p-18f, -0x1.32b46cp-19f,
     -0x1.b98e3cp-21f, -0x1.29294p-22f, -0x1.7da344p-24f, -0x1.c95242p-26f, -0x1.06384p-27f, -0x1.17f83ap-29f,
     -0x1.1ef836p-31f, -0x1.11bd26p-33f, -0x1.efd082p-36f, -0x1.aae0e2p-38f, -0x1.56bd1p-40f, -0x1.0778c2p-42f},
    {0x1.807cbcp-4f, 0x1.75fce8p-4f, 0x1.582f3ap-4f, 0x1.2bb23p-4f, 0x1.edcec2p-5f, 0x1.80e8f6p-5f, 0x1.1bde9cp-5f,
     0x1.8c2792p-6f, 0x1.058a52p-6f, 0x1.46be9p-7f, 0x1.823812p-8f, 0x1.afef1cp-9f, 0x1.c90b9cp-10f, 0x1.c9a308p-11f,
     0x1.b16d62p-12f, 0x1.84722ap-13f, 0x1.496226p-14f, 0x1.08223ap-15f, 0x1.9132acp-17f, 0x1.2007f2p-18f, 0x1.879024p-20f,
     0x1.f7419ap-22f, 0x1.323fd8p-23f, 0x1.60488ap-25f, 0x1.7f95b6p-27f, 0x1.8b33bep-29f, 0x1.818f68p-31f, 0x1.64e2a8p-33f,
     0x1.36bff2p-35f, 0x1.009418p-37f, 0x1.918f36p-40f, 0x1.2754p-42f},
    {-0x1p-1f, -0x1.a0c21ep-2f, -0x1.469f82p-2f, -0x1.ebc9e2p-3f, -0x1.62ef24p-3f, -0x1.ea4e7ep-4f, -0x1.439fcap-4f,
     -0x1.97bd96p-5f, -0x1.e9c87cp-6f, -0x1.1834a6p-6f, -0x1.312882p-7f, -0x1.3c1a9ap-8f, -0x1.37463p-9f, -0x1.233d66p-10f,
     -0x1.02cd4p-11f, -0x1.b4adb4p-13f, -0x1.5da67cp-14f, -0x1.09a574p-15f, -0x1.7ee2f8p-17f, -0x1.05b44p-18f,
     -0x1.53294cp-20f, -0x1.a0cdbp-22f, -0x1.e560eap-24f, -0x1.0bf2f6p-25f, -0x1.18307p-27f, -0x1.15d392p-29f, -0x1.04cfcp-31f,
     -0x1.d05a36p-34f, -0x1.873708p-36f, -0x1.3803a8p-38f, -0x1.d84164p-41f, -0x1.521398p-43f}};
FORMULA(gelu)(vec x, PARAMS)
{
    if (m_any(v_lt(x, v_set(-7.375f)))) return LOCAL(gelu_of)(x);
    vec a = v_abs_up_to(v_set(7.375f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(gelu_near[0], 32, 3, 4.25f, 0, a), a, x);
}
#else
FORMULA(gelu)(vec x, PARAMS) { return LOCAL(gelu_of)(x); }
#endif
/* gelu_slope_near, of -x; farther left it has become very small, but not 0. */
static const float gelu_slope_near[4][32] = {
    {0x1.2249e8p-7f, 0x1.bd7514p-8f, 0x1.d67092p-10f, -0x1.11168cp-9f, -0x1.32e63cp-8f, -0x1.262252p-8f, -0x1.6baf32p-9f,
     -0x1.0257dap-10f, 0x1.17a526p-13f, 0x1.1370bcp-11f, 0x1.f580d6p-12f, 0x1.3d12eep-12f, 0x1.398988p-13f, 0x1.0338fep-14f,
     0x1.74f556p-16f, 0x1.c887fap-18f, 0x1.eccd8p-20f, 0x1.d7ecbap-22f, 0x1.a45c5ap-24f, 0, 0x1.2a2dap-11f, 0x1.42a93ap-12f,
     0x1.f96036p-12f, 0x1.121df8p-11f, 0x1.f6a19ap-14f, -0x1.0752fcp-10f, -0x1.6e3152p-9f, -0x1.267f26p-8f, -0x1.333398p-8f,
     -0x1.2b2b08p-9f, 0x1.306518p-9f, 0x1.c6e578p-8f},
    {0x1.f719dap-21f, 0x1.921168p-6f, 0x1.3d6fa2p-5f, 0x1.39cf04p-5f, 0x1.bcbcd2p-6f, 0x1.a44184p-7f, 0x1.b8be68p-10f,
     -0x1.026672p-8f, -0x1.4b712ap-8f, -0x1.0219a2p-8f, -0x1.363d2ap-9f, -0x1.34a57ap-10f, -0x1.056dbep-11f, -0x1.7df83ap-13f,
     -0x1.e83d9ap-15f, -0x1.158736p-16f, -0x1.12ca3ep-18f, -0x1.e623aep-21f, -0x1.8032a8p-23f, -0x1.5cf248p-24f, 0,
     0x1.34b3e6p-10f, 0x1.36449cp-9f, 0x1.021874p-8f, 0x1.4b72b2p-8f, 0x1.025f44p-8f, -0x1.b8e208p-10f, -0x1.a4409ap-7f,
     -0x1.bcbd68p-6f, -0x1.39c6ecp-5f, -0x1.3cb3dp-5f, -0x1.91fd8cp-6f},
    {-0x1.078dfep-2f, -0x1.da4f7p-3f, -0x1.52cefep-3f, -0x1.5f24acp-4f, -0x1.3362bep-6f, 0x1.594d4cp-6f, 0x1.1ace26p-5f,
     0x1.fe6e1ep-6f, 0x1.5fb32ep-6f, 0x1.90ba6p-7f, 0x1.86008p-8f, 0x1.49a03p-9f, 0x1.e8bdc4p-11f, 0x1.3f985p-12f,
     0x1.7290cp-14f, 0x1.7e0c28p-16f, 0x1.5e15d6p-18f, 0x1.1f1832p-20f, 0x1.a3450ep-23f, 0, 0x1.29349cp-10f, 0x1.498104p-9f,
     0x1.85f6bp-8f, 0x1.90be1p-7f, 0x1.5fbd16p-6f, 0x1.fe7a84p-6f, 0x1.1ad52ap-5f, 0x1.595196p-6f, -0x1.335f4ep-6f,
     -0x1.5eff78p-4f, -0x1.530098p-3f, -0x1.da5d5cp-3f},
    {0x1.fffffcp-2f, 0x1.0160eap-2f, 0x1.9cc45p-5f, -0x1.33b4aap-4f, -0x1.00e5f8p-3f, -0x1.f31d04p-4f, -0x1.79935cp-4f,
     -0x1.de7f8cp-5f, -0x1.058884p-5f, -0x1.f47fdap-7f, -0x1.a6bbap-8f, -0x1.3ccf12p-9f, -0x1.a6cf1ap-11f, -0x1.f7ae04p-13f,
     -0x1.0c57e4p-14f, -0x1.ff64c4p-17f, -0x1.b4f342p-19f, -0x1.4efdfap-21f, -0x1.cc866cp-24f, -0x1.82057ep-26f, 0x1.003308p0f,
     0x1.009e66p0f, 0x1.01a6bcp0f, 0x1.03e9p0f, 0x1.082c44p0f, 0x1.0ef3fep0f, 0x1.179936p0f, 0x1.1f31dp0f, 0x1.201ccp0f,
     0x1.133b42p0f, 0x1.e63242p-1f, 0x1.7f4f76p-1f}};
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    vec held = v_max(v_set(-6), v_min(v_set(3.75f), x));
    vec slope = LOCAL(short_value)(LOCAL(short_piece_of)(gelu_slope_near[0], 32, 3, -3.1f, 0, held));
    mask far = v_lt(x, v_set(-6));
    if (FR_LIKELY(!m_any(far))) return v_mul(dy, slope);
    vec a = v_min(v_set(14.875f), v_abs(x)), away = v_sub(a, v_set(FR_GELU_ZERO));
    return v_mul(dy, v_where(far, v_mul(away, LOCAL(gelu_pieces_short)(gelu_slope_short[0], a, 1.03125f)), slope));
}
#elif FR_DIGITS == 11
/* Where a lookup of 8 is much cheaper than one of 32, gelu comes from fewer pieces: gelu_short, gelu_short_8, gelu_slope_short */
#if LUT32_IS_CHEAP
#define FR_GELU_SHORT gelu_short[0], 32, 4, 4, 0
static const float gelu_short[5][32] = {
    {0x1.513814p-6f, 0x1.83f844p-7f, 0x1.49c3eap-6f, 0x1.7685d6p-6f, 0x1.48afp-6f, 0x1.bcfda2p-7f, 0x1.893fb8p-8f,
     -0x1.c1fe86p-12f, -0x1.272b34p-8f, -0x1.911478p-8f, -0x1.8303d6p-8f, -0x1.35a8aap-8f, -0x1.b05b26p-9f, -0x1.0e044ep-9f,
     -0x1.31d0cp-10f, -0x1.3ac01ep-11f, -0x1.2c2754p-12f, -0x1.075ac4p-13f, -0x1.aad2dep-15f, -0x1.4a310ap-16f,
     -0x1.d01b88p-18f, -0x1.2e8846p-19f, -0x1.703688p-21f, -0x1.185c72p-22f},
    {-0x1.22fb6p-4f, -0x1.ed964ap-5f, -0x1.67c864p-5f, -0x1.67cc2ap-6f, -0x1.47d7d2p-14f, 0x1.16acdap-6f, 0x1.b8389p-6f,
     0x1.e49074p-6f, 0x1.b993fp-6f, 0x1.5ff462p-6f, 0x1.f6fd0ap-7f, 0x1.46991cp-7f, 0x1.84a7b6p-8f, 0x1.a9f878p-9f,
     0x1.afc318p-10f, 0x1.959e7ap-11f, 0x1.627878p-12f, 0x1.1fe2ap-13f, 0x1.b460dap-15f, 0x1.3419dep-16f, 0x1.96e624p-18f,
     0x1.f4cceep-20f, 0x1.20dc66p-21f, 0x1.1dc9c4p-23f},
    {0x1.513edcp-12f, -0x1.8bf3fp-5f, -0x1.6883d8p-4f, -0x1.ce8b82p-4f, -0x1.ef8d26p-4f, -0x1.d39382p-4f, -0x1.8ddf78p-4f,
     -0x1.3536e8p-4f, -0x1.ba4a78p-5f, -0x1.248356p-5f, -0x1.66fc28p-6f, -0x1.99bba6p-7f, -0x1.b3b21ep-8f, -0x1.b03628p-9f,
     -0x1.906468p-10f, -0x1.5ab562p-11f, -0x1.18bdfcp-12f, -0x1.a973e4p-14f, -0x1.2dd4acp-15f, -0x1.90c5bcp-17f,
     -0x1.f2c568p-19f, -0x1.22d9bep-20f, -0x1.3de9ap-22f, -0x1.476a42p-24f},
    {0x1.98829ap-2f, 0x1.8bf29p-2f, 0x1.6883b8p-2f, 0x1.345d6p-2f, 0x1.ef8e82p-3f, 0x1.7610f4p-3f, 0x1.0940cp-3f,
     0x1.6164a8p-4f, 0x1.ba4b9ep-5f, 0x1.0402f2p-5f, 0x1.1f2ed2p-6f, 0x1.29f9bp-7f, 0x1.2270bap-8f, 0x1.09f194p-9f,
     0x1.c98478p-11f, 0x1.71b418p-12f, 0x1.18a29ep-13f, 0x1.903f36p-15f, 0x1.0c1dfap-16f, 0x1.517418p-18f, 0x1.8ef744p-20f,
     0x1.bb244p-22f, 0x1.ce56acp-24f, 0x1.c55322p-26f},
    {-0x1p-1f, -0x1.9aecbap-2f, -0x1.3bf144p-2f, -0x1.d022p-3f, -0x1.44ed0cp-3f, -0x1.b0bdd2p-4f, -0x1.11a46ep-4f,
     -0x1.482a26p-5f, -0x1.74bcfap-6f, -0x1.90925p-7f, -0x1.96f4e4p-8f, -0x1.86903cp-9f, -0x1.61de12p-10f, -0x1.2e86e8p-11f,
     -0x1.e7dbbap-13f, -0x1.72d8d2p-14f, -0x1.09ad24p-15f, -0x1.66a52ep-17f, -0x1.c805eap-19f, -0x1.11058p-20f,
     -0x1.33ca6p-22f, -0x1.46a1aap-24f, -0x1.463d68p-26f, -0x1.32a39ap-28f}};
#else
#define FR_GELU_SHORT gelu_short_8[0], 8, 7, 1.25f, 0
static const float gelu_short_8[8][FR_TABLE8] = {
    {FR_EIGHT(-0x1.2565c8p-5f, 0x1.90f06cp-14f, 0x1.4d0788p-14f, -0x1.d381dp-15f, -0x1.1f5c7ap-18f, 0x1.50fe88p-18f,
              0x1.d1f6e2p-21f, 0x1.50816ep-24f)},
    {FR_EIGHT(0x1.fe16b2p-5f, -0x1.833ce6p-11f, 0x1.028042p-12f, 0x1.838b76p-13f, -0x1.83f014p-15f, -0x1.6f4576p-16f,
              -0x1.36208cp-19f, -0x1.38e6d4p-24f)},
    {FR_EIGHT(-0x1.432182p-5f, -0x1.6663c4p-12f, -0x1.cc4b34p-10f, 0x1.9c90e6p-14f, 0x1.3c45cep-12f, 0x1.f4b47ap-15f,
              0x1.1fc146p-18f, 0x1.218138p-23f)},
    {FR_EIGHT(0x1.d9a298p-7f, 0x1.31c2f6p-7f, 0x1.5def5ap-10f, -0x1.4bd6b2p-9f, -0x1.ee62cp-11f, -0x1.f20a9ep-14f,
              -0x1.b332f2p-18f, -0x1.69956ep-23f)},
    {FR_EIGHT(-0x1.2b37aap-5f, -0x1.239b22p-7f, 0x1.e3d582p-7f, 0x1.2a123p-7f, 0x1.eccc74p-10f, 0x1.673872p-13f,
              0x1.f3e54ap-18f, 0x1.57d67p-23f)},
    {FR_EIGHT(0x1.9d463p-13f, -0x1.2fc35p-4f, -0x1.d13c8cp-5f, -0x1.19c9d4p-6f, -0x1.3ffc48p-9f, -0x1.673fbep-13f,
              -0x1.9861c6p-18f, -0x1.dbcbbcp-24f)},
    {FR_EIGHT(0x1.46cee2p-2f, 0x1.daa17p-3f, 0x1.6b7726p-4f, 0x1.258792p-6f, 0x1.f3fa9ep-10f, 0x1.c10fa4p-14f,
              0x1.a95866p-19f, 0x1.a8df6cp-25f)},
    {FR_EIGHT(-0x1p-1f, -0x1.b1e13ep-3f, -0x1.c0ea72p-5f, -0x1.0c9deap-7f, -0x1.68421ap-11f, -0x1.09ad7cp-15f,
              -0x1.a9e96ap-21f, -0x1.70413cp-27f)}};
#endif
static const float gelu_slope_short[5][32] = {
    {-0x1.323aap-6f, -0x1.1fb68p-4f, -0x1.cc4a56p-4f, -0x1.d10704p-4f, -0x1.4d1p-4f, -0x1.fff782p-6f, 0x1.9efe12p-7f,
     0x1.433abep-5f, 0x1.6ea09p-5f, 0x1.24429cp-5f, 0x1.5b1fc6p-6f, 0x1.0e5bd6p-7f, -0x1.9cc782p-16f, -0x1.e03896p-9f,
     -0x1.1402p-8f, -0x1.b558a4p-9f, -0x1.1ae28p-9f, -0x1.3ef07ap-10f, -0x1.40e4c4p-11f, -0x1.1f0f88p-12f, -0x1.d6376p-14f,
     -0x1.6160c2p-15f, -0x1.e73eb2p-17f, -0x1.36b702p-18f, -0x1.6d7c48p-20f, -0x1.8f891cp-22f, -0x1.9425a4p-24f,
     -0x1.7d2f6ep-26f, -0x1.4d4274p-28f, -0x1.620466p-30f},
    {0x1.12714p-2f, 0x1.d4ce3ap-3f, 0x1.152d2p-3f, 0x1.3ba73ep-6f, -0x1.4779a8p-4f, -0x1.16b842p-3f, -0x1.267256p-3f,
     -0x1.d9af1ap-4f, -0x1.271272p-4f, -0x1.fab2c8p-6f, -0x1.24fec4p-9f, 0x1.948d32p-7f, 0x1.08c312p-6f, 0x1.cc6708p-7f,
     0x1.45c5ap-7f, 0x1.8f06f6p-8f, 0x1.b2d022p-9f, 0x1.abe0c6p-10f, 0x1.801d76p-11f, 0x1.3baadcp-12f, 0x1.dea2a6p-14f,
     0x1.4ead48p-15f, 0x1.b24ep-17f, 0x1.04df02p-18f, 0x1.23f9d2p-20f, 0x1.2f2ae4p-22f, 0x1.26211ap-24f, 0x1.090facp-26f,
     0x1.bf5f3ap-29f, 0x1.4c4d1cp-31f},
    {-0x1.7fd758p-14f, 0x1.85c8dp-3f, 0x1.51fd3p-2f, 0x1.8d7f22p-2f, 0x1.73adfep-2f, 0x1.1cefbep-2f, 0x1.5c2c4cp-3f,
     0x1.21e55ep-4f, 0x1.02f2b8p-19f, -0x1.36c62ep-5f, -0x1.93d4a4p-5f, -0x1.6ce44ep-5f, -0x1.1048eep-5f, -0x1.628332p-6f,
     -0x1.9cdd4ap-7f, -0x1.b400bcp-8f, -0x1.a50ecap-9f, -0x1.75dea4p-10f, -0x1.326fap-11f, -0x1.d1286p-13f, -0x1.478b26p-14f,
     -0x1.aca8dap-16f, -0x1.05161cp-17f, -0x1.2840c6p-19f, -0x1.398ddcp-21f, -0x1.359d86p-23f, -0x1.1d9a6ap-25f,
     -0x1.ec1a2ep-28f, -0x1.8c8536p-30f, -0x1.29ec92p-32f},
    {-0x1.988424p-1f, -0x1.7f92acp-1f, -0x1.3b732ap-1f, -0x1.bb466ap-2f, -0x1.ef8fccp-3f, -0x1.4751c6p-4f, 0x1.093b2p-5f,
     0x1.7779a8p-4f, 0x1.ba4b78p-4f, 0x1.8e253p-4f, 0x1.3122e2p-4f, 0x1.9e6166p-5f, 0x1.fc4918p-6f, 0x1.1ca71cp-6f,
     0x1.251be6p-7f, 0x1.16bb9p-8f, 0x1.eb2526p-10f, 0x1.91d5fcp-11f, 0x1.31d768p-12f, 0x1.b1b908p-14f, 0x1.1ecb7ap-15f,
     0x1.620a9ep-17f, 0x1.983b5p-19f, 0x1.b7fd94p-21f, 0x1.bb6ccap-23f, 0x1.a22036p-25f, 0x1.70f2d2p-27f, 0x1.30d44ap-29f,
     0x1.d79e2ep-32f, 0x1.562206p-34f},
    {0x1p-1f, 0x1.37f00ap-2f, 0x1.0f5eb6p-3f, 0x1.95f276p-11f, -0x1.5542a2p-4f, -0x1.f66cp-4f, -0x1.050e94p-3f, -0x1.c65a8p-4f,
     -0x1.5d1c06p-4f, -0x1.e4e1e6p-5f, -0x1.341c2cp-5f, -0x1.68e63p-6f, -0x1.876f5ep-7f, -0x1.8a5aeap-8f, -0x1.71da8ep-9f,
     -0x1.436ffap-10f, -0x1.080e8ap-11f, -0x1.92e516p-13f, -0x1.1f6e5cp-14f, -0x1.7fbe82p-16f, -0x1.df9e34p-18f,
     -0x1.18b2e4p-19f, -0x1.33ce64p-21f, -0x1.3c4dbcp-23f, -0x1.30a91ep-25f, -0x1.131d7p-27f, -0x1.d1e5acp-30f,
     -0x1.71f93p-32f, -0x1.138fdp-34f, 0}};
FORMULA(gelu)(vec x, PARAMS)
{
    vec a = v_abs_up_to(v_set(5.75f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(FR_GELU_SHORT, a), a, x);
}
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    return v_mul(LOCAL(short_slope)(LOCAL(short_piece_at)(gelu_slope_short[0], 32, 4, 4, 0, 7.25f, x), x), dy);
}
#elif LANE_BITS == 32
/* Right of LEFT the values come from tables of 32 pieces; where a lookup of 16 is cheaper, their first 16 are those right of NEAR. */
#define FR_GELU_LEFT -5.453125f
#define FR_GELU_NEAR -2.2421875f
#define FR_GELU_SLOPE_LEFT -4.75f
/* gelu_pieces: error 2^-26.4; gelu_slope_pieces: 2^-24.5, beside the zero of 0.06. */
static const float gelu_pieces[9][32] = {
    {-0x1.104p1f, -0x1.e08p0f, -0x1.956p0f, -0x1.53ap0f, -0x1.042p0f, -0x1.2b8p-1f, -0x1.08p-2f, 0, 0x1.598p-2f, 0x1.808p-1f,
     0x1.2c4p0f, 0x1.ab8p0f, 0x1.1c6p1f, 0x1.6f7p1f, 0x1.ee4p1f, 0x1.68p2f, 0, -0x1.59bp2f, -0x1.4d1p2f, -0x1.40cp2f,
     -0x1.35cp2f, -0x1.27bp2f, -0x1.1b58p2f, -0x1.0ecp2f, -0x1.00fp2f, -0x1.e65p1f, -0x1.cadp1f, -0x1.ae5p1f, -0x1.916p1f,
     -0x1.742p1f, -0x1.557p1f, -0x1.32ep1f},
    {-0x1.23309p-5f, -0x1.d15p-5f, -0x1.6f7592p-4f, -0x1.f59d98p-4f, -0x1.421cfep-3f, -0x1.4e95f8p-3f, -0x1.a4944ap-4f, 0, 0,
     0, 0, 0, 0, 0, 0, 0, 0, -0x1.7f8f92p-23f, -0x1.10521ep-21f, -0x1.6adfc2p-20f, -0x1.a60b66p-19f, -0x1.294782p-17f,
     -0x1.6276ap-16f, -0x1.9dcbb2p-15f, -0x1.f53d7ep-14f, -0x1.21057ep-12f, -0x1.3d601ep-11f, -0x1.5531cep-10f,
     -0x1.60464cp-9f, -0x1.5b6114p-8f, -0x1.4dff04p-7f, -0x1.443d52p-6f},
    {0x1.1f077p-10f, -0x1.c3e1fp-11f, -0x1.0663p-8f, -0x1.a889f6p-8f, -0x1.853652p-8f, -0x1.820842p-11f, 0x1.a19496p-8f,
     0x1.434824p-7f, 0x1.884082p-8f, -0x1.68bc34p-9f, -0x1.b972eap-8f, -0x1.66b6bap-9f, 0x1.b89676p-10f, 0x1.109f3ep-10f,
     -0x1.2f0594p-13f, 0x1.93b7a6p-18f, 0, -0x1.ea845ap-19f, -0x1.f2c15ap-18f, -0x1.e386e2p-17f, -0x1.c024b8p-16f,
     -0x1.8669fp-15f, -0x1.3d0446p-14f, -0x1.dba5ecp-14f, -0x1.37637p-13f, -0x1.57d3cep-13f, -0x1.6bf23p-14f, 0x1.f5bcf2p-14f,
     0x1.3bb1bcp-11f, 0x1.222726p-10f, 0x1.cd9278p-10f, 0x1.1936b2p-9f},
    {0x1.0fa38cp-7f, 0x1.241ad2p-7f, 0x1.417284p-8f, -0x1.a8a382p-9f, -0x1.fc3b2cp-7f, -0x1.86cfaap-6f, -0x1.de0962p-7f,
     0x1.81510cp-21f, 0x1.20a838p-6f, 0x1.72dcp-6f, 0x1.3190c2p-7f, -0x1.aeca76p-8f, -0x1.e5115cp-8f, -0x1.ab02a2p-11f,
     0x1.295448p-11f, 0x1.bc625ap-15f, 0, -0x1.30cb34p-18f, -0x1.5b33d2p-17f, -0x1.6f3d46p-16f, -0x1.54aaf2p-15f,
     -0x1.657918p-14f, -0x1.3fc0bep-13f, -0x1.0f0b9ap-12f, -0x1.bd14acp-12f, -0x1.474a0ep-11f, -0x1.a76a2p-11f,
     -0x1.b8b63cp-11f, -0x1.0c4712p-11f, 0x1.070eaep-11f, 0x1.3d9d14p-9f, 0x1.65d7ep-8f},
    {0x1.98aebep-7f, 0x1.8203f8p-6f, 0x1.1a612p-5f, 0x1.270e86p-5f, 0x1.5f3p-6f, -0x1.8b649ap-6f, -0x1.d233cp-5f,
     -0x1.105544p-4f, -0x1.9d90f4p-5f, -0x1.2f3a5ep-8f, 0x1.ff9062p-6f, 0x1.0565ccp-5f, 0x1.1d9eb4p-7f, -0x1.f5a77cp-9f,
     -0x1.345286p-10f, 0x1.7726bap-14f, 0, -0x1.4f6fcap-18f, -0x1.91db4p-17f, -0x1.c1cc4cp-16f, -0x1.bc0dc8p-15f,
     -0x1.f50374p-14f, -0x1.e4fa7ep-13f, -0x1.c2b6dp-12f, -0x1.a02392p-11f, -0x1.63eabp-10f, -0x1.17abc2p-9f, -0x1.92f17ap-9f,
     -0x1.fc9368p-9f, -0x1.03130cp-8f, -0x1.2b59e6p-9f, 0x1.89178p-9f},
    {-0x1.f9b27ap-8f, 0x1.4f24a2p-7f, 0x1.6f74f6p-5f, 0x1.4fb0fap-4f, 0x1.ea0fecp-4f, 0x1.eb1988p-4f, 0x1.0b2bdp-4f,
     -0x1.857ef8p-27f, -0x1.515432p-4f, -0x1.09082ep-3f, -0x1.a56568p-4f, -0x1.114ca4p-5f, 0x1.7fdfcp-7f, 0x1.aee42cp-7f,
     0x1.a8d2b2p-10f, 0x1.24ec94p-14f, 0, -0x1.1869p-18f, -0x1.608ac8p-17f, -0x1.9ee608p-16f, -0x1.adaf96p-15f,
     -0x1.02e34cp-13f, -0x1.0af3bp-12f, -0x1.0a4e1cp-11f, -0x1.0c3aaap-10f, -0x1.fb0226p-10f, -0x1.c0493p-9f, -0x1.77e96p-8f,
     -0x1.23e7b2p-7f, -0x1.9c051cp-7f, -0x1.020bc4p-6f, -0x1.01ce52p-6f},
    {-0x1.ad8676p-5f, -0x1.ab8546p-5f, -0x1.d96252p-6f, 0x1.454afcp-6f, 0x1.d7bb82p-4f, 0x1.1d5fbep-2f, 0x1.7e07e8p-2f,
     0x1.988452p-2f, 0x1.6bf272p-2f, 0x1.ba7f5ap-3f, 0x1.0074bp-4f, -0x1.3f9876p-5f, -0x1.96a08ap-5f, -0x1.4b3d9cp-6f,
     -0x1.868684p-10f, 0x1.6c33c6p-16f, 0, -0x1.503accp-19f, -0x1.b9adc2p-18f, -0x1.0fe1bep-16f, -0x1.25c33ep-15f,
     -0x1.76faa2p-14f, -0x1.982b06p-13f, -0x1.b00d7p-12f, -0x1.d30a9ap-11f, -0x1.dd118ap-10f, -0x1.cbfecp-9f, -0x1.ab564ep-8f,
     -0x1.770848p-7f, -0x1.3415dp-6f, -0x1.dc85c2p-6f, -0x1.59e148p-5f},
    {-0x1.2583cap-4f, -0x1.92f0cap-4f, -0x1.fa86dep-4f, -0x1.048932p-3f, -0x1.64d87cp-4f, 0x1.526852p-4f, 0x1.31f4d2p-2f, 0,
     0x1.046a8ap-3f, 0x1.cecf5ep-3f, 0x1.e1b402p-3f, 0x1.525e8cp-3f, 0x1.33b608p-4f, 0x1.30bd04p-6f, 0x1.d34988p-11f,
     0x1.8f5924p-19f, 0, -0x1.0271d8p-20f, -0x1.6178d4p-19f, -0x1.c57068p-18f, -0x1.fd1a46p-17f, -0x1.56204p-15f,
     -0x1.86aaeap-14f, -0x1.b37512p-13f, -0x1.f40c4ap-12f, -0x1.10820ep-10f, -0x1.19d78p-9f, -0x1.1b8506p-8f, -0x1.10304ap-7f,
     -0x1.ef8b0ep-7f, -0x1.b25d7cp-6f, -0x1.76e4e4p-5f},
    {0, 0, 0, 0, 0, 0, 0, 0x1p-1f, 0x1.43a1b8p-1f, 0x1.8c1e08p-1f, 0x1.c2574ep-1f, 0x1.e7b25ap-1f, 0x1.f94414p-1f,
     0x1.fef382p-1f, 0x1.fff89cp-1f, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};
static const float gelu_slope_pieces[8][32] = {
    {-0x1.8cp-5f, 0x1.29p-2f, 0x1.3bp-1f, 0x1.e98p-1f, 0x1.46ap0f, 0x1.ccp0f, 0x1.1c6p1f, 0x1.57dp1f, 0x1.94bp1f, 0x1.ef6p1f,
     0x1.7ep2f, -0x1.308p2f, -0x1.246p2f, -0x1.1a08p2f, -0x1.0d9p2f, -0x1.0108p2f, -0x1.e9ap1f, -0x1.d04p1f, -0x1.b5fp1f,
     -0x1.a01p1f, -0x1.821p1f, -0x1.653p1f, -0x1.4cdp1f, -0x1.317p1f, -0x1.117p1f, -0x1.e7ep0f, -0x1.aeep0f, -0x1.56ep0f,
     -0x1.142p0f, -0x1.a6p-1f, -0x1.46p-1f, -0x1.67p-2f},
    {0x1.d88914p-2f, 0x1.7339b8p-1f, 0x1.de2b1p-1f, 0x1.126cecp0f, 0x1.1fe238p0f, 0x1.1b42ap0f, 0x1.0fdd6ap0f, 0x1.0683cap0f,
     0x1.01fab6p0f, 0x1.003506p0f, 1, -0x1.726a76p-16f, -0x1.aca9b8p-15f, -0x1.a9880ep-14f, -0x1.d4a5b2p-13f, -0x1.f1517ep-12f,
     -0x1.f19ee6p-11f, -0x1.ea34c4p-10f, -0x1.d8e208p-9f, -0x1.89ccaap-8f, -0x1.7755dep-7f, -0x1.487f2ap-6f, -0x1.f623f2p-6f,
     -0x1.7eb626p-5f, -0x1.2189ccp-4f, -0x1.868774p-4f, -0x1.de074cp-4f, -0x1.057cep-3f, -0x1.9a28e4p-4f, -0x1.de98f8p-6f,
     0x1.c07c6p-5f, 0x1.d9f40cp-3f},
    {-0x1.162f1ep-16f, -0x1.266d4ap-6f, -0x1.6cbf26p-6f, -0x1.1f685ep-7f, 0x1.ec50b4p-8f, 0x1.68ac92p-7f, 0x1.9cabap-9f,
     -0x1.4a1e1ep-9f, -0x1.76f508p-10f, 0x1.14b726p-13f, 0x1.cc0bccp-16f, -0x1.93b0a4p-14f, -0x1.1cd8dap-13f, -0x1.6da12ap-13f,
     -0x1.b8c85p-13f, -0x1.15bf12p-13f, 0x1.6efd18p-15f, 0x1.def48cp-12f, 0x1.39ffcap-10f, 0x1.e58276p-10f, 0x1.7c63b8p-9f,
     0x1.1f87bcp-9f, 0x1.15893p-9f, -0x1.501104p-10f, -0x1.2c2c42p-8f, -0x1.61d5a4p-7f, -0x1.8f632p-7f, -0x1.03ad7cp-7f,
     0x1.1999b8p-9f, 0x1.0237b2p-6f, 0x1.64081cp-6f, 0x1.1d3612p-6f},
    {0x1.e7941ep-5f, 0x1.66ced8p-5f, 0x1.62894p-9f, -0x1.13498ep-5f, -0x1.4a7f1ap-5f, -0x1.28f374p-7f, 0x1.42f80ep-7f,
     0x1.3b9aep-7f, 0x1.293684p-9f, -0x1.fd5ef6p-11f, 0x1.277c8ep-14f, -0x1.8046ep-13f, -0x1.44c834p-12f, -0x1.de4262p-12f,
     -0x1.5e01aap-11f, -0x1.cb7d32p-11f, -0x1.f6dc78p-11f, -0x1.83bb56p-11f, 0x1.8152f6p-14f, 0x1.74645ep-10f, 0x1.1f82dap-8f,
     0x1.081584p-7f, 0x1.5e4b04p-7f, 0x1.876366p-7f, 0x1.01f4ecp-7f, -0x1.17f21p-9f, -0x1.10be9ap-6f, -0x1.3549a6p-5f,
     -0x1.450d14p-5f, -0x1.71b612p-6f, -0x1.8f2c86p-14f, 0x1.33d1c8p-5f},
    {-0x1.d750aap-7f, 0x1.4394d6p-4f, 0x1.e49946p-4f, 0x1.69ae96p-4f, 0x1.a69da6p-6f, -0x1.59582ap-5f, -0x1.31df78p-5f,
     -0x1.711f78p-7f, 0x1.715a96p-9f, 0x1.6cbccep-9f, 0x1.535a08p-14f, -0x1.1b7102p-12f, -0x1.060cccp-11f, -0x1.a70e9ep-11f,
     -0x1.62c848p-10f, -0x1.1531bap-9f, -0x1.8a3638p-9f, -0x1.fdbb7p-9f, -0x1.1941e8p-8f, -0x1.e217a2p-9f, -0x1.849668p-12f,
     0x1.b3547ep-8f, 0x1.010bdcp-6f, 0x1.cc9d4cp-6f, 0x1.51ae72p-5f, 0x1.72047ep-5f, 0x1.1d7ffcp-5f, -0x1.b9951ep-7f,
     -0x1.0d022cp-4f, -0x1.b7051p-4f, -0x1.e52058p-4f, -0x1.75f98p-4f},
    {-0x1.0eeb12p-2f, -0x1.be4998p-3f, -0x1.50aa46p-4f, 0x1.0d7d94p-4f, 0x1.1e556p-3f, 0x1.bb2cep-4f, 0x1.1dbf2ep-5f,
     -0x1.47ea2cp-7f, -0x1.f32986p-7f, -0x1.2cd50cp-8f, 0x1.38f822p-15f, -0x1.2f2bd2p-12f, -0x1.2ca2a8p-11f, -0x1.035ebap-10f,
     -0x1.dc7ec6p-10f, -0x1.9e85ap-9f, -0x1.4f1524p-8f, -0x1.019616p-7f, -0x1.71a78ep-7f, -0x1.cd1068p-7f, -0x1.0a0b1p-6f,
     -0x1.c19b36p-7f, -0x1.611534p-8f, 0x1.b24a26p-7f, 0x1.8bf062p-5f, 0x1.6cbe0cp-4f, 0x1.01d0bep-3f, 0x1.28809cp-3f,
     0x1.a8c4f4p-4f, 0x1.c7d014p-7f, -0x1.26fc8cp-4f, -0x1.93fc94p-3f},
    {0x1.3b688ap-5f, -0x1.bcddb6p-3f, -0x1.78a126p-2f, -0x1.7d913ep-2f, -0x1.11ee84p-2f, -0x1.c2ac18p-5f, 0x1.1ff954p-5f,
     0x1.7eb3eap-5f, 0x1.a24cc4p-6f, 0x1.369e0ap-8f, 0x1.f2cdc6p-18f, -0x1.c29512p-13f, -0x1.d9b518p-12f, -0x1.af4c0ap-11f,
     -0x1.a9424ap-10f, -0x1.9084d6p-9f, -0x1.616f42p-8f, -0x1.2dfdb2p-7f, -0x1.eed3bap-7f, -0x1.622d7cp-6f, -0x1.09dbfp-5f,
     -0x1.5fd23cp-5f, -0x1.8f3aecp-5f, -0x1.7f3bcep-5f, -0x1.91ad9p-6f, 0x1.74f024p-6f, 0x1.8558b8p-4f, 0x1.ec44a8p-3f,
     0x1.5d4f9cp-2f, 0x1.8e0b5p-2f, 0x1.7db7ecp-2f, 0x1.05171ep-2f},
    {0x1.97902ap-1f, 0x1.773728p-1f, 0x1.12183p-1f, 0x1.18e4d4p-2f, 0x1.0d73b2p-4f, -0x1.8f987ep-4f, -0x1.96a0b6p-4f,
     -0x1.ce3cf8p-5f, -0x1.60e0d4p-6f, -0x1.7b856ap-9f, -0x1.5dde7ap-22f, -0x1.a37782p-14f, -0x1.cff20ap-13f, -0x1.ba4482p-12f,
     -0x1.cea5f4p-11f, -0x1.d0b074p-10f, -0x1.b71bcap-9f, -0x1.95cff4p-8f, -0x1.6c545p-7f, -0x1.1c4e18p-6f, -0x1.eaefe4p-6f,
     -0x1.8151fcp-5f, -0x1.08c9a2p-4f, -0x1.5e3432p-4f, -0x1.abb6ap-4f, -0x1.b1d17ap-4f, -0x1.4a2224p-4f, 0x1.12b9eap-5f,
     0x1.7e0da2p-3f, 0x1.802312p-2f, 0x1.09f26cp-1f, 0x1.688ee4p-1f}};
FORMULA(gelu_pieces_at)(vec x, int entries)
{
    vec held = v_min(v_set(5.625f), x); /* from there on it is x: the last piece is a line */
    ivec at = v_bits(v_fma(held, v_fnma(held, v_set(0.2444f), v_set(2.7856f)), v_set(FR_ROUND + 7)));
    vec rest = LOCAL(piece_rest)(gelu_pieces[0], 32, entries, 5, held, at, 0).first;
    return v_fma(x, LOCAL(table_row)(gelu_pieces[0], 32, entries, 8, at), rest);
}
FORMULA(gelu_right)(vec x)
{
    if (LUT32_IS_CHEAP || m_any(v_lt(x, v_set(FR_GELU_NEAR)))) return LOCAL(gelu_pieces_at)(x, 32);
    return LOCAL(gelu_pieces_at)(x, 16);
}
FORMULA(gelu_slope_right)(vec x)
{
    x = v_min(v_set(5.96875f), x); /* the slope is 1 by then */
    ivec at = v_bits(v_fma(x, v_fnma(x, v_set(0.25f), v_set(3.25f)), v_set(FR_ROUND)));
    return LOCAL(piece_rest)(gelu_slope_pieces[0], 32, 32, 5, x, at, 0).first;
}

/* The polynomial s in v = 1 / x^2: the value is -0.375 e^z (1 + s), z = -x^2 / 2, and the slope 0.375 x e^z (1 + s). 0.375 E
 * is exact, E having two spare bits. gelu_tail, gelu_slope_tail */
FORMULA(gelu_tail_factor)(vec v)
{
    vec s = LOCAL(line)(v, -0x1.c90806p3f, 0x1.b54f34p5f);
    s = v_fma(s, v, v_set(0x1.95586ap1f));
    s = v_fma(s, v, v_set(-0x1.104d1p0f));
    return v_fma(s, v, v_set(0x1.058308p-4f));
}
FORMULA(gelu_slope_tail_factor)(vec v)
{
    vec s = LOCAL(line)(v, -0x1.6d3512p1f, 0x1.e0607ep2f);
    s = v_fma(s, v, v_set(0x1.0e9f18p0f));
    s = v_fma(s, v, v_set(-0x1.10544ap0f));
    return v_fma(s, v, v_set(0x1.058348p-4f));
}
/* Left of LEFT. It is 2^64 times as large at first, so that nothing is subnormal down to where it is 0, and rounds to whole numbers of
 * subnormal steps where there are few of them. */
FORMULA(gelu_left)(vec x, int slope)
{
    const vec one = v_set(0x1p23f), down = v_set(0x1p-64f);
    x = v_max(v_set(-15), v_min(v_set(slope ? FR_GELU_SLOPE_LEFT : FR_GELU_LEFT), x));
    vec half = v_mul(v_set(-0.5f), x), z = v_mul(half, x), v = v_div(v_set(-0.5f), z);
    PAIR e = LOCAL(exp_scaled)(z, v_fms(half, x, z), 1, 64);
    vec s = slope ? LOCAL(gelu_slope_tail_factor)(v) : LOCAL(gelu_tail_factor)(v);
    vec f = v_add(v_fma(e.second, s, e.second), s), high = v_mul(v_set(-0.375f), e.first), y = v_fma(high, f, high);
    if (slope) {
        vec power = high;
        high = v_mul(power, v_abs(x));
        y = v_add(high, v_fma(high, f, v_fms(power, v_abs(x), high)));
    }
    mask few = v_lt(v_abs(y), v_set(0x1p-62f));
    if (FR_LIKELY(!m_any(few))) return v_mul(y, down);
    vec steps = v_fma(v_abs(y), v_set(0x1p85f), one);
    vec subnormal = v_frombits(i_sub(v_bits(steps), v_bits(one)));
    return v_where(few, LOCAL(signed_as)(subnormal, y), v_mul(v_where(few, one, y), down));
}
FORMULA(gelu)(vec x, PARAMS)
{
    mask left = v_lt(x, v_set(FR_GELU_LEFT));
    vec y = LOCAL(gelu_right)(x);
    return m_any(left) ? v_where(left, LOCAL(gelu_left)(x, 0), y) : y;
}
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    mask left = v_lt(x, v_set(FR_GELU_SLOPE_LEFT));
    vec slope = LOCAL(gelu_slope_right)(x);
    if (m_any(left)) slope = v_where(left, LOCAL(gelu_left)(x, 1), slope);
    return v_mul(dy, slope);
}
#else
/* e^-(a^2/2) 2^scale as E (1 + p). */
FORMULA_PAIR(normal_density)(vec a, int scale)
{
    vec half = v_mul(v_set(-0.5), a), z = v_mul(half, a);
    return LOCAL(exp_scaled)(z, v_fms(half, a, z), 1, scale);
}
/* base - a Phi(-a) 2^scale, base being 0 or not less than that: quotient + rest, but for the small p all that it is made of. */
FORMULA(gelu_of)(vec a, vec base, int scale)
{
    const vec one = v_set(1);
    PAIR e = LOCAL(normal_density)(a, scale);
    LOCAL(mills) m = LOCAL(mills_of)(a);
    vec factor = v_add(one, m.s), factor_low = v_sub(m.s, v_sub(factor, one));
    vec density = v_mul(a, e.first), density_low = v_fms(a, e.first, density);
    vec n = v_mul(density, factor);
    vec n_low = v_fma(density, factor_low, v_fma(density_low, factor, v_fms(density, factor, n)));
    vec quotient = v_mul(n, m.inverse), rest = v_add(v_fnma(quotient, m.low, v_fnma(quotient, m.high, n)), n_low);
    rest = v_mul(rest, m.inverse);
    rest = v_fma(quotient, e.second, v_fma(rest, e.second, rest));
    vec y = v_sub(base, quotient), low = v_sub(v_sub(base, y), quotient);
    return v_sub(y, v_sub(rest, low));
}
/* (Phi(-a) - a phi(a)) 2^scale, phi the density: E (1 + p) ((1 + s) / (high + low) - a / sqrt(2 pi)). */
FORMULA(gelu_slope_of)(vec a, int scale)
{
    PAIR e = LOCAL(normal_density)(a, scale);
    LOCAL(mills) m = LOCAL(mills_of)(a);
    const vec peak = v_set(0x1.9884533d43651p-2), peak_low = v_set(-0x1.cbc0d30ebfd15p-56);
    vec i = m.inverse, i_low = v_mul(v_fnma(i, m.low, v_fnma(i, m.high, v_set(1))), i);
    vec line = v_mul(a, peak), line_low = v_fma(a, peak_low, v_fms(a, peak, line));
    vec difference = v_sub(i, line), back = v_sub(difference, i);
    vec low = v_sub(v_sub(i, v_sub(difference, back)), v_add(line, back));
    low = v_sub(v_add(low, v_fma(i, m.s, v_fma(i_low, m.s, i_low))), line_low);
    vec sum = v_add(difference, low);
    low = v_add(v_sub(difference, sum), low);
    return v_fma(e.first, sum, v_mul(e.first, v_fma(sum, e.second, low)));
}
/* Beyond FR_GELU_FAR e^-(a^2/2) is scaled, and beyond 39 the left side is 0. */
#define FR_GELU_FAR 37.5
FORMULA(gelu_far)(vec a, int slope)
{
    vec held = v_max(v_set(FR_GELU_FAR), v_min(v_set(39), a)), none = v_set(0);
    vec scaled = slope ? LOCAL(gelu_slope_of)(held, FR_UP) : LOCAL(gelu_of)(held, none, FR_UP);
    return LOCAL(scaled_down)(scaled, none, m_none(), scaled);
}
FORMULA(gelu)(vec x, PARAMS)
{
    const vec far = v_set(FR_GELU_FAR);
    vec a = v_abs(x), y = LOCAL(signed_as)(LOCAL(gelu_of)(v_min(far, a), v_max(v_set(0), x), 0), x);
    if (FR_LIKELY(!m_any(v_lt(far, a)))) return y;
    return v_where(v_lt(far, a), v_where(v_lt(x, v_set(0)), LOCAL(gelu_far)(a, 0), x), y);
}
FORMULA(gelu_backward)(vec dy, vec x, PARAMS)
{
    const vec far = v_set(FR_GELU_FAR), zero = v_set(0);
    vec a = v_abs(x), slope = LOCAL(gelu_slope_of)(v_min(far, a), 0);
    mask left = v_lt(x, zero), gone = m_and(left, v_lt(far, a));
    slope = v_where(left, slope, v_sub(v_set(1), slope));
    if (m_any(gone)) slope = v_where(gone, LOCAL(gelu_far)(a, 1), slope);
    return v_mul(dy, slope);
}
#endif
#endif

KERNEL(ALL_CLEAR, gelu, 1, 0, 1)
KERNEL(PROVEN, gelu_backward, 2, 0, 1)
ACTIVATION(
    .name = "gelu",
    .title = "Gaussian error linear unit",
    .formula = "x * Phi(x)",
    .derivative = "Phi(x) + x * phi(x)",
    .notes = "The exact function, with the error function; gelu_tanh is its approximation.",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, -(0.5 ** 0.5), out=t); special.erfc(t, out=t); np.multiply(x, t, out=t); np.multiply(t, 0.5, out=out)",
    .numpy_backward = "np.multiply(x, -(0.5 ** 0.5), out=t); special.erfc(t, out=t); t *= 0.5; np.multiply(x, x, out=t2); t2 *= -0.5; "
                      "np.exp(t2, out=t2); t2 *= x; t2 *= 0.3989422804014327; t += t2; np.multiply(dy, t, out=out)")
