"""Finds out which slots never change, by assuming it and being corrected.

Most machines have slots that a scenario never touches: the page cache is empty, nobody is killed.
Reading such a slot need not be a step of its own, which saves most of the interleavings.
"""

from __future__ import annotations

from random import Random

from oomlab.explorer.graph import Graph, Timeouts, explore
from oomlab.explorer.space import ChangedSlot, Space
from oomlab.model import Model

WALKS = 64
WALK_STEPS = 400


def explore_model(model: Model, timeouts: Timeouts, budget: int) -> Graph:
    """All states of `model` reachable under a timeout rule; gives up at more than `budget`.

    The assumption about constant slots is begun with what random walks leave unchanged, and
    corrected until an exploration confirms it.
    """
    constant = _unchanged_on_walks(model)
    while True:
        try:
            return explore(Space(model, constant), timeouts, budget)
        except ChangedSlot as changed:
            constant -= {changed.index}


def _unchanged_on_walks(model: Model) -> frozenset[int]:
    space, random = Space(model), Random(0)
    initial = model.layout.initial
    constant = set(range(len(initial)))
    for _ in range(WALKS):
        state = space.start
        for _ in range(WALK_STEPS):
            shared = space.shared(state)
            constant -= {i for i in constant if shared[i] != initial[i]}
            tasks = [t for t in range(len(space.masks)) if space.moves(state, t)]
            if not tasks:
                break
            state += random.choice(space.moves(state, random.choice(tasks)))[0]
    return frozenset(constant)
