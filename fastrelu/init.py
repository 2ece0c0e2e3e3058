# SPDX-License-Identifier: BSD-3-Clause
"""Initial weights whose variance suits the activation behind them: He, Xavier (Glorot), LeCun and orthogonal initialisation.

A layer keeps the variance of its signal when the weights' variance is gain² / fan: `fan` is how many values are summed, and the
gain makes up for what the activation takes away. All functions here understand shapes in the same way:

    in_axis=1, out_axis=0   (out, in, *kernel), PyTorch's; the default
    in_axis=0, out_axis=1   (in, out): `x @ W` with NumPy
    in_axis=-2, out_axis=-1 (*kernel, in, out): JAX, TensorFlow

Both may be tuples of axes. What is neither is the receptive field: fan_in is the product of the lengths of in_axis and of the
receptive field, fan_out that of out_axis and of the receptive field.
"""
import functools
import math

import numpy as np

from . import _registry, _ufuncs

__all__ = ["gain", "he_normal", "he_uniform", "lecun_normal", "orthogonal", "xavier_normal", "xavier_uniform"]

# The values in general use, which PyTorch has too. The last three are recommendations: E[f(z)²] would give others.
CUSTOMARY = {
    "linear": lambda: 1.0,
    "relu": lambda: math.sqrt(2),
    "leaky_relu": lambda negative_slope: math.sqrt(2 / (1 + negative_slope**2)),
    "sigmoid": lambda: 1.0,
    "tanh": lambda: 5 / 3,
    "selu": lambda: 3 / 4,
}


def gain(name, **params):
    """The factor on the weights' standard deviation that makes up for an activation: 1 / √E[f(z)²], z normal.

    Parameters
    ----------
    name : str
        One of fastrelu.names(), or "linear" for none.
    **params : float
        Parameters of the activation, its defaults otherwise.

    Returns
    -------
    float
        PyTorch's value where it defines one: linear 1, relu √2, leaky_relu √(2 / (1 + negative_slope²)), sigmoid 1, tanh 5/3,
        selu 3/4 (which is not 1 / √E[f²] = 1, but more stable). For all others 1 / √E[f(z)²], z ~ N(0, 1), by quadrature, to
        at least five digits; remembered.

    Raises
    ------
    ValueError
        If there is no such activation, or its output is 0 (or not finite) for every input that matters.
    TypeError
        If a parameter is unknown, missing or no number.

    >>> fr.init.gain("relu")
    1.4142135623730951

    Source: He et al., Delving deep into rectifiers, 2015, equation 10 and the derivation before it.
    """
    if name != "linear" and name not in _registry.names():
        import difflib  # only an error needs it

        known = ["linear", *_registry.names()]
        near = difflib.get_close_matches(str(name), known, 3)
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise ValueError(f"gain(): there is no activation {name!r}; {hint}There are: {', '.join(known)}")
    defaults = {} if name == "linear" else _registry.get(name).params
    for param in params:
        if param not in defaults:
            has = ", ".join(defaults) or "none"
            raise TypeError(f"gain({name!r}): there is no parameter {param!r}; its parameters are: {has}")
    values = []
    for param, default in defaults.items():
        value = params.get(param, default)
        if value is None:
            raise TypeError(f"gain({name!r}) is missing its required parameter {param!r}")
        try:
            values.append((param, float(value)))
        except (TypeError, ValueError):
            raise TypeError(f"gain({name!r}): {param} must be a number; it is {value!r}") from None
    return _gain(name, tuple(values))


