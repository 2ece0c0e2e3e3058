/* SPDX-License-Identifier: BSD-3-Clause */
/* e^z - 1 = 2^k - 1 + 2^k (r + r^2 q(r)), z = k ln 2 + r: without a table, so that 2^k - 1 is exact where it matters. Made by
 * tables.py, which says how; do not edit. */
static const struct {
    lane per_step; /* 1 / ln 2 */
    lane step; /* ln 2, which k times is subtracted exactly, */
    lane step_low; /* and what it lacks */
    lane q[LANE_BITS == 32 ? 5 : 11]; /* (e^r - 1 - r) / r^2, lowest first; the error is relative to e^r - 1 */
} expm1_table =
#if LANE_BITS == 32
    {
        .per_step = 0x1.715476p0f,
        .step = 0x1.62e43p-1f,
        .step_low = -0x1.05c61p-29f,
        /* error 2^-26.1 */
        .q = {0x1.fffffep-2f, 0x1.5554aap-3f, 0x1.55579ap-5f, 0x1.122c2cp-7f, 0x1.6ac186p-10f},
    };
#else
    {
        .per_step = 0x1.71547652b82fep0,
        .step = 0x1.62e42fefa39efp-1,
        .step_low = 0x1.abc9e3b39803fp-56,
        /* error 2^-61.4 */
        .q = {0x1p-1, 0x1.5555555555559p-3, 0x1.5555555555558p-5, 0x1.111111110f72cp-7, 0x1.6c16c16c178afp-10,
            0x1.a01a01af8b9e2p-13, 0x1.a01a0196c7c01p-16, 0x1.71ddf95e2006p-19, 0x1.27e50c4a7acd1p-22, 0x1.af5cd79045758p-26,
            0x1.1f1783377c13ap-29},
    };
#endif
