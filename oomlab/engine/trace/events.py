"""What leaves a run: events, and its ending. Judging, drawing and narrating read only this."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from oomlab.brief import brief, table
from oomlab.checked import checked
from oomlab.engine.slots import PLAIN, Facts

Condition = Literal["done", "blocked", "timeout", "sleeps", "polling", "polled", "unseen"]
"""How an event left its task.

`done`: the op took effect. `blocked`: it cannot, the task waits (a later event of the same task
ends the wait). `timeout`: a timed wait ran out. `sleeps`: time passes until `until_us`. `polling`:
from here on the task repeats its last iteration and nothing comes of it. `polled`: that
is over, `result` polls later. `unseen`: only what was read from a log has it; what the task does
from here on is not known.
"""

TraceOrigin = Literal["clock", "schedule", "log"]
"""Where a trace comes from."""

How = Literal["blocks", "spins", "polls", "sleeps", "ready"]
"""How a task waits; see Waiting."""

Json: TypeAlias = Any


@brief
@dataclass(
    slots=True
)  # not frozen: that would make it ten times as slow to create, by the thousand
class Event:
    """One step of one task.

    `at_us`: microseconds since the run began (in a replayed schedule: the number of the step).
    `stack`: kernel functions, outermost first. `on`: name of the slot it is about, or "" (of a
    note: what it is about; its `result` is what it says). `changes`: slots that have a new value,
    by name. `until_us`: when a sleep ends, else None.
    """

    at_us: int
    task: str
    stack: tuple[str, ...]
    op: str
    on: str
    condition: Condition
    result: Json = None
    changes: dict[str, Json] = field(default_factory=dict)
    until_us: int | None = None

    @property
    def function(self) -> str:
        """The innermost kernel function."""
        return self.stack[-1]


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """A task of the run: its name, what it does, whether the run waits for it to finish, and
    whether it runs what was queued on a workqueue."""

    name: str
    what: str
    foreground: bool
    is_worker: bool = False


@brief
@dataclass(frozen=True, slots=True)
class SlotInfo:
    """A slot of the shared state: kind as in `ops.SlotKind`, value at the beginning, and what was
    said of it where it was declared."""

    name: str
    kind: str
    initial: Json
    facts: Facts = PLAIN


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that had not finished when the run ended: what it waits for, who has it, since when.

    `how` is "blocks" (it sleeps until woken), "spins" (it keeps its CPU busy until it has a lock),
    "polls" (it looks again and again), "sleeps" or, in a replayed schedule, "ready" (it could
    move, but the schedule is over).
    """

    task: str
    waits_for: str
    held_by: str
    since_us: int
    how: How


@brief
@dataclass(frozen=True)
class Trace:
    """One whole run.

    `verdict` is one of `completed`, `recovered`, `deadlock`, `livelock`, `panic`, `time-limit`,
    or, for a replayed schedule, `stuck` (nothing can move), `repeats` (the last state was there
    before), `ended`, `panic` or `open` (somebody still could move), or, for what was read from the
    log of a machine, `log-ends`.
    `engine` is "clock", "schedule" or "log"; `hz`: timer ticks a second (0: not known).
    In a log a task's doings are not known before its first event. Where a log has no times, its
    `at_us` are numbers of lines, and the parameter `times` is "lines".
    """

    scenario: str
    remedy: str
    parameters: dict[str, int | float | str]
    seed: int
    engine: TraceOrigin
    hz: int
    tasks: tuple[TaskInfo, ...]
    slots: tuple[SlotInfo, ...]
    events: tuple[Event, ...]
    verdict: str
    ended_at_us: int
    waiting: tuple[Waiting, ...]

    @cached_property
    def _facts(self) -> dict[str, Facts]:
        return {slot.name: slot.facts for slot in self.slots}

    @property
    def timed(self) -> bool:
        """Are its moments times? They are numbers of steps in a replayed schedule, and of lines in
        a log without times."""
        return self.engine != "schedule" and self.parameters.get("times") != "lines"

    @checked
    def facts(self, name: str) -> Facts:
        """What was said of a slot where it was declared; PLAIN for what is no slot of this run."""
        return self._facts.get(name, PLAIN)

    @checked
    def values_at(self, at_us: int) -> dict[str, Json]:
        """Value of every slot after all events up to and including `at_us`."""
        values = {slot.name: slot.initial for slot in self.slots}
        for event in self.events:
            if event.at_us > at_us:
                break
            values.update(event.changes)
        return values

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        unit = "µs" if self.timed else "lines" if self.engine == "log" else "steps"
        rows = [
            ("Verdict", self.verdict),
            ("Ended at", f"{self.ended_at_us:,} {unit}"),
            ("Recorded", f"{len(self.events):,} events of {len(self.tasks)} tasks"),
        ]
        rows += [(w.task, f"waits for {w.waits_for}") for w in self.waiting[:8] if w.waits_for]
        return table(f"{self.scenario} under {self.remedy}, seed {self.seed}", rows)
