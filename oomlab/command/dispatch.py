"""Which commands there are, and how a call is answered."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from oomlab.command import (
    claims,
    compare_kernel,
    explore,
    export,
    findings,
    gfp,
    locks,
    log,
    matrix,
    parameters,
    remedies,
    replay,
    run,
    scenarios,
    sweep,
)
from oomlab.command.parser import Command, Parser, Version
from oomlab.command.progress import Progress
from oomlab.command.status import BAD_INPUT, NOT_AS_EXPECTED
from oomlab.command.streams import Unwritable, given_up, say, write
from oomlab.errors import InputError, unknown
from oomlab.evidence.sweep.pool import SweepError
from oomlab.files import reason, shown_path
from oomlab.registry import Registry

COMMANDS: Registry[str, Command] = Registry(
    "command",
    (
        module.COMMAND
        for module in (
            scenarios,
            parameters,
            remedies,
            run,
            locks,
            export,
            explore,
            matrix,
            compare_kernel,
            sweep,
            replay,
            claims,
            findings,
            gfp,
            log,
        )
    ),
)


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
    except SweepError as error:
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
    parser = Parser(prog="oomlab", description="A model of the OOM-notifier discussion of 2017.")
    parser.add_argument("-V", "--version", action=Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    if wanted is not None and wanted not in COMMANDS:
        raise unknown("command", wanted, COMMANDS)
    for command in COMMANDS.values():
        below = commands.add_parser(command.name, help=command.help)
        if command.name == wanted:
            command.options(below)
            below.set_defaults(command=command)
    for word in arguments:
        option, _, value = word.partition("=")
        if option.startswith("--") and value == "--":  # of which argparse makes an empty list
            raise InputError(f"{option} cannot be '--'")
    return parser.parse_args(arguments)


def _cleared(lines: Iterable[str], progress: Progress) -> Iterator[str]:
    for line in lines:
        progress.clear()
        yield line
