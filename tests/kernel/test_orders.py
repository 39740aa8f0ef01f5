"""Requests for blocks of pages: the order term, compaction, costly orders, the two retries."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Op, Slot, State, put
from oomlab.errors import InputError, ModelError
from oomlab.gfp import flags
from oomlab.gfp.outcomes import Ending, outcome
from oomlab.gfp.predicates import Request
from oomlab.gfp.tables import table
from oomlab.kernel.compaction import Compaction, CompactPriority, CompactResult
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.page_alloc import alloc_page, alloc_pages
from oomlab.kernel.page_alloc_retry import should_compact_retry
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14
from oomlab.kernel.task import TaskTraits
from oomlab.kernel.zone import MAX_ORDER, PAGEBLOCK_PAGES, Watermarks, ZoneDetails
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

SKIPPED, DEFERRED = CompactResult.SKIPPED, CompactResult.DEFERRED
COMPLETE, SUCCESS = CompactResult.COMPLETE, CompactResult.SUCCESS
MAYFAIL = flags.GFP_KERNEL | flags.RETRY_MAYFAIL


def always(result: CompactResult, makes_order: int = 0) -> Compaction:
    return Compaction((result, result, result), makes_order)


def ask(
    gfp: int,
    order: int,
    *,
    free: int = MARKS.min,
    largest: int = 0,
    highatomic: int = 0,
    reclaimable: int = 0,
    compaction: Compaction | None = None,
    kernel: KernelRelease = KERNEL_4_13,
    dying: bool = False,
    pf_dumpcore: bool = False,
    realtime: bool = False,
) -> Solo:
    details = ZoneDetails(largest_order=largest, highatomic=highatomic)
    on = machine(
        free, reclaimable=reclaimable, kernel=kernel, details=details, compaction=compaction
    )
    own = on.process("own", 1)
    on.process("largest", 100)
    task = spawn(on, process=own, traits=TaskTraits(pf_dumpcore=pf_dumpcore, realtime=realtime))
    given: dict[Slot, Hashable] = {}
    if dying:
        given = {own.memdie: 1, own.sigkill: 1, own.mm: "victim"}
    return solo(on, task, alloc_pages(on, task, gfp, order), given=given)


@pytest.mark.parametrize(
    ("free", "largest", "order", "got"),
    [
        (MARKS.min + 4, 2, 2, True),  # 14 - 3 > 10
        (MARKS.min + 3, 2, 2, False),
        (MARKS.min + 100, 1, 2, False),  # pages enough, but no such block
        (MARKS.min + 1, 2, 0, True),
        (MARKS.min + 8, MAX_ORDER - 1, 3, True),
    ],
)
def test_a_block_needs_its_pages_above_the_mark_and_a_block_that_large(
    free: int, largest: int, order: int, got: bool
) -> None:
    run = ask(flags.GFP_NOWAIT, order, free=free, largest=largest)
    assert run.result is got


def test_a_block_takes_all_its_pages() -> None:
    on = machine(40, details=ZoneDetails(largest_order=3))
    task = spawn(on)
    run = solo(on, task, alloc_pages(on, task, flags.GFP_KERNEL, 3))
    assert (run.state[on.zone.free.index], run.state[task.hand.index]) == (32, 8)


def test_a_machine_of_single_pages_says_so() -> None:
    on = machine(40)
    with pytest.raises(ModelError, match="order 3 needs a machine booted with"):
        alloc_pages(on, spawn(on), flags.GFP_KERNEL, 3)


@pytest.mark.parametrize("order", [-1, MAX_ORDER])
def test_no_block_is_of_such_an_order(order: int) -> None:
    with pytest.raises(InputError, match="valid: 0 to 10"):
        machine(40, details=ZoneDetails(largest_order=order))
    with pytest.raises(InputError, match="valid: 0 to 10"):
        always(SUCCESS, order)


def test_an_order_no_block_can_have_fails_at_once() -> None:
    run = ask(flags.GFP_KERNEL, MAX_ORDER, free=5000, largest=MAX_ORDER - 1)
    assert (run.result, run.steps) == (False, ("fast", "0"))
    assert "order:11" in run.said()[0]
    assert ask(flags.GFP_KERNEL | flags.NOWARN, MAX_ORDER, free=5000).said() == []


@pytest.mark.parametrize(
    ("gfp", "order", "first"),
    [
        (flags.GFP_KERNEL, 0, False),
        (flags.GFP_KERNEL, 1, True),
        (flags.GFP_HIGHUSER_MOVABLE, 1, False),  # movable: reclaim first
        (flags.GFP_HIGHUSER_MOVABLE, 4, True),  # unless it is costly
        (flags.GFP_KERNEL | flags.MEMALLOC, 1, False),  # reserves are nearer
        (flags.GFP_NOWAIT, 4, False),
    ],
)
def test_who_compacts_before_reclaiming(gfp: int, order: int, first: bool) -> None:
    run = ask(gfp | flags.NORETRY, order, compaction=always(COMPLETE))
    assert ("6" in run.steps) is first


def test_compaction_first_may_be_enough() -> None:
    run = ask(flags.GFP_KERNEL, 2, free=40, compaction=always(SUCCESS, 2))
    assert (run.result, run.steps[-1]) == (True, "6")
    assert "14" not in run.steps


def test_without_io_there_is_no_compaction() -> None:
    run = ask(flags.GFP_NOIO | flags.NORETRY, 2, free=40, compaction=always(SUCCESS, 2))
    assert run.result is False


@pytest.mark.parametrize(
    ("result", "order", "last"),
    [(DEFERRED, 4, "6"), (COMPLETE, 4, "16"), (DEFERRED, 3, "16")],
)
def test_a_costly_request_that_may_not_retry_leaves_when_compaction_is_deferred(
    result: CompactResult, order: int, last: str
) -> None:
    run = ask(flags.GFP_KERNEL | flags.NORETRY, order, compaction=always(result))
    assert (run.result, run.steps[-2:]) == (False, (last, "23"))


def test_a_costly_request_that_may_not_retry_stays_with_asynchronous_compaction() -> None:
    """Only compaction that tries harder would make the block."""
    harder = Compaction((SUCCESS, SUCCESS, COMPLETE), 4)
    no_retry = flags.GFP_KERNEL | flags.NORETRY
    assert ask(no_retry, 4, free=100, compaction=harder).result is False
    assert ask(no_retry, 3, free=100, compaction=harder).result is True
    assert ask(flags.GFP_KERNEL, 4, free=100, compaction=harder).result is True


@pytest.mark.parametrize(("order", "last"), [(4, "17"), (3, "5 (OOM)")])
def test_a_costly_request_gives_up_before_the_oom_killer(order: int, last: str) -> None:
    run = ask(flags.GFP_KERNEL, order, compaction=always(COMPLETE))
    assert last in run.steps
    assert ("20" in run.steps) is (order == 3)


def test_a_costly_request_that_retries_gets_to_the_lock_and_fails_there() -> None:
    run = ask(MAYFAIL, 4, compaction=always(COMPLETE))
    assert (run.ending, run.result, run.steps[-4:]) == ("returned", False, ("4b", "21", "22", "23"))


@pytest.mark.parametrize(
    "gfp",
    [
        flags.GFP_KERNEL,
        MAYFAIL,
        flags.GFP_KERNEL | flags.NORETRY,
        flags.GFP_ATOMIC,
        flags.GFP_KERNEL | flags.NOFAIL,
        flags.GFP_NOFS,
        flags.GFP_KERNEL | flags.DMA,
    ],
)
def test_the_table_of_outcomes_knows_how_a_costly_request_ends(gfp: int) -> None:
    run = ask(gfp, 4, compaction=always(COMPLETE))
    ended = outcome(Request(gfp, table("4.13"), 4), lock_held=False).ending
    if run.ending == "for ever":
        assert ended is Ending.LOOPS
    else:
        assert not run.result and ended.value.endswith(f"fails at {_exit(run)}")


def _exit(run: Solo) -> str:
    """The step at which a request that failed had decided to."""
    return [step for step in run.steps if step not in ("21", "22", "23")][-1]


def test_the_exits_of_the_oom_path_are_asked_in_order() -> None:
    gfp = flags.GFP_KERNEL | flags.RETRY_MAYFAIL | flags.DMA | flags.THISNODE
    seen = []
    for order, dumps, mask in [
        (4, True, gfp),
        (4, False, gfp),
        (0, False, gfp),
        (0, False, gfp & ~flags.RETRY_MAYFAIL),
    ]:
        run = ask(mask, order, compaction=always(COMPLETE), pf_dumpcore=dumps)
        seen.append(run.steps[-4])
    assert seen == ["4a", "4b", "4c", "4d"]
    for suspended, last in [(True, "4e"), (False, "4f")]:
        on = machine(0, switches=Switches(storage_suspended=suspended))
        task = spawn(on)
        asked = flags.GFP_KERNEL | flags.THISNODE
        assert solo(on, task, alloc_page(on, task, asked)).steps[-4] == last


def test_while_storage_is_suspended_no_request_may_enter_a_filesystem() -> None:
    on = machine(0, switches=Switches(storage_suspended=True))
    lock = on.layout.mutex("fs_lock")
    task = spawn(on, traits=TaskTraits(reclaim_meets=(lock,)))
    run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL))
    assert (run.ending, run.result) == ("returned", False)
    assert "mutex_lock" not in run.kinds()


class TestHighatomic:
    """The reserve of blocks for atomic requests."""

    def test_an_atomic_request_gets_its_block_there(self) -> None:
        run = ask(flags.GFP_ATOMIC, 2, free=6, highatomic=PAGEBLOCK_PAGES)
        assert run.result is True

    def test_nobody_else_does(self) -> None:
        run = ask(flags.GFP_NOWAIT | flags.HIGH, 2, free=6, highatomic=PAGEBLOCK_PAGES)
        assert run.result is False

    def test_a_realtime_task_does(self) -> None:
        """It tries as hard as an atomic request."""
        asked = flags.GFP_NOWAIT
        assert ask(asked, 2, free=6, highatomic=PAGEBLOCK_PAGES, realtime=True).result is True
        assert ask(asked, 0, free=9, realtime=True).result is True  # more than 10 - 10 // 4
        assert ask(asked, 0, free=8, realtime=True).result is False
        assert ask(asked, 0, free=9).result is False

    def test_not_for_single_pages(self) -> None:
        assert ask(flags.GFP_ATOMIC, 0, free=0, highatomic=PAGEBLOCK_PAGES).result is False

    def test_the_last_block_goes_before_the_oom_killer_is_asked(self) -> None:
        """Hopeful rounds first: reclaimable pages come and go."""
        details = ZoneDetails(largest_order=0, highatomic=PAGEBLOCK_PAGES)
        on = machine(MARKS.min, reclaimable=5, details=details)
        task = spawn(on, process=on.process("own", 1))

        def come_and_go(op: Op, state: State) -> State:
            slot = on.zone.reclaimable
            return put(state, slot, 5 if op.kind == "move" and slot in op.slots else 0)

        run = solo(on, task, alloc_page(on, task, MAYFAIL), meanwhile=come_and_go)
        assert run.result is True
        assert run.steps.count("14") == 17
        assert "20" not in run.steps

    def test_of_several_blocks_one_goes_as_soon_as_reclaim_was_not_enough(self) -> None:
        marks = Watermarks(10, 12, 14)
        details = ZoneDetails(largest_order=0, highatomic=2 * PAGEBLOCK_PAGES)
        on = machine(0, reclaimable=5, marks=marks, details=details)
        task = spawn(on, process=on.process("own", 1))
        run = solo(on, task, alloc_page(on, task, flags.GFP_KERNEL))
        assert (run.result, run.steps[-1]) == (True, "14")
        assert on.zone.blocks is not None
        assert run.state[on.zone.blocks.highatomic.index] == PAGEBLOCK_PAGES


def retry(
    order: int,
    compacted: CompactResult,
    priority: CompactPriority = CompactPriority.SYNC_LIGHT,
    retries: int = 0,
    *,
    free: int = 0,
    compaction: bool = True,
) -> tuple[bool, CompactPriority, int]:
    on = machine(
        free,
        details=ZoneDetails(largest_order=0),
        compaction=always(compacted) if compaction else None,
    )
    routine = should_compact_retry(on, on.zone, order, compacted, priority, retries)
    answer: tuple[bool, CompactPriority, int] = solo(on, spawn(on), routine).result
    return answer


FULL, LIGHT, ASYNC = CompactPriority


def test_compaction_is_never_worth_another_round_for_a_single_page() -> None:
    assert retry(0, SUCCESS) == (False, LIGHT, 0)


@pytest.mark.parametrize(("order", "most"), [(1, 16), (3, 16), (4, 4)])
def test_a_success_of_no_use_is_retried_so_often(order: int, most: int) -> None:
    priority = LIGHT if order > 3 else FULL  # as hard as it gets
    assert retry(order, SUCCESS, priority, most - 1) == (True, priority, most)
    assert retry(order, SUCCESS, priority, most) == (False, priority, most + 1)


@pytest.mark.parametrize(
    ("order", "priority", "then"),
    [(1, ASYNC, LIGHT), (1, LIGHT, FULL), (1, FULL, None), (4, ASYNC, LIGHT), (4, LIGHT, None)],
)
def test_a_complete_failure_is_retried_only_harder(
    order: int, priority: CompactPriority, then: CompactPriority | None
) -> None:
    expected = (False, priority, 3) if then is None else (True, then, 0)
    assert retry(order, COMPLETE, priority, 3) == expected


@pytest.mark.parametrize("result", [SKIPPED, DEFERRED, CompactResult.CONTENDED])
@pytest.mark.parametrize(
    ("order", "free", "again"),
    [(1, 15, True), (1, 14, False), (4, MARKS.low + 33, True), (4, MARKS.low + 32, False)],
)
def test_compaction_that_withdrew_is_retried_where_the_zone_is_suitable(
    result: CompactResult, order: int, free: int, again: bool
) -> None:
    assert retry(order, result, free=free) == (again, LIGHT, 0)


@pytest.mark.parametrize(
    ("order", "free", "again"), [(1, 11, True), (1, 10, False), (3, 11, True), (4, 11, False)]
)
def test_without_compaction_single_pages_keep_hope_alive(
    order: int, free: int, again: bool
) -> None:
    assert retry(order, SKIPPED, free=free, compaction=False)[0] is again


def test_priorities_rise_until_the_block_is_there() -> None:
    """Reclaim makes progress each round; only the hardest compaction makes the block."""
    on = machine(
        MARKS.min,
        details=ZoneDetails(largest_order=0),
        compaction=Compaction((SUCCESS, COMPLETE, COMPLETE), 2),
    )
    task = spawn(on, process=on.process("own", 1))

    def refill(op: Op, state: State) -> State:
        return put(state, on.zone.reclaimable, 32)

    run = solo(on, task, alloc_pages(on, task, flags.GFP_KERNEL, 2), meanwhile=refill)
    assert run.result is True
    assert run.steps.count("15") == 2  # sync-light in the first round, sync-full in the second
    assert "20" not in run.steps


def test_reclaim_is_not_worth_another_round_without_a_block() -> None:
    """All memory could be freed, and still no two pages would lie side by side."""
    run = ask(flags.GFP_KERNEL, 1, reclaimable=0, free=1000, compaction=always(COMPLETE))
    assert run.steps[: run.steps.index("20")].count("14") == 1


def test_nofail_goes_back_to_retry() -> None:
    """As the kernel does: not round a loop of its own, but through reclaim and the lock again."""
    run = ask(flags.GFP_KERNEL | flags.NOFAIL | flags.DMA, 0, free=0)
    assert run.ending == "for ever"
    first, second = [i for i, number in enumerate(run.steps) if number == "23"][:2]
    assert run.steps[first + 1 : second + 1] == (
        *("7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"),
        *("20", "3 (OOM)", "4d", "21", "22", "23"),
    )


def test_nofail_tries_harder_at_the_end() -> None:
    run = ask(flags.GFP_KERNEL | flags.NOFAIL | flags.NORETRY, 0, free=9)
    assert (run.result, run.steps[-1]) == (True, "23")
    assert ask(flags.GFP_KERNEL | flags.NORETRY, 0, free=9).result is False


@pytest.mark.parametrize(("kernel", "left"), [(KERNEL_4_13, 0), (KERNEL_4_14, 5)])
def test_a_victim_that_finds_no_block_fails(kernel: KernelRelease, left: int) -> None:
    run = ask(flags.GFP_KERNEL, 1, free=left, largest=3, kernel=kernel, dying=True)
    assert (run.ending, run.result, run.steps[-2:]) == ("returned", False, ("21", "23"))
