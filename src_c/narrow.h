/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h for rooms whose elements are narrower than their lanes: float16 and bfloat16 in float32 lanes. A float32
 * result that is rounded again can go to the wrong side of a midpoint between two elements. Where that could be, the result is
 * settled: replaced by one that rounds to what the exact value rounds to. Whether it is settled depends on the lane's value
 * alone; the other vectors pay for a test.
 *
 * A result that is rounded once in between cannot be wrong: 24 digits are at least 2 * 11 + 2 (Figueroa, When is double rounding
 * innocuous?, 1995). Nor where it underflows, though bfloat16 has float32's exponents: 16 digits, which a product of two elements
 * has, reach from the least midpoint, 2^-134, to float32's end, 2^-149. Formulas that round more than once do without the low
 * parts that float32 needs (COMPENSATED) where all 65,536 inputs show that it does no harm; not where terms cancel, as beside a
 * slope's zero and in x - tanh(x): there they would err by more than the margin. */
#define FR_LOWEST FR_GLUE(FR_LOWEST, NARROW)
enum { DROPPED = 24 - FR_DIGITS }; /* the bits of a float32 that rounding drops, but for float16's subnormals */
enum { MARGIN = 2 };               /* float32 ulps that a result rounded often may err; a power of two */

/* Families that need a short look in float16, and those that need one at all. */
#define FR_NEARLY(family) (FR_DIGITS == 11 && (family) >= FR_ROUNDED_NEARLY && (family) <= FR_ROUNDED_CLEAR)
#define FR_SUSPECTS(family) (((family) >= FR_ROUNDED_OFTEN && (family) <= FR_ROUNDED_LOOSELY) || FR_NEARLY(family))
/* The parameter with which less of a look is needed, and as which family, or 0. */
#define FR_KNOWN_AT_4(family) ((family) >= FR_ROUNDED_LOOSELY_AT_4 && (family) <= FR_ROUNDED_NEARLY_AT_4)
#define FR_KNOWN_AT_1(family) ((family) >= FR_ROUNDED_PROVEN_AT_1 && (family) <= FR_ROUNDED_LOOSELY_AT_1)
#define FR_KNOWN_AT(family) (FR_KNOWN_AT_4(family) ? 4 : FR_KNOWN_AT_1(family))
#define FR_KNOWN_AS(family)                                                \
    ((family) == FR_ROUNDED_NEARLY_AT_1    ? FR_ROUNDED_NEARLY_TABLED      \
     : (family) == FR_ROUNDED_HALVING_AT_1 ? FR_ROUNDED_HALVING_TABLED     \
     : (family) == FR_ROUNDED_CLEAR_AT_1   ? FR_ROUNDED_ALL_CLEAR          \
     : (family) == FR_ROUNDED_PROVEN_AT_4  ? FR_ROUNDED_PROVEN_TO_EVEN     \
     : (family) == FR_ROUNDED_NEARLY_AT_4  ? FR_ROUNDED_NEARLY             \
     : (family) == FR_ROUNDED_LOOSELY_AT_4 ? FR_ROUNDED_LOOSELY_IN_FLOAT16 \
                                           : FR_ROUNDED_PROVEN)

#if FR_DIGITS == 8
/* To nearest, by adding just less than a half: towards 0 in a tie; to even, by one more where the upper word is odd. The lower
 * word of a NaN that came as an element is 0, so that it stays what it is. */
FORCE_INLINE packed v_narrow_down(vec a) { return upper_or_nan(i_add(v_bits(a), i_set((1 << (DROPPED - 1)) - 1)), a); }
FORCE_INLINE ivec LOCAL(to_even)(vec a)
{
    const ivec bits = v_bits(a);
    return i_add_odd(i_add(bits, i_set((1 << (DROPPED - 1)) - 1)), bits, DROPPED);
}
FORCE_INLINE packed v_narrow(vec a) { return upper_or_nan(LOCAL(to_even)(a), a); }
#endif
FORCE_INLINE packed LOCAL(rounded)(vec y, int family)
{
#if FR_DIGITS == 8
    if (family >= FR_ROUNDED_CLEAR) return upper(i_add(v_bits(y), i_set(1 << (DROPPED - 1))));
    if (family == FR_ROUNDED_UNARY || family == FR_ROUNDED_HALVING) return upper(LOCAL(to_even)(y));
    if (family == FR_ROUNDED_PROVEN) return upper_or_nan(i_add(v_bits(y), i_set(1 << (DROPPED - 1))), y);
#endif
    return family == FR_SELECTED || family == FR_ROUNDED_UNARY || family >= FR_ROUNDED_HALVING ? v_cut(y) : v_narrow(y);
}

