/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops, once for all activations, types and instruction sets. A room defines the vocabulary, `elem` and ROOM, then includes
 * this file, which makes of every KERNEL a sweep over contiguous elements, and of the whole list the table fr_<ROOM>. */

/* How an activation file writes: FORMULA(name)(vec x, PARAMS) { … p[0] … }, FORMULA_PAIR for one that returns PAIR. */
#define FORMULA(name) FORCE_INLINE vec LOCAL(name)
#define FORMULA_PAIR(name) FORCE_INLINE PAIR LOCAL(name)
#define PARAMS const vec *p FR_UNUSED
#define PAIR LOCAL(pair)

#if LANE_BITS == 32
#define FR_LARGEST FLT_MAX
#else
#define FR_LARGEST DBL_MAX
#endif
#define FR_INFINITY ((lane)INFINITY)

typedef struct {
    vec first, second;
} PAIR;

/* Whether formulas carry what rounding cuts along. What is rounded to 16 bits in the end does not need it: narrow.h. */
#ifdef NARROW
#define COMPENSATED 0
#define FR_DIGITS FR_GLUE(FR_DIGITS, NARROW)
#else
#define COMPENSATED 1
#define FR_DIGITS LANE_BITS
#endif
/* Whether 16-bit functions are looked up in tables that are cheap in some rooms only. Others compute them: what every input rounds
 * right gives the same bytes, and so may a vector with a lane outside the table. A gradient would not, as its dy may be anything. */
#if defined NARROW && LUT32_IS_CHEAP
#define FR_TABLED 1
#else
#define FR_TABLED 0
#endif
/* Whether a lane may be subnormal: none that a float16 was loaded into is. */
#define SUBNORMAL_LANES (FR_DIGITS != 11)

#ifndef INTEGER_ROOM
#include "vmath.h"
#include "vmath_pieces.h"
#endif

typedef void LOCAL(step)(const vec *in, const vec *p, vec *out);
typedef size_t LOCAL(walker)(char *const *bytes, size_t i, size_t least, size_t end, int how);
enum { LOCAL(uniformly) = 1, LOCAL(past_caches) = 2 }; /* how */
#ifndef INTEGER_ROOM
#include "tiny.h"
#endif

/* The vectors at element i, or its first `part` elements where that is not 0; indices are constants once this is inlined. */
#if LANES > 1
#define FR_LOAD(k) (part ? v_load_part(in[k] + i, part) : v_load(in[k] + i))
#else
#define FR_LOAD(k) v_load(in[k] + i)
#endif
FORCE_INLINE void LOCAL(load)(int arrays, int params, int uniform, elem *const *in, size_t i, size_t part, const vec *uniform_p,
                              vec *x, vec *p)
{
    (void)part;
    x[0] = FR_LOAD(0);
    if (arrays > 1) x[1] = FR_LOAD(1);
    if (arrays > 2) x[2] = FR_LOAD(2);
    if (params > 0) p[0] = uniform ? uniform_p[0] : FR_LOAD(arrays);
    if (params > 1) p[1] = uniform ? uniform_p[1] : FR_LOAD(arrays + 1);
}

/* What a sweep remembers of a function: whether its parameter is one for which less is to be looked at, and its side of two lines
 * at 2^-6, -2^-6, 4 and -4; see narrow.h. */
typedef struct {
    int known_p, known;
    lane side[LANES]; /* bits */
} LOCAL(probe);
#ifdef NARROW
#include "narrow.h"
#define FR_INDEX(name) FR_GLUE(LOCAL(name), index)
#define FR_STORED packed
#define ACTIVATION(...)
#define KERNEL(family, name, arrays, params, outs) FR_INDEX(name),
enum {
#include "activations.h"
};
#undef KERNEL
#undef ACTIVATION
#else
#define FR_STORED vec
#define FR_INDEX(name) 0
#define FR_KNOWN_AT(family) 0
FORCE_INLINE vec LOCAL(merged)(mask which, vec a, vec b) { return v_where(which, a, b); }
FORCE_INLINE void LOCAL(store_of)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, const vec *x,
                                  const vec *p, const vec *y, size_t valid, LOCAL(probe) * probe, vec *stored)
{
    (void)step, (void)kernel, (void)family, (void)arrays, (void)params, (void)x, (void)p, (void)valid, (void)probe;
    for (int k = 0; k < outs; k++) stored[k] = y[k];
}
#endif

