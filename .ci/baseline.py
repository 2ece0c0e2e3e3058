# SPDX-License-Identifier: BSD-3-Clause
"""No instruction beyond the CPU family's baseline outside the rooms that are chosen at run time. Usage: baseline.py FOLDER, the
folder of the object files that a build left behind; they are what is linked, and unlike the module they still have all names.

Per function, from the disassembly. On x86-64: AVX, AVX2, FMA, F16C (mnemonics with a v) only in files isa/avx*, and in what
TARGET_BEGIN encloses in plain.c; AVX-512 (zmm, upper registers, masks) only in isa/avx512*. And no function of a room may be
visible to the linker, which could otherwise take it for everybody's copy. On aarch64, whose baseline has AdvSIMD: nothing of
ARMv8.1 and later, nor of SVE, anywhere.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

ENCLOSED = {"plain.o": "run_plain"}
# levels: names, the baseline first, and what only such instructions look like. needs: files, and the level that must be in them.
Family = collections.namedtuple("Family", "prefix levels needs")
FAMILIES = {
    62: Family("x86_64", {
        "x86-64": "",
        # System instructions that begin with v and are no vectors are not in compiled C.
        "AVX2": r"^v[a-z]",
        "AVX-512": r"%zmm|%[xy]mm(1[6-9]|2\d|3[01])\b|%k[0-7]\b",
    }, {"avx2_f32.o": 1, "avx512_f32.o": 2, "plain.o": 1, "scalar_f32.o": 0, "_ufuncs.o": 0}),
    183: Family("aarch64", {
        "ARMv8.0": "",
        "ARMv8.1 or SVE": r"\bz\d+\.[bhsdq]|\bp\d+[./]"                                      # SVE
                          r"|^f(?!cvt|mov\s+[wx])\S*\s.*(\.[48]h|\bh\d+)"                    # float16 but for its conversions
                          r"|^(cas|swp|ld(add|clr|eor|set|[su](max|min))[ablh]*\s|ldapr)"    # atomics
                          r"|^([su]+dot|[su]+mmla|bf(dot|mmla|mlal|cvt)|fml[as]l|fcmla|fcadd|sqrdml|fjcv|frint(32|64)|sha|aes|sm[34]|crc32|pmull2?\s.*1q"
                          r"|ret[ab]|br[ab]|blr[ab])",
    }, {"neon_f32.o": 0, "neon_f16.o": 0, "scalar_f32.o": 0, "_ufuncs.o": 0}),
}


def family_of(path):
    """By the machine in the ELF header."""
    return FAMILIES[int.from_bytes(path.read_bytes()[18:20], "little")]


def tool(family, name):
    """Of binutils, that of the family."""
    return name if os.uname().machine == family.prefix else f"{family.prefix}-linux-gnu-{name}"


def functions(path, family):
    """The name of each function in an object file, and its instructions."""
    name, found = None, {}
    command = [tool(family, "objdump"), "-d", "--no-show-raw-insn", path]
    for line in subprocess.check_output(command, text=True).splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            name = head[1]
            found[name] = []
        elif "\t" in line:
            found[name].append(line.split("\t", 1)[1])
    return found


def level(instructions, family):
    patterns = list(map(re.compile, family.levels.values()))
    return next((i for i in range(len(patterns) - 1, 0, -1) if any(map(patterns[i].search, instructions))), 0)


def allowed(path, function):
    if path.parent.name == "isa" and path.name.startswith("avx"):
        return 2 if path.name.startswith("avx512") else 1
    enclosed = ENCLOSED.get(path.name)
    return 1 if enclosed and function.split(".")[0] == enclosed else 0


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).rglob("*.o"))
    family = family_of(paths[0])
    names, wrong, most = list(family.levels), [], {}
    for path in paths:
        for name, instructions in functions(path, family).items():
            limit, is_ = allowed(path, name), level(instructions, family)
            most[path.name] = max(most.get(path.name, 0), is_)
            if is_ > limit:
                wrong.append(f"{path}: {name} has instructions of {names[is_]}; {names[limit]} is allowed there")
        if allowed(path, "") > 0:
            command = [tool(family, "nm"), "--defined-only", "--extern-only", path]
            symbols = subprocess.check_output(command, text=True).splitlines()
            wrong += [f"{path}: the function {line.split()[-1]} is visible to the linker" for line in symbols
                      if line.split()[-2] in "TtWwVvi"]
    # What it looks for is found where it must be; else the check itself is broken.
    for name, at_least in family.needs.items():
        if most.get(name, -1) < at_least:
            wrong.append(f"{name}: expected there, with {names[at_least]} instructions; looked at {len(paths)} object files")
    print("\n".join(wrong) or f"{len(paths)} object files: no instruction beyond {names[0]} outside the rooms")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
