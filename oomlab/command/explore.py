"""`oomlab explore`: all schedules of a scenario."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command import run_report
from oomlab.command.parser import Command, json_option, model_options, settings, whole
from oomlab.command.progress import Progress


def _options(parser: argparse.ArgumentParser) -> None:
    model_options(parser)
    json_option(parser)
    parser.add_argument("--timeouts", default="any", metavar="any|idle")
    parser.add_argument("--budget", default=str(experiment.BUDGET), metavar="STATES")


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    budget = whole("budget", options.budget)
    progress.tell(f"looking at up to {budget:,} states")
    began = time.perf_counter()
    found = experiment.explore(
        options.scenario,
        options.remedy,
        settings(options.given),
        timeouts=options.timeouts,
        budget=budget,
    )
    elapsed = time.perf_counter() - began
    if options.json:
        return [json.dumps(run_report.exploration_report(found, elapsed), indent=1)]
    return run_report.exploration_text(found, elapsed)


COMMAND = Command("explore", "look at all schedules of a scenario", _options, _answer)
