"""`oomlab locks`: who has which lock of a run, and who wants it, from when to when."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import Any

from oomlab import experiment
from oomlab.analysis import LockUse, lock_uses, time_text
from oomlab.command.parser import (
    json_option,
    model_options,
    seed_option,
    settings,
    whole,
)
from oomlab.command.progress import Progress
from oomlab.command.run_report import about_run, seconds
from oomlab.engine.trace.events import Trace

_PHRASES = {
    "owns": "has it",
    "reads": "has it for reading",
    "writes": "has it for writing",
    "waits": "waits for it",
    "polls": "tries it in vain",
}


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    model_options(parser)
    json_option(parser)
    seed_option(parser)


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    seed = whole("seed", call.seed)
    progress.tell("running")
    trace = experiment.run(call.scenario, call.remedy, settings(call.given), seed)
    if call.json:
        return [json.dumps(_report(trace), indent=1)]
    return _text(trace)


def _report(trace: Trace) -> dict[str, Any]:
    """As JSON data: times in seconds; `until_s` is None for what still lasts at the end."""
    return {
        **about_run(trace),
        "locks": [
            {
                "lock": lock,
                "uses": [
                    {
                        "task": use.task,
                        "use": use.use,
                        "from_s": seconds(use.start_us),
                        "until_s": seconds(use.end_us),
                        "times": use.times,
                    }
                    for use in uses
                ],
            }
            for lock, uses in lock_uses(trace).items()
        ],
    }


def _text(trace: Trace) -> Iterator[str]:
    ended = time_text(trace.ended_at_us)
    yield f"{trace.scenario} under {trace.remedy}, seed {trace.seed}: {trace.verdict} at {ended}"
    for lock, uses in lock_uses(trace).items():
        yield f"{lock}:" if uses else f"{lock}: nobody wants it"
        yield from (f"  {_said(use)}" for use in uses)


def _said(use: LockUse) -> str:
    times = f" ({use.times} times)" if use.times > 1 else ""
    since = time_text(use.start_us)
    if use.end_us is None:
        when = f"from {since} on, still at the end"
    else:  # a length, not a second moment: two that are near would read alike
        length_us = use.end_us - use.start_us
        when = f"from {since} for {time_text(length_us) if length_us else 'no time'}"
    return f"{use.task} {_PHRASES[use.use]}{times}, {when}"
