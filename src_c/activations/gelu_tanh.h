/* SPDX-License-Identifier: BSD-3-Clause */
/* GELU by a tanh, as GPT-2 has it: ½ (1 + tanh u) is the sigmoid of 2u, so this is a gate like silu's. */
#ifdef FORMULAS_FLOAT
/* 2 sqrt(2/pi), seven bits short, that times 0.044715, and that times 3, each with what the lane lacks: coefficients.py constants. */
#if LANE_BITS == 32
#define FR_GELU_1 0x1.9884p0f, 0x1.4cf50ep-18f
#define FR_GELU_3 0x1.2444f2p-4f, 0x1.49b16ap-29f
#define FR_GELU_9 0x1.b6676cp-3f, -0x1.175e2p-32f
#else
#define FR_GELU_1 0x1.9884533d4368p0, -0x1.7b9781a61d7fap-47
#define FR_GELU_3 0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c7p-61
#define FR_GELU_9 0x1.b6676bf7450fp-3, 0x1.bba7351828aabp-57
#endif
/* x (c1 + c3 x^2) as high + low, good where c1 - (c1 + c3 x^2) is exact: as far as it makes a difference. x^2 is s + s_low. */
FORMULA_PAIR(odd_cubic)(vec x, vec s, vec s_low, lane c1, lane c1_low, lane c3, lane c3_low)
{
    vec a = v_fma(v_set(c3), s, v_set(c1));
    vec a_low = v_fma(v_set(c3), s_low, v_fma(v_set(c3), s, v_sub(v_set(c1), a)));
    a_low = v_add(a_low, LOCAL(line)(s, c1_low, c3_low));
    vec z = v_mul(a, x);
    PAIR sum = {z, v_fma(a_low, x, v_fms(a, x, z))};
    return sum;
}
#define FR_ODD_CUBIC(x, s, s_low, c1, c3) LOCAL(odd_cubic)(x, s, s_low, c1, c3)
FORMULA(gelu_tanh_of)(vec x)
{
    vec s = v_mul(x, x);
    PAIR z = FR_ODD_CUBIC(x, s, v_fms(x, x, s), FR_GELU_1, FR_GELU_3);
    return LOCAL(gate)(x, z.first, z.second, 1);
}
#if FR_DIGITS == 11 && FR_TABLED
/* gelu_tanh_short */
static const float gelu_tanh_short[5][32] = {
    {0x1.523852p-6f, 0x1.86b152p-7f, 0x1.4f46ecp-6f, 0x1.793322p-6f, 0x1.462066p-6f, 0x1.b08c9p-7f, 0x1.73d46p-8f,
     -0x1.006e48p-11f, -0x1.1a26e6p-8f, -0x1.7eb1ecp-8f, -0x1.76c97cp-8f, -0x1.338766p-8f, -0x1.b9f758p-9f, -0x1.1ab298p-9f,
     -0x1.4325cep-10f, -0x1.479188p-11f, -0x1.24d87cp-12f, -0x1.d9dfaap-14f, -0x1.5682e2p-15f, -0x1.a8bc7cp-17f,
     -0x1.c7d07ap-19f, -0x1.a54c4p-21f, -0x1.4fdde6p-23f},
    {-0x1.2459d2p-4f, -0x1.ef0c34p-5f, -0x1.66c6c2p-5f, -0x1.6151e2p-6f, 0x1.580ac4p-12f, 0x1.18ad06p-6f, 0x1.b40756p-6f,
     0x1.dcff1cp-6f, 0x1.b3416ap-6f, 0x1.5dd23ep-6f, 0x1.fac434p-7f, 0x1.4e051ap-7f, 0x1.91c0dp-8f, 0x1.b7fe1ap-9f,
     0x1.b506c2p-10f, 0x1.875dcp-11f, 0x1.3a6778p-12f, 0x1.c1465cp-14f, 0x1.1cb412p-15f, 0x1.3c7e16p-17f, 0x1.344c74p-19f,
     0x1.03b9b4p-21f, 0x1.7b7034p-24f},
    {0x1.516038p-12f, -0x1.8daad4p-5f, -0x1.6983fcp-4f, -0x1.ceb29ap-4f, -0x1.ee5fc8p-4f, -0x1.d184aap-4f, -0x1.8c0934p-4f,
     -0x1.348fc2p-4f, -0x1.bbbf98p-5f, -0x1.279b6ap-5f, -0x1.6d2682p-6f, -0x1.a17c3ep-7f, -0x1.b832c6p-8f, -0x1.a9e45p-9f,
     -0x1.77d684p-10f, -0x1.2c9d6ap-11f, -0x1.b0fb38p-13f, -0x1.16a43ap-14f, -0x1.3e574ep-16f, -0x1.40f6fp-18f,
     -0x1.1b9dbcp-20f, -0x1.b46746p-23f, -0x1.224eaap-25f},
    {0x1.98829ap-2f, 0x1.8be37ap-2f, 0x1.68542p-2f, 0x1.341906p-2f, 0x1.ef266p-3f, 0x1.76151cp-3f, 0x1.09c7e6p-3f,
     0x1.631934p-4f, 0x1.bda5d4p-5f, 0x1.0628aep-5f, 0x1.2042e4p-6f, 0x1.26ff48p-7f, 0x1.178aacp-8f, 0x1.e7bbd8p-10f,
     0x1.8541aap-11f, 0x1.1a589p-12f, 0x1.71c288p-14f, 0x1.b23a5p-16f, 0x1.c621c6p-18f, 0x1.a4341p-20f, 0x1.559d6ep-22f,
     0x1.e4f0aap-25f, 0x1.2a56fp-27f},
    {-0x1p-1f, -0x1.9aee06p-2f, -0x1.3bfa4cp-2f, -0x1.d0523p-3f, -0x1.453d22p-3f, -0x1.b1796p-4f, -0x1.123c9p-4f,
     -0x1.48a34ap-5f, -0x1.73ef8ap-6f, -0x1.8c25e8p-7f, -0x1.8b6ccap-8f, -0x1.701ac8p-9f, -0x1.3dd706p-10f, -0x1.fa1966p-12f,
     -0x1.71378ap-13f, -0x1.ea7452p-15f, -0x1.26a0bp-16f, -0x1.3e0b34p-18f, -0x1.326bp-20f, -0x1.05b92cp-22f, -0x1.89bb92p-25f,
     -0x1.031334p-27f, -0x1.284334p-30f}};
