"""A reader's own copy of the book: made when asked for, used when the network is gone, renewed,
forgotten, and never shown as what the site says now."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.offline import NAME, listing, write_list
from tools.paths import SITE
from tools.serve import server

CHAPTER = "book/running-out.html"
KEPT = re.compile(r"Kept on \d+ \w+ \d{4}, \d+ MB")
ENGINE_MS = 90_000
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
KEPT_CACHES = "caches.keys().then((names) => names.length)"


class Network:
    """The built site below a prefix on this machine, on one port, to be cut and mended."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "any" / "prefix"
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.mend()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/any/prefix/"

    def mend(self) -> None:
        self._server = server(self.root, self._port)
        self._port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def cut(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    shutil.copytree(SITE, tmp_path / "any" / "prefix")
    made = Network(tmp_path)
    yield made
    made.cut()


@contextmanager
def reader(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    try:
        yield context.new_page()
    finally:
        context.close()


def box(page: Page) -> Page:
    place = page.locator(".oom-offline")
    place.scroll_into_view_if_needed()
    if place.get_attribute("open") is None:
        place.locator("summary").click()
    return page


def keep(page: Page, network: Network) -> None:
    page.goto(f"{network.url}book/index.html")
    box(page).locator(".oom-o-keep").click()
    expect(page.locator(".oom-offline p")).to_have_text(re.compile(KEPT), timeout=ENGINE_MS)
    page.wait_for_function("navigator.serviceWorker.controller", timeout=ENGINE_MS)


def test_nothing_is_kept_until_somebody_says_so(browser: Browser, network: Network) -> None:
    with reader(browser) as page:
        page.goto(f"{network.url}book/index.html")
        told = box(page).locator(".oom-offline p")
        size = json.loads((network.site / NAME).read_text())["bytes"]
        expect(told).to_contain_text(f"It takes {round(size / 1e6)} MB here")
        assert page.evaluate(KEPT_CACHES) == 0
        assert page.evaluate(WORKERS) == 0


def test_a_copy_serves_pages_search_and_python_when_the_network_is_cut(
    browser: Browser, network: Network
) -> None:
    with reader(browser) as page:
        keep(page, network)
        assert page.locator(".oom-kept").count() == 0
        network.cut()
        page.goto(f"{network.url}{CHAPTER}?x=1")  # never opened before
        expect(page.locator(".oom-kept")).to_contain_text("The network does not answer")
        panel = page.locator(".oom-panel").first
        expect(panel).to_have_attribute("data-ready", "")
        skip = panel.locator(".oom-skip")
        if skip.count() and skip.is_visible():
            skip.click()
        name, other = panel.evaluate(_NOT_STORED)
        panel.locator(f"[name={name}]").fill(str(other))
        expect(panel.locator(".oom-status")).to_have_text(
            "computed now (in this page)", timeout=ENGINE_MS
        )
        page.goto(f"{network.url}search.html?q=balloon")
        expect(page.locator("#search-results li").first).to_be_visible()
        network.mend()


def test_what_the_site_says_now_comes_first_and_the_copy_follows(
    browser: Browser, network: Network
) -> None:
    with reader(browser) as page:
        keep(page, network)
        chapter = network.site / CHAPTER
        text = chapter.read_text(encoding="utf-8")
        chapter.write_text(text.replace("<h1>", "<h1>Anew: ", 1), encoding="utf-8")
        write_list(network.site)
        for _ in range(30):
            page.goto(f"{network.url}{CHAPTER}")
            if not page.locator(".oom-kept").count():
                break
            page.wait_for_timeout(1000)  # a network that was slow once is not asked for 20 s
        assert page.locator(".oom-kept").count() == 0
        expect(page.locator("h1").first).to_contain_text("Anew: ")
        version = listing(network.site)["version"]
        held = f"caches.keys().then((names) => names.every((one) => one.endsWith('{version}')))"
        page.wait_for_function(held, timeout=ENGINE_MS)
        network.cut()
        page.goto(f"{network.url}book/index.html")
        page.goto(f"{network.url}{CHAPTER}")
        expect(page.locator("h1").first).to_contain_text("Anew: ")
        network.mend()


def test_a_copy_that_broke_off_is_no_copy_and_goes_on(browser: Browser, network: Network) -> None:
    with reader(browser) as page:
        missing = network.site / "searchindex.js"
        content = missing.read_bytes()
        missing.unlink()
        page.goto(f"{network.url}book/index.html")
        box(page).locator(".oom-o-keep").click()
        told = page.locator(".oom-offline p")
        expect(told).to_contain_text("searchindex.js could not be had (404)", timeout=ENGINE_MS)
        missing.write_bytes(content + b" ")
        page.locator(".oom-o-keep").click()
        expect(told).to_contain_text("is not what the site's list says", timeout=ENGINE_MS)
        missing.write_bytes(content)
        page.locator(".oom-o-keep").click()
        expect(told).to_have_text(KEPT, timeout=ENGINE_MS)


def test_no_room_is_said_and_leaves_nothing(browser: Browser, network: Network) -> None:
    with reader(browser) as page:
        page.add_init_script("navigator.storage.estimate = async () => ({ quota: 1e6, usage: 0 })")
        page.goto(f"{network.url}book/index.html")
        box(page).locator(".oom-o-keep").click()
        expect(page.locator(".oom-offline p")).to_contain_text("There is no room for")
        assert page.evaluate(KEPT_CACHES) == 0


def test_a_copy_can_be_forgotten(browser: Browser, network: Network) -> None:
    with reader(browser) as page:
        keep(page, network)
        box(page).locator(".oom-o-forget").click()
        expect(page.locator(".oom-offline p")).to_contain_text("The copy is forgotten.")
        assert page.evaluate(KEPT_CACHES) == 0
        assert page.evaluate(WORKERS) == 0


_NOT_STORED = """panel => {
  const { controls } = JSON.parse(panel.querySelector("script").textContent);
  const slider = controls.find((one) => one.kind === "slider");
  const input = panel.querySelector(`[name="${slider.name}"]`);
  let other = Number(input.min);
  while (slider.values.some((value) => Math.abs(value - other) < 1e-6)) other += Number(input.step);
  return [slider.name, other];
}"""
