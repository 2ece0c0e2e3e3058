/* SPDX-License-Identifier: BSD-3-Clause */
/* x - tanh x: what tanh takes away. */
#ifdef FORMULAS_FLOAT
#define FR_TANHSHRINK_SMALL ((lane)0.6875)
#if LANE_BITS == 32
#define FR_TANHSHRINK_UP 0x1p64f /* keeps the low parts of tiny cubes normal */
#define FR_TANHSHRINK_DOWN 0x1p-64f
#else
#define FR_TANHSHRINK_UP 0x1p256
#define FR_TANHSHRINK_DOWN 0x1p-256
#endif
/* a - tanh a for 0 <= a <= FR_TANHSHRINK_SMALL, a^3 (1/3 + s(a^2)): the cube and the third have low parts. tanhshrink_series */
FORMULA(tanhshrink_small)(vec a)
{
    vec square = v_mul(a, a), scaled = v_mul(a, v_set(FR_TANHSHRINK_UP)), cube = v_mul(square, scaled);
    vec cube_low = v_fma(v_fms(a, a, square), scaled, v_fms(square, scaled, cube));
#if LANE_BITS == 32
    const vec third = v_set(0x1.555556p-2f), third_low = v_set(-0x1.555556p-27f);
    vec s = LOCAL(line)(square, -0x1.a689f6p-9f, 0x1.9deffp-11f);
    s = v_fma(s, square, v_set(0x1.1ef18ap-7f));
    s = v_fma(s, square, v_set(-0x1.660d06p-6f));
    s = v_fma(s, square, v_set(0x1.ba1964p-5f));
    s = v_fma(s, square, v_set(-0x1.11110ep-3f));
#else
    const vec third = v_set(0x1.5555555555555p-2), third_low = v_set(0x1.5555555555555p-56);
    vec fourth = v_mul(square, square);
    vec eighth = v_mul(fourth, fourth);
    vec s = LOCAL(line)(square, -0x1.bedf5faae51dcp-20, 0x1.299de5ac722d7p-22);
    s = v_fma(s, eighth, LOCAL(cubic)(square, fourth, -0x1.964229455ebdep-14, 0x1.47eda54eaae39p-15,
                                      -0x1.038318871cbccp-16, 0x1.7c7b67b0dcd5ep-18));
    s = v_fma(s, eighth, LOCAL(cubic)(square, fourth, -0x1.d6d3d0bdbecc9p-9, 0x1.7da360abbe4e6p-10,
                                      -0x1.3557e2d17de36p-11, 0x1.f576ef724b681p-13));
    s = v_fma(s, eighth, LOCAL(cubic)(square, fourth, -0x1.1111111111111p-3, 0x1.ba1ba1ba1b9e9p-5,
                                      -0x1.664f4882bf67ap-6, 0x1.226e355dfb808p-7));
#endif
    vec low = v_fma(cube_low, third, v_mul(cube, third_low));
    return v_mul(v_fma(cube, third, v_fma(cube, v_mul(s, square), low)), v_set(FR_TANHSHRINK_DOWN));
}
#if FR_DIGITS == 11
/* 1 - tanh(a) / a: tanhshrink_short */
static const float tanhshrink_short[5][32] = {
    {-0x1.ac3ef8p-14f, -0x1.72061p-14f, -0x1.8d3922p-15f, -0x1.e86d88p-19f, 0x1.d711acp-16f, 0x1.5ef77cp-15f, 0x1.5db248p-15f,
     0x1.1ec54cp-15f, 0x1.9d57f6p-16f, 0x1.0c04c4p-16f, 0x1.38c122p-17f, 0x1.3cefaep-18f, 0x1.ded41p-20f, 0x1.dabb24p-26f,
     -0x1.f40f4ap-21f, -0x1.73bf64p-20f, -0x1.9c487p-20f, -0x1.9755eap-20f, -0x1.7b218p-20f, -0x1.54bb6cp-20f, -0x1.2b66ap-20f,
     -0x1.036686p-20f, -0x1.bd8d9cp-21f, -0x1.7caa24p-21f, -0x1.446038p-21f, -0x1.141c16p-21f, -0x1.d61b2cp-22f,
     -0x1.8fdeccp-22f, -0x1.54c1e4p-22f, -0x1.2343a2p-22f, -0x1.01ac08p-22f},
    {-0x1.510e1p-22f, -0x1.96522cp-12f, -0x1.582b1cp-11f, -0x1.8ad0f6p-11f, -0x1.6caefp-11f, -0x1.2036cap-11f, -0x1.8d978p-12f,
     -0x1.da5752p-13f, -0x1.c7f3d6p-14f, -0x1.d92286p-16f, 0x1.6aff68p-16f, 0x1.9bd7c8p-15f, 0x1.026ccap-14f, 0x1.10215p-14f,
     0x1.07984ap-14f, 0x1.e73974p-15f, 0x1.b5989cp-15f, 0x1.8207dp-15f, 0x1.50b6e8p-15f, 0x1.23ad76p-15f, 0x1.f7602cp-16f,
     0x1.b197b8p-16f, 0x1.7565fep-16f, 0x1.41d4dap-16f, 0x1.15d8b8p-16f, 0x1.e0cc92p-17f, 0x1.a11a26p-17f, 0x1.6ae272p-17f,
     0x1.3caeb8p-17f, 0x1.153c18p-17f, 0x1.e6a99ap-18f},
    {0x1.2f6892p-7f, 0x1.1bc0e6p-7f, 0x1.cdc8ap-8f, 0x1.3fe526p-8f, 0x1.5e43dap-9f, 0x1.9d4944p-11f, -0x1.3d0b1cp-11f,
     -0x1.8a335ep-10f, -0x1.057422p-9f, -0x1.1f06bep-9f, -0x1.1f4904p-9f, -0x1.10aa4ap-9f, -0x1.f4e2ccp-10f, -0x1.c29ab8p-10f,
     -0x1.9015c8p-10f, -0x1.606516p-10f, -0x1.34ff66p-10f, -0x1.0e6568p-10f, -0x1.d919cp-11f, -0x1.9e472cp-11f,
     -0x1.6b6edep-11f, -0x1.3f9aeap-11f, -0x1.19dcb2p-11f, -0x1.f2b246p-12f, -0x1.ba9b54p-12f, -0x1.8a21ecp-12f,
     -0x1.602354p-12f, -0x1.3ba81ep-12f, -0x1.1bdebap-12f, -0x1.00165ap-12f, -0x1.cf741cp-13f},
    {0, 0x1.28c6bp-6f, 0x1.162708p-5f, 0x1.783fccp-5f, 0x1.b5e20ap-5f, 0x1.d1a01ap-5f, 0x1.d26cd2p-5f, 0x1.c08618p-5f,
     0x1.a36214p-5f, 0x1.80c64p-5f, 0x1.5cad4ep-5f, 0x1.399192p-5f, 0x1.18d2e8p-5f, 0x1.f62764p-6f, 0x1.c100cep-6f,
     0x1.920338p-6f, 0x1.68b968p-6f, 0x1.449008p-6f, 0x1.24ed3cp-6f, 0x1.093d78p-6f, 0x1.e1f38ep-7f, 0x1.b75462p-7f,
     0x1.91cbf2p-7f, 0x1.70a576p-7f, 0x1.534608p-7f, 0x1.392978p-7f, 0x1.21df42p-7f, 0x1.0d07acp-7f, 0x1.f4a274p-8f,
     0x1.d2ecfep-8f, 0x1.b47868p-8f},
    {0, 0x1.2c12b8p-7f, 0x1.2280bep-5f, 0x1.365614p-4f, 0x1.01b0d8p-3f, 0x1.7346p-3f, 0x1.e84152p-3f, 0x1.2d770cp-2f,
     0x1.63caeap-2f, 0x1.9615ep-2f, 0x1.c3ed2p-2f, 0x1.ed4c22p-2f, 0x1.09357ep-1f, 0x1.19d08p-1f, 0x1.28a8e8p-1f, 0x1.35f1p-1f,
     0x1.41d854p-1f, 0x1.4c8a42p-1f, 0x1.562d64p-1f, 0x1.5ee39cp-1f, 0x1.66ca5cp-1f, 0x1.6dfb18p-1f, 0x1.748bc6p-1f,
     0x1.7a8f4ep-1f, 0x1.8015fap-1f, 0x1.852dd6p-1f, 0x1.89e308p-1f, 0x1.8e4014p-1f, 0x1.924e1cp-1f, 0x1.961518p-1f,
     0x1.999bfap-1f}};
