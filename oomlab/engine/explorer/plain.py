"""A second explorer, as simple as can be: no automata, no numbers, no shortcuts.

A state is the shared state and, for each task, everything that happened to it. A routine is run
again from the start for every such history. It is many times slower than the real one and must say
the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from oomlab.engine.explorer.folding import is_folded
from oomlab.engine.model import Model
from oomlab.engine.ops import TIME_KINDS, Op, Outcome, Routine, State, outcomes
from oomlab.engine.routines import frames, local_state

History = tuple[Hashable, ...]
"""The results that a task's ops have given so far."""

Identity = tuple[State, tuple[Hashable, ...]]
"""What makes two states the same: the shared state, and where each task stands."""


class Here(NamedTuple):
    """A state with one way of getting there."""

    shared: State
    histories: tuple[History, ...]


class Naive:
    """All states of `model` under a timeout rule ("any" or "idle"), at most `budget` of them.

    `all_locals`: two local states are equal only if all variables are, dead ones too.
    """

    def __init__(
        self, model: Model, timeouts: str = "any", *, all_locals: bool = False, budget: int = 20_000
    ) -> None:
        self.model = model
        self.all_locals = all_locals
        self.budget = budget
        self.plain: dict[Identity, set[Identity]] = {}
        self.late: dict[Identity, set[Identity]] = {}
        self.goals: set[Identity] = set()
        self.panics: set[Identity] = set()
        self.complete = True
        self._ways: dict[Identity, Here] = {}
        self._stands: dict[tuple[int, History], tuple[Op | None, Hashable]] = {}
        here = self._boot()
        self.start = (
            here.shared,
            tuple(self._stand(t, h)[1] for t, h in enumerate(here.histories)),
        )
        self._ways[self.start] = here
        self._close([self.start])
        if timeouts == "any":
            while self._close([n for nexts in self.late.values() for n in nexts]):
                pass
            self.moves = {key: self.plain[key] | self.late[key] for key in self.plain}
        else:
            self.moves = self._idle()

    # --- walking --------------------------------------------------------------------------------

    def _stand(self, task: int, history: History) -> tuple[Op | None, Hashable]:
        """What a task does next after a history, and where it stands."""
        known = self._stands.get((task, history))
        if known is None:
            routine, op = self._run(task, history)
            known = self._stands[task, history] = (op, self._local(routine, op))
        return known

    def _run(self, task: int, history: History) -> tuple[Routine, Op | None]:
        routine = self.model.actors[task].body()
        try:
            op = next(routine)
            for result in history:
                op = routine.send(result)
        except StopIteration:
            return routine, None
        return routine, op

    def _boot(self) -> Here:
        shared, histories = self.model.layout.initial, []
        for actor in self.model.actors:
            history: History = ()
            if actor.serves:
                while True:
                    op, _ = self._stand(actor.index, history)
                    if op is None or op.kind in TIME_KINDS:
                        break
                    found = outcomes(shared, actor.index, op)
                    if not found:
                        break
                    shared, history = found[0].state, (*history, found[0].result)
            histories.append(history)
        return Here(shared, tuple(histories))

    def _local(self, routine: Routine, op: Op | None) -> Hashable:
        if op is None:
            return None
        if not self.all_locals:
            return local_state(routine, op)
        return (
            op,
            *((f.f_code, f.f_lasti, tuple(sorted(f.f_locals.items()))) for f in frames(routine)),
        )

    def _after(self, key: Identity, task: int, outcome: Outcome) -> Identity:
        """The state after one step, and what follows it that nobody can notice."""
        locals_, histories = key[1], self._ways[key].histories
        shared, history = outcome.state, (*histories[task], outcome.result)
        while True:
            op, _ = self._stand(task, history)
            if op is None or not is_folded(op, task):
                break
            (only,) = outcomes(shared, task, op)
            shared, history = only.state, (*history, only.result)
        local = self._stand(task, history)[1]
        after = (shared, (*locals_[:task], local, *locals_[task + 1 :]))
        way = Here(shared, (*histories[:task], history, *histories[task + 1 :]))
        self._ways.setdefault(after, way)
        return after

    def _ended(self, here: Here) -> bool:
        if here.shared[self.model.panicked.index]:
            return True
        return all(
            self._stand(a.index, here.histories[a.index])[0] is None
            for a in self.model.actors
            if a.foreground
        )

    def _close(self, begin: list[Identity]) -> bool:
        """Follow plain moves, breadth first. Was anything new?"""
        queue = [key for key in begin if key not in self.plain]
        found = bool(queue)
        for key in queue:
            if key in self.plain:
                continue
            if len(self.plain) >= self.budget:
                self.complete = False
                self.plain[key] = self.late[key] = set()
                return False
            here = self._ways[key]
            self.plain[key], self.late[key] = set(), set()
            if self._ended(here):
                self.goals.add(key)
                if here.shared[self.model.panicked.index]:
                    self.panics.add(key)
                continue
            for task in range(len(self.model.actors)):
                op, _ = self._stand(task, here.histories[task])
                if op is None:
                    continue
                for outcome in outcomes(here.shared, task, op):
                    after = self._after(key, task, outcome)
                    (self.late if outcome.timeout else self.plain)[key].add(after)
            queue += self.plain[key]
        return found

    # --- the idle rule --------------------------------------------------------------------------

    def _idle(self) -> dict[Identity, set[Identity]]:
        """A timeout may run out where plain moves lead nowhere that they do not lead back from."""
        moves: dict[Identity, set[Identity]] = {}
        while self.complete:
            to_the_end = reachable(backwards(self.plain), *self.goals)
            for key in self.plain:
                if key in moves:
                    continue
                moves[key] = set(self.plain[key])
                if self.late[key] and key not in to_the_end:
                    reach = reachable(self.plain, key)
                    if all(key in reachable(self.plain, other) for other in reach - {key}):
                        moves[key] |= self.late[key]
            if not self._close([n for nexts in moves.values() for n in nexts]):
                break
        return moves

    # --- verdicts -------------------------------------------------------------------------------

    def verdicts(self) -> dict[str, bool]:
        """Is there a lockup, a blocked lockup, a livelock, a panic?"""
        before = backwards(self.moves)
        can_end = self.goals | reachable(before, *self.goals)
        lockups = set(self.moves) - can_end
        stuck = {key for key in lockups if not self.moves[key]}
        can_stick = stuck | reachable(before, *stuck)
        return {
            "lockup": bool(lockups),
            "blocked": bool(stuck),
            "livelock": bool(lockups - can_stick),
            "panic": bool(self.panics),
        }


def reachable(moves: dict[Identity, set[Identity]], *starts: Identity) -> set[Identity]:
    """Everything one or more moves away."""
    found: set[Identity] = set()
    stack = list(starts)
    while stack:
        for after in moves[stack.pop()]:
            if after not in found:
                found.add(after)
                stack.append(after)
    return found


def backwards(moves: dict[Identity, set[Identity]]) -> dict[Identity, set[Identity]]:
    """The same moves, each from its end to its beginning."""
    found: dict[Identity, set[Identity]] = {key: set() for key in moves}
    for key, nexts in moves.items():
        for after in nexts:
            found[after].add(key)
    return found
