# SPDX-License-Identifier: BSD-3-Clause
"""What the literature says of ReLU, and how each claim is measured with small networks (networks.py), judged and drawn: the table
CLAIMS, of which the command `claims` makes text, JSON and pictures."""
import functools
import itertools
import math
import statistics
import time
import typing

import numpy as np

import fastrelu as fr

from .. import _registry as registry
from . import cli, networks, plot, timing

HIDDEN = (128, 128, 128)
DIGITS = (64, *HIDDEN, 10)      # the dense network for the digits
COLOURS = {"relu": plot.BLUE, "tanh": plot.VERMILION, "sigmoid": plot.BLACK, "gelu": plot.GREEN, "selu": plot.PURPLE}


class Setting(typing.NamedTuple):
    """How to measure: the seeds, whether all is to be small, and track(items), which yields them and shows how far it is."""

    seeds: list
    quick: bool
    track: typing.Callable

    def some(self, few, many):
        return few if self.quick else many


class Check(typing.NamedTuple):
    """A part of a claim: what must be true of the numbers for it to hold, what they are, and whether it is."""

    criterion: str
    measured: str
    holds: bool


class Claim(typing.NamedTuple):
    """says: the literature's claim, from `source`. measure(setting) gives plain data; check(data) a list of Check; table(data)
    heads, rows and a note; draw(data) a matplotlib figure. needs: libraries beside NumPy."""

    says: str
    source: str
    measure: typing.Callable
    check: typing.Callable
    table: typing.Callable
    draw: typing.Callable
    needs: tuple = ()


def verdict(checks):
    """holds, does not hold, or holds in part: of the checks all, none or some."""
    held = sum(check.holds for check in checks)
    return "holds" if held == len(checks) else "holds in part" if held else "does not hold"


# ---- numbers ----

def numbers(values):
    """Floats, infinite where a value is None: what was never reached."""
    return [math.inf if value is None else value for value in values]


def middle(values):
    """The median, of which a lower and an upper one are not averaged across infinity."""
    return statistics.median_low(numbers(values))


def over(values, form="{:.2g}", never="never"):
    """The median over the seeds, and their range."""
    def text(value):
        return form.format(value) if value < math.inf else never
    low, high = text(min(numbers(values))), text(max(numbers(values)))
    return text(middle(values)) + ("" if low == high else f" ({low.rstrip('×%')}–{high.rstrip('×%')})")


percents = functools.partial(over, form="{:.0%}")
accuracies = functools.partial(over, form="{:.1%}")


def initialiser(function, **name):
    """One of fr.init's, for weights with the inputs on their first axis."""
    return functools.partial(function, in_axis=0, out_axis=1, **name)


def fitting(name):
    """He's initialisation with the gain that suits the activation."""
    return initialiser(fr.init.he_normal, name=name)


# ---- cost ----

COSTED = ("relu", "tanh", "sigmoid", "gelu")
DIRECTIONS = ("forward", "backward")


def layer_step(name, batch, width):
    """A timed loop over a dense layer with the activation behind it, forward and backward."""
    rng = np.random.default_rng(0)
    network = networks.Network([networks.Dense((width, width), fitting(name), rng), networks.Activation(name, width)])
    x, slope = rng.standard_normal((2, batch, width), dtype=np.float32)
    dy = np.empty_like(slope)

    def run(loops):
        start = time.perf_counter_ns()
        for _ in range(loops):
            network.forward(x)
            np.copyto(dy, slope)
            for _ in network.backward(dy):
                pass
        return time.perf_counter_ns() - start
    return timing.Contestant(run)


def measure_cost(setting):
    batch, width = 64, setting.some(128, 512)
    buffers = timing.Buffers(batch * width, spread=1.0)
    alone = {name: {direction: {} for direction in DIRECTIONS} for name in COSTED}
    layers = {name: [] for name in COSTED}
    for _, name in setting.track(list(itertools.product(setting.seeds, COSTED))):
        for direction in DIRECTIONS:
            case = timing.CASES[registry.in_direction(name, direction)]
            against = [timing.HERE["numpy"]] if case.comparable() else []
            for result in timing.measure(case, buffers, (1,), setting.some(0.02, 0.3), against=against):
                for who, its in {"fastrelu": result["fastrelu"], **result["peers"]}.items():
                    alone[name][direction].setdefault(who, []).append(its["min_s"])
        if name == COSTED[-1]:  # the layers side by side, for what differs is little
            field = {name: layer_step(name, batch, width) for name in COSTED}
            for one in field.values():
                one.calibrate()
            for _ in range(setting.some(5, 100)):
                for one in field.values():
                    one.round()
            for name, one in field.items():
                layers[name].append(min(one.times) * 1e-9)
    return {"elements": buffers.size, "batch": batch, "width": width, "alone": alone, "layers": layers}


