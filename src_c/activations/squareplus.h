/* SPDX-License-Identifier: BSD-3-Clause */
/* (x + sqrt(x^2 + b)) / 2: softplus's shape without an exponential. */
#ifdef FORMULAS_FLOAT
/* Plain arithmetic neither overflows nor loses bits for |x| <= FAR and b within [LEAST_B, B]; the rest is scaled. Beside such a b
 * it does not matter where below NEAR x is, but the square of a smaller one would be subnormal. */
#if LANE_BITS == 32
#define FR_SQUAREPLUS_FAR 0x1p40f
#define FR_SQUAREPLUS_NEAR 0x1p-40f
#define FR_SQUAREPLUS_B 0x1p40f
#define FR_SQUAREPLUS_LEAST_B 0x1p-16f
#define FR_SQUAREPLUS_SMALL 0x1p-60f /* so small a numerator is divided 2^64 times as large */
#define FR_SQUAREPLUS_UP 0x1p64f
#define FR_SQUAREPLUS_DOWN 0x1p-64f
#define FR_SQUAREPLUS_MIN 0x1p-126f
#define FR_SQUAREPLUS_MAX 0x1p126f
#define FR_SQUAREPLUS_BIAS 127
#define FR_SQUAREPLUS_LITTLE 0x1p-100f
#define FR_SQUAREPLUS_SHIFT 23
#else
#define FR_SQUAREPLUS_FAR 0x1p300
#define FR_SQUAREPLUS_NEAR 0x1p-400
#define FR_SQUAREPLUS_B 0x1p300
#define FR_SQUAREPLUS_LEAST_B 0x1p-300
#define FR_SQUAREPLUS_SMALL 0x1p-500
#define FR_SQUAREPLUS_UP 0x1p512
#define FR_SQUAREPLUS_DOWN 0x1p-512
#define FR_SQUAREPLUS_MIN 0x1p-1022
#define FR_SQUAREPLUS_MAX 0x1p1022
#define FR_SQUAREPLUS_BIAS 1023
#define FR_SQUAREPLUS_LITTLE 0x1p-200
#define FR_SQUAREPLUS_SHIFT 52
#endif
FORCE_INLINE mask LOCAL(squareplus_ordinary)(vec b)
{
    return m_and(v_le(v_set(FR_SQUAREPLUS_LEAST_B), b), v_le(b, v_set(FR_SQUAREPLUS_B)));
}
FORMULA(squareplus_size)(vec x) { return v_max(v_set(FR_SQUAREPLUS_NEAR), v_abs(x)); }
/* a^2 + b = square + low, and its root S + rest / (2 S). For any b the two may cancel: then low is all there is, and where that is
 * nothing, too, S is so little that it is nothing beside a. */
typedef struct {
    vec square, low, root, rest;
} LOCAL(squareplus_root);
FORCE_INLINE LOCAL(squareplus_root) LOCAL(squareplus_root_of)(vec a, vec b, int any)
{
    LOCAL(squareplus_root) s;
    vec h = v_mul(a, a);
    s.square = v_add(h, b);
    s.low = v_add(v_sub(v_min(h, b), v_sub(s.square, v_max(h, b))), v_fms(a, a, h));
    if (any) {
        const vec none = v_set(0), little = v_set(FR_SQUAREPLUS_LITTLE);
        const mask gone = v_eq(s.square, none);
        s.square = v_where(gone, v_where(v_eq(s.low, none), little, s.low), s.square);
        s.low = v_where(gone, none, s.low);
    }
    s.root = v_sqrt(s.square);
    s.rest = v_add(v_fnma(s.root, s.root, s.square), s.low);
    return s;
}
/* numerator / (high + low), the quotient by high given by its approximate inverse. */
FORMULA(squareplus_divide)(vec numerator, vec high, vec low, vec inverse)
{
    vec quotient = v_mul(numerator, inverse);
    vec rest = v_fnma(quotient, low, v_fnma(quotient, high, numerator));
    return v_fma(rest, inverse, quotient);
}
/* first = (a + S) / 2, right of zero the value, and second = numerator / (a + S), which with b / 2 is the value left of zero:
 * nothing cancels. One division serves both: 1 / S is (a + S) times 1 / (S (a + S)). */
