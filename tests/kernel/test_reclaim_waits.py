"""Direct reclaim waits for others in four ways; shrinkers that take locks are in other tests."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pytest

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import Space
from oomlab.engine.explorer.verdict import judge
from oomlab.engine.ops import Op, Routine, Slot, State, mutex_lock, mutex_unlock, put, sleep
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14
from oomlab.kernel.task import Process, Task, TaskTraits
from oomlab.kernel.vmscan import (
    MAX_RECLAIM_RETRIES,
    SWAP_CLUSTER_MAX,
    kswapd,
    throttle_direct_reclaim,
    try_to_free_pages,
)
from oomlab.kernel.zone import Kswapd, ZoneDetails
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

HALF = MARKS.min // 2


def with_swapper(
    free: int, reclaimable: int = 0, *, tells_steps: bool = True
) -> tuple[Machine, Kswapd]:
    on = machine(free, reclaimable=reclaimable, swapper=True, tells_steps=tells_steps)
    assert on.kswapd is not None
    return on, on.kswapd


class TestThrottle:
    """At the entry of direct reclaim."""

    def enter(
        self, gfp: int, *, free: int = HALF, failures: int = 0, kthread: bool = False, sent: int = 0
    ) -> Solo:
        on, pgdat = with_swapper(free)
        process = None if kthread else on.process("own", 1)
        task = spawn(on, process=process)
        given: dict[Slot, Hashable] = {pgdat.failures: failures}
        if process is not None:
            given[process.sigkill] = sent
        return solo(on, task, throttle_direct_reclaim(on, task, gfp), given=given)

    def test_a_task_stands_there_while_half_of_the_min_mark_is_all_there_is(self) -> None:
        run = self.enter(flags.GFP_KERNEL)
        assert (run.ending, run.ops[-1][0].kind) == ("blocked", "sleep_on")
        assert run.ops[-1][0].slots[0].name == "pfmemalloc_wait"

    def test_one_page_more_is_enough(self) -> None:
        assert self.enter(flags.GFP_KERNEL, free=HALF + 1).ending == "returned"

    @pytest.mark.parametrize("failures", [MAX_RECLAIM_RETRIES - 1, MAX_RECLAIM_RETRIES])
    def test_not_behind_a_swapper_that_has_given_up(self, failures: int) -> None:
        run = self.enter(flags.GFP_KERNEL, failures=failures)
        assert (run.ending == "returned") is (failures == MAX_RECLAIM_RETRIES)

    def test_kernel_threads_do_not_stand_there(self) -> None:
        run = self.enter(flags.GFP_KERNEL, kthread=True)
        assert (run.ending, run.result) == ("returned", False)

    def test_nor_does_a_task_that_is_being_killed(self) -> None:
        run = self.enter(flags.GFP_KERNEL, sent=1)
        assert (run.ending, run.result) == ("returned", False)  # it was killed before, and reclaims

    def test_without_fs_a_second_is_the_limit(self) -> None:
        run = self.enter(flags.GFP_NOFS)
        (op, result) = next(pair for pair in run.ops if pair[0].kind == "sleep_on")
        assert (run.ending, run.result, op.args, result) == ("returned", False, (250,), 0)

    def test_a_signal_ends_it_and_counts_as_progress(self) -> None:
        on, _ = with_swapper(HALF)
        own = on.process("own", 1)
        task = spawn(on, process=own)

        def kill(op: Op, state: State) -> State:
            return put(state, own.sigkill, 1) if op.kind == "check_pages_or_enqueue" else state

        run = solo(on, task, try_to_free_pages(on, task, flags.GFP_KERNEL), meanwhile=kill)
        assert (run.ending, run.result) == ("returned", 1)
        assert "move" not in run.kinds()

    def test_off_unless_the_machine_has_a_swapper(self) -> None:
        on = machine(0)
        task = spawn(on, process=on.process("own", 1))
        run = solo(on, task, throttle_direct_reclaim(on, task, flags.GFP_KERNEL))
        assert (run.ops, run.result) == ((), False)


def asks_once(on: Machine, task: Task, gfp: int) -> Routine:
    yield from alloc_page(on, task, gfp)


def both_engines(on: Machine, limit_us: int = 3_000_000) -> tuple[Clock, str, str]:
    """The run in seconds, its verdict, and the verdict over all orders."""
    clock = Clock(on.model(), Chooser(0, {}), limit_us)
    clock.run()
    graph = search(Space(on.model()), "any", 50_000)
    return clock, ending.verdict(clock), judge(graph).word


def throttled(swapper_meets: bool, gfp: int = flags.GFP_KERNEL) -> Machine:
    """A task asks for a page below half of the min mark; kswapd could help, unless it stands
    behind a lock that somebody holds for ever."""
    on, pgdat = with_swapper(HALF, reclaimable=40, tells_steps=False)
    lock = on.layout.mutex("fs_lock")

    def holds(task: Task) -> Routine:
        yield mutex_lock(lock)
        yield sleep(250 * 3600)
        yield mutex_unlock(lock)

    if swapper_meets:
        on.spawn("holder", "holds a lock for an hour", holds, foreground=False)
    on.spawn(
        "kswapd",
        "reclaims in the background",
        lambda task: kswapd(on, pgdat, task),
        serves=True,
        traits=TaskTraits(reclaim_meets=(lock,) if swapper_meets else ()),
    )
    on.spawn(
        "user",
        "asks for a page",
        lambda task: asks_once(on, task, gfp),
        process=on.process("user", 1),
        starts_at_us=1000,
    )
    return on


def test_the_swapper_lets_the_throttled_go() -> None:
    _, timed, all_orders = both_engines(throttled(False))
    assert (timed, all_orders) == ("completed", "exhausted-clean")


@pytest.mark.parametrize(
    ("free", "reclaimable", "failures"),
    [
        pytest.param(MARKS.high + 1, 0, 3, id="balanced without reclaiming: no failure"),
        pytest.param(MARKS.high, 0, 4, id="short of the mark and nothing found: one more"),
        pytest.param(0, 1, 0, id="something found: none in a row any more"),
    ],
)
def test_a_pass_of_the_swapper_fails_only_if_it_leaves_the_zone_short(
    free: int, reclaimable: int, failures: int
) -> None:
    on, pgdat = with_swapper(free, reclaimable)
    task = spawn(on, "kswapd")
    given: dict[Slot, Hashable] = {pgdat.wanted: 1, pgdat.failures: 3}
    run = solo(on, task, kswapd(on, pgdat, task), given=given)
    assert run.ending == "blocked"
    assert run.state[pgdat.failures.index] == failures


def test_every_shrinker_is_asked_and_their_pages_are_added_up() -> None:
    on = machine()
    task = spawn(on)
    asked: list[Task] = []

    def shrinker(pages: int) -> Callable[[Task], Routine]:
        def scan(current: Task) -> Routine:
            asked.append(current)
            yield from ()
            return pages

        return scan

    on.shrinkers.extend(shrinker(pages) for pages in (1, 20, 300))
    assert solo(on, task, try_to_free_pages(on, task, flags.GFP_KERNEL)).result == 321
    assert asked == [task.reclaiming] * 3


def test_behind_a_swapper_that_waits_a_request_with_fs_waits_as_long() -> None:
    clock, timed, _ = both_engines(throttled(True))
    assert timed == "time-limit"
    stuck = {waiting.task: waiting.waits_for for waiting in ending.waiting(clock)}
    assert stuck["user"] == "pfmemalloc_wait"
    assert stuck["kswapd"] == "fs_lock"


def test_without_fs_it_goes_on_after_a_second() -> None:
    clock, timed, _ = both_engines(throttled(True, flags.GFP_NOFS))
    assert timed == "recovered"  # through the timeout
    assert 1_000_000 < clock.now_us < 1_100_000


def crowded(
    gfp: int,
    isolated: int,
    reclaimable: int,
    kernel: KernelRelease,
    meanwhile: Callable[..., State],
) -> Solo:
    on = machine(0, reclaimable=reclaimable, kernel=kernel, details=ZoneDetails(isolated=isolated))
    own = on.process("own", 1)
    task = spawn(on, process=own)

    def acts(op: Op, state: State) -> State:
        return meanwhile(on, own, op, state)

    return solo(on, task, try_to_free_pages(on, task, gfp), meanwhile=acts)


def nothing(on: Machine, own: Process, op: Op, state: State) -> State:
    return state


class TestTooManyIsolated:
    """Others have more pages off the lists than are left on them."""

    @pytest.mark.parametrize(
        ("gfp", "isolated", "naps"),
        [
            (flags.GFP_NOFS, 80, 0),
            (flags.GFP_NOFS, 81, 1),
            # With IO and FS an eighth is the limit, so that the others can go on.
            (flags.GFP_KERNEL, 10, 0),
            (flags.GFP_KERNEL, 11, 1),
        ],
    )
    def test_the_limit(self, gfp: int, isolated: int, naps: int) -> None:
        run = crowded(gfp, isolated, 80, KERNEL_4_14, nothing)
        assert (run.ending, run.kinds().count("sleep")) == ("returned", naps)
        assert run.result == (0 if naps else SWAP_CLUSTER_MAX)

    def test_4_13_waits_without_end(self) -> None:
        run = crowded(flags.GFP_KERNEL, 81, 80, KERNEL_4_13, nothing)
        assert run.ending == "for ever"
        assert {op.args for op, _ in run.ops if op.kind == "sleep"} == {(25,)}  # 100 ms

    def test_a_signal_ends_it_and_counts_as_progress(self) -> None:
        def kill(on: Machine, own: Process, op: Op, state: State) -> State:
            return put(state, own.sigkill, 1)

        run = crowded(flags.GFP_KERNEL, 81, 80, KERNEL_4_13, kill)
        assert (run.ending, run.result) == ("returned", SWAP_CLUSTER_MAX)
        assert run.state[0] == 0  # nothing has become free

    def test_it_ends_when_the_others_put_their_pages_back(self) -> None:
        def put_back(on: Machine, own: Process, op: Op, state: State) -> State:
            assert on.zone.isolated is not None
            return put(state, on.zone.isolated, 0) if op.kind == "sleep" else state

        run = crowded(flags.GFP_KERNEL, 81, 80, KERNEL_4_13, put_back)
        assert (run.ending, run.result) == ("returned", SWAP_CLUSTER_MAX)


def behind_an_isolator(kernel: KernelRelease) -> Machine:
    """One task stands behind a filesystem's lock with pages isolated; another, which does not need
    that lock, asks for a page."""
    details = ZoneDetails(isolated=0)
    on = machine(MARKS.min, reclaimable=64, kernel=kernel, details=details, tells_steps=False)
    lock = on.layout.mutex("fs_lock")

    def holder(task: Task) -> Routine:
        yield mutex_lock(lock)
        yield sleep(250 * 3600)
        yield mutex_unlock(lock)

    def isolator(task: Task) -> Routine:
        yield from try_to_free_pages(on, task, flags.GFP_KERNEL)

    on.spawn("holder", "holds a lock for an hour", holder, foreground=False)
    on.spawn(
        "isolator",
        "reclaims and stands behind the lock",
        isolator,
        process=on.process("isolator", 1),
        traits=TaskTraits(reclaim_meets=(lock,)),
        foreground=False,
        starts_at_us=1000,
    )
    asks = flags.GFP_KERNEL | flags.NORETRY
    on.spawn(
        "user",
        "asks for a page",
        lambda task: asks_once(on, task, asks),
        process=on.process("user", 1),
        starts_at_us=2000,
    )
    return on


@pytest.mark.parametrize(("kernel", "ends"), [(KERNEL_4_13, False), (KERNEL_4_14, True)])
def test_a_request_that_does_not_retry_waits_for_another_tasks_reclaim(
    kernel: KernelRelease, ends: bool
) -> None:
    clock = Clock(behind_an_isolator(kernel).model(), Chooser(0, {}), 10_000_000)
    clock.run()
    assert (ending.verdict(clock) == "completed") is ends
    waiting = {w.task for w in ending.waiting(clock)}
    assert ("user" in waiting) is not ends


def writing(written: int, reclaimable: int, gfp: int = flags.GFP_KERNEL) -> Solo:
    on = machine(MARKS.min, reclaimable=reclaimable, details=ZoneDetails(writeback=written))
    task = spawn(on, process=on.process("own", 1))
    return solo(on, task, alloc_page(on, task, gfp | flags.RETRY_MAYFAIL))


def test_pages_being_written_are_hoped_for_and_waited_for() -> None:
    run = writing(40, 0)
    naps = [op.args for op, _ in run.ops if op.kind == "sleep"]
    assert (run.ending, run.result) == ("returned", False)
    assert run.steps.count("14") == MAX_RECLAIM_RETRIES + 1
    # One in each fruitless round of reclaim, one in each decision to try again.
    assert naps == [(25,)] * (2 * MAX_RECLAIM_RETRIES + 1)


def test_nobody_naps_where_nothing_is_being_written() -> None:
    run = writing(0, 0)
    assert "sleep" not in run.kinds()
    assert run.steps.count("14") == 1


class TestScopes:
    """A task's scope takes flags away from each of its requests."""

    def reclaims_under(self, gfp: int, **scope: bool) -> Solo:
        on = machine(MARKS.min)
        lock = on.layout.mutex("fs_lock")
        task = spawn(
            on, process=on.process("own", 1), traits=TaskTraits(reclaim_meets=(lock,))
        ).scope(**scope)
        run = solo(on, task, alloc_page(on, task, gfp | flags.RETRY_MAYFAIL))
        assert run.ending == "returned"
        return run

    @pytest.mark.parametrize(
        ("scope", "enters"), [({}, True), ({"nofs": True}, False), ({"noio": True}, False)]
    )
    def test_none_of_them_enters_a_filesystem(self, scope: dict[str, bool], enters: bool) -> None:
        run = self.reclaims_under(flags.GFP_KERNEL, **scope)
        assert ("mutex_lock" in run.kinds()) is enters

    def test_they_belong_to_the_task(self) -> None:
        on = machine()
        task = spawn(on)
        assert task.scope() is task
        assert task.scope(nofs=True) is task.scope(nofs=True) is task.scope(nofs=True).scope()
        assert task.scope(nofs=True).hand is task.hand

    def test_a_request_in_a_scope_never_kills(self) -> None:
        on = machine(MARKS.min)
        task = spawn(on, process=on.process("own", 1)).scope(nofs=True)
        run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL))
        assert run.ending == "for ever"
        assert not any(op.kind == "write" and "SIGKILL" in op.slots[0].name for op, _ in run.ops)
