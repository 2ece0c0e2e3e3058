/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for float64 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_f64
#define LANE_BITS 64
typedef double elem;
#include "scalar_float.h"
#include "../kernels.h"
