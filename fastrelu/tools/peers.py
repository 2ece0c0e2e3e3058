# SPDX-License-Identifier: BSD-3-Clause
"""Other libraries that `bench --against` measures: how each is called, and a process for each.

Each library has a process of its own, for the idle threads of one (they spin for a while) stall another's. The processes take
their turns one after the other, and a turn ends when the last thread sleeps.
"""
import ast
import contextlib
import functools
import importlib.metadata
import importlib.util
import math
import multiprocessing
import os
import pickle
import signal
import typing

import numpy as np

import fastrelu as fr

from .._rows import rows
from . import reference, timing

LOOSELY = 64 * 2**-23   # how far a peer's result may be off, at least: some compute float64 with a constant in float32


def tolerance(dtype):
    """How far a peer's result may be off, for timing.check."""
    return max(LOOSELY, 64 * timing.epsilon(dtype))


# ---- the record's formula, in a library's terms ----

# What is made of the rest, in libraries that do not have it.
COMPOSED = {
    "sign": "where(x > 0, 1, where(x < 0, -1, 0))",
    "Phi": f"erfc({-math.sqrt(0.5)} * x) * 0.5",
    "phi": f"exp(-0.5 * x * x) * {1 / math.sqrt(2 * math.pi)}",
}


def formula(case, functions, number, compiled=lambda function: function):
    """The registry's formula of a case, a gradient's times dy, as a function of its inputs; None where the library lacks a part.

    functions: NumPy's names of functions → the library's; number: makes a constant of the library's type; compiled: what is to be
    done with each function.
    """
    if case.formula is None:
        return None
    constants = {"pi": math.pi, "inf": math.inf, **case.params}
    scope = {"number": number, **functions, **{name: number(value) for name, value in constants.items()}}

    def made(inputs, expression):
        text = ast.unparse(reference.with_numbers(ast.parse(expression, mode="eval")))
        function = eval(f"lambda {', '.join(inputs)}: {text}", scope)   # the registry's own strings
        return compiled(function) if scope.keys() >= set(function.__code__.co_names) else None

    for name, expression in COMPOSED.items():
        if name not in scope and (function := made("x", expression)):
            scope[name] = function
    return made(case.inputs, case.formula)


# ---- the libraries ----

class Peer(timing.Library):
    """Imported when made, in the process that is its own."""

    packages = ()       # what must be installed, the one with the version first
    threads_by = ""     # how the number of threads is set

    def __init__(self):
        self.threads = None

    def set_threads(self, threads):
        raise NotImplementedError

    @contextlib.contextmanager
    def held(self, threads):
        if threads != self.threads:
            self.set_threads(threads)
            self.threads = threads
        yield


