# SPDX-License-Identifier: BSD-3-Clause
"""What activations say about a network: how sparse they are, which units are dead or saturated, over one batch or many.

A unit is dead when its output never rises above the threshold, whatever the sample: with ReLU its gradient is 0 everywhere, and
it cannot come back. `axis` names the axes of the samples; all others are units. For (batch, channels, height, width) and one unit
a channel it is (0, 2, 3).
"""
import math

import numpy as np

__all__ = ["ActivationMonitor", "dead_gradients", "dead_units", "dead_units_from_bitmask", "sparsity"]


def _real(function, y):
    y = np.asarray(y)
    if y.dtype.kind not in "biuf" and y.dtype.name != "bfloat16":
        raise TypeError(f"{function}(): activations are real numbers; these are {y.dtype}")
    return y


def _samples(function, shape, axis):
    """The sample axes as a sorted tuple. They must be there and not be empty: of nothing, everything is true."""
    axes = tuple(range(len(shape))) if axis is None else tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    nd = len(shape)
    for a in axes:
        if not isinstance(a, (int, np.integer)) or isinstance(a, bool):
            raise TypeError(f"{function}(): axis must be an int, a tuple of int or None; it is {axis!r}")
        if not -nd <= a < nd:
            raise ValueError(f"{function}(): axis {a} is out of range for shape {shape}")
    axes = tuple(sorted(int(a) % nd for a in axes))
    if len(set(axes)) < len(axes):
        raise ValueError(f"{function}(): axis {axis!r} has an axis twice")
    if not all(shape[a] for a in axes):
        raise ValueError(f"{function}(): there are no samples: shape {shape}, axis {axis!r}")
    return axes


def sparsity(y, axis=None):
    """The fraction of exact zeros: #{y = 0} / #y.

    Parameters
    ----------
    y : array_like
        Outputs of an activation, of any shape and any real dtype.
    axis : int, tuple of int or None
        Axes to count along; all by default.

    Returns
    -------
    float or ndarray of float64
        Between 0 and 1. NaN is not zero; -0.0 is.

    Raises
    ------
    ValueError
        If there is nothing to count, or an axis is out of range.
    TypeError
        If y is not real.

    >>> fr.diagnostics.sparsity(fr.relu(np.array([-1.0, 2.0, -3.0, 4.0])))
    0.5

    Source: Glorot, Bordes & Bengio, Deep sparse rectifier neural networks, 2011.
    """
    y = _real("sparsity", y)
    axes = _samples("sparsity", y.shape, axis)
    count = math.prod(y.shape[a] for a in axes)
    zeros = count - np.count_nonzero(y, axis=axes)
    return zeros / count if np.ndim(zeros) else float(zeros / count)


def dead_units(y, axis=0, threshold=0.0):
    """Which units never rise above the threshold: y <= threshold for all samples.

    Parameters
    ----------
    y : array_like
        Outputs of an activation, of any real dtype, for many samples.
    axis : int, tuple of int or None
        The axes of the samples, 0 by default; all others are units.
    threshold : float
        0 by default: ReLU's. For functions that decay to 0 without reaching it, a small number.

    Returns
    -------
    ndarray of bool
        True for the dead, over the axes of the units. A unit with a NaN is not called dead. np.flatnonzero has the indices.

    Raises
    ------
    ValueError
        If there are no samples, or an axis is out of range.
    TypeError
        If y is not real.

    >>> fr.diagnostics.dead_units(fr.relu(np.array([[-1.0, 2.0], [-3.0, -4.0]])))
    array([ True, False])

    Source: Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, 2013; Lu, Shin, Su & Karniadakis,
    Dying ReLU and initialization, 2019.
    """
    y = _real("dead_units", y)
    return np.asarray((y <= threshold).all(axis=_samples("dead_units", y.shape, axis)))