@functools.lru_cache(maxsize=256)
def _gain(name, params):
    if name in CUSTOMARY:
        return CUSTOMARY[name](**dict(params))
    # The midpoint rule: knees at multiples of 2**-13 are on the border of two cells and cost no accuracy.
    cells = 2**13
    z = (np.arange(-12 * cells, 12 * cells) + 0.5) / cells
    y = _registry.get(name).forward(z, *(value for _, value in params))
    with np.errstate(all="ignore"):
        square = float(np.sum(y * y * np.exp(-0.5 * z * z)) / cells / math.sqrt(2 * math.pi))
    if not (1e-300 < square < math.inf):
        given = ", ".join(f"{param}={value:g}" for param, value in params)
        given = f", {given}" if given else ""
        raise ValueError(f"gain({name!r}{given}): there is none, for the mean square of the output is {square:g}")
    return 1 / math.sqrt(square)


def _axes(function, which, axis, nd):
    axes = (axis,) if not isinstance(axis, (tuple, list)) else tuple(axis)
    for a in axes:
        if not isinstance(a, (int, np.integer)) or isinstance(a, bool):
            raise TypeError(f"{function}(): {which} must be an int or a tuple of int; it is {axis!r}")
        if not -nd <= a < nd:
            raise ValueError(f"{function}(): {which}={axis!r} is out of range for a shape of {nd} dimensions")
    return {int(a) % nd for a in axes}


class _Request:
    """The checked arguments that all initialisers share."""

    def __init__(self, function, shape, in_axis, out_axis, rng, dtype, out):
        dtype = None if dtype is None else _ufuncs.dtype_of(f"{function}()", dtype)
        if out is not None:
            if not isinstance(out, np.ndarray):
                raise TypeError(f"{function}(): out must be an ndarray; it is a {type(out).__name__}")
            if not out.flags.writeable:
                raise ValueError(f"{function}(): out is read-only")
            if dtype is not None and dtype != out.dtype:
                raise TypeError(f"{function}(): dtype is {dtype}, but out is an array of {out.dtype}")
        if shape is None:
            if out is None:
                raise TypeError(f"{function}(): shape may be None only where out is given")
            shape = out.shape
        self.shape = tuple(int(n) for n in (shape if np.iterable(shape) else (shape,)))
        if min(self.shape, default=0) < 0:
            raise ValueError(f"{function}(): shape {self.shape} has a negative length")
        if len(self.shape) < 2:
            raise ValueError(f"{function}(): a shape needs an axis of inputs and one of outputs; it is {self.shape}")
        if out is not None and out.shape != self.shape:
            raise ValueError(f"{function}(): out has shape {out.shape}, not {self.shape}")
        self.dtype = out.dtype if out is not None else np.dtype(np.float32) if dtype is None else dtype
        if self.dtype.kind != "f" and self.dtype.name != "bfloat16":
            raise TypeError(f"{function}(): weights are floating-point numbers, not {self.dtype}")
        nd = len(self.shape)
        self.ins, self.outs = _axes(function, "in_axis", in_axis, nd), _axes(function, "out_axis", out_axis, nd)
        if self.ins & self.outs:
            raise ValueError(f"{function}(): in_axis={in_axis!r} and out_axis={out_axis!r} have an axis in common")
        self.fan_in = math.prod(n for axis, n in enumerate(self.shape) if axis not in self.outs)
        self.fan_out = math.prod(n for axis, n in enumerate(self.shape) if axis not in self.ins)
        self.rng = np.random.default_rng(rng)
        self.out = out

    def fan(self, function, mode):
        fans = {"fan_in": self.fan_in, "fan_out": self.fan_out, "fan_avg": (self.fan_in + self.fan_out) / 2}
        if mode not in fans:
            raise ValueError(f"{function}(): mode must be {', '.join(map(repr, fans))}; it is {mode!r}")
        return fans[mode]

    def draw(self, sampler, scale_to):
        """Fill: sampler(size, dtype, out) gives float32 or float64, straight into the result where it can be."""
        native = self.dtype in (np.float32, np.float64) and self.dtype.isnative
        result = np.empty(self.shape, self.dtype) if self.out is None else self.out
        direct = native and result.flags.c_contiguous and result.flags.aligned
        block = result if direct else np.empty(self.shape, np.float64 if self.dtype.itemsize >= 8 else np.float32)
        sampler(dtype=block.dtype, out=block)
        scale_to(block)
        if not direct:
            result[...] = block
        return result