def both_ways(data, name, who):
    """Seconds forward and backward together, of each repeat; none where the library has no such function."""
    each = [data["alone"][name][direction].get(who) for direction in DIRECTIONS]
    return [sum(times) for times in zip(*each, strict=True)] if all(each) else []


def times_relu(data, name, who):
    """How many times ReLU's time, of each repeat."""
    return [its / relu for its, relu in zip(both_ways(data, name, who), both_ways(data, "relu", who), strict=False)]


def layers_times_relu(data, name):
    return [its / relu for its, relu in zip(data["layers"][name], data["layers"]["relu"], strict=True)]


def check_cost(data):
    found = []
    for who in ("fastrelu", "numpy"):
        ratios = {name: times_relu(data, name, who) for name in COSTED[1:]}
        ratios = {name: ratio for name, ratio in ratios.items() if ratio}
        found.append(Check(f"{timing.HERE[who].label}, forward and backward, every other takes longer in every repeat",
                           ", ".join(f"{name} {over(ratio, '{:.1f}×')}" for name, ratio in ratios.items()),
                           all(min(ratio) > 1 for ratio in ratios.values())))
    ratios = {name: layers_times_relu(data, name) for name in COSTED[1:]}
    found.append(Check(f"it matters, with any other a dense layer of {data['width']} takes at least 10% longer (median)",
                       ", ".join(f"{name} {over(ratio, '{:.2f}×')}" for name, ratio in ratios.items()),
                       all(middle(ratio) >= 1.1 for ratio in ratios.values())))
    return found


def table_cost(data):
    rows = []
    for name, who in itertools.product(COSTED, ("fastrelu", "numpy")):
        times = [data["alone"][name][direction].get(who) for direction in DIRECTIONS]
        rows.append([name if who == "fastrelu" else "", timing.HERE[who].label,
                     *(over([seconds / data["elements"] * 1e9 for seconds in each], "{:.2g}") if each else "–" for each in times),
                     over(layers_times_relu(data, name), "{:.2f}×") if who == "fastrelu" else ""])
    note = (f"ns an element, of {cli.size_text(data['elements'])}, float32, 1 thread; layer: {data['batch']} samples through "
            f"{data['width']} × {data['width']} weights and the activation and back, against relu's")
    return ["", "", *DIRECTIONS, "layer"], rows, note


def draw_cost(data):
    figure, (*panels, last) = canvas(3, 8.2, 2.3, width_ratios=[3, 3, 2])
    places = range(len(COSTED) - 1, -1, -1)
    sides = {"fastrelu": (plot.BLUE, -4, "top"), "numpy": (plot.BLACK, 4, "bottom")}
    for (ax, direction), (who, (colour, away, along)) in itertools.product(zip(panels, DIRECTIONS, strict=True), sides.items()):
        for place, name in zip(places, COSTED, strict=True):
            times = data["alone"][name][direction].get(who)
            if not times:
                continue
            each = [seconds / data["elements"] * 1e9 for seconds in times]
            ax.plot([min(each), max(each)], [place] * 2, color=colour, linewidth=1.2)
            ax.plot(middle(each), place, "o", color=colour, markersize=5)
            ax.annotate(f"{middle(each):.2g}", (middle(each), place), (0, away), textcoords="offset points", ha="center",
                        va=along, color=colour, fontsize=7)
            last_place = middle(each), place
        ax.annotate(timing.HERE[who].label, last_place, (-6, 0), textcoords="offset points", ha="right", va="center",
                    color=colour, fontweight="bold")
    for ax, direction in zip(panels, DIRECTIONS, strict=True):
        ax.set(title=f"{direction}, ns an element", xscale="log", ylim=(-0.6, len(COSTED) - 0.4))
        ax.xaxis.set_major_formatter("{x:g}")
        ax.margins(x=0.2)
    for place, name in zip(places, COSTED, strict=True):
        ratio = layers_times_relu(data, name)
        last.barh(place, middle(ratio), 0.5, color=plot.BLUE if name == "relu" else plot.SKY)
        last.annotate(over(ratio, "{:.2f}×"), (middle(ratio), place), (3, 0), textcoords="offset points", va="center", fontsize=7)
    last.set(title="a whole layer, × relu's", xlim=(0, 2.1 * max(middle(layers_times_relu(data, name)) for name in COSTED)),
             ylim=(-0.6, len(COSTED) - 0.4), xticks=[])
    for ax in (*panels, last):
        ax.set_yticks(places, COSTED if ax is panels[0] else [""] * len(COSTED))
        ax.tick_params(axis="y", length=0)
    head(figure, "What an activation costs", "cost", data)
    return figure


