# SPDX-License-Identifier: BSD-3-Clause
"""Options, the one fixture that switches the instruction set, and the parametrisation from the registry."""

import os
import sys

import hypothesis
import pytest
import support

import fastrelu as fr
from fastrelu.tools import timing as _bench

# The processes that tests start must find the installed package too, not the source folder that they may be in.
os.environ["PYTHONSAFEPATH"] = "1"

# No database: nothing is left behind. Derandomised: a failure in CI is a failure here.
hypothesis.settings.register_profile(
    "fastrelu",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("fastrelu")


def pytest_addoption(parser):
    parser.addoption("--exhaustive", action="store_true", help="also run every float32 through every function (hours)")


def pytest_configure(config):
    config.addinivalue_line("markers", "exhaustive: all 2^32 inputs, or times; only with --exhaustive")
    config.addinivalue_line("markers", "shapes: on one function of each shape, not on every function")
    config.addinivalue_line("markers", "in_place: on functions that can be in place")
    config.addinivalue_line("markers", "slow: seconds, or gigabytes")
    config.addinivalue_line("markers", "timeout: of pytest-timeout")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--exhaustive"):
        for item in items:
            if item.get_closest_marker("exhaustive"):
                item.add_marker(pytest.mark.skip(reason="needs --exhaustive"))


def pytest_report_header(config):
    return (
        f"fastrelu: {fr.__file__}, {', '.join(support.ISAS)}, {', '.join(d.name for d in support.FLOATS)}, "
        f"{len(support.KERNELS)} functions of {len(support.SHAPES)} shapes"
    )


def pytest_generate_tests(metafunc):
    """`kernel`, `dtype`, `isa` and `activation` are what the registry, the dtypes and the machine have.

    `kernel` is every function, or with the mark `shapes` one of each shape. `dtype` is a float; `any_dtype` goes with `kernel`
    and has integers where it takes them, all of them or one of each size. The instruction set varies fastest.
    """
    given = [mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")]
    marked = {name for names in given for name in ([names] if isinstance(names, str) else names)}
    names = [name for name in metafunc.fixturenames if name not in marked]
    shapes = metafunc.definition.get_closest_marker("shapes")
    kernels, dtypes_of = (support.SHAPES, support.loops_of) if shapes else (support.KERNELS, support.dtypes_of)
    if metafunc.definition.get_closest_marker("in_place"):
        kernels = [kernel for kernel in kernels if kernel.has_in_place]
    if "kernel" in names and "any_dtype" in names:
        pairs = [(k, d) for k in kernels for d in dtypes_of(k)]
        metafunc.parametrize("kernel, any_dtype", pairs, ids=[f"{k}-{d.char}" for k, d in pairs])
    elif "kernel" in names:
        metafunc.parametrize("kernel", kernels, ids=repr)
    if "activation" in names:
        metafunc.parametrize("activation", [fr.get(name) for name in fr.names()], ids=fr.names())
    if "dtype" in names:
        metafunc.parametrize("dtype", support.FLOATS, ids=lambda d: d.name)
    if "isa" in names:
        metafunc.parametrize("isa", support.ISAS, indirect=True)
    if "fast" in names:
        metafunc.parametrize("fast", [True, False], indirect=True, ids=["fast", "numpy"])


@pytest.fixture
def isa(request):
    """The instruction set in use during a test."""
    with support.instruction_set(request.param) as name:
        yield name


@pytest.fixture
def fast(request):
    """Whether plain calls bypass NumPy's machinery."""
    with support.fast_path(request.param):
        yield request.param


@pytest.fixture
def fast_bench(monkeypatch):
    """Measuring in no time: one round, of one call."""
    monkeypatch.setattr(_bench, "ROUND", 1)
    measure = _bench.measure
    monkeypatch.setattr(_bench, "measure", lambda case, buffers, threads, budget, **rest: measure(
        case, buffers, threads, 0, (1, 1), **rest))


@pytest.fixture
def without(monkeypatch):
    """Hides a library: importing it fails until the test ends."""
    def hide(library):
        for name in {library, *(name for name in sys.modules if name.split(".")[0] == library)}:
            monkeypatch.setitem(sys.modules, name, None)

    return hide


@pytest.fixture(autouse=True)
def same_settings():
    """No test changes the process's threads or instruction set for the next: all that follow would test that one alone."""
    threads, isa = fr.get_num_threads(), support._ufuncs.isa()
    yield
    fr.set_num_threads(threads)
    assert support._ufuncs.isa() == isa
