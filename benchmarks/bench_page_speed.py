"""How soon a page of the built book can be seen and used, where line and processor are slow.

    python -m benchmarks.bench_page_speed [--pages report] [--runs 3] [--full-speed] [--phone]

Headless Chromium with an empty cache; 1.6 Mbit/s with 150 ms there and back, and a processor four
times as slow as this one (`--full-speed`: neither). The server packs what it sends, as web servers
do, and keeps connections. Of each page: what is sent, the first and the largest paint, when all its
panels answer, how far the layout moved, how long the page was deaf. The median of some runs.
Nothing passes or fails: on a busy machine the times are upper bounds.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.driver import chromium
from tools import get_chromium
from tools.paths import SITE

PAGES = ("index", "report", "review", "five-seconds", "scheduler")
BYTES_A_SECOND = 1_600_000 / 8
LATENCY_MS = 150
SLOWER = 4
GOALS = "Goals: first 1.5 s, usable 2 s, 450 kB, moved 0.02"

# Notes what happens from the beginning of the page on. A panel that is alive says that it is ready.
WATCH = """
window.noted = { first: 0, largest: 0, moved: 0, deaf: 0, usable: 0 };
const watch = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note))
    .observe({ type, buffered: true });
watch("paint", (e) => e.name === "first-contentful-paint" && (noted.first = e.startTime));
watch("largest-contentful-paint", (e) => (noted.largest = e.startTime));
watch("layout-shift", (e) => e.hadRecentInput || (noted.moved += e.value));
watch("longtask", (e) => (noted.deaf += e.duration - 50));
new MutationObserver(() => (noted.usable = performance.now())).observe(document, {
    subtree: true, attributes: true, attributeFilter: ["data-ready"],
});
"""
ALIVE = """() => document.readyState === "complete" && [...document.querySelectorAll(
    ".oom-panel, .oom-game, .oom-balloon, .oom-log, .oom-bench",
)].every((e) => "ready" in e.dataset)"""


class _Packing(SimpleHTTPRequestHandler):
    """Serves files as a web server does that was told to pack text."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Sends a file, packed if it is a text."""
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(file))
        body = _packed(file)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.copyfile(BytesIO(body), self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@functools.cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=6)


@contextmanager
def packing_server() -> Iterator[str]:
    """Serves the built book; gives the address."""
    handler = functools.partial(_Packing, directory=str(SITE))
    site = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}/"
    finally:
        site.shutdown()
        site.server_close()


def measured(browser: Browser, url: str, *, slow: bool, phone: bool) -> dict[str, float]:
    """One visit: kilobytes, milliseconds, and the layout's moves."""
    width, height = (390, 844) if phone else (1280, 800)
    context = browser.new_context(viewport={"width": width, "height": height}, is_mobile=phone)
    page = context.new_page()
    talk = context.new_cdp_session(page)
    talk.send("Network.enable")
    if slow:
        talk.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": LATENCY_MS,
                "downloadThroughput": BYTES_A_SECOND,
                "uploadThroughput": BYTES_A_SECOND,
            },
        )
        talk.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    sent: list[float] = []
    talk.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(url, wait_until="load")
    page.wait_for_function(ALIVE)
    page.wait_for_timeout(1000)  # what moves late counts as well
    found: dict[str, float] = page.evaluate("noted")
    context.close()
    return {**found, "kB": sum(sent) / 1000, "files": len(sent)}


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description="Measure how soon pages can be used.")
    parser.add_argument("--pages", default=",".join(PAGES), help="names, with commas between")
    parser.add_argument("--runs", type=int, default=3, help="visits of each page")
    parser.add_argument("--full-speed", action="store_true", help="slow nothing down")
    parser.add_argument("--phone", action="store_true", help="in a window of 390 pixels")
    options = parser.parse_args()
    program = get_chromium.find()
    if program is None:
        raise SystemExit("There is no Chromium: make chromium tries to install it.")
    print("page           files     kB   first largest  usable    deaf   moved")
    with (
        sync_playwright() as driver,
        packing_server() as address,
        chromium(driver, program) as browser,
    ):
        for name in options.pages.split(","):
            url = f"{address}book/{name}.html"
            runs = [
                measured(browser, url, slow=not options.full_speed, phone=options.phone)
                for _ in range(options.runs)
            ]
            row = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
            print(
                f"{name:14} {row['files']:5.0f} {row['kB']:6.0f}"
                f" {row['first'] / 1000:5.2f} s {row['largest'] / 1000:5.2f} s"
                f" {row['usable'] / 1000:5.2f} s {row['deaf']:4.0f} ms  {row['moved']:6.4f}"
            )
    print(GOALS)


if __name__ == "__main__":
    main()
