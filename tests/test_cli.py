# SPDX-License-Identifier: BSD-3-Clause
"""The command line: what it prints, what it refuses, and that its numbers are what they say."""
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import support

import fastrelu as fr
from fastrelu import __main__ as command
from fastrelu.tools import cli, info, timing

FIRST = fr.names()[0]


PICTURES = [["plot", picture] for picture in ("functions", "bench", "accuracy")]


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([*words, "--help"] for words in (
    *([name] for name in command.commands()), *PICTURES))], ids=" ".join)
def test_help(capsys, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stopped:
        command.main(words)
    out = capsys.readouterr().out
    assert stopped.value.code == 0
    assert max(map(len, out.splitlines())) <= 80
    if words[0] in command.commands():
        assert "examples:" in out


@pytest.mark.parametrize("line", ["", "nonsense", "bench --sizes 0", "bench --sizes 3x", "bench --threads 0",
                                  "bench --dtype flaot32", "bench --dtype complex64"])
def test_wrong_command_line(capsys, line):
    words = line.split()
    with pytest.raises(SystemExit) as stopped:
        command.main(words)
    assert stopped.value.code == 2
    assert words[-1:] == [] or words[-1] in capsys.readouterr().err


def test_unknown_op_names_the_nearest(capsys):
    with pytest.raises(SystemExit):
        command.main(["bench", "--ops", FIRST + "_bakward"])
    assert f"{FIRST}_backward" in capsys.readouterr().err


def test_every_line_fits(capsys, fast_bench, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for words in (["--quick", "--sizes", "64"], ["--sizes", "64", "16Ki", "100001", "--rows", "--threads", "1", "2"]):
        status, out, _ = support.run(capsys, "bench", *words)
        assert status == 0
        assert max(map(len, out.splitlines())) <= 80
        assert "geometric mean" in out
        assert "…" not in out
        assert "\x1b" not in out
        for name in fr.names():
            assert name in out


def test_no_color(capsys, fast_bench, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    words = ["bench", "--ops", FIRST, "forward", "--sizes", "64"]
    colour = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
    assert colour.search(support.run(capsys, *words)[1])
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour.search(support.run(capsys, *words)[1])


def test_json(capsys, fast_bench, tmp_path):
    status, out, err = support.run(capsys, "bench", "--ops", FIRST, "forward", "backward_", "--sizes", "64", "100",
                                   "--dtype", "float32", "float64", "--threads", "1", "2", "--json", "-")
    document = json.loads(out)
    assert status == 0
    assert "geometric mean" in err
    assert document["mismatches"] == []
    assert {(r["direction"], r["size"], r["dtype"], r["threads"]) for r in document["results"]} == {
        (d, s, t, n) for d in ("forward", "backward_") for s in (64, 100) for t in ("float32", "float64") for n in (1, 2)}
    for r in document["results"]:
        assert r["fastrelu"]["min_s"] <= r["fastrelu"]["median_s"]
        assert r["ratios"]["numpy"] == pytest.approx(r["peers"]["numpy"]["min_s"] / r["fastrelu"]["min_s"])
        assert r["ns_per_element"] == pytest.approx(r["fastrelu"]["min_s"] * 1e9 / r["size"])
        arrays = 2 if r["direction"] == "forward" else 3
        assert r["bytes"] == arrays * r["size"] * np.dtype(r["dtype"]).itemsize
        assert r["gb_per_s"] == pytest.approx(r["bytes"] / r["fastrelu"]["min_s"] / 1e9)
        assert r["limit_share"] == pytest.approx(r["limit_s"] / r["fastrelu"]["min_s"])
    file = tmp_path / "bench.json"
    assert support.run(capsys, "bench", "--ops", "bias_act", "softmax_", "--sizes", "64", "2Ki", "--json", str(file))[0] == 0
    assert {(r["name"], r["direction"], *r["shape"]) for r in json.loads(file.read_text())["results"]} == {
        (name, direction, size // row, row) for size, row in ((64, 64), (2048, 1024)) for name, direction in (
            ("softmax", "forward_"), *((f"bias_act {act}", d) for act in ("relu", "gelu") for d in (
                "forward", "forward_", "backward_")))}
    assert support.run(capsys, "bench", "--ops", f"{FIRST}_backward", "--sizes", "64", "--json", str(file))[0] == 0
    assert {(r["name"], r["direction"]) for r in json.loads(file.read_text())["results"]} == {(FIRST, "backward")}


def test_a_wrong_result_is_an_error(capsys, fast_bench, monkeypatch):
    function = getattr(fr, FIRST)
    monkeypatch.setattr(fr, FIRST, lambda x, out: np.add(function(x), np.float32(1e-3), out=out))
    status, _, err = support.run(capsys, "bench", "--ops", FIRST, "forward", "--sizes", "64")
    assert status == 1
    assert "WRONG RESULT" in err
    assert FIRST in err


def test_first_commands_need_numpy_alone():
    """bench, certify, info and half of claims in an interpreter that finds NumPy and nothing else besides us."""
    allowed = ("numpy", "fastrelu", *sys.stdlib_module_names)
    script = f"""
import sys
class Only:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in {allowed!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Only())
from fastrelu.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
    for line in (f"bench --quick --ops {FIRST} forward --sizes 64", f"certify {FIRST} --inputs 1000", "info",
                 "claims gradients --quick --seeds 1"):
        done = support.python(script, *line.split())
        assert fr.__version__ in done.stdout
        assert done.stderr == ""


@pytest.mark.parametrize("case", timing.cases(), ids=str)
def test_the_idioms_agree(case):
    """The NumPy idioms of the registry are right, in place too: bench compares with them."""
    if not case.comparable():
        pytest.skip("needs SciPy")
    for kind in ("float32", "float64", "int8", "uint16"):
        if case.keeps(kind):
            assert timing.check(case, timing.Buffers(case.shape(5000), kind))


@pytest.mark.parametrize("case", [c for c in timing.cases() if c.in_place], ids=str)
def test_in_place_is_timed_on_fresh_input(case):
    buffers = timing.Buffers(64)
    contestant = timing.HERE["fastrelu"].contestant(case, buffers)
    target = case.inputs[0]
    before = buffers[target].copy()
    assert contestant.calls == timing.BURST // 256
    contestant.run(3)
    np.testing.assert_array_equal(buffers[target], before)


def test_limit_moves_what_it_should():
    buffers = timing.Buffers(1000)
    for streams, in_place in (((1, 1), False), ((2, 1), False), ((1, 1), True), ((2, 1), True), ((2, 2), False)):
        one, scale = timing.limit(streams, in_place, buffers, 3)
        assert one.run(2) > 0
        assert scale == (4 / 3 if streams == (2, 2) else 1)


@pytest.mark.parametrize(("case", "output"), [(case, output) for case in timing.cases() if not case.elementwise
                                              for output in case.outputs if case.comparable()], ids=str)
def test_a_wrong_row_sum_or_bit_is_found(case, output):
    """check() knows what a result of more than its own place may be off by."""
    class Wrong(timing.NumPy):
        label = "wrong"

        def program(self, *given):
            statements, scope = super().program(*given)
            return [*statements, f"np.add({output}, 1, out={output})"], scope

    buffers = timing.Buffers((3, 40))
    assert timing.check(case, buffers)
    with pytest.raises(timing.Mismatch, match="where wrong has"):
        timing.check(case, buffers, Wrong())


def test_rows_are_as_long_as_the_size_allows():
    shapes = {size: timing.CASES["softmax"].shape(size) for size in (1, 64, 2**20, 10**6, 100_003)}
    assert shapes == {1: (1, 1), 64: (1, 64), 2**20: (1024, 1024), 10**6: (1000, 1000), 100_003: (1, 100_003)}
    assert timing.CASES[FIRST].shape(64) == (64,)


def test_geometric_means_are_of_the_same_sizes():
    def row(size, threads, ratio):
        return {"name": "f", "direction": "forward", "dtype": "float32", "size": size, "threads": threads,
                "ratios": {"numpy": ratio}}
    means = timing.geometric_means([row(64, 1, 2.0), row(4096, 1, 8.0), row(4096, 2, 32.0)], "numpy")
    assert means["forward"] == pytest.approx({1: 4.0, 2: 8.0})


def interrupted_bench():
    # A shell lets its background jobs ignore the interrupt, and they hand that down.
    code = ("import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); sys.argv[1:] = ['bench']; "
            "runpy.run_module('fastrelu', run_name='__main__', alter_sys=True)")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        process.stdout.readline()   # the heading: measuring begins
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        try:
            return *process.communicate(timeout=60), process.returncode
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_interrupt_keeps_what_is_done():
    out, err, status = interrupted_bench()
    if status == -signal.SIGINT:    # on a busy machine it can come before the command is ready for it
        out, err, status = interrupted_bench()
    assert status == 130
    assert "geometric mean" in out
    assert "interrupted" in err


def test_closed_pipe():
    line = f'"{sys.executable}" -m fastrelu info | head -1'
    process = subprocess.run(line, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in process.stderr


def test_ascii_terminal():
    process = subprocess.run([sys.executable, "-m", "fastrelu", "bench", "--quick", "--ops", FIRST, "forward", "--sizes", "64"],
                             capture_output=True, check=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert b"geometric mean" in process.stdout
    process.stdout.decode("ascii")


WRITERS = {"bench": "bench --json", "certify": "certify --json", "info": "info --json", "plot": "plot functions --out",
           "plot, numbers": "plot accuracy --json"}


@pytest.mark.parametrize("line", WRITERS.values(), ids=WRITERS)
def test_what_cannot_be_written_is_said_before_the_work(capsys, monkeypatch, tmp_path, line):
    """In one line; and the test leaves what is there, and nothing more."""
    module = command.commands()[line.split()[0]]
    monkeypatch.setattr(module, "run", lambda args: pytest.fail("it works already"))
    full = ["/dev/full"] if os.path.exists("/dev/full") else []
    for file in ("/nonexistent/x.svg", str(tmp_path), str(tmp_path / "no" / "x.svg"), *full):
        status, out, err = support.run(capsys, *line.split(), file)
        assert (status, out) == (2, "")
        assert re.fullmatch(rf"fastrelu {line.split()[0]}.*: cannot write {file}: [\w ]+\n", err), err
    monkeypatch.setattr(module, "run", lambda args: 0)
    there = tmp_path / "there.svg"
    there.write_text("kept")
    for file in (there, tmp_path / "new.svg"):
        assert support.run(capsys, *line.split(), str(file))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["there.svg"]
    assert there.read_text() == "kept"
    usage = shutil.disk_usage("/")._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    status, _, err = support.run(capsys, *line.split(), str(tmp_path / "new.svg"))
    assert status == 2
    assert "No space left" in err
    assert not (tmp_path / "new.svg").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_disk_that_is_full_in_the_end(capsys, monkeypatch, tmp_path):
    """A line and no traceback, to a file and to standard output."""
    monkeypatch.setattr(cli, "check_writable", lambda file: None)
    picture = tmp_path / "full.svg"
    picture.symlink_to("/dev/full")
    for words in (["info", "--json", "/dev/full"], ["certify", FIRST, "--inputs", "100", "--json", "/dev/full"],
                  ["plot", "functions", "--ops", FIRST, "--out", str(picture)]):
        if words[0] == "plot" and not importlib.util.find_spec("matplotlib"):
            continue
        status, _, err = support.run(capsys, *words)
        assert status == 2
        assert err.endswith(f"cannot write {words[-1]}: No space left on device\n")
    for words in (["info"], ["info", "--json"], ["certify"], ["bench"]):
        with open("/dev/full", "w") as full:
            done = subprocess.run([sys.executable, "-m", "fastrelu", *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                  check=False, timeout=60)
        assert done.returncode == 2
        assert done.stderr == f"fastrelu {words[0]}: cannot write standard output: No space left on device\n"


def test_info(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_PROC_BIND", "close")
    status, out, _ = support.run(capsys, "info")
    assert status == 0
    for word in (fr.__version__, np.__version__, "affinity", "instruction sets", "OMP_PROC_BIND", "close"):
        assert word in out
    status, out, _ = support.run(capsys, "info", "--json")
    document = json.loads(out)
    assert document["threads"]["in use"] == fr.get_num_threads()
    assert document["environment"]["OMP_PROC_BIND"] == "close"
    assert document["CPU"]["model"] == info.cpu_model()
    file = tmp_path / "info.json"
    assert support.run(capsys, "info", "--json", str(file)) == (0, "", "")
    assert json.loads(file.read_text()).keys() == document.keys()
    assert support.run(capsys, "info", "--json", str(tmp_path / "no" / "file"))[0] == 2


def test_info_says_what_decided_the_threads():
    code = "import json, sys; from fastrelu.tools import info; print(json.dumps(info.collect()['threads']))"
    environment = {**os.environ, "FASTRELU_NUM_THREADS": "1", "OMP_NUM_THREADS": "3"}
    threads = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment).stdout)
    assert threads["in use"] == threads["default"] == 1
    assert "FASTRELU_NUM_THREADS" in threads["decided by"]


def test_import_is_light():
    heavy = ("argparse", "scipy", "fastrelu.tools")
    code = f"import sys, fastrelu; print([m for m in {heavy} if m in sys.modules])"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "[]"
