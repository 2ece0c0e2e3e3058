/* SPDX-License-Identifier: BSD-3-Clause */
/* What several activations compute with: exponentials with more than a lane's precision, and divisions that keep it. Written in
 * the vocabulary, for float32 and float64 alike; kernels.h includes it in every floating-point room. All coefficients come from
 * coefficients.py.
 *
 * A number written as a PAIR (first, second) is the sum of the two, unless said otherwise; where the second is called `low`, it is
 * not greater than a unit in the last place of the first, or so. */

#if LANE_BITS == 32
#define FR_MANTISSA 23 /* stored bits */
#define FR_SIGN ((int32_t)0x80000000)
#define FR_EXP_RANGE 87           /* e^z is normal for |z| up to this, */
#define FR_EXP_FULL 60            /* and so is what its rounding leaves, and a few e^z times z, up to this */
#define FR_EXP_TAIL 110           /* e^-this times a number up to FR_BIG rounds to 0, */
#define FR_EXP_BIG_TAIL 200       /* and e^-this times any number */
#define FR_OVER_FACTOR 0x1p60f    /* see over_factor */
#define FR_UP 192                 /* 2^FR_UP e^z is normal for z in [-FR_EXP_BIG_TAIL, -FR_EXP_FULL], */
#define FR_HALF_DOWN 0x1p-96f     /* 2^(-FR_UP / 2), */
#define FR_DOWN_IN_STEPS 0x1p-43f /* 2^-FR_UP / the least subnormal */
#define FR_BIG 0x1p8f             /* and so is its product with a number up to FR_BIG; others are */
#define FR_BIG_DOWN 0x1p-88f      /* multiplied by this before, and the two then are: */
#define FR_BIG_HALF_DOWN 0x1p-52f
#define FR_BIG_DOWN_IN_STEPS 0x1p45f
#define FR_AWAY 0x1p80f /* e^z / FR_AWAY^2 is in range too for z in [FR_EXP_RANGE, FR_EXP_AWAY], */
#define FR_EXP_AWAY 195 /* and for z beyond, e^z times the least number overflows */
#define FR_AWAY_SCALE -160
#define FR_ROUND 0x1.8p23f          /* adding it leaves an integer in the low bits */
#define FR_8_OVER_LN2 0x1.715476p3f /* exp_reduction */
#define FR_LN2_OVER_8 0x1.62e43p-4f
#define FR_LN2_OVER_8_LOW -0x1.05c61p-32f
#else
#define FR_MANTISSA 52
#define FR_SIGN INT64_MIN
#define FR_EXP_RANGE 708
#define FR_EXP_FULL 600
#define FR_EXP_TAIL 751
#define FR_EXP_BIG_TAIL 1456
#define FR_OVER_FACTOR 0x1p500
#define FR_UP 1536
#define FR_HALF_DOWN 0x1p-768
#define FR_DOWN_IN_STEPS 0x1p-462
#define FR_BIG 0x1p8
#define FR_BIG_DOWN 0x1p-728
#define FR_BIG_HALF_DOWN 0x1p-404
#define FR_BIG_DOWN_IN_STEPS 0x1p266
#define FR_AWAY 0x1p640
#define FR_EXP_AWAY 1456
#define FR_AWAY_SCALE -1280
#define FR_ROUND 0x1.8p52
#define FR_8_OVER_LN2 0x1.71547652b82fep3
#define FR_LN2_OVER_8 0x1.62e42fefa39efp-4
#define FR_LN2_OVER_8_LOW 0x1.abc9e3b39803fp-59
#endif

/* Tables that v_lut8 reads are written twice in float32: one load then fills the sixteen lanes of AVX-512 (a load of eight that is
 * repeated would be repeated in every turn of the loop, GCC has it). */
#if LANE_BITS == 32
#define FR_TABLE8 16
#define FR_EIGHT(...) __VA_ARGS__, __VA_ARGS__
#endif

