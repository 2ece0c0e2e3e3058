/* SPDX-License-Identifier: BSD-3-Clause */
/* The room of a 16-bit type, NARROW, in plain C: float32 arithmetic, with the conversions of halves.h. */
typedef uint16_t elem;
typedef int32_t ivec;
typedef uint32_t word;
#define LANE_BITS 32
#define v_abs fabsf
#define v_sqrt sqrtf
#define v_multiply_add fmaf
#define v_widen FR_GLUE(FR_GLUE(fr, NARROW), to_float)
#define v_cut FR_GLUE(FR_GLUE(fr, NARROW), from_float)
#define packed elem
#define v_differ(a, b) ((a) != (b))
#define upper(bits) ((elem)((word)(bits) >> 16))
#define upper_or_nan(bits, a) ((a) == (a) ? upper(bits) : (elem)0x7fc0)
#if FR_GLUE(FR_DIGITS, NARROW) == 11
#define v_narrow(a) v_cut((a) == (a) ? (a) : (float)NAN)
#endif
#include "scalar.h"
#include "scalar_float.h"
#define WIDE_ROOM scalar_f64
#include "../kernels.h"
