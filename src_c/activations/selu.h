/* SPDX-License-Identifier: BSD-3-Clause */
/* ELU, scaled so that activations keep mean 0 and variance 1 through the layers. */
#ifdef FORMULAS_FLOAT
#include "../tables/selu.h"
/* n + n_low times lambda alpha where x is negative, times lambda elsewhere, both with their low parts. */
FORMULA(selu_scaled)(vec x, vec n, vec n_low)
{
    mask negative = v_lt(x, v_set(0));
    vec scale = v_where(negative, v_set(selu_table.fall), v_set(selu_table.scale));
    if (!COMPENSATED) return v_mul(scale, n);
    vec scale_low = v_where(negative, v_set(selu_table.fall_low), v_set(selu_table.scale_low));
    return v_fma(scale, n, v_fma(scale_low, n, v_mul(scale, n_low)));
}
FORMULA(selu_of)(vec x)
{
    PAIR fall = LOCAL(expm1_pair)(v_max(v_set(-FR_USUAL), v_min(v_set(0), x)), x, 0);
    mask negative = v_lt(x, v_set(0));
    return LOCAL(selu_scaled)(x, v_where(negative, fall.first, x), v_where(negative, fall.second, v_set((lane)-0.0)));
}
/* Near 0 it is two lines. */
RARE(selu_rare)(vec x)
{
    const mask tiny = LOCAL(is_below)(x, FR_NEAR_0);
    vec line = LOCAL(lowered)(LOCAL(selu_scaled)(x, LOCAL(raised)(v_where(tiny, x, v_set(0))), v_set((lane)-0.0)));
    return v_where(tiny, line, LOCAL(selu_of)(v_where(tiny, v_set(1), x)));
}
FORMULA(selu)(vec x, PARAMS) { return FR_LIKELY(!LOCAL(any_below)(x, FR_NEAR_0)) ? LOCAL(selu_of)(x) : LOCAL(selu_rare)(v_aside(x)); }
/* lambda alpha e^x left of 0, lambda right of it, times 2^scale. */
FORMULA(selu_slope_of)(vec x, int scale)
{
    vec fall = v_max(v_set(-FR_GONE), v_min(v_set(0), x)), lift = v_set(scale ? FR_LIFTED : 1);
    PAIR e = LOCAL(exp_of)(1, v_sub(fall, v_set(FR_NEAR_0)), fall, 0, scale);
    vec scaled = v_mul(v_set(selu_table.fall + selu_table.fall_low), e.first), slope = v_fma(scaled, e.second, scaled);
    return v_where(v_lt(v_set(0), x), v_mul(lift, v_set(selu_table.scale + selu_table.scale_low)), slope);
}
FORMULA(selu_backward)(vec dy, vec x, PARAMS)
{
    if (FR_LIKELY(v_within(v_min(v_set(0), x), 0, FR_USUAL))) return LOCAL(times)(dy, LOCAL(selu_slope_of)(x, 0));
    return LOCAL(times_lifted)(dy, LOCAL(selu_slope_of)(x, FR_LIFT));
}
FORMULA(selu_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec slope = v_add(v_add(y, v_set(selu_table.fall)), v_set(selu_table.fall_low));
    return LOCAL(times)(dy, v_where(v_lt(v_set(0), y), v_set(selu_table.scale + selu_table.scale_low), slope));
}
#endif

KERNEL(SMOOTH, selu, 1, 0, 1)
KERNEL(SMOOTH, selu_backward, 2, 0, 1)
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
