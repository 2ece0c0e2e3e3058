# SPDX-License-Identifier: BSD-3-Clause
"""What the commands share: the words of a command line, and the page that is printed."""
import argparse
import codecs
import difflib
import json
import pathlib
import re
import sys

import fastrelu as fr

from .. import _ufuncs

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


# ---- words of a command line ----

def elements(word):
    """A number of elements from words such as 4096, 1e6, 64Ki, 32Mi."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?(?:e\d+)?)\s*([kmg]?i?)", word.strip().lower())
    number = float(match[1]) * UNITS.get(match[2], 0) if match else 0
    if not 1 <= number < 2**40 or number != int(number):
        raise argparse.ArgumentTypeError(f"a size is a number of elements such as 4096, 1e6, 64Ki or 32Mi; it is {word!r}")
    return int(number)


def no_such(word, known, show=None):
    """What to say of a name that is not there: the nearest ones, or all (`show`, where `known` are too many)."""
    near = difflib.get_close_matches(word, list(dict.fromkeys(known)), 3)
    return f"there is no {word!r}; " + (f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(show or known)}")


def names_of(known):
    """An argparse type: some of these names, with commas between them."""
    def names(words):
        for word in words.split(","):
            if word not in known:
                raise argparse.ArgumentTypeError(no_such(word, known))
        return words.split(",")
    return names


def count(word):
    """A number of threads, or "all"."""
    if word == "all":
        return fr.get_num_threads()
    if word.isascii() and word.isdigit() and 1 <= int(word) < 2**16:
        return int(word)
    raise argparse.ArgumentTypeError(f'a number of threads, at least 1, or "all"; it is {word!r}')


def spread(word):
    """A standard deviation."""
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"a positive number; it is {word!r}")
    return value


def dtype_of(word):
    """The dtype that --dtype names. ValueError for an unknown one."""
    try:
        return _ufuncs.dtype_of("--dtype", word)
    except TypeError as error:
        raise ValueError(str(error)) from None


def write_json(data, file):
    """Write data as JSON to a file name; "-" is standard output."""
    document = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    if file == "-":
        sys.stdout.write(document)
    else:
        pathlib.Path(file).write_text(document, encoding="utf-8")


# ---- the page ----

def size_text(n):
    for unit, name in ((2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki")):
        if n % unit == 0:
            return f"{n // unit} {name}"
    return str(n)


def threads_text(n):
    return f"{n} thread" + "s" * (n != 1)


class Page:
    """What is printed. rich is imported here and nowhere else."""

    def __init__(self, file):
        import rich.box
        import rich.console
        import rich.progress
        import rich.table
        import rich.text

        self.rich = rich
        try:
            "µ×–·…─━′←".encode(file.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            signs = {"µ": "u", "×": "x", "–": "-", "·": "|", "…": "..", "─": "-", "━": "-", "′": "'", "←": "="}
            codecs.register_error("fastrelu", lambda error: (
                "".join(signs.get(c, "?") for c in error.object[error.start:error.end]), error.end))
            if hasattr(file, "reconfigure"):
                file.reconfigure(errors="fastrelu")
        self.console = rich.console.Console(file=file, highlight=False)
        # A table as wide as a large window is hard to read.
        if self.console.width > 80:
            self.console.width = 80

    def say(self, text="", style=""):
        self.console.print(self.rich.text.Text(text, style))

    def progress(self):
        # Drawn between measurements only: a drawing thread would take part in them.
        p = self.rich.progress
        columns = [p.TextColumn("{task.description:<34.34}"), p.BarColumn(None), p.MofNCompleteColumn(), p.TimeRemainingColumn()]
        return p.Progress(*columns, console=self.console, auto_refresh=False, transient=True,
                          disable=not self.console.is_terminal)

    def table(self, columns, padding=(0, 1)):
        table = self.rich.table.Table(box=self.rich.box.SIMPLE_HEAD, pad_edge=False, padding=padding, collapse_padding=True,
                                      show_edge=False, header_style="bold")
        for i, name in enumerate(columns):
            table.add_column(name, justify="left" if i == 0 else "right", no_wrap=True)
        return table

    def cell(self, text, style=""):
        return self.rich.text.Text(text, style)
