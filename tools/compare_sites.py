"""Two builds of the book, page by page: text, panels, places to link to.

What a reader gets of a page is its article: the words in their order, the data of each panel, the
ids that links lead to, and how many pictures, tables and code cells there are. What the theme draws
around it is not compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser
from pathlib import Path

from tools.check_site import article_of

_COUNTED = ("svg", "table", "details", "pre", "figure", "math")
_UNREAD = ("style", "script", "svg")
_SHOWN = 6  # words around a difference
_NUMBERED = re.compile(r"^(id\d+|codecell\d+|cell-id-\d+|index-\d+)$")


@dataclass
class Article(HTMLParser):
    """What a reader gets of one page."""

    file: Path
    words: list[str] = field(default_factory=list)
    panels: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self._json = False
        self.feed(article_of(self.file))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by HTMLParser for each element."""
        values = dict(attrs)
        self.counts[tag] += tag in _COUNTED
        if values.get("id") and not _NUMBERED.match(values["id"] or ""):
            self.ids.add(values["id"] or "")
        if tag in _UNREAD:
            self._open.append(tag)
            self._json = tag == "script" and values.get("type") == "application/json"

    def handle_endtag(self, tag: str) -> None:
        """Called by HTMLParser."""
        if self._open and tag == self._open[-1]:
            self._open.pop()
            self._json = False

    def handle_data(self, data: str) -> None:
        """Called by HTMLParser for the text between two tags."""
        if self._json:
            self.panels.append(data.strip())
        elif not self._open:
            self.words += [word for word in data.split() if word not in ("#", "\N{PILCROW SIGN}")]


def differences(one: Path, other: Path) -> Iterator[str]:
    """What differs between two files of the same page, a line each; nothing if they are equal."""
    first, second = Article(one), Article(other)
    if not second.words:
        yield "has no text"
        return
    matcher = SequenceMatcher(None, first.words, second.words, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            yield f"text: {_cut(first.words[a:b])} -> {_cut(second.words[c:d])}"
    if first.panels != second.panels:
        yield f"panels: {len(first.panels)} -> {len(second.panels)}, or their data differ"
    if gone := first.ids - second.ids:
        yield f"no longer to be linked to: {', '.join(sorted(gone))}"
    for tag in _COUNTED:
        if first.counts[tag] != second.counts[tag]:
            yield f"<{tag}>: {first.counts[tag]} -> {second.counts[tag]}"


def _cut(words: list[str]) -> str:
    shown = " ".join(words[:_SHOWN])
    return repr(f"{shown} ..." if len(words) > _SHOWN else shown)
