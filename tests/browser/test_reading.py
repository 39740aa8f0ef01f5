"""Reading without a mouse, without motion and by headings: every page of the book."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tools.build_book import pages

PATHS = [f"{name}.html" for name in pages()]
ALL_PATHS = [*PATHS, "genindex.html"]
TABS = 80
"""So many times Tab is pressed on a page; most have fewer stops, the reference has more."""

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


@pytest.mark.parametrize("path", ALL_PATHS)
def test_headings_go_down_one_level_at_a_time(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    levels = [
        int(heading.evaluate("h => h.tagName")[1])
        for heading in page.locator("article :is(h1, h2, h3, h4, h5, h6)").all()
    ]
    assert levels[:1] == [1]
    assert levels.count(1) == 1
    for above, below in pairwise(levels):
        assert below <= above + 1, levels


@pytest.mark.parametrize("path", ALL_PATHS)
def test_whatever_tab_reaches_can_be_seen(open_page: OpenPage, path: str) -> None:
    page = open_page(path, reduced_motion=True)  # no smooth scrolling to wait for
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


@pytest.mark.parametrize("path", PATHS)
def test_the_keyboard_can_go_straight_to_the_text(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.querySelector('#main-content').contains(document.activeElement)"
    assert page.evaluate(inside)


@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_for_readers_who_want_no_motion(open_page: OpenPage, path: str) -> None:
    page = open_page(path, reduced_motion=True)
    longest = page.evaluate(
        """() => Math.max(0, ...document.getAnimations().map(
            (animation) => animation.effect.getComputedTiming().activeDuration))"""
    )
    assert longest <= 10  # milliseconds
    slow = page.evaluate(
        """() => [...document.querySelectorAll("article *")].filter((e) => {
            const longest = (text) => Math.max(...text.split(",").map(parseFloat));
            const style = getComputedStyle(e);
            return Math.max(longest(style.transitionDuration), longest(style.animationDuration))
                > 0.01;
        }).length"""
    )
    assert slow == 0


@pytest.mark.parametrize("path", PATHS)
def test_every_picture_has_its_words(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    for picture in page.locator("article svg.oom-figure").all():
        label, text = (
            picture.evaluate(
                """(svg, name) => svg.getAttribute(name).split(" ")
                    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ")""",
                name,
            )
            for name in ("aria-labelledby", "aria-describedby")
        )
        assert label.strip()
        assert text.strip()
    for picture in page.locator("article img").all():
        assert (picture.get_attribute("alt") or "").strip()
    for panel in page.locator(".oom-panel").all():
        assert (panel.locator(".oom-twin").first.text_content() or "").count("\n") >= 1


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_panels_are_as_light_or_dark_as_the_page(
    open_page: OpenPage, path: str, dark: bool
) -> None:
    page = open_page(path, dark=dark)
    for panel in page.locator("article :is(.oom-panel, .oom-game)").all():
        ground = panel.evaluate("e => getComputedStyle(e).backgroundColor.match(/\\d+/g)")
        assert (sum(map(int, ground)) < 3 * 128) == dark, ground
