"""A page of the book, taken apart into slides.

A section begins a slide, and goes on to further ones where it is too long for one screen. A panel,
a figure, a table or a listing has a slide of its own; so have a question to the reader and the
sentence for a friend. Nothing that a reader sees is left out but the code behind a panel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from bs4 import BeautifulSoup, Tag

Kind = Literal["title", "text", "panel", "figure", "table", "code", "question", "friend"]
"""What a slide is for, which decides how it is laid out."""

_MOVES = {"oom-panel", "oom-game", "oom-balloon", "oom-log", "oom-bench"}
"""Classes of what a reader can move. Each has a slide of its own."""
HEADINGS = ("h1", "h2", "h3", "h4")

_LETTERS = 72  # of a line of text on a slide
_LINES = 9  # of text on a slide; tests/browser/test_slides.py asks a browser whether they fit
_CODE_LINES = 7  # a longer listing has a slide of its own
_ROWS = 6  # a longer table has one


class PageError(ValueError):
    """A page that cannot be taken apart; the message is one line."""


@dataclass
class Slide:
    """One slide. `head`: the words of the heading that it stands under; `part`: which of those."""

    ident: str
    head: str
    part: int = 1
    kind: Kind = "text"
    blocks: list[Tag] = field(default_factory=list)

    @property
    def opens(self) -> bool:
        """Is the heading itself on this slide?"""
        return any(block.name in HEADINGS for block in self.blocks)


def moves(html: str) -> bool:
    """Is there something to move on this page?"""
    return any(f'class="oom-box {name}"' in html for name in _MOVES)


def article(html: str) -> Tag:
    """The text of a built page, without what stands around it."""
    _, begin, rest = html.partition('<article class="bd-article">')  # the rest need not be read
    text = f"{begin}{rest.partition('</article>')[0]}</article>"
    found = BeautifulSoup(text, "html.parser").article
    if found is None or found.select_one("section[id] > h1") is None:
        raise PageError("there is no text with a title in it")
    return found


def slides(text: Tag) -> list[Slide]:
    """The slides of an article, in its order. Takes the article apart."""
    section = text.select_one("section[id]")
    assert section is not None  # article() has looked
    made = _Cut({str(one["id"]) for one in text.select("[id]")})
    made.section(section, text.select_one(".oom-part-name"))
    return made.slides


class _Cut:
    """Puts one block after the other on slides."""

    def __init__(self, taken: set[str]) -> None:
        self.slides: list[Slide] = []
        self.taken = taken  # ids of the page: no slide may have the same by accident
        self.room = 0.0  # lines that are left on the slide
        self.held: list[Tag] = []  # what stays with the block that follows

    def section(self, section: Tag, over: Tag | None = None) -> None:
        name = str(section["id"])
        first = True
        for child in section.find_all(True, recursive=False):
            if child.name in HEADINGS:
                if not first:
                    raise PageError(f"section {name} has two headings")
                first = False
                self._begin(name, child, over)
            elif child.name == "section":
                self.section(child)
            else:
                for block in _blocks(child):
                    self._put(block)

    def _begin(self, name: str, heading: Tag, over: Tag | None) -> None:
        for link in heading.select("a.headerlink"):
            link.decompose()
        words = " ".join(heading.get_text().split())
        kind: Kind = "title" if heading.name == "h1" else "text"
        self.slides.append(Slide(name, words, kind=kind))
        self.room = _LINES
        self.slides[-1].blocks += [one for one in (over, heading) if one is not None]

    def _next(self, kind: Kind) -> None:
        """Goes on to another slide under the same heading, or to the one that has only that."""
        last = self.slides[-1]
        if last.kind == "text" and all(one.name in HEADINGS for one in last.blocks):
            last.kind = kind
            return
        stem = last.ident.removesuffix(f"-part-{last.part}")
        ident = f"{stem}-part-{last.part + 1}"
        if ident in self.taken:
            raise PageError(f"the id {ident} is taken")
        self.slides.append(Slide(ident, last.head, last.part + 1, kind))
        self.room = _LINES

    def _put(self, block: Tag) -> None:
        if _leads(block):
            self.held.append(block)
            return
        last = self.slides[-1]
        kind = kind_of(block)
        lead = "oom-lead" in _classes(block) or "oom-question" in _classes(block)
        if last.kind == "title" and lead:
            last.blocks.append(block)
            return
        if kind != "text":
            self._next(kind)
            if block.name == "details":
                block["open"] = ""  # it is all that is there
            self._place(block)
            self.room = 0  # it keeps its slide for itself
            return
        for piece in _pieces(block):
            lines = sum(map(lines_of, (*self.held, piece)))
            if self.slides[-1].kind != "text" or lines > self.room:
                self._next("text")
            self.room -= lines
            self._place(piece)

    def _place(self, block: Tag) -> None:
        self.slides[-1].blocks += [*self.held, block]
        self.held = []


def _leads(block: Tag) -> bool:
    """Does a block belong to the next one: a place to link to, a caption, half a sentence?"""
    text = block.get_text().strip()
    if block.name == "span":
        return not text
    return block.name == "p" and bool(text) and text[-1] not in ".?!)"


def _classes(block: Tag) -> list[str]:
    found = block.get("class")
    return found.split() if isinstance(found, str) else list(found or ())


def _blocks(element: Tag) -> Iterator[Tag]:
    """What an element of a section consists of; the cells of a notebook are opened."""
    classes = _classes(element)
    if "toctree-wrapper" in classes or element.name in ("script", "style", "noscript"):
        return
    if "cell" in classes:
        for code in element.select("details.oom-source"):
            code.decompose()
        if element.find("div", class_="cell_input", recursive=False):
            yield element  # code to be read, and what it gives
            return
    if {"cell", "cell_output", "output"}.intersection(classes) and not element.find(
        string=lambda text: bool(text and text.strip()), recursive=False
    ):
        for child in element.find_all(True, recursive=False):
            yield from _blocks(child)
        return
    if {"admonition", "dropdown"} <= {*classes}:
        _fold(element)
    for summary in element.select("details.hide > summary"):
        summary.string = (
            summary.p.get_text() if summary.p else summary.get_text()
        )  # not in two forms
    if element.name == "section":
        element.name = "div"  # an entry of a registry; a section inside one would be a slide
    yield element


def _fold(remark: Tag) -> None:
    """Makes what folds out by a script into what needs none: the answer to a question folds out by
    itself, and any other remark stands open."""
    inside = remark.find_all(True, recursive=False)
    asked = [place for place, one in enumerate(inside) if one.name == "p" and _is_question(one)]
    others = [name for name in _classes(remark) if name != "dropdown"]
    if asked:
        soup = BeautifulSoup("<details><summary>Answer</summary></details>", "html.parser")
        answer = soup.details
        assert answer is not None
        for one in inside[asked[0] + 1 :]:
            answer.append(one.extract())
        remark.append(answer)
        others.append("deck-question")
    remark["class"] = " ".join(others)


def _is_question(paragraph: Tag) -> bool:
    """Is it emphasized as a whole, as the questions of the chapters are?"""
    marked = paragraph.find("em", recursive=False)
    return isinstance(marked, Tag) and marked.get_text() == paragraph.get_text()


def kind_of(block: Tag) -> Kind:
    """What a block of a page is, on a slide."""
    classes = _classes(block)
    if _MOVES.intersection(classes) or block.find(class_=[*_MOVES]):
        return "panel"
    if "deck-question" in classes:
        return "question"
    if block.name == "p" and block.get_text().strip().startswith("For a friend:"):
        return "friend"
    if "oom-code" in classes or len(_code(block).splitlines()) > _CODE_LINES:
        return "code"
    if len(block.select("tr")) > _ROWS:
        return "table"
    drawn = block.name in ("figure", "svg", "img") or block.select_one("svg, img, .oom-machine")
    return "figure" if drawn and block.name not in ("p", "ul", "ol", "dl", "details") else "text"


def _code(block: Tag) -> str:
    found = [block] if block.name == "pre" else block.select("pre")
    folded = [one for one in found if one.find_parent("details") or block.name == "details"]
    return "\n".join(one.get_text() for one in found if one not in folded)


def _pieces(block: Tag) -> Iterator[Tag]:
    """The block, or several: a list that is longer than a slide is cut between its entries."""
    if block.name not in ("ul", "ol") or lines_of(block) <= _LINES:
        yield block
        return
    entries = block.find_all("li", recursive=False)
    number = int(str(block.get("start", "1")))
    while entries:
        piece = BeautifulSoup("", "html.parser").new_tag(block.name)
        piece.attrs = dict(block.attrs)
        if block.name == "ol":
            piece["start"] = str(number)
        room = float(_LINES)
        while entries and (room >= lines_of(entries[0]) or not piece.contents):
            room -= lines_of(entries[0])
            piece.append(entries.pop(0).extract())
            number += 1
        yield piece


def lines_of(block: Tag) -> float:
    """How many lines of a slide a block takes, with the space below it: an estimate."""
    if block.name in ("ul", "ol"):
        return sum(lines_of(entry) for entry in block.find_all("li", recursive=False))
    if block.name == "li":  # a little smaller, and closer to the next
        return 0.8 * math.ceil(len(" ".join(block.get_text().split())) / _LETTERS) + 0.2
    if block.name == "details":
        return 1.6  # folded
    if rows := block.select("tr"):
        return 1.3 * len(rows)
    if code := _code(block):
        return 0.8 * len(code.splitlines()) + 1
    letters = len(" ".join(block.get_text().split()))
    return math.ceil(letters / _LETTERS) + 0.6
