# SPDX-License-Identifier: BSD-3-Clause
"""The stub file is what the registry says, and what mypy finds at run time."""
import pathlib
import subprocess
import sys

import pytest

import fastrelu as fr
from fastrelu.tools import stubs

PACKAGE = pathlib.Path(fr.__file__).parent
USE = """
import numpy as np
import fastrelu as fr
from fastrelu.adapters import keras_numpy, scikit_learn

x = np.zeros(3, np.float32)
reveal_type(fr.relu_(x))
fr.leaky_relu(x, negative_slope=0.5, out=x)
fr.leaky_relu(x, 0.5)
dx, dw = fr.prelu_backward(x, x, 0.25)
with fr.num_threads(1):
    fr.get("relu").forward(x)
with scikit_learn.patched():
    scikit_learn.unpatch()
keras_numpy.gelu(x)
"""


def test_stub_is_current():
    assert (PACKAGE / "__init__.pyi").read_text(encoding="utf-8") == stubs.render(), (
        "run: python -m fastrelu.tools.stubs fastrelu/__init__.pyi")


def test_every_public_name_is_in_the_stub():
    text = stubs.render()
    for name in fr.__all__:
        assert f"\ndef {name}(" in text or f"\n{name}: " in text or f"\nclass {name}(" in text or f" as {name}" in text, name


@pytest.fixture(scope="module")
def mypy_cache(tmp_path_factory):
    """What mypy knows of NumPy's stubs, which takes seconds to find out."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize(("line", "fine"), [("", True), ("fr.leaky_relu_(x, alfa=1)", False), ("fr.num_threads('2')", False)])
def test_mypy(tmp_path, mypy_cache, line, fine):
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text(USE + line + "\n")
    done = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(mypy_cache), "use.py"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=250)
    assert (done.returncode == 0) is fine, done.stdout + done.stderr
    assert "ndarray" in done.stdout, done.stdout
