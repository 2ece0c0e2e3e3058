/* SPDX-License-Identifier: BSD-3-Clause */
/* An exponential in place of ReLU's flat side: mean activations nearer to zero, no dead units. */
#ifdef FORMULAS_FLOAT
#if FR_DIGITS == 8 && FR_TABLED
/* elu_short, for alpha = 1 */
static const float elu_short[4][16] = {
    {-0x1.3cdee2p-3f, -0x1.a770ccp-4f, -0x1.fa6742p-5f, -0x1.32a586p-5f, -0x1.73c172p-6f, -0x1.c277ecp-7f, -0x1.11438p-7f,
     -0x1.4b4dcep-8f, -0x1.922eb2p-9f, -0x1.e7262cp-10f, -0x1.27d7d8p-10f, -0x1.66689ap-11f, -0x1.b35268p-12f, -0x1.2560fep-12f},
    {0x1.ff406ap-2f, 0x1.3818dep-2f, 0x1.7ab236p-3f, 0x1.cb358p-4f, 0x1.169d1p-4f, 0x1.51c336p-5f, 0x1.99fc1ap-6f,
     0x1.f105ecp-7f, 0x1.2da656p-7f, 0x1.6d793ap-8f, 0x1.bbe202p-9f, 0x1.0ce68p-9f, 0x1.469738p-10f, 0x1.87fbf4p-11f},
    {-0x1p0f, -0x1.367e94p-1f, -0x1.78b0dp-2f, -0x1.c8f4eep-3f, -0x1.1528cep-3f, -0x1.5036d4p-4f, -0x1.97d92p-5f,
     -0x1.eebf18p-6f, -0x1.2c13cp-6f, -0x1.6c0412p-7f, -0x1.b991dcp-8f, -0x1.0bd3f8p-8f, -0x1.44e394p-9f, -0x1.8a2a04p-10f},
    {0, -0x1.92ecb2p-2f, -0x1.43a65p-1f, -0x1.8dc268p-1f, -0x1.bab5b2p-1f, -0x1.d5f92p-1f, -0x1.e68272p-1f, -0x1.f08a08p-1f,
     -0x1.f69f62p-1f, -0x1.fa4ffp-1f, -0x1.fc8cdcp-1f, -0x1.fde858p-1f, -0x1.febb1cp-1f, -0x1.ff3afp-1f}};
#endif
FORMULA(elu)(vec x, PARAMS)
{
#if FR_DIGITS == 8 && FR_TABLED
    if (FR_LIKELY(m_all(v_eq(p[0], v_set(1)))))
        return v_where(v_lt(x, v_set(0)), LOCAL(short_value)(LOCAL(short_piece_at)(elu_short[0], 16, 3, 2, 0, 6.5f, x)), x);
#endif
    PAIR fall = LOCAL(expm1)(v_max(v_set(-FR_EXP_RANGE), x), x, 0);
    vec y = COMPENSATED ? v_fma(p[0], fall.first, v_mul(p[0], fall.second)) : v_mul(p[0], fall.first);
    return v_where(v_lt(x, v_set(0)), y, x);
}
FORMULA(elu_backward)(vec dy, vec x, PARAMS)
{
    vec fall = v_min(v_set(0), x);
    return v_mul(v_where(v_lt(v_set(0), x), v_set(1), LOCAL(times_exp)(p[0], fall, fall, 0)), dy);
}
FORMULA(elu_backward_from_output)(vec dy, vec y, PARAMS)
{
    return v_mul(v_where(v_lt(v_set(0), y), v_set(1), v_add(y, p[0])), dy);
}
#endif

KERNEL(PROVEN_AT_1, elu, 1, 1, 1)
KERNEL(PROVEN_AT_1, elu_backward, 2, 1, 1)
KERNEL(PRODUCT, elu_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "elu",
    .title = "exponential linear unit",
    .formula = "where(x > 0, x, alpha * expm1(x))",
    .derivative = "where(x > 0, 1, alpha * exp(x))",
    .derivative_from_output = "where(y > 0, 1, y + alpha)",
    .params = {{"alpha", 1, 0, "the limit at -inf is -alpha; from the output, it must be positive"}},
    .knees = "alpha at 0",
    .source = "Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear units, 2015",
    .max_ulp = 0.8,
    .max_ulp_backward = 0.65,
    .numpy = "np.minimum(x, 0, out=t); np.expm1(t, out=t); np.multiply(t, alpha, out=t); np.maximum(x, 0, out=out); "
             "np.add(out, t, out=out)",
    .numpy_backward = "np.minimum(x, 0, out=t); np.exp(t, out=t); np.multiply(t, alpha, out=t); "
                      "np.copyto(t, 1, where=np.greater(x, 0, out=m)); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output =
        "np.add(y, alpha, out=t); np.copyto(t, 1, where=np.greater(y, 0, out=m)); np.multiply(dy, t, out=out)")
