"""The search takes many states at a time and finds what one at a time would find."""

from __future__ import annotations

import pytest

from oomlab.engine.explorer import search
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.space import Space
from oomlab.engine.model import Model
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.random_models import random_recipe


def two_task_cycle(remedy: str) -> Model:
    scenario = SCENARIOS["h1-two-task-cycle"]
    return scenario.build(scenario.settle({}, "explorer"), REMEDIES[remedy])


def parts(graph: Graph) -> tuple[object, ...]:
    """All of a graph that can be compared."""
    return graph.states, graph.first, graph.target, graph.mover, graph.goal, graph.complete


@pytest.mark.parametrize("rule", ["any", "idle"])
@pytest.mark.parametrize("remedy", ["mainline", "offload"])
@pytest.mark.parametrize("budget", [1_000_000, 300, 150])
def test_how_many_are_taken_at_once_makes_no_difference(
    rule: Timeouts, remedy: str, budget: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = parts(search.search(Space(two_task_cycle(remedy)), rule, budget))
    for at_once in (1, 7):
        monkeypatch.setattr(search, "AT_ONCE", at_once)
        assert parts(search.search(Space(two_task_cycle(remedy)), rule, budget)) == many


@pytest.mark.parametrize("budget", [1, 2, 50, 335, 336])
def test_a_budget_stops_before_the_first_state_that_it_does_not_cover(budget: int) -> None:
    whole = search.search(Space(two_task_cycle("mainline")), "any", 1_000_000)
    cut = search.search(Space(two_task_cycle("mainline")), "any", budget)
    assert whole.complete
    assert cut.states == whole.states[: len(cut)]
    assert cut.target == whole.target[: cut.transitions]
    assert len(cut) == max([0, *cut.target]) + 1
    if len(whole) <= budget:
        assert cut.complete
        return
    assert not cut.complete
    assert len(cut) > budget
    before_the_last = whole.target[: whole.first[cut.expanded() - 1]]
    assert max([0, *before_the_last]) + 1 <= budget


@pytest.mark.parametrize("number", range(6))
def test_a_move_leads_from_its_state_to_its_target(number: int) -> None:
    """By the space's own moves, which are integers and not arrays of words."""
    graph = search.search(
        Space(random_recipe(number, tasks=(2, 6), length=3).build()), "any", 20_000
    )
    space = graph.space
    for state in range(min(graph.expanded(), 500)):
        here = graph.states[state]
        wanted = [
            (task, here + delta)
            for task in range(len(space.masks))
            for delta in space.moves_of(here, task)
        ]
        found = [(task, graph.states[after]) for task, after in graph.moves(state)]
        assert found == ([] if graph.goal[state] else wanted)
        assert graph.goal[state] == space.is_goal(here)
