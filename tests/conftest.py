"""Fixtures for tests in a browser, in whichever folder; those tests come last.

`open_page("book/index.html", dark=True)` opens a page of the built book, or of any address with
http: or file:, in a tab of its own. `read_page` opens a page of the book in a tab that earlier
tests have used, which is much quicker: for tests that leave nothing behind which the next page to
be loaded there would notice (no clock of their own, no functions given to the page). `look_at` does
not even load it again if the test before has looked at it: for tests with a `path` that change
nothing on the page.

When the test ends it fails if a page asked another host for something, or wrote an error to the
console; a test that expects either takes the `watch` fixture and clears its list.
"""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from oomlab.experiment import forget_models
from tests.browser.driver import Reading, Watch, chromium, open_in, serving
from tests.built_book import without_book
from tools import get_chromium
from tools.fetch_engine import axe
from tools.paths import SITE

# Resolves when what fades or moves has come to its end, or after two seconds.
SETTLED = """() => Promise.race([
    Promise.allSettled(document.getAnimations().map((animation) => animation.finished)),
    new Promise((done) => setTimeout(done, 2000)),
])"""

# How axe-core is asked about all of a page (WCAG 2.1 A or AA), and about its colours alone.
AXE_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
AXE_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# What axe-core has found, one text per rule and element.
AXE_SAID = """({ violations }) => violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))"""

OpenPage = Callable[..., Page]

# How long an example takes depends on the machine. What is red in continuous integration must be so
# again on one's own machine; there, each run looks elsewhere.
settings.register_profile("oomlab", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("oomlab")


_WITH_BROWSER = [
    Path(__file__).parent / name
    for name in ("browser", "binder", "elsewhere", "engines", "lite", "slides")
]
_MADE_ONCE = {
    name: Path(__file__).parent / folder
    for name, folder in (
        ("binder", "binder"),
        ("course", "course"),
        ("elsewhere", "elsewhere"),
        ("ledger", "evidence/ledger"),
        ("slides", "slides"),
    )
}
"""Folders whose tests share something that takes long to make: they run in one process."""
_OF_BROWSERS = (pytest.mark.browser, pytest.mark.flaky(reruns=1))
"""Beside other tests a browser now and then stands still for longer than a page waits for its
files, and then the page says so, as it should. So such a test is asked once more, and the run tells
that it was (RERUN); what is broken fails twice."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that drive a browser and puts them at the end.

    The quick tests so come first. And while Playwright is running there is an event loop in this
    thread, which a test that starts one of its own could not stand.
    """
    for item in items:
        for marker in _markers(item.path):
            item.add_marker(marker)
        if page := _looked_at(item):
            item.add_marker(pytest.mark.xdist_group(page))
    if items and not (SITE / "index.html").exists():
        items[:] = without_book(items[0].session, items)
    items.sort(key=_turn)


def pytest_collection_finish() -> None:
    """What is there now stays to the end: looking through it for garbage only takes time."""
    gc.collect()
    gc.freeze()


@cache
def _markers(path: Path) -> list[pytest.MarkDecorator]:
    """The markers of all tests in a file."""
    groups = [name for name, folder in _MADE_ONCE.items() if path.is_relative_to(folder)]
    in_browser = any(path.is_relative_to(folder) for folder in _WITH_BROWSER)
    return [*map(pytest.mark.xdist_group, groups), *(_OF_BROWSERS if in_browser else ())]


def _looked_at(item: pytest.Item) -> str:
    """The page of the book that a test looks at; tests of one page come one after the other."""
    if "look_at" not in getattr(item, "fixturenames", ()):
        return ""
    path: str = item.callspec.params["path"]  # type: ignore[attr-defined]  # of a pytest.Function
    return path


def _turn(item: pytest.Item) -> tuple[bool, bool, str]:
    """Quick tests first, then browsers; of each kind first what one process has to run alone.

    A group that begins last keeps one process busy when the others have nothing left to do.
    """
    in_browser = item.get_closest_marker("browser") is not None
    in_group = item.get_closest_marker("xdist_group") is not None
    return in_browser, not in_group, _looked_at(item)


@pytest.fixture(autouse=True)
def fresh_models() -> None:
    """No test runs a model that another has built, which may have changed the kernel for it."""
    forget_models()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives Chromium: one for all browsers of a process."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is. Without one the test is skipped, and fails in continuous integration."""
    path = get_chromium.find()
    return path or none_here("Chromium", "make chromium")


def none_here(program: str, remedy: str) -> NoReturn:
    """Ends a test that needs a program which is not here."""
    reason = f"there is no {program} ({remedy} tries to install it)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)  # a newcomer without the program may run the rest; CI may not, see above


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with chromium(playwright, chromium_path) as started:
        yield started


@pytest.fixture(scope="session")
def site_url() -> Iterator[str]:
    """The address of the built book."""
    with serving(SITE) as url:
        yield url


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """`serve(folder)` gives an address for a folder, until the test ends."""
    with ExitStack() as stack:
        yield lambda folder: stack.enter_context(serving(folder))


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What went wrong in the pages of this test; not empty at its end means failure."""
    seen = Watch()
    yield seen
    assert not seen.outside, f"asked other hosts for {seen.outside}"
    assert not seen.errors, f"errors in the console: {seen.errors}"


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser, watch: Watch) -> Iterator[OpenPage]:
    """`open_page(path, dark=..., phone=..., javascript=..., reduced_motion=...)`: a loaded page."""
    contexts = []

    def opened(path: str, **options: bool) -> Page:
        url = (
            path
            if path.startswith(("http:", "file:"))
            else request.getfixturevalue("site_url") + path
        )
        page = open_in(browser, url, watch, **options)
        contexts.append(page.context)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def reading(browser: Browser) -> Iterator[Reading]:
    """The tabs of `read_page`."""
    tabs = Reading(browser)
    yield tabs
    tabs.close()


@pytest.fixture
def read_page(reading: Reading, watch: Watch, site_url: str) -> Iterator[OpenPage]:
    """As `open_page`, for pages of the book, in a tab that tests share."""
    with reading.test(watch) as turn_to:
        yield lambda path, **options: turn_to(site_url + path, **options)


@pytest.fixture
def look_at(reading: Reading, watch: Watch, site_url: str) -> Iterator[OpenPage]:
    """As `read_page`, for tests of a `path` that leave the page as it is."""
    with reading.look(watch) as turn_to:

        def looked_at(path: str, **options: bool) -> Page:
            page = turn_to(site_url + path, **options)
            if options.get("javascript", True):  # the theme's script hears of another colour scheme
                theme = "dark" if options.get("dark") else "light"
                expect(page.locator("html")).to_have_attribute("data-theme", theme)
            return page

        yield looked_at


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The code of axe-core."""
    return axe().read_text(encoding="utf-8")


@pytest.fixture
def violations(axe_source: str) -> Callable[[Page], list[str]]:
    """`violations(page)`: what breaks WCAG 2.1 A or AA there, one text per rule and element.

    `colours`: only whether its colours can be told apart, of a page that was looked at otherwise.
    """

    def found(page: Page, within: str = "html", *, colours: bool = False) -> list[str]:
        page.evaluate(SETTLED)  # a colour on its way to another is not what a reader sees
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe_source)
        options = {
            "runOnly": AXE_COLOURS if colours else AXE_LEVELS,
            "resultTypes": ["violations"],  # of what passes, nobody reads the details
        }
        said: list[str] = page.evaluate(
            f"axe.run({json.dumps(within)}, {json.dumps(options)}).then({AXE_SAID})"
        )
        return said

    return found
