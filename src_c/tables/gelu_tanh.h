/* SPDX-License-Identifier: BSD-3-Clause */
/* The constants of GELU by a tanh: x (c1 + c3 x^2) is the sigmoid's argument, x (c1 + c9 x^2) x times its slope. Made by
 * tables.py, which says how; do not edit. */
static const struct {
    lane c1; /* 2 sqrt(2 / pi), seven bits short, so that adding up to 127 times as much loses nothing, */
    lane c1_low; /* and what it lacks */
    lane c3; /* c1 times 0.044715, */
    lane c3_low; /* and what it lacks */
    lane c9; /* three times that, */
    lane c9_low; /* and what it lacks */
} gelu_tanh_table =
#if LANE_BITS == 32
    {
        .c1 = 0x1.9884p0f,
        .c1_low = 0x1.4cf50ep-18f,
        .c3 = 0x1.2444f2p-4f,
        .c3_low = 0x1.49b16ap-29f,
        .c9 = 0x1.b6676cp-3f,
        .c9_low = -0x1.175e2p-32f,
    };
#else
    {
        .c1 = 0x1.9884533d4368p0,
        .c1_low = -0x1.7b9781a61d7fap-47,
        .c3 = 0x1.2444f2a4d8b4bp-4,
        .c3_low = -0x1.6c843a29d1c7p-61,
        .c9 = 0x1.b6676bf7450fp-3,
        .c9_low = 0x1.bba7351828aabp-57,
    };
#endif
