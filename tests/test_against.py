# SPDX-License-Identifier: BSD-3-Clause
"""`bench --against` and `--compare`: what a peer computes is what it should, in its own process, and one that is not there is a
sentence."""
import gc
import importlib.util
import json
import sys

import numpy as np
import pytest
import support

import fastrelu as fr
from fastrelu import __main__ as command
from fastrelu._registry import in_direction
from fastrelu.tools import bench, peers, timing

# numexpr is the one that starts in no time.
NUMEXPR = pytest.mark.skipif(bool(peers.missing("numexpr")), reason="needs numexpr")
FIRST = fr.names()[0]


def array_functions():
    """NumPy's, under the names that formulas have."""
    functions = {name: getattr(np, name) for name in (
        "exp", "expm1", "log1p", "tanh", "sqrt", "abs", "maximum", "minimum", "where")}
    return functions | ({"erfc": timing.special().erfc} if timing.special() else {})


class Formula(timing.Library):
    """A library that computes the registry's formulas by NumPy."""

    label = name = "formula"

    def program(self, case, buffers, threads):
        function = None if case.in_place else peers.formula(case, array_functions(), buffers.dtype.type)
        return function and ([f"out = function({', '.join(case.inputs)})"], {**buffers.scope(case, []), "function": function})


@pytest.mark.parametrize("case", [case for case in timing.cases() if not case.in_place], ids=str)
def test_the_formula_is_what_we_compute(case):
    """In float32 throughout: no number of it is a double."""
    buffers = timing.Buffers(5000)
    there = timing.check(case, buffers, Formula(), tolerance=peers.LOOSELY)
    assert there == (case.formula is not None and (case.name not in ("gelu", "geglu") or bool(timing.special())))
    if there:
        function = Formula().program(case, buffers, 1)[1]["function"]
        with np.errstate(all="ignore"):
            assert function(*(buffers[name] for name in case.inputs)).dtype == np.float32


def test_a_formula_in_unknown_terms_is_left_out():
    functions = array_functions()
    del functions["tanh"]
    assert peers.formula(timing.CASES["tanh"], functions, float) is None


SAMPLE = ("relu", "prelu", "hardswish", "softsign", "elu", "softplus", "gelu", "mish",  # compiling all takes minutes
          *dict.fromkeys(case.name for case in timing.cases() if not case.elementwise))
SINGLE = {str(case) for case in timing.cases(SAMPLE) if case.formula}
HAS = {     # the functions of the sample that each has
    "torch": {str(case) for case in timing.cases(SAMPLE) if case.function.name in peers.Torch.CALLS} - {
        "hardswish_backward_", "mish_backward_",    # no out=
        "relu_bitmask_", "relu_bitmask_backward_"},
    "numexpr": {name for name in SINGLE if not name.startswith("gelu") or "output" in name},    # no erf
    "numba": SINGLE,
    "jax": {name for name in SINGLE if not name.endswith("_")} | {"softmax", "log_softmax"},
    "onnxruntime": set(SAMPLE) & set(peers.OnnxRuntime.NODES),
}


@pytest.mark.parametrize("name", HAS)
def test_peers_compute_the_same(name):
    """Each in its process, where its result is checked against ours before anything is timed."""
    if peers.missing(name):
        pytest.skip(f"needs {name}")
    found, said = set(), []
    with peers.start([name], said.append) as (peer,):
        assert peer.versions
        for case in timing.cases(SAMPLE):
            buffers = timing.Buffers(case.shape(500))
            if peer.contestant(case, buffers):
                found.add(str(case))
    assert not said
    assert found == HAS[name]


def test_tables_name_what_there_is():
    assert set(peers.Torch.CALLS) <= {str(case) for case in timing.cases()}
    assert set(peers.OnnxRuntime.NODES) <= set(timing.NAMES)