class Torch(Peer):
    """The out= kernels without autograd, by the way that costs least: torch and torch._C._nn, which torch.nn.functional wraps,
    then torch.ops. A gradient starts where PyTorch's does: sigmoid's and tanh's from the output. What has no kernel is made of
    a few."""

    label, name, packages, threads_by = "PyTorch", "torch", ("torch",), "torch.set_num_threads"
    CALLS: typing.ClassVar = {
        **{name: row.record.torch for name, row in rows.items()},
        "relu": "torch.clamp_min(x, 0, out=out)",
        "relu_backward": "aten.threshold_backward.grad_input(dy, x, 0, grad_input=out)",
        "relu_backward_from_output": "aten.threshold_backward.grad_input(dy, y, 0, grad_input=out)",
        "leaky_relu": "nn.leaky_relu(x, negative_slope, out=out)",
        "leaky_relu_backward": "aten.leaky_relu_backward.grad_input(dy, x, negative_slope, False, grad_input=out)",
        "leaky_relu_backward_from_output": "aten.leaky_relu_backward.grad_input(dy, y, negative_slope, True, grad_input=out)",
        "relu6": "nn.hardtanh(x, 0, 6, out=out)",
        "relu6_backward": "aten.hardtanh_backward.grad_input(dy, x, 0, 6, grad_input=out)",
        "hardtanh": "nn.hardtanh(x, min_val, max_val, out=out)",
        "hardtanh_backward": "aten.hardtanh_backward.grad_input(dy, x, min_val, max_val, grad_input=out)",
        "threshold": "aten.threshold.out(x, threshold, value, out=out)",
        "threshold_backward": "aten.threshold_backward.grad_input(dy, x, threshold, grad_input=out)",
        "relu_squared": "torch.clamp_min(x, 0, out=t); torch.mul(t, t, out=out)",
        "hardsigmoid": "nn.hardsigmoid(x, out=out)",
        "hardsigmoid_backward": "aten.hardsigmoid_backward.grad_input(dy, x, grad_input=out)",
        "hardswish": "nn.hardswish(x, out=out)",
        "hardswish_backward": "out = aten.hardswish_backward(dy, x)",
        "hardshrink": "torch.hardshrink(x, lambd, out=out)",
        "hardshrink_backward": "aten.hardshrink_backward.grad_input(dy, x, lambd, grad_input=out)",
        "softshrink": "nn.softshrink(x, lambd, out=out)",
        "softshrink_backward": "aten.softshrink_backward.grad_input(dy, x, lambd, grad_input=out)",
        "sigmoid": "torch.sigmoid(x, out=out)",
        "sigmoid_backward_from_output": "aten.sigmoid_backward.grad_input(dy, y, grad_input=out)",
        "logsigmoid": "nn.log_sigmoid(x, out=out)",
        "logsigmoid_backward": "aten.log_sigmoid_backward.grad_input(dy, x, saved, grad_input=out)",
        "tanh": "torch.tanh(x, out=out)",
        "tanh_backward_from_output": "aten.tanh_backward.grad_input(dy, y, grad_input=out)",
        "tanhshrink": "torch.tanh(x, out=t); torch.sub(x, t, out=out)",
        "softplus": "nn.softplus(x, beta, 20, out=out)",
        "softplus_backward": "aten.softplus_backward.grad_input(dy, x, beta, 20, grad_input=out)",
        "softsign": "torch.abs(x, out=t); t.add_(1); torch.div(x, t, out=out)",
        "elu": "nn.elu(x, alpha, out=out)",
        "elu_backward": "aten.elu_backward.grad_input(dy, alpha, 1, 1, False, x, grad_input=out)",
        "elu_backward_from_output": "aten.elu_backward.grad_input(dy, alpha, 1, 1, True, y, grad_input=out)",
        "selu": "nn.elu(x, 1.6732632423543772, 1.0507009873554805, 1, out=out)",
        "selu_backward": "aten.elu_backward.grad_input(dy, 1.6732632423543772, 1.0507009873554805, 1, False, x, grad_input=out)",
        "selu_backward_from_output":
            "aten.elu_backward.grad_input(dy, 1.6732632423543772, 1.0507009873554805, 1, True, y, grad_input=out)",
        "celu": "nn.elu(x, alpha, 1, 1 / alpha, out=out)",
        "celu_backward": "aten.elu_backward.grad_input(dy, alpha, 1, 1 / alpha, False, x, grad_input=out)",
        "celu_backward_from_output": "aten.elu_backward.grad_input(dy, alpha, 1, 1 / alpha, True, y, grad_input=out)",
        "silu": "nn.silu(x, out=out)",
        "silu_backward": "aten.silu_backward.grad_input(dy, x, grad_input=out)",
        "swish": "torch.mul(x, beta, out=t); torch.sigmoid(t, out=t); torch.mul(x, t, out=out)",
        "quick_gelu": "torch.mul(x, 1.702, out=t); torch.sigmoid(t, out=t); torch.mul(x, t, out=out)",
        "gelu": "nn.gelu(x, out=out)",
        "gelu_backward": "aten.gelu_backward.grad_input(dy, x, grad_input=out)",
        "gelu_tanh": "nn.gelu(x, approximate='tanh', out=out)",
        "gelu_tanh_backward": "aten.gelu_backward.grad_input(dy, x, approximate='tanh', grad_input=out)",
        "mish": "nn.mish(x, out=out)",
        "mish_backward": "out = aten.mish_backward(dy, x)",
        "glu": "torch.sigmoid(gate, out=t); torch.mul(t, up, out=out)",
        "glu_backward": "torch.sigmoid(gate, out=t); torch.mul(dy, t, out=out2); torch.mul(dy, up, out=t2); "
                        "aten.sigmoid_backward.grad_input(t2, t, grad_input=out)",
        "reglu": "torch.clamp_min(gate, 0, out=t); torch.mul(t, up, out=out)",
        "reglu_backward": "torch.mul(dy, up, out=t); aten.threshold_backward.grad_input(t, gate, 0, grad_input=out); "
                          "torch.clamp_min(gate, 0, out=t); torch.mul(dy, t, out=out2)",
        "geglu": "nn.gelu(gate, out=t); torch.mul(t, up, out=out)",
        "geglu_backward": "torch.mul(dy, up, out=t); aten.gelu_backward.grad_input(t, gate, grad_input=out); "
                          "nn.gelu(gate, out=t); torch.mul(dy, t, out=out2)",
        "geglu_tanh": "nn.gelu(gate, approximate='tanh', out=t); torch.mul(t, up, out=out)",
        "geglu_tanh_backward": "torch.mul(dy, up, out=t); "
                               "aten.gelu_backward.grad_input(t, gate, approximate='tanh', grad_input=out); "
                               "nn.gelu(gate, approximate='tanh', out=t); torch.mul(dy, t, out=out2)",
        "swiglu": "nn.silu(gate, out=t); torch.mul(t, up, out=out)",
        "swiglu_backward": "torch.mul(dy, up, out=t); aten.silu_backward.grad_input(t, gate, grad_input=out); "
                           "nn.silu(gate, out=t); torch.mul(dy, t, out=out2)",
    }

    def __init__(self):
        super().__init__()
        import torch

        self.torch, self.set_threads = torch, torch.set_num_threads
        self.inference = torch.inference_mode()
        self.inference.__enter__()      # for the life of the process

    def wrap(self, array):
        if array.dtype.kind != "V" and array.dtype.name != "bfloat16":
            return self.torch.from_numpy(array)
        return self.torch.from_numpy(array.view(np.int16)).view(self.torch.bfloat16)

    def unwrap(self, result):
        if result.dtype == self.torch.bfloat16:
            result = result.float()
        return result.numpy()

    def program(self, case, buffers, threads):
        text = case.whole(self.CALLS.get(case.function.name), "torch")
        if text is None or (case.in_place and "out = " in text):
            return None
        statements = [f"out = {case.inputs[0]}"] * case.in_place + text.split("; ")
        scope = buffers.scope(case, statements)
        scope = {name: self.wrap(value) if isinstance(value, np.ndarray) else value for name, value in scope.items()}
        if "saved" in text:
            scope["saved"] = self.torch.ops.aten.log_sigmoid_forward(scope["x"])[1]
        return statements, {**scope, "torch": self.torch, "nn": self.torch._C._nn, "aten": self.torch.ops.aten}


