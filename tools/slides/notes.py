"""What the speaker has before her and the class has not.

The chapters have no notes in a margin of their own. What a lecturer would put there stands in the
book all the same: the answer to a question that is still open on the screen and what a picture
says at first, the words that a slide uses and what they mean here, what students say of the matter
and why it is wrong, and what to do with it in class. It is taken from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bs4 import Tag

from tools.slides.split import Slide, article


class Note(NamedTuple):
    """What is said, in plain words, and what it is about."""

    about: str
    words: str


@dataclass(frozen=True)
class Margin:
    """What other pages know for the speaker.

    `terms`: the glossary, by the ids of its entries: the term and what it means. `mistakes` and
    `classes`: what students get wrong, and what to show in class, by the name of the page.
    """

    terms: dict[str, Note] = field(default_factory=dict)
    mistakes: dict[str, list[Note]] = field(default_factory=dict)
    classes: dict[str, list[Note]] = field(default_factory=dict)


def margin(site: Path) -> Margin:
    """What the glossary and the page about teaching say, in the built `site`."""
    found = Margin()
    glossary, teaching = (
        article((site / "book" / f"{name}.html").read_text(encoding="utf-8"))
        for name in ("glossary", "teaching")
    )
    for definition in glossary.select("dl.glossary > dd"):
        term = definition.find_previous_sibling("dt")
        while isinstance(term, Tag) and term.name == "dt":
            found.terms[str(term["id"])] = Note(_said(term), _said(definition))
            term = term.find_previous_sibling(True)
    for row in teaching.select("table tr"):
        cells = row.find_all("td")
        head = [_said(one) for one in row.find_parent("table").select("th")]  # type: ignore[union-attr]
        if cells and head[1:3] == ["what students say", "why it is wrong"]:
            note = Note(f"Students say: {_said(cells[1])}", _said(cells[2]))
            for name in _pages(row):
                found.mistakes.setdefault(name, []).append(note)
    for entry in teaching.select("#what-to-show-in-class li"):
        for name in _pages(entry):
            found.classes.setdefault(name, []).append(Note("In class", _said(entry)))
    return found


def _pages(element: Tag) -> dict[str, None]:
    links = [str(link["href"]).partition("#")[0] for link in element.select("a[href]")]
    return {link.removesuffix(".html"): None for link in links if link.endswith(".html")}


def _said(element: Tag) -> str:
    """The words of an element, without the sign that links to it."""
    skipped = {id(text) for link in element.select("a.headerlink") for text in link.strings}
    return " ".join("".join(s for s in element.strings if id(s) not in skipped).split())


def notes(name: str, deck: list[Slide], known: Margin) -> list[list[Note]]:
    """The notes of each slide of the deck of page `name`, in its order."""
    explained: set[str] = set()
    made = []
    for slide in deck:
        found = []
        if slide.kind == "title":
            found += known.classes.get(name, []) + known.mistakes.get(name, [])
        for block in slide.blocks:
            found += _of_block(block)
            for link in block.select('a[href*="glossary.html#term-"]'):
                key = str(link["href"]).partition("#")[2]
                if key in known.terms and key not in explained:
                    explained.add(key)
                    found.append(known.terms[key])
        made.append(found)
    return made


def _of_block(block: Tag) -> list[Note]:
    found = []
    if answer := block.select_one(".oom-compare .oom-model"):
        right = block.select_one(".oom-compare .oom-right dd")
        said = [_said(right).removeprefix("✓").strip()] if right else []
        found.append(Note("The answer", " ".join([*said, _said(answer)]).strip()))
    if sentence := block.select_one(".oom-body > .oom-sentence"):
        found.append(Note("It shows at first", _said(sentence)))
    labels = block.select(".oom-control:not(.oom-radios) > label, .oom-radios > legend")
    if controls := dict.fromkeys(_said(one) for one in labels):
        found.append(Note("To move", ", ".join(controls)))
    for folded in block.select(".deck-question > details"):
        found.append(Note("The answer", _said(folded).removeprefix("Answer").strip()))
    return [note for note in found if note.words]