/* What is to be stored of `count` whole vectors, or of one part. */
FORCE_INLINE void LOCAL(compute)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, int uniform,
                                 elem *const *in, size_t i, int count, size_t part, const vec *uniform_p, LOCAL(probe) * probe,
                                 FR_STORED (*stored)[2])
{
    vec y[2], x[3], p[FR_MAX_PARAMS];
    for (int c = 0; c < count; c++) {
        LOCAL(load)(arrays, params, uniform, in, i + (size_t)c * LANES, part, uniform_p, x, p);
        step(x, p, y);
        LOCAL(probe) *own = uniform ? probe : NULL;
        LOCAL(store_of)(step, kernel, family, arrays, params, outs, x, p, y, part ? part : LANES, own, stored[c]);
    }
}

/* The whole vectors of a cache line. */
#define FR_LINE ((int)(LANES * sizeof(elem) < 64 ? 64 / (LANES * sizeof(elem)) : 1))

/* Whole vectors, up to a line with a hint. Every load comes before the stores, so that an output may be exactly an input. */
FORCE_INLINE void LOCAL(advance)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, int uniform,
                                 elem *const *operand, size_t i, int count, const vec *p, LOCAL(probe) * probe,
                                 const fr_hint *hint)
{
    elem *const *out = operand + arrays + params;
    FR_STORED y[4][2];
    LOCAL(compute)(step, kernel, family, arrays, params, outs, uniform, operand, i, count, 0, p, probe, y);
    for (int k = 0; hint && k < arrays; k++) {
        const char *ahead = (const char *)(operand[k] + i) + hint->ahead[k];
        if (hint->near)
            FR_PREFETCH_NEAR(ahead);
        else
            FR_PREFETCH(ahead);
    }
    /* Not in place, where it is an input's line too, nor where stores bypass the caches: it would be fetched for nothing. */
    if (hint && !hint->stream && hint->outs)
        for (int k = 0; k < outs; k++) FR_PREFETCH((const char *)(out[k] + i) + hint->ahead[arrays + params + k]);
    for (int c = 0; c < count; c++, i += LANES) {
        if (hint && hint->stream) {
            v_stream(out[0] + i, y[c][0]);
            if (outs > 1) v_stream(out[1] + i, y[c][1]);
        } else {
            v_store(out[0] + i, y[c][0]);
            if (outs > 1) v_store(out[1] + i, y[c][1]);
        }
    }
}

#ifndef INTEGER_ROOM
/* A step in which tiny lanes are set apart, if there are any; and it `asks` what holds for all. */
FORCE_INLINE void LOCAL(with_care)(LOCAL(step) * step, int family, int arrays, int params, int outs, int tiny, mask tame,
                                   int asks, LOCAL(near_0) * near, const vec *x, const vec *p, vec *y)
{
    vec in[2], before[2] = {v_set(0), v_set(0)};
    LOCAL(tiny_lanes) lanes = {m_none(), m_none()};
    mask again = m_none();
    for (int turn = asks ? -1 : 0;; turn++) {
        if (turn < 0) {
            LOCAL(ask_near_0)(family, arrays, in);
        } else {
            for (int k = 0; k < arrays; k++) in[k] = x[k];
            if (tiny && turn == 0) lanes = LOCAL(set_apart)(family, arrays, tame, x, in);
        }
        step(in, p, y);
        if (turn < 0) {
            LOCAL(keep_near_0)(family, arrays, params, outs, p, y, near);
            continue;
        }
        if (turn) {
            for (int k = 0; k < outs; k++) y[k] = v_where(again, y[k], before[k]);
            return;
        }
        if (!tiny) return;
        again = LOCAL(put_back)(family, arrays, params, outs, x, p, lanes, y);
        if (arrays == 1 || !m_any(again)) return;
        for (int k = 0; k < outs; k++) before[k] = y[k];
    }
}
/* Whether only some lanes have the parameter that FR_KNOWN_AT names. They get what they would get without the others, so that an
 * array of parameters gives what a number does. */
FORCE_INLINE int LOCAL(is_mixed)(int family, vec p)
{
#ifdef NARROW
    if (!FR_KNOWN_AT(family)) return 0;
    const mask known = v_eq(p, v_set(FR_KNOWN_AT(family)));
    return m_any(known) && !m_all(known);
#else
    (void)family, (void)p;
    return 0;
#endif
}
/* Vectors one by one from element i, up to `least` and on while they have tiny lanes, but at most to `end`, with a part there.
 * Returns how far. It is apart from the loops, once for a kernel: heads and tails of sweeps, and tiny lanes. */
