# SPDX-License-Identifier: BSD-3-Clause
"""Functions of rows, whose every result depends on a sum along an axis: softmax and its kin. Their records, from which
documentation, stubs, benchmarks, certify and tests are made."""
import collections

from . import _ufuncs

KEYWORDS = {"casting": "same_kind", "order": "K", "dtype": None, "subok": True, "signature": None, "axes": None}
EXAMPLE = {"softmax": "[0., 0.5, 0.5]", "log_softmax": "[-inf, -0.6931472, -0.6931472]"}
SOURCE = ("Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990. The sums are those of\n"
          "Ogita, Rump and Oishi, Accurate sum and dot product, 2005.")

# formula is in x, or dy and y. numpy are the best plain-NumPy statements, torch those of PyTorch (aten is torch.ops.aten): they
# read the same and axis, write into `out`, and may use t of its type.
Record = collections.namedtuple("Record", "title formula max_ulp numpy torch")
RECORDS = {
    "softmax": Record(
        "softmax", "exp(x) / sum(exp(x))", 2,
        "np.subtract(x, x.max(axis, keepdims=True), out=out); np.exp(out, out=out); "
        "np.divide(out, out.sum(axis, keepdims=True), out=out)", "torch.softmax(x, axis, out=out)"),
    "log_softmax": Record(
        "logarithm of softmax", "x - log(sum(exp(x)))", 2,
        "np.subtract(x, x.max(axis, keepdims=True), out=out); np.exp(out, out=t); "
        "np.subtract(out, np.log(t.sum(axis, keepdims=True)), out=out)", "torch.log_softmax(x, axis, out=out)"),
    "softmax_backward_from_output": Record(
        "gradient by the input of softmax, from the saved output", "y * (dy - sum(dy * y))", None,
        "np.multiply(dy, y, out=out); np.subtract(dy, out.sum(axis, keepdims=True), out=out); np.multiply(out, y, out=out)",
        "aten._softmax_backward_data.out(dy, y, axis, dy.dtype, grad_input=out)"),
    "log_softmax_backward_from_output": Record(
        "gradient by the input of log_softmax, from the saved output", "dy - exp(y) * sum(dy)", None,
        "np.exp(y, out=out); np.multiply(out, dy.sum(axis, keepdims=True), out=out); np.subtract(dy, out, out=out)",
        "aten._log_softmax_backward_data.out(dy, y, axis, dy.dtype, out=out)"),
}


class RowFunction(_ufuncs.RowKernel):
    """A function of rows: a generalized ufunc, and the same in place. Beside what its record has: name, inputs (the names of its
    array operands), ufunc, in_place and keeps(dtype)."""

    has_in_place = True

    def __init__(self, index, name):
        self.record = RECORDS[name]
        super().__init__(index, ("dy", "y") if "backward" in name else ("x",))

    def __repr__(self):
        return self.name

    def __reduce__(self):
        return row, (self.name,)

    def pickled(self, name, hidden):
        return name

    def signature(self, kind):
        """The inspect.Signature. kind: "ufunc" or "in_place"."""
        import inspect  # only documentation needs it

        one = inspect.Parameter
        found = [one(name, one.POSITIONAL_ONLY) for name in self.inputs] + [one("axis", one.POSITIONAL_OR_KEYWORD, default=-1)]
        if kind == "ufunc":
            found += [one("out", one.POSITIONAL_OR_KEYWORD, default=None),
                      *[one(name, one.KEYWORD_ONLY, default=default) for name, default in KEYWORDS.items()]]
        return inspect.Signature(found)

    def doc(self, kind):
        """The docstring, of the same kinds."""
        record, in_place, first = self.record, kind == "in_place", self.inputs[0]
        says = f"{record.title}: {record.formula}"
        lines = [f"{self.name}{'_' * in_place}{self.signature(kind)}\n\n{says[0].upper()}{says[1:]}"
                 f"{f', in place: overwrites {first} and returns it' if in_place else ''}. The sum is along `axis`.\n"
                 "\nParameters\n----------\n"]
        about = {"x": "Input", "y": "Saved output", "dy": "Gradient of the loss by the output"}
        for name in self.inputs:
            form = ("array_like" if not in_place else "a writeable ndarray; overwritten" if name == first else
                    "array_like of its shape")
            lines.append(f"{name} : {form}\n    {about[name]}, of any shape and layout. A 0-d array is a row of one element.\n")
        lines.append("axis : int, default -1\n    The axis along which a row lies.\n")
        if not in_place:
            lines.append(f"out, {', '.join(KEYWORDS)}\n    As for every generalized ufunc of NumPy.\n")
        lines.append("\nReturns\n-------\n" + (
            f"{first}, overwritten.\n" if in_place else
            f"ndarray of {first}'s shape. float16, bfloat16, float32, float64 are kept, never widened (16 bits are computed in\n"
            "float32 and rounded once); other types are promoted as by any ufunc.\n"))
        if record.max_ulp:
            lines.append(f"Error at most {record.max_ulp} ulp of each element (16 bits: 1 ulp), in rows of up to 2^20 elements.\n"
                         "A row with NaN or +inf, or of -inf alone, is NaN throughout.\n")
        else:
            lines.append("The sum is exact to an ulp of the sum of its terms' sizes; the difference and the product are rounded\n"
                         "once each.\n")
        lines.append("A sum has one order: the bytes depend neither on threads nor on layout, axis or instruction set.\n"
                     "\nRaises\n------\nnumpy.exceptions.AxisError\n    A ValueError, for an axis that there is not.\n")
        empty = len(self.inputs) == 1
        if in_place:
            lines.append(f"ValueError\n    If {first} is read-only or shares memory with itself, or "
                         f"{'a row has no element' if empty else 'the shapes differ'}.\n"
                         f"TypeError\n    If {first} is not an ndarray, or of another dtype, or axis is not one integer.\n")
        else:
            lines.append("ValueError\n    If a row has no element, as np.max.\n" if empty else "")
            lines.append("TypeError\n    For complex, longdouble, object, string and datetime arrays, and for an axis that is\n"
                         "    not one integer.\n")
        array = "np.array([-np.inf, 1., 1.], dtype=np.float32)"
        if len(self.inputs) == 1:
            lines.append(f"\nExample\n-------\n>>> fr.{self.name}{'_' * in_place}({array})\n"
                         f"array({EXAMPLE[self.name]}, dtype=float32)\n")
        else:
            lines.append(f"\nExample\n-------\n>>> y = fr.{self.name.split('_backward')[0]}(np.eye(3))\n"
                         f">>> fr.{self.name}{'_' * in_place}(np.ones((3, 3)), y, axis=0)\n")
        lines.append(f"\nSource\n------\n{SOURCE}\n")
        return "".join(lines)


def row(name):
    """The RowFunction of that name, for pickle."""
    return rows[name]


rows = {name: RowFunction(i, name) for i, name in enumerate(_ufuncs.row_kernel_names())}