#define FR_TANHSHRINK_STEPS 6
#elif FR_DIGITS == 8
static const float tanhshrink_short[5][32] = {
    {-0x1.0e4d9ep-3f, -0x1.72c3c6p-4f, -0x1.715772p-8f, 0x1.850592p-5f, 0x1.b99198p-5f, 0x1.38ae2p-5f, 0x1.54a71ap-6f,
     0x1.220c7ap-7f, 0x1.332a98p-9f, -0x1.650eeep-11f, -0x1.d4b60ep-10f, -0x1.05b64ap-9f, -0x1.dfa53ap-10f, -0x1.94fb54p-10f,
     -0x1.48650ap-10f, -0x1.04e81p-10f, -0x1.9abbe8p-11f, -0x1.422c58p-11f, -0x1.fa551cp-12f, -0x1.8ef1e8p-12f,
     -0x1.4ebb7cp-12f},
    {-0x1.2cf74p-14f, -0x1.dcc9fap-4f, -0x1.4b7dbp-3f, -0x1.1604p-3f, -0x1.4fcedep-4f, -0x1.20d96p-5f, -0x1.97c7a6p-8f,
     0x1.088e22p-7f, 0x1.b2d0b8p-7f, 0x1.c71128p-7f, 0x1.9af0dcp-7f, 0x1.5b678ap-7f, 0x1.1c2d24p-7f, 0x1.c97988p-8f,
     0x1.6e014p-8f, 0x1.2485f6p-8f, 0x1.d515f8p-9f, 0x1.79c19ep-9f, 0x1.325164p-9f, 0x1.f3db2ep-10f, 0x1.9a3e1ap-10f},
    {0x1.555556p-2f, 0x1.2542aap-2f, 0x1.67ee36p-3f, 0x1.edf214p-5f, -0x1.64a978p-6f, -0x1.08701p-4f, -0x1.42e90ap-4f,
     -0x1.3c7a52p-4f, -0x1.19c018p-4f, -0x1.de4752p-5f, -0x1.8c71dep-5f, -0x1.453a34p-5f, -0x1.0a1e7ep-5f, -0x1.b46874p-6f,
     -0x1.678e44p-6f, -0x1.2a205ep-6f, -0x1.f1eeb6p-7f, -0x1.a2f02cp-7f, -0x1.631d1ep-7f, -0x1.2f34dap-7f, -0x1.04b1f8p-7f},
    {0, 0x1.44e1eep-3f, 0x1.1a2eb2p-2f, 0x1.55b6a8p-2f, 0x1.5dd1bcp-2f, 0x1.46375ap-2f, 0x1.2094e2p-2f, 0x1.f056b4p-3f,
     0x1.a53c7ap-3f, 0x1.64175ap-3f, 0x1.2d826ep-3f, 0x1.0087bcp-3f, 0x1.b763d6p-4f, 0x1.7b10f4p-4f, 0x1.497f46p-4f,
     0x1.208908p-4f, 0x1.fce906p-5f, 0x1.c3c89ep-5f, 0x1.938b7ep-5f, 0x1.6a827ap-5f, 0x1.475a4cp-5f},
    {0, 0x1.4d0244p-6f, 0x1.365604p-4f, 0x1.399eb2p-3f, 0x1.e84152p-3f, 0x1.491608p-2f, 0x1.9615ep-2f, 0x1.d9292cp-2f,
     0x1.09357ep-1f, 0x1.2171dap-1f, 0x1.35f1p-1f, 0x1.47557p-1f, 0x1.562d64p-1f, 0x1.62ef3ep-1f, 0x1.6dfb18p-1f,
     0x1.779e1cp-1f, 0x1.8015fap-1f, 0x1.879414p-1f, 0x1.8e4014p-1f, 0x1.943a06p-1f, 0x1.999bfap-1f}};
