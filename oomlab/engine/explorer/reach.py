"""From which states of a graph others can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oomlab.engine.explorer import arrays
from oomlab.engine.explorer.graph import Graph


def can_reach(graph: Graph, goals: Iterable[int]) -> bytearray:
    """For every state, 1 if some state of `goals` can be reached from it."""
    if arrays.wanted(len(graph)):
        from oomlab.engine.explorer import reach_arrays

        return reach_arrays.arrays_can_reach(graph, goals)
    reached = bytearray(len(graph))
    for goal in goals:
        reached[goal] = 1
    _mark_earlier(reached, graph.first, graph.target, 0)
    return reached


def cannot_end(graph: Graph, begin: int) -> bytearray:
    """For every state from number `begin` on whose moves are known, 1 if it can reach neither a
    state without moves nor a state below `begin`."""
    if arrays.wanted(len(graph) - begin):
        from oomlab.engine.explorer import reach_arrays

        return reach_arrays.arrays_cannot_end(graph, begin)
    first, target = graph.first, graph.target
    reached = bytearray(graph.expanded())
    reached[:begin] = bytes([1]) * begin
    for number in range(begin, len(reached)):
        reached[number] = first[number] == first[number + 1]
    _mark_earlier(reached, first, target, begin)
    return bytearray(not one for one in reached[begin:])


def _mark_earlier(
    reached: bytearray, first: Sequence[int], target: Sequence[int], begin: int
) -> None:
    """Mark the states from number `begin` on from which a marked one can be reached."""
    # Most states lead on to later ones: going backwards once leaves few to be looked at again.
    left = []
    for number in range(len(first) - 2, begin - 1, -1):
        if not reached[number]:
            for edge in range(first[number], first[number + 1]):
                if reached[target[edge]]:
                    reached[number] = 1
                    break
            else:
                left.append(number)
    into: dict[int, list[int]] = {}
    newly = []
    for number in left:
        for edge in range(first[number], first[number + 1]):
            if reached[target[edge]]:
                newly.append(number)
            into.setdefault(target[edge], []).append(number)
    while newly:
        number = newly.pop()
        if not reached[number]:
            reached[number] = 1
            newly += into.get(number, ())
