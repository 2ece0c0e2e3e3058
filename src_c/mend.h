/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h: what is done to a formula's results before they are rounded and stored. */

/* Which of two NaN operands an instruction passes on depends on the order that the compiler gave them, and minima pass on a
 * signalling one: all become one NaN. */
FORMULA(one_nan)(vec y) { return FR_LIKELY(!v_any_nan(y)) ? y : v_where(v_unordered(y, y), v_set((lane)NAN), y); }

/* A few inputs of 16-bit types are rounded wrong by way of float32: there the float32 result takes some steps over the midpoint.
 * FR_MENDS lists them for a kernel (tables/mends.h). */
#if defined NARROW && !defined FR_NO_MENDS
#include "tables/mends.h"
#define FR_MENDS(name) FR_GLUE(FR_GLUE(FR_MENDS, NARROW), name)
#define FR_MEND_COUNT(...) +1
#define FR_MEND_HIT(at, both, param, up) hit = m_or(hit, v_eq(both ? v_abs(x) : x, v_set(at)));
#define FR_MEND_STEP(at, both, param, up)                                                                    \
    hit = m_and(v_eq(both ? v_abs(x) : x, v_set(at)), shape.params ? v_eq(p[0], v_set(param)) : v_eq(x, x)); \
    if (shape.arrays > 1) hit = m_and(hit, v_eq(v_abs(in[0]), v_set(1)));                                    \
    out[0] = v_where(hit, v_frombits(i_add(v_bits(out[0]), i_set(up ? 64 : -64))), out[0]);
#define FR_MEND_LIST(name)                                                                        \
    if (0 FR_MENDS(name)(FR_MEND_COUNT)) {                                                        \
        const vec x = in[shape.arrays - 1];                                                       \
        mask hit = m_none();                                                                      \
        (void)x, (void)hit;                                                                       \
        FR_MENDS(name)(FR_MEND_HIT) if (!FR_LIKELY(!m_any(hit))) { FR_MENDS(name)(FR_MEND_STEP) } \
    }
#else
#define FR_MEND_LIST(name)
#endif
#define FR_MEND(name)  \
    FR_MEND_LIST(name) \
    for (int k = 0; shape.rounded && k < shape.outs; k++) out[k] = LOCAL(one_nan)(out[k])
