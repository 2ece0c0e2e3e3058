/* SPDX-License-Identifier: BSD-3-Clause */
/* The floating-point environment of a call: round to nearest, subnormals kept, nothing trapped, and the caller's own back after
 * it with the flags it had. */
#ifndef FR_FPENV_H
#define FR_FPENV_H

#include "target.h"

#if FR_X86
#include <immintrin.h>
typedef unsigned fr_fpenv;
/* Reading MXCSR is cheap and writing it is not, so it is written only where it differs. */
FORCE_INLINE fr_fpenv fr_fpenv_enter(void)
{
    const unsigned power_up = 0x1f80, flags = 0x3f; /* all exceptions masked, round to nearest, no FTZ, no DAZ */
    fr_fpenv env = _mm_getcsr();
    if ((env & ~flags) != power_up) _mm_setcsr(power_up);
    return env;
}
FORCE_INLINE void fr_fpenv_leave(fr_fpenv env)
{
    if (_mm_getcsr() != env) _mm_setcsr(env);
}
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
/* FPCR holds modes and traps, FPSR the flags. C's <fenv.h> does not know all of FPCR: glibc's fesetenv(FE_DFL_ENV) keeps the bit
 * for one default NaN. */
typedef struct {
    uint64_t fpcr, fpsr;
} fr_fpenv;
#define FR_READ(name, to) __asm__ volatile("mrs %0, " #name : "=r"(to) : : "memory")
#define FR_WRITE(name, from) __asm__ volatile("msr " #name ", %0" : : "r"(from) : "memory")
FORCE_INLINE fr_fpenv fr_fpenv_enter(void)
{
    const uint64_t power_up = 0; /* nothing trapped, round to nearest, no FZ, no DN, no AHP */
    fr_fpenv env;
    FR_READ(fpcr, env.fpcr);
    FR_READ(fpsr, env.fpsr);
    if (env.fpcr != power_up) FR_WRITE(fpcr, power_up);
    return env;
}
FORCE_INLINE void fr_fpenv_leave(fr_fpenv env)
{
    uint64_t fpsr;
    if (env.fpcr != 0) FR_WRITE(fpcr, env.fpcr);
    FR_READ(fpsr, fpsr);
    if (fpsr != env.fpsr) FR_WRITE(fpsr, env.fpsr);
}
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