FORCE_INLINE size_t LOCAL(walk)(LOCAL(step) * step, int kernel, int family, int arrays, int params, int outs, char *const *bytes,
                                size_t i, size_t least, size_t end, int how)
{
    elem *operand[FR_MAX_OPERANDS], *const *out = operand + arrays + params;
    vec uniform_p[FR_MAX_PARAMS], p[FR_MAX_PARAMS] = {v_set(0)}, x[2], y[2];
    const int uniform = how & LOCAL(uniformly);
    for (int k = 0; k < arrays + params + outs; k++) operand[k] = (elem *)(void *)bytes[k];
    for (int k = 0; k < params; k++) uniform_p[k] = uniform ? v_broadcast(operand[arrays + k]) : v_set(0);
    const mask tame = LOCAL(tame)(family, params, uniform_p);
    LOCAL(near_0) near; /* not cleared: heads and tails come by here, too */
    near.known = FR_ASKS_ONCE(family) && uniform && m_all(tame) ? LOCAL(unasked) : LOCAL(useless);
    for (size_t count; i < end; i += count) {
        count = end - i < LANES ? end - i : LANES;
        const size_t part = count % LANES;
        LOCAL(load)(arrays, params, uniform, operand, i, part, uniform_p, x, p);
        const int tiny = FR_APART(family) && LOCAL(any_tiny)(x, arrays);
        if (i >= least && !tiny) break;
        FR_STORED stored[2];
        const int full = FR_ASKS_ONCE(family) && tiny && near.known && m_all(LOCAL(is_tiny)(x[arrays - 1]));
        const int known = full && near.known == LOCAL(useful) && LOCAL(is_near_0)(&near, arrays, outs, x, y);
        const int mixed = LOCAL(is_mixed)(family, p[0]);
        for (int pass = 0; pass <= mixed; pass++) {
            vec used[FR_MAX_PARAMS] = {v_set(0)};
            for (int k = 0; k < params; k++) used[k] = p[k];
            if (pass) used[0] = v_set(FR_KNOWN_AT(family));
            const mask fit = uniform ? tame : LOCAL(tame)(family, params, used);
            const int asks = full && near.known == LOCAL(unasked);
            if (!known) LOCAL(with_care)(step, family, arrays, params, outs, tiny, fit, asks, &near, x, used, y);
            FR_STORED all[2];
            LOCAL(store_of)(step, kernel, family, arrays, params, outs, x, used, y, count, NULL, all);
            for (int k = 0; k < outs; k++) stored[k] = pass ? LOCAL(merged)(v_eq(p[0], used[0]), all[k], stored[k]) : all[k];
        }
        for (int k = 0; k < outs; k++) {
#if LANES > 1
            if (part && how & LOCAL(past_caches)) {
                elem whole[LANES];
                v_store(whole, stored[k]);
                stream_part(out[k] + i, whole, part * sizeof(elem));
            } else if (part) {
                v_store_part(out[k] + i, stored[k], part);
            } else
#endif
                v_store(out[k] + i, stored[k]);
        }
    }
    return i;
}
/* Whether `count` vectors have a tiny lane, or parameters that walk() takes in two passes. */
FORCE_INLINE int LOCAL(meets_tiny)(int family, int arrays, int uniform, elem *const *operand, size_t i, int count)
{
    for (int k = 0; !uniform && LANES > 1 && FR_KNOWN_AT(family) && k < count; k++)
        if (LOCAL(is_mixed)(family, v_load(operand[arrays] + i + k * LANES))) return 1;
    if (!FR_APART(family)) return 0;
#ifdef MEETS_TINY
    return meets_tiny(operand, arrays, i, count);
#else
    mask tiny[2] = {m_none(), m_none()};
    for (int k = 0; k < count; k++)
        for (int a = 0; a < arrays; a++) tiny[a] = m_or(tiny[a], LOCAL(is_tiny)(v_load(operand[a] + i + k * LANES)));
    return arrays > 1 ? m_any_of(tiny[0], tiny[1]) : m_any(tiny[0]);
#endif
}
#define FR_WALKS(family) ((family) >= FR_MULTIPLIED)
#define FR_MEETS_TINY(count) LOCAL(meets_tiny)(family, arrays, uniform, operand, i, count)
#else
#define FR_WALKS(family) 0
#define FR_MEETS_TINY(count) 0
#endif

#define FR_ADVANCE(at, count, hint) \
    LOCAL(advance)(step, kernel, family, arrays, params, outs, uniform, operand, at, count, p, &probe, hint)
