"""What the command line prints of a timed run, as text for people and as JSON data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from oomlab.analysis.outcome import failed_allocations, kills, longest_request_us
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.narration import story


def seconds(microseconds: int | None) -> float | None:
    """Microseconds as seconds; None stays None."""
    return None if microseconds is None else microseconds / 1_000_000


def about_run(trace: Trace) -> dict[str, Any]:
    """Which run it was and how it ended, as JSON data: every report of a run begins with it."""
    return {
        "scenario": trace.scenario,
        "remedy": trace.remedy,
        "parameters": trace.parameters,
        "seed": trace.seed,
        "verdict": trace.verdict,
        "ended_at_s": seconds(trace.ended_at_us),
    }


def run_report(trace: Trace) -> dict[str, Any]:
    """A timed run as JSON data; times in seconds, except `at_us` and `until_us` of events.

    `stall_s`: how long the slowest request for a page took, as in the matrix; None if one was still
    under way at the end.
    """
    return {
        **about_run(trace),
        "stall_s": seconds(longest_request_us(trace)),
        "kills": len(kills(trace)),
        "failed_allocations": failed_allocations(trace),
        "waiting": [
            {
                "task": w.task,
                "for": w.waits_for,
                "held_by": w.held_by or None,
                "since_s": seconds(w.since_us),
            }
            for w in trace.waiting
        ],
        "events": [asdict(event) for event in trace.events],
    }


def run_text(trace: Trace) -> Iterator[str]:
    """A timed run as lines: the story, then the costs."""
    yield f"{trace.scenario} under {trace.remedy}, seed {trace.seed}"
    yield from story(trace)
    stall = seconds(longest_request_us(trace))
    yield (
        f"Stall: {'not over when the run ended' if stall is None else f'{stall:.4g} s'}. Kills: "
        f"{len(kills(trace))}. Failed allocations: {failed_allocations(trace)}."
    )
