# SPDX-License-Identifier: BSD-3-Clause
"""The command `certify`: the worst error of every function on this machine, against the documented formula in long double."""
import collections
import concurrent.futures
import contextlib
import functools
import importlib.util
import itertools
import sys

import numpy as np

import fastrelu as fr

from .. import _ufuncs
from .._registry import functions
from .._rows import rows
from . import cli, reference, timing

ABOUT = ("Measure the error of every function and derivative on every instruction set of this machine. The reference is "
         "the documented formula in long double, which shares nothing with the kernels. Exits with 1 where a promise is "
         "broken or two instruction sets differ in a byte.")
EXAMPLES = """\
  python -m fastrelu certify                      all, in about 10 seconds
  python -m fastrelu certify hardswish relu_backward --dtype float64
  python -m fastrelu certify --all hardswish      all 2^32 inputs, in minutes
  python -m fastrelu certify --against torch,numpy   on the same inputs
  python -m fastrelu certify --json results.json
"""
CHUNK = 1 << 16     # elements whose long doubles stay in the cache
ROWS = [row for row in rows.values() if row.record.max_ulp]


class Unavailable(Exception):
    """A peer that is not installed, or lacks the function."""


class Tally:
    """What is known of the error of one implementation of one function."""

    def __init__(self):
        self.count = self.over_half = self.over_one = self.broken = 0
        self.worst, self.at = 0.0, None

    def add(self, x, error, broken):
        if not error.size:
            return
        self.count += error.size
        self.over_half += int((error > 0.5).sum())
        self.over_one += int((error > 1).sum())
        self.broken += int(broken.sum())
        most = int(np.argmax(error))
        if self.at is None or error[most] > self.worst:
            self.worst, self.at = float(error[most]), float(x[most])

    def merge(self, other):
        for name in ("count", "over_half", "over_one", "broken"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.at is not None and (self.at is None or other.worst > self.worst):
            self.worst, self.at = other.worst, other.at

    def as_dict(self):
        return {"max_ulp": self.worst, "at": self.at, "inputs": self.count, "over_half": self.over_half,
                "over_one": self.over_one, "broken": self.broken}


def inputs(kernel, dtype, count):
    """Chunks of inputs: about `count`, spread evenly over all bit patterns, around every knee and the worst inputs
    known; None is all of them."""
    bits = 8 * np.dtype(dtype).itemsize
    unsigned = np.dtype(f"u{bits // 8}")
    if count is None:
        for begin in range(0, 1 << bits, CHUNK):
            yield np.arange(begin, begin + CHUNK, dtype=np.uint64).astype(unsigned).view(dtype)
        return
    yield reference.knees(kernel, dtype, kernel.needed)
    rng = np.random.default_rng(0)
    for begin in range(0, count // 2, CHUNK):   # every exponent alike, at random places between the strata
        number = np.arange(begin, min(begin + CHUNK, count // 2))
        step = (1 << bits) / (count // 2)
        yield np.minimum((number + rng.random(number.size)) * step, 2.0**bits * (1 - 2.0**-53)).astype(unsigned).view(dtype)
    for begin in range(0, count // 2, CHUNK):   # and where networks live
        yield rng.normal(0, 4, min(CHUNK, count // 2 - begin)).astype(dtype)


def operands_at(kernel, x):
    """The array operands: x, dy = 1, and factors of every size."""
    with np.errstate(over="ignore"):
        factors = np.resize(np.array([1, -0.3, 7, 1e-30, 3e4, -1e30]).astype(x.dtype), x.shape)
    others = {kernel.variable: x, "up": factors if kernel.direction == "forward" else np.ones_like(x)}
    return [others.get(name, np.ones_like(x)) for name in kernel.inputs]


def on(isa, function):
    """The function on one instruction set."""
    def call(*operands):
        before = _ufuncs.isa()
        _ufuncs.init(isa)
        try:
            return function(*operands)
        finally:
            _ufuncs.init(before)
    return call


def ours(kernel, isa):
    """kernel on one instruction set, as a function of x, whose operands are operands_at(kernel, x)."""
    def call(x):
        result = kernel.ufunc(*operands_at(kernel, x), *kernel.needed)
        return result[0] if isinstance(result, tuple) else result
    return on(isa, call)


def numpys(kernel, _):
    """The registry's NumPy idiom."""
    case = timing.Case(kernel)
    if not case.comparable():
        raise Unavailable
    code = compile(kernel.idiom, kernel.name, "exec")

    def call(x):
        buffers = timing.Buffers(x.shape, x.dtype)
        buffers.arrays = dict(zip(kernel.inputs, operands_at(kernel, x), strict=True))
        scope = buffers.scope(case, [kernel.idiom])
        with np.errstate(all="ignore"):
            exec(code, scope)   # the registry's own strings
        return scope["out"]
    return call


def torchs(kernel, dtype):
    """PyTorch's function, or its gradient by autograd."""
    try:
        import torch
    except ImportError:
        raise Unavailable from None
    expression = kernel.act.torch
    function = getattr(torch.nn.functional, kernel.act.name, None) or getattr(torch, kernel.act.name, None)
    if kernel.direction == "backward_from_output" or not (expression or function) or not hasattr(torch, np.dtype(dtype).name):
        raise Unavailable
    if expression:
        code = compile(expression, kernel.name, "eval")

        def function(x, *others):
            named = dict(zip(kernel.act.inputs, (x, *others), strict=False))
            return eval(code, {"torch": torch, "F": torch.nn.functional, **named})   # the registry's own string
    required = kernel.needed
    if kernel.act.name == "prelu":
        required = (torch.full((1,), required[0], dtype=getattr(torch, np.dtype(dtype).name)),)

    def call(x):
        at, *others = (torch.from_numpy(a.copy()) for a in operands_at(kernel, x)[kernel.direction != "forward":])
        if kernel.direction == "forward":
            return function(at, *others, *required).numpy()
        at.requires_grad_()
        function(at, *others, *required).backward(torch.ones_like(at))
        return at.grad.numpy()
    return call


PEERS = {"torch": torchs, "numpy": numpys}


def contestants(kernel, dtype, isas, against):
    """name → function of x, of the instruction sets and of the peers that have the function."""
    found = {isa: ours(kernel, isa) for isa in isas}
    for peer in against:
        with contextlib.suppress(Unavailable):
            found[peer] = PEERS[peer](kernel, dtype)
    return found


def installed(lists, command):
    """The peers of --against that can be imported, each once; a sentence for every other."""
    found = list(dict.fromkeys(itertools.chain(*lists)))
    for peer in [peer for peer in found if importlib.util.find_spec(peer) is None]:
        print(f"fastrelu {command}: {peer} is not installed: it is left out; pip install {peer}", file=sys.stderr)
        found.remove(peer)
    return found


def with_reference(kernel, chunks):
    """(x, operands, exact values) of each chunk, in order; long doubles are computed ahead, one chunk a thread. A derivative from
    the output is asked for at what the function gives at the chunk."""
    def evaluate(x):
        if kernel.direction == "backward_from_output":
            x = kernel.act.forward(x, *kernel.needed)
        operands = operands_at(kernel, x)
        return x, operands, reference.exact(kernel, operands, kernel.needed)[0]

    threads = fr.get_num_threads()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        waiting = collections.deque()
        for x in chunks:
            waiting.append(pool.submit(evaluate, x))
            if len(waiting) > 2 * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def certify(kernel, dtype, functions, count=None, report=lambda done: None):
    """Measure implementations of one kernel on the same inputs.

    functions: name → function of x, as of `ours`; report: hears how many inputs each chunk had. Returns the tallies by name, and
    the names of those that differ from the first in a byte.
    """
    tallies = {name: Tally() for name in functions}
    different = set()
    bits = f"u{np.dtype(dtype).itemsize}"
    for x, operands, want in with_reference(kernel, inputs(kernel, dtype, count)):
        first = None
        for name, function in functions.items():
            got = function(x)
            same = first is not None and np.array_equal(got.view(bits), first.view(bits))
            if not same:
                tally, judged = Tally(), slice(None)
                if name in PEERS:   # what a derivative is at NaN is a convention
                    judged = ~np.isnan(x)
                tally.add(x[judged], *reference.judge(
                    kernel, got[judged], want[judged], [a[judged] for a in operands], kernel.needed))
            if first is None:
                first, first_tally = got, tally
            elif not same:
                different.add(name)
            tallies[name].merge(first_tally if same else tally)
        report(x.size)
    return tallies, different


def inputs_of_rows(dtype, count):
    """Arrays of rows, `count` elements in all: short and long, flat and peaked, far from 0, with -inf among them."""
    rng = np.random.default_rng(0)
    widest = 8 if np.dtype(dtype) == np.float16 else 1000    # or its largest number would be passed
    while count > 0:
        n = int(2 ** rng.uniform(0, 13))
        x = rng.standard_normal((max(1, CHUNK // 4 // n), n)) * rng.uniform(0, 1) * 2 ** rng.uniform(-4, np.log2(widest))
        x += rng.uniform(-widest, widest, (len(x), 1)) * rng.choice([0, 1, 8])
        x[rng.random(x.shape) < rng.choice([0, 0.1])] = -np.inf
        x[:, 0] = np.where(np.isfinite(x[:, 0]), x[:, 0], 0)
        yield x.astype(dtype)
        count -= x.size


def certify_rows(row, dtype, functions, count):
    """The same of a function of rows: tallies by name, and the names of those that differ from the first in a byte."""
    tallies, different, bits = {name: Tally() for name in functions}, set(), f"u{np.dtype(dtype).itemsize}"
    for x in inputs_of_rows(dtype, count):
        want, first = reference.exact_rows(row, [x]), None
        for name, function in functions.items():
            got = function(x)
            first = got if first is None else first
            if not np.array_equal(got.view(bits), first.view(bits)):
                different.add(name)
            error = reference.ulp_error(got, want).ravel()
            tallies[name].add(x.ravel(), error, error > reference.rows_bound(row, dtype))
    return tallies, different


def arguments(parser):
    """Add the options of `certify` to an argparse parser."""
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="activations, softmax, log_softmax, or single functions such as relu_backward (default: all)")
    parser.add_argument("--all", action="store_true", help="every input of the dtype: 2^32 of float32, 65,536 of 16-bit types")
    parser.add_argument("--inputs", type=cli.elements, metavar="N",
                        help="inputs a function (default: for 10 seconds in all)")
    parser.add_argument("--dtype", default="float32", metavar="DTYPE", help="element type (default: float32)")
    parser.add_argument("--isa", nargs="+", metavar="ISA", help="instruction sets (default: all that this machine has)")
    parser.add_argument("--against", nargs="+", type=cli.names_of(PEERS), default=[], metavar="PEER",
                        help="measure these on the same inputs: torch, numpy")
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-",
                        help="write the results as JSON too; - or nothing: standard output, and the table to standard error")


def choose(names):
    """The kernels that are named. ValueError for an unknown name, with the nearest ones."""
    found = []
    known = [*dict.fromkeys(k.act.name for k in functions.values()), *(row.name for row in ROWS)]
    for name in names or known:
        mine = [k for k in functions.values() if name in (k.name, k.act.name)] + [row for row in ROWS if row.name == name]
        if not mine:
            raise ValueError(cli.no_such(name, [*known, *functions], known))
        found += mine
    return list(dict.fromkeys(found))


def usable(words):
    """The instruction sets to measure. ValueError for one that is not there."""
    there = [name for name, can in _ufuncs.isas().items() if can]
    for word in words or ():
        if word not in there:
            raise ValueError(f"--isa: {word!r} cannot be used here; usable are {', '.join(there)}")
    return words or there


def run(args):
    """Run `certify` with parsed arguments; the exit status."""
    try:
        kernels, isas, dtype = choose(args.names), usable(args.isa), cli.dtype_of(args.dtype)
        kernels = [k for k in kernels if k.keeps(dtype)]
        if not kernels or dtype.kind in "iu":
            raise ValueError(f"--dtype: {args.dtype} is not one of the floating types here")
        if args.all and dtype.itemsize > 4:
            raise ValueError("--all: float64 has too many inputs; use --inputs")
    except ValueError as error:
        print(f"fastrelu certify: {error}", file=sys.stderr)
        return 2
    # About 5 million inputs a 10 seconds, the long doubles of smooth functions included.
    count = None if args.all or dtype.itemsize == 2 else args.inputs or max(1 << 14, 5_000_000 // len(kernels))
    page = cli.Page(sys.stderr if args.json == "-" else sys.stdout)
    page.say(f"fastrelu {fr.__version__}, {dtype}: error in units in the last place, against long double", "bold")
    page.say(f"{'all inputs' if count is None else f'{count:,} inputs a function'}; instruction sets: {', '.join(isas)}", "dim")
    against = installed(args.against, "certify")
    results = []
    try:
        done, total = 0, (count or 1 << 8 * dtype.itemsize) * len(kernels)
        with page.progress(total) as show_progress:
            def advance(name, more):
                nonlocal done
                done += more
                show_progress(min(done, total), name)    # the knees come on top

            for kernel in kernels:
                advance(kernel.name, 0)
                results.append(one(kernel, dtype, isas, against, count, functools.partial(advance, kernel.name)))
    except KeyboardInterrupt:
        page.say("interrupted; this is what was measured:", "yellow")
    show(page, results, against)
    if args.json:
        cli.write_json({"version": fr.__version__, "dtype": str(dtype), "inputs": count, "results": results}, args.json)
    return int(any(r["different"] or any(t["broken"] for t in r["isas"].values()) for r in results))


def one(kernel, dtype, isas, against, count, report):
    """The result of one kernel, as plain data."""
    if kernel in ROWS:
        tallies, different = certify_rows(kernel, dtype, {isa: on(isa, kernel.ufunc) for isa in isas}, count or 1 << 20)
        promised = reference.rows_bound(kernel, dtype)
        report(count or 1 << 8 * dtype.itemsize)
    else:
        tallies, different = certify(kernel, dtype, contestants(kernel, dtype, isas, against), count, report)
        promised = reference.bound(kernel, dtype, kernel.needed)
    return {"function": kernel.name, "promised": promised,
            "isas": {isa: tallies[isa].as_dict() for isa in isas}, "different": sorted(different & set(isas)),
            "peers": {peer: tallies[peer].as_dict() for peer in against if peer in tallies}}


def ulps(value):
    return "wrong" if value == np.inf else f"{value:.3g}" if value < 1e4 else f"{value:.0e}"


def short(function):
    """sigmoid_backward as sigmoid′, sigmoid_backward_from_output as sigmoid′(y): a row must fit."""
    name, backward, rest = function.partition("_backward")
    return name + ("′" if backward else "") + ("(y)" if rest else "")


def share(count, total):
    return "" if not count else f"{count / total:.1%}" if count / total >= 0.0005 else "<0.1%"


def show(page, results, peers):
    """The table: a row a function, more where instruction sets differ."""
    page.say("′: the derivative from the input; ′(y): from the output; > 0.5: not correctly rounded\n", "dim")
    rows = []
    for r in results:
        isas = list(r["isas"])
        for i, isa in enumerate([isas[0], *r["different"]]):
            t = r["isas"][isa]
            bad = bool(t["broken"] or r["different"])
            rows.append([
                short(r["function"]) if i == 0 else f"  on {isa}",
                page.styled(ulps(t["max_ulp"]), "bold red" if bad else "green"), f"{r['promised']:g}",
                f"{t['at']:.6g}" if t["max_ulp"] else "", share(t["over_half"], t["inputs"]), share(t["over_one"], t["inputs"]),
                *(ulps(r["peers"][p]["max_ulp"]) if i == 0 and p in r["peers"] else "" for p in peers)])
    page.table(["", "max ulp", "promised", "at", "> 0.5", "> 1", *peers], rows)
    page.say()
    different = [short(r["function"]) for r in results if r["different"]]
    broken = [short(r["function"]) for r in results if any(t["broken"] for t in r["isas"].values())]
    if different:
        page.say(f"Instruction sets differ: {', '.join(different)}", "bold red")
    else:
        page.say("Every instruction set gives the same bytes.", "green")
    if broken:
        page.say(f"Promises broken: {', '.join(broken)}", "bold red")
    else:
        page.say("Every promise is kept.", "bold green")
