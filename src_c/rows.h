/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions of rows: softmax and its kin, where every result depends on a sum over the row. Formulas and loops, in the vocabulary;
 * kernels.h includes this in the rooms of float32 and float64, which make the table fr_<ROOM>_rows of it.
 *
 * The order of a sum is part of the result, so there is one: element i of a block of FR_ROW_BLOCK goes to accumulator i % STRIPE,
 * a fixed tree folds the accumulators, and blocks are added in turn. Along a row the accumulators are the lanes of one, two or four
 * registers; across rows, where lanes are neighbouring columns, each has STRIPE of them. Sums have more digits than their terms, or
 * the error would grow with the length.
 *
 * A row is gone through two or three times: for its extremes, for the sum of a term (which may be stored as the output for the
 * time being), for the results. What the extremes and the sum say of the row decides once whether it is usual. */

#if LANE_BITS == 32
#include "tables/softmax.h"
#endif

#define STRIPE (512 / LANE_BITS) /* the lanes of the widest register */
#define SOME_ROWS 2048           /* elements that are gone through pass by pass: with results they stay in the L1 cache */

/* What is known of a row, or, a lane each, of several columns. */
typedef struct {
    vec least, most, base, less, floor, round, count, high, low;
    PAIR sum;
    int rare;
} LOCAL(row);

/* ---- sums ---- */

FORMULA_PAIR(two_sum)(vec a, vec b)
{
    const vec sum = v_add(a, b), part = v_sub(sum, a);
    return (PAIR){sum, v_add(v_sub(a, v_sub(sum, part)), v_sub(b, part))};
}
FORMULA_PAIR(pair_sum)(PAIR a, PAIR b)
{
    const PAIR sum = LOCAL(two_sum)(a.first, b.first);
    return (PAIR){sum.first, v_add(v_add(a.second, b.second), sum.second)};
}
/* A term of a sum: a b + c as it is, `value` rounded. */
typedef struct {
    vec value, a, b, c;
} LOCAL(addend);
/* A term more; `bounded` says that the sum is never smaller than a term. (Knuth's and Dekker's sums; what the term lost by
 * rounding is gained with what the sum loses.) */
FORMULA_PAIR(plus)(PAIR sum, LOCAL(addend) term, int bounded)
{
    const vec first = v_add(sum.first, term.value), part = v_sub(first, sum.first);
    vec lost = v_fma(term.a, term.b, v_sub(term.c, part));
    if (!bounded) lost = v_add(lost, v_sub(sum.first, v_sub(first, part)));
    return (PAIR){first, v_add(sum.second, lost)};
}

/* Where one is so small that the product may be subnormal. */
#define FR_SMALL_FACTOR \
    (LANE_BITS == 32 ? (lane)0x1p-60 : (lane)0x1p-480) /* of two larger, what rounding leaves is normal, too */
FORCE_INLINE mask LOCAL(either_small)(vec a, vec b)
{
    /* Half the sum of the exponents is that of the product, halved, with a bias of its own. */
    const vec least = v_set(FR_MIN * (lane)0x1p40);
    const ivec product = i_add(i_shr(v_bits(v_abs(a)), 1), i_shr(v_bits(v_abs(b)), 1));
    const ivec limit = i_add(i_shr(v_bits(v_set(1)), 1), i_shr(v_bits(least), 1));
    const mask tiny = LOCAL(is_below)(LOCAL(smaller)(a, b), FR_SMALL_FACTOR);
    return m_and(tiny, v_lt(v_frombits(product), v_frombits(limit)));
}
FORCE_INLINE int LOCAL(may_be_small)(vec a, vec b) { return v_any_below(LOCAL(smaller)(a, b), FR_SMALL_FACTOR); }
RARE(small_product)(vec a, vec b) { return m_any(LOCAL(either_small)(a, b)) ? LOCAL(times_any)(a, b) : v_mul(a, b); }

/* A gradient's sum, of products or of single terms: of float32 in float64, where a product is exact and none is subnormal; of
 * float64 a PAIR. */
