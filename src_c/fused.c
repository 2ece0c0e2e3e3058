/* SPDX-License-Identifier: BSD-3-Clause */
/* An activation with what stands beside it in a network, in one pass over memory: a bias before it and the bias' gradient
 * behind it; or ReLU with a mask of one bit an element.
 *
 * In C order an array is rows of [channels][inner]. A run is the `inner` elements of one channel, for which the bias is a number.
 * Shorter runs go together, with the bias laid out like them: the pattern. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fastrelu.h"
#include "fpenv.h"
#include "halves.h"
#include "target.h"

enum {
    PIECE = 8 << 10, /* bytes of float32 or float64: what is packed, or summed when it has been computed, stays in the L1 cache */
    SPARE = 64,      /* elements by which a piece may be longer, so that none is tiny */
    LANES = 64,      /* elements of the largest vec */
    STRIPES = 64,    /* a run is summed in so many sums, whatever the registers' width; and the length from which it is a run */
    BLOCKS = 64,     /* sums over rows are made in blocks, at most so many, */
    BLOCK_ROWS = 16, /* of at least so many rows */
    GROUP = 4096,    /* elements of a row that are worth a unit of work of their own */
    CACHE_LINE = 64
};
enum { BYTES = PIECE + SPARE * 8 };

typedef struct {
    const fr_loop *loop;
    const fr_fused *sweeps, *lanes; /* of the arrays' type, and of that of sums */
    const fr_grid *grid;
    int size, lane; /* bytes of an element, and of a sum */
    int arrays, params, out;
    int runs, varying; /* whether the bias is one number a piece; whether the parameters are patterns, too */
    const char *coefficient[1 + FR_MAX_PARAMS]; /* the bias and the parameters */
    ptrdiff_t step[1 + FR_MAX_PARAMS];          /* from a channel to the next, in bytes */
    ptrdiff_t total, channels, inner;
    ptrdiff_t row;     /* elements; several short rows count as one */
    ptrdiff_t most;    /* elements of a piece that is packed, or a pattern long, or summed, */
    ptrdiff_t longest; /* and of one that is none of these */
    ptrdiff_t lead;    /* of the output, before its first whole line */
    unsigned contiguous;
    fr_hint hint;
    char *sums; /* [blocks][sums, rests][columns] */
    ptrdiff_t rows, columns, block_rows, groups;
} job;

/* Each of n elements `times` times, then from the start again up to `length`. */
static void lay_out(char *to, const char *from, ptrdiff_t step, ptrdiff_t n, ptrdiff_t times, ptrdiff_t length, int size)
{
    fr_grid grid = {.nd = 2, .shape = {n, times}, .data = {(char *)(uintptr_t)from}, .strides = {{step, 0}}};
    ptrdiff_t done = n * times;
    fr_join(&grid, 1);
    fr_pack(&grid, 0, 0, done, size, to, 0);
    for (ptrdiff_t more; done < length; done += more) {
        more = done < length - done ? done : length - done;
        memcpy(to + done * size, to, (size_t)(more * size));
    }
}

static void add_up(const job *job, ptrdiff_t offset, ptrdiff_t n, const char *results, char *sums)
{
    char *rests = sums + job->columns * job->lane;
    if (!job->runs) {
        job->sweeps->sum(sums + offset * job->lane, rests + offset * job->lane, results, (size_t)n, 1);
        return;
    }
    /* Pieces of a run begin at multiples of STRIPES. */
    const ptrdiff_t column = offset / job->inner * STRIPES * job->lane, whole = n - n % STRIPES;
    job->sweeps->sum(sums + column, rests + column, results, STRIPES, (size_t)whole / STRIPES);
    job->sweeps->sum(sums + column, rests + column, results + whole * job->size, (size_t)(n - whole), 1);
}

