"""The reachable states and the moves between them, kept in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from oomlab.explorer.components import components
from oomlab.explorer.space import Space

Timeouts = Literal["any", "idle"]
"""When a timeout may run out. "any": at any moment, which is sound but hides lost wake-ups.
"idle": only where nothing else can lead anywhere new, that is, where all tasks are blocked or run
in circles."""


@dataclass
class Graph:
    """States numbered in the order of discovery (0 is the start).

    The moves of state i are entries `first[i]` to `first[i + 1]` of `target` (state numbers) and
    `mover` (task numbers). `goal[i]` is 1 where the run may end. `complete` is False when the
    budget ran out; then the moves of the last states are not known.
    """

    space: Space
    states: list[int] = field(default_factory=list)
    first: array[int] = field(default_factory=lambda: array("q", [0]))
    target: array[int] = field(default_factory=lambda: array("I"))
    mover: array[int] = field(default_factory=lambda: array("H"))
    goal: bytearray = field(default_factory=bytearray)
    complete: bool = True

    def __len__(self) -> int:
        return len(self.states)

    @property
    def transitions(self) -> int:
        """How many moves there are."""
        return len(self.target)

    def successors(self, number: int) -> array[int]:
        """The states one move away; none where the moves are not known."""
        if number >= self.expanded():
            return array("I")
        return self.target[self.first[number] : self.first[number + 1]]

    def moves(self, number: int) -> Iterator[tuple[int, int]]:
        """(task, state one move away), in task order; none where the moves are not known."""
        if number >= self.expanded():
            return
        for edge in range(self.first[number], self.first[number + 1]):
            yield self.mover[edge], self.target[edge]

    def expanded(self) -> int:
        """How many states have their moves recorded."""
        return len(self.first) - 1

    def can_reach(self, goals: Iterable[int]) -> bytearray:
        """For every state, 1 if some state of `goals` can be reached from it."""
        before = self._predecessors()
        offsets, sources = before
        reached = bytearray(len(self))
        stack = list(goals)
        for number in stack:
            reached[number] = 1
        while stack:
            number = stack.pop()
            for source in sources[offsets[number] : offsets[number + 1]]:
                if not reached[source]:
                    reached[source] = 1
                    stack.append(source)
        return reached

    def _predecessors(self) -> tuple[array[int], array[int]]:
        offsets = array("q", bytes(8 * (len(self) + 1)))
        for number in self.target:
            offsets[number + 1] += 1
        for i in range(len(self)):
            offsets[i + 1] += offsets[i]
        place = offsets[:]
        sources = array("I", bytes(4 * len(self.target)))
        for source in range(self.expanded()):
            for number in self.successors(source):
                sources[place[number]] = source
                place[number] += 1
        return offsets, sources


def explore(space: Space, timeouts: Timeouts, budget: int) -> Graph:
    """All states reachable from the start; gives up once more than `budget` are known."""
    graph = Graph(space)
    if timeouts == "any":
        _expand(graph, {}, budget)
    else:
        _expand_idle(graph, budget)
    return graph


def _expand(graph: Graph, index: dict[int, int], budget: int) -> None:
    """Breadth first, with all moves."""
    space = graph.space
    states, target, mover = graph.states, graph.target, graph.mover
    masks, memo = space.masks, space.memo
    tasks = range(len(masks))
    _discover(graph, index, space.start)
    number = 0
    while number < len(states):
        state = states[number]
        if graph.goal[number]:
            graph.first.append(len(target))
            number += 1
            continue
        if len(states) > budget:
            graph.complete = False
            return
        for task in tasks:
            moves = memo[task].get(state & masks[task])
            if moves is None:
                moves = space.moves(state, task)
            for delta, _ in moves:
                after = state + delta
                found = index.get(after)
                if found is None:
                    found = _discover(graph, index, after)
                target.append(found)
                mover.append(task)
        graph.first.append(len(target))
        number += 1


def _discover(graph: Graph, index: dict[int, int], state: int) -> int:
    number = index[state] = len(graph.states)
    graph.states.append(state)
    graph.goal.append(graph.space.is_goal(state))
    return number


def _expand_idle(graph: Graph, budget: int) -> None:
    """As `_expand`, but a state gets its timeout moves only once it is known that the other moves
    lead in circles: it lies in a component that they cannot leave."""
    space = graph.space
    tasks = range(len(space.masks))
    index: dict[int, int] = {}
    moves: list[list[tuple[int, int]]] = []  # per state: (task, number)
    pending: list[list[tuple[int, int]]] = []  # per state: (task, state) by timeout
    _discover(graph, index, space.start)
    settled = 0
    while settled < len(graph.states):
        # Close under the moves that are not timeouts.
        number = settled
        while number < len(graph.states):
            if len(graph.states) > budget:
                graph.complete = False
                break
            state = graph.states[number]
            plain: list[tuple[int, int]] = []
            late: list[tuple[int, int]] = []
            if not graph.goal[number]:
                for task in tasks:
                    for delta, timeout in space.moves(state, task):
                        after = state + delta
                        if timeout:
                            late.append((task, after))
                            continue
                        found = index.get(after)
                        if found is None:
                            found = _discover(graph, index, after)
                        plain.append((task, found))
            moves.append(plain)
            pending.append(late)
            number += 1
        if not graph.complete:
            break
        # Earlier states have all their successors among earlier states, so only the new ones can
        # form new components.
        begin, settled = settled, len(graph.states)
        new = [[n for _, n in moves[i]] for i in range(begin, settled)]
        for component in components(new, begin):
            members = set(component)
            if all(n in members for i in component for _, n in moves[i]):
                for i in component:
                    for task, after in pending[i]:
                        found = index.get(after)
                        if found is None:
                            found = _discover(graph, index, after)
                        moves[i].append((task, found))
    # The states that the budget cut short lack their timeouts: to call them blocked would be wrong.
    for found_moves in moves if graph.complete else moves[:settled]:
        for task, number in sorted(found_moves):
            graph.target.append(number)
            graph.mover.append(task)
        graph.first.append(len(graph.target))
