# SPDX-License-Identifier: BSD-3-Clause
"""A bias and an activation in one pass over memory, and ReLU that saves one bit an element for its gradient."""
import numpy as np

from . import _ufuncs
from ._registry import functions, named


def _kernel(function, activation, backward=""):
    return functions[named(function, activation).name + backward]


def _overrides_ufuncs(x):
    return hasattr(type(x), "__array_ufunc__") and not isinstance(x, np.generic) and isinstance(getattr(x, "dtype", 0), np.dtype)


def bias_act(x, bias, activation, axis=-1, out=None, **params):
    """An activation of x + bias: act(x + bias), in one pass over memory.

    Parameters
    ----------
    x : array_like
        Of one dimension or more and any layout.
    bias : array_like
        1-D, along axis: bias[i] is added where the index along axis is i.
    activation : str
        One of fastrelu.names().
    axis : int
        The axis of x that bias lies along, the last by default; 1 for images of (batch, channels, height, width).
    out : ndarray, optional
        Where the result goes: of x's shape, and of a dtype that the result can be cast to. It may be x.
    **params : float or array_like
        The activation's parameters by keyword: a number, or one for each element of bias, 1-D. Dimensionless.

    Returns
    -------
    ndarray
        out, or a new array. Its dtype is that of x + bias by NumPy's rules, integers as by the activation's ufunc; a list or
        tuple as bias takes the dtype of x. bias and parameters are rounded to that dtype. The sum of 16-bit types is not rounded
        before the activation, which is computed in float32 and rounded once. Subclasses of ndarray, and what else overrides
        ufuncs, get what the activation's ufunc makes of their sum.

    Raises
    ------
    ValueError
        For an unknown activation, a bias or parameter of another shape, an out that is read-only, shares memory with itself or
        has another shape. numpy.exceptions.AxisError, which is one, for an axis that x does not have.
    TypeError
        For a parameter that is unknown or missing, and for operands that are no real numbers.

    >>> fr.bias_act(np.array([[-1.0, 2.0], [0.5, -3.0]]), [0.5, 1.0], "relu")
    array([[0., 3.],
           [1., 0.]])

    Source: as the activation's, in fastrelu.get(activation).source; in one pass: Wang et al., LightSeq2, 2022.
    """
    kernel = _kernel("bias_act", activation)
    if type(x) is np.ndarray or not _overrides_ufuncs(x):
        return _ufuncs.bias_act(kernel, x, bias, axis, out, params)
    dtype, operands = _ufuncs.spread(kernel, x, bias, axis, params)
    lane = np.promote_types(dtype, np.float32)
    bias, *params = (a.astype(lane) for a in operands)
    with np.errstate(all="ignore"):
        y = kernel.ufunc(x.astype(lane) + bias, *params, out=out if dtype == lane else None)
        return y if dtype == lane else y.astype(dtype) if out is None else np.positive(y, out=out, casting="same_kind")


def bias_act_(x, bias, activation, axis=-1, **params):
    """An activation of x + bias in place: overwrites x with act(x + bias) and returns it.

    Parameters
    ----------
    x : a writeable ndarray; overwritten
        float16, bfloat16, float32 or float64, of one dimension or more and any layout.
    bias : array_like
        1-D, along axis; rounded to x's dtype.
    activation : str
        One of fastrelu.names().
    axis : int
        The axis of x that bias lies along, the last by default.
    **params : float or array_like
        The activation's parameters by keyword: a number, or one for each element of bias, 1-D; rounded to x's dtype.
        Dimensionless.

    Returns
    -------
    x, overwritten. The sum of 16-bit types is not rounded before the activation, which is computed in float32 and rounded once.

    Raises
    ------
    ValueError
        If x is read-only or shares memory with itself, for an unknown activation, and for a bias or parameter of another shape.
        numpy.exceptions.AxisError, which is one, for an axis that x does not have.
    TypeError
        If x is not an ndarray, or of another dtype; for a parameter that is unknown or missing, or no real number.

    >>> fr.bias_act_(np.array([[-1.0, 2.0], [0.5, -3.0]]), [0.5, 1.0], "relu")
    array([[0., 3.],
           [1., 0.]])

    Source: as bias_act.
    """
    return _ufuncs.bias_act_in_place(_kernel("bias_act_", activation), x, bias, axis, params)