# ---- gradients ----

SCHEMES = {"LeCun": initialiser(fr.init.lecun_normal), "Xavier": initialiser(fr.init.xavier_uniform),
           "He": initialiser(fr.init.he_normal)}
DEEP = ("relu", "selu", "gelu", "tanh", "sigmoid")
VANISHED, KEPT = 1e-6, 10.0     # of the last layer's gradient; a factor either way


def gradient_norms(name, init, depth, width, batch, rng):
    """The norm of the gradient by what goes into each activation, relative to the last one's."""
    network = networks.mlp((width,) * (depth + 1) + (10,), name, init, rng, np.float64)
    scores = network.forward(rng.standard_normal((batch, width)))
    _, dy = networks.cross_entropy(scores, rng.integers(10, size=batch))
    norms = [np.linalg.norm(dx) for layer, dx in network.backward(dy) if isinstance(layer, networks.Activation)][::-1]
    return [float(f"{norm / norms[-1]:.4g}") for norm in norms]


def measure_gradients(setting):
    width, batch, depths = setting.some(64, 128), setting.some(16, 64), (2, 5, 10, 20, 50)
    found = {scheme: {name: {} for name in DEEP} for scheme in SCHEMES}
    for scheme, name, depth in setting.track(list(itertools.product(SCHEMES, DEEP, depths))):
        found[scheme][name][str(depth)] = [
            gradient_norms(name, SCHEMES[scheme], depth, width, batch, np.random.default_rng(seed)) for seed in setting.seeds]
    return {"width": width, "batch": batch, "depths": depths, "norms": found}


def first_norms(data, scheme, name, depth):
    """The first layer's, relative to the last one's, of each seed."""
    return [norms[0] for norms in data["norms"][scheme][name][str(depth)]]


def check_gradients(data):
    depth = data["depths"][-1]

    def vanishes(name, schemes, criterion):
        found = {scheme: first_norms(data, scheme, name, depth) for scheme in schemes}
        return Check(f"{criterion}, below {VANISHED:.0e} at the first of {depth} layers with every seed",
                     ", ".join(f"{scheme} {over(norms, '{:.1g}')}" for scheme, norms in found.items()),
                     all(max(norms) < VANISHED for norms in found.values()))

    def keeps(name, scheme):
        norms = first_norms(data, scheme, name, depth)
        return Check(f"{name} with {scheme} initialisation keeps it, within a factor of {KEPT:g} over {depth} layers with every "
                     "seed", over(norms, "{:.2f}"), all(1 / KEPT < norm < KEPT for norm in norms))

    return [vanishes("sigmoid", SCHEMES, "sigmoid loses the gradient with any initialisation"), keeps("relu", "He"),
            vanishes("relu", ("LeCun", "Xavier"), "relu loses it with the older initialisations"), keeps("selu", "LeCun")]


def table_gradients(data):
    shown = [depth for depth in data["depths"] if depth in (2, 10, 50)]
    rows = [[scheme if name == DEEP[0] else "", name,
             *(over(first_norms(data, scheme, name, depth), "{:.1g}") for depth in shown)]
            for scheme in SCHEMES for name in DEEP]
    note = (f"norm of the gradient at the first layer, relative to the last one's, in networks of so many layers of "
            f"{data['width']}; LeCun's and Xavier's variance is the same where all layers are as wide")
    return ["", "", *(f"{depth} layers" for depth in shown)], rows, note


