# SPDX-License-Identifier: BSD-3-Clause
"""`plot`: every panel is there, shows what it should, and the file is what its name says."""
import contextlib
import json
import xml.etree.ElementTree

import numpy as np
import pytest

import fastrelu as fr
from fastrelu import __main__ as command
from fastrelu._registry import functions
from fastrelu.tools import bench, peers, plot, timing

FIRST = fr.names()[0]


@pytest.fixture(autouse=True)
def _matplotlib():
    mpl = pytest.importorskip("matplotlib")
    mpl.use("Agg")
    with mpl.rc_context(plot.SETTINGS):
        yield
    import matplotlib.pyplot as plt

    plt.close("all")


def results(tmp_path, threads=(1, 2)):
    """A file as bench --json writes it, with times that are easy to recognise."""
    rows = [{"name": name, "direction": "forward", "dtype": "float32", "size": size, "threads": n, "bytes": 8 * size,
             "limit_s": size * 1e-10, "fastrelu": {"min_s": size * 2e-10 / n}, "ratios": {"torch": 3.0},
             "peers": {"torch": {"min_s": size * 6e-10}}} for name in fr.names()[:2] for size in (64, 2**14, 2**22)
            for n in threads if size > 64 or n == 1]
    file = tmp_path / "bench.json"
    caches = {"L1d": "32 KiB", "L2": "1024 KiB", "L3": "32768 KiB, shared by CPUs 0-1"}
    file.write_text(json.dumps({"results": rows, "machine": {"CPU": {"model": "a CPU", "caches": caches}}}))
    return str(file)


def lines(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def test_functions():
    figure = plot.gallery(fr.names())
    assert [axes.get_title(loc="left") for axes in figure.axes if axes.get_visible()] == list(fr.names())
    for name, axes in zip(fr.names(), figure.axes, strict=False):
        kernel, shown = functions[name], lines(axes)
        x, y = shown["value"].get_data()
        there = ~np.isnan(y)
        assert there.mean() > 0.99
        np.testing.assert_array_equal(y[there], kernel.ufunc(x[there], *kernel.needed))
        assert (~np.isnan(shown["derivative"].get_ydata())).mean() > 0.99


def test_every_library_has_a_style_of_its_own():
    assert set(plot.STYLE) == {"fastrelu", *peers.NAMES}
    for what in ("color", "marker"):
        assert len({style[what] for style in plot.STYLE.values()}) == len(plot.STYLE)


def test_no_line_is_drawn_across_a_jump():
    x = np.linspace(-1, 1, 401) + 1e-9
    assert np.isnan(plot.curve(x, fr.hardshrink(x, 0.5))).sum() == 2
    assert not np.isnan(plot.curve(x, x)).any()


def test_accuracy_stays_below_the_promise():
    figure = plot.accuracy(["gelu", "sigmoid"], ["numpy"] if timing.special() else [], "forward")
    for axes in figure.axes:
        shown = lines(axes)
        assert shown["fastrelu"].get_ydata().max() <= 1
        assert not timing.special() or shown["NumPy"].get_ydata().max() > 10     # the tails


def test_bench_shows_the_times(tmp_path):
    document = bench.load(results(tmp_path))
    for threads, time in ((1, 0.2), (2, 0.1)):
        axes = plot.speed(document, None, "forward", threads).axes
        assert [a.get_title(loc="left") for a in axes if a.get_visible()] == list(fr.names()[:2])
        shown = lines(axes[0])
        np.testing.assert_array_equal(shown["fastrelu"].get_xdata(), [64, 2**14, 2**22])
        np.testing.assert_allclose(shown["fastrelu"].get_ydata(), [0.2, time, time])     # the smallest has one thread
        np.testing.assert_allclose(shown["PyTorch"].get_ydata(), 0.6)
        np.testing.assert_allclose(shown["memory's limit"].get_ydata(), [np.nan, 0.1, 0.1])  # nothing of few bytes
        assert [text.get_text() for text in axes[0].texts] == ["L1", "L2"]     # L3 holds 4 Mi of these, at the edge
    with pytest.raises(ValueError, match="no results of backward"):
        plot.speed(document, None, "backward")


@pytest.mark.parametrize("words", [["functions", "--ops", FIRST, "gelu"], ["bench", "FILE"],
                                   ["accuracy", "--ops", "gelu", "--against", "numpy"]], ids=lambda words: words[0])
@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_files(capsys, tmp_path, words, suffix):
    out = tmp_path / f"picture.{suffix}"
    words = [results(tmp_path) if word == "FILE" else word for word in words]
    assert command.main(["plot", *words, "--out", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    if suffix == "svg":
        assert xml.etree.ElementTree.parse(out).getroot().tag.endswith("svg")
        first = out.read_bytes()
        command.main(["plot", *words, "--out", str(out)])
        assert out.read_bytes() == first    # nothing of the day or of chance is in it
    else:
        assert out.read_bytes()[:4] == b"\x89PNG"


def test_json_is_what_is_drawn(capsys, tmp_path):
    assert command.main(["plot", "functions", "--ops", FIRST, "hardshrink", "--out", str(tmp_path / "a.svg"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {FIRST, "hardshrink"}
    assert document["hardshrink"].keys() == {"value", "derivative"}
    line = document["hardshrink"]["value"]
    assert line["y"].count(None) == 2   # the jumps
    assert all(y is None or y == pytest.approx(fr.hardshrink(x)) for x, y in zip(line["x"], line["y"], strict=True))


@pytest.mark.parametrize(("line", "says"), [
    ("functions --ops gellu", "did you mean gelu"), ("functions --out picture.bmp", ".svg, .png or .pdf"),
    ("functions --out /nonexistent/picture.svg", "cannot write"), ("bench /nonexistent/file", "cannot read"),
    ("accuracy --against torhc", "did you mean torch"), ("accuracy --ops prelu --direction backward_from_output", "prelu")])
def test_wrong_command_line(capsys, line, says):
    status = 2
    with contextlib.suppress(SystemExit):   # argparse's own errors
        status = command.main(["plot", *line.split()])
    assert status == 2
    assert says in capsys.readouterr().err


def test_without_matplotlib(capsys, without):
    without("matplotlib")
    assert command.main(["plot", "functions"]) == 2
    assert 'pip install "fastrelu[plot]"' in capsys.readouterr().err