class NumExpr(Peer):
    """The formula, compiled beforehand."""

    label, name, packages, threads_by = "NumExpr", "numexpr", ("numexpr",), "numexpr.set_num_threads"
    KINDS: typing.ClassVar = {"float32": ("float", float), "float64": ("double", np.float64)}   # its names and types

    def __init__(self):
        super().__init__()
        import numexpr

        self.numexpr, nodes = numexpr, numexpr.expressions
        nodes._context.set_new_context({"optimization": "aggressive"})  # as evaluate() has it: powers by multiplication
        where = nodes.functions["where"]
        # Its own maximum, minimum and sign turn float32 into float64.
        self.functions = {
            **nodes.functions, "maximum": lambda a, b: where(a > b, a, b), "minimum": lambda a, b: where(a < b, a, b)}
        self.functions.pop("sign", None)

    def set_threads(self, threads):
        self.numexpr.set_num_threads(min(threads, self.numexpr.MAX_THREADS))

    def program(self, case, buffers, threads):
        if str(buffers.dtype) not in self.KINDS:
            return None
        kind, signature = self.KINDS[str(buffers.dtype)]
        nodes = self.numexpr.expressions
        function = formula(case, self.functions, lambda value: nodes.ConstantNode(buffers.dtype.type(value)))
        if not function:
            return None
        expression = function(*(nodes.VariableNode(name, kind) for name in case.inputs))
        names = {"call": self.numexpr.NumExpr(expression, [(name, signature) for name in case.inputs])}
        statements = [f"call({', '.join(case.inputs)}, out={case.inputs[0] if case.in_place else 'out'}, ex_uses_vml=False)"]
        return statements, {**buffers.scope(case, statements), **names}


