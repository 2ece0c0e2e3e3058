# SPDX-License-Identifier: BSD-3-Clause
"""The command line: `python -m fastrelu COMMAND`. A command is a module of fastrelu.tools with ABOUT, EXAMPLES, arguments(parser)
and run(args)."""
import argparse
import os
import sys
import textwrap


def commands():
    """The modules of the commands, by name."""
    from .tools import bench, certify, claims, info, plot  # named here for programs that pack what others import

    return {"bench": bench, "certify": certify, "claims": claims, "info": info, "plot": plot}


def parser():
    """The argparse parser of all commands."""
    from . import __version__

    top = argparse.ArgumentParser(
        prog="fastrelu", description="Activation functions for NumPy: measure them, and show what is in use.",
        epilog="fastrelu COMMAND --help says more. For a first look: fastrelu bench --quick")
    top.add_argument("--version", action="version", version=f"fastrelu {__version__}")
    words = top.add_subparsers(metavar="COMMAND", required=True)
    for name, command in commands().items():
        sub = words.add_parser(
            name, help=command.ABOUT.split(".")[0].replace("%", "%%"), description=textwrap.fill(command.ABOUT, 79),
            epilog="examples:\n" + command.EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
        command.arguments(sub)
        sub.set_defaults(run=command.run, parser=sub)
    return top


def main(argv=None):
    """Run a command.

    Parameters
    ----------
    argv : list of str, optional
        The words behind the program's name; sys.argv's by default.

    Returns
    -------
    int
        The exit status: 0, 1 where a result was wrong, 2 for a wrong command line or a missing library, 130 after Ctrl-C.
    """
    from .tools import cli

    try:
        args = parser().parse_args(argv)
        for file in {getattr(args, option, None) for option in ("json", "out")} - {None, "-"}:
            cli.check_writable(file)
        status = args.run(args)
        with cli.writing("standard output"):
            sys.stdout.flush()
        return status
    except cli.Unwritable as error:
        print(f"{args.parser.prog}: {error}", file=sys.stderr)
        silence(sys.stdout)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:     # `| head`: the reader has what it wanted
        silence(sys.stdout)
        return 0


def silence(file):
    """Keeps the interpreter's last flush of what cannot be written quiet."""
    try:
        file.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


if __name__ == "__main__":
    sys.exit(main())
