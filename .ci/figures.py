# SPDX-License-Identifier: BSD-3-Clause
"""What the room for ARM costs, without an ARM: instructions for four float32 elements, and cycles an element in llvm-mca's models
of CPUs, ours / what the compiler makes of plain C. Usage: figures.py [FUNCTION…]; prints a table.

A small program runs each sweep over 1000 ordinary elements in qemu, which writes down what is executed. The loop is what repeats
itself there: the way that usual values take, wherever the compiler put it. CC (aarch64-linux-gnu-gcc) compiles, and OBJDUMP, QEMU
and LLVM_MCA (the newest) may be named too. LLVM 18 and later have models of Neoverse's own; Apple's is that of an older CPU.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).parents[1] / "src_c"
MODELS = ("apple-m1", "neoverse-n1", "neoverse-v1")
ROOMS = ("neon", "scalar")
FUNCTIONS = ["relu", "leaky_relu", "sigmoid", "silu", "tanh", "elu", "gelu", "leaky_relu_backward", "silu_backward",
             "gelu_backward"]
BRANCH = re.compile(r"(b|b\..*|cbn?z|tbn?z|bl|blr|ret)\b")
COUNT = 1000
PROGRAM = """
#include <string.h>
#include "fastrelu.h"
extern const fr_sweeps fr_neon_f32[], fr_scalar_f32[];
static float x[COUNT], dy[COUNT], y[COUNT];
static const fr_hint hint;
int main(int argc, char **argv)
{
    float param = 0;
    char *at[4] = {(char *)dy, (char *)x};
    for (int i = 0; i < COUNT; i++) x[i] = (float)(i * 7 % 61 - 30) / 10 + 0.05f, dy[i] = 1;
    for (int i = 0; i < fr_activation_count; i++)
        if (!strncmp(fr_activations[i].name, argv[1], strcspn(argv[1], "."))) param = (float)fr_activations[i].params[0].value;
    for (char *c = argv[1]; *c; c++) *c = *c == '.' ? '_' : *c;
    for (int k = 0; k < fr_kernel_count; k++)
        if (!strcmp(fr_kernels[k].name, argv[1])) {
            char **operand = at + 2 - fr_kernels[k].arrays;
            at[2] = fr_kernels[k].params ? (char *)&param : (char *)y;
            at[3] = (char *)y;
            (argv[2][0] == 'n' ? fr_neon_f32 : fr_scalar_f32)[k].uniform(operand, COUNT, &hint);
        }
    return argc != 3;
}
"""


def tool(variable, *names):
    """The program that an environment variable names, or the first of some that is there."""
    found = [os.environ[variable]] if variable in os.environ else filter(None, map(shutil.which, names))
    for path in found:
        return path.split()
    sys.exit(f"figures.py: there is none of {', '.join(names)}; {variable} may name one")


def executed(qemu, program, *args):
    """The addresses of the instructions that a program executes, in order."""
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run([*qemu, "-singlestep", "-d", "exec,nochain", "-D", log.name, program, *args], check=True)
        return [int(found[1], 16) for line in log if (found := re.search(r"\[[0-9a-f]+/([0-9a-f]+)/", line))]


def disassembled(objdump, program, functions):
    """Address → instruction, as an assembler reads it, of the functions whose names match; of branches, nothing is told but their
    mnemonic."""
    code, wanted = {}, False
    for line in subprocess.check_output([*objdump, "-d", "--no-show-raw-insn", program], text=True).splitlines():
        if head := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            wanted = re.search(functions, head[1])
        elif wanted and (found := re.match(r"\s*([0-9a-f]+):\t([^<]*?)\s*(<|//|$)", line)):
            code[int(found[1], 16)] = found[2]
    return code


def loop_of(trace, count):
    """The addresses of one turn of the loop in the middle of a trace, and how many of `count` elements it takes: the shortest
    stretch that comes again at once."""
    start, times = len(trace) // 2, collections.Counter(trace)
    for length in range(2, len(trace) // 4):
        turn = trace[start:start + length]
        if trace[start + length:start + 2 * length] == turn:
            return turn, round(count * turn.count(turn[0]) / times[turn[0]])
    raise ValueError("no loop")


def cycles(mca, model, instructions):
    """Cycles that a turn takes in a model of a CPU, among many of its like."""
    turns = 200
    lines = [re.sub(r"^(adrp?\s+\w+, ).*", r"\1#0", line) for line in instructions if not BRANCH.match(line)]
    text = subprocess.check_output([*mca, "-mtriple=aarch64", f"-mcpu={model}", f"-iterations={turns}", "-"], text=True,
                                   input="\n".join(lines), stderr=subprocess.STDOUT)
    return int(re.search(r"Total Cycles:\s+(\d+)", text)[1]) / turns


def figures(qemu, objdump, mca, program, functions, *args):
    """Instructions for four elements, and cycles an element in each model, of the functions whose names match."""
    code = disassembled(objdump, program, functions)
    turn, elements = loop_of([address for address in executed(qemu, program, *args) if address in code], COUNT)
    instructions = [code[address] for address in turn]
    return [4 * len(turn) / elements, *[cycles(mca, model, instructions) / elements for model in MODELS]]


def main(functions):
    compiler, objdump = tool("CC", "aarch64-linux-gnu-gcc"), tool("OBJDUMP", "aarch64-linux-gnu-objdump")
    qemu, mca = tool("QEMU", "qemu-aarch64", "qemu-aarch64-static"), tool("LLVM_MCA", "llvm-mca-19", "llvm-mca-18", "llvm-mca")
    print("| float32 |", " | ".join(["instructions for 4", *[f"cycles, {model}" for model in MODELS]]), "|")
    print("|---" * (2 + len(MODELS)) + "|")
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/sweep"
        pathlib.Path(f"{program}.c").write_text(PROGRAM)
        sources = [f"{program}.c", *[SOURCE / name for name in ("registry.c", "isa/neon_f32.c", "isa/scalar_f32.c")]]
        subprocess.run([*compiler, "-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-flive-range-shrinkage", "-static",
                        f"-I{SOURCE}", f"-DCOUNT={COUNT}", "-o", program, *sources, "-lm"], check=True)
        for name in functions:
            rows = [figures(qemu, objdump, mca, program, f"_{room}_f32", name.replace("_backward", ".backward"), room)
                    for room in ROOMS]
            print(f"| `{name}` |", " | ".join(f"{a:.3g} / {b:.3g}" for a, b in zip(*rows, strict=True)), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or FUNCTIONS)