#if LANE_BITS == 32
typedef struct {
    dvec first, second; /* of each register's lanes the first half, and the second */
} LOCAL(wide);
FORCE_INLINE LOCAL(wide) LOCAL(wide_plus)(LOCAL(wide) sum, vec a, vec b, int product)
{
    sum.first = product ? d_fma(d_first(a), d_first(b), sum.first) : d_add(d_first(a), sum.first);
    sum.second = product ? d_fma(d_second(a), d_second(b), sum.second) : d_add(d_second(a), sum.second);
    return sum;
}
FORCE_INLINE LOCAL(wide) LOCAL(wide_sum)(LOCAL(wide) a, LOCAL(wide) b)
{
    return (LOCAL(wide)){d_add(a.first, b.first), d_add(a.second, b.second)};
}
FORCE_INLINE LOCAL(wide) LOCAL(wide_none)(void) { return (LOCAL(wide)){d_first(v_set(0)), d_first(v_set(0))}; }
FORMULA_PAIR(parts)(LOCAL(wide) sum)
{
    const vec high = d_rounded(sum.first, sum.second);
    return (PAIR){high, d_rounded(d_sub(sum.first, d_first(high)), d_sub(sum.second, d_second(high)))};
}
#else
typedef PAIR LOCAL(wide);
FORMULA_PAIR(wide_none)(void) { return (PAIR){v_set(0), v_set(0)}; }
#define wide_sum pair_sum
NO_INLINE LOCAL(addend) LOCAL(small_addend)(vec a, vec b)
{
    const vec none = v_set(0);
    const mask small = LOCAL(either_small)(a, b);
    vec y = LOCAL(small_product)(v_aside(a), v_aside(b));
    y = v_where(v_lt(v_abs(y), v_set(FR_MIN)), none, y); /* nothing in a sum, but slow to add */
    return (LOCAL(addend)){y, v_where(small, none, a), v_where(small, none, b), v_where(small, y, none)};
}
FORMULA_PAIR(wide_plus)(PAIR sum, vec a, vec b, int product)
{
    const vec none = v_set(0);
    if (!product) return LOCAL(plus)(sum, (LOCAL(addend)){a, none, none, a}, 0);
    if (FR_LIKELY(!LOCAL(may_be_small)(a, b))) return LOCAL(plus)(sum, (LOCAL(addend)){v_mul(a, b), a, b, none}, 0);
    return LOCAL(plus)(sum, LOCAL(small_addend)(a, b), 0);
}
FORMULA_PAIR(parts)(PAIR sum) /* where the first is infinite the second is NaN */
{
    const PAIR both = LOCAL(two_sum)(sum.first, sum.second);
    return (PAIR){v_where(v_le(v_abs(both.first), v_set(FR_LARGEST)), both.first, sum.first), both.second};
}
#endif

/* ---- formulas: `begin` knows the extremes, `term` is what is summed, `finish` knows the sum, `result` is stored ---- */

typedef void LOCAL(row_step)(LOCAL(row) * row);
typedef LOCAL(addend) LOCAL(row_term)(vec x, LOCAL(row) * row, int rare);
typedef vec LOCAL(row_result)(const vec *in, LOCAL(row) * row, int rare);
#define ROW_TERM(name) FORCE_INLINE LOCAL(addend) LOCAL(name)(vec x, LOCAL(row) * row, int rare)
#define ROW_RESULT(name) FORMULA(name)(const vec *in, LOCAL(row) * row, int rare FR_UNUSED)
#define ROW_BEGIN(name) FORCE_INLINE void LOCAL(name)(LOCAL(row) * row)
#define ROW_FINISH ROW_BEGIN

/* x - k ln 2 / 8 - less */
FORMULA(exp_rest)(vec x, vec k, vec less)
{
    return v_fnma(k, v_set(exp_table.step_low), v_sub(v_fnma(k, v_set(exp_table.step), x), less));
}

/* e^(x - most) without a rounding in the difference: the most's k and r are subtracted instead, one by the number that rounds (see
 * exp_of), which costs nothing. So the largest term is 1, and all are FR_LIFTED times as large, so that none is subnormal. Beyond
 * FR_ROW_FAR, where k would lack digits, the largest is subtracted: all that is not negligible then is a multiple of so large a
 * number that the difference is exact. */
#define FR_ROW_FAR 4096
/* The others' sum may be tiny, and what its additions lose must be normal yet: binary places more, and 2^-of them. */
#define FR_LIFT_MORE 20
#define FR_LIFTED_MORE ((lane)0x1p20)
FORCE_INLINE void LOCAL(shift_begin)(LOCAL(row) * row, int lift)
{
    const mask near = v_le(v_abs(row->most), v_set(FR_ROW_FAR));
    row->base = v_unless(near, row->most);
    const vec most = LOCAL(off_0)(v_sub(row->most, row->base)), round = v_set(FR_ROUND);
    const vec k = v_sub(v_fma(most, v_set(exp_table.per_step), round), round);
    row->less = LOCAL(exp_rest)(most, k, v_set(0));
    row->round = v_sub(v_set(FR_ROUND + 8 * (lane)lift), k);
    row->floor = v_sub(most, v_set(FR_GONE));
    row->count = v_set(0);
    row->rare = !m_all(m_and(near, v_le(v_sub(row->most, row->least), v_set(FR_GONE))));
}
ROW_BEGIN(softmax_begin) { LOCAL(shift_begin)(row, FR_LIFT); }
ROW_TERM(softmax_term)
{
    x = LOCAL(off_0)(rare ? v_max(row->floor, v_sub(x, row->base)) : x);
    const vec t = v_fma(v_sub(x, row->less), v_set(exp_table.per_step), row->round);
    const vec r = LOCAL(exp_rest)(x, v_sub(t, row->round), row->less);
#if LANE_BITS == 32
    const vec p = FR_POLYNOMIAL(r, softmax_table.p);
#else
    const vec p = FR_POLYNOMIAL(r, exp_table.p);
#endif
    const vec power = LOCAL(exp_power)(t);
    return (LOCAL(addend)){v_fma(power, p, power), power, p, power};
}
#define FR_ROW_USUAL 40 /* up to this far from the largest, a share of 2^20 is normal times FR_NEGLIGIBLE, too */
#define FR_NEGLIGIBLE (LANE_BITS == 32 ? 0x1p-40f : (lane)0x1p-100)
/* The inverse of the sum, high + low, where low is 0 rather than so small that its product with a usual term is subnormal. Many
 * small terms may have made the sum's second part large. */
