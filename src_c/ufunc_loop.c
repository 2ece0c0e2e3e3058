/* SPDX-License-Identifier: BSD-3-Clause */
/* From arrays of any layout to sweeps over contiguous elements: rows where they lie contiguous, packed blocks where they do not,
 * split over threads. The floating-point environment is set here, once a call in every thread. */
#include <fenv.h>
#include <string.h>

#include "fastrelu.h"
#include "fpenv.h"
#include "target.h"

enum {
    BLOCK = 256,    /* elements packed at a time: the operands of a block stay in the L1 cache */
    SHORT_ROW = 32, /* shorter rows are packed together: a call of a sweep costs about as much as copying so many elements */
    SMALL = 1024,   /* up to here nothing but the sweep itself is worth a thought */
    CACHE_LINE = 64
};

typedef struct {
    const fr_loop *loop;
    const fr_grid *grid;
    int size; /* bytes of an element */
    int inputs, operands;
    int direct;  /* rows can be swept where they lie */
    int uniform; /* which sweep */
    fr_hint hint;
    ptrdiff_t gap[FR_MAX_OPERANDS]; /* bytes behind each row that are asked for, too */
    unsigned contiguous;            /* bit k: operand k is one contiguous run over the whole grid */
    unsigned constant;              /* bit k: operand k is a single element */
} job;

static const fr_hint no_hint = {0};

static ptrdiff_t columns(const fr_grid *grid) { return grid->nd ? grid->shape[grid->nd - 1] : 1; }

/* The address of the first element of a row; rows are counted in C order over all axes but the last. */
static char *row_address(const fr_grid *grid, int operand, ptrdiff_t row)
{
    char *at = grid->data[operand];
    for (int axis = grid->nd - 2; axis >= 0 && row; axis--) {
        at += row % grid->shape[axis] * grid->strides[operand][axis];
        row /= grid->shape[axis];
    }
    return at;
}

#define COPY_STRIDED(type)                                      \
    for (ptrdiff_t i = 0; i < n; i++) {                         \
        type element;                                           \
        memcpy(&element, from + i * from_step, sizeof element); \
        memcpy(to + i * to_step, &element, sizeof element);     \
    }

void fr_copy_strided(char *to, ptrdiff_t to_step, const char *from, ptrdiff_t from_step, ptrdiff_t n, int size)
{
    if (to_step == size && from_step == size) {
        memcpy(to, from, (size_t)(n * size));
        return;
    }
    switch (size) {
    case 1: COPY_STRIDED(uint8_t) break;
    case 2: COPY_STRIDED(uint16_t) break;
    case 4: COPY_STRIDED(uint32_t) break;
    default: COPY_STRIDED(uint64_t) break;
    }
}

void fr_pack(const fr_grid *grid, int operand, ptrdiff_t begin, ptrdiff_t n, int size, char *block, int back)
{
    const ptrdiff_t cols = columns(grid), step = grid->nd ? grid->strides[operand][grid->nd - 1] : 0;
    ptrdiff_t row = begin / cols, col = begin % cols;
    while (n > 0) {
        const ptrdiff_t m = n < cols - col ? n : cols - col;
        char *at = row_address(grid, operand, row) + col * step;
        if (back)
            fr_copy_strided(at, step, block, size, m, size);
        else
            fr_copy_strided(block, size, at, step, m, size);
        block += m * size;
        n -= m;
        row++;
        col = 0;
    }
}

static void sweep_rows(const job *job, ptrdiff_t begin, ptrdiff_t end)
{
    const fr_grid *grid = job->grid;
    const ptrdiff_t cols = columns(grid);
    ptrdiff_t row = begin / cols, col = begin % cols;
    char *at[FR_MAX_OPERANDS];
    for (int k = 0; k < job->operands; k++)
        at[k] = row_address(grid, k, row) + (grid->nd ? col * grid->strides[k][grid->nd - 1] : 0);
    for (;;) {
        const ptrdiff_t n = end - begin < cols - col ? end - begin : cols - col;
        fr_swept(job->loop, job->uniform, at, (size_t)n, &job->hint);
        begin += n;
        if (begin >= end) return;
        for (int k = 0; k < job->operands; k++)
            for (ptrdiff_t i = 0; i < job->gap[k]; i += CACHE_LINE) FR_PREFETCH(at[k] + n * job->size + i);
        row++;
        /* Division is slow; in two axes the next row is one stride away. */
        if (grid->nd == 2 && col == 0)
            for (int k = 0; k < job->operands; k++) at[k] += grid->strides[k][0];
        else
            for (int k = 0; k < job->operands; k++) at[k] = row_address(grid, k, row);
        col = 0;
    }
}

