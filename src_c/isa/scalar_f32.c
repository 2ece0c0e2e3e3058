/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for float32 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_f32
#define LANE_BITS 32
typedef float elem;
#include "scalar_float.h"
#include "../kernels.h"
