"""All schedules of a model: is there one from which nobody gets out?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from oomlab.brief import brief, table
from oomlab.checked import checked
from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.counterexample import (
    Schedule,
    circle_through,
    shortest_schedule,
    switches,
)
from oomlab.engine.explorer.graph import TIMEOUT_RULES, Graph, Timeouts, Watch, check_search
from oomlab.engine.explorer.space import Space
from oomlab.engine.explorer.verdict import Verdict, circling, judge
from oomlab.engine.model import Model
from oomlab.errors import InputError

BUDGET = 4_000_000
"""States after which an exploration stops unless told otherwise: enough for the RFC's offload with
three tasks, and within a gibibyte (our choice)."""


@brief
@dataclass(frozen=True)
class Exploration:
    """What one exploration found, and of what: the first three as in `Trace`.

    `schedule` leads to a lockup (empty if there is none) and, where tasks go round in circles, once
    round the circle, which is `circle` steps long; `point_of_no_return` counts the steps after
    which the lockup is certain. `replay` is the schedule as `oomlab replay` takes it; "" where
    there is none or the model has no name. `rebuild` makes the model again, if that can be done by
    name.
    """

    scenario: str
    remedy: str
    settings: dict[str, float | str]
    timeouts: Timeouts
    graph: Graph
    verdict: Verdict
    schedule: Schedule
    circle: int
    point_of_no_return: int | None
    replay: str = ""
    rebuild: Callable[[], Model] | None = None

    @property
    def ending(self) -> str:
        """What the verdict means, in words; if not all states were seen, why."""
        return self.verdict.ending(self.graph.stopped_by)

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        rows = [
            ("Verdict", f"{self.verdict.word}: {self.ending}"),
            ("Reachable", self.verdict.reachable),
            ("Seen", f"{len(self.graph):,} states, {self.graph.transitions:,} moves"),
            ("Stopped by", self.graph.stopped_by or "nothing: every state was seen"),
        ]
        if self.schedule:
            taken = len(self.schedule) - self.circle
            way = f"{taken} steps, {switches(self.schedule[:taken])} context switches"
            if self.circle:
                way += f", then {self.circle} steps that repeat for ever"
            rows += [("Shortest way to a lockup", way), ("Replay", self.replay)]
        return table(f"{self.scenario} under {self.remedy}, timeouts: {self.timeouts}", rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """Tasks are functions and cannot be stored; what was learned of them can, where it is known
        how to make them again."""
        if self.rebuild is None:
            raise InputError("an exploration of a model without a name cannot be stored")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        graph = values.pop("graph")
        arrays = {field.name: getattr(graph, field.name) for field in fields(graph)}
        learned = arrays.pop("space").learned_state()
        return _restored, (values, arrays, learned)

    @property
    def switches(self) -> int:
        """How often `schedule` changes from one task to another."""
        return switches(self.schedule)


def _restored(
    values: dict[str, Any], arrays: dict[str, Any], learned: dict[str, Any]
) -> Exploration:
    """An exploration again, after it was stored."""
    model = values["rebuild"]()
    return Exploration(graph=Graph(Space.restored(model, learned), **arrays), **values)


@checked(leave="timeouts")
def explore_model(
    model: Model,
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
    reduced: bool = True,
    watch: Watch | None = None,
) -> Exploration:
    """Explore a model under a rule about time limits, up to a number of states.

    `watch` is told now and then how many states and moves are known; if what it returns is true,
    the search ends with what was found so far.

    With `reduced=False` steps that change no verdict (reading what never changes, letting go of a
    lock that nobody polls) are moves of their own; the graph is then that of `explore_plainly`.

    The search ends early where the budget or the machine's memory does; the verdict then says so.
    Raises InputError for a rule that is not one of TIMEOUT_RULES, a budget outside 1 to
    MOST_STATES, and where not even the judging has room.
    """
    rule = check_search(timeouts, budget)
    try:
        return _explored(model, rule, budget, reduced=reduced, watch=watch)
    except MemoryError:
        raise InputError(
            "memory ran out before what was found could be judged; set a smaller budget than "
            f"{budget} states, or smaller sizes"
        ) from None


def _explored(
    model: Model, rule: Timeouts, budget: int, *, reduced: bool, watch: Watch | None
) -> Exploration:
    graph = state_graph(model, rule, budget, reduced=reduced, watch=watch)
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


__all__ = [
    "BUDGET",
    "ENDINGS",
    "TIMEOUT_RULES",
    "Exploration",
    "Graph",
    "Watch",
    "explore_model",
]
