"""Finds out which slots never change, by assuming it and being corrected.

Most machines have slots that a scenario never touches: the page cache is empty, nobody is killed.
Reading such a slot need not be a step of its own, which saves most of the interleavings.
"""

from __future__ import annotations

from random import Random

from oomlab.checked import checked
from oomlab.engine.explorer.automaton import Automaton
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.space import ChangedSlots, Space
from oomlab.engine.model import Model
from oomlab.errors import needed

WALKS = 64
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
def state_graph(model: Model, timeouts: Timeouts, budget: int) -> Graph:
    """All states of `model` reachable under a timeout rule; gives up at more than `budget`.

    The assumption about constant slots is begun with what random walks leave unchanged, and
    corrected until an exploration confirms it.
    """
    # The search needs NumPy. A page of the book, which plays schedules in the browser but explores
    # nothing, does without: there it would be one more large download.
    with needed():
        from oomlab.engine.explorer.search import search

    automata = [Automaton(actor) for actor in model.actors]
    constant = _unchanged_on_walks(model, automata)
    while True:
        try:
            return search(Space(model, constant, automata), timeouts, budget)
        except ChangedSlots as changed:
            constant -= changed.indices


def _unchanged_on_walks(model: Model, automata: list[Automaton]) -> frozenset[int]:
    """The slots that have their first value wherever some random walks come by."""
    space, random = Space(model, automata=automata), Random(0)
    tasks, bits = range(len(space.masks)), random.getrandbits

    def choose(count: int) -> int:
        # `Random.choice` without its two calls, which took as long as all else here.
        while (chosen := bits(count.bit_length())) >= count:
            pass
        return chosen

    visited = set()
    looks, slots = 0, len(model.layout.slots)
    for walk in range(WALKS):
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
