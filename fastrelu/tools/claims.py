# SPDX-License-Identifier: BSD-3-Clause
"""The command `claims`: chooses what to measure, shows progress, and prints what came out. The claims are in literature.py."""
import argparse
import contextlib
import functools
import importlib.util
import pathlib
import sys
import time

import numpy as np

import fastrelu as fr

from . import cli, info, literature, plot
from .literature import CLAIMS

ABOUT = """Measure on this machine what the literature says of ReLU: that it is cheap, keeps gradients alive, learns faster, is
sparse, and dies. Each claim comes with its source, what was measured over several seeds, and whether it holds by a criterion that
is printed. The networks are plain NumPy with fastrelu's activations."""
EXAMPLES = """\
  python -m fastrelu claims                       all, in about 2 minutes
  python -m fastrelu claims gradients dying
  python -m fastrelu claims --quick               smaller and coarser, seconds
  python -m fastrelu claims --out pictures        and a picture of each
  python -m fastrelu claims --seeds 10 --json claims.json
"""


def name_of_claim(word):
    """An argparse type: the name of a claim."""
    if word not in CLAIMS:
        raise argparse.ArgumentTypeError(f"there is no claim {word!r}; there are {', '.join(CLAIMS)}")
    return word


def arguments(parser):
    """Add the options of `claims` to an argparse parser."""
    parser.add_argument("names", nargs="*", metavar="NAME", type=name_of_claim, help=f"{', '.join(CLAIMS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller networks, fewer epochs, 2 seeds: seconds")
    parser.add_argument("--seed", type=cli.whole(0), default=0, metavar="N", help="the first seed (default: 0)")
    parser.add_argument("--seeds", type=cli.whole(1), metavar="N", help="how many (default: 5, with --quick 2)")
    parser.add_argument("--out", dest="folder", metavar="FOLDER", help="draw a picture of each: FOLDER/NAME.svg")
    parser.add_argument("--json", metavar="FILE", nargs="?", const="-",
                        help="write what was measured as JSON too; - or nothing: standard output, and the text to standard error")


@contextlib.contextmanager
def one_thread():
    """A block in which matrix products use one thread too, where threadpoolctl is there (scikit-learn brings it): of products as
    small as these, more threads make chance times on a machine that has other work."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(fr.num_threads(1))
        with contextlib.suppress(ImportError):
            import threadpoolctl

            stack.enter_context(threadpoolctl.threadpool_limits(1, user_api="blas"))
        stack.enter_context(np.errstate(all="ignore"))  # what diverges is found by its result
        yield


def measured(name, setting):
    """The result of a claim, as plain data."""
    claim, began = CLAIMS[name], time.perf_counter()
    with one_thread():
        data = claim.measure(setting)
    checks = claim.check(data)
    return {"name": name, "claim": claim.says, "source": claim.source, "measured": data,
            "checks": [check._asdict() for check in checks],
            "verdict": literature.verdict(checks), "seconds": time.perf_counter() - began}


def show(page, result):
    """What the literature says, the table, what holds."""
    claim = CLAIMS[result["name"]]
    page.say(result["name"], "bold cyan")
    page.say(f"Claim: {claim.says} ({claim.source})")
    page.say()
    heads, rows, note = claim.table(result["measured"])
    page.table(heads, rows)
    page.say(note, "dim")
    page.say()
    for check in result["checks"]:
        word, style = ("yes", "green") if check["holds"] else ("no", "yellow")
        page.say(f"{word + ':':<4} {check['criterion']}: {check['measured']}", style)
    page.say(f"The claim {result['verdict']}. ({result['seconds']:.0f} s)", "bold")
    page.say()


def run(args):
    """The command. Returns the exit status."""
    def complain(line):
        print(f"fastrelu claims: {line}", file=sys.stderr)

    names = [name for name in CLAIMS if not args.names or name in args.names]
    folder = args.folder and pathlib.Path(args.folder)
    if folder:
        if not plot.usable("claims"):
            return 2
        with cli.writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            cli.check_writable(folder / f"{name}.svg")
    there = [name for name in names if all(importlib.util.find_spec(library) for library in CLAIMS[name].needs)]
    left_out = [name for name in names if name not in there]
    if left_out:
        complain(f"{', '.join(left_out)} left out: the data are scikit-learn's; install it with:  "
                 'pip install "fastrelu[claims]"')
    if not there:
        return 2
    page, progress = cli.Page(sys.stderr if args.json == "-" else sys.stdout), cli.Page(sys.stderr)
    seeds = [args.seed + i for i in range(args.seeds or (2 if args.quick else 5))]
    page.say(f"fastrelu {fr.__version__}, NumPy {np.__version__}, {info.cpu_model()}", "bold")
    page.say(f"seeds {seeds[0]} to {seeds[-1]}; numbers are the median over them, with their range in brackets"
             if len(seeds) > 1 else f"seed {seeds[0]}", "dim")
    page.say()
    results, interrupted = [], False

    def track(name, items):
        with progress.progress(len(items)) as show_progress:
            for i, item in enumerate(items):
                show_progress(i, f"{name} ({there.index(name) + 1} of {len(there)})")
                yield item

    try:
        for name in there:
            results.append(measured(name, literature.Setting(seeds, args.quick, functools.partial(track, name))))
            show(page, results[-1])
            if folder:
                draw(results[-1], folder / f"{name}.svg")
    except KeyboardInterrupt:
        interrupted = True
        complain(f"interrupted; {len(results)} claim{'s' * (len(results) != 1)} of {len(there)}")
    if len(results) > 1:
        page.table(["", "the claim", "seconds"], [[r["name"], r["verdict"], f"{r['seconds']:.0f}"] for r in results])
    if args.json:
        cli.write_json({"fastrelu": fr.__version__, "machine": info.collect(), "seeds": seeds, "quick": args.quick,
                        "interrupted": interrupted, "claims": results}, args.json)
    return 130 if interrupted else 2 if left_out else 0


def draw(result, path):
    """The picture of a result."""
    with plot.style():
        figure = CLAIMS[result["name"]].draw(result["measured"])
        with cli.writing(path):
            plot.save(figure, path)