FORMULA_PAIR(inverse)(PAIR sum)
{
    sum = LOCAL(two_sum)(sum.first, sum.second);
    const vec i = v_div(v_set(1), sum.first), rest = v_fnma(i, sum.second, v_fnma(i, sum.first, v_set(1)));
    return (PAIR){i, v_mul(i, v_unless(v_lt(v_abs(rest), v_set(FR_NEGLIGIBLE)), rest))};
}
ROW_FINISH(softmax_finish)
{
    const PAIR i = LOCAL(inverse)(row->sum);
    row->high = i.first, row->low = i.second;
    row->floor =
        v_mul(v_mul(row->sum.first, v_set(1 / FR_LIFTED)), v_set(1 / FR_LIFTED_STEPS / 64)); /* gives 0, but no subnormal */
    row->rare = !m_all(v_le(v_sub(row->most, row->least), v_set(FR_ROW_USUAL))) || v_any_nan(i.first);
}
/* in[0] is the term. */
ROW_RESULT(softmax_result)
{
    if (!rare) return v_fma(in[0], row->high, v_mul(in[0], row->low));
    const vec up = v_set(FR_LIFTED), high = v_mul(row->high, up), e = v_max(row->floor, in[0]), y = v_mul(e, high);
    const mask small = v_lt(y, v_set(FR_MIN * FR_LIFTED));
    const vec low = v_mul(v_unless(small, e), v_mul(row->low, up));
    return v_where(v_unordered(high, high), v_set((lane)NAN), LOCAL(lowered_size)(v_fma(e, high, low)));
}

/* log(e^(x - most) / (1 + d)), where d is the sum without one of the largest: relative to it, or a result near 0 would be wrong. */
ROW_BEGIN(log_softmax_begin) { LOCAL(shift_begin)(row, FR_LIFT + FR_LIFT_MORE); }
ROW_TERM(log_softmax_term)
{
    const vec none = v_set(0);
    mask apart = v_eq(x, row->most);
    const LOCAL(addend) e = LOCAL(softmax_term)(x, row, rare);
    row->count = v_add(row->count, v_where(apart, v_set(1), none));
    if (rare) apart = m_or(apart, v_le(v_sub(x, row->base), row->floor));
    const vec power = v_where(apart, none, e.a);
    return (LOCAL(addend)){v_where(apart, none, e.value), power, e.b, power};
}
/* log(1 + d + d_low), rounded, of a d that is FR_LIFTED times as large. */
FORMULA(log1p_lifted)(vec d, vec d_low)
{
    const vec one = v_set(1), ones = v_set(FR_ONES), down = v_set(1 / FR_LIFTED), near = v_set(FR_NEAR_LINE * FR_LIFTED);
    const mask line = v_lt(d, near);
    const vec x = v_mul(v_max(near, d), down), x_low = v_mul(v_unless(line, d_low), down);
    /* 1 + x = 2^k (1 + f) */
    const PAIR sum = LOCAL(two_sum)(one, x);
    const ivec bits = v_bits(sum.first), exponent = i_sub(i_shr(bits, FR_MANTISSA), i_shr(v_bits(one), FR_MANTISSA));
    const vec k = v_sub(v_frombits(i_add(exponent, v_bits(ones))), ones);
    const vec scale = v_frombits(i_sub(v_bits(one), i_shl(exponent, FR_MANTISSA)));
    const mask none = v_le(k, v_set(0));
    vec f = v_where(none, x, v_fms(sum.first, scale, one));
    vec f_low = v_where(none, x_low, v_mul(v_add(sum.second, x_low), scale));
    const PAIR l = LOCAL(log1p_half)(v_add(f, f), v_add(f_low, f_low));
    const vec step = v_set(expm1_table.step), whole = v_mul(k, step);
    const PAIR both = LOCAL(two_sum)(whole, l.first);
    vec rest = v_fma(k, v_set(expm1_table.step_low), v_fms(k, step, whole));
    const vec y = v_add(both.first, v_add(v_add(both.second, l.second), rest));
    return v_where(line, LOCAL(lowered_size)(v_add(d, d_low)), y);
}
ROW_FINISH(log_softmax_finish)
{
    const vec equal = v_mul(v_sub(row->count, v_set(1)), v_set(FR_LIFTED)), down = v_set(1 / FR_LIFTED_MORE);
    const vec others = v_mul(row->sum.first, down);
    PAIR d = LOCAL(two_sum)(equal, others);
    d = LOCAL(two_sum)(d.first, v_add(d.second, v_mul(row->sum.second, down)));
    const vec y = LOCAL(log1p_lifted)(d.first, d.second);
    const mask wrong = v_unordered(others, v_sub(row->most, row->most)); /* or the largest is infinite */
    row->high = v_where(wrong, v_set((lane)NAN), y);
    row->low = v_set(0);
    row->rare = v_any_nan(row->high);
}
ROW_RESULT(log_softmax_result)
{
    const vec y = LOCAL(negated)(v_add(v_sub(row->most, in[0]), row->high)); /* -0 where it is less than nothing */
    return rare ? v_where(v_unordered(row->high, row->high), row->high, y) : y;
}

