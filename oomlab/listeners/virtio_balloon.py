"""The virtio balloon driver (drivers/virtio/virtio_balloon.c, Linux 4.13; mm/balloon_compaction.c).

The driver lends guest pages to the host. One mutex, `balloon_lock`, covers inflating and deflating;
both tell the host while they hold it and wait for its answer without a time limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    holds_more,
    io,
    log,
    move,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    sleep,
    wait_for,
    wake,
    write,
)
from oomlab.engine.slots import Answerer, Says
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event
from oomlab.limits import Limit
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.listeners.registrant import Demonstration, Registrant
from oomlab.listeners.virtio_ccw import virtio_ccw_set_config
from oomlab.listeners.virtio_ring import virtqueue_add_outbuf

LIMITS = (
    Limit(
        "guessed",
        "The balloon's worker rests 20 microseconds between two batches",
        "Otherwise the clock would let it take its lock again before anybody who waits for it.",
    ),
    Limit(
        "simplified",
        "The balloon's worker counts what it has lent",
        "It stops when that is what it was asked for. The kernel's compares the balloon with the "
        "host's target, and so takes again what was given back meanwhile.",
    ),
    Limit(
        "not modelled",
        "The host",
        "It answers after a while, or never; what it does with the pages is its own business.",
    ),
)

VIRTIO_BALLOON_ARRAY_PFNS_MAX = 256
OOM_NOTIFY_PRIORITY = 80
NAP_AFTER_FAILURE_MS = 200
SHRINK_BATCH = 128
REQUEUE_US = 20
"""Time until a worker that queued itself again is run again (our choice)."""


@dataclass(frozen=True)
class BalloonDevice:
    """What the host offers, and how it behaves.

    `total_sg`: scatterlist entries of a request (the driver uses one; the VIRTIO_BALLOON_F_SG of
    the time would have used more). `indirect`: the host offers indirect descriptors. `host_us`:
    shortest and longest time until the host answers, in microseconds; None for a host that never
    does. `shows_size`: writing the balloon's size to the device is a step of its own (for scenarios
    in which it matters when that happens).
    """

    transport: Literal["pci", "ccw"] = "pci"
    total_sg: int = 1
    indirect: bool = True
    deflate_on_oom: bool = True
    host_us: tuple[int, int] | None = (100, 100)
    shows_size: bool = False


def usual_device(settings: Mapping[str, int | float], total_sg: int = 1) -> BalloonDevice:
    """The balloon device as the settings of a scenario describe it."""
    host_us = int(settings["host_us"])
    return BalloonDevice(
        total_sg=total_sg,
        deflate_on_oom=bool(settings["deflate_on_oom"]),
        host_us=(host_us, host_us),
    )


@dataclass(frozen=True, eq=False)
class VirtioBalloon:
    """One balloon device and its driver.

    `batch` is the size of the pfn array, in pages; `oom_pages` is what one OOM event asks for, of
    which at most a batch is given. `doorbell` is 0 (idle), 1 (the host has a request) or 2 (the
    host has answered); one word serves both queues because balloon_lock allows one request at a
    time.
    """

    machine: Machine
    device: BalloonDevice
    policy: BalloonPolicy
    balloon_lock: Slot
    pages: Slot
    leaving: Slot
    doorbell: Slot
    acked: Slot
    batch: int
    oom_pages: int
    actual: Slot | None = None

    @classmethod
    def probe(
        cls,
        machine: Machine,
        *,
        pages: int,
        batch: int = VIRTIO_BALLOON_ARRAY_PFNS_MAX,
        oom_pages: int = VIRTIO_BALLOON_ARRAY_PFNS_MAX,
        device: BalloonDevice | None = None,
        policy: BalloonPolicy | None = None,
    ) -> VirtioBalloon:
        """Add the device, with `pages` already lent, and register it where the policy says."""
        layout = machine.layout
        policy = policy or BalloonPolicy()
        vb = cls(
            machine,
            device or BalloonDevice(),
            policy,
            layout.mutex("balloon_lock", polled="once" if policy.leak_lock == "trylock" else False),
            layout.pool(
                "balloon",
                pages,
                role="lent",
                says={
                    "holds_more": "looks whether there are pages in the balloon",
                    "move": Says(
                        "looks for pages in the balloon and finds none",
                        "{task} takes {pages} out of the balloon",
                        "take pages out of the balloon",
                    ),
                },
            ),
            layout.pool(
                "pages leaving the balloon",
                role="lent",
                says={
                    "move": Says(
                        told="{pages} left the balloon and can be had again ({task})",
                        order="make the balloon's pages free",
                    )
                },
            ),
            layout.word(
                "balloon virtqueue",
                0,
                says={
                    "write": Says("passes the virtqueue on", order="pass the virtqueue on"),
                    "wait_for": Says(
                        "picks up the request", order="pick up what is in the virtqueue"
                    ),
                },
            ),
            # The host's interrupt (balloon_ack) is what wakes it.
            layout.queue(
                "acked",
                Answerer("host", "its buffer back"),
                says={"wake": "raises the interrupt that wakes the balloon driver"},
            ),
            batch,
            oom_pages,
        )
        if vb.device.shows_size:
            says = {"write": "writes the balloon's size to the device"}
            vb = replace(vb, actual=layout.word("size shown by the device", "old", says=says))
        if policy.hook == "shrinker":
            machine.shrinkers.append(vb.virtio_balloon_shrinker_scan)
        else:
            machine.oom_notify_list.register(
                NotifierBlock("virtio_balloon", vb.virtballoon_oom_notify, OOM_NOTIFY_PRIORITY)
            )
        return vb

    def virtballoon_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """The OOM callback: deflate by one batch, write the new size, credit the pages."""
        if not self.device.deflate_on_oom:
            return
        pages = yield from leak_balloon(self, current, self.oom_pages)
        yield from update_balloon_size(self, current)
        yield from add_freed(freed, pages)

    def virtio_balloon_shrinker_scan(self, current: Task) -> Routine:
        """The shrinker of 71994620bb25 (4.19): deflate whenever anybody reclaims. Result: pages.

        How much a real shrinker is asked for depends on the reclaim priority; here always one
        SHRINK_BATCH.
        """
        some = yield holds_more((self.pages,), 0)
        if not some or not self.device.deflate_on_oom:
            return 0
        pages = yield from leak_balloon(self, current, SHRINK_BATCH)
        yield from update_balloon_size(self, current)
        return pages


def fill_balloon(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """Inflate by up to `num` pages, one batch at most. Result: pages lent."""
    num = min(num, vb.batch)
    if vb.policy.fill_allocation == "outside-lock":
        lent = yield from allocate_then_lock(vb, current, num)
    else:
        lent = yield from lock_then_allocate(vb, current, num)
    return lent


def lock_then_allocate(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """fill_balloon of 4.13: every allocation happens with balloon_lock held, and so does the nap
    after a failed one, unless the policy has moved the nap behind the unlock."""
    lent = 0
    missing = 0
    yield mutex_lock(vb.balloon_lock)
    for i in range(num):
        got = yield from balloon_page_alloc(vb, current)
        if not got:
            missing = num - i
            break
        yield move(current.hand, vb.pages, 1)  # balloon_page_enqueue
        lent = i + 1
    if missing and vb.policy.nap == "under-lock":
        yield from out_of_puff(vb, missing)
    if lent:
        yield from tell_host(vb, current)
    yield mutex_unlock(vb.balloon_lock)
    if missing and vb.policy.nap == "outside-lock":
        yield from out_of_puff(vb, missing)
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
        yield from tell_host(vb, current)
    yield mutex_unlock(vb.balloon_lock)
    return lent


def balloon_page_alloc(vb: VirtioBalloon, current: Task) -> Routine:
    """Ask for one page to lend. Result: True with the page in `current.hand`, or False."""
    gfp = flags.BALLOON_INFLATE
    if vb.policy.fill_gfp == "nowait":
        gfp = gfp & ~flags.DIRECT_RECLAIM | flags.NOWARN
    got = yield from alloc_page(vb.machine, current, gfp)
    return got


def out_of_puff(vb: VirtioBalloon, missing: int) -> Routine:
    """A failed inflate says so and naps 200 ms, holding whatever it holds."""
    yield log(f"virtio_balloon: Out of puff! Can't get {missing} pages")
    yield sleep(NAP_AFTER_FAILURE_MS * vb.machine.hz // 1000 + 1)  # msleep adds one jiffy


def leak_balloon(vb: VirtioBalloon, current: Task, num: int) -> Routine:
    """Deflate by up to `num` pages, one batch at most. Result: pages given back.

    The pages reach the allocator only after the host has answered.
    """
    if vb.policy.leak_lock == "trylock":
        locked = yield mutex_trylock(vb.balloon_lock)
        if not locked:
            yield log("virtio_balloon: Unable to release pages: balloon_lock is taken")
            return 0
    else:
        yield mutex_lock(vb.balloon_lock)
    pages = yield move(vb.pages, vb.leaving, min(num, vb.batch))
    if pages:
        yield from tell_host(vb, current)
        yield move(vb.leaving, vb.machine.zone.free, pages)
    yield mutex_unlock(vb.balloon_lock)
    return pages


def tell_host(vb: VirtioBalloon, current: Task) -> Routine:
    """Hand the list of pages to the host and wait, without a time limit, for the buffer back.

    The driver's buffer is one scatterlist entry, and so virtqueue_add_outbuf never allocates for
    it, whatever the mask permits.
    """
    gfp = flags.GFP_KERNEL
    if vb.policy.tell_gfp == "nowait":
        gfp &= ~flags.DIRECT_RECLAIM
    device = vb.device
    yield from virtqueue_add_outbuf(vb.machine, current, device.total_sg, gfp, device.indirect)
    yield write(vb.doorbell, 1)
    yield from wait_event(vb.acked, vb.doorbell, 2)
    yield write(vb.doorbell, 0)


def update_balloon_size(vb: VirtioBalloon, current: Task) -> Routine:
    """Write the balloon's size to the device, outside balloon_lock. On virtio-pci this is a
    register write, and no step unless the device `shows_size`."""
    if vb.actual is not None:
        yield write(vb.actual, "new")
    if vb.device.transport == "ccw":
        yield from virtio_ccw_set_config(vb.machine, current)


def virtballoon_freeze(vb: VirtioBalloon, current: Task) -> Routine:
    """Get the device ready for a suspend: give every page back, reset it, delete its queues.

    The OOM notifier stays registered.
    """
    while True:
        left = yield holds_more((vb.pages,), 0)
        if not left:
            break
        yield from leak_balloon(vb, current, vb.batch)


def host(vb: VirtioBalloon) -> Routine:
    """The other side of the virtqueue, and the interrupt it raises (balloon_ack)."""
    if vb.device.host_us is None:
        yield wait_for(vb.doorbell, "a VMM process that runs again")
        return
    while True:
        yield wait_for(vb.doorbell, 1)
        yield io(*vb.device.host_us)
        yield write(vb.doorbell, 2)
        yield wake(vb.acked)


def update_balloon_size_func(vb: VirtioBalloon, current: Task, target: int, rounds: int) -> Routine:
    """The inflating worker: one batch an invocation, requeued while the balloon is below `target`
    pages, here for at most `rounds` invocations (the kernel's worker never gives up)."""
    lent = 0
    for i in range(rounds):
        done = yield from fill_balloon(vb, current, target - lent)
        lent += done
        yield from update_balloon_size(vb, current)
        if lent >= target or i == rounds - 1:
            break
        yield io(REQUEUE_US, REQUEUE_US)


def joins(machine: Machine, settings: Mapping[str, int | float], policy: BalloonPolicy) -> None:
    """Add the balloon and its host."""
    vb = VirtioBalloon.probe(
        machine,
        pages=int(settings["listener_pages"]),
        batch=int(settings["batch"]),
        oom_pages=int(settings["callback_pages"]),
        device=usual_device(settings),
        policy=policy,
    )
    machine.spawn("host", "answers the balloon", lambda task: host(vb), serves=True)


REGISTRANT = Registrant(
    "virtio_balloon",
    "drivers/virtio/virtio_balloon.c",
    "virtballoon_oom_notify",
    "CONFIG_VIRTIO_BALLOON",
    80,
    ("balloon_lock",),
    "the host's answer, without a limit",
    "on virtio-ccw: the size is written with GFP_DMA and GFP_KERNEL",
    "balloon_lock is held across every allocation of an inflation",
    "balloon pages of 4 KiB, whatever the size of a page is",
    "unsafe",
    "two roads lead back into the allocator, and the host may never answer",
    joins,
    ("completed", "by itself it works"),
    (
        Demonstration("h1-two-task-cycle", {}, "deadlock", "its lock is held by an allocator"),
        Demonstration("h3b-ccw-config-write", {}, "livelock", "it allocates, on s390"),
        Demonstration("h5-host-never-answers", {}, "deadlock", "it waits for the host"),
    ),
)
