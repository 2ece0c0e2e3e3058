/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for bfloat16 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_bf16
#define LANE_BITS 32
#define NARROW bf16
typedef uint16_t elem;
#define lane float
#define v_load(at) fr_bf16_to_float(*(at))
#define v_narrow fr_bf16_nearest
#define v_cut(a) ((elem)(fr_float_bits(a) >> 16 | ((a) == (a) ? 0 : 0x40)))
#include "scalar_float.h"
#include "../kernels.h"
