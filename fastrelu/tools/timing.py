# SPDX-License-Identifier: BSD-3-Clause
"""Measuring: every function against the best plain-NumPy idiom, and both against what the memory allows.

A Case is a function as it is called, with out= or in place: of the registry, of rows, or with something more in the same pass.
Buffers are the arrays it works on; a Library says how it is called, by fastrelu, by NumPy, by another (peers.py); `check`
compares two libraries' results; `measure` times them, and a plain loop of the same traffic, turn by turn. The command `bench` and
the suite in benchmarks/ are both made of these.
"""
import ast
import contextlib
import dataclasses
import functools
import gc
import importlib.metadata
import itertools
import math
import os
import re
import statistics
import time
import typing

import numpy as np

import fastrelu as fr

from .. import _registry as registry
from .. import _ufuncs
from .._rows import RowFunction, rows

DIRECTIONS = {direction + "_" * in_place: direction.removeprefix("backward_").replace("_", " ") + ", in place" * in_place
              for in_place in (False, True) for direction in registry.DIRECTIONS}
ROW = 1024          # elements of a row, where rows matter
SPREAD = 3.0        # standard deviation of the inputs
ROUND = 300_000     # ns that a round should last: nothing to the clock, and threads are at work
TURN = 0.01         # seconds for which a process stays at it, where others wait: its threads wake up, and stop being late
BURST = 16384       # bytes of in-place input that are used up between two refreshes: they stay in the first-level cache


class Unusable(Exception):
    """A library could not be measured."""


class Mismatch(Unusable):
    """fastrelu and another library do not agree."""


def array_of(shape, dtype, number=0):
    """An uninitialised array on a cache line. Arrays of different `number` start at different places of a page: a load that
    follows a store to the same place of another page waits for it, and allocators give all large arrays the same place."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    block = np.empty(size + 4096 + 64, np.uint8)
    start = -block.ctypes.data % 64 + 320 * number % 4096
    return block[start:start + size].view(dtype).reshape(shape)


@dataclasses.dataclass(frozen=True)
class Case:
    """A function of the registry as it is measured: with out=, or in place."""

    function: registry.Function
    in_place: bool = False
    elementwise: typing.ClassVar = True     # whether every element of a result comes from those at its place

    def __str__(self):
        """The name under which fastrelu has it."""
        return spelled(self.name, self.direction)

    @property
    def name(self):
        return self.function.act.name

    @property
    def direction(self):
        return self.function.direction + "_" * self.in_place

    @property
    def inputs(self):
        return self.function.inputs

    @property
    def outputs(self):
        return ("out", "out2")[:self.function.outs]

    @property
    def params(self):
        return dict(zip(self.function.params, self.function.given, strict=True))

    @property
    def arguments(self):
        """What a call has behind the arrays, as text. Defaults are left out, as a user does."""
        return [*map(repr, self.function.needed)]

    @property
    def streams(self):
        """How many arrays are read and how many are written, an element at a time: the traffic of a perfect loop."""
        return self.function.arrays, self.function.outs

    @property
    def formula(self):
        """The documented formula of the result, element by element, or None."""
        return self.function.written[0] if self.function.outs == 1 else None

    def keeps(self, dtype):
        """Whether it takes this dtype and gives it back."""
        return self.function.keeps(dtype)

    def shape(self, size):
        """The shape in which so many elements are measured: flat, or rows."""
        return (size,) if self.elementwise else (size // row_of(size), row_of(size))

    def ours(self):
        """The call of fastrelu, as a Python statement."""
        out = self.outputs[0] if len(self.outputs) == 1 else f"({', '.join(self.outputs)})"
        arguments = [*self.inputs, *self.arguments, *([] if self.in_place else [f"out={out}"])]
        call = f"fr.{str(self).split()[0]}({', '.join(arguments)})"
        return f"{self.inputs[0]}, {self.outputs[1]} = {call}" if self.in_place and len(self.outputs) > 1 else call

    def whole(self, statements, library):
        """A library's statements of the call, made of those of the function; None where there are none. library: "np" or
        "torch"."""
        return statements

    @property
    def idiom(self):
        """The best plain-NumPy statements, or None."""
        return self.whole(self.function.idiom, "np")

    def numpys(self):
        """The idiom, as Python statements; in place by way of a spare array where it must not write to its own input."""
        statements = self.idiom.split("; ")
        if self.in_place and not safe_in_place(self):
            return ["result = out", "out = spare", *statements, f"np.copyto({self.inputs[0]}, out)", "out = result"]
        return statements

    def scipys(self):
        """SciPy's statements, or None: the idiom, where it rests on scipy.special."""
        return self.numpys() if self.needs_scipy() and self.comparable() else None

    def needs_scipy(self):
        return "special." in (self.idiom or "")

    def comparable(self):
        """Whether the idiom can run here."""
        return self.idiom is not None and not (self.needs_scipy() and special() is None)


