# SPDX-License-Identifier: BSD-3-Clause
"""What there is: the record of every activation and its functions, from the C registry. Functions are made when first used."""
import collections
import collections.abc
import re

from . import _ufuncs
from ._rows import rows

DIRECTIONS = ("forward", "backward", "backward_from_output")
UFUNC_KEYWORDS = {"where": True, "casting": "same_kind", "order": "K", "dtype": None, "subok": True, "signature": None}
# The least number with which the output still tells the gradient, and whether it may be that number itself. Below, the function
# falls on one side and rises on the other, and an output comes from two inputs.
DETERMINED_FROM = {("leaky_relu", "negative_slope"): (0, True), ("elu", "alpha"): (0, False)}
EXAMPLE = {"x": "[-2.0, 0.0, 3.0]", "y": "[0.0, 0.25, 0.5]", "gate": "[-2.0, 0.0, 3.0]", "up": "[0.5, 1.0, 2.0]"}
ABOUT = {"x": "Input of the activation", "y": "Output of the activation", "dy": "Gradient of the loss by the output",
         "gate": "Input of the activation", "up": "What the activation's value is multiplied by"}
GATE_FIRST = ("The gate comes first; PyTorch's F.glu has it in the second half of its input. Both may be halves of one matrix,\n"
              "at full speed: fr.{name}(h[:, :n], h[:, n:]).")


def in_direction(name, direction):
    """The name in a direction: relu, relu_backward; with _ behind the direction, in place: relu_, relu_backward_."""
    return name + f"_{direction}".removeprefix("_forward")


def _record(fields, params):
    """A row of the C table as Python has it: its class, and a dict in the place of several fields of one kind."""
    fields["numpy"] = {direction: fields.pop(in_direction("numpy", direction)) for direction in DIRECTIONS}
    fields["params"] = {p["name"]: None if p["required"] else p["value"] for p in params}
    fields["param_docs"] = {p["name"]: p["doc"] for p in params}
    return fields


_rows = [_record(*row) for row in _ufuncs.activations()]
# A gated unit's activation, by its name.
_gates = {row["name"]: gates for row in _rows if (gates := row.pop("gates"))}


class Activation(collections.namedtuple("Activation", _rows[0])):
    """One activation: what is known of it, and its functions. Made by fastrelu.get(name).

    formula, derivative, derivative_from_output and derivative_param (None where there is none) are expressions in x or y and the
    parameters, in NumPy's names. params has each parameter's default, None where it is required. max_ulp is the largest error of
    the forward function at default parameters, in units in the last place; max_ulp_backward that of the derivative from the
    input, in ulp of the result, or of 1.0 beside a zero of the derivative. numpy has the best plain-NumPy idiom of each
    direction, statements that read x, dy or y and write `out`; torch is PyTorch's expression where it has no function of this
    name.

    forward, backward and backward_from_output are the ufuncs, with _ behind the functions in place; None where there is none.
    """

    __slots__ = ()
    inputs = ("x",)


class Gated(Activation):
    """A gated unit: an activation's value at one input, the gate, times another, up. The formulas are the activation's, of the
    gate; the bounds and the idioms are of the product."""

    __slots__ = ()
    inputs = ("gate", "up")

    @classmethod
    def of(cls, row, act):
        """The record of a row of the C table: what that leaves out is the activation's."""
        def put(text, **names):
            return text and re.sub(r"\b(x|dy|out)\b(?!=)", lambda found: names.get(found[0], found[0]), text)

        idioms = act["numpy"]
        forward = put(idioms["forward"], x="gate")
        backward = [put(idioms["backward"], x="gate", dy="out2"), put(forward, out="out2")]
        row["numpy"] |= {"forward": f"{forward}; np.multiply(out, up, out=out)", "backward": "; ".join(
            ["np.multiply(dy, up, out=out2)", *backward, "np.multiply(dy, out2, out=out2)"])}
        formulas = {field: put(act[field], x="gate") for field in ("formula", "derivative")}
        return cls(**row | formulas | {"knees": act["knees"], "notes": GATE_FIRST.format(name=row["name"])})


