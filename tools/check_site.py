"""`make site-check`: is a built site complete, and does it stand on its own?

A build can end well and leave nothing to publish (jupyter-book 2 does, on this book). So whoever
publishes asks here first, of the files themselves: every page of _toc.yml with its text, the
in-page engine, the search, no link into nothing, nothing from another host.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tools import offline
from tools.build_book import pages
from tools.fetch_engine import PAGE_SCRIPT
from tools.lite.packages import listed_files
from tools.paths import SITE, files_below
from tools.site_links import broken, css_targets, is_outside, read
from tools.ways import NAME, ways

_FEW_WORDS = 20  # our choice: the shortest page of the book has several times as many
_WHEELS = ["simpy", "oomlab"]
_NOT_SCRIPTS = re.compile(r"<script.*?</script>|<[^>]+>", re.DOTALL)
_HOST = re.compile(r"(?:https?|wss?)://[^\s\"'`)]+")


def problems(site: Path) -> list[str]:
    """All that is wrong with the site in the folder `site`, a line each; none if it is complete."""
    if not (site / "index.html").is_file():
        return [f"{site} holds no site: there is no index.html"]
    return [line for check in CHECKS.values() for line in check(site)]


def html_files(site: Path) -> list[Path]:
    """The pages of ours that a reader can come to. _static holds fragments of the theme as well,
    and the folders of the JupyterLite page are Jupyter's."""
    lite = site / "lite"
    others = {site / "_static", *(path for path in lite.glob("*") if path.is_dir())}
    return sorted(file for file in site.rglob("*.html") if not others.intersection(file.parents))


def article_of(file: Path) -> str:
    """The HTML of a page's text, without the frame around it."""
    text = file.read_text(encoding="utf-8")
    return text.partition('<article class="bd-article">')[2].partition("</article>")[0]


def _pages(site: Path) -> Iterator[str]:
    for name in pages():
        file = site / f"{name}.html"
        if not file.is_file():
            yield f"{name}.html is missing"
            continue
        article = article_of(file)
        if len(_NOT_SCRIPTS.sub(" ", article).split()) <= _FEW_WORDS:
            yield f"{name}.html has no text"
        if "Traceback (most recent call last)" in article:
            yield f"{name}.html shows an error of a cell"


def _front_door(site: Path) -> Iterator[str]:
    if f"url={pages()[0]}.html" not in (site / "index.html").read_text(encoding="utf-8"):
        yield f"index.html does not lead to {pages()[0]}.html"
    if not (site / ".nojekyll").is_file():
        yield ".nojekyll is missing: GitHub Pages would leave out _static"


def _search(site: Path) -> Iterator[str]:
    file = site / "searchindex.js"
    if not file.is_file():
        yield "searchindex.js is missing"
        return
    text = file.read_text(encoding="utf-8")
    try:
        index = json.loads(text.removeprefix("Search.setIndex(").rstrip().removesuffix(")"))
    except ValueError:
        yield "searchindex.js is damaged"
        return
    yield from (f"the search knows nothing of {name}" for name in {*pages()} - {*index["docnames"]})


def _engine(site: Path) -> Iterator[str]:
    live = site / "_static" / "live"
    try:
        report = json.loads((live / "engine.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield "_static/live/engine.json is missing or damaged"
        return
    if not report["available"]:
        yield f"the site has no in-page engine: {report['why']}"
        return
    served = {file.relative_to(live).as_posix(): file.stat().st_size for file in files_below(live)}
    for name in {*report["files"], "worker.js"} - {*served}:
        yield f"_static/live/{name} is missing"
    for name, size in report["files"].items():
        if served.get(name, size) != size:
            yield f"_static/live/{name} has {served[name]} bytes, not {size}"
    if "wheels/index.json" in served:
        names = json.loads((live / "wheels" / "index.json").read_text(encoding="utf-8"))
        if [name.partition("-")[0] for name in names] != _WHEELS:
            yield f"the engine's wheels are {', '.join(names)}"


def _kept_copy(site: Path) -> Iterator[str]:
    if not (site / "offline-worker.js").is_file():
        yield "offline-worker.js is missing"
    try:
        told = json.loads((site / offline.NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        yield f"{offline.NAME} is missing or damaged"
        return
    if told != offline.listing(site):
        yield f"{offline.NAME} is not that of this site: a kept copy could not be made"


def _links(site: Path) -> Iterator[str]:
    for file in html_files(site):
        page = read(file)
        where = file.relative_to(site)
        for target in dict.fromkeys(page.followed + page.fetched):
            if why := broken(site, file, target):
                yield f"{where}: {why}"
        yield from (
            f"{where} asks another host: {target}"
            for target in dict.fromkeys(page.fetched)
            if is_outside(target)
        )


def _sheets(site: Path) -> Iterator[str]:
    for sheet in sorted((site / "_static").rglob("*.css")):
        for target in css_targets(sheet.read_text(encoding="utf-8")):
            why = "names another host" if is_outside(target) else broken(site, sheet, target)
            if why:
                yield f"{sheet.relative_to(site)}: {target}: {why}"


def _scripts(site: Path) -> Iterator[str]:
    static = site / "_static"
    for script in (static / "oom-panel" / PAGE_SCRIPT, static / "live" / "worker.js"):
        if not script.is_file():
            yield f"{script.relative_to(site)} is missing"
            continue
        for host in _HOST.findall(script.read_text(encoding="utf-8")):
            if "www.w3.org/" not in host:  # the names of SVG and XHTML are not addresses
                yield f"{script.relative_to(site)} names a host: {host}"


def _ways(site: Path) -> Iterator[str]:
    for kind, led in ways(site).items():
        for page, target in led.items():
            for path in (f"{page}.html", target.partition("?")[0]):
                if not (site / path).is_file():
                    yield f"{NAME} names {path}, one of its {kind}, which is not there"


def _lite(site: Path) -> Iterator[str]:
    """Asked only where there is such a page: does its Python find what it loads?"""
    lite = site / "lite"
    if not lite.is_dir():
        return
    loaded = list(listed_files(lite))
    if not loaded:
        yield "lite has no list of the packages of its Python"
    for file, digest in loaded:
        name = file.relative_to(site.resolve()).as_posix()
        if not file.is_file():
            yield f"{name} is missing: the JupyterLite page is that of another book"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            yield f"{name} is not what the JupyterLite page was made with"


CHECKS: Mapping[str, Callable[[Path], Iterator[str]]] = {
    "pages": _pages,
    "front door": _front_door,
    "search": _search,
    "engine": _engine,
    "kept copy": _kept_copy,
    "links": _links,
    "style sheets": _sheets,
    "scripts": _scripts,
    "notebooks": _lite,
    "other ways": _ways,
}
"""What is asked of a site, each by a function that gives a line for everything wrong."""


def main() -> int:
    """Command line: 0 when the site is complete, 1 when not, with a line for each reason."""
    parser = argparse.ArgumentParser(description="Check a built site before it is published.")
    parser.add_argument("site", nargs="?", type=Path, default=SITE, help="its folder")
    site = parser.parse_args().site
    found = problems(site)
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        size = sum(file.stat().st_size for file in files_below(site)) / 1e6
        print(f"The site is complete: {len(html_files(site))} pages, {size:.0f} MB.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
