"""Where the explorer stops: at the budget, and at what it cannot number."""

from __future__ import annotations

import pytest

from oomlab import explore
from oomlab.engine.explorer import search, space
from oomlab.engine.explorer.space import Space
from oomlab.engine.ops import (
    Routine,
    cost,
    sleep,
    swap,
    wait_for,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.errors import InputError, ModelError
from tests.engine.explorer.words import explored

# --- the budget ----------------------------------------------------------------------------------


def test_the_budget_ends_with_its_own_word() -> None:
    found = explore("h1-two-task-cycle", "allocate-outside", budget=100)
    assert found.verdict.word == "budget"
    assert not found.graph.complete
    assert found.replay == ""
    assert 100 < len(found.graph) < 120


@pytest.mark.parametrize("timeouts", ["any", "idle"])
@pytest.mark.parametrize(
    ("scenario", "remedy"),
    [("h1-two-task-cycle", "allocate-outside"), ("h2-three-task-poll", "offload")],
)
@pytest.mark.parametrize("budget", [1, 2, 10, 333, 570, 2000, 20000])
def test_a_clean_model_is_never_called_locked_up_because_the_budget_ran_out(
    scenario: str, remedy: str, timeouts: str, budget: int
) -> None:
    verdict = explore(scenario, remedy, timeouts=timeouts, budget=budget).verdict
    assert verdict.word in ("budget", "exhausted-clean")
    assert not verdict.blocked


@pytest.mark.parametrize("timeouts", ["any", "idle"])
def test_a_lockup_found_before_the_budget_ran_out_counts(timeouts: str) -> None:
    """Whether or not it is found, the answer can be shown and replayed."""
    words = set()
    for budget in range(100, 9500, 1500):
        found = explore("h1-two-task-cycle", "offload", timeouts=timeouts, budget=budget)
        words.add(found.verdict.word)
        assert bool(found.replay) == (found.verdict.word == "lockup")
    assert words == {"budget", "lockup"}


def test_a_budget_that_is_just_enough_is_enough() -> None:
    needed = len(explore("h1-two-task-cycle").graph)
    assert explore("h1-two-task-cycle", budget=needed).graph.complete
    assert not explore("h1-two-task-cycle", budget=needed - 1).graph.complete


@pytest.mark.parametrize("budget", [0, -1])
def test_a_budget_below_one_is_refused(budget: int) -> None:
    with pytest.raises(InputError, match="a whole number from 1 up"):
        explore("h1-two-task-cycle", budget=budget)


# --- limits --------------------------------------------------------------------------------------


def test_a_loop_without_any_step_is_an_error_that_names_the_task() -> None:
    stage = Stage()

    def heart() -> Routine:
        while True:
            yield sleep(1)

    stage.task(heart, "heart")
    with pytest.raises(ModelError, match="heart loops for ever"):
        explored(stage.model())


def test_a_task_with_too_many_states_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "LOCAL_BITS", 6)
    stage = Stage()
    word = stage.layout.word("word", 0)

    def counter() -> Routine:
        count = 0
        while count < 100:
            yield swap(word, 0)
            count += 1

    stage.task(counter, "counter")
    with pytest.raises(InputError, match="counter has more than 64 states; set smaller sizes"):
        search.search(Space(stage.model()), "any", 1 << 20)


def test_a_machine_with_too_many_states_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "SHARED_BITS", 4)
    with pytest.raises(InputError, match="the machine has more than 16 states"):
        explore("h1-two-task-cycle")


def test_three_hundred_tasks_can_be_numbered() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        yield write(word, 1)
        yield wait_for(stage.panic, 1)

    for _ in range(300):
        stage.task(body)
    graph = search.search(Space(stage.model()), "any", 10)
    assert max(graph.mover) == 299


def test_time_is_not_a_state() -> None:
    """Costs and sleeps between two steps make no difference to the explorer."""
    sizes = set()
    for microseconds in (0, 10):
        stage = Stage()
        word = stage.layout.word("word", 0)

        def body(microseconds: int, word=word) -> Routine:  # type: ignore[no-untyped-def]
            yield write(word, 1)
            if microseconds:
                yield cost(microseconds)
            yield write(word, 2)

        stage.task(lambda microseconds=microseconds: body(microseconds))  # type: ignore[misc]
        stage.task(lambda microseconds=microseconds: body(microseconds))  # type: ignore[misc]
        sizes.add(len(explored(stage.model())))
    assert len(sizes) == 1