/* exp_table: T_j = 2^(j/8) with two bits to spare (and what it is where there is no need to spare any), as its bits less
 * j << (FR_MANTISSA - 3); then ln(2^(j/8) / T_j). */
#if LANE_BITS == 32
static const union {
    int32_t bits[FR_TABLE8];
    float lanes[FR_TABLE8];
} exp_powers[] = {{{FR_EIGHT(0x3f800000, 0x3f7b95c0, 0x3f7837f0, 0x3f75fed8, 0x3f7504f4, 0x3f75672c, 0x3f7744fc, 0x3f7ac0c8)}},
                  {{FR_EIGHT(0x3f800000, 0x3f7b95c2, 0x3f7837f0, 0x3f75fed7, 0x3f7504f3, 0x3f75672a, 0x3f7744fd, 0x3f7ac0c7)}}};
static const float exp_lacks[FR_TABLE8] = {FR_EIGHT(0, 0x1.bbc0cep-23f, 0x1.125002p-25f, -0x1.07f47ep-23f, -0x1.20888ep-24f,
                                                    -0x1.40c09ep-23f, 0x1.e26fp-25f, -0x1.317d9ap-24f)};
#else
static const union {
    int64_t bits[8];
    double lanes[8];
} exp_powers[] = {{{0x3ff0000000000000, 0x3fef72b83c7d517c, 0x3fef06fe0a31b714, 0x3feebfdad5362a28, 0x3feea09e667f3bcc,
                    0x3feeace5422aa0dc, 0x3feee89f995ad3ac, 0x3fef5818dcfba488}}};
static const double exp_lacks[8] = {0,
                                    -0x1.0af6ebcb0af6ep-52,
                                    0x1.fbbfd3cafbbfdp-53,
                                    -0x1.5dacbbca5dacbp-53,
                                    0x1.98d4d3c998d4dp-54,
                                    -0x1.aa41dbc9aa41dp-54,
                                    0x1.a0d9c3caa0d9cp-53,
                                    -0x1.dbc8ebc9dbc8ep-54};
#endif

FORMULA(negated)(vec a) { return v_frombits(i_xor(v_bits(a), i_set(FR_SIGN))); }

/* a, which is of s's sign or +0, with it: a -0 that arithmetic lost comes back. */
FORMULA(signed_as)(vec a, vec s) { return v_frombits(i_or(v_bits(a), i_and(v_bits(s), i_set(FR_SIGN)))); }

/* a, its sign changed where s is negative. */
FORMULA(times_sign)(vec a, vec s) { return v_frombits(i_xor(v_bits(a), i_and(v_bits(s), i_set(FR_SIGN)))); }

/* What a function close to x / 2 at 0 is moved off that line by in float16: the line goes through the midpoints between subnormals, but
 * the function has a side of it. For bfloat16 see tiny.h. */
#define FR_OFF_HALF ((lane)0x1p-46)

/* c0 + c1 x, and c0 + c1 x + c2 x^2 + c3 x^3 with x2 = x^2: short chains, as latency is what bounds the float64 kernels. */
FORMULA(line)(vec x, lane c0, lane c1) { return v_fma(v_set(c1), x, v_set(c0)); }
FORMULA(cubic)(vec x, vec x2, lane c0, lane c1, lane c2, lane c3)
{
    return v_fma(LOCAL(line)(x, c2, c3), x2, LOCAL(line)(x, c0, c1));
}

/* a, at least -range and at most range; NaN stays. */
FORMULA(held)(vec a, lane range) { return v_max(v_set(-range), v_min(v_set(range), a)); }

/* 2^(k/8), k the low bits of t; with two bits to spare unless rough. */
FORMULA(eighth_power)(vec t, int rough)
{
    return v_frombits(i_add(v_bits(v_lut8(exp_powers[rough].lanes, v_bits(t))), i_shl(v_bits(t), FR_MANTISSA - 3)));
}

