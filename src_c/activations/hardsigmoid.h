/* SPDX-License-Identifier: BSD-3-Clause */
/* A straight line in place of the sigmoid. */
#ifdef FORMULAS_FLOAT
/* 1/6 = 0.0010101…b, cut to the lane's precision, and what was cut, rounded. */
#if LANE_BITS == 32
#define FR_SIXTH 0x1.555554p-3f
#define FR_SIXTH_ROUNDED 0x1.555556p-3f
#define FR_SIXTH_LOW 0x1.555556p-27f
#else
#define FR_SIXTH 0x1.5555555555555p-3
#define FR_SIXTH_ROUNDED FR_SIXTH
#define FR_SIXTH_LOW 0x1.5555555555555p-57
#endif
/* (x + 3) / 6 on [-3, 3] as first + second, where first is it rounded. x + 3 is s + e exactly (|3| >= |x|), and 1/6 is
 * FR_SIXTH + FR_SIXTH_LOW; FR_SIXTH is rounded down, so that both parts are positive and an infinity times them stays one.
 * Shared with hardswish. */
FORMULA_PAIR(sixth_of_3_plus)(vec x)
{
    vec s = v_add(x, v_set(3)), e = v_add(v_sub(v_set(3), s), x);
    if (!COMPENSATED) return (PAIR){v_mul(s, v_set(FR_SIXTH_ROUNDED)), v_set(0)};
    vec low = v_fma(e, v_set(FR_SIXTH), v_mul(s, v_set(FR_SIXTH_LOW)));
    vec high = v_fma(s, v_set(FR_SIXTH), low);
    PAIR sum = {high, v_add(v_fms(s, v_set(FR_SIXTH), high), low)};
    return sum;
}

FORMULA(hardsigmoid)(vec x, PARAMS) { return LOCAL(sixth_of_3_plus)(v_min(v_set(3), v_max(v_set(-3), x))).first; }
FORMULA(hardsigmoid_backward)(vec dy, vec x, PARAMS)
{
    vec slope = v_fma(dy, v_set(FR_SIXTH), v_mul(dy, v_set(FR_SIXTH_LOW)));
    return v_where(m_or(v_le(x, v_set(-3)), v_le(v_set(3), x)), v_set(0), slope);
}
FORMULA(hardsigmoid_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec slope = v_fma(dy, v_set(FR_SIXTH), v_mul(dy, v_set(FR_SIXTH_LOW)));
    return v_where(m_or(v_le(y, v_set(0)), v_le(v_set(1), y)), v_set(0), slope);
}
#endif

KERNEL(UNARY, hardsigmoid, 1, 0, 1)
KERNEL(PIECEWISE, hardsigmoid_backward, 2, 0, 1)
KERNEL(PIECEWISE, hardsigmoid_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "hardsigmoid",
    .title = "hard sigmoid",
    .formula = "minimum(maximum(0, x + 3), 6) / 6",
    .derivative = "where((x > -3) & (x < 3), 1 / 6, 0)",
    .derivative_from_output = "where((y > 0) & (y < 1), 1 / 6, 0)",
    .knees = "0 at -3 and at 3",
    .source = "Courbariaux, Bengio & David, BinaryConnect, 2015; this slope: Howard et al., Searching for MobileNetV3, 2019",
    .max_ulp = 1,
    .max_ulp_backward = 1,
    .numpy = "np.add(x, 3, out=t); np.clip(t, 0, 6, out=t); np.multiply(t, 1 / 6, out=out)",
    .numpy_backward = "np.greater(x, -3, out=m); m &= x < 3; np.multiply(dy, 1 / 6, out=out); np.multiply(out, m, out=out)",
    .numpy_backward_from_output = "np.greater(y, 0, out=m); m &= y < 1; np.multiply(dy, 1 / 6, out=out); np.multiply(out, m, out=out)")
