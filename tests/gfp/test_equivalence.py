import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.gfp.equivalence import Comparison, compare, effective_mask, void_flags
from oomlab.gfp.outcomes import Caller, outcome
from oomlab.gfp.predicates import Request, request, reserve, zone
from oomlab.gfp.questions import answers
from oomlab.gfp.tables import CONFIGS, VERSIONS, Table, table

TABLES = st.builds(table, st.sampled_from(list(VERSIONS)), st.sets(st.sampled_from(CONFIGS)))
MASKS = st.integers(0, (1 << 32) - 1)


def verdict(first: str, second: str, version: str = "4.13") -> tuple[bool, bool]:
    found = compare(request(first, version), request(second, version))
    return found.same_number, found.same_behaviour


@pytest.mark.parametrize("version", VERSIONS)
def test_no_wait_is_kernel_without_direct_reclaim_in_all_but_number(version: str) -> None:
    assert verdict("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", "GFP_NOWAIT", version) == (False, True)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_io_is_the_two_reclaim_bits(version: str) -> None:
    assert verdict("GFP_NOIO", "__GFP_RECLAIM", version) == (True, True)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("GFP_NOWAIT | __GFP_NORETRY", "GFP_NOWAIT", True),
        ("GFP_NOWAIT | __GFP_RETRY_MAYFAIL", "GFP_NOWAIT", True),
        ("GFP_NOWAIT | __GFP_NOFAIL", "GFP_NOWAIT", True),
        ("GFP_NOWAIT | __GFP_ACCOUNT | __GFP_NOFAIL", "GFP_NOWAIT | __GFP_ACCOUNT", False),
        ("GFP_NOWAIT | __GFP_HIGH", "GFP_NOWAIT", False),
        ("GFP_NOWAIT | __GFP_THISNODE", "GFP_NOWAIT", False),
        ("GFP_KERNEL", "GFP_NOFS", False),
        ("GFP_NOFS", "GFP_NOIO", False),
        ("GFP_KERNEL | __GFP_NORETRY", "GFP_KERNEL", False),
        ("GFP_KERNEL | __GFP_NOWARN", "GFP_KERNEL", True),
        ("GFP_KERNEL | __GFP_ATOMIC", "GFP_KERNEL", True),
        ("GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC", "GFP_KERNEL | __GFP_NOMEMALLOC", True),
        ("GFP_KERNEL | __GFP_NOMEMALLOC", "GFP_KERNEL", False),
        ("GFP_KERNEL | 0x80000000", "GFP_KERNEL", True),
        ("GFP_KERNEL", "GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", False),
    ],
)
def test_behaviour(first: str, second: str, same: bool) -> None:
    assert verdict(first, second) == (False, same)
    assert verdict(second, first) == (False, same)


def test_lockdep_alone_looks_at_nolockdep() -> None:
    known = table("4.13", ["CONFIG_LOCKDEP"])
    plain, marked = Request(0x14000C0, known), Request(0x34000C0, known)
    assert compare(plain, marked).same_behaviour


def test_the_reason_names_the_bits_and_why() -> None:
    found = compare(request("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"), request("GFP_NOWAIT"))
    assert list(found.ignored) == ["__GFP_IO", "__GFP_FS"]
    assert not found.decisive
    assert found.reason == (
        "Different numbers, same behaviour: __GFP_IO and __GFP_FS (without __GFP_DIRECT_RECLAIM "
        "the request never reaches reclaim, compaction or the OOM killer, the only places that "
        "look). What is left is the mask that a failure report prints."
    )


def test_a_difference_names_the_flag_and_the_answers() -> None:
    found = compare(request("GFP_KERNEL"), request("GFP_NOFS | __GFP_NOWARN"))
    assert list(found.decisive) == ["__GFP_FS"]
    assert list(found.ignored) == ["__GFP_NOWARN"]
    assert found.answers == ("may_enter_fs", "may_kill")
    assert found.reason.startswith("Different numbers, different behaviour: __GFP_FS (")
    assert found.reason.endswith("Different answers: may_enter_fs, may_kill.")


def test_equal_numbers_need_no_reason() -> None:
    found = compare(request("GFP_NOIO"), request("__GFP_RECLAIM"))
    assert found == Comparison(True, True, {}, {}, ())
    assert found.reason == "They are the same number."


def test_unknown_bits_are_named_as_such() -> None:
    found = compare(request("GFP_KERNEL"), request("GFP_KERNEL | 0x80000000"))
    assert found.ignored == {"0x80000000": "no code of this kernel looks at it"}


@given(MASKS, MASKS, TABLES)
def test_a_comparison_is_complete(one: int, other: int, known: Table) -> None:
    first, second = Request(one, known), Request(other, known)
    found = compare(first, second)
    assert found.same_number == (one == other)
    assert found.same_behaviour == (effective_mask(first) == effective_mask(second))
    differing = set(known.flags(one ^ other))
    assert differing <= set(found.ignored) | set(found.decisive)
    assert found.same_behaviour == (not found.decisive)
    if found.same_behaviour:
        assert not found.answers


@given(MASKS, TABLES)
def test_what_is_ignored_changes_no_answer(mask: int, known: Table) -> None:
    whole = Request(mask, known)
    bare = Request(effective_mask(whole), known)
    assert answers(whole) == answers(bare)
    assert zone(whole) is zone(bare)
    assert reserve(whole) is reserve(bare)
    for caller in Caller:
        for held in (False, True):
            assert outcome(whole, held, caller) == outcome(bare, held, caller)
    assert compare(whole, bare).same_behaviour
    assert not void_flags(bare)


def test_requests_to_different_kernels_are_not_compared() -> None:
    with pytest.raises(InputError, match=r"Linux 4\.13 and 4\.19 cannot be compared"):
        compare(request("GFP_KERNEL"), request("GFP_KERNEL", "4.19"))
