"""The virtio balloon driver (drivers/virtio/virtio_balloon.c, Linux 4.13; mm/balloon_compaction.c).

The driver lends guest pages to the host. One mutex, `balloon_lock`, covers inflating and deflating;
both tell the host while they hold it and wait for its answer without a time limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event
from oomlab.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    io,
    log,
    move,
    mutex_lock,
    mutex_unlock,
    sleep,
    wait_for,
    wake,
    write,
)

VIRTIO_BALLOON_ARRAY_PFNS_MAX = 256
OOM_NOTIFY_PRIORITY = 80
NAP_AFTER_FAILURE_MS = 200

FillAllocation = Literal["under-lock", "outside-lock"]
"""Where fill_balloon allocates: with balloon_lock held (until 4.14), or before it takes the lock
(c7cdff0e8647, first in 4.15-rc1, as it was meant)."""


@dataclass(frozen=True, eq=False)
class VirtioBalloon:
    """One balloon device and its driver.

    `batch` is both the size of the pfn array and the module parameter oom_pages, in pages.
    `doorbell` is 0 (idle), 1 (the host has a request) or 2 (the host has answered); one word serves
    both queues because balloon_lock allows one request at a time.
    """

    machine: Machine
    balloon_lock: Slot
    pages: Slot
    leaving: Slot
    doorbell: Slot
    acked: Slot
    batch: int
    fill_allocation: FillAllocation
    host_us: tuple[int, int]

    @classmethod
    def probe(
        cls,
        machine: Machine,
        *,
        pages: int,
        batch: int = VIRTIO_BALLOON_ARRAY_PFNS_MAX,
        fill_allocation: FillAllocation = "under-lock",
        host_us: tuple[int, int] = (100, 100),
    ) -> VirtioBalloon:
        """Add the device, with `pages` already lent, and register its OOM notifier.

        `host_us`: shortest and longest time the host takes to answer, in microseconds.
        """
        layout = machine.layout
        vb = cls(
            machine,
            layout.mutex("balloon_lock"),
            layout.pool("balloon", pages),
            layout.pool("pages leaving the balloon"),
            layout.word("balloon virtqueue", 0),
            layout.queue("acked"),
            batch,
            fill_allocation,
            host_us,
        )
        machine.oom_notify_list.register(
            NotifierBlock("virtio_balloon", vb.virtballoon_oom_notify, OOM_NOTIFY_PRIORITY)
        )
        return vb

    def virtballoon_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """The OOM callback: deflate by one batch, write the new size, credit the pages.

        DEFLATE_ON_OOM is taken as negotiated. The config write is a register write on virtio-pci
        and has no step here.
        """
        pages = yield from leak_balloon(self, self.batch)
        yield from add_freed(freed, pages)


def fill_balloon(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """Inflate by up to `num` pages, one batch at most. Result: pages lent."""
    num = min(num, vb.batch)
    if vb.fill_allocation == "outside-lock":
        lent = yield from allocate_then_lock(vb, current, num)
    else:
        lent = yield from lock_then_allocate(vb, current, num)
    return lent


def lock_then_allocate(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """fill_balloon of 4.13: every allocation happens with balloon_lock held, and so does the nap
    after a failed one."""
    lent = 0
    yield mutex_lock(vb.balloon_lock)
    for i in range(num):
        got = yield from balloon_page_alloc(vb, current)
        if not got:
            yield from out_of_puff(vb, num - i)
            break
        yield move(current.hand, vb.pages, 1)  # balloon_page_enqueue
        lent = i + 1
    if lent:
        yield from tell_host(vb)
    yield mutex_unlock(vb.balloon_lock)
    return lent


def allocate_then_lock(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """fill_balloon of c7cdff0e8647: collect pages first, then take balloon_lock to record them."""
    lent = 0
    for i in range(num):
        got = yield from balloon_page_alloc(vb, current)
        if not got:
            yield from out_of_puff(vb, num - i)
            break
        lent = i + 1
    yield mutex_lock(vb.balloon_lock)
    if lent:
        yield move(current.hand, vb.pages, ANY_AMOUNT)
        yield from tell_host(vb)
    yield mutex_unlock(vb.balloon_lock)
    return lent


def balloon_page_alloc(vb: VirtioBalloon, current: Task) -> Routine:
    """Ask for one page to lend. Result: True with the page in `current.hand`, or False."""
    got = yield from alloc_page(vb.machine, current, flags.BALLOON_INFLATE)
    return got


def out_of_puff(vb: VirtioBalloon, missing: int) -> Routine:
    """A failed inflate says so and naps 200 ms, holding whatever it holds."""
    yield log(f"virtio_balloon: Out of puff! Can't get {missing} pages")
    yield sleep(NAP_AFTER_FAILURE_MS * vb.machine.hz // 1000 + 1)  # msleep adds one jiffy


def leak_balloon(vb: VirtioBalloon, num: int) -> Routine:
    """Deflate by up to `num` pages, one batch at most. Result: pages given back.

    The pages reach the allocator only after the host has answered.
    """
    yield mutex_lock(vb.balloon_lock)
    pages = yield move(vb.pages, vb.leaving, min(num, vb.batch))
    if pages:
        yield from tell_host(vb)
        yield move(vb.leaving, vb.machine.zone.free, pages)
    yield mutex_unlock(vb.balloon_lock)
    return pages


def tell_host(vb: VirtioBalloon) -> Routine:
    """Hand the list of pages to the host and wait, without a time limit, for the buffer back.

    virtqueue_add_outbuf is given one scatterlist entry and therefore never allocates.
    """
    yield write(vb.doorbell, 1)
    yield from wait_event(vb.acked, vb.doorbell, 2)
    yield write(vb.doorbell, 0)


def host(vb: VirtioBalloon) -> Routine:
    """The other side of the virtqueue, and the interrupt it raises (balloon_ack)."""
    while True:
        yield wait_for(vb.doorbell, 1)
        yield io(*vb.host_us)
        yield write(vb.doorbell, 2)
        yield wake(vb.acked)


def update_balloon_size_func(vb: VirtioBalloon, current: Task, target: int, rounds: int) -> Routine:
    """The inflating worker: one batch an invocation, requeued while the balloon is below `target`
    pages, here for at most `rounds` invocations (the kernel's worker never gives up)."""
    lent = 0
    for i in range(rounds):
        done = yield from fill_balloon(vb, current, target - lent)
        lent += done
        if lent >= target or i == rounds - 1:
            break
