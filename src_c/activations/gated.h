/* SPDX-License-Identifier: BSD-3-Clause */
/* Gated units: an activation of one half of what a layer gives, the gate, times the other half. */
#ifdef FORMULAS_FLOAT
#define FR_GATE_USUAL (LANE_BITS == 32 ? 86 : 700) /* act(gate) is normal for z from -this */
#define FR_GATE_FAR 1024                          /* the cubic of it is an ordinary number */
/* Where act(gate) is subnormal, its product with a large `up` is none. Far left, where z < -most, act(gate) is by e^(z + low),
 * and the three are multiplied and rounded once; an infinite `up` leaves of them the sign. Of a tiny gate act(gate) is a share
 * that a multiplication by it would lose. */
RARE(gated_rare)(vec act, vec gate, vec up, vec by, vec z, vec low, lane most)
{
    const mask finite = v_le(v_abs(gate), v_set(FR_LARGEST)), left = m_and(v_lt(z, v_set(-most)), finite);
    const mask tiny = v_lt(v_abs(by), v_set(2 * FR_MIN));
    const mask far = m_and(left, v_le(v_abs(up), v_set(FR_LARGEST)));
    const mask lost = m_and(m_and(finite, v_eq(act, v_set(0))), v_lt(v_set(FR_LARGEST), v_abs(up)));
    vec y = act;
    if (!m_all(far)) {
        vec factor = m_any(tiny) ? v_where(tiny, LOCAL(times_rare)(up, LOCAL(logistic)(1, z)), up) : up;
        y = LOCAL(times_any)(v_where(m_or(m_or(left, tiny), lost), by, act), factor);
    }
    if (!m_any(far)) return y;
    const vec one = v_set(1); /* no subnormal is multiplied where nothing is asked for */
    return v_where(far, LOCAL(times_exp_tail)(v_where(far, up, one), v_where(far, by, one), z, low, 1), y);
}
/* In ordinary tails, of no large `up`, the product is with act(gate) FR_LIFTED times as large, as gradients take it, and 0 where
 * the gate is held at FR_GONE. Other lanes are `rest`. */
FORCE_INLINE mask LOCAL(is_tail)(vec gate, vec up, lane least, lane most_up)
{
    const vec size = v_abs(gate), factor = v_abs(up);
    const mask ordinary = m_and(v_le(factor, v_set(most_up)), m_or(v_le(v_set(FR_FEW), factor), v_eq(up, v_set(0))));
    return m_and(m_and(v_le(v_set(least), size), v_le(size, v_set(FR_GATE_FAR))), ordinary);
}
#define FR_GATED_TAIL(gate, up, least, most_up, lifted, rest)       \
    const mask tail = LOCAL(is_tail)(gate, up, least, most_up);     \
    const vec one = v_set(1), g = v_where(tail, gate, one);         \
    vec y = LOCAL(times_lifted_of)(v_where(tail, up, one), lifted); \
    return m_all(tail) ? y : v_where(tail, y, rest)
FORMULA(gate_lifted)(vec gate, vec z, vec low, int has_low)
{
    if (has_low) low = v_where(v_le(v_abs(z), v_set(FR_GONE)), low, v_set(0));
    vec y = LOCAL(gate_of)(LOCAL(held)(gate, FR_GONE), LOCAL(held_tail)(z), low, has_low, FR_LIFT);
    return v_where(v_lt(v_set(FR_ALL), z), v_mul(gate, v_set(FR_LIFTED)), y);
}
/* A unit's gradients, dy up times the slope and dy times the value. `least` is the smallest of the factors that may be tiny: one
 * look at it serves all products. */
NO_INLINE PAIR LOCAL(gated_gradients_rare)(vec dy, vec up, vec slope, vec value)
{
    return (PAIR){LOCAL(times_any)(LOCAL(times_any)(dy, up), slope), LOCAL(times_any)(dy, value)};
}
FORMULA_PAIR(gated_gradients)(vec dy, vec up, vec slope, vec value, vec least)
{
    if (FR_LIKELY(!LOCAL(any_below)(least, FR_ROOT_OF_MIN)))
        return (PAIR){v_mul(v_mul(dy, up), slope), v_mul(dy, value)};
    return LOCAL(gated_gradients_rare)(v_aside(dy), v_aside(up), v_aside(slope), v_aside(value));
}
/* Both gradients of a gate x / (1 + e^-z) from one exponential: dy up times the slope, and dy times the gate's value, which is
 * the unit's where gates are neither usual, up to `most`, nor in an ordinary tail. `of` gives z, and w of the slope, for -|x|. */
