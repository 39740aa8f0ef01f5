"""What is too much, or cannot be together, is refused in words before any work is done."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from oomlab import explore, replay, run
from oomlab.course import check_lockup
from oomlab.engine.clock import engine
from oomlab.engine.explorer.graph import MOST_STATES
from oomlab.engine.explorer.schedules import MOST_STEPS
from oomlab.errors import InputError
from oomlab.kernel_release import KernelRelease
from oomlab.scenarios import ASKED, REVIEW, SCENARIOS, STUDIES, find_scenario
from oomlab.scenarios.parameters import MOST_TASKS

H1 = "h1-two-task-cycle"
ALL = {**SCENARIOS, **STUDIES, **REVIEW, **ASKED}


@pytest.mark.parametrize(
    "schedule",
    ["fs_task:999999," * 1000, "fs_task:999999", "fs_task," * (MOST_STEPS + 1), "," * 5_000_000],
    ids=["repeats", "repeat", "steps", "commas"],
)
def test_a_schedule_is_counted_before_it_is_written_out(schedule: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=f"more than {MOST_STEPS} steps"):
            replay(f"{H1}/mainline//{schedule}")
        assert tracemalloc.get_traced_memory()[1] < 20 * len(schedule) + 10_000_000
    finally:
        tracemalloc.stop()


def test_so_is_a_student_s() -> None:
    said = check_lockup("fs_task:999999," * 1000)
    assert not said.ok
    assert "more than 10000 steps" in said.sentence


def test_the_budget_is_kept_to_with_very_many_tasks() -> None:
    crowd = {"fault_tasks": MOST_TASKS, "nofs_tasks": MOST_TASKS, "optional_tasks": MOST_TASKS}
    found = explore(H1, given=crowd, budget=300)
    assert found.verdict.word == "budget"
    assert found.graph.stopped_by == "budget"
    # One state has a move of each task: no more than those of one state come on top.
    assert len(found.graph) <= 300 + 3 * MOST_TASKS + 10
    learned = sum(len(automaton.edges) for automaton in found.graph.space.automata)
    assert learned < 20_000


@pytest.mark.parametrize("budget", [0, -1, MOST_STATES + 1, 10**400])
def test_a_budget_that_cannot_be(budget: int) -> None:
    with pytest.raises(InputError, match="budget"):
        explore(H1, budget=budget)


def test_a_run_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STEPS_A_RUN", 1000)
    with pytest.raises(InputError, match=r"more than 1000 steps in its first .* limit_s"):
        run("inflate-under-pressure", given={"load_tasks": 4})


WRONG: tuple[Any, ...] = (
    10**400, -(10**400), 1e308 * 10, float("nan"), "nan", "inf", "1e400", True, np.bool_(True),
    None, [], {}, b"1", object(), 1j, Fraction(10**400, 3), "9" * 5000, np.array([1, 2]),
)  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_every_parameter_says_what_it_takes(name: str) -> None:
    scenario = find_scenario(name)
    for parameter in scenario.parameters:
        for wrong in WRONG:
            with pytest.raises(InputError, match=f"{parameter.name} cannot be .*; valid: ") as said:
                scenario.settle({parameter.name: wrong}, "clock")
            assert len(str(said.value)) < 400
        # Every setting has an end: none can ask for more work than a machine has.
        assert parameter.only or parameter.maximum <= 10**12
        usual = parameter.default
        if isinstance(usual, KernelRelease | str):
            assert scenario.settle({parameter.name: str(usual)}, "clock")[parameter.name] == usual
            continue
        other = np.int64(usual) if isinstance(usual, int) else np.float64(usual)
        settled = scenario.settle({parameter.name: other}, "clock")[parameter.name]
        assert settled == usual and type(settled) in (int, float)


PAIRS = [
    (scenario, parameter)
    for scenario in ALL.values()
    for parameter in scenario.parameters
    if parameter.within or parameter.above
]


@pytest.mark.parametrize(
    ("scenario", "parameter"), PAIRS, ids=[f"{s.name}-{p.name}" for s, p in PAIRS]
)
def test_what_no_machine_can_have_together_is_refused(scenario: Any, parameter: Any) -> None:
    usual = scenario.settle({}, "clock")
    if parameter.within:
        limit = int(usual[parameter.within])
        wrong, against = {parameter.name: limit + 1}, parameter.within
        scenario.settle({parameter.name: limit}, "clock")
    else:
        least = int(usual[parameter.above])
        wrong, against = {parameter.name: least - 1}, parameter.above
        scenario.settle({parameter.name: least}, "clock")
        scenario.settle({parameter.name: 0}, "clock")
    value = wrong[parameter.name]
    with pytest.raises(InputError, match=f"{parameter.name} cannot be {value} .*{against} is "):
        scenario.settle(wrong, "clock")


def test_every_place_for_pages_is_within_the_machine() -> None:
    wishes = {"callback_pages", "inflate_pages", "load_pages", "quick_pages", "slow_pages"}
    for scenario in ALL.values():
        for parameter in scenario.parameters:
            if parameter.name.endswith("_pages") and parameter.name != "managed_pages":
                assert (parameter.within == "managed_pages") is (parameter.name not in wishes)
