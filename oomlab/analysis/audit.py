"""The audit that "just use GFP_NOWAIT" asks for: which requests would have to be changed?

Those that may block and are made inside an OOM callback, or with a lock held that a callback takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oomlab.analysis.outcome import ALLOCATOR, CHAIN_WALK
from oomlab.engine.trace.events import Trace
from oomlab.gfp import flags

_WALKS = frozenset({CHAIN_WALK, "walk_fixed_chain"})
_TAKES = frozenset({"mutex_lock", "mutex_trylock", "mutex_trylock_recursive", "spin_lock"})


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
        for event in trace.events
        if event.op in _TAKES and CHAIN_WALK in event.stack
    }


def blocking_requests(trace: Trace, locks: set[str]) -> list[BlockingRequest]:
    """The places of a run that would have to be changed, each once, in the order of their first
    use. `locks`: those to look at, from `callback_locks`."""
    owners: dict[str, str] = {}
    found: dict[BlockingRequest, None] = {}
    for event in trace.events:
        owners.update({name: event.changes[name] for name in locks & event.changes.keys()})
        if (event.op, event.on) != ("note", "gfp") or not flags.gfpflags_allow_blocking(
            event.result
        ):
            continue
        held = tuple(sorted(name for name, owner in owners.items() if owner == event.task))
        in_callback = CHAIN_WALK in event.stack
        if held or in_callback:
            path = _path(event.stack)
            found[BlockingRequest(path, event.result, held, in_callback)] = None
    return list(found)


def _path(stack: tuple[str, ...]) -> tuple[str, ...]:
    """From the callback, or else from the task's own function, down to the request."""
    last = len(stack) - 1 - stack[::-1].index(ALLOCATOR)
    inside = stack[:last]
    walks = [i for i, name in enumerate(inside) if name in _WALKS]
    return inside[walks[-1] + 1 :] if walks else inside
