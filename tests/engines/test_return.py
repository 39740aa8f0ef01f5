"""What a page remembers, in each engine: over Back, over a reload, and on the device."""

from __future__ import annotations

import pytest

from tests.engines import panels
from tests.engines.conftest import OpenSite
from tests.engines.sites import Site
from tests.engines.tab import Tab
from tests.engines.test_play import AT, FRONT, PLAYED, REPORT, STAGE

MOVED = ["book/running-out.html", "book/gfp-masks.html", "book/five-seconds.html"]
QUESTION = ".oom-panel:has(.oom-options)"
DRAWN = ".oom-panel:has(.oom-m-pick)"
TRUTH = f"{DRAWN} [data-of=truth]"
ANSWERED = f"""() => {{
    const panel = document.querySelector("{QUESTION}");
    const shown = (css) => panel.querySelector(css).checkVisibility();
    return {{
        asked: shown(".oom-prediction"),
        compared: shown(".oom-compare"),
        body: shown(".oom-body"),
        chose: panel.querySelector(".oom-predicted").textContent,
    }};
}}"""


@pytest.mark.parametrize("path", MOVED)
def test_after_back_and_forward_controls_and_picture_agree(tab: Tab, book: Site, path: str) -> None:
    tab.open(book.url + path)
    tab.run(panels.REVEAL)
    for move in panels.moves(tab, 0):
        panels.make(tab, move)
    panels.agrees(tab, 0)
    left = panels.state(tab, 0)
    tab.run("() => addEventListener('pageshow', ({ persisted }) => (window.kept = persisted))")
    tab.open(book.url + "book/glossary.html")
    for _ in range(2):
        tab.go(-1, book.url + path)
        panels.agrees(tab, 0)
        if tab.run("() => window.kept"):
            assert panels.state(tab, 0) == left, "the page was kept, and what it was set to"
        tab.go(1, book.url + "book/glossary.html")


def test_after_back_a_stage_stands_where_its_cursor_is(tab: Tab, book: Site) -> None:
    tab.open(book.url + REPORT)
    tab.run(panels.REVEAL)
    tab.focus(f"{STAGE} .oom-m-moves input")
    tab.press("Home", "ArrowRight", "ArrowRight")
    tab.open(book.url + "book/glossary.html")
    tab.go(-1, book.url + REPORT)
    if tab.run(f"() => !document.querySelector('{STAGE} .oom-m-moves input')?.checkVisibility()"):
        tab.run(panels.REVEAL)  # loaded anew
    found = tab.run(AT)
    tab.focus(f"{STAGE} .oom-m-moves input")
    tab.press("ArrowRight", "ArrowLeft")  # draws that moment again
    again = tab.run(AT)
    assert (again["told"], again["sentence"], again["line"]) == (
        (found["told"], found["sentence"], found["line"])
    )
    assert again["at"] == found["at"]


def test_after_back_a_game_stands_where_it_was_left(tab: Tab, book: Site) -> None:
    tab.open(book.url + FRONT)
    tab.click(".oom-g-ask label")
    tab.focus(".oom-game [data-do=hint]")
    tab.press(*"221")
    left, here = tab.run(PLAYED), tab.run("() => location.href")
    chosen = "() => [...document.querySelectorAll('.oom-g-ask input')].findIndex((a) => a.checked)"
    cursor = "() => document.querySelector('.oom-g-cursor').valueAsNumber"
    assert (tab.run(chosen), tab.run(cursor)) == (0, 3)
    tab.open(book.url + "book/glossary.html")
    tab.go(-1, here)
    found = tab.run(PLAYED)
    assert (found["kind"], found["score"]) == (left["kind"], left["score"])
    assert (tab.run(chosen), tab.run(cursor)) == (0, 3)


@pytest.mark.parametrize("path", MOVED)
def test_after_a_reload_controls_and_picture_agree(tab: Tab, book: Site, path: str) -> None:
    tab.open(book.url + path)
    tab.run(panels.REVEAL)
    for move in panels.moves(tab, 0):
        panels.make(tab, move)
    tab.reload()
    tab.run(panels.REVEAL)
    panels.agrees(tab, 0)


def test_an_answer_is_kept_over_a_reload_and_can_be_forgotten(tab: Tab, book: Site) -> None:
    tab.open(book.url + REPORT)
    assert tab.run(ANSWERED)["asked"]
    answer(tab)
    told = tab.run(ANSWERED)
    assert (told["asked"], told["compared"], told["body"]) == (False, True, True)
    tab.reload()
    assert tab.run(ANSWERED) == told
    tab.focus(f"{DRAWN} .oom-guess input")
    tab.press("End", "ArrowLeft")
    tab.click(f"{DRAWN} [type=submit]")
    for _ in range(2):  # and over a reload
        told_of_it = tab.text(f"{DRAWN} .oom-judged")
        assert told_of_it == "It was decided sooner than you thought:"
        assert tab.run("(css) => document.querySelector(css).checkVisibility()", TRUTH)
        tab.reload()
    tab.click(f"{QUESTION} .oom-forget")
    assert tab.text(f"{QUESTION} .oom-forget") == "All forgotten"
    tab.reload()
    assert tab.run(ANSWERED)["asked"]


def test_where_nothing_may_be_kept_all_else_works(tab: Tab, opened_site: OpenSite) -> None:
    url = opened_site(storage=False, metered=True).url
    tab.open(url + REPORT)
    theme = "() => document.documentElement.dataset.theme"
    for mode in ("dark", "light"):
        tab.click(".theme-switch-button")
        tab.click(f".theme-change-button[data-mode={mode}]")
        assert tab.run(theme) == mode
    answer(tab)
    assert tab.run(ANSWERED)["compared"]
    tab.click(f"{QUESTION} .oom-forget")
    tab.open(url + FRONT)
    tab.click(".oom-g-ask label")
    tab.focus(".oom-game [data-do=hint]")
    tab.press(*"221111")
    assert tab.run(PLAYED)["kind"] == "goal"
    tab.click(".oom-game [data-do=forget]")
    tab.run(panels.REVEAL)
    (move,) = panels.moves(tab, 0)
    panels.make(tab, move)
    panels.agrees(tab, 0)


def answer(tab: Tab) -> None:
    """Chooses the second option of the first question, and commits to it."""
    tab.click(f"{QUESTION} .oom-options label", 1)
    tab.click(f"{QUESTION} [type=submit]")
