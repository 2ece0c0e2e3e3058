/* SPDX-License-Identifier: BSD-3-Clause */
/* The floating-point environment of a call: round to nearest, subnormals kept, nothing trapped, and the caller's own back after
 * it with the flags it had. */
#ifndef FR_FPENV_H
#define FR_FPENV_H

#include "target.h"

#if FR_X86
#include <immintrin.h>
typedef unsigned fr_fpenv;
FORCE_INLINE fr_fpenv fr_fpenv_enter(void)
{
    fr_fpenv env = _mm_getcsr();
    _mm_setcsr(0x1f80); /* the power-up value: all exceptions masked, no flags, round to nearest, no FTZ, no DAZ */
    return env;
}
FORCE_INLINE void fr_fpenv_leave(fr_fpenv env) { _mm_setcsr(env); }
#else
#include <fenv.h>
typedef fenv_t fr_fpenv;
FORCE_INLINE fr_fpenv fr_fpenv_enter(void)
{
    fr_fpenv env;
    feholdexcept(&env);
    fesetenv(FE_DFL_ENV);
    return env;
}
FORCE_INLINE void fr_fpenv_leave(fr_fpenv env) { fesetenv(&env); }
#endif

#endif
