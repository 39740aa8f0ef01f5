"""The OOM killer (mm/oom_kill.c, Linux 4.13, and what the traits of later releases change)."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.ops import (
    ABORT_SELECTION,
    NOTHING_TO_KILL,
    OOM_SCORE_ADJ_MIN,
    Routine,
    add,
    cost,
    log,
    read,
    sleep,
    swap,
    write,
)
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_reaper import set_oom_skip, wake_oom_reaper
from oomlab.kernel.oom_select import sacrifice, worst_of
from oomlab.kernel.process import Constraint, MemCgroup
from oomlab.kernel.task import Process, Task
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "A process that dies of itself",
        "It is not told from one that was sent SIGKILL. Kernel threads that borrow a victim's "
        "memory are left out.",
    ),
    Limit(
        "simplified",
        "The report of a kill",
        "One line is printed for each, after a stated time. The kernel prints pages of it, at most "
        "ten times in five seconds, and takes as long as the slowest console.",
    ),
)


@dataclass(frozen=True, eq=False)
class OomControl:
    """Who asks, as far as it makes a difference (struct oom_control).

    `sysrq`: a person does (order -1). `memcg`: a group has reached its limit, not the machine.
    """

    sysrq: bool = False
    memcg: MemCgroup | None = None


ALLOCATOR = OomControl()
"""The page allocator, or the page-fault handler."""

SYSRQ = OomControl(sysrq=True)
"""SysRq-f."""


def out_of_memory(machine: Machine, current: Task, gfp: int, oc: OomControl = ALLOCATOR) -> Routine:
    """Let the listeners give memory back; failing that, kill (the caller holds oom_lock).

    Result: True means that somebody makes progress and the caller should try again, not that
    memory is there. The notifiers run before the test for `__GFP_FS`, so a request that may not
    kill runs them too, with whatever filesystem locks its task holds. `gfp` 0 is a page fault,
    which may kill. Pages from a listener settle the matter, but from 5.17 on not for the person who
    pressed SysRq-f: somebody is killed all the same.
    """
    if machine.oom_killer_disabled is not None:
        disabled = yield read(machine.oom_killer_disabled)
        if disabled:
            return False
    if machine.switches.fs_test_first and gfp and not gfp & flags.FS:
        return True
    if oc.memcg is None:
        freed = yield from machine.delivery.notify(machine, current)
        goes_on = oc.sysrq and not machine.traits.sysrq_f_stops_at_freed_pages
        if freed > 0 and not goes_on:
            return True
    dying = yield from task_will_free_mem(machine, current.process)
    if dying and current.process is not None:
        yield from mark_oom_victim(current.process)
        yield from wake_oom_reaper(machine, current.process)
        return True
    if gfp and not gfp & flags.FS:
        return True
    if panics(machine, current, oc):
        yield from panic(machine, "out of memory. panic_on_oom is enabled")
        return False
    if kills_allocating_task(machine, current, oc) and current.process is not None:
        yield from oom_kill_process(machine, current.process, oc)
        return True
    victim = yield worst_of(machine, oc.memcg, sysrq=oc.sysrq)
    if victim == ABORT_SELECTION:
        return True
    if victim == NOTHING_TO_KILL:
        yield from nobody_to_kill(machine, oc)
        return False
    killed = yield from oom_kill_process(machine, machine.processes[victim], oc)
    if killed.shares_mm(current.process):
        return True  # the nap is killable, and the signal is there
    if machine.traits.killer_naps_under_oom_lock:
        yield sleep(1)
    return True


def task_will_free_mem(machine: Machine, process: Process | None) -> Routine:
    """Result: is `process` dying, with memory that is still to come back? Whoever shares that
    memory must be dying too."""
    if process is None or process.traits.dumping_core:
        return False
    dying = yield read(process.sigkill)
    if not dying:
        return False
    mm = yield read(process.mm)
    if mm not in ("used", "victim"):
        return False
    sharers = machine.sharers(process)
    for i in range(len(sharers)):
        dying = yield read(sharers[i].sigkill)
        gone = yield read(sharers[i].mm)
        if not dying and gone != "gone":
            return False
    return True


def constrained_alloc(current: Task, oc: OomControl) -> Constraint:
    """What kept the request from using all memory. There is one node, so that a cpuset or a memory
    policy excludes nobody from being killed; it matters for panic_on_oom."""
    if oc.memcg is not None:
        return "memcg"
    return "none" if current.process is None else current.process.traits.constraint


def panics(machine: Machine, current: Task, oc: OomControl) -> bool:
    """Does the sysctl panic_on_oom say that the machine should rather stop (check_panic_on_oom)?
    1: unless the request was constrained; 2: always; never because a person asked for a kill."""
    if not machine.switches.panic_on_oom or oc.sysrq:
        return False
    return machine.switches.panic_on_oom == 2 or constrained_alloc(current, oc) == "none"


def kills_allocating_task(machine: Machine, current: Task, oc: OomControl) -> bool:
    """Does the sysctl oom_kill_allocating_task settle who is killed?"""
    process = current.process
    if not machine.switches.oom_kill_allocating_task or oc.memcg is not None or process is None:
        return False
    traits = process.traits
    return not traits.is_init and traits.oom_score_adj != OOM_SCORE_ADJ_MIN


def nobody_to_kill(machine: Machine, oc: OomControl) -> Routine:
    """No process is eligible: a real shortage stops the machine, a person or a group gets a line
    in the log (none before 4.19)."""
    if machine.traits.says_nobody_to_kill:
        yield log("Out of memory and no killable processes...")
    if not oc.sysrq and oc.memcg is None:
        yield from panic(machine, "Out of memory and no killable processes...")


def panic(machine: Machine, why: str) -> Routine:
    """Stop the machine."""
    yield log(f"Kernel panic - not syncing: {why}")
    yield write(machine.panicked, 1)


def oom_kill_process(machine: Machine, victim: Process, oc: OomControl = ALLOCATOR) -> Routine:
    """Kill the chosen process, or a child of it. Result: who it was in the end.

    One that is dying anyway is only helped along. SIGKILL first, access to the reserves second, so
    that user code cannot eat them; then everybody who shares the memory; then the reaper, unless
    init shares it.
    """
    dying = yield from task_will_free_mem(machine, victim)
    if dying:
        yield from mark_oom_victim(victim)
        yield from wake_oom_reaper(machine, victim)
        return victim
    victim = yield from sacrifice(machine, victim, oc.memcg)
    yield cost(machine.costs.print_us)
    yield log(f"{message(oc)}: Kill process {victim.name}")
    yield write(victim.sigkill, 1)
    yield from mark_oom_victim(victim)
    can_reap = yield from kill_sharers(machine, victim)
    if can_reap:
        yield from wake_oom_reaper(machine, victim)
    return victim


def message(oc: OomControl) -> str:
    """How the report of a kill begins."""
    if oc.memcg is not None:
        return "Memory cgroup out of memory"
    return "Out of memory"


def kill_sharers(machine: Machine, victim: Process) -> Routine:
    """Kill everybody else who lives in the victim's memory. Result: may it be reaped? Not if init
    lives in it: then it is marked as if it had been (MMF_OOM_SKIP)."""
    can_reap = True
    sharers = machine.sharers(victim)
    for i in range(len(sharers)):
        if sharers[i].traits.is_init:
            can_reap = False
            yield from set_oom_skip(machine, victim)
        else:
            yield write(sharers[i].sigkill, 1)
    return can_reap


def mark_oom_victim(victim: Process) -> Routine:
    """Open the reserves to the victim and make it the one victim of the moment."""
    already = yield swap(victim.memdie, 1)
    if not already:
        if victim.victims is not None:
            yield add(victim.victims.count, 1)
        mm = yield read(victim.mm)
        if mm == "used":
            yield write(victim.mm, "victim")
