/* SPDX-License-Identifier: BSD-3-Clause */
/* All that the Cython side sees: the registry of activations and kernels, the loops over arrays, and the threads. */
#ifndef FASTRELU_H
#define FASTRELU_H

#include <stddef.h>
#include <stdint.h>

enum { FR_MAX_PARAMS = 2, FR_MAX_OPERANDS = 8, FR_MAX_DIMS = 8 };

/* The element types, in the order in which a ufunc lists its loops. Integers come first: NumPy takes the first loop that an
 * operand can be cast to safely, and relu(bool) is to be int8. */
#define FR_INTEGER_DTYPES(X) \
    X(i8, int8_t)            \
    X(u8, uint8_t) X(i16, int16_t) X(u16, uint16_t) X(i32, int32_t) X(u32, uint32_t) X(i64, int64_t) X(u64, uint64_t)
#define FR_FLOAT_DTYPES(X) X(f16, uint16_t) X(bf16, uint16_t) X(f32, float) X(f64, double)
#define FR_DTYPES(X) FR_INTEGER_DTYPES(X) FR_FLOAT_DTYPES(X)

#define FR_ENUM(dtype, type) FR_##dtype,
typedef enum { FR_DTYPES(FR_ENUM) FR_DTYPE_COUNT } fr_dtype;
#undef FR_ENUM

/* ---- the registry (registry.c, from activations/) ---- */

typedef struct {
    const char *name; /* NULL ends the list */
    double value;     /* the default; ignored where required */
    int required;
    const char *doc;
} fr_param;

/* One activation. `formula`, `derivative` and `derivative_from_output` are expressions in x (or y) and the parameters, in
 * NumPy's names: they are what the documentation shows and what the tests evaluate in extended precision. The `numpy` strings are
 * the best plain-NumPy idiom, statements that write into `out` and may use scratch: t, t2 (of x's type) and m (bool). Masks are
 * multiplied, not copied through (np.copyto(where=) is up to 16 times slower), and np.clip(x, 0, np.inf) is np.maximum(x, 0) at
 * three times its speed. `special` is scipy.special. */
typedef struct {
    const char *name;
    const char *gates; /* NULL, or a gated unit's activation: its value is multiplied by a second input; the formulas are its */
    const char *title;
    const char *formula;
    const char *derivative;
    const char *derivative_from_output; /* NULL: the output does not determine it */
    const char *derivative_param;       /* NULL, or the derivative by the parameter, for a backward of two outputs */
    fr_param params[FR_MAX_PARAMS];
    const char *knees;  /* what the derivative is where it jumps */
    const char *notes;  /* anything else a user must know */
    const char *source; /* paper, year */
    double max_ulp;     /* forward, default parameters, float32 and float64 */
    double max_ulp_backward;
    const char *numpy;
    const char *numpy_backward;
    const char *numpy_backward_from_output;
    const char *torch; /* PyTorch's expression in x, with F, where torch.nn.functional has no function of this name */
} fr_activation;

/* One loop body: `name` is the activation's, or that with _backward or _backward_from_output behind it. Its operands are
 * `arrays` inputs, then `params` parameters, then `outs` results. */
typedef struct {
    const char *name;
    int arrays, params, outs;
    int integers;   /* takes integer types too */
    int smooth;     /* of a smooth function: errors are bounded by its max_ulp, and its slopes are multiplied by, 0 too */
    int arithmetic; /* bound by arithmetic, not by memory */
} fr_kernel;

extern const fr_activation fr_activations[];
extern const int fr_activation_count;
extern const fr_kernel fr_kernels[];
extern const int fr_kernel_count;

/* ---- rooms: one a instruction set (dispatch.c) ---- */

/* How a sweep over large operands should treat memory. */
typedef struct {
    int stream;                       /* store past the caches */
    int asks;                         /* ask for the memory of so many operands, the first, but of parameters, */
    ptrdiff_t ahead[FR_MAX_OPERANDS]; /* so many bytes on */
} fr_hint;

/* A sweep runs a kernel over n contiguous elements of every array operand. operand[] is arrays, params, outs. An output may be
 * exactly an input; any other overlap is the caller's to avoid. */
