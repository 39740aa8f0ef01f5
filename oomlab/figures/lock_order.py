"""The order of locks as a lock validator learns it: a box per lock, an arrow per order seen.

An arrow from A to B says that somebody who held A asked for B. Its number says when that was
learned, and the lines below the picture say from whom. Every lock has a place of its own, so that
the pictures of two machines can be compared.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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
from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, plate, plate_width
from oomlab.figures.style import lock_style
from oomlab.figures.svg import WIDTH, Markup, document, element, group
from oomlab.figures.text import wrapped

_ROWS = (58.0, 156.0, 254.0)
_LEFT, _MIDDLE, _RIGHT = 70.0, 240.0, 410.0
_PLACES = {
    "fs_lock": (_LEFT, _ROWS[1]),
    "oom_notify_list rwsem": (280.0, _ROWS[0]),
    "balloon_lock": (_RIGHT, _ROWS[1]),
    RECLAIM: (_MIDDLE, _ROWS[2]),
    "oom_lock": (_LEFT, _ROWS[0]),
}
_OTHER_PLACES = ((_RIGHT, _ROWS[1]), (_LEFT, _ROWS[1]), (_LEFT, _ROWS[2]), (_RIGHT, _ROWS[2]))
_HALF = 17.0
_PLAIN, _THICK = 1.8, 3.2
_VAIN_DASHES = "8 5"
_APART = 11.0
"""How far two arrows between the same boxes are moved aside."""


_ALONG = (0.45, 0.6, 0.3, 0.72, 0.2, 0.82)
"""How far along its arrow a number may stand, the best place first."""


@dataclass(frozen=True)
class _Box:
    """`number` decides its pattern; a lock with a place of its own always has the same."""

    number: int
    x: float
    y: float
    width: float

    def border(self, x: float, y: float) -> float:
        """How much of the way from the centre towards (x, y) is inside the box, with a gap."""
        dx, dy = abs(x - self.x), abs(y - self.y)
        return min(
            (self.width / 2 + 4) / dx if dx else math.inf,
            (_HALF + 4) / dy if dy else math.inf,
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
    boxes = _boxes(dict.fromkeys((*locks, *ends, *tried)))
    title = f"The order of locks that Linux {graph.annotation} learns from {name}"
    description = _headline(cycle)
    parts: list[Markup] = [label(MARGIN, 16, description, ink="blocked" if cycle else "ink")]
    pairs = {(e.held, e.taken) for e in graph.edges} | {(v.held, v.tried) for v in vain}
    around = cycle.edges if cycle else ()
    for each in vain:
        parts += _arrow(boxes, pairs, each.held, each.tried, vain=True)
    for edge in graph.edges:
        parts += _arrow(boxes, pairs, edge.held, edge.taken, thick=edge in around)
    parts += [_lock(lock, lock_style(box.number), box) for lock, box in boxes.items()]
    for number, edge in enumerate(graph.edges, start=1):
        closes = cycle is not None and edge is cycle.closing
        text = f"{number} closes it" if closes else str(number)
        parts.append(_number(boxes, pairs, edge, text, "blocked" if edge in around else "ink"))
    y = _ROWS[2] + _HALF + 18
    for number, edge in enumerate(graph.edges, start=1):
        closes = cycle is not None and edge is cycle.closing
        for row in wrapped(_short(number, edge), WIDTH - 2 * MARGIN):
            parts.append(label(MARGIN, y, row, ink="blocked" if closes else "ink"))
            y += 19
    drawn, height = legend(_keys(graph, cycle, vain), y)
    svg = document([*parts, drawn], y + height + 4, title, description, key)
    return Figure(svg, title, description, _twin(title, graph, cycle, boxes, vain))


def _headline(cycle: LockCycle | None) -> str:
    if cycle is None:
        return "No circle: nothing to warn of."
    return f"A circle of {len(cycle.locks)}: a warning, though nobody need be stuck."


def _boxes(locks: Iterable[str]) -> dict[str, _Box]:
    names = list(locks)
    taken = {_PLACES[name] for name in names if name in _PLACES}
    free = [place for place in _OTHER_PLACES if place not in taken]
    strangers = [name for name in names if name not in _PLACES]
    if len(strangers) > len(free):
        raise InputError(
            f"there are no places for {len(names)} locks; valid: up to {len(_PLACES) + 2}"
        )
    places = {**_PLACES, **dict(zip(strangers, free, strict=False))}
    numbers = {name: number for number, name in enumerate((*_PLACES, *strangers))}
    ordered = [name for name in numbers if name in names]
    boxes = {}
    for name in ordered:
        x, y = places[name]
        width = plate_width(name) + 28
        x = min(max(x, width / 2 + MARGIN), WIDTH - MARGIN - width / 2)
        boxes[name] = _Box(numbers[name], x, y, width)
    return boxes


def _ends(
    boxes: dict[str, _Box], pairs: set[tuple[str, str]], held: str, taken: str
) -> tuple[float, float, float, float]:
    """Where the arrow begins and ends."""
    start, end = boxes[held], boxes[taken]
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy)
    aside = _APART if (taken, held) in pairs else 0.0
    sx, sy = -dy / length * aside, dx / length * aside
    first, last = start.border(end.x, end.y), 1 - end.border(start.x, start.y)
    return (
        start.x + dx * first + sx,
        start.y + dy * first + sy,
        start.x + dx * last + sx,
        start.y + dy * last + sy,
    )


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
    )


def _number(
    boxes: dict[str, _Box], pairs: set[tuple[str, str]], edge: OrderEdge, text: str, ink: str
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
        left = min(max(x - width / 2, MARGIN), WIDTH - MARGIN - width)
        if not any(_covers(box, left + width / 2, y, width) for box in boxes.values()):
            break
    return plate(left, y, text, ink=ink)


def _covers(box: _Box, x: float, y: float, width: float) -> bool:
    """Would a plate of this width, centred there, touch the box?"""
    return abs(x - box.x) < (width + box.width) / 2 + 2 and abs(y - box.y) < _HALF + 11


def _short(number: int, edge: OrderEdge) -> str:
    witness = edge.witness
    return f"{number}: {witness.task} in {witness.taken_in} (run {witness.run + 1})"


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
    boxes: dict[str, _Box],
    vain: Sequence[FailedTry],
) -> str:
    lines = [f"{title}.", f"Locks: {', '.join(boxes)}."]
    lines += [f"{n}: {edge_sentence(edge)}." for n, edge in enumerate(graph.edges, start=1)]
    lines += [
        f"Not recorded: {each.task}, holding {each.held}, tried {each.tried} in vain in "
        f"{each.function}."
        for each in vain
    ]
    lines.append(f"{cycle_sentence(cycle)}." if cycle else _headline(None))
    return "\n".join(lines)
