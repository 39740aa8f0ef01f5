"""The reachable states and the moves between them, kept in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from oomlab.explorer.components import components
from oomlab.explorer.space import Space

Timeouts = Literal["any", "idle"]
"""When a timeout may run out. "any": at any moment, which is sound but hides lost wake-ups.
"idle": only where nothing else can lead anywhere new, that is, where all tasks are blocked or run
in circles."""


class Rows(Sequence["array[int]"]):
    """Arrays of different lengths, kept one after the other in a single one."""

    def __init__(self, first: array[int], values: array[int], begin: int = 0) -> None:
        self._first = first if begin == 0 else first[begin:]
        self._values = values

    def __len__(self) -> int:
        return len(self._first) - 1

    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        return self._values[self._first[row] : self._first[row + 1]]


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

    def rows(self, begin: int = 0) -> Rows:
        """`successors` of every state from number `begin` on whose moves are known, in a row."""
        return Rows(self.first, self.target, begin)

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
        reached = bytearray(len(self))
        for number in goals:
            reached[number] = 1
        rows = self.rows()
        # States are numbered by their distance from the start, so most moves lead to later ones: a
        # sweep from the end settles most states, a few more sweeps most of the others.
        left = [n for n in range(len(rows) - 1, -1, -1) if not reached[n]]
        swept = 2 * len(left)
        while 4 * len(left) < 3 * swept:
            swept = len(left)
            left = [n for n in left if not _steps_into(reached, rows[n], n)]
        before: dict[int, list[int]] = {number: [] for number in left}
        stack = []
        for number in left:
            for after in rows[number]:
                if reached[after]:
                    stack.append(number)
                elif after in before:
                    before[after].append(number)
        while stack:
            number = stack.pop()
            if not reached[number]:
                reached[number] = 1
                stack += before[number]
        return reached


def _steps_into(reached: bytearray, row: Iterable[int], number: int) -> bool:
    """Mark state `number` if one of its successors is marked. Result: is it marked now?"""
    for after in row:
        if reached[after]:
            reached[number] = 1
            return True
    return False


def explore(space: Space, timeouts: Timeouts, budget: int) -> Graph:
    """All states reachable from the start; gives up once more than `budget` are known."""
    graph = Graph(space, [space.start])
    index = {space.start: 0}
    if timeouts == "any":
        _close(graph, index, budget, space.deltas)
    else:
        _explore_idle(graph, index, budget)
    foreground, shared, panics = space.foreground_mask, space.shared_mask, space.panics
    graph.goal = bytearray(
        not state & foreground or state & shared in panics for state in graph.states
    )
    return graph


def _close(
    graph: Graph, index: dict[int, int], budget: int, table: Sequence[Mapping[int, tuple[int, ...]]]
) -> None:
    """Follow the moves in `table`, breadth first, from the states whose moves are not known."""
    space, states = graph.space, graph.states
    foreground, shared, panics = space.foreground_mask, space.shared_mask, space.panics
    tasks = [(table[task].get, mask, task) for task, mask in enumerate(space.masks)]
    add_target, add_mover = graph.target.append, graph.mover.append
    close, discover, number_of = graph.first.append, states.append, index.setdefault
    count = len(states)
    for state in islice(states, graph.expanded(), None):  # which grow meanwhile
        if state & foreground and not (panics and state & shared in panics):
            if count > budget:
                graph.complete = False
                return
            for known, mask, task in tasks:
                deltas = known(state & mask)
                if deltas is None:
                    space.learn(state & mask, task)
                    deltas = table[task][state & mask]
                for delta in deltas:
                    after = state + delta
                    number = number_of(after, count)
                    if number == count:
                        count += 1
                        discover(after)
                    add_target(number)
                    add_mover(task)
        close(len(graph.target))


def _explore_idle(graph: Graph, index: dict[int, int], budget: int) -> None:
    """A state gets its timeout moves only once it is known that the other moves lead in circles: it
    lies in a component that they cannot leave."""
    space, states = graph.space, graph.states
    timeouts: dict[int, list[tuple[int, int]]] = {}  # by state: (task, state) by timeout
    settled = 0
    while settled < len(states):
        _close(graph, index, budget, space.prompt)
        if not graph.complete:
            break
        # Earlier states have all their successors among earlier states, so only the new ones can
        # form new components.
        begin, settled = settled, len(states)
        rows = graph.rows()
        for component in components(graph.rows(begin), begin):
            if not _is_closed(component, rows):
                continue
            for number in component:
                for task, after in space.timeouts(states[number]):
                    found = index.setdefault(after, len(states))
                    if found == len(states):
                        states.append(after)
                    timeouts.setdefault(number, []).append((task, found))
    # The states that the budget cut short lack their timeouts: to call them blocked would be wrong.
    _insert(graph, timeouts, settled)


def _is_closed(component: list[int], rows: Rows) -> bool:
    """Do no moves lead out of the component?"""
    members = set(component)
    return all(members.issuperset(rows[number]) for number in component)


def _insert(graph: Graph, moves: Mapping[int, list[tuple[int, int]]], upto: int) -> None:
    """Add (task, target) moves to those of some states, for as many as the first `upto` states, and
    forget the moves of the others."""
    first, target, mover = graph.first, graph.target, graph.mover
    graph.first, graph.target, graph.mover = array("q", [0]), array("I"), array("H")

    def keep(begin: int, end: int) -> None:
        shift = len(graph.target) - first[begin]
        graph.first.extend([edge + shift for edge in first[begin + 1 : end + 1]])
        graph.target.extend(target[first[begin] : first[end]])
        graph.mover.extend(mover[first[begin] : first[end]])

    begin = 0
    for number in sorted(moves):
        keep(begin, number)
        begin = number + 1
        edges = slice(first[number], first[begin])
        for task, after in sorted([*zip(mover[edges], target[edges], strict=True), *moves[number]]):
            graph.mover.append(task)
            graph.target.append(after)
        graph.first.append(len(graph.target))
    keep(begin, upto)
