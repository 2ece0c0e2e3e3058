/* SPDX-License-Identifier: BSD-3-Clause */
/* The integer rooms of one instruction set, ISA: plain C that the compiler vectorises for the target around this inclusion
 * (compare, select, max: there is nothing a person would add). */
#define INTEGER_ROOM
#define ROOM_OF(dtype) FR_GLUE(ISA, dtype)

#define elem int8_t
#define ROOM ROOM_OF(i8)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem uint8_t
#define ROOM ROOM_OF(u8)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem int16_t
#define ROOM ROOM_OF(i16)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem uint16_t
#define ROOM ROOM_OF(u16)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem int32_t
#define ROOM ROOM_OF(i32)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem uint32_t
#define ROOM ROOM_OF(u32)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem int64_t
#define ROOM ROOM_OF(i64)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM

#define elem uint64_t
#define ROOM ROOM_OF(u64)
#include "scalar.h"
#include "../kernels.h"
#undef elem
#undef ROOM
