"""Traits that a single routine shows: reserves, boosts, lists, timers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import pytest

from oomlab.engine.ops import Slot
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.memcontrol import mem_cgroup_out_of_memory
from oomlab.kernel.oom_reaper import oom_reaper_timers, wake_oom_reaper
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.percpu_lists import PerCpuLists
from oomlab.kernel.process import MemCgroup
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_6_1, KERNEL_6_12, KERNEL_7_3
from oomlab.kernel.task import TaskTraits
from oomlab.kernel.vmscan import kswapd
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import MARKS, machine, solo, spawn

BETWEEN = KernelRelease(5, 10)


def with_list(pages: int, free: int, reclaimable: int = 0) -> Machine:
    """A machine whose CPU keeps `pages` free pages to itself."""
    on = machine(free, reclaimable=reclaimable, kernel=KERNEL_6_12)
    lists = PerCpuLists.declare(on.layout, pages, 1024, MARKS)
    return replace(on, zone=replace(on.zone, lists=lists))


def test_a_reclaim_that_finds_too_little_drains_the_list() -> None:
    on = with_list(50, free=5, reclaimable=3)
    task = spawn(on, process=on.process("own", 1))
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL | flags.NORETRY))
    assert (run.ending, run.result) == ("returned", True)
    assert on.zone.lists is not None
    assert run.state[on.zone.lists.pages.index] == 0
    assert run.state[on.zone.free.index] == 5 + 3 + 50 - 1


def test_a_reclaim_that_finds_nothing_leaves_it_alone() -> None:
    on = with_list(50, free=5)
    task = spawn(on, process=on.process("own", 1))
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL | flags.NORETRY))
    assert (run.ending, run.result) == ("returned", False)


@pytest.mark.parametrize(
    ("kernel", "free", "gets"),
    [
        (KERNEL_4_13, 9, True),
        (KERNEL_4_13, 8, False),
        (KERNEL_7_3, 6, True),
        (KERNEL_7_3, 5, False),
    ],
)
def test_nofail_may_use_half_of_the_min_mark_since_6_3(
    kernel: KernelRelease, free: int, gets: bool
) -> None:
    on = machine(free, kernel=kernel)
    task = spawn(on)
    asked = flags.GFP_KERNEL | flags.NORETRY | flags.NOFAIL
    run = solo(on, task, alloc_page(on, task, asked))
    assert (run.ending == "returned") == gets


@pytest.mark.parametrize(("kernel", "mark"), [(KERNEL_6_1, 10 - 2), (KERNEL_6_12, 10 - 5)])
def test_a_realtime_task_may_use_half_of_the_min_mark_since_6_3(
    kernel: KernelRelease, mark: int
) -> None:
    on = machine(0, kernel=kernel)
    task = spawn(on, traits=TaskTraits(realtime=True))
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL | flags.NORETRY))
    assert mark in {op.args[0] for op, _ in run.ops if op.kind == "take_page"}


@pytest.mark.parametrize(
    ("kernel", "each"), [(KERNEL_4_13, True), (BETWEEN, False), (KERNEL_6_1, True)]
)
def test_who_has_reserves_wakes_kswapd_in_each_round_but_from_5_0_to_6_0(
    kernel: KernelRelease, each: bool
) -> None:
    on = machine(0, kernel=kernel, swapper=True)
    task = spawn(on, traits=TaskTraits(pf_memalloc=True))
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL | flags.NOFAIL))
    assert run.ending == "for ever"
    rounds = run.steps.count("7")
    assert on.kswapd is not None
    woken = [op for op, _ in run.ops if op.kind == "wake" and op.slots == (on.kswapd.wait,)]
    assert len(woken) == 1 + (rounds if each else 1)


def test_after_a_pass_of_kswapd_nothing_is_kept_back() -> None:
    on = machine(5, kernel=KERNEL_6_1, swapper=True)
    boosted = on.layout.pool("kept back", 7, role="kept")
    on = replace(on, zone=replace(on.zone, boosted=boosted))
    assert on.kswapd is not None
    task = spawn(on)
    run = solo(on, task, kswapd(on, on.kswapd, task), given={on.kswapd.wanted: 1})
    assert (run.state[boosted.index], run.state[on.zone.free.index]) == (0, 12)


@pytest.mark.parametrize(
    ("kernel", "min_ttl", "asks"),
    [(BETWEEN, True, 0), (KERNEL_6_1, True, 1), (KERNEL_6_1, False, 0)],
)
def test_kswapd_asks_the_killer_in_a_pass_since_6_1(
    kernel: KernelRelease, min_ttl: bool, asks: int
) -> None:
    on = machine(5, kernel=kernel, swapper=True, switches=Switches(min_ttl=min_ttl))
    assert on.kswapd is not None
    on.process("victim", 70)
    task = spawn(on)
    run = solo(on, task, kswapd(on, on.kswapd, task), given={on.kswapd.wanted: 1})
    assert run.kinds().count("mutex_trylock") == run.kinds().count("select_bad_process") == asks


def test_a_timer_wakes_the_reaper_unless_the_victim_is_gone() -> None:
    on = machine(kernel=KERNEL_7_3)
    first, second = on.process("first", 3), on.process("second", 4)
    task, timers = spawn(on, "timers"), on.reaper_timers
    assert timers is not None
    queued: dict[Slot, Hashable] = {
        timers.queued: (second.number, first.number),
        first.mm: "gone",
        second.mm: "victim",
    }
    run = solo(on, task, oom_reaper_timers(on, timers), given=queued)
    assert run.ending == "blocked"
    waits = [op.args[0] for op, _ in run.ops if op.kind == "sleep_on" and op.args[0]]
    assert waits == [2 * on.hz]
    assert run.state[on.oom_reaper_list.index] == (second.number,)


def test_a_victim_is_queued_once() -> None:
    on = machine(kernel=KERNEL_7_3)
    victim = on.process("victim", 3)
    timers = on.reaper_timers
    assert timers is not None
    run = solo(on, spawn(on), wake_oom_reaper(on, victim), given={timers.queued: (victim.number,)})
    assert run.kinds() == ["push"]


@pytest.mark.parametrize(("kernel", "gives_up"), [(KERNEL_4_13, False), (KERNEL_7_3, True)])
def test_a_groups_task_that_is_killed_no_longer_waits(
    kernel: KernelRelease, gives_up: bool
) -> None:
    on = machine(kernel=kernel)
    memcg = MemCgroup.declare(on.layout, "group")
    own = on.process("own", 1)
    task = spawn(on, process=own)
    run = solo(
        on,
        task,
        mem_cgroup_out_of_memory(on, task, memcg),
        given={on.oom_lock: 99, own.sigkill: 1},
    )
    assert (run.ending == "returned") == gives_up