def draw_gradients(data):
    depth = data["depths"][-1]
    figure, panels = canvas(len(SCHEMES), 8.2, 3.0, sharey=True)
    for ax, scheme in zip(panels, SCHEMES, strict=True):
        for name in DEEP:
            norms = np.array(data["norms"][scheme][name][str(depth)])
            layers = np.array([*range(1, depth, 2), depth])     # half of them make the same line
            ax.plot(layers, np.median(norms, axis=0)[layers - 1], color=COLOURS[name], label=name,
                    linewidth=2.5 if name == "relu" else 1.3)
            ax.plot([1, 1], [norms[:, 0].min(), norms[:, 0].max()], color=COLOURS[name], linewidth=3)
        ax.axhline(1, color="#cccccc", linewidth=0.7, zorder=0)
        ax.set(title=scheme, yscale="log", xlim=(-15, depth + 1), xticks=[1, *range(10, depth + 1, 10)])
        ax.set_yticks([10.0**power for power in range(-30, 1, 10)])
        ax.minorticks_off()
    panels[0].set_ylabel("gradient, relative to the last layer")
    panels[1].set_xlabel("layer (1: next to the input)")
    labels(figure, panels, "left")
    head(figure, f"What {depth} layers leave of the gradient, by initialisation", "gradients", data)
    return figure


# ---- convergence ----

LEARNERS = ("relu", "gelu", "tanh", "sigmoid")
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
TARGETS = {"training": 0.25, "test": 0.05}      # shares of errors
ALEXNET = 6.0


def networks_for(name, rng):
    """The networks for the digits, each as a function that makes one."""
    return {"dense": lambda: networks.mlp(DIGITS, name, fitting(name), rng),
            "conv": lambda: networks.convnet(name, fitting(name), rng)}


def learn(setting, kind, name, rate, seed, epochs):
    """The errors while a network learns, at each step first and then a few times an epoch."""
    rng = np.random.default_rng(seed)
    training, test = networks.digits(rng)
    network = networks_for(name, rng)[kind]()
    found = {"epochs": [], "training": [], "test": []}
    for step, done in enumerate(networks.train(network, *training, rate, epochs, rng), 1):
        if step <= setting.some(0, 12) or step % setting.some(14, 8) == 0:
            found["epochs"].append(round(done, 4))
            found["training"].append(network.error(*training))
            found["test"].append(network.error(*test))
    return found


def reached(epochs, errors, target):
    """The epochs until the error is the target or less; None if it never is."""
    return next((epoch for epoch, error in zip(epochs, errors, strict=True) if error <= target), None)


def measure_convergence(setting):
    epochs, pilot = setting.some((1, 1), (6, 3))
    kinds = [*networks_for("relu", None)]
    found = {kind: {} for kind in kinds}
    for kind, name in setting.track(list(itertools.product(kinds, LEARNERS))):
        # The rate is chosen with a seed that is not measured with.
        tried = {str(rate): statistics.fmean(learn(setting, kind, name, rate, setting.seeds[-1] + 1, pilot)["training"])
                 for rate in setting.some(RATES[2:4], RATES)}
        rate = float(min(tried, key=tried.get))
        runs = [learn(setting, kind, name, rate, seed, epochs) for seed in setting.seeds]
        found[kind][name] = {
            "tried": tried, "rate": rate, "epochs": runs[0]["epochs"], **{part: [run[part] for run in runs] for part in TARGETS},
            "reached": {part: [reached(run["epochs"], run[part], TARGETS[part]) for run in runs] for part in TARGETS}}
    return {"targets": TARGETS, "epochs": epochs, "networks": found}


def slower(data, kind, target, name="tanh"):
    """How many times as many epochs as ReLU, of each seed with which one of them got there: 0 where ReLU did not, None where the
    other did not."""
    pairs = zip(data["networks"][kind][name]["reached"][target], data["networks"][kind]["relu"]["reached"][target], strict=True)
    return [(its and its / relu) if relu else 0.0 for its, relu in pairs if its or relu] or [1.0]


