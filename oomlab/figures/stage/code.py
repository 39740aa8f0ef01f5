"""The listings of the stage: for each task the routine it is in, with its line marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from oomlab.figures.stage.frames import Frame, Program
from oomlab.figures.stage.scene import Scene
from oomlab.listings import LISTINGS

MANY, MOST = 3, 4
"""From the first number of columns on, a wide stage shows only the lines around the marked one, and
beyond the second only the task that has moved: so that it fits a screen (our choice)."""

_NONE = "It is in a routine that has no listing."

_GAP = re.compile(r"(?<=\S) {2,}(?=/\*)")
"""What puts comments into a column; a stage has no room for that."""


def listings_of(frames: Sequence[Frame]) -> list[str]:
    """The names of all listings that any frame shows, in the order in which they are met."""
    return list(
        dict.fromkeys(one.listing for frame in frames for one in frame.programs if one.listing)
    )


def code_html(scene: Scene, frames: Sequence[Frame], frame: Frame, listings: Sequence[str]) -> str:
    """A column for each task with a lane; the page shows the listing that a frame names."""
    columns = []
    for number, name in enumerate(scene.tasks[: scene.lanes]):
        mine = dict.fromkeys(
            one.programs[number].listing for one in frames if one.programs[number].listing
        )
        if not mine:
            continue
        now = frame.programs[number]
        shown = [
            _listing(listing, listings.index(listing), now.line if listing == now.listing else -2)
            for listing in mine
        ]
        moved = " data-moved" if frame.mover == number else ""
        columns.append(
            f'<div class="oom-m-prog" data-task="{number}" data-thing="{escape(name)}"{moved}>'
            f'<p class="oom-m-head"><kbd>{number + 1}</kbd> {escape(name)}'
            f' <span class="oom-m-path">{escape(" › ".join(now.path[-3:]))}</span></p>'
            f'<div class="oom-m-lists">{"".join(shown)}'
            f'<p class="oom-m-none"{"" if _unlisted(now) else " hidden"}>{_NONE}</p></div></div>'
        )
    many = ' data-many="most"' if len(columns) > MOST else ' data-many=""'
    many = many if len(columns) >= MANY else ""
    return f'<div class="oom-m-code"{many}>{"".join(columns)}</div>' if columns else ""


def _unlisted(program: Program) -> bool:
    """Is the task inside a routine of which there is no listing?"""
    return bool(program.path) and not program.listing


def _listing(name: str, number: int, line: int) -> str:
    """`line`: the one that is marked; -1 for none, -2 if the listing is not shown."""
    hidden = " hidden" if line == -2 else ""
    rows = "".join(
        f"<li{' data-now' if place == line else ''}>{escape(_GAP.sub(' ', text)) or ' '}</li>"
        for place, text in enumerate(LISTINGS[name].code.splitlines())
    )
    return (
        f'<div class="oom-m-list" data-list="{number}" data-thing="{escape(name)}"{hidden}>'
        f"<p>{escape(name)}()</p><ol>{rows}</ol></div>"
    )
