"""What the JupyterLite page tells its readers: what needs a network, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import groupby

from tools.lite.notebooks import Listed
from tools.shell.head import head

_STYLE = "<style>main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }</style>"
# JupyterLite's own pages look here for the settings of all of them.
_SETTINGS = (
    '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}'
    "</script>"
)


def named(names: Iterable[str]) -> str:
    """Names in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def not_here(missing: list[str]) -> str:
    """What the page's Python has not, and why, in two sentences; "" where nothing is missing."""
    if not missing:
        return ""
    return f"{_elsewhere(missing)} A picture that needs one says so in its place."


def _elsewhere(missing: list[str]) -> str:
    have = "have" if len(missing) > 1 else "has"
    return f"{named(missing)} {have} to come from another host, which this site never asks."


def note(one: Listed, missing: list[str]) -> str:
    """The first cell of a chapter, in Markdown."""
    lacking = f" {not_here(missing)}" if one.draws and missing else ""
    return (
        "> This chapter as a notebook: *Run*, *Run All Cells*. The Python that runs it is in this"
        f" page; once it is loaded, no network is needed.{lacking}"
    )


def front_page(book_page: str, every: list[Listed], missing: list[str], megabytes: int) -> str:
    """The page that lists all notebooks. `book_page`: the HTML of any page of the book;
    `megabytes`: how much is loaded until the first cell runs.

    Raises ValueError if `book_page` is no page of the book.
    """
    drawing = [f"<em>{escape(one.title)}</em>" for one in every if one.draws]
    points = [
        "<strong>Loading needs a network</strong>, from this site alone: at most"
        f" {megabytes} MB until the first cell runs. A copy of the book kept for the train has no"
        " part of it.",
        "<strong>Running needs none.</strong> Python is in the page; it answers cells, panels and"
        " checks, and sends nothing anywhere.",
    ]
    if missing:
        where = f" in {named(drawing)}" if drawing else ""
        points.append(
            f"<strong>Not here:</strong> {escape(_elsewhere(missing))} Pictures{where} that need"
            " them say so in their place. In the book, the rocket of a chapter opens it on Binder,"
            " which has them, and which needs a network."
        )
    points.append(
        "<strong>What you write</strong> stays in this browser until its data are cleared."
        " <em>File, Download</em> gives you the notebook; a problem set is handed in so."
    )
    told = "".join(
        f"<h2>{escape(part)}</h2><ul>{''.join(map(_line, ones))}</ul>"
        for part, ones in groupby(every, key=lambda one: one.part)
    )
    return (
        f"{head(book_page, 'Notebooks — oomlab')}{_STYLE}\n{_SETTINGS}\n</head>\n<body>\n"
        '<main class="bd-article"><h1>The book as notebooks</h1>\n'
        "<p>Every chapter and every problem set in Jupyter, here in your browser.</p>\n"
        f"<ul>{''.join(f'<li>{point}</li>' for point in points)}</ul>\n"
        f'{told}\n<p><a href="tree/index.html">All files</a>'
        ' <a href="../index.html">The book</a></p>'
        "</main>\n</body>\n</html>\n"
    )


def _line(one: Listed) -> str:
    return f'<li><a href="{one.address}">{escape(one.title)}</a></li>'
