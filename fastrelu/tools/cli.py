# SPDX-License-Identifier: BSD-3-Clause
"""What the commands share: the words of a command line, and the page that is printed."""
import argparse
import codecs
import contextlib
import difflib
import errno
import json
import os
import pathlib
import re
import shutil
import sys
import textwrap
import time

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


def whole(least):
    """An argparse type: a whole number from `least` on."""
    def number(word):
        if word.isascii() and word.isdigit() and least <= int(word) < 2**32:
            return int(word)
        raise argparse.ArgumentTypeError(f"a whole number, at least {least}; it is {word!r}")
    return number


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


# ---- what is written ----

class Unwritable(Exception):
    """What could not be written, and why: the line that the command ends with."""


@contextlib.contextmanager
def writing(where):
    """What happens inside writes there."""
    try:
        yield
    except BrokenPipeError:     # the reader has what it wanted
        raise
    except OSError as error:
        raise Unwritable(f"cannot write {where}: {error.strerror}") from None


def check_writable(file):
    """Unwritable where a file could not be written, before the work. Nothing is left behind, and what is there stays."""
    path = pathlib.Path(file)
    with writing(file):
        if path.is_fifo():      # its reader would take the end of a test for the end of all
            return
        new = not path.exists()
        with open(path, "ab") as opened:
            if path.is_char_device() and not opened.isatty():   # such as /dev/full
                opened.write(b"\n")
        if new:
            path.unlink()
        if path.is_file() or new:
            usage = shutil.disk_usage(path.parent)
            if usage.total and usage.free < 2**16:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def write_json(data, file):
    """Write data as JSON to a file name; "-" is standard output."""
    document = json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    if file == "-":
        with writing("standard output"):
            sys.stdout.write(document)
    else:
        with writing(file):
            pathlib.Path(file).write_text(document, encoding="utf-8")


# ---- the page ----

def size_text(n):
    for unit, name in ((2**30, "Gi"), (2**20, "Mi"), (2**10, "Ki")):
        if n % unit == 0:
            return f"{n // unit} {name}"
    return str(n)


def threads_text(n):
    return f"{n} thread" + "s" * (n != 1)


ANSI = re.compile("\x1b[^m]*m")
STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


class Page:
    """What is printed: plain text, in colours where the reader's terminal has them."""

    def __init__(self, file):
        self.file = file
        try:
            "µ×–·…─′←".encode(file.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            signs = {"µ": "u", "×": "x", "–": "-", "·": "|", "…": "..", "─": "-", "′": "'", "←": "="}
            codecs.register_error("fastrelu", lambda error: (
                "".join(signs.get(c, "?") for c in error.object[error.start:error.end]), error.end))
            if hasattr(file, "reconfigure"):
                file.reconfigure(errors="fastrelu")
        self.terminal = file.isatty()
        self.coloured = not os.environ.get("NO_COLOR") and (self.terminal or bool(os.environ.get("FORCE_COLOR")))
        # A table as wide as a large window is hard to read.
        self.width = min(shutil.get_terminal_size().columns, 80)

    def styled(self, text, style=""):
        """The text with what makes a terminal show it so."""
        codes = ";".join(str(STYLES[word]) for word in style.split())
        return f"\x1b[{codes}m{text}\x1b[0m" if codes and self.coloured else text

    def put(self, line=""):
        """Print a line as it is."""
        with writing("standard output" if self.file is sys.stdout else "standard error"):
            print(line, file=self.file, flush=True)

    def say(self, text="", style=""):
        """Print text, in lines that fit."""
        for line in text.split("\n"):
            for part in textwrap.wrap(line, self.width) or [""]:
                self.put(self.styled(part, style))

    def table(self, heads, rows, gap=2, first=0):
        """Print rows of cells, numbers to the right under their heads; the first column has at least `first` signs."""
        widths = [max(len(ANSI.sub("", cell)) for cell in column) for column in zip(heads, *rows, strict=True)]
        widths[0] = max(widths[0], first)

        def line(cells):
            spaces = [" " * (width - len(ANSI.sub("", cell))) for cell, width in zip(cells, widths, strict=True)]
            return (" " * gap).join([cells[0] + spaces[0], *(s + cell for s, cell in zip(spaces[1:], cells[1:], strict=True))])

        self.put(self.styled(line(heads), "bold"))
        self.put("─" * (sum(widths) + gap * (len(widths) - 1)))
        for row in rows:
            self.put(line(row).rstrip())

    @contextlib.contextmanager
    def progress(self, total):
        """Shows how far long work is: what it gives takes what is done, of `total`, and a word about what is next. Drawn when it
        is called only: a drawing thread would take part in the measurements."""
        began = time.perf_counter()

        def show(done, text):
            if self.terminal:
                left = f"{(time.perf_counter() - began) * (total - done) / done:.0f} s left" if done else ""
                print(f"\r\x1b[K{text:<34.34} {done / total:4.0%}  {left}", end="", file=self.file, flush=True)

        try:
            yield show
        finally:
            if self.terminal:
                print("\r\x1b[K", end="", file=self.file, flush=True)
