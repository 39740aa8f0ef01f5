"""Finds all states, breadth first: a few in plain Python, many in arrays where numpy is there.

Both give the same graph, number by number. Few are found sooner without numpy, whose import takes
as long as some ten thousand states; and the page of a book, which has none, can search as well.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping

from oomlab.engine.explorer import arrays
from oomlab.engine.explorer.components import components
from oomlab.engine.explorer.few import Few
from oomlab.engine.explorer.graph import MOST_MOVES, Graph, Timeouts, Watch
from oomlab.engine.explorer.reach import cannot_end
from oomlab.engine.explorer.space import Space


def search(
    space: Space,
    timeouts: Timeouts,
    budget: int,
    watch: Watch | None = None,
    end: Callable[[int], int] | None = None,
) -> Graph:
    """All states reachable from the start; gives up once more than `budget` are known, or when
    `watch` says so. With `end`, which tells where a move to some state comes to rest, the states
    are those in which moves rest (one at a time, in plain Python)."""
    search = _Search(space, budget, watch, timeouts=timeouts == "any", end=end)
    if timeouts == "any":
        search.close()
    else:
        _explore_idle(search)
    return search.graph


class _Search:
    """A graph that grows, and what knows the numbers of its states."""

    def __init__(
        self,
        space: Space,
        budget: int,
        watch: Watch | None,
        *,
        timeouts: bool,
        end: Callable[[int], int] | None,
    ) -> None:
        self.graph = Graph.empty(space)
        self._budget, self._watch, self._timeouts = budget, watch, timeouts
        self._numbers: Few | arrays.Grower = Few(self.graph, budget, timeouts=timeouts, end=end)
        self._may_turn = end is None
        self.number([space.start])

    def number(self, states: list[int]) -> list[int]:
        """The numbers of some states, which become states of the graph."""
        return self._numbers.number(states)

    def close(self) -> None:
        """Follow the moves from the states whose moves are not known, and from those found."""
        graph = self.graph
        while graph.complete and graph.expanded() < len(graph):
            if self._watch is not None and self._watch(len(graph), graph.transitions):
                graph.stopped_by = "watch"
                return
            kept = graph.sizes()
            if not self._has_grown():
                graph.cut_back(kept)
                graph.stopped_by = "memory"
        if not graph.complete:
            # What the search holds is of no more use; judging what was found needs the room.
            del self._numbers

    def _has_grown(self) -> bool:
        """Record the moves of the next states. Was there room for them?

        An error keeps the arrays alive that were looked at when it came, and what is looked at
        cannot be cut: so the error ends here.
        """
        graph = self.graph
        try:
            if self._may_turn and isinstance(self._numbers, Few) and arrays.wanted(len(graph)):
                self._numbers = arrays.grower(graph, self._budget, timeouts=self._timeouts)
            self._numbers.expand()
        except MemoryError:
            return False
        return graph.transitions < MOST_MOVES


def _explore_idle(search: _Search) -> None:
    """A state gets its timeout moves only once it is known that the other moves lead in circles: it
    lies in a component that they cannot leave."""
    graph = search.graph
    timeouts: dict[int, list[tuple[int, int]]] = {}  # by state: (task, state) by timeout
    settled = 0
    while settled < len(graph):
        search.close()
        if not graph.complete:
            break
        begin, settled = settled, len(graph)
        sources, movers, after = [], [], []
        for number in _trapped(graph, begin):
            for task, state in graph.space.timeouts(graph.states[number]):
                sources.append(number)
                movers.append(task)
                after.append(state)
        if after:
            for source, mover, found in zip(sources, movers, search.number(after), strict=True):
                timeouts.setdefault(source, []).append((mover, found))
    # The states that the budget cut short lack their timeouts: to call them blocked would be wrong.
    _insert(graph, timeouts, settled)


def _trapped(graph: Graph, begin: int) -> Iterator[int]:
    """The states from number `begin` on that lie in a component which no moves lead out of.

    Earlier states have all their successors among earlier states, so that none of them is in a
    component with these.
    """
    first = graph.first
    yield from (
        number for number in range(begin, graph.expanded()) if first[number] == first[number + 1]
    )
    # Only what cannot come to an end can go in circles for ever: mostly few states are left.
    circling = cannot_end(graph, begin)
    if any(circling):
        rows = graph.rows(begin)
        for component in components(rows, begin, without=[not one for one in circling]):
            members = set(component)
            if all(members.issuperset(rows[number - begin]) for number in component):
                yield from component


def _insert(graph: Graph, moves: Mapping[int, list[tuple[int, int]]], upto: int) -> None:
    """Add (task, target) moves to those of some states, for as many as the first `upto` states, and
    forget the moves of the others."""
    first, target, mover = graph.first, graph.target, graph.mover
    graph.first, graph.target, graph.mover = array("I", [0]), array("I"), array(mover.typecode)

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
