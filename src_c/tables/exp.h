/* SPDX-License-Identifier: BSD-3-Clause */
/* e^z = E (1 + p(r)), E = T_(k mod 8) 2^(k / 8 rounded down), z = k ln 2 / 8 + r, where T_j = s 2^(j/8) with an s such that all
 * eight are numbers of the lane, nearly, and p holds 1 / s. e^-z takes p(-r). Made by tables.py, which says how; do not edit. */
static const struct {
    lane per_step; /* 8 / ln 2 */
    lane step; /* ln 2 / 8, which k times is subtracted exactly, */
    lane step_low; /* and what it lacks */
    lane power[8]; /* the bits of T_j less j << (stored bits of the lane - 3): adding k shifted so far gives E */
    lane p[LANE_BITS == 32 ? 4 : 8]; /* e^r / s - 1, lowest first */
} exp_table =
#if LANE_BITS == 32
    {
        .per_step = 0x1.715476p3f,
        .step = 0x1.62e43p-4f,
        .step_low = -0x1.05c61p-32f,
        /* error 2^-27.6 */
        .power = {0x1.062632p0f, 0x1.fde03p-1f, 0x1.f7bfecp-1f, 0x1.f3f728p-1f, 0x1.f2bc26p-1f, 0x1.f44a12p-1f, 0x1.f8e172p-1f,
            0x1.00c8a4p0f},
        /* error 2^-25.7 */
        .p = {-0x1.805158p-6f, 0x1.f3fd78p-1f, 0x1.f411b4p-2f, 0x1.4d3eacp-3f},
    };
#else
    {
        .per_step = 0x1.71547652b82fep3,
        .step = 0x1.62e42fefa39efp-4,
        .step_low = 0x1.abc9e3b39803fp-59,
        /* error 2^-58.3 */
        .power = {0x1.05aee638183aep0, 0x1.fd5e17fc926aap-1, 0x1.f7320dd832f36p-1, 0x1.f35c72b07adfap-1, 0x1.f2137036cf972p-1,
            0x1.f392171069074p-1, 0x1.f818d06b8a83cp-1, 0x1.ffedd9dc724c4p-1},
        /* error 2^-58.2 */
        .p = {-0x1.63d353c27ee2bp-6, 0x1.f4e16561ec08fp-1, 0x1.f4e16561ec316p-2, 0x1.4deb98ebf21f2p-3, 0x1.4deb98ddde669p-5,
            0x1.0b22e0d20979ap-7, 0x1.6434884735d0cp-10, 0x1.970eb1780aa79p-13},
    };
#endif
