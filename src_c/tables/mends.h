/* SPDX-License-Identifier: BSD-3-Clause */
/* By type and kernel, the inputs whose float32 result lies on the wrong side of a midpoint of the 16-bit type, at the default
 * parameter and for dy = 1: X(input, whether its negative is one, too, that parameter, whether the right side is farther from
 * 0). Made by mends.py, which says how; do not edit. */
#define FR_MENDS_f16_relu(X)
#define FR_MENDS_f16_relu_backward(X)
#define FR_MENDS_f16_relu_backward_from_output(X)
#define FR_MENDS_f16_leaky_relu(X)
#define FR_MENDS_f16_leaky_relu_backward(X)
#define FR_MENDS_f16_leaky_relu_backward_from_output(X)
#define FR_MENDS_f16_prelu(X)
#define FR_MENDS_f16_prelu_backward(X)
#define FR_MENDS_f16_relu6(X)
#define FR_MENDS_f16_relu6_backward(X)
#define FR_MENDS_f16_relu6_backward_from_output(X)
#define FR_MENDS_f16_hardtanh(X)
#define FR_MENDS_f16_hardtanh_backward(X)
#define FR_MENDS_f16_hardtanh_backward_from_output(X)
#define FR_MENDS_f16_threshold(X)
#define FR_MENDS_f16_threshold_backward(X)
#define FR_MENDS_f16_relu_squared(X)
#define FR_MENDS_f16_relu_squared_backward(X)
#define FR_MENDS_f16_relu_squared_backward_from_output(X)
#define FR_MENDS_f16_hardsigmoid(X)
#define FR_MENDS_f16_hardsigmoid_backward(X)
#define FR_MENDS_f16_hardsigmoid_backward_from_output(X)
#define FR_MENDS_f16_hardswish(X) \
    X(0x1p-24f, 0, 0, 1)
#define FR_MENDS_f16_hardswish_backward(X)
#define FR_MENDS_f16_hardshrink(X)
#define FR_MENDS_f16_hardshrink_backward(X)
#define FR_MENDS_f16_hardshrink_backward_from_output(X)
#define FR_MENDS_f16_softshrink(X)
#define FR_MENDS_f16_softshrink_backward(X)
#define FR_MENDS_f16_softshrink_backward_from_output(X)
#define FR_MENDS_f16_sigmoid(X) \
    X(0x1.8p-9f, 0, 0, 0) X(0x1.cp-8f, 0, 0, 0) X(0x1.6p-7f, 0, 0, 0)
#define FR_MENDS_f16_sigmoid_backward(X) \
    X(0x1.bb8p-5f, 1, 0, 1) X(0x1.cep-4f, 1, 0, 0) X(0x1.62p-1f, 1, 0, 0) X(0x1.dc8p-1f, 1, 0, 0)
#define FR_MENDS_f16_sigmoid_backward_from_output(X)
#define FR_MENDS_f16_logsigmoid(X) \
    X(0x1.0cp-14f, 0, 0, 0) X(0x1.0c4p-14f, 0, 0, 0)
#define FR_MENDS_f16_logsigmoid_backward(X) \
    X(-0x1.8p-9f, 0, 0, 0) X(-0x1.cp-8f, 0, 0, 0) X(-0x1.6p-7f, 0, 0, 0)
#define FR_MENDS_f16_logsigmoid_backward_from_output(X)
#define FR_MENDS_f16_tanh(X)
#define FR_MENDS_f16_tanh_backward(X) \
    X(0x1.bb8p-6f, 1, 0, 1) X(0x1.cep-5f, 1, 0, 0) X(0x1.62p-2f, 1, 0, 0) X(0x1.dc8p-2f, 1, 0, 0)
#define FR_MENDS_f16_tanh_backward_from_output(X)
#define FR_MENDS_f16_tanhshrink(X) \
    X(0x1.e4cp-2f, 1, 0, 0)
#define FR_MENDS_f16_tanhshrink_backward(X) \
    X(0x1.a9p-6f, 1, 0, 1)
#define FR_MENDS_f16_softplus(X) \
    X(-0x1.0cp-14f, 0, 1, 0) X(-0x1.0c4p-14f, 0, 1, 0)
#define FR_MENDS_f16_softplus_backward(X) \
    X(0x1.8p-9f, 0, 1, 0) X(0x1.cp-8f, 0, 1, 0) X(0x1.6p-7f, 0, 1, 0)
#define FR_MENDS_f16_softplus_backward_from_output(X)
#define FR_MENDS_f16_softsign(X)
#define FR_MENDS_f16_softsign_backward(X)
#define FR_MENDS_f16_softsign_backward_from_output(X) \
    X(0x1.efcp-7f, 1, 0, 1)
#define FR_MENDS_f16_squareplus(X) \
    X(0x1.d68p-4f, 0, 4, 1) X(-0x1.6ap-6f, 0, 4, 0) X(-0x1.74cp7f, 0, 4, 1) X(-0x1.ba4p9f, 0, 4, 0)
