"""Runs one kernel routine alone, without an engine: what does it ask for, what does it answer?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

from oomlab.engine.model import Layout
from oomlab.engine.ops import Op, Routine, Slot, State, outcomes, put
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import USUAL_SWITCHES, Switches
from oomlab.kernel.task import ORDINARY, Process, Task, TaskTraits
from oomlab.kernel.zone import Kswapd, Watermarks, Zone, ZoneDetails

MARKS = Watermarks(10, 12, 14)

NEVER = 2_000
"""Steps after which a routine counts as going on for ever."""


def machine(
    free: int = 10,
    *,
    reclaimable: int = 0,
    marks: Watermarks = MARKS,
    details: ZoneDetails | None = None,
    tells_steps: bool = True,
    swapper: bool = False,
    switches: Switches = USUAL_SWITCHES,
    **options: Any,
) -> Machine:
    """A machine with the given pages, by default stopping just at the min watermark, that tells
    the steps of the slow path; `swapper`: kswapd is on duty. `options` as for `Machine.boot`."""
    layout = Layout()
    return Machine.boot(
        layout,
        Zone.declare(layout, free, reclaimable, marks, details=details),
        switches=replace(switches, tells_steps=tells_steps),
        kswapd=Kswapd.declare(layout) if swapper else None,
        **options,
    )


def spawn(
    on: Machine,
    name: str = "task",
    process: Process | None = None,
    traits: TaskTraits = ORDINARY,
    *,
    is_worker: bool = False,
) -> Task:
    """A task whose body does not matter: its routines are called directly."""
    return on.spawn(
        name, "plays a part", _nothing, process=process, traits=traits, is_worker=is_worker
    )


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