@NUMEXPR
def test_against(capsys, fast_bench, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    file = tmp_path / "bench.json"
    status, out, err = support.run(capsys, "bench", "--against", "numexpr,numpy", "--ops", FIRST, "gelu", "forward", "forward_",
                           "--sizes", "64", "100", "--threads", "1", "2", "--json", str(file))
    assert status == 0, err
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out
    document = json.loads(file.read_text())
    assert document["peers"]["numexpr"]["versions"]["numexpr"]
    assert len(document["results"]) == 16
    for r in document["results"]:
        assert set(r["peers"]) >= ({"numexpr"} if r["name"] == FIRST else set())
        assert "numexpr" not in r["peers"] or r["name"] != "gelu"     # it has no erf
        assert r["ratios"] == {name: time["min_s"] / r["fastrelu"]["min_s"] for name, time in r["peers"].items()}
    wins = [bench.fastest(r) for r in document["results"]]
    assert f"of {len(wins) - wins.count('–')} cells" in out
    for r, winner in zip(document["results"], wins, strict=True):
        if winner not in ("fastrelu", "even", "–"):     # a lost cell is shown
            assert f"{in_direction(r['name'], r['direction'])} · float32 · {r['size']} · " in out


@NUMEXPR
def test_a_process_says_what_is_wrong_and_can_die():
    said = []
    with peers.start(["numexpr", "numpy"], said.append) as (peer, numpy):
        assert not said
        assert numpy is timing.HERE["numpy"]
        buffers, case = timing.Buffers(64), timing.CASES[FIRST]
        with pytest.raises(timing.Unusable, match="nonsense"):
            peer.ask("nonsense")
        assert peer.contestant(timing.CASES["gelu"], buffers) is None
        one = peer.contestant(case, buffers)
        one.calibrate()
        one.turn(0)
        assert one.result()["min_s"] > 0
        peer.process.kill()
        failures = []
        results = timing.measure(case, buffers, (1,), 0, (1, 1), against=(peer, numpy), failed=failures.append)
        assert "ended" in str(failures[0])
        assert results[0]["peers"].keys() == {"numpy"}
        assert peer.contestant(case, buffers) is None


def test_what_a_dead_process_leaves_can_be_collected():
    process = peers.Process("numexpr")
    try:
        process.process.kill()
        process.process.join()
        with pytest.raises(timing.Unusable, match="ended") as caught:
            process.ask("start")
        loop = [caught.value]
        loop.append(loop)
        del caught, loop
        gc.collect()    # pytest tells of errors in there
    finally:
        process.close()


def test_a_wrong_peer_is_left_out():
    class Wrong(timing.NumPy):
        label = name = "wrong"

        def program(self, case, buffers, threads):
            statements, scope = super().program(case, buffers, threads)
            return [*statements, "np.add(out, 1, out=out)"], scope

    wrong, failures, buffers = Wrong(), [], timing.Buffers(64)
    wrong.contestant = lambda case, buffers, threads: timing.check(case, buffers, wrong)
    timing.measure(timing.CASES[FIRST], buffers, (1,), 0, (1, 1), against=(wrong,), failed=failures.append)
    assert "where wrong has" in str(failures[0])


def test_a_missing_peer_is_a_sentence(capsys, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name.startswith("jax") else find(name, *rest))
    status, _, err = support.run(capsys, "bench", "--against", "jax", "--quick")
    assert status == 2
    assert "jax and jaxlib are not installed" in err
    assert "pip install jax jaxlib" in err
    with pytest.raises(SystemExit):
        command.main(["bench", "--against", "torhc"])
    assert "did you mean torch" in capsys.readouterr().err


def test_fastest():
    def cell(**ratios):
        return {"ratios": ratios}
    assert bench.fastest(cell(torch=2.0, jax=0.5)) == "jax"
    assert bench.fastest(cell(torch=1.02, jax=3.0)) == "even"
    assert bench.fastest(cell(torch=1.2)) == "fastrelu"
    assert bench.fastest(cell()) == "–"


def test_every_lost_cell_is_shown(capsys):
    function = max(timing.cases(), key=lambda case: len(str(case)))
    results = [{"name": function.name, "direction": function.direction, "dtype": "float32", "size": 2**18, "threads": 2,
                "ratios": {"onnxruntime": ratio, "torch": 3.0}} for ratio in (0.5, 1.0, 2.0)]
    bench.verdict(bench.Report(sys.stdout), results)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["Fastest: even 1, fastrelu 1, onnx 1 of 3 cells",
                         f"  {function} · float32 · 256 Ki · 2 threads: onnx 0.50×"]
    assert max(map(len, lines)) <= 80


def test_compare(capsys, fast_bench, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    longest = max(timing.CASES, key=len)
    support.run(capsys, "bench", "--ops", FIRST, longest, "--sizes", "64", "100", "--threads", "1", "--json", str(old))
    document = json.loads(old.read_text())
    for i, r in enumerate(document["results"]):
        r["fastrelu"]["min_s"] *= 2 if i == 0 else 1
    new.write_text(json.dumps(document))
    status, out, _ = support.run(capsys, "bench", "--compare", str(old), str(new))
    assert status == 0
    assert "0 faster by 10% or more, 1 slower" in out
    assert "0.50×" in out
    status, out, _ = support.run(capsys, "bench", "--compare", str(old), "--rows", "--json", str(new))
    assert status == 0
    assert longest in out
    assert f"{len(document['results'])} measurements" in out
    assert max(map(len, out.splitlines())) <= 80
    keys = [[(r["name"], r["direction"], r["size"], r["threads"]) for r in json.loads(file.read_text())["results"]]
            for file in (old, new)]
    assert keys[0] == keys[1]


def test_spread(capsys, fast_bench, tmp_path, monkeypatch):
    seen = []

    class Seen(timing.Buffers):
        def __init__(self, *args, **rest):
            super().__init__(*args, **rest)
            seen.append(self)

    monkeypatch.setattr(timing, "Buffers", Seen)
    words = ["--ops", FIRST, "forward", "--sizes", "4Ki", "--threads", "1"]
    support.run(capsys, "bench", *words, "--spread", "0.5", "--json", str(tmp_path / "old.json"))
    support.run(capsys, "bench", "--compare", str(tmp_path / "old.json"))
    support.run(capsys, "bench", *words)
    assert [round(float(buffers["x"].std()), 1) for buffers in seen] == [0.5, 0.5, 3.0]
    with pytest.raises(SystemExit):
        command.main(["bench", "--spread", "-1"])
    assert "positive" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"results": [{}]}', None])
def test_compare_with_something_else(capsys, tmp_path, content):
    file = tmp_path / "old.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SystemExit):
        command.main(["bench", "--compare", str(file)])
    assert ("cannot read" if content is None else "is not what") in capsys.readouterr().err
