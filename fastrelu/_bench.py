# SPDX-License-Identifier: BSD-3-Clause
"""Measuring: every function against the best plain-NumPy idiom, and both against what the memory allows.

A Case is one function of the registry in one direction; Buffers are the arrays it works on; `check` compares its result with the
idiom's; `measure` times the two, and a plain loop of the same traffic, turn by turn. The command `bench` and the suite in
benchmarks/ are both made of these.
"""
import ast
import contextlib
import dataclasses
import functools
import gc
import itertools
import os
import statistics
import time

import numpy as np

import fastrelu as fr

from . import _ufuncs

DIRECTIONS = {
    "forward": "forward",
    "backward": "backward",
    "backward_from_output": "from output",
    "forward_": "forward, in place",
    "backward_": "backward, in place",
    "backward_from_output_": "from output, in place",
}
REQUIRED = 0.25     # stands for a parameter that has no default
ROUND = 300_000     # ns that a round should last: nothing to the clock, and threads are at work
BURST = 16384       # bytes of in-place input that are used up between two refreshes: they stay in the first-level cache


class Mismatch(Exception):
    """fastrelu and the NumPy idiom do not agree."""


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
    """A function of the registry in one direction."""

    name: str
    direction: str

    def __str__(self):
        return self.function

    @property
    def in_place(self):
        return self.direction.endswith("_")

    @property
    def kind(self):
        """The direction without "in place"."""
        return self.direction.removesuffix("_")

    @property
    def function(self):
        """The name under which fastrelu has it."""
        return (self.name if self.kind == "forward" else f"{self.name}_{self.kind}") + "_" * self.in_place

    @property
    def inputs(self):
        return {"forward": ("x",), "backward": ("dy", "x"), "backward_from_output": ("dy", "y")}[self.kind]

    @functools.cached_property
    def params(self):
        return {name: REQUIRED if value is None else value for name, value in fr.get(self.name).params.items()}

    @functools.cached_property
    def outputs(self):
        return ("out", "out2")[:getattr(getattr(fr.get(self.name), self.kind), "nout", 1)]

    @property
    def streams(self):
        """How many arrays are read and how many are written, an element at a time: the traffic of a perfect loop."""
        return len(self.inputs), len(self.outputs)

    @property
    def idiom(self):
        """The registry's NumPy statements, or None."""
        return fr.get(self.name).numpy.get(self.kind)

    def exists(self):
        return getattr(fr.get(self.name), self.direction, None) is not None

    def supports(self, dtype):
        """Whether the function keeps this dtype."""
        one = np.ones(1, dtype)
        try:
            result = getattr(fr.get(self.name), self.kind)(*[one] * len(self.inputs), *self.params.values())
        except TypeError:
            return False
        return (result[0] if isinstance(result, tuple) else result).dtype == one.dtype

    def ours(self):
        """The call of fastrelu, as a Python statement. Defaults are left out, as a user does."""
        required = [repr(self.params[name]) for name, value in fr.get(self.name).params.items() if value is None]
        out = self.outputs[0] if len(self.outputs) == 1 else f"({', '.join(self.outputs)})"
        return f"fr.{self.function}({', '.join([*self.inputs, *required, *([] if self.in_place else [f'out={out}'])])})"

    def numpys(self):
        """The idiom, as Python statements, without the copies that make it safe with out=x where they are not needed."""
        statements = ast.parse(self.idiom).body
        target = self.inputs[0]
        copy = "np.copyto(out, {})".format
        found = [ast.unparse(s) for s in statements]
        if not self.in_place and found[-1] == copy("t") and not any("out=out" in s for s in found):
            for node in ast.walk(ast.Module(statements[:-1], [])):
                if isinstance(node, ast.Name) and node.id == "t":
                    node.id = "out"
            return [ast.unparse(s) for s in statements[:-1]]
        if not self.in_place:
            return found
        found = [s for s in found if s != copy(target)]
        if not safe_in_place(self):
            return ["result = out", "out = spare", *found, f"np.copyto({target}, out)", "out = result"]
        return found

    def needs_scipy(self):
        return self.idiom is not None and any(
            isinstance(node, ast.Name) and node.id == "special" for node in ast.walk(ast.parse(self.idiom)))

    def comparable(self):
        """Whether the idiom can run here."""
        return self.idiom is not None and not (self.needs_scipy() and special() is None)


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
    found = [Case(name, direction) for direction in directions or DIRECTIONS for name in names or fr.names()]
    return [case for case in found if case.exists()]


