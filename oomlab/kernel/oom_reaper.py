"""The OOM reaper: takes a victim's memory away without waiting for it to exit (mm/oom_kill.c)."""

from __future__ import annotations

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    down_read_trylock,
    holds_more,
    log,
    move,
    mutex_lock,
    mutex_unlock,
    pop,
    push,
    read,
    sleep,
    up_read,
    wake,
    write,
)
from oomlab.kernel.machine import Machine, ReaperTimers
from oomlab.kernel.task import Process, Task
from oomlab.kernel.wait import wait_event, wait_event_timeout
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "All memory of a victim can be reaped",
        "The kernel leaves shared, locked and huge pages to the victim's own exit.",
    ),
)

MAX_OOM_REAP_RETRIES = 10
RETRY_MS = 100
"""Attempts for one victim, and the rest between two of them."""


def add_oom_reaper(machine: Machine) -> None:
    """Add the kernel thread, and the timers of its victims where it waits before it looks."""
    machine.spawn(
        "oom_reaper",
        "kernel thread that frees a victim's memory",
        lambda task: oom_reaper(machine, task),
        serves=True,
    )
    timers = machine.reaper_timers
    if timers is not None:
        machine.spawn(
            "oom_reaper_timers",
            "timers that say when the reaper may look at a victim",
            lambda task: oom_reaper_timers(machine, timers),
            serves=True,
        )


def wake_oom_reaper(machine: Machine, victim: Process) -> Routine:
    """Put the victim on top of the reaper's stack, unless it is in there; where the reaper waits
    before it looks, have its timer do that (queue_oom_reaper)."""
    timers = machine.reaper_timers
    if timers is not None:
        queued = yield push(timers.queued, victim.number)
        if queued:
            yield wake(timers.wait)
        return
    pushed = yield push(machine.oom_reaper_list, victim.number)
    if pushed:
        yield wake(machine.oom_reaper_wait)


def oom_reaper(machine: Machine, current: Task) -> Routine:
    """The kernel thread: one victim after the other, the latest first."""
    while True:
        yield from wait_event(machine.oom_reaper_wait, machine.oom_reaper_list, (), equal=False)
        number = yield pop(machine.oom_reaper_list)
        yield from oom_reap_task(machine, machine.processes[number])


def oom_reaper_timers(machine: Machine, timers: ReaperTimers) -> Routine:
    """The timers of all victims in one: each runs out `reaper_delay_s` after the kill, and wakes
    the reaper unless the memory has been given back by then."""
    ticks = round(machine.traits.reaper_delay_s * machine.hz)
    known: tuple[int, ...] = ()
    pending: tuple[tuple[int, int], ...] = ()
    while True:
        passed = 0
        if pending:
            first = pending[0][1]
            left = yield from wait_event_timeout(
                timers.wait, timers.queued, known, first, equal=False
            )
            passed = max(0, first - left)
        else:
            yield from wait_event(timers.wait, timers.queued, known, equal=False)
        queued = yield read(timers.queued)
        started = queued[: len(queued) - len(known)]
        known = queued
        pending = (
            *((number, left - passed) for number, left in pending),
            *((number, ticks) for number in reversed(started)),
        )
        while pending and pending[0][1] <= 0:
            number, pending = pending[0][0], pending[1:]
            mm = yield read(machine.processes[number].mm)
            if mm in ("used", "victim"):
                yield push(machine.oom_reaper_list, number)
                yield wake(machine.oom_reaper_wait)


def oom_reap_task(machine: Machine, victim: Process) -> Routine:
    """Free what can be freed, in up to ten attempts; then let the killer look elsewhere
    (MMF_OOM_SKIP), whether anything was freed or not."""
    for i in range(MAX_OOM_REAP_RETRIES):
        done = yield from oom_reap_task_mm(machine, victim)
        if done:
            break
        if i == MAX_OOM_REAP_RETRIES - 1:
            yield log(f"oom_reaper: unable to reap process {victim.name}")
            break
        yield sleep(max(1, RETRY_MS * machine.hz // 1000))
    yield from set_oom_skip(machine, victim)


def oom_reap_task_mm(machine: Machine, victim: Process) -> Routine:
    """One attempt. Result: False if it should be made again. Of a victim that is gone already there
    is nothing to reap.

    It needs oom_lock, and waits for it like anybody else (until 4.18). mmap_sem it only tries. 4.14
    does not touch memory that is watched by MMU notifiers: it gives such a victim a second to exit,
    with oom_lock held.
    """
    needs_lock = machine.traits.reaper_takes_oom_lock
    if needs_lock:
        yield mutex_lock(machine.oom_lock)
    done = True
    if victim.mmap_sem is not None:
        done = yield down_read_trylock(victim.mmap_sem)
    if done and victim.traits.mmu_notifiers and machine.traits.reaper_spares_mmu_notifiers:
        if victim.mmap_sem is not None:
            yield up_read(victim.mmap_sem)
        yield sleep(machine.hz)
    elif done:
        left = yield holds_more((victim.rss,), 0)
        if left:
            yield machine.costs.reaping()
            reaped = yield move(victim.rss, machine.zone.free, ANY_AMOUNT)
            yield log(f"oom_reaper: reaped process {victim.name}, {reaped} pages")
        if victim.mmap_sem is not None:
            yield up_read(victim.mmap_sem)
    if needs_lock:
        yield mutex_unlock(machine.oom_lock)
    return done


def set_oom_skip(machine: Machine, victim: Process) -> Routine:
    """MMF_OOM_SKIP belongs to the memory, and so to all who live in it."""
    sharers = (victim, *machine.sharers(victim))
    for i in range(len(sharers)):
        mm = yield read(sharers[i].mm)
        if mm != "gone":
            yield write(sharers[i].mm, "skip")
