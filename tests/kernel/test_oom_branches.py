"""The branches of out_of_memory that a sysctl, a person, a group or a release decides."""

from __future__ import annotations

import pytest

from oomlab.gfp import flags
from oomlab.kernel.oom_kill import ALLOCATOR, SYSRQ, OomControl
from oomlab.kernel.process import MemCgroup, ProcessTraits
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14, KERNEL_4_19
from oomlab.kernel_release import KernelRelease
from tests.kernel.oom import asking, killed, oom, panicked
from tests.kernel.solo import machine, spawn
from tests.kernel.test_oom_kill import listener

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
