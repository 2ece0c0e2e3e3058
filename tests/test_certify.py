# SPDX-License-Identifier: BSD-3-Clause
"""`fastrelu certify` measures what it says, and sees a kernel that is wrong in one interval only."""
import importlib.util
import json

import numpy as np
import pytest
import support

from fastrelu import __main__
from fastrelu.tools import certify

FORWARD = [kernel for kernel in support.SHAPES if kernel.direction == "forward"]
ISA = support.ISAS[-1]


def off(kernel, ulps):
    """The kernel, but `ulps` further from zero for x in [1, 1.25)."""
    true = certify.ours(kernel, ISA)

    def call(x):
        y = true(x)
        with np.errstate(invalid="ignore"):  # ml_dtypes's comparisons with NaN
            wrong = (x >= 1) & (x < 1.25)
        bits = f"i{y.itemsize}"
        y.view(bits)[wrong] += ulps
        return y
    return call


@pytest.mark.parametrize("kernel", FORWARD, ids=repr)
def test_two_ulps_in_one_interval_are_seen(kernel, dtype):
    contestants = {"true": certify.ours(kernel, ISA), "off": off(kernel, 3)}
    tallies, different = certify.certify(kernel, dtype, contestants, 1 << 13)
    assert tallies["true"].broken == 0
    assert tallies["true"].worst <= support.bound(kernel, dtype, ()) + 2**-8
    assert different == {"off"}
    assert tallies["off"].broken > 0
    assert tallies["off"].worst > 2
    assert 1 <= tallies["off"].at < 1.25


def test_counts():
    tally = certify.Tally()
    tally.add(np.array([1.0, 2.0, 3.0]), np.array([0.25, 0.75, 1.5]), np.array([False, False, True]))
    other = certify.Tally()
    other.add(np.array([4.0]), np.array([0.5]), np.array([False]))
    tally.merge(other)
    assert tally.as_dict() == {"max_ulp": 1.5, "at": 3.0, "inputs": 4, "over_half": 2, "over_one": 1, "broken": 1}


def test_all_means_all():
    kernel = FORWARD[0]
    seen = np.concatenate([x.view(np.uint16) for x in certify.inputs(kernel, np.dtype(np.float16), None)])
    assert np.array_equal(seen, np.arange(65536))


def test_command(capsys):
    names = [FORWARD[0].name, FORWARD[-1].name]
    assert __main__.main(["certify", *names, "--inputs", "2000", "--against", "numpy", "--json"]) == 0
    captured = capsys.readouterr()
    results = json.loads(captured.out)["results"]
    assert {r["function"] for r in results} >= set(names)
    for r in results:
        assert not r["different"]
        assert set(r["isas"]) == set(support.ISAS)
        assert all(t["inputs"] >= 2000 and t["broken"] == 0 for t in r["isas"].values())
    assert "Every promise is kept." in captured.err


def test_a_missing_peer_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None)
    assert certify.installed([["torch"], ["torch", "numpy"]], "certify") == []
    assert "torch is not installed" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_broken_promise_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr(certify, "ours", lambda kernel, isa: np.square)
    assert __main__.main(["certify", FORWARD[0].name, "--inputs", "2000"]) == 1
    assert "Promises broken" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "says"), [
    (["rulu"], "did you mean relu"), (["relu", "--isa", "sse9"], "usable are"), (["relu", "--dtype", "float65"], "float65"),
    (["relu", "--all", "--dtype", "float64"], "too many")])
def test_errors(words, says, capsys):
    assert __main__.main(["certify", *words]) == 2
    assert says in capsys.readouterr().err
