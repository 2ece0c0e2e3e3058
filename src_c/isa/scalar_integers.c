/* SPDX-License-Identifier: BSD-3-Clause */
/* The baseline rooms for the integer types. */
#include "../room.h"
#define ISA scalar
#include "integers.h"
