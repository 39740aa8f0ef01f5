"""Seeded faults: a place in the source, what is broken there, and the expectation that notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`before` stands exactly once in `file` (below oomlab/) and is replaced by `after`."""

    name: str
    file: str
    before: str
    after: str
    noticed_by: str


FAULTS = (
    Fault(
        "the thread does not wake its caller",
        "kernel/oom_notify.py",
        "            yield wake(self.response_queue)\n",
        "",
        "an_offloaded_chain_without_contention_is_quick",
    ),
    Fault(
        "the thread answers before it has walked the chain",
        "kernel/oom_notify.py",
        "            yield from blocking_notifier_call_chain(\n"
        "                machine.oom_notify_list, current, self.freed_total\n"
        "            )\n            yield from ghost_walk_ends(machine.watch)\n"
        "            yield write(self.requested, 0)\n",
        "            yield write(self.requested, 0)\n"
        "            yield wake(self.response_queue)\n"
        "            yield from blocking_notifier_call_chain(\n"
        "                machine.oom_notify_list, current, self.freed_total\n"
        "            )\n",
        "the_first_kill_under_the_offload_comes_after_two_rounds",
    ),
    Fault(
        "the chain is walked behind the test for __GFP_FS",
        "kernel/oom_kill.py",
        "    if oc.memcg is None:\n        freed = yield",
        "    if gfp and not gfp & flags.FS:\n        return True\n"
        "    if oc.memcg is None:\n        freed = yield",
        "h1_deadlocks_under_mainline",
    ),
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
        "freed pages are not credited",
        "kernel/notifier.py",
        "    yield write(freed, before + pages)\n",
        "    yield write(freed, before)\n",
        "h2_needs_no_kill_when_the_balloon_allocates_outside",
    ),
    Fault(
        "an attempt passes at its watermark instead of above it",
        "ops/pages.py",
        "    if free <= max(mark, 0):\n",
        "    if free < max(mark, 0) or not free:\n",
        "h1_deadlocks_under_mainline",
    ),
    Fault(
        "oom_lock is kept after the OOM killer was asked",
        "kernel/page_alloc.py",
        "    yield mutex_unlock(machine.oom_lock)\n    if not got:\n",
        "    if not got:\n",
        "h2_needs_no_kill_when_the_balloon_allocates_outside",
    ),
    Fault(
        "__GFP_NORETRY is not looked at",
        "kernel/page_alloc.py",
        "            if gfp & flags.NORETRY:  # 16\n                break\n",
        "",
        "a_request_that_does_not_retry_never_has_oom_lock",
    ),
    Fault(
        "a poller naps two jiffies",
        "kernel/page_alloc.py",
        "    if not locked:\n        yield sleep(1)\n",
        "    if not locked:\n        yield sleep(2)\n",
        "pollers_try_once_a_jiffy",
    ),
    Fault(
        "the victim gets the reserves before it is signalled",
        "kernel/oom_kill.py",
        "    yield write(victim.sigkill, 1)\n    yield from mark_oom_victim(victim)\n",
        "    yield from mark_oom_victim(victim)\n    yield write(victim.sigkill, 1)\n",
        "a_victim_is_signalled_before_it_gets_the_reserves",
    ),
    Fault(
        "the killer does not nap with oom_lock held",
        "kernel/oom_kill.py",
        "    if machine.kernel < KERNEL_4_19:\n        yield sleep(1)\n",
        "    if machine.kernel < KERNEL_4_19:\n        yield sleep(0)\n",
        "the_reaper_waits_for_the_killers_nap",
    ),
)