static void run_piece(const job *job, ptrdiff_t begin, ptrdiff_t n, char *sums)
{
    FR_ALIGNED char block[2][BYTES], second[BYTES], equal[LANES * 8];
    char *operand[FR_MAX_OPERANDS];
    const char *bias = NULL;
    const ptrdiff_t offset = begin % job->row;
    int k = 0;
    for (; k < job->arrays; k++) {
        operand[k] = job->contiguous >> k & 1 ? job->grid->data[k] + begin * job->size : block[k];
        if (operand[k] == block[k]) fr_pack(job->grid, k, begin, n, job->size, block[k], 0);
    }
    char *out = job->contiguous >> job->out & 1 ? job->grid->data[job->out] + begin * job->size : block[0];
    for (int i = 0; i <= job->params; i++) {
        ptrdiff_t from = 0;
        if (job->runs)
            from = offset / job->inner % job->channels * job->step[i];
        else if (i == 0 || job->varying)
            from = offset % (job->channels * job->inner) * job->size;
        if (i > 0)
            operand[k++] = (char *)(uintptr_t)job->coefficient[i] + from;
        else
            bias = job->coefficient[i] + from;
    }
    if (job->runs) {
        lay_out(equal, bias, 0, 1, 1, LANES, job->size);
        bias = equal;
    }
    operand[k++] = out;
    operand[k] = second;
    fr_swept_biased(job->loop, !job->varying, operand, (size_t)n, &job->hint, bias, !job->runs);
    if (out == block[0]) fr_pack(job->grid, job->out, begin, n, job->size, out, 1);
    if (sums) add_up(job, offset, n, out, sums);
}

static void run_pieces(const job *job, ptrdiff_t begin, ptrdiff_t end, char *sums)
{
    const ptrdiff_t pattern = job->channels * job->inner, line = CACHE_LINE / job->size;
    while (begin < end) {
        /* How far coefficients lie side by side. */
        const ptrdiff_t unit = job->runs ? job->inner : pattern <= job->most ? end : pattern;
        ptrdiff_t n = unit - begin % unit;
        if (n > end - begin) n = end - begin;
        if (n > job->longest + SPARE) {
            n = job->longest;
            if (!sums && job->contiguous >> job->out & 1 && begin + n > job->lead) n -= (begin + n - job->lead) % line;
        }
        run_piece(job, begin, n, sums);
        begin += n;
    }
}

static void run_forward(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const job *job = context;
    fr_fpenv env = fr_fpenv_enter();
    run_pieces(job, begin, end, NULL);
#if FR_X86
    if (job->hint.stream) _mm_sfence();
#endif
    fr_fpenv_leave(env);
}

/* A unit of work is a group of a row's channels, in the rows of a block. What is added to one sum, and in which order, depends on
 * the shape alone. */
static void run_backward(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const job *job = context;
    const ptrdiff_t channels = job->row / job->inner;
    fr_fpenv env = fr_fpenv_enter();
    for (ptrdiff_t unit = begin; unit < end; unit++) {
        const ptrdiff_t block = unit / job->groups, group = unit % job->groups;
        const ptrdiff_t from = channels * group / job->groups * job->inner,
                        to = channels * (group + 1) / job->groups * job->inner;
        for (ptrdiff_t i = block * job->block_rows; i < job->rows && i < (block + 1) * job->block_rows; i++) {
            const ptrdiff_t last = i * job->row + to;
            run_pieces(job, i * job->row + from, last < job->total ? last : job->total,
                       job->sums + 2 * block * job->columns * job->lane);
        }
    }
    fr_fpenv_leave(env);
}

static void store_sums(const job *job, const char *sums, const char *rests, char *out)
{
#define STORE(type, lane, convert)                                                                             \
    for (ptrdiff_t c = 0; c < job->channels; c++) {                                                            \
        const lane high = ((const lane *)(const void *)sums)[c], low = ((const lane *)(const void *)rests)[c]; \
        const lane both = low == 0 ? high : high + low;                                                        \
        ((type *)(void *)out)[c] = convert(both == both ? both : (lane)NAN);                                   \
    }
    switch (job->loop->dtype) {
    case FR_f16: STORE(uint16_t, float, fr_f16_from_float) break;
    case FR_bf16: STORE(uint16_t, float, fr_bf16_from_float) break;
    case FR_f32: STORE(float, float, ) break;
    default: STORE(double, double, ) break;
    }
}

