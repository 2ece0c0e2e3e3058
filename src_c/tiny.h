/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h for rooms whose lanes may be subnormal. A multiplication that reads or yields a subnormal is done in microcode
 * by some processors, 150 cycles a vector. So lanes of x, y or dy nearer to 0 than FR_LEAST, and not 0, are kept away from the
 * formulas: what a function does there is known from what it does at +-FR_NEAR_0, where it is flat (sigmoid), or a straight line
 * through 0 (tanh), or nothing beside either; and a gradient is dy times the slope at dy = 1. What is left is one product of a
 * tiny number, in whole steps of the least subnormal, which are numbers like others, and rounded once.
 *
 * Whether a lane is treated so depends on its value alone, and every room does it. */
#if LANE_BITS == 32
#define FR_LEAST (FR_DIGITS == 8 ? 0x1p-95f : FLT_MIN) /* bfloat16: see meets_tiny in the rooms */
#define FR_NEAR_0(family) \
    ((family) == FR_MULTIPLIED ? 0x1p-60f : 0x1p-30f) /* its cube is no subnormal, where formulas have cubes */
#define FR_STEEPER(family) 0x1p-20f
#define FR_STEEP(family) ((family) == FR_MULTIPLIED ? 0x1p-80f : 0x1p-44f)
#define FR_STEPS 149                                           /* the least subnormal is 2^-FR_STEPS, */
#define FR_STEPS_ROOT 0x1p-75f                                 /* the root of half of it (of it, in float64), */
#define FR_STEPS_1 0x1p23f                                     /* and that many times as large a number ends the subnormals */
#define FR_STEPS_MAGIC (FR_DIGITS == 8 ? 0x1p39f : FR_STEPS_1) /* adding it rounds to whole steps; bfloat16's have 2^16 each */
#else
#define FR_LEAST DBL_MIN
#define FR_NEAR_0(family) 0x1p-300
#define FR_STEEPER(family) 0x1p-200
#define FR_STEEP(family) 0x1p-400
#define FR_STEPS 1074
#define FR_STEPS_ROOT 0x1p-537
#define FR_STEPS_1 0x1p52
#define FR_STEPS_MAGIC FR_STEPS_1
#endif
/* At FR_NEAR_0 the values of what is flat, a root, a line or steeper differ in size: what is flat is at least FR_FLAT, a line at
 * most FR_STEEPER and at least FR_STEEP. That holds while parameters and their inverses are at most FR_TAME. */
#define FR_FLAT(family) ((lane)((family) == FR_MULTIPLIED ? 0x1p-20 : 0x1p-10))
#define FR_TAME(family) ((lane)((family) == FR_MULTIPLIED ? 0x1p16 : 0x1p4))
#define FR_HUGE ((lane)0x1p60)
#define FR_LARGE_DY ((lane)0x1p40)

/* Whether a family's lanes are looked at. In plain C products of what is there are left to the processor, which gives the same, and
 * to the compiler, which makes vectors of them. */
#define FR_APART(family) (SUBNORMAL_LANES && (family) >= (LANES == 1 ? FR_ROUNDED_ONCE : FR_MULTIPLIED))

FORCE_INLINE mask LOCAL(is_tiny)(vec x)
{
    return FR_DIGITS == 8 ? m_and(v_lt(v_abs(x), v_set(FR_LEAST)), v_lt(v_set(0), v_abs(x))) : v_subnormal(x);
}
FORCE_INLINE int LOCAL(any_tiny)(const vec *x, int arrays)
{
    return arrays > 1 ? m_any_of(LOCAL(is_tiny)(x[0]), LOCAL(is_tiny)(x[1])) : m_any(LOCAL(is_tiny)(x[0]));
}

/* |x| in steps; x is tiny. */
FORMULA(in_steps)(vec x)
{
    const ivec one = v_bits(v_set(FR_STEPS_1));
    vec a = v_abs(x), subnormal = v_sub(v_frombits(i_or(v_bits(a), one)), v_set(FR_STEPS_1));
    if (FR_DIGITS != 8) return subnormal;
    vec normal = v_frombits(i_add(v_bits(a), i_shl(i_set(FR_STEPS), FR_MANTISSA)));
    return v_where(v_lt(a, v_set((lane)FLT_MIN)), subnormal, normal);
}
/* c times so many steps, rounded once, to what elements have where it is subnormal. For |c| up to 2^80 or so, and not NaN. */
FORMULA(of_steps)(vec c, vec steps)
{
    const vec magic = v_set(FR_STEPS_MAGIC), a = v_abs(c), product = v_mul(a, steps);
    ivec whole = i_sub(v_bits(v_fma(a, steps, magic)), v_bits(magic));
    if (FR_DIGITS == 8) whole = i_shl(whole, 16);
    vec y = v_frombits(whole);
    const mask normal = v_le(v_set(FR_STEPS_1), product);
    if (m_any(normal)) y = v_where(normal, v_frombits(i_sub(v_bits(product), i_shl(i_set(FR_STEPS), FR_MANTISSA))), y);
    return LOCAL(signed_as)(y, c);
}
/* A slope of 1/2 that is only the limit at 0 of a convex function's, or a concave one's where `bend` is -1: the line x / 2 goes
 * through the midpoints between bfloat16's subnormals, and the function has a side of it. */