FORMULA_PAIR(squareplus_sides)(vec a, vec b, vec numerator, int any)
{
    LOCAL(squareplus_root) s = LOCAL(squareplus_root_of)(a, b, any);
    vec sum = v_add(a, s.root);
    if (!COMPENSATED) return (PAIR){v_mul(v_set(0.5f), sum), v_div(numerator, sum)};
    vec inverse = v_div(v_set(1), v_mul(s.root, sum));
    vec half_1_root = v_mul(v_mul(v_set((lane)0.5), sum), inverse);
    vec low = v_fma(s.rest, half_1_root, v_sub(a, v_sub(sum, s.root)));
    PAIR sides = {v_mul(v_set((lane)0.5), v_add(sum, low)),
                  LOCAL(squareplus_divide)(numerator, sum, low, v_mul(s.root, inverse))};
    return sides;
}
/* numerator / (S (S + a)): with b / 2 the derivative left of zero. S (S + a) is the square and a S, whose errors are known. */
FORMULA(squareplus_slope)(vec a, vec b, vec numerator, int any)
{
    LOCAL(squareplus_root) s = LOCAL(squareplus_root_of)(a, b, any);
    vec product = v_mul(a, s.root), high = v_add(s.square, product);
    vec low = v_add(v_add(v_sub(product, v_sub(high, s.square)), v_fms(a, s.root, product)), s.low);
    vec inverse = v_div(v_set(1), high);
    vec half_a_root = v_mul(v_mul(v_mul(v_set((lane)0.5), a), v_add(s.root, a)), inverse);
    return LOCAL(squareplus_divide)(numerator, high, v_fma(s.rest, half_a_root, low), inverse);
}

/* For any x and b: a and b times a power of two and its square that bring the larger of a and sqrt b near 1. The numerators b / 2
 * are scaled once (for the value) or twice (for the slope), then up by `up` where they are small, which the result undoes in one
 * rounding. */
typedef struct {
    vec a, b, once, scale, unscale;
} LOCAL(squareplus_scaled);
FORCE_INLINE LOCAL(squareplus_scaled) LOCAL(squareplus_scaled_of)(vec a, vec b)
{
    LOCAL(squareplus_scaled) s;
    a = v_where(v_eq(a, v_set(FR_INFINITY)), v_set(1), a); /* squareplus_end has the limit */
    vec larger = v_max(v_sqrt(v_abs(b)), a);
    larger = v_min(v_set(FR_SQUAREPLUS_MAX), v_max(v_set(FR_SQUAREPLUS_MIN), larger));
    ivec exponent = i_shr(v_bits(larger), FR_SQUAREPLUS_SHIFT);
    s.scale = v_frombits(i_shl(i_sub(i_set(2 * FR_SQUAREPLUS_BIAS), exponent), FR_SQUAREPLUS_SHIFT));
    s.unscale = v_frombits(i_shl(exponent, FR_SQUAREPLUS_SHIFT));
    s.a = v_mul(a, s.scale);
    s.once = v_mul(b, s.scale);
    /* Beside a large x it is nothing. */
    const mask nothing = m_and(v_lt(v_abs(s.once), v_set(FR_SQUAREPLUS_SMALL)), v_le(s.scale, v_set(1)));
    s.b = v_mul(v_unless(nothing, s.once), s.scale);
    return s;
}
/* y, but at x = inf `right`, at -inf 0; NaN where x or b is. */
FORMULA(squareplus_end)(vec x, vec b, vec right, vec y)
{
    y = v_where(v_eq(v_abs(x), v_set(FR_INFINITY)), v_max(v_set(0), LOCAL(times_sign)(right, x)), y);
    return v_where(v_unordered(x, b), v_set((lane)NAN), y);
}
FORMULA(squareplus_any)(vec x, vec b)
{
    vec a = v_where(LOCAL(squareplus_ordinary)(b), LOCAL(squareplus_size)(x), v_abs(x));
    LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(a, b);
    mask small = v_lt(v_abs(s.once), v_set(FR_SQUAREPLUS_SMALL));
    vec half = v_mul(v_set((lane)0.5), v_where(small, v_mul(s.once, v_set(FR_SQUAREPLUS_UP)), s.once));
    PAIR sides = LOCAL(squareplus_sides)(s.a, s.b, half, 1);
    vec left = LOCAL(signed_as)(v_mul(sides.second, v_where(small, v_set(FR_SQUAREPLUS_DOWN), v_set(1))), b);
    vec y = v_where(v_lt(x, v_set(0)), left, v_mul(sides.first, s.unscale));
    y = v_where(v_eq(b, v_set(FR_INFINITY)), b, v_unless(m_and(v_eq(x, v_set(0)), v_eq(b, v_set(0))), y));
    return LOCAL(squareplus_end)(x, b, v_set(FR_INFINITY), y);
}
FORMULA(squareplus_backward_any)(vec x, vec b)
{
    vec a = v_where(LOCAL(squareplus_ordinary)(b), LOCAL(squareplus_size)(x), v_abs(x));
    LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(a, b);
    mask small = v_lt(v_abs(s.b), v_set(FR_SQUAREPLUS_SMALL));
    vec half = v_mul(v_set((lane)0.5), v_where(small, v_mul(v_mul(s.once, v_set(FR_SQUAREPLUS_UP)), s.scale), s.b));
    vec slope = LOCAL(squareplus_slope)(s.a, s.b, half, 1);
    slope = v_mul(slope, v_where(small, v_set(FR_SQUAREPLUS_DOWN), v_set(1)));
    const vec square = v_mul(s.a, s.a);
    const mask cancels = v_eq(v_add(square, s.b), v_set(0)), exact = v_eq(v_fms(s.a, s.a, square), v_set(0));
    slope = v_where(m_and(cancels, exact), LOCAL(signed_as)(v_set(FR_INFINITY), s.b), slope);
    slope = v_where(v_lt(x, v_set(0)), slope, v_sub(v_set(1), slope));
    mask middle = m_or(v_eq(b, v_set(FR_INFINITY)), m_and(v_eq(x, v_set(0)), v_eq(b, v_set(0))));
    return LOCAL(squareplus_end)(x, b, v_set(1), v_where(middle, v_set((lane)0.5), slope));
}

