"""Runs one kernel routine alone, without an engine: what does it ask for, what does it answer?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from oomlab.engine.model import Layout
from oomlab.engine.ops import Op, Routine, Slot, State, outcomes, put
from oomlab.kernel.compaction import Compaction
from oomlab.kernel.machine import KERNEL_4_13, Costs, Machine, NotifyOom
from oomlab.kernel.oom_notify import notify_in_context
from oomlab.kernel.task import Process, Task
from oomlab.kernel.zone import Watermarks, ZoneDetails
from oomlab.kernel_release import KernelRelease

MARKS = Watermarks(10, 12, 14)

NEVER = 2_000
"""Steps after which a routine counts as going on for ever."""


def machine(
    free: int = 10,
    *,
    reclaimable: int = 0,
    marks: Watermarks = MARKS,
    notify: NotifyOom | None = None,
    kernel: KernelRelease = KERNEL_4_13,
    details: ZoneDetails | None = None,
    compaction: Compaction | None = None,
) -> Machine:
    """A machine with the given pages, by default stopping just at the min watermark, that tells
    the steps of the slow path."""
    booted = Machine.boot(
        Layout(),
        free=free,
        marks=marks,
        notify_oom=notify or notify_in_context,
        reclaimable=reclaimable,
        costs=Costs(),
        kernel=kernel,
        details=details,
    )
    booted.compaction = compaction
    booted.tells_steps = True
    return booted


def spawn(on: Machine, name: str = "task", process: Process | None = None, **how: Any) -> Task:
    """A task whose body does not matter: its routines are called directly."""
    return on.spawn(name, "plays a part", _nothing, process=process, **how)


def _nothing(task: Task) -> Routine:
    yield from ()


@dataclass(frozen=True)
class Solo:
    """What came of a routine that ran alone.

    `ending` is "returned", "blocked" (on the last op of `ops`) or "for ever". `steps` are those of
    the slow path, on a machine that tells them.
    """

    ending: str
    result: Any
    ops: tuple[tuple[Op, Any], ...]
    state: State
    steps: tuple[str, ...] = ()

    def kinds(self) -> list[str]:
        """What was done, in order."""
        return [op.kind for op, _ in self.ops]

    def first(self, kind: str, on: str) -> int:
        """The place of the first such op. Raises ValueError if there is none."""
        names = [(op.kind, op.slots[0].name if op.slots else "") for op, _ in self.ops]
        return names.index((kind, on))

    def said(self) -> list[str]:
        """The lines of the kernel log."""
        return [str(op.args[0]) for op, _ in self.ops if op.kind == "log"]


def solo(
    on: Machine,
    task: Task,
    routine: Routine,
    *,
    given: dict[Slot, Hashable] | None = None,
    meanwhile: Callable[[Op, State], State] | None = None,
) -> Solo:
    """Run `routine` as `task`, alone, from the initial state changed by `given`.

    `meanwhile` may change the state after each op, as another task would.
    """
    state = on.layout.initial
    for slot, value in (given or {}).items():
        state = put(state, slot, value)
    done: list[tuple[Op, Any]] = []
    steps: list[str] = []
    try:
        op = next(routine)
        while len(done) < NEVER:
            found = outcomes(state, task.index, op)
            if not found:
                return Solo("blocked", None, (*done, (op, None)), state, tuple(steps))
            state = found[0].state
            tells_step = op.kind == "note" and op.args[0] == "step"
            if tells_step:
                steps.append(str(op.args[1]))
            elif op.kind != "note":  # a remark for the reader of a trace is no deed
                done.append((op, found[0].result))
            if meanwhile is not None and not tells_step:
                state = meanwhile(op, state)
            op = routine.send(found[0].result)
    except StopIteration as stop:
        return Solo("returned", stop.value, tuple(done), state, tuple(steps))
    return Solo("for ever", None, tuple(done), state, tuple(steps))
