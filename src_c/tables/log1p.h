/* SPDX-License-Identifier: BSD-3-Clause */
/* log(1 + e) = S + S^3 P(S^2), S = 2 e / (2 + e), for 0 <= e <= 1. Made by tables.py, which says how; do not edit. */
static const struct {
    lane p[LANE_BITS == 32 ? 4 : 10]; /* (2 atanh(S / 2) - S) / S^3 in powers of S^2, lowest first; error relative to S */
} log1p_table =
#if LANE_BITS == 32
    {
        /* error 2^-27.7 */
        .p = {0x1.5555p-4f, 0x1.99d29ep-7f, 0x1.1eb3a2p-9f, 0x1.1f0578p-11f},
    };
#else
    {
        /* error 2^-59.4 */
        .p = {0x1.5555555555535p-4, 0x1.99999999a0794p-7, 0x1.24924920895efp-9, 0x1.c71c741e14cf2p-12, 0x1.745cb3c47d986p-14,
            0x1.3b1de06251d7dp-16, 0x1.106785ff6ab04p-18, 0x1.efdc096c11148p-21, 0x1.55a18470b8024p-23, 0x1.5c867f4d66025p-24},
    };
#endif
