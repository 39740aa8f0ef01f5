"""Small machines that are written as a text: a task a line, its steps behind a colon.

    reader: lock a; lock b; unlock b; unlock a
    writer: lock b; poll a; unlock a; unlock b

`poll` tries a lock until it has it, a tick apart; `wait` sleeps until an event has come, for which
some task has `signal`. Nothing else happens in such a machine, so that all that is to be said of it
is about who waits for whom.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from oomlab.analysis import LockOrderGraph, lock_order_graph
from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer
from oomlab.course.objection import BUDGET, exhaust
from oomlab.course.variants import Draw
from oomlab.engine.explorer import explore_model
from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.player import Player
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import (
    Routine,
    Slot,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    sleep,
    wake,
    write,
)
from oomlab.engine.slots import Says
from oomlab.errors import InputError, shown
from oomlab.experiment import Experiment
from oomlab.kernel.wait import wait_event
from oomlab.remedies import Remedy
from oomlab.scenarios import Scenario
from oomlab.scenarios.parameters import Parameter, Settings

VERBS = ("lock", "unlock", "poll", "wait", "signal")
MOST_TASKS = 5
MOST_STEPS = 20
"""Tasks of a machine and steps of a task (our choice)."""

_TASK = re.compile(r"([a-z][a-z0-9_]{0,19})\s*:\s*(.*)")
_STEP = re.compile(r"([a-z]+)\s+([a-z][a-z0-9_]{0,19})")


@dataclass(frozen=True)
class CrewTask:
    """A task: its name, and its steps as pairs of a verb and a name."""

    name: str
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Crew:
    """A machine that was read."""

    tasks: tuple[CrewTask, ...]

    def names(self, *verbs: str) -> tuple[str, ...]:
        """The things that stand behind one of these verbs, each once."""
        found = (on for task in self.tasks for verb, on in task.steps if verb in verbs)
        return tuple(dict.fromkeys(found))

    @property
    def locks(self) -> tuple[str, ...]:
        """All locks."""
        return self.names("lock", "unlock", "poll")


@lru_cache(maxsize=64)
def read_crew(text: str) -> Crew:
    """Read a machine. Raises InputError naming the line that is not understood."""
    tasks = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        match = _TASK.fullmatch(line)
        if not match:
            raise InputError(f"{shown(line)} is not a task; write: name: lock a; unlock a")
        steps = []
        for part in filter(None, (each.strip() for each in match[2].split(";"))):
            step = _STEP.fullmatch(part)
            if not step or step[1] not in VERBS:
                raise InputError(
                    f"{shown(part)} is not a step of {match[1]}; valid: {', '.join(VERBS)}, each"
                    " with a name behind it"
                )
            steps.append((step[1], step[2]))
        tasks.append(CrewTask(match[1], tuple(steps)))
    crew = Crew(tuple(tasks))
    _hold_together(crew)
    return crew


def _hold_together(crew: Crew) -> None:
    """Raises InputError for a machine that makes no sense."""
    if not 0 < len(crew.tasks) <= MOST_TASKS:
        raise InputError(f"a machine has from 1 to {MOST_TASKS} tasks, not {len(crew.tasks)}")
    if len({task.name for task in crew.tasks}) < len(crew.tasks):
        raise InputError("two tasks have one name")
    events = crew.names("wait", "signal")
    both = set(crew.locks).intersection(events)
    if both:
        raise InputError(f"{min(both)} is a lock and an event")
    silent = set(crew.names("wait")) - set(crew.names("signal"))
    if silent:
        raise InputError(f"nobody has `signal {min(silent)}`")
    for task in crew.tasks:
        held: list[str] = []
        if len(task.steps) > MOST_STEPS:
            raise InputError(f"{task.name} has more than {MOST_STEPS} steps")
        for verb, on in task.steps:
            if verb in ("lock", "poll"):
                if on in held:
                    raise InputError(f"{task.name} takes {on} although it has it")
                held.append(on)
            elif verb == "unlock":
                if on not in held:
                    raise InputError(f"{task.name} lets go of {on} without having it")
                held.remove(on)
        if held:
            raise InputError(f"{task.name} keeps {held[0]} for ever; add: unlock {held[0]}")


@dataclass(frozen=True, eq=False)
class _Things:
    """The slots of a machine, by name."""

    locks: dict[str, Slot]
    events: dict[str, tuple[Slot, Slot]]


@checked
def driver_machine(text: str) -> Scenario:
    """The machine that `text` describes, to be shown and explored. Raises InputError."""
    read = read_crew(text)

    def build(settings: Settings, remedy: Remedy) -> Model:
        layout = Layout()
        polled = read.names("poll")
        locks = {name: layout.mutex(name, polled=name in polled) for name in read.locks}
        events = {
            name: (
                layout.word(name, 0, says={"write": Says(told="{task} signals " + name)}),
                layout.queue(f"waiters for {name}", "anybody"),
            )
            for name in read.names("wait", "signal")
        }
        things = _Things(locks, events)
        actors = [
            Actor(n, task.name, "a task", _body(things, task), True, False, n)
            for n, task in enumerate(read.tasks)
        ]
        return Model(layout, actors, layout.word("panic", 0), 250)

    limit = Parameter("limit_s", "simulated seconds", 10.0, 0.001, 1e6)
    return Scenario("ps9-crew", "a machine of locks and events", (limit,), {}, build, ())


def _body(things: _Things, task: CrewTask) -> Callable[[], Routine]:
    return lambda: plays(things, task.steps)


def plays(things: _Things, steps: tuple[tuple[str, str], ...]) -> Routine:
    """A task: its steps, one after the other."""
    for i in range(len(steps)):
        verb, on = steps[i]
        if verb == "lock":
            yield mutex_lock(things.locks[on])
        elif verb == "unlock":
            yield mutex_unlock(things.locks[on])
        elif verb == "poll":
            got = yield mutex_trylock(things.locks[on])
            while not got:
                yield sleep(1)
                got = yield mutex_trylock(things.locks[on])
        elif verb == "signal":
            yield write(things.events[on][0], 1)
            yield wake(things.events[on][1])
        else:
            yield from wait_event(things.events[on][1], things.events[on][0], 1)


def lockdep_of(text: str) -> LockOrderGraph:
    """What lockdep learns of a machine whose tasks run one after the other, each as far as it can,
    until all are through or nobody can move: one run, the quietest that there is."""
    experiment = Experiment.of(driver_machine(text), engine="explorer")
    player = experiment.player()
    order: list[str] = []
    moved = True
    while moved:
        moved = False
        for actor in player.model.actors:
            while _gets_on(player, actor.index):
                player.step(ScheduledMove(actor.index))
                order.append(actor.name)
                moved = True
    return lock_order_graph([experiment.play(",".join(order))], "4.18")


def _gets_on(player: Player, task: int) -> bool:
    """Can the task make a step that is no poll in vain?"""
    op, options = player.pending[task], player.options(task)
    if op is None or not options:
        return False
    return op.kind != "mutex_trylock" or bool(options[0].result)


@checked
def check_machine(
    text: object,
    warns: bool,
    locks_up: bool,
    without: tuple[str, ...] = (),
    most_locks: int = 9,
) -> Answer:
    """Is `text` a machine of which lockdep warns or not, and which can lock up or not, as asked?

    `without`: verbs that it may not have. Half right is one of which one of the two is as asked.
    """
    try:
        require_answer(text)
        if not isinstance(text, str):
            raise InputError(f"a machine is a text, not {shown(text)}")
        read = read_crew(text)
        for verb in without:
            if read.names(verb):
                raise InputError(f"it has `{verb}`, which this task is to do without")
        if len(read.locks) > most_locks:
            raise InputError(f"it has {len(read.locks)} locks, and may have {most_locks}")
    except InputError as error:
        return refused(error)
    graph, found = lockdep_of(text), explore_model(machine_model(text), budget=BUDGET)
    cycles, lockup = graph.cycles(), found.verdict.word == "lockup"
    part = 0.5 if bool(cycles) == warns or lockup == locks_up else 0.0
    learned = ", ".join(f"{edge.held} -> {edge.taken}" for edge in graph.edges) or "nothing"
    if bool(cycles) != warns:
        if cycles:
            said = f"lockdep does warn: {' -> '.join((*cycles[0].locks, cycles[0].locks[0]))}"
        else:
            said = "lockdep has nothing to warn of"
        return Answer(False, f"{said}.", (f"it learns: {learned}",), part)
    if lockup != locks_up:
        if not lockup:
            said = f"it cannot lock up: all {len(found.graph):,} states were tried."
            return Answer(False, said, part=part)
        experiment = Experiment.of(driver_machine(text), engine="explorer")
        objection = exhaust(
            experiment, "it", "", lambda way: f'show("{way}", driver_machine(text))'
        )
        return replace(objection, sentence="it can lock up.", part=part)
    first = "warns" if warns else "says nothing"
    second = "it can lock up" if lockup else "it cannot lock up"
    return Answer(True, f"lockdep {first} (it learns: {learned}), and {second}.")


def machine_model(text: str) -> Model:
    """The model of a machine."""
    return Experiment.of(driver_machine(text), engine="explorer").model()


@checked
def can_lock_up(text: str) -> bool:
    """What the explorer says of a machine. Raises InputError."""
    return explore_model(machine_model(text), budget=BUDGET).verdict.word == "lockup"


@checked
def lockdep_warns(text: str) -> bool:
    """What lockdep says of a machine after a quiet run of it. Raises InputError."""
    return bool(lockdep_of(text).cycles())


@checked
def lockdep_learns(text: str) -> list[tuple[str, str]]:
    """The orders that lockdep learns from a quiet run: (held, asked for). Raises InputError."""
    return [(edge.held, edge.taken) for edge in lockdep_of(text).edges]


_PATTERNS = {
    "crossed": "{p}: lock {a}; lock {b}; unlock {b}; unlock {a}\n"
    "{q}: lock {b}; lock {a}; unlock {a}; unlock {b}",
    "gated": "{p}: lock {c}; lock {a}; lock {b}; unlock {b}; unlock {a}; unlock {c}\n"
    "{q}: lock {c}; lock {b}; lock {a}; unlock {a}; unlock {b}; unlock {c}",
    "ordered": "{p}: lock {a}; lock {b}; unlock {b}; unlock {a}\n"
    "{q}: lock {a}; unlock {a}; lock {b}; unlock {b}",
    "polled": "{p}: lock {a}; lock {b}; unlock {b}; unlock {a}\n"
    "{q}: lock {b}; poll {a}; unlock {a}; unlock {b}",
    "awaited": "{p}: lock {a}; wait {e}; unlock {a}\n{q}: lock {a}; unlock {a}; signal {e}",
    "round": "{p}: lock {a}; lock {b}; unlock {b}; unlock {a}\n"
    "{q}: lock {b}; lock {c}; unlock {c}; unlock {b}\n"
    "{r}: lock {c}; lock {a}; unlock {a}; unlock {c}",
}

_TASKS = ("reader", "writer", "flusher", "mapper", "resizer", "poller", "closer", "loader")
_LOCKS = ("tree", "list", "ring", "table", "queue", "page", "cache", "map")
_EVENTS = ("done", "ready", "empty", "drained")


def made_up_drivers(number: object = ...) -> dict[str, str]:
    """The five drivers of a student, by letter."""
    draw = Draw("ps9", number)
    hidden = forbidden_verb(number)
    unseen = "polled" if hidden == "poll" else "awaited"
    kinds = draw.some("order", ("crossed", "gated", "ordered", unseen, "round"), 5)
    made = {}
    for letter, kind in zip("ABCDE", kinds, strict=True):
        p, q, r = draw.some(f"tasks {letter}", _TASKS, 3)
        a, b, c = draw.some(f"locks {letter}", _LOCKS, 3)
        event = draw.one(f"event {letter}", _EVENTS)
        made[letter] = _PATTERNS[kind].format(p=p, q=q, r=r, a=a, b=b, c=c, e=event)
    return made


def forbidden_verb(number: object = ...) -> str:
    """What a student's last machine must do without: what the five drivers show already."""
    return Draw("ps9", number).one("unseen", ("poll", "wait"))
