"""What makes a panel a figure of its chapter: a name for links, a number, a caption.

The name comes from the title, so that a link to it survives a new build, another order and other
figures before it. The number is that in the chapter; a panel does not know it, so it is written
into the pages of the book when they are put together (tools/book_pages.py). Notebooks have none.
"""

from __future__ import annotations

import re
from html import escape

_MOST = 48
"""Longest name of a figure, in characters (our choice)."""

_MARK = re.compile(r'<figure class="([^"]*)" data-fig="([^"]+)"')
_NUMBER = '<span class="oom-number"></span>'


def figure_mark(title: str, view: str) -> str:
    """The attribute that makes an element a figure to be numbered; without a title its name is that
    of the function which draws it."""
    return f'data-fig="{name_of(title) or name_of(view.rpartition(":")[2])}"'


def name_of(title: str) -> str:
    """A title as a name for links: small letters, digits and hyphens; "" if it has none of them."""
    name = re.sub("[^a-z0-9]+", "-", title.lower()).strip("-")
    if len(name) <= _MOST:
        return name
    return name[: _MOST + 1].rpartition("-")[0] or name[:_MOST]


def caption(title: str, otherwise: str) -> str:
    """The caption of a figure. Without a title, `otherwise` is what a screen reader calls it."""
    words = escape(title) if title else f'<span class="oom-hidden">{escape(otherwise)}</span>'
    return f'<figcaption class="oom-title">{_NUMBER}{words}</figcaption>'


class FigureNumbers:
    """The figures of one chapter, in their order."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._count = 0

    def numbered(self, html: str) -> str:
        """`html` with a number and an id for each figure in it: "fig-" and its name, and "-2" after
        that for the second of one name in the chapter."""
        return re.sub(re.escape(_NUMBER), self._number, _MARK.sub(self._named, html))

    def _named(self, mark: re.Match[str]) -> str:
        kind, name = mark[1], mark[2]
        again = self._names[name] = self._names.get(name, 0) + 1
        unique = name if again == 1 else f"{name}-{again}"
        return f'<figure class="{kind}" id="fig-{unique}" data-fig="{unique}"'

    def _number(self, _place: re.Match[str]) -> str:
        self._count += 1
        return f'<span class="oom-number">Figure {self._count}.</span> '
