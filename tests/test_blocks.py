# SPDX-License-Identifier: BSD-3-Clause
"""The two blocks of networks that the README shows: it has the code that is measured, and both ways compute the same."""
import importlib.util
import inspect

import numpy as np
import pytest
import support

PATH = support.TESTS.parent / "benchmarks" / "blocks.py"


@pytest.fixture(scope="module")
def blocks():
    spec = importlib.util.spec_from_file_location("blocks", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_readme_has_them(blocks):
    readme = (support.TESTS.parent / "README.md").read_text(encoding="utf-8")
    for _, *functions in blocks.BLOCKS.values():
        for function in functions:
            assert inspect.getsource(function) in readme


def test_same_results(blocks):
    """Both leave the same results, in what they return or in the weights that they change; ours allocates less."""
    for title, (make, *functions) in blocks.BLOCKS.items():
        with support.trying(title):
            operands = [make() for _ in functions]
            results = [function(*ops) for function, ops in zip(functions, operands, strict=True)]
            for one, other in zip(*operands, strict=True):
                np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
            if results[0] is not None:
                np.testing.assert_allclose(*results, rtol=1e-4, atol=1e-5)
            numpy, ours = (blocks.peak_memory(function, make()) for function in functions)
            assert ours < numpy
