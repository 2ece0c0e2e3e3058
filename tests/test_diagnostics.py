# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu.diagnostics against plain NumPy over all that was seen, in one batch or many."""
import importlib
import math

import numpy as np
import pytest

import fastrelu as fr

d = importlib.import_module("fastrelu.diagnostics")
KINDS = ["bool", "int8", "uint8", "int64", "float16", "float32", "float64"]


def outputs(shape, kind="float32", seed=0):
    """ReLU's outputs, with every third unit of the last axis dead."""
    y = np.maximum(np.random.default_rng(seed).normal(0, 3, shape), 0)
    y[..., ::3] = 0
    return y.astype(kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2)], ids=str)
def test_sparsity(kind, axis):
    y = outputs((20, 7, 5), kind)
    result = d.sparsity(y, axis)
    np.testing.assert_allclose(result, np.mean(y == 0, axis=axis), rtol=1e-15)
    assert isinstance(result, float) == (axis is None)


def test_zeros_and_nan():
    assert d.sparsity([0.0, -0.0, math.nan, math.inf, 5e-324]) == 0.4
    assert d.sparsity(0) == 1.0
    np.testing.assert_array_equal(d.dead_units([[math.nan, 0, -0.0], [0, -1, 0]]), [False, True, True])
    np.testing.assert_array_equal(d.dead_gradients([[math.nan, 0, -0.0], [0, -1, 0]]), [False, False, True])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", [None, 0, (0, 1), (-3, 2)], ids=str)
def test_dead_units(kind, axis):
    y = outputs((20, 7, 6), kind)
    expected = ~(y > 0).any(axis=axis)
    np.testing.assert_array_equal(d.dead_units(y, axis), expected)
    np.testing.assert_array_equal(d.dead_gradients(y, axis), expected)
    assert isinstance(d.dead_units(y, axis), np.ndarray)
    if axis == (0, 1):
        assert expected.tolist() == [True, False, False, True, False, False]


def test_threshold():
    y = np.array([[0.1, 0.5], [0.05, 0.01]])
    np.testing.assert_array_equal(d.dead_units(y, threshold=0.1), [True, False])
    np.testing.assert_array_equal(d.dead_units(y), [False, False])


@pytest.mark.parametrize("shape", [(20, 16), (20, 13), (5, 3, 8), (9,), (1, 1), (3, 5, 7, 11)], ids=str)
@pytest.mark.parametrize("axis", [0, -1, None], ids=str)
def test_bitmask(shape, axis):
    x = np.random.default_rng(0).normal(-1.5, 1, shape)
    x.flat[0] = math.nan
    mask = np.packbits(~(x <= 0), axis=None, bitorder="little")
    np.testing.assert_array_equal(d.dead_units_from_bitmask(mask, shape, axis), (x <= 0).all(axis=axis))


def test_bitmask_errors():
    with pytest.raises(TypeError, match="uint8"):
        d.dead_units_from_bitmask(np.zeros(2, bool), (4, 4))
    with pytest.raises(ValueError, match="2 bytes"):
        d.dead_units_from_bitmask(np.zeros(3, np.uint8), (4, 4))


