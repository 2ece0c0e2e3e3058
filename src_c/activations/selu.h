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
#if FR_DIGITS == 8 && FR_TABLED
/* selu_short */
static const float selu_short[4][16] = {
    {-0x1.1580a2p-2f, -0x1.72c07cp-3f, -0x1.bdae68p-4f, -0x1.0d8ebcp-4f, -0x1.46caacp-5f, -0x1.8bfbfp-6f, -0x1.e06cb8p-7f,
     -0x1.233b8cp-7f, -0x1.6189dp-8f, -0x1.ac3a7p-9f, -0x1.040f92p-9f, -0x1.3b0f18p-10f, -0x1.7eab6ap-11f, -0x1.01e504p-11f},
    {0x1.c159bep-1f, 0x1.125c78p-1f, 0x1.4cdfa2p-2f, 0x1.93aae2p-3f, 0x1.e9d48ap-4f, 0x1.28e8fap-4f, 0x1.6865ap-5f,
     0x1.b4e874p-6f, 0x1.092a44p-6f, 0x1.4144f8p-7f, 0x1.8631fp-8f, 0x1.d8c0eap-9f, 0x1.1f16e6p-9f, 0x1.5892d6p-10f},
    {-0x1.c21222p0f, -0x1.10f352p0f, -0x1.4b20cp-1f, -0x1.91b00cp-2f, -0x1.e74616p-3f, -0x1.278c88p-3f, -0x1.6684cep-4f,
     -0x1.b2e81ep-5f, -0x1.07c86p-5f, -0x1.3ffcf2p-6f, -0x1.84296ap-7f, -0x1.d6de44p-8f, -0x1.1d97f4p-8f, -0x1.5a7d66p-9f},
    {0, -0x1.6230c2p-1f, -0x1.1c810ap0f, -0x1.5da678p0f, -0x1.8529f2p0f, -0x1.9d2136p0f, -0x1.abaa82p0f, -0x1.b47b8cp0f,
     -0x1.b9d488p0f, -0x1.bd12dap0f, -0x1.bf0a7ap0f, -0x1.c03beep0f, -0x1.c0f534p0f, -0x1.c16592p0f}};
FORMULA(selu)(vec x, PARAMS)
{
    vec fall = LOCAL(short_value)(LOCAL(short_piece_at)(selu_short[0], 16, 3, 2, 0, 6.5f, x));
    return v_where(v_lt(x, v_set(0)), fall, v_mul(v_set(FR_SELU_SCALE + FR_SELU_SCALE_LOW), x));
}
#else
FORMULA(selu)(vec x, PARAMS)
{
    PAIR fall = LOCAL(expm1)(v_max(v_set(-FR_EXP_RANGE), x), x, 0);
    mask negative = v_lt(x, v_set(0));
    if (!COMPENSATED)
        return v_mul(v_where(negative, v_set(FR_SELU_FALL + FR_SELU_FALL_LOW), v_set(FR_SELU_SCALE + FR_SELU_SCALE_LOW)),
                     v_where(negative, fall.first, x));
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

KERNEL(PROVEN, selu, 1, 0, 1)
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
