# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu: the activation functions of neural networks, forward and backward, in place, for NumPy.

For every NAME in fastrelu.names():

    fr.NAME(x, *params, out=None, …)                    forward, a NumPy ufunc
    fr.NAME_backward(dy, x, *params)                    the gradient, from the saved input
    fr.NAME_backward_from_output(dy, y, *params)        the gradient, from the saved output, where it is determined by it
    fr.NAME_(x, *params), fr.NAME_backward_(dy, x, …)   the same in place: they overwrite their first argument and return it

fr.glu, reglu, geglu, geglu_tanh and swiglu are gated units, an activation's value at a gate times a second input:

    fr.swiglu(gate, up), fr.swiglu_(gate, up)           forward, and in place: overwrites gate
    fr.swiglu_backward(dy, gate, up)                    both gradients, (dgate, dup)

    fr.bias_act(x, bias, "NAME"), fr.bias_act_, fr.bias_act_backward_    NAME of x + bias in one pass, and its gradients
    fr.relu_bitmask_(x), fr.relu_bitmask_backward_(dy, mask)             ReLU that saves one bit an element for its gradient

fr.softmax(x, axis=-1), log_softmax and their gradients from the output go along any axis, in one order of the sum.

In the place of what NumPy programs write by hand:

    np.maximum(x, 0, out=x)                                     fr.relu_(x); keeps no second array, and every integer type
    0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (…)))           fr.gelu_tanh(x); np.sqrt of a number makes float64 of float32
    x * 0.5 * (1 + erf(x / np.sqrt(2)))                         fr.gelu(x); in float32 the tail from -6 on has no digit right
    1 / (1 + np.exp(-x))                                        fr.sigmoid(x); exp overflows from x = -89 on
    np.log(1 + np.exp(x)), np.logaddexp(0, x)                   fr.softplus(x); the first overflows and loses the left tail
    e = np.exp(x); e / e.sum()                                  fr.softmax(x); NaN from 89 on without the largest subtracted
    dy * (x > 0), dy * (y > 0).astype(int)                      fr.relu_backward(dy, x); inf * 0 is NaN, and int64 widens
    silu(h[:, :n]) * h[:, n:]                                   fr.swiglu(h[:, :n], h[:, n:]); one pass instead of four
    h = x @ w + b; relu(h)                                      fr.bias_act_(x @ w, b, "relu"); one pass instead of two

fr.get(NAME) has formula, parameters and error bounds; fr.set_num_threads and fr.num_threads limit threads; fr.show_config tells
what is in use. FASTRELU_ISA caps the instruction set, FASTRELU_NUM_THREADS the threads. The modules of fastrelu.adapters are for
scikit-learn, ONNX, Thinc and Keras.
"""
import os as _os

import numpy as _numpy

if int(_numpy.__version__.split(".")[0]) < 2:
    raise ImportError(f"fastrelu needs NumPy 2.0 or newer, and this is NumPy {_numpy.__version__}: pip install --upgrade numpy")
try:
    import fastrelu._ufuncs as _ufuncs  # `from . import` would not tell missing from broken
except ModuleNotFoundError as _error:
    if _error.name != "fastrelu._ufuncs":
        raise
    raise ImportError(
        f"fastrelu's compiled part is missing in {__path__[0]}. If that is its source folder, it hides the installed package: "
        "run Python from another folder (after `pip install .`). If not, it was built for another Python: install it again"
    ) from None

try:
    _ufuncs.init(_os.environ.get("FASTRELU_ISA") or None)
except ValueError as _error:
    raise ImportError(
        f"FASTRELU_ISA={_os.environ['FASTRELU_ISA']!r} {_error}; usable here: "
        f"{', '.join(name for name, usable in _ufuncs.isas().items() if usable)}") from None

# After init: the ufuncs are made of the loops that it chose.
from . import _registry
from ._config import show_config
from ._fused import bias_act, bias_act_, bias_act_backward_, relu_bitmask_, relu_bitmask_backward_
from ._registry import Activation, get, names
from ._threads import get_num_threads, num_threads, set_num_threads
from ._version import __version__

__all__ = [
    "Activation", "__version__", "bias_act", "bias_act_", "bias_act_backward_", "diagnostics", "get", "get_num_threads", "init",
    "names", "num_threads", "relu_bitmask_", "relu_bitmask_backward_", "set_num_threads", "show_config", *_registry.public,
]

for _public in (Activation, bias_act, bias_act_, bias_act_backward_, get, names, get_num_threads, num_threads, relu_bitmask_,
                relu_bitmask_backward_, set_num_threads, show_config):
    _public.__module__ = __name__   # where users find them: in help, and in pickles


def __getattr__(name):
    # Only the first use comes here.
    if name in _registry.public:
        value = _registry.public[name]
    # `from . import` would ask here again. The statements name the modules, for programs that pack what others import.
    elif name == "diagnostics":
        import fastrelu.diagnostics as value
    elif name == "init":
        import fastrelu.init as value
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *__all__})