/* e^(sign (z + low)) * 2^scale = E * (1 + p), E = first and p = second, |p| < 0.045, good to 2^-28 (2^-57) of it. E has two spare
 * bits.
 *
 * z / (ln 2 / 8) is rounded to the integer k by adding 1.5 * 2^23 (2^52), whose low bits then are k: three of them choose T_j and
 * the others, shifted, are the exponent. k * FR_LN2_OVER_8 is subtracted exactly, and what constant and table lack is put right
 * in r. Without has_low, low is not used. A scale may keep E normal where e^z is not.
 *
 * Not COMPENSATED, and unless FR_EXACTLY is given for has_low, it is rough: nothing is put right, E has no bit to spare, and the
 * polynomial is shorter. T_j then errs by 2^-24.9, the polynomial by 2^-25.2 and the constant by |z| 2^-28.4: 2^-23 in all for
 * |z| < 20. */
#define FR_EXACTLY 2
FORMULA_PAIR(exp_of)(int sign, vec z, vec low, int has_low, int scale)
{
    const int rough = !COMPENSATED && has_low != FR_EXACTLY, minus = sign < 0;
    const vec round = v_set(FR_ROUND + 8 * (lane)scale);
    /* From here to the end, with a minus, r is what would have to be negated. */
    vec t = v_fma(z, v_set(sign * FR_8_OVER_LN2), round), k = v_sub(t, round);
    vec r = minus ? v_fma(k, v_set(FR_LN2_OVER_8), z) : v_fnma(k, v_set(FR_LN2_OVER_8), z);
    if (!rough) {
        const vec constant = v_set(FR_LN2_OVER_8_LOW), lacks = v_lut8_halves(exp_lacks, v_bits(t));
        vec rest = minus ? v_fms(k, constant, lacks) : v_fnma(k, constant, lacks);
        low = has_low ? v_add(rest, low) : rest;
    }
    if (!rough || has_low) r = v_add(r, low);
    /* 2^-100 is nothing beside 1 + p, and the square of a tiny number does not underflow, which is slow. */
    vec r2 = v_fma(r, r, v_set((lane)0x1p-100)), q; /* exp_polynomial */
#if LANE_BITS == 32
    q = LOCAL(line)(r, rough ? 0x1.000882p-1f : 0x1.555c7ap-3f, sign * (rough ? 0x1.555d3ap-3f : 0x1.555a84p-5f));
    if (!rough) q = minus ? v_fnma(q, r, v_set(0.5f)) : v_fma(q, r, v_set(0.5f));
#else
    q = v_fma(LOCAL(line)(r, 0x1.6c1cc57f4005bp-10, sign * 0x1.a01f108aec0b8p-13), r2,
              LOCAL(line)(r, 0x1.55555547e55b1p-5, sign * 0x1.1111110c735b2p-7));
    q = v_fma(q, r2, LOCAL(line)(r, 0x1.0000000000111p-1, sign * 0x1.5555555555577p-3));
#endif
    PAIR e = {LOCAL(eighth_power)(t, rough), minus ? v_fms(r2, q, r) : v_fma(r2, q, r)};
    return e;
}
FORMULA_PAIR(exp_scaled)(vec z, vec low, int has_low, int scale) { return LOCAL(exp_of)(1, z, low, has_low, scale); }

/* e^z = E * (1 + p) for |z| <= FR_EXP_RANGE; NaN gives p = NaN. */
FORMULA_PAIR(exp_parts)(vec z) { return LOCAL(exp_scaled)(z, z, 0, 0); }

/* (high + low) / 2^FR_UP rounded once, subnormal results too; `big` lanes need dividing by 2^FR_UP * FR_BIG_DOWN instead. The sign
 * is that of `sign`, for a 0 too. For the rare path; no multiplication yields a subnormal, which costs some processors 100 cycles. */