typedef struct {
    vec z, low, w, w_low;
} LOCAL(gate_exponents);
typedef LOCAL(gate_exponents) LOCAL(gate_exponents_of)(vec x);
typedef vec LOCAL(gated_unit)(vec gate, vec up);
FORCE_INLINE PAIR LOCAL(gate_backward)(LOCAL(gate_exponents_of) * of, int has_low, vec dy, vec gate, vec up)
{
    const LOCAL(gate_exponents) e = of(LOCAL(off_0)(LOCAL(downwards)(gate)));
    const PAIR i = LOCAL(logistic_of)(1, e.z, e.low, has_low, 0);
    const vec slope = LOCAL(either_side)(gate, LOCAL(gate_slope_from)(i, e.w, e.w_low, has_low, 0));
    return LOCAL(gated_gradients)(dy, up, slope, LOCAL(gate_from)(i, gate, 0), LOCAL(smaller)(dy, up));
}
NO_INLINE PAIR LOCAL(gate_backward_rare)(LOCAL(gate_exponents) e, lane most, LOCAL(gated_unit) * unit, vec dy, vec gate, vec up)
{
    const mask tail = LOCAL(is_tail)(gate, dy, FR_NEAR_0, FR_BIG);
    const PAIR i = LOCAL(gate_lifted_from)(e.z, e.low, 1);
    const vec slope = LOCAL(gate_slope_lifted_from)(i, gate, e.z, e.w, e.w_low, 1), one = v_set(1);
    const vec dx = LOCAL(times_lifted)(LOCAL(times_either)(dy, up), slope);
    const vec act = LOCAL(gate_from)(i, v_max(v_set(-FR_GONE), LOCAL(not_near_0)(gate)), FR_LIFT);
    vec y = LOCAL(times_lifted_of)(v_where(tail, dy, one), act);
    if (m_all(tail)) return (PAIR){dx, y};
    const mask usual = m_and(m_and(v_le(v_set(FR_NEAR_0), v_abs(gate)), v_le(v_abs(gate), v_set(most))), m_not(tail));
    y = v_where(tail, y, unit(gate, dy));
    if (m_any(usual)) {
        const vec normal = v_mul(v_where(usual, act, one), v_set(1 / FR_LIFTED));
        y = v_where(usual, LOCAL(times_rare)(v_where(usual, dy, one), normal), y);
    }
    return (PAIR){dx, y};
}
/* act is an activation that is normal for |gate| from `least` to `most`. */
#define FR_GATED(name, act, least, most)                                                             \
    FORMULA(name)(vec gate, vec up, PARAMS)                                                          \
    {                                                                                                \
        if (FR_LIKELY(v_within(gate, least, most))) return LOCAL(times)(up, LOCAL(act)(gate, NULL)); \
        return LOCAL(name##_rare)(v_aside(gate), v_aside(up));                                       \
    }
/* The activation's gradient, dy times `up` coming in; and the unit with dy for `up`. */
#define FR_GATED_BACKWARD(name, act)                                                                          \
    FORMULA_PAIR(name##_backward)(vec dy, vec gate, vec up, PARAMS)                                           \
    {                                                                                                         \
        return (PAIR){LOCAL(act##_backward)(LOCAL(times_either)(dy, up), gate, p), LOCAL(name)(gate, dy, p)}; \
    }

RARE(glu_rare)(vec gate, vec up)
{
    FR_GATED_TAIL(gate, up, 0, FR_BIG, LOCAL(logistic_lifted)(g),
                  LOCAL(gated_rare)(LOCAL(logistic_rare)(gate), gate, up, one, gate, v_set(0), FR_GATE_USUAL));
}
FR_GATED(glu, sigmoid, 0, FR_USUAL)
FR_GATED_BACKWARD(glu, sigmoid)

FORMULA(reglu)(vec gate, vec up, PARAMS) { return LOCAL(times_either)(LOCAL(relu)(gate, p), up); }
FORMULA_PAIR(reglu_backward)(vec dy, vec gate, vec up, PARAMS)
{
    const vec least = v_min(LOCAL(smaller)(dy, up), v_abs(gate));
    PAIR y = LOCAL(gated_gradients)(dy, up, v_set(1), LOCAL(relu)(gate, p), least);
    y.first = v_unless(v_le(gate, v_set(0)), y.first);
    return y;
}

/* With u = 1 / gate^2 GELU's tail is -e^(-gate^2 / 2) / sqrt(2 pi) (1 - u + 3 u^2 - 15 u^3 + ...). */
RARE(geglu_far)(vec gate, vec up)
{
    static const lane odd_factorials[] = {1, -3, 15, -105, 945, -10395};
    const vec half = v_mul(v_set((lane)0.5), v_abs(gate)), peak = v_set(density_table.peak), low = v_set(density_table.peak_low);
    vec z = v_mul(half, gate), u = v_div(v_set(1), v_mul(gate, gate)), lacks = v_mul(u, FR_POLYNOMIAL(u, odd_factorials));
    vec by = v_where(v_lt(gate, v_set(-1)), v_sub(v_fms(peak, lacks, low), peak), gate);
    return LOCAL(gated_rare)(LOCAL(gelu_rare)(gate), gate, up, by, z, v_fms(half, gate, z), FR_GATE_USUAL - 1);
}
RARE(geglu_rare)(vec gate, vec up)
{
#if LANE_BITS == 32
    FR_GATED_TAIL(gate, up, FR_NEAR_0, 32, LOCAL(gelu_lifted)(g), LOCAL(geglu_far)(gate, up));
#else
    return LOCAL(geglu_far)(gate, up);
#endif
}
FR_GATED(geglu, gelu, FR_NEAR_0, FR_GELU_USUAL)
#if LANE_BITS == 32
/* Value and slope from one exponential and one quotient of polynomials. */
FORMULA_PAIR(geglu_backward_usual)(vec gate, vec a)
{
    const LOCAL(gelu_parts) g = LOCAL(gelu_of)(a, NULL);
    return (PAIR){LOCAL(either_side)(gate, LOCAL(gelu_slope_from)(a, g)), LOCAL(gelu_sides)(gate, a, g)};
}
NO_INLINE PAIR LOCAL(geglu_backward_rare)(vec dy, vec gate, vec up)
{
    const vec one = v_set(1), size = v_abs(gate), by = LOCAL(times_rare)(dy, up);
    const mask usual = m_and(v_le(v_set(FR_NEAR_0), size), v_le(size, v_set(FR_GELU_USUAL)));
    const vec slope = LOCAL(geglu_backward_usual)(v_where(usual, gate, one), v_where(usual, size, one)).first;
    vec dx = LOCAL(gelu_backward)(by, gate, NULL);
    if (m_any(usual)) dx = v_where(usual, LOCAL(times_rare)(by, slope), dx);
    return (PAIR){dx, LOCAL(geglu_rare)(gate, dy)};
}
FORMULA_PAIR(geglu_backward)(vec dy, vec gate, vec up, PARAMS)
{
    if (!FR_LIKELY(v_within(gate, FR_NEAR_0, FR_GELU_USUAL)))
        return LOCAL(geglu_backward_rare)(v_aside(dy), v_aside(gate), v_aside(up));
    const PAIR usual = LOCAL(geglu_backward_usual)(gate, v_abs(gate));
    return LOCAL(gated_gradients)(dy, up, usual.first, usual.second, LOCAL(smaller)(dy, up));
}
#else
FR_GATED_BACKWARD(geglu, gelu)
#endif

RARE(geglu_tanh_rare)(vec gate, vec up)
{
    PAIR z = LOCAL(gelu_tanh_exponent)(LOCAL(not_near_0)(gate));
    FR_GATED_TAIL(
        gate, up, FR_NEAR_0, FR_BIG, LOCAL(gate_lifted)(g, z.first, z.second, 1),
        LOCAL(gated_rare)(LOCAL(gate_rare)(gate, z.first, z.second, 1), gate, up, gate, z.first, z.second, FR_GATE_USUAL));
}
FR_GATED(geglu_tanh, gelu_tanh, FR_NEAR_0, FR_GELU_TANH_MOST)
FORCE_INLINE LOCAL(gate_exponents) LOCAL(geglu_tanh_exponents)(vec x)
{
    const PAIR z = LOCAL(gelu_tanh_exponent)(x), w = LOCAL(gelu_tanh_rise)(x);
    return (LOCAL(gate_exponents)){z.first, z.second, w.first, w.second};
}
NO_INLINE PAIR LOCAL(geglu_tanh_backward_rare)(vec dy, vec gate, vec up)
{
    const vec held = LOCAL(off_0)(v_max(v_set(-32), LOCAL(downwards)(gate)));
    const LOCAL(gate_exponents) e = LOCAL(geglu_tanh_exponents)(held);
    return LOCAL(gate_backward_rare)(e, FR_GELU_TANH_SLOPE_MOST, LOCAL(geglu_tanh_rare), dy, gate, up);
}
FORMULA_PAIR(geglu_tanh_backward)(vec dy, vec gate, vec up, PARAMS)
{
    if (FR_LIKELY(v_within(gate, FR_NEAR_0, FR_GELU_TANH_SLOPE_MOST)))
        return LOCAL(gate_backward)(LOCAL(geglu_tanh_exponents), 1, dy, gate, up);
    return LOCAL(geglu_tanh_backward_rare)(v_aside(dy), v_aside(gate), v_aside(up));
}

RARE(swiglu_of_1_tail)(vec gate, vec up)
{
    const vec none = v_set(0);
    FR_GATED_TAIL(
        gate, up, FR_NEAR_0, FR_BIG, LOCAL(gate_lifted)(g, g, none, 0),
        LOCAL(gated_rare)(LOCAL(gate_rare)(gate, LOCAL(not_near_0)(gate), none, 0), gate, up, gate, gate, none, FR_GATE_USUAL));
}
/* gate up / (1 + e^-gate): where the product is an ordinary number, it goes the gate's way, and `up` need not be kept. */
RARE(swiglu_of_1_rare)(vec gate, vec up)
{
    const vec one = v_set(1), least = v_set(FR_NEAR_0), size = v_abs(gate), n = v_mul(gate, up);
    mask usual = m_and(v_le(least, size), v_le(size, v_set(FR_USUAL)));
    usual = m_and(usual, m_or(v_le(least, v_abs(up)), v_eq(up, v_set(0))));
    usual = m_and(usual, v_le(v_abs(n), v_set(FR_LARGEST)));
    vec y = LOCAL(swiglu_of_1_tail)(gate, up), z = v_where(usual, gate, one);
    return m_any(usual) ? v_where(usual, LOCAL(gate_of)(v_where(usual, n, one), z, z, 0, 0), y) : y;
}
FORMULA(swiglu_of_1)(vec gate, vec up)
{
    if (FR_LIKELY(v_within(gate, FR_NEAR_0, FR_USUAL) && !LOCAL(any_below)(up, FR_NEAR_0))) {
        vec y = LOCAL(gate_of)(v_mul(gate, up), gate, gate, 0, 0);
        /* An infinite product leaves NaN, but infinity without low parts. */
        if (FR_LIKELY(COMPENSATED ? !v_any_nan(y) : v_within(y, 0, FR_LARGEST))) return y;
    }
    return LOCAL(swiglu_of_1_rare)(v_aside(gate), v_aside(up));
}
RARE(swiglu_any)(vec gate, vec up, vec beta)
{
    const PAIR z = LOCAL(product)(beta, gate);
    vec act = LOCAL(swish_any)(gate, beta);
    vec y = LOCAL(gated_rare)(act, gate, up, gate, z.first, z.second, FR_GATE_USUAL);
    y = v_where(v_eq(v_abs(beta), v_set(FR_INFINITY)), LOCAL(times_rare)(act, up), y);
    FR_BUT_AT(beta, 1, LOCAL(swiglu_of_1_rare)(gate, up), y);
}
FORMULA(swiglu)(vec gate, vec up, PARAMS)
{
    FR_AT(1, LOCAL(swiglu_of_1)(gate, up), LOCAL(swiglu_any)(v_aside(gate), v_aside(up), v_aside(p[0])));
}
FORCE_INLINE LOCAL(gate_exponents) LOCAL(swiglu_exponents)(vec x) { return (LOCAL(gate_exponents)){x, v_set(0), x, v_set(0)}; }
NO_INLINE PAIR LOCAL(swiglu_backward_of_1_rare)(vec dy, vec gate, vec up)
{
    const LOCAL(gate_exponents) e = LOCAL(swiglu_exponents)(LOCAL(off_0)(LOCAL(downwards)(gate)));
    return LOCAL(gate_backward_rare)(e, FR_USUAL_HALF, LOCAL(swiglu_of_1_rare), dy, gate, up);
}
NO_INLINE PAIR LOCAL(swiglu_backward_any)(vec dy, vec gate, vec up, vec beta)
{
    const mask here = v_eq(beta, v_set(1));
    const PAIR y = {LOCAL(swish_backward_any)(LOCAL(times_rare)(dy, up), gate, beta), LOCAL(swiglu_any)(gate, dy, beta)};
    if (!m_any(here)) return y;
    const PAIR of_1 = LOCAL(swiglu_backward_of_1_rare)(dy, gate, up);
    return (PAIR){v_where(here, of_1.first, y.first), v_where(here, of_1.second, y.second)};
}
FORMULA_PAIR(swiglu_backward)(vec dy, vec gate, vec up, PARAMS)
{
    if (!FR_LIKELY(m_all(v_eq(p[0], v_set(1)))))
        return LOCAL(swiglu_backward_any)(v_aside(dy), v_aside(gate), v_aside(up), v_aside(p[0]));
    if (FR_LIKELY(v_within(gate, FR_NEAR_0, FR_USUAL_HALF)))
        return LOCAL(gate_backward)(LOCAL(swiglu_exponents), 0, dy, gate, up);
    return LOCAL(swiglu_backward_of_1_rare)(v_aside(dy), v_aside(gate), v_aside(up));
}
#endif

KERNEL(SMOOTH, glu, 2, 0, 1)
KERNEL(SMOOTH, glu_backward, 3, 0, 2)
ACTIVATION(
    .name = "glu",
    .gates = "sigmoid",
    .title = "gated linear unit",
    .source = "Dauphin, Fan, Auli & Grangier, Language modeling with gated convolutional networks, 2017",
    .max_ulp = 2,
    .max_ulp_backward = 1.6,
    .torch = "torch.sigmoid(gate) * up")
KERNEL(PIECEWISE, reglu, 2, 0, 1)
KERNEL(PIECEWISE, reglu_backward, 3, 0, 2)
ACTIVATION(
    .name = "reglu",
    .gates = "relu",
    .title = "gated linear unit with a rectifier",
    .source = "Shazeer, GLU variants improve transformer, 2020",
    .max_ulp = 0.5,
    .max_ulp_backward = 0.5,
    .torch = "F.relu(gate) * up")
KERNEL(SMOOTH, geglu, 2, 0, 1)
KERNEL(SMOOTH, geglu_backward, 3, 0, 2)
ACTIVATION(
    .name = "geglu",
    .gates = "gelu",
    .title = "gated linear unit with GELU",
    .source = "Shazeer, GLU variants improve transformer, 2020",
    .max_ulp = 2,
    .max_ulp_backward = 2,
    .torch = "F.gelu(gate) * up")
KERNEL(SMOOTH, geglu_tanh, 2, 0, 1)
KERNEL(SMOOTH, geglu_tanh_backward, 3, 0, 2)
ACTIVATION(
    .name = "geglu_tanh",
    .gates = "gelu_tanh",
    .title = "gated linear unit with GELU by a tanh",
    .source = "Shazeer, GLU variants improve transformer, 2020",
    .max_ulp = 2,
    .max_ulp_backward = 2,
    .torch = "F.gelu(gate, approximate='tanh') * up")
KERNEL(SMOOTH, swiglu, 2, 1, 1)
KERNEL(SMOOTH, swiglu_backward, 3, 1, 2)
ACTIVATION(
    .name = "swiglu",
    .gates = "swish",
    .title = "gated linear unit with swish",
    .params = {{"beta", 1, 0, "slope of the gate's sigmoid: 1 makes the activation SiLU"}},
    .source = "Shazeer, GLU variants improve transformer, 2020",
    .max_ulp = 2,
    .max_ulp_backward = 2,
    .torch = "F.silu(gate) * up")
