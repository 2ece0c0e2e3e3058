/* SPDX-License-Identifier: BSD-3-Clause */
/* 1/6, in two parts of one sign, so that infinity times both is infinity. Made by tables.py, which says how; do not edit. */
static const struct {
    lane high; /* 1/6, rounded down, */
    lane low; /* what it lacks, */
    lane rounded; /* and 1/6 rounded */
} sixth_table =
#if LANE_BITS == 32
    {
        .high = 0x1.555554p-3f,
        .low = 0x1.555556p-27f,
        .rounded = 0x1.555556p-3f,
    };
#else
    {
        .high = 0x1.5555555555555p-3,
        .low = 0x1.5555555555555p-57,
        .rounded = 0x1.5555555555555p-3,
    };
#endif