FORMULA(gelu_tanh)(vec x, PARAMS)
{
    vec a = v_abs_up_to(v_set(5.625f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(gelu_tanh_short[0], 32, 4, 4, 0, a), a, x);
}
#elif FR_TABLED
/* gelu_tanh_short; farther left it has become very small, but not 0. */
static const float gelu_tanh_short[4][32] = {
    {-0x1.a3b186p-12f, -0x1.8f56e2p-12f, -0x1.53f064p-12f, -0x1.f8e598p-13f, -0x1.298a74p-13f, -0x1.6a04a2p-15f,
     0x1.6f5c92p-15f, 0x1.d1c82ep-14f, 0x1.4182cap-13f, 0x1.6afc6ep-13f, 0x1.6b3e5ep-13f, 0x1.4f9a0cp-13f, 0x1.20f70ep-13f,
     0x1.d323b8p-14f, 0x1.69b1fcp-14f, 0x1.0ae4dap-14f, 0x1.6e0672p-15f, 0x1.ee8e26p-16f, 0x1.3b1cdep-16f, 0x1.7d9bc6p-17f,
     0x1.b62a9p-18f, 0x1.cef962p-19f, 0x1.eb24b6p-20f, 0x1.d9c148p-21f, 0x1.9ee7ecp-22f, 0x1.528734p-23f, 0x1.00844p-24f,
     0x1.8cd708p-26f, 0x1.1be8f2p-27f, 0x1.56f5f6p-29f, 0x1.8049a2p-31f, 0x1.af697ap-31f},
    {-0x1.224548p-21f, -0x1.35f21p-10f, -0x1.26b7e2p-9f, -0x1.9681ep-9f, -0x1.e1fb12p-9f, -0x1.0327b6p-8f, -0x1.02dbf4p-8f,
     -0x1.e6c848p-9f, -0x1.b22f26p-9f, -0x1.7157bap-9f, -0x1.2cb528p-9f, -0x1.d5abdcp-10f, -0x1.605474p-10f, -0x1.fbe4f4p-11f,
     -0x1.5f8de8p-11f, -0x1.d36a8ap-12f, -0x1.29970cp-12f, -0x1.6a745ep-13f, -0x1.a5ec76p-14f, -0x1.d2f18ap-15f,
     -0x1.ebee2ap-16f, -0x1.ea721ap-17f, -0x1.ccb798p-18f, -0x1.99e468p-19f, -0x1.568044p-20f, -0x1.0c311cp-21f,
     -0x1.886626p-23f, -0x1.0b055cp-24f, -0x1.559634p-26f, -0x1.94276ep-28f, -0x1.ba2426p-30f, 0},
    {0x1.291a7ap-4f, 0x1.243584p-4f, 0x1.160308p-4f, 0x1.ffc528p-5f, 0x1.c7bcfp-5f, 0x1.88b7c6p-5f, 0x1.47864p-5f,
     0x1.0867ap-5f, 0x1.9d42a4p-6f, 0x1.389f0cp-6f, 0x1.c9b916p-7f, 0x1.441b34p-7f, 0x1.bb97b2p-8f, 0x1.250dep-8f,
     0x1.753eep-9f, 0x1.c9763p-10f, 0x1.0d47a4p-10f, 0x1.2fba3cp-11f, 0x1.4790a6p-12f, 0x1.50e9e6p-13f, 0x1.49a932p-14f,
     0x1.32271p-15f, 0x1.0ce7dcp-16f, 0x1.be08f8p-18f, 0x1.5c713ep-19f, 0x1.ff518ep-21f, 0x1.5f74dep-22f, 0x1.c2a4p-24f,
     0x1.0d2ee8p-25f, 0x1.2b8aap-27f, 0x1.350094p-29f, 0x1.4f3c04p-31f},
    {-0x1p-1f, -0x1.b6222ap-2f, -0x1.6eac5ap-2f, -0x1.2bca48p-2f, -0x1.de71ep-3f, -0x1.744b1ap-3f, -0x1.1a43dap-3f,
     -0x1.a0b5dap-4f, -0x1.2b3a1cp-4f, -0x1.a1a974p-5f, -0x1.1b0236p-5f, -0x1.73ef7p-6f, -0x1.d95e12p-7f, -0x1.234208p-7f,
     -0x1.59efb4p-8f, -0x1.8bcc0ep-9f, -0x1.b34dd8p-10f, -0x1.cb2e4ap-11f, -0x1.cf76e8p-12f, -0x1.be87c4p-13f,
     -0x1.99a0ccp-14f, -0x1.64e89ap-15f, -0x1.269ee2p-16f, -0x1.cb9658p-18f, -0x1.51ddd2p-19f, -0x1.d3041ep-21f,
     -0x1.2ea9f8p-22f, -0x1.6ef19ep-24f, -0x1.9ee066p-26f, -0x1.b48448p-28f, -0x1.aa46dp-30f, -0x1.7e0632p-32f}};
FORMULA(gelu_tanh)(vec x, PARAMS)
{
    if (m_any(v_lt(x, v_set(-5.625f)))) return LOCAL(gelu_tanh_of)(x);
    vec a = v_abs_up_to(v_set(5.625f), x);
    return LOCAL(short_gate)(LOCAL(short_piece_of)(gelu_tanh_short[0], 32, 3, 5.5f, 0, a), a, x);
}
#else
FORMULA(gelu_tanh)(vec x, PARAMS) { return LOCAL(gelu_tanh_of)(x); }
#endif
#if FR_DIGITS == 11
/* gelu_tanh_slope_short */
static const float gelu_tanh_slope_short[6][32] = {
    {-0x1.ee038p-5f, -0x1.8ad024p-5f, -0x1.11eb22p-6f, 0x1.0becaap-6f, 0x1.2fb038p-5f, 0x1.427fdap-5f, 0x1.bd7b28p-6f,
     0x1.5e76d8p-7f, -0x1.3397bcp-9f, -0x1.2b39b4p-7f, -0x1.569744p-7f, -0x1.14b3c4p-7f, -0x1.51735ap-8f, -0x1.0ea2c4p-9f,
     0x1.ce8e48p-17f, 0x1.ee60e4p-11f, 0x1.1006c2p-10f, 0x1.89de7ap-11f, 0x1.b8499ap-12f, 0x1.9003ep-13f, 0x1.2b9714p-14f,
     0x1.76cb68p-16f, 0x1.86052p-18f, 0x1.5406bp-20f, 0x1.eb6186p-23f, 0x1.283deep-25f, 0x1.2560b6p-28f, 0x1.e1ee0ap-32f,
     0x1.d914d2p-30f},
    {-0x1.69762ep-13f, -0x1.223222p-4f, -0x1.d07494p-4f, -0x1.d1d6dap-4f, -0x1.412fd4p-4f, -0x1.d52b5cp-6f, 0x1.c876bap-7f,
     0x1.34370cp-5f, 0x1.5ac6b6p-5f, 0x1.1b35aap-5f, 0x1.6680e6p-6f, 0x1.416f7ap-7f, 0x1.3f5508p-10f, -0x1.ad175p-9f,
     -0x1.2550d6p-8f, -0x1.f105cap-9f, -0x1.46deb6p-9f, -0x1.61952ep-10f, -0x1.416b24p-11f, -0x1.ee6484p-13f, -0x1.43298p-14f,
     -0x1.65c566p-16f, -0x1.501138p-18f, -0x1.098bcep-20f, -0x1.61e92ep-23f, -0x1.88d3cep-26f, -0x1.6cca3p-29f,
     -0x1.16dc6ap-32f, 0x1.08d95ap-31f},
    {0x1.11b4a8p-2f, 0x1.d7c19p-3f, 0x1.1373fap-3f, 0x1.14f3ecp-6f, -0x1.4e8cep-4f, -0x1.1564aap-3f, -0x1.21700ep-3f,
     -0x1.d12bap-4f, -0x1.270352p-4f, -0x1.0c5f08p-5f, -0x1.1ec4fep-8f, 0x1.6ff3a8p-7f, 0x1.0bd874p-6f, 0x1.e9e11p-7f,
     0x1.62bb12p-7f, 0x1.af3142p-8f, 0x1.c0e688p-9f, 0x1.9317e8p-10f, 0x1.38ac2ep-11f, 0x1.a26eaap-13f, 0x1.e1c0ecp-15f,
     0x1.db4296p-17f, 0x1.902b54p-19f, 0x1.1e028p-21f, 0x1.599dd2p-24f, 0x1.5eb01ap-27f, 0x1.29befap-30f, 0x1.a38106p-34f,
     0x1.f28346p-35f},
    {-0x1.b5f67cp-22f, 0x1.875c24p-3f, 0x1.528a5ap-2f, 0x1.8cb176p-2f, 0x1.71851p-2f, 0x1.1aea2ep-2f, 0x1.5bc69p-3f,
     0x1.29f87ep-4f, 0x1.77d984p-9f, -0x1.2652dcp-5f, -0x1.91d3b6p-5f, -0x1.768cbp-5f, -0x1.1d6bbcp-5f, -0x1.75f708p-6f,
     -0x1.accf12p-7f, -0x1.b0cfd6p-8f, -0x1.80b364p-9f, -0x1.2c73a6p-10f, -0x1.9ae09ep-12f, -0x1.e9c77cp-14f, -0x1.fa6562p-16f,
     -0x1.c3cb48p-18f, -0x1.59dfa8p-20f, -0x1.c3ef8p-23f, -0x1.f4e478p-26f, -0x1.d44d3cp-29f, -0x1.6eec76p-32f,
     -0x1.df476p-36f, 0},
    {-0x1.988454p-1f, -0x1.7f763p-1f, -0x1.3b23b6p-1f, -0x1.baaedp-2f, -0x1.efeb68p-3f, -0x1.4c846ep-4f, 0x1.f40296p-6f,
     0x1.71c83cp-4f, 0x1.b9db38p-4f, 0x1.92f4f8p-4f, 0x1.384d16p-4f, 0x1.aa865ep-5f, 0x1.043d9ep-5f, 0x1.1d07f4p-6f,
     0x1.182614p-7f, 0x1.ecdbc2p-9f, 0x1.826a72p-10f, 0x1.0cb816p-11f, 0x1.49bcbp-13f, 0x1.62f9aap-15f, 0x1.4d541ap-17f,
     0x1.0f6882p-19f, 0x1.7cf074p-22f, 0x1.ca0a4cp-25f, 0x1.d4e11p-28f, 0x1.9620bap-31f, 0x1.27be1ep-34f, 0x1.67eaccp-38f,
     0x1.85522p-42f},
    {0x1p-1f, 0x1.37f518p-2f, 0x1.0fa05ep-3f, 0x1.165484p-10f, -0x1.53d226p-4f, -0x1.f5bad6p-4f, -0x1.058d3cp-3f,
     -0x1.c919eap-4f, -0x1.60a99ep-4f, -0x1.ead1e2p-5f, -0x1.36e63ap-5f, -0x1.679c72p-6f, -0x1.7b9708p-7f, -0x1.6caa3ap-8f,
     -0x1.3d8a6ep-9f, -0x1.f2c95ap-11f, -0x1.5f66f4p-12f, -0x1.b995e8p-14f, -0x1.ebf246p-16f, -0x1.e2e744p-18f,
     -0x1.9f198p-20f, -0x1.36827cp-22f, -0x1.91b774p-25f, -0x1.be9394p-28f, -0x1.a7ded2p-31f, -0x1.554d9cp-34f,
     -0x1.cf4b22p-38f, -0x1.075522p-41f, 0}};
FORMULA(gelu_tanh_backward)(vec dy, vec x, PARAMS)
{
    return v_mul(LOCAL(short_slope)(LOCAL(short_piece_at)(gelu_tanh_slope_short[0], 32, 5, 4, 0, 7, x), x), dy);
}
#else
FORMULA(gelu_tanh_slope_of)(vec x)
{
    vec s = v_mul(x, x), s_low = v_fms(x, x, s);
    PAIR z = FR_ODD_CUBIC(x, s, s_low, FR_GELU_1, FR_GELU_3), w = FR_ODD_CUBIC(x, s, s_low, FR_GELU_1, FR_GELU_9);
    return LOCAL(gate_slope)(z.first, z.second, w.first, w.second, 1);
}
#if FR_DIGITS == 8
/* gelu_tanh_slope_near; farther left it has become very small, but not 0. */
static const float gelu_tanh_slope_near[5][16] = {
    {-0x1.ff85bep-12f, -0x1.b8206ap-10f, -0x1.0622fp-9f, -0x1.1e793cp-10f, 0x1.fb0846p-14f, 0x1.71a30ep-11f, 0x1.554ca6p-11f,
     0x1.5f1b54p-12f, 0x1.14084ep-14f, -0x1.03dfaep-14f, -0x1.32973ep-14f, -0x1.6c7eacp-15f, -0x1.127fb6p-16f,
     -0x1.126b06p-18f, -0x1.ab920ap-21f, -0x1.5bb042p-23f},
    {0x1.ac377ep-7f, 0x1.2c907ep-7f, 0x1.5e9438p-10f, -0x1.4c6d3cp-8f, -0x1.bfcfap-8f, -0x1.4328b2p-8f, -0x1.0e8d42p-9f,
     -0x1.8e9deap-15f, 0x1.7fd484p-11f, 0x1.6f31c4p-11f, 0x1.a97c88p-12f, 0x1.5c88d4p-13f, 0x1.a32f86p-15f, 0x1.6f1208p-17f,
     0x1.d6956ap-20f, 0x1.880202p-23f},
    {-0x1.4b699ep-15f, 0x1.1d685ep-5f, 0x1.a1fbbep-5f, 0x1.6aea06p-5f, 0x1.99fecp-6f, 0x1.b69128p-8f, -0x1.e934b2p-9f,
     -0x1.abe314p-8f, -0x1.53ad4p-8f, -0x1.7a144cp-9f, -0x1.3d62f6p-10f, -0x1.96fe2p-12f, -0x1.8d5edcp-14f, -0x1.24633p-16f,
     -0x1.3d68a4p-19f, -0x1.f2db6cp-23f},
    {-0x1.2919cp-2f, -0x1.038d52p-2f, -0x1.4f0b0ep-3f, -0x1.0a4fbep-4f, 0x1.522bcap-8f, 0x1.25e7ap-5f, 0x1.322acp-5f,
     0x1.ab9752p-6f, 0x1.caccfep-7f, 0x1.866d78p-8f, 0x1.080028p-9f, 0x1.190028p-11f, 0x1.cff63p-14f, 0x1.246546p-16f,
     0x1.141586p-19f, 0x1.80dd92p-23f},
    {0x1.fffffep-2f, 0x1.c75564p-3f, 0x1.6b4b16p-7f, -0x1.a20bb2p-4f, -0x1.07a59cp-3f, -0x1.aea5dp-4f, -0x1.1185dap-4f,
     -0x1.1b5768p-5f, -0x1.e40ec4p-7f, -0x1.5383ccp-8f, -0x1.82766ep-10f, -0x1.5f67dep-12f, -0x1.f58dc2p-15f, -0x1.13bfe8p-17f,
     -0x1.ca94cap-21f, -0x1.1adcd4p-24f}};
FORMULA(gelu_tanh_slope)(vec x)
{
    vec near = LOCAL(short_slope)(LOCAL(short_piece_at)(gelu_tanh_slope_near[0], 16, 4, 2.75f, 0, 5.5f, x), x);
    mask far = v_lt(x, v_set(-5.5f));
    return FR_LIKELY(!m_any(far)) ? near : v_where(far, LOCAL(gelu_tanh_slope_of)(x), near);
}
#else
FORMULA(gelu_tanh_slope)(vec x) { return LOCAL(gelu_tanh_slope_of)(x); }
#endif
FORMULA(gelu_tanh_backward)(vec dy, vec x, PARAMS) { return v_mul(LOCAL(gelu_tanh_slope)(x), dy); }
#endif
#endif

KERNEL(CLEAR_TABLED, gelu_tanh, 1, 0, 1)
KERNEL(PROVEN, gelu_tanh_backward, 2, 0, 1)
ACTIVATION(
    .name = "gelu_tanh",
    .title = "GELU by a tanh",
    .formula = "x / (1 + exp(-2 * sqrt(2 / pi) * (x + 44715 * x**3 / 10**6)))",
    .derivative = "where(x > 0, 1 + (1 + 2 * sqrt(2 / pi) * (x + 3 * 44715 * x**3 / 10**6)) * "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)), "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)) * "
                  "(1 + 2 * sqrt(2 / pi) * (x + 3 * 44715 * x**3 / 10**6) + "
                  "exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6)))) "
                  "/ (1 + exp(-2 * sqrt(2 / pi) * (abs(x) + 44715 * abs(x)**3 / 10**6))) ** 2",
    .notes = "x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), written so that nothing cancels.",
    .source = "Hendrycks & Gimpel, Gaussian error linear units, 2016",
    .max_ulp = 0.8,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, x, out=t); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
             "np.multiply(t, x, out=t); special.expit(t, out=t); np.multiply(x, t, out=out)",
    .numpy_backward = "np.multiply(x, x, out=t); np.multiply(t, 0.21406444881780076, out=t2); np.add(t2, 1.5957691216057308, out=t2); "
                      "np.multiply(t2, x, out=t2); np.multiply(t, 0.07135481627260025, out=t); np.add(t, 1.5957691216057308, out=t); "
                      "np.multiply(t, x, out=t); special.expit(t, out=t); np.subtract(1, t, out=out); np.multiply(t2, out, out=t2); "
                      "np.add(t2, 1, out=t2); np.multiply(t, t2, out=t); np.multiply(dy, t, out=out)",
    .torch = "F.gelu(x, approximate='tanh')")
