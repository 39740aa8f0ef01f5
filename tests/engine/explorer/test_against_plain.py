"""The quick search gives the graph of the plain one, and with its reductions the same verdicts."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Hashable
from itertools import compress
from typing import Any

import pytest

from oomlab.engine.explorer import constants, explore_model
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.plain import PlainGraph, explore_plainly
from oomlab.engine.model import Model
from oomlab.engine.ops import Op, Routine
from oomlab.engine.routines import frames
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.engine.explorer.words import explored, words
from tests.random_models import random_recipe

RULES: tuple[Timeouts, Timeouts] = ("any", "idle")
PLAIN_BUDGET = 700

ALL_LOCALS_BELOW = 2_000
"""States up to which the two-task cycle is seen a third time, with dead variables as well."""


def unreduced(model: Model, timeouts: Timeouts) -> Graph:
    """The graph with nothing folded but what nobody can notice."""
    return constants.state_graph(model, timeouts, 1_000_000, reduced=False)


def all_variables(routine: Routine, op: Op) -> Hashable:
    """Where a routine stands, with the variables that can no longer matter."""
    return (
        op,
        *((f.f_code, f.f_lasti, tuple(sorted(f.f_locals.items()))) for f in frames(routine)),
    )


def told(graph: PlainGraph, model: Model) -> dict[str, bool]:
    """What `words` says, of a plain graph."""
    panicked = model.panicked.index
    return {
        "lockup": bool(graph.lockups),
        "blocked": bool(graph.stuck),
        "livelock": bool(graph.livelocks),
        "panic": any(shared[panicked] for shared, _ in graph.goals),
    }


def check_twins(quick: Graph, plain: PlainGraph) -> None:
    """State by state and move by move."""
    assert quick.complete
    assert quick.space.spelled_out(quick.states[0]) == plain.start
    found = quick.spelled_out()
    assert found.keys() == plain.moves.keys()
    for key, moves in found.items():
        assert moves == plain.moves[key], key
    ends = compress(map(quick.space.spelled_out, quick.states), quick.goal)
    assert set(ends) == plain.goals


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("chunk", range(4))
def test_random_models(chunk: int, rule: Timeouts) -> None:
    seen: Counter[str] = Counter()
    for number in range(12 * chunk, 12 * chunk + 12):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=3)
        model = recipe.build()
        everything = explore_plainly(
            model, timeouts=rule, stands=all_variables, budget=PLAIN_BUDGET
        )
        if not everything.complete:
            seen["too large"] += 1
            continue
        answer = told(everything, model)
        assert words(explored(recipe.build(), rule)) == answer, f"random model {number}"
        seen.update(word for word, holds in answer.items() if holds)
        plain = explore_plainly(model, timeouts=rule, budget=PLAIN_BUDGET)
        assert told(plain, model) == answer, f"random model {number}"
        whole = unreduced(model, rule)
        assert words(whole) == answer, f"random model {number}"
        check_twins(whole, plain)
    assert seen["too large"] <= 4
    assert seen["lockup"] >= 1


TOO_LARGE = {("offload-sequence", "any"), ("offload-repaired", "any")}
"""More states than the plain search takes."""

SMALL_ENOUGH = [(r, rule) for r in REMEDIES for rule in RULES if (r, rule) not in TOO_LARGE]


@pytest.mark.parametrize(("remedy", "rule"), SMALL_ENOUGH)
def test_the_two_task_cycle(remedy: str, rule: Timeouts) -> None:
    scenario = SCENARIOS["h1-two-task-cycle"]
    model = scenario.build(scenario.settle({}, "explorer"), REMEDIES[remedy])
    plain = explore_plainly(model, timeouts=rule)
    assert plain.complete
    whole = unreduced(model, rule)
    check_twins(whole, plain)
    answer = told(plain, model)
    assert words(whole) == answer
    reduced = explored(model, rule)
    assert words(reduced) == answer
    assert len(reduced) < 0.85 * len(whole)
    if len(plain.moves) < ALL_LOCALS_BELOW:
        everything = explore_plainly(model, timeouts=rule, stands=all_variables)
        assert len(everything.moves) > len(plain.moves)
        assert told(everything, model) == answer


@pytest.mark.parametrize("rule", RULES)
def test_wrong_guesses_about_what_never_changes_are_corrected(
    rule: Timeouts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def everything(model: Model, automata: object, walks: int) -> frozenset[int]:
        return frozenset(range(len(model.layout.slots)))

    for number in range(12):
        recipe = random_recipe(number, tasks=(2, 3), length=3, polling=3)
        guessed_well = explored(recipe.build(), rule, 2000)
        with monkeypatch.context() as patch:
            patch.setattr(constants, "_unchanged_on_walks", everything)
            guessed_badly = explored(recipe.build(), rule, 2000)
        assert words(guessed_badly) == words(guessed_well)
        assert len(guessed_badly) == len(guessed_well)


def test_the_plain_search_says_when_its_budget_ran_out() -> None:
    scenario = SCENARIOS["h1-two-task-cycle"]
    model = scenario.build(scenario.settle({}, "explorer"), REMEDIES["mainline"])
    size = len(explore_plainly(model).moves)
    assert explore_plainly(model, budget=size).complete
    cut = explore_plainly(model, budget=size - 1)
    assert not cut.complete
    assert len(cut.moves) == size - 1


@pytest.mark.parametrize(
    ("asked", "told_why"),
    [({"timeouts": "sometimes"}, "any, idle"), ({"budget": 0}, "from 1 up")],
)
def test_both_searches_refuse_the_same_questions(asked: dict[str, Any], told_why: str) -> None:
    model = Experiment.of("h1-two-task-cycle", engine="explorer").model()
    for search in (explore_plainly, explore_model):
        with pytest.raises(InputError, match=told_why):
            search(model, **asked)


def test_the_plain_search_needs_no_numpy() -> None:
    code = (
        "import sys\n"
        "sys.modules['numpy'] = None\n"
        "import oomlab\n"
        "model = oomlab.Experiment.of('h1-two-task-cycle', engine='explorer').model()\n"
        "print(len(oomlab.explore_plainly(model).stuck))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 0
