"""r15-suspend-barrier: a callback goes on after the machine believes that none can.

oom_killer_disable gets oom_lock once and lets go of it. In the released kernels that proves that no
callback is running, and the devices are suspended next. With the RFC the caller may have given up
and let go of oom_lock while the thread is still in the chain: the callback goes on beside a suspend
that thinks itself alone, and writes to a device that is suspended already.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import ANY_AMOUNT, Routine, Slot, log, move, wait_for, write
from oomlab.engine.properties import never
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import walkers
from oomlab.kernel.oom_disable import FREEZE_TIMEOUT_S, oom_killer_disable
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.virtio_balloon import BalloonDevice, VirtioBalloon, virtballoon_freeze
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_sleeping_hog, die_if_killed
from oomlab.scenarios.machines import (
    BALLOON_PARAMETERS,
    COMMON_PARAMETERS,
    SMALL_BALLOON,
    boot,
    with_default,
    without,
)
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

ASLEEP = "the machine sleeps"

PARAMETERS = (
    Parameter(
        "late_caller",
        "1 if a kernel worker runs out of memory once the OOM killer is off, 0 if nobody does",
        0,
        only=(0, 1),
    ),
    *without(COMMON_PARAMETERS, "suspend"),
    *with_default(with_default(BALLOON_PARAMETERS, "host_us", 8_000_000), "balloon_pages", 256),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """A user task that needs a page and is then frozen, somebody large who can be killed for it, a
    balloon whose host takes longer than anybody waits, and the suspend."""
    machine = boot(settings, remedy, suspends=True)
    frozen = machine.layout.word(
        "user tasks are frozen",
        0,
        says={"write": "is frozen", "wait_for": "sees that the user tasks are frozen"},
    )
    asleep = machine.layout.word(ASLEEP, 0)
    machine.spawn(
        "user",
        "needs a page, and is then frozen",
        lambda task: user_task(machine, task, frozen),
        process=machine.process("user", 1),
    )
    host_us = int(settings["host_us"])
    vb = add_balloon(
        machine,
        settings,
        remedy,
        device=BalloonDevice(
            deflate_on_oom=bool(settings["deflate_on_oom"]),
            host_us=(host_us, host_us),
            shows_size=True,
        ),
    )
    machine.spawn(
        "suspend",
        "puts the machine to sleep",
        lambda task: suspend(machine, task, frozen, asleep, vb),
    )
    if settings["late_caller"]:
        taken = machine.layout.pool("memory taken by kworker", role="kept")
        machine.spawn(
            "kworker",
            "uses up the memory while the machine is being suspended, and asks for more",
            lambda task: late_caller(machine, task, taken),
            is_worker=True,
        )
    add_sleeping_hog(machine, settings)
    return machine.model()


def late_caller(machine: Machine, current: Task, taken: Slot) -> Routine:
    """Use up the memory when the OOM killer has been switched off, and ask for one page more."""
    assert machine.oom_killer_disabled is not None
    yield wait_for(machine.oom_killer_disabled, 1)
    yield move(machine.zone.free, taken, ANY_AMOUNT)
    got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
    yield move(taken, machine.zone.free, ANY_AMOUNT)


def user_task(machine: Machine, current: Task, frozen: Slot) -> Routine:
    """Touch one page; then there is nothing in the way of being frozen."""
    got = yield from alloc_page(machine, current, flags.GFP_HIGHUSER_MOVABLE)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
    yield from die_if_killed(machine, current)
    yield write(frozen, 1)


def suspend(
    machine: Machine, current: Task, frozen: Slot, asleep: Slot, vb: VirtioBalloon
) -> Routine:
    """Freeze the user tasks, switch the OOM killer off, suspend the device (suspend_prepare and
    dpm_suspend, as far as they matter here)."""
    yield wait_for(frozen, 1)
    off = yield from oom_killer_disable(machine, current, FREEZE_TIMEOUT_S * machine.hz)
    if not off:
        yield log("Freezing of tasks failed: OOM victims are still around")
        return
    yield from virtballoon_freeze(vb, current)
    yield write(asleep, 1)


SUSPEND_BARRIER = Scenario(
    "r15-suspend-barrier",
    "a callback goes on after oom_killer_disable has returned",
    PARAMETERS,
    {**SMALL_BALLOON, "balloon_pages": 0, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline", "recovered": "offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
    properties=(
        never(
            "the machine sleeps while the chain is walked",
            lambda values: values[ASLEEP] and bool(walkers(values)),
        ),
    ),
    titles=("A callback goes on during suspend",),
)
