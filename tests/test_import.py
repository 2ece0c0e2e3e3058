# SPDX-License-Identifier: BSD-3-Clause
"""Around the functions: import, environment variables, names, get, show_config and the documentation."""

import dis
import doctest
import inspect
import pathlib
import pickle
import platform
import pydoc
import re
import shutil

import numpy as np
import pytest
import support
from support import KERNELS

import fastrelu as fr
from fastrelu import _registry, _ufuncs

GET = "import fastrelu as fr; print(fr.get_num_threads())"
PROGRAMS = [
    "pandas",
    "xarray",
    "dask",
    "rich",
    "threadpoolctl",
    "scipy",
    "matplotlib",
    "torch",
    "hypothesis",
    "pytest",
    "numpy.testing",
    "unittest",
    "multiprocessing",
]


# ---- import ----


def test_import_is_quiet_and_light():
    """Prints nothing, warns of nothing, imports no optional library."""
    done = support.python(
        "import numpy, sys; before = set(sys.modules); import fastrelu; new = set(sys.modules) - before\n"
        f"wrong = [m for m in {PROGRAMS!r} if m in new]\nassert not wrong, wrong"
    )
    assert done.stdout == done.stderr == ""


def test_import_makes_no_function_and_starts_no_thread():
    """What import costs: 200 functions with their documentation would be most of it."""
    support.python(
        "import os, fastrelu as fr; from fastrelu._registry import functions\n"
        "made = lambda: {name for name, function in functions.items() if function.made}\n"
        "assert not made() and 'relu' not in vars(fr)\n"
        "assert not os.path.exists('/proc/self/task') or len(os.listdir('/proc/self/task')) == 1\n"
        "fr.elu_backward, fr.relu_\n"
        "assert made() == {'elu_backward', 'relu'} and 'relu_' in vars(fr)",
        env={"OPENBLAS_NUM_THREADS": "1"},
    )