def dead_units_from_bitmask(mask, shape, axis=0):
    """dead_units of a ReLU of which only the one-bit mask was saved, as relu_bitmask_ makes it.

    Parameters
    ----------
    mask : ndarray of uint8
        One bit an element in C order, the lowest bit first: 1 where the input was positive (or NaN).
    shape : tuple of int
        Of the array that the mask is of.
    axis : int, tuple of int or None
        The axes of the samples, 0 by default; all others are units.

    Returns
    -------
    ndarray of bool
        True for the dead, over the axes of the units.

    Raises
    ------
    ValueError
        If the mask's size is not the shape's, there are no samples, or an axis is out of range.
    TypeError
        If the mask is not of uint8.

    >>> mask = np.packbits(np.array([[0, 1], [0, 0]]), axis=None, bitorder="little")
    >>> fr.diagnostics.dead_units_from_bitmask(mask, (2, 2))
    array([ True, False])

    Source: as dead_units.
    """
    mask = np.asarray(mask)
    if mask.dtype != np.uint8:
        raise TypeError(f"dead_units_from_bitmask(): mask must be of uint8; it is of {mask.dtype}")
    shape = tuple(int(n) for n in (shape if np.iterable(shape) else (shape,)))
    size = math.prod(shape)
    if mask.size != -(-size // 8):
        raise ValueError(f"dead_units_from_bitmask(): the mask of shape {shape} has {-(-size // 8)} bytes; this has {mask.size}")
    axes = _samples("dead_units_from_bitmask", shape, axis)
    units = size // shape[0] if axes == (0,) else 0
    if units and units % 8 == 0:    # each sample begins with a byte: no need to unpack them all
        alive = np.unpackbits(np.bitwise_or.reduce(mask.reshape(shape[0], -1), axis=0), bitorder="little")
        return alive.reshape(shape[1:]) == 0
    bits = np.unpackbits(mask.ravel(), count=size, bitorder="little").reshape(shape)
    return np.asarray(~bits.any(axis=axes))


def dead_gradients(dx, axis=0):
    """Which units have no gradient at all: dx = 0 exactly for all samples. For any activation, unlike dead_units.

    Parameters
    ----------
    dx : array_like
        Gradients by the activation's input, of any real dtype, for many samples.
    axis : int, tuple of int or None
        The axes of the samples, 0 by default; all others are units.

    Returns
    -------
    ndarray of bool
        True for the units without gradient, over the axes of the units; NaN is a gradient here.

    Raises
    ------
    ValueError
        If there are no samples, or an axis is out of range.
    TypeError
        If dx is not real.

    >>> fr.diagnostics.dead_gradients(np.array([[0.0, 0.5], [0.0, 0.0]]))
    array([ True, False])

    Source: as dead_units.
    """
    dx = _real("dead_gradients", dx)
    axes = _samples("dead_gradients", dx.shape, axis)
    return np.asarray(np.count_nonzero(dx, axis=axes) == 0)


class ActivationMonitor:
    """Counts over many batches what cannot be told from one: dead units, sparsity, mean and variance, saturation.

    Parameters
    ----------
    axis : int or tuple of int
        The axes of the samples in every batch, 0 by default; all others are units, the same in every batch.
    threshold : float
        What a living unit exceeds at least once.
    saturated : (float, float), optional
        (low, high): outputs <= low or >= high count as saturated, such as (-0.99, 0.99) for tanh.

    Raises
    ------
    ValueError
        If saturated is not a pair with low <= high.

    >>> monitor = fr.diagnostics.ActivationMonitor()
    >>> for batch in batches: monitor.update(fr.relu(batch @ W))
    >>> monitor
    ActivationMonitor: 10 batches, 640 samples of 128 units: 3 dead (2.3%), sparsity 51.8%, mean 0.402, variance 0.341

    Source: as dead_units; saturation: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks,
    2010; running variance: Chan, Golub & LeVeque, Algorithms for computing the sample variance, 1983.
    """

    def __init__(self, axis=0, threshold=0.0, saturated=None):
        self.axis = axis
        self.threshold = threshold
        if saturated is not None:
            low, high = saturated
            if not low <= high:
                raise ValueError(f"ActivationMonitor(saturated): low <= high is needed; it is {saturated!r}")
        self.saturated = saturated
        self.reset()

    def reset(self):
        """Forget everything seen. Returns the monitor."""
        self.batches = 0
        self.samples = 0    # values seen of each unit
        self.units = None   # the units' shape
        self._below = self._zeros = self._outside = self._finite = self._nan = self._mean = self._squares = None
        return self

    def update(self, y):
        """Take in a batch.

        Parameters
        ----------
        y : array_like
            Outputs of the activation, of any real dtype.

        Returns
        -------
        ActivationMonitor
            Itself.

        Raises
        ------
        ValueError
            If there are no samples, or the units have another shape than before; the monitor stays as it was.
        TypeError
            If y is not real.
        """
        y = _real("update", y)
        axes = _samples("update", y.shape, self.axis)
        units = tuple(n for a, n in enumerate(y.shape) if a not in axes)
        if self.units is None:
            self.units = units
            self._below, self._zeros, self._outside, self._finite, self._nan = np.zeros((5, *units), np.int64)
            self._mean, self._squares = np.zeros((2, *units))
        elif units != self.units:
            raise ValueError(f"update(): the units have shape {units}; before, it was {self.units}")
        count = math.prod(y.shape[a] for a in axes)
        self.batches += 1
        self.samples += count
        self._below += np.count_nonzero(y <= self.threshold, axis=axes)
        self._zeros += count - np.count_nonzero(y, axis=axes)
        self._nan += np.count_nonzero(np.isnan(y), axis=axes)
        if self.saturated is not None:
            self._outside += np.count_nonzero((y <= self.saturated[0]) | (y >= self.saturated[1]), axis=axes)
        # Infinities and NaN would be all that is left of a mean: they are counted instead.
        finite = np.isfinite(y)
        wide = y.astype(np.float64)
        wide[~finite] = 0
        n = np.count_nonzero(finite, axis=axes)
        mean = wide.sum(axis=axes) / np.maximum(n, 1)
        wide -= np.expand_dims(mean, axes)
        wide[~finite] = 0
        squares = np.square(wide, out=wide).sum(axis=axes)
        total = self._finite + n
        delta = mean - self._mean
        share = n / np.maximum(total, 1)
        self._mean = self._mean + delta * share
        self._squares = self._squares + squares + delta * delta * self._finite * share
        self._finite = total
        return self

    def _seen(self):
        if not self.samples:
            raise ValueError("ActivationMonitor: nothing has been seen yet; call update(y) first")

    def _fraction(self, counts, per_unit):
        self._seen()
        return counts / self.samples if per_unit else float(np.mean(counts / self.samples)) if np.size(counts) else math.nan

    def dead(self):
        """Which units were never above the threshold: an array of bool over the units. One that was NaN is not called dead.

        Raises ValueError before the first update, as all that follow.
        """
        self._seen()
        return np.asarray(self._below == self.samples)

    def sparsity(self, per_unit=False):
        """The fraction of exact zeros: a float, or an array over the units."""
        return self._fraction(self._zeros, per_unit)

    def saturation(self, per_unit=False):
        """The fraction of outputs at or outside the limits: a float, or an array over the units. ValueError without limits."""
        if self.saturated is None:
            raise ValueError("saturation(): the monitor was made without saturated=(low, high)")
        return self._fraction(self._outside, per_unit)

    def nonfinite(self, per_unit=False):
        """The fraction of NaN and infinities: a float, or an array over the units."""
        self._seen()
        return self._fraction(self.samples - self._finite, per_unit)

    def nan(self, per_unit=False):
        """The fraction of NaN: a float, or an array over the units."""
        return self._fraction(self._nan, per_unit)

    def mean(self, per_unit=False):
        """The mean of the finite outputs: a float, or an array over the units; NaN where there were none."""
        self._seen()
        if per_unit:
            return np.where(self._finite > 0, self._mean, np.nan)
        total = self._finite.sum()
        return float((self._mean * self._finite).sum() / total) if total else math.nan

    def var(self, per_unit=False):
        """The variance (ddof 0) of the finite outputs: of all together as a float, or of each unit as an array."""
        self._seen()
        if per_unit:
            return np.where(self._finite > 0, self._squares / np.maximum(self._finite, 1), np.nan)
        total = self._finite.sum()
        if not total:
            return math.nan
        between = (self._finite * np.square(self._mean - self.mean())).sum()
        return float((self._squares.sum() + between) / total)

    def summary(self):
        """All in numbers, as a dict: batches, samples, units, dead, sparsity, mean, var, nonfinite; saturation with limits."""
        self._seen()
        found = {"batches": self.batches, "samples": self.samples, "units": math.prod(self.units), "dead": int(self.dead().sum()),
                 "sparsity": self.sparsity(), "mean": self.mean(), "var": self.var(), "nonfinite": self.nonfinite()}
        return found if self.saturated is None else {**found, "saturation": self.saturation()}

    def __repr__(self):
        if not self.samples:
            return "ActivationMonitor: nothing seen yet"
        s = self.summary()
        words = [f"{s['dead']} dead ({s['dead'] / max(s['units'], 1):.1%})", f"sparsity {s['sparsity']:.1%}",
                 f"mean {s['mean']:.3g}", f"variance {s['var']:.3g}"]
        if "saturation" in s:
            words.append(f"saturated {s['saturation']:.1%}")
        if s["nonfinite"]:
            words.append(f"NaN or infinite {s['nonfinite']:.2%}")
        batches = f"{s['batches']} batch{'es' * (s['batches'] != 1)}"
        return f"ActivationMonitor: {batches}, {s['samples']} samples of {s['units']} units: {', '.join(words)}"
