# SPDX-License-Identifier: BSD-3-Clause
"""fastrelu.adapters against the libraries that they are for: their own tests, and what each module says of itself."""

import contextlib
import doctest
import importlib
import importlib.metadata
import io
import pickle
import subprocess
import sys
import threading

import numpy as np
import pytest
import support
from support import same_bytes

import fastrelu as fr
from fastrelu import adapters

HOSTS = {"scikit_learn": "sklearn", "onnx_reference": "onnx", "thinc_ops": "thinc", "keras_numpy": "keras"}
FROM_OUTPUT = [name for name in fr.names() if fr.get(name).backward_from_output]

pytestmark = [pytest.mark.filterwarnings(f"ignore:{hosts}") for hosts in (
    "Stochastic Optimizer", "__array__ implementation doesn't accept a copy keyword")]


def adapter(name):
    pytest.importorskip(HOSTS[name])
    return importlib.import_module(f"fastrelu.adapters.{name}")


def own_tests(module, *options, before):
    """A test module of a host, in a process of its own after some statements: what people run is not under our options."""
    script = f"{before}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", script, "-q", "-p", "no:cacheprovider", "--pyargs", module, *options], text=True,
                          capture_output=True, timeout=280, cwd=support.TESTS.anchor)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def run_examples(module, **names):
    """The examples of a docstring, which show no output unless it matters."""
    test = doctest.DocTestParser().get_doctest(module.__doc__, {"fr": fr, "np": np, **names}, module.__name__, None, 0)
    assert test.examples
    said = io.StringIO()
    doctest.DocTestRunner().run(test, said.write)
    assert not said.getvalue(), said.getvalue()


# ---- all of them ----


def test_no_host_is_imported():
    """Neither by fastrelu nor by the package of adapters."""
    support.python("import sys, fastrelu.adapters\n"
                   f"assert not set({list(HOSTS.values())}) & set(sys.modules)\n"
                   "assert not [name for name in sys.modules if name.startswith('fastrelu.adapters.')]")


@pytest.mark.parametrize("name", HOSTS)
def test_without_its_host(name, without, monkeypatch):
    without(HOSTS[name])
    monkeypatch.delitem(sys.modules, f"fastrelu.adapters.{name}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=HOSTS[name]):
        importlib.import_module(f"fastrelu.adapters.{name}")


def test_memory_mapped(tmp_path, monkeypatch):
    """The first example of the package, alone."""
    monkeypatch.chdir(tmp_path)
    first = adapters.__doc__.split("More than one process")[0]
    run_examples(type("Part", (), {"__doc__": first}))


def test_readme(keras, tmp_path, monkeypatch):
    """The lines for each host, on one page of a program."""
    onnx, neural_network = pytest.importorskip("onnx"), pytest.importorskip("sklearn.neural_network")
    pytest.importorskip("thinc.api")
    adapter("thinc_ops")    # an installed fastrelu tells Thinc of it
    readme = (support.TESTS.parent / "README.md").read_text(encoding="utf-8")
    code = readme.split("## Where it fits in")[1].split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path)
    x, y = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [40, 3]) for name in "xy")
    graph = onnx.helper.make_graph([onnx.helper.make_node("Mish", ["x"], ["y"])], "g", [x], [y])
    onnx.save(onnx.helper.make_model(graph), "model.onnx")
    x = np.random.default_rng(0).standard_normal((40, 3)).astype("f")
    names = {"x": x, "X": x, "y": x[:, 0] > 0, "keras": keras, "thinc": sys.modules["thinc"],
             "MLPClassifier": neural_network.MLPClassifier}
    exec(code, names)
    same_bytes(names["y"], fr.mish(x))
    assert names["model"].ops.name == "fastrelu"
    assert names["layer"](x).shape == (40, 64)


