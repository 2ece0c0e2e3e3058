/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h for rooms whose elements are narrower than their lanes: float16 and bfloat16 in float32 lanes. A float32
 * result that is rounded again can go to the wrong side of a midpoint between two elements. Where that could be, the result is
 * settled: replaced by one that rounds to what the exact value rounds to. Whether it is settled depends on the lane's value alone;
 * the other vectors pay for a test.
 *
 * A result that is rounded once in between cannot be wrong: 24 digits are at least 2 * 11 + 2 (Figueroa, When is double rounding
 * innocuous?, 1995). Underflow is apart: bfloat16 has float32's exponents, and a midpoint between its subnormals may be what is
 * left of a longer product. The hard sigmoid and swish round more than once; all 65,536 inputs show that it does no harm but to
 * the swish of the least number, half of it and a little. So they, a sigmoid gate and the exponential do without the low parts that float32
 * needs (COMPENSATED); slopes would then err by more than the margin. */
#define FR_LOWEST FR_GLUE(FR_LOWEST, NARROW)
enum { DROPPED = 24 - FR_DIGITS }; /* the bits of a float32 that rounding drops, but for float16's subnormals */
enum { MARGIN = 2 };               /* float32 ulps that a result rounded often may err; a power of two */

/* Families that need a look at all. */
#if FR_DIGITS == 11
#define FR_SUSPECTS(family) ((family) > FR_ROUNDED_ONCE)
#else
#define FR_SUSPECTS(family) ((family) > FR_SELECTED && (family) != FR_ROUNDED_PROVEN)
#endif

/* Two quick tests without a miss. 0 in lanes that must be looked at: of a result rounded once that is half of bfloat16's least
 * number, the only midpoint at which a product of two elements can be cut. */
FORCE_INLINE ivec LOCAL(unsuspicious)(vec y, int family)
{
    const int32_t all = (1 << DROPPED) - 1, half = 1 << (DROPPED - 1);
    if (family == FR_ROUNDED_ONCE) return i_xor(v_bits(v_abs(y)), i_set(half));
    if (FR_DIGITS == 11) return i_xor(v_bits(v_abs(y)), v_bits(v_set(0x1p-25f)));
    return i_xor(i_and(v_bits(y), i_set(0x7f800000 | all)), i_set(half));
}

#if FR_DIGITS == 8
/* To nearest, by adding just less than a half: towards 0 in a tie; to even, by one more where the upper word is odd. */
FORCE_INLINE packed v_narrow_down(vec a) { return upper_or_nan(i_add(v_bits(a), i_set((1 << (DROPPED - 1)) - 1)), a); }
FORCE_INLINE packed v_narrow(vec a)
{
    const ivec bits = v_bits(a);
    return upper_or_nan(i_add_odd(i_add(bits, i_set((1 << (DROPPED - 1)) - 1)), bits, DROPPED), a);
}
#else
#define v_narrow_down v_narrow
#endif
FORCE_INLINE packed LOCAL(rounded)(vec y, int family)
{
    /* no rounding; or a single NaN, which float16's conversion makes quiet */
    if (family == FR_SELECTED || (family == FR_ROUNDED_TWICE && FR_DIGITS == 11)) return v_cut(y);
    return family == FR_ROUNDED_CLEAR ? v_narrow_down(y) : v_narrow(y);
}

/* Tiny arguments but 0, where a function close to x / 2 may be closer to it than float32 tells: beside_line. */
FORCE_INLINE mask LOCAL(tiny)(vec x)
{
    const ivec one = i_set(1), most = v_bits(v_set(FR_DIGITS == 11 ? 0x1p-18f : 0x1p-125f));
    return i_at_most(i_sub(v_bits(v_abs(x)), one), i_sub(most, one));
}

/* Where a result, between two normal numbers, is at the midpoint, or up to `below` float32 ulps nearer to 0, or fewer beyond: below
 * and one less are so many; a power of two. */
FORCE_INLINE mask LOCAL(near_midpoint)(vec y, int below)
{
    const int32_t half = 1 << (DROPPED - 1), all = (1 << DROPPED) - 1;
    return i_disjoint(i_add(v_bits(y), i_set(half + below)), i_set(all & ~(2 * below - 1)));
}
/* What has to be looked at of a function that was tried for all inputs, dy being 1. float32 gives the nearest bfloat16 to all of them
 * but those beside x / 2; float16 needs help at midpoints and just below, but not at those between its subnormals.
 * tests/test_halves.py tries. */
