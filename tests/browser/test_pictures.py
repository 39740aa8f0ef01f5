"""The letters of all pictures on all pages can be read on a phone, and grow with a reader's."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.driver import DESKTOP
from tests.conftest import OpenPage
from tools.build_book import pages

SMALLEST = 12.9
"""CSS pixels; 13 but for rounding."""

WIDTHS = (DESKTOP[0], 390, 320)

LETTERS = """() => {
    const shown = (element) =>
        element.checkVisibility() && !element.closest("script, .oom-hidden");
    const found = [];
    for (const text of document.querySelectorAll(".oom-figure text, .oom-machine *")) {
        const own = [...text.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!own || !shown(text)) continue;
        let size = parseFloat(getComputedStyle(text).fontSize);
        const svg = text.closest("svg[viewBox]");
        if (svg) size *= svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        found.push([size, text.textContent.slice(0, 40)]);
    }
    return found;
}"""

CUT_OFF = """() => [...document.querySelectorAll(".oom-figure")].filter((svg) => {
    if (svg.closest(".oom-scroll")) return false; // too large for a layout of its own
    const place = svg.closest(".oom-fit");
    return svg.checkVisibility() && place && place.scrollWidth > place.clientWidth + 1;
}).map((svg) => svg.querySelector("title")?.textContent ?? svg.outerHTML.slice(0, 90))"""
"""Pictures that are wider than their place."""


PATIENCE = 50
"""So many pairs of frames letters have to grow in: a busy machine draws few of them."""

FRAMES = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


def resize(page: Page, width: int) -> None:
    """Another width; what depends on it is laid out within two frames."""
    page.set_viewport_size({"width": width, "height": DESKTOP[1]})
    page.wait_for_function("(width) => innerWidth === width", arg=width)
    page.evaluate(FRAMES)


@pytest.mark.parametrize("name", pages())
def test_letters_of_pictures_can_be_read_at_every_width(read_page: OpenPage, name: str) -> None:
    page = read_page(f"{name}.html", reduced_motion=True)
    page.locator(".oom-panel .oom-skip").evaluate_all("(all) => all.forEach((b) => b.click())")
    plain: dict[int, list[Any]] = {}
    for width in WIDTHS:
        resize(page, width)
        plain[width] = page.evaluate(LETTERS)
        assert [one for one in plain[width] if one[0] < SMALLEST] == [], f"at {width}"
        assert page.evaluate(CUT_OFF) == [], f"at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.add_style_tag(content=":root { font-size: 200% !important }")
    for width in reversed(WIDTHS):  # which ends with that of other tests' pages
        resize(page, width)
        if not plain[width]:
            assert not page.evaluate(LETTERS)
            continue
        least = min(size for size, _ in plain[width])
        for _ in range(PATIENCE):
            large = min(size for size, _ in page.evaluate(LETTERS))
            if large >= 1.5 * least:
                break
            page.evaluate(FRAMES)
        assert large >= 1.5 * least, f"at {width}"