def test_dask_cluster():
    """The second one. In a process that can be killed: it starts others."""
    pytest.importorskip("dask.array")
    pytest.importorskip("distributed")
    second = adapters.__doc__.split("More than one process")[1]
    script = ("import doctest, sys, numpy as np, dask.array, dask.distributed, fastrelu as fr\n"
              f"test = doctest.DocTestParser().get_doctest({second!r}, globals(), 'example', None, 0)\n"
              "assert len(test.examples) == 1\n"
              "sys.exit(doctest.DocTestRunner().run(test).failed)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, cwd=support.TESTS.anchor)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- scikit-learn ----


@pytest.fixture
def learn():
    module = adapter("scikit_learn")
    yield module
    module.unpatch()


def tables():
    from sklearn.neural_network import _base
    from sklearn.neural_network._multilayer_perceptron import BaseMultilayerPerceptron, MLPClassifier, MLPRegressor

    return dict(_base.ACTIVATIONS), dict(_base.DERIVATIVES), [list(model._parameter_constraints["activation"]) for model in (
        BaseMultilayerPerceptron, MLPClassifier, MLPRegressor)]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((60, 5))
    return x, (x[:, 0] > x[:, 1]).astype(int)


@pytest.mark.parametrize("name", [*FROM_OUTPUT, "logistic"])
@pytest.mark.parametrize("code", "fd")
def test_learn_functions(learn, name, code):
    """In place, with the output before what is overwritten; and as scikit-learn's where it has them."""
    act = fr.get("sigmoid" if name == "logistic" else name)
    x, dy = np.random.default_rng(0).standard_normal((2, 7, 9)).astype(code)
    theirs = [table.get(name) for table in tables()[:2]]
    with learn.patched():
        ours = [table[name] for table in tables()[:2]]
    y = x.copy()
    ours[0](y)
    same_bytes(y, act.forward(x))
    dx = dy.copy()
    ours[1](y, dx)
    same_bytes(dx, act.backward_from_output(dy, y))
    same_bytes(y, act.forward(x))
    if theirs[0]:
        theirs[0](x)
        theirs[1](x, dy)
        np.testing.assert_allclose(y, x, rtol=1e-6)
        np.testing.assert_allclose(dx, dy, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", [*FROM_OUTPUT, "logistic"])
def test_learn_fits(learn, data, name):
    """Every one, in both models and types, clones and pickles included."""
    from sklearn.base import clone
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    x, y = data
    with learn.patched():
        for model in (MLPClassifier, MLPRegressor):
            for code in "fd":
                start = model(hidden_layer_sizes=(8,), activation=name, max_iter=3, random_state=0)
                fitted = clone(start).set_params(tol=0).fit(x.astype(code), y)
                assert np.isfinite(fitted.coefs_[0]).all()
                assert fitted.coefs_[0].dtype == code
                again = pickle.loads(pickle.dumps(fitted))
                same_bytes(again.predict(x.astype(code)), fitted.predict(x.astype(code)))


@pytest.mark.parametrize("name", [name for name in fr.names() if name not in FROM_OUTPUT] + ["rleu", None])
def test_learn_refuses(learn, data, name):
    """With the reason, and as scikit-learn refuses what it does not know."""
    from sklearn.neural_network import MLPRegressor

    with learn.patched(), pytest.raises(ValueError, match="The 'activation' parameter of MLPRegressor") as error:
        MLPRegressor(activation=name).fit(*data)
    message = str(error.value)
    listed, reason = message.removesuffix(f". Got {name!r} instead.").split("};")
    assert repr("softplus") in listed
    assert repr(name) not in listed
    assert "does not follow" in reason
    assert (f" {name}," in reason or f" {name} " in reason) == (name in fr.names())
    with pytest.raises(ValueError, match="activation") as error:
        MLPRegressor(activation="elu").fit(*data)
    assert "does not follow" not in str(error.value)


def test_learn_is_as_it_was(learn):
    before = tables()
    learn.unpatch()
    assert tables() == before
    learn.patch()
    inside = tables()
    assert inside[1] != before[1]
    learn.patch()
    with learn.patched():
        assert tables() == inside
    assert tables() == inside
    learn.unpatch()
    learn.unpatch()
    assert tables() == before
    with pytest.raises(RuntimeError), learn.patched():
        raise RuntimeError
    assert tables() == before
    with learn.patched():
        with learn.patched():
            learn.unpatch()     # of a patch() that was not: the blocks have asked for it
        assert set(tables()[0]) == set(inside[0])
    assert tables() == before


def test_learn_in_threads(learn):
    """A block that is left does not take the patch from another thread's."""
    before = tables()
    entered, leave = threading.Event(), threading.Event()

    def other():
        with learn.patched():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=other)
    with learn.patched():
        thread.start()
        assert entered.wait(30)
    try:
        assert "elu" in tables()[0]
    finally:
        leave.set()
        thread.join()
    assert tables() == before


def test_learn_examples(learn):
    """Processes that scikit-learn starts included."""
    import joblib
    from sklearn.model_selection import GridSearchCV
    from sklearn.neural_network import MLPClassifier

    x = np.random.default_rng(0).standard_normal((60, 4))
    run_examples(learn, X=x, y=x[:, 0] > 0, MLPClassifier=MLPClassifier, GridSearchCV=GridSearchCV, joblib=joblib)


LONG = "not test_partial_fit_classification"   # of twenty seconds, half of the whole; regression is fitted in parts too


@pytest.mark.parametrize("chosen", [LONG, pytest.param("", marks=pytest.mark.exhaustive)], ids=["most", "all"])
def test_learns_own_tests(learn, chosen):
    own_tests("sklearn.neural_network.tests.test_mlp", "-k", chosen,
              before="from fastrelu.adapters import scikit_learn; scikit_learn.patch()")


# ---- ONNX ----

A = float(np.float32(0.3))  # as a model holds it
ATTRIBUTES = {  # those with which fastrelu has the function, and its value
    "Celu": ({"alpha": A}, lambda x: fr.celu(x, A)),
    "Clip": ({}, lambda x: fr.hardtanh(x, -0.5, 0.25)),
    "Elu": ({"alpha": A}, lambda x: fr.elu(x, A)),
    "Gelu": ({"approximate": "tanh"}, fr.gelu_tanh),
    "HardSigmoid": ({"alpha": 1 / 6}, fr.hardsigmoid),
    "LeakyRelu": ({"alpha": A}, lambda x: fr.leaky_relu(x, A)),
    "PRelu": ({}, lambda x: fr.prelu(x, 0.25)),
    "Shrink": ({"lambd": A, "bias": A}, lambda x: fr.softshrink(x, A)),
    "Swish": ({"alpha": A}, lambda x: fr.swish(x, A)),
    "ThresholdedRelu": ({"alpha": A}, lambda x: fr.threshold(x, A, 0.0)),
    "Softmax": ({"axis": 0}, lambda x: fr.softmax(x, axis=0)),
    "LogSoftmax": ({"axis": 0}, lambda x: fr.log_softmax(x, axis=0)),
}
INPUTS = {"Clip": [-0.5, 0.25], "PRelu": [0.25]}


@pytest.fixture(scope="module")
def reference():
    return adapter("onnx_reference")


def evaluated(evaluator, op, x, *inputs, version=None, **attributes):
    """The output of one node."""
    import onnx
    from onnx import helper

    version = version or onnx.defs.onnx_opset_version()
    names = ["x", *"abc"[:len(inputs)]]
    given = dict(zip(names, [x, *inputs], strict=True))
    infos = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape) for n, a in given.items()]
    out = helper.make_tensor_value_info("y", helper.np_dtype_to_tensor_dtype(x.dtype), None)
    graph = helper.make_graph([helper.make_node(op, names, ["y"], **attributes)], "g", infos, [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)])
    return evaluator(model).run(None, given)[0]


