"""h3c-i915-fence-array, h3d-i915-bit17, h4-i915-object-lock, h5-gpu-never-idles: four ways in which
the callback of Intel graphics can hold up everybody.

H3c: to unbind an object it collects the object's fences in an array. A first request that may not
block fails, exactly because memory is short; the second is GFP_KERNEL, under oom_lock. H3d: on old
chipsets, dropping an object's pages needs a GFP_KERNEL bitmap. H4: it waits for the object's
mm.lock, whose holder asks for memory and polls oom_lock. H5: it waits for the GPU without a limit.

All found by reading the driver of Linux 4.13; Tetsuo Handa had asked to have it checked.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, wait_for
from oomlab.kernel.task import Task
from oomlab.listeners.i915_gem_shrinker import (
    I915,
    ObjectTraits,
    gpu,
    i915_gem_object_get_pages,
)
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_oom_caller
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

OBJECT_PAGES = Parameter(
    "object_pages", "pages of the graphics object", 1024, 1, 1 << 28, within="managed_pages"
)
SMALL_OBJECT: Settings = {**SMALL_MACHINE, "object_pages": 1}


def build_fence_array(settings: Settings, remedy: Remedy) -> Model:
    """One task is enough."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    traits = ObjectTraits(
        shared_fences=bool(settings["shared_fences"]),
        fence_fallback=bool(settings["fence_fallback"]),
    )
    I915.init(machine).add_object(int(settings["object_pages"]), traits)
    return machine.model()


def build_bit17(settings: Settings, remedy: Remedy) -> Model:
    """One task is enough."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    traits = ObjectTraits(bit17_swizzled=bool(settings["swizzled"]))
    I915.init(machine).add_object(int(settings["object_pages"]), traits)
    return machine.model()


def build_object_lock(settings: Settings, remedy: Remedy) -> Model:
    """A second task wants the object's pages back as soon as the callback has dropped them. They
    go to the shmem page cache, so that dropping them frees nothing."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    i915 = I915.init(machine)
    obj = i915.add_object(int(settings["object_pages"]), ObjectTraits(purgeable=False))

    def client(task: Task) -> Routine:
        yield wait_for(obj.has_pages, 0)
        yield from i915_gem_object_get_pages(i915, task, obj)

    machine.spawn("gpu_client", "draws, and needs the object's pages for it", client, serves=True)
    return machine.model()


def build_never_idle(settings: Settings, remedy: Remedy) -> Model:
    """One task, and a GPU that waits for a fence of another device."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    i915 = I915.init(machine, gpu_busy=True)
    i915.add_object(int(settings["object_pages"]), ObjectTraits())
    busy_us = int(settings["gpu_us"])
    machine.spawn("gpu", "finishes its requests", lambda task: gpu(i915, busy_us), serves=True)
    return machine.model()


FENCE_ARRAY = Scenario(
    "h3c-i915-fence-array",
    "unbinding a graphics object collects its fences in an array, allocated under oom_lock",
    (
        Parameter("shared_fences", "1 if several readers use the object, 0 if not", 1, only=(0, 1)),
        Parameter(
            "fence_fallback",
            "1 if the driver blocks for the array when it cannot be had at once, 0 if it gives up",
            1,
            only=(0, 1),
        ),
        OBJECT_PAGES,
        *COMMON_PARAMETERS,
    ),
    SMALL_OBJECT,
    build_fence_array,
    (
        *expect("clock", {"livelock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"shared_fences": 0}),
        *expect("clock", {"recovered": "mainline"}, {"fence_fallback": 0}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"fence_fallback": 0}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"shared_fences": 0}),
    ),
    titles=("Graphics: an array of fences",),
)

BIT17 = Scenario(
    "h3d-i915-bit17",
    "dropping the pages of a swizzled object needs a bitmap, allocated under oom_lock",
    (
        Parameter("swizzled", "1 on old chipsets that swizzle bit 17, 0 if not", 1, only=(0, 1)),
        OBJECT_PAGES,
        *COMMON_PARAMETERS,
    ),
    SMALL_OBJECT,
    build_bit17,
    (
        *expect("clock", {"livelock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"swizzled": 0}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"swizzled": 0}),
    ),
    titles=("Graphics: a bitmap for old chips",),
)

OBJECT_LOCK = Scenario(
    "h4-i915-object-lock",
    "the callback waits for an object's lock, whose holder asks for memory",
    (OBJECT_PAGES, *COMMON_PARAMETERS),
    SMALL_OBJECT,
    build_object_lock,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
    ),
    titles=("Graphics: the lock of an object",),
)

GPU_NEVER_IDLES = Scenario(
    "h5-gpu-never-idles",
    "the callback waits for a GPU that never finishes",
    (
        Parameter("gpu_us", "when the GPU is done, in microseconds (0: never)", 0, 0, 10**12),
        OBJECT_PAGES,
        *COMMON_PARAMETERS,
    ),
    SMALL_OBJECT,
    build_never_idle,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"gpu_us": 3_000_000}),
    ),
    titles=("Graphics: the GPU never idles",),
)
