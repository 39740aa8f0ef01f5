"""What scenarios must never, sometimes and eventually show, under both engines."""

from __future__ import annotations

import pytest

from oomlab import Experiment
from oomlab.engine.properties import PropertyAnswer
from oomlab.kernel.oom_watch import CLOSE_LABELS, LABELS, NEVER, STALE_CREDIT
from oomlab.scenarios import REVIEW, SCENARIOS

TWO = "two tasks walk the chain at once"
ASLEEP = "the machine sleeps while the chain is walked"
FREE = "oom_lock is free again"

BY_ALL_SCHEDULES: tuple[tuple[str, str, str, PropertyAnswer], ...] = (
    ("r11-double-thread", TWO, "mainline", "holds"),
    ("r11-double-thread", TWO, "offload", "violated"),
    ("r11-double-thread", TWO, "offload-sequence", "holds"),
    ("r11-double-thread", "somebody walks the chain", "mainline", "holds"),
    ("r15-suspend-barrier", ASLEEP, "mainline", "holds"),
    ("r15-suspend-barrier", ASLEEP, "offload", "violated"),
    ("h1-two-task-cycle", FREE, "mainline", "violated"),
    ("h1-two-task-cycle", FREE, "offload", "holds"),
)


@pytest.mark.parametrize(("scenario", "name", "remedy", "answer"), BY_ALL_SCHEDULES)
def test_the_explorer_says(scenario: str, name: str, remedy: str, answer: PropertyAnswer) -> None:
    """Without a ghost: a predicate looks at the kernel's own slots."""
    tried = Experiment.of(scenario, remedy, {"ghosts": 0}, engine="explorer")
    answers = {one.name: one.answer for one in tried.reports(tried.explore())}
    assert answers[name] == answer


BY_ONE_RUN: tuple[tuple[str, str, str, PropertyAnswer], ...] = (
    ("r15-suspend-barrier", ASLEEP, "mainline", "holds"),
    ("r15-suspend-barrier", ASLEEP, "offload", "violated"),
    ("h1-two-task-cycle", FREE, "offload", "holds"),
)


@pytest.mark.parametrize(("scenario", "name", "remedy", "answer"), BY_ONE_RUN)
def test_the_clock_says(scenario: str, name: str, remedy: str, answer: PropertyAnswer) -> None:
    tried = Experiment.of(scenario, remedy)
    (one,) = (one for one in tried.reports(tried.run()) if one.name == name)
    assert one.answer == answer
    assert (one.count > 0) == (one.first_us is not None)


def test_names_are_given_once() -> None:
    for scenario in (*SCENARIOS.values(), *REVIEW.values()):
        names = [one.name for one in (*scenario.properties, *NEVER.values())]
        assert len(names) == len(set(names)), scenario.name


def test_who_watches_adds_what_must_never_be_noted() -> None:
    for ghosts, labels in ((0, ()), (1, LABELS), (2, (*LABELS, *CLOSE_LABELS))):
        model = Experiment.of("h1-two-task-cycle", "offload", {"ghosts": ghosts}).model()
        assert tuple(one.name for one in model.properties) == (*labels, FREE)


def test_a_run_says_when_a_stale_credit_was_taken() -> None:
    tried = Experiment.of("h5-host-never-answers", "offload", {"ghosts": 1, "host_answers": 1})
    (one,) = (one for one in tried.reports(tried.run()) if one.name == STALE_CREDIT)
    assert (one.kind, one.count > 0) == ("never", one.answer == "violated")
