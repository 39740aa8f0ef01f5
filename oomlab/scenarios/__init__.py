"""The situations of the thread, each with the verdict it must give beside its code."""

from __future__ import annotations

from oomlab.errors import unknown
from oomlab.scenarios.scenario import Engine, Expectation, Scenario
from oomlab.scenarios.three_task_poll import THREE_TASK_POLL
from oomlab.scenarios.two_task_cycle import TWO_TASK_CYCLE

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario for scenario in (TWO_TASK_CYCLE, THREE_TASK_POLL)
}


def find_scenario(name: str) -> Scenario:
    """The scenario called `name`. Raises InputError naming all scenarios."""
    if name not in SCENARIOS:
        raise unknown("scenario", name, SCENARIOS)
    return SCENARIOS[name]


__all__ = ["SCENARIOS", "Engine", "Expectation", "Scenario", "find_scenario"]
