"""A cycle of waits drawn as a ring: tasks and what they wait for, in turn, all the way round."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

from oomlab.analysis import Edge, EdgeKind, wait_for_graph, waiting_sentence
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import bar, plate, plate_width
from oomlab.figures.svg import WIDTH, Markup, element, group
from oomlab.figures.text import text_width
from oomlab.figures.things import styles_of
from oomlab.figures.wait_for import ARROW_DASHES

_RADIUS = 104.0
"""Half the height of the ring, and where it is narrow half its width as well; else it is wider."""
_WIDER = 164.0
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

    def covers(self, x: float, y: float) -> bool:
        return (
            abs(x - self.x) <= self.width / 2 + _GAP and abs(y - self.y) <= self.height / 2 + _GAP
        )


class _Ring(NamedTuple):
    """The ellipse on which the boxes stand: its centre, its half axes."""

    x: float
    y: float
    rx: float
    ry: float
    start: float
    """The angle of the first box."""

    def at(self, angle: float) -> tuple[float, float]:
        return self.x + self.rx * math.cos(angle), self.y + self.ry * math.sin(angle)


@checked
def draw_circle(trace: Trace, at_us: int, *, key: str = "") -> Figure:
    """Draw the cycle of waits at `at_us`; give different keys to two copies on one page.

    Raises InputError if there is no cycle at that moment.
    """
    cycle = wait_for_graph(trace, at_us).cycle
    if not cycle:
        raise InputError(f"nobody waits in a circle at {at_us} us; valid: a moment with a cycle")
    title = f"A circle of {len(cycle)} tasks in {trace.scenario}"
    description = ", and ".join(waiting_sentence(edge) for edge in cycle) + "."
    twin = "\n".join([f"{title}.", *(f"{waiting_sentence(edge)}." for edge in cycle)])
    return drawn(partial(_draw, cycle), title, description, twin, key=key)


def _draw(cycle: tuple[Edge, ...], width: float) -> Sheet:
    wide = width >= WIDTH
    # A narrow ring is higher: its boxes stand closer to each other from side to side.
    height = 2 * (_RADIUS if wide else 40.0 * len(cycle) + 50) + 68
    rx = _WIDER if wide else width / 2 - 60
    # On the narrow ring of three tasks no two boxes may stand side by side but at its flanks.
    start = math.pi if wide or len(cycle) % 2 == 0 else -math.pi / 2
    ring = _Ring(width / 2, height / 2, rx, height / 2 - 34, start)
    places = _places(cycle, ring, width)
    parts: list[Markup] = []
    for number, place in enumerate(places):
        following = places[(number + 1) % len(places)]
        kind = None if number % 2 else cycle[number // 2].kind
        parts.append(_arrow(ring, place, following, kind))
    faces = styles_of(edge.what for edge in cycle)
    for number, edge in enumerate(cycle):
        parts += [_task(edge.waiter, places[2 * number])]
        parts += [_lock(edge.what, faces[edge.what], places[2 * number + 1])]
    return Sheet(parts, height)


def _places(cycle: tuple[Edge, ...], ring: _Ring, width: float) -> list[_Place]:
    """Task, lock, task, lock ..., clockwise."""
    found = []
    count = 2 * len(cycle)
    for number in range(count):
        angle = ring.start + number * 2 * math.pi / count
        x, y = ring.at(angle)
        edge = cycle[number // 2]
        if number % 2:
            size, height = plate_width(edge.what) + 28, _LOCK_HEIGHT
        else:
            size, height = text_width(edge.waiter, bold=True) + 20, _BOX_HEIGHT
        x = min(max(x, size / 2 + 2), width - size / 2 - 2)
        found.append(_Place(x, y, size, height, angle))
    return found


def _arrow(ring: _Ring, start: _Place, end: _Place, kind: EdgeKind | None) -> Markup:
    """Along the ring from one box to the next: from a task that waits in this way, thick; from a
    lock to whoever holds it (no kind), thin."""
    waits = kind is not None
    begin, finish = start.angle, end.angle
    if finish < begin:
        finish += 2 * math.pi
    while start.covers(*ring.at(begin)):
        begin += _STEP
    while end.covers(*ring.at(finish)):
        finish -= _STEP
    tip_x, tip_y = ring.at(finish)
    neck = finish - 11 / math.hypot(ring.rx * math.sin(finish), ring.ry * math.cos(finish))
    (x1, y1), (x2, y2) = ring.at(begin), ring.at(neck)
    dx, dy = (tip_x - x2) / 11, (tip_y - y2) / 11
    half = 5.5 if waits else 4.5
    return group(
        element(
            "path",
            d=f"M{x1:.1f} {y1:.1f}A{ring.rx:g} {ring.ry:g} 0 0 1 {x2:.1f} {y2:.1f}",
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
    return group(frame, text, data_thing=name)


def _lock(name: str, style: str, place: _Place) -> Markup:
    left, top = place.x - place.width / 2, place.y - place.height / 2
    return group(
        bar(style, left, top, place.width, place.height),
        plate(place.x - plate_width(name) / 2, place.y, name),
        data_thing=name,
    )
