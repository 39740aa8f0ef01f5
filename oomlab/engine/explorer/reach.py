"""From which states of a graph others can be reached."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.moves import ranges
from oomlab.engine.explorer.numbering import Integers

Flags = npt.NDArray[np.bool_]


def can_reach(graph: Graph, goals: Iterable[int]) -> bytearray:
    """For every state, 1 if some state of `goals` can be reached from it."""
    reached = np.zeros(len(graph), np.bool_)
    reached[np.fromiter(goals, np.int64)] = True
    first = np.frombuffer(graph.first, np.int64)
    source = np.repeat(np.arange(graph.expanded()), first[1:] - first[:-1])
    _mark_earlier(reached, source, np.frombuffer(graph.target, np.uint32))
    return bytearray(reached.tobytes())


def cannot_end(graph: Graph, begin: int) -> Flags:
    """For every state from number `begin` on, whether it can reach neither a state without moves
    nor a state below `begin`."""
    first = np.frombuffer(graph.first, np.int64)[begin:]
    count = first[1:] - first[:-1]
    target = np.frombuffer(graph.target, np.uint32)[first[0] :].astype(np.int64) - begin
    source = np.repeat(np.arange(len(count)), count)
    reached: Flags = count == 0
    reached[source[target < 0]] = True
    inside = np.flatnonzero(target >= 0)
    _mark_earlier(reached, source[inside], target[inside])
    return np.logical_not(reached)


def _mark_earlier(reached: Flags, source: Integers, target: npt.NDArray[np.integer]) -> None:
    """Mark the states from which a marked one can be reached by moves from `source` to `target`."""
    # The moves into state i begin at entry into[i] of `before`, which names where they come from.
    before = source[np.argsort(target)]
    into = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=len(reached)))])
    claimed = np.empty(len(reached), np.int64)
    newly = np.flatnonzero(reached)
    while len(newly):
        found = before[ranges(into[newly], into[newly + 1] - into[newly])]
        found = found[~reached[found]]
        reached[found] = True
        # Each state once: of several claims on the same one, the last stands.
        claims = np.arange(len(found))
        claimed[found] = claims
        newly = found[claimed[found] == claims]
