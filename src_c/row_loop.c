/* SPDX-License-Identifier: BSD-3-Clause */
/* From arrays of any layout to functions of rows: along rows that are contiguous, across rows that lie side by side, and through a
 * scratch in one of these ways where they are neither, or of a type that is computed in float32. Threads share the rows; one row is
 * one thread's, however long. */
#include <stdlib.h>
#include <string.h>

#include "fastrelu.h"
#include "fpenv.h"
#include "target.h"

enum {
    OPERANDS = 3,
    SCRATCH = 4096, /* elements of an operand that are packed at a time, or one row: the first cache has them; */
    SIDES = 131072, /* and where rows are put side by side, or a vec of them */
    SHORT_ROW = 24  /* shorter rows are put side by side: a row costs as much as that many elements */
};

typedef struct {
    const fr_row_loop *loop;
    const fr_grid *grid;
    ptrdiff_t n;
    const ptrdiff_t *steps; /* from an element of a row to the next */
    int operands;           /* arrays and the output */
    int size, width;        /* bytes of an element, and of one as it is computed */
    int along, across;      /* rows are swept where they lie, one by one or, whole vecs of them, side by side; */
    int side_by_side;       /* else packed so */
    int failed;
} job;

static ptrdiff_t columns(const fr_grid *grid) { return grid->nd ? grid->shape[grid->nd - 1] : 1; }
static ptrdiff_t column_step(const fr_grid *grid, int operand) { return grid->nd ? grid->strides[operand][grid->nd - 1] : 0; }

/* From an array to the scratch, n elements of a row or of as many rows, or back. */
static void pack(const job *job, char *packed, char *at, ptrdiff_t step, ptrdiff_t n, char *elements, int back)
{
    const fr_widening *widening = job->loop->widening;
    const int size = job->size;
    if (!widening) {
        if (back)
            fr_copy_strided(at, step, packed, size, n, size);
        else
            fr_copy_strided(packed, size, at, step, n, size);
        return;
    }
    char *plain = step == size ? at : elements;
    if (back)
        widening->narrowed((uint16_t *)(void *)plain, (const float *)(const void *)packed, (size_t)n, 1, 0);
    else {
        if (plain != at) fr_copy_strided(plain, size, at, step, n, size);
        widening->widened((float *)(void *)packed, (const uint16_t *)(const void *)plain, (size_t)n, 1);
    }
    if (back && plain != at) fr_copy_strided(at, step, plain, size, n, size);
}

/* `count` rows through the scratch: there they lie one behind the other, or side by side, a whole number of vecs of them. */
static void run_packed(const job *job, char *const *at, ptrdiff_t count, char *const *scratch, char *elements)
{
    const fr_row_loops *loops = &job->loop->loops;
    const ptrdiff_t n = job->n, width = job->width, lanes = loops->lanes;
    const ptrdiff_t columns = (count + lanes - 1) / lanes * lanes, pitch = (job->side_by_side ? columns : n) * width;
    const ptrdiff_t pitches[OPERANDS] = {pitch, pitch, pitch};
    const int out = job->operands - 1;
    char *operand[OPERANDS] = {scratch[0], scratch[1], scratch[1]};
    operand[out] = scratch[0];
    for (int back = 0; back < 2; back++) {
        if (back && job->side_by_side)
            loops->across(operand, pitches, (size_t)n, (size_t)columns);
        else if (back)
            loops->along(operand, pitches, (size_t)n, (size_t)count);
        for (int k = back ? out : 0; k < (back ? job->operands : out); k++) {
            const ptrdiff_t step = job->steps[k], next = column_step(job->grid, k);
            if (job->side_by_side) {
                for (ptrdiff_t i = 0; i < n; i++) {
                    pack(job, operand[k] + i * pitch, at[k] + i * step, next, count, elements, back);
                    if (!back) memset(operand[k] + i * pitch + count * width, 0, (size_t)((columns - count) * width));
                }
            } else if ((step == job->size || n == 1) && next == n * job->size) {
                pack(job, operand[k], at[k], job->size, count * n, elements, back);
            } else {
                for (ptrdiff_t row = 0; row < count; row++)
                    pack(job, operand[k] + row * pitch, at[k] + row * next, step, n, elements, back);
            }
        }
    }
}

