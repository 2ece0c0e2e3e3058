/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of kernels.h: a 16-bit type's conversions from and to float32, in which most of it is computed (parts.c, row_loop.c).
 * Where the result must be `ordered`, elements lie as they do in the array. Elsewhere they are whole vecs, in the order of loads:
 * there is memory for those, and ones fill the last. */
#if LANES == 1
static void LOCAL(widened)(float *to, const elem *from, size_t n, int ordered)
{
    (void)ordered;
    for (size_t i = 0; i < n; i++) to[i] = v_load(from + i);
}
static void LOCAL(narrowed)(elem *to, const float *from, size_t n, int ordered, int stream)
{
    (void)ordered, (void)stream;
    for (size_t i = 0; i < n; i++) to[i] = v_narrow(LOCAL(one_nan)(from[i]));
}
#else
static void LOCAL(widened)(float *to, const elem *from, size_t n, int ordered)
{
    elem block[LANES];
    float wide[LANES];
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const vec x = v_load(from + i);
        v_keep(to + i, ordered ? v_in_order(x) : x);
    }
    if (i == n) return;
    LOCAL(into_block)(block, from + i, n - i);
    const vec x = v_load(block);
    v_keep(ordered ? wide : to + i, ordered ? v_in_order(x) : x);
    if (ordered) memcpy(to + i, wide, (n - i) * sizeof *to);
}
FORCE_INLINE packed LOCAL(narrow_vec)(const float *from, int ordered)
{
    const vec y = LOCAL(one_nan)(v_kept(from));
    return v_narrow(ordered ? v_for_store(y) : y);
}
static void LOCAL(narrowed)(elem *to, const float *from, size_t n, int ordered, int stream)
{
    elem block[LANES];
    float wide[LANES];
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        const packed y = LOCAL(narrow_vec)(from + i, ordered);
        if (stream)
            v_stream(to + i, y);
        else
            v_store(to + i, y);
    }
    if (i == n) return;
    if (ordered) memcpy(wide, from + i, (n - i) * sizeof *from);
    v_store(block, LOCAL(narrow_vec)(ordered ? wide : from + i, ordered));
    if (stream)
        stream_part(to + i, block, (n - i) * sizeof *to);
    else
        memcpy(to + i, block, (n - i) * sizeof *to);
}
#endif
/* Two mends at a time: an input whose bits differ in nothing is one. */
static int LOCAL(any_mend)(const elem *x, size_t n, const fr_mend *mends, int count)
{
    const elem under = mends->under;
    for (int k = 0; k < count; k += 2) {
        const elem first = mends[k].bits, second = mends[k + (k + 1 < count)].bits;
        elem least = 1;
        for (size_t i = 0; i < n; i++) {
            const elem size = x[i] & under, a = size ^ first, b = size ^ second, less = a < b ? a : b;
            least = less < least ? less : least;
        }
        if (!least) return 1;
    }
    return 0;
}
const fr_widening FR_GLUE(FR_GLUE(fr, ROOM), widening) = {LOCAL(widened), LOCAL(narrowed), LOCAL(any_mend)};
