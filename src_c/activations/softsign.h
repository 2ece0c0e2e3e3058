/* SPDX-License-Identifier: BSD-3-Clause */
/* x / (1 + |x|): tanh's shape with an algebraic tail. */
#ifdef FORMULAS_FLOAT
/* Beyond FR_SOFTSIGN_FAR the value is 1 and the derivative 0 to the last bit. */
#if LANE_BITS == 32
#define FR_SOFTSIGN_FAR 0x1.5p80f
#define FR_SOFTSIGN_USUAL 0x1p10f /* up to here dy times the derivative is normal, mostly */
#define FR_SOFTSIGN_LIFT 0x1p34f  /* the root of FR_LIFTED */
#else
#define FR_SOFTSIGN_FAR 0x1.5p540
#define FR_SOFTSIGN_USUAL 0x1p10
#define FR_SOFTSIGN_LIFT 0x1p80
#endif
/* 1 + a, exactly first + second, for 0 <= a. */
FORMULA_PAIR(softsign_divisor)(vec a)
{
    vec high = v_add(v_set(1), a);
    return (PAIR){high, v_sub(v_min(v_set(1), a), v_sub(high, v_max(v_set(1), a)))};
}
/* The quotient by the rounded divisor misses by up to 1.5 ulp; what is missing divides by it once more. At most |x|, which it is
 * near 0. */
FORMULA(softsign)(vec x, PARAMS)
{
    vec size = v_abs(x), a = v_max(v_set(FR_NEAR_0), v_min(v_set(FR_SOFTSIGN_FAR), size));
    if (!COMPENSATED) return LOCAL(times_sign)(v_min(v_div(a, v_add(v_set(1), a)), size), x);
    PAIR d = LOCAL(softsign_divisor)(a);
    vec inverse = v_div(v_set(1), d.first), quotient = v_mul(a, inverse);
    vec rest = v_fnma(quotient, d.second, v_fnma(quotient, d.first, a));
    return LOCAL(times_sign)(v_min(v_fma(rest, inverse, quotient), size), x);
}
/* (inverse + low)^2 in one rounding. */
FORMULA(softsign_backward)(vec dy, vec x, PARAMS)
{
    vec a = LOCAL(off_0)(v_min(v_set(FR_SOFTSIGN_FAR), v_abs(x)));
    PAIR d = LOCAL(softsign_divisor)(a);
    vec inverse = v_div(v_set(1), d.first);
    vec rest = v_fnma(inverse, d.second, v_fnma(inverse, d.first, v_set(1))), low = v_mul(inverse, rest);
    const int usual = !m_any(v_lt(v_set(FR_SOFTSIGN_USUAL), a));
    if (!FR_LIKELY(usual)) inverse = v_mul(inverse, v_set(FR_SOFTSIGN_LIFT)), low = v_mul(low, v_set(FR_SOFTSIGN_LIFT));
    vec slope = v_fma(inverse, inverse, v_mul(v_add(inverse, inverse), low));
    return FR_LIKELY(usual) ? LOCAL(times)(dy, slope) : LOCAL(times_lifted)(dy, slope);
}
FORMULA(softsign_backward_from_output)(vec dy, vec y, PARAMS)
{
    vec rest = v_sub(v_set(1), v_abs(y));
    return LOCAL(times)(dy, v_mul(rest, rest));
}
#endif

KERNEL(SMOOTH, softsign, 1, 0, 1)
KERNEL(SMOOTH, softsign_backward, 2, 0, 1)
KERNEL(SMOOTH, softsign_backward_from_output, 2, 0, 1)
ACTIVATION(
    .name = "softsign",
    .title = "softsign",
    .formula = "where(abs(x) < inf, x / (1 + abs(x)), sign(x))",
    .derivative = "(1 + abs(x)) ** -2",
    .derivative_from_output = "(1 - abs(y)) ** 2",
    .source = "Turian, Bergstra & Bengio, Quadratic features and deep architectures for chunking, 2009",
    .max_ulp = 1,
    .max_ulp_backward = 2,
    .numpy = "np.abs(x, out=t); t += 1; np.divide(x, t, out=out)",
    .numpy_backward = "np.abs(x, out=t); t += 1; np.multiply(t, t, out=t); np.divide(dy, t, out=out)",
    .numpy_backward_from_output = "np.abs(y, out=t); np.subtract(1, t, out=t); np.multiply(t, t, out=t); np.multiply(dy, t, out=out)")
