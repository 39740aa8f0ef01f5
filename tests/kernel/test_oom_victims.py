"""Who is worst, and who is killed with the worst."""

from __future__ import annotations

import pytest

from oomlab.kernel.oom_kill import SYSRQ
from oomlab.kernel.process import ProcessTraits
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14, KERNEL_4_19
from oomlab.kernel_release import KernelRelease
from tests.kernel.oom import asking, killed, mm, oom, reaped
from tests.kernel.solo import machine, spawn

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
