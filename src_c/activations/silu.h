/* SPDX-License-Identifier: BSD-3-Clause */
/* x times its sigmoid. */
#ifdef FORMULAS_FLOAT
FORMULA(silu_of)(vec x) { return LOCAL(gate)(x, x, x, 0); }
#if FR_TABLED && FR_DIGITS == 11
/* silu_short */
static const float silu_short[5][32] = {
    {0x1.5880f4p-12f, 0x1.01b0bcp-10f, 0x1.90d67ap-11f, 0x1.64b3ap-13f, -0x1.e78ac2p-14f, -0x1.3e47a6p-13f, -0x1.cc1374p-14f,
     -0x1.1205ecp-14f, -0x1.32faep-15f, -0x1.49b7p-16f, -0x1.5648dap-17f, -0x1.63428p-18f, -0x1.6fa0e6p-19f, -0x1.7ac124p-20f,
     -0x1.84e744p-21f, -0x1.8f2262p-22f, -0x1.996b66p-23f, -0x1.a3f982p-24f, -0x1.b068c2p-25f, -0x1.bd3118p-26f,
     -0x1.c8832ap-27f, -0x1.d433aep-28f, -0x1.e4652ep-29f, -0x1.f15c48p-30f, -0x1.0007e4p-30f, -0x1.0784d8p-31f,
     -0x1.0f6038p-32f, -0x1.15378ap-33f, -0x1.1b2eeap-34f, -0x1.237762p-35f, -0x1.2c27e6p-36f, -0x1.45c002p-37f},
    {-0x1.9d8fdcp-8f, -0x1.f1623ep-9f, 0x1.49eb8ap-15f, 0x1.ef3cd2p-10f, 0x1.f1b09cp-10f, 0x1.590274p-10f, 0x1.9a6a02p-11f,
     0x1.c5d01p-12f, 0x1.e3e946p-13f, 0x1.fa7b52p-14f, 0x1.06a694p-14f, 0x1.0f0c6p-15f, 0x1.170d9p-16f, 0x1.1ee704p-17f,
     0x1.26d8ap-18f, 0x1.2ecffp-19f, 0x1.3709e4p-20f, 0x1.3f5bdp-21f, 0x1.47f45ap-22f, 0x1.50c59p-23f, 0x1.59dd32p-24f,
     0x1.6316p-25f, 0x1.6cae2ap-26f, 0x1.766bb6p-27f, 0x1.8078aep-28f, 0x1.8aa9c2p-29f, 0x1.956146p-30f, 0x1.a042eap-31f,
     0x1.ab6c64p-32f, 0x1.b6c242p-33f, 0x1.c2adc6p-34f, 0x1.ccee0ep-35f},
    {0x1.8051aep-16f, -0x1.065d1ep-6f, -0x1.5e41f2p-6f, -0x1.231e3ap-6f, -0x1.80df96p-7f, -0x1.c302ccp-8f, -0x1.effb6ap-9f,
     -0x1.07d8e2p-9f, -0x1.13e458p-10f, -0x1.1df162p-11f, -0x1.271046p-12f, -0x1.2fbb1cp-13f, -0x1.3845d2p-14f,
     -0x1.40dc26p-15f, -0x1.499594p-16f, -0x1.527d14p-17f, -0x1.5b9b4ap-18f, -0x1.64f3cep-19f, -0x1.6e887ep-20f,
     -0x1.785de6p-21f, -0x1.827924p-22f, -0x1.8cd8eep-23f, -0x1.9777e8p-24f, -0x1.a266f2p-25f, -0x1.ad9f3ep-26f,
     -0x1.b924e6p-27f, -0x1.c4f8fcp-28f, -0x1.d124e8p-29f, -0x1.dda484p-30f, -0x1.ea73a2p-31f, -0x1.f79a64p-32f,
     -0x1.028096p-32f},
    {0x1.5554b4p-3f, 0x1.320be2p-3f, 0x1.c2d166p-4f, 0x1.1eb5bcp-4f, 0x1.4bc524p-5f, 0x1.6b45c8p-6f, 0x1.81d77cp-7f,
     0x1.93382p-8f, 0x1.a1d13ep-9f, 0x1.af0abap-10f, 0x1.bbacb4p-11f, 0x1.c824f4p-12f, 0x1.d4aea2p-13f, 0x1.e16a8cp-14f,
     0x1.ee6ab4p-15f, 0x1.fbba84p-16f, 0x1.04b00ep-16f, 0x1.0bb086p-17f, 0x1.12e03cp-18f, 0x1.1a40eep-19f, 0x1.21d406p-20f,
     0x1.299b4p-21f, 0x1.31979cp-22f, 0x1.39cbp-23f, 0x1.4236a2p-24f, 0x1.4adc5ap-25f, 0x1.53bcfap-26f, 0x1.5cdad6p-27f,
     0x1.663754p-28f, 0x1.6fd46p-29f, 0x1.79b2eep-30f, 0x1.83d7f6p-31f},
    {-0x1p-1f, -0x1.5b62bp-2f, -0x1.ab3afcp-3f, -0x1.e8415ep-4f, -0x1.0a1d1ep-4f, -0x1.1a2cccp-5f, -0x1.26af9cp-6f,
     -0x1.3143dcp-7f, -0x1.3ae256p-8f, -0x1.441782p-9f, -0x1.4d3068p-10f, -0x1.56577ap-11f, -0x1.5fa3d2p-12f, -0x1.692286p-13f,
     -0x1.72db5p-14f, -0x1.7cd32p-15f, -0x1.870d6ep-16f, -0x1.918cf6p-17f, -0x1.9c541p-18f, -0x1.a764e8p-19f, -0x1.b2c19ap-20f,
     -0x1.be6c48p-21f, -0x1.ca671ep-22f, -0x1.d6b42cp-23f, -0x1.e355bap-24f, -0x1.f04e0cp-25f, -0x1.fd9f76p-26f,
     -0x1.05a62ap-26f, -0x1.0cab92p-27f, -0x1.13e138p-28f, -0x1.1b4866p-29f, -0x1.22e27ap-30f}};