def test_onnx_operators(reference):
    """Each in every type that it has is fastrelu's function, to the byte."""
    for op in reference.OPERATORS:
        attributes, function = ATTRIBUTES.get(op, ({}, getattr(fr, op.lower(), None)))
        for dtype in support.FLOATS:
            x = np.random.default_rng(0).standard_normal((4, 5)).astype(dtype)
            got = evaluated(reference.ReferenceEvaluator, op, x, *[np.array(v, dtype) for v in INPUTS.get(op, [])], **attributes)
            same_bytes(got, function(x), op)
    x = np.float32(-0.5).reshape(())
    assert evaluated(reference.ReferenceEvaluator, "Elu", x).shape == ()
    for op, attributes, function in [("Gelu", {}, fr.gelu), ("Shrink", {"lambd": 0.25}, lambda x: fr.hardshrink(x, 0.25))]:
        x = np.linspace(-1, 1, 9, dtype="f")
        same_bytes(evaluated(reference.ReferenceEvaluator, op, x, **attributes), function(x), op)
    same_bytes(evaluated(reference.ReferenceEvaluator, "Clip", x, version=6, min=-0.5, max=0.25), fr.hardtanh(x, -0.5, 0.25))


def test_onnx_has_the_rest(reference):
    """What is no function of ours is as ONNX has it."""
    import onnx.reference

    x = np.linspace(-3, 3, 12, dtype="f").reshape(3, 4)
    low = np.array([-0.5, -1, 0, 0.5], "f")
    cases = [
        ("HardSigmoid", x, (), {}), ("HardSigmoid", x, (), {"alpha": 1 / 6, "beta": 0.25}), ("Selu", x, (), {"gamma": 1.0}),
        ("Shrink", x, (), {"bias": 0.25}), ("Shrink", x, (), {"bias": -0.5, "lambd": -0.5}), ("Clip", x, (low,), {}),
        ("Clip", x, (low[0], low), {}), ("Clip", x.astype("l"), (np.array(-1), np.array(2)), {}), ("Relu", x.astype("i"), (), {}),
        ("PRelu", x, (np.array([0.25, 0.5, 0.75], "f"),), {}), ("PRelu", x.astype("i"), (np.array(2, "i"),), {}),
    ]
    for op, array, inputs, attributes in cases:
        got = evaluated(reference.ReferenceEvaluator, op, array, *inputs, **attributes)
        same_bytes(got, evaluated(onnx.reference.ReferenceEvaluator, op, array, *inputs, **attributes), op)
    with pytest.raises(ValueError, match="broadcast"):
        evaluated(reference.ReferenceEvaluator, "PRelu", x, np.ones(5, "f"))


