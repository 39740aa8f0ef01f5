"""The reaper: its stack, its attempts, and what it waits for in which release."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Op, RwSemaphore, Slot, State, put
from oomlab.kernel.exit import do_exit
from oomlab.kernel.oom_reaper import oom_reap_task, oom_reaper, wake_oom_reaper
from oomlab.kernel.process import ProcessTraits
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14, KERNEL_4_19
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import Solo, machine, solo, spawn
from tests.kernel.test_oom_kill import SOMEBODY

WRITTEN = RwSemaphore((), SOMEBODY)


def reap(
    kernel: KernelRelease = KERNEL_4_13,
    traits: ProcessTraits | None = None,
    free_after: int | None = None,
    given: dict[str, Hashable] | None = None,
) -> Solo:
    """Reap a victim of 70 pages, whose mmap_sem becomes free after so many attempts (None: it is
    free from the beginning)."""
    on = machine(kernel=kernel)
    victim = on.process("victim", 70, traits or ProcessTraits(), mmap_sem=True)
    task = spawn(on, "oom_reaper")
    assert victim.mmap_sem is not None
    tries = 0

    def meanwhile(op: Op, state: State) -> State:
        nonlocal tries
        tries += op.kind == "down_read_trylock"
        if op.kind == "sleep" and free_after is not None and tries >= free_after:
            assert victim.mmap_sem is not None
            state = put(state, victim.mmap_sem, RwSemaphore())
        return state

    slots: dict[Slot, Hashable] = {victim.mm: "victim"}
    if free_after is not None:
        slots[victim.mmap_sem] = WRITTEN
    for name, value in (given or {}).items():
        slots[getattr(on, name)] = value
    return solo(on, task, oom_reap_task(on, victim), given=slots, meanwhile=meanwhile)


def value(run: Solo, name: str) -> Hashable:
    """The last value that was written to a slot of this name."""
    written = [op.args[0] for op, _ in run.ops if op.kind == "write" and op.slots[0].name == name]
    return written[-1] if written else None


def test_one_attempt_is_enough_if_nothing_is_in_the_way() -> None:
    run = reap()
    assert run.kinds().count("down_read_trylock") == 1
    assert "sleep" not in run.kinds()
    assert run.said() == ["oom_reaper: reaped process victim, 70 pages"]
    assert value(run, "mm of victim") == "skip"


@pytest.mark.parametrize("attempts", [1, 4, 9])
def test_it_tries_again_every_100_ms(attempts: int) -> None:
    run = reap(free_after=attempts)
    assert run.kinds().count("down_read_trylock") == attempts + 1
    assert [op.args for op, _ in run.ops if op.kind == "sleep"] == [(25,)] * attempts
    assert run.said() == ["oom_reaper: reaped process victim, 70 pages"]


def test_it_gives_up_after_ten_attempts_and_lets_the_killer_look_elsewhere() -> None:
    run = reap(free_after=99)
    assert run.kinds().count("down_read_trylock") == 10
    assert run.kinds().count("sleep") == 9
    assert run.said() == ["oom_reaper: unable to reap process victim"]
    assert value(run, "mm of victim") == "skip"


def test_between_two_attempts_it_does_not_hold_oom_lock() -> None:
    kinds = [k for k in reap(free_after=1).kinds() if k in ("mutex_lock", "sleep", "mutex_unlock")]
    assert kinds == ["mutex_lock", "mutex_unlock", "sleep", "mutex_lock", "mutex_unlock"]


@pytest.mark.parametrize(
    ("kernel", "waits"), [(KERNEL_4_13, True), (KERNEL_4_14, True), (KERNEL_4_19, False)]
)
def test_it_waits_for_oom_lock_until_4_19(kernel: KernelRelease, waits: bool) -> None:
    run = reap(kernel, given={"oom_lock": SOMEBODY})
    assert (run.ending == "blocked") == waits


@pytest.mark.parametrize(
    ("kernel", "naps"), [(KERNEL_4_13, False), (KERNEL_4_14, True), (KERNEL_4_19, False)]
)
def test_4_14_leaves_watched_memory_alone_for_a_second_under_oom_lock(
    kernel: KernelRelease, naps: bool
) -> None:
    run = reap(kernel, ProcessTraits(mmu_notifiers=True))
    kinds = run.kinds()
    assert ("sleep" in kinds, "move" in kinds) == (naps, not naps)
    if naps:
        assert [op.args for op, _ in run.ops if op.kind == "sleep"] == [(250,)]
        assert kinds.index("mutex_lock") < kinds.index("sleep") < kinds.index("mutex_unlock")
    assert value(run, "mm of victim") == "skip"


def test_the_latest_victim_is_served_first() -> None:
    on = machine()
    first, second = on.process("first", 3), on.process("second", 4)
    task = spawn(on, "killer")
    run = solo(on, task, wake_oom_reaper(on, first))
    run = solo(
        on,
        task,
        wake_oom_reaper(on, second),
        given={on.oom_reaper_list: run.state[on.oom_reaper_list.index]},
    )
    stack = run.state[on.oom_reaper_list.index]
    assert stack == (second.number, first.number)
    served = solo(on, task, oom_reaper(on, task), given={on.oom_reaper_list: stack})
    assert [line.split()[3] for line in served.said()] == ["second,", "first,"]
    assert served.ending == "blocked"


def test_memory_that_is_shared_is_passed_over_for_all_who_live_in_it() -> None:
    on = machine()
    first = on.process("first", 70, shared=True)
    other = on.share("other", first)
    task = spawn(on, "oom_reaper")
    run = solo(on, task, oom_reap_task(on, first), given={first.mm: "victim"})
    assert (run.state[first.mm.index], run.state[other.mm.index]) == ("skip", "skip")


def test_the_last_one_out_gives_the_memory_back() -> None:
    on = machine()
    first = on.process("first", 70, shared=True)
    other = on.share("other", first)
    task = spawn(on)
    assert first.users is not None
    run = solo(on, task, do_exit(on, first))
    assert run.state[first.rss.index] == 70
    users = run.state[first.users.index]
    assert users == 1
    run = solo(on, task, do_exit(on, other), given={first.users: users})
    assert run.state[first.rss.index] == 0


def test_of_a_victim_that_is_gone_there_is_nothing_to_reap() -> None:
    on = machine()
    victim = on.process("gone", 70)
    task = spawn(on, "oom_reaper")
    run = solo(on, task, oom_reap_task(on, victim), given={victim.rss: 0, victim.mm: "gone"})
    assert (run.said(), run.state[victim.mm.index]) == ([], "gone")
    assert "cost" not in run.kinds()
