/* SPDX-License-Identifier: BSD-3-Clause */
/* The list: every activation, in the order in which fastrelu.names() gives them. A file may use the formulas of those above it.
 * Included once for each use (see kernels.h and registry.c), hence no guard. */
#include "activations/relu.h"
#include "activations/leaky_relu.h"
#include "activations/prelu.h"
#include "activations/relu6.h"
#include "activations/hardtanh.h"
#include "activations/threshold.h"
#include "activations/relu_squared.h"
#include "activations/hardsigmoid.h"
#include "activations/hardswish.h"
#include "activations/hardshrink.h"
#include "activations/softshrink.h"
