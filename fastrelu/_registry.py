# SPDX-License-Identifier: BSD-3-Clause
"""The public functions of every activation in the C registry, with their documentation; each is made when it is first used."""
import collections.abc
import typing

from . import _ufuncs

UFUNC_ARGUMENTS = "out=None, *, where=True, casting='same_kind', order='K', dtype=None, subok=True"
EXAMPLE = {"x": "[-2.0, 0.0, 3.0]", "y": "[0.0, 0.25, 0.5]"}


class Activation(typing.NamedTuple):
    """One activation: its functions and what is known of them. Made by fastrelu.get(name)."""

    name: str
    formula: str
    """In x and the parameters, in NumPy's names."""
    params: dict[str, float | None]
    """Name → default; None where the parameter is required."""
    forward: typing.Any
    forward_: typing.Any
    backward: typing.Any
    backward_: typing.Any
    backward_from_output: typing.Any
    """None where the output does not determine the gradient."""
    backward_from_output_: typing.Any
    max_ulp: float
    """The largest error of the forward function at default parameters, in units in the last place."""
    max_ulp_backward: float
    """The same of the derivative from the input, in ulp of the result, or of 1.0 beside a zero of the derivative."""
    derivative: str
    derivative_from_output: str | None
    derivative_param: str | None
    title: str
    source: str
    numpy: dict[str, str | None]
    """The best plain-NumPy idiom of each direction: statements that read x, dy or y and write `out`."""
    torch: str | None
    """PyTorch's expression where it has no function of this name."""


class _Family:
    """The functions of one registry row."""

    def __init__(self, row, table):
        self.row = row
        self.name = row["name"]
        self.integers = table[self.name]
        names = {direction: self.name if direction == "forward" else f"{self.name}_{direction}"
                 for direction in ("forward", "backward", "backward_from_output")}
        self.kernels = {direction: name for direction, name in names.items() if name in table}

    def make(self, direction):
        name = self.kernels[direction]
        return _ufuncs.make_kernel(
            name, self.row["params"], *(self.doc(direction, name, kind) for kind in ("ufunc", "defaults", "in_place")))

    def doc(self, direction, name, kind):
        """The docstring of one function. kind: "ufunc", "defaults" (the hidden one without parameters) or "in_place"."""
        row, in_place = self.row, kind == "in_place"
        params = [] if kind == "defaults" else row["params"]
        arrays = {"forward": ["x"], "backward": ["dy", "x"], "backward_from_output": ["dy", "y"]}[direction]
        pair = direction == "backward" and row["derivative_param"]
        keeps = "float16, bfloat16, float32, float64" + (" and every integer type" if self.integers else "")
        missing = " or missing" if any(p["required"] for p in params) else ""

        says = f"{row['title']}: {row['formula']}" if direction == "forward" else (
            f"gradient by the input of {self.name}, from the saved {direction.rpartition('_')[2].replace('backward', 'input')}: "
            f"dy * ({row['derivative_from_output' if arrays[1] == 'y' else 'derivative']})")
        arguments = [*arrays, *["/"] * in_place, *(p["name"] + ("" if p["required"] else f"={p['default']:g}") for p in params)]
        lines = [f"{name}_({', '.join(arguments)})\n--\n\n" if in_place else
                 f"{name}({', '.join(arguments)}, {UFUNC_ARGUMENTS})\n\n",
                 says[0].upper() + says[1:] + (f", in place: overwrites {arrays[0]} and returns it" if in_place else "") + ".\n"]
        if pair:
            lines.append(f"Returns (dx, dw); dw = dy * ({row['derivative_param']}), elementwise.\n")
        if direction != "forward" and row["knees"]:
            lines.append(f"At its knees the derivative is {row['knees']}.\n")

        lines.append("\nParameters\n----------\n")
        about = {"x": "Input of the activation", "y": "Output of the activation", "dy": "Gradient of the loss by the output"}
        for array in arrays:
            form = ("array_like" if not in_place else "a writeable ndarray; overwritten" if array == arrays[0] else
                    f"array_like that broadcasts to {arrays[0]}")
            lines.append(f"{array} : {form}\n    {about[array]}, of any shape and layout.\n")
        for p in params:
            value = "required" if p["required"] else f"default {p['default']:g}"
            lines.append(f"{p['name']} : float or array_like, {value}\n"
                         f"    {p['doc'][0].upper()}{p['doc'][1:]}. Dimensionless; rounded to the array's dtype; broadcasts.\n")
        if not in_place:
            lines.append("out, where, casting, order, dtype, subok\n    As for every NumPy ufunc.\n")

        lines.append("\nReturns\n-------\n")
        lines.append(f"{arrays[0]}, overwritten{', and dw' if pair else ''}.\n" if in_place else
                     f"ndarray, or a scalar for scalars, of the broadcast shape. {keeps} are kept, never widened; other types\n"
                     "are promoted as by any ufunc.\n")
        if direction != "backward_from_output":
            limit, where = (row["max_ulp"], "") if direction == "forward" else (row["max_ulp_backward"], " at dy = 1")
            lines.append("Exact.\n" if limit == 0 else f"Error at most {limit:g} ulp{where}.\n")

        lines.append("\nRaises\n------\n")
        if in_place:
            lines.append("ValueError\n    If the array is read-only or shares memory with itself, or another operand does not "
                         f"broadcast to it.\nTypeError\n    If it is not an ndarray, or of another dtype than {keeps},\n    "
                         f"or a parameter is unknown{missing}.\n")
        else:
            lines.append("TypeError\n    For complex, longdouble, object, string and datetime arrays, and for an unknown"
                         f"{missing} parameter.\n")
        if row["notes"]:
            lines.append(f"\nNotes\n-----\n{row['notes']}\n")

        ones = "np.ones_like(x), " if direction != "forward" else ""
        required = "".join(", 0.25" for p in params if p["required"])
        lines.append(f"\nExample\n-------\n>>> x = np.array({EXAMPLE[arrays[-1]]}, dtype=np.float32)\n"
                     f">>> fr.{name}{'_' if in_place else ''}({ones}x{required})\n")
        lines.append(f"\nSource\n------\n{row['source']}\n")
        return "".join(lines)

    def record(self):
        def get(direction, attribute):
            name = self.kernels.get(direction)
            return name and getattr(_ufuncs.kernel(name), attribute)

        row = self.row
        return Activation(
            name=self.name, formula=row["formula"], params={p["name"]: p["default"] for p in row["params"]},
            forward=get("forward", "ufunc"), forward_=get("forward", "in_place"), backward=get("backward", "ufunc"),
            backward_=get("backward", "in_place"), backward_from_output=get("backward_from_output", "ufunc"),
            backward_from_output_=get("backward_from_output", "in_place"), max_ulp=row["max_ulp"],
            max_ulp_backward=row["max_ulp_backward"], derivative=row["derivative"],
            derivative_from_output=row["derivative_from_output"], derivative_param=row["derivative_param"], title=row["title"],
            source=row["source"], numpy={"forward": row["numpy"], "backward": row["numpy_backward"],
                                         "backward_from_output": row["numpy_backward_from_output"]}, torch=row["torch"])


