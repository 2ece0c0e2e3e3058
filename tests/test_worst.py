# SPDX-License-Identifier: BSD-3-Clause
"""The list of the worst inputs known, and the search that writes it."""
import numpy as np
import pytest
import support
from support import KERNELS

from fastrelu.tools import reference, worst, worst_inputs

SEARCHED = [kernel for kernel in KERNELS if worst.searched(kernel)]


def test_list_is_whole_and_as_written():
    """Some inputs of each function and type that has anything to find, numbers of that type; and nothing was edited by hand."""
    wanted = {(kernel.name, dtype) for kernel in SEARCHED for dtype in ("float32", "float64")}
    assert worst_inputs.WORST.keys() == wanted
    for (name, dtype), inputs in worst_inputs.WORST.items():
        with support.trying(name, dtype):
            assert 0 < len(inputs) == len(set(inputs)) <= worst.KEPT
            assert np.isfinite(inputs).all()
            assert np.array_equal(np.array(inputs, dtype), inputs)
    with open(worst_inputs.__file__) as file:
        assert file.read() == worst.written(worst_inputs.WORST)


def test_certify_and_the_tests_look_around_them():
    for (name, dtype), inputs in worst_inputs.WORST.items():
        near = reference.knees(support.BY_NAME[name], np.dtype(dtype), ())
        for x in np.array(inputs, dtype):
            assert np.isin([x, np.nextafter(x, np.inf, dtype=dtype), np.nextafter(x, -np.inf, dtype=dtype)], near).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_search_finds_the_worst(monkeypatch, dtype):
    """A kernel that is wrong around one input only: the search goes there."""
    kernel = support.BY_NAME["tanh"]
    at = np.array(0.8123, dtype)

    def errors(_, x):
        yield 1 / (1 + 1e4 * np.abs(x - at))
    monkeypatch.setattr(worst, "errors", errors)
    found = worst.search(kernel, np.dtype(dtype), 8000)
    assert len(found) == worst.KEPT
    assert abs(next(iter(found)) - at) < 1e-3
    assert list(found.values()) == sorted(found.values(), reverse=True)
