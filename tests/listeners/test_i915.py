"""The callback of Intel graphics: what it waits for, and where it asks for memory."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Op, Slot, State
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.listeners.i915_gem_shrinker import I915, ObjectTraits
from tests.kernel.solo import MARKS, machine, solo, spawn


class Requests:
    """Listens to a routine that runs alone, and keeps the masks it asks for memory with."""

    def __init__(self) -> None:
        self.masks: list[Hashable] = []

    def __call__(self, op: Op, state: State) -> State:
        if op.kind == "note":
            self.masks.append(op.args[1])
        return state


def device(traits: ObjectTraits, free: int = 1000) -> tuple[Machine, I915]:
    on = machine(free)
    i915 = I915.init(on, lock_jiffies=3)
    i915.add_object(40, traits)
    return on, i915


def test_an_ordinary_object_is_purged_without_asking_for_memory() -> None:
    on, i915 = device(ObjectTraits())
    task = spawn(on)
    asked = Requests()
    run = solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed), meanwhile=asked)
    assert run.ending == "returned"
    assert asked.masks == []
    assert run.state[task.freed.index] == 40
    assert run.state[on.zone.free.index] == 1040
    assert run.state[i915.struct_mutex.index] == -1
    assert run.said() == ["Purging GPU memory, 40 pages freed"]


def test_an_object_without_pages_is_passed_over() -> None:
    on, i915 = device(ObjectTraits())
    i915.add_object(7, ObjectTraits())
    task = spawn(on)
    gone: dict[Slot, Hashable] = {i915.objects[0].has_pages: 0, i915.objects[0].pages: 0}
    run = solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed), given=gone)
    assert run.state[task.freed.index] == 7


def test_fences_are_asked_for_first_without_and_then_with_blocking() -> None:
    on, i915 = device(ObjectTraits(shared_fences=True), free=MARKS.min)
    task = spawn(on)
    owner: dict[Slot, Hashable] = {on.oom_lock: task.index}  # as in the notifier
    asked = Requests()
    callback = i915.i915_gem_shrinker_oom(task, task.freed)
    run = solo(on, task, callback, given=owner, meanwhile=asked)
    assert run.ending == "for ever"
    assert asked.masks == [flags.GFP_NOWAIT | flags.NOWARN, flags.GFP_KERNEL]


def test_with_a_free_page_the_second_request_is_not_needed() -> None:
    on, i915 = device(ObjectTraits(shared_fences=True))
    task = spawn(on)
    asked = Requests()
    solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed), meanwhile=asked)
    assert asked.masks == [flags.GFP_NOWAIT | flags.NOWARN]


def test_the_bitmap_is_asked_for_with_the_objects_lock_held() -> None:
    on, i915 = device(ObjectTraits(bit17_swizzled=True))
    task = spawn(on)
    run = solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed))
    lock = run.first("mutex_lock", "mm.lock of object 0")
    kinds = [op.kind for op, _ in run.ops]
    assert lock < kinds.index("take_page") < kinds.index("mutex_unlock")


def test_reclaim_may_do_the_same_without_danger() -> None:
    """As PF_MEMALLOC the same requests get a page from the reserves."""
    on, i915 = device(ObjectTraits(shared_fences=True, bit17_swizzled=True), free=MARKS.min)
    task = spawn(on)
    run = solo(
        on,
        task,
        i915.i915_gem_shrinker_oom(task.reclaiming, task.freed),
        given={on.oom_lock: task.index},
    )
    assert run.ending == "returned"
    assert run.state[task.freed.index] == 40


def test_who_owns_struct_mutex_already_goes_ahead_and_keeps_it() -> None:
    on, i915 = device(ObjectTraits())
    task = spawn(on)
    run = solo(
        on,
        task,
        i915.i915_gem_shrinker_oom(task, task.freed),
        given={i915.struct_mutex: task.index},
    )
    assert run.state[task.freed.index] == 40
    assert run.state[i915.struct_mutex.index] == task.index


def test_another_owner_is_waited_for_only_so_long() -> None:
    on, i915 = device(ObjectTraits())
    task, other = spawn(on), spawn(on, "other")
    run = solo(
        on,
        task,
        i915.i915_gem_shrinker_oom(task, task.freed),
        given={i915.struct_mutex: other.index},
    )
    assert run.ending == "returned"
    assert run.kinds().count("sleep") == 2
    assert run.said() == ["Unable to lock GPU to purge memory."]


def test_a_killed_caller_stops_trying() -> None:
    on, i915 = device(ObjectTraits())
    task, other = spawn(on, process=on.process("own", 1)), spawn(on, "other")
    assert task.process is not None
    run = solo(
        on,
        task,
        i915.i915_gem_shrinker_oom(task, task.freed),
        given={i915.struct_mutex: other.index, task.process.sigkill: 1},
    )
    assert run.kinds().count("sleep") == 1


@pytest.mark.parametrize("busy", [0, 1])
def test_the_gpu_is_waited_for_without_limit(busy: int) -> None:
    on, i915 = device(ObjectTraits())
    task = spawn(on)
    run = solo(on, task, i915.i915_gem_shrinker_oom(task, task.freed), given={i915.gpu_busy: busy})
    assert run.ending == ("blocked" if busy else "returned")
