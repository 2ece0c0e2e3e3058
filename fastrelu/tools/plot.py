# SPDX-License-Identifier: BSD-3-Clause
"""The command `plot`: pictures of the functions, speed and error. matplotlib is imported by what draws, and nowhere else."""
import argparse
import io
import pathlib
import re
import sys
import textwrap

import numpy as np

import fastrelu as fr

from .. import _ufuncs
from .._registry import functions
from . import bench, certify, cli, peers, reference, timing

ABOUT = "Draw the functions, their speed or their error, as SVG or PNG."
EXAMPLES = """\
  python -m fastrelu plot functions
  python -m fastrelu plot functions --ops gelu silu mish --out three.png
  python -m fastrelu bench --against torch --json bench.json
  python -m fastrelu plot bench bench.json --ops gelu relu
  python -m fastrelu plot accuracy --against torch,numpy
  python -m fastrelu plot PICTURE --help
"""
# The colours of Okabe and Ito, which colour-blind people can tell apart; line style and marker differ too, for print.
BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, BLACK = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#000000"
GREY = "#777777"
STYLE = {
    "fastrelu": {"color": BLUE, "linestyle": "-", "marker": "o", "linewidth": 2, "zorder": 5},
    "torch": {"color": VERMILION, "linestyle": "--", "marker": "s"},
    "numpy": {"color": BLACK, "linestyle": ":", "marker": "x"},
    "scipy": {"color": GREY, "linestyle": ":", "marker": "+"},
    "numexpr": {"color": GREEN, "linestyle": "-.", "marker": "^"},
    "numba": {"color": ORANGE, "linestyle": (0, (5, 1)), "marker": "v"},
    "jax": {"color": PURPLE, "linestyle": (0, (3, 1, 1, 1)), "marker": "D"},
    "onnxruntime": {"color": SKY, "linestyle": (0, (1, 1)), "marker": "P"},
}
LABELS = {who: library.label for who, library in (timing.HERE | peers.PEERS).items()}
SETTINGS = {
    "font.size": 8, "axes.titlesize": 9, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.spines.top": False,
    "axes.spines.right": False, "axes.edgecolor": GREY, "xtick.color": "#444444", "ytick.color": "#444444", "xtick.major.size": 2,
    "ytick.major.size": 2, "lines.linewidth": 1.4, "lines.markersize": 3.5, "legend.frameon": False,
    "figure.constrained_layout.use": True, "path.simplify_threshold": 0.08,
    # The same input gives the same file.
    "svg.hashsalt": "fastrelu",
}


# ---- the three pictures: each returns a matplotlib figure ----

def panels(count, width, height, columns):
    """A figure with `count` panels on the same axes, labelled at the rim. Returns figure and panels."""
    import matplotlib.pyplot as plt

    columns = min(columns, count)
    rows = -(-count // columns)
    wider = max(1, 8 / (width * columns))   # the title and the legend have to fit
    size = width * columns * wider, height * rows * min(wider, 2) + 0.45
    figure, grid = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex=True, sharey=True)
    for i, axes in enumerate(grid.flat):
        axes.tick_params(bottom=i + columns >= count, labelbottom=i + columns >= count, left=i % columns == 0)
        axes.set_visible(i < count)
    return figure, grid.flat[:count]


def curve(x, y):
    """y with a gap at every jump, so that no line is drawn where there is no value."""
    y = np.array(y, dtype=np.float64)
    y[1:][np.abs(np.diff(y)) > 16 * (x[1] - x[0])] = np.nan   # steeper than all, less than 1/6
    return y


