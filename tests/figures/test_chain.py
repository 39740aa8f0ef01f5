"""The picture of one walk of the chain, and what it says."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis.chain_walk import OomInvocation, first_invocation
from oomlab.errors import InputError
from oomlab.figures.chain import draw_chain, outcome_sentence
from oomlab.listeners.registrants import REGISTRANTS
from oomlab.scenarios.five_listeners import CALLERS
from oomlab.views import call
from tests.figures.drawings import check_sound, texts

WALK = "oomlab.views.chain:walk"


def asked(scenario: str = "five-listeners", **given: float) -> OomInvocation:
    found = first_invocation(run(scenario, "mainline", given))
    assert found is not None
    return found


@pytest.mark.parametrize("pages", [0, 256])
@pytest.mark.parametrize("caller", range(len(CALLERS)))
def test_every_caller_can_be_drawn(caller: int, pages: int) -> None:
    figure = draw_chain(asked(caller=caller, listener_pages=pages), CALLERS[caller])
    check_sound(figure)
    seen = texts(figure)
    assert [text for text in seen if text in REGISTRANTS] == list(REGISTRANTS)
    assert seen.count("not called") == (5 if caller == 4 else 0)


def test_a_walk_that_is_stuck_says_where() -> None:
    stuck = asked("h5-host-never-answers")
    figure = draw_chain(stuck, "somebody")
    check_sound(figure)
    assert "it never comes back" in texts(figure)
    assert outcome_sentence(stuck) == (
        "The walk is stuck in virtio_balloon; nobody decides anything."
    )
    assert "sum > 0: never looked at." in figure.twin


def test_the_two_tests_behind_the_walk() -> None:
    may = draw_chain(asked(listener_pages=0), "x").twin
    may_not = draw_chain(asked(caller=1, listener_pages=0), "x").twin
    assert "__GFP_FS: yes: it may have somebody killed.\nkill: hog." in may
    assert "__GFP_FS: no: back to the caller, nobody is killed.\nkill: nobody." in may_not


def test_a_page_fault_has_no_mask_and_may_kill() -> None:
    twin = draw_chain(asked(caller=2, listener_pages=0), "x").twin
    assert "__GFP_FS: the mask is 0: it may have somebody killed." in twin


def test_pages_end_it_before_the_test_for_fs() -> None:
    twin = draw_chain(asked(caller=1), "x").twin
    assert "sum > 0: it is 1024: nobody is killed." in twin
    assert "__GFP_FS: not asked." in twin


def test_names_with_markup_in_them_are_escaped() -> None:
    figure = draw_chain(asked(), "<script>")
    assert "<script>" not in figure.svg
    assert "<script>" in figure.twin


def test_the_view_says_who_is_first_and_what_came_of_it() -> None:
    said = call(WALK, {"caller": 3, "listener_pages": 0})["sentence"]
    assert said == (
        "5 listeners are called, virtio_balloon first. The sum is 0, and hog is killed."
    )
    group = call(WALK, {"caller": 4})["sentence"]
    assert group == "No listener is asked, and contained is killed."


def test_a_caller_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="caller cannot be 9; valid: 0, 1, 2, 3, 4"):
        call(WALK, {"caller": 9})


def test_a_run_without_a_walk_is_a_timeline_and_says_so() -> None:
    fed = {"caller": 0, "give_back_pages": 900, "give_back_s": 0, "reclaim_us": 10_000}
    for given in (fed, {"caller": 2, "kernel": 7.3}):
        said = call(WALK, given)["sentence"]
        assert " asks nobody, and no listener is called. " in said


def test_rcu_is_not_called_since_4_20_and_sysrq_f_kills_since_5_17() -> None:
    said = call(WALK, {"caller": 3, "listener_pages": 256, "kernel": 7.3})["sentence"]
    assert said.startswith("4 listeners are called, virtio_balloon first.")
    assert "hog is killed" in said
