"""What every drawing function returns."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.brief import brief


@brief
@dataclass(frozen=True, slots=True)
class Figure:
    """A picture and everything that stands in for it.

    `svg`: one complete <svg> element, all text in it escaped. `title` and `description`: plain
    text, also inside the svg for screen readers. `twin`: the whole picture in words, plain text,
    one statement a line. Whoever puts plain text into a page escapes it.
    """

    svg: str
    title: str
    description: str
    twin: str