class Buffers:
    """The arrays of a measurement, made when first asked for: inputs x, dy, y; results out, out2; scratch t, t2, m, spare.

    Inputs are normal with standard deviation 3: every branch of every function is taken, in no order. `make(shape, dtype,
    number)` makes one array, of any layout.
    """

    def __init__(self, shape, dtype=np.float32, make=array_of):
        self.shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.dtype = np.dtype(dtype)
        self.make = make
        self.size = int(np.prod(self.shape))
        self.arrays = {}
        self.y_of = None

    NAMES = ("x", "dy", "y", "out", "out2", "t", "t2", "m", "spare")

    def __getitem__(self, name):
        if name not in self.arrays:
            dtype = np.bool_ if name == "m" else self.dtype
            array = self.make(self.shape, dtype, self.NAMES.index(name))
            if name in ("x", "dy"):
                self.fill(array, self.NAMES.index(name))
            else:
                array.fill(0)   # its pages exist before it is timed
            self.arrays[name] = array
        return self.arrays[name]

    def fill(self, array, seed):
        """Random values; long arrays repeat a block, at places that are no round number."""
        block = np.random.default_rng(seed).normal(0, 3, min(self.size, 999_983))
        if self.dtype.kind in "iu":
            block = np.clip(np.rint(block), 0 if self.dtype.kind == "u" else -100, 100)
        array[...] = np.resize(block.astype(self.dtype), self.size).reshape(self.shape)

    def ones(self, number, words):
        """float32 ones, for the plain loop."""
        if number not in self.arrays:
            self.arrays[number] = array_of(words, np.float32, len(self.NAMES) + number)
            self.arrays[number].fill(1)
        return self.arrays[number]

    def prepare(self, case):
        """Make sure that y is this function's output."""
        if "y" in case.inputs and self.y_of != case.name:
            fr.get(case.name).forward(self["x"], *case.params.values(), out=self["y"])
            self.y_of = case.name

    def scope(self, case, statements):
        """What the statements name: these arrays, the parameters and modules. No other arrays are made: they may not fit."""
        used = {node.id for s in statements for node in ast.walk(ast.parse(s)) if isinstance(node, ast.Name)}
        arrays = {name: self[name] for name in self.NAMES if name in used or name in case.inputs + case.outputs}
        return {**arrays, **case.params, "np": np, "fr": fr, "special": special()}


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