/* The sums of blocks, rows and stripes as those of channels. Each step adds rows up: sums are elements, and their rests are, too. */
static void fold(const job *job, ptrdiff_t blocks, char *spare, void *out)
{
    const ptrdiff_t lane = job->lane, stripes = job->runs ? STRIPES : job->inner, row = job->channels * stripes;
    char *sums = spare, *rests = sums + job->columns * lane;
    job->lanes->sum(sums, rests, job->sums, (size_t)job->columns, (size_t)(2 * blocks));
    char *row_sums = rests + job->columns * lane, *row_rests = row_sums + row * lane;
    job->lanes->sum(row_sums, row_rests, sums, (size_t)row, (size_t)(2 * job->columns / row));
    if (stripes > 1) {
        /* [sums, rests][channels][stripes] to [sums, rests][stripes][channels] */
        char *turned = row_rests + row * lane;
        fr_grid grid = {.nd = 3,
                        .shape = {2, stripes, job->channels},
                        .data = {row_sums},
                        .strides = {{row * lane, lane, stripes * lane}}};
        fr_pack(&grid, 0, 0, 2 * row, job->lane, turned, 0);
        row_sums = turned + 2 * row * lane;
        row_rests = row_sums + job->channels * lane;
        job->lanes->sum(row_sums, row_rests, turned, (size_t)job->channels, (size_t)(2 * stripes));
    }
    store_sums(job, row_sums, row_rests, out);
}

int fr_bias_act(const fr_loop *loop, fr_grid *grid, void *sums)
{
    const fr_kernel *kernel = loop->kernel;
    const fr_dtype lane = loop->dtype == FR_f64 ? FR_f64 : FR_f32;
    job job = {.loop = loop,
               .grid = grid,
               .sweeps = fr_fused_for(loop->dtype),
               .lanes = fr_fused_for(lane),
               .size = fr_item_size(loop->dtype),
               .lane = fr_item_size(lane),
               .arrays = kernel->arrays,
               .params = kernel->params,
               .total = 1,
               .channels = 1,
               .inner = 1};
    const int bias = kernel->arrays;
    job.out = bias + 1 + kernel->params;
    if (sums)
        fr_join(grid, job.out + 1);
    else
        fr_simplify(grid, job.out + 1);
    ptrdiff_t outer = 1;
    int along = -1;
    for (int axis = 0; axis < grid->nd; axis++) {
        job.total *= grid->shape[axis];
        if (grid->strides[bias][axis]) {
            along = axis;
            job.channels = grid->shape[axis];
        } else if (along >= 0) {
            job.inner *= grid->shape[axis];
        } else {
            outer *= grid->shape[axis];
        }
    }
    int in_place = 0, packed = 0;
    for (int k = 0; k <= job.out; k++) {
        ptrdiff_t expected = job.size;
        int contiguous = 1;
        for (int axis = grid->nd - 1; axis >= 0; axis--) {
            contiguous &= grid->strides[k][axis] == expected;
            expected *= grid->shape[axis];
        }
        job.contiguous |= (unsigned)contiguous << k;
        if (k < job.arrays || k == job.out) packed += !contiguous;
        if (k < job.arrays) in_place |= grid->data[k] == grid->data[job.out];
    }
    for (int k = 0; k <= job.params; k++) {
        job.coefficient[k] = grid->data[bias + k];
        job.step[k] = along < 0 ? 0 : grid->strides[bias + k][along];
    }
    const ptrdiff_t pattern = job.channels * job.inner;
    job.most = PIECE / job.lane;
    const ptrdiff_t together = job.most / pattern < outer ? job.most / pattern : outer;
    job.row = together > 1 ? together * pattern : pattern;
    job.runs = job.inner >= STRIPES;
    job.lead = (ptrdiff_t)((0 - (uintptr_t)grid->data[job.out]) % CACHE_LINE) / job.size;
    job.rows = (job.total + job.row - 1) / job.row;
    job.block_rows = (job.rows + BLOCKS - 1) / BLOCKS;
    if (job.block_rows < BLOCK_ROWS) job.block_rows = BLOCK_ROWS;
    const ptrdiff_t blocks = (job.rows + job.block_rows - 1) / job.block_rows;
    job.columns = job.runs ? job.row / job.inner * STRIPES : job.row;
    job.groups = job.row / GROUP < (BLOCKS + blocks - 1) / blocks ? job.row / GROUP : (BLOCKS + blocks - 1) / blocks;
    if (job.groups > job.row / job.inner) job.groups = job.row / job.inner;
    if (job.groups < 1) job.groups = 1;

    /* Memory: patterns where the coefficients do not lie so already; then sums. */
    ptrdiff_t length = pattern <= job.most ? pattern + job.most + SPARE : pattern, patterns = 0;
    if (length > job.total) length = job.total;
    int laid_out[1 + FR_MAX_PARAMS] = {0};
    for (int k = 1; k <= job.params; k++) job.varying |= !job.runs && job.step[k] != 0;
    for (int k = 0; k <= job.params && !job.runs; k++) {
        laid_out[k] = (k == 0 || job.varying) && !(job.inner == 1 && job.step[k] == job.size && length <= job.channels);
        patterns += laid_out[k];
    }
    const ptrdiff_t row = job.channels * (job.runs ? STRIPES : job.inner);
    const ptrdiff_t lanes = sums ? 2 * ((blocks + 1) * job.columns + 2 * row + job.channels) : 0;
    const ptrdiff_t lines = length * job.size / CACHE_LINE + 1;
    char *memory = calloc((size_t)(lanes * job.lane + (patterns * lines + 1) * CACHE_LINE), 1);
    if (!memory) return -1;
    job.sums = memory;
    /* Whole lines of a pattern are those of the output. */
    char *free_memory = memory + lanes * job.lane;
    free_memory += (0 - (uintptr_t)free_memory - (uintptr_t)(job.lead * job.size)) % CACHE_LINE;
    for (int k = 0; k <= job.params; k++) {
        if (!laid_out[k]) continue;
        lay_out(free_memory, job.coefficient[k], job.step[k], job.channels, job.inner, length, job.size);
        job.coefficient[k] = free_memory;
        free_memory += lines * CACHE_LINE;
    }

    job.longest = sums || packed || (!job.runs && pattern <= job.most) ? job.most : job.total;
    if (packed == 0) fr_hint_of(&job.hint, kernel, job.total * job.size, in_place);
    const double ns = (double)job.total * fr_cost(kernel, job.size, in_place);
    if (sums) {
        fr_parallel(run_backward, &job, blocks * job.groups, 1, 0, ns);
        fr_fpenv env = fr_fpenv_enter();
        fold(&job, blocks, job.sums + 2 * blocks * job.columns * job.lane, sums);
        fr_fpenv_leave(env);
    } else {
        fr_parallel(run_forward, &job, job.total, CACHE_LINE / job.size, job.lead, ns);
    }
    free(memory);
    return 0;
}

