"""`oomlab completion`: what makes a shell complete `oomlab`'s commands, options and names."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping

from oomlab.command.progress import Progress
from oomlab.errors import needed, unknown
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

SHELLS = ("bash", "zsh", "tcsh")
_NAMES: Mapping[str, Iterable[str]] = {"scenario": SCENARIOS, "remedy": REMEDIES}
"""What stands behind an argument of that name."""


def options(parser: argparse.ArgumentParser) -> None:
    """The shell."""
    parser.add_argument("shell", metavar="SHELL", help=f"one of {', '.join(SHELLS)}")


def answer(call: argparse.Namespace, _progress: Progress) -> Iterator[str]:
    """The lines that answer a call."""
    if call.shell not in SHELLS:
        raise unknown("shell", call.shell, SHELLS)
    with needed("completion"):
        import shtab  # not above: nothing else needs it
    yield from shtab.complete(_with_names(shtab.FILE), call.shell).splitlines()


def _with_names(a_file: object) -> argparse.ArgumentParser:
    """The whole command line, with the names that its arguments can have; `a_file` stands for the
    names of files."""
    from oomlab.command.dispatch import COMMANDS, parser_of

    parser = parser_of(COMMANDS.values())
    (below,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    for command in below.choices.values():
        for argument in command._actions:
            if argument.dest in _NAMES:
                argument.choices = list(_NAMES[argument.dest])
            elif argument.dest in ("file", "out", "output"):
                argument.complete = a_file
    return parser
