/* SPDX-License-Identifier: BSD-3-Clause */
/* The normal distribution's density at 0. Made by tables.py, which says how; do not edit. */
static const struct {
    lane peak; /* 1 / sqrt(2 pi), */
    lane peak_low; /* and what it lacks */
} density_table =
#if LANE_BITS == 32
    {
        .peak = 0x1.988454p-2f,
        .peak_low = -0x1.857936p-27f,
    };
#else
    {
        .peak = 0x1.9884533d43651p-2,
        .peak_low = -0x1.cbc0d30ebfd15p-56,
    };
#endif
