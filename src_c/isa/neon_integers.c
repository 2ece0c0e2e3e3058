/* SPDX-License-Identifier: BSD-3-Clause */
/* The NEON rooms for the integer types. */
#include "../room.h"
#if FR_NEON
#define ISA neon
#include "integers.h"
#endif
