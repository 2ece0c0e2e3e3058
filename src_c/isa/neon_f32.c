/* SPDX-License-Identifier: BSD-3-Clause */
/* The NEON room for float32. */
#include "../room.h"
#if FR_NEON
#include "neon_float.h"
typedef float elem;
#define OF(op) neon_##op
#define neon_stream R_KEEP
#include "whole.h"

#define ROOM neon_f32
#include "../kernels.h"
#endif
