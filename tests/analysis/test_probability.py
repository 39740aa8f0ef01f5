"""Probabilities that can be worked out by hand, and that runs of the chain agree with."""

from __future__ import annotations

import math
from random import Random

import pytest

from oomlab.analysis.probability import lockup_by_step, lockup_by_time
from oomlab.engine.explorer import Exploration, explore_model
from oomlab.engine.ops import Routine, Slot, mutex_lock, mutex_unlock
from oomlab.engine.stage import Stage
from oomlab.errors import InputError
from oomlab.experiment import explore


def crossed() -> Exploration:
    """Two tasks that take two locks in opposite orders."""
    stage = Stage()
    a, b = stage.layout.mutex("a"), stage.layout.mutex("b")

    def takes(first: Slot, second: Slot) -> Routine:
        yield mutex_lock(first)
        yield mutex_lock(second)
        yield mutex_unlock(second)
        yield mutex_unlock(first)

    stage.task(lambda: takes(a, b))
    stage.task(lambda: takes(b, a))
    return explore_model(stage.model())


def test_two_locks_in_opposite_orders_lock_up_every_second_time() -> None:
    """The lockup is certain once the second to move is not the first."""
    assert lockup_by_step(crossed(), 6) == (0, 0, 0.5, 0.5, 0.5, 0.5, 0.5)


def test_in_time_it_is_half_of_an_erlang_distribution() -> None:
    """Both tasks move once a second: until two moves were made, they come twice a second."""
    times = [0.0, 0.3, 1.0, 4.0, 40.0]
    erlang = [1 - math.exp(-2 * t) * (1 + 2 * t) for t in times]
    found = lockup_by_time(crossed(), times, 1.0)
    assert found == pytest.approx([0.5 * share for share in erlang], abs=1e-9)


def test_walks_at_random_agree() -> None:
    found = explore("h1-two-task-cycle")
    steps, walks = 8, 2000
    exact = lockup_by_step(found, steps)
    assert 0 < exact[-1] < 1
    draw, graph = Random(1), found.graph
    ends = [bool(p) for p in _can_end(found)]
    stuck = 0
    for _ in range(walks):
        state = 0
        for _ in range(steps):
            moves = list(graph.moves(state))
            if not moves:
                break
            task = draw.choice(sorted({task for task, _ in moves}))
            state = draw.choice([after for mover, after in moves if mover == task])
        stuck += not ends[state]
    assert stuck / walks == pytest.approx(exact[-1], abs=0.05)


def _can_end(found: Exploration) -> list[bool]:
    """By hand: what leads to an end, until nothing new does."""
    graph = found.graph
    ends = [bool(goal) for goal in graph.goal]
    while True:
        more = [
            ends[n] or any(ends[after] for after in graph.successors(n)) for n in range(len(graph))
        ]
        if more == ends:
            return ends
        ends = more


def test_nothing_that_cannot_be_said_is_said() -> None:
    cut = explore("h1-two-task-cycle", budget=3)
    with pytest.raises(InputError, match="stopped before it had seen all states"):
        lockup_by_step(cut, 3)
    with pytest.raises(InputError, match="steps cannot be -1"):
        lockup_by_step(crossed(), -1)
    with pytest.raises(InputError, match="times cannot be negative"):
        lockup_by_time(crossed(), [1.0], 0.0)
