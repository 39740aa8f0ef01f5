"""What a timed run cost: the stall, the kills, the failed allocations."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace

ALLOCATOR = "alloc_page"
OOM_PATH = "out_of_memory"
CHAIN_WALK = "blocking_notifier_call_chain"


@dataclass(frozen=True)
class OomCall:
    """One invocation of out_of_memory: who, from when to when (None: it never returned), and
    whether it made progress as it is meant to: pages freed or somebody killed, without standing
    behind a lock and without a timeout. The time a host takes to answer is part of a deflation.
    """

    task: str
    began_us: int
    ended_us: int | None
    progressed: bool


_LOCKING = frozenset({"mutex_lock", "mutex_lock_killable", "spin_lock", "down_read", "down_write"})


@checked
def kills(trace: Trace) -> tuple[Event, ...]:
    """The moments at which a process was sent SIGKILL."""
    return tuple(e for e in trace.events if _kills(trace, e))


def _kills(trace: Trace, event: Event) -> bool:
    return event.op == "write" and trace.facts(event.on).role == "kill"


@checked
def failed_allocations(trace: Trace) -> int:
    """How many requests for a page came back empty-handed, with or without a line in the log."""
    failed = 0
    open_requests: dict[str, set[int]] = {}
    for event in trace.events:
        mine = open_requests.setdefault(event.task, set())
        depth = event.stack.count(ALLOCATOR)
        begins = event.function == ALLOCATOR and event.op == "take_page"
        over = {inner for inner in mine if inner > depth or (begins and inner == depth)}
        failed += len(over)
        mine -= over
        if event.op == "take_page" and event.result is True:
            mine.discard(depth)
        elif begins:
            mine.add(depth)
    return failed


@checked
def oom_calls(trace: Trace) -> tuple[OomCall, ...]:
    """All invocations of out_of_memory, in the order of their beginning."""
    open_calls: dict[str, list[Event]] = {}
    closed: list[OomCall] = []
    # Whoever walks the chain: the caller itself, or a thread on its behalf.
    stood = [
        event.at_us
        for event in trace.events
        if event.condition == "blocked" and event.op in _LOCKING and CHAIN_WALK in event.stack
    ]
    for event in trace.events:
        if OOM_PATH in event.stack:
            open_calls.setdefault(event.task, []).append(event)
        elif event.task in open_calls:
            closed.append(_call(trace, open_calls.pop(event.task), event.at_us, stood))
    closed += [_call(trace, events, None, stood) for events in open_calls.values()]
    return tuple(sorted(closed, key=lambda call: call.began_us))


def _call(trace: Trace, events: list[Event], ended_us: int | None, stood: list[int]) -> OomCall:
    began_us = events[0].at_us
    waited = any(began_us <= at_us and (ended_us is None or at_us <= ended_us) for at_us in stood)
    waited = waited or any(e.condition == "timeout" for e in events)
    freed = any(e.op == "read" and trace.facts(e.on).role == "freed" and e.result for e in events)
    killed = any(_kills(trace, e) for e in events)
    return OomCall(events[0].task, began_us, ended_us, (freed or killed) and not waited)


@checked
def downtime_us(trace: Trace) -> int | None:
    """From the first OOM invocation that does not progress (see OomCall) to the next page that one
    of the tasks then inside the allocator gets, in microseconds; None if there is no such
    invocation, or no such page."""
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


@checked
def pages_returned(trace: Trace) -> int:
    """How many pages listeners gave back to the allocator."""
    return sum(
        int(e.result)
        for e in trace.events
        if e.op == "move" and trace.facts(e.on).role == "lent" and _frees(trace, e)
    )


def _frees(trace: Trace, event: Event) -> bool:
    return any(trace.facts(name).role == "free" for name in event.changes)


def longest_request_us(trace: Trace) -> int | None:
    """How long the slowest request for a page took, in microseconds, whether it got one or not;
    None if a request was still under way when the run ended."""
    began: dict[str, int] = {}
    longest = 0
    for event in trace.events:
        if event.op == "note":
            continue
        inside = ALLOCATOR in event.stack
        got = event.op == "take_page" and event.result is True and event.stack.count(ALLOCATOR) == 1
        if inside:
            began.setdefault(event.task, event.at_us)
        if event.task in began and (got or not inside):
            longest = max(longest, event.at_us - began.pop(event.task))
    waiting = {waiting.task for waiting in trace.waiting}
    return None if waiting.intersection(began) else longest