/* x up to that size, but not 0. */
FORCE_INLINE mask LOCAL(tiny)(vec x, lane most)
{
    const ivec one = i_set(1);
    return i_at_most(i_sub(v_bits(v_abs(x)), one), i_sub(v_bits(v_set(most)), one));
}
/* Where y is a midpoint between two normal numbers, or one of the `below` float32 before it, nearer to 0, or of the below - 1
 * behind it; below is a power of two. */
FORCE_INLINE mask LOCAL(near_midpoint)(vec y, int below)
{
    const int32_t half = 1 << (DROPPED - 1), all = (1 << DROPPED) - 1;
    return i_disjoint(i_add(v_bits(y), i_set(half + below)), i_set(all & ~(2 * below - 1)));
}
/* What float16 leaves to look at where all inputs have been tried: midpoints between normal numbers and what is just below; and
 * of what is close to x / 2, that at the first two midpoints. tests/test_halves.py tries. */
FORCE_INLINE mask LOCAL(not_proven)(vec x, vec y, int family)
{
    mask open = LOCAL(near_midpoint)(y, 1);
    return family == FR_ROUNDED_NEARLY ? open : m_or(open, LOCAL(tiny)(x, 0x1.8p-23f));
}
/* And the rounding of results rounded often, with the lanes that may be within the margin of a midpoint: for float16 where the
 * two ends of the margin round apart; bfloat16 is rounded to nearest but for ties, all suspect. Of a gradient from the output,
 * whose products are midpoints time and again, only where dy is 1; else it is rounded as it is. x is dy where there is one. */
FORCE_INLINE packed LOCAL(narrowed)(vec x, vec y, int family, mask *suspects)
{
    if (FR_NEARLY(family)) {
        *suspects = m_or(*suspects, LOCAL(not_proven)(x, y, family));
        return LOCAL(rounded)(y, family);
    }
    const mask one = v_eq(v_abs(x), v_set(1));
    if (FR_LOOSE(family) && FR_LIKELY(!m_any(one))) return v_narrow(y);
#if FR_DIGITS == 11
    const lane margin = MARGIN * 0x1p-23f;
    packed result = v_narrow(v_mul(y, v_set(1 + margin)));
    mask suspect = v_differ(v_narrow(v_mul(y, v_set(1 - margin))), result);
#else
    packed result = v_narrow_down(y);
    mask suspect = LOCAL(near_midpoint)(y, MARGIN);
#endif
    if (FR_LOOSE(family)) {
        suspect = m_and(suspect, one);
        result = v_narrow(y);
    }
    *suspects = m_or(*suspects, suspect);
    return result;
}

/* The exact test: whether the margin holds a midpoint. In float32's subnormals it is absolute, as their error is. */
FORCE_INLINE mask LOCAL(undecided)(vec y)
{
    ivec size = v_bits(v_abs(y));
    vec low = v_frombits(i_max(i_sub(size, i_set(MARGIN)), i_set(0))), high = v_frombits(i_add(size, i_set(MARGIN)));
    return m_and(v_lt(v_abs(y), v_set(FR_INFINITY)), m_not(v_eq(v_widen(v_narrow(low)), v_widen(v_narrow(high)))));
}

/* A gradient is promised to be correctly rounded where dy is 1. Elsewhere most are, but among the least results, products of short
 * numbers, midpoints are so frequent that an array full of them would be slow. */
