/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for float16 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_f16
#define LANE_BITS 32
#define NARROW f16
typedef uint16_t elem;
#define lane float
#define v_load(at) fr_f16_to_float(*(at))
#define v_narrow fr_f16_from_float
#define v_cut fr_f16_from_float
#include "scalar_float.h"
#include "../kernels.h"
