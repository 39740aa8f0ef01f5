"""`oomlab run`: a scenario once, by the clock."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command import run_report
from oomlab.command.parser import Command, model_options, settings, whole
from oomlab.command.progress import Progress


def _options(parser: argparse.ArgumentParser) -> None:
    model_options(parser)
    parser.add_argument("--seed", default="0", help="seed of the random latencies (default 0)")


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    seed = whole("seed", options.seed)
    progress.tell("running")
    trace = experiment.run(options.scenario, options.remedy, settings(options.given), seed)
    if options.json:
        return [json.dumps(run_report.run_report(trace), indent=1)]
    return run_report.run_text(trace)


COMMAND = Command("run", "run a scenario once, in simulated seconds", _options, _answer)
