/* SPDX-License-Identifier: BSD-3-Clause */
/* 1/6: in two parts of one sign, so that infinity times both is infinity; rounded; and rounded up, with what is too much. Made by
 * tables.py, which says how; do not edit. */
static const struct {
    lane high; /* 1/6, rounded down, */
    lane low; /* what it lacks; */
    lane rounded; /* 1/6 rounded; */
    lane above; /* 1/6 rounded up, */
    lane above_low; /* and what is to be added, rounded up */
} sixth_table =
#if LANE_BITS == 32
    {
        .high = 0x1.555554p-3f,
        .low = 0x1.555556p-27f,
        .rounded = 0x1.555556p-3f,
        .above = 0x1.555556p-3f,
        .above_low = -0x1.555554p-28f,
    };
#else
    {
        .high = 0x1.5555555555555p-3,
        .low = 0x1.5555555555555p-57,
        .rounded = 0x1.5555555555555p-3,
        .above = 0x1.5555555555556p-3,
        .above_low = -0x1.5555555555555p-56,
    };
#endif
