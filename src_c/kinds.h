/* SPDX-License-Identifier: BSD-3-Clause */
/* What a KERNEL line says of a formula by its kind: for which types it is; whether it computes what must be rounded, or gives
 * what is there already; whether it belongs to a smooth function, whose errors its record bounds and whose slopes multiply, 0
 * too; whether arithmetic bounds it rather than memory, so that threads pay sooner. */
#ifndef FR_KINDS_H
#define FR_KINDS_H

/*                           types, rounded, smooth, bound by arithmetic */
#define FR_KIND_ANY_TYPE ALL, 0, 0, 0
#define FR_KIND_SELECT FLOATS, 0, 0, 0
#define FR_KIND_PIECEWISE FLOATS, 1, 0, 0
#define FR_KIND_PRODUCT FLOATS, 1, 1, 0 /* a smooth function's gradient from the output, of few factors */
#define FR_KIND_SMOOTH FLOATS, 1, 1, 1

/* FR_APPLY(f, FR_KIND_x, …) gives f the kind's entries one by one. */
#define FR_APPLY(f, ...) f(__VA_ARGS__)

/* A kernel's shape: `arrays` inputs, `params` parameters, `outs` results. */
typedef struct {
    int arrays, params, outs, rounded;
} fr_shape;

#endif