def check_convergence(data):
    found = []
    for kind in data["networks"]:
        for target, what in (("training", f"{TARGETS['training']:.0%} training error"),
                             ("test", f"{1 - TARGETS['test']:.0%} test accuracy")):
            ratios = slower(data, kind, target)
            found.append(Check(f"{kind} network, {what}: tanh needs more epochs than relu (median above 1.1×)",
                               over(ratios, "{:.2f}×"), middle(ratios) > 1.1))
    ratios = {kind: slower(data, kind, "training") for kind in data["networks"]}
    found.append(Check(f"it is {ALEXNET:g} times as many, as in the paper's figure (median, in either network)",
                       ", ".join(f"{kind} {over(ratio, '{:.2f}×')}" for kind, ratio in ratios.items()),
                       any(middle(ratio) >= ALEXNET for ratio in ratios.values())))
    return found


def table_convergence(data):
    rows = []
    for kind, its in data["networks"].items():
        for name, run in its.items():
            rows.append([kind if name == LEARNERS[0] else "", name, f"{run['rate']:g}",
                         *(over(run["reached"][target], "{:.2f}") for target in TARGETS),
                         accuracies([1 - errors[-1] for errors in run["test"]])])
    note = (f"epochs until the share of errors; rate: the best of {', '.join(f'{rate:g}' for rate in RATES)} by the mean "
            "training error, found with another seed; accuracy: of the test, after "
            f"{data['epochs']} epoch{'s' * (data['epochs'] > 1)}; scikit-learn's digits")
    return ["", "", "rate", f"training {TARGETS['training']:.0%}", f"test {TARGETS['test']:.0%}", "accuracy"], rows, note


def draw_convergence(data):
    figure, panels = canvas(len(data["networks"]), 8.2, 3.0, sharey=True)
    for ax, (kind, its) in zip(panels, data["networks"].items(), strict=True):
        for name, run in its.items():
            epochs, errors = np.array(run["epochs"]), np.maximum(np.array(run["training"]), 0.001)
            ax.fill_between(epochs, errors.min(axis=0), errors.max(axis=0), color=COLOURS[name], alpha=0.15, linewidth=0)
            ax.plot(epochs, np.median(errors, axis=0), color=COLOURS[name], label=name, linewidth=2.5 if name == "relu" else 1.3)
        ax.axhline(TARGETS["training"], color=plot.GREY, linewidth=0.8, linestyle=(0, (2, 2)))
        ax.set(title=f"{kind}: tanh needs {over(slower(data, kind, 'training'), '{:.2f}×')} relu's epochs", xscale="log",
               yscale="log", xlim=(epochs[0] / 4, epochs[-1]), ylim=(0.01, 1.1))
        ticks = [tick for tick in (0.03, 0.1, 0.3, 1, 3) if tick <= epochs[-1]]
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.set_yticks([0.01, 0.1, TARGETS["training"], 1], ["1%", "10%", f"{TARGETS['training']:.0%}", "100%"])
        ax.minorticks_off()
    panels[0].set(xlabel="epochs", ylabel="training error")
    labels(figure, panels, "left")
    head(figure, "How fast a network learns the digits, each activation at its best rate", "convergence", data)
    return figure


# ---- sparsity ----

L1 = 1e-3
DENSE = ("gelu", "tanh", "sigmoid")     # without zeros, as is to be seen
VARIANTS = {"relu": ("relu", 0.0), "relu, L1": ("relu", L1), **{name: (name, 0.0) for name in DENSE}}
HALF, EXACT = (0.4, 0.6), 0.001


def zeros(network, x):
    """The share of exact zeros among the outputs of each activation."""
    found = []
    for layer in network.layers:
        x = layer.forward(x)
        if isinstance(layer, networks.Activation):
            found.append(fr.diagnostics.sparsity(x))
    return found


def measure_sparsity(setting):
    found = {variant: {"before": [], "after": [], "accuracy": []} for variant in VARIANTS}
    for variant, seed in setting.track(list(itertools.product(VARIANTS, setting.seeds))):
        rng = np.random.default_rng(seed)
        (x, target), test = networks.digits(rng)
        name, penalty = VARIANTS[variant]
        network = networks.mlp(DIGITS, name, fitting(name), rng, penalty=penalty)
        found[variant]["before"].append(zeros(network, x))
        for _ in networks.train(network, x, target, 0.1, setting.some(2, 15), rng):
            pass
        found[variant]["after"].append(zeros(network, x))
        found[variant]["accuracy"].append(1 - network.error(*test))
    return {"layers": len(HIDDEN), "L1": L1, "variants": found}