FORCE_INLINE mask LOCAL(not_proven)(vec x, vec y, int family)
{
    mask open = FR_DIGITS == 11 ? LOCAL(near_midpoint)(y, 1) : m_none();
    if (family < FR_ROUNDED_HALVING) return open;
    return FR_DIGITS == 11 ? m_or(open, LOCAL(tiny)(x)) : v_subnormal(y);
}
/* And the rounding of results rounded often, with the lanes that may be within the margin of a midpoint: for float16 where the two
 * ends of the margin round apart; bfloat16 is rounded to nearest but for ties, all suspect. Of a gradient
 * from the output, whose products are midpoints time and again, only where dy is 1; else it is rounded as it is. x is dy where
 * there is one. */
FORCE_INLINE packed LOCAL(narrowed)(vec x, vec y, int family, mask *suspects)
{
    if (family >= FR_ROUNDED_PROVEN) {
        *suspects = m_or(*suspects, LOCAL(not_proven)(x, y, family));
        return LOCAL(rounded)(y, family);
    }
#if FR_DIGITS == 11
    const lane margin = MARGIN * 0x1p-23f;
    packed result = v_narrow(v_mul(y, v_set(1 + margin)));
    mask suspect = v_differ(v_narrow(v_mul(y, v_set(1 - margin))), result);
#else
    packed result = v_narrow_down(y);
    mask suspect = LOCAL(near_midpoint)(y, MARGIN);
#endif
    if (family == FR_ROUNDED_LOOSELY) {
        suspect = m_and(suspect, v_eq(v_abs(x), v_set(1)));
        result = v_narrow(y);
    }
    *suspects = m_or(*suspects, suspect);
    return result;
}

/* The exact test: whether the margin holds a midpoint. In float32's subnormals it is absolute, as their error is. */
FORCE_INLINE mask LOCAL(undecided)(vec y, int family)
{
    if (family < FR_ROUNDED_OFTEN) {
        const ivec unsuspicious = LOCAL(unsuspicious)(y, family);
        return i_disjoint(unsuspicious, unsuspicious);
    }
    ivec size = v_bits(v_abs(y));
    vec low = v_frombits(i_max(i_sub(size, i_set(MARGIN)), i_set(0))), high = v_frombits(i_add(size, i_set(MARGIN)));
    return m_and(v_lt(v_abs(y), v_set(FR_INFINITY)), m_not(v_eq(v_widen(v_narrow(low)), v_widen(v_narrow(high)))));
}

/* A gradient is promised to be correctly rounded where dy is 1. Elsewhere most are, but among the least results, products of short
 * numbers, midpoints are so frequent that an array full of them would be slow. */
FORCE_INLINE mask LOCAL(worth_it)(vec dy, vec y, int family)
{
    const mask one = v_eq(v_abs(dy), v_set(1));
    if (family == FR_ROUNDED_LOOSELY) return one;
    return m_or(v_le(v_set(FR_DIGITS == 11 ? 0x1p-14f : 0x1p-100f), v_abs(y)), one);
}

/* Two straight lines through midpoints are hugged by functions closer than any float type can tell: x/2 at 0 (x * sigmoid(x) is
 * x/2 + x²/4 there) and x ∓ 1 at infinity (x - tanh(x)). On which side of the line a function lies shows at a point where they
 * are apart; if they are nowhere apart, it is a tie. `settled` are the lanes for which that said it. bfloat16's tiny numbers are
 * subnormal in the lanes, so they are compared and halved as integers: arithmetic with them is slow. `probe`, where the parameters are
 * the same for all, remembers the values there. */
