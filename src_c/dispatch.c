/* SPDX-License-Identifier: BSD-3-Clause */
/* Chooses the room at run time: the rooms, best first, which of them this CPU can use, and the loops of the one in use. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fastrelu.h"
#include "fpenv.h"
#include "halves.h"
#include "target.h"

#define FR_DECLARE(isa, dtype) extern const fr_sweeps fr_##isa##_##dtype[];
#define FR_FUSED(isa, dtype) &fr_##isa##_##dtype##_fused,
#define FR_DECLARE_FUSED(isa, dtype) extern const fr_fused fr_##isa##_##dtype##_fused;
#define FR_DECLARE_scalar(dtype, type) FR_DECLARE(scalar, dtype)
#define FR_TABLE_scalar(dtype, type) fr_scalar_##dtype,
FR_DTYPES(FR_DECLARE_scalar)
#define FR_DECLARE_FUSED_scalar(dtype, type) FR_DECLARE_FUSED(scalar, dtype)
#define FR_FUSED_scalar(dtype, type) FR_FUSED(scalar, dtype)
FR_FLOAT_DTYPES(FR_DECLARE_FUSED_scalar)
#if FR_X86
#define FR_DECLARE_avx2(dtype, type) FR_DECLARE(avx2, dtype)
#define FR_DECLARE_avx512(dtype, type) FR_DECLARE(avx512, dtype)
#define FR_TABLE_avx2(dtype, type) fr_avx2_##dtype,
#define FR_TABLE_avx512(dtype, type) fr_avx512_##dtype,
FR_DTYPES(FR_DECLARE_avx2)
FR_DTYPES(FR_DECLARE_avx512)
#define FR_DECLARE_FUSED_avx2(dtype, type) FR_DECLARE_FUSED(avx2, dtype)
#define FR_DECLARE_FUSED_avx512(dtype, type) FR_DECLARE_FUSED(avx512, dtype)
#define FR_FUSED_avx2(dtype, type) FR_FUSED(avx2, dtype)
#define FR_FUSED_avx512(dtype, type) FR_FUSED(avx512, dtype)
FR_FLOAT_DTYPES(FR_DECLARE_FUSED_avx2)
FR_FLOAT_DTYPES(FR_DECLARE_FUSED_avx512)
#elif FR_NEON
#define FR_DECLARE_neon(dtype, type) FR_DECLARE(neon, dtype)
#define FR_TABLE_neon(dtype, type) fr_neon_##dtype,
FR_DTYPES(FR_DECLARE_neon)
#define FR_DECLARE_FUSED_neon(dtype, type) FR_DECLARE_FUSED(neon, dtype)
#define FR_FUSED_neon(dtype, type) FR_FUSED(neon, dtype)
FR_FLOAT_DTYPES(FR_DECLARE_FUSED_neon)
#endif

/* The same for functions of rows: loops of the two types that are computed in, and the others' conversions. */
#define FR_DECLARE_ROWS(isa)                                                \
    extern const fr_row_loops fr_##isa##_f32_rows[], fr_##isa##_f64_rows[]; \
    extern const fr_widening fr_##isa##_f16_widening, fr_##isa##_bf16_widening;
FR_DECLARE_ROWS(scalar)
#if FR_X86
FR_DECLARE_ROWS(avx2)
FR_DECLARE_ROWS(avx512)
#elif FR_NEON
FR_DECLARE_ROWS(neon)
#endif

static int usable_scalar(void) { return 1; }
#if FR_NEON
static int usable_neon(void) { return 1; } /* the baseline */
#endif
#if FR_X86
#if defined(_MSC_VER) && !defined(__clang__)
#include <intrin.h>
static void cpuid(unsigned leaf, unsigned out[4]) { __cpuidex((int *)out, (int)leaf, 0); }
static unsigned long long saved_states(void) { return _xgetbv(0); }
#else
#include <cpuid.h>
static void cpuid(unsigned leaf, unsigned out[4]) { __cpuid_count(leaf, 0, out[0], out[1], out[2], out[3]); }
static unsigned long long saved_states(void)
{
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (unsigned long long)high << 32 | low;
}
#endif