def gallery(names):
    """Every activation and its derivative."""
    x = np.linspace(-4.5, 7.5, 1201) + 1e-9     # no point lies on a knee
    figure, axes = panels(len(names), 1.4, 1.4, 7)
    for name, ax in zip(names, axes, strict=True):
        act, params = fr.get(name), functions[name].needed
        slope = act.backward(np.ones_like(x), x, *params)
        ax.axhline(0, color="#cccccc", linewidth=0.7, zorder=0)
        ax.axvline(0, color="#cccccc", linewidth=0.7, zorder=0)
        ax.plot(x, curve(x, act.forward(x, *params)), color=BLUE, linewidth=1.9, label="value")
        ax.plot(x, curve(x, slope[0] if isinstance(slope, tuple) else slope), color=VERMILION, linestyle=(0, (3, 1.2)),
                label="derivative")
        ax.set(title=name, xlim=(-4.6, 7.6), ylim=(-2.2, 6.6), xticks=[-4, 0, 4], yticks=[-2, 0, 2, 4, 6])
    head(figure, "Activation functions and their derivatives", axes)
    return figure


def head(figure, title, axes, note=""):
    """The title, and at the foot one legend for all panels."""
    found = {}
    for ax in axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    figure.legend(found.values(), found.keys(), loc="outside lower left", ncols=len(found), fontsize=8, handlelength=2.6,
                  columnspacing=1.3, handletextpad=0.5)
    figure.text(0.995, 0.99, note, ha="right", va="top", fontsize=7, color=GREY)


WRONG = 1e9     # on the axis of errors: no number, or none that is near


def accuracy(names, against, direction="forward"):
    """The worst error in each small interval of the input, float32."""
    edges = np.sinh(np.linspace(-np.arcsinh(400), np.arcsinh(400), 161))
    middle = (edges[1:] + edges[:-1]) / 2
    places = np.random.default_rng(0).random((middle.size, 256))
    x = (edges[:-1, None] + np.diff(edges)[:, None] * places).astype(np.float32)
    kernels = [k for k in functions.values() if k.act.name in names and k.direction == direction]
    if not kernels:
        raise ValueError(f"there is no {direction} of {', '.join(names)}")
    figure, axes = panels(len(kernels), 2.0, 1.45, 4)
    isa = _ufuncs.isa()
    for kernel, ax in zip(kernels, axes, strict=True):
        operands, params = [*[np.ones_like(x)] * (kernel.arrays - 1), x], kernel.needed
        want = reference.exact(kernel, operands, params)[0]
        for who, function in certify.contestants(kernel, x.dtype, [isa], against).items():
            error, _ = reference.judge(kernel, function(x), want, operands, params)
            style = STYLE["fastrelu" if who == isa else who] | {"marker": None}
            ax.plot(middle, np.clip(error.max(axis=1).astype(np.float64), 0.1, WRONG), **style,
                    label="fastrelu" if who == isa else LABELS[who])
        ax.set_xscale("function", functions=(np.arcsinh, np.sinh))
        ax.set_yscale("log")
        ax.set(title=kernel.name, xlim=(-420, 420), ylim=(0.1, 3 * WRONG))
        ax.set_xticks([-100, -10, -1, 0, 1, 10, 100], ["−100", "−10", "−1", "", "1", "10", "100"])
        ax.set_yticks([1, 1e3, 1e6, WRONG], ["1", "10³", "10⁶", "wrong"])
        ax.minorticks_off()
        ax.axhline(1, color="#bbbbbb", linewidth=0.7, zorder=0)
        ax.axvline(0, color="#dddddd", linewidth=0.7, zorder=0)
    head(figure, "Largest error across the input, in units in the last place", axes,
         "float32   grey line: 1 ulp   wrong: NaN, or 10⁹ ulp and more")
    return figure


def cache_sizes(machine):
    """Level → bytes, from the text that `info` has."""
    found = {}
    for level, text in machine["CPU"]["caches"].items():
        number, unit = text.replace(",", "").split()[:2]
        found[level.removesuffix("d")] = float(number) * {"KiB": 2**10, "MiB": 2**20}[unit]
    return found