/* y (dy - s), s the sum of dy y. A sum that is infinite has no low part. */
ROW_FINISH(backward_finish)
{
    const vec high = row->sum.first;
    const mask finite = v_le(v_abs(high), v_set(FR_LARGEST));
    row->high = v_where(v_unordered(high, high), v_set((lane)NAN), high);
    row->low = v_where(finite, row->sum.second, v_set(0));
    row->floor = v_mul(v_abs(row->high), v_set((lane)0x1p-50));
    /* E may be greater than e^y. */
    row->rare = !m_all(v_le(v_abs(high), v_set(FR_LARGEST / 2)));
}
ROW_RESULT(softmax_backward_result)
{
    const vec d = v_sub(v_sub(in[0], row->high), row->low);
    const int usual = !LOCAL(may_be_small)(in[1], d);
    return LOCAL(one_nan)(FR_LIKELY(usual) ? v_mul(in[1], d) : LOCAL(small_product)(v_aside(in[1]), v_aside(d)));
}

/* dy - e^y s, s the sum of dy. */
RARE(times_exp_rare)(vec n, vec z)
{
    const mask above = v_lt(v_set(FR_USUAL), z);
    const vec below = LOCAL(times_exp)(n, v_unless(above, z), z, 0);
    const vec y =
        v_where(above, LOCAL(times_exp_away)(v_aside(n), v_aside(v_where(above, z, v_set(FR_USUAL))), v_aside(v_set(0))), below);
    return v_where(v_unordered(z, z), v_set((lane)NAN), y);
}
ROW_RESULT(log_softmax_backward_result)
{
    const vec none = v_set(0);
    vec part, y = in[1];
    mask left_out = m_none();
    const int usual = v_within(y, 0, FR_USUAL_HALF);
    if (!FR_LIKELY(usual)) { /* what is nothing beside dy */
        left_out = m_and(v_lt(y, v_set(-FR_USUAL_HALF)), v_le(row->floor, v_abs(in[0])));
        y = v_where(left_out, none, y);
    }
    if (FR_LIKELY(!rare && (usual || v_within(y, 0, FR_USUAL_HALF)))) {
        const PAIR e = LOCAL(exp_of)(1, y, y, 0, 0);
        const vec scaled = v_mul(row->high, e.first);
        part = v_fma(scaled, e.second, scaled);
    } else {
        part = LOCAL(times_exp_rare)(row->high, v_aside(y));
    }
    if (!usual) part = v_where(left_out, none, part);
    if (rare) part = v_where(v_le(v_abs(row->high), v_set(FR_LARGEST)), part, row->high);
    return LOCAL(one_nan)(v_sub(in[0], part));
}

/* ---- loops ---- */

/* How many operands are read, whether the terms wait in the output, and whether FR_LIFTED bounds them, with which their sum then
 * starts. A gradient has no extremes and no terms, but a sum of products or of single terms. */
typedef struct {
    int arrays, stored, bounded, product;
} LOCAL(row_shape);
#define ROW_SHAPE LOCAL(row_shape) shape
#define ROW_STEPS LOCAL(row_step) * begin, LOCAL(row_term) * term, LOCAL(row_step) * finish, LOCAL(row_result) * result

FORCE_INLINE vec LOCAL(start_of)(ROW_SHAPE) { return v_set(shape.bounded ? FR_LIFTED : 0); }
#define ROW_ELEMENT(base, pitch, i) ((elem *)(void *)((base) + (pitch) * (ptrdiff_t)(i)))

/* Rows that lie side by side, a column a lane: element i of each is `pitch` bytes behind element i - 1. A few vecs of them are swept
 * at once, so that memory is gone through in stretches. */
