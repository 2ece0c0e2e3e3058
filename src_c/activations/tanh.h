/* SPDX-License-Identifier: BSD-3-Clause */
/* The hyperbolic tangent. */
#ifdef FORMULAS_FLOAT
#if LANE_BITS == 32
#include "../tables/tanh.h"
/* |tanh x| by the addition theorem from the nearest of eight centres; a is not subnormal. (tables/tanh.h) */
FORMULA(tanh_magnitude)(vec a)
{
    a = v_max(v_set(tanh_table.least), v_min(v_set(tanh_table.last), a));
    ivec at = v_bits(v_fma(a, v_fnma(a, v_set(tanh_table.bend), v_set(tanh_table.rate)), v_set(FR_ROUND)));
    vec value = v_lut8(tanh_table.value, at), t = v_sub(a, v_lut8(tanh_table.centre, at)), square = v_mul(t, t);
    vec tau = v_fma(FR_POLYNOMIAL(square, tanh_table.p), v_mul(square, t), t);
    return v_fma(v_fnma(value, value, v_set(1)), v_div(tau, v_fma(value, tau, v_set(1))), value);
}
#else
/* |tanh x| = n / (n + 2), n = e^2a - 1. */
FORMULA(tanh_magnitude)(vec a)
{
    PAIR tanh = LOCAL(tanh_pair)(v_max(v_set(FR_NEAR_LINE), a));
    return v_add(tanh.first, tanh.second);
}
#endif
/* At most |x|, which it is near 0; the sign of a NaN, too. */
FORMULA(tanh)(vec x, PARAMS)
{
    vec a = v_abs(x);
    return LOCAL(times_sign)(v_min(LOCAL(tanh_magnitude)(a), a), x);
}
/* 4 s (1 - s), s the logistic function of -2 |x|. */
FORMULA(tanh_backward)(vec dy, vec x, PARAMS)
{
    vec a = LOCAL(downwards)(x), z = v_add(a, a);
    if (FR_LIKELY(v_within(x, 0, FR_USUAL_HALF / 2))) return LOCAL(times)(dy, v_mul(v_set(4), LOCAL(bell_of)(LOCAL(off_0)(z), 0)));
    return LOCAL(bell_rare)(v_aside(dy), v_aside(z), 4);
}
FORMULA(tanh_backward_from_output)(vec dy, vec y, PARAMS)
{
    y = LOCAL(off_0)(y);
    return LOCAL(times)(dy, v_fnma(y, y, v_set(1)));
}
#endif

KERNEL(SMOOTH, tanh, 1, 0, 1)
KERNEL(SMOOTH, tanh_backward, 2, 0, 1)
KERNEL(PRODUCT, tanh_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "tanh",
    .title = "hyperbolic tangent",
    .formula = "tanh(x)",
    .derivative = "4 * exp(-2 * abs(x)) / (1 + exp(-2 * abs(x))) ** 2",
    .derivative_from_output = "(1 - y) * (1 + y)",
    .source = "LeCun, Bottou, Orr & Mueller, Efficient BackProp, 1998",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.tanh(x, out=out)",
    .numpy_backward = "np.tanh(x, out=t); np.multiply(t, t, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.multiply(y, y, out=t); np.subtract(1, t, out=t); np.multiply(dy, t, out=out)")