@pytest.mark.parametrize("function", [d.sparsity, d.dead_units, d.dead_gradients], ids=lambda f: f.__name__)
def test_bad_arguments(function):
    with pytest.raises(ValueError, match="no samples"):
        function(np.empty((0, 3)), 0)
    with pytest.raises(ValueError, match="out of range"):
        function(np.ones(3), 1)
    with pytest.raises(ValueError, match="twice"):
        function(np.ones((3, 3)), (0, -2))
    with pytest.raises(TypeError, match="int"):
        function(np.ones(3), 0.0)
    for bad in (np.ones(3, complex), np.array(["a"]), np.array([None])):
        with pytest.raises(TypeError, match="real"):
            function(bad, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("axis", [0, (0, 2), (0, 1, 2)], ids=str)
def test_monitor(kind, axis):
    batches = [outputs((n, 6, 4), kind, seed=n) for n in (1, 20, 7)]
    monitor = d.ActivationMonitor(axis=axis, saturated=(0, 2))
    for y in batches:
        assert monitor.update(y) is monitor
    y = np.concatenate(batches)
    wide = y.astype(np.float64)
    np.testing.assert_array_equal(monitor.dead(), (y <= 0).all(axis=axis))
    for per_unit, over in ((False, None), (True, axis)):
        np.testing.assert_allclose(monitor.sparsity(per_unit), np.mean(y == 0, axis=over), rtol=1e-14)
        np.testing.assert_allclose(monitor.saturation(per_unit), np.mean((y <= 0) | (y >= 2), axis=over), rtol=1e-14)
        np.testing.assert_allclose(monitor.mean(per_unit), wide.mean(axis=over), rtol=1e-12)
        np.testing.assert_allclose(monitor.var(per_unit), wide.var(axis=over), rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(monitor.nonfinite(per_unit), np.zeros_like(monitor.mean(per_unit)))
    assert monitor.batches == 3
    assert monitor.units == monitor.dead().shape


def test_monitor_is_exact_far_from_zero():
    monitor = d.ActivationMonitor()
    values = 1e8 + np.random.default_rng(0).standard_normal((1000, 2))
    for part in np.split(values, 10):
        monitor.update(part)
    np.testing.assert_allclose(monitor.var(per_unit=True), values.var(axis=0), rtol=1e-6)


def test_monitor_and_values_that_are_not_finite():
    y = np.array([[1, math.nan, -1, math.nan], [3, 2, math.inf, math.nan]])
    monitor = d.ActivationMonitor().update(y)
    np.testing.assert_array_equal(monitor.dead(), [False, False, False, False])
    np.testing.assert_array_equal(monitor.mean(per_unit=True), [2, 2, -1, math.nan])
    np.testing.assert_array_equal(monitor.var(per_unit=True), [1, 0, 0, math.nan])
    np.testing.assert_array_equal(monitor.nonfinite(per_unit=True), [0, 0.5, 0.5, 1])
    np.testing.assert_array_equal(monitor.nan(per_unit=True), [0, 0.5, 0, 1])
    assert monitor.mean() == pytest.approx(1.25)
    assert "NaN or infinite 50.00%" in repr(monitor)
    assert math.isnan(d.ActivationMonitor().update([math.nan]).var())


def test_monitor_errors_leave_it_as_it_was():
    monitor = d.ActivationMonitor()
    assert "nothing" in repr(monitor)
    for ask in (monitor.dead, monitor.sparsity, monitor.mean, monitor.var, monitor.nonfinite, monitor.nan, monitor.summary):
        with pytest.raises(ValueError, match="update"):
            ask()
    monitor.update(np.ones((2, 3)))
    before = repr(monitor)
    with pytest.raises(ValueError, match=r"\(4,\).*\(3,\)"):
        monitor.update(np.ones((2, 4)))
    with pytest.raises(ValueError, match="no samples"):
        monitor.update(np.ones((0, 3)))
    with pytest.raises(TypeError, match="real"):
        monitor.update(np.ones((2, 3), complex))
    assert repr(monitor) == before
    with pytest.raises(ValueError, match="saturated"):
        monitor.saturation()
    with pytest.raises(ValueError, match="low <= high"):
        d.ActivationMonitor(saturated=(1, 0))
    assert monitor.reset().samples == 0


def test_monitor_says():
    monitor = d.ActivationMonitor(saturated=(-0.99, 0.99)).update([[0.0, 1.0], [0.0, 0.5]])
    assert repr(monitor) == ("ActivationMonitor: 1 batch, 2 samples of 2 units: 1 dead (50.0%), sparsity 50.0%, mean 0.375, "
                             "variance 0.172, saturated 25.0%")
    assert monitor.summary() == {"batches": 1, "samples": 2, "units": 2, "dead": 1, "sparsity": 0.5, "mean": 0.375,
                                 "var": 0.171875, "nonfinite": 0.0, "saturation": 0.25}


def test_input_is_left_alone():
    y = outputs((5, 4), "float64")
    y[0, 1] = math.nan
    before = y.copy()
    d.ActivationMonitor().update(y)
    np.testing.assert_array_equal(y, before)


def test_with_the_functions():
    x = np.random.default_rng(0).normal(size=(100, 8)).astype(np.float32)
    x[:, 3] = -np.abs(x[:, 3])
    assert np.flatnonzero(d.dead_units(fr.relu(x))).tolist() == [3]
    assert np.flatnonzero(d.dead_gradients(fr.relu_backward(np.ones_like(x), x))).tolist() == [3]


def test_docstrings_are_complete():
    for name in d.__all__:
        for word in ("Parameters", "Raises", ">>>", "Source"):
            assert word in getattr(d, name).__doc__, (name, word)