typedef void fr_sweep(char *const *operand, size_t n, const fr_hint *hint);
typedef struct {
    fr_sweep *uniform; /* every parameter is one element */
    fr_sweep *varying; /* every parameter is an array of n */
} fr_sweeps;

/* The small sweeps beside those of activations, for a floating-point type. Sums are in lanes: float64 of float64, else float32. */
typedef struct {
    void (*add)(void *sums, const void *x, const void *bias, size_t n, size_t step);
    void (*sum)(void *sums, void *rests, const void *x, size_t columns, size_t rows);
    void (*relu_to_bits)(void *x, uint8_t *bits, size_t n, ptrdiff_t ahead);
    void (*relu_backward_by_bits)(void *dy, const uint8_t *bits, size_t n, const void *scale, ptrdiff_t ahead);
} fr_fused;

/* An input of a 16-bit type, its bits under a mask, whose result by way of float32 is `step` units too near to 0, at the default
 * parameter and for dy = 1. (tables/mends.h) */
typedef struct {
    const char *kernel;
    fr_dtype dtype;
    uint16_t under, bits;
    int step;
} fr_mend;

/* How a 16-bit type becomes float32, in which it is computed, and float32 becomes it (widen.h); and whether any of n inputs is in
 * a list of mends. */
typedef struct {
    void (*widened)(float *to, const uint16_t *from, size_t n, int ordered);
    void (*narrowed)(uint16_t *to, const float *from, size_t n, int ordered, int stream);
    int (*any_mend)(const uint16_t *x, size_t n, const fr_mend *mends, int count);
} fr_widening;

typedef struct {
    const fr_kernel *kernel;
    fr_dtype dtype;
    fr_sweeps sweeps;
    const fr_widening *widening; /* of a 16-bit type */
    int wide;                    /* the sweeps are float32's */
    int mend_count;
    const fr_mend *mends;
    double defaults[FR_MAX_PARAMS]; /* the default parameters, already of this dtype's bytes */
    int use_defaults;               /* parameters are not operands but `defaults` */
} fr_loop;

const char *fr_init(const char *isa_cap);                           /* fills the loops; NULL, or what is wrong with the cap */
const char *fr_isa(void);                                           /* the instruction set in use */
const char *fr_compiler(void);                                      /* what compiled this */
int fr_isa_at(int i, const char **name, int *usable);               /* the i-th room, best first; 0 behind the last */
fr_loop *fr_loop_for(int kernel, fr_dtype dtype, int use_defaults); /* NULL where the kernel has no such dtype */
const fr_fused *fr_fused_for(fr_dtype dtype);                       /* of a floating-point type */
int fr_item_size(fr_dtype dtype);
void fr_store_param(fr_dtype dtype, double value, void *out); /* rounded to nearest, whatever the caller's mode */

/* ---- sweeps in parts (parts.c) ---- */

void fr_find_mends(fr_loop *loop);
/* Runs the sweep of a loop, or float32's in its place. */
void fr_swept(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint);
/* The same for the sum of the last array and a bias: each element has one, or where `step` is 0 all have the same, of which there
 * are enough for a vec. The sum of a 16-bit type goes to float32's sweep as it is. */
void fr_swept_biased(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint, const char *bias,
                     size_t step);

/* ---- loops (ufunc_loop.c) ---- */

/* Strides are in bytes, [operand][axis]. */
typedef struct {
    int nd;
    ptrdiff_t shape[FR_MAX_DIMS];
    char *data[FR_MAX_OPERANDS];
    ptrdiff_t strides[FR_MAX_OPERANDS][FR_MAX_DIMS];
} fr_grid;