def _normal(request, std):
    return request.draw(request.rng.standard_normal, lambda block: np.multiply(block, block.dtype.type(std), out=block))


def _uniform(request, std):
    def scale(block):
        bound = math.sqrt(3) * std      # of a uniform distribution with this standard deviation
        np.subtract(block, block.dtype.type(0.5), out=block)
        np.multiply(block, block.dtype.type(2 * bound), out=block)
    return request.draw(request.rng.random, scale)


def _std(factor, fan):
    return factor / math.sqrt(fan) if fan else 0.0  # without a fan there are no weights either


COMMON = """shape : int, tuple of int, or None
        Of the weights, at least two axes; None takes out's.
    {name}{mode}in_axis, out_axis : int or tuple of int, default 1 and 0
        Which axes count the inputs and the outputs: PyTorch's (out, in, *kernel) by default; (in, out) matrices are in_axis=0,
        out_axis=1. All other axes are the receptive field.
    rng : None, int, numpy.random.SeedSequence, BitGenerator or Generator
        Where the randomness comes from, as numpy.random.default_rng takes it; a Generator is advanced.
    dtype : dtype, optional
        float32 by default, or out's. float32 is drawn as such, never by way of float64.
    out : ndarray, optional
        Filled and returned.{params}

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If the shape has fewer than two axes, an axis is out of range, out has another shape or is read-only{unknown}.
    TypeError
        If dtype or out is no floating-point type, or not each other's{parameter}."""
NAME = """name : str, default {default!r}
        The activation behind the weights, one of fastrelu.names() or "linear"; its gain is a factor.
    """
MODE = """mode : {"fan_in", "fan_out", "fan_avg"}, default "fan_in"
        What keeps its variance: the signal forward, the gradient backward, or about both.
    """
PARAMS = """
    **params : float
        Parameters of the activation."""


def _documented(name=None, mode=False):
    """Fill in what the docstrings have in common."""
    parts = {
        "{name}": NAME.replace("{default!r}", repr(name)) if name else "",
        "{mode}": MODE if mode else "",
        "{params}": PARAMS if name else "",
        "{unknown}": ", or mode or name is unknown" if mode else ", or name is unknown" if name else "",
        "{parameter}": ", or a parameter is unknown or missing" if name else "",
    }

    def fill(function):
        text = COMMON
        for part, words in parts.items():
            text = text.replace(part, words)
        if function.__doc__:    # python -OO has none
            function.__doc__ = function.__doc__.replace("COMMON", text)
        return function
    return fill


@_documented(name="relu", mode=True)
def he_normal(shape, name="relu", *, mode="fan_in", in_axis=1, out_axis=0, rng=None, dtype=None, out=None, **params):
    """He (Kaiming) initialisation from a normal distribution: N(0, gain² / fan), not truncated.

    Parameters
    ----------
    COMMON

    >>> W = fr.init.he_normal((256, 784), rng=0)
    >>> fr.relu(W @ x)

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers, 2015.
    """
    request = _Request("he_normal", shape, in_axis, out_axis, rng, dtype, out)
    return _normal(request, _std(gain(name, **params), request.fan("he_normal", mode)))


@_documented(name="relu", mode=True)
def he_uniform(shape, name="relu", *, mode="fan_in", in_axis=1, out_axis=0, rng=None, dtype=None, out=None, **params):
    """He (Kaiming) initialisation from a uniform distribution on [-b, b), b = gain · √(3 / fan).

    Parameters
    ----------
    COMMON

    >>> W = fr.init.he_uniform((784, 256), in_axis=0, out_axis=1, rng=0)
    >>> fr.relu(x @ W)

    Source: He, Zhang, Ren & Sun, Delving deep into rectifiers, 2015.
    """
    request = _Request("he_uniform", shape, in_axis, out_axis, rng, dtype, out)
    return _uniform(request, _std(gain(name, **params), request.fan("he_uniform", mode)))


