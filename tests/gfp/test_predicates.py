import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.gfp import flags as gfp
from oomlab.gfp.predicates import (
    HighestZone,
    Request,
    Reserve,
    below_normal,
    invokes_notifiers,
    may_block,
    may_enter_fs,
    may_fail_early,
    may_kill,
    may_start_io,
    may_take_oom_lock,
    may_use_reserves,
    must_not_fail,
    request,
    reserve,
    task_may_use_reserves,
    wakes_kswapd,
    zone,
)
from oomlab.gfp.questions import QUESTIONS, Predicate, answers
from oomlab.gfp.tables import VERSIONS, table

MASKS = st.integers(0, (1 << 25) - 1)


def yes(expression: str, version: str = "4.13") -> set[str]:
    return {name for name, answer in answers(request(expression, version)).items() if answer}


RECLAIMS = {"wakes_kswapd", "may_block", "task_may_use_reserves"}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            "GFP_KERNEL",
            RECLAIMS
            | {
                "may_start_io",
                "may_enter_fs",
                "may_take_oom_lock",
                "invokes_notifiers",
                "may_kill",
            },
        ),
        ("GFP_NOFS", RECLAIMS | {"may_start_io", "may_take_oom_lock", "invokes_notifiers"}),
        ("GFP_NOIO", RECLAIMS | {"may_take_oom_lock", "invokes_notifiers"}),
        (
            "GFP_NOWAIT",
            {
                "wakes_kswapd",
                "task_may_use_reserves",
                "may_fail_early",
                "fails_when_oom_lock_free",
                "fails_when_oom_lock_held",
            },
        ),
        (
            "GFP_ATOMIC",
            {
                "wakes_kswapd",
                "task_may_use_reserves",
                "may_use_reserves",
                "may_fail_early",
                "fails_when_oom_lock_free",
                "fails_when_oom_lock_held",
            },
        ),
        (
            "GFP_HIGHUSER_MOVABLE | __GFP_NOMEMALLOC | __GFP_NORETRY",
            {
                "wakes_kswapd",
                "may_block",
                "may_start_io",
                "may_enter_fs",
                "may_fail_early",
                "fails_when_oom_lock_free",
                "fails_when_oom_lock_held",
            },
        ),
        (
            "GFP_KERNEL | __GFP_RETRY_MAYFAIL",
            RECLAIMS
            | {"may_start_io", "may_enter_fs", "may_take_oom_lock", "fails_when_oom_lock_free"},
        ),
        (
            "GFP_KERNEL | GFP_DMA",
            RECLAIMS
            | {"may_start_io", "may_enter_fs", "may_take_oom_lock", "fails_when_oom_lock_free"},
        ),
        (
            "GFP_KERNEL | __GFP_THISNODE",
            RECLAIMS
            | {"may_start_io", "may_enter_fs", "may_take_oom_lock", "fails_when_oom_lock_free"},
        ),
        (
            "GFP_NOFS | __GFP_NOFAIL",
            RECLAIMS | {"may_start_io", "may_take_oom_lock", "invokes_notifiers", "must_not_fail"},
        ),
        ("GFP_NOIO | __GFP_NORETRY | __GFP_NOFAIL", RECLAIMS | {"must_not_fail"}),
    ],
)
def test_whole_answers(expression: str, expected: set[str], version: str) -> None:
    assert yes(expression, version) == expected


@pytest.mark.parametrize(
    ("predicate", "true", "false"),
    [
        (may_block, "__GFP_DIRECT_RECLAIM", "GFP_ATOMIC | __GFP_IO | __GFP_FS"),
        (wakes_kswapd, "GFP_NOWAIT", "GFP_TRANSHUGE"),
        (may_start_io, "GFP_NOFS", "GFP_NOWAIT | __GFP_IO"),
        (may_enter_fs, "__GFP_DIRECT_RECLAIM | __GFP_FS", "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"),
        (may_use_reserves, "__GFP_HIGH", "GFP_KERNEL"),
        (task_may_use_reserves, "GFP_KERNEL", "GFP_KERNEL | __GFP_NOMEMALLOC"),
        (may_fail_early, "GFP_KERNEL | __GFP_NORETRY", "GFP_KERNEL | __GFP_RETRY_MAYFAIL"),
        (may_fail_early, "GFP_NOWAIT | __GFP_NOFAIL", "GFP_NOIO | __GFP_NORETRY | __GFP_NOFAIL"),
        (may_take_oom_lock, "GFP_DMA | GFP_KERNEL", "GFP_KERNEL | __GFP_NORETRY"),
        (invokes_notifiers, "GFP_NOIO", "GFP_NOIO | __GFP_THISNODE"),
        (invokes_notifiers, "GFP_HIGHUSER", "GFP_KERNEL | GFP_DMA32"),
        (may_kill, "GFP_KERNEL", "GFP_NOFS"),
        (may_kill, "GFP_USER", "GFP_USER | __GFP_RETRY_MAYFAIL"),
        (must_not_fail, "GFP_NOIO | __GFP_NOFAIL", "GFP_NOWAIT | __GFP_NOFAIL"),
    ],
)
def test_each_predicate_both_ways(predicate: Predicate, true: str, false: str) -> None:
    assert predicate(request(true)) is True
    assert predicate(request(false)) is False