FORMULA(silu)(vec x, PARAMS)
{
    vec a = v_abs_up_to(v_set(20.875f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(silu_short[0], 32, 4, 1.5f, 0, a), a, x);
}
#elif FR_TABLED
/* silu_short; farther left it has become very small, but not 0. */
static const float silu_short[3][32] = {
    {-0x1.75f13ap-12f, -0x1.2996e2p-9f, -0x1.05cc06p-8f, -0x1.49f6f4p-8f, -0x1.5d5d5ep-8f, -0x1.4aef48p-8f, -0x1.22f4eep-8f,
     -0x1.e38d14p-9f, -0x1.80b4bp-9f, -0x1.2709eep-9f, -0x1.c10c5cp-10f, -0x1.4d0eeep-10f, -0x1.edcbfap-11f, -0x1.6bfba2p-11f,
     -0x1.0bed62p-11f, -0x1.7d8432p-12f, -0x1.1123fp-12f, -0x1.8adf9ep-13f, -0x1.1d875ap-13f, -0x1.9c709ep-14f,
     -0x1.29ae1p-14f, -0x1.a6ce8ep-15f, -0x1.2c224cp-15f, -0x1.b447acp-16f, -0x1.3cb078p-16f, -0x1.c89ea4p-17f,
     -0x1.44d58ap-17f, -0x1.cb6e1ep-18f, -0x1.4576b6p-18f, -0x1.ce2542p-19f, -0x1.5222aep-19f, -0x1.07b172p-19f},
    {0x1.555b0cp-4f, 0x1.4bc1bep-4f, 0x1.31afacp-4f, 0x1.0c4742p-4f, 0x1.c2d186p-5f, 0x1.6d20a4p-5f, 0x1.1f0a92p-5f,
     0x1.b8cba6p-6f, 0x1.4c798ep-6f, 0x1.ee6ae8p-7f, 0x1.6c3ed8p-7f, 0x1.0a1aacp-7f, 0x1.82ddp-8f, 0x1.17f448p-8f,
     0x1.947a8cp-9f, 0x1.235022p-9f, 0x1.a30358p-10f, 0x1.2cec78p-10f, 0x1.b05b1cp-11f, 0x1.360ee8p-11f, 0x1.bd08dap-12f,
     0x1.3f1d98p-12f, 0x1.c98166p-13f, 0x1.47ae5p-13f, 0x1.d5d40ap-14f, 0x1.508042p-14f, 0x1.e2d2b2p-15f, 0x1.59aaa6p-15f,
     0x1.efe80ep-16f, 0x1.62e35ap-16f, 0x1.fcbbfep-17f, 0x1.6abc1cp-17f},
    {-0x1p-1f, -0x1.ab709p-2f, -0x1.5b628ep-2f, -0x1.13656cp-2f, -0x1.ab3b3ap-3f, -0x1.455dbep-3f, -0x1.e841ecp-4f,
     -0x1.6a160ep-4f, -0x1.0a1ddp-4f, -0x1.848bap-5f, -0x1.1a2eacp-5f, -0x1.98632p-6f, -0x1.26b30ep-6f, -0x1.a877fcp-7f,
     -0x1.3140f8p-7f, -0x1.b6a15ap-8f, -0x1.3ae46p-8f, -0x1.c3e06ap-9f, -0x1.4418f2p-9f, -0x1.d0c53ap-10f, -0x1.4d2f48p-10f,
     -0x1.dda96ap-11f, -0x1.565bd2p-11f, -0x1.eaa856p-12f, -0x1.5fa1bep-12f, -0x1.f7f43p-13f, -0x1.691d42p-13f,
     -0x1.02c776p-13f, -0x1.72e0dcp-14f, -0x1.09bfd4p-14f, -0x1.7cd3ecp-15f, -0x1.10e386p-15f}};
FORMULA(silu)(vec x, PARAMS)
{
    /* Only there is the other way clear of midpoints that should not go away from 0. */
    mask far = v_lt(x, v_set(-10.3125f));
    vec a = v_abs_up_to(v_set(10.3125f), x);
    vec y = LOCAL(short_gate)(LOCAL(short_piece_of)(silu_short[0], 32, 2, 3, 0, a), a, x);
    return m_any(far) ? v_where(far, LOCAL(silu_of)(x), y) : y;
}
#else
FORMULA(silu)(vec x, PARAMS) { return LOCAL(silu_of)(x); }
#endif
#if FR_DIGITS == 11
/* silu_slope_short */
static const float silu_slope_short[7][32] = {
    {0, 0x1.82p-1f, 0x1.838p0f, 0x1.23cp1f, 0x1.87p1f, 0x1.ebp1f, 0x1.282p2f, 0x1.5b4p2f, 0x1.8eep2f, 0x1.c32p2f, 0x1.f7cp2f,
     0x1.16ap3f, 0x1.31ap3f, 0x1.4cep3f, 0x1.688p3f, 0x1.848p3f, 0x1.a0ep3f, 0x1.bdap3f, 0x1.dacp3f, 0x1.f84p3f, 0x1.0b2p4f,
     0x1.1a4p4f, 0x1.29ap4f, 0x1.396p4f, 0x1.496p4f, 0x1.598p4f, 0x1.69ep4f, 0x1.7aap4f, 0x1.8bcp4f, 0x1.9d2p4f, 0x1.aeep4f,
     0x1.c8p4f},
    {-0x1.4ed904p-7f, 0x1.7e4f6ep-11f, 0x1.8a2d78p-8f, 0x1.e6a22ep-11f, -0x1.86b64p-11f, -0x1.04de0cp-11f, -0x1.7b4c38p-13f,
     -0x1.758b6ap-15f, -0x1.7233aap-19f, 0x1.8d2488p-18f, 0x1.7387dep-18f, 0x1.e6c3c8p-19f, 0x1.169bd8p-19f, 0x1.2850c4p-20f,
     0x1.2b8c7ap-21f, 0x1.2365ecp-22f, 0x1.12d5d6p-23f, 0x1.f8d514p-25f, 0x1.c4fb84p-26f, 0x1.8df79cp-27f, 0x1.5594f2p-28f,
     0x1.20cf4cp-29f, 0x1.de4824p-31f, 0x1.812984p-32f, 0x1.303c5ep-33f, 0x1.dac6e8p-35f, 0x1.6b83d4p-36f, 0x1.0f1e44p-37f,
     0x1.8a483ap-39f, 0x1.198cp-40f, 0x1.87e65cp-42f, -0x1.5e4bacp-35f},
    {-0x1.92389ep-10f, -0x1.b59074p-6f, -0x1.0053b8p-7f, 0x1.4bd5p-8f, 0x1.1a58c6p-8f, 0x1.bcf2a8p-10f, 0x1.ab49f6p-12f,
     -0x1.0c09c2p-19f, -0x1.5408b4p-14f, -0x1.2378f6p-14f, -0x1.76f6fp-15f, -0x1.aa776ep-16f, -0x1.c53678p-17f,
     -0x1.cc8f82p-18f, -0x1.c33cd6p-19f, -0x1.ad26bcp-20f, -0x1.8dc2b6p-21f, -0x1.686626p-22f, -0x1.3fca88p-23f,
     -0x1.1662p-24f, -0x1.da23bp-26f, -0x1.8e6a54p-27f, -0x1.4820a4p-28f, -0x1.072b2p-29f, -0x1.9dd9a4p-31f, -0x1.41cbc8p-32f,
     -0x1.eb4bap-34f, -0x1.6db34cp-35f, -0x1.094bcp-36f, -0x1.7a1dep-38f, -0x1.06e118p-39f, 0},
    {0x1.56d78ep-4f, 0x1.d23e86p-6f, -0x1.e4efap-6f, -0x1.cbb0d4p-6f, -0x1.7cfce8p-7f, -0x1.4f0c4cp-9f, 0x1.9ac61cp-12f,
     0x1.c9fa3p-11f, 0x1.68aaa6p-11f, 0x1.c42008p-12f, 0x1.ff9646p-13f, 0x1.0f2314p-13f, 0x1.13a6d4p-14f, 0x1.0f9c74p-15f,
     0x1.041cbp-16f, 0x1.e60994p-18f, 0x1.bc2804p-19f, 0x1.8dbdap-20f, 0x1.5d8364p-21f, 0x1.2db686p-22f, 0x1.fe4be4p-24f,
     0x1.aa1804p-25f, 0x1.5cf5c2p-26f, 0x1.1661bap-27f, 0x1.b3ed84p-29f, 0x1.519564p-30f, 0x1.00be6cp-31f, 0x1.7cc904p-33f,
     0x1.135caep-34f, 0x1.87504cp-36f, 0x1.0f36dp-37f, 0x1.3535cap-34f},
    {-0x1.00b028p-15f, 0x1.23f1f4p-3f, 0x1.087958p-3f, 0x1.c5f36ap-5f, 0x1.4636f4p-7f, -0x1.49e5d6p-8f, -0x1.be213cp-8f,
     -0x1.4a4854p-8f, -0x1.96b322p-9f, -0x1.c87db2p-10f, -0x1.e559e8p-11f, -0x1.ee1eep-12f, -0x1.e8593cp-13f, -0x1.d72cb4p-14f,
     -0x1.bbe324p-15f, -0x1.99489p-16f, -0x1.71faeep-17f, -0x1.4850dep-18f, -0x1.1e48bp-19f, -0x1.eafafap-21f,
     -0x1.9ccc86p-22f, -0x1.56ef0ep-23f, -0x1.17964p-24f, -0x1.bc4248p-26f, -0x1.5a9314p-27f, -0x1.0b824ap-28f,
     -0x1.95b028p-30f, -0x1.2c0416p-31f, -0x1.b0d09ap-33f, -0x1.32d286p-34f, -0x1.a862dcp-36f, 0},
    {-0x1.fffffcp-2f, -0x1.812412p-2f, -0x1.38a06cp-3f, -0x1.8d638p-7f, 0x1.129318p-5f, 0x1.1b8e66p-5f, 0x1.8ee83ep-6f,
     0x1.e2fd26p-7f, 0x1.0dd804p-7f, 0x1.1e26c4p-8f, 0x1.2524c6p-9f, 0x1.229e84p-10f, 0x1.198f38p-11f, 0x1.0b760cp-12f,
     0x1.f1a296p-14f, 0x1.c615eap-15f, 0x1.96e53ep-16f, 0x1.66617cp-17f, 0x1.367c2ap-18f, 0x1.08bebp-19f, 0x1.baf62ap-21f,
     0x1.6e6052p-22f, 0x1.29863p-23f, 0x1.d71334p-25f, 0x1.6e4e7p-26f, 0x1.19ea8ep-27f, 0x1.aa66cp-29f, 0x1.3a8ffap-30f,
     0x1.c4c57ap-32f, 0x1.404cbep-33f, 0x1.ba2bc6p-35f, 0x1.8a8c34p-37f},
    {0x1.000002p-1f, 0x1.3f5794p-3f, -0x1.6393cap-5f, -0x1.960e1ep-4f, -0x1.617f16p-4f, -0x1.dcc1b6p-5f, -0x1.1c578cp-5f,
     -0x1.3c1092p-6f, -0x1.4f696ap-7f, -0x1.579c8ap-8f, -0x1.5767e6p-9f, -0x1.4e160cp-10f, -0x1.3ee732p-11f, -0x1.2b5086p-12f,
     -0x1.13ae06p-13f, -0x1.f2def8p-15f, -0x1.bbcbfcp-16f, -0x1.846ed2p-17f, -0x1.4eaca4p-18f, -0x1.1bfd12p-19f,
     -0x1.d91af4p-21f, -0x1.85cd3p-22f, -0x1.3b7238p-23f, -0x1.f1dcf2p-25f, -0x1.82041ap-26f, -0x1.284e16p-27f,
     -0x1.bf159cp-29f, -0x1.49156p-30f, -0x1.d8b056p-32f, -0x1.4dbf62p-33f, -0x1.cbe8f2p-35f, 0}};
FORMULA(silu_slope)(vec x)
{
    return LOCAL(short_slope)(LOCAL(short_piece_at)(silu_slope_short[0], 32, 5, 1.335f, 0.0082f, 28.5f, x), x);
}
#elif FR_DIGITS == 8
/* silu_slope_near; farther left it has become very small, but not 0. */
static const float silu_slope_near[5][16] = {
    {-0x1.3f2e16p-8f, -0x1.5af60ap-7f, -0x1.56e354p-9f, 0x1.2618ccp-9f, 0x1.900e5ap-10f, 0x1.1b5c04p-11f, 0x1.c4b866p-14f,
     -0x1.eb8888p-17f, -0x1.1a0c2ap-15f, -0x1.babcb2p-16f, -0x1.18e2cp-16f, -0x1.4085bcp-17f, -0x1.5ab66p-18f,
     -0x1.74798ap-19f, -0x1.85ed18p-20f, -0x1.ce3964p-21f},
    {0x1.6e70a4p-5f, 0x1.8e1f86p-7f, -0x1.023842p-6f, -0x1.a928c6p-7f, -0x1.3c3218p-8f, -0x1.bd3f08p-11f, 0x1.3cfacap-12f,
     0x1.c994c8p-12f, 0x1.53a336p-12f, 0x1.a48706p-13f, 0x1.de625p-14f, 0x1.035526p-14f, 0x1.108126p-15f, 0x1.180e42p-16f,
     0x1.1ba0bp-17f, 0x1.15e406p-18f},
    {-0x1.741b2ep-12f, 0x1.7ee0c6p-4f, 0x1.3e13b6p-4f, 0x1.df74fcp-6f, 0x1.c63d36p-9f, -0x1.fac5c4p-9f, -0x1.12543ep-8f,
     -0x1.80b63ap-9f, -0x1.d0e1dcp-10f, -0x1.04ecb2p-10f, -0x1.187076p-11f, -0x1.24f034p-12f, -0x1.2bd6ap-13f, -0x1.2e312p-14f,
     -0x1.2cf4fep-15f, -0x1.2902dep-16f},
    {-0x1.99945ap-2f, -0x1.293714p-2f, -0x1.ad7c9p-4f, 0x1.754e28p-15f, 0x1.d454aep-6f, 0x1.adbe18p-6f, 0x1.20d2p-6f,
     0x1.567122p-7f, 0x1.7c2f5cp-8f, 0x1.95a1bp-9f, 0x1.a57158p-10f, 0x1.ad9ab4p-11f, 0x1.afa71p-12f, 0x1.acd07ep-13f,
     0x1.a615e2p-14f, 0x1.9c50cap-15f},
    {0x1.fffffcp-2f, 0x1.1c7794p-3f, -0x1.c7d634p-5f, -0x1.98f132p-4f, -0x1.4cd31ep-4f, -0x1.af6dbap-5f, -0x1.f6f49ep-6f,
     -0x1.146c2ap-6f, -0x1.24f172p-7f, -0x1.2eddbap-8f, -0x1.33912cp-9f, -0x1.341bbep-10f, -0x1.315622p-11f, -0x1.2bf122p-12f,
     -0x1.247edcp-13f, -0x1.1b7958p-14f}};
FORMULA(silu_slope)(vec x)
{
    vec near = LOCAL(short_slope)(LOCAL(short_piece_at)(silu_slope_near[0], 16, 4, 1.25f, 0, 12, x), x);
    mask far = v_lt(x, v_set(-12));
    return FR_LIKELY(!m_any(far)) ? near : v_where(far, LOCAL(gate_slope)(x, x, x, x, 0), near);
}
#else
FORMULA(silu_slope)(vec x) { return LOCAL(gate_slope)(x, x, x, x, 0); }
#endif
FORMULA(silu_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(silu_slope)(x), dy); }
#endif

KERNEL(HALVING_TABLED, silu, 1, 0, 1)
KERNEL(PROVEN, silu_backward, 2, 0, 1)
ACTIVATION(
    .name = "silu",
    .title = "sigmoid linear unit",
    .formula = "x / (1 + exp(-x))",
    .derivative = "where(x > 0, 1 + (1 + x) * exp(-abs(x)), exp(-abs(x)) * (1 + x + exp(-abs(x)))) / (1 + exp(-abs(x))) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016; Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, 2017",
    .max_ulp = 0.65,
    .max_ulp_backward = 2,
    .numpy = "special.expit(x, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "special.expit(x, out=t); np.subtract(1, t, out=t2); np.multiply(t2, x, out=t2); np.add(t2, 1, out=t2); "
                      "np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
