/* SPDX-License-Identifier: BSD-3-Clause */
/* The room for float16 in plain C: for CPUs without AVX2, and the reference of the others. */
#include "../room.h"
#define ROOM scalar_f16
#define NARROW f16
#include "scalar_half.h"
