/* SPDX-License-Identifier: BSD-3-Clause */
/* What a KERNEL line says of a formula by naming its family: the types it is written for; how its float results come about, of
 * which narrow.h makes use; whether it is a smooth function's; whether arithmetic bounds it rather than memory. Those that it
 * bounds are not unrolled: the processor overlaps their iterations anyway, and four copies would only fill the instruction
 * cache. */
#ifndef FR_FAMILIES_H
#define FR_FAMILIES_H

#define FR_SELECTED 0                /* from what is there */
#define FR_ADDED 1                   /* a sum of two operands, or one of them */
#define FR_MULTIPLIED 2              /* a product of two, twice that, or one of them */
#define FR_ROUNDED_ONCE 3            /* or as good as that */
#define FR_ROUNDED_UNARY 4           /* the same, and only one operand may be NaN: it stays the NaN that it was */
#define FR_ROUNDED_OFTEN 5           /* and so all that follow */
#define FR_ROUNDED_PROVEN_AT_1 6     /* the same, but as PROVEN where the parameter, one for all, is 1 */
#define FR_ROUNDED_NEARLY_AT_1 7     /* the same, but as NEARLY_TABLED there */
#define FR_ROUNDED_HALVING_AT_1 8    /* the same, but as HALVING_TABLED there */
#define FR_ROUNDED_CLEAR_AT_1 9      /* the same, but as ALL_CLEAR there */
#define FR_ROUNDED_LOOSELY_AT_1 10   /* as LOOSELY, but as PROVEN there */
#define FR_ROUNDED_LOOSELY_AT_4 11   /* but as LOOSELY_IN_FLOAT16 where it is 4 */
#define FR_ROUNDED_PROVEN_AT_4 12    /* as OFTEN, but as PROVEN_TO_EVEN there */
#define FR_ROUNDED_NEARLY_AT_4 13    /* but as NEARLY there */
#define FR_ROUNDED_LOOSELY 14        /* of an output that was itself rounded */
#define FR_ROUNDED_PROVEN_TO_EVEN 15 /* tried for all inputs of 16 bits: right without a look */
#define FR_ROUNDED_PROVEN 16         /* the same; a bfloat16 result on a midpoint may go away from 0 */
#define FR_ROUNDED_NEARLY 17         /* tried, too, but not always right in float16 */
#define FR_ROUNDED_HALVING 18        /* as NEARLY, close to x / 2 at 0, and a NaN stays the NaN that it was */
#define FR_ROUNDED_CLEAR 19          /* as HALVING, and no midpoint of bfloat16 that should not go away from 0 */
#define FR_ROUNDED_ALL_CLEAR 20      /* as CLEAR, but always right in float16, too */
/* PROVEN in one of the two. */
#define FR_ROUNDED_PROVEN_IN_FLOAT16 (FR_DIGITS == 11 ? FR_ROUNDED_PROVEN : FR_ROUNDED_OFTEN)
#define FR_ROUNDED_LOOSELY_IN_FLOAT16 (FR_DIGITS == 8 ? FR_ROUNDED_PROVEN_TO_EVEN : FR_ROUNDED_LOOSELY)
/* Those of which less is promised where dy is not 1. */
#define FR_LOOSE(family) \
    ((family) == FR_ROUNDED_LOOSELY || (family) == FR_ROUNDED_LOOSELY_AT_1 || (family) == FR_ROUNDED_LOOSELY_AT_4)
/* NEARLY, HALVING and CLEAR, but PROVEN and ALL_CLEAR where there are tables. */
#define FR_ROUNDED_NEARLY_TABLED (FR_TABLED ? FR_ROUNDED_PROVEN : FR_ROUNDED_NEARLY)
#define FR_ROUNDED_HALVING_TABLED (FR_TABLED ? FR_ROUNDED_ALL_CLEAR : FR_ROUNDED_HALVING)
#define FR_ROUNDED_CLEAR_TABLED (FR_TABLED ? FR_ROUNDED_ALL_CLEAR : FR_ROUNDED_CLEAR)

/*                         types, results, smooth, bound by arithmetic */
#define FR_FAMILY_ANY_TYPE ALL, FR_SELECTED, 0, 0
#define FR_FAMILY_SELECT FLOATS, FR_SELECTED, 0, 0
#define FR_FAMILY_SUM FLOATS, FR_ADDED, 0, 0
#define FR_FAMILY_MULTIPLE FLOATS, FR_MULTIPLIED, 0, 0
#define FR_FAMILY_PIECEWISE FLOATS, FR_ROUNDED_ONCE, 0, 0
#define FR_FAMILY_UNARY FLOATS, FR_ROUNDED_UNARY, 0, 0
#define FR_FAMILY_PRODUCT FLOATS, FR_ROUNDED_ONCE, 1, 0 /* a gradient from the output, of few factors */
#define FR_FAMILY_OF_OUTPUT FLOATS, FR_ROUNDED_LOOSELY_IN_FLOAT16, 1, 1
#define FR_FAMILY_CLEAR_AT_1 FLOATS, FR_ROUNDED_CLEAR_AT_1, 1, 1
#define FR_FAMILY_OF_OUTPUT_AT_1 FLOATS, FR_ROUNDED_LOOSELY_AT_1, 1, 1
#define FR_FAMILY_OF_OUTPUT_AT_4 FLOATS, FR_ROUNDED_LOOSELY_AT_4, 1, 1
#define FR_FAMILY_SMOOTH FLOATS, FR_ROUNDED_OFTEN, 1, 1
#define FR_FAMILY_PROVEN_AT_1 FLOATS, FR_ROUNDED_PROVEN_AT_1, 1, 1
#define FR_FAMILY_NEARLY_AT_1 FLOATS, FR_ROUNDED_NEARLY_AT_1, 1, 1
#define FR_FAMILY_HALVING_AT_1 FLOATS, FR_ROUNDED_HALVING_AT_1, 1, 1
#define FR_FAMILY_PROVEN_AT_4 FLOATS, FR_ROUNDED_PROVEN_AT_4, 1, 1
#define FR_FAMILY_NEARLY_AT_4 FLOATS, FR_ROUNDED_NEARLY_AT_4, 1, 1
#define FR_FAMILY_PROVEN_IN_FLOAT16 FLOATS, FR_ROUNDED_PROVEN_IN_FLOAT16, 1, 1
#define FR_FAMILY_PROVEN_TO_EVEN FLOATS, FR_ROUNDED_PROVEN_TO_EVEN, 1, 1
#define FR_FAMILY_PROVEN FLOATS, FR_ROUNDED_PROVEN, 1, 1
#define FR_FAMILY_NEARLY FLOATS, FR_ROUNDED_NEARLY, 1, 1
#define FR_FAMILY_NEARLY_TABLED FLOATS, FR_ROUNDED_NEARLY_TABLED, 1, 1
#define FR_FAMILY_HALVING_TABLED FLOATS, FR_ROUNDED_HALVING_TABLED, 1, 1
#define FR_FAMILY_CLEAR_TABLED FLOATS, FR_ROUNDED_CLEAR_TABLED, 1, 1
#define FR_FAMILY_ALL_CLEAR FLOATS, FR_ROUNDED_ALL_CLEAR, 1, 1

/* FR_APPLY(f, FR_FAMILY_x, …) gives f the family's entries one by one. */
#define FR_APPLY(f, ...) f(__VA_ARGS__)

#endif