FORMULA(off_half)(vec slope, vec bend)
{
    return v_where(v_eq(v_abs(slope), v_set((lane)0.5)), v_fma(bend, v_set((lane)0x1p-21), slope), slope);
}

/* Where the parameters are such that FR_FLAT and the others tell. */
FORCE_INLINE mask LOCAL(tame)(int family, int params, const vec *p)
{
    mask tame = m_not(m_none());
    for (int k = 0; k < params; k++) {
        const vec a = v_abs(p[k]);
        mask fits = m_and(v_lt(v_set(1 / FR_TAME(family)), a), v_lt(a, v_set(FR_TAME(family))));
        if (family == FR_MULTIPLIED) fits = m_or(fits, v_eq(a, v_set(0)));
        tame = m_and(tame, fits);
    }
    return tame;
}
/* Tame lanes whose x or y, and whose dy, is tiny. */
typedef struct {
    mask x, dy;
} LOCAL(tiny_lanes);
/* What the formula is given in their place. */
FORCE_INLINE LOCAL(tiny_lanes) LOCAL(set_apart)(int family, int arrays, mask tame, const vec *x, vec *in)
{
    const vec last = x[arrays - 1];
    (void)family;
    LOCAL(tiny_lanes) lanes = {m_and(tame, LOCAL(is_tiny)(last)), m_none()};
    if (arrays > 1) {
        lanes.dy = m_and(tame, LOCAL(is_tiny)(x[0]));
        in[0] = v_where(m_or(lanes.x, lanes.dy), LOCAL(signed_as)(v_set(1), x[0]), x[0]);
    }
    in[arrays - 1] = v_where(lanes.x, LOCAL(signed_as)(v_set(FR_NEAR_0(family)), last), last);
    return lanes;
}
/* By what tiny numbers are multiplied where a line through 0 was y at FR_NEAR_0, in the lanes `apart`. Of what is steep nothing is
 * left, nor where it is `gone`. */
FORMULA(slope_of_line)(int family, int arrays, int params, const vec *p, mask apart, mask gone, vec y)
{
    const vec one = v_set(1), none = v_set(0);
    const vec scale = v_where(m_or(gone, v_lt(v_abs(y), v_set(FR_STEEP(family)))), none, v_set(1 / FR_NEAR_0(family)));
    const vec slope = v_mul(y, v_where(apart, scale, one));
    if (FR_DIGITS != 8 || arrays > 1 || family == FR_MULTIPLIED) return slope;
    return LOCAL(off_half)(slope, params ? v_where(v_eq(p[0], none), none, LOCAL(times_sign)(one, p[0])) : one);
}
/* What the formula gave becomes the result in those lanes. Returned are such as it must be asked again for, as they are: beside a
 * root, where a large dy makes something of what is steep, and where the slope is no number or a huge one. */
FORCE_INLINE mask LOCAL(put_back)(int family, int arrays, int params, int outs, const vec *x, const vec *p,
                                  LOCAL(tiny_lanes) lanes, vec *y)
{
    const vec one = v_set(1), last = x[arrays - 1];
    const mask alone = arrays > 1 ? m_and(lanes.x, m_not(lanes.dy)) : m_none();
    mask again = m_none();
    for (int k = 0; k < outs; k++) {
        const vec size = v_abs(y[k]);
        mask apart = m_and(lanes.x, v_lt(size, v_set(FR_FLAT(family))));
        vec factor = y[k], tiny = last;
        if (m_any(apart)) {
            if (arrays > 1) {
                const mask small_dy = v_lt(v_abs(x[0]), v_set(FR_LARGE_DY)), root = v_lt(v_set(FR_STEEPER(family)), size);
                again = m_or(again, m_and(m_and(apart, alone), m_or(m_not(small_dy), root)));
            }
            /* Nor is anything left of a product with another tiny number. */
            factor = LOCAL(slope_of_line)(family, arrays, params, p, apart, lanes.dy, factor);
        }
        if (arrays > 1) {
            again = m_or(again, m_and(lanes.dy, m_not(v_le(size, v_set(FR_HUGE)))));
            if (m_any(alone)) factor = v_mul(factor, v_where(alone, v_abs(x[0]), one));
            apart = m_or(lanes.dy, apart);
            tiny = v_where(lanes.dy, x[0], last);
        }
        if (m_any(apart)) factor = v_where(apart, LOCAL(of_steps)(factor, LOCAL(in_steps)(tiny)), factor);
        y[k] = arrays > 1 ? factor : v_where(apart, factor, y[k]); /* which may be a NaN that was not computed with */
    }
    return again;
}

