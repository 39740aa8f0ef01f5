"""A verdict from fewer states: those in which nobody can take a step that no other task can notice.

The graph that `explore_model` gives is for looking at: its states are counted, drawn and walked
through. Whoever only wants the verdict, of a machine whose states do not fit, asks here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oomlab.brief import brief, table
from oomlab.checked import checked
from oomlab.engine.explorer import BUDGET
from oomlab.engine.explorer.constants import AtOnce, ample_graph
from oomlab.engine.explorer.counterexample import Schedule, ScheduledMove, shortest_path
from oomlab.engine.explorer.graph import Graph, Timeouts, Watch, check_search
from oomlab.engine.explorer.space import Space
from oomlab.engine.explorer.verdict import Verdict, circling, judge
from oomlab.engine.model import Model
from oomlab.errors import InputError


@brief
@dataclass(frozen=True)
class Decision:
    """What was decided, and of what: the first three as in `Trace`.

    `verdict` is that of the whole graph, word and flags; its lists are about the states of `graph`,
    in which every move is one that others may notice, with all that follows it at once. `schedule`
    leads to a lockup, to the circle or the standstill at its end; it can be replayed, and a shorter
    one may exist: the shortest is that of `explore`.
    """

    scenario: str
    remedy: str
    settings: dict[str, float | str]
    timeouts: Timeouts
    verdict: Verdict
    graph: Graph = field(repr=False)
    schedule: Schedule = ()
    replay: str = ""

    @property
    def ending(self) -> str:
        """What the verdict means, in words; if it could not be decided, why."""
        return self.verdict.ending(self.graph.stopped_by)

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        rows = [
            ("Verdict", f"{self.verdict.word}: {self.ending}"),
            ("Reachable", self.verdict.reachable),
            ("Looked at", f"{len(self.graph):,} states, {self.graph.transitions:,} moves"),
        ]
        if self.replay:
            rows.append(("Replay", self.replay))
        return table(f"{self.scenario} under {self.remedy}, timeouts: {self.timeouts}", rows)


@checked(leave="timeouts")
def decide_model(
    model: Model, *, timeouts: str = "any", budget: int = BUDGET, watch: Watch | None = None
) -> Decision:
    """The verdict on a model under a rule about time limits, from as few states as is known to be
    sound (see `ample`), up to a number of them.

    `watch` as in `explore_model`. What steps can be noticed is found out from the model, and what
    was taken to be so while it was searched has been found so at the end: with a budget that does
    not suffice there may be no verdict where `explore_model` has one.

    Raises InputError as `explore_model` does.
    """
    rule = check_search(timeouts, budget)
    try:
        graph, end = ample_graph(model, rule, budget, watch=watch)
        verdict = judge(graph)
        schedule: Schedule = ()
        if verdict.word == "lockup":
            schedule = _schedule(graph, verdict, end)
    except MemoryError:
        raise InputError(
            "memory ran out before what was found could be judged; set a smaller budget than "
            f"{budget} states, or smaller sizes"
        ) from None
    return Decision("a model", "", {}, rule, verdict, graph, schedule)


def _schedule(graph: Graph, verdict: Verdict, at_once: AtOnce) -> Schedule:
    """A way to a lockup, step by step."""
    space = graph.space
    path = shortest_path(graph, circling(graph, verdict).union(verdict.stuck))
    state, found = space.start, list[ScheduledMove]()

    def move(task: int, outcome: int) -> None:
        nonlocal state
        found.append(ScheduledMove(task, outcome))
        found.extend([ScheduledMove(task)] * (space.steps_in(state, task, outcome) - 1))
        state += space.moves_of(state, task)[outcome]

    def follow() -> None:
        for task in at_once(state):
            move(task, 0)

    follow()
    for task, target in path:
        move(task, _outcome(space, state, task, graph.states[target], at_once))
        follow()
    return tuple(found)


def _outcome(space: Space, state: int, task: int, target: int, at_once: AtOnce) -> int:
    """Which outcome of the move of `task` comes to rest in `target`."""
    for outcome, delta in enumerate(space.moves_of(state, task)):
        after = state + delta
        for other in at_once(after):
            after += space.moves_of(after, other)[0]
        if after == target:
            return outcome
    raise ValueError("there is no such move")