def test_submodules_are_imported_by_statements():
    """Whoever packs a program reads them from the code: names in strings are none."""
    code = fr.__getattr__.__code__
    imported = {step.argval for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME"}
    assert {"fastrelu.init", "fastrelu.diagnostics"} <= imported


def test_first_use_in_many_threads():
    """All get the same function."""
    support.python(
        "import threading, fastrelu as fr\n"
        "found, start = [], threading.Barrier(8)\n"
        "def use():\n"
        "    start.wait()\n"
        "    found.append([id(getattr(fr, name)) for name in fr.names()])\n"
        "threads = [threading.Thread(target=use) for _ in range(8)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "assert len(found) == 8 and all(row == found[0] for row in found)"
    )


def test_pickles_of_what_was_not_used_yet():
    functions = [fr.gelu, fr.gelu_, fr.elu_backward_from_output_, _registry.defaults["elu"]]
    support.python(
        f"import pickle; found = pickle.loads({pickle.dumps(functions)!r})\n"
        "assert [f.__name__ for f in found] == ['gelu', 'gelu_', 'elu_backward_from_output_', 'elu'], found"
    )


def test_source_folder_that_was_not_built(tmp_path):
    """It hides what is installed: the error says so, and where it is."""
    shutil.copytree(pathlib.Path(fr.__file__).parent, tmp_path / "fastrelu", ignore=shutil.ignore_patterns("*.so", "*.pyd"))
    done = support.python("import fastrelu", env={"PYTHONPATH": str(tmp_path)}, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: fastrelu's compiled part is missing")
    assert str(tmp_path / "fastrelu") in last
    assert "pip install" in last


def test_old_numpy(tmp_path):
    """Says which NumPy there is and which is needed, before NumPy's own words about C-API versions."""
    (tmp_path / "numpy.py").write_text("__version__ = '1.26.4'\n")
    done = support.python("import fastrelu", env={"PYTHONPATH": str(tmp_path)}, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: fastrelu needs NumPy 2.0")
    assert "1.26.4" in last


def test_names_in_the_module():
    for name in fr.__all__:
        assert hasattr(fr, name)
    assert set(fr.__all__) <= set(dir(fr))
    with pytest.raises(AttributeError, match="'fastrelu' has no attribute 'rleu'"):
        fr.rleu  # noqa: B018
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", fr.__version__)
    assert {"names", "get", "set_num_threads", "get_num_threads", "num_threads", "show_config", *fr.names()} <= set(fr.__all__)
    for kernel in KERNELS:
        assert {function.__name__ for function in support.calls(kernel)} <= set(fr.__all__)


def test_public_names_say_where_they_are():
    for name in fr.__all__:
        thing = getattr(fr, name)
        assert getattr(thing, "__module__", "fastrelu") == "fastrelu", name
        if callable(thing):
            assert pickle.loads(pickle.dumps(thing)) is thing
            assert b"fastrelu._" not in pickle.dumps(thing)


# ---- environment variables ----


@pytest.mark.parametrize("name", support.ISAS)
def test_isa_is_capped(name):
    done = support.python(
        "import fastrelu as fr; print(fr.show_config(mode='dicts')['instruction sets']['in use'])", env={"FASTRELU_ISA": name}
    )
    assert done.stdout.strip() == name


def test_best_isa_by_default():
    for env in ({}, {"FASTRELU_ISA": ""}):
        done = support.python("import fastrelu as fr; print(fr.show_config(mode='dicts')['instruction sets']['in use'])", env=env)
        assert done.stdout.strip() == support.ISAS[0]


def test_rooms_of_the_family():
    """A build has those that its CPU family may have."""
    rooms = {"x86_64": {"avx512", "avx2"}, "aarch64": {"neon"}}
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(name := platform.machine().lower(), name)
    assert set(_ufuncs.isas()) == {*rooms.get(machine, ()), "scalar"}


@pytest.mark.parametrize("wrong", ["sse9", "AVX-2", "avx", " avx2", "all", "0"])
def test_unknown_isa(wrong):
    """An error at import, naming the value and listing what is usable."""
    done = support.python("import fastrelu", env={"FASTRELU_ISA": wrong}, check=False)
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert wrong in done.stderr
    assert "FASTRELU_ISA" in done.stderr
    assert all(name in done.stderr for name in support.ISAS)


def test_unusable_isa():
    """One that was built and that this machine lacks; where it has all, the message can only be read in the source."""
    missing = [name for name, usable in _ufuncs.isas().items() if not usable]
    if not missing:
        pytest.skip("this machine can use every instruction set that was built")
    done = support.python("import fastrelu", env={"FASTRELU_ISA": missing[0]}, check=False)
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert missing[0] in done.stderr
    assert support.ISAS[0] in done.stderr


def test_init_refuses_and_keeps():
    """Switching in process to what there is not raises, and the one in use stays."""
    before = _ufuncs.isa()
    with pytest.raises(ValueError, match="instruction set"):
        _ufuncs.init("nothing")
    assert _ufuncs.isa() == before


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "4,2", "99999999999999", "0x4", "1e3"])
def test_invalid_fastrelu_num_threads(value):
    done = support.python(GET, env={"FASTRELU_NUM_THREADS": value}, check=False)
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert "FASTRELU_NUM_THREADS" in done.stderr
    assert value in done.stderr


def _default(**env):
    return int(support.python(GET, env=env).stdout)


def test_num_threads_from_the_environment():
    """The least of the CPUs and the variable; ours goes before OpenMP's; empty is not set."""
    most = _default()
    assert _default(FASTRELU_NUM_THREADS="1") == 1
    assert _default(OMP_NUM_THREADS="1") == 1
    assert _default(FASTRELU_NUM_THREADS="1000000") == most
    assert _default(FASTRELU_NUM_THREADS="") == _default(FASTRELU_NUM_THREADS=" ") == most
    if most > 1:
        assert _default(FASTRELU_NUM_THREADS="2", OMP_NUM_THREADS="1") == 2, "ours goes first"


@pytest.mark.parametrize("value", ["", "0", "-3", "many", "1.5", "99999999999999999999", ",1", "two,1"])
def test_invalid_omp_num_threads_is_ignored(value):
    done = support.python(GET, env={"OMP_NUM_THREADS": value})
    assert int(done.stdout) == _default()


@pytest.mark.parametrize(("value", "threads"), [("1", 1), ("1,2", 1), (" 1 , 4", 1), ("2,1", 2), ("4,2", 4)])
def test_omp_list(value, threads):
    """A list is for nested regions: the first number is ours."""
    assert _default(OMP_NUM_THREADS=value) == min(threads, _default())


# ---- names and get ----


def test_names():
    names = fr.names()
    assert isinstance(names, tuple)
    assert len(set(names)) == len(names)
    assert set(names) <= set(_contract_names())
    for name in names:
        assert fr.get(name).name == name


def _contract_names():
    return [
        "relu",
        "leaky_relu",
        "prelu",
        "relu6",
        "hardtanh",
        "threshold",
        "relu_squared",
        "hardsigmoid",
        "hardswish",
        "hardshrink",
        "softshrink",
        "sigmoid",
        "logsigmoid",
        "tanh",
        "tanhshrink",
        "softplus",
        "softsign",
        "squareplus",
        "elu",
        "selu",
        "celu",
        "silu",
        "swish",
        "quick_gelu",
        "gelu",
        "gelu_tanh",
        "mish",
    ]


def test_record(activation):
    assert activation.forward is getattr(fr, activation.name)
    assert activation.forward_ is getattr(fr, activation.name + "_")
    assert activation.backward is getattr(fr, activation.name + "_backward")
    assert activation.backward_ is getattr(fr, activation.name + "_backward_")
    assert activation.backward_from_output is getattr(fr, activation.name + "_backward_from_output", None)
    assert activation.backward_from_output_ is getattr(fr, activation.name + "_backward_from_output_", None)
    assert isinstance(activation.params, dict)
    assert isinstance(activation.formula, str)
    assert activation.source
    piecewise = not _registry.functions[activation.name].smooth
    assert activation.max_ulp <= (0.5 if piecewise and activation.name not in ("hardsigmoid", "hardswish") else 1)
    assert activation.max_ulp_backward <= 2


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("relu_", "relu"),
        ("leakyrelu", "leaky_relu"),
        ("hard_tanh", "hardtanh"),
        ("RELU6", None),
        ("", None),
        (None, None),
        (3, None),
        ([], None),
    ],
)
def test_get_of_nothing(wrong, near):
    """Names what was asked for, the nearest, and all there are."""
    with pytest.raises(ValueError, match="no activation") as error:
        fr.get(wrong)
    message = str(error.value)
    assert repr(wrong) in message
    assert all(name in message for name in fr.names())
    if near:
        assert repr(near) in message.split("There are")[0]


