"""The schedule that is shown: fewest context switches, then fewest moves; and where it leads."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from oomlab.engine.explorer.counterexample import (
    Schedule,
    ScheduledMove,
    circle_through,
    shortest_schedule,
    switches,
)
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.verdict import circling, judge
from oomlab.engine.ops import Routine, mutex_lock, mutex_unlock, swap, write
from oomlab.engine.stage import Stage
from tests.engine.explorer.words import explored
from tests.engine.small import one_way_of_three_locks_up, self_poller
from tests.random_models import random_recipe


def fewest_switches(graph: Graph, targets: set[int]) -> tuple[int, int]:
    """(switches, moves) of the best path, by relaxing all edges until nothing improves."""
    best = {(0, -1): (0, 0)}
    changed = True
    while changed:
        changed = False
        for (number, last), (turns, moves) in list(best.items()):
            for task, after in graph.moves(number):
                cost = (turns + (last not in (-1, task)), moves + 1)
                if cost < best.get((after, task), (1 << 30, 0)):
                    best[after, task] = cost
                    changed = True
    return min(cost for (number, _), cost in best.items() if number in targets)


def crossing(extra: int) -> Stage:
    """A deadlock of two locks, `extra` steps on the way, and a third task that may interfere."""
    stage = Stage()
    locks = stage.layout.mutex("A"), stage.layout.mutex("B")
    word = stage.layout.word("word", 0)

    def body(first: int) -> Routine:
        for i in range(extra):
            yield swap(word, i)
        yield mutex_lock(locks[first])
        yield mutex_lock(locks[1 - first])
        yield mutex_unlock(locks[1 - first])
        yield mutex_unlock(locks[first])

    def other() -> Routine:
        yield write(word, 9)

    stage.task(lambda: body(0))
    stage.task(lambda: body(1))
    stage.task(other)
    return stage


@pytest.mark.parametrize("extra", [0, 1, 3])
def test_the_best_schedule_is_as_good_as_an_exhaustive_search_says(extra: int) -> None:
    graph = explored(crossing(extra).model())
    stuck = set(judge(graph).stuck)
    schedule, end = shortest_schedule(graph, stuck)
    assert end in stuck
    assert (switches(schedule), len(schedule)) == fewest_switches(graph, stuck)


def test_random_models_too() -> None:
    """The number of steps counts those that were folded into moves; the switches are the same."""
    checked = 0
    for number in range(40):
        graph = explored(random_recipe(number, tasks=(2, 3), length=3, polling=2).build())
        stuck = set(judge(graph).stuck)
        if stuck and len(graph) < 400:
            schedule, end = shortest_schedule(graph, stuck)
            assert end in stuck
            assert switches(schedule) == fewest_switches(graph, stuck)[0]
            checked += 1
    assert checked >= 4


def test_a_schedule_found_is_a_schedule_that_plays() -> None:
    """The player runs the routines themselves and must come to the same end."""
    played = 0
    for number in range(40):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=3)
        graph = explored(recipe.build(), "any", 3000)
        verdict = judge(graph)
        if verdict.word != "lockup":
            continue
        members = circling(graph, verdict)
        schedule, end = shortest_schedule(graph, members.union(verdict.stuck))
        player = play(recipe.build, schedule)
        assert not player.ended
        shared = graph.space.shared(graph.states[end])
        assert player.state == shared
        assert (not player.ready()) == (end in verdict.stuck)
        if end in members:
            before = player.fingerprint()
            for choice in circle_through(graph, end, members):
                player.step(choice)
            assert player.fingerprint() == before
        played += 1
    assert played >= 8


def play(build: object, schedule: Schedule) -> Player:
    assert callable(build)
    player = Player(build())
    for choice in schedule:
        player.step(choice)
    return player


def test_which_outcome_is_taken_is_part_of_the_schedule() -> None:
    graph = explored(one_way_of_three_locks_up().model())
    schedule, _ = shortest_schedule(graph, judge(graph).stuck)
    assert schedule[0] == ScheduledMove(0, 2)


def test_nothing_to_reach_is_an_error() -> None:
    graph = explored(crossing(0).model())
    with pytest.raises(ValueError, match="none of the states"):
        shortest_schedule(graph, [])


def test_switches_are_counted_between_tasks() -> None:
    assert switches(()) == 0
    assert switches((ScheduledMove(1),)) == 0
    assert switches((ScheduledMove(1), ScheduledMove(1), ScheduledMove(0), ScheduledMove(1))) == 2
    for tasks in product(range(2), repeat=4):
        expected = sum(a != b for a, b in pairwise(tasks))
        assert switches(tuple(ScheduledMove(task) for task in tasks)) == expected


def test_there_is_no_circle_where_nobody_can_move() -> None:
    graph = explored(crossing(0).model())
    verdict = judge(graph)
    assert circling(graph, verdict) == set()
    assert circle_through(graph, verdict.stuck[0], verdict.stuck) == ()


def test_a_single_state_that_leads_to_itself_is_a_circle() -> None:
    graph = explored(self_poller(naps=False).model())
    verdict = judge(graph)
    (member,) = circling(graph, verdict)
    assert list(graph.moves(member)) == [(0, member)]
    assert circle_through(graph, member, {member}) == (ScheduledMove(0),)
