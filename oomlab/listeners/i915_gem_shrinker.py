"""Intel graphics (drivers/gpu/drm/i915/i915_gem_shrinker.c and its neighbours, Linux 4.13).

The callback purges graphics memory: it waits until the GPU is idle, takes struct_mutex, and unbinds
every object. On that way it may ask for memory with a blocking mask in two places that nobody in
the thread named, and it takes a mutex that others hold while they ask for memory.

The same code is harmless when memory reclaim enters it, because reclaim runs as PF_MEMALLOC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from oomlab.engine.model import Layout
from oomlab.engine.ops import (
    ANY_AMOUNT,
    MUTEX_TRYLOCK_FAILED,
    MUTEX_TRYLOCK_SUCCESS,
    Routine,
    Slot,
    cost,
    io,
    log,
    move,
    mutex_lock,
    mutex_trylock_recursive,
    mutex_unlock,
    read,
    sleep,
    wait_for,
    wake,
    write,
)
from oomlab.engine.slots import Answerer, Says
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_watch import watch_giving_up
from oomlab.kernel.slab import kmalloc
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.kernel.wait import wait_event
from oomlab.limits import Limit
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.listeners.registrant import Demonstration, Registrant

LIMITS = (
    Limit(
        "simplified",
        "The graphics driver has a handful of objects",
        "Its callback looks at no clock: it counts two ticks for each nap between two tries.",
    ),
)

SHRINKER_LOCK_MS = 5000
"""How long the callback tries to get struct_mutex (i915_gem_shrinker_oom)."""

TICKS_OF_A_NAP = 2
"""A nap of one jiffy lasts until the second tick (kernel/time/timer.c)."""

PUT_PAGES_US = 1000
"""Time to drop the pages of one object (our choice)."""


class ObjectTraits(NamedTuple):
    """What an object needs when it is unbound.

    `shared_fences`: readers wait on it, so that their fences are collected in an array.
    `fence_fallback`: if that array cannot be had without blocking, the driver asks again and blocks
    (as it does; without this the object is passed over).
    `bit17_swizzled`: its pages need a bitmap when they are put (old chipsets). `purgeable`: its
    pages become free at once; others go to the shmem page cache, of no help without swap.
    """

    shared_fences: bool = False
    bit17_swizzled: bool = False
    purgeable: bool = True
    fence_fallback: bool = True


@dataclass(frozen=True, eq=False)
class GemObject:
    """One graphics object: its mutex `mm.lock`, and its pages while it has any."""

    mm_lock: Slot
    pages: Slot
    has_pages: Slot
    traits: ObjectTraits

    @classmethod
    def declare(cls, layout: Layout, number: int, pages: int, traits: ObjectTraits) -> GemObject:
        """Declare object `number`, bound, with `pages` pages."""
        return cls(
            layout.mutex(f"mm.lock of object {number}"),
            layout.pool(
                f"pages of object {number}",
                pages,
                role="lent",
                says={
                    "move": Says(
                        "drops the pages of the object",
                        told="{pages} leave the graphics object ({task})",
                    )
                },
            ),
            layout.word(
                f"object {number} has pages",
                1,
                says={
                    "read": "looks whether the object has pages",
                    "write": "notes whether the object has pages",
                    "wait_for": "sees that the object has lost its pages",
                },
            ),
            traits,
        )


@dataclass(frozen=True, eq=False)
class I915:
    """One graphics device. `gpu_busy` is 1 while a request of the GPU is not finished."""

    machine: Machine
    struct_mutex: Slot
    gpu_busy: Slot
    gpu_idle: Slot
    shmem: Slot
    lock_jiffies: int
    objects: list[GemObject] = field(default_factory=list)

    @classmethod
    def init(
        cls, machine: Machine, *, gpu_busy: bool = False, lock_jiffies: int | None = None
    ) -> I915:
        """Add the device and register its callback (i915_gem_shrinker_init).

        `lock_jiffies`: how long to try for struct_mutex; None for the driver's 5 seconds.
        """
        layout = machine.layout
        if lock_jiffies is None:
            lock_jiffies = SHRINKER_LOCK_MS * machine.hz // 1000
        i915 = cls(
            machine,
            layout.mutex("struct_mutex", polled=True),
            layout.word("GPU busy", int(gpu_busy)),
            # Only the GPU's interrupt wakes it; of an idle one nobody waits for that.
            layout.queue(
                "GPU idle", Answerer("gpu", "the end of its work") if gpu_busy else "anybody"
            ),
            layout.pool("shmem page cache", role="kept"),
            lock_jiffies,
        )
        if machine.watch is not None:
            watch_giving_up(
                machine.watch, "i915_gem_shrinker_lock_uninterruptible", i915.struct_mutex
            )
        machine.oom_notify_list.register(NotifierBlock("i915", i915.i915_gem_shrinker_oom))
        return i915

    def add_object(self, pages: int, traits: ObjectTraits) -> GemObject:
        """Add an object that is bound and has `pages` pages."""
        found = GemObject.declare(self.machine.layout, len(self.objects), pages, traits)
        self.objects.append(found)
        return found

    def i915_gem_shrinker_oom(self, current: Task, freed: Slot) -> Routine:
        """The OOM callback: wait for the GPU and for struct_mutex, then purge all objects."""
        locked, unlock = yield from i915_gem_shrinker_lock_uninterruptible(self, current)
        if not locked:
            return
        pages = yield from i915_gem_shrink_all(self, current)
        if unlock:
            yield mutex_unlock(self.struct_mutex)
        yield from add_freed(freed, pages)
        yield log(f"Purging GPU memory, {pages} pages freed")


def i915_gem_shrinker_lock_uninterruptible(i915: I915, current: Task) -> Routine:
    """Get struct_mutex within the limit. Result: (have it, must unlock it).

    The wait for the GPU has no limit of its own; the limit is only looked at between tries. A task
    that owns struct_mutex already goes ahead. The driver's spinning on a lock whose owner runs is
    left out.
    """
    left = i915.lock_jiffies
    while left >= 0:
        yield from wait_event(i915.gpu_idle, i915.gpu_busy, 0)
        got = yield mutex_trylock_recursive(i915.struct_mutex)
        if got != MUTEX_TRYLOCK_FAILED:
            return True, got == MUTEX_TRYLOCK_SUCCESS
        yield sleep(1)
        killed = yield from fatal_signal_pending(current)
        if killed:
            return False, False
        left -= TICKS_OF_A_NAP
    yield log("Unable to lock GPU to purge memory.")
    return False, False


def i915_gem_shrink_all(i915: I915, current: Task) -> Routine:
    """Unbind every object and drop its pages (i915_gem_shrink). Result: pages dropped.

    mm.lock is taken a second time to see whether the object is still without pages; between the two
    somebody else may have begun to get it new ones.
    """
    dropped = 0
    for i in range(len(i915.objects)):
        obj = i915.objects[i]
        has_pages = yield read(obj.has_pages)
        if not has_pages:
            continue
        unbound = yield from i915_gem_object_unbind(i915, current, obj)
        if not unbound:
            continue
        pages = yield from i915_gem_object_put_pages(i915, current, obj)
        yield mutex_lock(obj.mm_lock)
        has_pages = yield read(obj.has_pages)
        if not has_pages:
            dropped += pages
        yield mutex_unlock(obj.mm_lock)
    return dropped


def i915_gem_object_unbind(i915: I915, current: Task, obj: GemObject) -> Routine:
    """Wait for all fences of the object, after collecting them. Result: True if it worked.

    reservation_object_get_fences_rcu enlarges its array without blocking first, and with GFP_KERNEL
    if that fails, which is what happens when memory is short. The fences themselves are signalled.
    """
    if not obj.traits.shared_fences:
        return True
    got = yield from kmalloc(i915.machine, current, flags.GFP_NOWAIT | flags.NOWARN)
    if not got and obj.traits.fence_fallback:
        got = yield from kmalloc(i915.machine, current, flags.GFP_KERNEL)
    return got


def i915_gem_object_put_pages(i915: I915, current: Task, obj: GemObject) -> Routine:
    """Drop the object's pages with mm.lock held. Result: how many.

    i915_gem_object_save_bit_17_swizzle asks for its bitmap with GFP_KERNEL; without one it merely
    complains.
    """
    yield mutex_lock(obj.mm_lock)
    if obj.traits.bit17_swizzled:
        got = yield from kmalloc(i915.machine, current, flags.GFP_KERNEL)
        if not got:
            yield log("Failed to allocate memory for bit 17 record")
    home = i915.machine.zone.free if obj.traits.purgeable else i915.shmem
    pages = yield move(obj.pages, home, ANY_AMOUNT)
    yield write(obj.has_pages, 0)
    yield mutex_unlock(obj.mm_lock)
    yield cost(PUT_PAGES_US)
    return pages


def i915_gem_object_get_pages(i915: I915, current: Task, obj: GemObject) -> Routine:
    """Give an object its pages back: with mm.lock held, ask for the memory to list them in.

    Result: True if it has pages now. The pages themselves come from the shmem page cache.
    """
    yield mutex_lock(obj.mm_lock)
    has_pages = yield read(obj.has_pages)
    if not has_pages:
        has_pages = yield from kmalloc(i915.machine, current, flags.GFP_KERNEL)
        if has_pages:
            yield move(i915.shmem, obj.pages, ANY_AMOUNT)
            yield write(obj.has_pages, 1)
    yield mutex_unlock(obj.mm_lock)
    return has_pages


def gpu(i915: I915, busy_us: int) -> Routine:
    """The GPU: finishes what it does after `busy_us` and raises its interrupt; 0: it never does."""
    yield wait_for(i915.gpu_busy, 1)
    if not busy_us:
        yield wait_for(i915.gpu_busy, 0)
    yield io(busy_us, busy_us)
    yield write(i915.gpu_busy, 0)
    yield wake(i915.gpu_idle)


def joins(machine: Machine, settings: Mapping[str, int | float], policy: BalloonPolicy) -> None:
    """Add the device, with one object."""
    I915.init(machine).add_object(int(settings["listener_pages"]), ObjectTraits())


REGISTRANT = Registrant(
    "i915",
    "drivers/gpu/drm/i915/i915_gem_shrinker.c",
    "i915_gem_shrinker_oom",
    "CONFIG_DRM_I915",
    0,
    ("struct_mutex", "mm.lock of object 0"),
    "the GPU, without a limit; struct_mutex, for 5 s",
    "the array of an object's fences, and a bitmap on old chipsets, with GFP_KERNEL",
    "an object's mm.lock is held across GFP_KERNEL allocations",
    "pages of the graphics objects that it drops",
    "unsafe",
    "it allocates, it takes a mutex that allocators hold, and it waits for the GPU",
    joins,
    ("completed", "by itself it works"),
    (
        Demonstration("h3c-i915-fence-array", {}, "livelock", "it allocates an array"),
        Demonstration("h3d-i915-bit17", {}, "livelock", "it allocates a bitmap"),
        Demonstration("h4-i915-object-lock", {}, "deadlock", "its lock is held by an allocator"),
        Demonstration("h5-gpu-never-idles", {}, "deadlock", "it waits for the GPU"),
    ),
)
