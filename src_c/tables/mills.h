/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal distribution's tail: e^(a^2 / 2) Phi(-a) (2 + 17/8 a) = 1 + u q(u - 3/4), u = a / (a + 11/2), 0 <= a <= 39. Made by
 * tables.py, which says how; do not edit. */
#if LANE_BITS == 64
static const struct {
    lane q[23]; /* lowest first; error relative to 1 + u q */
} mills_table =
    {
        /* error 2^-56.9 */
        .q = {-0x1.24951a46f2faap-3, -0x1.b3858d1c225f2p-4, 0x1.a12c573c4b29p-2, -0x1.6f1f610d9e19dp-1, 0x1.f37bdbe9d16f8p-1,
            -0x1.1f063d90c49abp0, 0x1.1c6ccbbf8a2cap0, -0x1.e1e62a3045eebp-1, 0x1.4fd1da4b6f861p-1, -0x1.5911999d88ff6p-2,
            0x1.3026ea39051abp-4, 0x1.26f1d70cc0196p-4, -0x1.89386f0b53ecp-4, 0x1.75b5c9e383705p-5, 0x1.3b0328ea297fap-7,
            -0x1.04223eaab0a27p-4, -0x1.20c35e9bf3d5ep-4, -0x1.5899060da61f7p-3, -0x1.0721b5d0324adp-2, -0x1.966d509f37751p-3,
            -0x1.4ba20162b47d3p-4, -0x1.06965b7224b7cp-6, -0x1.0d3db68fd685bp-10},
    };
#endif