class Numba(Peer):
    """The formula as one loop, compiled with as much of fast-math as keeps infinity; parallel for more than one thread."""

    label, name, packages, threads_by = "Numba", "numba", ("numba",), "numba.set_num_threads"

    def __init__(self):
        super().__init__()
        import numba

        self.numba = numba
        self.loop = functools.lru_cache(8)(self.loop)
        self.jit = functools.partial(numba.njit, fastmath={"arcp", "contract", "nsz", "reassoc", "afn"}, error_model="numpy")
        self.functions = {name: getattr(math, name) for name in ("exp", "expm1", "log1p", "tanh", "sqrt", "erfc")}
        self.functions |= {"abs": abs, "maximum": max, "minimum": min, "where": self.jit(lambda c, a, b: a if c else b)}

    def set_threads(self, threads):
        self.numba.set_num_threads(min(threads, self.numba.config.NUMBA_NUM_THREADS))

    def loop(self, case, dtype, parallel):
        function = formula(case, self.functions, dtype.type, self.jit) if dtype in (np.float32, np.float64) else None
        if not function:
            return None
        names = ", ".join(case.inputs)
        scope = {"function": function, "prange": self.numba.prange}
        elements = ", ".join(f"{name}[i]" for name in case.inputs)
        exec(f"def loop({names}, out):\n    for i in prange(out.size):\n        out[i] = function({elements})", scope)
        return self.jit(scope["loop"], parallel=parallel)

    def program(self, case, buffers, threads):
        loop = self.loop(case, buffers.dtype, threads > 1)
        if not loop:
            return None
        statements = [f"call({', '.join(case.inputs)}, {case.inputs[0] if case.in_place else 'out'})"]
        return statements, {**buffers.scope(case, statements), "call": loop}


class Jax(Peer):
    """The formula under jit, or its own function of rows; 16 bits by way of float32, for it has numbers beyond float16. Arrays of
    JAX cannot be written to: each call makes a new one, and there is no in place. It has no setting for threads, so they are held
    to as many CPUs."""

    label, name, packages, threads_by = "JAX", "jax", ("jax", "jaxlib"), "CPU affinity"

    def __init__(self):
        super().__init__()
        self.cpus = sorted(os.sched_getaffinity(0))
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax

        jax.config.update("jax_enable_x64", True)
        self.jax = jax
        self.functions = {name: getattr(jax.numpy, name) for name in (
            "exp", "expm1", "log1p", "tanh", "sqrt", "abs", "sign", "maximum", "minimum", "where")}
        self.functions["erfc"] = jax.scipy.special.erfc
        self.own = {name: getattr(jax.nn, name) for name in ("softmax", "log_softmax")}

    def set_threads(self, threads):
        for thread in os.listdir("/proc/self/task"):
            with contextlib.suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread), self.cpus[:threads])

    def program(self, case, buffers, threads):
        function = None if case.in_place else self.own.get(str(case)) or formula(case, self.functions, lambda value: value)
        if not function:
            return None
        inputs = {name: self.jax.numpy.asarray(buffers[name]) for name in case.inputs}
        dtype = buffers.dtype
        wide = np.float32 if dtype.itemsize == 2 and dtype.kind not in "iu" else dtype
        call = self.jax.jit(lambda *arrays: function(*(array.astype(wide) for array in arrays)).astype(dtype))
        return [f"out = call({', '.join(case.inputs)}).block_until_ready()"], {**inputs, "call": call}


