"""One invocation of out_of_memory, and what each listener did in it; read from the events alone."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace
from oomlab.listeners.registrants import REGISTRANTS, Registrant

WALK = "blocking_notifier_call_chain"
OUT_OF_MEMORY = "out_of_memory"
_LOCKING = ("mutex_lock", "mutex_trylock", "spin_lock", "down_")
_WAITING = frozenset({"sleep_on", "wait_for", "sleep", "io"})


@brief
@dataclass(frozen=True)
class Stop:
    """A listener in the walk: the `locks` it took, what it `waited_for` (queues, devices, time),
    how often it asked for memory (`requests`), the `pages` it gave back, and whether it was still
    at it when the run ended."""

    listener: Registrant
    locks: tuple[str, ...]
    waited_for: tuple[str, ...]
    requests: int
    pages: int
    stuck: bool


@brief
@dataclass(frozen=True)
class OomInvocation:
    """The first invocation of out_of_memory in a run.

    `task` asked, with mask `gfp` (None if not from within an allocation: a page fault, a person, a
    group). `waited`: would it have waited for oom_lock, or did it only try? `memcg`: was it for a
    group? `stops` are the listeners
    in the order in which they were called; `freed` is the sum that decides. `victim`: who was
    killed, empty for nobody.
    """

    task: str
    gfp: int | None
    waited: bool
    memcg: bool
    stops: tuple[Stop, ...]
    freed: int
    victim: str


@checked
def first_invocation(trace: Trace) -> OomInvocation | None:
    """The first one of the run, up to its return; None if nobody asked."""
    begin = next((i for i, e in enumerate(trace.events) if OUT_OF_MEMORY in e.stack), None)
    if begin is None:
        return None
    task = trace.events[begin].task
    before = [e for e in trace.events[:begin] if e.task == task]
    events = _invocation(trace.events[begin:], task)
    got = next(e for e in reversed(before) if e.on == "oom_lock" and e.op.startswith("mutex"))
    freed = [e.result for e in events if e.function == "notify_in_context" and e.op == "read"]
    killed = [e.on for e in events if e.op == "write" and e.on.startswith("SIGKILL for ")]
    return OomInvocation(
        task,
        _mask(events[0], before),
        got.op == "mutex_lock",
        "mem_cgroup_out_of_memory" in events[0].stack,
        _stops(trace, events),
        int(freed[0]) if freed else 0,
        killed[0].removeprefix("SIGKILL for ") if killed else "",
    )


def _invocation(events: tuple[Event, ...] | list[Event], task: str) -> list[Event]:
    found = []
    for event in events:
        if event.task == task:
            if OUT_OF_MEMORY not in event.stack:
                break
            found.append(event)
    return found


def _mask(first: Event, before: list[Event]) -> int | None:
    if "alloc_page" not in first.stack:
        return None
    notes = [e.result for e in before if e.op == "note" and e.on == "gfp"]
    return int(notes[-1]) if notes else None


def _stops(trace: Trace, events: list[Event]) -> tuple[Stop, ...]:
    """The listeners' own parts of the walk. Two of them have callbacks of the same name, and then
    the lock tells which it is."""
    parts: list[tuple[str, list[Event]]] = []
    for event in events:
        if WALK not in event.stack[:-1]:
            continue
        callback = event.stack[event.stack.index(WALK) + 1]
        same = parts and parts[-1][0] == callback
        again = same and event.op.startswith(_LOCKING) and any(map(_adds, parts[-1][1]))
        if not same or again:
            parts.append((callback, []))
        parts[-1][1].append(event)
    last = parts[-1][1] if parts else []
    return tuple(
        _stop(callback, part, stuck=part is last and not _over(events)) for callback, part in parts
    )


def _adds(event: Event) -> bool:
    """Does the callback add to the sum here? It takes no lock after that."""
    return event.function == "add_freed" and event.op == "write"


def _over(events: list[Event]) -> bool:
    return any(e.op == "up_read" for e in events)


def _stop(callback: str, events: list[Event], *, stuck: bool) -> Stop:
    locks = tuple(
        dict.fromkeys(e.on for e in events if e.op.startswith(_LOCKING) and e.condition == "done")
    )
    tried = tuple(e.on for e in events if e.op.startswith(_LOCKING))
    waits = (e for e in events if e.op in _WAITING and e.condition in ("blocked", "sleeps"))
    counts = [e.changes.get(e.on) for e in events if _adds(e)]
    before = [e.result for e in events if e.function == "add_freed" and e.op == "read"]
    return Stop(
        _who(callback, tried),
        locks,
        tuple(dict.fromkeys(e.on or "time to pass" for e in waits)),
        sum(e.op == "note" and e.on == "gfp" for e in events),
        int(counts[-1] or before[-1]) - int(before[-1]) if counts else 0,
        stuck,
    )


def _who(callback: str, tried: tuple[str, ...]) -> Registrant:
    named = [r for r in REGISTRANTS.values() if r.callback == callback]
    return next((r for r in named if set(r.locks) & set(tried)), named[0])
