"""`make serve`: the built site on this machine only, with the types a browser insists on."""

from __future__ import annotations

import argparse
import errno
import functools
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.paths import SITE


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers for the files of a folder. A listing of a folder is refused."""

    # Python takes types from the machine's own tables, and a module of the wrong type is not run.
    extensions_map = {  # noqa: RUF012 - the base class declares it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
        ".json": "application/json",
        ".whl": "application/zip",
        ".woff": "font/woff",
        ".woff2": "font/woff2",
    }

    def end_headers(self) -> None:
        """Ends them with a word for caches."""
        self.send_header("Cache-Control", "no-cache")  # a rebuilt book must be seen at once
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answers with the site's own page for what is not there."""
        page = Path(self.directory) / "404.html"
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()  # as the hosts of static sites do
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def list_directory(self, path: Any) -> None:
        """Refuses."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for `folder` on 127.0.0.1; port 0 takes any free one.

    Raises OSError if the port is taken.
    """
    handler = functools.partial(SiteHandler, directory=str(folder))
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


def main() -> int:
    """Command line: serve _build/html until interrupted."""
    parser = argparse.ArgumentParser(description="Serve the built book on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if not (SITE / "index.html").exists():
        print("There is no built book yet: run make book first.", file=sys.stderr)
        return 1
    try:
        site = server(SITE, port)
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        print(f"Port {port} is in use. Choose another: make serve PORT={port + 1}", file=sys.stderr)
        return 1
    print(f"Serving the book at http://127.0.0.1:{port}/ - stop with Ctrl-C", flush=True)
    try:
        site.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        site.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