FORCE_INLINE vec LOCAL(beside_line)(LOCAL(step) * step, vec x, const vec *p, vec y, mask *settled, LOCAL(probe) * probe)
{
    const ivec sign = i_and(v_bits(x), i_set(INT32_MIN));
    vec size = v_abs(x), one = v_frombits(i_or(sign, v_bits(v_set(1))));
    mask tiny = LOCAL(tiny)(x), large = v_le(v_set(0x1p7f), size);
    vec half = FR_DIGITS == 11 ? v_mul(x, v_set(0.5f)) : v_frombits(i_or(sign, i_shr(v_bits(size), 1))); /* where it is tiny */
    ivec line = v_bits(v_where(tiny, half, v_sub(v_where(tiny, one, x), one)));
    mask near = i_disjoint(i_add(i_sub(v_bits(y), line), i_set(4)), i_set(~7));
    *settled = m_and(m_and(m_or(tiny, large), near), v_lt(size, v_set(FR_INFINITY)));
    if (!m_any(*settled)) return y;

    vec line_there = v_where(tiny, v_mul(one, v_set(0x1p-7f)), v_mul(one, v_set(3))), value;
    if (probe && LANES >= 4) {
        if (!probe->known) {
            vec points;
            memcpy(&points, (const lane[LANES + 4]){0x1p-6f, -0x1p-6f, 4, -4}, sizeof points);
            step(&points, p, &value);
            memcpy(probe->value, &value, sizeof value);
            probe->known = 1;
        }
        const lane *at = probe->value;
        mask left = v_lt(x, v_set(0));
        value = v_where(tiny, v_where(left, v_set(at[1]), v_set(at[0])), v_where(left, v_set(at[3]), v_set(at[2])));
    } else {
        vec there = v_where(tiny, v_mul(one, v_set(0x1p-6f)), v_mul(one, v_set(4)));
        step(&there, p, &value);
    }
    vec side = v_sub(value, line_there), apart = v_mul(v_abs(line_there), v_set(0x1p-20f));
    mask above = v_lt(apart, side), below = v_lt(apart, v_sub(v_set(0), side));
    *settled = m_and(*settled, m_or(m_or(above, below), v_eq(value, line_there)));
    /* The float beside the line: one up in size, or down; left of 0 the other way. */
    ivec up = v_bits(v_where(above, v_frombits(i_set(1)), v_where(below, v_frombits(i_set(-1)), v_set(0)))),
         left_of_0 = i_sar(line, 31);
    return v_where(*settled, v_frombits(i_add(line, i_sub(i_xor(up, left_of_0), left_of_0))), y);
}

/* Of the same instruction set, and in the order of the same list. */
extern const fr_sweeps FR_GLUE(fr, WIDE_ROOM)[];

/* Computes the open lanes among the first `valid` in float64. */
NO_INLINE void LOCAL(settle)(int kernel, int arrays, int params, int outs, const vec *x, const vec *p, size_t valid,
                             const mask *open, vec *y)
{
    double wide[FR_MAX_OPERANDS][LANES];
    lane narrow[FR_MAX_OPERANDS][LANES], flag[2][LANES] = {{0}};
    char *operand[FR_MAX_OPERANDS];
    size_t at[LANES], n = 0;
    const int inputs = arrays + params;
    for (int k = 0; k < arrays; k++) memcpy(narrow[k], &x[k], sizeof *x);
    for (int k = 0; k < params; k++) memcpy(narrow[arrays + k], &p[k], sizeof *p);
    for (int k = 0; k < outs; k++) {
        const vec flags = v_where(open[k], v_set(1), v_set(0));
        memcpy(flag[k], &flags, sizeof flags);
        memcpy(narrow[inputs + k], &y[k], sizeof *y);
    }
    for (size_t i = 0; i < valid; i++)
        if (flag[0][i] != 0 || flag[1][i] != 0) {
            for (int k = 0; k < inputs; k++) wide[k][n] = narrow[k][i];
            at[n++] = i;
        }
    for (int k = 0; k < inputs + outs; k++) operand[k] = (char *)wide[k];
    FR_GLUE(fr, WIDE_ROOM)[kernel].varying(operand, n, NULL);
    for (int k = 0; k < outs; k++) {
        for (size_t i = 0; i < n; i++)
            if (flag[k][at[i]] != 0) narrow[inputs + k][at[i]] = (lane)fr_round_to(wide[inputs + k][i], FR_DIGITS, FR_LOWEST, 1);
        memcpy(&y[k], narrow[inputs + k], sizeof *y);
    }
}

/* Puts right what one vector that holds a suspect would be rounded to. */
NO_INLINE void LOCAL(settled)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, const vec *x,
                              const vec *p, size_t valid, LOCAL(probe) * probe, vec *y)
{
    mask open[2], beside = m_none();
    if (arrays > 1 && outs == 1 && !m_any(LOCAL(worth_it)(x[0], y[0], family))) return;
    if (arrays == 1) {
        y[0] = LOCAL(beside_line)(step, x[0], p, y[0], &beside, probe);
        if (m_all(beside)) return;
    }
    for (int k = 0; k < outs; k++) {
        open[k] = LOCAL(undecided)(y[k], family);
        if (arrays > 1) open[k] = m_and(open[k], LOCAL(worth_it)(x[0], y[k], family));
        if (family >= FR_ROUNDED_PROVEN) open[k] = m_and(open[k], LOCAL(not_proven)(x[0], y[k], family));
    }
    open[0] = m_and(open[0], m_not(beside));
    if (m_any(outs > 1 ? m_or(open[0], open[1]) : open[0])) LOCAL(settle)(kernel, arrays, params, outs, x, p, valid, open, y);
}
