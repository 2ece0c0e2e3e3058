# SPDX-License-Identifier: BSD-3-Clause
"""`claims`: the networks learn by the right gradients, verdicts follow from the numbers, and what it writes is what it says."""
import copy
import functools
import importlib.util
import json
import math
import subprocess
import sys
import xml.etree.ElementTree

import numpy as np
import pytest
import support

import fastrelu as fr
from fastrelu import __main__ as command
from fastrelu.tools import claims, literature, networks

INIT = functools.partial(fr.init.he_normal, in_axis=0, out_axis=1)
QUICK = ["claims", "gradients", "--quick", "--seeds", "1"]      # the one that needs NumPy alone and no clock


def has(library):
    return pytest.mark.skipif(not importlib.util.find_spec(library), reason=f"needs {library}")


# ---- the networks ----

def slope(network, x, target, param, index, step=1e-6):
    """The derivative of the loss (penalties included) by one number, by central differences."""
    def loss():
        value = networks.cross_entropy(network.forward(x), target)[0]
        return value + sum(layer.weight * np.abs(layer.x).sum() / len(x) for layer in network.layers
                           if isinstance(layer, networks.Penalty))
    before = param[index]
    param[index] = before + step
    above = loss()
    param[index] = before - step
    below = loss()
    param[index] = before
    return (above - below) / (2 * step)


@pytest.mark.parametrize("make", [
    *(functools.partial(networks.mlp, (64, 7, 6, 10), name, INIT) for name in ("relu", "prelu", "gelu", "tanh", "elu")),
    functools.partial(networks.mlp, (64, 7, 6, 10), "relu", INIT, bias=0.1, penalty=0.3),
    functools.partial(networks.convnet, "prelu", INIT), functools.partial(networks.convnet, "tanh", INIT)],
    ids=["relu", "prelu", "gelu", "tanh", "elu", "penalty", "conv-prelu", "conv-tanh"])
def test_gradients_are_those_of_finite_differences(make):
    rng = np.random.default_rng(3)
    network = make(rng, dtype=np.float64)
    x, target = rng.standard_normal((5, 8, 8, 1)), rng.integers(10, size=5)
    _, dy = networks.cross_entropy(network.forward(x), target)
    *_, (_, dx) = network.backward(dy)
    dx = dx.copy()
    gradients = [[gradient.copy() for gradient in layer.gradients] for layer in network.layers]
    checked = 0
    for layer, its in zip(network.layers, gradients, strict=True):
        for param, gradient in zip(layer.params, its, strict=True):
            assert gradient.shape == param.shape
            for flat in rng.choice(param.size, min(6, param.size), replace=False):
                index = np.unravel_index(flat, param.shape)
                assert gradient[index] == pytest.approx(slope(network, x, target, param, index), rel=1e-5, abs=1e-8)
                checked += 1
    assert checked > 20
    for flat in rng.choice(x.size, 10, replace=False):
        index = np.unravel_index(flat, x.shape)
        assert dx[index] == pytest.approx(slope(network, x, target, x, index), rel=1e-5, abs=1e-8)


def test_training_learns_and_repeats():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 8), dtype=np.float32)
    target = x[:, :3].argmax(axis=1)

    def trained():
        network = networks.mlp((8, 32, 10), "relu", INIT, np.random.default_rng(1))
        done = list(networks.train(network, x, target, 0.3, 10, np.random.default_rng(2)))
        assert done[-1] == 10
        assert len(done) == 10 * 7
        return network
    first, second = trained(), trained()
    assert first.error(x, target) < 0.15
    for a, b in zip(first.layers, second.layers, strict=True):
        for mine, its in zip(a.params, b.params, strict=True):
            support.same_bytes(mine, its)


def test_dead_units_are_found_whatever_the_activation():
    x = np.array([[-1000, 2, 0], [-2000, -1, 0]], np.float32)
    for name, dead in {"relu": [True, False, True], "leaky_relu": [False] * 3, "prelu": [False] * 3,
                       "gelu": [True, False, False]}.items():
        layer = networks.Activation(name, 3)
        layer.forward(x.copy())
        assert layer.dead().tolist() == dead


# ---- verdicts, on made-up numbers ----

def test_verdict():
    def of(*holds):
        return literature.verdict([literature.Check("", "", held) for held in holds])
    assert of(True, True) == "holds"
    assert of(True, False) == "holds in part"
    assert of(False, False) == "does not hold"


def test_numbers_say_their_range():
    assert literature.over([2.0, 1.0, 4.0], "{:.2f}×") == "2.00× (1.00–4.00)"
    assert literature.over([0.5, 0.5], "{:.0%}") == "50%"
    assert literature.over([1.0, None, None], "{:.1f}") == "never (1.0–never)"
    assert literature.middle([None, 3.0, 1.0]) == 3.0
    assert literature.middle([None, 1.0]) == 1.0


