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

#ifndef INTEGER_ROOM
#include "vmath.h"
#include "vmath_pieces.h"
#endif

typedef void LOCAL(step)(const vec *in, const vec *p, vec *out);

/* The vectors at element i, or its first `part` elements where that is not 0; indices are constants once this is inlined. */
#if LANES > 1
#define FR_LOAD(k) (part ? v_load_part(in[k] + i, part) : v_load(in[k] + i))
#else
#define FR_LOAD(k) v_load(in[k] + i)
#endif
FORCE_INLINE void LOCAL(compute)(LOCAL(step) * step, int arrays, int params, int uniform, elem *const *in, size_t i, size_t part,
                                 const vec *uniform_p, vec *y)
{
    vec x[3], p[FR_MAX_PARAMS];
    (void)part;
    x[0] = FR_LOAD(0);
    if (arrays > 1) x[1] = FR_LOAD(1);
    if (arrays > 2) x[2] = FR_LOAD(2);
    if (!uniform && params > 0) p[0] = FR_LOAD(arrays);
    if (!uniform && params > 1) p[1] = FR_LOAD(arrays + 1);
    step(x, uniform ? uniform_p : p, y);
}

/* One whole vector. Every load comes before the stores, so that an output may be exactly an input. */
FORCE_INLINE void LOCAL(advance)(LOCAL(step) * step, int arrays, int params, int outs, int uniform, elem *const *operand,
                                 size_t i, const vec *p, const fr_hint *hint)
{
    elem *const *out = operand + arrays + params;
    vec y[2];
    LOCAL(compute)(step, arrays, params, uniform, operand, i, 0, p, y);
    if (hint)
        for (int k = 0; k < arrays; k++) FR_PREFETCH((const char *)(operand[k] + i) + hint->ahead[k]);
    if (hint && hint->stream) {
        v_stream(out[0] + i, y[0]);
        if (outs > 1) v_stream(out[1] + i, y[1]);
    } else {
        /* Not in place, where it is an input's line too, nor where stores bypass the caches: it would be fetched for nothing. */
        if (hint && hint->outs)
            for (int k = 0; k < outs; k++) FR_PREFETCH((const char *)(out[k] + i) + hint->ahead[arrays + params + k]);
        v_store(out[0] + i, y[0]);
        if (outs > 1) v_store(out[1] + i, y[1]);
    }
}

#define FR_ADVANCE(at, hint) LOCAL(advance)(step, arrays, params, outs, uniform, operand, at, p, hint)
FORCE_INLINE void LOCAL(sweep)(LOCAL(step) * step, int arrays, int params, int outs, int uniform, int smooth, char *const *bytes,
                               size_t n, const fr_hint *hint)
{
    elem *operand[FR_MAX_OPERANDS];
    vec p[FR_MAX_PARAMS];
    if (n == 0) return;
    for (int k = 0; k < arrays + params + outs; k++) operand[k] = (elem *)(void *)bytes[k];
    if (uniform && params > 0) p[0] = v_broadcast(operand[arrays]);
    if (uniform && params > 1) p[1] = v_broadcast(operand[arrays + 1]);

#if LANES == 1
    (void)smooth;
    (void)hint;
    FR_IVDEP
    for (size_t i = 0; i < n; i++) FR_ADVANCE(i, NULL);
#else
    elem *const *out = operand + arrays + params;
    /* A long run starts with a part of a vector, so that all other stores are aligned, and every run ends with one. Memory is
     * gone through in order: loading the last whole vector first, to spare the part, halves the speed of rows, because it
     * misleads the processor's prefetchers. */
    size_t i = 0, part = 0;
    if (n >= 16 * LANES) {
        part = (0 - (uintptr_t)out[0] / sizeof(elem)) % LANES;
        if (outs > 1 && ((uintptr_t)out[0] ^ (uintptr_t)out[1]) % sizeof(vec)) hint = NULL;
    } else {
        hint = NULL;
    }
    for (int end = 0; end < 2; end++) {
        if (part) {
            vec y[2];
            LOCAL(compute)(step, arrays, params, uniform, operand, i, part, p, y);
            for (int k = 0; k < outs; k++) v_store_part(out[k] + i, y[k], part);
            i += part;
        }
        if (end) break;
        if (smooth || hint) {
            /* A copy that no store can change stays in registers; without a hint, the line at hand is asked for, to no effect. */
            fr_hint own = {0};
            if (hint) own = *hint;
            for (; i + LANES <= n; i += LANES) FR_ADVANCE(i, &own);
        }
        for (; !smooth && i + 4 * LANES <= n; i += 4 * LANES) {
            FR_ADVANCE(i, NULL);
            FR_ADVANCE(i + LANES, NULL);
            FR_ADVANCE(i + 2 * LANES, NULL);
            FR_ADVANCE(i + 3 * LANES, NULL);
        }
        for (; !smooth && i + LANES <= n; i += LANES) FR_ADVANCE(i, NULL);
        part = n - i;
    }
#endif
}
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
#define FR_SWEEP(function, name, arrays, params, outs, uniform, smooth)                                    \
    static void function(char *const *operand, size_t n, const fr_hint *hint)                              \
    {                                                                                                      \
        LOCAL(sweep)(FR_GLUE(LOCAL(name), step), arrays, params, outs, uniform, smooth, operand, n, hint); \
    }
