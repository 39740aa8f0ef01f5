"""The search takes many states at a time and finds what one at a time would find, and the same in
plain Python as in arrays, byte by byte."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from oomlab.engine.explorer import Exploration, arrays, constants, explore_model, few, search
from oomlab.engine.explorer.automaton import Automaton
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.space import Space
from oomlab.engine.model import Model
from oomlab.experiment import Experiment
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.random_models import random_recipe

RULES: tuple[Timeouts, Timeouts] = ("any", "idle")


def two_task_cycle(remedy: str) -> Model:
    scenario = SCENARIOS["h1-two-task-cycle"]
    return scenario.build(scenario.settle({}, "explorer"), REMEDIES[remedy])


def arrays_above(states: int, patch: pytest.MonkeyPatch) -> None:
    """Let the search take arrays for more states than these."""
    patch.setattr(arrays, "wanted", lambda many: many > states)


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
    for at_once in (1, 7) if budget < 1000 else (97,):
        for at_most in (0, 40, 1_000_000):
            monkeypatch.setattr(few, "AT_ONCE", at_once)
            arrays_above(at_most, monkeypatch)
            assert parts(search.search(Space(two_task_cycle(remedy)), rule, budget)) == many


def everything(found: Exploration) -> tuple[object, ...]:
    """All that can be compared of an exploration, the states' own numbers among it."""
    graph = found.graph
    return (
        graph.states,
        *(part.tobytes() for part in (graph.first, graph.target, graph.mover)),
        bytes(graph.goal),
        graph.stopped_by,
        found.verdict,
        found.schedule,
        found.circle,
        found.point_of_no_return,
    )


def check_the_same(model: Model, rule: Timeouts, budget: int, patch: pytest.MonkeyPatch) -> None:
    """In plain Python, and in arrays from the first state on or, every other time, from some on."""
    arrays_above(1 << 40, patch)
    plainly = everything(explore_model(model, timeouts=rule, budget=budget))
    arrays_above(budget % 2 * 100, patch)
    assert everything(explore_model(model, timeouts=rule, budget=budget)) == plainly


@pytest.mark.parametrize("chunk", range(4))
def test_random_models_are_the_same_with_and_without_numpy(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50 * chunk, 50 * chunk + 50):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=number % 4)
        check_the_same(recipe.build(), RULES[number // 2 % 2], (90, 701)[number % 2], monkeypatch)


@pytest.mark.parametrize("remedy", REMEDIES)
def test_hazards_are_the_same_with_and_without_numpy(
    remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(SCENARIOS):
        model = Experiment.of(name, remedy, engine="explorer").model()
        check_the_same(model, RULES[number % 2], 700 + number, monkeypatch)


@pytest.mark.parametrize("rule", ["any", "idle"])
def test_more_than_one_word_a_state_is_the_same_with_and_without_numpy(
    rule: Timeouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = random_recipe(3, tasks=(6, 6), length=3)
    graphs = []
    for at_most in (1 << 40, 0):
        arrays_above(at_most, monkeypatch)
        graphs.append(search.search(Space(recipe.build()), rule, 3000))
    assert graphs[0].space.words > 1
    assert parts(graphs[0]) == parts(graphs[1])


def test_numbers_that_get_too_few_bits_get_more(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = explore_model(two_task_cycle("offload"))
    given: list[list[int]] = []

    def narrow(automata: Sequence[Automaton]) -> list[int]:
        given.append([(len(one.nodes) - 1).bit_length() for one in automata])
        return list(given[-1])

    monkeypatch.setattr(constants, "fitting_widths", narrow)
    monkeypatch.setattr(constants, "FEW_WALKS", 1)
    monkeypatch.setattr(constants, "WALKS", 1)
    found = explore_model(two_task_cycle("offload"))
    assert len(given) > 2, "nothing was found to be too narrow"
    assert found.graph.target == wanted.graph.target
    assert found.verdict == wanted.verdict


@pytest.mark.parametrize("at_most", [0, 1 << 40])
def test_who_watches_is_told_and_can_stop_it(at_most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    arrays_above(at_most, monkeypatch)
    monkeypatch.setattr(few, "AT_ONCE", 64)
    monkeypatch.setattr(constants, "SMALL", 1)
    told: list[tuple[int, int]] = []

    def watch(states: int, moves: int) -> bool:
        told.append((states, moves))
        return states > 2000

    found = explore_model(two_task_cycle("offload"), watch=watch)
    unseen = explore_model(two_task_cycle("offload"), watch=lambda states, moves: True)
    assert (unseen.verdict.word, len(unseen.graph)) == ("budget", 1)
    assert "stopped" in unseen.ending
    assert found.graph.stopped_by == "watch"
    assert found.verdict.word in ("budget", "lockup")
    assert told[-2][0] <= 2000 < told[-1][0] == len(found.graph)
    assert told[-1][1] == found.graph.transitions


@pytest.mark.parametrize("budget", [1, 2, 50, 335, 336])
def test_a_budget_stops_before_the_first_state_that_it_does_not_cover(budget: int) -> None:
    whole = search.search(Space(two_task_cycle("mainline")), "any", 1_000_000)
    cut = search.search(Space(two_task_cycle("mainline")), "any", budget)
    assert whole.complete
    assert list(cut.states) == whole.states[: len(cut)]
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