def convergence(tanh, relu, sixfold=False):
    its = {"tanh": {"reached": {"training": tanh, "test": tanh}}, "relu": {"reached": {"training": relu, "test": relu}}}
    return {"networks": {"dense": its, "conv": copy.deepcopy(its)}}


@pytest.mark.parametrize(("tanh", "relu", "says"), [
    ([6.0, 7.0, 8.0], [1.0, 1.0, 1.0], "holds"), ([1.5, 1.5, 1.5], [1.0, 1.0, 1.0], "holds in part"),
    ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0], "does not hold"), ([0.5, 0.5, 9.0], [1.0, 1.0, 1.0], "does not hold"),
    ([None, None, None], [1.0, 2.0, 3.0], "holds"), ([1.0, 1.0, 1.0], [None, None, 2.0], "does not hold"),
    ([None, None, None], [None, None, None], "does not hold")])
def test_convergence(tanh, relu, says):
    assert literature.verdict(literature.check_convergence(convergence(tanh, relu))) == says


def gradients(**first):
    """What the first of 50 layers has, by scheme and name."""
    norms = {scheme: {name: {"50": [[first.get(f"{scheme}_{name}", 1.0), 1.0]]} for name in literature.DEEP}
             for scheme in literature.SCHEMES}
    return {"depths": [50], "width": 1, "norms": norms}


def test_gradients():
    good = {"LeCun_sigmoid": 1e-30, "Xavier_sigmoid": 1e-30, "He_sigmoid": 1e-20, "LeCun_relu": 1e-8, "Xavier_relu": 1e-8}
    assert literature.verdict(literature.check_gradients(gradients(**good))) == "holds"
    for worse in ({"He_sigmoid": 1e-3}, {"He_relu": 1e-3}, {"He_relu": 1e3}, {"Xavier_relu": 0.1}, {"LeCun_selu": 1e-2}):
        assert [check.holds for check in literature.check_gradients(gradients(**{**good, **worse}))].count(False) == 1


def test_cost():
    def data(times, layers):
        alone = {name: {d: {"fastrelu": [t], "numpy": [2 * t]} for d in literature.DIRECTIONS}
                 for name, t in zip(literature.COSTED, times, strict=True)}
        return {"elements": 1, "batch": 1, "width": 1, "alone": alone,
                "layers": {name: [t] for name, t in zip(literature.COSTED, layers, strict=True)}}
    assert literature.verdict(literature.check_cost(data([1, 2, 3, 4], [1, 1.2, 1.3, 1.4]))) == "holds"
    assert [c.holds for c in literature.check_cost(data([1, 2, 3, 4], [1, 1.05, 1.3, 1.4]))] == [True, True, False]
    assert [c.holds for c in literature.check_cost(data([1, 0.9, 3, 4], [1, 1.2, 1.3, 1.4]))] == [False, False, True]
    without = data([1, 2, 3, 4], [1, 1.2, 1.3, 1.4])
    for direction in literature.DIRECTIONS:     # no SciPy: no idiom
        del without["alone"]["gelu"][direction]["numpy"]
    assert literature.verdict(literature.check_cost(without)) == "holds"
    assert ["", "NumPy", "–", "–", ""] in literature.table_cost(without)[1]


def test_dying():
    def holds(end, accuracy, back=0.0, **others):
        """One seed, provoked by too high a rate; others: (dead at the end, accuracy) of a remedy."""
        runs = dict.fromkeys(literature.REMEDIES, (0.0, 0.9)) | {"relu": (end, accuracy)} | others
        its = {remedy: {"early": [0.5], "end": [dead], "back": [back], "accuracy": [right]}
               for remedy, (dead, right) in runs.items()}
        return [check.holds for check in literature.check_dying({"found": {next(iter(literature.PROVOCATIONS)): its}})]
    assert holds(0.5, 0.8) == [True, True, True, True]
    assert holds(0.01, 0.8) == [False, True, True, True]
    assert holds(0.5, 0.8, 0.3) == [True, False, True, True]
    assert holds(0.5, 0.95) == [True, True, False, False]
    assert holds(None, 0.1, None) == [False, False, True, True]     # to diverge is not to die
    assert holds(0.5, 0.8, gelu=(None, 0.1)) == [True, True, False, True]
    assert holds(0.5, 0.8, elu=(0.6, 0.9)) == [True, True, False, True]
    assert holds(0.5, 0.8, **{"relu, lower rate": (0.0, 0.7)}) == [True, True, True, False]


def test_sparsity():
    def data(before, after, penalised, lost=0.0, other=0.0):
        def runs(before, after, accuracy):
            return {"before": [[before] * 3], "after": [[after] * 3], "accuracy": [accuracy]}
        return {"variants": {"relu": runs(before, after, 0.9), "relu, L1": runs(before, penalised, 0.9 - lost),
                             **{name: runs(0.0, other, 0.9) for name in literature.DENSE}}}
    assert literature.verdict(literature.check_sparsity(data(0.5, 0.55, 0.8))) == "holds"
    for worse in ({"before": 0.3}, {"after": 0.2}, {"penalised": 0.5}, {"lost": 0.05}, {"other": 0.01}):
        found = literature.check_sparsity(data(**{"before": 0.5, "after": 0.55, "penalised": 0.8, **worse}))
        assert [check.holds for check in found].count(False) == 1


