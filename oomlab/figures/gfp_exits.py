"""A request on its way through the slow path: stations downwards, exits to the right."""

from __future__ import annotations

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import WIDTH, Markup, document, element, group, line
from oomlab.figures.text import shortened, text_width
from oomlab.gfp.path import Passage, Station, path
from oomlab.gfp.predicates import Request
from oomlab.gfp.request_outcome import outcome

_ROW = 44.0
_BOX = 30.0
_TOP = 30.0
_SPINE = MARGIN + _BOX / 2
_TEXT_LEFT = MARGIN + _BOX + 12
_RIGHT = WIDTH - MARGIN
_INK: dict[Passage, str] = {
    "goes on": "runs",
    "fails": "blocked",
    "tries again": "polls",
    "kills": "blocked",
    "never comes here": "muted",
}
_DASHES: dict[Passage, str | None] = {"tries again": "8 5", "never comes here": "2 4"}


def draw_exits(request: Request, name: str, *, key: str = "") -> Figure:
    """Draw the way of `request`, called `name`; give different keys to two copies on one page."""
    stations = path(request)
    title = f"The way of {name} through the allocator when memory is exhausted"
    free, held = (outcome(request, lock_held=state).words for state in (False, True))
    description = f"With oom_lock free: {free}. With oom_lock held by somebody: {held}."
    parts = [label(MARGIN, 14, shortened(f"{name}: {request.mask:#x}", WIDTH - 2 * MARGIN))]
    for number, station in enumerate(stations):
        y = _TOP + number * _ROW
        if number:
            parts.append(_link(station, y))
        parts += _station(station, y)
    height = _TOP + len(stations) * _ROW
    svg = document(parts, height, title, description, key)
    return Figure(svg, title, description, _twin(stations, title, description))


def _link(station: Station, top: float) -> Markup:
    """The piece of the way that leads to a station; dotted if the request never comes there."""
    reached = station.passage != "never comes here"
    return line(
        _SPINE,
        top - _ROW + _BOX / 2 + 15,
        _SPINE,
        top,
        class_="oom-runs" if reached else "oom-muted",
        stroke="currentColor",
        stroke_width=4 if reached else 1.4,
        stroke_dasharray=None if reached else _DASHES["never comes here"],
    )


def _station(station: Station, top: float) -> list[Markup]:
    middle = top + _BOX / 2
    reached = station.passage != "never comes here"
    text = "ink" if reached else "muted"
    parts = [
        _box(station, top),
        label(_SPINE, middle, station.step, ink=text, anchor="middle"),
    ]
    if not reached:
        parts.append(label(_TEXT_LEFT, middle, station.question, ink="muted"))
        return parts
    parts.append(label(_TEXT_LEFT, middle - 9, station.question))
    parts.append(label(_TEXT_LEFT, middle + 9, station.answer, ink="muted"))
    if station.passage != "goes on":
        parts.append(_exit(station.passage, station.passage, middle, station))
    elif station.if_held:
        parts.append(_exit(station.if_held, "held: polls", middle, station))
    return parts


def _box(station: Station, top: float) -> Markup:
    leaves = station.passage not in ("goes on", "never comes here")
    return element(
        "rect",
        class_=f"oom-{_INK[station.passage]}",
        fill="none",
        stroke="currentColor",
        stroke_width=3 if leaves else 1.8,
        stroke_dasharray=_DASHES.get(station.passage) if not leaves else None,
        x=MARGIN,
        y=top,
        width=_BOX,
        height=_BOX,
        rx=15 if not leaves else 3,
    )


def _exit(passage: Passage, text: str, middle: float, station: Station) -> Markup:
    """An arrow out of the way to the right, with where it leads."""
    width = text_width(text, bold=True) + 4
    start = _TEXT_LEFT + max(text_width(station.question), text_width(station.answer)) + 6
    tip = _RIGHT - width - 6
    shaft = line(
        min(start, tip - 18),
        middle,
        tip - 8,
        middle,
        stroke="currentColor",
        stroke_width=2.6,
        stroke_dasharray=_DASHES.get(passage),
    )
    head = element(
        "path",
        d=f"M{tip:.1f} {middle:.1f}l-10 -5v10Z",
        fill="currentColor",
    )
    ink = _INK[passage]
    return group(
        group(shaft, head, class_=f"oom-{ink}"),
        element("text", text, x=_RIGHT, y=middle + 5, class_="oom-name", text_anchor="end"),
    )


def _twin(stations: tuple[Station, ...], title: str, description: str) -> str:
    lines = [f"{title}."]
    for station in stations:
        if station.passage == "never comes here":
            lines.append(f"Step {station.step}, {_quiet(station.question)}: it never comes here.")
            continue
        held = f", while somebody holds oom_lock: {station.if_held}" if station.if_held else ""
        lines.append(
            f"Step {station.step}, {_quiet(station.question)}: {station.answer}; "
            f"it {station.passage}{held}."
        )
    lines.append(description)
    return "\n".join(lines)


def _quiet(question: str) -> str:
    return question.rstrip("?")