FORCE_INLINE mask LOCAL(worth_it)(vec dy, vec y, int family)
{
    const mask one = v_eq(v_abs(dy), v_set(1));
    if (FR_LOOSE(family)) return one;
    return m_or(v_le(v_set(FR_DIGITS == 11 ? 0x1p-14f : 0x1p-100f), v_abs(y)), one);
}

/* Two straight lines through midpoints are hugged by functions closer than any float type can tell: x / 2 at 0 (x * sigmoid(x) is
 * x / 2 + x^2 / 4 there) and x - 1 or x + 1 at infinity (x - tanh(x)). On which side of the line a function lies shows at a point
 * where they are apart; if they are nowhere apart, it is a tie. As a code: 2 farther from 0, 1 on the line, 0 nearer, 4 unclear. */
FORCE_INLINE ivec LOCAL(side)(vec value, vec line)
{
    vec past = v_mul(v_sub(value, line), v_where(v_lt(line, v_set(0)), v_set(-1), v_set(1)));
    vec apart = v_mul(v_abs(line), v_set(0x1p-20f)), one = v_frombits(i_set(1)), four = v_frombits(i_set(4));
    vec nearer = v_where(v_lt(past, v_sub(v_set(0), apart)), v_set(0), v_where(v_eq(value, line), one, four));
    return v_bits(v_where(v_lt(apart, past), v_frombits(i_set(2)), nearer));
}
/* Lanes of y that are close to the line, which has such a side, become the float beside it, and are `settled`. */
FORCE_INLINE vec LOCAL(step_aside)(vec y, ivec line, ivec side, mask *settled)
{
    mask near = i_disjoint(i_add(i_sub(v_bits(y), line), i_set(4)), i_set(~7));
    *settled = m_and(*settled, m_and(near, i_disjoint(side, i_set(4))));
    return v_where(*settled, v_frombits(i_sub(i_add(line, side), i_set(1))), y);
}
/* bfloat16's tiny numbers are subnormal in the lanes, so they are compared and halved as integers: arithmetic with them is slow. */
FORCE_INLINE mask LOCAL(at_0)(vec x) { return LOCAL(tiny)(x, FR_DIGITS == 11 ? 0x1p-18f : 0x1p-125f); }
FORCE_INLINE ivec LOCAL(half)(vec x)
{
    const ivec sign = i_and(v_bits(x), i_set(INT32_MIN));
    return FR_DIGITS == 11 ? v_bits(v_mul(x, v_set(0.5f))) : i_or(sign, i_shr(v_bits(v_abs(x)), 1));
}
/* What the probe says of x's side of 0: of the line x / 2 from k = 0 on, of the other from k = 2 on. */
FORCE_INLINE ivec LOCAL(known_side)(const LOCAL(probe) * probe, vec x, int k)
{
    const lane *at = probe->side + k;
    return v_bits(v_where(v_lt(x, v_set(0)), v_set(at[1]), v_set(at[0])));
}
/* On either line. `probe`, where the parameters are the same for all, remembers the sides. */
FORCE_INLINE vec LOCAL(beside_line)(LOCAL(step) * step, vec x, const vec *p, vec y, mask *settled, LOCAL(probe) * probe)
{
    vec one = v_frombits(i_or(i_and(v_bits(x), i_set(INT32_MIN)), v_bits(v_set(1)))), value;
    mask tiny = LOCAL(at_0)(x), large = m_and(v_le(v_set(0x1p7f), v_abs(x)), v_lt(v_abs(x), v_set(FR_INFINITY)));
    ivec line = v_bits(v_where(tiny, v_frombits(LOCAL(half)(x)), v_sub(v_where(tiny, one, x), one))), side;
    *settled = m_or(tiny, large);
    if (!m_any(*settled)) return y;
    if (probe && LANES >= 4) {
        if (!probe->known) {
            static const lane points[LANES + 4] = {0x1p-6f, -0x1p-6f, 4, -4}, lines[LANES + 4] = {0x1p-7f, -0x1p-7f, 3, -3};
            vec there, line_there;
            memcpy(&there, points, sizeof there);
            memcpy(&line_there, lines, sizeof line_there);
            step(&there, p, &value);
            vec sides = v_frombits(LOCAL(side)(value, line_there));
            memcpy(probe->side, &sides, sizeof sides);
            probe->known = 1;
        }
        side = v_bits(v_where(tiny, v_frombits(LOCAL(known_side)(probe, x, 0)), v_frombits(LOCAL(known_side)(probe, x, 2))));
    } else {
        vec there = v_where(tiny, v_mul(one, v_set(0x1p-6f)), v_mul(one, v_set(4)));
        step(&there, p, &value);
        side = LOCAL(side)(value, v_where(tiny, v_mul(one, v_set(0x1p-7f)), v_mul(one, v_set(3))));
    }
    return LOCAL(step_aside)(y, line, side, settled);
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
    if (arrays == 1) {
        y[0] = LOCAL(beside_line)(step, x[0], p, y[0], &beside, probe);
        if (m_all(beside)) return;
    }
    for (int k = 0; k < outs; k++) {
        open[k] = LOCAL(undecided)(y[k]);
        if (arrays > 1) open[k] = m_and(open[k], LOCAL(worth_it)(x[0], y[k], family));
        if (FR_NEARLY(family)) open[k] = m_and(open[k], LOCAL(not_proven)(x[0], y[k], family));
    }
    open[0] = m_and(open[0], m_not(beside));
    if (m_any(outs > 1 ? m_or(open[0], open[1]) : open[0])) LOCAL(settle)(kernel, arrays, params, outs, x, p, valid, open, y);
}

