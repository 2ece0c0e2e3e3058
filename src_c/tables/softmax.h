/* SPDX-License-Identifier: BSD-3-Clause */
/* The p of exp.h with a term more: an error of the largest terms is one of their sum, too. Made by tables.py, which says how; do
 * not edit. */
#if LANE_BITS == 32
static const struct {
    lane p[5]; /* e^r / s - 1, lowest first */
} softmax_table =
    {
        /* error 2^-31.5 */
        .p = {-0x1.805144p-6f, 0x1.f3fd76p-1f, 0x1.f3fd42p-2f, 0x1.4d5884p-3f, 0x1.4ff596p-5f},
    };
#endif
