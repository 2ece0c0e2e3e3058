/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h: the small sweeps of fused.c for one type; exports the table fr_<ROOM>_fused. Lanes in memory have the order
 * of their elements. */

/* A vec from memory, ones behind the last where fewer than LANES are left; and one to memory. */
#define FR_ENDS(type, form, load, store, ones)                                    \
    NO_INLINE vec LOCAL(few_##type)(const type *at, size_t n)                     \
    {                                                                             \
        type block[LANES];                                                        \
        store(block, ones);                                                       \
        memcpy(block, at, n * sizeof *at);                                        \
        return load(block);                                                       \
    }                                                                             \
    NO_INLINE void LOCAL(put_few_##type)(type * at, form y, size_t n)             \
    {                                                                             \
        type block[LANES];                                                        \
        store(block, y);                                                          \
        memcpy(at, block, n * sizeof *at);                                        \
    }                                                                             \
    FORCE_INLINE vec LOCAL(take_##type)(const type *at, size_t left)              \
    {                                                                             \
        return FR_LIKELY(left >= LANES) ? load(at) : LOCAL(few_##type)(at, left); \
    }                                                                             \
    FORCE_INLINE void LOCAL(put_##type)(type * at, form y, size_t left)           \
    {                                                                             \
        if (FR_LIKELY(left >= LANES))                                             \
            store(at, y);                                                         \
        else                                                                      \
            LOCAL(put_few_##type)(at, y, left);                                   \
    }
#define FR_LOAD(at) v_in_order(v_load(at))
FR_ENDS(elem, packed, FR_LOAD, v_store, v_cut(v_set(1)))
FR_ENDS(lane, vec, v_kept, v_keep, v_set(1))

/* Asks the memory for what a vec has `ahead` bytes on, unless that is 0. */
FORCE_INLINE void LOCAL(ask)(const elem *at, ptrdiff_t ahead)
{
    if (ahead) FR_ASK(at, ahead, LANES * sizeof *at);
}

/* Of two NaN, which one an addition passes on depends on the order that the compiler gave them: here it is x. And what infinity
 * less infinity gives, on the CPU: x86's has the sign bit (Intel SDM volume 1, 4.8.3.7), ARM's has none (ARM ARM, FPDefaultNaN);
 * here it is x86's. */
RARE(nan_of)(vec x, vec bias, vec sum)
{
    const vec made = LOCAL(downwards)(v_set((lane)NAN)), of_bias = v_where(v_unordered(bias, bias), v_add(bias, bias), made);
    return v_where(v_unordered(sum, sum), v_where(v_unordered(x, x), v_add(x, x), of_bias), sum);
}

/* sums = x + bias, whole vecs in the order of loads; each of x has a bias, or where `step` is 0 all have a vec of them. */
static void LOCAL(add)(void *sums, const void *x, const void *bias, size_t n, size_t step)
{
    lane *sum = sums;
    const elem *from = x, *other = bias;
#if LANES > 1
    elem block[2][LANES];
#endif
    FR_ROLLED for (size_t i = 0; i < n; i += LANES, from += LANES, other += LANES * step)
    {
#if LANES > 1
        if (n - i < LANES) {
            LOCAL(into_block)(block[0], from, n - i);
            LOCAL(into_block)(block[1], other, n - i);
            from = block[0];
            other = block[1];
        }
#endif
        const vec a = v_load(from), b = v_load(other), both = v_add(a, b);
        v_keep(sum + i, FR_LIKELY(!v_any_nan(both)) ? both : LOCAL(nan_of)(v_aside(a), v_aside(b), v_aside(both)));
    }
}

/* Adds `rows` rows of x to the sums of their columns. A sum is a number and the rest that it lost in roundings (Knuth's exact
 * addition), so its error is that of one rounding, mostly; where it is infinite there is no rest. */
static void LOCAL(sum)(void *sums, void *rests, const void *x, size_t columns, size_t rows)
{
    lane *sum = sums, *rest = rests;
    const vec none = v_set(0);
    for (size_t i = 0; i < columns; i += LANES) {
        const size_t left = columns - i;
        const elem *from = (const elem *)x + i;
        vec high = LOCAL(take_lane)(sum + i, left), low = LOCAL(take_lane)(rest + i, left);
        FR_ROLLED for (size_t row = 0; row < rows; row++, from += columns)
        {
            const vec y = LOCAL(take_elem)(from, left), both = v_add(high, y), added = v_sub(both, high);
            low = v_add(low, v_add(v_sub(high, v_sub(both, added)), v_sub(y, added)));
            high = both;
        }
        LOCAL(put_lane)(sum + i, high, left);
        LOCAL(put_lane)(rest + i, v_where(v_eq(v_sub(low, low), none), low, none), left);
    }
}

#if LANES > 1
/* Writes `shift` bits of `held`, n others behind them, and zeros up to a whole byte; and reads n bits behind the first `shift`. */
NO_INLINE void LOCAL(put_few_bits)(uint8_t *at, uint64_t held, uint64_t bits, unsigned shift, size_t n)
{
    bits &= ((uint64_t)1 << n) - 1;
    const uint64_t words[2] = {held | bits << shift, shift ? bits >> (64 - shift) : 0};
    memcpy(at, words, (shift + n + 7) / 8);
}
NO_INLINE uint64_t LOCAL(few_bits)(const uint8_t *at, unsigned shift, size_t n)
{
    uint64_t words[2] = {0, 0};
    memcpy(words, at, (shift + n + 7) / 8);
    return words[0] >> shift | (shift ? words[1] << (64 - shift) : 0);
}
#endif

/* ReLU in place, and a bit an element: whether it stays. Vecs are whole lines, so their bits may begin within a byte. */
static void LOCAL(relu_to_bits)(void *x, uint8_t *bits, size_t n, ptrdiff_t ahead)
{
    elem *at = x;
    const vec none = v_set(0);
#if LANES == 1
    for (size_t i = 0; i < n; i++) {
        const vec a = v_load(at + i);
        bits[i / 8] = (uint8_t)((i % 8 ? bits[i / 8] : 0) | !v_le(a, none) << i % 8);
        v_store(at + i, v_cut(v_max(none, a)));
    }
    (void)ahead;
#else
    size_t part = LOCAL(head)(at, n, 0);
    uint64_t held = 0;
    unsigned shift = 0;
    while (n > 0) {
        if (n < LANES || part) {
            if (!part || part > n) part = n;
            const vec a = LOCAL(few_elem)(at, part);
            LOCAL(put_few_elem)(at, v_cut(v_for_store(v_max(none, a))), part);
            LOCAL(put_few_bits)(bits, held, ~m_bits(v_le(a, none)), shift, part);
            bits += part / 8;
            shift = part < n ? part % 8 : 0;
            held = shift ? *bits & ((1u << shift) - 1) : 0;
            at += part;
            n -= part;
            part = 0;
        }
        FR_ROLLED for (; n >= LANES; n -= LANES, at += LANES, bits += LANES / 8)
        {
            LOCAL(ask)(at, ahead);
            const vec a = FR_LOAD(at);
            const uint64_t stay = m_bits(v_le(a, none)) ^ (uint64_t)-1 >> (64 - LANES);
            v_store(at, v_cut(v_for_store(v_max(none, a))));
            held |= stay << shift;
            memcpy(bits, &held, LANES / 8);
            held = LANES < 64 ? held >> LANES % 64 : stay >> 1 >> (LANES - 1 - shift);
        }
    }
    if (shift) *bits = (uint8_t)held;
#endif
}

/* dy times scale where the bit is 1, 0 where it is 0. */
FORCE_INLINE void LOCAL(by_bits)(elem *dy, const uint8_t *bits, size_t n, vec scale, int scaled, ptrdiff_t ahead)
{
#if LANES == 1
    (void)ahead;
    for (size_t i = 0, done = 1; i < n; i++, dy++) {
        const uint64_t word = bits[i / 8] >> i % 8;
#else
    size_t part = LOCAL(head)(dy, n, 0);
    unsigned shift = 0;
    for (size_t done; n > 0; dy += done, n -= done) {
        done = part && part < n ? part : n < LANES ? n : LANES;
        part = 0;
        LOCAL(ask)(dy, ahead);
        uint64_t word = 0;
        if (FR_LIKELY(done == LANES)) {
            memcpy(&word, bits, LANES / 8);
            if (shift) word = word >> shift | (uint64_t)bits[LANES / 8] << (LANES - shift);
            bits += LANES / 8;
        } else {
            word = LOCAL(few_bits)(bits, shift, done);
            bits += done / 8;
            shift = done % 8;
        }
#endif
        vec y = LOCAL(take_elem)(dy, done);
        if (scaled) y = LOCAL(one_nan)(LOCAL(times_either)(y, scale));
        y = v_for_store(v_where(m_of_bits(word), y, v_set(0)));
        LOCAL(put_elem)(dy, scaled ? v_narrow(y) : v_cut(y), done);
    }
}
static void LOCAL(relu_backward_by_bits)(void *dy, const uint8_t *bits, size_t n, const void *scale, ptrdiff_t ahead)
{
    const vec factor = FR_BROADCAST((const elem *)scale);
    if (m_all(v_eq(factor, v_set(1))))
        LOCAL(by_bits)(dy, bits, n, factor, 0, ahead);
    else
        LOCAL(by_bits)(dy, bits, n, factor, 1, ahead);
}

const fr_fused FR_GLUE(FR_GLUE(fr, ROOM), fused) = {
    .add = LOCAL(add),
    .sum = LOCAL(sum),
    .relu_to_bits = LOCAL(relu_to_bits),
    .relu_backward_by_bits = LOCAL(relu_backward_by_bits),
};
