"""The tasks that play in the scenarios, and the machine they play on."""

from __future__ import annotations

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import Costs, Machine
from oomlab.kernel.oom_kill import oom_reaper
from oomlab.kernel.oom_notify import OomNotifierThread, notify_in_context
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, do_exit, fatal_signal_pending
from oomlab.kernel.zone import watermarks_for
from oomlab.listeners.virtio_balloon import VirtioBalloon, host, update_balloon_size_func
from oomlab.model import Layout
from oomlab.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    move,
    mutex_lock,
    mutex_unlock,
    sleep,
    wait_for,
)
from oomlab.remedies import Remedy
from oomlab.scenarios.parameters import Parameter, Settings

MACHINE_PARAMETERS = (
    Parameter("managed_pages", "size of the machine, in pages of 4 KiB", 16384, 1024, 1 << 28),
    Parameter("balloon_pages", "pages already lent to the host", 4096, 0, 1 << 28),
    Parameter("batch", "pages in one inflate or deflate batch, and oom_pages", 256, 1, 256),
    Parameter("inflate_pages", "pages the inflating worker is asked for", 256, 1, 1 << 20),
    Parameter("rounds", "invocations after which the inflating worker gives up", 1, 1, 10000),
    Parameter(
        "hog_pages", "pages of the largest process, the OOM killer's choice", 8192, 1, 1 << 28
    ),
    Parameter("touches", "pages an ordinary task touches, in turn (0: without end)", 1, 0, 10000),
    Parameter("give_back_pages", "pages that come back from outside at give_back_s", 0, 0, 1 << 28),
    Parameter("give_back_s", "when they come back, in simulated seconds", 2.0, 0.0, 1e6),
    Parameter(
        "reclaim_meets_fs",
        "1 if the inflating worker's reclaim runs into the filesystem's lock, 0 if not",
        1,
        only=(0, 1),
    ),
    Parameter("host_us", "time the host takes to answer, in microseconds", 100, 1, 10**12),
    Parameter("reclaim_us", "cost of one fruitless reclaim round, in microseconds", 500, 1, 10**12),
    Parameter(
        "oom_return_us",
        "longest way from releasing oom_lock back into the allocator, in microseconds",
        1,
        1,
        10**12,
    ),
    Parameter(
        "timeout_s", "the offload's time limit, in seconds (0: the remedy's own)", 0.0, 0.0, 1e6
    ),
    Parameter("hz", "timer ticks a second", 250, only=(100, 250, 1000)),
    Parameter("limit_s", "simulated seconds after which the run is cut off", 120.0, 0.001, 1e6),
)
"""What every scenario can be told about its machine."""

SMALL_SCOPE: Settings = {
    "managed_pages": 1024,
    "balloon_pages": 1,
    "batch": 1,
    "inflate_pages": 1,
    "hog_pages": 64,
    "touches": 0,
}
"""Sizes under which a scenario is explored unless told otherwise: fewest pages, and ordinary tasks
that never stop asking for memory, so that there is always somebody who may kill."""


def boot(settings: Settings, remedy: Remedy) -> Machine:
    """A machine whose memory is used up to the min watermark, with the remedy's way of delivering
    the chain, the OOM reaper and, if pages come back from outside, whoever gives them back."""
    marks = watermarks_for(int(settings["managed_pages"]))
    costs = Costs(int(settings["reclaim_us"]), int(settings["oom_return_us"]))
    layout = Layout()
    thread = OomNotifierThread.declare(layout) if remedy.delivery == "offload" else None
    timeout_s = settings["timeout_s"] or remedy.timeout_s
    notify = notify_in_context if thread is None else thread.notify(float(timeout_s or 0))
    machine = Machine.boot(
        layout,
        free=marks.min,
        marks=marks,
        notify_oom=notify,
        hz=int(settings["hz"]),
        costs=costs,
    )
    machine.spawn(
        "oom_reaper",
        "kernel thread that frees a victim's memory",
        lambda task: oom_reaper(machine, task),
        serves=True,
    )
    if thread is not None:
        machine.spawn(
            "oom_notifier",
            "the RFC's kernel thread that runs the notifier chain",
            lambda task: thread.run(machine, task),
            serves=True,
        )
    if settings["give_back_pages"]:
        elsewhere = layout.pool("memory held elsewhere", int(settings["give_back_pages"]))
        when = round(settings["give_back_s"] * machine.hz)
        machine.spawn(
            "outside",
            "something unrelated that gives memory back",
            lambda task: give_back(machine, elsewhere, when),
            serves=True,
        )
    return machine


def add_balloon(
    machine: Machine, settings: Settings, remedy: Remedy, fs_lock: Slot
) -> VirtioBalloon:
    """The balloon with its host and its inflating worker, whose reclaim may meet `fs_lock`."""
    vb = VirtioBalloon.probe(
        machine,
        pages=int(settings["balloon_pages"]),
        batch=int(settings["batch"]),
        fill_allocation=remedy.fill_allocation,
        host_us=(int(settings["host_us"]),) * 2,
    )
    machine.spawn(
        "balloon_worker",
        "inflates the balloon",
        lambda task: update_balloon_size_func(
            vb, task, int(settings["inflate_pages"]), int(settings["rounds"])
        ),
        is_worker=True,
        reclaim_meets=(fs_lock,) if settings["reclaim_meets_fs"] else (),
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


def add_page_faulting_task(machine: Machine, name: str, what: str, rss: int, touches: int) -> None:
    """A task that touches `touches` pages one after the other, or without end if that is 0; its
    process owns `rss` pages besides."""
    machine.spawn(
        name,
        what,
        lambda task: page_faulting_task(machine, task, touches),
        process=machine.process(name, rss),
        foreground=touches > 0,
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
        yield from do_exit(current.process, machine.zone.free)


def sleeping_process(machine: Machine, current: Task) -> Routine:
    """Own memory and sleep, until a signal says that it is over."""
    assert current.process is not None
    yield wait_for(current.process.sigkill, 1)
    yield from do_exit(current.process, machine.zone.free)


def die_if_killed(machine: Machine, current: Task) -> Routine:
    """On the way back to user mode: a task with SIGKILL pending exits."""
    assert current.process is not None
    killed = yield from fatal_signal_pending(current)
    if killed:
        yield from do_exit(current.process, machine.zone.free)


def give_back(machine: Machine, elsewhere: Slot, jiffies: int) -> Routine:
    """After `jiffies`, make all pages of `elsewhere` free."""
    yield sleep(jiffies)
    yield move(elsewhere, machine.zone.free, ANY_AMOUNT)