/* `group` vectors are looked at together and computed `count` by `count`. */
#define FR_RUN_BY(group, count, hint)                                                  \
    while (i + (group)*LANES <= n) {                                                   \
        const size_t next = i + (group)*LANES;                                         \
        if (FR_WALKS(family) && !FR_ALWAYS(!FR_MEETS_TINY(group)))                     \
            i = walk(bytes, i, next, n, how);                                          \
        else                                                                           \
            FR_ROLLED for (; i < next; i += (count)*LANES) FR_ADVANCE(i, count, hint); \
    }
#define FR_RUN(group, count, hint) \
    FR_RUN_BY(group, count, hint)  \
    if ((group) > 1) FR_RUN_BY(1, 1, hint)
FORCE_INLINE void LOCAL(sweep)(LOCAL(step) * step, LOCAL(walker) * walk, int kernel, int family, int arrays, int params, int outs,
                               int uniform, char *const *bytes, size_t n, const fr_hint *hint)
{
    elem *operand[FR_MAX_OPERANDS];
    vec p[FR_MAX_PARAMS];
    LOCAL(probe) probe;
    probe.known = 0;
    if (n == 0) return;
    for (int k = 0; k < arrays + params + outs; k++) operand[k] = (elem *)(void *)bytes[k];
    if (uniform && params > 0) p[0] = v_broadcast(operand[arrays]);
    if (uniform && params > 1) p[1] = v_broadcast(operand[arrays + 1]);
#ifdef NARROW
    probe.known_p = uniform && FR_KNOWN_AT(family) && m_all(v_eq(p[0], v_set(FR_KNOWN_AT(family))));
#endif

    int how = uniform ? LOCAL(uniformly) : 0;
#if LANES == 1
    (void)hint;
    if (FR_WALKS(family) && family > FR_MULTIPLIED) {
        walk(bytes, 0, n, n, how); /* the compiler makes vectors of hardly any of these */
        return;
    }
    FR_IVDEP
    for (size_t i = 0; i < n; i++) FR_ADVANCE(i, 1, NULL);
#else
    elem *const *out = operand + arrays + params;
    /* A long run starts with a part of a vector, so that all other stores are aligned, and every run ends with one. Memory is
     * gone through in order: loading the last whole vector first, to spare the part, halves the speed of rows, because it
     * misleads the processor's prefetchers. */
    size_t i = 0, part = 0;
    if (n >= 16 * LANES) {
        part = (0 - (uintptr_t)out[0] / sizeof(elem)) % LANES;
        if (outs > 1 && ((uintptr_t)out[0] ^ (uintptr_t)out[1]) % (LANES * sizeof(elem))) hint = NULL;
    } else {
        hint = NULL;
    }
    if (hint && hint->stream) how |= LOCAL(past_caches);
    for (int end = 0; end < 2; end++) {
        if (part && FR_WALKS(family)) {
            i = walk(bytes, i, i + part, i + part, how);
        } else if (part) {
            FR_STORED y[1][2];
            LOCAL(compute)(step, kernel, family, arrays, params, outs, uniform, operand, i, 1, part, p, &probe, y);
            for (int k = 0; k < outs; k++) {
                if (hint && hint->stream) {
                    elem whole[LANES];
                    v_store(whole, y[0][k]);
                    stream_part(out[k] + i, whole, part * sizeof(elem));
                } else {
                    v_store_part(out[k] + i, y[0][k], part);
                }
            }
            i += part;
        }
        if (end) break;
        /* A copy that no store can change stays in registers; without a hint, the line at hand is asked for, to no effect. */
        fr_hint own = {0};
        if (hint) own = *hint;
        if (family >= FR_ROUNDED_OFTEN) {
            FR_RUN_BY(4, 1, &own) /* and the walk takes the rest */
        } else if (hint) {
            FR_RUN(FR_LINE, FR_LINE, &own)
        } else {
            FR_RUN(4, 4, NULL)
        }
        part = n - i;
    }
#endif
}
#undef FR_RUN
#undef FR_ADVANCE

/* KERNEL(family, name, arrays, params, outs), from the activation files. First round: the sweeps. */
#define FR_STEP_1_1(f) out[0] = f(in[0], p)
#define FR_STEP_2_1(f) out[0] = f(in[0], in[1], p)
#define FR_STEP_2_2(f) FR_STEP_PAIR(f(in[0], in[1], p))
#define FR_STEP_3_2(f) FR_STEP_PAIR(f(in[0], in[1], in[2], p))
#define FR_STEP_PAIR(call) \
    PAIR both = (call);    \
    out[0] = both.first;   \
    out[1] = both.second