# ---- show_config ----


def test_show_config(capsys):
    config = fr.show_config(mode="dicts")
    assert capsys.readouterr().out == ""
    assert config["fastrelu"]["version"] == fr.__version__
    assert config["compiler"]["C"]
    assert config["compiler"]["Cython"]
    isas = config["instruction sets"]
    assert set(isas["usable"]) <= set(isas["built"])
    assert isas["in use"] in isas["usable"]
    assert "scalar" in isas["built"]
    assert config["OpenMP"]["runtime"]
    assert config["threads"]["default"] == fr.get_num_threads()
    assert fr.show_config() is None
    printed = capsys.readouterr().out
    for word in (fr.__version__, config["compiler"]["C"], isas["in use"], *isas["built"], config["OpenMP"]["runtime"], "threads"):
        assert word in printed
    fr.show_config(mode="stdout")
    assert capsys.readouterr().out == printed
    with pytest.raises(ValueError, match="text"):
        fr.show_config(mode="text")


def test_show_config_follows_the_instruction_set(isa):
    assert fr.show_config(mode="dicts")["instruction sets"]["in use"] == isa


# ---- documentation ----


def test_every_public_name_is_documented():
    assert fr.__doc__
    for name in fr.__all__:
        if not name.startswith("_"):
            assert inspect.getdoc(getattr(fr, name)), name


def _documented():
    for kernel in KERNELS:
        for function in support.calls(kernel):
            yield kernel, function.__name__, function