def by_layer(data, variant, when):
    """Of each layer a list over the seeds."""
    return list(zip(*data["variants"][variant][when], strict=True))


def check_sparsity(data):
    def shares(variant, when):
        return ", ".join(percents(layer) for layer in by_layer(data, variant, when))

    relu, sparse = (by_layer(data, variant, "after") for variant in ("relu", "relu, L1"))
    others = [max(layer) for variant in DENSE for layer in by_layer(data, variant, "after")]
    lost = [a - b for a, b in zip(*(data["variants"][variant]["accuracy"] for variant in ("relu", "relu, L1")), strict=True)]
    return [
        Check(f"at initialisation half of relu's outputs are 0, {HALF[0]:.0%} to {HALF[1]:.0%} in each layer (median)",
              shares("relu", "before"), all(HALF[0] <= middle(layer) <= HALF[1] for layer in by_layer(data, "relu", "before"))),
        Check(f"training does not undo it, still at least {HALF[0]:.0%} in each layer (median)", shares("relu", "after"),
              all(middle(layer) >= HALF[0] for layer in relu)),
        Check("an L1 penalty easily gives more, in each layer (median), at a loss of no more than a point of test accuracy",
              f"{shares('relu, L1', 'after')}; lost {over(lost, '{:.1%}')}",
              all(middle(a) > middle(b) for a, b in zip(sparse, relu, strict=True)) and middle(lost) <= 0.01),
        Check(f"{', '.join(DENSE)} have none, at most {EXACT:.1%} after training", f"at most {max(others):.2%}",
              max(others) <= EXACT)]


def table_sparsity(data):
    rows = [[variant if when == "before" else "", "initial" if when == "before" else "trained",
             *(percents(layer) for layer in by_layer(data, variant, when)),
             accuracies(data["variants"][variant]["accuracy"]) if when == "after" else ""]
            for variant in VARIANTS for when in ("before", "after")]
    return (["", "", *(f"layer {i + 1}" for i in range(data["layers"])), "accuracy"], rows,
            f"zeros among the outputs of each hidden layer; L1: {data['L1']:g} times the outputs' magnitudes; digits")


def draw_sparsity(data):
    figure, (ax,) = canvas(1, 5.2, 2.9)
    lines = {"relu, initial": (by_layer(data, "relu", "before"), plot.SKY),
             "relu, trained": (by_layer(data, "relu", "after"), plot.BLUE),
             "relu, trained with L1": (by_layer(data, "relu, L1", "after"), plot.GREEN),
             ", ".join(DENSE): (zip(*(map(max, by_layer(data, name, "after")) for name in DENSE), strict=True), plot.GREY)}
    layers = np.arange(1, data["layers"] + 1)
    for label, (shares, colour) in lines.items():
        shares = np.array(list(shares))
        ax.fill_between(layers, shares.min(axis=1), shares.max(axis=1), color=colour, alpha=0.2, linewidth=0)
        ax.plot(layers, np.median(shares, axis=1), color=colour, marker="o", label=label)
    ax.set(xlim=(0.9, data["layers"] * 1.5), ylim=(-0.04, 1.02), xticks=layers, xlabel="hidden layer",
           ylabel="outputs that are exactly 0")
    ax.yaxis.set_major_formatter("{x:.0%}")
    labels(figure, [ax], "right")
    head(figure, "How many outputs are exactly 0", "sparsity", data)
    return figure


# ---- dying ----

PROVOCATIONS = {"rate too high for an epoch": {"first": 2.0}, "bias too negative": {"bias": -0.15}}
FUNCTIONS = ("leaky_relu", "prelu", "elu", "gelu")
REMEDIES = {"relu": {}, **{name: {"name": name} for name in FUNCTIONS}, "relu, He initialisation": {"scheme": "He", "bias": 0.0},
            "relu, lower rate": {"first": 0.05, "rate": 0.05}}
CAUSE = dict(zip(PROVOCATIONS, ("relu, lower rate", "relu, He initialisation"), strict=True))     # what takes the cause away
DEAD, BACK = 0.1, 0.05  # shares from which dying is called provoked, and to which no unit is said to come back


