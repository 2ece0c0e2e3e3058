# SPDX-License-Identifier: BSD-3-Clause
"""The command `bench`: chooses what to measure, shows progress, and prints the table. The measuring itself is in timing.py."""
import contextlib
import itertools
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

import fastrelu as fr

from . import cli, info, peers, timing

ABOUT = """Compare every function with the best plain-NumPy idiom or other libraries, and with what the memory allows. Each
result is checked before it is timed. The best of several interleaved rounds counts. NumPy gets scratch arrays that are allocated
beforehand, and one thread, for it has no more; other libraries have a process each and as many threads as fastrelu. The
parameters are the defaults; where there is none, 0.25, and 0.1 for a second."""
EXAMPLES = """\
  python -m fastrelu bench --quick
  python -m fastrelu bench --quick --dtype float64 --threads 1
  python -m fastrelu bench --ops NAME forward backward --sizes 4Ki 1Mi 32Mi
  python -m fastrelu bench --ops NAME_backward_
  python -m fastrelu bench --quick --json - > bench.json
  python -m fastrelu bench --quick --against torch,numexpr,numba,jax,onnxruntime
  python -m fastrelu bench --compare bench.json       measure the same again
  python -m fastrelu bench --compare old.json new.json

names for --ops:
  functions of fastrelu.names() and gated units;
  ROWS,
  in rows of LENGTH elements, or the divisor of the size nearest to that;
  directions forward, backward, backward_from_output, each with _ behind it
  for in place; or both in one word, as fastrelu spells them: NAME_backward_,
  bias_act_ for all of its activations, or 'bias_act_ NAME' for one
""".replace("NAME", fr.names()[0]).replace("LENGTH", str(timing.ROW)).replace("ROWS", ", ".join(dict.fromkeys(
    case.name.split()[0] for case in timing.CASES.values() if not case.elementwise)))

SIZES = (64, 2**10, 2**14, 2**18, 2**22, 2**25)
QUICK_SIZES = (2**20,)
QUICK_DIRECTIONS = ("forward", "backward", "backward_from_output", "forward_")
QUICK_SECONDS = 13      # for measuring; checking and calibrating come on top
ITEM_SECONDS = 0.6
CHANGED = 1.1           # times faster or slower that --compare calls a change
EVEN = 1.05             # times faster or slower that is nobody's win
ALONE = 2**14           # elements below which fastrelu does not use threads, and one row is enough
SHORT = {direction: label.removeprefix("forward, ") for direction, label in timing.DIRECTIONS.items()}
COLUMN = {"numexpr": "nexpr", "onnxruntime": "onnx"}    # heads of narrow columns


def arguments(parser):
    """Add the options of `bench` to an argparse parser."""
    parser.add_argument("--quick", action="store_true", help="one size, one line a function; 20 seconds a library")
    parser.add_argument("--ops", nargs="+", metavar="NAME", help="functions and directions to measure (default: all)")
    parser.add_argument("--sizes", nargs="+", type=cli.elements, metavar="N", help="elements: 64 16Ki 32Mi (default: 64 to 32Mi)")
    parser.add_argument("--dtype", nargs="+", metavar="DTYPE", help="element types (default: float32)")
    parser.add_argument("--threads", nargs="+", type=cli.count, metavar="N", help="threads: numbers or all (default: 1 all)")
    parser.add_argument("--against", nargs="+", type=cli.names_of(peers.NAMES), metavar="PEER",
                        help=f"libraries to compare with: {', '.join(peers.NAMES)} (default: numpy)")
    parser.add_argument("--compare", nargs="+", metavar="FILE",
                        help="results of an earlier run, to measure the same again and compare; or of two runs")
    parser.add_argument("--spread", type=cli.spread, metavar="S",
                        help="standard deviation of the inputs (default: 3, which takes every branch of every function)")
    parser.add_argument("--rows", action="store_true", help="with --quick too: one row for each measurement, with times and GB/s")
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-",
                        help="write all results as JSON too; - or nothing: standard output, and the table to standard error")