def check(case, buffers):
    """Compare fastrelu's result with the idiom's.

    The idiom rounds every step, so it may be off by a few roundings of the largest number it meets: 16 of them are allowed, of
    the sum of 1 and all operands' magnitudes. A wrong branch or slope is far outside.

    Raises
    ------
    Mismatch
        With the place and the values.
    """
    buffers.prepare(case)
    scope = buffers.scope(case, [case.ours()])
    ours = [np.empty(buffers.shape, buffers.dtype) for _ in case.outputs]
    if case.in_place:
        target = case.inputs[0]
        ours[0][...] = buffers[target]
        result = eval(case.ours(), {**scope, target: ours[0]})
        if isinstance(result, tuple):
            ours[1:] = result[1:]
    else:
        exec(case.ours(), {**scope, **dict(zip(case.outputs, ours, strict=True))})
    if not case.comparable():
        return
    numpys = [np.empty(buffers.shape, buffers.dtype) for _ in case.outputs]
    scope = buffers.scope(case, case.numpys())
    scope.update(zip(case.outputs, numpys, strict=True))
    if case.in_place:
        numpys[0][...] = buffers[case.inputs[0]]
        scope[case.inputs[0]] = numpys[0]
    with np.errstate(all="ignore"):
        exec("\n".join(case.numpys()), scope)
    tolerance = 16 * epsilon(buffers.dtype)
    flat = [np.ravel(a) for a in (*ours, *numpys, *(buffers[name] for name in case.inputs))]
    count = len(case.outputs)
    for begin in range(0, buffers.size, 65536):     # in pieces: doubles of everything would not fit
        piece = [_plain(a[begin:begin + 65536]) for a in flat]
        operands = 1 + sum(np.abs(a) for a in piece[2 * count:])
        for mine, its in zip(piece[:count], piece[count:2 * count], strict=True):
            wrong = ~(np.abs(mine - its) <= tolerance * (operands + np.abs(its)))
            if wrong.any():
                i = int(np.argmax(wrong))
                at = ", ".join(f"{name} = {a[i]:.9g}" for name, a in zip(case.inputs, piece[2 * count:], strict=True))
                raise Mismatch(f"{case.function}, {buffers.dtype}, {buffers.size} elements: {mine[i]:.9g} at element "
                               f"{begin + i}, where NumPy has {its[i]:.9g} ({at})")


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
    loops: int = 0
    times: list = dataclasses.field(default_factory=list)

    def calibrate(self):
        """Set loops so that a round lasts."""
        self.loops, took = 1, 0
        while True:
            with fr.num_threads(self.threads):
                took = self.run(self.loops)
            if took >= ROUND or self.loops >= 10**7:
                return
            self.loops = max(self.loops + 1, min(self.loops * 10, int(self.loops * 1.2 * ROUND / max(took, 1)) + 1))

    def round(self):
        with fr.num_threads(self.threads):
            self.times.append(max(self.run(self.loops), 0) / (self.loops * self.calls))

    def result(self):
        """As JSON has it, in seconds a call."""
        return {"min_s": min(self.times) * 1e-9, "median_s": statistics.median(self.times) * 1e-9, "rounds": len(self.times),
                "calls_per_round": self.loops * self.calls}


