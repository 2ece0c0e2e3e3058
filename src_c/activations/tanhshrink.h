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
FORMULA(tanhshrink)(vec x, PARAMS)
{
    vec a = LOCAL(flushed)(v_abs(x)); /* the value is 0 long before */
    PAIR tanh = LOCAL(tanh_parts)(a);
    vec held = v_min(v_set(FR_LARGEST), a), rest = v_sub(held, tanh.first);
    vec low = v_sub(v_sub(v_sub(held, rest), tanh.first), tanh.second);
    const vec limit = v_set(FR_TANHSHRINK_SMALL);
    vec y = v_where(v_lt(a, limit), LOCAL(tanhshrink_small)(v_min(limit, a)), v_add(rest, low));
    return LOCAL(times_sign)(v_where(v_eq(a, v_set(FR_INFINITY)), a, y), x);
}
/* tanh^2, rounded once. */
FORMULA(tanhshrink_backward)(vec dy, vec x, PARAMS)
{
    vec a = LOCAL(flushed)(v_abs(x));
    if (!COMPENSATED) {
        vec most = v_min(a, LOCAL(tanh_magnitude)(a)); /* or a^2 just below a midpoint could get above it */
        return v_mul(dy, v_mul(most, most));
    }
    PAIR tanh = LOCAL(tanh_parts)(a);
    return v_mul(dy, v_fma(tanh.first, tanh.first, v_mul(v_add(tanh.first, tanh.first), tanh.second)));
}
#endif

KERNEL(SMOOTH, tanhshrink, 1, 0, 1)
KERNEL(NEARLY, tanhshrink_backward, 2, 0, 1)
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
