"""`oomlab replay`: one schedule, step by step."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command import schedule_report
from oomlab.command.parser import json_option
from oomlab.command.progress import Progress


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument("string", metavar="STRING")
    json_option(parser)


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    progress.tell("playing")
    if call.json:
        return [json.dumps(schedule_report.replay_report(call.string), indent=1)]
    return schedule_report.schedule_text(
        experiment.replay(call.string), schedule_report.chains_data(call.string)
    )
