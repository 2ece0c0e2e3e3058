# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's MLPClassifier and MLPRegressor with fastrelu's activations: its own, and those that it lacks.

>>> from fastrelu.adapters import scikit_learn
>>> with scikit_learn.patched():
...     score = MLPClassifier(activation="softplus", max_iter=5).fit(X, y).score(X, y)

or patch() for the rest of the process, until unpatch(). While it is patched, "relu", "tanh" and "logistic" are computed by
fastrelu, and `activation=` may be every activation of fastrelu that has a gradient from the output, at default parameters:
"leaky_relu", "elu", "selu", "softplus" and others, validation and clones included. Any other is refused with the reason:
scikit-learn keeps the outputs of a layer alone. "sigmoid" is "logistic" with the initial weights of all others.

The patch is of this process. An estimator that was fitted with an activation of fastrelu is pickled as any other, but predicts
only where it is patched; and so do processes that scikit-learn starts, which can be told to:

>>> with scikit_learn.patched(), joblib.parallel_config("loky", initializer=scikit_learn.patch):
...     search = GridSearchCV(MLPClassifier(max_iter=5), {"activation": ["relu", "elu"]}, n_jobs=2).fit(X, y)

A fit is matrix products for the most part. With "relu" and "logistic" it is a little faster, in float32 and float64, and the less
so the wider the layers are; with "tanh" it is not, for NumPy's is as fast. See: pytest benchmarks/test_training.py -k fit.
"""
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from sklearn.neural_network import _base
from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron
from sklearn.utils._param_validation import StrOptions

import fastrelu as fr

__all__ = ["patch", "patched", "unpatch"]

_lock = threading.Lock()
_users: set[object] = set()     # patch(), and every `with patched()` that is open
_before: list[tuple[Any, Any, Any]] = []    # a table, a key, and what was there; None where there was nothing


class _Names(StrOptions):
    """The names that activation= may be; what scikit-learn's error says of them has a reason for those that it may not."""

    def __str__(self) -> str:
        refused = ", ".join(name for name in fr.names() if name not in self.options)
        return (f"a str among {{{', '.join(map(repr, sorted(self.options)))}}}; {refused} are not among them, for scikit-learn "
                "keeps an activation's output alone, and their gradient does not follow from it")


def _gradient(function: Any) -> Any:
    """scikit-learn's form of a gradient: the output first, and it overwrites the second."""
    return lambda Z, delta: function(delta, Z)


def _replace(table: Any, key: Any, value: Any) -> None:
    _before.append((table, key, table.get(key) if isinstance(table, dict) else table[key]))
    table[key] = value


def _install() -> None:
    records = {name: fr.get(name) for name in fr.names()}
    records["logistic"] = records["sigmoid"]
    for name, act in records.items():
        if act.backward_from_output_:
            _replace(_base.ACTIVATIONS, name, act.forward_)
            _replace(_base.DERIVATIVES, name, _gradient(act.backward_from_output_))
    # Of the list: it is the one that all classes derived from this one have.
    _replace(BaseMultilayerPerceptron._parameter_constraints["activation"], 0, _Names(set(_base.DERIVATIVES)))


def _restore() -> None:
    while _before:
        table, key, value = _before.pop()
        if value is None:
            del table[key]
        else:
            table[key] = value


def _set(user: object, uses: bool) -> None:
    """Who uses the patch: the first user brings it, the last one takes it away."""
    with _lock:
        was = bool(_users)
        (_users.add if uses else _users.discard)(user)
        if was != bool(_users):
            (_restore if was else _install)()


def patch() -> None:
    """Lets scikit-learn's multi-layer perceptrons use fastrelu, until unpatch(). More than once is the same as once."""
    _set(patch, True)


def unpatch() -> None:
    """Ends what patch() began, if it did: scikit-learn is as it was, once no block `with patched()` is open any more."""
    _set(patch, False)


@contextlib.contextmanager
def patched() -> Iterator[None]:
    """As patch() and unpatch(), for a block, also when it is left by an exception.

    Blocks may be nested, and open in several threads: the patch is of the whole process, and lasts until the last one is left.
    """
    block = object()
    _set(block, True)
    try:
        yield
    finally:
        _set(block, False)
