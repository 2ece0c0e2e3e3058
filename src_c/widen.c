/* SPDX-License-Identifier: BSD-3-Clause */
/* 16-bit types: smooth gradients are float32's, over converted parts that stay in the L1 cache, where other kernels have sweeps of
 * their own, whose lanes are float32, too; and the few inputs that are rounded wrong so are put right. */
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

/* The steps that n results lack; 0, and none are set, where no result lacks one. */
static int find_steps(const fr_loop *loop, int uniform, uint16_t *const *at, size_t n, uint16_t *steps)
{
    const fr_kernel *kernel = loop->kernel;
    const uint16_t *x = at[kernel->arrays - 1], one = loop->dtype == FR_f16 ? 0x3c00 : 0x3f80;
    if (!loop->widening->any_mend(x, n, loop->mends, loop->mend_count)) return 0;
    memset(steps, 0, n * sizeof *steps);
    for (int k = 0; k < loop->mend_count; k++) {
        const fr_mend mend = loop->mends[k];
        for (size_t i = 0; i < n; i++) steps[i] |= (x[i] & mend.under) == mend.bits ? (uint16_t)mend.step : 0;
    }
    if (kernel->arrays > 1)
        for (size_t i = 0; i < n; i++) steps[i] = (at[0][i] & 0x7fff) == one ? steps[i] : 0;
    if (kernel->params) {
        uint16_t usual;
        memcpy(&usual, &loop->defaults[0], sizeof usual);
        for (size_t i = 0; i < n; i++) steps[i] = at[kernel->arrays][uniform ? 0 : i] == usual ? steps[i] : 0;
    }
    return 1;
}

/* The results are where the first arrays were. */
static void wide_part(const fr_loop *loop, int uniform, uint16_t *const *at, size_t n, const fr_hint *hint, const uint16_t *bias)
{
    FR_ALIGNED float block[FR_MAX_OPERANDS][PART];
    char *operand[FR_MAX_OPERANDS];
    const fr_kernel *kernel = loop->kernel;
    const fr_widening *widening = loop->widening;
    const int inputs = kernel->arrays + kernel->params;
    const size_t whole = (n + LANES - 1) / LANES * LANES;
    fr_hint wide_hint = {0};
    for (int k = 0; k < inputs; k++) {
        widening->widened(block[k], at[k], uniform && k >= kernel->arrays ? 1 : n, 0);
        operand[k] = (char *)block[k];
    }
    for (int k = 0; k < kernel->outs; k++) operand[inputs + k] = (char *)block[k];
    if (bias) {
        wide_hint.bias = block[inputs];
        wide_hint.bias_step = hint->bias_step;
        widening->widened(block[inputs], bias, hint->bias_step ? n : LANES, 0);
    }
    (uniform ? loop->sweeps.uniform : loop->sweeps.varying)(operand, whole, bias ? &wide_hint : NULL);
    for (int k = 0; k < kernel->outs; k++) {
        const int alike = ((uintptr_t)at[inputs + k] ^ (uintptr_t)at[inputs]) % CACHE_LINE == 0;
        widening->narrowed(at[inputs + k], block[k], n, 0, hint && hint->stream && alike);
    }
}

static void in_parts(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint)
{
    const fr_kernel *kernel = loop->kernel;
    const int inputs = kernel->arrays + kernel->params, operands = inputs + kernel->outs;
    const uint16_t *bias = hint ? hint->bias : NULL;
    uint16_t *at[FR_MAX_OPERANDS], steps[PART];
    for (int k = 0; k < operands; k++) at[k] = (uint16_t *)(void *)operand[k];
    /* Stores past the caches are of whole lines. */
    size_t part = hint && hint->stream ? (0 - (uintptr_t)at[inputs]) % CACHE_LINE / sizeof **at : 0;
    for (part = part ? part : PART; n > 0; n -= part, part = PART) {
        if (part > n) part = n;
        const int mended = loop->mend_count && !bias && find_steps(loop, uniform, at, part, steps);
        if (loop->wide) {
            for (int k = 0; hint && k < hint->asks; k++)
                if (k < kernel->arrays || k >= inputs) FR_ASK(at[k], hint->ahead[k], part * sizeof **at);
            wide_part(loop, uniform, at, part, hint, bias);
        } else {
            (uniform ? loop->sweeps.uniform : loop->sweeps.varying)((char *const *)at, part, hint);
        }
        for (size_t i = 0; mended && i < part; i++) at[inputs][i] = (uint16_t)(at[inputs][i] + steps[i]);
        for (int k = 0; k < operands; k++)
            if (!uniform || k < kernel->arrays || k >= inputs) at[k] += part;
        if (bias && hint->bias_step) bias += part;
    }
}

void fr_swept(const fr_loop *loop, int uniform, char *const *operand, size_t n, const fr_hint *hint)
{
    if (loop->wide || (loop->mend_count && !(hint && hint->bias)))
        in_parts(loop, uniform, operand, n, hint);
    else
        (uniform ? loop->sweeps.uniform : loop->sweeps.varying)(operand, n, hint);
}
