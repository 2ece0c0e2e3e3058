/* SPDX-License-Identifier: BSD-3-Clause */
/* A vec is four registers, and each operation goes through all four before the next one starts: four results are awaited at once,
 * and a look at a vec (m_any, v_within) is one branch for four registers. A room defines reg, ireg, mreg and WIDTH, the lanes of
 * a register, includes this file, and names its intrinsics in lines like LIKE_2(vec, v_add, vec, _mm256_add_ps). */
#define LANES (4 * WIDTH)
typedef struct {
    reg a, b, c, d;
} vec;
typedef struct {
    ireg a, b, c, d;
} ivec;
typedef struct {
    mreg a, b, c, d;
} mask;

/* result, name, operands, what it does with one register of each */
#define LIKE_1(result, name, type, f) \
    FORCE_INLINE result name(type x) { return (result){f(x.a), f(x.b), f(x.c), f(x.d)}; }
#define LIKE_2(result, name, type, f) \
    FORCE_INLINE result name(type x, type y) { return (result){f(x.a, y.a), f(x.b, y.b), f(x.c, y.c), f(x.d, y.d)}; }
#define LIKE_3(result, name, type, f)                                                            \
    FORCE_INLINE result name(type x, type y, type z)                                             \
    {                                                                                            \
        return (result){f(x.a, y.a, z.a), f(x.b, y.b, z.b), f(x.c, y.c, z.c), f(x.d, y.d, z.d)}; \
    }
#define LIKE_SHIFT(name, f) \
    FORCE_INLINE ivec name(ivec x, int n) { return (ivec){f(x.a, n), f(x.b, n), f(x.c, n), f(x.d, n)}; }
/* From a first operand that is the same for all. */
#define LIKE_TABLE(name, type, f) \
    FORCE_INLINE vec name(const lane *table, ivec x) { return (vec){f(table, x.a), f(table, x.b), f(table, x.c), f(table, x.d)}; }
#define ALIKE(result, f) \
    (result) { f, f, f, f }

/* A dvec has half of a vec's lanes, as float64, in the same registers: the first or second half of each; two are rounded to one. */
#define LIKE_DOUBLES                           \
    typedef vec dvec;                          \
    LIKE_1(dvec, d_first, vec, R_FIRST_HALF)   \
    LIKE_1(dvec, d_second, vec, R_SECOND_HALF) \
    LIKE_2(vec, d_rounded, dvec, R_ROUNDED)    \
    LIKE_2(dvec, d_add, dvec, R_DADD)          \
    LIKE_2(dvec, d_sub, dvec, R_DSUB)          \
    LIKE_3(dvec, d_fma, dvec, R_DFMA)

/* Lanes in memory, as they are. */
FORCE_INLINE vec v_kept(const lane *at)
{
    return (vec){R_KEPT(at), R_KEPT(at + WIDTH), R_KEPT(at + 2 * WIDTH), R_KEPT(at + 3 * WIDTH)};
}
FORCE_INLINE void v_keep(lane *at, vec x)
{
    R_KEEP(at, x.a);
    R_KEEP(at + WIDTH, x.b);
    R_KEEP(at + 2 * WIDTH, x.c);
    R_KEEP(at + 3 * WIDTH, x.d);
}

/* x for the way that few vecs go. A vec that goes to a function as it is lives in memory, where every turn would store it. And what
 * this way shares with the usual one the compiler would compute before they part, and keep for both: in a room of few registers
 * R_APART hides from it that this is x. */
FORCE_INLINE vec v_aside(vec x)
{
#ifdef R_APART
    R_APART(x.a);
    R_APART(x.b);
    R_APART(x.c);
    R_APART(x.d);
#endif
    return (vec){x.a, x.b, x.c, x.d};
}
FORCE_INLINE vec v_where(mask m, vec x, vec y)
{
    return (vec){r_where(m.a, x.a, y.a), r_where(m.b, x.b, y.b), r_where(m.c, x.c, y.c), r_where(m.d, x.d, y.d)};
}
/* x, but 0 where m. */
FORCE_INLINE vec v_unless(mask m, vec x)
{
    return (vec){R_UNLESS(m.a, x.a), R_UNLESS(m.b, x.b), R_UNLESS(m.c, x.c), R_UNLESS(m.d, x.d)};
}
/* x where s has no sign, y where it has one. */
FORCE_INLINE vec v_by_sign(vec s, vec x, vec y)
{
    return (vec){r_by_sign(s.a, x.a, y.a), r_by_sign(s.b, x.b, y.b), r_by_sign(s.c, x.c, y.c), r_by_sign(s.d, x.d, y.d)};
}
/* The registers, n places on: the first is the n-th. */
FORCE_INLINE vec v_turned(vec x, int n)
{
    switch (n) {
    case 1: return (vec){x.b, x.c, x.d, x.a};
    case 2: return (vec){x.c, x.d, x.a, x.b};
    case 3: return (vec){x.d, x.a, x.b, x.c};
    default: return x;
    }
}
/* Within each register, each lane and the one `distance` from it, a power of two, change places. */
#define LIKE_EXCHANGE(f)                                                                      \
    FORCE_INLINE vec v_exchanged(vec x, int distance)                                         \
    {                                                                                         \
        return (vec){f(x.a, distance), f(x.b, distance), f(x.c, distance), f(x.d, distance)}; \
    }