@dataclasses.dataclass(frozen=True)
class Rows(Case):
    """A function of rows along an axis."""

    function: RowFunction
    axis: int = -1
    elementwise = False
    formula = None

    @property
    def name(self):
        return self.function.name.removesuffix("_backward_from_output")

    @property
    def direction(self):
        return ("forward" if self.name == self.function.name else "backward_from_output") + "_" * self.in_place

    @property
    def params(self):
        return {"axis": self.axis}

    @property
    def arguments(self):
        return [] if self.axis == -1 else [repr(self.axis)]

    @property
    def idiom(self):
        return self.function.record.numpy

    def scipys(self):
        if "dy" in self.inputs or not special():
            return None
        call = f"special.{self.name}(x, axis)"
        return [f"np.copyto(x, {call})" if self.in_place else f"out = {call}"]


class Fused(Case):
    """A function of the registry and something more in the same pass: what that reads and writes is small beside the rest."""

    elementwise = False
    formula = None

    def keeps(self, dtype):
        return np.dtype(dtype).kind not in "iu" and super().keeps(dtype)


class BiasAct(Fused):
    """An activation or its gradient, of x + bias along the last axis."""

    @property
    def name(self):
        return f"bias_act {super().name}"

    @property
    def inputs(self):
        return *super().inputs, "bias"

    @property
    def outputs(self):
        return ("out", "out2") if "dy" in self.inputs else ("out",)

    @property
    def arguments(self):
        required = zip(self.function.params, self.function.needed, strict=False)
        return [repr(self.function.act.name), *(f"{name}={value!r}" for name, value in required)]

    def whole(self, statements, library):
        if statements is None:
            return None
        # The sum may lie where the result will, if that is written last.
        where = "z" if "dy" in self.inputs or "=out" in statements.rpartition("; ")[0] else "out"
        text = f"{library}.add(x, bias, out={where}); " + re.sub(r"\bx\b(?!=)", where, statements)
        return text + "; out2 = out.reshape(-1, len(bias)).sum(0)" * ("dy" in self.inputs)


class Bitmask(Fused):
    """ReLU or its gradient in place, with a mask of one bit an element."""

    @property
    def name(self):
        return f"{super().name}_bitmask"

    @property
    def inputs(self):
        return ("dy", "mask") if "dy" in super().inputs else ("x",)

    @property
    def outputs(self):
        return ("out",) if "dy" in self.inputs else ("out", "out2")

    @property
    def streams(self):
        return 1, 1

    def ours(self):
        return "out2 = " * (len(self.outputs) > 1) + f"fr.{self}({', '.join(self.inputs)})"

    def whole(self, statements, library):
        if library != "np":     # PyTorch packs no bits
            return None
        if "dy" in self.inputs:
            return "np.multiply(dy, np.unpackbits(mask, count=dy.size, bitorder='little').reshape(dy.shape), out=out)"
        return f"np.greater(x, 0, out=m); out2 = np.packbits(m, bitorder='little'); {statements}"