#define FR_SWEEP_VARYING_0(name, arrays, outs, smooth)
#define FR_SWEEP_VARYING_1(name, arrays, outs, smooth) FR_SWEEP(FR_VARYING_1(name), name, arrays, 1, outs, 0, smooth)
#define FR_SWEEP_VARYING_2(name, arrays, outs, smooth) FR_SWEEP(FR_VARYING_2(name), name, arrays, 2, outs, 0, smooth)
#define FR_SWEEPS(name, arrays, params, outs, smooth, settle)                           \
    FORCE_INLINE void FR_GLUE(LOCAL(name), step)(const vec *in, const vec *p, vec *out) \
    {                                                                                   \
        (void)p;                                                                        \
        FR_STEP_##arrays##_##outs(LOCAL(name));                                         \
        for (int k = 0; k < outs; k++) out[k] = settle(out[k]);                         \
    }                                                                                   \
    FR_SWEEP(FR_UNIFORM(name), name, arrays, params, outs, 1, smooth)                   \
    FR_SWEEP_VARYING_##params(name, arrays, outs, smooth)
#define FR_ROW(name, params) {FR_UNIFORM(name), FR_VARYING_##params(name)},

/* A family says which types a formula is written for and how its loop is laid out. ANY_TYPE also takes integers; it and SELECT
 * pass a NaN on as it is, PIECEWISE may compute with one. SMOOTH is bound by arithmetic and not unrolled: the processor overlaps
 * its iterations anyway, and four copies would only fill the instruction cache. */
#ifdef INTEGER_ROOM
#define FR_SWEEPS_PIECEWISE(name, arrays, params, outs)
#define FR_SWEEPS_SMOOTH(name, arrays, params, outs)
#define FR_SWEEPS_SELECT(name, arrays, params, outs)
#define FR_ROW_SELECT(name, params) {NULL, NULL},
#define FR_ROW_PIECEWISE(name, params) {NULL, NULL},
#define FR_ROW_SMOOTH(name, params) {NULL, NULL},
#else
/* Which of two NaN operands an instruction passes on depends on the order that the compiler gave them, and an operation with a
 * negated operand may or may not turn its sign: all become one NaN. Integers, and what only selects, have no such choice. */
FORCE_INLINE vec LOCAL(one_nan)(vec y) { return v_where(v_unordered(y, y), v_set((lane)NAN), y); }
#define FR_SWEEPS_SELECT(name, arrays, params, outs) FR_SWEEPS(name, arrays, params, outs, 0, )
#define FR_SWEEPS_PIECEWISE(name, arrays, params, outs) FR_SWEEPS(name, arrays, params, outs, 0, LOCAL(one_nan))
#define FR_SWEEPS_SMOOTH(name, arrays, params, outs) FR_SWEEPS(name, arrays, params, outs, 1, LOCAL(one_nan))
#define FR_ROW_SELECT(name, params) FR_ROW(name, params)
#define FR_ROW_PIECEWISE(name, params) FR_ROW(name, params)
#define FR_ROW_SMOOTH(name, params) FR_ROW(name, params)
#endif
#define FR_SWEEPS_ANY_TYPE(name, arrays, params, outs) FR_SWEEPS(name, arrays, params, outs, 0, )
#define FR_ROW_ANY_TYPE(name, params) FR_ROW(name, params)

#define FORMULAS_ANY_TYPE
#ifndef INTEGER_ROOM
#define FORMULAS_FLOAT
#endif
#define ACTIVATION(...)
#define KERNEL(family, name, arrays, params, outs) FR_SWEEPS_##family(name, arrays, params, outs)
#include "activations.h"
#undef FORMULAS_ANY_TYPE
#undef FORMULAS_FLOAT
#undef KERNEL

/* Second round: the table, in the order of the registry. */
#define KERNEL(family, name, arrays, params, outs) FR_ROW_##family(name, params)
const fr_sweeps FR_GLUE(fr, ROOM)[] = {
#include "activations.h"
};
#undef KERNEL
#undef ACTIVATION
