# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu's activations for layers of Keras on its NumPy backend, which predicts and does not train, and imports JAX.

>>> from fastrelu.adapters import keras_numpy     # with KERAS_BACKEND=numpy
>>> layer = keras.layers.Dense(64, activation=keras_numpy.gelu)
>>> model = keras.models.load_model(path)

There is one function for every activation of fastrelu whose parameters have defaults, named as there. Each is registered as
"fastrelu>NAME", so that a saved model finds it again in every process that has imported this module. Keras calls it with the
array alone: what is wanted with another parameter, say fr.elu(x, 0.5), is a function of one's own, registered in the same way.
"""
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras

import fastrelu as fr

if keras.backend.backend() != "numpy":
    raise ImportError(f"fastrelu.adapters.keras_numpy is for Keras on NumPy, and this is Keras on {keras.backend.backend()}: set "
                      "the environment variable KERAS_BACKEND=numpy before Keras is imported")


def _registered(name: str) -> Callable[[Any], Any]:
    """A function, for Keras saves no other callables by their name."""
    ufunc = getattr(fr, name)

    def activation(x: Any) -> Any:
        # A model that is put together calls it with a plan of an array.
        return keras.layers.Activation(activation)(x) if isinstance(x, keras.KerasTensor) else ufunc(x)

    activation.__name__ = activation.__qualname__ = name
    activation.__doc__ = f"fastrelu.{name} at default parameters, for Keras: {fr.get(name).formula}."
    return keras.saving.register_keras_serializable("fastrelu")(activation)


__all__ = [name for name in fr.names() if None not in fr.get(name).params.values()]
globals().update({name: _registered(name) for name in __all__})
if TYPE_CHECKING:
    def __getattr__(name: str) -> Callable[[Any], Any]: ...
