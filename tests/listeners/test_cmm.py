"""The two collaborative memory managers: a spinlock, no sleep, no request for memory."""

from __future__ import annotations

import pytest

from oomlab.gfp import flags
from oomlab.kernel.task import TaskTraits
from oomlab.listeners.pseries_cmm import (
    CMM_GFP,
    PseriesCmm,
    cmm_alloc_pages,
    cmm_mem_going_offline,
)
from oomlab.listeners.s390_cmm import S390Cmm, cmm_thread
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

PLENTY = 1000
SLEEPING = {"sleep", "io", "mutex_lock", "sleep_on", "wait_for", "take_page", "mutex_trylock"}


def freed(run: Solo) -> int:
    """What the callback added to its caller's counter."""
    (written,) = [
        op.args[0] for op, _ in run.ops if op.kind == "write" and "freed" in op.slots[0].name
    ]
    assert isinstance(written, int)
    return written


@pytest.mark.parametrize(
    ("timed", "permanent", "gives", "left"),
    [
        (300, 300, 256, (44, 300)),
        (100, 300, 256, (0, 144)),
        (10, 20, 30, (0, 0)),
        (0, 0, 0, (0, 0)),
    ],
)
def test_s390_gives_timed_pages_first_and_256_at_most(
    timed: int, permanent: int, gives: int, left: tuple[int, int]
) -> None:
    on = machine()
    cmm = S390Cmm.init(on, timed_pages=timed, pages=permanent, target=999)
    task = spawn(on)
    run = solo(on, task, cmm.cmm_oom_notify(task, task.freed))
    assert freed(run) == gives
    assert (run.state[cmm.timed_pages.index], run.state[cmm.pages.index]) == left
    assert run.state[on.zone.free.index] == 10 + gives
    assert run.state[cmm.target.index] == 0  # the driver wants nothing more


def test_neither_callback_sleeps_or_allocates() -> None:
    on = machine()
    task = spawn(on)
    s390, pseries = S390Cmm.init(on, pages=500), PseriesCmm.init(on, pages=500)
    for routine in (s390.cmm_oom_notify, pseries.cmm_oom_notify):
        run = solo(on, task, routine(task, task.freed))
        assert run.ending == "returned"
        assert SLEEPING.isdisjoint(run.kinds())
        assert run.kinds().count("spin_lock") == run.kinds().count("spin_unlock") > 0


def test_the_s390_thread_asks_outside_its_lock_and_stops_when_the_target_is_reset() -> None:
    on = machine(PLENTY)
    cmm = S390Cmm.init(on, target=3)
    task = spawn(on)
    run = solo(on, task, cmm_thread(cmm, task, 10))
    assert run.ending == "returned"
    assert run.state[cmm.pages.index] == 3
    held = False
    for op, _ in run.ops:
        held = op.kind == "spin_lock" or (held and op.kind != "spin_unlock")
        assert not (held and op.kind == "take_page")


def test_the_s390_thread_may_run_its_own_callback_without_harm() -> None:
    """Its GFP_NOIO request comes to out_of_memory, the callback gives pages back and resets the
    target: the taking stops."""
    on = machine(MARKS.min)
    cmm = S390Cmm.init(on, pages=5, target=3)
    task = spawn(on)
    run = solo(on, task, cmm_thread(cmm, task, 10))
    assert run.ending == "returned"
    assert ("mutex_trylock", True) in [(op.kind, result) for op, result in run.ops]
    assert run.state[cmm.target.index] == 0


def test_pseries_lends_outside_its_lock_but_replaces_pages_inside() -> None:
    on = machine(PLENTY)
    cmm = PseriesCmm.init(on, pages=0)
    task = spawn(on)
    assert solo(on, task, cmm_alloc_pages(cmm, task, 4)).result == 4
    for routine, inside in (
        (cmm_alloc_pages(cmm, task, 4), False),
        (cmm_mem_going_offline(cmm, task), True),
    ):
        kinds = solo(on, task, routine).kinds()
        assert (kinds.index("spin_lock") < kinds.index("take_page")) is inside


def test_what_pseries_asks_for_may_block_though_it_gives_up_soon() -> None:
    assert flags.gfpflags_allow_blocking(CMM_GFP)
    assert CMM_GFP & flags.NORETRY
    assert not CMM_GFP & (flags.FS | flags.IO)


def test_without_a_page_the_s390_thread_looks_again_a_second_later() -> None:
    on = machine(0)
    cmm = S390Cmm.init(on, target=3)
    task = spawn(on, traits=TaskTraits(pf_memalloc=True))  # its requests fail
    run = solo(on, task, cmm_thread(cmm, task, 2))
    assert [op.args for op, _ in run.ops if op.kind == "sleep"] == [(on.hz,), (on.hz,)]
    assert run.state[cmm.target.index] == 3


def test_pseries_lends_what_it_gets() -> None:
    on = machine(MARKS.min + 3)
    cmm = PseriesCmm.init(on, pages=0)
    task = spawn(on)
    run = solo(on, task, cmm_alloc_pages(cmm, task, 5))
    assert run.result == run.state[cmm.pages.index] == 3