class Function(_ufuncs.Kernel):
    """An activation in one direction: a ufunc, and the same in place.

    Of the C table it has name, inputs (the names of its array operands), arrays (their number), params, required (whether one has
    no default), outs, integers (whether it takes them), smooth; and ufunc, plain (the hidden one with the defaults inside),
    in_place (None where there is none) and keeps(dtype).
    """

    def __init__(self, index, act, direction):
        limits = [DETERMINED_FROM.get((act.name, p)) if direction == "backward_from_output" else None for p in act.params]
        arrays = ("y",) if direction == "backward_from_output" else act.inputs
        super().__init__(index, ("dy",) * (direction != "forward") + arrays, act.params, tuple(limits))
        self.act = act
        self.direction = direction

    def __repr__(self):
        return self.name

    def __reduce__(self):
        return function, (self.name,)

    @property
    def variable(self):
        """What the formulas are in: x, gate, or y."""
        return "y" if self.direction == "backward_from_output" else self.act.inputs[0]

    @property
    def products(self):
        """Of every output the formula, and the names of the inputs that it is multiplied by."""
        act = self.act
        if self.direction == "forward":
            return [(act.formula, act.inputs[1:])]
        if self.direction == "backward_from_output":
            return [(act.derivative_from_output, ("dy",))]
        by_others = [(act.formula, ("dy",)) for _ in act.inputs[1:]]
        if act.derivative_param:
            by_others.append((act.derivative_param, ("dy",)))
        return [(act.derivative, ("dy", *act.inputs[1:])), *by_others]

    @property
    def expressions(self):
        """The formula of every output: the value, or what dy is multiplied by."""
        return [formula for formula, _ in self.products]

    @property
    def written(self):
        """The products as text."""
        return [" * ".join([*factors, f"({formula})"]) if factors else formula for formula, factors in self.products]

    @property
    def results(self):
        """The names of the outputs of a gradient."""
        return [f"d{name}" for name in (*self.act.inputs, "w")][:self.outs]

    @property
    def has_in_place(self):
        """Whether there is a function in place: not for a gated unit's two gradients, which out=(gate, up) has room for."""
        return self.arrays < 3

    @property
    def in_place(self):
        """The function in place, or None."""
        return super().in_place if self.has_in_place else None

    @property
    def idiom(self):
        """The best plain-NumPy statements, or None."""
        return self.act.numpy[self.direction]

    @property
    def given(self):
        """An ordinary value for every parameter: the default, and something where there is none."""
        return tuple(value if value is not None else some for value, some in zip(self.params.values(), (0.25, 0.1), strict=False))

    @property
    def needed(self):
        """The parameters that a call must have: none where all have defaults."""
        return self.given if self.required else ()

    def signature(self, kind):
        """The inspect.Signature. kind: "ufunc", "plain" (the hidden one without parameters) or "in_place"."""
        import inspect  # only documentation needs it

        def one(name, kind, default=inspect.Parameter.empty):
            return inspect.Parameter(name, kind, default=default)

        found = [one(name, inspect.Parameter.POSITIONAL_ONLY) for name in self.inputs]
        for name, default in ({} if kind == "plain" else self.params).items():
            shown = inspect.Parameter.empty if default is None else int(default) if default == int(default) else default
            found.append(one(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, shown))
        if kind != "in_place":
            found.append(one("out", inspect.Parameter.POSITIONAL_OR_KEYWORD, None))
            found += [one(name, inspect.Parameter.KEYWORD_ONLY, default) for name, default in UFUNC_KEYWORDS.items()]
        return inspect.Signature(found)

    def pickled(self, name, hidden):
        """What __reduce__ says of a function: its name in fastrelu, in a way that allows for the hidden ufunc's not being it."""
        if not hidden:
            return name
        import pkgutil  # only Dask and its like need it

        return pkgutil.resolve_name, (f"fastrelu:{name}",)

    def doc(self, kind):
        """The docstring, of the same kinds."""
        act, arrays, written, in_place = self.act, self.inputs, self.written, kind == "in_place"
        params = {} if kind == "plain" else self.params
        pair = self.outs == 2
        keeps = "float16, bfloat16, float32, float64" + (" and every integer type" if self.integers else "")
        missing = " or missing" if params and self.required else ""

        says = f"{act.title}: {written[0]}" if self.direction == "forward" else (
            f"gradient by the {'gate' if self.variable == 'gate' else 'input'} of {act.name}, from the saved "
            f"{'output' if self.variable == 'y' else 'input'}{'s' * (len(act.inputs) > 1)}: {written[0]}")
        lines = [f"{self.name}{'_' * in_place}{self.signature(kind)}\n\n",
                 says[0].upper() + says[1:] + (f", in place: overwrites {arrays[0]} and returns it" if in_place else "") + ".\n"]
        if pair:
            lines.append(f"Returns ({', '.join(self.results)}); {self.results[1]} = {written[1]}, elementwise.\n")
        if self.direction != "forward" and act.knees:
            lines.append(f"At its knees the derivative is {act.knees}.\n")

        lines.append("\nParameters\n----------\n")
        for array in arrays:
            form = ("array_like" if not in_place else "a writeable ndarray; overwritten" if array == arrays[0] else
                    f"array_like that broadcasts to {arrays[0]}")
            lines.append(f"{array} : {form}\n    {ABOUT[array]}, of any shape and layout.\n")
        for p, default in params.items():
            value, text = "required" if default is None else f"default {default:g}", act.param_docs[p]
            lines.append(f"{p} : float or array_like, {value}\n"
                         f"    {text[0].upper()}{text[1:]}. Dimensionless; rounded to the array's dtype; broadcasts.\n")
        if not in_place:
            lines.append(f"out, {', '.join(UFUNC_KEYWORDS)}\n    As for every NumPy ufunc.\n")

        lines.append("\nReturns\n-------\n")
        lines.append(f"{arrays[0]}, overwritten{f', and {self.results[1]}' if pair else ''}.\n" if in_place else
                     f"ndarray, or a scalar for scalars, of the broadcast shape. {keeps} are kept, never widened; other types\n"
                     "are promoted as by any ufunc.\n")
        if self.direction != "backward_from_output":
            limit = act.max_ulp if self.direction == "forward" else act.max_ulp_backward
            where = "" if self.direction == "forward" else f" at {' = '.join(self.products[0][1])} = 1"
            lines.append("Exact.\n" if limit == 0 else f"Error at most {limit:g} ulp{where}.\n")

        lines.append("\nRaises\n------\n")
        limited = [f"{p} must be {'at least' if limit[1] else 'more than'} {limit[0]}" for p, limit
                   in zip(self.params, self.limits, strict=True) if limit and kind != "plain"]
        undetermined = "".join(f"    For a number with which the output does not tell the gradient: {limit}.\n"
                               for limit in limited)
        if in_place:
            lines.append("ValueError\n    If the array is read-only or shares memory with itself, or another operand does not "
                         f"broadcast to it.\n{undetermined}"
                         f"TypeError\n    If it is not an ndarray, or of another dtype than {keeps},\n"
                         f"    or a parameter is unknown{missing} or no number.\n")
        else:
            lines.append(f"ValueError\n{undetermined}" if undetermined else "")
            lines.append("TypeError\n    For complex, longdouble, object, string and datetime arrays, and for an unknown"
                         f"{missing} parameter, or one that is no number.\n")
        if act.notes:
            lines.append(f"\nNotes\n-----\n{act.notes}\n")

        names = [name for name in arrays if name != "dy"]
        made = "".join(f">>> {name} = np.array({EXAMPLE[name]}, dtype=np.float32)\n" for name in names)
        given = ", ".join([f"np.ones_like({names[0]})"] * (self.direction != "forward") + names)
        required = ", 0.25" * sum(default is None for default in params.values())
        lines.append(f"\nExample\n-------\n{made}>>> fr.{self.name}{'_' if in_place else ''}({given}{required})\n")
        lines.append(f"\nSource\n------\n{act.source}\n")
        return "".join(lines)