def dying_run(setting, seed, name="relu", scheme="LeCun", first=0.1, rate=0.1, bias=0.0):
    """The shares of units that are dead after an epoch and at the end, and of the early ones the share that came back (None where
    there are no numbers any more); and the accuracy."""
    rng = np.random.default_rng(seed)
    (x, target), test = networks.digits(rng, scaled=False)      # with larger inputs the networks diverge before units die
    network = networks.mlp(DIGITS, name, SCHEMES[scheme], rng, bias=bias)

    def dead(rate, epochs):
        for _ in networks.train(network, x, target, rate, epochs, rng):
            pass
        finite = np.isfinite(network.forward(x)).all()
        return np.stack([layer.dead() for layer in network.activations]) if finite else None

    early, end = dead(first, 1), dead(rate, setting.some(1, 9))
    known = early is not None and end is not None
    return {"early": None if early is None else float(early.mean()), "end": None if end is None else float(end.mean()),
            "back": float((early & ~end).sum() / max(early.sum(), 1)) if known else None, "accuracy": 1 - network.error(*test)}


def measure_dying(setting):
    found = {provocation: {} for provocation in PROVOCATIONS}
    for (provocation, how), (remedy, change) in setting.track(list(itertools.product(PROVOCATIONS.items(), REMEDIES.items()))):
        runs = [dying_run(setting, seed, **{**how, **change}) for seed in setting.seeds]
        found[provocation][remedy] = {key: [run[key] for run in runs] for key in runs[0]}
    return {"provocations": PROVOCATIONS, "remedies": REMEDIES, "found": found}


def helps(its, remedies, criterion):
    """Whether with each of the remedies fewer units are dead than with plain ReLU, and the accuracy is higher."""
    failed = {"fewer dead": [name for name in remedies if middle(its[name]["end"]) >= middle(its["relu"]["end"])],
              "accuracy": [name for name in remedies if middle(its[name]["accuracy"]) <= middle(its["relu"]["accuracy"])]}
    said = [f"{what}: not {', '.join(names)}" for what, names in failed.items() if names]
    return Check(f"{criterion} has fewer dead units and a higher accuracy (median, same seeds)", "; ".join(said) or "so it is",
                 not said)


def check_dying(data):
    found = []
    for provocation, its in data["found"].items():
        end, back = its["relu"]["end"], its["relu"]["back"]
        found += [
            Check(f"{provocation}, at least {DEAD:.0%} of relu's units are dead at the end (median)",
                  percents(end, never="diverged"), DEAD <= middle(end) <= 1),
            Check(f"{provocation}, of relu's units that are dead after an epoch at most {BACK:.0%} come back (median)",
                  percents(back, never="diverged"), middle(back) <= BACK),
            helps(its, FUNCTIONS, f"{provocation}, each other function"),
            helps(its, [CAUSE[provocation]], f"{provocation}, {CAUSE[provocation]}")]
    return found


def table_dying(data):
    rows = []
    for provocation, its in data["found"].items():
        rows.append([provocation, "", "", ""])
        for remedy, runs in its.items():
            rows.append([f"  {remedy}", *(percents(runs[key], never="diverged") for key in ("early", "end")),
                         accuracies(runs["accuracy"])])
    return (["", "dead early", "at the end", "accuracy"], rows,
            "dead: hidden units whose slope is 0 at every training sample, after an epoch and at the end; accuracy: of the test; "
            "diverged: no numbers any more; scikit-learn's digits")


def bars(ax, values, strong, colour):
    """A bar for each of `values` (lists over the seeds), from the top, with its range; the one named `strong` stands out."""
    for place, (name, each) in zip(range(len(values) - 1, -1, -1), values.items(), strict=True):
        value, known = middle(each), [one for one in each if one is not None]
        if value == math.inf:
            ax.annotate("diverged", (0.02, place), va="center", fontsize=7, color=plot.GREY)
            continue
        ax.barh(place, value, 0.6, color=colour, alpha=1 if name == strong else 0.5)
        ax.plot([min(known), max(known)], [place] * 2, color="#333333", linewidth=1)
        inside = max(known) > 0.8
        ax.annotate(f"{value:.0%}", (0.02 if inside else max(known) + 0.02, place), va="center", fontsize=7,
                    color="white" if inside and name == strong else "black")
    ax.set(xlim=(0, 1.02), xticks=[])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)


