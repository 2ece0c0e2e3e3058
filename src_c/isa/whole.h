/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of elements that are lanes as they are. OF(loadu) is the intrinsic of that kind for the room's registers. */
typedef vec packed;
#define v_cut(a) (a)
#define v_narrow(a) (a)
FORCE_INLINE vec v_load(const elem *at)
{
    return (vec){OF(loadu)(at), OF(loadu)(at + WIDTH), OF(loadu)(at + 2 * WIDTH), OF(loadu)(at + 3 * WIDTH)};
}
#define STORE(op)                \
    OF(op)(at, y.a);             \
    OF(op)(at + WIDTH, y.b);     \
    OF(op)(at + 2 * WIDTH, y.c); \
    OF(op)(at + 3 * WIDTH, y.d)
FORCE_INLINE void v_store(elem *at, packed y) { STORE(storeu); }
FORCE_INLINE void v_stream(elem *at, packed y) { STORE(stream); }
