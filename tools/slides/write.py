"""Decks as files of the built site."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from html import escape
from pathlib import Path
from posixpath import basename, dirname, join, normpath, relpath
from urllib.parse import urlsplit

import yaml
from bs4 import Tag

from tools import npm
from tools.build_book import pages
from tools.offline import write_list
from tools.paths import ROOT
from tools.shell.head import head
from tools.slides.notes import Margin, Note, margin, notes
from tools.slides.split import PageError, Slide, article, moves, slides
from tools.ways import add_way

FOLDER = "slides"
_HERE = Path(__file__).parent
_OWN = ("deck.css", "deck.js")
_REVEAL = ("reveal.css", "reveal.js")
_SCRIPT = re.compile(r'<script defer src="[^"]*_static/oom-panel/[^"]*"></script>')

_HOW = (
    "The chapters for a lecture room. What moves in the book moves here. Arrows, Space or a"
    " presenter turn the slides, Escape leaves a control. M shows the speaker's notes, S opens them"
    " in a window of their own, ? tells the other keys. Printed, a deck is a slide a page with its"
    " notes."
)


@dataclass(frozen=True)
class Deck:
    """The deck of one page, before it is written. `name`: that of the page, without its folder."""

    name: str
    title: str
    slides: list[Slide]
    notes: list[list[Note]]
    html: str
    """The page, as it was read."""

    @property
    def moves(self) -> int:
        """How many things on it can be moved."""
        return sum(slide.kind == "panel" for slide in self.slides)


def write_decks(site: Path) -> list[Deck]:
    """Makes the decks of all pages of `site` on which something moves, and the page that lists
    them. Older ones are replaced; nothing is left half written.

    Raises PageError or OSError when `site` holds no complete book, FetchError without reveal.js.
    """
    known = margin(site)
    decks = [deck for name in pages() if (deck := read_deck(site, name, known)) is not None]
    new = site / f"{FOLDER}.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        marked = _parts(site / "_static")
        ids = {deck.name: {one for slide in deck.slides for one in _ids(slide)} for deck in decks}
        for deck in decks:
            text = _deck_html(deck, marked, ids)
            (new / file_of(deck.name)).write_text(text, encoding="utf-8")
        (new / "index.html").write_text(_index_html(decks, marked), encoding="utf-8")
        shutil.rmtree(site / FOLDER, ignore_errors=True)
        new.rename(site / FOLDER)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    made = {deck.name: f"{FOLDER}/{file_of(deck.name)}" for deck in decks}
    led = {page: made[basename(page)] for page in pages() if basename(page) in made}
    add_way(site, "slides", led)
    write_list(site)
    return decks


def file_of(page: str) -> str:
    """What the deck of a page is called: as the page is, where that is not what lists the decks."""
    return "front.html" if page == "index" else f"{page}.html"


def read_deck(site: Path, page: str, known: Margin) -> Deck | None:
    """The deck of a page such as "book/report", or None if nothing on it moves."""
    html = (site / f"{page}.html").read_text(encoding="utf-8")
    try:
        if not moves(html):
            return None
        made = slides(article(html))
    except PageError as problem:
        raise PageError(f"{page}.html cannot be made into slides: {problem}") from None
    name = page.rpartition("/")[2]
    return Deck(name, made[0].head, made, notes(name, made, known), html)


def _parts(static: Path) -> dict[str, str]:
    """Puts the scripts and sheets of decks into the site. Gives the address of each from a deck,
    with what it contains in short, as those of the pages: browsers then keep no older one."""
    reveal = static / "vendor" / "reveal"
    shutil.copytree(npm.unpacked(npm.pins()["reveal.js"]), reveal, dirs_exist_ok=True)
    own = static / FOLDER
    own.mkdir(exist_ok=True)
    for name in _OWN:
        shutil.copyfile(_HERE / name, own / name)
    return {
        name: f"../_static/{file.relative_to(static).as_posix()}?v={_digest(file)}"
        for folder, names in ((reveal, _REVEAL), (own, _OWN))
        for name in names
        for file in [folder / name]
    }


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def _head(deck: Deck, title: str) -> str:
    try:
        return head(deck.html, title)
    except ValueError as problem:
        raise PageError(f"book/{deck.name}.html cannot be made into slides: {problem}") from None


def _deck_html(deck: Deck, marked: dict[str, str], ids: dict[str, set[str]]) -> str:
    script = _SCRIPT.search(deck.html)
    if script is None:
        raise PageError(f"book/{deck.name}.html does not load the panels' script")
    sections = "\n".join(
        _section(deck, slide, its, ids) for slide, its in zip(deck.slides, deck.notes, strict=True)
    )
    return (
        f"{_head(deck, f'{deck.title}, slides — oomlab')}"
        f'<link rel="stylesheet" media="screen" href="{marked["reveal.css"]}">\n'
        f'<link rel="stylesheet" href="{marked["deck.css"]}">\n'
        f'<script defer src="{marked["reveal.js"]}"></script>\n'
        f'<script defer src="{marked["deck.js"]}"></script>\n{script[0]}\n'
        f'</head>\n<body>\n<div class="deck">\n{_bar(deck)}\n'
        f'<main class="slides bd-article">\n{sections}\n</main>\n</div>\n</body>\n</html>\n'
    )


def _bar(deck: Deck) -> str:
    """What stands below every slide. Without a script only the links do."""
    buttons = (
        ("notes", "Notes", "m"),
        ("window", "Speaker's window", "s"),
        ("keys", "Keys", "?"),
    )
    shown = "".join(
        f'<button type="button" data-do="{what}" aria-keyshortcuts="{key}" hidden>{words}</button>'
        for what, words, key in buttons
    )
    return (
        '<nav class="deck-bar" aria-label="This deck">'
        f'<a href="../book/{deck.name}.html">The chapter</a><a href="index.html">All decks</a>'
        f'{shown}<span class="deck-at"></span></nav>'
    )


def _section(deck: Deck, slide: Slide, its: list[Note], ids: dict[str, set[str]]) -> str:
    for block in slide.blocks:
        _lead_on(block, deck.name, ids)
    shown = [str(block) for block in slide.blocks]
    if not slide.opens:  # else screen readers would find no heading on it
        head = f'<p class="deck-head" role="heading" aria-level="2">{escape(slide.head)}</p>'
        shown.insert(0, head)
    if slide.kind == "title" and not any('class="oom-question"' in block for block in shown):
        shown.append(f'<p class="oom-question">{escape(_story()[f"book/{deck.name}"])}</p>')
    said = "".join(
        f"<p><strong>{escape(note.about)}{'' if note.about.endswith('.') else ':'}</strong>"
        f" {escape(note.words)}</p>"
        for note in its
    )
    if said:
        shown.append(f'<aside class="notes">{said}</aside>')
    body = "\n".join(shown)
    return f'<section id="{slide.ident}" class="deck-{slide.kind}">\n{body}\n</section>'


def _ids(slide: Slide) -> set[str]:
    found = {str(one["id"]) for block in slide.blocks for one in block.select("[id]")}
    return {slide.ident, *found, *(str(b["id"]) for b in slide.blocks if b.has_attr("id"))}


def _lead_on(block: Tag, deck: str, ids: dict[str, set[str]]) -> None:
    """Lets the links of a block lead where they led: to another deck if there is one that has the
    place, and else to the page of the book."""
    for link in block.select("a[href]"):
        link["href"] = address(str(link["href"]), deck, ids)
    for drawn in block.select("img[src]"):
        drawn["src"] = address(str(drawn["src"]), deck, ids)


def address(target: str, deck: str, ids: dict[str, set[str]]) -> str:
    """What `target`, as the page of `deck` has it, is called in the deck. `ids`: the places that
    each deck has."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return target
    path = normpath(join("book", parts.path)) if parts.path else f"book/{deck}.html"
    other = path.removeprefix("book/").removesuffix(".html")
    place = f"#{parts.fragment}" if parts.fragment else ""
    query = f"?{parts.query}" if parts.query else ""
    here = dirname(path) == "book" and other in ids
    if here and (not parts.fragment or parts.fragment in ids[other]):
        return place or "#" if other == deck and not query else f"{file_of(other)}{query}{place}"
    return f"{relpath(path, FOLDER)}{query}{place}"


