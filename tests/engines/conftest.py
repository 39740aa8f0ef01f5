"""Fixtures for tests that run in Chromium, Firefox and WebKit, each as the reader has it.

`tab` is a tab of one engine after the other; `book` the built book, `opened_site` any other site.
When a test ends it fails if a page complained, asked for what is not there, or asked another host
for something; a test that expects that takes `troubles`, and takes them away with `take`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Playwright

from tests.browser.driver import chromium
from tests.conftest import none_here
from tests.engines.in_chromium import ChromiumTab
from tests.engines.in_firefox import FirefoxTab
from tests.engines.in_webkit import WebKitTab
from tests.engines.sites import EMPTY, Site, site
from tests.engines.tab import Tab
from tools import get_browsers

ENGINES = [
    pytest.param(name, marks=pytest.mark.xdist_group(name))
    for name in ("chromium", "firefox", "webkit")
]

OpenSite = Callable[..., Site]


@contextmanager
def started(engine: str, request: pytest.FixtureRequest, *, still: bool = False) -> Iterator[Tab]:
    """A tab of an engine that is started for it; `still`: its reader wants little to move."""
    with ExitStack() as stack:
        tab: Tab
        if engine == "chromium":
            playwright: Playwright = request.getfixturevalue("playwright")
            path: str = request.getfixturevalue("chromium_path")
            browser = stack.enter_context(chromium(playwright, path, keeps_pages=True))
            tab = ChromiumTab(browser, still=still)
        elif engine == "firefox":
            firefox = get_browsers.firefox() or none_here("Firefox", "make browsers")
            tab = FirefoxTab(firefox, still=still)
        else:
            parts = get_browsers.webkit() or none_here("WebKit with a driver", "make browsers")
            tab = WebKitTab(*parts, still=still)
        stack.callback(tab.close)
        yield tab


@pytest.fixture(scope="session", params=ENGINES)
def running(request: pytest.FixtureRequest) -> Iterator[Tab]:
    """One tab of each engine for all tests."""
    with started(request.param, request) as tab:
        yield tab


@pytest.fixture(scope="session")
def healthy() -> Iterator[Site]:
    """The built book, on a metered line: its engine comes when it is asked something."""
    with site(metered=True) as served:
        yield served


class Troubles:
    """What an engine, its pages and their servers have complained about."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self.sites: list[Site] = []

    def take(self) -> list[str]:
        """What has come since this was last asked."""
        if self._tab.run(
            "() => location.protocol.startsWith('http')"
        ):  # what was sent before is there
            self._tab.run("() => fetch('/~witness', { method: 'POST' }).catch(() => null)")
        found = self._tab.troubles()
        for served in self.sites:
            found += served.noted
            served.noted.clear()
        return found


@pytest.fixture
def troubles(running: Tab) -> Iterator[Troubles]:
    """What went wrong in a test; what is left at its end means failure."""
    found = Troubles(running)
    yield found
    assert found.take() == []


@pytest.fixture
def tab(running: Tab, troubles: Troubles) -> Tab:
    """A tab that the test before has left."""
    return running


@pytest.fixture
def book(healthy: Site, troubles: Troubles, tab: Tab) -> Iterator[Site]:
    """The book, whose readers have kept nothing yet."""
    troubles.sites.append(healthy)
    yield healthy
    tab.open(healthy.url + EMPTY)
    tab.run("() => { localStorage.clear(); sessionStorage.clear(); }")


@pytest.fixture
def opened_site(troubles: Troubles, tab: Tab) -> Iterator[OpenSite]:
    """`opened_site(...)`: a site as `sites.site` makes it, until the test ends."""
    with ExitStack() as stack:

        def opened(*given: object, **options: object) -> Site:
            served = stack.enter_context(site(*given, **options))  # type: ignore[arg-type]
            troubles.sites.append(served)
            return served

        yield opened
        tab.open("about:blank")  # before the site goes, under which a page may still load