def named(op, words):
    """Those of the words that --ops means by one: itself, or all that stand with an activation behind it."""
    return [word for word in words if op in (word, word.split()[0])]


def choose(ops, quick):
    """The cases that --ops names. ValueError for an unknown name, with the nearest ones."""
    names, directions, exact = [], [], []
    for op in ops or ():
        if found := named(op, timing.NAMES):
            names += found
        elif op in timing.DIRECTIONS:
            directions.append(op)
        elif found := named(op, timing.CASES):
            exact += map(timing.CASES.get, found)
        else:
            words = [*timing.NAMES, *timing.DIRECTIONS]
            raise ValueError("--ops: " + cli.no_such(op, [*words, *timing.CASES], words))
    if exact and not names and not directions:
        found = exact
    else:
        found = exact + timing.cases(names or None, directions or (QUICK_DIRECTIONS if quick else None))
    found = list(dict.fromkeys(found))
    order = {direction: i for i, direction in enumerate(timing.DIRECTIONS)}
    if not found:
        raise ValueError(f"--ops: {' '.join(names)} {'have' if len(names) > 1 else 'has'} no {' or '.join(directions)}")
    return sorted(found, key=lambda case: (order[case.direction], timing.NAMES.index(case.name)))


# ---- numbers for people ----

def digits(value):
    """Two or three digits that count: 0.071, 0.71, 1.23, 45.6, 789."""
    places = 3 if value < 0.0995 else 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{places}f}"


def ns_text(value):
    """In four columns."""
    return f"{value:.2f}" if value < 9.995 else f"{value:.1f}" if value < 99.95 else f"{value:.0f}"


