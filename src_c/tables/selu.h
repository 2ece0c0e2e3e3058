/* SPDX-License-Identifier: BSD-3-Clause */
/* SELU's constants; of one sign, so that infinity times both parts is infinity. Made by tables.py, which says how; do not
 * edit. */
static const struct {
    lane scale; /* lambda, rounded down, */
    lane scale_low; /* and what it lacks */
    lane fall; /* lambda alpha, rounded down, */
    lane fall_low; /* and what it lacks */
} selu_table =
#if LANE_BITS == 32
    {
        .scale = 0x1.0cfabcp0f,
        .scale_low = 0x1.6a9114p-24f,
        .fall = 0x1.c212ccp0f,
        .fall_low = 0x1.903c0cp-26f,
    };
#else
    {
        .scale = 0x1.0cfabd6a91132p0,
        .scale_low = 0x1.ac79fa5f4cebp-55,
        .fall = 0x1.c212cc640f03p0,
        .fall_low = 0x1.6c89054b0bb48p-53,
    };
#endif