static void run_piece(void *context, ptrdiff_t begin, ptrdiff_t end)
{
    job *job = context;
    const fr_grid *grid = job->grid;
    const fr_row_loops *loops = &job->loop->loops;
    const ptrdiff_t cols = columns(grid), n = job->n, lanes = loops->lanes;
    const ptrdiff_t most = job->side_by_side ? SIDES : SCRATCH;
    ptrdiff_t chunk = n < most ? most / n : 1;
    char *memory = NULL, *scratch[2] = {NULL, NULL}, *elements = NULL;
    ptrdiff_t row = begin / cols, col = begin % cols;
    if (job->side_by_side) chunk = chunk < lanes || job->across ? lanes : chunk / lanes * lanes;
    if (!job->along && !(job->across && cols % lanes == 0)) {
        const size_t bytes = (size_t)(chunk * n * job->width);
        memory = malloc(2 * bytes + (size_t)((n > chunk ? n : chunk) * job->size) + 64);
        if (!memory) {
            job->failed = 1;
            return;
        }
        scratch[0] = memory + (0 - (uintptr_t)memory) % 64;
        scratch[1] = scratch[0] + bytes;
        elements = scratch[1] + bytes;
    }
    fr_fpenv env = fr_fpenv_enter();
    while (begin < end) {
        ptrdiff_t m = end - begin < cols - col ? end - begin : cols - col, pitch[OPERANDS];
        char *at[OPERANDS] = {NULL, NULL, NULL};
        for (int k = 0; k < job->operands; k++) {
            ptrdiff_t left = row;
            pitch[k] = column_step(grid, k);
            at[k] = grid->data[k] + col * pitch[k];
            for (int axis = grid->nd - 2; axis >= 0 && left; axis--) {
                at[k] += left % grid->shape[axis] * grid->strides[k][axis];
                left /= grid->shape[axis];
            }
        }
        for (int k = job->operands; k < OPERANDS; k++) at[k] = at[0], pitch[k] = pitch[0];
        if (job->along) {
            loops->along(at, pitch, (size_t)n, (size_t)m);
        } else if (job->across && m >= lanes) {
            m -= m % lanes;
            loops->across(at, job->steps, (size_t)n, (size_t)m);
        } else {
            if (m > chunk) m = chunk;
            run_packed(job, at, m, scratch, elements);
        }
        begin += m;
        col += m;
        if (col == cols) col = 0, row++;
    }
    fr_fpenv_leave(env);
    free(memory);
}

int fr_run_rows(const fr_row_loop *loop, const fr_grid *grid, ptrdiff_t n, const ptrdiff_t *steps)
{
    const int size = fr_item_size(loop->dtype), lanes = loop->loops.lanes;
    job job = {.loop = loop, .grid = grid, .n = n, .size = size, .operands = loop->kernel->arrays + 1};
    ptrdiff_t rows = 1, all_steps[OPERANDS] = {0};
    for (int axis = 0; axis < grid->nd; axis++) rows *= grid->shape[axis];
    if (rows == 0 || n == 0) return 0;
    int contiguous = 1, adjacent = 1;
    for (int k = 0; k < job.operands; k++) {
        all_steps[k] = steps[k];
        contiguous &= n == 1 || steps[k] == size;
        adjacent &= column_step(grid, k) == size;
    }
    job.steps = all_steps;
    job.width = loop->widening ? (int)sizeof(float) : size;
    job.side_by_side = 2 * columns(grid) >= lanes && (n < SHORT_ROW || (adjacent && !contiguous));
    job.along = contiguous && !loop->widening && !job.side_by_side;
    job.across = adjacent && !loop->widening && job.side_by_side;
    const double ns = (double)rows * (double)n * (lanes == 1 ? 8 : 0.7) * (loop->dtype == FR_f64 ? 2 : 1);
    fr_parallel(run_piece, &job, rows, job.along ? 1 : 64, 0, ns);
    return job.failed ? -1 : 0;
}