def bias_act_backward_(dy, x, bias, activation, axis=-1, **params):
    """The gradients of bias_act, in place: overwrites dy with dy * act'(x + bias), and sums that for bias.

    Parameters
    ----------
    dy : a writeable ndarray; overwritten
        Gradient of the loss by the output: float16, bfloat16, float32 or float64, of one dimension or more and any layout.
    x : array_like
        The input that bias_act was given, which it must not have overwritten. It broadcasts to dy, and is rounded to its dtype.
    bias : array_like
        1-D, along axis; rounded to dy's dtype.
    activation : str
        One of fastrelu.names().
    axis : int
        The axis of x that bias lies along, the last by default.
    **params : float or array_like
        The activation's parameters by keyword: a number, or one for each element of bias, 1-D. Dimensionless. Of prelu's
        weight there is no gradient here: prelu_backward has it.

    Returns
    -------
    (dy, dbias)
        dy, overwritten: the gradient by x. dbias, of bias' shape and dy's dtype, is its sum over all axes but `axis`, exact but
        for a rounding or two (of 16-bit types in float32): what each addition rounds off is added up as well. The order is fixed
        by the shape, so its bytes do not depend on threads, layout and instruction set. It is 0 where there is nothing to add.

    Raises
    ------
    ValueError
        If dy is read-only or shares memory with itself, x does not broadcast to it; for an unknown activation, and for a bias or
        parameter of another shape. numpy.exceptions.AxisError, which is one, for an axis that dy does not have.
    TypeError
        If dy is not an ndarray, or of another dtype; for a parameter that is unknown or missing, or no real number.

    >>> x, dy = np.array([[-1.0, 2.0], [0.5, -3.0]]), np.ones((2, 2))
    >>> fr.bias_act_backward_(dy, x, [0.5, 1.0], "relu")
    (array([[0., 1.],
           [1., 0.]]), array([1., 1.]))

    Source: as bias_act; the sums: Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974.
    """
    return _ufuncs.bias_act_backward(_kernel("bias_act_backward_", activation, "_backward"), dy, x, bias, axis, params)


def relu_bitmask_(x):
    """ReLU in place, max(0, x), and the mask that its gradient needs, one bit an element: ~(x <= 0) of the x before.

    Parameters
    ----------
    x : a writeable ndarray; overwritten
        float16, bfloat16, float32 or float64, of any shape and layout.

    Returns
    -------
    mask : ndarray of uint8
        1-D, of ceil(x.size / 8) bytes: np.packbits(~(x <= 0), bitorder="little") of the x before, in C order. NaN has a 1. What
        would be saved of float32, at a 32nd of its size.

    Raises
    ------
    ValueError
        If x is read-only or shares memory with itself.
    TypeError
        If x is not an ndarray, or of another dtype.

    >>> x = np.array([-1.0, 2.0, 0.0, 3.0])
    >>> fr.relu_bitmask_(x), x
    (array([10], dtype=uint8), array([0., 2., 0., 3.]))

    Source: as relu; the mask: Jain, Phanishayee, Mars, Tang & Pekhimenko, Gist: Efficient data encoding for deep neural network
    training, 2018.
    """
    return _ufuncs.relu_bitmask(functions["relu"], x)


def relu_bitmask_backward_(dy, mask, scale=1):
    """A gradient by a mask of one bit an element, in place: overwrites dy with where(bit, dy * scale, 0) and returns it.

    Parameters
    ----------
    dy : a writeable ndarray; overwritten
        Gradient of the loss by the output: float16, bfloat16, float32 or float64, of any shape and layout.
    mask : array_like of uint8
        From relu_bitmask_, or any other: a bit for each element of dy in C order, the lowest of a byte first, ceil(dy.size / 8)
        bytes of any shape and layout. More bits than elements mean nothing.
    scale : float
        What dy is multiplied by, 1 by default; dimensionless, rounded to dy's dtype. With a random mask whose bits are 1 with
        probability 1 - p and scale 1 / (1 - p), this is dropout, forward and backward.

    Returns
    -------
    dy, overwritten. Where the bit is 0 it is 0, of an infinite or NaN dy too.

    Raises
    ------
    ValueError
        If dy is read-only or shares memory with itself, and for a mask of another dtype or size.
    TypeError
        If dy is not an ndarray, or of another dtype, and for a scale that is no number.

    >>> fr.relu_bitmask_backward_(np.array([1.0, 2.0, 3.0, 4.0]), np.array([10], np.uint8))
    array([0., 2., 0., 4.])

    Source: as relu_bitmask_; dropout: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, Dropout, 2014.
    """
    return _ufuncs.relu_bitmask_backward(functions["relu"], dy, mask, scale)