def speed(document, names, direction="forward", threads=None):
    """Time per element against size, of the results that `bench --json` wrote."""
    rows = [r for r in document["results"] if r["direction"] == direction and (not names or r["name"] in names)]
    rows = [r for r in rows if r["dtype"] == rows[0]["dtype"]]
    threads = threads or min((r["threads"] for r in rows), default=1)
    # Small arrays were measured with one thread only, for fastrelu uses no more there.
    most = {place: max(r["threads"] for r in rows if (r["name"], r["size"]) == place and r["threads"] <= threads)
            for place in {(r["name"], r["size"]) for r in rows if r["threads"] <= threads}}
    rows = [r for r in rows if most.get((r["name"], r["size"])) == r["threads"]]
    if not rows:
        raise ValueError(f"the file has no results of {direction} with {threads} threads" +
                         (f" for {', '.join(names)}" if names else ""))
    shown = list(dict.fromkeys(r["name"] for r in rows))
    figure, axes = panels(len(shown), 2.3, 2.0, 4)
    caches = cache_sizes(document["machine"])
    for name, ax in zip(shown, axes, strict=True):
        mine = sorted((r for r in rows if r["name"] == name), key=lambda r: r["size"])
        sizes = np.array([r["size"] for r in mine], dtype=np.float64)
        limit = [r["limit_s"] / r["size"] * 1e9 if bench.has_limit(r) else np.nan for r in mine]
        ax.plot(sizes, limit, color="#aaaaaa", linewidth=3.5, zorder=1, label="memory's limit")
        for who in STYLE:
            times = [r["fastrelu"] if who == "fastrelu" else r["peers"].get(who) for r in mine]
            if any(times):
                ax.plot(sizes, [t["min_s"] / n * 1e9 if t else np.nan for t, n in zip(times, sizes, strict=True)], **STYLE[who],
                        label=LABELS[who])
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        ax.set(title=name)
        for level, size in caches.items():
            at = size / (mine[0]["bytes"] / mine[0]["size"])
            if sizes[0] < at < sizes[-1]:
                ax.axvline(at, color="#bbbbbb", linewidth=0.7, linestyle=(0, (2, 2)), zorder=0)
                ax.annotate(level, (at, 1), (1, 0), xycoords=("data", "axes fraction"), textcoords="offset points", va="top",
                            fontsize=6.5, color="#666666")
        ticks = [2**i for i in range(0, 41, 5) if sizes[0] <= 2**i <= sizes[-1]]
        ax.set_xticks(ticks, [cli.size_text(n) for n in ticks])
        ax.yaxis.set_major_formatter("{x:g}")
        ax.minorticks_off()
    model = document["machine"]["CPU"]["model"]
    note = rows[0]["dtype"], timing.DIRECTIONS[direction], cli.threads_text(threads), model
    head(figure, "Nanoseconds per element over the number of elements", axes, ", ".join(note))
    return figure


def save(figure, path):
    """Write the figure as the path's suffix says; SVG with coordinates of 1/100 point, short names for the glyphs and no
    indentation: half the size."""
    if path.suffix != ".svg":
        figure.savefig(path, dpi=150)
        return
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = re.sub(r' (?:d|x|y)="[^"]*"', lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), buffer.getvalue())
    text = re.sub(r'style="[^"]*"', lambda found: found[0].replace(": ", ":").replace("; ", ";"), text)
    text = text.replace("DejaVuSans-Bold-", "b").replace("DejaVuSans-", "n")
    text = re.sub(r"\s*\n\s*", "\n", text)
    path.write_text(text, encoding="utf-8")


def usable(command):
    """Whether matplotlib is there; says so where it is not."""
    try:
        import matplotlib as mpl
    except ImportError:
        print(f'fastrelu {command}: pictures need matplotlib; install it with:  pip install "fastrelu[plot]"', file=sys.stderr)
        return False
    mpl.use("Agg")
    return True


def style():
    """A block in which pictures are drawn with SETTINGS."""
    import matplotlib as mpl

    return mpl.rc_context(SETTINGS)


# ---- the command ----

def smooth(direction):
    """The activations that round at all: the others are exact, or nearly."""
    return [k.act.name for k in functions.values() if k.smooth and k.direction == direction and k.act.name in fr.names()]


