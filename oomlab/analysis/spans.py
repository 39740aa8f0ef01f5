"""What each task was doing, and which locks were held, from when to when.

A trace has events; a picture needs stretches. The life of a task, from the beginning of the run to
its end, is cut into spans without gaps. Times are microseconds (steps in a replayed schedule).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from oomlab.analysis.episodes import Held, failed_try, holds
from oomlab.analysis.episodes.once import events_of, once
from oomlab.checked import checked
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Event, TaskInfo, Trace

SpanState = Literal["runs", "polls", "blocked", "waits", "sleeps", "idle", "done", "unknown"]
"""What a task does during a span.

`runs`: it has the CPU. `polls`: it tries a lock in vain, naps and tries again. `blocked`: it sleeps
until a lock is free. `waits`: it sleeps until an event. `sleeps`: it sleeps until a timer or a
device is ready. `idle`: it has not begun, or a background task waits for work. `done`: it is over.
`unknown`: a log does not say.
"""

WAIT_HELPERS = frozenset({"wait_event", "wait_event_timeout"})
"""Functions that say nothing about what is waited for."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one task's life.

    `on`: the lock, queue or word it is about, or "". `function`: the kernel function it is in.
    `polls`: how often a polling task tried. `answered_by`: the only task that can end the wait,
    if there is such a one, and what it `gives`. The last span of a task may have no length: it says
    in which state the run left the task.
    """

    task: str
    state: SpanState
    start_us: int
    end_us: int
    on: str = ""
    function: str = ""
    polls: int = 0
    answered_by: str = ""
    gives: str = ""


@checked
@once
def task_spans(trace: Trace) -> tuple[Span, ...]:
    """The life of every task in spans, tasks in the trace's order.

    The spans of a task follow each other without gap or overlap, from 0 to the end of the run.
    """
    events = events_of(trace)
    unfinished = {waiting.task for waiting in trace.waiting}
    spans: list[Span] = []
    first: SpanState = "unknown" if trace.engine == "log" else "idle"
    for task in trace.tasks:
        pieces = [_with_answer(trace, piece) for piece in _pieces(task, events[task.name], first)]
        if task.name not in unfinished and pieces[-1].state in ("runs", "polls", "sleeps"):
            last = events[task.name][-1]
            over_at_us = last.at_us if last.until_us is None else last.until_us
            pieces.append(Span(task.name, "done", over_at_us, 0))
        spans += _joined(pieces, trace.ended_at_us)
    return tuple(spans)


def span_at(spans: Iterable[Span], task: str, at_us: int) -> Span:
    """The span of `task` after everything that happened at `at_us`; the last one for later times.

    Raises KeyError if there is no such task.
    """
    found = None
    for span in spans:
        if span.task == task and (found is None or span.start_us <= at_us):
            found = span
    if found is None:
        raise KeyError(task)
    return found


def _with_answer(trace: Trace, piece: Span) -> Span:
    facts = trace.facts(piece.on)
    if piece.state != "waits" or not facts.answered_by:
        return piece
    return replace(piece, answered_by=facts.answered_by, gives=facts.gives)


def _pieces(task: TaskInfo, events: list[Event], first: SpanState) -> list[Span]:
    """One piece per change of state, each with its start only."""
    pieces = [Span(task.name, first, 0, 0)]
    place_of_idling: tuple[str, tuple[str, ...]] | None = None
    for event in events:
        last = pieces[-1]
        if last.state == "polls" and _belongs_to_poll(event, last.on):
            pieces[-1] = replace(last, polls=last.polls + _tries(event))
            continue
        state = _state_after(event)
        if state in ("waits", "blocked") and not task.foreground:
            # A task that serves was brought to its first wait before the run began: to stand at
            # that place again is to wait for work.
            place = (event.on, event.stack)
            if event.at_us == 0:
                place_of_idling = place_of_idling or place
            if place == place_of_idling:
                state = "idle"
        on = event.on if state in ("polls", "blocked", "waits") else ""
        pieces.append(Span(task.name, state, event.at_us, 0, on, _function(event), _tries(event)))
    return pieces


def _state_after(event: Event) -> SpanState:
    if event.condition == "unseen":
        return "unknown"
    if event.condition in ("polling", "polled") or failed_try(event):
        return "polls"
    if event.condition == "blocked":
        return "blocked" if event.op in LOCKING_KINDS else "waits"
    if event.condition == "sleeps" and event.op != "cost":
        return "sleeps"
    return "runs"


def _belongs_to_poll(event: Event, lock: str) -> bool:
    """Is this one more step of polling `lock`?

    Whatever changes something, waits for something or says something ends the polling.
    """
    if event.condition in ("polling", "polled") or failed_try(event):
        return event.on == lock
    quiet = event.condition in ("done", "sleeps") and not event.changes
    return quiet and event.op != "log"


def _tries(event: Event) -> int:
    if event.condition == "polled":
        return int(event.result)
    return int(failed_try(event))


def _function(event: Event) -> str:
    """The innermost kernel function that says something about the wait."""
    for name in reversed(event.stack):
        if name not in WAIT_HELPERS:
            return name
    return event.function


def _joined(pieces: list[Span], ended_at_us: int) -> list[Span]:
    """Pieces with their ends; those without length dropped (but for the last), equals joined."""
    spans: list[Span] = []
    ends = [piece.start_us for piece in pieces[1:]] + [ended_at_us]
    for number, (piece, end_us) in enumerate(zip(pieces, ends, strict=True), start=1):
        if end_us == piece.start_us and number < len(pieces):
            continue
        before = spans[-1] if spans else None
        if before is not None and _same(before, piece):
            spans[-1] = replace(before, end_us=end_us, polls=before.polls + piece.polls)
        else:
            spans.append(replace(piece, end_us=end_us))
    return spans


def _same(one: Span, other: Span) -> bool:
    return (one.state, one.on, one.function) == (other.state, other.on, other.function)


def held_spans(trace: Trace) -> tuple[Held, ...]:
    """Who had which lock from when to when; locks in the trace's order, then by time.

    A lock taken and released within one instant does not show.
    """
    return tuple(
        held
        for mine in holds(trace).values()
        for held in sorted(mine, key=_start)
        if held.to_the_end or held.end_us > held.start_us
    )


def _start(held: Held) -> int:
    return held.start_us
