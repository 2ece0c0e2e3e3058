# SPDX-License-Identifier: BSD-3-Clause
"""Small networks in plain NumPy, with fastrelu's activations in place: what `claims` measures. A layer has forward(x),
backward(dy) and, after that, in `gradients` those of its `params`."""
import itertools

import numpy as np

import fastrelu as fr


class Layer:
    """params and gradients: arrays, one beside the other."""

    params = gradients = ()

    def descend(self, rate):
        """A step of gradient descent."""
        for param, gradient in zip(self.params, self.gradients, strict=True):
            param -= rate * gradient


class Dense(Layer):
    """x @ W + b, of all that a sample has. init(shape, rng=, dtype=) draws W, with the inputs on its first axis."""

    def __init__(self, shape, init, rng, dtype=np.float32, bias=0.0):
        self.params = [init(shape, rng=rng, dtype=dtype), np.full(shape[1], bias, dtype)]

    def forward(self, x):
        weight, bias = self.params
        self.shape, self.x = x.shape, x.reshape(-1, len(weight))
        y = self.x @ weight
        y += bias
        return y

    def backward(self, dy):
        self.gradients = [self.x.T @ dy, dy.sum(axis=0)]
        return (dy @ self.params[0].T).reshape(self.shape)


class Conv(Dense):
    """A dense layer over square windows of an image (im2col), zeros around it. Arrays are (samples, rows, columns, channels)."""

    def __init__(self, channels, size, stride, *rest):
        super().__init__((size * size * channels[0], channels[1]), *rest)
        self.size, self.stride, self.rim = size, stride, size // 2

    def forward(self, x):
        around = (self.rim, self.rim)
        padded = np.pad(x, ((0, 0), around, around, (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (self.size, self.size), axis=(1, 2))
        windows = windows[:, ::self.stride, ::self.stride].transpose(0, 1, 2, 4, 5, 3)
        self.padded, self.windows = padded.shape, windows.shape
        return super().forward(windows.reshape(-1, len(self.params[0]))).reshape(*windows.shape[:3], -1)

    def backward(self, dy):
        _, rows, columns, *_ = self.windows
        windows = super().backward(dy.reshape(-1, dy.shape[-1])).reshape(self.windows)
        dx = np.zeros(self.padded, dy.dtype)
        for i, j in np.ndindex(self.size, self.size):   # each pixel is in several windows
            dx[:, i:i + rows * self.stride:self.stride, j:j + columns * self.stride:self.stride] += windows[:, :, :, i, j]
        return dx[:, self.rim:-self.rim, self.rim:-self.rim]


class Activation(Layer):
    """An activation of the registry. Where the output tells the gradient it overwrites its input, and the gradient always what it
    is computed from. A parameter without default is learnt, one for each unit or channel."""

    def __init__(self, name, units, dtype=np.float32):
        self.act = fr.get(name)
        self.params = [np.full(units, 0.25, dtype) for default in self.act.params.values() if default is None]

    def forward(self, x):
        if self.act.backward_from_output_:
            self.saved = self.act.forward_(x)
            return self.saved
        self.saved = x
        return self.act.forward(x, *self.params)

    def backward(self, dy):
        if self.act.backward_from_output_:
            return self.act.backward_from_output_(dy, self.saved)
        if not self.params:
            return self.act.backward_(dy, self.saved)
        dx, slopes = self.act.backward_(dy, self.saved, *self.params)
        self.gradients = [slopes.reshape(-1, slopes.shape[-1]).sum(axis=0)]
        return dx

    def dead(self):
        """Which units have slope 0 at every sample of the last batch, whatever the activation."""
        return fr.diagnostics.dead_gradients(self.backward(np.ones_like(self.saved)), axis=tuple(range(self.saved.ndim - 1)))


class Penalty(Layer):
    """L1 on what goes through: `weight` times the sum of its magnitudes, the mean over the samples."""

    def __init__(self, weight):
        self.weight = weight

    def forward(self, x):
        self.x = x
        return x

    def backward(self, dy):
        return dy + dy.dtype.type(self.weight / len(dy)) * np.sign(self.x)


class Network:
    """Layers, one behind the other."""

    def __init__(self, layers):
        self.layers = layers

    @property
    def activations(self):
        return [layer for layer in self.layers if isinstance(layer, Activation)]

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy):
        """From the last layer to the first: yields each layer and the gradient by its input, which the next one overwrites."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
            yield layer, dy

    def error(self, x, target):
        """The share of samples whose greatest score is not the target's."""
        return float(np.mean(self.forward(x).argmax(axis=1) != target))


def mlp(widths, name, init, rng, dtype=np.float32, bias=0.0, penalty=0.0):
    """Dense layers with an activation between them; `bias` is the hidden layers' at the start, `penalty` L1 on their outputs."""
    layers = []
    for shape in itertools.pairwise(widths[:-1]):
        layers += [Dense(shape, init, rng, dtype, bias), Activation(name, shape[1], dtype)]
        layers += [Penalty(penalty)] * bool(penalty)
    return Network([*layers, Dense(widths[-2:], init, rng, dtype)])


def convnet(name, init, rng, dtype=np.float32):
    """Two convolutions and a dense layer, for the 8 by 8 digits."""
    return Network([Conv((1, 8), 3, 1, init, rng, dtype), Activation(name, 8, dtype),
                    Conv((8, 16), 3, 2, init, rng, dtype), Activation(name, 16, dtype),
                    Dense((4 * 4 * 16, 10), init, rng, dtype)])


def cross_entropy(scores, target):
    """The mean cross-entropy of softmax(scores), and its gradient by the scores."""
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(p))
    loss = -float(np.log(p[rows, target]).mean())
    p[rows, target] -= 1
    p /= len(p)
    return loss, p


def train(network, x, target, rate, epochs, rng, batch=32):
    """Plain stochastic gradient descent. Yields after each step how many epochs are done, a fraction."""
    steps = -(-len(x) // batch)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for step in range(steps):
            chosen = order[step * batch:(step + 1) * batch]
            _, dy = cross_entropy(network.forward(x[chosen]), target[chosen])
            for layer, _ in network.backward(dy):
                layer.descend(rate)
            yield epoch + (step + 1) / steps


def digits(rng, scaled=True):
    """scikit-learn's 1797 handwritten digits (8 by 8, one channel), three quarters for training: two of (x, target). Pixels are
    of 0 to 1 less their mean, or scaled to variance 1 too."""
    from sklearn.datasets import load_digits

    x, target = load_digits(return_X_y=True)
    x = (x / 16).astype(np.float32).reshape(-1, 8, 8, 1)
    order = np.split(rng.permutation(len(x)), [3 * len(x) // 4])
    x -= x[order[0]].mean(axis=0)
    if scaled:
        x /= x[order[0]].std()
    return [(x[part], target[part]) for part in order]
