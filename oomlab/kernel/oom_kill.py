"""The OOM killer and its reaper (mm/oom_kill.c, Linux 4.13)."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import KERNEL_4_19, Machine
from oomlab.kernel.task import Process, Task, fatal_signal_pending
from oomlab.kernel.wait import wait_event
from oomlab.limits import Limit
from oomlab.ops import (
    ABORT_SELECTION,
    ANY_AMOUNT,
    NOTHING_TO_KILL,
    Routine,
    add,
    log,
    move,
    mutex_lock,
    mutex_unlock,
    read,
    select_bad_process,
    sleep,
    swap,
    wake,
    write,
)

LIMITS = (
    Limit(
        "not modelled",
        "Other ways into the OOM killer",
        "Memory cgroups and page-fault OOM.",
    ),
)


@dataclass(frozen=True)
class OomControl:
    """Who asks, as far as it makes a difference (struct oom_control). `sysrq`: a person does."""

    sysrq: bool = False


ALLOCATOR = OomControl()
SYSRQ = OomControl(sysrq=True)


def out_of_memory(machine: Machine, current: Task, gfp: int, oc: OomControl = ALLOCATOR) -> Routine:
    """Let the listeners give memory back; failing that, kill (the caller holds oom_lock).

    Result: True means that somebody makes progress and the caller should try again, not that
    memory is there. The notifiers run before the test for `__GFP_FS`, so a request that may not
    kill runs them too, with whatever filesystem locks its task holds.
    """
    if machine.oom_killer_disabled is not None:
        disabled = yield read(machine.oom_killer_disabled)
        if disabled:
            return False
    freed = yield from machine.notify_oom(machine, current)
    if freed > 0:
        return True
    dying = yield from task_will_free_mem(current)
    if dying and current.process is not None:
        yield from mark_oom_victim(current.process)
        yield from wake_oom_reaper(machine, current.process)
        return True
    if gfp and not gfp & flags.FS:
        return True
    victim = yield select_bad_process(machine.candidates())
    if victim == ABORT_SELECTION:
        return True
    if victim == NOTHING_TO_KILL and oc.sysrq:
        return False
    if victim == NOTHING_TO_KILL:
        yield log("Kernel panic - not syncing: Out of memory and no killable processes...")
        yield write(machine.panicked, 1)
        return False
    yield from oom_kill_process(machine, machine.processes[victim])
    if machine.kernel < KERNEL_4_19:
        yield sleep(1)
    return True


def task_will_free_mem(current: Task) -> Routine:
    """Result: is the caller dying, with memory that is still to come back?"""
    if current.process is None:
        return False
    dying = yield from fatal_signal_pending(current)
    if not dying:
        return False
    mm = yield read(current.process.mm)
    return mm in ("used", "victim")


def oom_kill_process(machine: Machine, victim: Process) -> Routine:
    """SIGKILL first, access to the reserves second, then the reaper."""
    yield log(f"Out of memory: Kill process {victim.name}")
    yield write(victim.sigkill, 1)
    yield from mark_oom_victim(victim)
    yield from wake_oom_reaper(machine, victim)


def mark_oom_victim(victim: Process) -> Routine:
    """Open the reserves to the victim and make it the one victim of the moment."""
    already = yield swap(victim.memdie, 1)
    if not already:
        if victim.victims is not None:
            yield add(victim.victims.count, 1)
        mm = yield read(victim.mm)
        if mm == "used":
            yield write(victim.mm, "victim")


def wake_oom_reaper(machine: Machine, victim: Process) -> Routine:
    """Queue the victim's memory for the reaper, once."""
    queued = yield read(machine.oom_reaper_list)
    if victim.number not in queued:
        yield write(machine.oom_reaper_list, (*queued, victim.number))
        yield wake(machine.oom_reaper_wait)


def oom_reaper(machine: Machine, current: Task) -> Routine:
    """The kernel thread that takes a victim's memory away without waiting for it to exit.

    It needs oom_lock, and waits for it like anybody else (until 4.19). mmap_sem is not modelled:
    the first attempt always succeeds.
    """
    while True:
        yield from wait_event(machine.oom_reaper_wait, machine.oom_reaper_list, (), equal=False)
        queue = yield swap(machine.oom_reaper_list, ())
        for i in range(len(queue)):
            yield from oom_reap_task(machine, machine.processes[queue[i]])


def oom_reap_task(machine: Machine, victim: Process) -> Routine:
    """Free what can be freed, then let the killer look elsewhere (MMF_OOM_SKIP)."""
    needs_lock = machine.kernel < KERNEL_4_19
    if needs_lock:
        yield mutex_lock(machine.oom_lock)
    reaped = yield move(victim.rss, machine.zone.free, ANY_AMOUNT)
    if needs_lock:
        yield mutex_unlock(machine.oom_lock)
    yield log(f"oom_reaper: reaped process {victim.name}, {reaped} pages")
    mm = yield read(victim.mm)
    if mm != "gone":
        yield write(victim.mm, "skip")
