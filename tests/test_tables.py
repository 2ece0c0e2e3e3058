# SPDX-License-Identifier: BSD-3-Clause
"""The tables in src_c/tables/ are what src_c/tables.py makes, number by number."""
import pathlib
import re
import runpy
import shutil
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("mpmath", reason="tables.py computes with mpmath")

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "src_c"


def run(script, *arguments):
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=280)


def test_headers_are_current():
    done = run(SOURCES / "tables.py", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def next_of(number):
    """A C literal, one step greater."""
    lane = np.float32 if number.endswith("f") else np.float64
    return float(np.nextafter(lane(float.fromhex(number.rstrip("f"))), lane(np.inf))).hex() + ("f" if lane == np.float32 else "")


def test_a_step_is_a_difference(tmp_path):
    """In a table's first number and its last, of either lane; writing it again takes the step back."""
    shutil.copytree(SOURCES / "tables", tmp_path / "tables")
    script = shutil.copy(SOURCES / "tables.py", tmp_path)
    texts, numbers = {}, []
    for name, index in (("density", 0), ("selu", 3), ("hardsigmoid", -1)):
        path = tmp_path / "tables" / f"{name}.h"
        text = texts[path] = path.read_text()
        found = list(re.finditer(r"-?0x1[.0-9a-f]*p-?\d+f?", text))[index]
        path.write_text(text[:found.start()] + next_of(found[0]) + text[found.end():])
        numbers += [found[0], next_of(found[0])]
    names = [path.stem for path in texts]
    done = run(script, "--check", *names)
    assert done.returncode == 1
    for number in numbers:
        assert number in done.stdout
    assert run(script, *names).returncode == 0
    for path, text in texts.items():
        assert path.read_text() == text


def test_a_missing_header_is_a_difference(tmp_path):
    script = shutil.copy(SOURCES / "tables.py", tmp_path)
    done = run(script, "--check", "hardsigmoid")
    assert done.returncode == 1
    assert "sixth_table" in done.stdout


def test_the_search_finds_what_the_recipe_has():
    tables = runpy.run_path(str(SOURCES / "tables.py"))
    known = next(recipe.lanes[32] for recipe in tables["RECIPES"] if recipe.name == "exp")
    found = tables["seek_powers_of_2"](32, 1.0222, 1.045, 0.125, 8, known["within"], 2 ** 20)
    assert float(found[0][1]) == np.float32(known["s"])


def test_unknown_name():
    done = run(SOURCES / "tables.py", "sine")
    assert done.returncode == 1
    assert "sine" in done.stderr
    assert "log1p" in done.stderr


def test_mends_are_current():
    pytest.importorskip("ml_dtypes")
    done = run(SOURCES / "mends.py", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
