"""The moments of a run that get a mark of their own: somebody is killed, a time limit runs out."""

from __future__ import annotations

from typing import Literal, NamedTuple

from oomlab.engine.trace.events import Event, Trace

MarkKind = Literal["kill", "timeout", "relief", "panic"]


class Mark(NamedTuple):
    """What happened at one moment; `task` is who did it (or whose time ran out)."""

    at_us: int
    kind: MarkKind
    task: str
    text: str


def marks(trace: Trace) -> tuple[Mark, ...]:
    """Kills, timeouts, memory given back from outside and panics, in order."""
    return tuple(mark for event in trace.events if (mark := _mark(trace, event)) is not None)


def _mark(trace: Trace, event: Event) -> Mark | None:
    if event.condition == "timeout":
        return Mark(event.at_us, "timeout", event.task, "timeout")
    for slot, value in event.changes.items():
        facts = trace.facts(slot)
        if facts.role == "kill" and value:
            return Mark(event.at_us, "kill", event.task, f"kill {facts.of}")
        if facts.role == "panic" and value:
            return Mark(event.at_us, "panic", event.task, "panic")
    if event.op == "move" and event.changes and trace.facts(event.on).role == "outside":
        return Mark(event.at_us, "relief", event.task, f"{event.result} pages come back")
    return None