@pytest.mark.parametrize(("kernel", "name", "function"), [pytest.param(*row, id=row[1]) for row in _documented()])
def test_docstring(kernel, name, function):
    """Formula, parameters, shapes, dtypes, errors, an example and the source; and it says what is overwritten."""
    text = function.__doc__
    act = kernel.act
    assert kernel.expressions[0] in text or kernel.expressions[0] in text.replace("\n", " ")
    assert name + "(" in (text if name in text else name + "(")
    for heading in ("Parameters", "Returns", "Raises", "Example", "Source"):
        assert re.search(rf"^{heading}\n-+$", text, re.M), heading
    for word in [*act.params, "shape", "float32", "TypeError", ">>>", act.source.split(",")[0]]:
        assert word in text, word
    for default in act.params.values():
        assert default is None or f"{default:g}" in text
    if name.endswith("_"):
        assert "overwrit" in text
        assert "ValueError" in text
        assert "read-only" in text
    if kernel.outs == 2:
        assert f"({', '.join(kernel.results)})" in text
        assert all(expression in text for expression in kernel.expressions)


def _run_examples(text, check):
    names = {"fr": fr, "np": np, "x": np.ones(3, "f")}
    examples = doctest.DocTestParser().get_examples(text)
    assert examples, "no example"
    for example in examples:
        try:
            value = eval(example.source, names)
        except SyntaxError:
            exec(example.source, names)
            continue
        if example.want and check:
            assert repr(value) == example.want.strip(), example.source


@pytest.mark.parametrize(("kernel", "name", "function"), [pytest.param(*row, id=row[1]) for row in _documented()])
def test_examples_run(kernel, name, function):
    _run_examples(function.__doc__, True)


def test_examples_of_hidden_ufuncs_run():
    for name, ufunc in _registry.defaults.items():
        assert name in ufunc.__doc__
        _run_examples(ufunc.__doc__, False)


@pytest.mark.parametrize("name", ["names", "get", "set_num_threads", "get_num_threads", "num_threads", "show_config"])
def test_examples_around_run(name, capsys):
    """The machine's own numbers may differ from the documentation's: only names and get must answer as written."""
    _run_examples(getattr(fr, name).__doc__, name in ("names", "get"))


@pytest.mark.parametrize("block", [0, 1], ids=["NumPy", "pandas and SciPy"])
def test_traps(block):
    """What the README says of NumPy's traps is so."""
    text = (support.TESTS.parent / "README.md").read_text(encoding="utf-8").split("## NumPy's traps")[1].split("\n## ")[0]
    found = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(found) == 2
    names = {"np": np, "fr": fr, "x": np.array([-1, 2], "f")}
    if block:
        names |= {"pandas": pytest.importorskip("pandas"), "scipy": pytest.importorskip("scipy")}
        pytest.importorskip("scipy.sparse")
    test = doctest.DocTestParser().get_doctest(found[block], names, "README", None, 0)
    assert len(test.examples) > 3
    said = []
    doctest.DocTestRunner().run(test, said.append)
    assert not said, "".join(said)
    if block:
        with pytest.raises(TypeError):
            fr.leaky_relu(names["scipy"].sparse.csr_array([[1.0]]))
    else:
        with pytest.raises(ValueError, match="broadcast"):
            fr.leaky_relu(np.zeros(2), np.zeros(3))


def test_signatures(kernel):
    """inspect knows the parameters, and the documentation begins with them."""
    for function in support.calls(kernel):
        signature = inspect.signature(function)
        names = list(signature.parameters)
        operands = [*kernel.inputs, *kernel.params]
        assert names[: len(operands)] == operands
        assert names[len(operands) :] == (
            [] if function is kernel.in_place else ["out", "where", "casting", "order", "dtype", "subok", "signature"]
        )
        for name, default in kernel.params.items():
            given = signature.parameters[name].default
            assert given == (default if default is not None else inspect.Parameter.empty)
        if not kernel.required:
            signature.bind(*kernel.inputs)
        arrays = [np.linspace(-1, 1, 5)] * kernel.arrays
        bound = signature.bind(*[a.copy() for a in arrays], *kernel.given)
        bound.apply_defaults()
        if "signature" in bound.arguments:
            del bound.arguments["signature"]  # NumPy takes no None
        function(*bound.args, **bound.kwargs)
        line = f"{function.__name__}{signature}"
        assert function.__doc__.splitlines()[0] == line
        assert line in re.sub(".\b", "", pydoc.render_doc(function))
        assert "instance" not in pydoc.render_doc(function).splitlines()[2]
