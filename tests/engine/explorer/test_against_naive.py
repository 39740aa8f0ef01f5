"""The explorer with its automata, numbers and reductions says what the naive one says."""

from __future__ import annotations

from collections import Counter

import pytest

from oomlab.engine.explorer import constants, space
from oomlab.engine.explorer.folding import is_folded
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.plain import Naive
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import Space
from oomlab.engine.model import Model
from oomlab.engine.ops import Op
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.engine.explorer.words import explored, words
from tests.random_models import random_recipe

RULES: tuple[Timeouts, Timeouts] = ("any", "idle")
NAIVE_BUDGET = 700

ALL_LOCALS_BELOW = 2_000
"""States up to which the two-task cycle is seen a third time, with dead variables as well."""


def unreduced(model: Model, timeouts: Timeouts) -> Graph:
    """The graph with nothing folded but what nobody can notice."""

    def only_folded(op: Op, task: int, constant: frozenset[int]) -> bool:
        return is_folded(op, task)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(space, "is_absorbed", only_folded)
        return search(Space(model), timeouts, 1_000_000)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("chunk", range(4))
def test_random_models(chunk: int, rule: Timeouts) -> None:
    seen: Counter[str] = Counter()
    for number in range(12 * chunk, 12 * chunk + 12):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=3)
        naive = Naive(recipe.build(), rule, all_locals=True, budget=NAIVE_BUDGET)
        if not naive.complete:
            seen["too large"] += 1
            continue
        told = naive.verdicts()
        assert words(explored(recipe.build(), rule)) == told, f"random model {number}"
        seen.update(word for word, holds in told.items() if holds)
        whole = unreduced(recipe.build(), rule)
        assert words(whole) == told, f"random model {number}"
        merged = Naive(recipe.build(), rule, budget=NAIVE_BUDGET)
        assert len(whole) == len(merged.moves), f"random model {number}"
    assert seen["too large"] <= 4
    assert seen["lockup"] >= 1


TOO_LARGE = {("offload-sequence", "any"), ("offload-repaired", "any")}
"""More states than the naive explorer takes."""

SMALL_ENOUGH = [(r, rule) for r in REMEDIES for rule in RULES if (r, rule) not in TOO_LARGE]


@pytest.mark.parametrize(("remedy", "rule"), SMALL_ENOUGH)
def test_the_two_task_cycle(remedy: str, rule: Timeouts) -> None:
    scenario = SCENARIOS["h1-two-task-cycle"]
    settings = scenario.settle({}, "explorer")

    def build() -> Model:
        return scenario.build(settings, REMEDIES[remedy])

    naive = Naive(build(), rule)
    whole = unreduced(build(), rule)
    assert naive.complete
    assert len(whole) == len(naive.moves)
    assert words(whole) == naive.verdicts()
    reduced = explored(build(), rule)
    assert words(reduced) == naive.verdicts()
    assert len(reduced) < 0.85 * len(whole)
    if len(naive.moves) < ALL_LOCALS_BELOW:
        everything = Naive(build(), rule, all_locals=True)
        assert len(everything.moves) > len(naive.moves)
        assert everything.verdicts() == naive.verdicts()


@pytest.mark.parametrize("rule", RULES)
def test_wrong_guesses_about_what_never_changes_are_corrected(
    rule: Timeouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(model: Model, automata: object) -> frozenset[int]:
        return frozenset(range(len(model.layout.slots)))

    for number in range(12):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=3)
        guessed_well = explored(recipe.build(), rule, 2000)
        with monkeypatch.context() as patch:
            patch.setattr(constants, "_unchanged_on_walks", everything)
            guessed_badly = explored(recipe.build(), rule, 2000)
        assert words(guessed_badly) == words(guessed_well)
        assert len(guessed_badly) == len(guessed_well)


def test_moves_are_the_same_and_not_only_states() -> None:
    scenario = SCENARIOS["h1-two-task-cycle"]
    settings = scenario.settle({}, "explorer")
    model = scenario.build(settings, REMEDIES["mainline"])
    whole = unreduced(model, "any")
    naive = Naive(scenario.build(settings, REMEDIES["mainline"]))
    pairs = {(i, after) for i in range(len(whole)) for after in whole.successors(i)}
    assert len(pairs) == sum(len(nexts) for nexts in naive.moves.values())
