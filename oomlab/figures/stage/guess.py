"""What a reader draws a guess into: a moment on the axis of time, or a wait between two nodes.

The picture has all that there is to draw, and the truth, hidden; `widgets/guess.js` shows what the
hand draws, and afterwards the truth beside it. A guess is a number, and says something in words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from oomlab.analysis import moment_text
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.lanes import DECIDED, lanes_html
from oomlab.figures.stage.moments import Played, played_of
from oomlab.figures.stage.waits import arrows_of, round_edges, waits_html


@brief
@dataclass(frozen=True)
class DrawnGuess:
    """`html`: one element, all text in it escaped. `words`: what a guess says, by its number.
    `right`: the number of the one that holds."""

    html: str
    words: Mapping[int, str]
    right: int


@checked
def draw_moment_guess(trace: Trace, at: int) -> DrawnGuess:
    """The lanes of a run, for a reader who puts a mark at the moment from which on nobody gets out.
    `at`: that moment, in microseconds, or the number of a step, as the explorer said it.

    Raises InputError for a moment at which nothing happens.
    """
    played = replace(played_of(trace), decided=None, parted=None)
    frames = dict(zip(played.moments, played.frames, strict=True))
    if at not in frames:
        raise InputError(f"nothing happens at {at}; valid: {', '.join(map(str, frames))}")
    words = dict(enumerate(f"{_when(trace, m)}: {frame.sentence}" for m, frame in frames.items()))
    places = [round(played.scale.x(m) * 100 / played.scale.right, 2) for m in frames]
    right = list(frames).index(at)
    over = _mark("you", places[0], "your guess") + _mark("truth", places[right], DECIDED)
    slider = (
        '<label class="oom-m-slider oom-guess-by"><span>Moment</span><input type="range" min="0"'
        f' max="{len(places) - 1}" step="1" value="0" autocomplete="off"'
        f' aria-valuetext="{escape(words[0])}"></label>'
        f'<p class="oom-guess-by oom-guess-says" aria-hidden="true">{escape(words[0])}</p>'
    )
    picture = lanes_html(played, None, over)
    return DrawnGuess(_guess("moment", picture, slider, words, played, places), words, right)


def _when(trace: Trace, moment: int) -> str:
    return moment_text(trace, moment) if moment else "At the start"


def _mark(of: str, place: float, text: str) -> str:
    side = " oom-m-left" if place > 55 else ""
    hidden = " hidden" if of == "truth" else ""
    return (
        f'<i class="oom-m-pick{side}" data-of="{of}" style="left:{place:.2f}%"{hidden}>'
        f"<b>{text}</b></i>"
    )


@checked
def draw_wait_guess(trace: Trace) -> DrawnGuess:
    """The graph just before a circle closes for good, for a reader who draws the wait that does it.

    Raises InputError for a run at whose end no circle is closed.
    """
    played = played_of(trace)
    before, right = _closing(played)
    # On a ring the one side that is missing would stand out.
    scene = replace(played.scene, circle=())
    waits, holds = arrows_of(scene, [before])
    tasks = sorted({task for task, _ in waits} | {task for _, task in holds} | {right[0]})
    things = sorted({thing for _, thing in waits} | {thing for thing, _ in holds} | {right[1]})
    pairs = [(task, thing) for task in tasks for thing in things]
    named = {pair: (scene.tasks[pair[0]], scene.things[pair[1]].name) for pair in pairs}
    number = {pair: pair[0] * len(scene.things) + pair[1] for pair in pairs}
    words = {number[pair]: f"{who} waits for {what}" for pair, (who, what) in named.items()}
    picture = waits_html(scene, [before], before, [pair for pair in pairs if pair not in waits])
    now = [words[number[pair]] for pair in waits]
    has = [f"{scene.tasks[task]} has {scene.things[thing].name}" for thing, task in holds]
    fields = (
        '<div class="oom-guess-by oom-guess-ends">'
        f"{_list('who', 'Who', [(str(i), scene.tasks[i]) for i in tasks])}"
        f"{_list('what', 'waits for', [(str(i), scene.things[i].name) for i in things])}</div>"
        f'<p class="oom-guess-says">So far: {escape("; ".join((*has, *now)))}.</p>'
    )
    data = [len(scene.things), [number[pair] for pair in waits]]
    return DrawnGuess(_guess("wait", picture, fields, words, played, data), words, number[right])


def _closing(played: Played) -> tuple[Frame, tuple[int, int]]:
    """The frame before the last circle closes, and the wait (task, thing) that closes it."""
    frames = played.frames
    first = len(frames)
    while first and frames[first - 1].circle:
        first -= 1
    if not 0 < first < len(frames):
        raise InputError("no circle of waits is closed at the end of this run, or one always was")
    scene, before, after = played.scene, frames[first - 1], frames[first]
    around = round_edges(after.circle)
    for task, (_, thing) in enumerate(after.states):
        closes = thing >= 0 and (scene.tasks[task], scene.things[thing].name) in around
        if closes and before.states[task][1] != thing:
            return before, (task, thing)
    raise InputError("the last circle of this run is not closed by a wait")


def _list(end: str, label: str, options: list[tuple[str, str]]) -> str:
    rows = "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in options)
    return (
        f'<label>{label} <select data-end="{end}" required autocomplete="off">'
        f'<option value="">…</option>{rows}</select></label>'
    )


def _guess(
    kind: str, picture: str, fields: str, words: Mapping[int, str], played: Played, data: Any
) -> str:
    names = ", ".join(lane.task.name for lane in played.cast.lanes)
    ident = "oom-guess-" + hashlib.sha256(picture.encode()).hexdigest()[:8]
    given = escape(json.dumps([words, data], ensure_ascii=False, separators=(",", ":")))
    return (
        f'<div class="oom-guess" data-guess="{kind}" data-given="{given}">'
        '<div class="oom-machine oom-m-still" role="img"'
        f' aria-label="Draw your guess in: {escape(names)}">'
        f"{picture.replace('OOM-KEY', ident)}</div>{fields}</div>"
    )
