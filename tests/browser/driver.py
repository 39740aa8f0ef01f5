"""Headless Chromium that may talk to this machine only, and remembers what went wrong."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright

from tools.serve import server

_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Workers and prefetches do not pass the page's own request filter; names are refused to all.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
DESKTOP = (1280, 900)
PHONE = (390, 844)


@dataclass
class Watch:
    """What the pages of one test asked of other hosts, and what they complained about."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def refuse_outside(self, route: Route, request: Request) -> None:
        """Lets local requests through; refuses and records all others."""
        if urlsplit(request.url).hostname in ("127.0.0.1", None):
            route.continue_()
        else:
            self.outside.append(request.url)
            route.abort()

    def note_console(self, message: ConsoleMessage) -> None:
        """Records what the console shows in red."""
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


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
def chromium(path: str) -> Iterator[Browser]:
    """A running Chromium, started from the program at `path`."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_in(
    browser: Browser,
    url: str,
    watch: Watch,
    *,
    dark: bool = False,
    phone: bool = False,
    javascript: bool = True,
    reduced_motion: bool = False,
) -> Page:
    """A page in a context of its own, loaded and watched. The caller closes `page.context`."""
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
    context.set_default_timeout(int(os.environ.get("OOMLAB_BROWSER_TIMEOUT_MS", "20000")))
    context.route("**/*", watch.refuse_outside)
    context.on("console", watch.note_console)
    context.on("weberror", lambda problem: watch.errors.append(str(problem.error)))
    page = context.new_page()
    page.goto(url, wait_until="load")
    return page
