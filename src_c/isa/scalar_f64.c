/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for float64 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_f64
#define LANE_BITS 64
typedef double elem;
typedef int64_t ivec;
typedef uint64_t word;
#define v_abs fabs
#define v_sqrt sqrt
#define v_multiply_add fma
#include "scalar.h"
#include "scalar_float.h"
#include "../kernels.h"
