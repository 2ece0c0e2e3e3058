# SPDX-License-Identifier: BSD-3-Clause
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

_Axes = int | Sequence[int]
_Shape = int | Sequence[int]
_Rng = np.random.Generator | int | None

def gain(name: str, **params: float) -> float: ...
def he_normal(
    shape: _Shape, name: str = "relu", *, mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in",
    in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None, **params: float
) -> NDArray[Any]: ...
def he_uniform(
    shape: _Shape, name: str = "relu", *, mode: Literal["fan_in", "fan_out", "fan_avg"] = "fan_in",
    in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None, **params: float
) -> NDArray[Any]: ...
def xavier_normal(
    shape: _Shape, name: str = "linear", *, in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None, **params: float
) -> NDArray[Any]: ...
def xavier_uniform(
    shape: _Shape, name: str = "linear", *, in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None, **params: float
) -> NDArray[Any]: ...
def lecun_normal(
    shape: _Shape, *, in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None,
) -> NDArray[Any]: ...
def orthogonal(
    shape: _Shape, name: str = "linear", *, in_axis: _Axes = 1, out_axis: _Axes = 0, rng: _Rng = None,
    dtype: DTypeLike | None = None, out: NDArray[Any] | None = None, **params: float
) -> NDArray[Any]: ...
