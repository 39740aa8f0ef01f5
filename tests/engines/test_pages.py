"""Every page of the book, in each engine: quiet, alive, and moved at each of its controls."""

from __future__ import annotations

import json

import pytest

from tests.conftest import AXE_COLOURS, AXE_LEVELS, AXE_SAID, SETTLED
from tests.engines import panels
from tests.engines.sites import Site
from tests.engines.tab import Tab
from tools.build_book import pages

PATHS = [*(f"{name}.html" for name in pages()), "search.html", "genindex.html"]

AXED = [
    *("book/index.html", "book/report.html", "book/matrix.html", "book/sandbox.html"),
    *("book/running-out.html", "book/scheduler.html", "book/workbench.html"),
    "book/read-your-own-log.html",
]
"""Pages with each kind of what moves. `tests/browser` asks axe about every page, in Chromium."""

DEAD = """() => [...document.querySelectorAll(".oom-panel, .oom-game, .oom-balloon, .oom-log")]
    .filter((one) => !("ready" in one.dataset) || one.dataset.state === "failed")
    .map((one) => one.getAttribute("aria-label"))"""


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_alive_and_answers_at_each_control(
    tab: Tab, book: Site, axe_source: str, path: str
) -> None:
    tab.open(book.url + path)
    assert tab.run(DEAD) == []
    assert tab.run("() => document.documentElement.dataset.theme") in ("light", "dark")
    assert tab.run("() => document.documentElement.scrollWidth <= innerWidth")
    tab.run(panels.REVEAL)
    for number in range(tab.run("() => document.querySelectorAll('.oom-panel').length")):
        panels.agrees(tab, number)
        shown = {panels.state(tab, number)["picture"]}
        moves = panels.moves(tab, number)
        for move in moves:
            before = panels.state(tab, number)
            panels.make(tab, move)
            tab.wait(
                "(n, was) => JSON.stringify((" + panels.STATE + ")(n).set) !== was",
                number,
                json.dumps(before["set"]),
            )
            panels.agrees(tab, number)
            after = panels.state(tab, number)
            assert after["status"] == "stored result"
            shown |= {after["picture"], after["sentence"]}
        assert len(shown) > 1 or not moves
    if path in AXED:
        assert unread(tab, axe_source) == []


def unread(tab: Tab, axe_source: str) -> list[str]:
    """What breaks WCAG in the page as it stands, light and dark, one text per rule and element."""
    tab.run(f"() => {{ {axe_source} }}")
    found = []
    for theme, rules in (("light", AXE_LEVELS), ("dark", AXE_COLOURS)):
        tab.run("(theme) => void (document.documentElement.dataset.theme = theme)", theme)
        tab.run(SETTLED)
        given = {"runOnly": rules, "resultTypes": ["violations"]}
        found += tab.run(f"(given) => axe.run('html', given).then({AXE_SAID})", given)
    return found
