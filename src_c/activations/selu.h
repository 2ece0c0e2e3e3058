/* SPDX-License-Identifier: BSD-3-Clause */
/* ELU, scaled so that activations keep mean 0 and variance 1 through the layers. */
#ifdef FORMULAS_FLOAT
/* lambda, and lambda alpha, as two lanes of one sign, so that an infinity times both stays one: coefficients.py constants. */
#if LANE_BITS == 32
#define FR_SELU_SCALE 0x1.0cfabcp0f
#define FR_SELU_SCALE_LOW 0x1.6a9114p-24f
#define FR_SELU_FALL 0x1.c212ccp0f
#define FR_SELU_FALL_LOW 0x1.903c0cp-26f
#else
#define FR_SELU_SCALE 0x1.0cfabd6a91132p0
#define FR_SELU_SCALE_LOW 0x1.ac79fa5f4cebp-55
#define FR_SELU_FALL 0x1.c212cc640f03p0
#define FR_SELU_FALL_LOW 0x1.6c89054b0bb48p-53
#endif
#ifdef NARROW
/* selu_short */
#if FR_DIGITS == 11
#define FR_SELU_LAST 8.75f
#define FR_SELU_SHORT 16, 4, -1.75f, 0
static const float selu_short[5][16] = {
    {0x1.6ba0ccp-10f, 0x1.fe915cp-11f, 0x1.409fe2p-11f, 0x1.95cb0ap-12f, 0x1.02fbd8p-12f, 0x1.4d66a6p-13f, 0x1.b1d9c8p-14f,
     0x1.1d5964p-14f, 0x1.7b702ep-15f, 0x1.ff75e6p-16f, 0x1.5cb23cp-16f, 0x1.e1d436p-17f, 0x1.51e552p-17f, 0x1.e0818ap-18f,
     0x1.5a6afp-18f, 0x1.03dc78p-18f},
    {-0x1.bd6a86p-7f, -0x1.1dc3eep-7f, -0x1.6eea3ep-8f, -0x1.dc14d4p-9f, -0x1.386932p-9f, -0x1.9f1ab4p-10f, -0x1.176feep-10f,
     -0x1.7d878cp-11f, -0x1.08498ap-11f, -0x1.73bd54p-12f, -0x1.0982dap-12f, -0x1.813106p-13f, -0x1.1bc1f4p-13f,
     -0x1.a86f12p-14f, -0x1.421acep-14f, -0x1.ef6f4p-15f},
    {0x1.87d87ap-4f, 0x1.00eb32p-4f, 0x1.5566cp-5f, 0x1.cc4ebep-6f, 0x1.3b2f64p-6f, 0x1.b6cc7p-7f, 0x1.36baaep-7f,
     0x1.bfe1c4p-8f, 0x1.488f1p-8f, 0x1.ea994ap-9f, 0x1.749e1ap-9f, 0x1.1fb804p-9f, 0x1.c3579cp-10f, 0x1.67402p-10f,
     0x1.21e1ecp-10f, 0x1.d9bef8p-11f},
    {-0x1.012f34p-1f, -0x1.62b38cp-2f, -0x1.f2c4fep-3f, -0x1.65e1bp-3f, -0x1.06373ap-3f, -0x1.8869f6p-4f, -0x1.2bc6d6p-4f,
     -0x1.d34382p-5f, -0x1.731ea2p-5f, -0x1.2bff38p-5f, -0x1.eceaf4p-6f, -0x1.9af15cp-6f, -0x1.5b29e6p-6f, -0x1.28c7aap-6f,
     -0x1.006882p-6f, -0x1.bf42b8p-7f},
    {0x1.c212ccp0f, 0x1.56d726p0f, 0x1.0c396cp0f, 0x1.ae8594p-1f, 0x1.61c346p-1f, 0x1.28f50ap-1f, 0x1.fc0e32p-2f,
     0x1.b9d47ep-2f, 0x1.85bdbp-2f, 0x1.5c033p-2f, 0x1.3a032p-2f, 0x1.1de07ap-2f, 0x1.064444p-2f, 0x1.e46812p-3f,
     0x1.c1ec26p-3f, 0x1.a3fd2cp-3f}};
