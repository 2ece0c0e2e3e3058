/* SPDX-License-Identifier: BSD-3-Clause */
/* tanh a = T + (1 - T^2) tau / (1 + T tau), T = tanh c, tau = tanh(a - c) = t + t s P(s), t = a - c, s = t^2, c one of eight
 * centres. Each T is a number of the lane such that c and 1 - T^2 are, too, nearly. Made by tables.py, which says how; do not
 * edit. */
#if LANE_BITS == 32
static const struct {
    lane least; /* a is held here: a normal number whose tanh is itself */
    lane last; /* and here, where tanh has become 1 */
    lane rate; /* the number of a's piece is a (rate - bend a), */
    lane bend; /* rounded */
    lane centre[8]; /* c */
    lane value[8]; /* tanh c */
    lane p[6]; /* (tanh t - t) / t^3 in powers of t^2, lowest first; error relative to tanh a */
} tanh_table =
    {
        .least = 0x1p-40f,
        .last = 0x1.20a3d8p3f,
        .rate = 0x1.d40cc8p-1f,
        .bend = 0x1.2e1ef8p-7f,
        .centre = {0, 0x1.c7b2cap-1f, 0x1.1ef22cp1f, 0x1.b40fb6p1f, 0x1.2559b4p2f, 0x1.754d8p2f, 0x1.bec3a6p2f, 0x1.0a2b24p3f},
        .value = {0, 0x1.6c3e2p-1f, 0x1.f4908cp-1f, 0x1.fee04p-1f, 0x1.ffe4a2p-1f, 0x1.fffdcp-1f, 0x1.ffffc6p-1f, 0x1.fffffcp-1f},
        /* error 2^-29.6 */
        .p = {-0x1.55554cp-2f, 0x1.110e4cp-3f, -0x1.b99012p-5f, 0x1.5ff648p-6f, -0x1.f897e6p-8f, 0x1.cc975cp-10f},
    };
#endif