FORCE_INLINE int LOCAL(squareplus_extreme)(vec a, vec b)
{
    return m_any(m_or(v_lt(v_set(FR_SQUAREPLUS_FAR), a), m_not(LOCAL(squareplus_ordinary)(b))));
}
FORMULA(squareplus)(vec x, PARAMS)
{
    vec a = LOCAL(squareplus_size)(x), b = p[0];
    if (LOCAL(squareplus_extreme)(a, b)) return LOCAL(squareplus_any)(x, b);
    PAIR sides = LOCAL(squareplus_sides)(a, b, v_mul(v_set((lane)0.5), b), 0);
    return v_where(v_lt(x, v_set(0)), sides.second, sides.first);
}
FORMULA(squareplus_slope_of)(vec x, vec b)
{
    vec a = LOCAL(squareplus_size)(x);
    if (LOCAL(squareplus_extreme)(a, b)) return LOCAL(squareplus_backward_any)(x, b);
    vec slope = LOCAL(squareplus_slope)(a, b, v_mul(v_set((lane)0.5), b), 0);
    return v_where(v_lt(x, v_set(0)), slope, v_sub(v_set(1), slope));
}
FORMULA(squareplus_backward)(vec dy, vec x, PARAMS) { return LOCAL(times_either)(dy, LOCAL(squareplus_slope_of)(x, p[0])); }
FORMULA(squareplus_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec a = v_abs(y), b = p[0];
    /* y (y / (y^2 + b / 4)): with this order a tiny y underflows at the end only, and needs no scaling. */
    if (LOCAL(squareplus_extreme)(a, b)) {
        LOCAL(squareplus_scaled) s = LOCAL(squareplus_scaled_of)(v_mul(v_set(2), v_min(v_set(FR_LARGEST / 4), a)), b);
        vec square = v_mul(s.a, s.a), sum = v_add(square, s.b);
        sum = v_where(v_lt(b, v_set(0)), v_add(sum, v_fms(s.a, s.a, square)), sum); /* there it cancels */
        vec slope = v_where(v_eq(a, v_set(0)), a, v_mul(s.a, v_div(s.a, sum)));
        /* With an infinite b every output is infinite, and the slope 1/2. */
        vec end = v_where(v_eq(b, a), v_set((lane)0.5), v_set(1));
        return LOCAL(times_rare)(v_aside(dy), LOCAL(squareplus_end)(a, b, end, slope));
    }
    return LOCAL(times_either)(dy, v_mul(a, v_div(a, v_fma(v_set((lane)0.25), b, v_mul(a, a)))));
}
#endif

KERNEL(SMOOTH, squareplus, 1, 1, 1)
KERNEL(SMOOTH, squareplus_backward, 2, 1, 1)
KERNEL(SMOOTH, squareplus_backward_from_output, 2, 1, 1)
ACTIVATION(
    .name = "squareplus",
    .title = "squareplus",
    .formula = "where(x < 0, b / (2 * (sqrt(x * x + b) - minimum(x, 0))), (x + sqrt(x * x + b)) / 2)",
    .derivative = "where(x < 0, b / (2 * sqrt(x * x + b) * (sqrt(x * x + b) - minimum(x, 0))), (1 + x / sqrt(x * x + b)) / 2)",
    .derivative_from_output = "y * y / (y * y + b / 4)",
    .params = {{"b", 4, 0, "how round the corner is: 0 is ReLU; with a negative one it is NaN where x * x < -b"}},
    .notes = "x * x does not overflow. With b = 0 the derivative at 0 is the limit 1/2.",
    .source = "Barron, Squareplus: a softplus-like algebraic rectifier, 2021",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.multiply(x, x, out=t); t += b; np.sqrt(t, out=t); t += x; np.multiply(t, 0.5, out=out)",
    .numpy_backward = "np.multiply(x, x, out=t); t += b; np.sqrt(t, out=t); np.divide(x, t, out=t); t += 1; t *= 0.5; "
                      "np.multiply(dy, t, out=out)",
    .numpy_backward_from_output = "np.multiply(y, y, out=t); np.divide(t, t + b / 4, out=t); np.multiply(dy, t, out=out)")
