"""The slow path of the allocator: what each kind of request gets when memory is exhausted."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Op, Slot, State, put
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, TaskTraits
from oomlab.kernel.vmscan import MAX_RECLAIM_RETRIES
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

SOMEBODY = 99
"""A task number that is not the allocating task's."""

EXHAUSTED = MARKS.min
"""Free pages at which an ordinary request fails: the mark itself is not enough."""


def ask(
    gfp: int,
    *,
    free: int = EXHAUSTED,
    reclaimable: int = 0,
    locked: bool = False,
    victims: int = 1,
    dying: bool = False,
) -> Solo:
    """One request on an exhausted machine; `locked`: somebody else has oom_lock."""
    on = machine(free, reclaimable=reclaimable)
    own = on.process("own", 1)
    task = spawn(on, process=own)
    for i in range(victims):
        on.process(f"victim{i}", 100)
    given: dict[Slot, Hashable] = {}
    if locked:
        given[on.oom_lock] = SOMEBODY
    if dying:
        given |= {own.memdie: 1, own.sigkill: 1, own.mm: "victim"}
    return solo(on, task, alloc_page(on, task, gfp), given=given)


def killed(run: Solo) -> bool:
    return any(op.kind == "write" and "SIGKILL" in op.slots[0].name for op, _ in run.ops)


def tried(run: Solo) -> int:
    return run.kinds().count("mutex_trylock")


ATOMIC_LIKE = [flags.GFP_ATOMIC, flags.GFP_NOWAIT, flags.GFP_KERNEL & ~flags.DIRECT_RECLAIM]


@pytest.mark.parametrize("gfp", ATOMIC_LIKE)
@pytest.mark.parametrize("locked", [False, True])
def test_a_request_that_may_not_sleep_fails_without_reclaim(gfp: int, locked: bool) -> None:
    run = ask(gfp, free=0, locked=locked)
    assert (run.ending, run.result) == ("returned", False)
    assert "cost" not in run.kinds()
    assert tried(run) == 0
    assert len(run.said()) == 1


@pytest.mark.parametrize("gfp", [flags.GFP_KERNEL | flags.NORETRY, flags.BALLOON_INFLATE])
@pytest.mark.parametrize("locked", [False, True])
def test_noretry_makes_one_round_of_reclaim_and_never_asks_for_oom_lock(
    gfp: int, locked: bool
) -> None:
    run = ask(gfp, locked=locked)
    assert (run.ending, run.result) == ("returned", False)
    assert run.kinds().count("cost") == 1
    assert tried(run) == 0


@pytest.mark.parametrize(
    "gfp",
    [
        flags.GFP_KERNEL,
        flags.GFP_NOFS,
        flags.GFP_NOIO,
        flags.GFP_KERNEL | flags.RETRY_MAYFAIL,
        flags.GFP_KERNEL | flags.DMA,
        flags.GFP_KERNEL | flags.THISNODE,
        flags.GFP_KERNEL | flags.NOFAIL,
    ],
)
def test_while_somebody_has_oom_lock_every_blocking_request_polls_for_ever(gfp: int) -> None:
    run = ask(gfp, locked=True)
    assert run.ending == "for ever"
    assert tried(run) > 100
    assert run.kinds().count("sleep") >= tried(run) - 1
    assert run.said() == []


def test_gfp_kernel_kills_and_then_gets_a_page() -> None:
    on = machine(EXHAUSTED)
    task = spawn(on, process=on.process("own", 1))
    victim = on.process("victim", 100)

    def dies(op: Op, state: State) -> State:
        """The victim exits as soon as it is sent the signal."""
        if op.kind == "write" and op.slots[0] is victim.sigkill:
            state = put(state, on.zone.free, 110)
            return put(state, victim.rss, 0)
        return state

    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL), meanwhile=dies)
    assert (run.ending, run.result) == ("returned", True)
    assert killed(run)


@pytest.mark.parametrize("gfp", [flags.GFP_NOFS, flags.GFP_NOIO])
def test_without_fs_a_request_asks_the_listeners_but_never_kills(gfp: int) -> None:
    run = ask(gfp)
    assert run.ending == "for ever"
    assert not killed(run)
    assert tried(run) > 50
    assert "sleep" not in run.kinds()  # it has the lock each time: nothing to wait for


