"""Draws the stage for one moment, and gives the page what it needs for the others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.figures.stage.code import code_html, listings_of
from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.lanes import lanes_html
from oomlab.figures.stage.moments import Played, played_of
from oomlab.figures.stage.scene import Scene
from oomlab.figures.stage.tank import tank_html
from oomlab.figures.stage.twin import twin_of
from oomlab.figures.stage.waits import waits_html

CROWD = 5
"""From so many lanes on their names stand beside them and not above, so that a stage fits a screen
(our choice)."""


@brief
@dataclass(frozen=True, slots=True)
class DrawnStage:
    """The stage as HTML: `html` is one element, all text in it escaped; `twin`, the picture in
    words, is plain text, one statement a line."""

    html: str
    twin: str


@checked
def draw_stage(
    trace: Trace, *, at: int | None = None, decided_at: int | None = None, key: str = ""
) -> DrawnStage:
    """Draw a run.

    `at`: the number of the frame that is shown first (default: the last of those in which most
    tasks wait, which is the end of a run that hangs). `decided_at`: the moment
    (microseconds, or the number of a step) from which on nobody gets out, if the explorer said so.
    `key`: different for two copies on one page.
    """
    played = played_of(trace, decided_at)
    frames = played.frames
    number = _telling(frames) if at is None else min(max(at, 0), len(frames) - 1)
    lanes = lanes_html(played, frames[number])
    html = stage_html(played.scene, frames, number, lanes, _title(played), key)
    return DrawnStage(html, twin_of(trace, played))


@checked
def draw_lanes(trace: Trace) -> str:
    """The lanes of a run alone, as HTML: what can stand many times on a page."""
    played = played_of(trace)
    return (
        f'<div class="oom-machine oom-m-still" role="img" aria-label="{escape(_title(played))}">'
        f"{lanes_html(played, None)}</div>"
    )


def _telling(frames: Sequence[Frame]) -> int:
    """The last of the frames in which most tasks wait for something; the last of all, if nobody
    ever does."""
    waiting = [sum(thing >= 0 for _, thing in frame.states) for frame in frames]
    return max(range(len(frames)), key=lambda number: (waiting[number], number))


def _title(played: Played) -> str:
    """What the picture is of, without the names that only a command line knows."""
    return f"A machine over time: {', '.join(lane.task.name for lane in played.cast.lanes)}"


def stage_html(
    scene: Scene,
    frames: Sequence[Frame],
    number: int,
    lanes: str,
    title: str,
    key: str = "",
    *,
    code: bool = True,
) -> str:
    """The whole element, showing frame `number`. `lanes`: the part with the time axis. `code`: are
    the listings shown?"""
    frame = frames[number]
    listings = listings_of(frames)
    data = {
        "tasks": list(scene.tasks),
        "lanes": scene.lanes,
        "things": [thing.name for thing in scene.things],
        "locks": [int(thing.kind == "lock") for thing in scene.things],
        "total": sum(frame.pages),
        "at": number,
        "frames": [one.data(listings) for one in frames],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("</", "<\\/").replace("<!--", "\\u003c!--")
    inner = "".join(
        (
            f'<div class="oom-m-time">{lanes}</div>',
            f'<div class="oom-m-side">{waits_html(scene, frames, frame)}',
            f"{tank_html(scene, frames, frame)}</div>",
            _moves(scene, frames, number),
            code_html(scene, frames, frame, listings) if code else "",
        )
    )
    crowd = " data-crowd" if lanes.count('class="oom-m-lane"') >= CROWD else ""
    ident = "oom-m-" + hashlib.sha256(f"{key}{inner}{text}".encode()).hexdigest()[:8]
    return (
        f'<div class="oom-machine" role="group" aria-label="{escape(title)}">'
        f'<div class="oom-m-grid"{crowd}>{inner.replace("OOM-KEY", ident)}</div>'
        f'<script type="application/json" class="oom-m-data">{text}</script></div>'
    )


def _moves(scene: Scene, frames: Sequence[Frame], number: int) -> str:
    """What moves the cursor, and the sentence of the moment. Without a script it is not there."""
    buttons = (
        ("first", "|◀", "To the start"),
        ("back", "◀", "One step back"),
        ("play", "Play", ""),
        ("forward", "▶", "One step forward"),
        ("last", "▶|", "To the end"),
        ("matters", "Next that matters", ""),
    )
    signs = "".join(
        f'<button type="button" data-go="{go}"'
        + (f' aria-label="{words}" title="{words}"' if words else "")
        + f">{sign}</button>"
        for go, sign, words in buttons
    )
    last = len(frames) - 1
    told = f"{number} of {last}"
    return (
        '<div class="oom-m-moves" hidden>'
        f'<label class="oom-m-slider"><span>Moment</span><input type="range" min="0" max="{last}"'
        f' step="1" value="{number}" autocomplete="off" aria-valuetext="{told}">'
        f"<output>{told}</output></label>"
        f'<div class="oom-m-buttons" role="group" aria-label="Go through the moments">{signs}</div>'
        "</div>"
        f'<p class="oom-m-said"><b class="oom-m-when">{escape(frames[number].when)}</b> '
        f'<span class="oom-m-sentence" aria-live="polite">{escape(frames[number].sentence)}</span>'
        "</p>"
    )
