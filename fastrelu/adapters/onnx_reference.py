# SPDX-License-Identifier: BSD-3-Clause
"""ONNX's reference evaluator with fastrelu's activations.

>>> from fastrelu.adapters.onnx_reference import ReferenceEvaluator
>>> session = ReferenceEvaluator(model)
>>> y, = session.run(None, {"x": x})

It takes and gives what onnx.reference.ReferenceEvaluator does. fastrelu computes the operators in OPERATORS wherever they are
met, in the bodies of functions and in the subgraphs of If, Loop and Scan too; a class in new_ops goes before. ONNX computes what
fastrelu has no function for: HardSigmoid other than relu6(x + 3) / 6, Shrink by anything but 0 or the threshold, Selu with other
constants, Clip to arrays, and integers but for Relu.

Where the values differ, fastrelu's are the more exact ones; and NaN stays NaN (ONNX's Shrink and ThresholdedRelu make it 0).
"""
import functools
import math
from typing import Any

import numpy as np
import onnx.reference
from onnx.reference.op_run import OpRun

import fastrelu as fr

__all__ = ["OPERATORS", "ReferenceEvaluator"]


def _same(value: float, constant: float) -> bool:
    """Attributes are float32."""
    return np.float32(value) == np.float32(constant)


def _clip(x: Any, low: Any = None, high: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """Bounds are inputs; before opset 11 they were attributes."""
    low = -math.inf if low is min is None else min if low is None else low
    high = math.inf if high is max is None else max if high is None else high
    return fr.hardtanh(x, float(low), float(high)) if np.size(low) == np.size(high) == 1 else None


def _prelu(x: Any, slope: Any) -> Any:
    try:
        return fr.prelu(x, slope)
    except ValueError:  # the host broadcasts more than NumPy
        return None


def _selu(x: Any, alpha: float, gamma: float) -> Any:
    return fr.selu(x) if _same(alpha, 1.6732632423543772) and _same(gamma, 1.0507009873554805) else None


def _shrink(x: Any, bias: float, lambd: float) -> Any:
    return fr.hardshrink(x, lambd) if bias == 0 else fr.softshrink(x, lambd) if bias == lambd > 0 else None


# What an operator computes, of its inputs and attributes; None, or another type than the input's, where it is left to the host.
OPERATORS = {
    "Celu": fr.celu,
    "Clip": _clip,
    "Elu": fr.elu,
    "Gelu": lambda x, approximate: (fr.gelu_tanh if approximate == "tanh" else fr.gelu)(x),
    "HardSigmoid": lambda x, alpha, beta: fr.hardsigmoid(x) if _same(alpha, 1 / 6) and beta == 0.5 else None,
    "HardSwish": fr.hardswish,
    "LeakyRelu": lambda x, alpha: fr.leaky_relu(x, alpha),
    "Mish": fr.mish,
    "PRelu": _prelu,
    "Relu": fr.relu,
    "Selu": _selu,
    "Shrink": _shrink,
    "Sigmoid": fr.sigmoid,
    "Softplus": fr.softplus,
    "Softsign": fr.softsign,
    "Swish": lambda x, alpha: fr.swish(x, alpha),
    "Tanh": fr.tanh,
    "ThresholdedRelu": lambda x, alpha: fr.threshold(x, alpha, 0.0),
    **{op: getattr(fr, name) for op, name in (("Softmax", "softmax"), ("LogSoftmax", "log_softmax")) if hasattr(fr, name)},
}


class _Operator(OpRun):
    """A node that fastrelu computes, or else what `host` makes of it."""

    def __init__(self, node: Any, run_params: dict[str, Any], host: Any) -> None:
        super().__init__(node, run_params)
        self.host = host

    def _run(self, x: Any, *inputs: Any, **attributes: Any) -> tuple[Any, ...]:
        # They come as numpy.float32, which would widen 16-bit types.
        plain = {name: value.item() if isinstance(value, np.generic) else value for name, value in attributes.items()}
        y = OPERATORS[self.op_type](x, *inputs, **plain)
        if y is not None and y.dtype == x.dtype:
            return (y,)
        return self.host()(self.onnx_node, self.run_params)._run(x, *inputs, **attributes)


class ReferenceEvaluator(onnx.reference.ReferenceEvaluator):
    __doc__ = __doc__

    def _load_impl(self, node: Any, input_types: Any = None) -> Any:
        host = functools.partial(super()._load_impl, node, input_types)
        ours = node.domain == "" and node.op_type in OPERATORS and ("", node.op_type) not in self.new_ops_
        return functools.partial(_Operator, host=host) if ours else host()
