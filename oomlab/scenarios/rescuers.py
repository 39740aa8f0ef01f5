"""Other callers of the OOM killer, and the reaper's work: what any scenario can be given besides
its own tasks, to see who gets past oom_lock.

Each is a task with a job that should end, so that a run in which one of them stays stuck does not
end well. None of them is there unless a parameter asks for it.
"""

from __future__ import annotations

from oomlab.engine.ops import (
    Routine,
    announce_write,
    down_write,
    io,
    log,
    move,
    sleep,
    up_write,
    wait_for,
    write,
)
from oomlab.gfp import flags
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_disable import FREEZE_TIMEOUT_S, oom_killer_disable, oom_killer_enable
from oomlab.kernel.oom_page_fault import pagefault_out_of_memory
from oomlab.kernel.oom_reaper import wake_oom_reaper
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.process import MemCgroup, ProcessTraits
from oomlab.kernel.sysrq import moom_callback
from oomlab.kernel.task import Process, Task, fatal_signal_pending
from oomlab.scenarios.parameters import Parameter, Settings

RESCUER_PARAMETERS = (
    Parameter("sysrq", "1 if somebody presses SysRq-f at rescue_s, 0 if not", 0, only=(0, 1)),
    Parameter(
        "memcg_oom", "1 if a memory cgroup meets its limit at rescue_s, 0 if not", 0, only=(0, 1)
    ),
    Parameter(
        "suspend",
        "1 if the machine is to be suspended at rescue_s, its user tasks being as good as frozen,"
        " 0 if not",
        0,
        only=(0, 1),
    ),
    Parameter(
        "fault_oom",
        "1 if a page fault finds no memory at rescue_s and may kill for it, 0 if not",
        0,
        only=(0, 1),
    ),
    Parameter(
        "earlier_victim",
        "1 if the reaper has a victim left whose mmap_sem is in its way until rescue_s, 0 if not",
        0,
        only=(0, 1),
    ),
    Parameter("rescue_s", "when all that happens, in simulated seconds", 0.05, 0.0, 1e6),
)
"""What every scenario can be told about other ways into the OOM killer."""

NO_RESCUERS: Settings = {p.name: p.default for p in RESCUER_PARAMETERS}
"""None of them."""


def add_rescuers(machine: Machine, settings: Settings) -> None:
    """Add those that the settings ask for; a scenario with one of its own has no such setting."""
    starts_at_us = round(1_000_000 * settings["rescue_s"])
    if settings.get("sysrq"):
        add_sysrq(machine, starts_at_us, name="sysrq_f")
    if settings.get("memcg_oom"):
        add_memcg_oom(machine, starts_at_us)
    if settings.get("suspend"):
        add_suspend(machine, starts_at_us)
    if settings.get("fault_oom"):
        add_fault_oom(machine, starts_at_us)
    if settings.get("earlier_victim"):
        add_earlier_victim(machine, starts_at_us)


def add_sysrq(machine: Machine, starts_at_us: int, name: str = "sysrq") -> None:
    """Somebody presses SysRq-f."""
    machine.spawn(
        name,
        "a kernel worker that was asked for an OOM kill by hand",
        lambda task: moom_callback(machine, task),
        is_worker=True,
        starts_at_us=starts_at_us,
    )


def add_memcg_oom(machine: Machine, starts_at_us: int) -> None:
    """A task whose group has met its limit, and the process in the group that is worth killing."""
    memcg = MemCgroup.declare(machine.layout, "container")
    inside = ProcessTraits(memcg=memcg)
    large = machine.process("contained", 2, inside)
    machine.spawn(
        "contained",
        "the largest process of a memory cgroup; it sleeps",
        lambda task: sleep_until_killed(machine, large),
        process=large,
        serves=True,
    )
    machine.spawn(
        "memcg_task",
        "touches memory in a group that has met its limit",
        lambda task: pagefault_out_of_memory(machine, task, charge_failed=True),
        process=machine.process("memcg_task", 1, inside),
        starts_at_us=starts_at_us,
    )


def add_suspend(machine: Machine, starts_at_us: int) -> None:
    """Somebody closes the lid. The machine must have been booted for it (`suspends`)."""

    def suspend(task: Task) -> Routine:
        off = yield from oom_killer_disable(machine, task, FREEZE_TIMEOUT_S * machine.hz)
        if off:
            yield from oom_killer_enable(machine)
        else:
            yield log("Freezing of tasks failed: OOM victims are still around")

    machine.spawn("pm_suspend", "switches the OOM killer off", suspend, starts_at_us=starts_at_us)


def add_fault_oom(machine: Machine, starts_at_us: int) -> None:
    """A task whose fault handler asks for memory without waiting, as some drivers do."""
    machine.spawn(
        "driver_fault",
        "touches memory of a driver that does not wait for a page",
        lambda task: fault_without_waiting(machine, task),
        process=machine.process("driver_fault", 1),
        starts_at_us=starts_at_us,
    )


def fault_without_waiting(machine: Machine, current: Task) -> Routine:
    """Take the fault again and again until there is a page; each time none is there, ask the OOM
    killer on the way out."""
    assert current.process is not None
    killed = False
    while not killed:
        got = yield from alloc_page(machine, current, flags.GFP_NOWAIT | flags.NOWARN)
        if got:
            yield move(current.hand, machine.zone.free, 1)
            break
        yield from pagefault_out_of_memory(machine, current)
        killed = yield from fatal_signal_pending(current)
        yield sleep(1)
    if killed:
        yield from do_exit(machine, current.process)


def add_earlier_victim(machine: Machine, held_us: int) -> None:
    """A process that was killed before the run began, and that cannot exit yet: it holds its
    mmap_sem for writing, so that the reaper's first attempt fails."""
    victim = machine.process("earlier_victim", 1, mmap_sem=True)
    machine.spawn(
        "earlier_victim",
        "was killed before all this began, and is in the middle of changing its mappings",
        lambda task: die_slowly(machine, victim, max(1, held_us)),
        process=victim,
    )


def die_slowly(machine: Machine, victim: Process, held_us: int) -> Routine:
    """Hold mmap_sem for so long; then wait until the reaper is done, and exit.

    The exit could be as quick as the reaper. That it waits is our choice: to see the reaper work.
    """
    assert victim.mmap_sem is not None
    yield announce_write(victim.mmap_sem)
    yield down_write(victim.mmap_sem)
    yield write(victim.sigkill, 1)
    yield write(victim.memdie, 1)
    yield write(victim.mm, "victim")
    yield from wake_oom_reaper(machine, victim)
    yield io(held_us, held_us)
    yield up_write(victim.mmap_sem)
    yield wait_for(victim.mm, "skip")
    yield from do_exit(machine, victim)


def sleep_until_killed(machine: Machine, process: Process) -> Routine:
    """Own memory and sleep, until a signal says that it is over."""
    yield wait_for(process.sigkill, 1)
    yield from do_exit(machine, process)