FORMULA(scaled_down)(vec high, vec low, mask big, vec sign)
{
    const vec one = v_set((lane)((int64_t)1 << FR_MANTISSA));
    vec sum = v_add(high, low);
    low = LOCAL(times_sign)(v_add(v_sub(high, sum), low), sum);
    /* A subnormal is a whole number of steps, less than `one`, and adding `one` rounds to whole numbers. */
    vec in_steps = v_where(big, v_set(FR_BIG_DOWN_IN_STEPS), v_set(FR_DOWN_IN_STEPS));
    vec steps = v_mul(v_abs(sum), in_steps), whole = v_add(steps, one);
    whole = v_add(whole, v_fma(low, in_steps, v_add(v_sub(one, whole), steps)));
    vec subnormal = v_frombits(i_sub(v_bits(whole), v_bits(one)));
    mask few = v_lt(steps, one);
    vec half = v_where(big, v_set(FR_BIG_HALF_DOWN), v_set(FR_HALF_DOWN));
    vec normal = v_mul(v_mul(v_where(few, v_set(1 / FR_HALF_DOWN), v_abs(sum)), half), half);
    return LOCAL(signed_as)(v_where(few, subnormal, normal), sign);
}

/* (n + n_low) e^(z + low) for z <= -FR_EXP_FULL, n finite or not: 0 of n's sign from where that is nearest. Other lanes are held
 * there, for what they would compute may be subnormal, and slow. */
FORMULA(times_exp_tail)(vec n, vec n_low, vec z, vec low, int has_low)
{
    mask big = v_lt(v_set(FR_BIG), v_abs(n));
    vec end = v_where(big, v_set(-FR_EXP_BIG_TAIL), v_set(-FR_EXP_TAIL));
    mask gone = v_le(z, end);
    z = v_min(v_set(-FR_EXP_FULL), z);
    n = LOCAL(held)(n, FR_LARGEST);
    vec down = v_where(big, v_set(FR_BIG_DOWN), v_set(1));
    n = v_mul(n, down);
    n_low = v_where(v_unordered(n_low, n_low), v_set(0), v_mul(n_low, down)); /* where n is infinite */
    if (has_low) low = v_where(gone, v_set(0), low);
    PAIR e = LOCAL(exp_scaled)(v_where(gone, end, z), low, has_low, FR_UP);
    vec high = v_mul(n, e.first);
    return LOCAL(scaled_down)(high, v_fma(n_low, e.first, v_fma(high, e.second, v_fms(n, e.first, high))), big, n);
}

/* n * e^(z + low) for z >= FR_EXP_RANGE: finite where a small n makes it so. */
FORMULA(times_exp_away)(vec n, vec z, vec low)
{
    mask gone = v_le(v_set(FR_EXP_AWAY), z);
    PAIR e = LOCAL(exp_scaled)(v_where(gone, v_set(FR_EXP_AWAY), z), v_where(gone, v_set(0), low), 1, FR_AWAY_SCALE);
    vec power = v_fma(e.first, e.second, e.first);
    return v_mul(v_mul(v_mul(n, v_set(FR_AWAY)), power), v_set(FR_AWAY));
}

/* 1 + E (1 + p) as high + low; the high part alone where not COMPENSATED. */
FORMULA_PAIR(one_plus)(PAIR e)
{
    const vec one = v_set(1);
    if (!COMPENSATED) return (PAIR){v_fma(e.first, e.second, v_add(e.first, one)), v_set(0)};
    vec sum = v_add(v_fma(e.first, e.second, e.first), one);
    /* the smaller of the addends less what arrived of it */
    vec lost = v_sub(v_min(one, e.first), v_sub(sum, v_max(one, e.first)));
    PAIR d = {sum, v_fma(e.first, e.second, lost)};
    return d;
}

/* n / (d.first + d.second), in which inverse = 1 / d.first: about 0.51 ulp. Subtracted in this order so that -0 stays. */
FORMULA(quotient)(vec n, PAIR d, vec inverse)
{
    vec q = v_mul(n, inverse);
    vec excess = v_fma(q, d.second, v_fms(q, d.first, n));
    return v_fnma(excess, inverse, q);
}