#define FR_UNIFORM(name) FR_GLUE(LOCAL(name), uniform)
#define FR_VARYING_0(name) FR_UNIFORM(name)
#define FR_VARYING_1(name) FR_GLUE(LOCAL(name), varying)
#define FR_VARYING_2(name) FR_VARYING_1(name)
#define FR_SWEEP(function, family, name, arrays, params, outs, uniform)                                                       \
    static void function(char *const *operand, size_t n, const fr_hint *hint)                                                 \
    {                                                                                                                         \
        LOCAL(sweep)                                                                                                          \
        (FR_GLUE(LOCAL(name), step), FR_WALK(name), FR_INDEX(name), family, arrays, params, outs, uniform, operand, n, hint); \
    }
#define FR_SWEEP_VARYING_0(family, name, arrays, outs)
#define FR_SWEEP_VARYING_1(family, name, arrays, outs) FR_SWEEP(FR_VARYING_1(name), family, name, arrays, 1, outs, 0)
#define FR_SWEEP_VARYING_2(family, name, arrays, outs) FR_SWEEP(FR_VARYING_2(name), family, name, arrays, 2, outs, 0)
#ifdef INTEGER_ROOM
#define FR_WALK(name) NULL
#define FR_WALKER(family, name, arrays, params, outs)
#else
#define FR_WALK(name) FR_GLUE(LOCAL(name), walk)
#define FR_WALKER(family, name, arrays, params, outs)                                                                            \
    NO_INLINE size_t FR_WALK(name)(char *const *bytes, size_t i, size_t least, size_t end, int how)                              \
    {                                                                                                                            \
        return LOCAL(walk)(FR_GLUE(LOCAL(name), step), FR_INDEX(name), family, arrays, params, outs, bytes, i, least, end, how); \
    }
#endif
#define FR_SWEEPS(family, name, arrays, params, outs)                                   \
    FORCE_INLINE void FR_GLUE(LOCAL(name), step)(const vec *in, const vec *p, vec *out) \
    {                                                                                   \
        (void)p;                                                                        \
        FR_STEP_##arrays##_##outs(LOCAL(name));                                         \
        for (int k = 0; k < outs; k++) out[k] = LOCAL(one_nan)(out[k], family);         \
    }                                                                                   \
    FR_WALKER(family, name, arrays, params, outs)                                       \
    FR_SWEEP(FR_UNIFORM(name), family, name, arrays, params, outs, 1)                   \
    FR_SWEEP_VARYING_##params(family, name, arrays, outs)
#define FR_ROW(name, params) {FR_UNIFORM(name), FR_VARYING_##params(name)},

/* Which of two NaN operands an instruction passes on depends on the order that the compiler gave them, and an operation with a
 * negated operand may or may not turn its sign: all become one NaN. Integers, and what has only one, have no such
 * choice. Rounding to 16 bits sees to it at no cost. */
FORCE_INLINE vec LOCAL(one_nan)(vec y, int family)
{
#if !defined INTEGER_ROOM && !defined NARROW
    if (family != FR_SELECTED && family != FR_ROUNDED_UNARY) return v_where(v_unordered(y, y), v_set((lane)NAN), y);
#endif
    (void)family;
    return y;
}

#define FR_SWEEPS_ALL FR_SWEEPS
#define FR_ROW_ALL FR_ROW
#ifdef INTEGER_ROOM
#define FR_SWEEPS_FLOATS(family, name, arrays, params, outs)
#define FR_ROW_FLOATS(name, params) {NULL, NULL},
#else
#define FR_SWEEPS_FLOATS FR_SWEEPS
#define FR_ROW_FLOATS FR_ROW
#endif
#define FR_SWEEPS_OF(types, results, smooth, arithmetic, name, arrays, params, outs) \
    FR_SWEEPS_##types(results, name, arrays, params, outs)
#define FR_ROW_OF(types, results, smooth, arithmetic, name, params) FR_ROW_##types(name, params)

#define FORMULAS_ANY_TYPE
#ifndef INTEGER_ROOM
#define FORMULAS_FLOAT
#endif
#define ACTIVATION(...)
#define KERNEL(family, name, arrays, params, outs) FR_APPLY(FR_SWEEPS_OF, FR_FAMILY_##family, name, arrays, params, outs)
#include "activations.h"
#undef FORMULAS_ANY_TYPE
#undef FORMULAS_FLOAT
#undef KERNEL

/* Second round: the table, in the order of the registry. */
#define KERNEL(family, name, arrays, params, outs) FR_APPLY(FR_ROW_OF, FR_FAMILY_##family, name, params)
const fr_sweeps FR_GLUE(fr, ROOM)[] = {
#include "activations.h"
};
#undef KERNEL
#undef ACTIVATION