static void sweep_blocks(const job *job, ptrdiff_t begin, ptrdiff_t end)
{
    const fr_grid *grid = job->grid;
    FR_ALIGNED char block[FR_MAX_OPERANDS][BLOCK * 8];
    char *at[FR_MAX_OPERANDS];
    while (begin < end) {
        const ptrdiff_t n = end - begin < BLOCK ? end - begin : BLOCK;
        for (int k = 0; k < job->operands; k++) {
            if (job->contiguous >> k & 1)
                at[k] = grid->data[k] + begin * job->size;
            else if (job->uniform && job->constant >> k & 1 && k >= job->loop->kernel->arrays && k < job->inputs)
                at[k] = grid->data[k];
            else {
                at[k] = block[k];
                if (k < job->inputs) fr_pack(grid, k, begin, n, job->size, block[k], 0);
            }
        }
        fr_swept(job->loop, job->uniform, at, (size_t)n, &job->hint);
        for (int k = job->inputs; k < job->operands; k++)
            if (at[k] == block[k]) fr_pack(grid, k, begin, n, job->size, block[k], 1);
        begin += n;
    }
}

static void run_piece(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const job *job = context;
    fr_fpenv env = fr_fpenv_enter();
    if (job->direct)
        sweep_rows(job, begin, end);
    else
        sweep_blocks(job, begin, end);
#if FR_X86
    if (job->hint.stream) _mm_sfence();
#endif
    fr_fpenv_leave(env);
}

/* What an element costs one thread, in nanoseconds: its bytes at what caches give (in place, a stream less), and its
 * arithmetic where that is more. Measured on one machine, good enough to decide whether threads pay. */
double fr_cost(const fr_kernel *kernel, int size, int in_place)
{
    const double bytes = (kernel->arrays + kernel->outs - in_place) * (double)size * 0.016;
    return kernel->arithmetic ? 0.1 * (size < 4 ? 4 : size) + bytes : bytes; /* 16 bits are computed in float32 */
}

/* Large operands. These numbers were measured on a CPU with 1 MiB of L2 and 32 MiB of L3; benchmarks/ shows their effect.
 *
 * Stores that bypass the caches spare the read of a line that is overwritten whole, but below the size of the last-level cache
 * they cost more than they spare, and throw out what the next operation is about to read: the two are even at 16 MiB for inputs
 * and output together, and from 24 the output could not stay anyway. Never in place, where the line was just read. The inputs
 * 3 KiB ahead are asked for, into the first cache, which gains a tenth (into the second it costs a tenth). In place more depends
 * on it: on another CPU, whose own prefetchers stop short there, it gains a fifth, and two thirds of some float16 gradients.
 *
 * A gap behind each row stops the processor's own prefetchers: from memory, a row slice takes three times as long as a contiguous
 * array. If the lines of a short gap are asked for as well, in their place, it sees one stream and the time is that of the
 * contiguous array, nearly; stores past the caches then pay too, for rows that sweeps have hints for. Where the gap is long,
 * asking for the row 32 KiB of elements ahead saves half. */
enum { SHORT = 2 << 10 }; /* bytes: a gap no longer than that */

static int short_gaps(job *job, ptrdiff_t row, int in_place)
{
    ptrdiff_t gap[FR_MAX_OPERANDS];
    for (int k = 0; k < job->operands; k++) {
        const ptrdiff_t stride = job->grid->strides[k][job->grid->nd - 2];
        gap[k] = stride ? stride - row : 0;
        if (gap[k] < 0 || gap[k] > row || gap[k] > SHORT) return 0;
    }
    /* In place, the input's lines are the output's. */
    memcpy(job->gap, gap, (size_t)(in_place ? job->inputs : job->operands) * sizeof *gap);
    return 1;
}

int fr_hint_of(fr_hint *hint, const fr_kernel *kernel, ptrdiff_t bytes, int in_place)
{
    enum { STREAM = 24 << 20, STREAM_AHEAD = 3 << 10 };
    if (bytes * (kernel->arrays + kernel->outs) < STREAM) return 0;
    hint->asks = kernel->arrays;
    for (int k = 0; k < kernel->arrays; k++) hint->ahead[k] = STREAM_AHEAD;
    hint->stream = !in_place;
    return 1;
}

