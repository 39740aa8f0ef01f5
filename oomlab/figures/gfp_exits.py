"""A request on its way through the slow path: stations downwards, exits to the right."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.gfp_bits import Bits
from oomlab.figures.parts import MARGIN, label, said
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import text_width, wrapped
from oomlab.gfp.outcomes import outcome
from oomlab.gfp.paths import Passage, Station, path
from oomlab.gfp.predicates import Request

_LINE = 17.0
_GAP = 9.0
_BOX = 30.0
_SPINE = MARGIN + _BOX / 2
_TEXT_LEFT = MARGIN + _BOX + 12
_ARROW = 28.0
_INK: dict[Passage, str] = {
    "goes on": "runs",
    "fails": "blocked",
    "tries again": "polls",
    "kills": "blocked",
    "never comes here": "muted",
}
_DASHES: dict[Passage, str | None] = {"tries again": "8 5", "never comes here": "2 4"}


def draw_exits(
    request: Request,
    name: str,
    *,
    flips: Mapping[str, str] | None = None,
    flipped: str = "",
    key: str = "",
) -> Figure:
    """Draw the way of `request`, called `name`; give different keys to two copies on one page.

    `flips`: for flags whose bits a reader may turn over in the picture, what the panel's control
    "flip" is then set to. `flipped`: the flag that is turned over already; its bit is marked.
    """
    stations = path(request)
    title = f"The way of {name} through the allocator when memory is exhausted"
    free, held = (outcome(request, lock_held=state).words for state in (False, True))
    description = f"With oom_lock free: {free}. With oom_lock held by somebody: {held}."

    def draw(width: float) -> Sheet:
        parts, y = said(f"{name}: {request.mask:#x}", 6, width)
        bits = Bits(y + 7, width)
        parts.append(bits.draw(request, request.table.bits.get(flipped, 0)))
        y = bits.top + bits.height + 6
        rows: list[Markup] = []
        before = 0.0
        for number, station in enumerate(stations):
            if number:
                parts.append(_link(station, before + _BOX, y))
            before = y
            row, y = _station(station, y, width)
            rows += row
        hands = bits.hands(request, "flip", flips or {})
        return Sheet([*parts, *rows], y, hands)

    twin = _twin(stations, title, description)
    return drawn(draw, title, description, twin, key=key)


def _link(station: Station, top: float, bottom: float) -> Markup:
    """The piece of the way that leads to a station; dotted if the request never comes there."""
    reached = station.passage != "never comes here"
    return line(
        _SPINE,
        top,
        _SPINE,
        bottom,
        class_="oom-runs" if reached else "oom-muted",
        stroke="currentColor",
        stroke_width=4 if reached else 1.4,
        stroke_dasharray=None if reached else _DASHES["never comes here"],
    )


def _station(station: Station, top: float, width: float) -> tuple[list[Markup], float]:
    """One station; result: the drawing, and where the next one begins. The exit stands at the right
    where it has room, else below."""
    reached = station.passage != "never comes here"
    ink = "ink" if reached else "muted"
    room = width - MARGIN - _TEXT_LEFT
    lines = [(text, ink) for text in wrapped(station.question, room)]
    if reached:
        lines += [(text, "muted") for text in wrapped(station.answer, room)]
    way_out = _way_out(station)
    wide = max(text_width(text) for text, _ in lines)
    below = wide + _ARROW + text_width(way_out[1], bold=True) + 12 > room if way_out else False
    rows = len(lines) + below
    first = top + max(_BOX - rows * _LINE, 0) / 2 + _LINE / 2
    parts = [
        _box(station, top),
        label(_SPINE, top + _BOX / 2, station.step, ink=ink, anchor="middle"),
    ]
    parts += [
        label(_TEXT_LEFT, first + _LINE * number, text, ink=shade)
        for number, (text, shade) in enumerate(lines)
    ]
    if way_out:
        middle = first + _LINE * (rows - 1) if below else top + _BOX / 2
        start = _TEXT_LEFT if below else _TEXT_LEFT + wide + 6
        end = _TEXT_LEFT + _ARROW if below else 0.0
        parts.append(_exit(way_out, middle, start, end, width))
    return parts, top + max(_BOX, rows * _LINE) + _GAP


def _way_out(station: Station) -> tuple[Passage, str] | None:
    """By which way the request leaves here, and what is written there; None if it goes on."""
    if station.passage == "never comes here":
        return None
    if station.passage != "goes on":
        return station.passage, station.passage
    return (station.if_held, "held: polls") if station.if_held else None


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


def _exit(
    way_out: tuple[Passage, str], middle: float, start: float, end: float, width: float
) -> Markup:
    """An arrow out of the way, with where it leads: from `start` to the right margin or, if `end`
    is given, to there, with the words behind it."""
    passage, text = way_out
    right = end + 6 if end else width - MARGIN
    tip = end or right - text_width(text, bold=True) - 10
    shaft = line(
        start if end else min(start, tip - 18),
        middle,
        tip - 8,
        middle,
        stroke="currentColor",
        stroke_width=2.6,
        stroke_dasharray=_DASHES.get(passage),
    )
    head = element("path", d=f"M{tip:.1f} {middle:.1f}l-10 -5v10Z", fill="currentColor")
    anchor = None if end else "end"
    return group(
        group(shaft, head, class_=f"oom-{_INK[passage]}"),
        element("text", text, x=right, y=middle + 5, class_="oom-name", text_anchor=anchor),
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