class OnnxRuntime(Peer):
    """A model of one node, forward, its input and output bound to our arrays; float32, which alone it has throughout."""

    label, name, packages, threads_by = "ONNX Runtime", "onnxruntime", ("onnxruntime", "onnx"), "intra_op_num_threads"
    NODES: typing.ClassVar = {
        "relu": ("Relu", {}), "leaky_relu": ("LeakyRelu", {"alpha": "negative_slope"}), "hardsigmoid": ("HardSigmoid", {
            "alpha": 1 / 6, "beta": 0.5}), "hardswish": ("HardSwish", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}),
        "softplus": ("Softplus", {}), "softsign": ("Softsign", {}), "elu": ("Elu", {"alpha": "alpha"}),
        "selu": ("Selu", {}), "celu": ("Celu", {"alpha": "alpha"}), "gelu": ("Gelu", {}),
        "gelu_tanh": ("Gelu", {"approximate": b"tanh"}), "mish": ("Mish", {}), "hardshrink": ("Shrink", {"lambd": "lambd"}),
        "softshrink": ("Shrink", {"lambd": "lambd", "bias": "lambd"}),
        "softmax": ("Softmax", {}), "log_softmax": ("LogSoftmax", {}),
    }

    def __init__(self):
        super().__init__()
        import onnx
        import onnxruntime

        self.onnx, self.runtime = onnx, onnxruntime
        self.set_threads = lambda threads: None     # each session has its own

    def program(self, case, buffers, threads):
        if case.direction != "forward" or case.name not in self.NODES or buffers.dtype != np.float32:
            return None
        helper, kind = self.onnx.helper, self.onnx.helper.np_dtype_to_tensor_dtype(buffers.dtype)
        operator_name, given = self.NODES[case.name]
        attributes = {name: case.params.get(value, value) if isinstance(value, str) else value for name, value in given.items()}
        node = helper.make_node(operator_name, ["x"], ["out"], **attributes)
        x, out = (helper.make_tensor_value_info(name, kind, buffers.shape) for name in ("x", "out"))
        model = helper.make_model(helper.make_graph([node], case.name, [x], [out]), opset_imports=[helper.make_opsetid("", 20)],
                                  ir_version=9)
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads, options.log_severity_level = threads, 1, 4
        session = self.runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        for name, bind in (("x", binding.bind_input), ("out", binding.bind_output)):
            bind(name, "cpu", 0, buffers.dtype, buffers.shape, buffers[name].ctypes.data)
        return ["run(binding)"], {**buffers.scope(case, []), "run": session.run_with_iobinding, "binding": binding}


PEERS = {peer.name: peer for peer in (Torch, NumExpr, Numba, Jax, OnnxRuntime)}
NAMES = ("numpy", "scipy", *PEERS)


# ---- a process for each ----

# As bytes: connection.send() leaves a view of its buffer in the traceback when the other end is gone, and collecting that
# complains or crashes, by Python's version (CPython's issue 111331).
def send(connection, what):
    connection.send_bytes(pickle.dumps(what))


def receive(connection):
    return pickle.loads(connection.recv_bytes())