/* The CPU has the features (bits of CPUID leaf 7's EBX) beside FMA and F16C, and the system saves the registers (bits of XCR0).
 * Intel SDM volume 1, 13.3 and 14.3; the compilers' own __builtin_cpu_supports do not all know F16C. */
static int has(unsigned features, unsigned long long states)
{
    const unsigned fma = 1u << 12, osxsave = 1u << 27, f16c = 1u << 29;
    unsigned leaf[4];
    cpuid(0, leaf);
    if (leaf[0] < 7) return 0;
    cpuid(1, leaf);
    if (~leaf[2] & (fma | osxsave | f16c)) return 0;
    cpuid(7, leaf);
    return (leaf[1] & features) == features && (saved_states() & states) == states;
}
enum { AVX2 = 1u << 5, AVX512F = 1u << 16, AVX512DQ = 1u << 17, AVX512BW = 1u << 30 };
#define AVX512VL (1u << 31)
static int usable_avx2(void) { return has(AVX2, 0x6); }
static int usable_avx512(void) { return has(AVX2 | AVX512F | AVX512DQ | AVX512BW | AVX512VL, 0xe6); }
#endif

typedef struct {
    const char *name;
    int (*usable)(void);
    const fr_sweeps *tables[FR_DTYPE_COUNT];
    const fr_fused *fused[FR_DTYPE_COUNT - FR_f16];
    const fr_row_loops *rows_f32, *rows_f64;
    const fr_widening *f16, *bf16;
} fr_room;
#define ROOM_ROW(isa)                                                                                                   \
    {                                                                                                                   \
#isa, usable_##isa,                                                                                             \
            {FR_DTYPES(FR_TABLE_##isa) }, {FR_FLOAT_DTYPES(FR_FUSED_##isa) }, fr_##isa##_f32_rows, fr_##isa##_f64_rows, \
                                           &fr_##isa##_f16_widening, &fr_##isa##_bf16_widening                          \
    }

static const fr_room rooms[] = {
#if FR_X86
    ROOM_ROW(avx512),
    ROOM_ROW(avx2),
#elif FR_NEON
    ROOM_ROW(neon),
#endif
    ROOM_ROW(scalar),
};
enum { ROOM_COUNT = sizeof rooms / sizeof *rooms };

static const fr_room *room_in_use = NULL;
static fr_loop *loops = NULL; /* [kernel][dtype][use_defaults] */

const fr_row_kernel fr_row_kernels[] = {
    {"softmax", 1},
    {"log_softmax", 1},
    {"softmax_backward_from_output", 2},
    {"log_softmax_backward_from_output", 2},
};
enum { ROW_KERNELS = sizeof fr_row_kernels / sizeof *fr_row_kernels };
const int fr_row_kernel_count = ROW_KERNELS;
static fr_row_loop row_loops[ROW_KERNELS][FR_DTYPE_COUNT];

static fr_loop *loop_at(int kernel, int dtype, int use_defaults)
{
    return &loops[((size_t)kernel * FR_DTYPE_COUNT + (size_t)dtype) * 2 + (size_t)use_defaults];
}

#define FR_SIZE(dtype, type) (int)sizeof(type),
int fr_item_size(fr_dtype dtype)
{
    static const int size[] = {FR_DTYPES(FR_SIZE)};
    return size[dtype];
}

void fr_store_param(fr_dtype dtype, double value, void *out)
{
    fr_fpenv env = fr_fpenv_enter();
    if (dtype == FR_f64) {
        memcpy(out, &value, sizeof value);
    } else if (dtype == FR_f16 || dtype == FR_bf16) {
        const uint16_t rounded = dtype == FR_f16 ? fr_f16_from_double(value) : fr_bf16_from_double(value);
        memcpy(out, &rounded, sizeof rounded);
    } else {
        /* volatile: the conversion must not be moved out of the environment set around it */
        volatile float rounded = (float)value;
        float copy = rounded;
        memcpy(out, &copy, sizeof copy);
    }
    fr_fpenv_leave(env);
}

/* The activation whose name the kernel's starts with, up to _backward: its parameters have the defaults. */
static const fr_activation *activation_of(const fr_kernel *kernel)
{
    for (int i = 0; i < fr_activation_count; i++) {
        size_t n = strlen(fr_activations[i].name);
        const char *rest = kernel->name + n;
        if (!strncmp(kernel->name, fr_activations[i].name, n) && (!*rest || !strncmp(rest, "_backward", 9)))
            return &fr_activations[i];
    }
    return NULL;
}

const char *fr_init(const char *isa_cap)
{
    const fr_room *room = NULL;
    int known = !isa_cap;
    for (int r = 0; r < ROOM_COUNT && !room; r++) {
        if (isa_cap && !strcmp(isa_cap, rooms[r].name)) {
            known = 1;
            if (!rooms[r].usable()) return "is not usable on this machine";
        }
        if (known && rooms[r].usable()) room = &rooms[r];
    }
    if (!known) return "is not an instruction set that fastrelu knows";
    if (!loops) loops = calloc((size_t)fr_kernel_count * FR_DTYPE_COUNT * 2, sizeof *loops);
    if (!loops) return "found no memory";
    for (int k = 0; k < fr_kernel_count; k++)
        for (int d = 0; d < FR_DTYPE_COUNT; d++)
            for (int use_defaults = 0; use_defaults < 2; use_defaults++) {
                fr_loop *loop = loop_at(k, d, use_defaults);
                loop->kernel = &fr_kernels[k];
                loop->dtype = (fr_dtype)d;
                loop->sweeps = room->tables[d][k];
                loop->widening = d == FR_f16 ? room->f16 : d == FR_bf16 ? room->bf16 : NULL;
                loop->wide = loop->widening && !loop->sweeps.uniform;
                if (loop->wide) loop->sweeps = room->tables[FR_f32][k];
                if (loop->widening) fr_find_mends(loop);
                loop->use_defaults = use_defaults;
                for (int i = 0; i < fr_kernels[k].params; i++)
                    fr_store_param(loop->dtype, activation_of(&fr_kernels[k])->params[i].value, &loop->defaults[i]);
            }
    for (int k = 0; k < ROW_KERNELS; k++)
        for (int d = FR_f16; d <= FR_f64; d++)
            row_loops[k][d] = (fr_row_loop){&fr_row_kernels[k], (fr_dtype)d, d == FR_f64 ? room->rows_f64[k] : room->rows_f32[k],
                                            d == FR_f16    ? room->f16
                                            : d == FR_bf16 ? room->bf16
                                                           : NULL};
    room_in_use = room;
    return NULL;
}

const fr_fused *fr_fused_for(fr_dtype dtype) { return room_in_use->fused[dtype - FR_f16]; }

const char *fr_isa(void) { return room_in_use->name; }

const char *fr_compiler(void)
{
#if defined(__clang__)
    return __VERSION__;
#elif defined(__GNUC__)
    return "GCC " __VERSION__;
#else
    return "MSVC " FR_TEXT(_MSC_FULL_VER);
#endif
}

int fr_isa_at(int i, const char **name, int *usable)
{
    if (i >= ROOM_COUNT) return 0;
    *name = rooms[i].name;
    *usable = rooms[i].usable();
    return 1;
}

fr_row_loop *fr_row_loop_for(int kernel, fr_dtype dtype) { return &row_loops[kernel][dtype]; }

fr_loop *fr_loop_for(int kernel, fr_dtype dtype, int use_defaults)
{
    fr_loop *loop = loop_at(kernel, dtype, use_defaults);
    return loop->sweeps.uniform ? loop : NULL;
}
