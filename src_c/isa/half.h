/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of float16 in float32 lanes, by registers of half the width: HALF is such a register, OF_HALF(loadu) its
 * intrinsic. */
typedef struct {
    HALF a, b, c, d;
} packed;
#define HALVES_AT(at) ((const HALF *)(const void *)(at))
FORCE_INLINE vec v_load(const elem *at)
{
    return (vec){widen(OF_HALF(loadu)(HALVES_AT(at))), widen(OF_HALF(loadu)(HALVES_AT(at + WIDTH))),
                 widen(OF_HALF(loadu)(HALVES_AT(at + 2 * WIDTH))), widen(OF_HALF(loadu)(HALVES_AT(at + 3 * WIDTH)))};
}
LIKE_1(packed, v_narrow, vec, narrow)
#define v_cut v_narrow
#define STORE(op)                                   \
    HALF *to = (HALF *)(void *)at;                  \
    OF_HALF(op)(to, y.a), OF_HALF(op)(to + 1, y.b); \
    OF_HALF(op)(to + 2, y.c), OF_HALF(op)(to + 3, y.d)
FORCE_INLINE void v_store(elem *at, packed y) { STORE(storeu); }
FORCE_INLINE void v_stream(elem *at, packed y) { STORE(stream); }
