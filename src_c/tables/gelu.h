/* SPDX-License-Identifier: BSD-3-Clause */
/* For 0 <= a <= last, Phi(-a) = E (1 + S(a)) / (shift + a), and GELU's slope at -a is E (1 + S(a)) (a - zero), S a quotient of
 * polynomials and E = C e^(-a^2 / 2), a C and an S for each of the two. E = G (1 + p(r)), G = C 2^(-n/4), a^2 = n step + r +
 * lacks a^2: n step is exact, as step is ln 2 / 2 with few digits, and lacks a^2 is what that lacks. Made by tables.py, which
 * says how; do not edit. */
#if LANE_BITS == 32
static const struct {
    lane last; /* left of minus this GELU and its slope are 0 */
    lane rate; /* 1 / step */
    lane step; /* nearly ln 2 / 2, of few digits, */
    lane magic_step; /* and 1.5 2^23 times that */
    lane lacks; /* 1 - step / (ln 2 / 2) */
    lane shift; /* of few digits, such that |S| is at most 0.071, for its error grows with it */
    lane inverse; /* 1 / shift */
    lane peak; /* 1 / (C sqrt(2 pi)), */
    lane peak_low; /* and what it lacks */
    lane power[4]; /* the bits of C 2^(-j/4) plus j << 21, j = n mod 4: subtracting n << 21 gives G */
    lane p[4]; /* e^(-r / 2 / (1 - lacks)) - 1, from the linear term on */
    lane numerator[6]; /* of S, lowest first; error relative to 1 + S */
    lane denominator[6]; /* lowest first */
} gelu_table =
    {
        .last = 0x1.d4p3f,
        .rate = 0x1.7154a8p1f,
        .step = 0x1.62e4p-2f,
        .magic_step = 0x1.0a2bp22f,
        .lacks = 0x1.14a0eep-19f,
        .shift = 0x1.bp-1f,
        .inverse = 0x1.2f684cp0f,
        .peak = 0x1.c4b35ep-1f,
        .peak_low = 0x1.10ed92p-26f,
        /* error 2^-29.4 */
        .power = {0x1.ce0752p-2f, 0x1.c484a8p-2f, 0x1.c6b41cp-2f, 0x1.d2b94ep-2f},
        /* error 2^-28.4 */
        .p = {-0x1.00002p-1f, 0x1.00004p-3f, -0x1.557fe4p-6f, 0x1.55a944p-9f},
        /* error 2^-27.9 */
        .numerator = {-0x1.56fb04p2f, 0x1.4bad68p4f, 0x1.3a48ecp3f, 0x1.40357cp0f, -0x1.4e444ap-2f, -0x1.da5f24p-4f},
        .denominator = {0x1.49d326p6f, 0x1.18f3bap7f, 0x1.9bcdbep6f, 0x1.4a12d6p5f, 0x1.283ap3f, 0x1p0f},
    };
static const struct {
    lane zero; /* the slope's zero is at minus this, of few digits, so that a - zero is exact near it, */
    lane zero_low; /* and this less: what is to be added to a - zero */
    lane power[4]; /* as above, of -C */
    lane numerator[5]; /* as above */
    lane denominator[5]; /* lowest first */
} gelu_slope_table =
    {
        .zero = 0x1.80eaep-1f,
        .zero_low = 0x1.cd01fep-22f,
        /* error 2^-30.2 */
        .power = {-0x1.0f9442p-1f, -0x1.08bd66p-1f, -0x1.001226p-1f, -0x1.02f6bep-1f},
        /* error 2^-26.3 */
        .numerator = {0x1.36ffcap3f, 0x1.ae14d4p-1f, -0x1.8ad682p1f, -0x1.859944p0f, -0x1.fba964p-3f},
        .denominator = {0x1.3247cep5f, 0x1.ac4b76p5f, 0x1.e58d0ap4f, 0x1.0d6d16p3f, 0x1p0f},
    };
#endif