/* n / (1 + e^-(sign (z + low))), the logistic gate of silu and its kin. Where z is infinite, n may be too: then it is n, or 0 of
 * its sign. The rare path, for vectors with a lane outside FR_EXP_RANGE, gives ordinary lanes the same bytes. */
FORMULA(gate_ordinary)(int sign, vec n, vec z, vec low, int has_low)
{
    PAIR d = LOCAL(one_plus)(LOCAL(exp_of)(-sign, z, low, has_low, 0));
    if (COMPENSATED) return LOCAL(quotient)(n, d, v_div(v_set(1), d.first));
    return v_div(n, d.first);
}
FORMULA(gate_of)(int sign, vec n, vec z, vec low, int has_low)
{
    mask ordinary = v_le(v_abs(z), v_set(FR_EXP_RANGE));
    if (FR_LIKELY(m_all(ordinary))) return LOCAL(gate_ordinary)(sign, n, z, low, has_low);
    if (sign < 0) {
        z = LOCAL(negated)(z);
        low = LOCAL(negated)(low);
    }
    vec y = LOCAL(gate_ordinary)(1, n, LOCAL(held)(z, FR_EXP_RANGE), v_where(ordinary, low, v_set(0)), has_low);
    mask left = v_lt(z, v_set(-FR_EXP_RANGE));
    y = v_where(v_lt(v_set(FR_EXP_RANGE), z), n, y);
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(n, v_set(0), z, low, has_low), y) : y;
}
FORMULA(gate)(vec n, vec z, vec low, int has_low) { return LOCAL(gate_of)(1, n, z, low, has_low); }

#if FR_DIGITS == 11 && !FR_TABLED
/* 1 / (1 + e^-x), right for every input: exp_short. In the sum with 1 what belongs just beside 1/2 would get onto a midpoint, hence the
 * tilt. */
FORMULA(computed_logistic)(vec x)
{
    const vec round = v_set(FR_ROUND), ln2 = v_set(8 * FR_LN2_OVER_8), one = v_set(1);
    vec z = LOCAL(held)(x, 30), t = v_fma(z, v_set(-FR_8_OVER_LN2 / 8), round), k = v_sub(t, round);
    vec r = v_fma(k, ln2, z), q = LOCAL(line)(r, 0x1.568adcp-5f, -0x1.164f6ap-7f);
    q = v_fma(q, r, v_set(-0x1.55483ap-3f));
    q = v_fma(q, r, v_set(0x1.000006p-1f));
    q = v_fma(q, r, v_set(-0x1.000012p0f));
    q = v_fma(q, r, one);
    vec e = v_frombits(i_add(v_bits(q), i_shl(v_bits(t), FR_MANTISSA)));
    return v_div(one, v_add(v_add(e, LOCAL(times_sign)(v_set(0x1.8p-23f), x)), one));
}
#endif

/* The slope s (1 + w (1 - s)) of such a gate, s = 1 / (1 + e^-(z + low)): w + w_low is x times the derivative of z by x, and both low
 * parts are used with has_low only. With i = 1 / (1 + e) it is i (1 + w e i); what the two factors lack is put right in the end. */
