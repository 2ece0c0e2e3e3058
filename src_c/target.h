/* SPDX-License-Identifier: BSD-3-Clause */
/* Everything that differs between compilers: inlining, and code generation for one instruction set inside one file. */
#ifndef FR_TARGET_H
#define FR_TARGET_H

#include <stddef.h>
#include <stdint.h>

#if defined(_MSC_VER) && !defined(__clang__)
#define FORCE_INLINE static __forceinline
#define NO_INLINE static __declspec(noinline)
#define FR_IVDEP __pragma(loop(ivdep))
#define FR_ROLLED
#define FR_UNROLLED
#define FR_THREAD_LOCAL __declspec(thread)
#define FR_UNUSED
#define FR_LIKELY(condition) (condition)
#define FR_NEVER __assume(0)
#else
#define FORCE_INLINE static inline __attribute__((always_inline, unused))
#define NO_INLINE static __attribute__((noinline, unused))
#if defined(__clang__)
/* Clang has no promise of "no dependence between iterations" that it honours here; its run-time check costs a few cycles a call.
 * */
#define FR_IVDEP
#define FR_ROLLED _Pragma("clang loop unroll(disable)")
#define FR_UNROLLED _Pragma("clang loop unroll(full)")
#else
#define FR_IVDEP _Pragma("GCC ivdep")
#define FR_ROLLED _Pragma("GCC unroll 1") /* a turn is four registers already */
#define FR_UNROLLED _Pragma("GCC unroll 32")
#endif
#define FR_THREAD_LOCAL _Thread_local
#define FR_UNUSED __attribute__((unused))
#define FR_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define FR_NEVER __builtin_unreachable()
#endif

/* On a line of the cache. */
#if defined(_MSC_VER)
#define FR_ALIGNED __declspec(align(64))
#else
#define FR_ALIGNED _Alignas(64)
#endif

#if defined(__x86_64__) || defined(_M_X64)
#define FR_X86 1
#include <xmmintrin.h>
#define FR_PREFETCH(at) _mm_prefetch((const char *)(at), _MM_HINT_T0)
#else
#define FR_X86 0
#if defined(_MSC_VER) && !defined(__clang__)
#define FR_PREFETCH(at) ((void)(at))
#else
#define FR_PREFETCH(at) __builtin_prefetch(at, 0, 3)
#endif
#endif
/* Asks the memory for `bytes` from so many `ahead` of a place. */
#define FR_ASK(at, ahead, bytes) \
    for (size_t line = 0; line < (size_t)(bytes); line += 64) FR_PREFETCH((const char *)(at) + (ahead) + (ptrdiff_t)line)
/* AdvSIMD is the baseline of aarch64, so that nothing need be asked of the CPU. */
#if defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define FR_NEON 1
#else
#define FR_NEON 0
#endif
/* Where x is selected or a constant, by a comparison of the two, clang for ARM takes FMAX or FMIN, which differ for -0 and for
 * signalling NaN. What it does not know to be a comparison stays a selection. */
#if FR_NEON && defined(__clang__)
#define FR_HIDE_MASK(registers, mask) __asm__("" : "+" registers(mask))
#else
#define FR_HIDE_MASK(registers, mask) ((void)0)
#endif

/* TARGET_BEGIN(avx2) … TARGET_END compile what is between them for that instruction set, so that no file of the build needs
 * flags of its own. Headers must be included before TARGET_BEGIN: an inline function of <math.h> compiled for AVX-512 could be
 * the copy that the linker keeps for everybody. MSVC takes any intrinsic anywhere and needs nothing. */
#define FR_TEXT(x) #x
#define FR_PRAGMA(x) _Pragma(FR_TEXT(x))
#define FR_FEATURES_avx2 "avx2,fma,f16c"
#define FR_FEATURES_avx512 "avx2,fma,f16c,avx512f,avx512vl,avx512bw,avx512dq,prefer-vector-width=512"
#if defined(_MSC_VER) && !defined(__clang__)
#define TARGET_BEGIN(isa)
#define TARGET_END
#elif defined(__clang__)
#undef FR_FEATURES_avx512
#define FR_FEATURES_avx512 "avx2,fma,f16c,avx512f,avx512vl,avx512bw,avx512dq"
#define FR_ATTRIBUTE(features) FR_PRAGMA(clang attribute push(__attribute__((target(features))), apply_to = function))
#define TARGET_BEGIN(isa) FR_ATTRIBUTE(FR_FEATURES_##isa)
#define TARGET_END FR_PRAGMA(clang attribute pop)
#else
#define FR_ATTRIBUTE(features) FR_PRAGMA(GCC target(features))
#define TARGET_BEGIN(isa) FR_PRAGMA(GCC push_options) FR_ATTRIBUTE(FR_FEATURES_##isa)
#define TARGET_END FR_PRAGMA(GCC pop_options)
#endif

#endif
