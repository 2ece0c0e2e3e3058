/* SPDX-License-Identifier: BSD-3-Clause */
/* A 16-bit type's conversions from and to float32, in which functions of rows compute it. */
static void LOCAL(widened)(float *to, const elem *from, size_t n)
{
    size_t i = 0;
#ifdef HALF
    for (; i + WIDTH <= n; i += WIDTH) OF_FLOAT(storeu)(to + i, widen(OF_HALF(loadu)(HALVES_AT(from + i))));
#endif
    for (; i < n; i++) to[i] = FR_GLUE(FR_GLUE(fr, NARROW), to_float)(from[i]);
}
static void LOCAL(narrowed)(elem *to, const float *from, size_t n)
{
    size_t i = 0;
#ifdef HALF
    for (; i + WIDTH <= n; i += WIDTH) OF_HALF(storeu)((HALF *)(void *)(to + i), narrow(OF_FLOAT(loadu)(from + i)));
#endif
    for (; i < n; i++) to[i] = FR_GLUE(FR_GLUE(fr, NARROW), from_float)(from[i]);
}
const fr_widening FR_GLUE(FR_GLUE(fr, ROOM), widening) = {LOCAL(widened), LOCAL(narrowed)};