#define FR_TANHSHRINK_STEPS 4
#endif
#ifdef NARROW
/* From where a - tanh(a) rounds to a - 1, almost 1 is subtracted: a - 1 is a midpoint between large numbers. */
FORMULA(tanhshrink)(vec x, PARAMS)
{
    vec a = v_abs(x);
    LOCAL(short_piece) piece = LOCAL(short_piece_at)(tanhshrink_short[0], 32, 4, FR_TANHSHRINK_STEPS, 0, 5, x);
    return LOCAL(times_sign)(v_max(v_mul(a, LOCAL(short_value)(piece)), v_sub(a, v_set(1 - 0x1p-12f))), x);
}
#undef FR_TANHSHRINK_STEPS
#else
FORMULA(tanhshrink)(vec x, PARAMS)
{
    vec a = v_abs(x);
    PAIR tanh = LOCAL(tanh_parts)(a);
    vec held = v_min(v_set(FR_LARGEST), a), rest = v_sub(held, tanh.first);
    vec low = v_sub(v_sub(v_sub(held, rest), tanh.first), tanh.second);
    const vec limit = v_set(FR_TANHSHRINK_SMALL);
    vec y = v_where(v_lt(a, limit), LOCAL(tanhshrink_small)(v_min(limit, a)), v_add(rest, low));
    return LOCAL(times_sign)(v_where(v_eq(a, v_set(FR_INFINITY)), a, y), x);
}
#endif
#ifdef NARROW
/* tanh_squared_short */
#if FR_DIGITS == 11
static const float tanh_squared_short[7][16] = {
    {0x1.91bb1ap-12f, 0x1.5d57d8p-17f, -0x1.c5b7a8p-13f, -0x1.486bd4p-15f, 0x1.299178p-15f, 0x1.8a3126p-16f, 0x1.f2591cp-18f,
     0x1.dc9b4p-21f, -0x1.7455cap-21f, -0x1.8f98a6p-21f, -0x1.0f8a84p-21f, -0x1.407908p-22f, -0x1.6669a4p-23f,
     -0x1.8363a6p-24f, -0x1.907c1ep-25f, -0x1.cb8d26p-26f},
    {0x1.c583e4p-17f, 0x1.76b45ap-10f, 0x1.be73c2p-12f, -0x1.702fe2p-12f, -0x1.2b002p-12f, -0x1.8ad5e4p-14f, -0x1.b69ad2p-18f,
     0x1.e6d974p-17f, 0x1.cc54eep-17f, 0x1.313556p-17f, 0x1.6673ecp-18f, 0x1.8ee84cp-19f, 0x1.b0ab08p-20f, 0x1.ce9b34p-21f,
     0x1.eb5c8p-22f, 0x1.035eeep-22f},
    {-0x1.ca51b4p-8f, -0x1.234b5cp-9f, 0x1.88c166p-9f, 0x1.5cc9c4p-9f, 0x1.c6fb76p-11f, -0x1.69ed22p-15f, -0x1.058524p-12f,
     -0x1.bb6104p-13f, -0x1.1e64b2p-13f, -0x1.4d2d7ap-14f, -0x1.71446ep-15f, -0x1.8f903ap-16f, -0x1.ab0dcp-17f,
     -0x1.c58dc2p-18f, -0x1.e02a32p-19f, -0x1.fb412p-20f},
    {0x1.dfac38p-23f, -0x1.5707d2p-6f, -0x1.1f1788p-6f, -0x1.418574p-8f, 0x1.064368p-9f, 0x1.b3bbc4p-9f, 0x1.5445dep-9f,
     0x1.ae491ep-10f, 0x1.f0c274p-11f, 0x1.126562p-11f, 0x1.28746ap-12f, 0x1.3c9ea6p-13f, 0x1.50212ep-14f, 0x1.63b8e4p-15f,
     0x1.77d518p-16f, 0x1.8cbc2ap-17f},
    {0x1.a36e2ep-4f, 0x1.0e4376p-4f, 0x1.85e86cp-9f, -0x1.ef4aeep-6f, -0x1.0c5b72p-5f, -0x1.870aa4p-6f, -0x1.e499d4p-7f,
     -0x1.15ac36p-7f, -0x1.31cd4p-8f, -0x1.49e8ap-9f, -0x1.6019aap-10f, -0x1.75a9fp-11f, -0x1.8b5e7ep-12f, -0x1.a1adfcp-13f,
     -0x1.b8e26ap-14f, -0x1.d12d1cp-15f},
    {0, 0x1.6ed0aap-3f, 0x1.f825a2p-3f, 0x1.b32416p-3f, 0x1.2b19fep-3f, 0x1.6bb032p-4f, 0x1.9dce18p-5f, 0x1.c658c2p-6f,
     0x1.e97b38p-7f, 0x1.0506aep-7f, 0x1.14eadp-8f, 0x1.24f37ap-9f, 0x1.35742ep-10f, 0x1.46a164p-11f, 0x1.589e42p-12f,
     0x1.6b8474p-13f},
    {0, 0x1.885fd8p-4f, 0x1.46c52ap-2f, 0x1.1b9f14p-1f, 0x1.779604p-1f, 0x1.b2ee1ep-1f, 0x1.d5d066p-1f, 0x1.e94e76p-1f,
     0x1.f3e7f6p-1f, 0x1.f99646p-1f, 0x1.fc9bcp-1f, 0x1.fe3576p-1f, 0x1.ff0e04p-1f, 0x1.ff805ap-1f, 0x1.ffbcacp-1f,
     0x1.ffdc7ep-1f}};