#define VECS (1024 / (LANES * sizeof(elem)))
#define ROW_VEC(k, i, v) (ROW_ELEMENT(at[k], pitch[k], i) + (v)*LANES)
FORCE_INLINE void LOCAL(across_extremes)(char *const *at, const ptrdiff_t *pitch, size_t n, size_t vecs, LOCAL(row) * row)
{
    for (size_t v = 0; v < vecs; v++) row[v].least = v_set(FR_INFINITY), row[v].most = v_set(-FR_INFINITY);
    FR_ROLLED for (size_t i = 0; i < n; i++) FR_ROLLED for (size_t v = 0; v < vecs; v++)
    {
        const vec x = v_load(ROW_VEC(0, i, v));
        row[v].least = v_min(x, row[v].least), row[v].most = v_max(x, row[v].most);
    }
}
/* How many neighbouring elements are added to sums of their own before the next are: as many as the L1 cache has such sums for. */
FORCE_INLINE size_t LOCAL(rows_together)(size_t vecs)
{
    size_t together = STRIPE;
    while (together > 1 && together * vecs * sizeof(PAIR) > 8192) together /= 2;
    return together;
}
FORCE_INLINE void LOCAL(across_sum)(LOCAL(row_term) * term, ROW_SHAPE, char *const *at, const ptrdiff_t *pitch, size_t n,
                                    size_t vecs, LOCAL(row) * row, int rare)
{
    PAIR sums[STRIPE][VECS];
    for (size_t v = 0; v < vecs; v++) row[v].sum = (PAIR){v_set(0), v_set(0)};
    const PAIR start = {LOCAL(start_of)(shape), v_set(0)};
    const size_t together = LOCAL(rows_together)(vecs);
    for (size_t begin = 0; begin < n; begin += FR_ROW_BLOCK) {
        const size_t end = n - begin < FR_ROW_BLOCK ? n : begin + FR_ROW_BLOCK;
        for (size_t j = 0; j < STRIPE; j++)
            for (size_t v = 0; v < vecs; v++) sums[j][v] = start;
        FR_ROLLED for (size_t j = 0; j < STRIPE; j += together)
            FR_ROLLED for (size_t first = begin + j; first < end; first += STRIPE)
        {
            const size_t last = end - first < together ? end : first + together;
            FR_ROLLED for (size_t i = first; i < last; i++) FR_ROLLED for (size_t v = 0; v < vecs; v++)
            {
                PAIR *sum = &sums[i % STRIPE][v];
                const LOCAL(addend) value = term(v_load(ROW_VEC(0, i, v)), &row[v], rare);
                if (shape.stored) v_store(ROW_VEC(1, i, v), value.value);
                *sum = LOCAL(plus)(*sum, value, shape.bounded);
            }
        }
        for (size_t j = 0; j < STRIPE; j++)
            for (size_t v = 0; v < vecs; v++) sums[j][v].first = v_sub(sums[j][v].first, start.first);
        FR_ROLLED for (size_t half = STRIPE / 2; half > 0; half /= 2) FR_ROLLED for (size_t j = 0; j < half; j++)
            FR_ROLLED for (size_t v = 0; v < vecs; v++) sums[j][v] = LOCAL(pair_sum)(sums[j][v], sums[j + half][v]);
        for (size_t v = 0; v < vecs; v++) row[v].sum = begin ? LOCAL(pair_sum)(row[v].sum, sums[0][v]) : sums[0][v];
    }
}
FORCE_INLINE void LOCAL(across_wide_sum)(int product, char *const *at, const ptrdiff_t *pitch, size_t n, size_t vecs,
                                         LOCAL(row) * row)
{
    LOCAL(wide) sums[STRIPE][VECS];
    const size_t together = LOCAL(rows_together)(vecs);
    for (size_t j = 0; j < STRIPE; j++)
        for (size_t v = 0; v < vecs; v++) sums[j][v] = LOCAL(wide_none)();
    FR_ROLLED for (size_t j = 0; j < STRIPE; j += together) FR_ROLLED for (size_t first = j; first < n; first += STRIPE)
    {
        const size_t last = n - first < together ? n : first + together;
        FR_ROLLED for (size_t i = first; i < last; i++) FR_ROLLED for (size_t v = 0; v < vecs; v++)
        {
            LOCAL(wide) *sum = &sums[i % STRIPE][v];
            const vec a = v_load(ROW_VEC(0, i, v)), b = product ? v_load(ROW_VEC(1, i, v)) : a;
            *sum = LOCAL(wide_plus)(*sum, a, b, product);
        }
    }
    FR_ROLLED for (size_t half = STRIPE / 2; half > 0; half /= 2) FR_ROLLED for (size_t j = 0; j < half; j++)
        FR_ROLLED for (size_t v = 0; v < vecs; v++) sums[j][v] = LOCAL(wide_sum)(sums[j][v], sums[j + half][v]);
    for (size_t v = 0; v < vecs; v++) row[v].sum = LOCAL(parts)(sums[0][v]);
}
FORCE_INLINE void LOCAL(across_results)(LOCAL(row_result) * result, ROW_SHAPE, char *const *at, const ptrdiff_t *pitch, size_t n,
                                        size_t vecs, LOCAL(row) * row, int rare)
{
    FR_ROLLED for (size_t i = 0; i < n; i++) FR_ROLLED for (size_t v = 0; v < vecs; v++)
    {
        vec in[2];
        for (int k = 0; k < shape.arrays; k++) in[k] = v_load(ROW_VEC(shape.stored ? shape.arrays : k, i, v));
        v_store(ROW_VEC(shape.arrays, i, v), result(in, &row[v], rare));
    }
}
FORCE_INLINE void LOCAL(across)(ROW_STEPS, ROW_SHAPE, char *const *at, const ptrdiff_t *pitch, size_t n, size_t vecs)
{
    LOCAL(row) row[VECS];
    int rare = 0;
    if (begin) {
        LOCAL(across_extremes)(at, pitch, n, vecs, row);
        for (size_t v = 0; v < vecs; v++) {
            begin(&row[v]);
            rare |= row[v].rare;
        }
        if (!rare)
            LOCAL(across_sum)(term, shape, at, pitch, n, vecs, row, 0);
        else
            LOCAL(across_sum)(term, shape, at, pitch, n, vecs, row, 1);
    } else {
        LOCAL(across_wide_sum)(shape.product, at, pitch, n, vecs, row);
    }
    rare = 0;
    for (size_t v = 0; v < vecs; v++) {
        finish(&row[v]);
        rare |= row[v].rare;
    }
    if (!rare)
        LOCAL(across_results)(result, shape, at, pitch, n, vecs, row, 0);
    else
        LOCAL(across_results)(result, shape, at, pitch, n, vecs, row, 1);
}

