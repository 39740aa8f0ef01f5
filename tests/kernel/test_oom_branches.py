"""The branches of out_of_memory that a sysctl, a person, a group or a release decides."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from oomlab.engine.ops import Routine, Slot
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.memcontrol import mem_cgroup_oom_synchronize
from oomlab.kernel.oom_disable import oom_killer_disable
from oomlab.kernel.oom_kill import ALLOCATOR, SYSRQ, OomControl, mark_oom_victim, out_of_memory
from oomlab.kernel.oom_page_fault import pagefault_out_of_memory
from oomlab.kernel.process import MemCgroup, ProcessTraits
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14, KERNEL_4_19, KERNEL_5_17, KERNELS
from oomlab.kernel.sysrq import moom_callback
from oomlab.kernel.task import Process, Task
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import Solo, machine, solo, spawn
from tests.kernel.test_oom_kill import SOMEBODY, listener


def asking(traits: ProcessTraits | None = None, **switches: Any) -> tuple[Machine, Task]:
    """A machine of 100,000 pages, and a small task that asks."""
    on = machine(total_pages=100_000, switches=Switches(**switches))
    return on, spawn(on, process=on.process("own", 5, traits or ProcessTraits()))


def ask(
    on: Machine, task: Task, routine: Routine, given: dict[Slot, Hashable] | None = None
) -> Solo:
    return solo(on, task, routine, given={on.oom_lock: task.index, **(given or {})})


def oom(
    on: Machine,
    task: Task,
    oc: OomControl = ALLOCATOR,
    gfp: int = flags.GFP_KERNEL,
    given: dict[Slot, Hashable] | None = None,
) -> Solo:
    return ask(on, task, out_of_memory(on, task, gfp, oc), given)


def killed(run: Solo) -> list[str]:
    """Who was sent SIGKILL, in order."""
    names = [op.slots[0].name for op, _ in run.ops if op.kind == "write"]
    return [n.removeprefix("SIGKILL for ") for n in names if n.startswith("SIGKILL")]


def panicked(on: Machine, run: Solo) -> bool:
    return bool(run.state[on.panicked.index])


def reaped(on: Machine, run: Solo) -> Hashable:
    return run.state[on.oom_reaper_list.index]


def mm(run: Solo, process: Process) -> Hashable:
    return run.state[process.mm.index]


# -- sysctls -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("panic_on_oom", "constraint", "oc", "panics"),
    [
        (0, "none", ALLOCATOR, False),
        (1, "none", ALLOCATOR, True),
        (1, "cpuset", ALLOCATOR, False),
        (1, "mempolicy", ALLOCATOR, False),
        (2, "cpuset", ALLOCATOR, True),
        (1, "none", SYSRQ, False),
        (2, "none", SYSRQ, False),
    ],
)
def test_panic_on_oom(panic_on_oom: int, constraint: str, oc: OomControl, panics: bool) -> None:
    traits = ProcessTraits(constraint=constraint)  # type: ignore[arg-type]
    on, task = asking(traits, panic_on_oom=panic_on_oom)
    on.process("big", 70)
    run = oom(on, task, oc)
    assert panicked(on, run) == panics
    assert killed(run) == ([] if panics else ["big"])


@pytest.mark.parametrize(("panic_on_oom", "panics"), [(1, False), (2, True)])
def test_a_group_at_its_limit_panics_only_at_2(panic_on_oom: int, panics: bool) -> None:
    on, task = asking(panic_on_oom=panic_on_oom)
    group = MemCgroup.declare(on.layout, "group")
    on.process("member", 3, ProcessTraits(memcg=group))
    assert panicked(on, oom(on, task, OomControl(memcg=group))) == panics


def test_a_machine_that_panics_has_made_no_progress() -> None:
    on, task = asking(panic_on_oom=2)
    assert oom(on, task).result is False


def test_panic_on_oom_comes_after_listeners_and_after_the_test_for_fs() -> None:
    on, task = asking(panic_on_oom=2)
    assert not panicked(on, oom(on, task, gfp=flags.GFP_NOFS))
    on.oom_notify_list.register(listener("listener", 1))
    assert not panicked(on, oom(on, task))


def test_the_allocating_task_is_killed_if_the_administrator_wants_it() -> None:
    on, task = asking(oom_kill_allocating_task=True)
    on.process("big", 70)
    run = oom(on, task)
    assert killed(run) == ["own"]
    assert "sleep" not in run.kinds()


@pytest.mark.parametrize(
    "traits", [ProcessTraits(is_init=True), ProcessTraits(oom_score_adj=-1000)]
)
def test_unless_it_cannot_be_killed(traits: ProcessTraits) -> None:
    on, task = asking(traits, oom_kill_allocating_task=True)
    on.process("big", 70)
    assert killed(oom(on, task)) == ["big"]


def test_a_kernel_thread_is_not_killed_for_asking() -> None:
    on, _ = asking(oom_kill_allocating_task=True)
    on.process("big", 70)
    assert killed(oom(on, spawn(on, "kthread"))) == ["big"]


# -- the nap -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kernel", "naps"), [(KERNEL_4_13, True), (KERNEL_4_14, True), (KERNEL_4_19, False)]
)
def test_the_nap_under_oom_lock(kernel: KernelRelease, naps: bool) -> None:
    on = machine(total_pages=100_000, kernel=kernel)
    task = spawn(on, process=on.process("own", 5))
    on.process("big", 70)
    assert ("sleep" in oom(on, task).kinds()) == naps


def test_who_has_killed_himself_does_not_nap() -> None:
    on = machine()
    task = spawn(on, process=on.process("own", 100))
    run = oom(on, task)
    assert killed(run) == ["own"]
    assert "sleep" not in run.kinds()


# -- nobody to kill ------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", [KERNEL_4_13, KERNEL_4_19])
@pytest.mark.parametrize("who", ["allocator", "sysrq", "memcg"])
def test_nobody_eligible(kernel: KernelRelease, who: str) -> None:
    on = machine(kernel=kernel)
    task = spawn(on, "kthread")
    group = MemCgroup.declare(on.layout, "group")
    oc = {"allocator": ALLOCATOR, "sysrq": SYSRQ, "memcg": OomControl(memcg=group)}[who]
    run = oom(on, task, oc)
    assert run.result is False
    assert panicked(on, run) == (who == "allocator")
    warned = "Out of memory and no killable processes..." in run.said()
    assert warned == (kernel == KERNEL_4_19)


# -- who is worst --------------------------------------------------------------------------------


def chosen(
    kernel: KernelRelease = KERNEL_4_13, **processes: tuple[int, ProcessTraits]
) -> list[str]:
    """Who is killed among these processes, given as (pages, traits)."""
    on = machine(kernel=kernel, total_pages=100_000)
    for name, (rss, traits) in processes.items():
        on.process(name, rss, traits)
    return killed(oom(on, spawn(on, "kthread")))


PLAIN = ProcessTraits()


def test_oom_score_adj_is_in_thousandths_of_all_memory() -> None:
    assert chosen(a=(1000, PLAIN), b=(500, ProcessTraits(oom_score_adj=5))) == ["a"]
    assert chosen(a=(1000, PLAIN), b=(500, ProcessTraits(oom_score_adj=6))) == ["b"]
    assert chosen(a=(1000, ProcessTraits(oom_score_adj=-6)), b=(500, PLAIN)) == ["b"]
    assert chosen(a=(1000, ProcessTraits(oom_score_adj=-1000)), b=(1, PLAIN)) == ["b"]


def test_a_process_with_memory_has_at_least_one_point() -> None:
    assert chosen(a=(1000, ProcessTraits(oom_score_adj=-999))) == ["a"]


@pytest.mark.parametrize(
    ("kernel", "worst"), [(KERNEL_4_13, "b"), (KERNEL_4_14, "b"), (KERNEL_4_19, "a")]
)
def test_an_administrator_has_three_percent_less_until_4_19(
    kernel: KernelRelease, worst: str
) -> None:
    admin = ProcessTraits(cap_sys_admin=True)
    assert chosen(kernel, a=(1000, admin), b=(971, PLAIN)) == [worst]
    assert chosen(kernel, a=(1000, admin), b=(970, PLAIN)) == ["a"]  # the first of equals


def test_swap_and_page_tables_count() -> None:
    assert chosen(a=(1000, PLAIN), b=(600, ProcessTraits(other_pages=401))) == ["b"]


@pytest.mark.parametrize(
    "never", [ProcessTraits(is_init=True), ProcessTraits(in_vfork=True)], ids=["init", "vfork"]
)
def test_some_are_passed_over(never: ProcessTraits) -> None:
    assert chosen(a=(1000, never), b=(1, PLAIN)) == ["b"]


def test_who_asked_to_be_first_is_first() -> None:
    assert chosen(a=(1000, PLAIN), b=(1, ProcessTraits(oom_origin=True))) == ["b"]


def test_a_person_does_not_wait_for_an_earlier_victim() -> None:
    on, task = asking()
    big, small = on.process("big", 70), on.process("small", 50)
    assert killed(oom(on, task, given={small.mm: "victim"})) == []
    assert killed(oom(on, task, SYSRQ, given={small.mm: "victim"})) == ["big"]
    assert killed(oom(on, task, SYSRQ, given={big.mm: "victim"})) == ["big"]


# -- the kill ------------------------------------------------------------------------------------


def test_who_is_dying_anyway_is_helped_along_without_a_word() -> None:
    on, task = asking()
    big = on.process("big", 70)
    run = oom(on, task, given={big.sigkill: 1})
    assert (killed(run), run.said()) == ([], [])
    assert mm(run, big) == "victim"
    assert reaped(on, run) == (big.number,)


def test_a_child_is_sacrificed_the_worst_first() -> None:
    on, task = asking()
    big = on.process("big", 70)
    for name, pages in (("child1", 3), ("child2", 8), ("child3", 5)):
        on.process(name, pages, parent=big)
    assert killed(oom(on, task)) == ["child2"]


def test_a_child_that_shares_the_memory_is_none() -> None:
    on, task = asking()
    big = on.process("big", 70, shared=True)
    on.share("thread-like", big)
    assert killed(oom(on, task))[0] == "big"


def test_children_that_cannot_be_killed_do_not_save_their_parent() -> None:
    on, task = asking()
    big = on.process("big", 70)
    on.process("child", 3, ProcessTraits(oom_score_adj=-1000), parent=big)
    assert killed(oom(on, task)) == ["big"]


def test_everybody_who_shares_the_memory_is_killed() -> None:
    on, task = asking()
    big = on.process("big", 70, shared=True)
    other = on.share("other", big)
    run = oom(on, task)
    assert killed(run) == ["big", "other"]
    assert run.state[other.memdie.index] == 0  # no reserves for it
    assert reaped(on, run) == (big.number,)


def test_if_init_shares_the_memory_it_is_not_reaped() -> None:
    on, task = asking()
    big = on.process("big", 70, shared=True)
    on.share("init", big, ProcessTraits(is_init=True))
    run = oom(on, task)
    assert killed(run) == ["big"]
    assert mm(run, big) == "skip"
    assert reaped(on, run) == ()


def test_a_dying_caller_whose_memory_somebody_else_uses_frees_nothing() -> None:
    on = machine()
    own = on.process("own", 5, shared=True)
    other = on.share("other", own)
    on.process("big", 70)
    task = spawn(on, process=own)
    assert killed(oom(on, task, given={own.sigkill: 1})) == ["big"]
    assert killed(oom(on, task, given={own.sigkill: 1, other.sigkill: 1})) == []


def test_a_caller_that_dumps_core_does_not_count_as_dying() -> None:
    on, task = asking(ProcessTraits(dumping_core=True))
    on.process("big", 70)
    assert task.process is not None
    assert killed(oom(on, task, given={task.process.sigkill: 1})) == ["big"]


# -- other callers -------------------------------------------------------------------------------


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


# -- suspend -------------------------------------------------------------------------------------


def suspending() -> tuple[Machine, Task, Process]:
    on = machine(suspends=True)
    big = on.process("big", 70)
    return on, spawn(on, "suspend"), big


def test_a_disabled_killer_refuses_before_it_asks_anybody() -> None:
    on, task, _ = suspending()
    on.oom_notify_list.register(listener("listener", 1))
    assert on.oom_killer_disabled is not None
    run = oom(on, task, given={on.oom_killer_disabled: 1})
    assert (run.result, run.said()) == (False, [])


def test_disabling_waits_for_oom_lock() -> None:
    on, task, _ = suspending()
    run = solo(on, task, oom_killer_disable(on, task, 9), given={on.oom_lock: SOMEBODY})
    assert run.ending == "blocked"


def test_without_victims_the_killer_is_off_at_once() -> None:
    on, task, _ = suspending()
    assert on.oom_killer_disabled is not None
    run = solo(on, task, oom_killer_disable(on, task, 9))
    assert run.result is True
    assert run.state[on.oom_killer_disabled.index] == 1
    assert run.state[on.oom_lock.index] == -1


def test_a_victim_that_does_not_exit_makes_the_suspend_fail() -> None:
    on, task, _ = suspending()
    assert on.oom_killer_disabled is not None and on.oom_victims is not None
    run = solo(on, task, oom_killer_disable(on, task, 9), given={on.oom_victims.count: 1})
    assert run.result is False
    assert run.state[on.oom_killer_disabled.index] == 0
    assert [op.args for op, _ in run.ops if op.kind == "sleep_on"] == [(9,)]


def test_a_kill_is_counted() -> None:
    on, task, _ = suspending()
    assert on.oom_victims is not None
    assert oom(on, task).state[on.oom_victims.count.index] == 1


def test_a_victim_that_is_marked_again_is_counted_once() -> None:
    """Suspend waits until the count is 0, and each victim takes off one when it exits."""
    on, task, big = suspending()
    assert on.oom_victims is not None
    given: dict[Slot, Hashable] = {on.oom_victims.count: 1, big.memdie: 1, big.mm: "victim"}
    run = solo(on, task, mark_oom_victim(big), given=given)
    assert run.state[on.oom_victims.count.index] == 1