@pytest.mark.parametrize("flag", [flags.RETRY_MAYFAIL, flags.DMA, flags.THISNODE])
def test_requests_that_may_fail_do_so_with_oom_lock_taken_and_given_back(flag: int) -> None:
    run = ask(flags.GFP_KERNEL | flag)
    assert (run.ending, run.result) == ("returned", False)
    assert not killed(run)
    assert tried(run) == 1
    assert run.kinds().count("mutex_unlock") == 1


def test_the_last_chance_is_tried_at_the_high_mark_with_the_lock_held() -> None:
    """Pages that came back meanwhile are taken before anybody is killed."""
    on = machine(EXHAUSTED)
    task = spawn(on, process=on.process("own", 1))

    def come_back(op: Op, state: State) -> State:
        return put(state, on.zone.free, MARKS.high + 1) if op.kind == "mutex_trylock" else state

    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL), meanwhile=come_back)
    assert (run.ending, run.result) == ("returned", True)
    assert not killed(run)
    last_chance = run.kinds().index("mutex_trylock") + 1
    op, got = run.ops[last_chance]
    assert (op.kind, op.args, got) == ("take_page", (MARKS.high,), True)
    assert run.state[on.oom_lock.index] == -1


def test_one_page_less_than_the_high_mark_is_not_enough_for_the_last_chance() -> None:
    on = machine(EXHAUSTED)
    task = spawn(on, process=on.process("own", 1))
    on.process("victim", 100)

    def come_back(op: Op, state: State) -> State:
        return put(state, on.zone.free, MARKS.high) if op.kind == "mutex_trylock" else state

    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL), meanwhile=come_back)
    assert killed(run)
    assert run.result is True  # the min mark is passed when it loops


@pytest.mark.parametrize(
    ("free", "gfp", "got"),
    [
        (MARKS.low + 1, flags.GFP_NOWAIT, True),
        (MARKS.low, flags.GFP_NOWAIT, True),  # not at the low mark, but at the min mark
        (MARKS.min + 1, flags.GFP_NOWAIT, True),
        (MARKS.min, flags.GFP_NOWAIT, False),
        (5, flags.GFP_ATOMIC, True),  # half the min mark, and a quarter of that less: 10, 5, 4
        (4, flags.GFP_ATOMIC, False),
        (6, flags.GFP_NOWAIT | flags.HIGH, True),
        (5, flags.GFP_NOWAIT | flags.HIGH, False),
        (1, flags.GFP_NOWAIT | flags.MEMALLOC, True),
        (0, flags.GFP_NOWAIT | flags.MEMALLOC, False),
        (1, flags.GFP_NOWAIT | flags.MEMALLOC | flags.NOMEMALLOC, False),
    ],
)
def test_how_far_down_a_request_may_reach(free: int, gfp: int, got: bool) -> None:
    assert ask(gfp, free=free).result is got


def test_the_fast_path_looks_at_the_low_mark_only() -> None:
    run = ask(flags.GFP_KERNEL, free=MARKS.low + 1)
    assert run.kinds() == ["take_page"]
    assert ask(flags.GFP_KERNEL, free=MARKS.low).kinds() == ["take_page", "take_page"]


def test_a_victim_takes_the_last_reserves() -> None:
    run = ask(flags.GFP_KERNEL, free=1, dying=True, locked=True)
    assert (run.ending, run.result) == ("returned", True)
    assert tried(run) == 0


def test_a_victim_without_reserves_left_fails_after_one_poll() -> None:
    run = ask(flags.GFP_KERNEL, free=0, dying=True, locked=True)
    assert (run.ending, run.result) == ("returned", False)
    assert tried(run) == 1


def test_a_victim_that_may_not_use_reserves_fails_after_one_poll() -> None:
    run = ask(flags.GFP_KERNEL | flags.NOMEMALLOC, free=1, dying=True, locked=True)
    assert (run.ending, run.result) == ("returned", False)
    assert tried(run) == 1


def test_reclaimable_pages_are_reclaimed_before_anybody_asks_for_oom_lock() -> None:
    run = ask(flags.GFP_KERNEL, reclaimable=40)
    assert run.result is True
    assert tried(run) == 0
    assert run.kinds().count("cost") == 1


def test_with_nothing_reclaimable_the_oom_path_follows_one_round() -> None:
    run = ask(flags.GFP_KERNEL | flags.RETRY_MAYFAIL)
    assert run.kinds()[: run.kinds().index("mutex_trylock")].count("cost") == 1


