# SPDX-License-Identifier: BSD-3-Clause
"""No instruction beyond x86-64's baseline outside the rooms that are chosen at run time. Usage: baseline.py FOLDER, the folder of
the object files that a build left behind; they are what is linked, and unlike the module they still have all names.

Per function, from the disassembly: AVX, AVX2, FMA, F16C (mnemonics with a v) only in files isa/avx*, and in what TARGET_BEGIN
encloses in plain.c; AVX-512 (zmm, upper registers, masks) only in isa/avx512*. And no function of a room may be visible to the
linker, which could otherwise take it for everybody's copy.
"""
import pathlib
import re
import subprocess
import sys

# System instructions that begin with v and are no vectors are not in compiled C.
AVX = re.compile(r"^v[a-z]")
AVX512 = re.compile(r"%zmm|%[xy]mm(1[6-9]|2\d|3[01])\b|%k[0-7]\b")
ENCLOSED = {"plain.o": "run_plain"}
BASELINE, AVX2, AVX512F = range(3)
LEVELS = ("x86-64", "AVX2", "AVX-512")


def functions(path):
    """The name of each function in an object file, and its instructions."""
    name, found = None, {}
    for line in subprocess.check_output(["objdump", "-d", "--no-show-raw-insn", path], text=True).splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            name = head[1]
            found[name] = []
        elif "\t" in line:
            found[name].append(line.split("\t", 1)[1])
    return found


def level(instructions):
    if any(AVX512.search(line) for line in instructions):
        return AVX512F
    return AVX2 if any(AVX.match(line) for line in instructions) else BASELINE


def allowed(path, function):
    if path.parent.name == "isa" and path.name.startswith("avx"):
        return AVX512F if path.name.startswith("avx512") else AVX2
    enclosed = ENCLOSED.get(path.name)
    return AVX2 if enclosed and function.split(".")[0] == enclosed else BASELINE


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).rglob("*.o"))
    wrong, most = [], {}
    for path in paths:
        for name, instructions in functions(path).items():
            limit, is_ = allowed(path, name), level(instructions)
            most[path.name] = max(most.get(path.name, 0), is_)
            if is_ > limit:
                wrong.append(f"{path}: {name} has instructions of {LEVELS[is_]}; {LEVELS[limit]} is allowed there")
        if allowed(path, "") > BASELINE:
            symbols = subprocess.check_output(["nm", "--defined-only", "--extern-only", path], text=True).splitlines()
            wrong += [f"{path}: the function {line.split()[-1]} is visible to the linker" for line in symbols
                      if line.split()[-2] in "TtWwVvi"]
    # What it looks for is found where it must be; else the check itself is broken.
    for name, at_least in {"avx2_f32.o": AVX2, "avx512_f32.o": AVX512F, "plain.o": AVX2, "scalar_f32.o": BASELINE,
                           "_ufuncs.o": BASELINE}.items():
        if most.get(name, -1) < at_least:
            wrong.append(f"{name}: expected there, with {LEVELS[at_least]} instructions; looked at {len(paths)} object files")
    print("\n".join(wrong) or f"{len(paths)} object files: no instruction beyond x86-64 outside the rooms")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