static void take_hint(job *job, ptrdiff_t total, int in_place)
{
    enum { STREAM_ROW = 1 << 10, ROWS = 1 << 20, ROWS_AHEAD = 32 << 10 };
    fr_hint whole = {0};
    const ptrdiff_t bytes = total * job->size, row = columns(job->grid) * job->size;
    const int large = fr_hint_of(&whole, job->loop->kernel, bytes, in_place), stream = whole.stream;
    const int rows = bytes != row;
    if (rows && bytes < ROWS) return;
    if (rows && short_gaps(job, row, in_place)) {
        if (!stream || row < STREAM_ROW) return;
        for (int k = job->inputs; k < job->operands; k++) job->gap[k] = 0;
    } else if (rows && row < ROWS_AHEAD) {
        job->hint.asks = in_place || (stream && row >= STREAM_ROW) ? job->inputs : job->operands;
        for (int k = 0; k < job->hint.asks; k++)
            if (k < job->loop->kernel->arrays || k >= job->inputs)
                job->hint.ahead[k] = job->grid->strides[k][job->grid->nd - 2] * (ROWS_AHEAD / row);
    } else {
        if (!large) return;
        job->hint = whole;
    }
    job->hint.stream = stream && row >= STREAM_ROW;
}

void fr_run(const fr_loop *loop, const fr_grid *grid)
{
    const fr_kernel *kernel = loop->kernel;
    job job = {.loop = loop, .grid = grid, .size = fr_item_size(loop->dtype)};
    const int last = grid->nd - 1;
    ptrdiff_t total = 1;
    job.inputs = kernel->arrays + kernel->params;
    job.operands = job.inputs + kernel->outs;
    for (int axis = 0; axis < grid->nd; axis++) total *= grid->shape[axis];
    if (total == 0) return;

    int rows_contiguous = 1, params_constant = 1, params_uniform = 1, params_varying = 1;
    for (int k = 0; k < job.operands; k++) {
        ptrdiff_t expected = job.size;
        int contiguous = 1, constant = 1;
        for (int axis = last; axis >= 0; axis--) {
            if (grid->shape[axis] == 1) continue;
            contiguous &= grid->strides[k][axis] == expected;
            constant &= grid->strides[k][axis] == 0;
            expected *= grid->shape[axis];
        }
        job.contiguous |= (unsigned)contiguous << k;
        job.constant |= (unsigned)constant << k;
        const ptrdiff_t step = columns(grid) == 1 ? job.size : grid->strides[k][last];
        if (k < kernel->arrays || k >= job.inputs) {
            rows_contiguous &= step == job.size;
        } else {
            params_constant &= constant;
            params_uniform &= columns(grid) == 1 || step == 0;
            params_varying &= step == job.size;
        }
    }
    job.direct = rows_contiguous && (params_uniform || params_varying) && (columns(grid) == total || columns(grid) >= SHORT_ROW);
    job.uniform = job.direct ? params_uniform : params_constant;

    int in_place = 0;
    for (int k = 0; k < job.inputs; k++)
        for (int out = job.inputs; out < job.operands; out++) in_place |= grid->data[k] == grid->data[out];
    if (job.direct) take_hint(&job, total, in_place);
    const ptrdiff_t grain = CACHE_LINE / job.size;
    const ptrdiff_t lead = (ptrdiff_t)((0 - (uintptr_t)grid->data[job.inputs]) % CACHE_LINE) / job.size;
    fr_parallel(run_piece, &job, total, grain, lead, (double)total * fr_cost(kernel, job.size, in_place));
}

void fr_run_flat(const fr_loop *loop, char *const *at, ptrdiff_t n)
{
    if (n <= SMALL) {
        fr_fpenv env = fr_fpenv_enter();
        fr_swept(loop, 1, at, (size_t)n, &no_hint);
        fr_fpenv_leave(env);
        return;
    }
    const fr_kernel *kernel = loop->kernel;
    const int size = fr_item_size(loop->dtype);
    fr_grid grid = {.nd = 1, .shape = {n}};
    for (int k = 0; k < kernel->arrays + kernel->params + kernel->outs; k++) {
        grid.data[k] = at[k];
        grid.strides[k][0] = k < kernel->arrays || k >= kernel->arrays + kernel->params ? size : 0;
    }
    fr_run(loop, &grid);
}

/* A sweep over n contiguous elements without mends, and whether it makes a subnormal of normal numbers on its way: some processors
 * take 150 cycles for that, and what an array holds would show in the time. For tests, and for the script that finds the mends. */
