"""Where the boxes and arrows of a wait-for graph go.

The tasks of a cycle stand below each other, each with an arrow down to the task it waits for, and
one arrow leads back up on the left. Whoever waits for one of them without being part of the cycle
stands to the right of it or, in a narrow picture, below it and to the right. Without a cycle the
longest chain of waiting takes the place of the cycle. The layout depends on nothing but the graph
and the width, and no box covers another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from oomlab.analysis import Edge, WaitForGraph
from oomlab.figures.parts import MARGIN
from oomlab.figures.svg import WIDTH
from oomlab.figures.text import shortened, text_width

_SPINE_HEIGHT = 46.0
_SPINE_GAP = 50.0
_NAME_ROW = 22.0
_CAPTION = 22.0
_SIDE_GAP = 12.0
_INDENT = 20.0
_SHAFT, _TRUNK = 12.0, 26.0
"""In a narrow picture: from the left side of a box to the arrow that leads down to the next one,
and to that of those who wait for it."""
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Box:
    """One task, or several that wait for the same thing; x and y are the centre."""

    tasks: tuple[str, ...]
    lines: tuple[str, ...]
    x: float
    y: float
    width: float
    height: float
    on_spine: bool

    @property
    def left(self) -> float:
        """The x of the left side."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """The x of the right side."""
        return self.x + self.width / 2


@dataclass(frozen=True)
class Arrow:
    """An edge as a line through `points`, its arrow head at the last of them.

    `label_at`: where the middle of the label's left edge goes, or its centre if `centred`; None if
    another arrow of the same waiter has the label. `room`: the width it may have.
    """

    edge: Edge
    points: tuple[tuple[float, float], ...]
    label_at: tuple[float, float] | None
    centred: bool = False
    room: float = 160.0


@dataclass(frozen=True)
class _Room:
    """How a width is shared out. `lane`: room on the left for the arrow back up and its label.
    `spine` and `alone`: width of the boxes there, with others to their right and without.
    `side`: where the boxes on the right begin; where there is no room beside the spine they stand
    below the box that they wait for, as those do that wait for one of them."""

    width: float
    lane: float
    spine: float
    alone: float
    side: float
    below: bool


def _room(width: float) -> _Room:
    if width >= WIDTH:
        return _Room(width, 112.0, 172.0, 216.0, MARGIN + 112.0 + 172.0 + 36, False)
    lane = 24.0
    spine = width - 2 * MARGIN - lane
    return _Room(width, lane, spine, spine, MARGIN + lane + 2 * _INDENT, True)


@dataclass
class WaitLayout:
    """Boxes and arrows, and the height they need."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    height: float = 0.0


def lay_out(
    graph: WaitForGraph, details: dict[str, str], top: float, width: float = WIDTH
) -> WaitLayout:
    """The layout of `graph` from height `top` on, in this width; `details`: a second line for each
    task."""
    layout = WaitLayout(height=top)
    left = list(graph.nodes)
    drawn: set[Edge] = set()
    cycle = [edge.waiter for edge in graph.cycle]
    while left:
        spine = cycle or _longest_chain(left, graph.edges)
        cycle = []
        rest = [node for node in left if node not in spine]
        part = _Component(graph, spine, rest, details, layout, _room(width))
        part.place()
        left = [node for node in left if node not in part.placed]
        drawn |= part.drawn
    for edge in graph.edges:
        if edge not in drawn:
            layout.arrows.append(_further_arrow(edge, layout.boxes))
    return layout


def _further_arrow(edge: Edge, boxes: Sequence[Box]) -> Arrow:
    """One more arrow of a task that waits for several others at once; the first has the label."""
    (start,) = (box for box in boxes if edge.waiter in box.tasks)
    (end,) = (box for box in boxes if edge.holder in box.tasks)
    if not (start.on_spine and end.on_spine):
        return Arrow(edge, ((start.left, start.y + 6), (end.right, end.y + 8)), None)
    lane = min(box.left for box in boxes) - 14
    low, high = (start.left, start.y + 8), (end.left, end.y + 8)
    return Arrow(edge, (low, (lane, low[1]), (lane, high[1]), high), None)