#define FR_TANH_SQUARED 16, 6, 3.125f, 0, 4.875f
#else
static const float tanh_squared_short[5][16] = {
    {-0x1.0838e6p-7f, -0x1.556ea2p-9f, 0x1.d13376p-9f, 0x1.77fabp-9f, 0x1.95c21ep-11f, -0x1.22a74cp-13f, -0x1.3315b8p-12f,
     -0x1.d65cecp-13f, -0x1.1ddedp-13f, -0x1.3d0026p-14f, -0x1.517ddp-15f, -0x1.5fa812p-16f, -0x1.70cd1cp-17f,
     -0x1.80128ap-18f, -0x1.90249p-19f, -0x1.9f32a6p-20f},
    {-0x1.c17f38p-16f, -0x1.82806ap-6f, -0x1.2f905p-6f, -0x1.163298p-8f, 0x1.66c282p-9f, 0x1.deadf4p-9f, 0x1.5b89eap-9f,
     0x1.a2669ep-10f, 0x1.d0ae68p-11f, 0x1.eff5a4p-12f, 0x1.03e546p-12f, 0x1.0d6bacp-13f, 0x1.161f1p-14f, 0x1.1dfce2p-15f,
     0x1.266114p-16f, 0x1.2e087ep-17f},
    {0x1.c71c72p-4f, 0x1.19c3dp-4f, -0x1.657ceap-10f, -0x1.1af0aap-5f, -0x1.1922aap-5f, -0x1.83b9ap-6f, -0x1.cbf326p-7f,
     -0x1.fbd9b2p-8f, -0x1.0e8ccep-8f, -0x1.1b1cacp-9f, -0x1.258aaap-10f, -0x1.2eed5ap-11f, -0x1.37d3c8p-12f, -0x1.4099fp-13f,
     -0x1.496562p-14f, -0x1.5258eep-15f},
    {0, 0x1.898cf6p-3f, 0x1.06b768p-2f, 0x1.b4b814p-3f, 0x1.20ab1ap-3f, 0x1.5240e4p-4f, 0x1.73f7aap-5f, 0x1.8bb61p-6f,
     0x1.9dcde8p-7f, 0x1.ace9b8p-8f, 0x1.ba8c28p-9f, 0x1.c78d26p-10f, 0x1.d45ecp-11f, 0x1.e141ccp-12f, 0x1.ee552p-13f,
     0x1.fbb0bcp-14f},
    {0, 0x1.a7687cp-4f, 0x1.5bc962p-2f, 0x1.28f924p-1f, 0x1.839678p-1f, 0x1.bbe2dap-1f, 0x1.dbd3a8p-1f, 0x1.ed1942p-1f,
     0x1.f63508p-1f, 0x1.faf2d6p-1f, 0x1.fd6678p-1f, 0x1.fea9e2p-1f, 0x1.ff503ep-1f, 0x1.ffa5bcp-1f, 0x1.ffd1a6p-1f,
     0x1.ffe834p-1f}};
