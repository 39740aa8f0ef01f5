"""All schedules of a model: is there one from which nobody gets out?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.explorer.constants import explore_model
from oomlab.explorer.counterexample import (
    Schedule,
    circle_through,
    shortest_schedule,
)
from oomlab.explorer.graph import Graph, Timeouts
from oomlab.explorer.replay import replay, write_replay
from oomlab.explorer.verdict import Verdict, circling, judge
from oomlab.remedies import find_remedy
from oomlab.scenarios import find_scenario
from oomlab.scenarios.parameters import Value

BUDGET = 4_000_000
"""States after which an exploration stops unless told otherwise: enough for the RFC's offload with
three tasks, and within a gibibyte (our choice)."""

TIMEOUT_RULES: tuple[Timeouts, ...] = ("any", "idle")


@dataclass(frozen=True)
class Exploration:
    """What one exploration found.

    `schedule` leads to a lockup (empty if there is none) and, where tasks go round in circles, once
    round the circle; `point_of_no_return` counts the steps after which the lockup is certain.
    `replay` is the schedule as a string for `oomlab replay`.
    """

    scenario: str
    remedy: str
    settings: dict[str, Value]
    timeouts: Timeouts
    graph: Graph
    verdict: Verdict
    schedule: Schedule
    circle: int
    point_of_no_return: int | None
    replay: str


@checked(leave="timeouts")
def explore(
    scenario: str,
    remedy: str = "mainline",
    given: Mapping[str, object] | None = None,
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
) -> Exploration:
    """Explore a scenario in its small scope.

    Raises InputError for an unknown name, a value that is not valid, or a budget below 1.
    """
    if timeouts not in TIMEOUT_RULES:
        raise unknown("timeout rule", timeouts, TIMEOUT_RULES)
    if budget < 1:
        raise InputError(f"the budget cannot be {budget} states; valid: a whole number from 1 up")
    found = find_scenario(scenario)
    settings = found.settle(given, "explorer")
    rule: Timeouts = "idle" if timeouts == "idle" else "any"
    model = found.build(settings, find_remedy(remedy))
    graph = explore_model(model, rule, budget)
    verdict = judge(graph)
    schedule, circle = _counterexample(graph, verdict)
    return Exploration(
        scenario,
        remedy,
        settings,
        rule,
        graph,
        verdict,
        schedule,
        circle,
        _point_of_no_return(graph, verdict, schedule),
        write_replay(scenario, remedy, settings, model, schedule) if schedule else "",
    )


def _counterexample(graph: Graph, verdict: Verdict) -> tuple[Schedule, int]:
    """A schedule to a state where nobody can move, or to a circle that nobody can leave and once
    round it, whichever takes fewer context switches; and the length of that circle."""
    if verdict.word != "lockup":
        return (), 0
    members = circling(graph, verdict)
    schedule, end = shortest_schedule(graph, members.union(verdict.stuck))
    circle = circle_through(graph, end, members)
    return schedule + circle, len(circle)


def _point_of_no_return(graph: Graph, verdict: Verdict, schedule: Schedule) -> int | None:
    """How many steps lead to the first state that nobody gets out of."""
    if verdict.word != "lockup":
        return None
    space, state, taken = graph.space, graph.states[0], 0
    numbers = {state: i for i, state in enumerate(graph.states)}
    while not verdict.lockups[numbers[state]]:
        if taken == len(schedule):
            return None
        choice = schedule[taken]
        taken += space.steps_in(state, choice.task, choice.outcome)
        state += space.moves(state, choice.task)[choice.outcome][0]
    return taken


__all__ = ["BUDGET", "TIMEOUT_RULES", "Exploration", "explore", "replay"]
