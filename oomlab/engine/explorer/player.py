"""Plays a schedule step by step, with a person or a stored schedule as the scheduler.

It runs the routines themselves, not the automata the explorer learned from them, and so is a check
on those as well.
"""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.folding import check_fold_length, is_folded
from oomlab.engine.model import Model
from oomlab.engine.ops import TIME_KINDS, Op, Outcome, State, outcomes
from oomlab.engine.routines import call_stack, local_state, position
from oomlab.engine.trace.events import How, Waiting
from oomlab.engine.trace.recorder import Recorder
from oomlab.errors import InputError, unknown


class ImpossibleStep(InputError):
    """A schedule asks for a step that its task cannot make; `step` counts from 1."""

    def __init__(self, step: int, why: str) -> None:
        super().__init__(f"step {step} is impossible: {why}")
        self.step = step


class Player:
    """A model that moves only when told to; background tasks are first brought to their wait."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.state: State = model.layout.initial
        self.recorder = Recorder(model)
        self.steps = 0
        self.routines = [actor.body() for actor in model.actors]
        self.pending: list[Op | None] = [next(routine, None) for routine in self.routines]
        self.blocked_since: dict[int, int] = {}
        for actor in model.actors:
            if actor.serves:
                self._to_first_wait(actor.index)
        self._note_blocks()
        self._idle = {
            actor.index: position(self.routines[actor.index])
            for actor in model.actors
            if actor.serves and self.pending[actor.index] is not None
        }

    def task_number(self, name: str) -> int:
        """The number of the task called `name`. Raises InputError naming all tasks."""
        for actor in self.model.actors:
            if actor.name == name:
                return actor.index
        raise unknown("task", name, (actor.name for actor in self.model.actors))

    def options(self, task: int) -> list[Outcome]:
        """What the task's next step can lead to; empty if it is blocked or has finished."""
        op = self.pending[task]
        return [] if op is None else outcomes(self.state, task, op)

    def function(self, task: int) -> str:
        """The kernel function that a task is in; "" if it has finished."""
        return call_stack(self.routines[task])[-1] if self.pending[task] else ""

    def ready(self) -> list[int]:
        """The tasks that can move."""
        return [actor.index for actor in self.model.actors if self.options(actor.index)]

    @property
    def panicked(self) -> bool:
        """Has the machine panicked?"""
        return bool(self.state[self.model.panicked.index])

    @property
    def ended(self) -> bool:
        """Have all foreground tasks finished, or has the machine panicked?"""
        unfinished = (self.pending[a.index] is not None for a in self.model.actors if a.foreground)
        return self.panicked or not any(unfinished)

    def step(self, choice: ScheduledMove) -> None:
        """Let one task make one step. Raises ImpossibleStep if it cannot."""
        number = self.steps + 1
        name = self.model.task_name(choice.task)
        if self.panicked:
            raise ImpossibleStep(number, "the machine has panicked")
        op = self.pending[choice.task]
        if op is None:
            raise ImpossibleStep(number, f"{name} has finished")
        options = self.options(choice.task)
        if not options:
            raise ImpossibleStep(number, f"{name} waits for {self._culprit(op)}")
        if choice.outcome >= len(options):
            raise ImpossibleStep(number, f"{name} has no outcome {choice.outcome} there")
        self.steps = number
        self._do(choice.task, op, options[choice.outcome])
        self._fold(choice.task)
        self._note_blocks()

    def _note_blocks(self) -> None:
        """Record who has just come to wait for somebody else, if only until a timeout."""
        for actor in self.model.actors:
            task = actor.index
            op = self.pending[task]
            if op is None or any(not option.timeout for option in self.options(task)):
                self.blocked_since.pop(task, None)
            elif task not in self.blocked_since:
                self.blocked_since[task] = self.steps
                stack = call_stack(self.routines[task])
                self.recorder.add(self.steps, task, stack, op, "blocked")

    def waiting(self) -> tuple[Waiting, ...]:
        """The tasks that have not finished; background tasks only if they are not just idle."""
        found = []
        for actor in self.model.actors:
            op = self.pending[actor.index]
            if op is None or self._is_idle(actor.index):
                continue
            if self.options(actor.index):
                found.append(Waiting(actor.name, "", "", self.steps, "ready"))
            else:
                since = self.blocked_since.get(actor.index, 0)
                name = op.slots[0].name
                how: How = "spins" if op.kind == "spin_lock" else "blocks"
                found.append(Waiting(actor.name, name, self._holder(op), since, how))
        return tuple(found)

    def fingerprint(self) -> Hashable:
        """Equal for two moments from which exactly the same can happen."""
        routines = zip(self.routines, self.pending, strict=True)
        return (self.state, tuple(local_state(r, op) if op else None for r, op in routines))

    def _is_idle(self, task: int) -> bool:
        return self._idle.get(task) == position(self.routines[task])

    def _holder(self, op: Op) -> str:
        slot = op.slots[0]
        shown = self.recorder.shown(slot, self.state[slot.index])
        if slot.kind == "mutex":
            return str(shown)
        if slot.kind == "rwsem":
            return shown["writer"] or ", ".join(shown["readers"])
        return ""

    def _culprit(self, op: Op) -> str:
        holder = self._holder(op)
        return f"{op.slots[0].name}, held by {holder}" if holder else op.slots[0].name

    def _do(self, task: int, op: Op, outcome: Outcome) -> None:
        before, self.state = self.state, outcome.state
        self.recorder.add(
            self.steps,
            task,
            call_stack(self.routines[task]),
            op,
            "timeout" if outcome.timeout else "done",
            before=before,
            after=outcome.state,
            result=outcome.result,
        )
        self.model.check(self.state)
        try:
            self.pending[task] = self.routines[task].send(outcome.result)
        except StopIteration:
            self.pending[task] = None

    def _fold(self, task: int) -> None:
        length = 0
        while (op := self.pending[task]) is not None and is_folded(op, task):
            length += 1
            check_fold_length(length, self.model.task_name(task))
            self._do(task, op, self.options(task)[0])

    def _to_first_wait(self, task: int) -> None:
        while (op := self.pending[task]) is not None and op.kind not in TIME_KINDS:
            options = self.options(task)
            if not options:
                return
            self._do(task, op, options[0])
