"""Faults in the OOM killer, the reaper and who else asks for a kill."""

from __future__ import annotations

from tests.mutants.fault import Fault

OOM = (
    Fault(
        "the chain is walked behind the test for __GFP_FS",
        "kernel/oom_kill.py",
        "    if oc.memcg is None:\n        freed = yield",
        "    if gfp and not gfp & flags.FS:\n        return True\n"
        "    if oc.memcg is None:\n        freed = yield",
        "h1_deadlocks_under_mainline",
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
        "    if machine.traits.killer_naps_under_oom_lock:\n        yield sleep(1)\n",
        "    if machine.traits.killer_naps_under_oom_lock:\n        yield sleep(0)\n",
        "the_reaper_waits_for_the_killers_nap",
    ),
    Fault(
        "a memory cgroup's OOM asks the listeners",
        "kernel/oom_kill.py",
        "    if oc.memcg is None:\n        freed = yield",
        "    if machine:\n        freed = yield",
        "a_memory_cgroup_asks_no_listener",
    ),
    Fault(
        "a request without __GFP_FS may kill",
        "kernel/oom_kill.py",
        "    if gfp and not gfp & flags.FS:\n        return True\n",
        "",
        "a_request_without_fs_kills_nobody",
    ),
    Fault(
        "a second victim is chosen while the first one is alive",
        "kernel/oom_kill.py",
        "    if victim == ABORT_SELECTION:\n        return True\n",
        "    if victim == ABORT_SELECTION:\n        victim = 1\n",
        "there_is_one_victim_at_a_time",
    ),
    Fault(
        "the victim is marked but not signalled",
        "kernel/oom_kill.py",
        "    yield write(victim.sigkill, 1)\n    yield from mark_oom_victim(victim)\n",
        "    yield from mark_oom_victim(victim)\n",
        "a_victim_is_signalled_before_it_gets_the_reserves",
    ),
    Fault(
        "a dead victim keeps TIF_MEMDIE",
        "kernel/exit.py",
        "        yield write(process.memdie, 0)\n",
        "        yield write(process.memdie, 1)\n",
        "a_victim_that_is_gone_is_no_victim_any_more",
    ),
    Fault(
        "the reaper of 4.13 does without oom_lock",
        "kernel/oom_reaper.py",
        "    needs_lock = machine.traits.reaper_takes_oom_lock\n",
        "    needs_lock = False\n",
        "the_reaper_waits_for_the_killers_nap",
    ),
    Fault(
        "the reaper tries once more than ten times",
        "kernel/oom_reaper.py",
        "MAX_OOM_REAP_RETRIES = 10\n",
        "MAX_OOM_REAP_RETRIES = 11\n",
        "the_reaper_gives_up_after_ten_attempts",
    ),
    Fault(
        "a victim that could not be reaped stays in the killer's way",
        "kernel/oom_reaper.py",
        "    yield from set_oom_skip(machine, victim)\n",
        "    yield from ()\n",
        "the_reaper_gives_up_after_ten_attempts",
    ),
    Fault(
        "SysRq-f only tries oom_lock",
        "kernel/sysrq.py",
        "    yield mutex_lock(machine.oom_lock)\n",
        "    from oomlab.engine.ops import mutex_trylock\n\n"
        "    locked = yield mutex_trylock(machine.oom_lock)\n"
        "    if not locked:\n        return\n",
        "sysrq_waits_for_oom_lock",
    ),
)
