"""The order of locks as a lock validator learns it: a box per lock, an arrow per order seen.

An arrow from A to B says that somebody who held A asked for B. Its number says when that was
learned, and the lines below the picture say from whom. Every lock has a place of its own, so that
the pictures of two machines can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from oomlab.analysis import (
    RECLAIM,
    FailedTry,
    LockCycle,
    LockOrderGraph,
    OrderEdge,
    cycle_sentence,
    edge_sentence,
)
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, bar, legend, plate, plate_width, said
from oomlab.figures.svg import NARROW, WIDTH, Markup, element, group
from oomlab.figures.things import styles_of


@dataclass(frozen=True)
class _Places:
    """Where the locks of the book stand in a picture of this width, and where others may; from the
    top of the drawing to the middle of a box."""

    width: float
    known: Mapping[str, tuple[float, float]]
    other: tuple[tuple[float, float], ...]


_WIDE = _Places(
    WIDTH,
    {
        "fs_lock": (70.0, 122.0),
        "oom_notify_list rwsem": (280.0, 24.0),
        "balloon_lock": (410.0, 122.0),
        RECLAIM: (240.0, 220.0),
        "oom_lock": (70.0, 24.0),
    },
    ((410.0, 122.0), (70.0, 122.0), (70.0, 220.0), (410.0, 220.0)),
)
_NARROW = _Places(
    NARROW,
    {
        "fs_lock": (60.0, 190.0),
        "oom_notify_list rwsem": (166.0, 106.0),
        "balloon_lock": (200.0, 274.0),
        RECLAIM: (70.0, 358.0),
        "oom_lock": (60.0, 24.0),
    },
    ((200.0, 274.0), (60.0, 190.0), (136.0, 442.0), (136.0, 526.0)),
)
"""One below the other rather than side by side."""

_HALF = 17.0
_BELOW = 27.0
"""Below the lowest box: room for the arrow of a lock that is asked for while it is held."""
_PLAIN, _THICK = 1.8, 3.2
_VAIN_DASHES = "8 5"
_APART = 11.0
"""How far two arrows between the same boxes are moved aside."""


_ALONG = (0.45, 0.6, 0.3, 0.72, 0.2, 0.82)
"""How far along its arrow a number may stand, the best place first."""


@dataclass(frozen=True)
class _Box:
    """Its centre, and how wide it is."""

    x: float
    y: float
    width: float

    def border(self, x: float, y: float, dx: float, dy: float) -> float:
        """How far from (x, y) in the box its border is in the direction (dx, dy), with a gap."""
        right, bottom = self.x + self.width / 2 + 4, self.y + _HALF + 4
        left, top = self.x - self.width / 2 - 4, self.y - _HALF - 4
        return min(
            ((right if dx > 0 else left) - x) / dx if dx else math.inf,
            ((bottom if dy > 0 else top) - y) / dy if dy else math.inf,
        )


@checked
def draw_lock_order(
    graph: LockOrderGraph,
    name: str,
    locks: Sequence[str] = (),
    vain: Sequence[FailedTry] = (),
    *,
    key: str = "",
) -> Figure:
    """Draw `graph`, learned on the machine called `name`; of several circles, the one of which is
    warned first.

    `locks`: locks that are drawn even if nothing is known of their order; `vain`: what was tried
    in vain, drawn as what the validator does not see. Give different keys to two copies on one
    page. Raises InputError for more locks than there are places.
    """
    cycle = next(iter(graph.cycles()), None)
    ends = (lock for edge in graph.edges for lock in (edge.held, edge.taken))
    tried = (lock for each in vain for lock in (each.held, each.tried))
    names = list(dict.fromkeys((*locks, *ends, *tried)))
    if len(names) > _MOST:
        raise InputError(f"there are no places for {len(names)} locks; valid: up to {_MOST}")
    title = f"The order of locks that Linux {graph.annotation} learns from {name}"
    description = _headline(cycle)
    pairs = {(e.held, e.taken) for e in graph.edges} | {(v.held, v.tried) for v in vain}
    around = cycle.edges if cycle else ()
    faces = styles_of(_in_order(names))

    def draw(width: float) -> Sheet:
        parts, top = said(description, 7, width, ink="blocked" if cycle else "ink")
        top += 10
        places = _WIDE if width >= WIDTH else _NARROW
        boxes = _boxes(names, places, top)
        for each in vain:
            parts += _arrow(boxes, pairs, each.held, each.tried, vain=True)
        for edge in graph.edges:
            parts += _arrow(boxes, pairs, edge.held, edge.taken, thick=edge in around)
        parts += [_lock(lock, faces[lock], box) for lock, box in boxes.items()]
        for number, edge in enumerate(graph.edges, start=1):
            ink = "blocked" if edge in around else "ink"
            parts.append(_number(boxes, pairs, edge, str(number), ink, width))
        y = max((box.y for box in boxes.values()), default=top) + _HALF + _BELOW
        for number, edge in enumerate(graph.edges, start=1):
            closes = cycle is not None and edge is cycle.closing
            ink = "blocked" if closes else "ink"
            lines, y = said(_short(number, edge, closes), y, width, ink=ink)
            parts += lines
            y += 2
        keys, height = legend(_keys(graph, cycle, vain), y + 4, width)
        return Sheet([*parts, keys], y + height + 8)

    twin = _twin(title, graph, cycle, _in_order(names), vain)
    return drawn(draw, title, description, twin, key=key)


def _headline(cycle: LockCycle | None) -> str:
    if cycle is None:
        return "No circle: nothing to warn of."
    return f"A circle of {len(cycle.locks)}: a warning, though nobody need be stuck."


_MOST = len(_WIDE.known) + 2


def _in_order(names: Sequence[str]) -> list[str]:
    """The locks of the book first, always in the same order."""
    known = [name for name in _WIDE.known if name in names]
    return known + [name for name in names if name not in known]


def _boxes(names: Sequence[str], places: _Places, top: float) -> dict[str, _Box]:
    taken = {places.known[name] for name in names if name in places.known}
    free = iter([place for place in places.other if place not in taken])
    boxes = {}
    for name in _in_order(names):
        x, y = places.known[name] if name in places.known else next(free)
        width = plate_width(name) + 28
        x = min(max(x, width / 2 + MARGIN), places.width - MARGIN - width / 2)
        boxes[name] = _Box(x, top + y, width)
    return boxes


def _ends(
    boxes: dict[str, _Box], pairs: set[tuple[str, str]], held: str, taken: str
) -> tuple[float, float, float, float]:
    """Where the arrow begins and ends."""
    start, end = boxes[held], boxes[taken]
    length = math.hypot(end.x - start.x, end.y - start.y)
    dx, dy = (end.x - start.x) / length, (end.y - start.y) / length
    aside = _APART if (taken, held) in pairs else 0.0
    x1, y1 = start.x - dy * aside, start.y + dx * aside
    x2, y2 = end.x - dy * aside, end.y + dx * aside
    first, last = start.border(x1, y1, dx, dy), end.border(x2, y2, -dx, -dy)
    return x1 + dx * first, y1 + dy * first, x2 - dx * last, y2 - dy * last


def _arrow(
    boxes: dict[str, _Box],
    pairs: set[tuple[str, str]],
    held: str,
    taken: str,
    *,
    thick: bool = False,
    vain: bool = False,
) -> list[Markup]:
    if held == taken:
        box = boxes[held]
        x, y = box.x, box.y + _HALF + 4
        shaft = f"M{x - 16:.1f} {y:.1f}V{y + 22:.1f}H{x + 16:.1f}V{y + 10:.1f}"
        return [_stroked(shaft, (x + 16, y), (0, -1), thick, vain)]
    x1, y1, x2, y2 = _ends(boxes, pairs, held, taken)
    length = math.hypot(x2 - x1, y2 - y1) or 1
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    shaft = f"M{x1:.1f} {y1:.1f}L{x2 - 10 * dx:.1f} {y2 - 10 * dy:.1f}"
    return [_stroked(shaft, (x2, y2), (dx, dy), thick, vain)]


def _stroked(
    shaft: str, tip: tuple[float, float], way: tuple[float, float], thick: bool, vain: bool
) -> Markup:
    (x, y), (dx, dy) = tip, way
    half = 5.5 if thick else 4.5
    head = (
        f"M{x:.1f} {y:.1f}L{x - 11 * dx - dy * half:.1f} {y - 11 * dy + dx * half:.1f}"
        f"L{x - 11 * dx + dy * half:.1f} {y - 11 * dy - dx * half:.1f}Z"
    )
    return group(
        element("path", d=shaft, fill="none", stroke="currentColor",
                stroke_width=_THICK if thick else _PLAIN,
                stroke_dasharray=_VAIN_DASHES if vain else None),
        element("path", d=head, fill="none" if vain else "currentColor", stroke="currentColor"),
        class_="oom-blocked" if thick else "oom-polls" if vain else "oom-muted",
    )  # fmt: skip


def _lock(name: str, style: str, box: _Box) -> Markup:
    return group(
        bar(style, box.x - box.width / 2, box.y - _HALF, box.width, 2 * _HALF),
        plate(box.x - plate_width(name) / 2, box.y, name),
        data_thing=name,
    )


def _number(
    boxes: dict[str, _Box],
    pairs: set[tuple[str, str]],
    edge: OrderEdge,
    text: str,
    ink: str,
    page: float,
) -> Markup:
    if edge.held == edge.taken:
        box = boxes[edge.held]
        return plate(box.x + 26, box.y + _HALF + 16, text, ink=ink)
    x1, y1, x2, y2 = _ends(boxes, pairs, edge.held, edge.taken)
    width = plate_width(text)
    left = y = 0.0
    for along in _ALONG:
        x, y = x1 + (x2 - x1) * along, y1 + (y2 - y1) * along
        if (edge.taken, edge.held) in pairs:  # on its own side, clear of the arrow the other way
            x += math.copysign(width / 2 + 4, y1 - y2) if abs(y1 - y2) > 1 else 0
            y += math.copysign(10, x2 - x1)
        left = min(max(x - width / 2, MARGIN), page - MARGIN - width)
        if not any(_covers(box, left + width / 2, y, width) for box in boxes.values()):
            break
    return plate(left, y, text, ink=ink)


def _covers(box: _Box, x: float, y: float, width: float) -> bool:
    """Would a plate of this width, centred there, touch the box?"""
    return abs(x - box.x) < (width + box.width) / 2 + 2 and abs(y - box.y) < _HALF + 11


def _short(number: int, edge: OrderEdge, closes: bool) -> str:
    witness = edge.witness
    end = ": this one closes the circle" if closes else ""
    return f"{number}: {witness.task} in {witness.taken_in} (run {witness.run + 1}){end}"


def _keys(
    graph: LockOrderGraph, cycle: LockCycle | None, vain: Sequence[FailedTry]
) -> list[Key]:  # fmt: skip
    samples = (
        (bool(graph.edges), False, False, "asked for while the other was held"),
        (cycle is not None, True, False, "part of the circle"),
        (bool(vain), False, True, "tried in vain: not recorded"),
    )
    return [
        Key(_stroked("M1 0H24", (34, 0), (1, 0), thick, dashed), 34, meaning)
        for shown, thick, dashed, meaning in samples
        if shown
    ]


def _twin(
    title: str,
    graph: LockOrderGraph,
    cycle: LockCycle | None,
    locks: Sequence[str],
    vain: Sequence[FailedTry],
) -> str:
    lines = [f"{title}.", f"Locks: {', '.join(locks)}."]
    lines += [f"{n}: {edge_sentence(edge)}." for n, edge in enumerate(graph.edges, start=1)]
    lines += [
        f"Not recorded: {each.task}, holding {each.held}, tried {each.tried} in vain in "
        f"{each.function}."
        for each in vain
    ]
    lines.append(f"{cycle_sentence(cycle)}." if cycle else _headline(None))
    return "\n".join(lines)
