# SPDX-License-Identifier: BSD-3-Clause
"""Thinc's NumPy backend with fastrelu's activations: the layers Relu, Sigmoid, Swish, Gelu, Mish and more, and spaCy's.

>>> from thinc.api import chain, Gelu, Softmax, use_ops
>>> with use_ops("fastrelu"):
...     model = chain(Gelu(64), Softmax(10))

Thinc finds it by its name, "fastrelu". It takes and gives what NumpyOps does, but for these:

    sigmoid, swish      Thinc cuts their argument off at -20 and 20, where a sigmoid is 2e-9 or 1 - 2e-9; here it is exact
    mish                Thinc's is x from `threshold` on; here it is exact, whatever the threshold
    gelu, gelu_approx   Thinc approximates erf to 1e-7, and the gradient's constants to six digits; here they are exact
    strided arrays      Thinc's relu and mish in place write outside a view's elements; here they do not

hard_sigmoid, hard_swish, dish and clipped_linear are Thinc's own: their formulas are not fastrelu's.
"""
from typing import Any

from thinc.backends import NumpyOps
from thinc.config import registry

import fastrelu as fr

__all__ = ["FastreluOps"]


def _check(*arrays: Any) -> None:
    """A ufunc would broadcast them; Thinc does not."""
    if len({array.shape for array in arrays}) > 1:
        raise ValueError(f"arrays have incompatible shapes: {', '.join(str(array.shape) for array in arrays)}")


@registry.ops("fastrelu")
class FastreluOps(NumpyOps):
    __doc__ = __doc__
    name = "fastrelu"

    def relu(self, X: Any, inplace: bool = False) -> Any:
        return fr.relu(X, out=X if inplace else None)

    def backprop_relu(self, dY: Any, Y: Any, inplace: bool = False) -> Any:
        _check(dY, Y)
        return fr.relu_backward_from_output(dY, Y, out=dY if inplace else None)

    def relu_k(self, X: Any, n: float = 6.0, inplace: bool = False) -> Any:
        return fr.hardtanh(X, 0.0, n, out=X if inplace else None)

    def backprop_relu_k(self, dY: Any, X: Any, n: float = 6.0, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.hardtanh_backward(dY, X, 0.0, n, out=dY if inplace else None)

    def hard_tanh(self, X: Any, inplace: bool = False) -> Any:
        return fr.hardtanh(X, out=X if inplace else None)

    def backprop_hard_tanh(self, dY: Any, X: Any, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.hardtanh_backward(dY, X, out=dY if inplace else None)

    def hard_swish_mobilenet(self, X: Any, inplace: bool = False) -> Any:
        return fr.hardswish(X, out=X if inplace else None)

    def backprop_hard_swish_mobilenet(self, dY: Any, X: Any, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.hardswish_backward(dY, X, out=dY if inplace else None)

    def sigmoid(self, X: Any, *, inplace: bool = False) -> Any:
        return fr.sigmoid(X, out=X if inplace else None)

    def backprop_sigmoid(self, dY: Any, Y: Any, *, inplace: bool = False) -> Any:
        _check(dY, Y)
        return fr.sigmoid_backward_from_output(dY, Y, out=Y if inplace else None)   # Y, as Thinc does

    def dsigmoid(self, Y: Any, *, inplace: bool = False) -> Any:
        return fr.sigmoid_backward_from_output(1.0, Y, out=Y if inplace else None)

    def dtanh(self, Y: Any, *, inplace: bool = False) -> Any:
        return fr.tanh_backward_from_output(1.0, Y, out=Y if inplace else None)

    def swish(self, X: Any, inplace: bool = False) -> Any:
        return fr.silu(X, out=X if inplace else None)

    def backprop_swish(self, dY: Any, X: Any, Y: Any, inplace: bool = False) -> Any:
        _check(dY, X, Y)
        return fr.silu_backward(dY, X, out=dY if inplace else None)

    def gelu(self, X: Any, inplace: bool = False) -> Any:
        return fr.gelu(X, out=X if inplace else None)

    def backprop_gelu(self, dY: Any, X: Any, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.gelu_backward(dY, X, out=dY if inplace else None)

    def gelu_approx(self, X: Any, inplace: bool = False) -> Any:
        return fr.gelu_tanh(X, out=X if inplace else None)

    def backprop_gelu_approx(self, dY: Any, X: Any, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.gelu_tanh_backward(dY, X, out=dY if inplace else None)

    def mish(self, X: Any, threshold: float = 20.0, inplace: bool = False) -> Any:
        return fr.mish(X, out=X if inplace else None)

    def backprop_mish(self, dY: Any, X: Any, threshold: float = 20.0, inplace: bool = False) -> Any:
        _check(dY, X)
        return fr.mish_backward(dY, X, out=dY if inplace else None)

    if hasattr(fr, "softmax"):
        def softmax(self, x: Any, *, inplace: bool = False, axis: int = -1, temperature: float = 1.0) -> Any:
            return fr.softmax(x / temperature if temperature != 1 else x, axis=axis)    # never in place, as Thinc's

        def backprop_softmax(self, Y: Any, dY: Any, *, axis: int = -1, temperature: float = 1.0) -> Any:
            _check(dY, Y)
            return fr.softmax_backward_from_output(dY / temperature if temperature != 1 else dY, Y, axis=axis)
