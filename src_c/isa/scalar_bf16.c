/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for bfloat16 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_bf16
#define NARROW bf16
#include "scalar_half.h"
