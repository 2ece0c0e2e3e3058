/* SPDX-License-Identifier: BSD-3-Clause */
/* x - tanh x: what tanh takes away. */
#ifdef FORMULAS_FLOAT
#include "../tables/tanhshrink.h"
#if LANE_BITS == 32
#define FR_TANHSHRINK_UP 0x1p64f /* keeps the low parts of tiny cubes normal */
#define FR_TANHSHRINK_DOWN 0x1p-64f
#define FR_TANHSHRINK_GONE 0x1p-50f /* a third of its cube rounds to 0 */
#else
#define FR_TANHSHRINK_UP 0x1p256
#define FR_TANHSHRINK_DOWN 0x1p-256
#define FR_TANHSHRINK_GONE 0x1p-358
#endif
/* a - tanh a for 0 <= a <= tanhshrink_table.last: the cube and the third have low parts. */
FORMULA(tanhshrink_small)(vec a)
{
    a = v_unless(v_lt(a, v_set(FR_TANHSHRINK_GONE)), a);
    vec square = v_mul(a, a), scaled = v_mul(a, v_set(FR_TANHSHRINK_UP)), cube = v_mul(square, scaled);
    vec cube_low = v_fma(v_fms(a, a, square), scaled, v_fms(square, scaled, cube));
    const vec third = v_set(tanhshrink_table.third), third_low = v_set(tanhshrink_table.third_low);
    vec s = FR_POLYNOMIAL(square, tanhshrink_table.s), low = v_fma(cube_low, third, v_mul(cube, third_low));
    return v_mul(v_fma(cube, third, v_fma(cube, v_mul(s, square), low)), v_set(FR_TANHSHRINK_DOWN));
}
FORMULA(tanhshrink)(vec x, PARAMS)
{
    vec a = v_abs(x);
    PAIR tanh = LOCAL(tanh_pair)(v_max(v_set(FR_NEAR_LINE), a));
    /* In 16 bits a - 1 is a midpoint between large numbers, and a - tanh a just above it: by some last bits of a. */
    if (!COMPENSATED) tanh.first = v_min(v_fnma(a, v_set((lane)0x1p-21), v_set(1)), tanh.first);
    vec held = v_min(v_set(FR_LARGEST), a), rest = v_sub(held, tanh.first);
    vec low = v_sub(v_sub(v_sub(held, rest), tanh.first), tanh.second);
    const vec limit = v_set(tanhshrink_table.last);
    vec y = v_where(v_lt(a, limit), LOCAL(tanhshrink_small)(v_min(limit, a)), v_add(rest, low));
    return LOCAL(times_sign)(v_where(v_eq(a, v_set(FR_INFINITY)), a, y), x);
}
/* tanh^2, rounded once; near 0 it is x^2. */
FORMULA(tanhshrink_slope)(vec a)
{
    PAIR tanh = LOCAL(tanh_pair)(v_max(v_set(FR_NEAR_LINE), a));
    return v_fma(tanh.first, tanh.first, v_mul(v_add(tanh.first, tanh.first), tanh.second));
}
RARE(tanhshrink_backward_rare)(vec dy, vec x)
{
    vec a = v_abs(x), slope = LOCAL(times_either)(a, a);
    const mask near = v_lt(a, v_set(FR_NEAR_LINE));
    if (!m_all(near)) slope = v_where(near, slope, LOCAL(tanhshrink_slope)(a));
    return LOCAL(times_either)(dy, slope);
}
FORMULA(tanhshrink_backward)(vec dy, vec x, PARAMS)
{
    const int usual = !m_any(v_lt(v_abs(x), v_set(FR_NEAR_LINE)));
    if (FR_LIKELY(usual)) return LOCAL(times)(dy, LOCAL(tanhshrink_slope)(v_abs(x)));
    return LOCAL(tanhshrink_backward_rare)(v_aside(dy), v_aside(x));
}
#endif

KERNEL(SMOOTH, tanhshrink, 1, 0, 1)
KERNEL(SMOOTH, tanhshrink_backward, 2, 0, 1)
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
