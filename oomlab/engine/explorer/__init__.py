"""All schedules of a model: is there one from which nobody gets out?"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.counterexample import (
    Schedule,
    circle_through,
    shortest_schedule,
    switches,
)
from oomlab.engine.explorer.graph import TIMEOUT_RULES, Graph, Timeouts, check_search
from oomlab.engine.explorer.verdict import Verdict, circling, judge
from oomlab.engine.model import Model

BUDGET = 4_000_000
"""States after which an exploration stops unless told otherwise: enough for the RFC's offload with
three tasks, and within a gibibyte (our choice)."""


@dataclass(frozen=True)
class Exploration:
    """What one exploration found, and of what: the first three as in `Trace`.

    `schedule` leads to a lockup (empty if there is none) and, where tasks go round in circles, once
    round the circle, which is `circle` steps long; `point_of_no_return` counts the steps after
    which the lockup is certain. `replay` is the schedule as `oomlab replay` takes it; "" where
    there is none or the model has no name.
    """

    scenario: str
    remedy: str
    settings: dict[str, int | float]
    timeouts: Timeouts
    graph: Graph
    verdict: Verdict
    schedule: Schedule
    circle: int
    point_of_no_return: int | None
    replay: str = ""

    @property
    def switches(self) -> int:
        """How often `schedule` changes from one task to another."""
        return switches(self.schedule)


def explore_model(
    model: Model, *, timeouts: str = "any", budget: int = BUDGET, reduced: bool = True
) -> Exploration:
    """Explore a model under a rule about time limits, up to a number of states.

    With `reduced=False` steps that change no verdict (reading what never changes, letting go of a
    lock that nobody polls) are moves of their own; the graph is then that of `explore_plainly`.

    Raises InputError for a rule that is not one of TIMEOUT_RULES, and for a budget below 1.
    """
    rule = check_search(timeouts, budget)
    graph = state_graph(model, rule, budget, reduced=reduced)
    verdict = judge(graph)
    schedule, circle = _counterexample(graph, verdict)
    return Exploration(
        "a model",
        "",
        {},
        rule,
        graph,
        verdict,
        schedule,
        circle,
        _point_of_no_return(graph, verdict, schedule),
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


__all__ = ["BUDGET", "TIMEOUT_RULES", "Exploration", "explore_model"]
