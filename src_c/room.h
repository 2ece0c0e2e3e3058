/* SPDX-License-Identifier: BSD-3-Clause */
/* What every room includes before it opens its target: system headers must not be compiled for a room's instruction set. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "fastrelu.h"
#include "halves.h"
#include "target.h"
#if FR_X86
#include <immintrin.h>
#endif

/* A name of this room alone: several integer rooms share a file. */
#define FR_GLUE_(a, b) a##_##b
#define FR_GLUE(a, b) FR_GLUE_(a, b)
#define LOCAL(name) FR_GLUE(name, ROOM)
