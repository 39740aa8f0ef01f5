"""A knot of a few tasks, small enough for two to stand side by side.

It is a column of tasks, each with an arrow to whoever it waits for, and one back up from the last
to the first.
"""

from __future__ import annotations

from collections.abc import Sequence

from oomlab.analysis import Edge, wait_for_graph, waiting_sentence
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.figures.figure import Figure
from oomlab.figures.parts import bar
from oomlab.figures.svg import NARROW, Markup, document, element, group, number
from oomlab.figures.text import text_width
from oomlab.figures.things import styles_of
from oomlab.figures.wait_for import ARROW_DASHES

_BOX = 32.0
_STEP = 66.0
_LEFT = 40.0
_RIGHT = NARROW - 14.0


@checked
def draw_knot(stuck: Trace, trace: Trace, *, key: str = "") -> Figure:
    """Draw the knot that `stuck` ends in, as it is when `trace` ends: tied as before, or not.

    Raises InputError if `stuck` does not end in a circle of waits.
    """
    cycle = wait_for_graph(stuck, stuck.ended_at_us).cycle
    if not cycle:
        raise InputError(f"{stuck.scenario} under {stuck.remedy} does not end in a circle")
    now = wait_for_graph(trace, trace.ended_at_us).cycle
    done = {info.name for info in trace.tasks} - {waiting.task for waiting in trace.waiting}
    names = [edge.waiter for edge in cycle]
    parts: list[Markup] = []
    for row, edge in enumerate(cycle):
        parts.append(_box(row, edge.waiter, bool(now), edge.waiter in done))
        if now:
            parts += _way_back(row, edge) if row == len(cycle) - 1 else _down(row, edge)
    title = f"{len(names)} tasks: {', '.join(names)}"
    said = [f"{waiting_sentence(edge)}." for edge in now]
    said += [f"{name} has finished." for name in names if name in done]
    height = _STEP * (len(cycle) - 1) + _BOX + 44
    svg = document(parts, height, title, " ".join(said), key, width=NARROW)
    return Figure(svg, title, " ".join(said), "\n".join([f"{title}.", *said]))


def _top(row: int) -> float:
    return 6 + row * _STEP


def _box(row: int, name: str, tied: bool, done: bool) -> Markup:
    ink = "oom-blocked" if tied else "oom-runs"
    width = text_width(name, bold=True) + 24
    frame = element(
        "rect",
        class_=ink,
        x=_LEFT - 30,
        y=_top(row),
        width=width,
        height=_BOX,
        rx=6,
        fill="none",
        stroke="currentColor",
        stroke_width=2.2,
        stroke_dasharray=None if tied else "3 4",
    )
    words = [_text(_LEFT - 18, _top(row) + 21, name, "oom-name")]
    if done:
        words.append(_text(_LEFT - 20 + width, _top(row) + 21, "has finished"))
    return group(frame, *words, data_thing=name)


def _text(x: float, y: float, words: str, class_: str | None = None) -> Markup:
    return element("text", words, x=x, y=y, class_=class_)


def _down(row: int, edge: Edge) -> Sequence[Markup]:
    top, bottom = _top(row) + _BOX, _top(row + 1)
    return (
        _arrow(f"M{number(_LEFT)} {number(top)}V{number(bottom - 9)}", (_LEFT, bottom), edge),
        _label(_LEFT + 14, (top + bottom) / 2 + 5, edge),
    )


def _way_back(row: int, edge: Edge) -> Sequence[Markup]:
    low = _top(row) + _BOX + 30
    high = _top(0) + _BOX / 2
    end = _LEFT - 30 + text_width(edge.holder, bold=True) + 24
    path = (
        f"M{number(_LEFT)} {number(low - 30)}V{number(low)}H{number(_RIGHT)}V{number(high)}"
        f"H{number(end + 9)}"
    )
    return (
        _arrow(path, (end, high), edge, sideways=True),
        _label(_LEFT + 14, low - 8, edge),
    )


def _arrow(path: str, tip: tuple[float, float], edge: Edge, *, sideways: bool = False) -> Markup:
    x, y = tip
    head = (
        f"M{number(x)} {number(y)}l10 -5.5v11Z"
        if sideways
        else f"M{number(x)} {number(y)}l-5.5 -10h11Z"
    )
    return group(
        element(
            "path",
            d=path,
            fill="none",
            stroke="currentColor",
            stroke_width=2.6,
            stroke_dasharray=ARROW_DASHES[edge.kind],
        ),
        element("path", d=head, fill="currentColor"),
        class_="oom-blocked",
    )


def _label(x: float, y: float, edge: Edge) -> Markup:
    verb = "polls" if edge.kind == "poll" else "waits for"
    face = bar(styles_of([edge.what])[edge.what], x, y - 12, 12, 15)
    return group(face, _text(x + 18, y, f"{verb} {edge.what}"), data_thing=edge.what)
