"""Faults in the drivers that listen."""

from __future__ import annotations

from tests.mutants.fault import Fault

LISTENERS = (
    Fault(
        "deflating does not release balloon_lock after telling the host",
        "listeners/virtio_balloon.py",
        "        yield move(vb.leaving, vb.machine.zone.free, pages)\n"
        "    yield mutex_unlock(vb.balloon_lock)\n",
        "        yield move(vb.leaving, vb.machine.zone.free, pages)\n",
        "h1_ends_when_the_balloon_allocates_outside",
    ),
    Fault(
        "inflating under the lock does not release it",
        "listeners/virtio_balloon.py",
        "        yield from tell_host(vb, current)\n    yield mutex_unlock(vb.balloon_lock)\n"
        '    if missing and vb.policy.nap == "outside-lock":\n',
        "        yield from tell_host(vb, current)\n"
        '    if missing and vb.policy.nap == "outside-lock":\n',
        "a_request_that_does_not_retry_fails_and_lets_go",
    ),
    Fault(
        "the host does not raise its interrupt",
        "listeners/virtio_balloon.py",
        "        yield wake(vb.acked)\n",
        "",
        "h1_ends_when_the_balloon_allocates_outside",
    ),
    Fault(
        "pages are lent but not put into the balloon",
        "listeners/virtio_balloon.py",
        "        yield move(current.hand, vb.pages, ANY_AMOUNT)\n",
        "",
        "lent_pages_are_in_the_balloon",
    ),
    Fault(
        "the merged fix allocates under the lock after all",
        "listeners/virtio_balloon.py",
        '    if vb.policy.fill_allocation == "outside-lock":\n',
        '    if vb.policy.fill_allocation == "elsewhere":\n',
        "h1_is_clean_in_every_order_when_the_balloon_allocates_outside",
    ),
    Fault(
        "a deflation gives more than its array has room for",
        "listeners/virtio_balloon.py",
        "    pages = yield move(vb.pages, vb.leaving, min(num, vb.batch))\n",
        "    pages = yield move(vb.pages, vb.leaving, num)\n",
        "a_batch_has_256_pages_at_most",
    ),
    Fault(
        "an inflation is cut to its array's size behind the loop",
        "listeners/virtio_balloon.py",
        "    num = min(num, vb.batch)\n    if vb.policy.fill",
        "    if vb.policy.fill",
        "a_batch_has_256_pages_at_most",
    ),
    Fault(
        "pages are freed before the host has been told",
        "listeners/virtio_balloon.py",
        "        yield from tell_host(vb, current)\n"
        "        yield move(vb.leaving, vb.machine.zone.free, pages)\n",
        "        yield move(vb.leaving, vb.machine.zone.free, pages)\n"
        "        yield from tell_host(vb, current)\n",
        "pages_come_back_after_the_host_has_been_told",
    ),
    Fault(
        "the trylock patch waits all the same",
        "listeners/virtio_balloon.py",
        '    if vb.policy.leak_lock == "trylock":\n',
        '    if vb.policy.leak_lock == "never":\n',
        "the_trylock_patch_lets_somebody_be_killed",
    ),
    Fault(
        "the s390 callback leaves the target as it is",
        "listeners/s390_cmm.py",
        "        yield write(self.target, 0)\n",
        "",
        "the_s390_callback_stops_the_taking",
    ),
    Fault(
        "the RCU callback does not wait for its last round",
        "listeners/rcu_tree_plugin.py",
        "        yield from wait_event(self.oom_callback_wq, self.oom_callback_count, 0)\n",
        "",
        "the_rcu_callback_waits_for_its_last_round",
    ),
    Fault(
        "the fence array is never asked for with GFP_KERNEL",
        "listeners/i915_gem_shrinker.py",
        "    if not got and obj.traits.fence_fallback:\n",
        "    if got and obj.traits.fence_fallback:\n",
        "the_fence_array_keeps_its_task_polling",
    ),
    Fault(
        "the graphics callback keeps struct_mutex",
        "listeners/i915_gem_shrinker.py",
        "        if unlock:\n            yield mutex_unlock(self.struct_mutex)\n",
        "",
        "the_graphics_callback_lets_go_of_struct_mutex",
    ),
)