#if LANES > 1
/* A row whose elements lie side by side. Behind the last, lanes are NaN, which no extreme takes, or 0, which no sum shows. */
FORCE_INLINE vec LOCAL(load_part)(const elem *from, size_t n, lane fill) { return v_load_first(from, n, v_set(fill)); }

typedef vec LOCAL(binary)(vec, vec);
FORMULA(folded)(LOCAL(binary) * f, vec x)
{
    x = f(x, v_turned(x, 2));
    x = f(x, v_turned(x, 1));
    FR_UNROLLED for (int distance = WIDTH / 2; distance > 0; distance /= 2) x = f(x, v_exchanged(x, distance));
    return ALIKE(vec, x.a);
}
/* STRIPE accumulators added up. */
FORMULA_PAIR(pair_folded)(PAIR sum)
{
    FR_UNROLLED for (int turn = STRIPE / WIDTH / 2; turn > 0; turn /= 2) sum =
        LOCAL(pair_sum)(sum, (PAIR){v_turned(sum.first, turn), v_turned(sum.second, turn)});
    FR_UNROLLED for (int distance = WIDTH / 2; distance > 0; distance /= 2) sum =
        LOCAL(pair_sum)(sum, (PAIR){v_exchanged(sum.first, distance), v_exchanged(sum.second, distance)});
    return (PAIR){ALIKE(vec, sum.first.a), ALIKE(vec, sum.second.a)};
}
FORCE_INLINE void LOCAL(along_extremes)(const elem *x, size_t n, LOCAL(row) * row)
{
    vec least = v_set(FR_INFINITY), most = v_set(-FR_INFINITY);
    for (size_t i = 0; i < n; i += LANES) {
        const vec here = n - i < LANES ? LOCAL(load_part)(x + i, n - i, (lane)NAN) : v_load(x + i);
        least = v_min(here, least), most = v_max(here, most);
    }
    row->least = LOCAL(folded)(v_min, least);
    row->most = LOCAL(folded)(v_max, most);
}
FORCE_INLINE PAIR LOCAL(along_sum)(LOCAL(row_term) * term, ROW_SHAPE, elem *const *at, size_t n, LOCAL(row) * row, int rare)
{
    PAIR total = {v_set(0), v_set(0)};
    for (size_t begin = 0; begin < n; begin += FR_ROW_BLOCK) {
        const size_t end = n - begin < FR_ROW_BLOCK ? n : begin + FR_ROW_BLOCK;
        const vec start = LOCAL(start_of)(shape);
        PAIR sum = {start, v_set(0)};
        FR_ROLLED for (size_t i = begin; i < end; i += LANES)
        {
            const size_t part = end - i < LANES ? end - i : 0;
            LOCAL(addend) e = term(part ? LOCAL(load_part)(at[0] + i, part, (lane)NAN) : v_load(at[0] + i), row, rare);
            if (part) {
                const mask live = m_first(part);
                const vec none = v_set(0);
                if (shape.stored) v_store_first(at[1] + i, part, e.value);
                e = (LOCAL(addend)){v_where(live, e.value, none), v_where(live, e.a, none), v_where(live, e.b, none),
                                    v_where(live, e.c, none)};
            } else if (shape.stored) {
                v_store(at[1] + i, e.value);
            }
            FR_UNROLLED for (int j = 0; j < LANES / STRIPE; j++)
            {
                const int turn = j * STRIPE / WIDTH;
                const LOCAL(addend)
                    turned = {v_turned(e.value, turn), v_turned(e.a, turn), v_turned(e.b, turn), v_turned(e.c, turn)};
                sum = LOCAL(plus)(sum, turned, shape.bounded);
            }
        }
        sum.first = v_sub(sum.first, start);
        sum = LOCAL(pair_folded)(sum);
        total = begin ? LOCAL(pair_sum)(total, sum) : sum;
    }
    return total;
}
#if LANE_BITS == 32
FORCE_INLINE LOCAL(wide) LOCAL(wide_folded)(LOCAL(wide) sum)
{
    FR_UNROLLED for (int turn = STRIPE / WIDTH / 2; turn > 0; turn /= 2) sum =
        LOCAL(wide_sum)(sum, (LOCAL(wide)){v_turned(sum.first, turn), v_turned(sum.second, turn)});
    dvec both = d_add(sum.first, sum.second);
    FR_UNROLLED for (int distance = WIDTH / 2; distance > 1; distance /= 2) both = d_add(both, v_exchanged(both, distance));
    return (LOCAL(wide)){ALIKE(dvec, both.a), ALIKE(dvec, both.a)};
}
#else
#define wide_folded pair_folded
#endif
FORCE_INLINE PAIR LOCAL(along_wide_sum)(int product, elem *const *at, size_t n)
{
    LOCAL(wide) sum = LOCAL(wide_none)();
    FR_ROLLED for (size_t i = 0; i < n; i += LANES)
    {
        const size_t part = n - i < LANES ? n - i : 0;
        const vec a = part ? LOCAL(load_part)(at[0] + i, part, 0) : v_load(at[0] + i);
        const vec b = !product ? a : part ? LOCAL(load_part)(at[1] + i, part, 0) : v_load(at[1] + i);
        FR_UNROLLED for (int j = 0; j < LANES / STRIPE; j++)
        {
            const int turn = j * STRIPE / WIDTH;
            sum = LOCAL(wide_plus)(sum, v_turned(a, turn), v_turned(b, turn), product);
        }
    }
    return LOCAL(parts)(LOCAL(wide_folded)(sum));
}
FORCE_INLINE void LOCAL(along_results)(LOCAL(row_result) * result, ROW_SHAPE, elem *const *at, size_t n, LOCAL(row) * row,
                                       int rare)
{
    FR_ROLLED for (size_t i = 0; i < n; i += LANES)
    {
        const size_t part = n - i < LANES ? n - i : 0;
        vec in[2];
        for (int k = 0; k < shape.arrays; k++) {
            const elem *from = at[shape.stored ? shape.arrays : k] + i;
            in[k] = part ? LOCAL(load_part)(from, part, (lane)NAN) : v_load(from);
        }
        const vec y = result(in, row, rare);
        if (part)
            v_store_first(at[shape.arrays] + i, part, y);
        else
            v_store(at[shape.arrays] + i, y);
    }
}
/* Some rows, pass by pass. Between two passes what is known of them lies a lane each, so that `begin` and `finish`, long chains
 * of steps that wait for one another, are done for all at once. Lanes behind the last row's are like it. */
