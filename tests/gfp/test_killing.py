"""May it kill? By path, by release, by order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.gfp.eras import ERAS, Era
from oomlab.gfp.killing import OomPath, kill_answers, may_kill_on
from oomlab.gfp.outcomes import Ending, outcome
from oomlab.gfp.paths import last_station
from oomlab.gfp.predicates import Request, invokes_notifiers, may_kill, request
from oomlab.gfp.tables import table, table_of

ALLOCATOR, FAULT, MEMCG, SYSRQ, KSWAPD = OomPath


@pytest.mark.parametrize(
    ("path", "mask", "release", "kills"),
    [
        (ALLOCATOR, "GFP_KERNEL", "3.10", True),
        (ALLOCATOR, "GFP_KERNEL", "6.12", True),
        (ALLOCATOR, "GFP_NOFS", "6.12", False),
        (ALLOCATOR, "GFP_ATOMIC", "6.12", False),
        (ALLOCATOR, "GFP_KERNEL | __GFP_NORETRY", "6.12", False),
        (ALLOCATOR, "GFP_KERNEL | __GFP_RETRY_MAYFAIL", "6.12", False),
        (ALLOCATOR, "GFP_KERNEL | __GFP_REPEAT", "4.9", True),
        (ALLOCATOR, "0", "4.13", False),
        (FAULT, "0", "4.13", True),
        (FAULT, "0", "5.15", True),
        (FAULT, "0", "5.16", False),
        (FAULT, "0", "6.12", False),
        (MEMCG, "GFP_KERNEL", "4.13", True),
        (MEMCG, "GFP_KERNEL", "6.12", True),
        (MEMCG, "GFP_NOFS", "5.0", False),
        (MEMCG, "GFP_NOFS", "5.4", True),
        (MEMCG, "GFP_NOWAIT", "6.12", False),
        (MEMCG, "GFP_KERNEL | __GFP_NORETRY", "6.12", False),
        (MEMCG, "0", "4.13", True),
        (SYSRQ, "0", "4.13", True),
        (SYSRQ, "GFP_KERNEL", "6.12", True),
        (KSWAPD, "GFP_KERNEL", "5.15", False),
        (KSWAPD, "GFP_KERNEL", "6.1", True),
    ],
)
def test_who_may_kill(path: OomPath, mask: str, release: str, kills: bool) -> None:
    assert may_kill_on(path, request(mask, release)).kills is kills


def test_a_memory_cgroup_never_runs_the_notifiers() -> None:
    assert not may_kill_on(MEMCG, request("GFP_KERNEL", "6.12")).notifies
    assert may_kill_on(ALLOCATOR, request("GFP_NOFS", "6.12")).notifies


@pytest.mark.parametrize(
    ("path", "release", "told"),
    [
        (SYSRQ, "4.19", "before Linux 5.17 nobody is killed if the OOM notifiers freed pages"),
        (FAULT, "4.14", "updates of November 2021 took that back (4.14.256"),
        (FAULT, "6.1", "since Linux 5.16"),
        (KSWAPD, "6.6", "min_ttl_ms"),
        (MEMCG, "4.9", "at the end of a page fault only"),
    ],
)
def test_the_release_is_part_of_the_answer(path: OomPath, release: str, told: str) -> None:
    assert told in may_kill_on(path, request("GFP_KERNEL", release)).why


@pytest.mark.parametrize(
    ("mask", "release", "order", "kills", "free"),
    [
        ("GFP_KERNEL", "6.12", 3, True, Ending.KILLS),
        ("GFP_KERNEL", "6.12", 4, False, Ending.FAILS_COSTLY),
        ("GFP_KERNEL", "6.12", 10, False, Ending.FAILS_COSTLY),
        ("GFP_KERNEL | __GFP_RETRY_MAYFAIL", "6.12", 4, False, Ending.FAILS_ORDER),
        ("GFP_KERNEL | __GFP_REPEAT", "4.12", 4, False, Ending.FAILS_ORDER),
        ("GFP_KERNEL | __GFP_NOFAIL", "6.12", 4, False, Ending.LOOPS),
        ("GFP_KERNEL | __GFP_NOFAIL | __GFP_REPEAT", "4.9", 4, True, Ending.KILLS),
        ("GFP_ATOMIC", "6.12", 4, False, Ending.FAILS_CANNOT_SLEEP),
        ("GFP_NOFS", "4.6", 0, False, Ending.WAITS),
        ("GFP_NOFS", "4.7", 0, False, Ending.NOTIFIES),
    ],
)
def test_orders_and_old_kernels(
    mask: str, release: str, order: int, kills: bool, free: Ending
) -> None:
    asked = Request(request(mask, release).mask, table(release), order)
    assert may_kill(asked) is kills
    assert outcome(asked, lock_held=False).ending is free
    if order > 3:
        assert may_kill_on(MEMCG, asked).kills is False


def test_a_costly_order_says_so() -> None:
    asked = Request(request("GFP_KERNEL", "6.12").mask, table("6.12"), 9)
    assert "order 9 is costly" in may_kill_on(ALLOCATOR, asked).why
    assert last_station(asked).step == "17"
    assert last_station(Request(asked.mask | 0x4000, asked.table, 9)).answer.startswith(
        "yes: nobody"
    )


@pytest.mark.parametrize("order", [-2, 64, 1000])
def test_what_is_no_order_is_one_line(order: int) -> None:
    with pytest.raises(InputError, match=r"is not an order; valid: 0 to 63 \(-1: SysRq-f\)"):
        Request(0xCC0, table("6.12"), order)


@given(
    st.sampled_from(ERAS),
    st.integers(0, (1 << 27) - 1),
    st.integers(-1, 12),
    st.sampled_from(OomPath),
)
def test_every_path_agrees_with_the_predicates_and_gives_a_reason(
    era: Era, mask: int, order: int, path: OomPath
) -> None:
    asked = Request(mask, table_of(era), order)
    answer = may_kill_on(path, asked)
    assert answer in kill_answers(asked) and answer.why and answer.path is path
    if path is ALLOCATOR:
        assert (answer.kills, answer.notifies) == (may_kill(asked), invokes_notifiers(asked))
        ending = outcome(asked, lock_held=False).ending
        assert (ending is Ending.KILLS) == answer.kills
        assert (ending in (Ending.KILLS, Ending.NOTIFIES)) == answer.notifies
        assert last_station(asked).passage == {
            Ending.KILLS: "kills",
            Ending.NOTIFIES: "tries again",
            Ending.WAITS: "tries again",
            Ending.LOOPS: "tries again",
        }.get(ending, "fails")
