"""Asking the OOM killer, one step after the other, and what came of it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from oomlab.engine.ops import Routine, Slot
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.oom_kill import ALLOCATOR, OomControl, out_of_memory
from oomlab.kernel.process import ProcessTraits
from oomlab.kernel.task import Process, Task
from tests.kernel.solo import Solo, machine, solo, spawn


def asking(traits: ProcessTraits | None = None, **switches: Any) -> tuple[Machine, Task]:
    """A machine of 100,000 pages, and a small task that asks."""
    on = machine(total_pages=100_000, switches=Switches(**switches))
    return on, spawn(on, process=on.process("own", 5, traits or ProcessTraits()))


def ask(
    on: Machine, task: Task, routine: Routine, given: dict[Slot, Hashable] | None = None
) -> Solo:
    return solo(on, task, routine, given={on.oom_lock: task.index, **(given or {})})


def oom(
    on: Machine,
    task: Task,
    oc: OomControl = ALLOCATOR,
    gfp: int = flags.GFP_KERNEL,
    given: dict[Slot, Hashable] | None = None,
) -> Solo:
    return ask(on, task, out_of_memory(on, task, gfp, oc), given)


def killed(run: Solo) -> list[str]:
    """Who was sent SIGKILL, in order."""
    names = [op.slots[0].name for op, _ in run.ops if op.kind == "write"]
    return [n.removeprefix("SIGKILL for ") for n in names if n.startswith("SIGKILL")]


def panicked(on: Machine, run: Solo) -> bool:
    return bool(run.state[on.panicked.index])


def reaped(on: Machine, run: Solo) -> Hashable:
    return run.state[on.oom_reaper_list.index]


def mm(run: Solo, process: Process) -> Hashable:
    return run.state[process.mm.index]