#else
#define FR_SELU_LAST 6.25f
#define FR_SELU_SHORT 16, 2, -2.4f, 0
static const float selu_short[3][16] = {
    {0x1.83908ap-5f, 0x1.32abc6p-5f, 0x1.c4ca2ep-6f, 0x1.50e788p-6f, 0x1.fe059ap-7f, 0x1.801ad2p-7f, 0x1.242f84p-7f,
     0x1.c2bf58p-8f, 0x1.5ee0aep-8f, 0x1.12694ep-8f, 0x1.b5101ep-9f, 0x1.5c6092p-9f, 0x1.184fe2p-9f, 0x1.cad844p-10f,
     0x1.78122p-10f, 0x1.43feccp-10f},
    {-0x1.76785ep-2f, -0x1.1e3276p-2f, -0x1.b81afap-3f, -0x1.55eeecp-3f, -0x1.0c889cp-3f, -0x1.aaaf66p-4f, -0x1.56baf4p-4f,
     -0x1.165a26p-4f, -0x1.c93da8p-5f, -0x1.7b8d3cp-5f, -0x1.3e47aap-5f, -0x1.0da5d4p-5f, -0x1.cd0acep-6f, -0x1.8db06ap-6f,
     -0x1.59ebaap-6f, -0x1.2ecfbp-6f},
    {0x1.c21222p0f, 0x1.701408p0f, 0x1.315e1p0f, 0x1.00e69cp0f, 0x1.b610d2p-1f, 0x1.7a454cp-1f, 0x1.4a80eep-1f, 0x1.23ebc4p-1f,
     0x1.0468fep-1f, 0x1.d4c9c4p-2f, 0x1.a95efp-2f, 0x1.84c6cp-2f, 0x1.65a1fap-2f, 0x1.4ae29ap-2f, 0x1.33b7c6p-2f,
     0x1.1f7dbcp-2f}};
#endif
FORMULA(selu)(vec x, PARAMS)
{
    vec fall = LOCAL(short_fall)(FR_SELU_LAST, x), above = v_mul(v_set(FR_SELU_SCALE + FR_SELU_SCALE_LOW), v_max(v_set(0), x));
    return v_fma(fall, LOCAL(short_value)(LOCAL(short_piece_of)(selu_short[0], FR_SELU_SHORT, fall)), above);
}
#else
FORMULA(selu)(vec x, PARAMS)
{
    PAIR fall = LOCAL(expm1)(v_max(v_set(-FR_EXP_RANGE), x), x, 0);
    mask negative = v_lt(x, v_set(0));
    vec n = v_where(negative, fall.first, x), n_low = v_where(negative, fall.second, v_set((lane)-0.0));
    vec scale = v_where(negative, v_set(FR_SELU_FALL), v_set(FR_SELU_SCALE));
    vec scale_low = v_where(negative, v_set(FR_SELU_FALL_LOW), v_set(FR_SELU_SCALE_LOW));
    return v_fma(scale, n, v_fma(scale_low, n, v_mul(scale, n_low)));
}
#endif
FORMULA(selu_backward)(vec dy, vec x, PARAMS)
{
    vec fall = v_min(v_set(0), x), slope = LOCAL(times_exp)(v_set(FR_SELU_FALL + FR_SELU_FALL_LOW), fall, fall, 0);
    return v_mul(v_where(v_lt(v_set(0), x), v_set(FR_SELU_SCALE + FR_SELU_SCALE_LOW), slope), dy);
}
FORMULA(selu_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec slope = v_add(v_add(y, v_set(FR_SELU_FALL)), v_set(FR_SELU_FALL_LOW));
    return v_mul(v_where(v_lt(v_set(0), y), v_set(FR_SELU_SCALE + FR_SELU_SCALE_LOW), slope), dy);
}
#endif

KERNEL(ALL_CLEAR, selu, 1, 0, 1)
KERNEL(NEARLY, selu_backward, 2, 0, 1)
KERNEL(PRODUCT, selu_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "selu",
    .title = "scaled exponential linear unit",
    .formula = "where(x > 0, x, 16732632423543772 * expm1(x) / 10**16) * 10507009873554805 / 10**16",
    .derivative = "where(x > 0, 1, 16732632423543772 * exp(x) / 10**16) * 10507009873554805 / 10**16",
    .derivative_from_output =
        "where(y > 0, 1, (y * 10**16 / 10507009873554805 * 10**16 + 16732632423543772) / 10**16) * 10507009873554805 / 10**16",
    .knees = "lambda alpha at 0",
    .notes = "lambda = 1.0507009873554805 and alpha = 1.6732632423543772, exactly.",
    .source = "Klambauer et al., Self-normalizing neural networks, 2017",
    .max_ulp = 1,
    .max_ulp_backward = 1.6,
    .numpy = "np.minimum(x, 0, out=t); np.expm1(t, out=t); np.multiply(t, 1.7580993408473766, out=t); np.maximum(x, 0, out=out); "
             "np.multiply(out, 1.0507009873554805, out=out); np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.exp(t, out=t); np.multiply(t, 1.7580993408473766, out=t); "
                      "np.copyto(t, 1.0507009873554805, where=np.greater(x, 0, out=m)); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.add(y, 1.7580993408473766, out=t); "
                                  "np.copyto(t, 1.0507009873554805, where=np.greater(y, 0, out=m)); np.multiply(dy, t, out=out)")