@_documented(name="linear")
def xavier_normal(shape, name="linear", *, in_axis=1, out_axis=0, rng=None, dtype=None, out=None, **params):
    """Xavier (Glorot) initialisation from a normal distribution: N(0, gain² · 2 / (fan_in + fan_out)), not truncated.

    Parameters
    ----------
    COMMON

    >>> W = fr.init.xavier_normal((10, 256), rng=0)
    >>> W.std() * np.sqrt((10 + 256) / 2)       # about 1

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """
    request = _Request("xavier_normal", shape, in_axis, out_axis, rng, dtype, out)
    return _normal(request, _std(gain(name, **params), request.fan("xavier_normal", "fan_avg")))


@_documented(name="linear")
def xavier_uniform(shape, name="linear", *, in_axis=1, out_axis=0, rng=None, dtype=None, out=None, **params):
    """Xavier (Glorot) initialisation from a uniform distribution on [-b, b), b = gain · √(6 / (fan_in + fan_out)).

    Parameters
    ----------
    COMMON

    >>> W = fr.init.xavier_uniform((10, 256), rng=0)
    >>> abs(W).max() <= np.sqrt(6 / (10 + 256))
    True

    Source: Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """
    request = _Request("xavier_uniform", shape, in_axis, out_axis, rng, dtype, out)
    return _uniform(request, _std(gain(name, **params), request.fan("xavier_uniform", "fan_avg")))


@_documented()
def lecun_normal(shape, *, in_axis=1, out_axis=0, rng=None, dtype=None, out=None):
    """LeCun initialisation from a normal distribution: N(0, 1 / fan_in), not truncated. What self-normalizing networks need.

    Parameters
    ----------
    COMMON

    >>> W = fr.init.lecun_normal((256, 784), rng=0)
    >>> W.std() * np.sqrt(784)      # about 1

    Source: LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998; for SELU: Klambauer et al., Self-normalizing neural networks,
    2017.
    """
    request = _Request("lecun_normal", shape, in_axis, out_axis, rng, dtype, out)
    return _normal(request, _std(1.0, request.fan("lecun_normal", "fan_in")))


@_documented(name="linear")
def orthogonal(shape, name="linear", *, in_axis=1, out_axis=0, rng=None, dtype=None, out=None, **params):
    """A random (semi-)orthogonal matrix times the gain: every length is kept, or, with fewer outputs than inputs, never grown.

    The weights are a matrix of the outputs by all else. Its rows, or its columns where there are fewer of them, are orthonormal
    (times the gain), and uniformly distributed: the Q of a normal matrix, with R's diagonal made positive.

    Parameters
    ----------
    COMMON

    >>> W = fr.init.orthogonal((64, 256), rng=0)
    >>> np.allclose(W @ W.T, np.eye(64), atol=1e-5)
    True

    Source: Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks,
    2013; uniformity: Mezzadri, How to generate random matrices from the classical compact groups, 2007.
    """
    request = _Request("orthogonal", shape, in_axis, out_axis, rng, dtype, out)
    factor = gain(name, **params)
    result = np.empty(request.shape, request.dtype) if out is None else out
    if not result.size:
        return result
    working = np.float64 if request.dtype.itemsize >= 8 else np.float32
    outs, rest = sorted(request.outs), [axis for axis in range(result.ndim) if axis not in request.outs]
    rows = math.prod(result.shape[axis] for axis in outs)
    columns = result.size // rows
    q, r = np.linalg.qr(request.rng.standard_normal((max(rows, columns), min(rows, columns)), dtype=working))
    q *= np.where(np.diagonal(r) < 0, -factor, factor).astype(working)
    if rows < columns:
        q = q.T
    order = [*outs, *rest]
    result[...] = q.reshape([result.shape[axis] for axis in order]).transpose(np.argsort(order))
    return result
