"""The same as `reach`, in numpy's arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.numbering import Integers

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint32]

_TOGETHER = 1 << 15
"""States that are looked at together."""

_SWEEPS = 4
"""How often all states are gone through from the last to the first, before what is left is turned
round: that needs as much room again as the moves have (our choice)."""

_AGAIN = 8
"""How often the states that are looked at together are looked at again, for moves among them."""


def arrays_can_reach(graph: Graph, goals: Iterable[int]) -> bytearray:
    """For every state, 1 if some state of `goals` can be reached from it."""
    reached = np.zeros(len(graph), np.bool_)
    reached[np.fromiter(goals, np.int64)] = True
    _mark_earlier(reached, graph.first, graph.target, 0)
    return bytearray(reached.tobytes())


def arrays_cannot_end(graph: Graph, begin: int) -> bytearray:
    """For every state from number `begin` on whose moves are known, 1 if it can reach neither a
    state without moves nor a state below `begin`."""
    first = np.frombuffer(graph.first, np.uint32)
    reached = np.ones(graph.expanded(), np.bool_)
    reached[begin:] = first[begin:-1] == first[begin + 1 :]
    _mark_earlier(reached, graph.first, graph.target, begin)
    return bytearray(np.logical_not(reached[begin:]).tobytes())


def _mark_earlier(reached: Flags, first: array[int], target: array[int], begin: int) -> None:
    """Mark the states from number `begin` on from which a marked one can be reached.

    Most moves lead to states that were found later, so that going through them backwards marks
    nearly all, without an array of the moves by their ends.
    """
    firsts, targets = np.frombuffer(first, np.uint32), np.frombuffer(target, np.uint32)
    for _ in range(_SWEEPS):
        marked = False
        for end in range(len(firsts) - 1, begin, -_TOGETHER):
            marked |= _sweep(reached, firsts, targets, max(begin, end - _TOGETHER), end)
        if not marked:
            return
    _turn_round(reached, firsts, targets, begin)


def _sweep(reached: Flags, first: Numbers, target: Numbers, begin: int, end: int) -> bool:
    """Mark those of the states from `begin` to `end` that lead to a marked one. Were there any?"""
    left = np.flatnonzero(~reached[begin:end]) + begin
    ever = False
    for _ in range(_AGAIN):
        if not len(left):
            break
        count = first[left + 1].astype(np.int64) - first[left]
        hits = np.cumsum(reached[target[ranges(first[left].astype(np.int64), count)]])
        upto = np.cumsum(count)
        total = np.concatenate([[0], hits])
        found = total[upto] > total[upto - count]
        if not found.any():
            break
        reached[left[found]] = ever = True
        left = left[~found]
    return ever


def _turn_round(reached: Flags, first: Numbers, target: Numbers, begin: int) -> None:
    """The same as by sweeps, by moves from their ends to their beginnings: each is taken once."""
    left = np.flatnonzero(~reached[begin : len(first) - 1]) + begin
    count = first[left + 1].astype(np.int64) - first[left]
    ends = target[ranges(first[left].astype(np.int64), count)]
    source = np.repeat(left, count)
    order = np.argsort(ends)
    before, ends = source[order], ends[order]
    newly = np.unique(source[reached[target[ranges(first[left].astype(np.int64), count)]]])
    reached[newly] = True
    while len(newly):
        lowest = np.searchsorted(ends, newly, "left")
        found = before[ranges(lowest, np.searchsorted(ends, newly, "right") - lowest)]
        newly = np.unique(found[~reached[found]])
        reached[newly] = True


def ranges(begin: Integers, count: Integers) -> Integers:
    """The integers from each `begin` on, `count` of them, one range after the other."""
    end = np.cumsum(count)
    return np.arange(end[-1] if len(end) else 0) + np.repeat(begin - end + count, count)
