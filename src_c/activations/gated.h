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
        vec factor = m_any(tiny) ? v_where(tiny, LOCAL(times_rare)(v_aside(up), LOCAL(logistic)(1, z)), up) : up;
        y = LOCAL(times_any)(v_where(m_or(m_or(left, tiny), lost), by, act), factor);
    }
    if (!m_any(far)) return y;
    const vec one = v_set(1); /* no subnormal is multiplied where nothing is asked for */
    return v_where(far, LOCAL(times_exp_tail)(v_where(far, up, one), v_where(far, by, one), z, low, 1), y);
}
/* In ordinary tails, of no large `up`, the product is with act(gate) FR_LIFTED times as large, as gradients take it: 0 from where
 * act of a gate held at FR_GONE gives it. Other lanes are `rest`. */
FORCE_INLINE mask LOCAL(is_tail)(vec gate, vec up, lane least)
{
    const vec size = v_abs(gate), factor = v_abs(up);
    const mask ordinary = m_and(v_le(factor, v_set(FR_BIG)), m_or(v_le(v_set(FR_FEW), factor), v_eq(up, v_set(0))));
    return m_and(m_and(v_le(v_set(least), size), v_le(size, v_set(FR_GATE_FAR))), ordinary);
}
#define FR_GATED_TAIL(gate, up, least, lifted, rest)                \
    const mask tail = LOCAL(is_tail)(gate, up, least);              \
    const vec one = v_set(1), g = v_where(tail, gate, one);         \
    vec y = LOCAL(times_lifted_of)(v_where(tail, up, one), lifted); \
    return m_all(tail) ? y : v_where(tail, y, rest)
FORMULA(gate_lifted)(vec gate, vec z, vec low, int has_low)
{
    if (has_low) low = v_where(v_le(v_abs(z), v_set(FR_GONE)), low, v_set(0));
    vec y = LOCAL(gate_of)(LOCAL(held)(gate, FR_GONE), LOCAL(held_tail)(z), low, has_low, FR_LIFT);
    return v_where(v_lt(v_set(FR_ALL), z), v_mul(gate, v_set(FR_LIFTED)), y);
}
/* act is an activation that is normal for |gate| from `least` to `most`. */
#define FR_GATED(name, act, least, most)                                                             \
    FORMULA(name)(vec gate, vec up, PARAMS)                                                          \
    {                                                                                                \
        if (FR_LIKELY(v_within(gate, least, most))) return LOCAL(times)(up, LOCAL(act)(gate, NULL)); \
        return LOCAL(name##_rare)(v_aside(gate), v_aside(up));                                                         \
    }
/* The activation's gradient, dy times `up` coming in; and the unit with dy for `up`. */
#define FR_GATED_BACKWARD(name, act)                                                                          \
    FORMULA_PAIR(name##_backward)(vec dy, vec gate, vec up, PARAMS)                                           \
    {                                                                                                         \
        return (PAIR){LOCAL(act##_backward)(LOCAL(times_either)(dy, up), gate, p), LOCAL(name)(gate, dy, p)}; \
    }

RARE(glu_rare)(vec gate, vec up)
{
    FR_GATED_TAIL(gate, up, 0, LOCAL(logistic_lifted)(g),
                  LOCAL(gated_rare)(LOCAL(logistic_rare)(gate), v_aside(gate), v_aside(up), v_aside(one), v_aside(gate), v_set(0), FR_GATE_USUAL));
}
FR_GATED(glu, sigmoid, 0, FR_USUAL)
FR_GATED_BACKWARD(glu, sigmoid)

FORMULA(reglu)(vec gate, vec up, PARAMS) { return LOCAL(times_either)(LOCAL(relu)(gate, p), up); }
FR_GATED_BACKWARD(reglu, relu)

/* With u = 1 / gate^2 GELU's tail is -e^(-gate^2 / 2) / sqrt(2 pi) (1 - u + 3 u^2 - 15 u^3 + ...). */
RARE(geglu_rare)(vec gate, vec up)
{
    static const lane odd_factorials[] = {1, -3, 15, -105, 945, -10395};
    const vec half = v_mul(v_set((lane)0.5), v_abs(gate)), peak = v_set(density_table.peak), low = v_set(density_table.peak_low);
    vec z = v_mul(half, gate), u = v_div(v_set(1), v_mul(gate, gate)), lacks = v_mul(u, FR_POLYNOMIAL(u, odd_factorials));
    vec by = v_where(v_lt(gate, v_set(-1)), v_sub(v_fms(peak, lacks, low), peak), gate);
    return LOCAL(gated_rare)(LOCAL(gelu_rare)(v_aside(gate)), v_aside(gate), v_aside(up), v_aside(by), v_aside(z), v_fms(half, gate, z), FR_GATE_USUAL - 1);
}
FR_GATED(geglu, gelu, FR_NEAR_0, FR_GELU_USUAL)
FR_GATED_BACKWARD(geglu, gelu)

RARE(geglu_tanh_rare)(vec gate, vec up)
{
    PAIR z = LOCAL(gelu_tanh_exponent)(LOCAL(not_near_0)(gate));
    FR_GATED_TAIL(
        gate, up, FR_NEAR_0, LOCAL(gate_lifted)(g, z.first, z.second, 1),
        LOCAL(gated_rare)(LOCAL(gate_rare)(gate, z.first, z.second, 1), v_aside(gate), v_aside(up), v_aside(gate), v_aside(z.first), v_aside(z.second), FR_GATE_USUAL));
}
FR_GATED(geglu_tanh, gelu_tanh, FR_NEAR_0, FR_GELU_TANH_MOST)
FR_GATED_BACKWARD(geglu_tanh, gelu_tanh)

RARE(swiglu_of_1_rare)(vec gate, vec up)
{
    const vec none = v_set(0);
    FR_GATED_TAIL(
        gate, up, FR_NEAR_0, LOCAL(gate_lifted)(g, g, none, 0),
        LOCAL(gated_rare)(LOCAL(gate_rare)(gate, LOCAL(not_near_0)(gate), none, 0), v_aside(gate), v_aside(up), v_aside(gate), v_aside(gate), v_aside(none), FR_GATE_USUAL));
}
FR_GATED(swiglu_of_1, silu, FR_NEAR_0, FR_USUAL)
RARE(swiglu_any)(vec gate, vec up, vec beta)
{
    const mask here = v_eq(beta, v_set(1));
    const PAIR z = LOCAL(product)(beta, gate);
    vec act = LOCAL(swish_any)(v_aside(gate), v_aside(beta));
    vec y = LOCAL(gated_rare)(v_aside(act), v_aside(gate), v_aside(up), v_aside(gate), v_aside(z.first), v_aside(z.second), FR_GATE_USUAL);
    y = v_where(v_eq(v_abs(beta), v_set(FR_INFINITY)), LOCAL(times_rare)(v_aside(act), v_aside(up)), y);
    return m_any(here) ? v_where(here, LOCAL(swiglu_of_1)(gate, up, NULL), y) : y;
}
FORMULA(swiglu)(vec gate, vec up, PARAMS)
{
    return FR_LIKELY(m_all(v_eq(p[0], v_set(1)))) ? LOCAL(swiglu_of_1)(gate, up, p) : LOCAL(swiglu_any)(v_aside(gate), v_aside(up), v_aside(p[0]));
}
FR_GATED_BACKWARD(swiglu, swish)
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
