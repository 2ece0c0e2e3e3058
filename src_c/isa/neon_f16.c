/* SPDX-License-Identifier: BSD-3-Clause */
/* The NEON room for float16, with the baseline's conversions. */
#include "../room.h"
#if FR_NEON
#include "neon_float.h"
typedef uint16_t elem;
#define NARROW f16
#define HALF uint16x4_t
#define OF_HALF(op) half_##op
#define half_loadu(at) vld1_u16((const uint16_t *)(at))
#define half_storeu(at, y) vst1_u16((uint16_t *)(at), y)
#define half_stream half_storeu
#define widen(a) vcvt_f32_f16(vreinterpret_f16_u16(a))
#define narrow(a) vreinterpret_u16_f16(vcvt_f16_f32(a))
#include "half.h"

#define ROOM neon_f16
#include "../kernels.h"
#endif