def time_text(seconds):
    unit, name = next((u for u in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")) if seconds >= u[0] * 0.9995), (1e-9, "ns"))
    return f"{digits(seconds / unit)} {name}"


def ratio_text(ratio, whole=99.5):
    """0.71×, 1.2×, 45.6×, 789×; without a decimal from `whole` on."""
    return "–" if ratio is None else f"{ratio:.{1 if ratio < whole else 0}f}×" if ratio >= 0.95 else f"{ratio:.2f}×"


def ratio_style(ratio):
    """Colour: green where faster than the other, red where slower."""
    if ratio is None or 1 / EVEN < ratio < EVEN:
        return ""
    return "bold green" if ratio >= 4 else "green" if ratio > 1 else "red"


def has_limit(result):
    """Whether the plain loop's time says anything: of a few kilobytes it is that of its call."""
    return result["size"] * np.dtype(cli.dtype_of(result["dtype"])).itemsize >= 32768


def share_text(result):
    return f"{100 * result['limit_share']:.0f}%" if has_limit(result) else "–"


def fastest(result):
    """The name of the fastest library in a cell, "even" where nobody is faster than fastrelu by more than noise, nor slower."""
    if not result["ratios"]:
        return "–"
    name, ratio = min(result["ratios"].items(), key=lambda item: item[1])
    return "fastrelu" if ratio >= EVEN else name if ratio <= 1 / EVEN else "even"


# ---- the table ----

class Report(cli.Page):
    """The tables of `bench`."""

    def rows(self, results, peer):
        """One row for each measurement, in a block for each direction and dtype."""
        several = len({r["dtype"] for r in results}) > 1
        for direction, label in timing.DIRECTIONS.items():
            for dtype in dict.fromkeys(r["dtype"] for r in results):
                block = [r for r in results if r["direction"] == direction and r["dtype"] == dtype]
                if not block:
                    continue
                self.say(label + (f" · {dtype}" if several else ""), "bold cyan")
                table, last = [], None
                for r in block:
                    known = last and last["name"] == r["name"]
                    its, ratio = r["peers"].get(peer), r["ratios"].get(peer)
                    again = known and last["size"] == r["size"] and its == last["peers"].get(peer)
                    table.append([
                        "" if known else r["name"], "" if known and last["size"] == r["size"] else cli.size_text(r["size"]),
                        str(r["threads"]), "" if again else time_text(its["min_s"]) if its else "–",
                        time_text(r["fastrelu"]["min_s"]), digits(r["ns_per_element"]), digits(r["gb_per_s"]), share_text(r),
                        self.styled(ratio_text(ratio), ratio_style(ratio))])
                    last = r
                self.table(["", "size", "thr", peer, "fastrelu", "ns/el", "GB/s", "limit", f"×{peer}"[:8]], table, first=12)
                self.say()

    def matrix(self, results, peers):
        """One row for each function and size, a column of ratios for each library, in a block for each direction, dtype and
        number of threads."""
        keys = dict.fromkeys((r["direction"], r["dtype"], r["threads"]) for r in results)
        for direction, dtype, threads in sorted(keys, key=lambda key: ([*timing.DIRECTIONS].index(key[0]), *key[1:])):
            self.say(f"{timing.DIRECTIONS[direction]} · {dtype} · {cli.threads_text(threads)}", "bold cyan")
            table, last = [], None
            for r in (r for r in results if (r["direction"], r["dtype"], r["threads"]) == (direction, dtype, threads)):
                ratios = [r["ratios"].get(peer) for peer in peers]
                table.append(["" if r["name"] == last else r["name"], cli.size_text(r["size"]), time_text(r["fastrelu"]["min_s"]),
                              *(self.styled(ratio_text(ratio, 9.95), ratio_style(ratio)) for ratio in ratios),
                              COLUMN.get(fastest(r), fastest(r))])
                last = r["name"]
            self.table(["", "size", "fastrelu", *(COLUMN.get(peer, peer) for peer in peers), "fastest"], table, 1, 12)
            self.say()

    def grid(self, results, peer):
        """One row for each function, a group of columns for each direction; results of one size, dtype and number of threads."""
        directions = [d for d in timing.DIRECTIONS if any(r["direction"] == d for r in results)]
        names = list(dict.fromkeys(r["name"] for r in results))
        name_width = max(map(len, names))
        columns = [("ns", 4, lambda r: ns_text(r["ns_per_element"]), lambda r: ""), ("lim.", 4, share_text, lambda r: ""),
                   ("×", 5, lambda r: ratio_text(r["ratios"].get(peer)), lambda r: ratio_style(r["ratios"].get(peer)))]
        while len(columns) > 1 and name_width + len(directions) * self.group_width(columns) - 1 > self.width:
            columns.pop(0)      # a narrow terminal: the ratio matters most
        width = self.group_width(columns)
        heads = " ".join(SHORT[d][:width - 1].center(width - 1) for d in directions)
        self.put(" " * name_width + self.styled(heads.rstrip(), "bold cyan"))
        titles = (" " + " ".join(title.rjust(w) for title, w, _, _ in columns) for _ in directions)
        self.put(" " * name_width + self.styled(" ".join(titles), "bold"))
        self.put(self.styled("─" * (name_width + width * len(directions) - 1), "dim"))
        at = {(r["name"], r["direction"]): r for r in results}
        for name in names:
            line = self.styled(name.ljust(name_width), "bold")
            for direction in directions:
                r = at.get((name, direction))
                for _, w, text, style in columns:
                    line += self.styled(" " + (text(r) if r else "").rjust(w), style(r) if r else "")
                line += " "
            self.put(line.rstrip())
        self.say()

    @staticmethod
    def group_width(columns):
        return 1 + sum(1 + width for _, width, _, _ in columns)


def summary(results, peer):
    """Geometric means per direction, a line for each number of threads."""
    means = timing.geometric_means(results, peer)
    if len(means) > 4:      # too long for a line
        return [f"{SHORT[d]:<22}" + "   ".join(f"{cli.threads_text(n)} {ratio_text(mean):>6}" for n, mean in by_threads.items())
                for d, by_threads in means.items()]
    lines = []
    for n in sorted({r["threads"] for r in results}):
        parts = [f"{SHORT[d]} {ratio_text(by_threads[n])}" for d, by_threads in means.items() if n in by_threads]
        if parts:
            lines.append(f"{cli.threads_text(n)}: " + " · ".join(parts))
    return lines


def header(report, libraries, plan):
    config = fr.show_config(mode="dicts")
    report.say(f"fastrelu {fr.__version__} ({config['instruction sets']['in use']}) against " + (
        f"{len(libraries)} libraries" if len(libraries) > 1 else
        f"the best plain-NumPy idiom (NumPy {np.__version__})" if libraries[0].name == "numpy" else libraries[0].label), "bold")
    what = f"{', '.join(map(str, plan.dtypes))}, {cli.size_text(plan.sizes[0])} elements" if len(plan.sizes) == 1 else \
        f"{', '.join(map(str, plan.dtypes))}, {cli.size_text(min(plan.sizes))} to {cli.size_text(max(plan.sizes))} elements"
    report.say(f"{info.cpu_model()}, {os.cpu_count()} CPUs · {what}, standard deviation {plan.spread:g}", "dim")
    for library in libraries:
        if library.name not in timing.HERE:
            versions = ", ".join(f"{package} {version}" for package, version in library.versions.items())
            report.say(f"{library.label}: {versions}; threads by {library.threads_by}", "dim")
    report.say("backward: the gradient from the saved input; from output: from the saved output", "dim")
    wide = [(case.name.split()[0], str(case.shape(size)[-1])) for case, _, size, _ in plan.items if not case.elementwise]
    if wide:
        names, lengths = (", ".join(dict.fromkeys(words)) for words in zip(*wide, strict=True))
        report.say(f"{names}: rows of {lengths} elements", "dim")


class Plan:
    """What is to be measured: items of (case, dtype, size, numbers of threads)."""

    def __init__(self, args, document=None):
        old = document and document["results"]
        self.spread = args.spread or (document or {}).get("spread", timing.SPREAD)
        if old:     # the same again
            args.ops = args.ops or list(dict.fromkeys(timing.spelled(r["name"], r["direction"]) for r in old))
            args.dtype = args.dtype or list(dict.fromkeys(r["dtype"] for r in old))
            args.sizes = args.sizes or [r["size"] for r in old]
            args.threads = args.threads or [r["threads"] for r in old]
        self.chosen = choose(args.ops, args.quick)
        self.dtypes = list(dict.fromkeys(cli.dtype_of(word) for word in args.dtype or ["float32"]))
        self.pairs = [(case, dtype) for case in self.chosen for dtype in self.dtypes if case.keeps(dtype)]
        for dtype in self.dtypes:
            if not any(d == dtype for _, d in self.pairs):
                usable = [word for word in ("float16", "float32", "float64")
                          if any(case.keeps(word) for case in self.chosen)]
                raise ValueError(f"--dtype: no function keeps {dtype}; use {', '.join(usable)}")
        self.sizes = list(dict.fromkeys(args.sizes or (QUICK_SIZES if args.quick else SIZES)))
        threads = sorted(set(args.threads or (1, fr.get_num_threads())))
        known = {(r["name"], r["direction"], r["dtype"], r["size"], r["threads"]) for r in old or ()}
        self.items = []
        for dtype, size in itertools.product(self.dtypes, self.sizes):
            # Those of one shape one after the other, for they share arrays.
            for case in sorted((case for case, d in self.pairs if d == dtype), key=lambda case: not case.elementwise):
                counts = threads if args.threads or size > ALONE else [1]
                counts = [n for n in counts if not old or (case.name, case.direction, str(dtype), size, n) in known]
                if counts:
                    self.items.append((case, dtype, size, counts))

    def drop_what_does_not_fit(self, processes, say):
        for dtype, size in itertools.product(self.dtypes, [*self.sizes]):
            need, free = timing.memory_for(size, dtype, processes)
            if free is not None and need > 0.8 * free and size in self.sizes:
                say(f"{cli.size_text(size)} elements left out: they need {need / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are free")
                self.sizes.remove(size)
        self.items = [item for item in self.items if item[2] in self.sizes]

    def order(self, result):
        place = {(case.name, case.direction): i for i, case in enumerate(self.chosen)}
        return place[result["name"], result["direction"]], result["dtype"], result["size"], result["threads"]


def measure(plan, libraries, report, quick, failures):
    """Measure all items with a progress bar. Returns the results and whether Ctrl-C ended it."""
    results, limits, interrupted, buffers = [], {}, False, None
    seconds = QUICK_SECONDS * len(libraries)
    began = time.perf_counter()
    with report.progress(len(plan.items)) as show_progress:
        try:
            for i, (case, dtype, size, counts) in enumerate(plan.items):
                show_progress(i, f"{case} {cli.size_text(size)}")
                if buffers is None or (buffers.shape, buffers.dtype) != (case.shape(size), dtype):
                    buffers = None      # the old ones go before the new ones come
                    buffers = timing.Buffers(case.shape(size), dtype, spread=plan.spread)
                left = seconds - (time.perf_counter() - began)
                budget = max(0.02, left / (len(plan.items) - i)) if quick else ITEM_SECONDS * (1 + len(libraries)) / 2
                try:
                    results += timing.measure(case, buffers, counts, budget, limits=limits, against=libraries,
                                              failed=failures.append)
                except timing.Mismatch as error:
                    failures.append(error)
        except KeyboardInterrupt:
            interrupted = True
    return sorted((timing.derive(result, limits) for result in results), key=plan.order), interrupted


def complain(line):
    print(f"fastrelu bench: {line}", file=sys.stderr)


def load(file):
    """The document that --json wrote to a file. ValueError says what is wrong with it."""
    try:
        document = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
        if all("min_s" in r["fastrelu"] and "peers" in r for r in document["results"]) and document["machine"]["CPU"]:
            return document
    except OSError as error:
        raise ValueError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError(f"{file} is not what `fastrelu bench --json {file}` writes")


def run(args):
    """The command. Returns the exit status."""
    try:
        if len(args.compare or ()) > 2:
            raise ValueError(f"--compare: one file or two; there are {len(args.compare)}")
        documents = [load(file) for file in args.compare or ()]
        plan = Plan(args, *documents) if len(documents) < 2 else None
    except ValueError as error:
        args.parser.error(str(error))
    report = Report(sys.stderr if args.json == "-" else sys.stdout)
    if plan is None:
        compare(report, *documents, args.rows)
        return 0
    failures = []
    wanted = list(dict.fromkeys(itertools.chain(*(args.against or [["numpy"]]))))
    with contextlib.ExitStack() as stack:
        libraries = stack.enter_context(peers.start(wanted, complain))
        plan.drop_what_does_not_fit(sum(library.name not in timing.HERE for library in libraries), complain)
        if not plan.items or not libraries:
            return 2
        header(report, libraries, plan)
        if any(not case.comparable() for case, _ in plan.pairs if case.needs_scipy()):
            report.say("SciPy is not installed: functions whose idiom needs scipy.special are timed without comparison", "yellow")
        report.say()
        results, interrupted = measure(plan, libraries, report, args.quick, failures)
    wrong = [str(failure) for failure in failures if isinstance(failure, timing.Mismatch)]
    document = {
        "fastrelu": fr.__version__, "machine": info.collect(), "spread": plan.spread, "interrupted": interrupted,
        "mismatches": wrong,
        "peers": {library.name: {"versions": library.versions, "threads by": library.threads_by} for library in libraries},
        "results": results,
        "geometric_means": {library.name: timing.geometric_means(results, library.name) for library in libraries}}
    if documents:
        compare(report, documents[0], document, args.rows)
    else:
        show(report, results, args, libraries, plan)
    for failure in failures:
        complain(("WRONG RESULT: " if str(failure) in wrong else "left out: ") + str(failure))
    if interrupted:
        complain(f"interrupted; {len(results)} results of {sum(len(item[3]) for item in plan.items)}")
    if args.json:
        cli.write_json(document, args.json)
    return 1 if wrong else 130 if interrupted else 0


def show(report, results, args, libraries, plan):
    """The table and the closing lines."""
    if not results:
        return
    counts = sorted({r["threads"] for r in results})
    label, peer = libraries[0].label, libraries[0].name
    if len(libraries) > 1:
        report.matrix(results, [library.name for library in libraries])
        report.say("fastrelu  its time for a call\n"
                   "others    how many times as long they take: below 1 they are faster\n"
                   f"fastest   by more than {EVEN - 1:.0%}; else even        –: has no such function", "dim")
    elif args.quick and not args.rows and len(plan.sizes) == 1 and len({r["direction"] for r in results}) <= 4:
        for dtype in map(str, plan.dtypes):
            part = [r for r in results if r["dtype"] == dtype and r["threads"] == counts[0]]
            if part:
                if len(plan.dtypes) > 1:
                    report.say(dtype, "bold")
                report.grid(part, peer)
        report.say(f"ns    nanoseconds per element, {cli.threads_text(counts[0])}\n"
                   "lim.  share of the speed of a plain loop that reads and writes as much\n"
                   f"×     times as fast as {label:<22}(--rows: with times and GB/s)", "dim")
    else:
        report.rows(results, peer)
        report.say("thr     threads of fastrelu" + ("" if libraries[0].threaded else f"; {label} uses 1") + "\n"
                   "ns/el   nanoseconds per element\n"
                   "limit   share of the speed of a plain loop that reads and writes as much\n"
                   f"×       times as fast as {label}", "dim")
    for library in libraries:
        lines = summary(results, library.name)
        if lines:
            report.say()
            report.say(f"Times as fast as {library.label}, geometric mean", "bold")
            for line in lines:
                report.say(f"  {line}", "bold green")
    if peer != "numpy" or len(libraries) > 1:
        verdict(report, results)


def verdict(report, results):
    """Who is fastest how often, and every cell where it is not fastrelu."""
    wins = [fastest(r) for r in results]
    report.say()
    order = sorted(set(wins) - {"–"}, key=lambda name: (-wins.count(name), name))
    report.say("Fastest: " + ", ".join(f"{COLUMN.get(name, name)} {wins.count(name)}" for name in order)
               + f" of {len(wins) - wins.count('–')} cells", "bold")
    for r, name in zip(results, wins, strict=True):
        if name not in ("fastrelu", "even", "–"):
            report.say(f"  {timing.spelled(r['name'], r['direction'])} · {r['dtype']} · {cli.size_text(r['size'])} · "
                       f"{cli.threads_text(r['threads'])}: {COLUMN.get(name, name)} {ratio_text(r['ratios'][name])}", "red")


def compare(report, old, new, everything):
    """The table of two runs: cells that changed, or all."""
    key = ("name", "direction", "dtype", "size", "threads")
    before = {tuple(r[k] for k in key): r for r in old["results"]}
    pairs = [(before[where], r) for r in new["results"] if (where := tuple(r[k] for k in key)) in before]
    if not pairs:
        report.say("The two runs have no measurement in common.", "yellow")
        return
    models = [document["machine"]["CPU"]["model"] for document in (old, new)]
    if models[0] != models[1]:
        report.say(f"These were different machines: {models[0]} and {models[1]}.", "yellow")
    several = len({r["dtype"] for r in new["results"]}) > 1
    rows, ratios = [], []
    for was, now in pairs:
        times = [r["fastrelu"]["min_s"] for r in (was, now)]
        ratios.append(times[0] / times[1])
        if everything or not 1 / CHANGED < ratios[-1] < CHANGED:
            name = timing.spelled(now["name"], now["direction"]) + (f" {now['dtype']}" if several else "")
            rows.append([name, cli.size_text(now["size"]), str(now["threads"]), *map(time_text, times),
                         report.styled(ratio_text(ratios[-1]), ratio_style(ratios[-1]))])
    if rows:
        report.table(["", "size", "thr", "old", "new", "×old"], rows)
        report.say()
    faster, slower = sum(r >= CHANGED for r in ratios), sum(r <= 1 / CHANGED for r in ratios)
    report.say(f"{len(pairs)} measurements: {faster} faster by {CHANGED - 1:.0%} or more, {slower} slower; "
               f"geometric mean {statistics.geometric_mean(ratios):.2f}×", "bold")