def _program(case, buffers, who):
    """The statements of "fastrelu" or "numpy", what they name, and how many calls a pass over the in-place pool makes."""
    buffers.prepare(case)
    statements = [case.ours()] if who == "fastrelu" else case.numpys()
    scope = buffers.scope(case, statements)
    if not case.in_place:
        return statements, scope, 1
    target = case.inputs[0]
    fresh = buffers[target]
    calls = max(1, BURST // max(1, fresh.nbytes))
    if calls > 1:
        pool = array_of((calls, *buffers.shape), buffers.dtype, len(Buffers.NAMES))
        views = list(pool)
    else:
        pool = buffers["out"]   # nothing else needs it
        views = [pool]
    if who == "numpy":
        statements = [f"out = {target}", *statements]
    return statements, {**scope, "pool": pool, "views": views, "fresh": fresh}, calls


def _compiled(source, argument, scope):
    # All names become locals, as they would be in a program.
    names = ", ".join([*([argument] if argument else []), *(f"{name}={name}" for name in scope)])
    exec(source.strip().replace(f"def run({argument}):", f"def run({names}):"), scope)
    return scope["run"]


def contestant(case, buffers, who, threads=1):
    """The timed loop of fastrelu's ("fastrelu") or NumPy's ("numpy") statements on these buffers."""
    statements, scope, calls = _program(case, buffers, who)
    scope |= {"repeat": itertools.repeat, "clock": time.perf_counter_ns, "clock_cost": clock_cost()}
    if case.in_place:
        source = IN_PLACE_LOOP.format(target=case.inputs[0], statements="\n            ".join(statements))
    else:
        big = buffers.size * buffers.dtype.itemsize > 2**25
        # One call beforehand fills the caches and wakes the threads; it is nothing to an array larger than the caches.
        source = LOOP.format(warm="pass" if big else "\n    ".join(statements), statements="\n        ".join(statements))
    return Contestant(_compiled(source, "loops", scope), calls, threads)


def job(case, buffers, who):
    """The same for another stop-watch, such as pytest-benchmark's.

    Returns
    -------
    tuple
        run() makes `calls` calls; setup() is to go before each run(), untimed, and is None where nothing is to be refreshed.
    """
    statements, scope, calls = _program(case, buffers, who)
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


def measure(case, buffers, threads=(1,), budget=1.0, rounds=(3, 25), limits=None):
    """Time fastrelu (with each number of threads), the NumPy idiom and the memory's limit, turn by turn.

    Parameters
    ----------
    case : Case
    buffers : Buffers
    threads : sequence of int
        Numbers of threads for fastrelu and for the limit. NumPy's ufuncs use one.
    budget : float
        Seconds after which no further round begins.
    rounds : tuple of int
        The fewest and the most rounds.
    limits : dict, optional
        Kept by the caller over many cases: the plain loop's best time by its traffic, to which this adds. The limit is the
        fastest that was seen in the whole run.

    Returns
    -------
    list of dict
        One for each number of threads; "limit" is a key of `limits`.

    Raises
    ------
    Mismatch
        If the results do not agree; nothing is timed then.
    """
    limits = {} if limits is None else limits
    check(case, buffers)
    with quiet_interpreter():
        began = time.perf_counter()
        mine = {n: contestant(case, buffers, "fastrelu", n) for n in threads}
        numpys = contestant(case, buffers, "numpy") if case.comparable() else None
        plain = {n: limit(case.streams, case.in_place, buffers, n) for n in threads}
        field = [*([numpys] if numpys else []), *mine.values(), *(one for one, _ in plain.values())]
        for one in field:
            one.calibrate()
        for i in range(rounds[1]):
            for one in field[i % len(field):] + field[:i % len(field)]:    # nobody always follows the same one
                one.round()
            if i + 1 >= rounds[0] and time.perf_counter() - began > budget:
                break
    results = []
    for n in threads:
        traffic = (*case.streams, case.in_place, buffers.dtype.itemsize, buffers.size, n)
        one, scale = plain[n]
        limits[traffic] = min([limits.get(traffic, float("inf")), min(one.times) * scale * 1e-9])
        results.append({
            "name": case.name, "direction": case.direction, "dtype": str(buffers.dtype), "size": buffers.size, "threads": n,
            "bytes": sum(case.streams) * buffers.size * buffers.dtype.itemsize,
            "fastrelu": mine[n].result(), "numpy": numpys and numpys.result(), "limit": traffic})
    return results


def derive(result, limits):
    """Add what follows from the times: ns_per_element, gb_per_s, ratio (times faster than NumPy), limit_s and limit_share."""
    best = result["fastrelu"]["min_s"]
    least = limits[tuple(result["limit"])] if isinstance(result["limit"], (tuple, list)) else result["limit"]
    return {**{key: value for key, value in result.items() if key != "limit"},
            "ns_per_element": best * 1e9 / result["size"], "gb_per_s": result["bytes"] / best / 1e9,
            "ratio": result["numpy"] and result["numpy"]["min_s"] / best, "limit_s": least, "limit_share": least / best}


def geometric_means(results):
    """direction → threads → the geometric mean of `ratio`, over results that `derive` has seen.

    Where a size was measured with one number of threads only (small arrays are), that result counts for all numbers, so that all
    means are of the same sizes.
    """
    places = {}
    for result in results:
        if result["ratio"]:
            place = (result["direction"], result["name"], result["dtype"], result["size"])
            places.setdefault(place, {})[result["threads"]] = result["ratio"]
    found = {}
    for (direction, *_), ratios in places.items():
        only = next(iter(ratios.values())) if len(ratios) == 1 else None
        for n in sorted({result["threads"] for result in results}):
            if n in ratios or only:
                found.setdefault(direction, {}).setdefault(n, []).append(ratios.get(n, only))
    return {direction: {n: statistics.geometric_mean(values) for n, values in by_n.items()} for direction, by_n in found.items()}


def memory_for(size, dtype):
    """Bytes that measuring arrays of this size takes, at most, and bytes that are free (None: unknown)."""
    need = size * (np.dtype(dtype).itemsize * (len(Buffers.NAMES) + 6) + 1)
    try:
        with open("/proc/meminfo") as file:
            free = next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        try:
            free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, OSError, ValueError):
            free = None
    return need, free
