"""Who else asks the OOM killer: a person, a page fault, a group."""

from __future__ import annotations

import pytest

from oomlab.kernel.memcontrol import mem_cgroup_oom_synchronize
from oomlab.kernel.oom_page_fault import pagefault_out_of_memory
from oomlab.kernel.process import MemCgroup, ProcessTraits
from oomlab.kernel.releases import KERNEL_5_17, KERNELS
from oomlab.kernel.sysrq import moom_callback
from oomlab.kernel_release import KernelRelease
from tests.kernel.oom import asking, killed, oom
from tests.kernel.solo import machine, solo, spawn
from tests.kernel.test_oom_kill import SOMEBODY, listener


def test_sysrq_runs_the_listeners_and_may_kill_nobody() -> None:
    on, _ = asking()
    on.process("big", 70)
    worker = spawn(on, "sysrq")
    assert killed(solo(on, worker, moom_callback(on, worker))) == ["big"]
    on.oom_notify_list.register(listener("listener", 1))
    run = solo(on, worker, moom_callback(on, worker))
    assert (killed(run), run.said()) == ([], ["listener"])


@pytest.mark.parametrize("kernel", KERNELS)
def test_pages_from_a_listener_satisfy_everybody_but_the_key_since_5_17(
    kernel: KernelRelease,
) -> None:
    on = machine(kernel=kernel)
    on.process("big", 70)
    on.oom_notify_list.register(listener("listener", 1))
    worker = spawn(on, "sysrq")
    victims = ["big"] if kernel >= KERNEL_5_17 else []
    assert killed(solo(on, worker, moom_callback(on, worker))) == victims
    task = spawn(on, process=on.process("own", 1))
    assert killed(oom(on, task)) == []


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_page_fault_asks_nobody_since_5_16(kernel: KernelRelease) -> None:
    on = machine(kernel=kernel)
    on.process("big", 70)
    task = spawn(on, process=on.process("own", 1))
    victims = [] if kernel >= KERNEL_5_17 else ["big"]
    assert killed(solo(on, task, pagefault_out_of_memory(on, task))) == victims


@pytest.mark.parametrize("kernel", KERNELS)
def test_no_child_dies_for_its_parent_in_5_17(kernel: KernelRelease) -> None:
    on = machine(kernel=kernel)
    big = on.process("big", 70)
    on.process("child", 1, parent=big)
    task = spawn(on, process=on.process("own", 1))
    assert killed(oom(on, task)) == (["big"] if kernel >= KERNEL_5_17 else ["child"])


def test_sysrq_waits_for_oom_lock() -> None:
    on, _ = asking()
    worker = spawn(on, "sysrq")
    run = solo(on, worker, moom_callback(on, worker), given={on.oom_lock: SOMEBODY})
    assert run.ending == "blocked"


def test_a_group_kills_inside_and_asks_no_listener() -> None:
    on = machine()
    group = MemCgroup.declare(on.layout, "group")
    on.oom_notify_list.register(listener("listener", 1))
    on.process("big", 70)
    on.process("member", 3, ProcessTraits(memcg=group))
    task = spawn(on, process=on.process("own", 1, ProcessTraits(memcg=group)))
    run = solo(on, task, mem_cgroup_oom_synchronize(on, task, group))
    assert killed(run) == ["member"]
    assert run.said() == ["Memory cgroup out of memory: Kill process member"]


def test_a_group_waits_for_oom_lock_with_its_own_lock_held() -> None:
    on = machine()
    group = MemCgroup.declare(on.layout, "group")
    task = spawn(on, process=on.process("own", 1, ProcessTraits(memcg=group)))
    routine = mem_cgroup_oom_synchronize(on, task, group)
    run = solo(on, task, routine, given={on.oom_lock: SOMEBODY})
    assert run.ending == "blocked"
    assert run.state[group.oom_lock.index] == task.index


def test_a_page_fault_asks_or_leaves_it_be() -> None:
    on, task = asking()
    on.process("big", 70)
    run = solo(on, task, pagefault_out_of_memory(on, task))
    assert killed(run) == ["big"]
    busy = solo(on, task, pagefault_out_of_memory(on, task), given={on.oom_lock: SOMEBODY})
    assert (busy.ending, busy.kinds()) == ("returned", ["mutex_trylock"])
