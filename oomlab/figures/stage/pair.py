"""Two machines on one axis of time: one cursor goes through both."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from oomlab.analysis.comparison import Parting
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.figures.stage.draw import DrawnStage, stage_html
from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.lanes import lanes_html
from oomlab.figures.stage.moments import played_of, scale_of
from oomlab.figures.stage.twin import twin_of

_Stop = tuple[float, int]
"""Where on the axis, and which of the moments that are there."""


@checked
def draw_two(
    first: Trace, second: Trace, titles: Sequence[str], parted: Parting | None
) -> DrawnStage:
    """Draw two timed runs, one below the other, standing where they part, or at the end if they do
    so from the start or never. `titles`: what each is, in plain text."""
    scale = scale_of(first, second)
    at = None if parted is None else scale.x(parted.step) * 100 / scale.right
    played = [replace(played_of(one, scale=scale), parted=at) for one in (first, second)]
    frames = [
        _together(played[0].frames, played[1].frames),
        _together(played[1].frames, played[0].frames),
    ]
    number = _where_they_part(*frames) if at else len(frames[0]) - 1
    parts, twins = [], []
    for one, title, its, trace, letter in zip(
        played, titles, frames, (first, second), "AB", strict=True
    ):
        lanes = lanes_html(one, its[number])
        html = stage_html(one.scene, its, number, lanes, title, letter, code=False)
        parts.append(f'<div><p class="oom-m-of">{escape(title)}</p>{html}</div>')
        twins.append(f"{title}\n{twin_of(trace, one)}")
    return DrawnStage(f'<div class="oom-m-pair">{"".join(parts)}</div>', "\n".join(twins))


def _where_they_part(first: Sequence[Frame], second: Sequence[Frame]) -> int:
    """The first moment of which the two have something else to tell; the last if there is none."""
    told = zip(first, second, strict=True)
    return next((i for i, (a, b) in enumerate(told) if a.sentence != b.sentence), len(first) - 1)


def _together(own: Sequence[Frame], others: Sequence[Frame]) -> tuple[Frame, ...]:
    """The frames of one run at the moments of both: where only the other moves, as it last was."""
    mine, theirs = _moments(own), _moments(others)
    found = []
    for moment in sorted({*mine, *theirs}):
        frame = own[bisect_right(mine, moment) - 1]
        if moment not in mine:
            other = others[theirs.index(moment)]
            frame = replace(frame, x=other.x, when=other.when, mover=-1, stop=other.stop)
        elif moment in theirs and others[theirs.index(moment)].stop:
            frame = replace(frame, stop=True)
        found.append(frame)
    return tuple(found)


def _moments(frames: Sequence[Frame]) -> list[_Stop]:
    found: list[_Stop] = []
    for frame in frames:
        same = bool(found) and found[-1][0] == frame.x
        found.append((frame.x, found[-1][1] + 1 if same else 0))
    return found