#define ROW_OPERANDS(i)                                                                                   \
    {                                                                                                     \
        ROW_ELEMENT(at[0], pitch[0], i), ROW_ELEMENT(at[1], pitch[1], i), ROW_ELEMENT(at[2], pitch[2], i) \
    }
#define ROW_KEPT(member) kept[offsetof(LOCAL(row), member) / sizeof(vec)]
#define ROW_KEEP(member, i) v_keep(ROW_KEPT(member) + (i), row.member)
#define ROW_OF_ALL(member) row.member = v_kept(ROW_KEPT(member))
#define ROW_OF_ONE(member, i) row.member = v_set(ROW_KEPT(member)[i])
FORCE_INLINE void LOCAL(along)(ROW_STEPS, ROW_SHAPE, char *const *at, const ptrdiff_t *pitch, size_t n, size_t rows)
{
    lane kept[sizeof(LOCAL(row)) / sizeof(vec)][2 * LANES];
    LOCAL(row) row;
    if (begin) {
        for (size_t i = 0; i < rows; i++) {
            LOCAL(along_extremes)(ROW_ELEMENT(at[0], pitch[0], i), n, &row);
            ROW_KEEP(least, i), ROW_KEEP(most, i);
        }
        ROW_OF_ALL(least), ROW_OF_ALL(most);
        begin(&row);
        ROW_KEEP(base, 0), ROW_KEEP(less, 0), ROW_KEEP(floor, 0), ROW_KEEP(round, 0);
    }
    for (size_t i = 0; i < rows; i++) {
        elem *const operand[3] = ROW_OPERANDS(i);
        if (begin) {
            ROW_OF_ONE(most, i), ROW_OF_ONE(base, i), ROW_OF_ONE(less, i), ROW_OF_ONE(floor, i), ROW_OF_ONE(round, i);
            row.count = v_set(0);
            row.sum = FR_LIKELY(!row.rare) ? LOCAL(along_sum)(term, shape, operand, n, &row, 0)
                                           : LOCAL(along_sum)(term, shape, operand, n, &row, 1);
            row.count = LOCAL(folded)(v_add, row.count);
            ROW_KEEP(count, i);
        } else {
            row.sum = LOCAL(along_wide_sum)(shape.product, operand, n);
        }
        ROW_KEEP(sum.first, i), ROW_KEEP(sum.second, i);
    }
    if (begin) ROW_OF_ALL(least), ROW_OF_ALL(most), ROW_OF_ALL(count);
    ROW_OF_ALL(sum.first), ROW_OF_ALL(sum.second);
    finish(&row);
    ROW_KEEP(floor, 0), ROW_KEEP(high, 0), ROW_KEEP(low, 0);
    for (size_t i = 0; i < rows; i++) {
        elem *const operand[3] = ROW_OPERANDS(i);
        ROW_OF_ONE(floor, i), ROW_OF_ONE(high, i), ROW_OF_ONE(low, i);
        if (begin) ROW_OF_ONE(most, i);
        if (FR_LIKELY(!row.rare))
            LOCAL(along_results)(result, shape, operand, n, &row, 0);
        else
            LOCAL(along_results)(result, shape, operand, n, &row, 1);
    }
}
#endif

