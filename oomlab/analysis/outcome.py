"""What a timed run cost: the stall, the downtime, the kills, the failed requests.

One definition each, all sums over `episodes`. The *stall* is the slowest request for a page
(`longest_request_us`); the *downtime* runs from an invocation of out_of_memory that gets nowhere to
the next page for one who waits (`downtime_us`).
"""

from __future__ import annotations

from oomlab.analysis.episodes import (
    Kill,
    OomCall,
    allocation_requests,
    invocations,
    kills,
    lock_waits,
    pages_credited,
)
from oomlab.analysis.episodes.function_calls import CHAIN_WALK, Call
from oomlab.analysis.episodes.killing import victim_of
from oomlab.analysis.episodes.once import once
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace

__all__ = [
    "Kill",
    "OomCall",
    "downtime_us",
    "failed_allocations",
    "kills",
    "longest_request_us",
    "oom_calls",
    "pages_returned",
]


@checked
def failed_allocations(trace: Trace) -> int:
    """How many requests for a page came back empty-handed, with or without a line in the log."""
    return sum(request.end == "failed" for request in allocation_requests(trace))


@checked
@once
def oom_calls(trace: Trace) -> tuple[OomCall, ...]:
    """All invocations of out_of_memory, in the order of their beginning."""
    # Whoever walks the chain: the caller itself, or a thread on its behalf.
    stood = [wait.began_us for wait in lock_waits(trace) if CHAIN_WALK in wait.stack]
    return tuple(_judged(trace, call, stood) for call in invocations(trace))


def _judged(trace: Trace, call: Call, stood: list[int]) -> OomCall:
    began_us, ended_us = call.began_us, call.ended_us
    waited = any(began_us <= at_us and (ended_us is None or at_us <= ended_us) for at_us in stood)
    waited = waited or any(event.condition == "timeout" for event in call.events)
    killed = any(victim_of(trace, event) for event in call.events)
    return OomCall(
        call.task, began_us, ended_us, (killed or any(pages_credited(trace, call))) and not waited
    )


@checked
def downtime_us(trace: Trace) -> int | None:
    """From the first OOM invocation that does not progress (see OomCall) to the next page for a
    task that waits for one (its first attempt was in vain), in microseconds; None if there is no
    such invocation, or no such page."""
    began = next((c.began_us for c in oom_calls(trace) if not c.progressed), None)
    if began is None:
        return None
    waiting: set[str] = set()
    got: list[int] = []
    for request in allocation_requests(trace):
        if request.ended_us < began:
            continue
        if request.attempts > 1:
            waiting.add(request.task)
        if request.end == "page" and request.task in waiting:
            got.append(request.ended_us)
    return min(got) - began if got else None


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
    requests = allocation_requests(trace)
    if any(request.end == "under way" for request in requests):
        return None
    return max((request.ended_us - request.began_us for request in requests), default=0)
