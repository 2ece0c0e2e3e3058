/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of elements that are lanes as they are. OF(stream) is the intrinsic of that kind for the room's registers. */
typedef vec packed;
#define v_cut(a) (a)
#define v_narrow(a) (a)
#define v_load v_kept
#define v_store v_keep
FORCE_INLINE void v_stream(elem *at, packed y)
{
    OF(stream)(at, y.a);
    OF(stream)(at + WIDTH, y.b);
    OF(stream)(at + 2 * WIDTH, y.c);
    OF(stream)(at + 3 * WIDTH, y.d);
}
