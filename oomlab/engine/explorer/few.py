"""Finds states one at a time, in plain Python: quick enough for a page, and without numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.space import Space

AT_ONCE = 1 << 13
"""States whose moves are looked up together: enough for what an array costs to be little, and few
enough to stay in the processor's cache."""

MOST_WORDS = 1 << 20
"""Words that the moves looked up together may have: with very many tasks fewer states fit."""


def batch_size_of(space: Space) -> int:
    """How many states of `space` are expanded together."""
    return max(1, min(AT_ONCE, MOST_WORDS // (space.words * max(1, len(space.masks)))))


class Few:
    """Lets a graph grow; the numbers of its states are in a dict.

    With `timeouts` False the moves that a timeout makes are left out. `end` tells in which state a
    move that leads to some state comes to rest.
    """

    def __init__(
        self,
        graph: Graph,
        budget: int,
        *,
        timeouts: bool,
        end: Callable[[int], int] | None = None,
    ) -> None:
        self._graph, self._budget, self._timeouts = graph, budget, timeouts
        self._end = end
        self._numbers = {state: number for number, state in enumerate(graph.states)}
        # By task: what is added to a state by the moves in what its bits under the mask stand for.
        self._deltas: list[dict[int, tuple[int, ...]]] = [{} for _ in graph.space.masks]

    def number(self, states: Iterable[int]) -> list[int]:
        """The numbers of some states, which become states of the graph."""
        found = []
        for state in states if self._end is None else map(self._end, states):
            found.append(self._numbers.setdefault(state, len(self._numbers)))
            if found[-1] == len(self._graph.states):
                self._graph.states.append(state)
                self._graph.goal.append(self._graph.space.is_goal(state))
        return found

    def expand(self) -> None:
        """Record the moves of the next states of the graph, up to the budget."""
        graph, space, numbers, budget = self._graph, self._graph.space, self._numbers, self._budget
        states, goal, masks = graph.states, graph.goal, [*enumerate(space.masks)]
        add_target, add_mover = graph.target.append, graph.mover.append
        rest = self._end
        begin = graph.expanded()
        end = min(begin + batch_size_of(space), len(states))
        for number in range(begin, end):
            if not goal[number]:
                if len(numbers) > budget:
                    graph.stopped_by = "budget"
                    self._learn(number, end)
                    return
                state = states[number]
                for task, mask in masks:
                    deltas = self._deltas[task].get(state & mask)
                    if deltas is None:
                        deltas = self._learned(state, task)
                    for delta in deltas:
                        after = state + delta if rest is None else rest(state + delta)
                        other = numbers.get(after)
                        if other is None:
                            other = numbers[after] = len(numbers)
                            states.append(after)
                            goal.append(space.is_goal(after))
                        add_target(other)
                        add_mover(task)
            graph.first.append(len(graph.target))

    def _learned(self, state: int, task: int) -> tuple[int, ...]:
        moves = self._graph.space.moves(state, task)
        deltas = tuple(delta for delta, late in moves if self._timeouts or not late)
        self._deltas[task][state & self._graph.space.masks[task]] = deltas
        return deltas

    def _learn(self, begin: int, end: int) -> None:
        """Learn of some states what arrays, which take them together, would have learned before the
        budget ran out: an assumption about slots must not fail for one of the two only."""
        space = self._graph.space
        for number in range(begin, end):
            if not self._graph.goal[number]:
                for task in range(len(space.masks)):
                    space.moves_of(self._graph.states[number], task)
