"""The schedule to show: fewest context switches first, then fewest steps."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from oomlab.checked import checked
from oomlab.engine.explorer.graph import Graph
from oomlab.errors import InputError


@dataclass(frozen=True)
class ScheduledMove:
    """One step of a schedule: which task moves, and which of its outcomes is taken."""

    task: int
    outcome: int = 0


Schedule = tuple[ScheduledMove, ...]


@checked
def switches(schedule: Schedule) -> int:
    """How often a schedule changes from one task to another."""
    return sum(one.task != other.task for one, other in pairwise(schedule))


Fewest = Literal["switches", "moves"]
"""What a shortest schedule has fewest of; among equals it has fewest of the other."""


@checked
def shortest_schedule(
    graph: Graph, targets: Collection[int], fewest: Fewest = "switches"
) -> tuple[Schedule, int]:
    """The schedule from the start to one of `targets` with fewest context switches, and among those
    with fewest moves, or the other way round; and the number of the state it leads to. Raises
    InputError if none can be reached."""
    before, key = _search(graph, targets, fewest)
    return _follow(graph, before, key), key[0]


@checked
def shortest_path(graph: Graph, targets: Collection[int]) -> list[tuple[int, int]]:
    """The same way as (task, state that it moves to), with fewest context switches between these
    moves. Raises InputError as `shortest_schedule` does."""
    before, key = _search(graph, targets, "switches")
    path = []
    while key in before:
        path.append((key[1], key[0]))
        key = before[key]
    return path[::-1]


_Key = tuple[int, int]
"""A state, and the task that moved last (-1: none)."""


def _search(
    graph: Graph, targets: Collection[int], fewest: Fewest
) -> tuple[dict[_Key, _Key], _Key]:
    """From where each state and last task is come to first, and the target that was found."""
    targets = set(targets)
    switch, move = ((1, 0), (0, 1)) if fewest == "switches" else ((0, 1), (1, 0))
    start = (0, -1)
    best: dict[_Key, tuple[int, int]] = {start: (0, 0)}
    before: dict[_Key, _Key] = {}
    heap = [(0, 0, *start)]
    while heap:
        one, other, number, last = heapq.heappop(heap)
        if best[number, last] < (one, other):
            continue
        if number in targets:
            return before, (number, last)
        for task, after in graph.moves(number):
            changed = last not in (-1, task)
            cost = (one + move[0] + switch[0] * changed, other + move[1] + switch[1] * changed)
            key = (after, task)
            if key not in best or cost < best[key]:
                best[key] = cost
                before[key] = (number, last)
                heapq.heappush(heap, (*cost, *key))
    raise InputError("none of the states can be reached")


def _follow(graph: Graph, before: dict[_Key, _Key], key: _Key) -> Schedule:
    path: list[int] = []
    while key in before:
        path.append(_edge(graph, before[key][0], key[0], key[1]))
        key = before[key]
    return _schedule(graph, reversed(path))


def _edge(graph: Graph, number: int, after: int, task: int) -> int:
    """The index of the move of `task` from one state to another."""
    for edge in range(graph.first[number], graph.first[number + 1]):
        if graph.mover[edge] == task and graph.target[edge] == after:
            return edge
    raise ValueError("there is no such move")


def _schedule(graph: Graph, edges: Iterable[int]) -> Schedule:
    """A path through the graph, as the single steps it consists of."""
    found: list[ScheduledMove] = []
    for edge in edges:
        state = graph.states[bisect_right(graph.first, edge) - 1]
        after, task = graph.states[graph.target[edge]], graph.mover[edge]
        deltas = [delta for delta, _ in graph.space.moves(state, task)]
        outcome = deltas.index(after - state)
        found.append(ScheduledMove(task, outcome))
        found += [ScheduledMove(task)] * (graph.space.steps_in(state, task, outcome) - 1)
    return tuple(found)


def circle_through(graph: Graph, number: int, members: Collection[int]) -> Schedule:
    """A shortest schedule that leads from state `number` back to it within `members`; empty if
    there is none."""
    came: dict[int, tuple[int, int]] = {}
    queue = [number]
    for current in queue:
        for task, after in graph.moves(current):
            if after not in members or after in came:
                continue
            came[after] = (current, task)
            if after == number:
                break
            queue.append(after)
        if number in came:
            break
    if number not in came:
        return ()
    path: list[int] = []
    at = number
    while True:
        previous, task = came[at]
        path.append(_edge(graph, previous, at, task))
        at = previous
        if at == number:
            return _schedule(graph, reversed(path))
