"""A cycle of waits drawn as a ring: tasks and what they wait for, in turn, all the way round."""

from __future__ import annotations

import math
from typing import NamedTuple

from oomlab.analysis import Edge, EdgeKind, wait_for_graph, waiting_sentence
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.figures.figure import Figure
from oomlab.figures.parts import bar, plate, plate_width
from oomlab.figures.style import lock_style
from oomlab.figures.svg import WIDTH, Markup, document, element, group
from oomlab.figures.text import text_width
from oomlab.figures.wait_for import ARROW_DASHES

_HEIGHT = 276.0
_RX, _RY = 164.0, 104.0
_MIDDLE_X, _MIDDLE_Y = WIDTH / 2, _HEIGHT / 2
_BOX_HEIGHT = 40.0
_LOCK_HEIGHT = 34.0
_GAP = 6.0
_STEP = 0.004
"""Radians by which an arrow's ends are moved until they are clear of the boxes."""


class _Place(NamedTuple):
    """A box on the ring: centre, size, and the angle of its centre."""

    x: float
    y: float
    width: float
    height: float
    angle: float

    def covers(self, angle: float) -> bool:
        x, y = _on_ring(angle)
        return (
            abs(x - self.x) <= self.width / 2 + _GAP and abs(y - self.y) <= self.height / 2 + _GAP
        )


@checked
def draw_circle(trace: Trace, at_us: int, *, key: str = "") -> Figure:
    """Draw the cycle of waits at `at_us`; give different keys to two copies on one page.

    Raises InputError if there is no cycle at that moment.
    """
    cycle = wait_for_graph(trace, at_us).cycle
    if not cycle:
        raise InputError(f"nobody waits in a circle at {at_us} us; valid: a moment with a cycle")
    places = _places(cycle)
    parts: list[Markup] = []
    for number, place in enumerate(places):
        following = places[(number + 1) % len(places)]
        parts.append(_arrow(place, following, None if number % 2 else cycle[number // 2].kind))
    for number, edge in enumerate(cycle):
        parts += [_task(edge.waiter, places[2 * number])]
        parts += [_lock(edge.what, lock_style(number), places[2 * number + 1])]
    title = f"A circle of {len(cycle)} tasks in {trace.scenario}"
    description = ", and ".join(waiting_sentence(edge) for edge in cycle) + "."
    svg = document(parts, _HEIGHT, title, description, key)
    twin = "\n".join([f"{title}.", *(f"{waiting_sentence(edge)}." for edge in cycle)])
    return Figure(svg, title, description, twin)


def _places(cycle: tuple[Edge, ...]) -> list[_Place]:
    """Task, lock, task, lock ..., clockwise from the left."""
    found = []
    count = 2 * len(cycle)
    for number in range(count):
        angle = math.pi + number * 2 * math.pi / count
        x, y = _on_ring(angle)
        edge = cycle[number // 2]
        if number % 2:
            width, height = plate_width(edge.what) + 28, _LOCK_HEIGHT
        else:
            width, height = text_width(edge.waiter, bold=True) + 20, _BOX_HEIGHT
        x = min(max(x, width / 2 + 2), WIDTH - width / 2 - 2)
        found.append(_Place(x, y, width, height, angle))
    return found


def _on_ring(angle: float) -> tuple[float, float]:
    return _MIDDLE_X + _RX * math.cos(angle), _MIDDLE_Y + _RY * math.sin(angle)


def _arrow(start: _Place, end: _Place, kind: EdgeKind | None) -> Markup:
    """Along the ring from one box to the next: from a task that waits in this way, thick; from a
    lock to whoever holds it (no kind), thin."""
    waits = kind is not None
    begin, finish = start.angle, end.angle
    if finish < begin:
        finish += 2 * math.pi
    while start.covers(begin):
        begin += _STEP
    while end.covers(finish):
        finish -= _STEP
    tip_x, tip_y = _on_ring(finish)
    neck = finish - 11 / math.hypot(_RX * math.sin(finish), _RY * math.cos(finish))
    (x1, y1), (x2, y2) = _on_ring(begin), _on_ring(neck)
    dx, dy = (tip_x - x2) / 11, (tip_y - y2) / 11
    half = 5.5 if waits else 4.5
    return group(
        element(
            "path",
            d=f"M{x1:.1f} {y1:.1f}A{_RX:g} {_RY:g} 0 0 1 {x2:.1f} {y2:.1f}",
            fill="none",
            stroke="currentColor",
            stroke_width=3.2 if waits else 1.8,
            stroke_dasharray=ARROW_DASHES[kind] if kind else None,
            stroke_linecap="round" if kind == "event" else None,
        ),
        element(
            "path",
            d=f"M{tip_x:.1f} {tip_y:.1f}L{x2 - dy * half:.1f} {y2 + dx * half:.1f}"
            f"L{x2 + dy * half:.1f} {y2 - dx * half:.1f}Z",
            fill="currentColor",
        ),
        class_="oom-blocked" if waits else "oom-muted",
    )


def _task(name: str, place: _Place) -> Markup:
    frame = element(
        "rect",
        class_="oom-blocked",
        fill="none",
        stroke="currentColor",
        stroke_width=2.2,
        x=place.x - place.width / 2,
        y=place.y - place.height / 2,
        width=place.width,
        height=place.height,
        rx=6,
    )
    text = element("text", name, x=place.x, y=place.y + 5, class_="oom-name", text_anchor="middle")
    return group(frame, text)


def _lock(name: str, style: str, place: _Place) -> Markup:
    left, top = place.x - place.width / 2, place.y - place.height / 2
    return group(
        bar(style, left, top, place.width, place.height),
        plate(place.x - plate_width(name) / 2, place.y, name),
    )
