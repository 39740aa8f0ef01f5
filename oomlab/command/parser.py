"""How a call is read: options that several commands share, and one line for a wrong call."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from oomlab import __version__
from oomlab.command.progress import Progress
from oomlab.command.status import BAD_INPUT
from oomlab.command.streams import say, write
from oomlab.errors import InputError

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


_ANY_WIDTH = 78


class Command(NamedTuple):
    """One command: what it is called and does, its options, and the lines that answer it."""

    name: str
    help: str
    options: Callable[[argparse.ArgumentParser], object]
    answer: Callable[[argparse.Namespace, Progress], Iterable[str]]


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples.

    argparse makes one for each option that is added, to no purpose but to see that it can; that
    needs no width, and asking for it imports what compresses files.
    """

    def __init__(self, prog: str, width: int | None = None) -> None:
        super().__init__(prog, width=width or _ANY_WIDTH)


class Parser(argparse.ArgumentParser):
    """Answers a wrong call with one line on standard error; keeps the lines of its examples."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named, formatter_class=_Help)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with BAD_INPUT."""
        say(message, self.prog)
        self.exit(BAD_INPUT)

    def format_help(self) -> str:
        """The help, as wide as the terminal."""
        from shutil import get_terminal_size

        self.formatter_class = partial(_Help, width=get_terminal_size().columns - 2)
        return super().format_help()

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help. Raises Unwritable, where argparse would say nothing."""
        if file is None:
            write(self.format_help().splitlines())
        else:
            super().print_help(file)


class Version(argparse.Action):
    """`--version`: print it and leave."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> NoReturn:
        """Do it. Raises Unwritable, where argparse would say nothing."""
        write([f"oomlab {__version__}"])
        parser.exit()


def no_options(_parser: argparse.ArgumentParser) -> None:
    """For a command that takes none."""


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def model_options(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """A scenario (`optional`: or none), a remedy and settings."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?" if optional else None)
    parser.add_argument("--remedy", default="mainline", metavar="NAME")
    parser.add_argument("--set", action="append", default=[], metavar="name=value", dest="given")


def seed_option(parser: argparse.ArgumentParser) -> None:
    """`--seed`, of a run."""
    parser.add_argument("--seed", default="0", help="seed of the random latencies (default 0)")


def place_options(parser: argparse.ArgumentParser) -> None:
    """`--jobs` and `--scheduler`: where much work is done."""
    parser.add_argument("--jobs", metavar="N", help="processes to use (default: one a core)")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="work on the machines of this Dask scheduler instead; local starts one here",
    )


def jobs_of(call: argparse.Namespace) -> int | None:
    """What `--jobs` said, None for nothing. Raises InputError for what it cannot be."""
    from oomlab.evidence.executors import checked_jobs  # of no use to most commands

    jobs = None if call.jobs is None else whole("jobs", call.jobs)
    checked_jobs(jobs)
    return jobs


def settings(given: Iterable[str]) -> dict[str, str]:
    """What `--set` gave. Raises InputError for what has not its form."""
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set takes name=value, not {text!r}")
        found[name] = value
    return found


def whole(name: str, text: str) -> int:
    """The whole number that `text` is. Raises InputError naming the option for anything else."""
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{name} cannot be {text!r}; valid: a whole number") from None
