"""The stations agree with the outcome table, for every mask and kernel."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.gfp.outcomes import outcome
from oomlab.gfp.paths import last_station, path
from oomlab.gfp.predicates import (
    Request,
    invokes_notifiers,
    may_kill,
    may_take_oom_lock,
    request,
)
from oomlab.gfp.tables import VERSIONS, table


def requests() -> st.SearchStrategy[Request]:
    """Any set of flags of any modelled kernel."""

    def of(version: str) -> st.SearchStrategy[Request]:
        numbers = table(version)
        flags = st.sets(st.sampled_from(sorted(numbers.bits)))
        return flags.map(lambda names: Request(sum(numbers.bits[n] for n in names), numbers))

    return st.sampled_from(sorted(VERSIONS)).flatmap(of)


@given(requests())
def test_a_request_leaves_where_the_table_says(asked: Request) -> None:
    end, last = outcome(asked, lock_held=False), last_station(asked)
    assert end.fails == (last.passage == "fails")
    assert may_kill(asked) == (last.passage == "kills")
    if end.fails:
        step = end.ending.value.rsplit(" ", 1)[1]
        assert last.step == (step if step.isdigit() else "20")


@given(requests())
def test_nothing_comes_after_the_station_where_it_leaves(asked: Request) -> None:
    passages = [station.passage for station in path(asked)]
    after = passages.index(last_station(asked).passage) + 1
    assert set(passages[: after - 1]) <= {"goes on"}
    assert set(passages[after:]) <= {"never comes here"}
    assert [station.step for station in path(asked)] == sorted(
        (station.step for station in path(asked)), key=int
    )


@given(requests())
def test_only_who_comes_to_oom_lock_can_find_it_held(asked: Request) -> None:
    (trylock,) = (station for station in path(asked) if station.question == "Is oom_lock free?")
    reached = trylock.passage != "never comes here"
    assert reached == (trylock.if_held == "tries again")
    assert reached == (outcome(asked, lock_held=True).ending.name == "POLLS")
    if invokes_notifiers(asked):
        assert reached
    assert not reached or may_take_oom_lock(asked)


@pytest.mark.parametrize(
    ("expression", "step", "answer"),
    [
        ("GFP_NOWAIT", "11", "no"),
        ("GFP_DMA", "11", "no"),
        ("GFP_KERNEL | __GFP_NORETRY", "16", "yes"),
        ("GFP_KERNEL | __GFP_RETRY_MAYFAIL", "20", "yes: __GFP_RETRY_MAYFAIL"),
        ("GFP_DMA | GFP_KERNEL", "20", "yes: a low zone is not worth a victim"),
        ("GFP_NOFS", "20", "no: __GFP_FS is missing"),
        ("GFP_KERNEL | __GFP_THISNODE | __GFP_NOFAIL", "20", "yes, but __GFP_NOFAIL forbids it"),
    ],
)
def test_the_last_answer_says_why(expression: str, step: str, answer: str) -> None:
    last = last_station(request(expression))
    assert (last.step, last.answer) == (step, answer)
