"""What holds at each moment of a run that is worth stopping at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oomlab.analysis import Span, WaitForGraph
from oomlab.engine.trace.events import Json
from oomlab.figures.stage.scene import Scene


@dataclass(frozen=True, slots=True)
class Program:
    """Where a task stands: a listing (its name in the registry, "" for none), the number of its
    line (-1: at none), and the functions around it, outermost first."""

    listing: str = ""
    line: int = -1
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """One moment. `x`: where it is on the time axis, 0 to 100. `states`: per task of the scene what
    it does (as `Span.state`) and the number of the thing it waits for (-1: none). `holders`: per
    thing the numbers of the tasks that have it, or that alone can answer. `pages`: per pool.
    `mover`: the task that moved last, -1 for none. `circle`: names of who is in a closed circle.
    `stop`: is it a moment that matters?
    """

    x: float
    when: str
    states: tuple[tuple[str, int], ...]
    holders: tuple[tuple[int, ...], ...]
    pages: tuple[int, ...]
    programs: tuple[Program, ...]
    mover: int
    circle: tuple[str, ...]
    sentence: str
    stop: bool = False

    def data(self, listings: Sequence[str]) -> dict[str, Any]:
        """As the page has it; a listing is its number in `listings`."""
        return {
            "x": round(self.x, 2),
            "w": self.when,
            "t": [list(one) for one in self.states],
            "h": [list(one) for one in self.holders],
            "p": list(self.pages),
            "c": [
                [
                    listings.index(one.listing) if one.listing else -1,
                    one.line,
                    " › ".join(one.path[-3:]),
                ]
                for one in self.programs
            ],
            "m": self.mover,
            "o": list(self.circle),
            "s": self.sentence,
            "k": int(self.stop),
        }


def states_of(
    scene: Scene, now: Mapping[str, Span], graph: WaitForGraph
) -> tuple[tuple[str, int], ...]:
    """Per task of the scene what it does and for which thing it waits."""
    waiting = {edge.waiter: edge.what for edge in graph.edges}
    return tuple(
        (
            _shown(now[name], name in waiting),
            scene.thing(waiting[name]) if name in waiting else -1,
        )
        for name in scene.tasks
    )


def _shown(span: Span, waits: bool) -> str:
    # Somebody taken off a queue only has to run again.
    return "runs" if span.state == "waits" and not waits and span.answered_by else span.state


def holders_of(scene: Scene, values: Mapping[str, Json]) -> tuple[tuple[int, ...], ...]:
    """Per thing the tasks that have it; of a queue, the task that alone can wake it."""
    place = {name: number for number, name in enumerate(scene.tasks)}
    found = []
    for thing in scene.things:
        is_lock = thing.kind == "lock"
        names = _owners(values[thing.name]) if is_lock else [thing.answered_by]
        found.append(tuple(place[name] for name in names if name in place))
    return tuple(found)


def _owners(value: Json) -> list[str]:
    if not isinstance(value, Mapping):
        return [value] if value else []
    return [value["writer"]] if value["writer"] else list(value["readers"])
