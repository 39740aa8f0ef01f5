"""The search that defines what the explorer says: every order of steps, as simply as can be.

A state is the shared state, and where each task stands. To find out where a task stands its routine
is run again from the start, with the results that its ops have given. There are no numbers, no
arrays and no shortcuts here; the quick search (`search`) must give the same graph, state by state
and move by move, and the tests hold the two side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from oomlab.checked import checked
from oomlab.engine.explorer.folding import is_folded
from oomlab.engine.explorer.graph import SpelledMoves, StateKey, check_search
from oomlab.engine.model import Model
from oomlab.engine.ops import TIME_KINDS, Op, Routine, State, outcomes
from oomlab.engine.routines import local_state

BUDGET = 20_000
"""States after which the search stops unless told otherwise: some seconds (our choice)."""

History: TypeAlias = tuple[Hashable, ...]
"""The results that a task's ops have given so far."""


@dataclass
class PlainGraph:
    """The states that were found, and the moves between them.

    `moves` has for every state the pairs (number of the task that moves, state after it). `goals`
    are the states in which the run is over. `complete` is False when the budget ran out; nothing
    that is said of such a graph counts.
    """

    start: StateKey
    moves: SpelledMoves = field(default_factory=dict)
    goals: set[StateKey] = field(default_factory=set)
    complete: bool = True

    @property
    def lockups(self) -> set[StateKey]:
        """The states from which the end can no longer be reached."""
        return self.moves.keys() - self.goals - reachable(backwards(self.moves), self.goals)

    @property
    def stuck(self) -> set[StateKey]:
        """The lockups in which nobody can move."""
        return {key for key in self.lockups if not self.moves[key]}

    @property
    def livelocks(self) -> set[StateKey]:
        """The lockups in which tasks can only move for ever, none where they may get stuck."""
        return self.lockups - self.stuck - reachable(backwards(self.moves), self.stuck)


@checked(leave="timeouts")
def explore_plainly(
    model: Model,
    *,
    timeouts: str = "any",
    budget: int = BUDGET,
    stands: Callable[[Routine, Op], Hashable] = local_state,
) -> PlainGraph:
    """All states of `model` that can be reached under a rule about time limits.

    "any": a time limit may run out at any moment. "idle": only in a state from which the other
    moves lead nowhere that they do not lead back from. `stands` tells where a routine stands, by
    itself and the op that it is about to do. Raises InputError as `explore_model` does.
    """
    waits = check_search(timeouts, budget) == "idle"
    search = _Search(model, stands, budget, waits=waits)
    graph, fresh, asked = search.graph, {search.graph.start}, set[StateKey]()
    allowed: SpelledMoves = {}
    while fresh and graph.complete:
        search.follow(fresh)
        back, fresh = backwards(graph.moves), set()
        # A run that is over leads nowhere: whatever leads to one need not be asked about.
        for key in search.late.keys() - asked - reachable(back, graph.goals):
            if reachable(graph.moves, {key}) <= reachable(back, {key}):
                allowed[key] = search.late[key]
                fresh |= {after for _, after in allowed[key]}
        asked |= search.late.keys()
    for key, moves in allowed.items():
        graph.moves[key] |= moves
    return graph


class _Search:
    """A graph that grows. If time limits wait (`waits`), their moves go to `late` instead."""

    def __init__(
        self, model: Model, stands: Callable[[Routine, Op], Hashable], budget: int, *, waits: bool
    ) -> None:
        self._model, self._stands, self._budget, self._waits = model, stands, budget, waits
        self._known: dict[tuple[int, History], tuple[Op | None, Hashable]] = {}
        self._histories: dict[StateKey, tuple[History, ...]] = {}  # one way of getting there
        self.late: SpelledMoves = {}
        self.graph = PlainGraph(self._boot())

    def follow(self, states: Iterable[StateKey]) -> None:
        """Find the moves of these states, and of all that they lead to."""
        graph, queue = self.graph, list(states)
        for key in queue:
            if key in graph.moves:
                continue
            if len(graph.moves) == self._budget:
                graph.complete = False
                return
            graph.moves[key] = set()
            if self._ended(key):
                graph.goals.add(key)
                continue
            for task, history in enumerate(self._histories[key]):
                op, _ = self._task(task, history)
                for outcome in outcomes(key[0], task, op) if op else ():
                    after = self._after(key, task, outcome.state, (*history, outcome.result))
                    late = outcome.timeout and self._waits
                    (self.late if late else graph.moves).setdefault(key, set()).add((task, after))
            queue += [after for _, after in graph.moves[key]]

    def _task(self, task: int, history: History) -> tuple[Op | None, Hashable]:
        """What a task does next after a history (None: it has finished), and where it stands."""
        if (task, history) not in self._known:
            routine = self._model.actors[task].body()
            op: Op | None = next(routine, None)
            try:
                for result in history:
                    op = routine.send(result)
            except StopIteration:
                op = None
            self._known[task, history] = (op, self._stands(routine, op) if op else None)
        return self._known[task, history]

    def _state(self, shared: State, histories: tuple[History, ...]) -> StateKey:
        key = (shared, tuple(self._task(task, past)[1] for task, past in enumerate(histories)))
        self._histories.setdefault(key, histories)
        return key

    def _boot(self) -> StateKey:
        """The first state: tasks that serve have run to where they wait for work, in order."""
        shared, histories = self._model.layout.initial, []
        for actor in self._model.actors:
            history: History = ()
            while actor.serves:
                op, _ = self._task(actor.index, history)
                found = outcomes(shared, actor.index, op) if op else []
                if not found or op is None or op.kind in TIME_KINDS:
                    break
                shared, history = found[0].state, (*history, found[0].result)
            histories.append(history)
        return self._state(shared, tuple(histories))

    def _after(self, key: StateKey, task: int, shared: State, history: History) -> StateKey:
        """The state after a step of `task`, and after what follows it that nobody can notice."""
        while (op := self._task(task, history)[0]) is not None and is_folded(op, task):
            (only,) = outcomes(shared, task, op)
            shared, history = only.state, (*history, only.result)
        histories = self._histories[key]
        return self._state(shared, (*histories[:task], history, *histories[task + 1 :]))

    def _ended(self, key: StateKey) -> bool:
        """Has the machine panicked, or has everybody finished who has a job that ends?"""
        working = any(key[1][actor.index] for actor in self._model.actors if actor.foreground)
        return bool(key[0][self._model.panicked.index]) or not working


def reachable(moves: SpelledMoves, starts: Iterable[StateKey]) -> set[StateKey]:
    """Everything one or more moves away."""
    found: set[StateKey] = set()
    stack = list(starts)
    while stack:
        fresh = {after for _, after in moves[stack.pop()]} - found
        found |= fresh
        stack += fresh
    return found


def backwards(moves: SpelledMoves) -> SpelledMoves:
    """The same moves, each from its end to its beginning."""
    found: SpelledMoves = {key: set() for key in moves}
    for key, nexts in moves.items():
        for task, after in nexts:
            found.setdefault(after, set()).add((task, key))
    return found
