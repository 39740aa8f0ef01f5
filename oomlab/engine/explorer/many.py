"""Finds states many at a time, in numpy's arrays."""

from __future__ import annotations

import numpy as np

from oomlab.engine.explorer.few import batch_size_of
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.moves import Moves, split
from oomlab.engine.explorer.numbering import Numbering
from oomlab.engine.explorer.space import SHARED_BITS


class Many:
    """Lets a graph grow; the numbers of its states are in a table of arrays.

    With `timeouts` False the moves that a timeout makes are left out.
    """

    def __init__(self, graph: Graph, budget: int, *, timeouts: bool) -> None:
        self._graph, self._budget = graph, budget
        self._moves = Moves(graph.space, timeouts=timeouts)
        self._at_once = batch_size_of(graph.space)
        self._numbering = Numbering(graph.states.columns)
        self._foreground = split(graph.space, graph.space.foreground_mask)

    def number(self, states: list[int]) -> list[int]:
        """The numbers of some states, which become states of the graph."""
        words = zip(*(split(self._graph.space, state) for state in states), strict=True)
        numbers, _ = self._numbering.number([np.array(word, np.int64) for word in words])
        self._note_goals(len(self._numbering))
        return list(map(int, numbers))

    def expand(self) -> None:
        """Record the moves of the next states of the graph, up to the budget."""
        graph, begin, earlier = self._graph, self._graph.expanded(), len(self._numbering)
        states = self._numbering.keys(begin, begin + self._at_once)
        goal = np.frombuffer(graph.goal[begin : begin + len(states[0])], np.bool_)
        going = np.flatnonzero(~goal)
        count, mover, after = self._moves.of([words[going] for words in states])
        target, _ = self._numbering.number(after)
        upto, edges, known = len(states[0]), len(target), len(self._numbering)
        if known > self._budget:
            end = np.cumsum(count)
            # How many states were known before each state was expanded.
            before = np.maximum.accumulate(np.concatenate([[earlier], target + 1]))[end - count]
            over = np.flatnonzero(before > self._budget)
            if len(over):
                graph.stopped_by = "budget"
                first = over[0]
                upto, edges = int(going[first]), int((end - count)[first])
                known = int(before[first])
        ends = np.zeros(len(states[0]), np.int64)
        ends[going] = count
        firsts = np.cumsum(ends[:upto]) + graph.transitions
        graph.first.frombytes(firsts.astype(np.uint32).tobytes())
        graph.target.frombytes(target[:edges].astype(np.uint32).tobytes())
        graph.mover.frombytes(mover[:edges].astype(graph.mover.typecode).tobytes())
        if graph.stopped_by:
            graph.states.cut_back(known)
        self._note_goals(known)

    def _note_goals(self, known: int) -> None:
        """Let the graph know in which of the first `known` states the run is over."""
        states = self._numbering.keys(len(self._graph.goal), known)
        going = np.zeros(len(states[0]), np.bool_)
        for words, mask in zip(states, self._foreground, strict=True):
            going |= (words & mask) != 0
        if panics := self._graph.space.panics:
            shared = states[0] & ((1 << SHARED_BITS) - 1)
            going &= np.isin(shared, list(panics), invert=True)
        self._graph.goal += np.logical_not(going).tobytes()