_families = {row["name"]: _Family(row, table) for table in [dict(_ufuncs.kernel_table())] for row in _ufuncs.activations()}
_kernels = {name: (family, direction) for family in _families.values() for direction, name in family.kernels.items()}
_records = {}


def _make(name):
    family, direction = _kernels[name]
    return family.make(direction)


_ufuncs.kernel_maker = _make


class _Functions(collections.abc.Mapping):
    """Functions by name. Making them all would be most of the time that an import takes, so each is made when it is asked for."""

    def __init__(self, places):
        self._places = places

    def __getitem__(self, name):
        kernel, attribute = self._places[name]
        return getattr(_ufuncs.kernel(kernel), attribute)

    def __contains__(self, name):
        return name in self._places

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)


# What `import fastrelu` offers, and under the same names the hidden ufuncs with the defaults inside.
public = _Functions({name + end: (name, attribute) for name in _kernels for end, attribute in (("", "ufunc"), ("_", "in_place"))})
defaults = _Functions({name: (name, "plain") for name in _kernels})


def names():
    """The names of all activations, as a tuple of str, in the registry's order.

    >>> fr.names()[:2]
    ('relu', 'leaky_relu')
    """
    return tuple(_families)


def get(name):
    """The record of an activation: its functions, formula, parameters and error bounds.

    Parameters
    ----------
    name : str
        One of fastrelu.names().

    Returns
    -------
    Activation
        With the fields name, formula, params (name → default, None where required), forward, forward_, backward, backward_,
        backward_from_output, backward_from_output_ (None where there is none), max_ulp and more.

    Raises
    ------
    ValueError
        If there is no activation of that name; the message has the nearest ones.

    >>> fr.get("leaky_relu").params
    {'negative_slope': 0.01}
    """
    try:
        if name not in _records:
            _records[name] = _families[name].record()
        return _records[name]
    except (KeyError, TypeError):
        import difflib  # only an error needs it

        near = difflib.get_close_matches(str(name), _families, 3)
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise ValueError(f"get(): there is no activation {name!r}; {hint}There are: {', '.join(_families)}") from None
