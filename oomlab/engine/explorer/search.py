"""Finds all states, breadth first, many at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import numpy as np

from oomlab.engine.explorer.components import components
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.moves import Moves, join, split
from oomlab.engine.explorer.numbering import Keys, Numbering
from oomlab.engine.explorer.reach import Flags, cannot_end
from oomlab.engine.explorer.space import SHARED_BITS, Space

AT_ONCE = 1 << 13
"""States whose moves are looked up together: enough for what an array costs to be little, and few
enough to stay in the processor's cache."""

MOST_WORDS = 1 << 20
"""Words that the moves looked up together may have: with very many tasks fewer states fit."""


def search(space: Space, timeouts: Timeouts, budget: int) -> Graph:
    """All states reachable from the start; gives up once more than `budget` are known."""
    search = _Search(space, budget, timeouts=timeouts == "any")
    if timeouts == "any":
        search.close()
    else:
        _explore_idle(search)
    return search.graph


class _Search:
    """A graph that grows, and the numbers of its states."""

    def __init__(self, space: Space, budget: int, *, timeouts: bool) -> None:
        self.graph = Graph(space)
        self.budget = budget
        self._moves = Moves(space, timeouts=timeouts)
        words = len(split(space, 0))
        self._at_once = max(1, min(AT_ONCE, MOST_WORDS // (words * max(1, len(space.masks)))))
        self._numbering = Numbering(words)
        self._foreground = split(space, space.foreground_mask)
        self.number([space.start])

    def number(self, states: list[int]) -> list[int]:
        """The numbers of some states, which become states of the graph."""
        words = zip(*(split(self.graph.space, state) for state in states), strict=True)
        numbers, _ = self._numbering.number([np.array(word, np.int64) for word in words])
        self._note_states(len(self._numbering))
        return list(map(int, numbers))

    def close(self) -> None:
        """Follow the moves from the states whose moves are not known, and from those found."""
        graph = self.graph
        while graph.complete and graph.expanded() < len(graph):
            kept = graph.sizes()
            try:
                self._expand(
                    self._numbering.keys(graph.expanded(), graph.expanded() + self._at_once)
                )
            except MemoryError:
                graph.cut_back(kept)
                graph.stopped_by = "memory"
                # What the search holds is of no more use; judging what was found needs the room.
                self._numbering = Numbering(1)
                del self._moves

    def _expand(self, states: Keys) -> None:
        """Record the moves of the next states of the graph."""
        begin = self.graph.expanded()
        goal = np.frombuffer(self.graph.goal[begin : begin + len(states[0])], np.bool_)
        going = np.flatnonzero(~goal)
        known = len(self._numbering)
        count, mover, after = self._moves.of([words[going] for words in states])
        target, _ = self._numbering.number(after)
        end = np.cumsum(count)
        # How many states were known before each state was expanded.
        before = np.maximum.accumulate(np.concatenate([[known], target + 1]))[end - count]
        over = np.flatnonzero(before > self.budget)
        upto, edges, known = len(states[0]), len(target), len(self._numbering)
        if len(over):
            self.graph.stopped_by = "budget"
            first = over[0]
            upto, edges, known = going[first], (end - count)[first], before[first]
        ends = np.zeros(len(states[0]), np.int64)
        ends[going] = count
        self.graph.first.frombytes((np.cumsum(ends[:upto]) + self.graph.transitions).tobytes())
        self.graph.target.frombytes(target[:edges].astype(np.uint32).tobytes())
        self.graph.mover.frombytes(mover[:edges].tobytes())
        self._note_states(known)

    def _note_states(self, known: int) -> None:
        """Let the graph have the first `known` states."""
        found = self._numbering.keys(len(self.graph.states), known)
        self.graph.states += join(found)
        self.graph.goal += self._is_goal(found).tobytes()

    def _is_goal(self, states: Keys) -> Flags:
        """Is the run over in these states?"""
        going = np.zeros(len(states[0]), np.bool_)
        for words, mask in zip(states, self._foreground, strict=True):
            going |= (words & mask) != 0
        if panics := self.graph.space.panics:
            shared = states[0] & ((1 << SHARED_BITS) - 1)
            going &= np.isin(shared, list(panics), invert=True)
        return np.logical_not(going)


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
    rows = graph.rows(begin)
    moves = np.diff(np.frombuffer(graph.first, np.int64)[begin:])
    yield from (np.flatnonzero(moves == 0) + begin).tolist()
    # Only what cannot come to an end can go in circles for ever: mostly few states are left.
    circling = cannot_end(graph, begin)
    if circling.any():
        for component in components(rows, begin, without=(~circling).tolist()):
            members = set(component)
            if all(members.issuperset(rows[number - begin]) for number in component):
                yield from component


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