/* ---- ReLU and its bits ---- */

typedef struct {
    const fr_fused *sweeps;
    const fr_grid *grid;
    int size, contiguous;
    ptrdiff_t ahead;
    uint8_t *bits;
    const void *scale; /* NULL: forward */
} bit_job;

static void run_bits(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    const bit_job *job = context;
    FR_ALIGNED char block[PIECE];
    const ptrdiff_t most = job->contiguous ? end - begin : PIECE / job->size;
    fr_fpenv env = fr_fpenv_enter();
    for (ptrdiff_t n; begin < end; begin += n) {
        n = end - begin < most ? end - begin : most;
        char *at = job->contiguous ? job->grid->data[0] + begin * job->size : block;
        if (at == block) fr_pack(job->grid, 0, begin, n, job->size, block, 0);
        if (job->scale)
            job->sweeps->relu_backward_by_bits(at, job->bits + begin / 8, (size_t)n, job->scale, job->ahead);
        else
            job->sweeps->relu_to_bits(at, job->bits + begin / 8, (size_t)n, job->ahead);
        if (at == block) fr_pack(job->grid, 0, begin, n, job->size, block, 1);
    }
    fr_fpenv_leave(env);
}

static void with_bits(const fr_loop *loop, fr_grid *grid, uint8_t *bits, const void *scale)
{
    bit_job job = {.sweeps = fr_fused_for(loop->dtype),
                   .grid = grid,
                   .size = fr_item_size(loop->dtype),
                   .bits = bits,
                   .scale = scale};
    fr_hint hint = {0};
    ptrdiff_t total = 1;
    fr_join(grid, 1);
    for (int axis = 0; axis < grid->nd; axis++) total *= grid->shape[axis];
    if (total == 0) return;
    job.contiguous = grid->nd == 0 || (grid->nd == 1 && grid->strides[0][0] == job.size);
    fr_hint_of(&hint, loop->kernel, total * job.size, 1);
    if (job.contiguous) job.ahead = hint.ahead[0];
    /* No byte of the bits is two threads', and hardly a line. */
    fr_parallel(run_bits, &job, total, 8 * CACHE_LINE, 0, (double)total * fr_cost(loop->kernel, job.size, 1));
}

void fr_relu_to_bits(const fr_loop *loop, fr_grid *grid, uint8_t *bits) { with_bits(loop, grid, bits, NULL); }

void fr_relu_backward_by_bits(const fr_loop *loop, fr_grid *grid, const uint8_t *bits, const void *scale)
{
    with_bits(loop, grid, (uint8_t *)(uintptr_t)bits, scale);
}
