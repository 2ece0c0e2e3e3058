# SPDX-License-Identifier: BSD-3-Clause
"""What the README says of the idioms that people write: the line itself, what goes wrong with it, and what ours gives."""
import ast
import warnings

import numpy as np
import pytest
import support

import fastrelu as fr

ROWS = [row.split(" | ") for row in (support.TESTS.parent / "README.md").read_text(encoding="utf-8")
        .split("## Replace your idiom")[1].split("\n## ")[0].splitlines() if row.startswith("| `")]
# activation → inputs, what the idiom gives of them in float32, and what is right.
FACTS = {
    "gelu_tanh": ({"x": [1.0]}, "float64", None, [0.841192]),
    "gelu": ({"x": [-6.0]}, "float64", None, [-5.9e-09]),
    "sigmoid": ({"x": [-89.0]}, "float32", [0.0], [2.2e-39]),
    "softplus": ({"x": [89.0, -20.0]}, "float32", [np.inf, 0.0], [89.0, 2.1e-09]),
    "softmax": ({"x": [89.0, 0.0]}, "float32", [np.nan, 0.0], [1.0, 2.2e-39]),
    "relu_backward": ({"dy": [np.inf], "x": [-1.0]}, "float64", [np.nan], [0.0]),
}


def test_each_is_tried():
    assert [ours.split("fr.")[1].split("(")[0] for _, _, ours in ROWS] == list(FACTS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2].strip("` |"))
def test_idiom(row):
    idiom, _, ours = (cell.strip("| ").strip("`") for cell in row)
    inputs, dtype, wrong, right = FACTS[ours.split("fr.")[1].split("(")[0]]
    scope = {"np": np, "fr": fr, **{name: np.array(value, np.float32) for name, value in inputs.items()}}
    if "erf" in idiom:
        scope["erf"] = pytest.importorskip("scipy.special").erf
    ast.parse(idiom)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        got = eval(idiom, scope)
    assert got.dtype == dtype
    if wrong is not None:
        np.testing.assert_array_equal(got, np.array(wrong))
    result = eval(ours, scope)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, right, rtol=0.02)


def test_gelu_in_float32():
    """Kept in float32, the idiom has nothing left at -6."""
    special = pytest.importorskip("scipy.special")
    x = np.float32(-6)
    assert x * np.float32(0.5) * (1 + special.erf(x / np.sqrt(np.float32(2)))) == 0
    assert fr.gelu(x) < -5.9e-9