def chosen(words, known):
    """The activations that --ops names. ValueError for an unknown one."""
    for word in words or ():
        if word not in known:
            raise ValueError("--ops: " + cli.no_such(word, known))
    return [name for name in known if not words or name in words]


def draw_functions(args):
    return gallery(chosen(args.ops, fr.names()))


def draw_accuracy(args):
    names = chosen(args.ops, fr.names()) if args.ops else smooth(args.direction)
    return accuracy(names, certify.installed(args.against, "plot"), args.direction)


def draw_bench(args):
    return speed(bench.load(args.file), chosen(args.ops, timing.NAMES) if args.ops else None, args.direction, args.threads)


PICTURES = {
    "functions": (draw_functions, "every activation and its derivative, in one gallery", """\
  python -m fastrelu plot functions
  python -m fastrelu plot functions --ops gelu silu mish --out three.png
  python -m fastrelu plot functions --ops gelu --json gelu.json
"""),
    "bench": (draw_bench, "time per element against size, ours and each peer's, from results of bench --json", """\
  python -m fastrelu bench --against torch,numpy --json bench.json
  python -m fastrelu plot bench bench.json
  python -m fastrelu plot bench bench.json --ops relu gelu --threads 2
"""),
    "accuracy": (draw_accuracy, "the error in units in the last place across the input range", """\
  python -m fastrelu plot accuracy
  python -m fastrelu plot accuracy --against torch --direction backward
"""),
}


def arguments(parser):
    """Add the pictures, each with its options, to an argparse parser."""
    pictures = parser.add_subparsers(metavar="PICTURE", required=True)
    for name, (draw, about, examples) in PICTURES.items():
        sub = pictures.add_parser(name, help=about, description=textwrap.fill(f"Draw {about}.", 79),
                                  epilog="examples:\n" + examples, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == "bench":
            sub.add_argument("file", metavar="RESULTS", help="a file that `bench --json RESULTS` wrote")
            sub.add_argument("--threads", type=cli.count, metavar="N",
                             help="results with N threads (default: the fewest)")
        if name == "accuracy":
            sub.add_argument("--against", nargs="+", type=cli.names_of(certify.PEERS),
                             default=[list(certify.PEERS)], metavar="PEER", help="draw these too (default: torch,numpy)")
        if name != "functions":
            sub.add_argument("--direction", default="forward", choices=["forward", "backward", "backward_from_output"],
                             metavar="DIRECTION", help="forward, backward or backward_from_output (default: forward)")
        sub.add_argument("--ops", nargs="+", metavar="NAME", help="activations of fastrelu.names() (default: all that have it)")
        sub.add_argument("--out", metavar="FILE", default=f"{name}.svg", help=f".svg, .png or .pdf (default: {name}.svg)")
        sub.add_argument("--json", metavar="FILE", nargs="?", const="-",
                         help="write what is drawn as JSON too; - or nothing: standard output")
        sub.set_defaults(draw=draw)


def drawn(figure):
    """What the figure shows: panel → line → its x and y, null where nothing is drawn."""
    def numbers(values):
        return [float(value) if np.isfinite(value) else None for value in values]
    return {axes.get_title(loc="left"): {line.get_label(): {"x": numbers(line.get_xdata()), "y": numbers(line.get_ydata())}
                                         for line in axes.get_lines() if not line.get_label().startswith("_")}
            for axes in figure.axes if axes.get_visible()}


def run(args):
    """The command. Returns the exit status."""
    if not usable("plot"):
        return 2
    out = pathlib.Path(args.out)
    if out.suffix not in (".svg", ".png", ".pdf"):
        args.parser.error(f"--out: the name ends in .svg, .png or .pdf; it is {args.out!r}")
    try:
        with style():
            figure = args.draw(args)
            with cli.writing(out):
                save(figure, out)
        if args.json:
            cli.write_json(drawn(figure), args.json)
    except ValueError as error:
        print(f"fastrelu plot: {error}", file=sys.stderr)
        return 2
    print(out, file=sys.stderr if args.json == "-" else sys.stdout)
    return 0
