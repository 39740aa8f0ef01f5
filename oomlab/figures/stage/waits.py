"""Who waits for whom on the stage: tasks and things in fixed places, edges that come and go.

The picture is as wide as 24 letters are high, so it grows with the reader's text. Whoever is in the
circle that closes in the end stands on a ring, so that its edges are the ring's sides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.scene import Scene
from oomlab.figures.style import pattern_tile
from oomlab.figures.text import shortened
from oomlab.figures.things import styles_of

WIDTH = 268.0
_LEFT, _RIGHT = 62.0, 206.0
_BOX = (122.0, 30.0)
_ROW = 64.0
_LOW_ROW = 44.0
"""Between two rows, where there are more than `_FEW_ROWS`: an arrow from one to the next still
shows its head."""
_FEW_ROWS = 5
_TOP = 26.0
_TOKEN = 9.0
"""Radius of what a task lays onto a lock."""


class Spot(NamedTuple):
    """Where a node is: the middle of its box."""

    x: float
    y: float


def spots_of(scene: Scene, shown: Sequence[str]) -> dict[str, Spot]:
    """Where each of the `shown` tasks and things stands."""
    ring = [name for name in scene.circle if name in shown]
    rows = (len(ring) + 1) // 2
    names = set(scene.tasks)
    apart = [name in names for name in shown if name not in ring]
    below_ring = max(sum(apart), len(apart) - sum(apart))
    row_height = _ROW if rows + below_ring <= _FEW_ROWS else _LOW_ROW
    found = {}
    for number, name in enumerate(ring):
        if number == 0:
            found[name] = Spot(_LEFT, _TOP)
        elif number <= rows:
            found[name] = Spot(_RIGHT, _TOP + row_height * (number - 1))
        else:
            found[name] = Spot(_LEFT, _TOP + row_height * (len(ring) - number))
    below = _TOP + row_height * rows
    for side, x in ((True, _LEFT), (False, _RIGHT)):
        rest = [name for name in shown if name not in found and (name in names) == side]
        for row, name in enumerate(rest):
            found[name] = Spot(x, below + row_height * row)
    return found


def arrows_of(scene: Scene, frames: Sequence[Frame]) -> tuple[list[tuple[int, int]], ...]:
    """All waits (task, thing) and all holds (thing, task) that any frame has."""
    waits, holds = {}, {}
    for frame in frames:
        for task, (_, thing) in enumerate(frame.states):
            if thing >= 0:
                waits[task, thing] = 0
        for thing, owners in enumerate(frame.holders):
            for task in owners:
                # A task that only could answer is of interest while somebody waits.
                if scene.things[thing].kind == "lock" or any(t == thing for _, t in frame.states):
                    holds[thing, task] = 0
    return sorted(waits), sorted(holds)


def waits_html(
    scene: Scene, frames: Sequence[Frame], frame: Frame, drawn: Sequence[tuple[int, int]] = ()
) -> str:
    """The graph, as it is in `frame`; "" if nobody ever holds or waits for anything. `drawn`: waits
    (task, thing) that a hand may draw, each an edge that is not shown yet."""
    waits, holds = arrows_of(scene, frames)
    if not waits and not holds:
        return ""
    tasks = {task for task, _ in waits} | {task for _, task in holds}
    things = {thing for _, thing in waits} | {thing for thing, _ in holds}
    shown = [scene.tasks[i] for i in sorted(tasks)] + [scene.things[i].name for i in sorted(things)]
    places = spots_of(scene, shown)
    height = max(place.y for place in places.values()) + _TOP
    circle = round_edges(frame.circle)
    parts = []
    for task, thing in waits:
        names = scene.tasks[task], scene.things[thing].name
        state, on = frame.states[task]
        parts.append(
            _edge(
                f"w-{task}-{thing}",
                places[names[0]],
                places[names[1]],
                -7 if (thing, task) in holds else 0,
                on=on == thing,
                kind=state,
                closed=names in circle,
            )
        )
    for thing, task in holds:
        names = scene.things[thing].name, scene.tasks[task]
        parts.append(
            _edge(
                f"h-{thing}-{task}",
                places[names[0]],
                places[names[1]],
                -7 if (task, thing) in waits else 0,
                on=shows_hold(scene, frame, thing, task),
                kind="holds",
                closed=names in circle,
            )
        )
    for task, thing in drawn:
        ends = places[scene.tasks[task]], places[scene.things[thing].name]
        aside = -7 if (thing, task) in holds else 0
        parts.append(_edge(f"d-{task}-{thing}", *ends, aside, on=False, kind="drawn", closed=False))
    faces = styles_of(thing.name for thing in scene.things if thing.kind == "lock")
    around = set(frame.circle)
    for number in sorted(things):
        one = scene.things[number]
        face = faces.get(one.name, "")
        parts.append(_thing(number, one.name, face, places[one.name], one.name in around))
    for number in sorted(tasks):
        name = scene.tasks[number]
        parts.append(
            _task(
                number,
                name,
                places[name],
                frame.states[number][0],
                name in around,
            )
        )
    for thing, task in holds:
        if scene.things[thing].kind == "lock":
            home, away = places[scene.tasks[task]], places[scene.things[thing].name]
            held = task in frame.holders[thing]
            parts.append(_token(thing, task, home, away, held=held, named=task < scene.lanes))
    defs = "".join(_pattern(face) for face in sorted(set(faces.values())))
    return (
        '<div class="oom-m-waits"><p class="oom-m-head">Who waits for whom</p>'
        f'<svg viewBox="0 0 {WIDTH:g} {height:g}" aria-hidden="true" focusable="false"'
        f"><defs>{defs}</defs>{''.join(parts)}</svg></div>"
    )


def shows_hold(scene: Scene, frame: Frame, thing: int, task: int) -> bool:
    """Is the edge from a thing to whoever has it drawn? One who only could answer: while needed."""
    if task not in frame.holders[thing]:
        return False
    return scene.things[thing].kind == "lock" or any(on == thing for _, on in frame.states)


def round_edges(circle: Sequence[str]) -> set[tuple[str, str]]:
    """The edges of a circle, by the names of their ends."""
    return set(zip(circle, (*circle[1:], *circle[:1]), strict=True))


def _edge(
    name: str, start: Spot, end: Spot, aside: float, *, on: bool, kind: str, closed: bool
) -> str:
    """An arrow between the borders of two boxes; `aside`: how far it is moved, seen from its start,
    so that the way back can be seen beside it."""
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy)
    ux, uy = dx / length, dy / length
    x1, y1 = start.x - uy * aside, start.y + ux * aside
    x2, y2 = end.x - uy * aside, end.y + ux * aside
    begin, finish = _to_border(ux, uy), _to_border(ux, uy) + 2
    x1, y1, x2, y2 = x1 + ux * begin, y1 + uy * begin, x2 - ux * finish, y2 - uy * finish
    nx, ny = x2 - ux * 9, y2 - uy * 9
    wide, high = uy * 5, ux * 5
    head = f"M{x2:.1f} {y2:.1f}L{nx - wide:.1f} {ny + high:.1f}L{nx + wide:.1f} {ny - high:.1f}Z"
    return (
        f'<g class="oom-m-edge" data-edge="{name}" data-kind="{kind}"'
        f"{' data-on' if on else ''}{' data-closed' if closed else ''}>"
        f'<path d="M{x1:.1f} {y1:.1f}L{nx:.1f} {ny:.1f}" pathLength="100"/>'
        f'<path class="oom-m-tip" d="{head}"/></g>'
    )


def _to_border(ux: float, uy: float) -> float:
    across = _BOX[0] / 2 / abs(ux) if abs(ux) > 1e-9 else math.inf
    along = _BOX[1] / 2 / abs(uy) if abs(uy) > 1e-9 else math.inf
    return min(across, along)


def _task(number: int, name: str, at: Spot, state: str, around: bool) -> str:
    text = shortened(name, _BOX[0] - 4)
    return (
        f'<g class="oom-m-node oom-m-who" data-who="{number}" data-thing="{escape(name)}"'
        f' data-state="{state}"{" data-closed" if around else ""}>'
        f'<rect x="{at.x - _BOX[0] / 2:g}" y="{at.y - _BOX[1] / 2:g}" width="{_BOX[0]:g}"'
        f' height="{_BOX[1]:g}" rx="15"/>'
        f'<text x="{at.x:g}" y="{at.y + 5:g}">{escape(text)}</text></g>'
    )


def _thing(number: int, name: str, face: str, at: Spot, around: bool) -> str:
    left, top = at.x - _BOX[0] / 2, at.y - _BOX[1] / 2
    swatch = (
        f'<rect class="oom-m-swatch oom-k-{face}" x="{left + 3:g}" y="{top + 3:g}" width="14"'
        f' height="{_BOX[1] - 6:g}" style="fill:url(#OOM-KEY-{face})"/>'
        if face
        else ""
    )
    room = 22.0 if face else 0.0
    text = shortened(name, _BOX[0] - 4 - room)
    return (
        f'<g class="oom-m-node oom-m-what" data-what="{number}" data-thing="{escape(name)}"'
        f"{' data-closed' if around else ''}>"
        f'<rect x="{left:g}" y="{top:g}" width="{_BOX[0]:g}" height="{_BOX[1]:g}" rx="3"/>{swatch}'
        f'<text x="{at.x + room / 2:g}" y="{at.y + 5:g}">{escape(text)}</text></g>'
    )


def _token(thing: int, task: int, home: Spot, away: Spot, *, held: bool, named: bool) -> str:
    """What a task lays onto a lock when it takes it. The page moves it there."""
    side = 1 if away.x < home.x else -1
    lock_x = max(away.x + side * (_BOX[0] / 2 - 2), _TOKEN)
    x, y = (lock_x, away.y - 13) if held else (home.x, home.y)
    text = f'<text y="4">{task + 1}</text>' if named else ""
    return (
        f'<g class="oom-m-token" data-hold="{thing}-{task}"{" data-on" if held else ""}'
        f' data-home="{home.x:g} {home.y:g}"'
        f' data-away="{lock_x:g} {away.y - 13:g}"'
        f' style="transform:translate({x:g}px,{y:g}px)"><circle r="{_TOKEN:g}"/>{text}</g>'
    )


def _pattern(face: str) -> str:
    size, tile = pattern_tile(face)
    return (
        f'<pattern id="OOM-KEY-{face}" class="oom-k-{face}" patternUnits="userSpaceOnUse"'
        f' width="{size:g}" height="{size:g}">{tile}</pattern>'
    )
