/* SPDX-License-Identifier: BSD-3-Clause */
/* The NEON room for float64. */
#include "../room.h"
#if FR_NEON
#include "neon_double.h"
typedef double elem;
#define OF(op) neon_##op
#define neon_stream R_KEEP
#include "whole.h"

#define ROOM neon_f64
#include "../kernels.h"
#endif
