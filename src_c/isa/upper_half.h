/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads and stores of bfloat16, the upper half of a float32. A word of two elements becomes two lanes, the even and the odd ones
 * apart: a vec's lanes are in this order everywhere, and a store puts them back. OF(slli_epi32) is the intrinsic for ireg. */
typedef struct {
    ireg a, b;
} packed;
#define WORDS_AT(at) ((const ireg *)(const void *)(at))
FORCE_INLINE vec v_load(const elem *at)
{
    const ireg first = LOAD_WORDS(WORDS_AT(at)), second = LOAD_WORDS(WORDS_AT(at) + 1), odd = OF(set1_epi32)(INT32_MIN >> 15);
    return v_frombits((ivec){OF(slli_epi32)(first, 16), AND(first, odd), OF(slli_epi32)(second, 16), AND(second, odd)});
}
/* Of lanes that are elements already. */
FORCE_INLINE packed v_upper(ivec y)
{
    return (packed){ODD_FROM(OF(srli_epi32)(y.a, 16), y.b), ODD_FROM(OF(srli_epi32)(y.c, 16), y.d)};
}
/* A NaN becomes quiet. */
FORCE_INLINE packed v_cut(vec y)
{
    if (FR_LIKELY(!v_any_nan(y))) return v_upper(v_bits(y));
    return v_upper(v_bits(v_where(v_unordered(y, y), v_frombits(i_or(v_bits(y), i_set(0x400000))), y)));
}
/* To nearest even. A NaN stays one: its lower half is 0. */
FORCE_INLINE packed v_narrow(vec y)
{
    const ivec bits = v_bits(y), last = i_and(i_shr(bits, 16), i_set(1));
    return v_upper(i_add(i_add(bits, last), i_set(0x7fff)));
}
#define STORE(op)                  \
    ireg *to = (ireg *)(void *)at; \
    op(to, y.a), op(to + 1, y.b)
FORCE_INLINE void v_store(elem *at, packed y) { STORE(STORE_WORDS); }
FORCE_INLINE void v_stream(elem *at, packed y) { STORE(STREAM_WORDS); }
