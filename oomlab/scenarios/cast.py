"""The tasks that play in the scenarios."""

from __future__ import annotations

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    io,
    move,
    mutex_lock,
    mutex_unlock,
    sleep,
    wait_for,
    write,
)
from oomlab.gfp import flags
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import ORDINARY, Task, TaskTraits, fatal_signal_pending
from oomlab.listeners.virtio_balloon import (
    BalloonDevice,
    VirtioBalloon,
    host,
    update_balloon_size_func,
    usual_device,
)
from oomlab.remedies import Remedy
from oomlab.scenarios.parameters import Settings


def add_oom_caller(machine: Machine, settings: Settings) -> None:
    """Whoever needs a page and comes to ask the OOM killer; see the parameter `oom_caller`."""
    if settings["oom_caller"]:
        add_hog(machine, settings)
        return
    fs_lock = machine.layout.mutex("fs_lock")
    add_filesystem_task(machine, fs_lock)
    add_sleeping_hog(machine, settings)


def add_hog(machine: Machine, settings: Settings) -> None:
    """The largest process, which touches more memory and may have somebody killed."""
    add_page_faulting_task(
        machine,
        "hog",
        "owns most of the memory and touches more",
        int(settings["hog_pages"]),
        int(settings["touches"]),
    )


def add_sleeping_hog(machine: Machine, settings: Settings) -> None:
    """The largest process, which only sleeps: the OOM killer's choice."""
    machine.spawn(
        "hog",
        "owns most of the memory and sleeps",
        lambda task: sleeping_process(machine, task),
        process=machine.process("hog", int(settings["hog_pages"])),
        serves=True,
    )


def add_filesystem_task(
    machine: Machine,
    fs_lock: Slot,
    name: str = "fs_task",
    owner: str = "writer",
    reclaim_us: Slot | None = None,
) -> None:
    """A task of the process `owner` that holds a filesystem's lock while it needs a page."""
    machine.spawn(
        name,
        "writes to a file and holds the filesystem's lock while it needs a page",
        lambda task: filesystem_task(machine, task, fs_lock),
        process=machine.process(owner, 1),
        traits=TaskTraits(reclaim_us=reclaim_us),
    )


def add_balloon(
    machine: Machine,
    settings: Settings,
    remedy: Remedy,
    worker_meets: Slot | None = None,
    device: BalloonDevice | None = None,
) -> VirtioBalloon:
    """The balloon with its host and, if `worker_meets` is given, its inflating worker, whose
    reclaim may meet that filesystem lock. `device` replaces what the settings say about it."""
    vb = VirtioBalloon.probe(
        machine,
        pages=int(settings["balloon_pages"]),
        batch=int(settings["batch"]),
        oom_pages=int(settings["callback_pages"]),
        device=device or usual_device(settings),
        policy=remedy.balloon,
    )
    if worker_meets is not None:
        machine.spawn(
            "balloon_worker",
            "inflates the balloon",
            lambda task: update_balloon_size_func(
                vb, task, int(settings["inflate_pages"]), int(settings["rounds"])
            ),
            is_worker=True,
            traits=TaskTraits((worker_meets,)) if settings["reclaim_meets_fs"] else ORDINARY,
        )
    machine.spawn("host", "answers the balloon", lambda task: host(vb), serves=True)
    return vb


def filesystem_task(machine: Machine, current: Task, fs_lock: Slot) -> Routine:
    """Write to a file: take the filesystem's lock, need a page (GFP_NOFS), let go of both."""
    yield mutex_lock(fs_lock)
    got = yield from alloc_page(machine, current, flags.GFP_NOFS)
    yield mutex_unlock(fs_lock)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
    yield from die_if_killed(machine, current)


def add_page_faulting_task(
    machine: Machine,
    name: str,
    what: str,
    rss: int,
    touches: int,
    reclaim_us: Slot | None = None,
) -> None:
    """A task that touches `touches` pages one after the other, or without end if that is 0; its
    process owns `rss` pages besides."""
    machine.spawn(
        name,
        what,
        lambda task: page_faulting_task(machine, task, touches),
        process=machine.process(name, rss),
        foreground=touches > 0,
        traits=TaskTraits(reclaim_us=reclaim_us),
    )


def page_faulting_task(machine: Machine, current: Task, touches: int) -> Routine:
    """Touch a page that is not there yet (GFP_HIGHUSER_MOVABLE), drop it, touch the next."""
    assert current.process is not None
    left = touches
    killed = False
    while not killed:
        got = yield from alloc_page(machine, current, flags.GFP_HIGHUSER_MOVABLE)
        if got:
            yield move(current.hand, machine.zone.free, 1)
        killed = yield from fatal_signal_pending(current)
        left -= touches > 0
        if touches and not left:
            break
        yield sleep(1)
    if killed:
        yield from do_exit(machine, current.process)


def sleeping_process(machine: Machine, current: Task) -> Routine:
    """Own memory and sleep, until a signal says that it is over."""
    assert current.process is not None
    yield wait_for(current.process.sigkill, 1)
    yield from do_exit(machine, current.process)


def die_if_killed(machine: Machine, current: Task) -> Routine:
    """On the way back to user mode: a task with SIGKILL pending exits."""
    assert current.process is not None
    killed = yield from fatal_signal_pending(current)
    if killed:
        yield from do_exit(machine, current.process)


def give_back(machine: Machine, elsewhere: Slot, at_us: int) -> Routine:
    """At that moment, which no timer of the kernel decides, make all pages of `elsewhere` free."""
    yield io(at_us, at_us)
    yield move(elsewhere, machine.zone.free, ANY_AMOUNT)


def kill_by_hand(machine: Machine, at_us: int) -> Routine:
    """At that moment, send SIGKILL to the hog, if there is one; no reserves are opened to it, as
    the OOM killer would."""
    hogs = tuple(process for process in machine.processes if process.name == "hog")
    yield io(at_us, at_us)
    for i in range(len(hogs)):
        yield write(hogs[i].sigkill, 1)
