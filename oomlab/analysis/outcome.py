"""What a timed run cost: the stall, the kills, the failed allocations."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.trace.events import Event, Trace

ALLOCATOR = "alloc_page"
OOM_PATH = "out_of_memory"


@dataclass(frozen=True)
class OomCall:
    """One invocation of out_of_memory: who, from when to when (None: it never returned), and
    whether it made progress at once: pages freed or somebody killed, without waiting for anything.
    """

    task: str
    began_us: int
    ended_us: int | None
    progressed: bool


def kills(trace: Trace) -> tuple[Event, ...]:
    """The moments at which a process was sent SIGKILL."""
    return tuple(e for e in trace.events if e.op == "write" and e.on.startswith("SIGKILL for"))


def failed_allocations(trace: Trace) -> int:
    """How many requests for a page came back empty-handed."""
    return sum(e.op == "log" and "page allocation failure" in str(e.result) for e in trace.events)


def oom_calls(trace: Trace) -> tuple[OomCall, ...]:
    """All invocations of out_of_memory, in the order of their beginning."""
    open_calls: dict[str, list[Event]] = {}
    closed: list[OomCall] = []
    for event in trace.events:
        if OOM_PATH in event.stack:
            open_calls.setdefault(event.task, []).append(event)
        elif event.task in open_calls:
            closed.append(_call(open_calls.pop(event.task), event.at_us))
    closed += [_call(events, None) for events in open_calls.values()]
    return tuple(sorted(closed, key=lambda call: call.began_us))


def _call(events: list[Event], ended_us: int | None) -> OomCall:
    waited = any(e.condition in ("blocked", "timeout") for e in events)
    freed = any(e.op == "read" and "freed" in e.on and e.result for e in events)
    killed = any(e.op == "write" and e.on.startswith("SIGKILL for") for e in events)
    return OomCall(events[0].task, events[0].at_us, ended_us, (freed or killed) and not waited)


def stall_us(trace: Trace) -> int | None:
    """From the first OOM invocation that makes no progress at once to the next page that one of
    the tasks then inside the allocator gets, in microseconds; None if there is no such invocation,
    or no such page."""
    began = next((c.began_us for c in oom_calls(trace) if not c.progressed), None)
    if began is None:
        return None
    inside: set[str] = set()
    for event in trace.events:
        if event.op == "note":
            continue
        got = event.op == "take_page" and event.result is True
        if got and event.task in inside and event.at_us >= began:
            return event.at_us - began
        if ALLOCATOR in event.stack and not got:
            inside.add(event.task)
        elif event.at_us < began:
            inside.discard(event.task)
    return None
