"""A site as it is, or with something wrong that a reader may meet: the same for every engine.

What goes wrong is made here, on the server's side, because engines differ in what a driver can do
to a page. Each site has a port, and so an origin, of its own: no test finds what another has kept.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.browser.driver import METERED
from tools.paths import SITE
from tools.serve import SiteHandler

_NOTES = "~witness"
EMPTY = "~empty"
"""The path of a page without anything, in every site."""
_LONGEST_S = 60

# The first script of each page: it tells the server of all that goes wrong in the page. What a
# driver can hear is heard as well (Tab.troubles), but WebKit's can hear nothing.
_WITNESS = """
const note = (text) => navigator.sendBeacon("/~witness", `${location.pathname}: ${text}`);
addEventListener("error", ({ message, target }) => {
  if (target.matches?.("link:not([rel~=stylesheet])")) return; // the next page, not waited for
  note(message ?? `${target.src ?? target.href} did not load`);
}, true);
addEventListener("unhandledrejection", ({ reason }) => note(`nobody caught: ${reason}`));
addEventListener("securitypolicyviolation", ({ blockedURI }) => note(`forbidden: ${blockedURI}`));
const plain = console.error;
console.error = (...said) => (note(said.join(" ")), plain.apply(console, said));
"""

# As browsers do it for whom the reader has told to keep nothing.
_REFUSE_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  const get = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  Object.defineProperty(window, name, { configurable: true, get });
}
"""


@dataclass(frozen=True)
class Fault:
    """What happens to a file on its way: `missing`, `cut` after `at` bytes, `short` (a whole answer
    of the first `at` bytes) or `hangs` (no byte ever comes)."""

    kind: str
    at: int = 0


class Site(ThreadingHTTPServer):
    """A running site. `asked` are the paths that were asked for, `noted` is what went wrong."""

    daemon_threads = True

    def __init__(self, folder: Path, faults: Mapping[str, Fault], first: str) -> None:
        self.faults = faults
        self.first = f"<script>{{{first}}}</script>".encode()
        self.asked: list[str] = []
        self.noted: list[str] = []
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))

    @property
    def url(self) -> str:
        """Its address, with a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that hangs up is none of our business; anything else is a fault of a test."""


@contextmanager
def site(
    folder: Path = SITE,
    faults: Mapping[str, Fault] | None = None,
    *,
    storage: bool = True,
    metered: bool = False,
) -> Iterator[Site]:
    """Serves a folder. `faults` are those of its files, by path; without `storage` the pages may
    keep nothing; on a `metered` line they load no engine before it is needed."""
    first = _WITNESS + (METERED if metered else "") + ("" if storage else _REFUSE_STORAGE)
    served = Site(folder, faults or {}, first)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield served
    finally:
        served.over.set()
        served.shutdown()
        thread.join()
        served.server_close()


class _Handler(SiteHandler):
    server: Site

    def do_GET(self) -> None:  # noqa: N802 - the base class calls it so
        path = unquote(urlsplit(self.path).path).lstrip("/")
        self.server.asked.append(path)
        fault = self.server.faults.get(path)
        file = Path(self.directory, path)
        if fault is None and path.endswith(".html") and file.is_file():
            self._send(file.read_bytes().replace(b"<head>", b"<head>" + self.server.first, 1))
        elif path in (EMPTY, "favicon.ico"):  # browsers ask for the second by themselves
            self._send(b"<!doctype html><title>Empty</title>" if path == EMPTY else b"")
        elif fault is None:
            if not file.exists():
                self.server.noted.append(f"{path} is not there")
            super().do_GET()
        elif fault.kind == "missing":
            self.send_error(404)
        elif fault.kind == "hangs":
            self.server.over.wait(_LONGEST_S)
        else:
            whole = file.read_bytes()
            assert fault.at < len(whole), f"{path} has {len(whole)} bytes only"
            told = len(whole) if fault.kind == "cut" else fault.at
            self._send(whole[: fault.at], told)

    def do_POST(self) -> None:  # noqa: N802
        said = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path.endswith(_NOTES) and said:
            self.server.noted.append(said)
        self._send(b"")

    def _send(self, body: bytes, told: int | None = None) -> None:
        self.send_response(200)
        kind = (
            "text/html" if self.path.endswith(EMPTY) else self.guess_type(urlsplit(self.path).path)
        )
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if told is None else told))
        self.end_headers()
        self.wfile.write(body)


def size_of(path: str) -> int:
    """The size of a file of the book's engine in bytes."""
    return (SITE / "_static" / "live" / path).stat().st_size
