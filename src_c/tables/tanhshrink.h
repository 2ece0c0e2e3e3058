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
        .last = 0x1.7p-1f,
        .third = 0x1.555556p-2f,
        .third_low = -0x1.555556p-27f,
        /* error 2^-29.5 */
        .s = {-0x1.11110ap-3f, 0x1.ba1782p-5f, -0x1.65e7a8p-6f, 0x1.1dad22p-7f, -0x1.9c909p-9f, 0x1.80ce6ep-11f},
    };
#else
    {
        .last = 0x1.7p-1,
        .third = 0x1.5555555555555p-2,
        .third_low = 0x1.5555555555555p-56,
        /* error 2^-64.7 */
        .s = {-0x1.1111111111111p-3, 0x1.ba1ba1ba1b9cdp-5, -0x1.664f4882be2bp-6, 0x1.226e355da28f4p-7, -0x1.d6d3d0a2a9a33p-9,
            0x1.7da35e20ccbc7p-10, -0x1.3557ba7e506a8p-11, 0x1.f57383ff3a791p-13, -0x1.96285438d350dp-14, 0x1.4765e94f6e202p-15,
            -0x1.019c7adfbe26cp-16, 0x1.739d0188bbf61p-18, -0x1.a699ebdce5eb7p-20, 0x1.0c0dbff160223p-22},
    };
#endif