# ---- the command ----

@has("sklearn")
@has("matplotlib")
def test_everything(capsys, tmp_path, monkeypatch, fast_bench):
    """All claims, as small as they come: text, JSON and pictures."""
    monkeypatch.setenv("COLUMNS", "80")
    folder, file = tmp_path / "new" / "pictures", tmp_path / "claims.json"
    status, out, err = support.run(capsys, "claims", "--quick", "--seeds", "1", "--out", str(folder), "--json", str(file))
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert {path.name for path in folder.iterdir()} == {f"{name}.svg" for name in claims.CLAIMS}
    for path in folder.iterdir():
        assert xml.etree.ElementTree.parse(path).getroot().tag.endswith("svg")
    document = json.loads(file.read_text(), parse_constant=pytest.fail)     # JSON has no NaN
    assert document.keys() == {"fastrelu", "machine", "seeds", "quick", "interrupted", "claims"}
    assert [result["name"] for result in document["claims"]] == list(claims.CLAIMS)
    for result in document["claims"]:
        assert result.keys() == {"name", "claim", "source", "measured", "checks", "verdict", "seconds"}
        assert result["verdict"] == literature.verdict([literature.Check(**check) for check in result["checks"]])
        assert f"The claim {result['verdict']}." in out
        assert any(year in result["source"] for year in ("2010", "2011", "2012", "2013"))
        checks = claims.CLAIMS[result["name"]].check(result["measured"])    # what was written is what was judged
        assert [check._asdict() for check in checks] == result["checks"]


def test_a_seed_gives_the_same(capsys):
    def numbers(*more):
        status, out, _ = support.run(capsys, *QUICK, "--json", *more)
        assert status == 0
        return json.loads(out)["claims"][0]["measured"]
    first = numbers("-", "--seed", "5")
    assert numbers("-", "--seed", "5") == first
    assert numbers("-", "--seed", "6") != first


@pytest.mark.parametrize("words", [["nonsense"], ["--seed", "-1"], ["--seed", "x"], ["--seeds", "0"]])
def test_wrong_command_line(capsys, words):
    with pytest.raises(SystemExit) as stopped:
        command.main(["claims", *words])
    assert stopped.value.code == 2
    err = capsys.readouterr().err
    assert repr(words[-1]) in err
    assert words[0].startswith("-") or all(name in err for name in claims.CLAIMS)


def test_what_cannot_be_written_is_said_before_the_work(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "measured", lambda *_: pytest.fail("it began to measure"))
    file = tmp_path / "file"
    file.write_text("")
    (tmp_path / "folder" / "gradients.svg").mkdir(parents=True)
    options = [["--json", str(tmp_path / "no" / "file")]]
    if importlib.util.find_spec("matplotlib"):
        options += [["--out", str(file)], ["--out", str(file / "below")], ["--out", str(tmp_path / "folder")]]
    for words in options:
        status, out, err = support.run(capsys, *QUICK, *words)
        assert (status, out) == (2, "")
        assert f"cannot write {words[1]}" in err


def test_without_scikit_learn(capsys, without):
    without("sklearn")
    status, out, err = support.run(capsys, "claims", "dying")
    assert (status, out) == (2, "")
    assert 'dying left out: the data are scikit-learn\'s; install it with:  pip install "fastrelu[claims]"' in err
    status, out, err = support.run(capsys, "claims", "sparsity", *QUICK[1:])
    assert status == 2      # not all that was asked for
    assert "sparsity left out" in err
    assert "The claim holds." in out


def test_without_matplotlib(capsys, without, tmp_path):
    without("matplotlib")
    status, out, err = support.run(capsys, *QUICK, "--out", str(tmp_path))
    assert (status, out) == (2, "")
    assert 'pip install "fastrelu[plot]"' in err


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_interrupt_keeps_what_is_done():
    code = ("import os, signal, sys; from fastrelu.tools import claims; from fastrelu.__main__ import main\n"
            "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "def stop(setting):\n    os.kill(os.getpid(), signal.SIGINT)\n    signal.pause()\n"
            "claims.CLAIMS['sparsity'] = claims.CLAIMS['sparsity']._replace(measure=stop, needs=())\n"
            "sys.exit(main(['claims', 'gradients', 'sparsity', '--quick', '--seeds', '1', '--json', '-']))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 130
    assert "interrupted; 1 claim of 2" in done.stderr
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert document["interrupted"]
    assert [result["name"] for result in document["claims"]] == ["gradients"]
    assert math.isfinite(document["claims"][0]["seconds"])