def _first_edges(edges: Sequence[Edge]) -> dict[str, Edge]:
    """Of each waiter the edge by which it is placed."""
    first: dict[str, Edge] = {}
    for edge in edges:
        first.setdefault(edge.waiter, edge)
    return first


def _longest_chain(nodes: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    """The longest way from waiter to holder to the holder's holder; of several, the first."""
    first = _first_edges(edges)
    best: list[str] = []
    for start in nodes:
        chain = [start]
        while chain[-1] in first:
            holder = first[chain[-1]].holder
            if holder in chain or holder not in nodes:
                break
            chain.append(holder)
        if len(chain) > len(best):
            best = chain
    return best


class _Component:
    """Places a spine and, to its right, everybody who waits for somebody on it."""

    def __init__(
        self,
        graph: WaitForGraph,
        spine: list[str],
        rest: list[str],
        details: dict[str, str],
        layout: WaitLayout,
        room: _Room,
    ) -> None:
        self.room = room
        self.edges = graph.edges
        self.spine = spine
        self.rest = rest
        self.details = details
        self.layout = layout
        self.placed: dict[str, Box] = {}
        self.drawn: set[Edge] = set()
        first = _first_edges(graph.edges)
        in_cycle = {edge.waiter: edge for edge in graph.cycle}
        self.edge_of = {node: in_cycle.get(node, first.get(node)) for node in graph.nodes}
        has_sides = any(self._waiters(node) for node in spine)
        self.spine_width = room.spine if has_sides else room.alone
        centred = not has_sides and not room.below
        self.spine_x = room.width / 2 if centred else MARGIN + room.lane + room.spine / 2

    def _waiters(self, holder: str) -> list[list[str]]:
        """Who is placed beside `holder`: alike ones that nobody waits for share a box."""
        alike: dict[tuple[object, ...], list[str]] = {}
        for node in self.rest:
            edge = self.edge_of[node]
            if edge is None or edge.holder != holder or node in self.placed:
                continue
            leaf = not any(other.holder == node for other in self.edges)
            alike.setdefault((edge.what, edge.kind, "" if leaf else node), []).append(node)
        return list(alike.values())

    def place(self) -> None:
        """Put all boxes and arrows into the layout."""
        y = self.layout.height + _SPINE_HEIGHT / 2
        if any(self._waiters(node) for node in self.spine[:1]):
            y += _CAPTION / 2
        for node in self.spine:
            box = self._spine_box(node, y)
            self._add(box)
            top = y + _SPINE_HEIGHT / 2 if self.room.below else y - _CAPTION
            below = self._place_beside(box, top, 0)
            apart = _SPINE_GAP - _SIDE_GAP if self.room.below else _CAPTION / 2
            y = max(y + _SPINE_HEIGHT + _SPINE_GAP, below + _SPINE_HEIGHT / 2 + apart)
        before = len(self.layout.arrows)
        self._join_spine()
        bottom = max(box.y + box.height / 2 for box in self.placed.values())
        lowest = (y for arrow in self.layout.arrows[before:] for _, y in arrow.points)
        self.layout.height = max([bottom, *lowest]) + _SPINE_GAP / 2

    def _add(self, box: Box) -> None:
        self.layout.boxes.append(box)
        self.placed.update((task, box) for task in box.tasks)

    def _spine_box(self, node: str, y: float) -> Box:
        room = self.spine_width - 16
        name = shortened(node, room, bold=True)
        detail = shortened(self.details.get(node, ""), room)
        width = max(text_width(name, bold=True), text_width(detail), 84) + 16
        x = MARGIN + self.room.lane + width / 2 if self.room.below else self.spine_x
        return Box((node,), (name, detail), x, y, width, _SPINE_HEIGHT, True)

    def _place_beside(self, target: Box, top: float, depth: int) -> float:
        """Boxes for those who wait for `target`, from `top` on. Result: where the last one ends."""
        y = top
        for tasks in self._waiters(target.tasks[0]):
            left = self.room.side + depth * _INDENT
            room = self.room.width - MARGIN - left - 16
            names = [shortened(name, room, bold=True) for name in tasks]
            if len(names) > _NAMES_SHOWN:
                more = len(names) - _NAMES_SHOWN + 1
                names = [*names[: _NAMES_SHOWN - 1], f"and {more} more"]
            height = _NAME_ROW * len(names) + 8
            width = max(text_width(name, bold=True) for name in names) + 16
            centre = y + _CAPTION + height / 2 if y > top else max(target.y, y + height / 2)
            if depth or self.room.below:
                centre = y + _CAPTION + height / 2
            box = Box(tuple(tasks), tuple(names), left + width / 2, centre, width, height, False)
            self._add(box)
            self._join_beside(box, target)
            y = self._place_beside(box, centre + height / 2 + _SIDE_GAP, depth + 1)
        return y

    def _join_beside(self, box: Box, target: Box) -> None:
        bus = box.left - 18
        start, end = (box.left, box.y), (target.right, target.y)
        points: tuple[tuple[float, float], ...] = (start, (bus, box.y), (bus, end[1]), end)
        if abs(box.y - target.y) < box.height / 2:
            points = ((box.left, target.y), end)
        if self.room.below or not target.on_spine:
            trunk = target.left + (_TRUNK if target.on_spine else _INDENT / 2)
            points = (start, (trunk, box.y), (trunk, target.y + target.height / 2))
        label_at = (box.left, box.y - box.height / 2 - _CAPTION / 2 + 1)
        for number, task in enumerate(box.tasks):
            edge = self.edge_of[task]
            assert edge is not None
            self.drawn.add(edge)
            if number == 0:
                room = self.room.width - MARGIN - box.left
                self.layout.arrows.append(Arrow(edge, points, label_at, room=room))

    def _join_spine(self) -> None:
        boxes = [self.placed[node] for node in self.spine]
        for above, below in pairwise(boxes):
            edge = self.edge_of[above.tasks[0]]
            assert edge is not None
            x = above.left + _SHAFT if self.room.below else above.x
            end = below.y - below.height / 2
            points = ((x, above.y + above.height / 2), (x, end))
            middle = end - _SPINE_GAP / 2 if self.room.below else (points[0][1] + end) / 2
            room = self.room.width - MARGIN - x - 12
            room = room if self.room.below else self.room.spine / 2 + 24
            self.drawn.add(edge)
            self.layout.arrows.append(Arrow(edge, points, (x + 12, middle), room=room))
        last = self.edge_of[self.spine[-1]]
        if last is not None and last.holder in self.spine:
            self._join_back(last)

    def _join_back(self, edge: Edge) -> None:
        """The arrow on the left from the end of the spine to where the cycle begins."""
        start, end = self.placed[edge.waiter], self.placed[edge.holder]
        self.drawn.add(edge)
        if self.room.below:
            x, lane = start.left + _SHAFT, MARGIN + 4.0
            bottom = start.y + start.height / 2
            low = max(box.y + box.height / 2 for box in self.placed.values()) + 32
            way = ((x, bottom), (x, low), (lane, low), (lane, end.y), (end.left, end.y))
            room = self.room.width - MARGIN - x - 12
            self.layout.arrows.append(Arrow(edge, way, (x + 12, low - 16), room=room))
            return
        lane = self.spine_x - self.spine_width / 2 - self.room.lane / 2
        low, high = start.y, end.y
        label_at, room = lane, self.room.lane - 8
        if start is end:  # a task that waits for itself: its loop is small, the label beside it
            low, high, lane = start.y + 14, end.y - 14, start.left - 34
            room = lane - MARGIN - 12
            label_at = MARGIN + room / 2
        points = ((start.left, low), (lane, low), (lane, high), (end.left, high))
        self.layout.arrows.append(
            Arrow(edge, points, (label_at, (low + high) / 2), centred=True, room=room)
        )
