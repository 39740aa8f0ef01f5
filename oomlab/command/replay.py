"""`oomlab replay`: one schedule, step by step."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command import run_report
from oomlab.command.parser import Command
from oomlab.command.progress import Progress


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("string", metavar="STRING")


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    progress.tell("playing")
    return run_report.schedule_text(experiment.replay(options.string))


COMMAND = Command("replay", "play a schedule that explore printed", _options, _answer)