FORMULA(gate_slope_ordinary)(vec z, vec low, vec w, vec w_low, int has_low)
{
    const vec one = v_set(1);
    PAIR parts = LOCAL(exp_of)(-1, z, low, has_low, 0);
    vec e = v_fma(parts.first, parts.second, parts.first), d = v_add(e, one);
    vec d_low = v_sub(v_min(one, e), v_sub(d, v_max(one, e)));
    vec i = v_div(one, d), we = v_mul(w, e);
    if (FR_DIGITS == 8 && !has_low) return v_mul(i, v_fma(we, i, one)); /* near enough, beside the zero too */
    vec excess = v_fma(i, d_low, v_fms(i, d, one)), we_low = v_fms(w, e, we);
    if (has_low) we_low = v_fma(w_low, e, we_low);
    /* the bracket: left of -1/2, where it has its zero, the addition is exact */
    vec wei = v_mul(we, i), m = v_add(wei, one), m_low = v_fma(we_low, i, v_fms(we, i, wei));
    vec rest = v_fnma(excess, v_add(m, wei), m_low);
    return v_fma(i, m, v_mul(i, rest));
}
FORMULA(gate_slope)(vec z, vec low, vec w, vec w_low, int has_low)
{
    mask ordinary = v_le(v_abs(z), v_set(FR_EXP_FULL));
    if (FR_LIKELY(m_all(ordinary))) return LOCAL(gate_slope_ordinary)(z, low, w, w_low, has_low);
    vec held = LOCAL(held)(z, FR_EXP_FULL), none = v_set(0);
    vec y = LOCAL(gate_slope_ordinary)(held, v_where(ordinary, low, none), v_where(ordinary, w, held),
                                       v_where(ordinary, w_low, none), has_low);
    mask left = v_lt(z, v_set(-FR_EXP_FULL));
    y = v_where(v_lt(v_set(FR_EXP_FULL), z), v_set(1), y);
    if (!m_any(left)) return y;
    vec n = v_add(w, v_set(1)), n_low = v_add(v_sub(w, n), v_set(1));
    if (has_low) n_low = v_add(n_low, w_low);
    return v_where(left, LOCAL(times_exp_tail)(n, n_low, z, low, has_low), y);
}

/* n e^(z + low) for any z <= 0, with one rounding more where n is not 1. */
FORMULA(times_exp_ordinary)(vec n, vec z, vec low, int has_low)
{
    PAIR e = LOCAL(exp_scaled)(z, low, has_low, 0);
    vec scaled = v_mul(n, e.first);
    return v_fma(scaled, e.second, scaled);
}
FORMULA(times_exp)(vec n, vec z, vec low, int has_low)
{
    const vec least = v_set(-FR_EXP_RANGE);
    mask ordinary = v_le(least, z);
    if (FR_LIKELY(m_all(ordinary))) return LOCAL(times_exp_ordinary)(n, z, low, has_low);
    vec y = LOCAL(times_exp_ordinary)(n, v_max(least, z), v_where(ordinary, low, v_set(0)), has_low);
    mask left = v_lt(z, least);
    return m_any(left) ? v_where(left, LOCAL(times_exp_tail)(n, v_set(0), z, low, has_low), y) : y;
}

/* e^(z + low) - 1 for |z| <= FR_EXP_RANGE as high + low: E - 1 + E p, where E = 2^k and p + p_low = e^r - 1, |r| < ln 2 / 2. No
 * table here, so that E - 1 is exact where it matters, and p is the result itself for small z, to nearly half an ulp. The high
 * part alone where not COMPENSATED. */