_by_name = {row["name"]: row for row in _rows}
_records = {name: Gated.of(row, _by_name[_gates[name]]) if name in _gates else Activation(**row)
            for name, row in _by_name.items()}
_activations = {name: act for name, act in _records.items() if name not in _gates}
_index = {name: i for i, name in enumerate(_ufuncs.kernel_names())}
functions = {name: Function(_index[name], act, direction) for act in _records.values() for direction in DIRECTIONS
             if (name := in_direction(act.name, direction)) in _index}


def function(name):
    """The Function of that name, for pickle."""
    return functions[name]


class _Made(collections.abc.Mapping):
    """Callables by name. Making them all would be most of the time that an import takes, so each is made when it is asked for."""

    def __init__(self, places):
        self._places = places

    def __getitem__(self, name):
        return getattr(*self._places[name])

    def __contains__(self, name):
        return name in self._places

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)


# What `import fastrelu` offers, and under the same names the hidden ufuncs with the defaults inside.
public = _Made({name + end: (f, which) for name, f in {**functions, **rows}.items()
                for end, which in (("", "ufunc"), ("_", "in_place")) if not end or f.has_in_place})
defaults = _Made({name: (f, "plain") for name, f in functions.items()})


def _attribute(direction):
    return property(lambda act: public.get(in_direction(act.name, direction)))


for _direction in DIRECTIONS:
    setattr(Activation, _direction, _attribute(_direction))
    setattr(Activation, _direction + "_", _attribute(_direction + "_"))


def names():
    """The names of all activations, as a tuple of str, in the registry's order.

    >>> fr.names()[:2]
    ('relu', 'leaky_relu')
    """
    return tuple(_activations)


def named(function, name):
    """The record of an activation, for a function that was given its name."""
    try:
        return _activations[name]
    except (KeyError, TypeError):
        import difflib  # only an error needs it

        near = difflib.get_close_matches(str(name), _activations, 3)
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise ValueError(f"{function}(): there is no activation {name!r}; {hint}There are: {', '.join(_activations)}") from None


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
    return named("get", name)