@functools.cache
def row_of(size):
    """The length of a row, of so many elements in all: ROW, or the divisor nearest to it."""
    small = [n for n in range(1, math.isqrt(size) + 1) if size % n == 0]
    return min([*small, *(size // n for n in small)], key=lambda n: abs(math.log(n / ROW)))


def spelled(name, direction):
    """A case as fastrelu spells it; the activation of bias_act stays behind: "bias_act_ relu"."""
    function, *activation = name.split()
    return " ".join([registry.in_direction(function, direction), *activation])


@functools.cache
def special():
    """scipy.special, or None where SciPy is not installed."""
    try:
        import scipy.special
    except ImportError:
        return None
    return scipy.special


@functools.cache
def safe_in_place(case):
    """Whether the case's idiom may write to its own first input: tried out."""
    buffers = Buffers(4096, np.float64)
    buffers.prepare(case)
    scope, target = buffers.scope(case, [case.idiom]), case.inputs[0]
    exec(case.idiom, scope)     # the registry's own strings
    aliased = {**scope, target: buffers[target].copy()}
    aliased["out"] = aliased[target]
    exec(case.idiom, aliased)
    return np.array_equal(aliased["out"], scope["out"], equal_nan=True)


def cases(names=None, directions=None):
    """All cases, or those of some functions and directions, direction by direction."""
    return [case for direction in directions or DIRECTIONS for name in names or NAMES
            if (case := CASES.get(spelled(name, direction)))]


CASES = {str(case): case for case in (
    *(kind(function, in_place) for kind, functions in ((Case, registry.functions), (Rows, rows))
      for function in functions.values() for in_place in (False, True) if function.has_in_place or not in_place),
    *(BiasAct(registry.functions[name + end], in_place) for name in ("relu", "gelu")
      for end, in_place in (("", False), ("", True), ("_backward", True))),
    *(Bitmask(registry.functions[name], True) for name in ("relu", "relu_backward")))}
NAMES = tuple(dict.fromkeys(case.name for case in CASES.values()))


class Buffers:
    """The arrays of a measurement, made when first asked for: inputs x, dy, y, gate, up, bias (a row), mask (bits);
    results out, out2; scratch t, t2, m, z, spare.

    Inputs are normal; with the standard deviation (`spread`) 3 every branch of every function is taken, in no order.
    `make(shape, dtype, number)` makes one array, of any layout.
    """

    def __init__(self, shape, dtype=np.float32, make=array_of, spread=SPREAD):
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.dtype = np.dtype(dtype)
        self.make = make
        self.spread = spread
        self.size = int(np.prod(self.shape))
        self.arrays = {}
        self.y_of = None

    NAMES = ("x", "dy", "y", "out", "out2", "t", "t2", "m", "spare", "gate", "up", "z", "bias", "mask")
    SMALL = NAMES[-2:]

    def __getitem__(self, name):
        if name not in self.arrays:
            number = self.NAMES.index(name)
            if name == "mask":
                array = np.random.default_rng(number).integers(0, 256, -(-self.size // 8), np.uint8)
            elif name == "bias":
                array = array_of(self.shape[-1:], self.dtype, number)
            else:
                array = self.make(self.shape, np.bool_ if name == "m" else self.dtype, number)
            if name in ("x", "dy", "gate", "up", "bias"):
                self.fill(array, number)
                if name == "bias":      # x + bias shall be spread as x is
                    array /= 3
            elif name != "mask":
                array.fill(0)   # its pages exist before it is timed
            self.arrays[name] = array
        return self.arrays[name]

    def fill(self, array, seed):
        """Random values; long arrays repeat a block, at places that are no round number."""
        block = np.random.default_rng(seed).normal(0, self.spread, min(array.size, 999_983))
        if self.dtype.kind in "iu":
            block = np.clip(np.rint(block), 0 if self.dtype.kind == "u" else -100, 100)
        array[...] = np.resize(block.astype(self.dtype), array.shape)

    def ones(self, number, words):
        """float32 ones, for the plain loop."""
        if number not in self.arrays:
            self.arrays[number] = array_of(words, np.float32, len(self.NAMES) + number)
            self.arrays[number].fill(1)
        return self.arrays[number]

    def prepare(self, case):
        """Make sure that y is this function's output."""
        function = case.name, case.params
        if "y" in case.inputs and self.y_of != function:
            getattr(fr, case.name)(self["x"], *case.params.values(), out=self["y"])
            self.y_of = function

    def scope(self, case, statements):
        """What the statements name: these arrays, the parameters and modules. No other arrays are made: they may not fit."""
        used = {node.id for s in statements for node in ast.walk(ast.parse(s)) if isinstance(node, ast.Name)}
        arrays = {name: self[name] for name in self.NAMES if name in used or name in case.inputs + case.outputs}
        return {**arrays, **case.params, "np": np, "fr": fr, "special": special()}


# ---- the libraries ----

class Library:
    """How one library computes a case. These here live in this process."""

    label = name = ""
    threaded = True     # whether a number of threads means anything to it
    threads_by = "fastrelu.num_threads"

    @property
    def versions(self):
        """Package → version."""
        return {self.name: importlib.metadata.version(self.name)}

    def program(self, case, buffers, threads):
        """The statements of one call and what they name; None where the library has no such function. The result is `out` (and
        `out2`), or in place the first input."""
        raise NotImplementedError

    @contextlib.contextmanager
    def held(self, threads):
        """A block in which the library uses so many threads."""
        with fr.num_threads(threads):
            yield

    def wrap(self, array):
        """The library's view of an array."""
        return array

    def unwrap(self, result):
        return np.asarray(result)

    def contestant(self, case, buffers, threads=1):
        """The timed loop over these buffers, or None."""
        return contestant(case, buffers, self, threads)


class Fastrelu(Library):
    label = name = "fastrelu"

    def program(self, case, buffers, threads):
        return [case.ours()], buffers.scope(case, [case.ours()])


class NumPy(Library):
    """The registry's idiom, with SciPy's functions where they are better."""

    label, name, threaded, threads_by = "NumPy", "numpy", False, None

    @staticmethod
    def statements(case):
        return case.numpys() if case.comparable() else None

    def program(self, case, buffers, threads):
        statements = self.statements(case)
        if statements is None:
            return None
        if buffers.dtype.kind in "iu":  # no integer is infinite
            statements = [statement.replace("np.inf", "None") for statement in statements]
        return [f"out = {case.inputs[0]}"] * case.in_place + statements, buffers.scope(case, statements)


class SciPy(NumPy):
    """The idioms that rest on scipy.special, and its functions of rows."""

    label, name = "SciPy", "scipy"

    @staticmethod
    def statements(case):
        return case.scipys()


HERE = {library.name: library for library in (Fastrelu(), NumPy(), SciPy())}


# ---- checking ----

def _plain(array):
    return array.astype(np.float64) if array.dtype.kind not in "iu" else array.astype(np.int64)


def epsilon(dtype):
    """The spacing of numbers at 1; 0 for integers."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        return 0.0
    if dtype.kind == "f":
        return float(np.finfo(dtype).eps)
    import ml_dtypes  # a dtype that NumPy does not know came from there

    return float(ml_dtypes.finfo(dtype).eps)


def check(case, buffers, library=HERE["numpy"], threads=1, tolerance=None):
    """Compare fastrelu's result with another library's. False where that one has no such function.

    Others round every step, so they may be off by a few roundings of the largest number they meet: the tolerance, 16 of them by
    default, is a share of the sum of 1 and all operands' magnitudes: those at the place, or, where a result is of more than that,
    the largest of all and of the sums. Of three operands, which are factors, it is the product of the sums of 1 and each. A wrong
    branch or slope is far outside.

    Raises
    ------
    Mismatch
        With the place and the values.
    """
    def results(which, threads):
        program = which.program(case, buffers, threads)
        if program is None:
            return None
        statements, scope = program
        if case.in_place:
            scope[case.inputs[0]] = which.wrap(buffers[case.inputs[0]].copy())
        with np.errstate(all="ignore"), which.held(threads):
            exec("\n".join(statements), scope)
        found = [scope[case.inputs[0]] if case.in_place and name == "out" else scope[name] for name in case.outputs]
        return [which.unwrap(a) for a in found]

    buffers.prepare(case)
    ours = [a.copy() for a in results(HERE["fastrelu"], fr.get_num_threads())]
    theirs = results(library, threads)
    if theirs is None:
        return False
    tolerance = 16 * epsilon(buffers.dtype) if tolerance is None else tolerance
    inputs = {name: np.ravel(buffers[name]) for name in case.inputs}
    largest = None if case.elementwise else 1 + sum(
        max(abs(float(end)) for end in (a.min(), a.max())) for a in inputs.values() if a.dtype == buffers.dtype)
    if isinstance(case, Rows) and "dy" in case.inputs:
        largest *= math.sqrt(buffers.shape[case.axis])  # what a sum of so many random numbers comes to
    for mine, its in zip(map(np.ravel, ours), map(np.ravel, theirs), strict=True):
        share = 0 if mine.dtype.kind in "iu" else tolerance
        for begin in range(0, buffers.size, 65536):     # in pieces: doubles of everything would not fit
            a, b, *at = (_plain(array[begin:begin + 65536]) for array in (mine, its, *inputs.values()))
            operands = (largest * (buffers.size // mine.size) if largest else
                        math.prod(1 + np.abs(a) for a in at) if len(at) > 2 else 1 + sum(map(np.abs, at)))
            wrong = ~(np.abs(a - b) <= share * (operands + np.abs(b)))
            if wrong.any():
                i = int(np.argmax(wrong))
                found = ", ".join(f"{name} = {values[i]:.9g}" for name, values in zip(inputs, at, strict=True) if not largest)
                raise Mismatch(f"{case}, {buffers.dtype}, {buffers.size} elements: {a[i]:.9g} at element {begin + i}, where "
                               f"{library.label} has {b[i]:.9g}" + f" ({found})" * bool(found))
    return True


# ---- timing ----

@functools.cache
def clock_cost():
    """ns between two readings of the clock."""
    clock = time.perf_counter_ns
    return min(-(clock() - clock()) for _ in range(1000))


LOOP = """
def run(loops):
    {warm}
    start = clock()
    for _ in repeat(None, loops):
        {statements}
    return clock() - start
"""
# An in-place function that is fed on its own results ends in subnormals, infinities or fixed points. So it gets new values,
# outside the timing; where arrays are small, from a pool of several.
IN_PLACE_LOOP = """
def run(loops):
    total = -loops * clock_cost
    for _ in repeat(None, loops):
        np.copyto(pool, fresh)
        start = clock()
        for {target} in views:
            {statements}
        total += clock() - start
    return total
"""


@dataclasses.dataclass
class Contestant:
    """Something that is timed: run(loops) → ns for loops * calls calls."""

    run: object
    calls: int = 1
    threads: int = 1
    held: object = fr.num_threads   # a block with so many threads
    loops: int = 0
    times: list = dataclasses.field(default_factory=list)

    def calibrate(self):
        """Set loops so that a round lasts."""
        self.loops, took = 1, 0
        while True:
            with self.held(self.threads):
                took = self.run(self.loops)
            if took >= ROUND or self.loops >= 10**7:
                return
            self.loops = max(self.loops + 1, min(self.loops * 10, int(self.loops * 1.2 * ROUND / max(took, 1)) + 1))

    def round(self):
        with self.held(self.threads):
            self.times.append(max(self.run(self.loops), 0) / (self.loops * self.calls))

    def turn(self, seconds):
        """Rounds until the time is over, at least one."""
        began = time.perf_counter()
        self.round()
        while time.perf_counter() - began < seconds:
            self.round()

    def result(self):
        """As JSON has it, in seconds a call."""
        return {"min_s": min(self.times) * 1e-9, "median_s": statistics.median(self.times) * 1e-9, "rounds": len(self.times),
                "calls_per_round": self.loops * self.calls}


def _program(case, buffers, library, threads):
    """A library's statements, what they name, and how many calls a pass over the in-place pool makes; or None."""
    buffers.prepare(case)
    program = library.program(case, buffers, threads)
    if program is None or not case.in_place:
        return program and (*program, 1)
    statements, scope = program
    fresh = buffers[case.inputs[0]]
    calls = max(1, BURST // max(1, fresh.nbytes))
    if calls > 1:
        pool = array_of((calls, *buffers.shape), buffers.dtype, len(Buffers.NAMES))
        views = list(pool)
    else:
        pool = buffers["out"]   # nothing else needs it
        views = [pool]
    return statements, {**scope, "pool": pool, "views": [library.wrap(view) for view in views], "fresh": fresh}, calls


def _compiled(source, argument, scope):
    # All names become locals, as they would be in a program.
    names = ", ".join([*([argument] if argument else []), *(f"{name}={name}" for name in scope)])
    exec(source.strip().replace(f"def run({argument}):", f"def run({names}):"), scope)
    return scope["run"]


def contestant(case, buffers, library, threads=1):
    """The timed loop of a library's statements on these buffers; None where it has no such function."""
    program = _program(case, buffers, library, threads)
    if program is None:
        return None
    statements, scope, calls = program
    scope |= {"repeat": itertools.repeat, "clock": time.perf_counter_ns, "clock_cost": clock_cost()}
    if case.in_place:
        source = IN_PLACE_LOOP.format(target=case.inputs[0], statements="\n            ".join(statements))
    else:
        big = buffers.size * buffers.dtype.itemsize > 2**25
        # One call beforehand fills the caches and wakes the threads; it is nothing to an array larger than the caches.
        source = LOOP.format(warm="pass" if big else "\n    ".join(statements), statements="\n        ".join(statements))
    return Contestant(_compiled(source, "loops", scope), calls, threads, library.held)


def job(case, buffers, library=HERE["fastrelu"], threads=1):
    """The same for another stop-watch, such as pytest-benchmark's.

    Returns
    -------
    tuple or None
        run() makes `calls` calls; setup() is to go before each run(), untimed, and is None where nothing is to be refreshed.
    """
    program = _program(case, buffers, library, threads)
    if program is None:
        return None
    statements, scope, calls = program
    if not case.in_place:
        return _compiled("def run():\n    " + "\n    ".join(statements), "", scope), None, calls
    pool, fresh = scope["pool"], scope["fresh"]
    source = f"def run():\n    for {case.inputs[0]} in views:\n        " + "\n        ".join(statements)
    return _compiled(source, "", scope), lambda: np.copyto(pool, fresh), calls


def limit(streams, in_place, buffers, threads=1):
    """What the memory allows: the fastest plain loop that reads and writes as many bytes as a function with these streams.

    Several are tried: the extension's multiplication with both kinds of stores, NumPy's copy, its AND of integers. Which of them
    is fastest depends on the machine and the size.

    Parameters
    ----------
    streams : tuple of int
        Arrays read and arrays written, as Case.streams.
    in_place : bool
        Whether the written array is the first one read.
    buffers : Buffers
        Of the size in question. The loops have inputs of their own, ones, which stay what they are.
    threads : int
        How many the extension's loop may use; it uses them as the functions do.

    Returns
    -------
    tuple
        The Contestant, and by how much its time is to be multiplied where the plain loop has fewer streams.
    """
    reads = min(streams[0], 2)
    words = max(1, buffers.size * buffers.dtype.itemsize // 4)
    plain = _ufuncs.plain_loop
    a = buffers.ones(0, words)
    b = buffers.ones(1, words) if reads == 2 else None
    out = a if in_place else buffers.ones(2, words)
    first, second, result = (array if array is None else array.view(np.uint32) for array in (a, b, out))
    if reads == 2 or in_place:
        second = np.uint32(0xFFFFFFFF) if second is None else second
        numpys = functools.partial(np.bitwise_and, first, second, out=result)
    else:
        numpys = functools.partial(np.copyto, result, first)
    ways = [numpys, functools.partial(plain, out, a, b, False), functools.partial(plain, out, a, b, True)]

    def run(loops, way):
        clock = time.perf_counter_ns
        way()   # caches and threads, as in LOOP
        start = clock()
        for _ in itertools.repeat(None, loops):
            way()
        return clock() - start

    trial = max(1, 2**16 // words)
    with fr.num_threads(threads):
        best = min(ways, key=lambda way: min(run(trial, way) for _ in range(3)))
    return Contestant(functools.partial(run, way=best), 1, threads), sum(streams) / (reads + 1)


@contextlib.contextmanager
def quiet_interpreter():
    """No garbage collection, no warnings from NumPy."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        with np.errstate(all="ignore"):
            yield
    finally:
        if enabled:
            gc.enable()


def settle():
    """Wait until no thread of this process is at work: idle ones may spin for a while, and the next turn is another process's."""
    for _ in range(200):
        used = time.process_time_ns()
        time.sleep(0.001)
        if time.process_time_ns() - used < 300_000:
            return


def measure(case, buffers, threads=(1,), budget=1.0, rounds=(3, 25), limits=None, against=(HERE["numpy"],), failed=None):
    """Time fastrelu (with each number of threads), other libraries and the memory's limit, turn by turn.

    Parameters
    ----------
    case : Case
    buffers : Buffers
    threads : sequence of int
        Numbers of threads for fastrelu, for the limit and for libraries that have threads.
    budget : float
        Seconds after which no further round begins.
    rounds : tuple of int
        The fewest and the most rounds.
    limits : dict, optional
        Kept by the caller over many cases: the plain loop's best time by its traffic, to which this adds. The limit is the
        fastest that was seen in the whole run.
    against : sequence of Library
        NumPy alone by default; those of peers.start take their turns in processes of their own.
    failed : callable, optional
        Hears why a library could not be measured, an Unusable, and that library is left out; by default it is raised.

    Returns
    -------
    list of dict
        One for each number of threads; "limit" is a key of `limits`.

    Raises
    ------
    Mismatch
        If fastrelu's results do not agree with NumPy's; nothing is timed then.
    """
    limits = {} if limits is None else limits
    check(case, buffers)
    with quiet_interpreter():
        began = time.perf_counter()
        theirs = {}     # (library, number of threads) → contestant
        alone = all(library.name in HERE for library in against)
        rest, seconds = (lambda: None, 0) if alone else (settle, TURN)

        def attempt(action, *arguments):
            try:
                return action(*arguments)
            except Unusable as error:
                if failed is None:
                    raise
                failed(error)

        for library in against:
            for n in threads if library.threaded else threads[:1]:
                theirs[library.name, n] = attempt(library.contestant, case, buffers, n)
        mine = {n: HERE["fastrelu"].contestant(case, buffers, n) for n in threads}
        plain = {n: limit(case.streams, case.in_place, buffers, n) for n in threads}
        field = [*(one for one in theirs.values() if one), *mine.values(), *(one for one, _ in plain.values())]
        for one in field:
            attempt(one.calibrate)
            rest()
        field = [one for one in field if one.loops]
        for i in range(rounds[1]):
            for one in field[i % len(field):] + field[:i % len(field)]:    # nobody always follows the same one
                attempt(one.turn, seconds)
                rest()
            if i + 1 >= rounds[0] and time.perf_counter() - began > budget:
                break
    results = []
    for n in threads:
        traffic = (*case.streams, case.in_place, buffers.dtype.itemsize, buffers.size, n)
        one, scale = plain[n]
        limits[traffic] = min([limits.get(traffic, float("inf")), min(one.times) * scale * 1e-9])
        peers = {library.name: theirs.get((library.name, n if library.threaded else threads[0])) for library in against}
        results.append({
            "name": case.name, "direction": case.direction, "dtype": str(buffers.dtype), "size": buffers.size,
            "shape": list(buffers.shape), "threads": n, "bytes": sum(case.streams) * buffers.size * buffers.dtype.itemsize,
            "fastrelu": mine[n].result(),
            "peers": {name: one.result() for name, one in peers.items() if one and one.times}, "limit": traffic})
    return results


def derive(result, limits):
    """Add what follows from the times: ns_per_element, gb_per_s, ratios (times faster than each peer), limit_s, limit_share."""
    best = result["fastrelu"]["min_s"]
    least = limits[tuple(result["limit"])] if isinstance(result["limit"], (tuple, list)) else result["limit"]
    return {**{key: value for key, value in result.items() if key != "limit"},
            "ns_per_element": best * 1e9 / result["size"], "gb_per_s": result["bytes"] / best / 1e9,
            "ratios": {name: time["min_s"] / best for name, time in result["peers"].items()},
            "limit_s": least, "limit_share": least / best}


def geometric_means(results, peer):
    """direction → threads → the geometric mean of the ratios to one peer, over results that `derive` has seen.

    Where a size was measured with one number of threads only (small arrays are), that result counts for all numbers, so that all
    means are of the same sizes.
    """
    places = {}
    for result in results:
        if peer in result["ratios"]:
            place = (result["direction"], result["name"], result["dtype"], result["size"])
            places.setdefault(place, {})[result["threads"]] = result["ratios"][peer]
    found = {}
    for (direction, *_), ratios in places.items():
        only = next(iter(ratios.values())) if len(ratios) == 1 else None
        for n in sorted({result["threads"] for result in results}):
            if n in ratios or only:
                found.setdefault(direction, {}).setdefault(n, []).append(ratios.get(n, only))
    mean = statistics.geometric_mean
    return {direction: {n: mean(values) for n, values in by_n.items()} for direction, by_n in found.items()}


def memory_for(size, dtype, processes=0):
    """Bytes that measuring arrays of this size takes, at most, and bytes that are free (None: unknown). Of the arrays that a
    process has, a peer's needs half."""
    need = size * (np.dtype(dtype).itemsize * (len(Buffers.NAMES) - len(Buffers.SMALL) + 6) + 1) * (1 + processes / 2)
    try:
        with open("/proc/meminfo") as file:
            free = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        try:
            free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            free = None
    return need, free
