"""How a process ends, as far as its memory goes (kernel/exit.c)."""

from __future__ import annotations

from oomlab.engine.ops import ANY_AMOUNT, Routine, add, move, swap, wake, write
from oomlab.kernel.machine import Machine
from oomlab.kernel.process import OomVictims
from oomlab.kernel.task import Process
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "A victim's memory comes back all at once",
        "At the end of a time of our choice. In the kernel it trickles back page by page, so that "
        "who needs a few pages has them before the victim is gone.",
    ),
)


def do_exit(machine: Machine, process: Process) -> Routine:
    """Give all memory back, if nobody else lives in it, and stop being a victim (exit_mm)."""
    left = 0
    if process.users is not None:
        left = yield add(process.users, -1)
    if not left:
        yield machine.costs.exiting()
        yield move(process.rss, machine.zone.free, ANY_AMOUNT)
    yield write(process.mm, "gone")
    if process.victims is None:
        yield write(process.memdie, 0)
    else:
        yield from exit_oom_victim(process, process.victims)


def exit_oom_victim(process: Process, victims: OomVictims) -> Routine:
    """A victim is gone; the last one wakes who waits for that (mm/oom_kill.c)."""
    marked = yield swap(process.memdie, 0)
    if not marked:
        return
    left = yield add(victims.count, -1)
    if not left:
        yield wake(victims.wait)
