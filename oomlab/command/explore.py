"""`oomlab explore`: all schedules of a scenario."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from oomlab import experiment
from oomlab.command import schedule_report
from oomlab.command.parser import (
    jobs_of,
    json_option,
    model_options,
    place_options,
    settings,
    whole,
)
from oomlab.command.progress import Progress
from oomlab.errors import InputError
from oomlab.experiment import Exploration
from oomlab.files import check_new, replace, resolved, shown_path


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    model_options(parser, optional=True)
    json_option(parser)
    parser.add_argument("--all", action="store_true", help="all rows of the matrix instead")
    place_options(parser)
    parser.add_argument("--timeouts", default="any", metavar="any|idle")
    parser.add_argument("--html", metavar="FILE", help="write the schedule as a page of its own")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument(
        "--ample",
        action="store_true",
        help="only the verdict, from fewer states: for machines too large to be explored",
    )
    parser.add_argument("--budget", metavar="STATES", help="states after which one is given up")


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    if call.all:
        return _all(call, progress)
    if call.scenario is None:
        raise InputError("name a scenario, or say --all; `oomlab scenarios` lists them")
    if call.jobs is not None or call.scheduler is not None:
        raise InputError(
            "one exploration runs in one process: --jobs and --scheduler go with --all"
        )
    budget = whole("budget", call.budget or str(experiment.BUDGET))
    if call.force and call.html is None:
        raise InputError("--force is about a file; name one with --html")
    if call.ample and call.html is not None:
        raise InputError("--html shows the shortest schedule, which --ample does not look for")
    if call.html is not None:
        check_new(resolved(call.html), force=call.force)
    progress.tell(f"looking at up to {budget:,} states")

    def watch(states: int, moves: int) -> None:
        progress.tell(f"{states:,} states of at most {budget:,}")

    began = time.perf_counter()
    asked = (call.scenario, call.remedy, settings(call.given))
    how: dict[str, Any] = {"timeouts": call.timeouts, "budget": budget, "watch": watch}
    if call.ample:
        decision = experiment.decide(*asked, **how)
        elapsed = time.perf_counter() - began
        if call.json:
            return [json.dumps(schedule_report.decision_report(decision, elapsed), indent=1)]
        return schedule_report.decision_text(decision, elapsed)
    found = experiment.explore(*asked, **how)
    elapsed = time.perf_counter() - began
    if call.json:
        lines = [json.dumps(schedule_report.exploration_report(found, elapsed), indent=1)]
    else:
        lines = list(schedule_report.exploration_text(found, elapsed))
    if call.html is not None:
        path = resolved(call.html)
        check_new(path, force=call.force)  # it may have become something else meanwhile
        replace(path, _page(found, elapsed))
        lines += [] if call.json else [f"A page of it was written to {shown_path(path)}"]
    return lines


def _all(call: argparse.Namespace, progress: Progress) -> Iterator[str]:
    """What the explorer says of every row of the matrix under every remedy."""
    from oomlab.evidence import matrix
    from oomlab.evidence.executors import opened

    if call.scenario or call.given or call.html or call.force or call.ample:
        raise InputError("--all goes with --budget, --json, --jobs and --scheduler only")
    budget = whole("budget", call.budget or str(matrix.CELL_BUDGET))
    done, size, title, told = 0, matrix.size(), "", []
    with opened(jobs_of(call), call.scheduler) as place:
        for scenario, row, remedy, found in matrix.explorations(budget, place):
            done += 1
            progress.tell(f"{done} of {size} explorations", done / size)
            if call.json:
                told.append(
                    {
                        "scenario": scenario.name,
                        "settings": dict(row),
                        "remedy": remedy.name,
                        **asdict(found),
                    }
                )
                continue
            here, line = matrix.exploration_line(scenario, row, remedy, found)
            if here != title:
                yield f"{chr(10) if title else ''}{here}"
                title = here
            yield line
    if call.json:
        yield json.dumps(told, indent=1)


def _page(found: Exploration, elapsed_s: float) -> str:
    """The exploration as a page: the stage of its schedule, and what is said of it."""
    from oomlab.figures.stage import draw_stage, stage_page  # drawing is not needed otherwise

    stage = ""
    if found.replay:
        trace = experiment.replay(found.replay)
        stage = draw_stage(trace, decided_at=found.point_of_no_return).html
    title = f"{found.scenario} under {found.remedy}"
    return stage_page(title, stage, schedule_report.exploration_text(found, elapsed_s))
