# SPDX-License-Identifier: BSD-3-Clause
"""A program that PyInstaller froze with its defaults has all of fastrelu that it uses. Usage: frozen.py WHEEL FOLDER; the wheel
is one for the Python that runs this."""
import pathlib
import subprocess
import sys
import venv

PROGRAM = """\
import numpy as np
import fastrelu as fr

weights = fr.init.he_normal((3, 4), rng=0)
y = fr.leaky_relu(np.ones((2, 4), "f") @ weights.T)
dead = fr.diagnostics.__all__
with fr.num_threads(1):
    fr.gelu_(y)
print(y.shape, len(dead) > 0)
"""

wheel, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
venv.create(folder / "env", with_pip=True)
programs = folder / "env" / ("Scripts" if sys.platform == "win32" else "bin")
(folder / "program.py").write_text(PROGRAM)
for command in ([programs / "python", "-m", "pip", "install", "--quiet", "pyinstaller", wheel],
                [programs / "pyinstaller", "--log-level", "ERROR", "program.py"]):
    subprocess.run(command, cwd=folder, check=True)
done = subprocess.run([folder / "dist" / "program" / "program"], cwd="/", check=True, capture_output=True, text=True)
if done.stdout.strip() != "(2, 3) True":
    sys.exit(f"the frozen program printed {done.stdout!r} {done.stderr!r}")