def serve(connection, name):
    """What a library's process does: it answers (command, arguments) until it is told to stop."""
    peer = buffers = None
    made = {}
    fr.set_num_threads(1)   # ours is here to be compared with only

    def make(case, shape, dtype, spread, threads):
        nonlocal buffers
        if buffers is None or (buffers.shape, buffers.dtype, buffers.spread) != (shape, dtype, spread):
            buffers = None
            buffers = timing.Buffers(shape, dtype, spread=spread)
        if not timing.check(case, buffers, peer, threads, tolerance(buffers.dtype)):
            return None
        made[case, threads] = timing.contestant(case, buffers, peer, threads)
        return made[case, threads].calls

    def calibrate(key):
        made[key].calibrate()
        return made[key].loops

    def turn(key, seconds):
        made[key].times.clear()
        made[key].turn(seconds)
        return made[key].times

    def start():
        nonlocal peer
        peer = PEERS[name]()
        return {package: importlib.metadata.version(package) for package in peer.packages}

    commands = {"start": start, "make": make, "calibrate": calibrate, "turn": turn, "forget": made.clear}
    with timing.quiet_interpreter():
        while True:
            try:
                command, arguments = receive(connection)
            except EOFError:
                return
            try:
                answer = commands[command](*arguments)
            except Exception as error:  # whatever a library raises, in a process that is only its
                said = f"{name}, {' '.join(map(str, arguments))}: {type(error).__name__}: {error}"
                answer = error if isinstance(error, timing.Mismatch) else timing.Unusable(said.split("\n")[0])
            timing.settle()
            send(connection, answer)


class Remote(timing.Contestant):
    """A contestant in a library's process."""

    def __init__(self, process, key, calls, threads):
        super().__init__(None, calls, threads)
        self.process, self.key = process, key

    def calibrate(self):
        self.loops = self.process.ask("calibrate", self.key)

    def turn(self, seconds):
        self.times += self.process.ask("turn", self.key, seconds)


class Process(timing.Library):
    """A library in a process of its own, which close() ends."""

    def __init__(self, name):
        self.name, self.label, self.threads_by = name, PEERS[name].label, PEERS[name].threads_by
        self.place = self.dead = None
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, name), daemon=True)
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)   # Ctrl-C is for the one that asks
        try:
            self.process.start()
        finally:
            signal.signal(signal.SIGINT, before)
        theirs.close()
        self._versions = {}

    def ask(self, command, *arguments):
        try:
            send(self.connection, (command, arguments))
            answer = receive(self.connection)
        except (EOFError, OSError):
            self.process.join(5)
            self.dead = f"{self.label}'s process ended (exit code {self.process.exitcode})"
            raise timing.Unusable(self.dead) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def start(self):
        self._versions = self.ask("start")

    @property
    def versions(self):
        return self._versions

    def contestant(self, case, buffers, threads=1):
        if self.dead:
            return None
        place = case, buffers.shape, buffers.dtype, buffers.spread
        if place != self.place:
            self.ask("forget")
            self.place = place
        calls = self.ask("make", *place, threads)
        return calls and Remote(self, (case, threads), calls, threads)

    def close(self):
        self.connection.close()
        self.process.terminate()
        self.process.join(5)
        self.process.close()


def missing(name):
    """The packages that are not installed for this peer."""
    packages = PEERS[name].packages if name in PEERS else [name]
    return [package for package in packages if importlib.util.find_spec(package) is None]


@contextlib.contextmanager
def start(names, say):
    """A block with the libraries of these names, in order. `say` hears why one is left out.

    names: of NAMES. Yields a list of Library.
    """
    found = []
    with contextlib.ExitStack() as stack:
        for name in names:
            lacking = missing(name)
            if lacking:
                say(f"{' and '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} not installed: {name} is left out; "
                    f"pip install {' '.join(lacking)}")
            elif name in timing.HERE:
                found.append(timing.HERE[name])
            else:
                process = Process(name)
                stack.callback(process.close)
                try:
                    process.start()
                except timing.Unusable as error:
                    say(f"{name} is left out: {error}")
                else:
                    found.append(process)
        yield found