def test_onnx_inside(reference):
    """In a function's body, with the function's attribute; in a subgraph; and new_ops goes before."""
    from onnx import AttributeProto, TensorProto, helper
    from onnx.reference.op_run import OpRun

    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("mine", 1)]
    node = helper.make_node("LeakyRelu", ["a"], ["b"])
    node.attribute.append(AttributeProto(name="alpha", type=AttributeProto.FLOAT, ref_attr_name="slope"))
    function = helper.make_function("mine", "Leaky", ["a"], ["b"], [node], opsets, ["slope"])
    info = {n: helper.make_tensor_value_info(n, TensorProto.FLOAT, [9]) for n in "xyz"}
    then, other = (helper.make_graph([helper.make_node(op, ["y"], ["z"])], op, [], [info["z"]]) for op in ("Gelu", "Mish"))
    graph = helper.make_graph(
        [helper.make_node("Leaky", ["x"], ["y"], domain="mine", slope=A),
         helper.make_node("If", ["which"], ["z"], then_branch=then, else_branch=other)],
        "g", [info["x"], helper.make_tensor_value_info("which", TensorProto.BOOL, [])], [info["z"]])
    model = helper.make_model(graph, opset_imports=opsets, functions=[function])
    x = np.linspace(-3, 3, 9, dtype="f")
    for which, act in ((True, fr.gelu), (False, fr.mish)):
        got, = reference.ReferenceEvaluator(model).run(None, {"x": x, "which": np.array(which)})
        same_bytes(got, act(fr.leaky_relu(x, A)))

    class Mish(OpRun):
        op_domain = ""

        def _run(self, x):
            return (x + 1,)

    got, = reference.ReferenceEvaluator(model, new_ops=[Mish]).run(None, {"x": x, "which": np.array(False)})
    same_bytes(got, fr.leaky_relu(x, A) + 1)