#define FR_MENDS_f16_squareplus_backward(X) \
    X(0x1.8p-9f, 0, 4, 0) X(0x1.cp-8f, 0, 4, 0) X(0x1.6p-7f, 0, 4, 0) X(0x1.43p-3f, 0, 4, 1) \
    X(-0x1.4bcp3f, 0, 4, 1)
#define FR_MENDS_f16_squareplus_backward_from_output(X) \
    X(0x1.278p5f, 0, 4, 1)
#define FR_MENDS_f16_elu(X)
#define FR_MENDS_f16_elu_backward(X)
#define FR_MENDS_f16_elu_backward_from_output(X)
#define FR_MENDS_f16_selu(X)
#define FR_MENDS_f16_selu_backward(X) \
    X(-0x1.fb8p-4f, 0, 0, 1) X(-0x1.50cp0f, 0, 0, 1)
#define FR_MENDS_f16_selu_backward_from_output(X)
#define FR_MENDS_f16_celu(X)
#define FR_MENDS_f16_celu_backward(X)
#define FR_MENDS_f16_celu_backward_from_output(X)
#define FR_MENDS_f16_silu(X) \
    X(-0x1p-24f, 0, 0, 0) X(-0x1.8p-23f, 0, 0, 0)
#define FR_MENDS_f16_silu_backward(X) \
    X(0x1.8p-10f, 0, 0, 0) X(0x1.cp-9f, 0, 0, 0) X(0x1.6p-8f, 0, 0, 0) X(-0x1.8p-11f, 0, 0, 1) \
    X(-0x1.cp-10f, 0, 0, 1) X(-0x1.6p-9f, 0, 0, 1) X(-0x1.ep-9f, 0, 0, 1) X(-0x1.3p-8f, 0, 0, 1) \
    X(-0x1.748p0f, 0, 0, 1)
#define FR_MENDS_f16_swish(X) \
    X(-0x1p-24f, 0, 1, 0) X(-0x1.8p-23f, 0, 1, 0)
#define FR_MENDS_f16_swish_backward(X) \
    X(0x1.8p-10f, 0, 1, 0) X(0x1.cp-9f, 0, 1, 0) X(0x1.6p-8f, 0, 1, 0) X(-0x1.8p-11f, 0, 1, 1) \
    X(-0x1.cp-10f, 0, 1, 1) X(-0x1.6p-9f, 0, 1, 1) X(-0x1.ep-9f, 0, 1, 1) X(-0x1.3p-8f, 0, 1, 1) \
    X(-0x1.748p0f, 0, 1, 1)
#define FR_MENDS_f16_quick_gelu(X) \
    X(0x1.158p-11f, 0, 0, 0) X(-0x1.888p-12f, 0, 0, 0)
#define FR_MENDS_f16_quick_gelu_backward(X)
#define FR_MENDS_f16_gelu(X) \
    X(0x1p-24f, 0, 0, 1) X(0x1.5fp-10f, 0, 0, 0) X(-0x1.5fp-10f, 0, 0, 1)
#define FR_MENDS_f16_gelu_backward(X) \
    X(0x1.e14p-11f, 0, 0, 0) X(-0x1.e14p-12f, 0, 0, 1)
#define FR_MENDS_f16_gelu_tanh(X) \
    X(0x1.954p-12f, 0, 0, 0) X(0x1.5fp-10f, 0, 0, 0) X(0x1.d3cp-3f, 0, 0, 1) X(0x1.69cp-2f, 0, 0, 1)
#define FR_MENDS_f16_gelu_tanh_backward(X) \
    X(0x1.e14p-11f, 0, 0, 0) X(-0x1.83cp-1f, 0, 0, 1)
#define FR_MENDS_f16_mish(X) \
    X(0x1.a14p-10f, 0, 0, 1) X(0x1.7dp-1f, 0, 0, 0) X(0x1.924p0f, 0, 0, 1) X(-0x1.efcp-12f, 0, 0, 0) \
    X(-0x1.4p-11f, 0, 0, 0) X(-0x1.edp1f, 0, 0, 1)