@given(MASKS)
def test_the_chain_of_conditions(mask: int) -> None:
    asked = Request(mask, table("4.13"))
    assert may_kill(asked) <= invokes_notifiers(asked) <= may_take_oom_lock(asked)
    assert may_take_oom_lock(asked) <= may_block(asked)
    assert may_enter_fs(asked) <= may_block(asked)
    assert may_start_io(asked) <= may_block(asked)
    assert not (may_take_oom_lock(asked) and may_fail_early(asked))
    assert not (must_not_fail(asked) and may_fail_early(asked))
    assert may_block(asked) == gfp.gfpflags_allow_blocking(mask)


@given(st.integers(0, (1 << 32) - 1))
def test_unknown_bits_permit_nothing(mask: int) -> None:
    known = table("4.13")
    assert answers(Request(mask, known)) == answers(Request(mask & known.all_bits, known))


def test_the_same_number_means_something_else_to_another_kernel() -> None:
    assert may_kill(Request(0x14000C0, table("4.13")))
    assert not may_block(Request(0x14000C0, table("4.19")))


@pytest.mark.parametrize(
    ("selectors", "highest"),
    [
        (0x0, HighestZone.NORMAL),
        (0x1, HighestZone.DMA),
        (0x2, HighestZone.HIGHMEM),
        (0x3, HighestZone.INVALID),
        (0x4, HighestZone.DMA32),
        (0x5, HighestZone.INVALID),
        (0x6, HighestZone.INVALID),
        (0x7, HighestZone.INVALID),
        (0x8, HighestZone.NORMAL),
        (0x9, HighestZone.DMA),
        (0xA, HighestZone.MOVABLE),
        (0xB, HighestZone.INVALID),
        (0xC, HighestZone.DMA32),
        (0xD, HighestZone.INVALID),
        (0xE, HighestZone.INVALID),
        (0xF, HighestZone.INVALID),
    ],
)
def test_zone_selection(selectors: int, highest: HighestZone) -> None:
    asked = Request(selectors | gfp.GFP_KERNEL, table("4.13"))
    assert zone(asked) is highest
    low = highest in (HighestZone.DMA, HighestZone.DMA32, HighestZone.INVALID)
    assert below_normal(asked) is low
    assert may_kill(asked) is not low


@pytest.mark.parametrize(
    ("version", "expression", "share"),
    [
        ("4.13", "GFP_KERNEL", Reserve.NONE),
        ("4.13", "__GFP_ATOMIC", Reserve.QUARTER),
        ("4.13", "GFP_KERNEL | __GFP_HIGH", Reserve.HALF),
        ("4.13", "GFP_ATOMIC", Reserve.FIVE_EIGHTHS),
        ("4.13", "GFP_ATOMIC | __GFP_NOMEMALLOC", Reserve.HALF),
        ("4.13", "GFP_ATOMIC | __GFP_DIRECT_RECLAIM", Reserve.HALF),
        ("4.13", "GFP_KERNEL | __GFP_ATOMIC", Reserve.NONE),
        ("4.13", "GFP_KERNEL | __GFP_MEMALLOC", Reserve.ALL),
        ("4.13", "GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC", Reserve.NONE),
        ("4.13", "__GFP_HIGH", Reserve.HALF),
        ("5.8", "GFP_ATOMIC", Reserve.FIVE_EIGHTHS),
        ("6.8", "GFP_ATOMIC", Reserve.FIVE_EIGHTHS),
        ("6.8", "GFP_ATOMIC | __GFP_NOMEMALLOC", Reserve.HALF),
        ("6.8", "GFP_KERNEL | __GFP_HIGH", Reserve.HALF),
        ("6.8", "GFP_NOWAIT", Reserve.NONE),
    ],
)
def test_shares_of_the_reserves(version: str, expression: str, share: Reserve) -> None:
    assert reserve(request(expression, version)) is share


def test_every_question_is_asked_once_and_ends_as_one() -> None:
    names = [predicate.__name__ for predicate, _ in QUESTIONS]
    assert len(set(names)) == len(names)
    assert all(question.endswith("?") for _, question in QUESTIONS)
    assert all(predicate.__doc__ for predicate, _ in QUESTIONS)


@pytest.mark.parametrize("mask", [-1, 1 << 32])
def test_a_mask_that_does_not_fit_is_refused(mask: int) -> None:
    with pytest.raises(InputError, match="is not a GFP mask"):
        Request(mask, table("4.13"))
