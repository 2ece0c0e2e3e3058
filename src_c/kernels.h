/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops, once for all activations, types and instruction sets. A room defines the vocabulary, `elem` and ROOM, then includes
 * this file, which makes of every KERNEL a sweep over contiguous elements, and of the whole list the table fr_<ROOM>. */

/* How an activation file writes: FORMULA(name)(vec x, PARAMS) { … p[0] … }, FORMULA_PAIR for one that returns PAIR, and RARE for
 * what few inputs need: a call, so that it costs the others nothing. */
#if LANES > 1
#define FORMULA(name) FORCE_INLINE vec LOCAL(name)
#define FORMULA_PAIR(name) FORCE_INLINE PAIR LOCAL(name)
#else /* a lane is no more to pass than to compute */
#define FORMULA(name) static FR_UNUSED vec LOCAL(name)
#define FORMULA_PAIR(name) static FR_UNUSED PAIR LOCAL(name)
#endif
#define RARE(name) NO_INLINE vec LOCAL(name)
#define PARAMS const vec *p FR_UNUSED
#define PAIR LOCAL(pair)
typedef struct {
    vec first, second;
} PAIR;
/* What a formula returns whose parameter is `value` mostly, where less is to be computed: `special` there. `any`, a RARE function,
 * has all other vecs; it ends with FR_BUT_AT, so that a lane with that parameter gets what it would get without the others, and
 * an array of parameters gives what a number does. */
#define FR_AT(value, special, any) return FR_LIKELY(m_all(v_eq(p[0], v_set(value)))) ? (special) : (any)
#define FR_BUT_AT(param, value, special, y)      \
    const mask here = v_eq(param, v_set(value)); \
    return m_any(here) ? v_where(here, special, y) : (y)

#ifdef INTEGER_ROOM
#define FR_BROADCAST(at) v_set(*(at))
#define ONE_NAN(y) (y)
#define FORMULAS_ANY_TYPE
#else
#ifndef V_REORDERED
#define v_in_order(x) (x)
#define v_for_store(y) (y)
#endif
#define FORMULAS_ANY_TYPE
#define FORMULAS_FLOAT
#define ONE_NAN LOCAL(one_nan)
#ifdef NARROW
#define FR_BROADCAST(at) v_set(FR_GLUE(FR_GLUE(fr, NARROW), to_float)(*(at)))
#else
#define FR_BROADCAST(at) v_set(*(at))
#endif
/* Which of two NaN operands an instruction passes on depends on the order that the compiler gave them, and minima pass on a
 * signalling one: all become one NaN. */
FORMULA(one_nan)(vec y) { return FR_LIKELY(!v_any_nan(y)) ? y : v_where(v_unordered(y, y), v_set((lane)NAN), y); }
/* y, of which a formula knows that no lane is NaN: one_nan need not look. */
FORMULA(number)(vec y)
{
    if (v_any_nan(y)) FR_NEVER;
    return y;
}
#include "vmath.h"
#endif

typedef void LOCAL(step)(const vec *in, const vec *p, vec *out);

/* One turn of a loop: a vec of each operand. Every load comes before the stores, so that an output may be exactly an input. */
FORCE_INLINE void LOCAL(turn)(LOCAL(step) * step, fr_shape shape, int uniform, elem *const *operand, size_t i,
                              const vec *uniform_p, int stream FR_UNUSED)
{
    vec in[3], varying_p[FR_MAX_PARAMS], y[2];
    elem *const *out = operand + shape.arrays + shape.params;
    for (int k = 0; k < shape.arrays; k++) in[k] = v_load(operand[k] + i);
    for (int k = 0; !uniform && k < shape.params; k++) varying_p[k] = v_load(operand[shape.arrays + k] + i);
    step(in, uniform ? uniform_p : varying_p, y);
    for (int k = 0; k < shape.outs; k++) {
        const packed result = shape.rounded ? v_narrow(y[k]) : v_cut(y[k]);
#if LANES > 1
        if (stream) {
            v_stream(out[k] + i, result);
            continue;
        }
#endif
        v_store(out[k] + i, result);
    }
}

#if LANES > 1
/* Fewer elements than a vec go through a block of their own, behind which there are ones. */
FORCE_INLINE void LOCAL(into_block)(elem *block, const elem *from, size_t n)
{
    v_store(block, v_cut(v_set(1)));
    memcpy(block, from, n * sizeof *from);
}
/* How many elements, less than a vec, come before the first whole line of the first output, or part of one as large as a vec: then
 * no store crosses a line. A short run is not worth it, but stores past the caches demand it. */
FORCE_INLINE size_t LOCAL(head)(const elem *out, size_t n, int stream)
{
    const int whole_lines = stream || n * sizeof *out >= 4096;
    const size_t vec_bytes = LANES * sizeof *out, line = vec_bytes < 64 ? vec_bytes : 64;
    return whole_lines ? (0 - (uintptr_t)out) % line / sizeof *out : 0;
}
#endif

