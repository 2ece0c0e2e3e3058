/* SPDX-License-Identifier: BSD-3-Clause */
/* The vocabulary in plain C, one lane: what every other room must equal byte for byte. Names are made local to ROOM, so that one
 * file can be the room of several types. A room of 16-bit elements defines `lane`, v_load and v_narrow before. */
#define LANES 1
#ifndef lane
#define lane elem
#define v_load(at) (*(at))
#define v_narrow(a) (a)
#define v_cut(a) (a)
#endif
#define vec lane
#define packed elem
#define mask int
#define v_store(at, a) (*(at) = (a))
#define v_set(a) ((vec)(a))
#define v_max LOCAL(v_max)
#define v_min LOCAL(v_min)
#define v_lt(a, b) ((a) < (b))
#define v_le(a, b) ((a) <= (b))
#define v_eq(a, b) ((a) == (b))
#define m_and(a, b) ((a) & (b))
#define m_or(a, b) ((a) | (b))
#define m_none() 0
#define m_not(a) (!(a))
#define m_any(a) (a)
#define m_all(a) (a)
#define m_bits(a) ((uint64_t)(a))
#define m_of_bits(bits) ((int)((bits)&1))
#define v_kept(at) (*(at))
#define v_keep(at, a) (*(at) = (a))
#define v_aside(a) (a)
#define v_where LOCAL(v_where)

FORCE_INLINE vec v_where(int m, vec a, vec b)
{
#ifndef INTEGER_ROOM
    FR_HIDE_MASK("r", m);
#endif
    return m ? a : b;
}
#define v_unless(m, a) v_where(m, 0, a)
/* As x86's: the second operand where either is NaN, and where both are zero. */
FORCE_INLINE vec v_max(vec a, vec b) { return v_where(a > b, a, b); }
FORCE_INLINE vec v_min(vec a, vec b) { return v_where(a < b, a, b); }