/* What is to be stored of the result y of one vector; probe is NULL where the parameters are not the same for all. */
FORCE_INLINE void LOCAL(looked_at)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, const vec *x,
                                   const vec *p, const vec *y, size_t valid, LOCAL(probe) * probe, packed *stored)
{
    mask suspects = m_none();
    for (int k = 0; k < outs; k++)
        stored[k] = FR_SUSPECTS(family) ? LOCAL(narrowed)(x[0], y[k], family, &suspects) : LOCAL(rounded)(y[k], family);
    if (!FR_SUSPECTS(family) || FR_LIKELY(!m_any(suspects))) return;
    if (outs == 1 && arrays > 1 && !m_any(m_and(suspects, LOCAL(worth_it)(x[0], y[0], family)))) {
        stored[0] = v_narrow(y[0]); /* without a call, which would be slow where such vectors are many */
        return;
    }
    /* Copies, or what is given would live in memory on the ordinary way, too. */
    vec given[3], given_p[FR_MAX_PARAMS], result[2];
    for (int k = 0; k < arrays; k++) given[k] = x[k];
    for (int k = 0; k < params; k++) given_p[k] = p[k];
    for (int k = 0; k < outs; k++) result[k] = y[k];
    LOCAL(settled)(step, kernel, family, arrays, params, outs, given, params ? given_p : NULL, valid, probe, result);
    for (int k = 0; k < outs; k++) stored[k] = LOCAL(rounded)(result[k], family);
}
/* a in such lanes, else b. */
FORCE_INLINE packed LOCAL(merged)(mask which, packed a, packed b)
{
    elem both[2][LANES];
    lane flags[LANES];
    const vec ones = v_where(which, v_set(1), v_set(0));
    memcpy(flags, &ones, sizeof flags);
    memcpy(both[0], &b, sizeof both[0]);
    memcpy(both[1], &a, sizeof both[1]);
    for (size_t i = 0; i < LANES; i++) both[0][i] = both[flags[i] != 0][i];
    memcpy(&b, both[0], sizeof b);
    return b;
}
FORCE_INLINE void LOCAL(store_of)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, const vec *x,
                                  const vec *p, const vec *y, size_t valid, LOCAL(probe) * probe, packed *stored)
{
#define FR_LOOK(family) LOCAL(looked_at)(step, kernel, family, arrays, params, outs, x, p, y, valid, probe, stored)
    if (FR_KNOWN_AT(family) && FR_LIKELY(probe ? probe->known_p : m_all(v_eq(p[0], v_set(FR_KNOWN_AT(family))))))
        FR_LOOK(FR_KNOWN_AS(family));
    else
        FR_LOOK(family);
#undef FR_LOOK
}
