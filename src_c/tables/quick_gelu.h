/* SPDX-License-Identifier: BSD-3-Clause */
/* The rate of GELU by a sigmoid. Made by tables.py, which says how; do not edit. */
static const struct {
    lane rate; /* 1.702, */
    lane rate_low; /* and what it lacks */
} quick_gelu_table =
#if LANE_BITS == 32
    {
        .rate = 0x1.b3b646p0f,
        .rate_low = -0x1.78d4fep-26f,
    };
#else
    {
        .rate = 0x1.b3b645a1cac08p0,
        .rate_low = 0x1.89374bc6a7efap-55,
    };
#endif
