"""The links of a built site: what its pages point to, and what a browser loads with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LOADING_RELS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect"}
_CSS_TARGET = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")


@dataclass
class Page(HTMLParser):
    """One HTML file: its ids, the targets a reader can follow, the files a browser fetches."""

    file: Path
    ids: set[str] = field(default_factory=set)
    followed: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by HTMLParser for each element."""
        values = {name: value or "" for name, value in attrs}
        if ident := values.get("id") or (tag == "a" and values.get("name")):
            self.ids.add(ident)
        if tag == "link":
            loads = _LOADING_RELS.intersection(values.get("rel", "").split())
            (self.fetched if loads else self.followed).append(values.get("href", ""))
        elif tag in ("a", "area") and "href" in values:
            self.followed.append(values["href"])
        elif "src" in values:
            self.fetched.append(values["src"])
        if "srcset" in values:
            self.fetched += [part.split()[0] for part in values["srcset"].split(",")]
        if "style" in values:
            self.fetched += css_targets(values["style"])


def css_targets(text: str) -> list[str]:
    """What a style sheet loads."""
    return [first or second for first, second in _CSS_TARGET.findall(text)]


@cache
def read(file: Path) -> Page:
    """The page in `file`, read once."""
    return Page(file)


def is_outside(target: str) -> bool:
    """Whether `target` names a host."""
    return bool(urlsplit(target).netloc)


def broken(site: Path, page: Path, target: str) -> str:
    """Why `target`, found in `page`, leads nowhere inside `site`; "" if it leads somewhere."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or (not parts.path and not parts.fragment):
        return ""
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if file.is_dir():
        file = file / "index.html"
    if not file.is_relative_to(site.resolve()):
        return f"{target} leaves the site"
    if not file.is_file():
        return f"{target} does not exist"
    fragment = unquote(parts.fragment)
    if file.stem == "workbench" and fragment.startswith("bench-"):
        return ""  # three texts, packed, and no place in the page
    if fragment and file.suffix == ".html" and fragment not in read(file).ids:
        return f"{target}: there is no such place in the page"
    return ""
