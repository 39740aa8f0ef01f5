"""Which commands there are, and how a call is answered."""

from __future__ import annotations

import argparse
from collections.abc import Container, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

from oomlab.command.examples import EXAMPLES
from oomlab.command.parser import Command, Parser, Version
from oomlab.command.progress import Progress
from oomlab.command.status import BAD_INPUT, NOT_AS_EXPECTED
from oomlab.command.streams import Unwritable, given_up, say, write
from oomlab.errors import BrokenOff, InputError, unknown
from oomlab.files import reason, shown_path
from oomlab.registry import Registry

_HELP = {
    "scenarios": "list the scenarios",
    "parameters": "what a scenario can be given with --set",
    "remedies": "list the remedies",
    "run": "run a scenario once, in simulated seconds",
    "locks": "say who has and who wants each lock of a run, from when to when",
    "export": "write a run in a format of other tools",
    "explore": "look at all schedules of a scenario",
    "matrix": "hold every hazard against every remedy",
    "compare-kernel": "hold the model against stored runs of real kernels",
    "sweep": "run a scenario many times and keep the results",
    "replay": "play a schedule that explore printed",
    "claims": "hold each sentence of the thread against the model",
    "findings": "show each finding of the review of the RFC",
    "gfp": "explain a GFP mask: what may this request do?",
    "log": "explain a kernel log: what happened, who waits for whom",
    "completion": "print what makes a shell complete oomlab",
}
"""The commands, each a module of its name with `options` and `answer`, and what it is for."""


def _command(name: str) -> Command:
    """A command whose module is imported when it is wanted: most need a good part of the package,
    and a call wants one of them."""

    def module() -> Any:
        return import_module(f"oomlab.command.{name.replace('-', '_')}")

    def options(parser: argparse.ArgumentParser) -> None:
        module().options(parser)

    def answer(given: argparse.Namespace, progress: Progress) -> Iterable[str]:
        lines: Iterable[str] = module().answer(given, progress)
        return lines

    return Command(name, _HELP[name], options, answer)


COMMANDS: Registry[str, Command] = Registry("command", map(_command, _HELP))


def dispatch(arguments: Sequence[str]) -> int:
    """Answer one call. Result: the exit status."""
    try:
        options = _read(arguments)
        command: Command = options.command
        with Progress() as progress:
            write(_cleared(command.answer(options, progress), progress))
    except InputError as error:
        say(str(error))
        return BAD_INPUT
    except BrokenOff as error:
        say(str(error))
        return NOT_AS_EXPECTED
    except Unwritable as error:
        return given_up(error)
    except OSError as error:
        name = f"{shown_path(error.filename)}: " if isinstance(error.filename, str) else ""
        say(f"{name}{reason(error)}")
        return BAD_INPUT
    except MemoryError:
        say("there is not enough memory for this; ask for less, e.g. a smaller --budget")
        return BAD_INPUT
    except SystemExit as left:  # argparse has said what is to be said, or a command all it knows
        return left.code if isinstance(left.code, int) else 0
    return 0


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    if wanted is not None and wanted not in COMMANDS:
        raise unknown("command", wanted, COMMANDS)
    if wanted is None:
        parser = parser_of([])
    elif wanted == arguments[0]:
        parser = parser_of([COMMANDS[wanted]], [COMMANDS[wanted]])
    else:  # an option of the whole comes first, which may be --help
        parser = parser_of([COMMANDS[wanted]])
    for word in arguments:
        option, _, value = word.partition("=")
        if option.startswith("--") and value == "--":  # of which argparse makes an empty list
            raise InputError(f"{option} cannot be '--'")
    return parser.parse_args(arguments)


def parser_of(
    filled: Container[Command], known: Iterable[Command] = tuple(COMMANDS.values())
) -> Parser:
    """The command line with the commands that are `known`, in which those of `filled` have their
    options."""
    parser = Parser(
        prog="oomlab",
        description="A model of the OOM-notifier discussion of 2017.",
        epilog=EXAMPLES[""],
    )
    parser.add_argument("-V", "--version", action=Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for command in known:
        below = commands.add_parser(
            command.name, help=command.help, epilog=EXAMPLES.get(command.name)
        )
        if command in filled:
            command.options(below)
            below.set_defaults(command=command)
    return parser


def _cleared(lines: Iterable[str], progress: Progress) -> Iterator[str]:
    for line in lines:
        progress.clear()
        yield line
