"""What the command line prints: results as text for people and as dictionaries for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from oomlab.analysis.outcome import failed_allocations, kills, longest_request_us
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.narration import explain, story
from oomlab.experiment import Exploration, replay


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


def exploration_report(found: Exploration, elapsed_s: float) -> dict[str, Any]:
    """An exploration as JSON data."""
    trace = replay(found.replay) if found.replay else None
    steps = [] if trace is None else [e for e in trace.events if e.at_us > 0]
    return {
        "scenario": found.scenario,
        "remedy": found.remedy,
        "parameters": found.settings,
        "timeouts": found.timeouts,
        "verdict": found.verdict.word,
        "blocked": found.verdict.blocked,
        "livelock": found.verdict.livelock,
        "starvation": found.verdict.starvation,
        "panic": found.verdict.panic,
        "stopped_by": found.graph.stopped_by or None,
        "states": len(found.graph),
        "transitions": found.graph.transitions,
        "seconds": round(elapsed_s, 3),
        "counterexample": [
            {"step": e.at_us, "task": e.task, "function": e.function, "op": e.op, "on": e.on}
            for e in _one_per_step(steps)
        ],
        "repeating_steps": found.circle,
        "point_of_no_return": found.point_of_no_return,
        "replay": found.replay,
    }


def _one_per_step(events: list[Any]) -> Iterator[Any]:
    """The event that makes a step; what was folded into it comes after it."""
    last = 0
    for event in events:
        if event.at_us != last:
            yield event
        last = event.at_us


def exploration_text(found: Exploration, elapsed_s: float) -> Iterator[str]:
    """An exploration as lines."""
    verdict = found.verdict
    yield f"{found.scenario} under {found.remedy}, timeouts: {found.timeouts}"
    yield (f"{len(found.graph)} states, {found.graph.transitions} transitions, {elapsed_s:.2f} s")
    yield f"Verdict: {verdict.word}, {found.ending}."
    yield f"Reachable: {verdict.reachable}."
    if found.replay:
        yield "Counterexample (fewest context switches):"
        yield from schedule_text(replay(found.replay), found.point_of_no_return, found.circle)
        yield f"Replay: oomlab replay {found.replay}"


def schedule_text(trace: Trace, no_return: int | None = None, circle: int = 0) -> Iterator[str]:
    """A replayed schedule, one line a step."""
    last = trace.ended_at_us
    for event in _one_per_step([e for e in trace.events if e.at_us > 0]):
        yield f"{event.at_us:4}  {explain(trace, event)}"
        if event.at_us == no_return:
            yield "      (from here on nobody gets out)"
    if circle:
        yield f"      (steps {last - circle + 1} to {last} repeat for ever)"
    yield from list(story(trace))[-len(trace.waiting) - 1 :]
