/* SPDX-License-Identifier: BSD-3-Clause */
/* The two tables made from activations/: what a user is told, and what a room has loops for. */
#include "fastrelu.h"

#define KERNEL(family, name, arrays, params, outs)
#define ACTIVATION(...) {__VA_ARGS__},
const fr_activation fr_activations[] = {
#include "activations.h"
};
const int fr_activation_count = (int)(sizeof fr_activations / sizeof *fr_activations);
#undef KERNEL
#undef ACTIVATION

/* integers, smooth, arithmetic */
#define FAMILY_ANY_TYPE 1, 0, 0
#define FAMILY_SELECT 0, 0, 0
#define FAMILY_PIECEWISE 0, 0, 0
#define FAMILY_COMPOUND 0, 0, 0
#define FAMILY_PRODUCT 0, 1, 0
#define FAMILY_SMOOTH 0, 1, 1
#define FAMILY_PROVEN FAMILY_SMOOTH
#define FAMILY_HALVING FAMILY_SMOOTH
#define FAMILY_CLEAR FAMILY_SMOOTH
#define FAMILY_OF_OUTPUT FAMILY_SMOOTH
#define KERNEL(family, name, arrays, params, outs) {#name, arrays, params, outs, FAMILY_##family},
#define ACTIVATION(...)
const fr_kernel fr_kernels[] = {
#include "activations.h"
};
const int fr_kernel_count = (int)(sizeof fr_kernels / sizeof *fr_kernels);