#define FR_TANH_SQUARED 16, 4, 3, 0, 5.125f
#endif
FORMULA(tanhshrink_backward)(vec dy, vec x, PARAMS)
{
    return v_mul(dy, LOCAL(short_value)(LOCAL(short_piece_at)(tanh_squared_short[0], FR_TANH_SQUARED, x)));
}
#undef FR_TANH_SQUARED
#else
/* tanh^2, rounded once. */
FORMULA(tanhshrink_backward)(vec dy, vec x, PARAMS)
{
    PAIR tanh = LOCAL(tanh_parts)(v_abs(x));
    return v_mul(dy, v_fma(tanh.first, tanh.first, v_mul(v_add(tanh.first, tanh.first), tanh.second)));
}
#endif
#endif

KERNEL(PROVEN, tanhshrink, 1, 0, 1)
KERNEL(PROVEN_TO_EVEN, tanhshrink_backward, 2, 0, 1)
ACTIVATION(
    .name = "tanhshrink",
    .title = "tanh shrinkage",
    /* near 0 by Lambert's continued fraction of tanh, in which nothing cancels */
    .formula = "where(abs(x) < 1, x * x ** 2 / (x ** 2 + 3 + x ** 2 / (5 + x ** 2 / (7 + x ** 2 / (9 + x ** 2 / (11 + x ** 2 / (13 + "
               "x ** 2 / (15 + x ** 2 / (17 + x ** 2 / (19 + x ** 2 / 21))))))))), x - tanh(x))",
    .derivative = "tanh(x) ** 2",
    .notes = "Near 0 it is x ** 3 / 3, to full relative accuracy.",
    .source = "PyTorch's Tanhshrink, after Torch7, 2011",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.tanh(x, out=t); np.subtract(x, t, out=out)",
    .numpy_backward = "np.tanh(x, out=t); np.multiply(t, t, out=t); np.multiply(dy, t, out=out)")
