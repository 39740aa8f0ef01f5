"""Reading without a mouse, without motion and by headings: every page of the book.

A page is loaded once for all questions about it; each question is a function of its own below.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OpenPage
from tools.build_book import pages

PATHS = [*(f"{name}.html" for name in pages()), "genindex.html"]
TABS = 80
"""So many times Tab is pressed on a page, from where its text begins; most have fewer stops."""

FOCUSED = """async () => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const seen = () => {
        const box = at.getBoundingClientRect();
        return box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
    };
    // What comes into view on focus may need some frames on a busy machine.
    for (let frame = 0; frame < 100 && !seen(); frame++)
        await new Promise((drawn) => requestAnimationFrame(drawn));
    const style = getComputedStyle(at);
    return {
        what: at.outerHTML.slice(0, 90),
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
            || style.boxShadow !== "none",
        seen: seen(),
    };
}"""

MOVING = """() => {
    const longest = (text) => Math.max(...text.split(",").map(parseFloat));
    return [...document.querySelectorAll("article *")].filter((e) => {
        const style = getComputedStyle(e);
        return Math.max(longest(style.transitionDuration), longest(style.animationDuration)) > 0.01;
    }).map((e) => e.outerHTML.slice(0, 90));
}"""

WORDLESS = """(all) => all.flatMap((svg) =>
    ["aria-labelledby", "aria-describedby"].filter((name) =>
        !svg.getAttribute(name).split(" ").some((id) =>
            document.getElementById(id)?.textContent.trim()
        )
    ).map((name) => `${name}: ${svg.outerHTML.slice(0, 90)}`)
)"""
"""Pictures whose title or description is not there or empty."""


@pytest.mark.parametrize("path", PATHS)
def test_panels_are_dark_on_a_dark_page(look_at: OpenPage, path: str) -> None:
    panels_are_dark(look_at(path, dark=True), wanted=True)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_read_by_headings_by_words_and_by_keyboard(
    look_at: OpenPage, path: str
) -> None:
    page = look_at(path, reduced_motion=True)
    headings_go_down_one_level_at_a_time(page)
    every_picture_has_its_words(page)
    assert page.evaluate(MOVING) == []
    panels_are_dark(page, wanted=False)
    the_first_stop_leads_straight_to_the_text(page)
    whatever_tab_reaches_can_be_seen(page)


def test_what_stands_around_the_text_is_reached_first(read_page: OpenPage) -> None:
    """It is the same around every page, so on one page only Tab is pressed all the way."""
    whatever_tab_reaches_can_be_seen(read_page(PATHS[0]))


def headings_go_down_one_level_at_a_time(page: Page) -> None:
    headings = page.locator("article :is(h1, h2, h3, h4, h5, h6)")
    levels = headings.evaluate_all("(all) => all.map((heading) => Number(heading.tagName[1]))")
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    for above, below in pairwise(levels):
        assert below <= above + 1, levels


def every_picture_has_its_words(page: Page) -> None:
    assert page.locator("article svg.oom-figure").evaluate_all(WORDLESS) == []
    nameless = "(all) => all.filter((e) => !e.alt.trim()).map((e) => e.outerHTML.slice(0, 90))"
    assert page.locator("article img").evaluate_all(nameless) == []
    twins = "(all) => all.map((e) => e.querySelector('.oom-twin').textContent)"
    for twin in page.locator("article .oom-panel").evaluate_all(twins):
        assert "\n" in twin


def panels_are_dark(page: Page, *, wanted: bool) -> None:
    grounds = "(all) => all.map((e) => getComputedStyle(e).backgroundColor.match(/\\d+/g))"
    for ground in page.locator("article .oom-box").evaluate_all(grounds):
        assert (sum(map(int, ground)) < 3 * 128) == wanted, ground


def the_first_stop_leads_straight_to_the_text(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.querySelector('#main-content').contains(document.activeElement)"
    assert page.evaluate(inside)


def whatever_tab_reaches_can_be_seen(page: Page) -> None:
    stops: list[dict[str, Any]] = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        stops.append(focused)
    assert len(stops) > 5
    assert [stop["what"] for stop in stops if not stop["ring"]] == []
    assert [stop["what"] for stop in stops if not stop["seen"]] == []