/* Vectors full of tiny x, where parameters are numbers, need no formula: it is asked once, at each sign of x (the index's bit 0) and
 * of dy = +-1 (bit 1). Each output must be flat there, or a line. Only kernels that are light do so, for it is much code. */
#define FR_ASKS_ONCE(family) (LANES > 1 && (FR_DIGITS == 8 || (family) < FR_ROUNDED_OFTEN || FR_LOOSE(family)))
typedef struct {
    int known, line[2];
    lane at[2][16]; /* what an output is, or the line's slope; only the first four differ: see v_lut8 */
} LOCAL(near_0);
enum { LOCAL(useless), LOCAL(unasked), LOCAL(useful) }; /* near_0.known */
/* What to ask, and what is kept of the answer. */
NO_INLINE void LOCAL(ask_near_0)(int family, int arrays, vec *in)
{
    lane near_0[LANES], dy[LANES];
    (void)family;
    for (int i = 0; i < LANES; i++) {
        near_0[i] = i & 1 ? -FR_NEAR_0(family) : FR_NEAR_0(family);
        dy[i] = i & 2 ? -1 : 1;
    }
    memcpy(&in[0], dy, sizeof *in);
    memcpy(&in[arrays - 1], near_0, sizeof *in);
}
NO_INLINE void LOCAL(keep_near_0)(int family, int arrays, int params, int outs, const vec *p, const vec *y, LOCAL(near_0) * near)
{
    const mask all = m_not(m_none());
    near->known = LOCAL(useful);
    for (int k = 0; k < outs; k++) {
        const vec size = v_abs(y[k]);
        const mask low = v_lt(size, v_set(FR_FLAT(family))), none = v_eq(size, v_set(0));
        mask fits = v_le(size, v_set(FR_HUGE));
        if (arrays > 1) fits = m_and(fits, m_or(v_le(size, v_set(FR_STEEPER(family))), m_not(low)));
        near->line[k] = m_all(low);
        if (!m_all(m_and(fits, near->line[k] ? low : m_or(none, m_not(low))))) near->known = LOCAL(useless);
        const vec kept = near->line[k] ? LOCAL(slope_of_line)(family, arrays, params, p, all, m_none(), y[k]) : y[k];
        for (size_t i = 0; i < 16; i += LANES) memcpy(near->at[k] + i, &kept, sizeof kept);
    }
}
/* Whether y is known so. dy is tiny in all lanes, or in none and not large either. */
FORCE_INLINE int LOCAL(is_near_0)(const LOCAL(near_0) * near, int arrays, int outs, const vec *x, vec *y)
{
    const vec last = x[arrays - 1];
    ivec at = i_shr(v_bits(last), LANE_BITS - 1);
    int tiny_dy = 0;
    if (arrays > 1) {
        const mask tiny = LOCAL(is_tiny)(x[0]);
        tiny_dy = m_all(tiny);
        if (!tiny_dy && (m_any(tiny) || !m_all(v_lt(v_abs(x[0]), v_set(FR_LARGE_DY))))) return 0;
        at = i_add(at, i_shl(i_shr(v_bits(x[0]), LANE_BITS - 1), 1));
    }
    for (int k = 0; k < outs; k++) {
        const int line = near->line[k];
        vec factor = v_lut8(near->at[k], at);
        if (arrays > 1 && !tiny_dy) factor = v_mul(factor, v_abs(x[0]));
        if (line && tiny_dy) factor = LOCAL(signed_as)(v_set(0), factor);
        y[k] = line || tiny_dy ? LOCAL(of_steps)(factor, LOCAL(in_steps)(line ? last : x[0])) : factor;
    }
    return 1;
}