def test_onnx_node_tests(reference):
    """ONNX's own data of these operators, where they are nodes and where they are expanded to their definitions."""
    node = importlib.import_module("onnx.backend.test.case.node")
    for op in reference.OPERATORS:
        importlib.import_module(f"{node.__name__}.{op.lower()}")
    names, seen = {op.lower() for op in reference.OPERATORS}, set()
    for case in node._NodeTestCases:
        if case.name.split("_")[1] not in names:
            continue
        evaluator = reference.ReferenceEvaluator(case.model)
        seen |= {step.op_type for step in evaluator.rt_nodes_ if isinstance(step, reference._Operator)}
        for inputs, outputs in case.data_sets:
            results = evaluator.run(None, dict(zip(evaluator.input_names, inputs, strict=True)))
            for got, want in zip(results, outputs, strict=True):
                assert got.dtype == want.dtype
                np.testing.assert_allclose(got.astype("d"), want.astype("d"), case.rtol, case.atol, err_msg=case.name)
    assert seen >= set(reference.OPERATORS)


def test_onnx_examples(reference):
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [3]) for name in "xy")
    model = helper.make_model(helper.make_graph([helper.make_node("Mish", ["x"], ["y"])], "g", [x], [y]))
    run_examples(reference, model=model, x=np.ones(3, "f"))


# ---- Thinc ----

# NumpyOps' methods: a value near to ours, its gradient, and whether that is from the output.
METHODS = {"relu": "Y", "relu_k": "X", "hard_tanh": "X", "hard_swish_mobilenet": "X", "sigmoid": "Y", "swish": "XY", "gelu": "X",
           "gelu_approx": "X", "mish": "X"}


@pytest.fixture(scope="module")
def thinc():
    return adapter("thinc_ops")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("code", "fd")
def test_thinc_methods(thinc, method, code):
    """NumpyOps' values, in its types and places; of a view, in place, only the elements."""
    ours, theirs = thinc.FastreluOps(), thinc.NumpyOps()
    assert method in vars(thinc.FastreluOps)
    X, dY = np.random.default_rng(0).standard_normal((2, 6, 8)).astype(code)
    X *= 4
    Y = getattr(theirs, method)(X)
    got = getattr(ours, method)(X)
    np.testing.assert_allclose(got, Y, rtol=1e-4, atol=2e-6)
    assert got.dtype == code
    saved = [{"X": X, "Y": Y}[name] for name in METHODS[method]]
    backward, wanted = (getattr(ops, f"backprop_{method}") for ops in (ours, theirs))
    dX = backward(dY, *saved)
    np.testing.assert_allclose(dX, wanted(dY, *saved), rtol=1e-4, atol=2e-5)
    assert dX.dtype == code
    for function, first, rest, want in [(getattr(ours, method), X, [], got), (backward, dY, saved, dX)]:
        wide = np.full((6, 16), 7, code)
        view = wide[:, ::2]
        view[:] = first
        if function.__name__ == "backprop_sigmoid":
            assert function(dY, view, inplace=True) is view     # as NumpyOps
            want = function(dY, first)
        else:
            assert function(view, *rest, inplace=True) is view
        same_bytes(view.copy(), want)
        assert (wide[:, 1::2] == 7).all()
    with pytest.raises(ValueError, match="incompatible shapes"):
        backward(dY[:1], *saved)


def test_thinc_slopes(thinc):
    ours, theirs = thinc.FastreluOps(), thinc.NumpyOps()
    Y = np.linspace(-0.9, 0.9, 7, dtype="f")
    for method in ("dsigmoid", "dtanh"):
        want = getattr(theirs, method)(Y)
        np.testing.assert_allclose(getattr(ours, method)(Y), want, rtol=1e-6)
        place = Y.copy()
        assert getattr(ours, method)(place, inplace=True) is place
        np.testing.assert_allclose(place, want, rtol=1e-6)


def test_thinc_differs_as_documented(thinc):
    ours, theirs = thinc.FastreluOps(), thinc.NumpyOps()
    x = np.array([-30.0, 30.0, 6.0])
    for method, function in [("sigmoid", fr.sigmoid), ("swish", fr.silu), ("mish", fr.mish), ("gelu", fr.gelu)]:
        same_bytes(getattr(ours, method)(x), function(x))
    assert theirs.sigmoid(x)[0] == theirs.sigmoid(x - 100)[0] == pytest.approx(2e-9, rel=0.1)
    assert theirs.mish(x, threshold=5.0)[2] == 6
    same_bytes(ours.mish(x, threshold=5.0), fr.mish(x))
    x = np.linspace(-4, 4, 1000)
    assert 2e-8 < np.abs(theirs.gelu(x) - fr.gelu(x)).max() < 1e-6
    wide = np.full(6, -1, "f")
    theirs.relu(wide[::3], inplace=True)
    assert wide[1] == 0, "it writes side by side, not into the view"