#define FR_MENDS_f16_mish_backward(X)
#define FR_MENDS_f16_glu(X)
#define FR_MENDS_f16_glu_backward(X)
#define FR_MENDS_f16_reglu(X)
#define FR_MENDS_f16_reglu_backward(X)
#define FR_MENDS_f16_geglu(X)
#define FR_MENDS_f16_geglu_backward(X)
#define FR_MENDS_f16_geglu_tanh(X)
#define FR_MENDS_f16_geglu_tanh_backward(X)
#define FR_MENDS_f16_swiglu(X)
#define FR_MENDS_f16_swiglu_backward(X)
#define FR_MENDS_bf16_relu(X)
#define FR_MENDS_bf16_relu_backward(X)
#define FR_MENDS_bf16_relu_backward_from_output(X)
#define FR_MENDS_bf16_leaky_relu(X)
#define FR_MENDS_bf16_leaky_relu_backward(X)
#define FR_MENDS_bf16_leaky_relu_backward_from_output(X)
#define FR_MENDS_bf16_prelu(X)
#define FR_MENDS_bf16_prelu_backward(X)
#define FR_MENDS_bf16_relu6(X)
#define FR_MENDS_bf16_relu6_backward(X)
#define FR_MENDS_bf16_relu6_backward_from_output(X)
#define FR_MENDS_bf16_hardtanh(X)
#define FR_MENDS_bf16_hardtanh_backward(X)
#define FR_MENDS_bf16_hardtanh_backward_from_output(X)
#define FR_MENDS_bf16_threshold(X)
#define FR_MENDS_bf16_threshold_backward(X)
#define FR_MENDS_bf16_relu_squared(X)
#define FR_MENDS_bf16_relu_squared_backward(X)
#define FR_MENDS_bf16_relu_squared_backward_from_output(X)
#define FR_MENDS_bf16_hardsigmoid(X)
#define FR_MENDS_bf16_hardsigmoid_backward(X)
#define FR_MENDS_bf16_hardsigmoid_backward_from_output(X)
#define FR_MENDS_bf16_hardswish(X)
#define FR_MENDS_bf16_hardswish_backward(X)
#define FR_MENDS_bf16_hardshrink(X)
#define FR_MENDS_bf16_hardshrink_backward(X)
#define FR_MENDS_bf16_hardshrink_backward_from_output(X)
#define FR_MENDS_bf16_softshrink(X)
#define FR_MENDS_bf16_softshrink_backward(X)
#define FR_MENDS_bf16_softshrink_backward_from_output(X)
#define FR_MENDS_bf16_sigmoid(X) \
    X(0x1p-7f, 0, 0, 0)
#define FR_MENDS_bf16_sigmoid_backward(X)
#define FR_MENDS_bf16_sigmoid_backward_from_output(X)
#define FR_MENDS_bf16_logsigmoid(X) \
    X(0x1.f4p-7f, 0, 0, 1)
#define FR_MENDS_bf16_logsigmoid_backward(X) \
    X(-0x1p-7f, 0, 0, 0)
#define FR_MENDS_bf16_logsigmoid_backward_from_output(X)
#define FR_MENDS_bf16_tanh(X)
#define FR_MENDS_bf16_tanh_backward(X)
#define FR_MENDS_bf16_tanh_backward_from_output(X)
#define FR_MENDS_bf16_tanhshrink(X)
#define FR_MENDS_bf16_tanhshrink_backward(X)
#define FR_MENDS_bf16_softplus(X) \
    X(-0x1.f4p-7f, 0, 1, 1)
#define FR_MENDS_bf16_softplus_backward(X) \
    X(0x1p-7f, 0, 1, 0)
#define FR_MENDS_bf16_softplus_backward_from_output(X)
#define FR_MENDS_bf16_softsign(X)
#define FR_MENDS_bf16_softsign_backward(X)
#define FR_MENDS_bf16_softsign_backward_from_output(X)
#define FR_MENDS_bf16_squareplus(X)
#define FR_MENDS_bf16_squareplus_backward(X)
#define FR_MENDS_bf16_squareplus_backward_from_output(X)
#define FR_MENDS_bf16_elu(X)
#define FR_MENDS_bf16_elu_backward(X)
#define FR_MENDS_bf16_elu_backward_from_output(X)
#define FR_MENDS_bf16_selu(X)
#define FR_MENDS_bf16_selu_backward(X)
#define FR_MENDS_bf16_selu_backward_from_output(X)
#define FR_MENDS_bf16_celu(X)
#define FR_MENDS_bf16_celu_backward(X)
#define FR_MENDS_bf16_celu_backward_from_output(X)
#define FR_MENDS_bf16_silu(X) \
    X(0x1p-7f, 0, 0, 0)
#define FR_MENDS_bf16_silu_backward(X) \
    X(-0x1.8p-8f, 0, 0, 1)
#define FR_MENDS_bf16_swish(X) \
    X(0x1p-7f, 0, 1, 0)
#define FR_MENDS_bf16_swish_backward(X) \
    X(-0x1.8p-8f, 0, 1, 1)
#define FR_MENDS_bf16_quick_gelu(X)
#define FR_MENDS_bf16_quick_gelu_backward(X)
#define FR_MENDS_bf16_gelu(X)
#define FR_MENDS_bf16_gelu_backward(X)
#define FR_MENDS_bf16_gelu_tanh(X)
#define FR_MENDS_bf16_gelu_tanh_backward(X)
#define FR_MENDS_bf16_mish(X)
#define FR_MENDS_bf16_mish_backward(X) \
    X(-0x1.4p-11f, 0, 0, 0)
#define FR_MENDS_bf16_glu(X)
#define FR_MENDS_bf16_glu_backward(X)
#define FR_MENDS_bf16_reglu(X)
#define FR_MENDS_bf16_reglu_backward(X)
#define FR_MENDS_bf16_geglu(X)
#define FR_MENDS_bf16_geglu_backward(X)
#define FR_MENDS_bf16_geglu_tanh(X)
#define FR_MENDS_bf16_geglu_tanh_backward(X)
#define FR_MENDS_bf16_swiglu(X)
#define FR_MENDS_bf16_swiglu_backward(X)
