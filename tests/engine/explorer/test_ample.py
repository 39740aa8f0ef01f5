"""A verdict from fewer states is the verdict of them all, word and flags."""

from __future__ import annotations

from collections import Counter

import pytest

from oomlab.engine.explorer import arrays, constants
from oomlab.engine.explorer.constants import ample_graph, state_graph
from oomlab.engine.explorer.deciding import decide_model
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.reaches import Parts, Reaches
from oomlab.engine.explorer.schedules import play_through
from oomlab.engine.explorer.verdict import Verdict, judge
from oomlab.engine.model import Model
from oomlab.engine.ops import Op, RwSemaphore
from oomlab.errors import InputError
from oomlab.experiment import Experiment, decide, explore
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.random_models import random_recipe

RULES: tuple[Timeouts, Timeouts] = ("any", "idle")
BUDGET = 1_200


def said(verdict: Verdict) -> tuple[str, bool, bool, bool, bool]:
    """All that a verdict says of a model."""
    one = verdict
    return one.word, one.blocked, one.livelock, one.starvation, one.panic


def whole(model: Model, rule: Timeouts, *, reduced: bool = True) -> Graph:
    return state_graph(model, rule, BUDGET, reduced=reduced)


@pytest.mark.parametrize("chunk", range(2))
def test_random_models(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[object] = Counter()
    for number in range(chunk, 24, 2):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=number % 4)
        for rule in RULES:
            graph = whole(recipe.build(), rule, reduced=number % 3 > 0)
            if not graph.complete:
                continue
            answers = []
            for at_most in (1 << 40, 0):
                monkeypatch.setattr(arrays, "wanted", lambda many, at_most=at_most: many > at_most)
                found = decide_model(recipe.build(), timeouts=rule)
                answers.append(said(found.verdict))
            assert answers == [said(judge(graph))] * 2, f"random model {number}, {rule}"
            seen["all"] += len(graph)
            seen["ample"] += len(found.graph)
            seen[found.verdict.word] += 1
    assert seen["lockup"] and seen["exhausted-clean"]
    assert 3 * seen["ample"] < seen["all"]


@pytest.mark.parametrize("remedy", REMEDIES)
def test_scenarios(remedy: str) -> None:
    done = 0
    for number, name in enumerate(SCENARIOS):
        rule = RULES[number % 2]
        model = Experiment.of(name, remedy, engine="explorer").model()
        graph = whole(model, rule)
        if graph.complete:
            found, _ = ample_graph(model, rule, BUDGET)
            assert said(judge(found)) == said(judge(graph)), (name, rule)
            assert len(found) <= len(graph)
            done += 1
    assert done


@pytest.mark.parametrize(
    ("scenario", "remedy"), [("h1-two-task-cycle", "mainline"), ("h1-two-task-cycle", "trylock")]
)
def test_its_schedule_leads_to_a_lockup(scenario: str, remedy: str) -> None:
    found = decide(scenario, remedy)
    assert found.verdict.word == "lockup"
    player = Player(Experiment.of(scenario, remedy, engine="explorer").model())
    play_through(player, found.schedule)
    assert not player.ended
    assert bool(player.ready()) == found.verdict.livelock
    assert len(found.schedule) >= len(explore(scenario, remedy).schedule)


def test_what_was_taken_to_be_so_is_corrected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the automata not asked again, steps would be done at once that somebody prevents."""
    monkeypatch.setattr(constants, "WALKS", 0)
    for number in (16, 19, 28):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=number % 4)
        answer = said(judge(whole(recipe.build(), "any")))
        assert said(decide_model(recipe.build()).verdict) == answer
        with monkeypatch.context() as patch:
            patch.setattr(Reaches, "hold", lambda self: True)
            assert said(decide_model(recipe.build()).verdict) != answer


def test_the_parts_of_slots() -> None:
    layout = random_recipe(0, tasks=(3, 3), length=1).build().layout
    parts = Parts(layout, 3)
    queue = next(slot for slot in layout.slots if slot.kind == "queue")
    rwsem = next(slot for slot in layout.slots if slot.kind == "rwsem")
    assert parts.changed(queue.index, 0b010, 0b110) == parts.own(queue.index, 2)
    one, both = RwSemaphore((0,)), RwSemaphore((0, 1))
    assert parts.changed(rwsem.index, one, both) == parts.own(rwsem.index, 1)
    assert parts.named(Op("sleep_on", (queue,)), 1) == parts.own(queue.index, 1)
    assert parts.named(Op("wake", (queue,)), 1) == parts.whole(queue.index)
    wholes = [parts.whole(slot.index) for slot in layout.slots]
    assert sum(wholes) == (1 << sum(map(int.bit_count, wholes))) - 1, "each part belongs to one"


def test_a_budget_that_does_not_suffice_decides_nothing() -> None:
    found = decide("h1-two-task-cycle", "nowait-both", budget=5)
    assert (found.verdict.word, found.graph.stopped_by) == ("budget", "budget")
    stopped = decide("h1-two-task-cycle", "offload", watch=lambda states, moves: states > 100)
    assert stopped.verdict.word == "budget"
    assert "stopped" in stopped.ending
    with pytest.raises(InputError, match="any, idle"):
        decide("h1-two-task-cycle", timeouts="sometimes")
