/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a sigmoid. */
#ifdef FORMULAS_FLOAT
/* 1.702, and what the lane lacks of it: coefficients.py constants. */
#if LANE_BITS == 32
#define FR_QUICK 0x1.b3b646p0f
#define FR_QUICK_LOW -0x1.78d4fep-26f
#else
#define FR_QUICK 0x1.b3b645a1cac08p0
#define FR_QUICK_LOW 0x1.89374bc6a7efap-55
#endif
FORMULA_PAIR(quick_gelu_exponent)(vec x, int whole)
{
    const vec quick = v_set(FR_QUICK);
    vec z = v_mul(quick, x), low = v_fms(quick, x, z);
    PAIR both = {z, whole ? v_fma(v_set(FR_QUICK_LOW), x, low) : low};
    return both;
}
FORMULA(quick_gelu_of)(vec x)
{
    PAIR z = LOCAL(quick_gelu_exponent)(x, COMPENSATED); /* 16 bits show what 1.702 lacks beside the slope's zero only */
    return LOCAL(gate)(x, z.first, z.second, 1);
}
#if FR_TABLED && FR_DIGITS == 11
/* quick_gelu_short */
static const float quick_gelu_short[5][32] = {
    {0x1.7e40a2p-12f, 0x1.1ab748p-10f, 0x1.a4a76p-11f, 0x1.403142p-13f, -0x1.1f3c3p-13f, -0x1.5376a8p-13f, -0x1.d7e5dcp-14f,
     -0x1.147fb4p-14f, -0x1.2caa4ap-15f, -0x1.3a751ap-16f, -0x1.459bb8p-17f, -0x1.4b2bfep-18f, -0x1.508822p-19f,
     -0x1.55494ap-20f, -0x1.5ad724p-21f, -0x1.5f2dap-22f, -0x1.63595cp-23f, -0x1.68c66ap-24f, -0x1.6d0244p-25f,
     -0x1.715872p-26f, -0x1.78df08p-27f, -0x1.7f4b1ap-28f, -0x1.829bc6p-29f, -0x1.85c888p-30f, -0x1.8bb048p-31f,
     -0x1.91aea6p-32f, -0x1.97c402p-33f, -0x1.9df0bep-34f, -0x1.a18402p-35f, -0x1.a4ef76p-36f, -0x1.ab4ec2p-37f,
     -0x1.0409e6p-37f},
    {-0x1.b8d32ep-8f, -0x1.02f99p-8f, 0x1.73aa1p-13f, 0x1.0d5026p-9f, 0x1.0353cap-9f, 0x1.5d98aap-10f, 0x1.96a1f2p-11f,
     0x1.b912e2p-12f, 0x1.ce5326p-13f, 0x1.dbd41p-14f, 0x1.e63c52p-15f, 0x1.eeade4p-16f, 0x1.f6054ap-17f, 0x1.fcc3dcp-18f,
     0x1.01b344p-18f, 0x1.05007ep-19f, 0x1.08417p-20f, 0x1.0b9106p-21f, 0x1.0eefb2p-22f, 0x1.1244ap-23f, 0x1.15b4d8p-24f,
     0x1.191b5ap-25f, 0x1.1cadd4p-26f, 0x1.20215ep-27f, 0x1.23b6d4p-28f, 0x1.275726p-29f, 0x1.2b027p-30f, 0x1.2eb8d4p-31f,
     0x1.32924ap-32f, 0x1.364a9p-33f, 0x1.3a25f2p-34f, 0x1.35e5d8p-35f},
    {0x1.aa4094p-16f, -0x1.15b714p-6f, -0x1.6cf3d8p-6f, -0x1.2944ecp-6f, -0x1.80f8ccp-7f, -0x1.ba7796p-8f, -0x1.de001ep-9f,
     -0x1.f4316ep-10f, -0x1.017c6cp-10f, -0x1.06ea0ep-11f, -0x1.0b4fb6p-12f, -0x1.0f3e1ep-13f, -0x1.12eb1p-14f,
     -0x1.167d66p-15f, -0x1.1a064p-16f, -0x1.1d91e4p-17f, -0x1.2124p-18f, -0x1.24bcfap-19f, -0x1.2861fep-20f, -0x1.2c117ep-21f,
     -0x1.2fc6aep-22f, -0x1.3389e2p-23f, -0x1.375e34p-24f, -0x1.3b3ed6p-25f, -0x1.3f27f8p-26f, -0x1.431d8p-27f,
     -0x1.471f9ap-28f, -0x1.4b2e6cp-29f, -0x1.4f4df2p-30f, -0x1.537aecp-31f, -0x1.57b0fep-32f, -0x1.5c5236p-33f},
    {0x1.5c912p-3f, 0x1.371a98p-3f, 0x1.c4cb9cp-4f, 0x1.1b6e9ap-4f, 0x1.427aeap-5f, 0x1.5b4b06p-6f, 0x1.6b0bd2p-7f,
     0x1.75a29ep-8f, 0x1.7d735p-9f, 0x1.83d66ap-10f, 0x1.897fa2p-11f, 0x1.8ed196p-12f, 0x1.93fef4p-13f, 0x1.992142p-14f,
     0x1.9e4574p-15f, 0x1.a372a8p-16f, 0x1.a8acb8p-17f, 0x1.adf56p-18f, 0x1.b34dcp-19f, 0x1.b8b6e6p-20f, 0x1.be308ep-21f,
     0x1.c3bc24p-22f, 0x1.c958a2p-23f, 0x1.cf0794p-24f, 0x1.d4c83cp-25f, 0x1.da9b3p-26f, 0x1.e080aap-27f, 0x1.e678e6p-28f,
     0x1.ec83c6p-29f, 0x1.f2a28cp-30f, 0x1.f8d47p-31f, 0x1.ff199p-32f},
    {-0x1p-1f, -0x1.582616p-2f, -0x1.a1c082p-3f, -0x1.d6503ep-4f, -0x1.f8c6b2p-5f, -0x1.078adp-5f, -0x1.0f1f9p-6f,
     -0x1.14c0c6p-7f, -0x1.195d6p-8f, -0x1.1d7732p-9f, -0x1.2152dep-10f, -0x1.2513cep-11f, -0x1.28cce6p-12f, -0x1.2c879ep-13f,
     -0x1.3048f8p-14f, -0x1.341392p-15f, -0x1.37e8d6p-16f, -0x1.3bc99ap-17f, -0x1.3fb656p-18f, -0x1.43af5ep-19f,
     -0x1.47b4f6p-20f, -0x1.4bc75p-21f, -0x1.4fe68ap-22f, -0x1.5412dep-23f, -0x1.584c7ap-24f, -0x1.5c9386p-25f,
     -0x1.60e82ap-26f, -0x1.654a96p-27f, -0x1.69baeep-28f, -0x1.6e3964p-29f, -0x1.72c62ap-30f, -0x1.77617ap-31f}};
