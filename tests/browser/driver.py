"""Headless Chromium that may talk to this machine only, and remembers what went wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
    expect,
)

from tools.serve import server

_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Refuses every other host, to pages, workers and prefetches alike. A filter of the page's own
    # requests would do less, and would cost the cache and two messages for each request.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
METERED = 'Object.defineProperty(navigator, "connection", { value: { saveData: true } });'
"""A metered line, on which nothing is loaded before it is needed."""
PATIENCE_MS = int(os.environ.get("OOMLAB_BROWSER_TIMEOUT_MS", "20000"))
"""How long a test waits for what should come: nothing that goes well takes so long."""
expect.set_options(timeout=PATIENCE_MS)

DESKTOP = (1280, 900)
PHONE = (390, 844)


@dataclass
class Watch:
    """What the pages of one test asked of other hosts, and what they complained about."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        """Records what is asked of another host; Chromium was told to refuse it."""
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            self.outside.append(request.url)

    def note_console(self, message: ConsoleMessage) -> None:
        """Records what the console shows in red."""
        url = message.location.get("url", "")
        # A page that warms its engine while its test, and with it the server, comes to an end.
        ended = any(f"ERR_CONNECTION_{how}" in message.text for how in ("REFUSED", "RESET"))
        over = ended and "/live/" in url
        if message.type == "error" and not over:
            self.errors.append(f"{message.text} ({url})")

    def note_problem(self, problem: WebError) -> None:
        """Records an exception that nobody caught."""
        self.errors.append(str(problem.error))

    def over(self, context: BrowserContext) -> None:
        """Watches the pages of a context from now on."""
        context.on("request", self.note_request)
        context.on("console", self.note_console)
        context.on("weberror", self.note_problem)

    def leave(self, context: BrowserContext) -> None:
        """Watches them no longer."""
        context.remove_listener("request", self.note_request)
        context.remove_listener("console", self.note_console)
        context.remove_listener("weberror", self.note_problem)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serves `folder` from a thread; gives the address, with a slash at its end."""
    site = server(folder, 0)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}/"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


@contextmanager
def chromium(driver: Playwright, path: str, *, keeps_pages: bool = False) -> Iterator[Browser]:
    """A running Chromium, started from the program at `path`. A thread can have one `driver` only.

    `keeps_pages`: a page that is left is kept as it is, for a way back. Readers' browsers do so;
    Playwright turns it off, since its own pictures of such pages may be old.
    """
    ours = ["--disable-back-forward-cache"] if keeps_pages else None
    browser = driver.chromium.launch(executable_path=path, args=_FLAGS, ignore_default_args=ours)
    try:
        yield browser
    finally:
        browser.close()


def new_page(
    browser: Browser,
    *,
    dark: bool = False,
    phone: bool = False,
    javascript: bool = True,
    reduced_motion: bool = False,
    shared: bool = True,
    metered: bool = True,
) -> Page:
    """An empty page in a context of its own. The caller closes `page.context`. Not `shared`: in a
    browser that has no shared workers. Not `metered`: the engine is loaded as soon as a control is
    come near, not only when it is asked, which takes seven seconds of the processor."""
    width, height = PHONE if phone else DESKTOP
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if reduced_motion else "no-preference",
        java_script_enabled=javascript,
        has_touch=phone,
        is_mobile=phone,
        service_workers="block",
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE_MS)
    if not shared:
        context.add_init_script("delete window.SharedWorker")
    if metered:
        context.add_init_script(METERED)
    return context.new_page()


def open_in(browser: Browser, url: str, watch: Watch, **options: bool) -> Page:
    """A page in a context of its own, loaded and watched; `options` are those of `new_page`. The
    caller closes `page.context`."""
    page = new_page(browser, **options)
    watch.over(page.context)
    page.goto(url, wait_until="load")
    return page


class Reading:
    """Pages that tests read one after the other in the same tab.

    A tab of its own for each, with an empty cache, takes three times as much of the processor. What
    a page has stored is removed between two tests. There is a tab for each set of options.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._tabs: dict[tuple[str, frozenset[tuple[str, bool]]], Page] = {}

    @contextmanager
    def test(self, watch: Watch) -> Iterator[Callable[..., Page]]:
        """Gives `turn_to(url, **options)`, which goes to an address and watches what comes of it,
        until the test ends."""
        with self._used(watch) as tab:

            def turn_to(url: str, **options: bool) -> Page:
                page = tab("read", **options)
                page.goto(url, wait_until="load")
                return page

            yield turn_to

    @contextmanager
    def look(self, watch: Watch) -> Iterator[Callable[..., Page]]:
        """Gives `look_at(url, **options)` for a test that leaves a page as it is: the page may be
        the one that the test before has looked at. Colours and motion are switched while it is
        open, as a reader's system does. An address with another fragment is another page."""
        with self._used(watch) as tab:

            def look_at(
                url: str, *, dark: bool = False, reduced_motion: bool = False, **options: bool
            ) -> Page:
                page = tab("look", **options)
                page.emulate_media(
                    color_scheme="dark" if dark else "light",
                    reduced_motion="reduce" if reduced_motion else "no-preference",
                )
                if page.url != url:
                    page.goto(url, wait_until="load")
                page.evaluate("() => scrollTo({ left: 0, top: 0, behavior: 'instant' })")
                return page

            yield look_at

    @contextmanager
    def _used(self, watch: Watch) -> Iterator[Callable[..., Page]]:
        """Gives `tab(kind, **options)`, whose tabs are watched, and tidied when the test ends."""
        used: list[Page] = []

        def tab(kind: str, **options: bool) -> Page:
            key = kind, frozenset(options.items())
            if key not in self._tabs:
                self._tabs[key] = new_page(self._browser, **options)
            page = self._tabs[key]
            if page not in used:
                used.append(page)
                watch.over(page.context)
            return page

        try:
            yield tab
        finally:
            for page in used:
                watch.leave(page.context)
                page.emulate_media(media="null")
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")

    def close(self) -> None:
        """Closes the tabs."""
        for page in self._tabs.values():
            page.context.close()
        self._tabs.clear()
