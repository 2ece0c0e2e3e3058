/* SPDX-License-Identifier: BSD-3-Clause */
/* Sweeps over parts that stay in the L1 cache, with what is done before and behind them. A bias is added. Smooth gradients of 16-bit
 * types are float32's, over converted parts, where other kernels have sweeps of their own, whose lanes are float32, too; and the few
 * inputs that are rounded wrong so are put right. */
#include <string.h>

#include "fastrelu.h"
#include "target.h"

enum {
    PART = 1024,
    LANES = 64, /* elements of the largest vec */
    CACHE_LINE = 64
};

static const fr_mend mends[] = {
#include "tables/mends.h"
};
enum { MEND_COUNT = sizeof mends / sizeof *mends };

void fr_find_mends(fr_loop *loop)
{
    loop->mend_count = 0;
    for (int i = MEND_COUNT - 1; i >= 0; i--)
        if (mends[i].dtype == loop->dtype && !strcmp(mends[i].kernel, loop->kernel->name)) {
            loop->mends = &mends[i];
            loop->mend_count++;
        }
}

static const uint16_t *halves(const char *at) { return (const uint16_t *)(const void *)at; }

/* The steps that n results lack; 0, and none are set, where no result lacks one. */
static int find_steps(const fr_loop *loop, int uniform, char *const *at, size_t n, uint16_t *steps)
{
    const fr_kernel *kernel = loop->kernel;
    const uint16_t *x = halves(at[kernel->arrays - 1]), one = loop->dtype == FR_f16 ? 0x3c00 : 0x3f80;
    if (!loop->widening->any_mend(x, n, loop->mends, loop->mend_count)) return 0;
    memset(steps, 0, n * sizeof *steps);
    for (int k = 0; k < loop->mend_count; k++) {
        const fr_mend mend = loop->mends[k];
        for (size_t i = 0; i < n; i++) steps[i] |= (x[i] & mend.under) == mend.bits ? (uint16_t)mend.step : 0;
    }
    if (kernel->arrays > 1) {
        const uint16_t *dy = halves(at[0]);
        for (size_t i = 0; i < n; i++) steps[i] = (dy[i] & 0x7fff) == one ? steps[i] : 0;
    }
    if (kernel->params) {
        const uint16_t *param = halves(at[kernel->arrays]);
        uint16_t usual;
        memcpy(&usual, &loop->defaults[0], sizeof usual);
        for (size_t i = 0; i < n; i++) steps[i] = param[uniform ? 0 : i] == usual ? steps[i] : 0;
    }
    return 1;
}

static size_t whole_vecs(size_t n) { return (n + LANES - 1) / LANES * LANES; }

/* Ones where n elements do not fill the last vec: it is computed as a whole. */
static void fill(float *block, size_t n)
{
    for (size_t i = n; i < whole_vecs(n); i++) block[i] = 1;
}

/* Float32's sweep; of the last array, where there are `sums`, they are taken. The results are where the first arrays were. */
static void wide_part(const fr_loop *loop, int uniform, char *const *at, size_t n, int stream, const float *sums)
{
    FR_ALIGNED float block[FR_MAX_OPERANDS][PART];
    char *operand[FR_MAX_OPERANDS];
    const fr_kernel *kernel = loop->kernel;
    const fr_widening *widening = loop->widening;
    const int inputs = kernel->arrays + kernel->params;
    const size_t whole = whole_vecs(n);
    static const fr_hint none = {0};
    for (int k = 0; k < inputs; k++) {
        operand[k] = (char *)block[k];
        if (sums && k == kernel->arrays - 1) {
            operand[k] = (char *)(uintptr_t)sums;
        } else {
            fill(block[k], n);
            widening->widened(block[k], halves(at[k]), uniform && k >= kernel->arrays ? 1 : n, 0);
        }
    }
    for (int k = 0; k < kernel->outs; k++) operand[inputs + k] = (char *)block[k];
    (uniform ? loop->sweeps.uniform : loop->sweeps.varying)(operand, whole, &none);
    for (int k = 0; k < kernel->outs; k++) {
        const int alike = ((uintptr_t)at[inputs + k] ^ (uintptr_t)at[inputs]) % CACHE_LINE == 0;
        widening->narrowed((uint16_t *)(void *)at[inputs + k], block[k], n, 0, stream && alike);
    }
}

static void in_parts(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint, const char *bias,
                     size_t bias_step)
{
    const fr_kernel *kernel = loop->kernel;
    const int inputs = kernel->arrays + kernel->params, operands = inputs + kernel->outs, last = kernel->arrays - 1;
    const size_t size = (size_t)fr_item_size(loop->dtype);
    FR_ALIGNED char sums[PART * 8];
    uint16_t steps[PART];
    char *at[FR_MAX_OPERANDS];
    fr_hint here = *hint;
    for (int k = 0; k < operands; k++) at[k] = operand[k];
    /* Others than the first begin with a line of the output; stores past the caches are of whole lines. */
    size_t part = here.stream || n > PART ? (0 - (uintptr_t)at[inputs]) % CACHE_LINE / size : 0;
    for (part = part ? part : PART; n > 0; n -= part, part = PART) {
        if (part > n) part = n;
        char *x = at[last];
        const int mended = !bias && loop->mend_count && find_steps(loop, uniform, at, part, steps);
        if (bias) {
            if (loop->wide) fill((float *)(void *)sums, part);
            fr_fused_for(loop->dtype)->add(sums, x, bias, part, bias_step);
        }
        if (loop->wide) {
            for (int k = 0; k < here.asks; k++)
                if (k < kernel->arrays || k >= inputs) FR_ASK(at[k], here.ahead[k], part * size);
            wide_part(loop, uniform, at, part, here.stream, bias ? (const float *)(void *)sums : NULL);
        } else {
            if (bias) {
                /* While the sums are gone through, the next part is asked for. */
                at[last] = sums;
                here.asks = kernel->arrays;
                here.ahead[last] = (ptrdiff_t)((uintptr_t)x + part * size - (uintptr_t)sums);
            }
            (uniform ? loop->sweeps.uniform : loop->sweeps.varying)(at, part, &here);
            at[last] = x;
        }
        for (size_t i = 0; mended && i < part; i++) {
            uint16_t *y = (uint16_t *)(void *)at[inputs] + i;
            *y = (uint16_t)(*y + steps[i]);
        }
        for (int k = 0; k < operands; k++)
            if (!uniform || k < kernel->arrays || k >= inputs) at[k] += part * size;
        if (bias) bias += part * size * bias_step;
    }
}

void fr_swept(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint)
{
    if (loop->wide || loop->mend_count)
        in_parts(loop, uniform, operand, n, hint, NULL, 0);
    else
        (uniform ? loop->sweeps.uniform : loop->sweeps.varying)(operand, n, hint);
}

void fr_swept_biased(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint, const char *bias,
                     size_t step)
{
    fr_loop wide = *loop;
    if (loop->widening) {
        wide.wide = 1;
        wide.sweeps = fr_loop_for((int)(loop->kernel - fr_kernels), FR_f32, 0)->sweeps;
    }
    in_parts(&wide, uniform, operand, n, hint, bias, step);
}
