"""What a reader's own copy of the site consists of: offline.json, beside index.html.

oom-offline.js fetches what is listed there and keeps it under the listed addresses, those by which
the pages ask for it: the theme's scripts and styles have their version behind a question mark. So a
page never gets a script of another version from a copy.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tools import ways
from tools.paths import files_below
from tools.site_links import is_outside, read

NAME = "offline.json"
_LEFT_OUT = (
    *(NAME, "offline-worker.js", ".nojekyll", "objects.inv", "reports/*", "_sources/*"),
    *("*.map", "*/LICENSE*", "_static/locales/*", "_static/*webpack-macros.html", "*.ttf"),
    "lite/*",  # as large as the book
    ways.NAME,  # what it leads to is not in the copy, or has a page that lists it
    "*.wasm",  # worker.js asks for the packed one
)
_JOINED = re.compile(r"_static/(?!live/|vendor/).*\.(?:css|js)")
"""Scripts and sheets of which pages load one that is made of them, unless they ask for it."""


def listing(site: Path) -> dict[str, object]:
    """The files of the built `site` that a copy has: address, size and hash of each, and a version
    that changes when any of it does."""
    asked = _asked(site)
    files = []
    for file in files_below(site):
        name = file.relative_to(site).as_posix()
        if any(fnmatch.fnmatch(name, pattern) for pattern in _LEFT_OUT):
            continue
        if _JOINED.fullmatch(name) and name not in asked:
            continue
        content = file.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        for address in sorted(asked.get(name, {name})):
            files.append({"url": address, "bytes": len(content), "sha256": digest})
    version = hashlib.sha256(json.dumps(files).encode()).hexdigest()[:16]
    return {
        "version": version,
        "bytes": sum(int(str(file["bytes"])) for file in files),
        "files": files,
    }


def write_list(site: Path) -> None:
    """Writes offline.json of the built `site`."""
    (site / NAME).write_text(json.dumps(listing(site)) + "\n", encoding="utf-8")


def _asked(site: Path) -> dict[str, set[str]]:
    """By which addresses, relative to the site, pages ask for a file: with ?v=... as it stands."""
    found: dict[str, set[str]] = {}
    for page in site.rglob("*.html"):
        for target in read(page).fetched:
            parts = urlsplit(target)
            if is_outside(target) or not parts.path or parts.scheme:
                continue
            file = (page.parent / unquote(parts.path)).resolve()
            if not file.is_relative_to(site.resolve()):
                continue
            name = file.relative_to(site.resolve()).as_posix()
            found.setdefault(name, set()).add(f"{name}?{parts.query}" if parts.query else name)
    return found
