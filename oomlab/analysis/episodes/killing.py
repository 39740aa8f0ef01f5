"""Kills, read off a run."""

from __future__ import annotations

from typing import NamedTuple

from oomlab.analysis.episodes.once import once
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace


class Kill(NamedTuple):
    """At `at_us` (microseconds, or a step) `task` sent SIGKILL to the process `victim`."""

    at_us: int
    task: str
    victim: str


@once
def fatal_words(trace: Trace) -> dict[str, str]:
    """The words that kill if they are written, and which process."""
    return {slot.name: slot.facts.of for slot in trace.slots if slot.facts.role == "kill"}


def victim_of(trace: Trace, event: Event) -> str:
    """The process to which SIGKILL is sent here; "" if it is not."""
    return fatal_words(trace).get(event.on, "") if event.op == "write" else ""


@checked
@once
def kills(trace: Trace) -> tuple[Kill, ...]:
    """Every SIGKILL that was sent, in order."""
    fatal = fatal_words(trace)
    written = (event for event in trace.events if event.op == "write" and event.on in fatal)
    return tuple(Kill(event.at_us, event.task, fatal[event.on]) for event in written)