def rounds_before_oom(is_worker: bool) -> Solo:
    """Pages that are there whenever a retry is decided, and never when reclaim looks."""
    on = machine(EXHAUSTED, reclaimable=5)
    task = spawn(on, process=on.process("own", 1), is_worker=is_worker)

    def come_and_go(op: Op, state: State) -> State:
        return put(state, on.zone.reclaimable, 5 if op.kind == "move" else 0)

    gfp = flags.GFP_KERNEL | flags.RETRY_MAYFAIL
    return solo(on, task, alloc_page(on, task, gfp), meanwhile=come_and_go)


@pytest.mark.parametrize("is_worker", [False, True])
def test_hope_lasts_for_seventeen_rounds(is_worker: bool) -> None:
    run = rounds_before_oom(is_worker)
    assert (run.ending, run.result) == ("returned", False)
    kinds = run.kinds()[: run.kinds().index("mutex_trylock")]
    assert kinds.count("cost") == MAX_RECLAIM_RETRIES + 1 == 17
    assert kinds.count("sleep") == (MAX_RECLAIM_RETRIES if is_worker else 0)


@pytest.mark.parametrize("gfp", [flags.GFP_KERNEL, flags.BALLOON_INFLATE])
def test_with_fs_reclaim_meets_filesystem_locks(gfp: int) -> None:
    on = machine(EXHAUSTED)
    lock = on.layout.mutex("fs_lock")
    task = spawn(on, traits=TaskTraits(reclaim_meets=(lock,)))
    run = solo(on, task, alloc_page(on, task, gfp), given={lock: SOMEBODY})
    assert run.ending == "blocked"
    assert run.ops[-1][0].slots == (lock,)


@pytest.mark.parametrize("gfp", [flags.GFP_NOFS, flags.GFP_NOIO, flags.GFP_NOWAIT])
def test_without_fs_it_does_not(gfp: int) -> None:
    on = machine(EXHAUSTED)
    lock = on.layout.mutex("fs_lock")
    task = spawn(on, traits=TaskTraits(reclaim_meets=(lock,)))
    run = solo(on, task, alloc_page(on, task, gfp), given={lock: SOMEBODY})
    assert run.ending != "blocked"


def test_nofail_takes_even_the_last_page_once_the_oom_killer_has_been_asked() -> None:
    on = machine(1)
    task = spawn(on, process=on.process("own", 1))
    on.process("victim", 100)
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL | flags.NOFAIL))
    assert (run.ending, run.result) == ("returned", True)
    assert killed(run)
    assert run.state[on.zone.free.index] == 0


def test_nofail_does_not_fail_where_noretry_would() -> None:
    run = ask(flags.GFP_KERNEL | flags.NORETRY | flags.NOFAIL, free=0)
    assert run.ending == "for ever"


def test_atomic_and_blocking_contradict_each_other_and_blocking_wins() -> None:
    run = ask(flags.GFP_KERNEL | flags.ATOMIC | flags.RETRY_MAYFAIL)
    attempts = {op.args for op, _ in run.ops if op.kind == "take_page"}
    assert attempts == {(MARKS.low,), (MARKS.min,), (MARKS.high,)}


def test_nowarn_fails_in_silence() -> None:
    assert len(ask(flags.GFP_NOWAIT).said()) == 1
    assert ask(flags.GFP_NOWAIT | flags.NOWARN).said() == []


def test_the_page_is_in_the_hand_or_not() -> None:
    on = machine(MARKS.low + 5)
    task = spawn(on)
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL))
    assert run.state[task.hand.index] == 1
    on = machine(0)
    task = spawn(on)
    run = solo(on, task, alloc_page(on, task, flags.GFP_NOWAIT))
    assert run.state[task.hand.index] == 0


def order_of_attempts(on: Machine, task: Task, gfp: int) -> list[str]:
    run = solo(on, task, alloc_page(on, task, gfp))
    names = {"cost": "reclaim", "take_page": "attempt", "mutex_trylock": "oom_lock"}
    return [names[kind] for kind in run.kinds() if kind in names]


def test_the_whole_way_of_a_request_that_may_fail() -> None:
    on = machine(EXHAUSTED)
    task = spawn(on)
    assert order_of_attempts(on, task, flags.GFP_KERNEL | flags.RETRY_MAYFAIL) == [
        "attempt",  # fast path, low mark
        "attempt",  # step 5
        "attempt",  # step 10
        "reclaim",  # step 14
        "oom_lock",  # step 20
        "attempt",  # the last chance
    ]