/* ROW_FUNCTION(name, begin, term, finish, result, arrays, stored, bounded, product) */
#define ROW_FUNCTIONS(X)                                                            \
    X(softmax, ROW_FORWARD(softmax), LOCAL(softmax_result), 1, 1, 1, 0)             \
    X(log_softmax, ROW_FORWARD(log_softmax), LOCAL(log_softmax_result), 1, 0, 0, 0) \
    X(softmax_backward, ROW_GRADIENT, LOCAL(softmax_backward_result), 2, 0, 0, 1)   \
    X(log_softmax_backward, ROW_GRADIENT, LOCAL(log_softmax_backward_result), 2, 0, 0, 0)
#define ROW_FORWARD(name) LOCAL(name##_begin), LOCAL(name##_term), LOCAL(name##_finish)
#define ROW_GRADIENT NULL, NULL, LOCAL(backward_finish)
#define ROW_CALL(begin, term, finish, result, ...) \
    begin, term, finish, result, (LOCAL(row_shape)) { __VA_ARGS__ }

#if LANES > 1
#define ROW_ALONG(name, ...)                                                                                \
    static void FR_GLUE(LOCAL(name), along)(char *const *at, const ptrdiff_t *pitch, size_t n, size_t rows) \
    {                                                                                                       \
        for (size_t row = 0, some; row < rows; row += some) {                                               \
            char *operand[3];                                                                               \
            some = n < SOME_ROWS ? SOME_ROWS / n : 1;                                                       \
            some = some < LANES ? some : LANES;                                                             \
            some = some < rows - row ? some : rows - row;                                                   \
            for (int k = 0; k < 3; k++) operand[k] = at[k] + pitch[k] * (ptrdiff_t)row;                     \
            LOCAL(along)(ROW_CALL(__VA_ARGS__), operand, pitch, n, some);                                   \
        }                                                                                                   \
    }
#else /* the only column */
#define ROW_ALONG(name, ...)                                                                                \
    static void FR_GLUE(LOCAL(name), along)(char *const *at, const ptrdiff_t *pitch, size_t n, size_t rows) \
    {                                                                                                       \
        const ptrdiff_t step[3] = {sizeof(elem), sizeof(elem), sizeof(elem)};                               \
        for (size_t row = 0; row < rows; row++) {                                                           \
            char *operand[3] = {at[0] + pitch[0] * (ptrdiff_t)row, at[1] + pitch[1] * (ptrdiff_t)row,       \
                                at[2] + pitch[2] * (ptrdiff_t)row};                                         \
            LOCAL(across)(ROW_CALL(__VA_ARGS__), operand, step, n, 1);                                      \
        }                                                                                                   \
    }
#endif
#define ROW_LOOPS(name, ...)                                                                                    \
    ROW_ALONG(name, __VA_ARGS__)                                                                                \
    static void FR_GLUE(LOCAL(name), across)(char *const *at, const ptrdiff_t *pitch, size_t n, size_t columns) \
    {                                                                                                           \
        for (size_t i = 0, some; i < columns; i += some * LANES) {                                              \
            char *operand[3];                                                                                   \
            some = (columns - i) / LANES < VECS ? (columns - i) / LANES : VECS;                                 \
            for (int k = 0; k < 3; k++) operand[k] = at[k] + i * sizeof(elem);                                  \
            LOCAL(across)(ROW_CALL(__VA_ARGS__), operand, pitch, n, some);                                      \
        }                                                                                                       \
    }
#define ROW_ENTRY(name, ...) {FR_GLUE(LOCAL(name), along), FR_GLUE(LOCAL(name), across), LANES},
ROW_FUNCTIONS(ROW_LOOPS)
const fr_row_loops FR_GLUE(FR_GLUE(fr, ROOM), rows)[] = {ROW_FUNCTIONS(ROW_ENTRY)};