def test_thinc_finds_it(thinc):
    """By its name, in layers too; and where fastrelu is installed, before its module was imported."""
    api = importlib.import_module("thinc.api")
    assert type(api.get_ops("fastrelu")) is thinc.FastreluOps
    run_examples(thinc)
    with api.use_ops("fastrelu"):
        model = api.chain(api.Gelu(4), api.Softmax(2)).initialize(np.ones((3, 5), "f"), np.ones((3, 2), "f"))
    y, back = model(np.ones((3, 5), "f"), is_train=True)
    assert back(y).shape == (3, 5)
    assert type(model.ops) is thinc.FastreluOps
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        entries = importlib.metadata.distribution("fastrelu").entry_points.select(group="thinc_ops")
        assert [entry.value for entry in entries] == ["fastrelu.adapters.thinc_ops:FastreluOps"]
        script = "import thinc.api; thinc.api.get_ops('fastrelu')"
        subprocess.run([sys.executable, "-c", script], check=True, cwd=support.TESTS.anchor)


def test_thincs_own_tests(thinc):
    """With FastreluOps in NumpyOps' place. One test asks for NumpyOps by its name; one compares with PyTorch in a way that NumPy
    2.5 refuses, whatever the backend."""
    own_tests("thinc.tests.backends.test_ops", "-k", "not test_get_ops and not test_compare_activations_to_torch",
              before="import thinc.api, fastrelu.adapters.thinc_ops as ours; thinc.api.NumpyOps = ours.FastreluOps")


# ---- Keras ----


@pytest.fixture(scope="module")
def keras(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "numpy")
        patch.setenv("KERAS_HOME", str(tmp_path_factory.mktemp("keras")))    # it writes its settings there
        keras = pytest.importorskip("keras")
        if keras.backend.backend() != "numpy":
            pytest.skip("Keras was imported with another backend")
        yield keras


def test_keras_activations(keras):
    """All that need no parameter, in a layer of each type."""
    module, x = adapter("keras_numpy"), np.random.default_rng(0).standard_normal((3, 4))
    assert set(fr.names()) - set(module.__all__) == {"prelu", "threshold"}
    for name in module.__all__:
        for dtype in ("float16", "float32", "float64", "bfloat16"):
            got = keras.layers.Activation(getattr(module, name), dtype=dtype)(x)
            assert got.dtype.name == dtype
            same_bytes(got, getattr(fr, name)(x.astype(got.dtype)), name)
        assert fr.get(name).formula in getattr(module, name).__doc__


def test_keras_saves(keras, tmp_path):
    """Saved here, loaded in a process that has imported the module, and there the same."""
    module = adapter("keras_numpy")
    path, x = tmp_path / "model.keras", np.random.default_rng(0).standard_normal((3, 4)).astype("f")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, module.softplus(keras.layers.Dense(2, activation=module.gelu)(inputs)))
    wanted = model.predict(x, verbose=0)
    model.save(path)
    run_examples(module, keras=keras, path=path)
    script = ("import sys, numpy as np, keras, fastrelu.adapters.keras_numpy\n"
              "model = keras.models.load_model(sys.argv[1])\n"
              "np.save(sys.argv[2], model.predict(np.load(sys.argv[2]), verbose=0))")
    np.save(tmp_path / "x.npy", x)
    subprocess.run([sys.executable, "-c", script, path, tmp_path / "x.npy"], check=True, timeout=120)
    same_bytes(np.load(tmp_path / "x.npy"), wanted)


def test_keras_on_another_backend(keras, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    monkeypatch.delitem(sys.modules, "fastrelu.adapters.keras_numpy", raising=False)
    with pytest.raises(ImportError, match="Keras on jax: set the environment variable KERAS_BACKEND=numpy"):
        importlib.import_module("fastrelu.adapters.keras_numpy")
