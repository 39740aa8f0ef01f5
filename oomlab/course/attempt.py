"""A student's schedule, played as far as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from oomlab.analysis import wait_for_graph, waiting_sentence
from oomlab.brief import brief
from oomlab.course.answer import require_answer
from oomlab.engine.explorer.counterexample import Schedule, switches
from oomlab.engine.explorer.player import ImpossibleStep, Player
from oomlab.engine.explorer.schedules import as_word, read_schedule, write_schedule
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.narration import tell_step, tell_waiting
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.scenarios import Scenario

SCENARIO = "h1-two-task-cycle"
REMEDY = "mainline"
EXAMPLE = "fs_task:2,balloon_worker"

MOST_STEPS = 10_000
"""A longer schedule is a slip of the keyboard (our choice)."""

GivenSettings = Mapping[str, object]

GivenMachine: TypeAlias = str | Scenario
"""The name of a scenario of the book, or a machine of a problem set."""


@dataclass(frozen=True)
class Stop:
    """The first step that its task cannot make, counted from 1.

    `lock`: the lock or queue the task waits for, "" if it has finished. `why`: the whole sentence.
    """

    step: int
    task: str
    lock: str
    why: str


@brief
@dataclass(frozen=True)
class Attempt:
    """The possible steps of a schedule, and where it stops if not all of them are possible.

    `possible` is that part of the schedule as text, `trace` what it did, `ready` the tasks that can
    move after it, `switches` how often the whole schedule changes tasks.
    """

    experiment: Experiment
    possible: str
    trace: Trace
    ready: tuple[str, ...]
    switches: int
    stop: Stop | None

    @property
    def steps(self) -> int:
        """How many steps were made."""
        return self.trace.ended_at_us

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of all tasks."""
        return tuple(task.name for task in self.trace.tasks)

    @property
    def locks(self) -> tuple[str, ...]:
        """The names of all locks."""
        return tuple(s.name for s in self.trace.slots if s.kind in ("mutex", "rwsem"))

    def held(self, task: str) -> frozenset[str]:
        """The locks that `task` holds at the end, for reading or writing."""
        values = self.trace.values_at(self.steps)
        return frozenset(lock for lock in self.locks if task in _holders(values[lock]))

    def waits(self) -> tuple[str, ...]:
        """Who waits for what at the end, one line for each wait."""
        edges = wait_for_graph(self.trace, self.steps).edges
        told = {edge.waiter for edge in edges}
        others = [w for w in self.trace.waiting if w.task not in told and w.how != "ready"]
        return (
            *(waiting_sentence(edge) for edge in edges),
            *(tell_waiting(waiting, timed=False) for waiting in others),
        )

    def next_steps(self) -> tuple[str, ...]:
        """What each task that can move would do, one line for each."""
        return tuple(f"can happen next: {self._next(task)}" for task in self.ready)

    def _next(self, task: str) -> str:
        schedule = f"{self.possible},{as_word(task)}" if self.possible else as_word(task)
        later = self.experiment.play(schedule)
        return tell_step(later, self.steps + 1).removesuffix(".")


def attempt(
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Attempt:
    """Play `schedule` until its end or its first impossible step, from the small scope.

    Raises InputError for what is not a schedule and for unknown names and settings.
    """
    experiment = Experiment.of(scenario, remedy, settings, engine="explorer")
    player = experiment.player()
    choices = read_schedule(player, _text(schedule), MOST_STEPS)
    impossible = None
    for choice in choices:
        try:
            player.step(choice)
        except ImpossibleStep as error:
            impossible = error
            break
    possible = write_schedule(player.model, choices[: player.steps])
    trace = experiment.play(possible)
    ready = () if player.panicked else tuple(map(player.model.task_name, player.ready()))
    stop = _stop(impossible, player, choices) if impossible else None
    return Attempt(experiment, possible, trace, ready, switches(choices), stop)


def _text(schedule: object) -> str:
    require_answer(schedule)
    if not isinstance(schedule, str):
        kind = type(schedule).__name__
        raise InputError(f"a schedule is a text such as {EXAMPLE!r}, not a value of type {kind}")
    text = ",".join(filter(None, (part.strip() for part in schedule.split(","))))
    if not text:
        raise InputError(f"the schedule is empty; write who moves, for example {EXAMPLE!r}")
    return text


def _stop(impossible: ImpossibleStep, player: Player, choices: Schedule) -> Stop:
    task = choices[impossible.step - 1].task
    op = player.pending[task]
    blocked = op is not None and not player.options(task)
    lock = op.slots[0].name if op is not None and blocked else ""
    return Stop(impossible.step, player.model.task_name(task), lock, str(impossible))


def _holders(value: object) -> tuple[str, ...]:
    """Who holds a lock that has `value` in a trace."""
    if isinstance(value, Mapping):
        return (*value["readers"], value["writer"])
    return (str(value),)
