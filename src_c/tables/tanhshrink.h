/* SPDX-License-Identifier: BSD-3-Clause */
/* a - tanh a = a^3 (third + s(a^2)) near 0, where x - tanh x cancels. Made by tables.py, which says how; do not edit. */
static const struct {
    lane last; /* a is at most this here */
    lane third; /* 1/3 */
    lane third_low; /* and what it lacks */
    lane s[LANE_BITS == 32 ? 6 : 14]; /* the coefficients of a^2, a^4 and so on; error relative to a - tanh a */
} tanhshrink_table =
#if LANE_BITS == 32
    {
        .last = 0x1.6p-1f,
        .third = 0x1.555556p-2f,
        .third_low = -0x1.555556p-27f,
        /* error 2^-30.3 */
        .s = {-0x1.11110ep-3f, 0x1.ba1964p-5f, -0x1.660d08p-6f, 0x1.1ef1bp-7f, -0x1.a68bc2p-9f, 0x1.9df6eep-11f},
    };
#else
    {
        .last = 0x1.6p-1,
        .third = 0x1.5555555555555p-2,
        .third_low = 0x1.5555555555555p-56,
        /* error 2^-66.5 */
        .s = {-0x1.1111111111111p-3, 0x1.ba1ba1ba1b9e9p-5, -0x1.664f4882bf693p-6, 0x1.226e355dfc3eep-7, -0x1.d6d3d0be09592p-9,
            0x1.7da360b3b137dp-10, -0x1.3557e355deae8p-11, 0x1.f576fa8f08047p-13, -0x1.96427830fa342p-14, 0x1.47ef179ee3e9dp-15,
            -0x1.038775472f5cep-16, 0x1.7c8b2cdd7e745p-18, -0x1.befc6fcfaa79cp-20, 0x1.29aeb66abef31p-22},
    };
#endif