FORMULA_PAIR(expm1)(vec z, vec low, int has_low)
{
    const vec round = v_set(FR_ROUND);
    vec t = v_fma(z, v_set(FR_8_OVER_LN2 / 8), round), k = v_sub(t, round);
    vec whole = v_fnma(k, v_set(8 * FR_LN2_OVER_8), z), r = whole, r_low = v_set(0), q;
    if (COMPENSATED) {
        vec rest = v_mul(k, v_set(8 * FR_LN2_OVER_8_LOW));
        if (has_low) rest = v_sub(rest, low);
        r = v_sub(whole, rest);
        r_low = v_sub(v_sub(whole, r), rest);
    } else if (has_low) {
        r = v_add(whole, low);
    }
    vec r2 = v_mul(r, r);
#if LANE_BITS == 32 /* expm1_polynomial */
    if (COMPENSATED) {
        q = v_fma(LOCAL(line)(r, 0x1.6d3842p-10f, 0x1.9ec1bp-13f), r2, LOCAL(line)(r, 0x1.5554fap-5f, 0x1.1112b8p-7f));
        q = v_fma(q, r2, LOCAL(line)(r, 0.5f, 0x1.555554p-3f));
    } else {
        q = v_fma(v_set(0x1.6c6224p-10f), r2, LOCAL(line)(r, 0x1.5555aep-5f, 0x1.122412p-7f));
        q = v_fma(q, r2, LOCAL(line)(r, 0.5f, 0x1.5554b6p-3f));
    }
#else
    vec r4 = v_mul(r2, r2);
    q = v_fma(v_set(0x1.1f2cd0d0dc382p-29), r2, LOCAL(line)(r, 0x1.27e4fffe3a759p-22, 0x1.af5d1178a9206p-26));
    q = v_fma(q, r4,
              LOCAL(cubic)(r, r2, 0x1.6c16c16c16fd7p-10, 0x1.a01a01af9d88ep-13, 0x1.a01a019b5bcep-16, 0x1.71ddf935584a9p-19));
    q = v_fma(q, r4, LOCAL(cubic)(r, r2, 0.5, 0x1.5555555555559p-3, 0x1.5555555555558p-5, 0x1.111111110f705p-7));
#endif
    vec p = v_fma(r2, q, r);
    vec e = v_frombits(i_add(v_bits(v_set(1)), i_shl(v_bits(t), FR_MANTISSA))), base = v_sub(e, v_set(1));
    vec sum = v_fma(e, p, base);
    if (!COMPENSATED) return (PAIR){sum, v_set(0)};
    vec p_low = v_add(v_fma(r2, q, v_sub(r, p)), r_low);
    PAIR both = {sum, v_fma(e, p_low, v_fma(e, p, v_sub(base, sum)))};
    return both;
}

/* 1 - e^(z + low) for z > 0, which is no output's. A large z is halved, and -2 p - p^2, p = e^(z / 2) - 1, overflows only where it
 * should. */
FORMULA(one_minus_exp_up)(vec z, vec low, int has_low)
{
    const vec most = v_set(2 * FR_EXP_FULL);
    mask large = v_lt(v_set(FR_EXP_FULL), z);
    vec part = v_where(large, v_set((lane)0.5), v_set(1));
    if (has_low) low = v_where(v_le(z, most), v_mul(part, low), v_set(0));
    vec p = LOCAL(expm1)(v_mul(part, v_min(most, z)), low, has_low).first;
    return v_where(large, v_fnma(p, p, v_mul(v_set(-2), p)), LOCAL(negated)(p));
}
/* And for any z; low is for z > 0 only. */
FORMULA(one_minus_exp)(vec z, vec low, int has_low)
{
    const vec none = v_set(0);
    mask up = v_lt(none, z);
    vec y = v_sub(none, LOCAL(expm1)(v_max(v_set(-FR_EXP_RANGE), z), z, 0).first);
    return FR_LIKELY(!m_any(up)) ? y : v_where(up, LOCAL(one_minus_exp_up)(z, low, has_low), y);
}

#ifndef NARROW /* in 16 bits they are tables: vmath_pieces.h */
/* 1 / (1 + e^-(sign x)) and 1 - e^(sign y) */
FORMULA(logistic)(int sign, vec x) { return LOCAL(gate_of)(sign, v_set(1), x, x, 0); }
FORMULA(one_minus_exp_of)(int sign, vec y) { return LOCAL(one_minus_exp)(sign > 0 ? y : LOCAL(negated)(y), y, 0); }
#endif

/* log(1 + e^(z + low)) for -FR_EXP_FULL <= z <= 0 as high + low: with S = 2 e / (2 + e) it is 2 atanh(S / 2) = S + S^3 P(S^2).
 * The high part alone where not COMPENSATED. */
