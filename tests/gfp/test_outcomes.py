"""The outcome table: order at most 3, memory exhausted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.gfp.outcomes import WHY, Caller, Ending, outcome
from oomlab.gfp.predicates import (
    Request,
    invokes_notifiers,
    may_fail_early,
    may_kill,
    must_not_fail,
    request,
)
from oomlab.gfp.questions import answers
from oomlab.gfp.tables import VERSIONS, table

VICTIM = Caller.VICTIM
RECLAIMING = Caller.PF_MEMALLOC
ORDINARY = Caller.ORDINARY


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("expression", "caller", "free", "held"),
    [
        (
            "GFP_ATOMIC",
            ORDINARY,
            "page from reserves (five eighths of the min watermark), else fails at 11",
            "page from reserves (five eighths of the min watermark), else fails at 11",
        ),
        (
            "GFP_KERNEL | __GFP_HIGH",
            ORDINARY,
            "page from reserves (half of the min watermark), else may notify / kill",
            "page from reserves (half of the min watermark), else polls for ever",
        ),
        ("GFP_NOWAIT", ORDINARY, "fails at 11", "fails at 11"),
        ("GFP_NOWAIT | __GFP_NOFAIL", ORDINARY, "fails at 11", "fails at 11"),
        (
            "GFP_KERNEL | __GFP_NORETRY",
            ORDINARY,
            "one reclaim, fails at 16",
            "one reclaim, fails at 16",
        ),
        ("GFP_KERNEL", ORDINARY, "may notify / kill", "polls for ever"),
        ("GFP_NOFS", ORDINARY, "notifies, cannot kill, loops", "polls for ever"),
        ("GFP_NOIO", ORDINARY, "notifies, cannot kill, loops", "polls for ever"),
        ("GFP_KERNEL | __GFP_RETRY_MAYFAIL", ORDINARY, "fails at 4c", "polls for ever"),
        ("GFP_DMA | GFP_KERNEL", ORDINARY, "fails at 4d", "polls for ever"),
        ("GFP_DMA32 | GFP_KERNEL", ORDINARY, "fails at 4d", "polls for ever"),
        ("GFP_KERNEL | __GFP_THISNODE", ORDINARY, "fails at 4f", "polls for ever"),
        # The exits are asked in this order.
        (
            "GFP_KERNEL | __GFP_RETRY_MAYFAIL | GFP_DMA | __GFP_THISNODE",
            ORDINARY,
            "fails at 4c",
            "polls for ever",
        ),
        ("GFP_KERNEL | GFP_DMA | __GFP_THISNODE", ORDINARY, "fails at 4d", "polls for ever"),
        (
            "GFP_KERNEL",
            RECLAIMING,
            "page from reserves, else fails at 13",
            "page from reserves, else fails at 13",
        ),
        (
            "GFP_KERNEL | __GFP_NORETRY",
            RECLAIMING,
            "page from reserves, else fails at 13",
            "page from reserves, else fails at 13",
        ),
        ("GFP_KERNEL | __GFP_NOMEMALLOC", RECLAIMING, "fails at 13", "fails at 13"),
        (
            "GFP_KERNEL",
            VICTIM,
            "page from reserves, else fails at 21",
            "page from reserves, else fails at 21 after one poll",
        ),
        (
            "GFP_KERNEL | __GFP_NOMEMALLOC",
            VICTIM,
            "fails at 21",
            "fails at 21 after one poll",
        ),
        (
            "GFP_NOWAIT",
            VICTIM,
            "page from reserves, else fails at 11",
            "page from reserves, else fails at 11",
        ),
        (
            "GFP_KERNEL | __GFP_MEMALLOC",
            ORDINARY,
            "page from reserves, else may notify / kill",
            "page from reserves, else polls for ever",
        ),
        ("GFP_KERNEL | __GFP_NOFAIL", ORDINARY, "may notify / kill", "polls for ever"),
        (
            "GFP_NOIO | __GFP_NORETRY | __GFP_NOFAIL",
            ORDINARY,
            "loops at 23, never fails",
            "loops at 23, never fails",
        ),
        (
            "GFP_DMA | GFP_KERNEL | __GFP_NOFAIL",
            ORDINARY,
            "loops at 23, never fails",
            "polls for ever",
        ),
    ],
)
def test_the_outcome_table(
    expression: str, caller: Caller, free: str, held: str, version: str
) -> None:
    asked = request(expression, version)
    if caller is VICTIM and version != "4.13":
        part = "reserves (half of the min watermark)"
        free, held = (words.replace("reserves", part) for words in (free, held))
    assert outcome(asked, lock_held=False, caller=caller).words == free
    assert outcome(asked, lock_held=True, caller=caller).words == held


MASKS = st.integers(0, (1 << 25) - 1).map(lambda mask: Request(mask, table("4.13")))


@given(MASKS)
def test_only_early_failures_fail_while_the_lock_is_held(asked: Request) -> None:
    assert outcome(asked, lock_held=True).fails == may_fail_early(asked)
    told = answers(asked)
    assert told["fails_when_oom_lock_held"] <= told["fails_when_oom_lock_free"]


@given(MASKS)
def test_the_free_lock_column_agrees_with_the_predicates(asked: Request) -> None:
    ending = outcome(asked, lock_held=False).ending
    assert (ending is Ending.KILLS) == may_kill(asked)
    assert (ending in (Ending.KILLS, Ending.NOTIFIES)) == invokes_notifiers(asked)


@given(MASKS, st.sampled_from(Caller), st.booleans())
def test_nofail_never_fails_where_it_may_sleep(
    asked: Request, caller: Caller, lock_held: bool
) -> None:
    if must_not_fail(asked):
        assert not outcome(asked, lock_held, caller).fails


@given(MASKS)
def test_a_victim_never_waits_for_ever_unless_it_must_not_fail(asked: Request) -> None:
    assert outcome(asked, lock_held=True, caller=VICTIM).fails != must_not_fail(asked)


def test_every_ending_is_explained() -> None:
    assert set(WHY) == set(Ending)
