"""The audit that "just use GFP_NOWAIT" asks for: which requests would have to be changed?

Those that may block and are made inside an OOM callback, or with a lock held that a callback takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oomlab.analysis.episodes import allocation_requests, calls, holders_at
from oomlab.analysis.episodes.function_calls import CHAIN_WALK
from oomlab.analysis.episodes.locks import TRYING_KINDS
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Trace
from oomlab.gfp import flags

_WALKS = frozenset({CHAIN_WALK, "walk_fixed_chain"})


@dataclass(frozen=True)
class BlockingRequest:
    """One place that asks for memory and may wait for it.

    `path`: the functions that lead there, the callback's (or the lock holder's) first. `locks`:
    those held that a callback takes; empty if the place is only inside a callback. `in_callback`:
    is it inside one?
    """

    path: tuple[str, ...]
    gfp: int
    locks: tuple[str, ...]
    in_callback: bool


def callback_locks(traces: Iterable[Trace]) -> set[str]:
    """The locks that any OOM callback takes, or tries to."""
    return {
        event.on
        for trace in traces
        for call in calls(trace, CHAIN_WALK)
        for event in call.events
        if (event.op in LOCKING_KINDS or event.op in TRYING_KINDS) and event.function != CHAIN_WALK
    }


def blocking_requests(trace: Trace, locks: set[str]) -> list[BlockingRequest]:
    """The places of a run that would have to be changed, each once, in the order of their first
    use. `locks`: those to look at, from `callback_locks`."""
    found: dict[BlockingRequest, None] = {}
    for request in allocation_requests(trace):
        if not flags.gfpflags_allow_blocking(request.gfp):
            continue
        held = tuple(
            sorted(
                lock for lock in locks if request.task in holders_at(trace, lock, request.number)
            )
        )
        in_callback = CHAIN_WALK in request.stack
        if held or in_callback:
            path = _path(request.stack)
            found[BlockingRequest(path, request.gfp, held, in_callback)] = None
    return list(found)


def _path(stack: tuple[str, ...]) -> tuple[str, ...]:
    """From the callback, or else from the task's own function, down to the request."""
    inside = stack[:-1]
    walks = [i for i, name in enumerate(inside) if name in _WALKS]
    return inside[walks[-1] + 1 :] if walks else inside
