/* SPDX-License-Identifier: BSD-3-Clause */
/* a - tanh a = a^3 (third + s(a^2)) near 0, where x - tanh x cancels. Made by tables.py, which says how; do not edit. */
static const struct {
    lane last; /* a is at most this here */
    lane third; /* 1/3 */
    lane third_low; /* and what it lacks */
    lane s[LANE_BITS == 32 ? 8 : 18]; /* the coefficients of a^2, a^4 and so on; error relative to a - tanh a */
} tanhshrink_table =
#if LANE_BITS == 32
    {
        .last = 0x1p0f,
        .third = 0x1.555556p-2f,
        .third_low = -0x1.555556p-27f,
        /* error 2^-30.4 */
        .s = {-0x1.11110ep-3f, 0x1.ba1a22p-5f, -0x1.662ed6p-6f, 0x1.2114fap-7f, -0x1.c68e8ap-9f, 0x1.4206fp-10f, -0x1.5871fep-12f,
            0x1.81df14p-15f},
    };
#else
    {
        .last = 0x1p0,
        .third = 0x1.5555555555555p-2,
        .third_low = 0x1.5555555555555p-56,
        /* error 2^-66.1 */
        .s = {-0x1.1111111111111p-3, 0x1.ba1ba1ba1b9f5p-5, -0x1.664f4882c01a1p-6, 0x1.226e355e3a623p-7, -0x1.d6d3d0d536a3ep-9,
            0x1.7da36358c21f3p-10, -0x1.35581667a761ap-11, 0x1.f57c4e83cb8a1p-13, -0x1.9674f4fe1673dp-14, 0x1.494682014cac2p-15,
            -0x1.0a1297b0b48b1p-16, 0x1.a9ad1083aeb04p-18, -0x1.4a2c119101581p-19, 0x1.dbeb220bf87a1p-21, -0x1.2963bd7dcaa6fp-22,
            0x1.23e49145314e4p-24, -0x1.83a8e2385b289p-27, 0x1.fe243813e7656p-31},
    };
#endif
