/* SPDX-License-Identifier: BSD-3-Clause */
/* The two tables made from activations/: what a user is told, and what a room has loops for. */
#include "kinds.h"
#include "fastrelu.h"

#define KERNEL(kind, name, arrays, params, outs)
#define ACTIVATION(...) {__VA_ARGS__},
const fr_activation fr_activations[] = {
#include "activations.h"
};
const int fr_activation_count = (int)(sizeof fr_activations / sizeof *fr_activations);
#undef KERNEL
#undef ACTIVATION

#define INTEGERS_ALL 1
#define INTEGERS_FLOATS 0
#define RECORD(types, rounded, smooth, arithmetic, name, arrays, params, outs) \
    {name, arrays, params, outs, INTEGERS_##types, smooth, arithmetic},
#define KERNEL(kind, name, arrays, params, outs) FR_APPLY(RECORD, FR_KIND_##kind, #name, arrays, params, outs)
#define ACTIVATION(...)
const fr_kernel fr_kernels[] = {
#include "activations.h"
};
const int fr_kernel_count = (int)(sizeof fr_kernels / sizeof *fr_kernels);