int fr_bare_sweep(const fr_loop *loop, char *const *at, ptrdiff_t n)
{
    fr_loop bare = *loop;
    bare.mend_count = 0;
    fr_fpenv env = fr_fpenv_enter();
    feclearexcept(FE_ALL_EXCEPT);
    fr_swept(&bare, 1, at, (size_t)n, &no_hint);
    const int underflow = fetestexcept(FE_UNDERFLOW) != 0;
    fr_fpenv_leave(env);
    return underflow;
}

static void swap_axes(fr_grid *grid, int operands, int a, int b)
{
    ptrdiff_t t = grid->shape[a];
    grid->shape[a] = grid->shape[b];
    grid->shape[b] = t;
    for (int k = 0; k < operands; k++) {
        t = grid->strides[k][a];
        grid->strides[k][a] = grid->strides[k][b];
        grid->strides[k][b] = t;
    }
}

void fr_join(fr_grid *grid, int operands)
{
    int nd = 0;
    for (int axis = 0; axis < grid->nd; axis++) {
        if (grid->shape[axis] == 1) continue;
        int join = nd > 0;
        for (int k = 0; k < operands && join; k++) join = grid->strides[k][nd - 1] == grid->strides[k][axis] * grid->shape[axis];
        if (join) {
            grid->shape[nd - 1] *= grid->shape[axis];
        } else {
            grid->shape[nd++] = grid->shape[axis];
        }
        for (int k = 0; k < operands; k++) grid->strides[k][nd - 1] = grid->strides[k][axis];
    }
    grid->nd = nd;
}

static ptrdiff_t magnitude(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

/* The order of elements is free, so axes may be turned round, sorted by the stride of the last operand (the output) and joined.
 * */
void fr_simplify(fr_grid *grid, int operands)
{
    const int out = operands - 1;
    int nd = 0;
    for (int axis = 0; axis < grid->nd; axis++) {
        if (grid->shape[axis] == 1) continue;
        if (nd != axis) swap_axes(grid, operands, nd, axis);
        if (grid->strides[out][nd] < 0)
            for (int k = 0; k < operands; k++) {
                grid->data[k] += (grid->shape[nd] - 1) * grid->strides[k][nd];
                grid->strides[k][nd] = -grid->strides[k][nd];
            }
        nd++;
    }
    grid->nd = nd;
    for (int i = 1; i < nd; i++)
        for (int j = i; j > 0 && magnitude(grid->strides[out][j]) > magnitude(grid->strides[out][j - 1]); j--)
            swap_axes(grid, operands, j, j - 1);
    fr_join(grid, operands);
}

/* Whether an output shares bytes with an input other than element for element: NumPy's reduce and accumulate ask for that, and
 * each element must then wait for the one before it. */
static int chained(const fr_grid *grid, int inputs, int operands, int size)
{
    const ptrdiff_t n = grid->shape[0];
    for (int out = inputs; out < operands; out++)
        for (int k = 0; k < inputs; k++) {
            const char *a = grid->data[k], *b = grid->data[out];
            const ptrdiff_t a_step = grid->strides[k][0], b_step = grid->strides[out][0];
            if (a == b && a_step == b_step && a_step != 0) continue;
            const char *a_end = a + (n - 1) * a_step, *b_end = b + (n - 1) * b_step;
            const char *a_low = a < a_end ? a : a_end, *a_high = (a < a_end ? a_end : a) + size;
            const char *b_low = b < b_end ? b : b_end, *b_high = (b < b_end ? b_end : b) + size;
            if (a_low < b_high && b_low < a_high) return 1;
        }
    return 0;
}

void fr_ufunc_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data)
{
    const fr_loop *loop = data;
    const fr_kernel *kernel = loop->kernel;
    const int inputs = kernel->arrays + kernel->params, operands = inputs + kernel->outs;
    fr_grid grid = {.nd = 1, .shape = {dimensions[0]}};
    if (dimensions[0] <= 0) return;
    for (int k = 0, arg = 0; k < operands; k++) {
        if (loop->use_defaults && k >= kernel->arrays && k < inputs) {
            grid.data[k] = (char *)(uintptr_t)&loop->defaults[k - kernel->arrays];
        } else {
            grid.data[k] = args[arg];
            grid.strides[k][0] = steps[arg++];
        }
    }
    if (dimensions[0] > 1 && chained(&grid, inputs, operands, fr_item_size(loop->dtype))) {
        grid.shape[0] = 1;
        for (intptr_t i = 0; i < dimensions[0]; i++) {
            fr_run(loop, &grid);
            for (int k = 0; k < operands; k++) grid.data[k] += grid.strides[k][0];
        }
        return;
    }
    fr_run(loop, &grid);
}