/* A kernel's turns for n elements of each operand, whole vecs. */
typedef void LOCAL(loop)(elem *const *operand, size_t n, int uniform, const fr_hint *hint);
FORCE_INLINE void LOCAL(turns)(LOCAL(step) * step, fr_shape shape, int uniform, elem *const *operand, size_t n,
                               const fr_hint *hint)
{
    vec p[FR_MAX_PARAMS];
    for (int k = 0; uniform && k < shape.params; k++) p[k] = FR_BROADCAST(operand[shape.arrays + k]);
#if LANES == 1
    (void)hint;
    FR_IVDEP
    for (size_t i = 0; i < n; i++) LOCAL(turn)(step, shape, uniform, operand, i, p, 0);
#else
    /* A store could change the list and the hint, for all that the compiler knows. */
    elem *at[FR_MAX_OPERANDS];
    const int inputs = shape.arrays + shape.params, asks = hint->asks, stream = hint->stream;
    for (int k = 0; k < inputs + shape.outs; k++) at[k] = operand[k];
    FR_ROLLED for (size_t i = 0; i < n; i += LANES)
    {
        if (asks) {
            for (int k = 0; k < inputs + shape.outs; k++)
                if (k < shape.arrays || (k >= inputs && asks > inputs)) FR_ASK(at[k] + i, hint->ahead[k], LANES * sizeof(elem));
        }
        LOCAL(turn)(step, shape, uniform, at, i, p, stream);
    }
#endif
}

#if LANES == 1
FORCE_INLINE void LOCAL(sweep)(LOCAL(loop) * loop, fr_shape shape, int uniform, char *const *bytes, size_t n, const fr_hint *hint)
{
    elem *operand[FR_MAX_OPERANDS] = {NULL};
    for (int k = 0; k < shape.arrays + shape.params + shape.outs; k++) operand[k] = (elem *)(void *)bytes[k];
    if (n > 0) loop(operand, n, uniform, hint);
}
#else
/* A sweep: head and tail are turns like the others, over blocks that hold their elements; memory is gone through in order. */
NO_INLINE void LOCAL(sweep)(LOCAL(loop) * loop, fr_shape shape, int uniform, char *const *bytes, size_t n, const fr_hint *hint)
{
    const int inputs = shape.arrays + shape.params, operands = inputs + shape.outs;
    elem block[FR_MAX_OPERANDS][LANES], *operand[FR_MAX_OPERANDS] = {NULL}, *blocks[FR_MAX_OPERANDS] = {NULL};
    for (int k = 0; k < operands; k++) {
        operand[k] = (elem *)(void *)bytes[k];
        blocks[k] = uniform && shape.arrays <= k && k < inputs ? operand[k] : block[k];
    }
    static const fr_hint none = {0};
    if (shape.outs > 1 && ((uintptr_t)operand[inputs] ^ (uintptr_t)operand[inputs + shape.outs - 1]) % 64) hint = &none;
    size_t part = LOCAL(head)(operand[inputs], n, hint->stream);
    while (n > 0) {
        if (n < LANES) part = n;
        const size_t done = part ? part : n - n % LANES;
        if (part) {
            for (int k = 0; k < inputs; k++)
                if (blocks[k] == block[k]) LOCAL(into_block)(block[k], operand[k], part);
            loop(blocks, LANES, uniform, &none);
            for (int k = inputs; k < operands; k++) {
                if (hint->stream)
                    stream_part(operand[k], block[k], part * sizeof(elem));
                else
                    memcpy(operand[k], block[k], part * sizeof(elem));
            }
        } else {
            loop(operand, done, uniform, hint);
        }
        for (int k = 0; k < operands; k++)
            if (blocks[k] == block[k]) operand[k] += done;
        n -= done;
        part = 0;
    }
}
#endif

/* KERNEL(kind, name, arrays, params, outs), from the activation files. First round: the sweeps. */
#define FR_STEP_1_1(f) out[0] = f(in[0], p)
#define FR_STEP_2_1(f) out[0] = f(in[0], in[1], p)
#define FR_STEP_2_2(f) FR_STEP_PAIR(f(in[0], in[1], p))
#define FR_STEP_3_2(f) FR_STEP_PAIR(f(in[0], in[1], in[2], p))
#define FR_STEP_PAIR(pair) \
    PAIR both = pair;      \
    out[0] = both.first;   \
    out[1] = both.second
