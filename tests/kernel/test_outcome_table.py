"""How a request ends on an exhausted machine: the model is run, and held against `gfp.outcomes`."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oomlab.engine.ops import Op, Slot, State, put
from oomlab.gfp.outcomes import Caller, Ending, outcome
from oomlab.gfp.predicates import Request, Reserve, request
from oomlab.gfp.tables import table
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.releases import KERNEL_4_13, KERNEL_4_14, KERNEL_4_19
from oomlab.kernel.slow_path import STEP
from oomlab.kernel.task import TaskTraits
from oomlab.kernel_release import KernelRelease
from tests.kernel.solo import MARKS, Solo, machine, solo, spawn

SOMEBODY = 99
TABLE = table("4.13")


def ask(
    gfp: int, held: bool, caller: Caller, kernel: KernelRelease = KERNEL_4_13, free: int = 0
) -> Solo:
    """One request where nothing is left to reclaim, and killing frees nothing."""
    on = machine(free, kernel=kernel)
    own = on.process("own", 1)
    on.process("largest", 100)
    task = spawn(on, process=own, traits=TaskTraits(pf_memalloc=caller is Caller.PF_MEMALLOC))
    given: dict[Slot, Hashable] = {on.oom_lock: SOMEBODY} if held else {}
    if caller is Caller.VICTIM:
        given |= {own.memdie: 1, own.sigkill: 1, own.mm: "victim"}
    return solo(on, task, alloc_page(on, task, gfp), given=given)


def ending(run: Solo) -> Ending:
    """What the run says, in the words of the table."""
    killed = any(op.kind == "write" and "SIGKILL" in op.slots[0].name for op, _ in run.ops)
    polls = run.kinds().count("mutex_trylock")
    if run.ending == "for ever":
        if "23" in run.steps:
            return Ending.LOOPS
        if "5 (OOM)" in run.steps:
            return Ending.KILLS if killed else Ending.NOTIFIES
        return Ending.POLLS
    assert (run.ending, run.result, run.steps[-1]) == ("returned", False, "23")
    exits = [number for number in run.steps if number not in ("21", "22", "23")]
    last = "21" if run.steps[-2] == "21" else exits[-1]
    if last == "21":
        polled = "3 (OOM)" not in run.steps
        assert polls == 1
        return Ending.FAILS_VICTIM_POLLED if polled else Ending.FAILS_VICTIM
    rounds = run.steps.count("14")
    assert rounds == (0 if last in ("11", "13") else 1)
    return {
        "11": Ending.FAILS_CANNOT_SLEEP,
        "13": Ending.FAILS_MEMALLOC,
        "16": Ending.FAILS_NORETRY,
        "4c": Ending.FAILS_RETRY_MAYFAIL,
        "4d": Ending.FAILS_LOWMEM,
        "4f": Ending.FAILS_THISNODE,
    }[last]


CELLS = [
    ("GFP_ATOMIC", Caller.ORDINARY, "fails at 11", "fails at 11"),
    ("GFP_NOWAIT", Caller.ORDINARY, "fails at 11", "fails at 11"),
    (
        "GFP_KERNEL | __GFP_NORETRY",
        Caller.ORDINARY,
        "one reclaim, fails at 16",
        "one reclaim, fails at 16",
    ),
    ("GFP_KERNEL", Caller.ORDINARY, "may notify / kill", "polls for ever"),
    ("GFP_NOFS", Caller.ORDINARY, "notifies, cannot kill, loops", "polls for ever"),
    ("GFP_NOIO", Caller.ORDINARY, "notifies, cannot kill, loops", "polls for ever"),
    ("GFP_KERNEL | __GFP_RETRY_MAYFAIL", Caller.ORDINARY, "fails at 4c", "polls for ever"),
    ("GFP_DMA | GFP_KERNEL", Caller.ORDINARY, "fails at 4d", "polls for ever"),
    ("GFP_KERNEL", Caller.PF_MEMALLOC, "fails at 13", "fails at 13"),
    ("GFP_KERNEL", Caller.VICTIM, "fails at 21", "fails at 21 after one poll"),
]
"""The outcome table, cell by cell, for a machine whose reserves are used up."""


@pytest.mark.parametrize("kernel", [KERNEL_4_13, KERNEL_4_14, KERNEL_4_19])
@pytest.mark.parametrize("held", [False, True], ids=["oom_lock free", "oom_lock held"])
@pytest.mark.parametrize(("expression", "caller", "free", "taken"), CELLS)
def test_the_model_gives_the_outcome_table(
    expression: str, caller: Caller, free: str, taken: str, held: bool, kernel: KernelRelease
) -> None:
    asked = request(expression)
    run = ask(asked.mask, held, caller, kernel)
    assert ending(run).value == (taken if held else free)
    assert set(run.steps) <= set(STEP)


@pytest.mark.parametrize("held", [False, True], ids=["oom_lock free", "oom_lock held"])
@pytest.mark.parametrize(
    ("caller", "kernel", "left", "got"),
    [
        (Caller.PF_MEMALLOC, KERNEL_4_13, 1, True),
        (Caller.PF_MEMALLOC, KERNEL_4_14, 1, True),
        (Caller.VICTIM, KERNEL_4_13, 1, True),
        # From 4.14 on a victim gets half of the min mark (10) only.
        (Caller.VICTIM, KERNEL_4_14, 6, True),
        (Caller.VICTIM, KERNEL_4_14, 5, False),
        (Caller.ORDINARY, KERNEL_4_14, 10, False),
    ],
)
def test_reserves_come_before_any_ending(
    caller: Caller, kernel: KernelRelease, left: int, got: bool, held: bool
) -> None:
    assert left <= MARKS.min
    run = ask(request("GFP_KERNEL").mask, held, caller, kernel, free=left)
    assert (run.result is True) is got
    assert not got or run.steps[-1] == "10"


MASKS = st.integers(0, (1 << 25) - 1).map(lambda mask: Request(mask, TABLE))


@settings(max_examples=200)
@given(
    MASKS,
    st.booleans(),
    st.sampled_from(Caller),
    st.sampled_from([KERNEL_4_13, KERNEL_4_14, KERNEL_4_19]),
)
def test_the_table_of_masks_says_what_the_model_does(
    asked: Request, held: bool, caller: Caller, kernel: KernelRelease
) -> None:
    run = ask(asked.mask, held, caller, kernel)
    version = "4.13" if kernel == KERNEL_4_13 else "4.14"  # the numbers of the flags are the same
    told = outcome(Request(asked.mask, table(version)), held, caller)
    expected = told.ending
    if caller is Caller.VICTIM and expected is Ending.KILLS:
        expected = (
            Ending.NOTIFIES
        )  # it is the one victim of the moment itself: nobody else is killed
    assert ending(run) is expected, (hex(asked.mask), run.steps)
    assert told.fails == (run.ending == "returned")


SHARES = {
    Reserve.NONE: MARKS.min,
    Reserve.QUARTER: MARKS.min - MARKS.min // 4,
    Reserve.HALF: MARKS.min - MARKS.min // 2,
    Reserve.FIVE_EIGHTHS: (MARKS.min - MARKS.min // 2) - (MARKS.min - MARKS.min // 2) // 4,
    Reserve.ALL: 0,
}
"""How many pages must stay free, worked out as __zone_watermark_ok does."""


@settings(max_examples=150)
@given(
    MASKS,
    st.booleans(),
    st.sampled_from(Caller),
    st.sampled_from([KERNEL_4_13, KERNEL_4_14]),
    st.integers(0, MARKS.min),
)
@example(request("GFP_ATOMIC"), False, Caller.ORDINARY, KERNEL_4_13, 5)
def test_the_reserves_are_open_to_whom_the_table_says(
    asked: Request, held: bool, caller: Caller, kernel: KernelRelease, free: int
) -> None:
    """As far as they are: whoever finds enough there gets a page before it reclaims or fails."""
    told = outcome(Request(asked.mask, table(f"{kernel}")), held, caller)
    run = ask(asked.mask, held, caller, kernel, free=free)
    got = run.result is True and run.steps[-1] in ("5", "10") and "11" not in run.steps
    assert got == (free > SHARES[told.reserves]), (hex(asked.mask), told.words, run.steps)


@pytest.mark.parametrize(("kernel", "ends"), [(KERNEL_4_13, "returned"), (KERNEL_4_14, "for ever")])
def test_a_victim_with_all_reserves_does_not_escape_since_4_14(
    kernel: KernelRelease, ends: str
) -> None:
    """Step 21 compares the flags with the victims' own share, and these are not it."""
    mask = request("GFP_KERNEL | __GFP_MEMALLOC").mask
    run = ask(mask, True, Caller.VICTIM, kernel)
    assert run.ending == ends


def test_the_trylock_comes_before_every_reason_to_give_up() -> None:
    """The same request, the same memory: only somebody else's hold on the lock is different."""
    mayfail = request("GFP_KERNEL | __GFP_RETRY_MAYFAIL").mask
    assert ask(mayfail, False, Caller.ORDINARY).ending == "returned"
    polling = ask(mayfail, True, Caller.ORDINARY)
    assert polling.ending == "for ever"
    assert "4c" not in polling.steps


def test_a_polling_request_ends_when_the_lock_is_let_go() -> None:
    on = machine(0)
    task = spawn(on, process=on.process("own", 1))
    mayfail = request("GFP_KERNEL | __GFP_RETRY_MAYFAIL").mask
    polls = 0

    def let_go(op: Op, state: State) -> State:
        nonlocal polls
        polls += op.kind == "mutex_trylock"
        return put(state, on.oom_lock, -1) if op.kind == "sleep" and polls == 5 else state

    run = solo(
        on, task, alloc_page(on, task, mayfail), given={on.oom_lock: SOMEBODY}, meanwhile=let_go
    )
    assert (run.ending, run.result, polls) == ("returned", False, 6)