def draw_dying(data):
    figure, panels = canvas(2 * len(data["found"]), 8.2, 2.5, sharey=True)
    for i, (provocation, its) in enumerate(data["found"].items()):
        for ax, key, colour, what in ((panels[2 * i], "end", plot.VERMILION, "dead units"),
                                      (panels[2 * i + 1], "accuracy", plot.BLUE, "accuracy")):
            bars(ax, {remedy: runs[key] for remedy, runs in its.items()}, "relu", colour)
            ax.set_title(what, fontweight="normal")
        panels[2 * i].annotate(provocation, (0, 1.17), xycoords="axes fraction", fontsize=9, fontweight="bold")
    panels[0].set_yticks(range(len(REMEDIES)), [*REMEDIES][::-1])
    head(figure, "Dying units, and what helps", "dying", data)
    return figure


# ---- all of them ----

CLAIMS = {
    "cost": Claim(
        "ReLU is the cheapest nonlinearity: it has no exponential to compute.",
        "Glorot, Bordes & Bengio, Deep sparse rectifier neural networks, 2011",
        measure_cost, check_cost, table_cost, draw_cost),
    "gradients": Claim(
        "Saturating functions lose the gradient with depth; rectifiers keep it, if the initial weights make up for the half that "
        "they cut off; SELU keeps it by itself.",
        "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010; He et al., Delving "
        "deep into rectifiers, 2015; Klambauer et al., Self-normalizing neural networks, 2017",
        measure_gradients, check_gradients, table_gradients, draw_gradients),
    "convergence": Claim(
        "On CIFAR-10 a convolutional network of four layers with ReLU reaches 25% training error six times faster than the same "
        "with tanh.",
        "Krizhevsky, Sutskever & Hinton, ImageNet classification with deep convolutional neural networks, 2012, figure 1",
        measure_convergence, check_convergence, table_convergence, draw_convergence, ("sklearn",)),
    "sparsity": Claim(
        "With ReLU about half of the hidden outputs are real zeros at initialisation; trained networks are sparse too, and a "
        "penalty easily makes them sparser.",
        "Glorot, Bordes & Bengio, Deep sparse rectifier neural networks, 2011",
        measure_sparsity, check_sparsity, table_sparsity, draw_sparsity, ("sklearn",)),
    "dying": Claim(
        "A ReLU that is below 0 for every input has no gradient and does not come back: too high a rate or too negative a bias "
        "does it. A slope below 0, a better initialisation or a lower rate is the remedy.",
        "Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models, 2013; He et al., Delving deep "
        "into rectifiers, 2015; Lu et al., Dying ReLU and initialization, 2019",
        measure_dying, check_dying, table_dying, draw_dying, ("sklearn",)),
}


# ---- pictures ----

def canvas(columns, width, height, **rest):
    """A figure with panels beside each other."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, columns, figsize=(width, height), squeeze=False, **rest)
    return figure, panels[0]


def head(figure, title, name, data):
    """The title, and whether the claim holds."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, fontweight="bold")
    figure.text(0.995, 0.985, f"the claim {verdict(CLAIMS[name].check(data))}", ha="right", va="top", fontsize=8, color=plot.GREY)


def labels(figure, panels, side):
    """Each line's label at its left or right end, moved apart where they would overlap."""
    figure.draw_without_rendering()     # until then it is unknown where the panels are
    gap = 8.5 * figure.dpi / 72
    for ax in panels:
        lines = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
        end = 0 if side == "left" else -1
        ends = sorted(((ax.transData.transform((line.get_xdata()[end], line.get_ydata()[end]))[1], line) for line in lines),
                      key=lambda pair: pair[0])
        places = [y for y, _ in ends]
        for _ in range(100):
            for i in range(len(places) - 1):
                near = gap - (places[i + 1] - places[i])
                if near > 0:
                    places[i], places[i + 1] = places[i] - near / 2, places[i + 1] + near / 2
        for (y, line), place in zip(ends, places, strict=True):
            ax.annotate(line.get_label(), (line.get_xdata()[end], line.get_ydata()[end]),
                        (-4 if side == "left" else 4, (place - y) * 72 / figure.dpi), textcoords="offset points", va="center",
                        ha="right" if side == "left" else "left", color=line.get_color(), fontweight="bold", fontsize=7.5)