#define FR_UNIFORM(name) FR_GLUE(LOCAL(name), uniform)
#define FR_VARYING_0(name) FR_UNIFORM(name)
#define FR_VARYING_1(name) FR_GLUE(LOCAL(name), varying)
#define FR_VARYING_2(name) FR_VARYING_1(name)
/* Where arithmetic bounds it, one loop serves parameters that are numbers and that are arrays. */
#define FR_LOOP(function, name, shape, are_uniform)                                                       \
    static void FR_GLUE(function, loop)(elem *const *operand, size_t n, int uniform, const fr_hint *hint) \
    {                                                                                                     \
        (void)uniform;                                                                                    \
        LOCAL(turns)(FR_GLUE(LOCAL(name), step), shape, are_uniform, operand, n, hint);                   \
    }
#define FR_SWEEP(function, loop_of, shape, uniform)                             \
    static void function(char *const *operand, size_t n, const fr_hint *hint)   \
    {                                                                           \
        LOCAL(sweep)(FR_GLUE(loop_of, loop), shape, uniform, operand, n, hint); \
    }
#define FR_VARYING_SWEEP_0(name, shape, arithmetic)
#define FR_VARYING_SWEEP_1(name, shape, arithmetic) FR_VARYING_SWEEP_OF_##arithmetic(name, shape)
#define FR_VARYING_SWEEP_2 FR_VARYING_SWEEP_1
#define FR_VARYING_SWEEP_OF_0(name, shape)      \
    FR_LOOP(FR_VARYING_1(name), name, shape, 0) \
    FR_SWEEP(FR_VARYING_1(name), FR_VARYING_1(name), shape, 0)
#define FR_VARYING_SWEEP_OF_1(name, shape) FR_SWEEP(FR_VARYING_1(name), FR_UNIFORM(name), shape, 0)
#define FR_SWEEPS(name, arrays, params, outs, rounded, arithmetic)                                                          \
    FORCE_INLINE void FR_GLUE(LOCAL(name), step)(const vec *in, const vec *p, vec *out)                                     \
    {                                                                                                                       \
        (void)p;                                                                                                            \
        FR_STEP_##arrays##_##outs(LOCAL(name));                                                                             \
        for (int k = 0; (rounded) && k < (outs); k++) out[k] = ONE_NAN(out[k]);                                             \
    }                                                                                                                       \
    FR_LOOP(FR_UNIFORM(name), name, ((fr_shape){arrays, params, outs, rounded}), (params) == 0 || !(arithmetic) || uniform) \
    FR_SWEEP(FR_UNIFORM(name), FR_UNIFORM(name), ((fr_shape){arrays, params, outs, rounded}), 1)                            \
    FR_VARYING_SWEEP_##params(name, ((fr_shape){arrays, params, outs, rounded}), arithmetic)
#define FR_ROW(name, params) {FR_UNIFORM(name), FR_VARYING_##params(name)},

/* Integers have few functions; and gradients of 16 bits that arithmetic bounds are float32's (parts.c). */
#define FR_NO_SWEEPS(name, arrays, params, outs, rounded, arithmetic)
#define FR_NO_ROW(name, params) {NULL, NULL},
#define FR_PICK_ALL_0(arrays, some, none) some
#ifdef INTEGER_ROOM
#define FR_PICK_FLOATS_0(arrays, some, none) none
#define FR_PICK_FLOATS_1(arrays, some, none) none
#else
#define FR_PICK_FLOATS_0(arrays, some, none) some
#define FR_PICK_FLOATS_1(arrays, some, none) FR_PICK_##arrays(some, none)
#define FR_PICK_1(some, none) some
#ifdef NARROW
#define FR_PICK_2(some, none) none
#else
#define FR_PICK_2(some, none) some
#endif
#define FR_PICK_3 FR_PICK_2
#endif
#define FR_SWEEPS_OF(types, rounded, smooth, arithmetic, name, arrays, params, outs) \
    FR_PICK_##types##_##arithmetic(arrays, FR_SWEEPS, FR_NO_SWEEPS)(name, arrays, params, outs, rounded, arithmetic)
#define FR_ROW_OF(types, rounded, smooth, arithmetic, name, arrays, params) \
    FR_PICK_##types##_##arithmetic(arrays, FR_ROW, FR_NO_ROW)(name, params)

#define ACTIVATION(...)
#define KERNEL(kind, name, arrays, params, outs) FR_APPLY(FR_SWEEPS_OF, FR_KIND_##kind, name, arrays, params, outs)
#include "activations.h"
#undef FORMULAS_ANY_TYPE
#undef FORMULAS_FLOAT
#undef KERNEL

/* Second round: the table, in the order of the registry. */
#define KERNEL(kind, name, arrays, params, outs) FR_APPLY(FR_ROW_OF, FR_KIND_##kind, name, arrays, params)
const fr_sweeps FR_GLUE(fr, ROOM)[] = {
#include "activations.h"
};
#undef KERNEL
#undef ACTIVATION

#ifndef INTEGER_ROOM
#include "fused.h"
#ifdef NARROW
#include "widen.h"
#else
#include "rows.h"
#endif
#endif
