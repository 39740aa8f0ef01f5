"""HTML of what is said of a log. Every text is escaped here, and shown as it is: what moves a
terminal's cursor or turns the direction of a line becomes a sign that can be seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from oomlab.figures import Figure
from oomlab.figures.svg import Markup, text_content

LONGEST_LINE = 600
"""Characters of one line that a page shows (our choice)."""
MOST_LINES = 40
"""Lines of evidence that a page shows of one finding (our choice)."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def visible(text: str) -> str:
    """`text` with each character that nobody would see replaced by one that shows it."""
    return _UNSEEN.sub(_sign, text)


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x09:
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{unicodedata.name(found[0], f'U+{code:04X}')}>"


def tag(name: str, *children: str, **attributes: str | int | None) -> Markup:
    """An element. Children that are not Markup are text. In attribute names `_` stands for `-`, a
    last `_` is dropped; None is left out."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text_content(visible(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{shown}>{joined(*children)}</{name}>")


def part(*children: str) -> Markup:
    """One of the things that are said of a log: what the page sets apart from the others."""
    return tag("div", *children, class_="oom-log-part")


def joined(*children: str) -> Markup:
    """Children one after the other; those that are not Markup are text."""
    return Markup(
        "".join(c if isinstance(c, Markup) else text_content(visible(c)) for c in children)
    )


def listed(things: Iterable[str]) -> Markup:
    """A list, an entry each; nothing for no things."""
    entries = [tag("li", thing) for thing in things]
    return tag("ul", *entries) if entries else Markup()


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table whose first column names the row; one that is too wide scrolls in a box."""
    body = (
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    )
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", cell, scope="col") for cell in head))),
            tag("tbody", *body),
        ),
        class_="oom-log-scroll",
        tabindex=0,
        role="group",
        aria_label=caption,
    )


def picture(figure: Figure) -> Markup:
    """A picture with its text twin folded in."""
    return tag(
        "figure", Markup(figure.html), folded("The picture in words", tag("pre", figure.twin))
    )


def folded(summary: str, *children: str) -> Markup:
    """What is seen after one press."""
    return tag("details", tag("summary", summary), *children)


class Quoted(NamedTuple):
    """A line of the log with its number, and what it shows. `text` is "" where it was not found."""

    number: int
    text: str
    shows: str = ""


def line_list(lines: Sequence[Quoted]) -> Markup:
    """Lines of the log with their numbers, folded; nothing for none."""
    if not lines:
        return Markup()
    shown = [_line(one) for one in lines[:MOST_LINES]]
    if rest := len(lines) - len(shown):
        shown.append(tag("li", f"and {rest:,} more lines"))
    return folded(
        "The lines that say so" if len(lines) > 1 else "The line that says so",
        tag("ol", *shown, class_="oom-log-lines"),
    )


def _line(one: Quoted) -> Markup:
    cut = one.text[:LONGEST_LINE]
    left = len(one.text) - len(cut)
    return tag(
        "li",
        tag("span", f"line {one.number:,}", class_="oom-log-number"),
        tag(
            "span",
            tag("code", cut) if cut else "",
            f" … and {left:,} more characters" if left else "",
            tag("span", one.shows, class_="oom-log-shows") if one.shows else "",
        ),
    )