def _index_html(decks: list[Deck], marked: dict[str, str]) -> str:
    by_name = {f"book/{deck.name}": deck for deck in decks}
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [("", [toc["root"]])]
    parts += [(part["caption"], [one["file"] for one in part["chapters"]]) for part in toc["parts"]]
    told = ""
    for caption, names in parts:
        lines = "".join(_line(by_name[name], _story()[name]) for name in names if name in by_name)
        if lines:
            told += (f"<h2>{escape(caption)}</h2>" if caption else "") + f"<ul>{lines}</ul>"
    return (
        f"{_head(decks[0], 'Slides — oomlab')}"
        f'<link rel="stylesheet" href="{marked["deck.css"]}">\n</head>\n<body>\n'
        '<main class="deck-index bd-article"><h1>Slides</h1>\n'
        f"<p>{_HOW}</p>\n"
        f'{told}\n<p><a href="../{pages()[0]}.html">The book</a></p></main>\n'
        "</body>\n</html>\n"
    )


def _line(deck: Deck, story: str) -> str:
    return (
        f'<li><a href="{file_of(deck.name)}">{escape(deck.title)}</a> {escape(story)} '
        f"<small>{len(deck.slides)} slides, {deck.moves} to move</small></li>"
    )


def _story() -> dict[str, str]:
    told = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    lines: dict[str, str] = told["sphinx"]["config"]["html_context"]["story"]
    return lines
