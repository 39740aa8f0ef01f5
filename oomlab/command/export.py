"""`oomlab export`: a run, for other tools."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command.parser import model_options, seed_option, settings, whole
from oomlab.command.progress import Progress
from oomlab.command.streams import write_bytes
from oomlab.errors import InputError
from oomlab.export import FORMATS, exported
from oomlab.files import check_new, replace, resolved, shown_path

STANDARD_OUTPUT = "-"


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    model_options(parser)
    seed_option(parser)
    formats = "; ".join(f"{form.name}: {form.summary}" for form in FORMATS.values())
    parser.add_argument("--format", metavar="F", help=formats)
    parser.add_argument(
        "-o",
        "--out",
        metavar="FILE",
        default=STANDARD_OUTPUT,
        help="where it goes (default: -, standard output)",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    if call.format is None:
        raise InputError(f"say in which format, with --format; valid: {', '.join(FORMATS)}")
    form = FORMATS.find(call.format)
    seed = whole("seed", call.seed)
    to_file = call.out != STANDARD_OUTPUT
    if call.force and not to_file:
        raise InputError("--force is about a file; name one with -o")
    path = resolved(call.out)
    if to_file:
        check_new(path, force=call.force)
    progress.tell("running")
    trace = experiment.run(call.scenario, call.remedy, settings(call.given), seed)
    data = exported(trace, form.name)
    if to_file:
        check_new(path, force=call.force)  # it may have become something else meanwhile
        replace(path, data)
        return [f"{len(trace.events)} events, written to {shown_path(path)}"]
    if form.binary:
        write_bytes(data, f"the {form.name} format")
        return []
    return data.decode().removesuffix("\n").split("\n")