FORMULA(quick_gelu)(vec x, PARAMS)
{
    vec a = v_abs_up_to(v_set(12.375f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(quick_gelu_short[0], 32, 4, 2.5f, 0, a), a, x);
}
#elif FR_TABLED
/* quick_gelu_short; farther left it has become very small, but not 0. */
static const float quick_gelu_short[4][32] = {
    {-0x1.e7e2e2p-9f, -0x1.647122p-9f, -0x1.2fa9c2p-11f, 0x1.c0a7c2p-11f, 0x1.49f47ep-10f, 0x1.1c48b2p-10f, 0x1.93dc78p-11f,
     0x1.030024p-11f, 0x1.38c3b2p-12f, 0x1.6f156ap-13f, 0x1.a71be8p-14f, 0x1.e3d6c8p-15f, 0x1.16e926p-15f, 0x1.3fd3fp-16f,
     0x1.6ef932p-17f, 0x1.99635ep-18f, 0x1.c871cp-19f, 0x1.050dbcp-19f, 0x1.2af3ccp-20f, 0x1.55dea6p-21f, 0x1.877166p-22f,
     0x1.b4244cp-23f, 0x1.e5ef7ep-24f, 0x1.15d0fep-24f, 0x1.47e696p-25f, 0x1.77015p-26f, 0x1.a15b78p-27f, 0x1.d1801cp-28f,
     0x1.030938p-28f, 0x1.20ea88p-29f, 0x1.537a58p-30f, -0x1.6cb5a4p-24f},
    {-0x1.100368p-15f, -0x1.4d475p-7f, -0x1.ee76d6p-7f, -0x1.d9ed0cp-7f, -0x1.6bd768p-7f, -0x1.ebb37p-8f, -0x1.347256p-8f,
     -0x1.728a88p-9f, -0x1.b284d8p-10f, -0x1.f5d51p-11f, -0x1.1fbfbcp-11f, -0x1.481aa6p-12f, -0x1.756abcp-13f,
     -0x1.a7dad2p-14f, -0x1.e1ba7ep-15f, -0x1.115392p-15f, -0x1.35fbecp-16f, -0x1.5f4b5p-17f, -0x1.8eed5cp-18f,
     -0x1.c3f4aap-19f, -0x1.008faep-19f, -0x1.22f67cp-20f, -0x1.49df56p-21f, -0x1.75c28ep-22f, -0x1.a7d5fep-23f,
     -0x1.e009e2p-24f, -0x1.10f19cp-24f, -0x1.34d988p-25f, -0x1.5ef384p-26f, -0x1.8cec18p-27f, -0x1.c278f8p-28f,
     -0x1.23e0b2p-24f},
    {0x1.227b28p-3f, 0x1.0c50b4p-3f, 0x1.abcfb2p-4f, 0x1.2f1442p-4f, 0x1.8aa908p-5f, 0x1.e63bb2p-6f, 0x1.216b1p-6f,
     0x1.518df6p-7f, 0x1.8507d8p-8f, 0x1.bd42f6p-9f, 0x1.fb9ff6p-10f, 0x1.20b2f4p-10f, 0x1.47f00ep-11f, 0x1.743f22p-12f,
     0x1.a65c16p-13f, 0x1.df2ee6p-14f, 0x1.0fc9d8p-14f, 0x1.343cd8p-15f, 0x1.5d923p-16f, 0x1.8c6e7cp-17f, 0x1.c1908cp-18f,
     0x1.fde598p-19f, 0x1.212904p-19f, 0x1.47e864p-20f, 0x1.73cb18p-21f, 0x1.a5a3bep-22f, 0x1.de310cp-23f, 0x1.0f2cb4p-23f,
     0x1.3391fep-24f, 0x1.5cce06p-25f, 0x1.8b857ap-26f, 0},
    {-0x1p-1f, -0x1.7289bp-2f, -0x1.f249b2p-3f, -0x1.3bd044p-3f, -0x1.7fc62ap-4f, -0x1.c5a00ep-5f, -0x1.0789bep-5f,
     -0x1.2f1776p-6f, -0x1.5a801ap-7f, -0x1.8ac3bcp-8f, -0x1.c0dc04p-9f, -0x1.fdcbf2p-10f, -0x1.2150f2p-10f, -0x1.4843c8p-11f,
     -0x1.745f8cp-12f, -0x1.a65ce2p-13f, -0x1.df0846p-14f, -0x1.0fa4cap-14f, -0x1.3411a8p-15f, -0x1.5d616cp-16f,
     -0x1.8c38f2p-17f, -0x1.c158d2p-18f, -0x1.fd9812p-19f, -0x1.20f5dep-19f, -0x1.47b3c2p-20f, -0x1.73a41p-21f,
     -0x1.a57552p-22f, -0x1.ddf91cp-23f, -0x1.0f05e2p-23f, -0x1.335d98p-24f, -0x1.5c92cep-25f, -0x1.955fd2p-26f}};
FORMULA(quick_gelu)(vec x, PARAMS)
{
    if (m_any(v_lt(x, v_set(-10.3125f)))) return LOCAL(quick_gelu_of)(x);
    vec a = v_abs_up_to(v_set(10.3125f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(quick_gelu_short[0], 32, 3, 3, 0, a), a, x);
}
#else
FORMULA(quick_gelu)(vec x, PARAMS) { return LOCAL(quick_gelu_of)(x); }
#endif
#if FR_DIGITS == 11
/* quick_gelu_slope_short */
static const float quick_gelu_slope_short[7][32] = {
    {0, 0x1.bcp-2f, 0x1.bep-1f, 0x1.508p0f, 0x1.c38p0f, 0x1.1cp1f, 0x1.57p1f, 0x1.93p1f, 0x1.cfcp1f, 0x1.06ap2f, 0x1.25ep2f,
     0x1.45cp2f, 0x1.662p2f, 0x1.86ep2f, 0x1.a84p2f, 0x1.ca6p2f, 0x1.ed2p2f, 0x1.083p3f, 0x1.1a4p3f, 0x1.2cap3f, 0x1.3f8p3f,
     0x1.52cp3f, 0x1.666p3f, 0x1.7aap3f, 0x1.8f8p3f, 0x1.a4ep3f, 0x1.baep3f, 0x1.d1ap3f, 0x1.e92p3f, 0x1.00bp4f, 0x1.0d6p4f,
     0x1.2p4f},
    {-0x1.479ab8p-3f, 0x1.9ffedcp-7f, 0x1.64448ap-4f, 0x1.12d48cp-6f, -0x1.54c8fcp-7f, -0x1.ee34ep-8f, -0x1.749e2cp-9f,
     -0x1.7e9874p-11f, -0x1.07bd4ap-14f, 0x1.5758a4p-14f, 0x1.525a04p-14f, 0x1.be057ep-15f, 0x1.fac4a2p-16f, 0x1.09f4bep-16f,
     0x1.07aa4ep-17f, 0x1.f2f352p-19f, 0x1.c7364cp-20f, 0x1.938032p-21f, 0x1.59822ep-22f, 0x1.203024p-23f, 0x1.d09f8ep-25f,
     0x1.6cdd88p-26f, 0x1.170d44p-27f, 0x1.9b4b2ap-29f, 0x1.240b6cp-30f, 0x1.929cccp-32f, 0x1.0b783p-33f, 0x1.54d38ep-35f,
     0x1.a02e74p-37f, 0x1.e7a318p-39f, 0x1.0c7f6cp-40f, -0x1.541088p-35f},
    {-0x1.91e5e2p-8f, -0x1.cb4ac6p-3f, -0x1.2d268ep-4f, 0x1.4d867p-5f, 0x1.358ba6p-5f, 0x1.fd055ep-7f, 0x1.030e5cp-8f,
     0x1.fa9f54p-14f, -0x1.5f0c6ep-11f, -0x1.39f7dap-11f, -0x1.972246p-12f, -0x1.cdc56p-13f, -0x1.e584f4p-14f,
     -0x1.e62de6p-15f, -0x1.d2e9eep-16f, -0x1.afb78p-17f, -0x1.82fc3cp-18f, -0x1.5251dep-19f, -0x1.1e8de6p-20f,
     -0x1.d9aa5cp-22f, -0x1.7b3998p-23f, -0x1.27bf04p-24f, -0x1.c2645ap-26f, -0x1.4a8c44p-27f, -0x1.d40d4cp-29f,
     -0x1.4178fp-30f, -0x1.aa8372p-32f, -0x1.0f2b12p-33f, -0x1.4af25ep-35f, -0x1.832b3cp-37f, -0x1.aac726p-39f,
     -0x1.16872ep-37f},
    {0x1.a589d6p-2f, 0x1.300aaep-3f, -0x1.2089d4p-3f, -0x1.241c98p-3f, -0x1.fb5f46p-5f, -0x1.e09144p-7f, 0x1.67f9bp-10f,
     0x1.1a0fc4p-8f, 0x1.ca7498p-9f, 0x1.226e8ap-9f, 0x1.4865e2p-10f, 0x1.59f07cp-11f, 0x1.5b52a4p-12f, 0x1.50ea04p-13f,
     0x1.3c02f2p-14f, 0x1.1ede8cp-15f, 0x1.fad472p-17f, 0x1.b5d48cp-18f, 0x1.6f1522p-19f, 0x1.2ccdcap-20f, 0x1.ddd796p-22f,
     0x1.7256f8p-23f, 0x1.183bbcp-24f, 0x1.991aap-26f, 0x1.2021p-27f, 0x1.8a2006p-29f, 0x1.0433ap-30f, 0x1.4993ecp-32f,
     0x1.9081e6p-34f, 0x1.d2f1aep-36f, 0x1.003fd6p-37f, 0x1.cbf6fap-36f},
    {-0x1.77005cp-15f, 0x1.a2b18cp-2f, 0x1.871cb8p-2f, 0x1.5e1888p-3f, 0x1.19cbe4p-5f, -0x1.aeeecp-7f, -0x1.4642a8p-6f,
     -0x1.ef16a8p-7f, -0x1.33aa2p-7f, -0x1.5accfep-8f, -0x1.6f552cp-9f, -0x1.731012p-10f, -0x1.69cdcap-11f, -0x1.577296p-12f,
     -0x1.3cc1e2p-13f, -0x1.1bab76p-14f, -0x1.ef9f66p-16f, -0x1.a8303ap-17f, -0x1.60d3f6p-18f, -0x1.1f27d8p-19f,
     -0x1.c56dd4p-21f, -0x1.5d9516p-22f, -0x1.074ae4p-23f, -0x1.7ec2aap-25f, -0x1.0c8bdcp-26f, -0x1.6e15a6p-28f,
     -0x1.e1d7bcp-30f, -0x1.304674p-31f, -0x1.70c0c6p-33f, -0x1.acdc64p-35f, -0x1.d58e62p-37f, 0},
    {-0x1.b3b628p-1f, -0x1.4bb0ecp-1f, -0x1.182da8p-2f, -0x1.d87426p-6f, 0x1.c33d08p-5f, 0x1.ea948ap-5f, 0x1.60161cp-5f,
     0x1.ae3936p-6f, 0x1.e29f24p-7f, 0x1.00607ap-7f, 0x1.054232p-8f, 0x1.00c354p-9f, 0x1.ea84fep-11f, 0x1.ca3d9cp-12f,
     0x1.a13296p-13f, 0x1.71a1bp-14f, 0x1.40020cp-15f, 0x1.0fcb62p-16f, 0x1.c124a2p-18f, 0x1.6b6e6ap-19f, 0x1.1d779ep-20f,
     0x1.b62ce2p-22f, 0x1.48aeccp-23f, 0x1.dc10e4p-25f, 0x1.4ce51p-26f, 0x1.c46ce6p-28f, 0x1.28eb18p-29f, 0x1.76092p-31f,
     0x1.c43a66p-33f, 0x1.066516p-34f, 0x1.1eb59ap-36f, 0x1.590f4cp-39f},
    {0x1p-1f, 0x1.4bafaap-3f, -0x1.3bb1fep-5f, -0x1.938d9cp-4f, -0x1.68a3d8p-4f, -0x1.edce4p-5f, -0x1.29c68ap-5f,
     -0x1.4ca7c4p-6f, -0x1.61ab76p-7f, -0x1.6a982p-8f, -0x1.6829eap-9f, -0x1.5b269cp-10f, -0x1.469082p-11f, -0x1.2d548ep-12f,
     -0x1.0f898ep-13f, -0x1.dcfb2ep-15f, -0x1.99dfd8p-16f, -0x1.59e29p-17f, -0x1.1c2c1ep-18f, -0x1.c9979ap-20f,
     -0x1.65d2bap-21f, -0x1.118564p-22f, -0x1.98dee2p-24f, -0x1.2721c6p-25f, -0x1.9b815ep-27f, -0x1.16dc6ep-28f,
     -0x1.6d1816p-30f, -0x1.cad5cap-32f, -0x1.14c54cp-33f, -0x1.40868cp-35f, -0x1.5d8ddap-37f, 0}};
FORMULA(quick_gelu_slope)(vec x)
{
    return LOCAL(short_slope)(LOCAL(short_piece_at)(quick_gelu_slope_short[0], 32, 5, 2.326f, 0.0323f, 18, x), x);
}
#else
FORMULA(quick_gelu_slope_of)(vec x)
{
    PAIR z = LOCAL(quick_gelu_exponent)(x, 1);
    return LOCAL(gate_slope)(z.first, z.second, z.first, z.second, 1);
}
#if FR_DIGITS == 8
/* quick_gelu_slope_near; farther left it has become very small, but not 0. */
static const float quick_gelu_slope_near[5][16] = {
    {-0x1.ee0466p-9f, -0x1.1af66ap-7f, -0x1.75cb64p-9f, 0x1.ae6a7p-10f, 0x1.775d44p-10f, 0x1.3483c6p-11f, 0x1.4ff3fcp-13f,
     0x1.4aa14p-17f, -0x1.a4ab1p-16f, -0x1.a048p-16f, -0x1.2256aap-16f, -0x1.6a44c8p-17f, -0x1.a878d2p-18f, -0x1.de8c8ep-19f,
     -0x1.00fe96p-19f, -0x1.29373ap-20f},
    {0x1.3502eep-5f, 0x1.91474ap-7f, -0x1.9619a2p-7f, -0x1.8e7c8ep-7f, -0x1.5bc34ep-8f, -0x1.561546p-10f, 0x1.71ddd4p-14f,
     0x1.857f3ap-12f, 0x1.51f7c8p-12f, 0x1.c8099cp-13f, 0x1.14d194p-13f, 0x1.3d9912p-14f, 0x1.5fa3bp-15f, 0x1.7bece6p-16f,
     0x1.93953ep-17f, 0x1.a3a00ap-18f},
    {-0x1.3ae638p-12f, 0x1.4e8402p-4f, 0x1.2f1d06p-4f, 0x1.07b4d6p-5f, 0x1.9c268ep-8f, -0x1.581948p-9f, -0x1.02677ep-8f,
     -0x1.939cb4p-9f, -0x1.05e6a6p-9f, -0x1.37b27cp-10f, -0x1.611de8p-11f, -0x1.838d38p-12f, -0x1.a00c22p-13f,
     -0x1.b76338p-14f, -0x1.ca4142p-15f, -0x1.d8feccp-16f},
    {-0x1.834796p-2f, -0x1.22c77ep-2f, -0x1.d9ac2cp-4f, -0x1.4852d8p-7f, 0x1.97f486p-6f, 0x1.b36f6cp-6f, 0x1.3cc266p-6f,
     0x1.8f1de6p-7f, 0x1.d3545ep-8f, 0x1.05f3fep-8f, 0x1.1d650cp-9f, 0x1.30b542p-10f, 0x1.4070cep-11f, 0x1.4d0708p-12f,
     0x1.56d3fp-13f, 0x1.5e2b2ap-14f},
    {0x1.fffff2p-2f, 0x1.3d64p-3f, -0x1.629cbap-5f, -0x1.9589acp-4f, -0x1.656e32p-4f, -0x1.ec1aa2p-5f, -0x1.2e6344p-5f,
     -0x1.5d100ap-6f, -0x1.83adfep-7f, -0x1.a38dd2p-8f, -0x1.bdaf04p-9f, -0x1.d2d54ap-10f, -0x1.e39c94p-11f, -0x1.f08696p-12f,
     -0x1.fa02fp-13f, -0x1.003a2p-13f}};
FORMULA(quick_gelu_slope)(vec x)
{
    vec near = LOCAL(short_slope)(LOCAL(short_piece_at)(quick_gelu_slope_near[0], 16, 4, 2.25f, 0, 6.75f, x), x);
    mask far = v_lt(x, v_set(-6.75f));
    return FR_LIKELY(!m_any(far)) ? near : v_where(far, LOCAL(quick_gelu_slope_of)(x), near);
}
#else
FORMULA(quick_gelu_slope)(vec x) { return LOCAL(quick_gelu_slope_of)(x); }
#endif
#endif
FORMULA(quick_gelu_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(quick_gelu_slope)(x), dy); }
#endif

KERNEL(CLEAR_TABLED, quick_gelu, 1, 0, 1)
KERNEL(PROVEN, quick_gelu_backward, 2, 0, 1)
ACTIVATION(
    .name = "quick_gelu",
    .title = "GELU by a sigmoid",
    .formula = "x / (1 + exp(-1702 * x / 1000))",
    .derivative = "where(x > 0, 1 + (1 + 1702 * x / 1000) * exp(-1702 * abs(x) / 1000), "
                  "exp(-1702 * abs(x) / 1000) * (1 + 1702 * x / 1000 + exp(-1702 * abs(x) / 1000))) "
                  "/ (1 + exp(-1702 * abs(x) / 1000)) ** 2",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 0.8,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, 1.702, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, 1.702, out=t2); special.expit(t2, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)")