void fr_run(const fr_loop *loop, const fr_grid *grid);
/* The same for n contiguous elements of every array, each parameter a single one. */
void fr_run_flat(const fr_loop *loop, char *const *at, ptrdiff_t n);
int fr_bare_sweep(const fr_loop *loop, char *const *at, ptrdiff_t n);
void fr_simplify(fr_grid *grid, int operands); /* the same elements in as few axes as possible, in any order */
void fr_join(fr_grid *grid, int operands);     /* in the same order */
/* Copies n elements of `size` bytes that are so many bytes apart. */
void fr_copy_strided(char *to, ptrdiff_t to_step, const char *from, ptrdiff_t from_step, ptrdiff_t n, int size);
/* Copies elements [begin, begin + n) of an operand, in C order, into a block (or back). */
void fr_pack(const fr_grid *grid, int operand, ptrdiff_t begin, ptrdiff_t n, int size, char *block, int back);
/* What arrays of so many bytes ask of the memory; 0, and nothing is set, where they are small. */
int fr_hint_of(fr_hint *hint, const fr_kernel *kernel, ptrdiff_t bytes, int in_place);
double fr_cost(const fr_kernel *kernel, int size, int in_place); /* of an element, in nanoseconds */
void fr_ufunc_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data);

/* ---- fused (fused.c) ---- */

/* act(x + bias), or dy times its slope. The operands are the kernel's arrays, the bias, its parameters and the (first) output,
 * which may be the first array; bias and parameters are numbers or one each along an axis. With `sums`, one each along that axis,
 * the results are summed over the other axes. 0, or -1 where there is no memory; then nothing is written. */
int fr_bias_act(const fr_loop *loop, fr_grid *grid, void *sums);
/* With the loop of relu: operand 0 in place, and its bits in C order; and dy, operand 0, by such bits, times *scale. */
void fr_relu_to_bits(const fr_loop *loop, fr_grid *grid, uint8_t *bits);
void fr_relu_backward_by_bits(const fr_loop *loop, fr_grid *grid, const uint8_t *bits, const void *scale);

/* A yardstick for benchmarks (plain.c), float32: out = a * b, or a where b is NULL; needs AVX2. */
void fr_plain(float *out, const float *a, const float *b, ptrdiff_t n, int stream);

/* ---- functions of rows: softmax and its kin (rows.h, row_loop.c) ---- */

enum { FR_ROW_BLOCK = 4096 }; /* elements whose sum has one order */

/* operand[] is arrays, then the output, which may be exactly an input. Along: `count` rows of n contiguous elements, each `pitch`
 * bytes behind the one before. Across: `count` contiguous columns, a multiple of `lanes`, whose elements are `pitch` bytes apart. */
typedef void fr_row_sweep(char *const *operand, const ptrdiff_t *pitch, size_t n, size_t count);
typedef struct {
    fr_row_sweep *along, *across;
    int lanes;
} fr_row_loops;

typedef struct {
    const char *name;
    int arrays;
} fr_row_kernel;
extern const fr_row_kernel fr_row_kernels[];
extern const int fr_row_kernel_count;

typedef struct {
    const fr_row_kernel *kernel;
    fr_dtype dtype;
    fr_row_loops loops;
    const fr_widening *widening; /* NULL, or how the dtype becomes float32, whose loops these are */
} fr_row_loop;

fr_row_loop *fr_row_loop_for(int kernel, fr_dtype dtype); /* a dtype of FR_FLOAT_DTYPES */
/* Every row of a grid, whose axes do not include the rows' own: that has n elements, `steps` bytes apart. 0, or -1 without memory. */
int fr_run_rows(const fr_row_loop *loop, const fr_grid *grid, ptrdiff_t n, const ptrdiff_t *steps);

/* ---- threads (parallel.c) ---- */

typedef void fr_task(void *context, ptrdiff_t begin, ptrdiff_t end);
/* Calls task on pieces of [0, n) that start `lead` + multiples of `grain` from 0; `ns` is what it would take one thread. */
void fr_parallel(fr_task *task, void *context, ptrdiff_t n, ptrdiff_t grain, ptrdiff_t lead, double ns);
void fr_set_threads(int n);      /* process-wide */
int fr_set_local_threads(int n); /* the calling thread only; 0 ends it; the value before */
int fr_get_threads(void);
const char *fr_openmp(void); /* the runtime's name, or "none" */
int fr_parallel_init(void);  /* 0, or why fork handlers could not be set */

#endif