FORMULA_PAIR(log1p_exp)(vec z, vec low, int has_low)
{
    PAIR e = LOCAL(exp_scaled)(z, low, has_low, 1);
    const vec half = v_set((lane)0.5), two = v_set(2);
    vec f = v_fma(e.first, e.second, e.first), f_low = v_fma(e.first, e.second, v_sub(e.first, f));
    vec d = v_fma(half, f, two), d_low = v_fma(half, f_low, v_fma(half, f, v_sub(two, d)));
    vec inverse = v_div(v_set(1), d), s = COMPENSATED ? v_mul(f, inverse) : v_div(f, d);
    vec excess = v_fma(s, d_low, v_sub(v_fms(s, d, f), f_low));
    vec u = v_mul(s, s), u2 = v_mul(u, u); /* log1p_polynomial */
#if LANE_BITS == 32
    /* A third of an ulp more where not COMPENSATED: -0.69 of bfloat16, just past a midpoint, then rounds right. */
    const lane twelfth = COMPENSATED ? 0x1.5555p-4f : 0x1.55551p-4f;
    vec p = LOCAL(cubic)(u, u2, twelfth, 0x1.99d29ep-7f, 0x1.1eb3ap-9f, 0x1.1f058ep-11f);
#else
    vec u4 = v_mul(u2, u2);
    vec p =
        v_fma(LOCAL(line)(u, 0x1.55a273fe4c20ap-23, 0x1.5c85a5af9e367p-24), u4,
              LOCAL(cubic)(u, u2, 0x1.745cb3c7cadf8p-14, 0x1.3b1de01bb5dd4p-16, 0x1.10678995bd194p-18, 0x1.efdbd18f32e56p-21));
    p = v_fma(p, u4, LOCAL(cubic)(u, u2, 0x1.5555555555535p-4, 0x1.99999999a079p-7, 0x1.24924920898a3p-9, 0x1.c71c741dfd954p-12));
#endif
    if (!COMPENSATED) return (PAIR){v_fma(v_mul(u, s), p, s), v_set(0)};
    PAIR sum = {s, v_fnma(excess, inverse, v_mul(v_mul(u, s), p))};
    return sum;
}

/* log(1 + e^(z + low)) for |z| <= FR_EXP_FULL: the positive part of z, and what e^-|z| adds. */
FORMULA(softplus_ordinary)(vec z, vec low, int has_low)
{
    vec fall = v_frombits(i_or(v_bits(z), i_set(FR_SIGN))), positive = v_max(v_set(0), z);
    PAIR l = LOCAL(log1p_exp)(fall, LOCAL(negated)(LOCAL(times_sign)(low, z)), has_low);
    if (!COMPENSATED) return v_add(positive, l.first);
    vec large = v_max(positive, l.first), small = v_min(positive, l.first);
    vec sum = v_add(large, small), lost = v_add(v_sub(small, v_sub(sum, large)), l.second);
    if (has_low) lost = v_add(lost, v_where(v_lt(v_set(0), z), low, v_set(0)));
    return v_add(sum, lost);
}

/* x / a as a quotient and what it lacks. The inverse of a parameter that is one number for the whole array is computed outside the
 * loop; the factor, applied to both, keeps it finite for a subnormal a. */
FORMULA(over_factor)(vec a) { return v_where(v_lt(v_abs(a), v_set(1 / FR_OVER_FACTOR)), v_set(FR_OVER_FACTOR), v_set(1)); }
FORMULA_PAIR(over)(vec x, vec a)
{
    vec factor = LOCAL(over_factor)(a);
    a = v_mul(a, factor), x = v_mul(x, factor);
    vec inverse = v_div(v_set(1), a), q = v_mul(x, inverse);
    PAIR both = {q, v_mul(v_fnma(q, a, x), inverse)};
    return both;
}
/* x / a to about half an ulp. */
FORMULA(divided)(vec x, vec a)
{
    PAIR q = LOCAL(over)(x, a);
    vec sum = v_add(q.first, q.second);
    return v_where(v_unordered(sum, sum), q.first, sum); /* infinite quotients lack NaN */
}
