"""What there is to see in a run: its tasks, what they wait for, its pages, and the listings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from oomlab.analysis import WaitForGraph
from oomlab.engine.slots import Facts
from oomlab.engine.trace.events import Trace

ThingKind = Literal["lock", "queue", "pages"]


@dataclass(frozen=True, slots=True)
class Thing:
    """What tasks wait for: a lock, a queue that only `answered_by` can wake, or free pages."""

    name: str
    kind: ThingKind
    answered_by: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """A part of the tank: `name` as it is said, the slots whose pages are in it, and the mark that
    ordinary requests leave free (pages), where there is one."""

    name: str
    role: str
    slots: tuple[str, ...]
    mark: int | None = None


@dataclass(frozen=True)
class Scene:
    """`tasks`: those with a lane first (there are `lanes` of them), then others that somebody waits
    for. `circle`: names of tasks and things of the closed circle, in its order, () if none closes.
    """

    tasks: tuple[str, ...]
    lanes: int
    things: tuple[Thing, ...]
    pools: tuple[Pool, ...]
    circle: tuple[str, ...] = ()

    def thing(self, name: str) -> int:
        """The number of a thing, -1 if it is not shown."""
        return next((i for i, one in enumerate(self.things) if one.name == name), -1)


def scene_of(
    trace: Trace, lanes: Iterable[str], graphs: Iterable[WaitForGraph], held: Iterable[str]
) -> Scene:
    """The scene of a run with these `lanes`, given what is waited for at its moments and which
    locks are `held` at any time by a task with a lane."""
    graphs = tuple(graphs)
    shown = tuple(lanes)
    edges = [edge for graph in graphs for edge in graph.edges]
    known = {slot.name: slot for slot in trace.slots}
    names = dict.fromkeys((*held, *(edge.what for edge in edges if edge.waiter in shown)))
    things = tuple(
        Thing(
            name,
            "lock" if known[name].kind in ("mutex", "rwsem") else "queue",
            known[name].facts.answered_by,
        )
        for name in sorted(names, key=list(known).index)
        if name in known
    )
    others = [edge.holder for edge in edges if edge.waiter in shown]
    tasks = tuple(dict.fromkeys((*shown, *others)))
    return Scene(tasks, len(shown), things, pools_of(trace), circle_of(graphs))


def circle_of(graphs: Iterable[WaitForGraph]) -> tuple[str, ...]:
    """Tasks and things of the last closed circle, alternately; () if none closes."""
    closed = [graph.cycle for graph in graphs if graph.cycle]
    return tuple(name for edge in closed[-1] for name in (edge.waiter, edge.what)) if closed else ()


_GROUPS = {
    "free": "free",
    "rss": "held by processes",
    "lent": "lent to the host",
    "on its way": "on their way back",
    "kept": "in hands and caches",
    "outside": "outside",
}
"""The parts of the tank, in their order, by role."""


def pools_of(trace: Trace) -> tuple[Pool, ...]:
    """The parts of the tank that ever hold a page. The first pool that a listener lends from is
    its store; pages in any other are on their way back."""
    ever: set[str] = {slot.name for slot in trace.slots if slot.kind == "pool" and slot.initial}
    pools = {slot.name: slot.facts for slot in trace.slots if slot.kind == "pool"}
    for event in trace.events:
        ever.update(name for name, value in event.changes.items() if name in pools and value)
    groups: dict[str, list[str]] = {role: [] for role in _GROUPS}
    lenders = 0
    for name, facts in pools.items():
        if facts.role == "lent":
            lenders += 1
        role = "on its way" if facts.role == "lent" and lenders > 1 else facts.role
        if name in ever:
            groups.setdefault(role, []).append(name)
    return tuple(
        Pool(_GROUPS.get(role, role), role.replace(" ", "-"), tuple(names), _mark(names, pools))
        for role, names in groups.items()
        if names
    )


def _mark(names: list[str], pools: dict[str, Facts]) -> int | None:
    marks = [mark for name in names if (mark := pools[name].mark) is not None]
    return sum(marks) if marks else None
