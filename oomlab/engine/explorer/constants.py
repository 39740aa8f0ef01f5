"""Finds out which slots never change, by assuming it and being corrected.

Most machines have slots that a scenario never touches: the page cache is empty, nobody is killed.
Reading such a slot need not be a step of its own, which saves most of the interleavings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import TypeVar

from oomlab.checked import checked
from oomlab.engine.explorer.automaton import Automaton
from oomlab.engine.explorer.graph import Graph, Timeouts, Watch
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import (
    LOCAL_BITS,
    ChangedSlots,
    NarrowNumbers,
    Space,
    fitting_widths,
)
from oomlab.engine.model import Model

T = TypeVar("T")

WALKS = 64
FEW_WALKS = 6
"""Walks through a machine that may be small: has at most"""
SMALL = 1 << 11
"""states."""
MORE = 8
"""By how many times as many states the next attempt may have (our choice)."""
WALK_STEPS = 400
STAYS = 0.9
"""On every other walk, how likely the task that has just moved goes on (our choice): such walks get
further, because the others spend their steps on tasks that poll."""
WALK_LOOKS = 1 << 19
"""Looks at a task after which the walks end, and"""
WALK_COPIES = 1 << 22
"""slots copied for moves that were new to them: with very many tasks the walks would otherwise take
longer than the search, which corrects what they leave open (our choice)."""


@checked
def state_graph(
    model: Model,
    timeouts: Timeouts,
    budget: int,
    *,
    reduced: bool = True,
    watch: Watch | None = None,
) -> Graph:
    """All states of `model` reachable under a timeout rule; gives up at more than `budget`, or when
    `watch`, which is told of the progress, says so.

    The assumption about constant slots is begun with what random walks leave unchanged, and
    corrected until an exploration confirms it. `reduced=False`: no step is done together with
    another unless nobody can notice it.
    """
    if not reduced:
        return search(Space(model, None), timeouts, budget, watch)
    automata = [Automaton(actor) for actor in model.actors]
    constant = _unchanged_on_walks(model, automata, FEW_WALKS)
    tried = _Assumption(model, automata, constant)
    # A small machine is done before as many walks as a large one deserves.
    graph = tried.graph(timeouts, min(budget, SMALL), None)
    if graph.complete:
        return graph
    tried.constant &= _unchanged_on_walks(model, automata, WALKS)
    return tried.graph(timeouts, budget, watch)


AtOnce = Callable[[int], Iterator[int]]
"""The tasks whose steps are done at once from a state on."""


@checked
def ample_graph(
    model: Model, timeouts: Timeouts, budget: int, *, watch: Watch | None = None
) -> tuple[Graph, AtOnce]:
    """As `state_graph`, with only those states in which nobody can take a step that no other task
    can notice: its verdict is the same (see `ample`). A move is one with all that is then done at
    once, by the tasks that the function names."""
    automata = [Automaton(actor) for actor in model.actors]
    tried = _Assumption(model, automata, _unchanged_on_walks(model, automata, WALKS))
    most = SMALL
    while most < budget:
        # What a part of the states corrects, all of them need not.
        graph, at_once = tried.ample_graph(timeouts, most, watch)
        if graph.stopped_by != "budget":
            return graph, at_once
        most *= MORE
    return tried.ample_graph(timeouts, budget, watch)


class _Assumption:
    """What is taken to be so of a model until a search finds that it is not."""

    def __init__(
        self,
        model: Model,
        automata: list[Automaton],
        constant: frozenset[int],
    ) -> None:
        self.constant = constant
        self._model, self._automata = model, automata

    def graph(self, timeouts: Timeouts, budget: int, watch: Watch | None) -> Graph:
        """The graph under what is assumed, which is corrected until it stands."""
        return self._corrected(lambda space: search(space, timeouts, budget, watch))

    def ample_graph(
        self, timeouts: Timeouts, budget: int, watch: Watch | None
    ) -> tuple[Graph, AtOnce]:
        """The same, with ample sets: what was taken to be independent is so at the end."""
        from oomlab.engine.explorer.ample import (
            Independence,  # the usual search needs no part of it
        )

        def searched(space: Space) -> tuple[Graph, AtOnce]:
            independence = Independence(space)
            while True:
                graph = search(space, timeouts, budget, watch, independence.end)
                if independence.holds():
                    break
                if graph.stopped_by in ("memory", "watch"):
                    # Nobody waits for another attempt, and of this one nothing is certain.
                    graph.cut_back((1, 0, 0))
                    break
            return graph, independence.movers

        return self._corrected(searched)

    def _corrected(self, searched: Callable[[Space], T]) -> T:
        widths = fitting_widths(self._automata)
        while True:
            try:
                return searched(Space(self._model, self.constant, self._automata, widths))
            except ChangedSlots as changed:
                self.constant -= changed.indices
            except NarrowNumbers as narrow:
                widths = fitting_widths(self._automata)
                widths[narrow.task] = min(LOCAL_BITS, widths[narrow.task] + 2)


def _unchanged_on_walks(model: Model, automata: list[Automaton], walks: int) -> frozenset[int]:
    """The slots that have their first value wherever so many random walks come by."""
    space, random = Space(model, automata=automata), Random(0)
    tasks, bits = range(len(space.masks)), random.getrandbits

    def choose(count: int) -> int:
        # `Random.choice` without its two calls, which took as long as all else here.
        while (chosen := bits(count.bit_length())) >= count:
            pass
        return chosen

    visited = set()
    looks, slots = 0, len(model.layout.slots)
    for walk in range(walks):
        state, mover = space.start, 0
        for _ in range(WALK_STEPS):
            if looks > WALK_LOOKS or space.learned * slots > WALK_COPIES:
                break
            visited.add(state & space.shared_mask)
            if space.is_goal(state):
                break
            stays = walk % 2 and random.random() < STAYS
            row = space.moves_of(state, mover) if stays else ()
            if not row:
                ready = [(task, moves) for task in tasks if (moves := space.moves_of(state, task))]
                looks += len(tasks)
                if not ready:
                    break
                mover, row = ready[choose(len(ready))]
            state += row[choose(len(row))]
    initial = model.layout.initial
    columns = zip(*map(space.shared, visited), strict=True)
    return frozenset(
        i for i, column in enumerate(columns) if column.count(initial[i]) == len(visited)
    )
