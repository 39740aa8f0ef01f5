"""What the command line prints of schedules, those it looked for and those it plays: as text for
people and as JSON data for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from oomlab.engine.trace.events import Event, Trace
from oomlab.engine.trace.narration import explain, story
from oomlab.experiment import Decision, Exploration, replay, replayed


def exploration_report(found: Exploration, elapsed_s: float) -> dict[str, Any]:
    """An exploration as JSON data."""
    return {
        **_verdict_data(found, elapsed_s),
        "counterexample": steps_data(replay(found.replay)) if found.replay else [],
        "repeating_steps": found.circle,
        "point_of_no_return": found.point_of_no_return,
        "call_chains": chains_data(found.replay) if found.replay else {},
        "replay": found.replay,
    }


def decision_report(found: Decision, elapsed_s: float) -> dict[str, Any]:
    """A decision as JSON data."""
    return {**_verdict_data(found, elapsed_s), "replay": found.replay}


def _verdict_data(found: Exploration | Decision, elapsed_s: float) -> dict[str, Any]:
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
    }


def steps_data(trace: Trace) -> list[dict[str, Any]]:
    """The steps of a replayed schedule as JSON data; `changes` has, for each value that a step
    changed, what it was before and after."""
    return [
        {
            "step": e.at_us,
            "task": e.task,
            "function": e.function,
            "op": e.op,
            "on": e.on,
            "changes": changes,
        }
        for e, changes in _steps(trace)
    ]


def chains_data(line: str) -> dict[str, list[str]]:
    """The call chain of each task at the end of a replay line, outermost first; empty for one that
    has finished."""
    experiment, schedule = replayed(line)
    return {task: list(chain) for task, chain in experiment.chains(schedule).items()}


def replay_report(line: str) -> dict[str, Any]:
    """A replayed schedule as JSON data."""
    trace = replay(line)
    return {
        "scenario": trace.scenario,
        "remedy": trace.remedy,
        "parameters": trace.parameters,
        "verdict": trace.verdict,
        "steps": steps_data(trace),
        "waiting": [
            {"task": w.task, "for": w.waits_for, "held_by": w.held_by or None}
            for w in trace.waiting
        ],
        "call_chains": chains_data(line),
    }


def _steps(trace: Trace) -> Iterator[tuple[Event, dict[str, list[Any]]]]:
    """The event that makes each step (what was folded into it comes after it), and the values that
    the step changed: name -> before and after."""
    values: dict[str, Any] = {slot.name: slot.initial for slot in trace.slots}
    by_step: dict[int, list[Event]] = {}
    for event in trace.events:
        by_step.setdefault(event.at_us, []).append(event)
    for step, events in by_step.items():
        before = dict(values)
        for event in events:
            values.update(event.changes)
        if step > 0:
            changed = {
                name: [before[name], value]
                for name, value in values.items()
                if before[name] != value
            }
            yield events[0], changed


def exploration_text(found: Exploration, elapsed_s: float) -> Iterator[str]:
    """An exploration as lines."""
    yield from _verdict_text(found, elapsed_s)
    if found.replay:
        yield "Counterexample (fewest context switches):"
        yield from schedule_text(
            replay(found.replay), chains_data(found.replay), found.point_of_no_return, found.circle
        )
        yield f"Replay: oomlab replay {found.replay}"


def decision_text(found: Decision, elapsed_s: float) -> Iterator[str]:
    """A decision as lines."""
    yield from _verdict_text(found, elapsed_s)
    if found.replay:
        yield "A way there (without --ample: the one with fewest context switches):"
        yield f"Replay: oomlab replay {found.replay}"


def _verdict_text(found: Exploration | Decision, elapsed_s: float) -> Iterator[str]:
    yield f"{found.scenario} under {found.remedy}, timeouts: {found.timeouts}"
    yield f"{len(found.graph)} states, {found.graph.transitions} transitions, {elapsed_s:.2f} s"
    yield f"Verdict: {found.verdict.word}, {found.ending}."
    yield f"Reachable: {found.verdict.reachable}."


def schedule_text(
    trace: Trace,
    chains: dict[str, list[str]],
    no_return: int | None = None,
    circle: int = 0,
) -> Iterator[str]:
    """A replayed schedule, one line a step and one for what it changed, and where the tasks stand
    at the end: `chains`, as `chains_data` gives them."""
    last = trace.ended_at_us
    for event, changes in _steps(trace):
        yield f"{event.at_us:4}  {explain(trace, event)}"
        if changes:
            words = (f"{name} {_value(a)} -> {_value(b)}" for name, (a, b) in changes.items())
            yield f"        {'; '.join(words)}"
        if event.at_us == no_return:
            yield "      (from here on nobody gets out)"
    if circle:
        yield f"      (steps {last - circle + 1} to {last} repeat for ever)"
    yield from list(story(trace))[-len(trace.waiting) - 1 :]
    if chains:
        yield "Call chains at the end:"
    for task, chain in chains.items():
        yield f"  {task}: {' > '.join(chain) or 'has finished'}"


def _value(value: Any) -> str:
    """A value in a line of text."""
    if isinstance(value, dict):  # a semaphore
        held = {"read by": value["readers"], "written by": filter(None, [value["writer"]])}
        held["awaited by"] = value["queued"]
        said = [f"{how} {' and '.join(who)}" for how, tasks in held.items() if (who := [*tasks])]
        return ", ".join(said) or "free"
    return "free" if value == "" else json.dumps(value).replace('"', "")
