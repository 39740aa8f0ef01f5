"""The form of a wait-for graph without its names: what kind of task waits, how, for what kind of
thing, which what kind of task has. Two machines whose tasks have other names can have one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from oomlab.analysis import EdgeKind, WaitForGraph, waiting_sentence
from oomlab.logs.story.functions import frame_meaning
from oomlab.logs.story.locks import LockRole, role_of

GraphPart = Literal[
    "walks the chain", "works for a listener", "asks from within a filesystem", "asks for memory",
    "SysRq", "changes the chain", "the chain's thread", "answers", "does something else",
    "is not known",
]  # fmt: skip
"""The part that a task has in the graph."""


@dataclass(frozen=True, slots=True)
class Link:
    """An edge without names. `of`: the driver that the waiter or the holder is in, "" for none;
    `shown`: the edge in words, with its names. `in_circle`: it is part of a closed circle."""

    waiter: GraphPart
    kind: EdgeKind
    what: LockRole
    holder: GraphPart
    of: str
    shown: str
    in_circle: bool = False


def part_of(stack: Sequence[str]) -> tuple[GraphPart, str]:
    """The part of a task with this stack (names as in a trace, outermost first), and whose driver
    it is in."""
    found = [what for name in stack if (what := frame_meaning(name)) is not None]
    places = [what.place for what in found]
    of = next((w.of.split()[0] for w in found if w.of and w.place != "filesystem"), "")
    if "thread" in places:
        return "the chain's thread", of
    # Only below out_of_memory it is the OOM chain; what comes before that is the way in.
    if "out_of_memory" in places and ("chain" in places or "listener" in places):
        return "walks the chain", of
    if "registration" in places:
        return "changes the chain", of
    if "sysrq" in places:
        return "SysRq", of
    if {"balloon", "listener"} & {*places}:
        return "works for a listener", of
    if "allocator" in places:
        inside = "filesystem" in places[: places.index("allocator")] or stack[0] in _FILESYSTEM
        return ("asks from within a filesystem" if inside else "asks for memory"), of
    return "does something else", of


def role_for(waiter: GraphPart, lock: str) -> LockRole:
    """The role of a lock: one of an unknown kind that is asked for inside a callback of the chain
    is one that a listener takes."""
    role = role_of(lock)
    return "listener" if role == "other" and waiter == "walks the chain" else role


_FILESYSTEM = ("filesystem_task",)
"""Bodies of tasks of the model that stand in a filesystem."""


def links(graph: WaitForGraph, stacks: Mapping[str, Sequence[str]]) -> tuple[Link, ...]:
    """The edges of a graph without names. `stacks`: where each task stands, outermost first."""
    found = []
    for edge in graph.edges:
        waiter, of = part_of(stacks.get(edge.waiter, ()))
        holder, holders_of = part_of(stacks.get(edge.holder, ()))
        if edge.kind == "event":
            holder, holders_of = "answers", edge.holder
        elif edge.holder not in stacks:
            holder = "is not known"
        what: LockRole = "answer" if edge.kind == "event" else role_for(waiter, edge.what)
        if what == "listener" and holder == "does something else":
            holder = "works for a listener"  # what a callback takes is that driver's
        shown = waiting_sentence(edge)
        closed = edge in graph.cycle
        found.append(Link(waiter, edge.kind, what, holder, of or holders_of, shown, closed))
    return tuple(found)


_WEIGHTS = (0.2, 0.2, 0.35, 0.25)
"""How much each part of a link counts: who waits, how, for what, who has it (our choice)."""
_OTHER_DRIVER = 0.8
"""Of links that agree but for the driver (our choice)."""
_OF_THE_LOG = 0.7
"""A log shows a part of what goes on: that its own edges agree counts more than that the model has
further ones (our choice)."""
_PAIR = 0.55
"""From here on two links are taken for the same one (our choice): more than the lock and who has it
agree, if one of them is part of a circle and the other is not."""
_BESIDE = 0.25
"""How much an edge beside a circle counts, against one of the circle (our choice)."""
_OTHER_PLACE = 0.85
"""Of links of which only one is part of a circle (our choice)."""
_ALIKE = {("met", "filesystem"), ("met", "other")}
"""What is met in reclaim may be any lock that a shrinker takes."""


def _same_what(one: Link, other: Link) -> bool:
    both = {(one.what, other.what), (other.what, one.what)}
    return one.what == other.what or bool(both & _ALIKE)


def agrees(one: Link, other: Link) -> bool:
    """Do they say the same, as far as both are known?"""
    holders = one.holder == other.holder or "is not known" in (one.holder, other.holder)
    return (
        (one.waiter, one.kind) == (other.waiter, other.kind) and holders and _same_what(one, other)
    )


def likeness(one: Link, other: Link) -> float:
    """How much two links agree, from 0 to 1."""
    parts = (one.waiter == other.waiter, one.kind == other.kind, _same_what(one, other))
    score = sum(weight * ok for weight, ok in zip(_WEIGHTS, parts, strict=False))
    if "is not known" in (one.holder, other.holder):
        score += _WEIGHTS[3] / 2
    elif one.holder == other.holder:
        score += _WEIGHTS[3]
    if one.of != other.of and one.of and other.of:
        score *= _OTHER_DRIVER
    return score if one.in_circle == other.in_circle else score * _OTHER_PLACE


def nearness(mine: Sequence[Link], others: Sequence[Link]) -> tuple[float, list[tuple[Link, Link]]]:
    """How near two graphs are, from 0 to 1, and which link goes with which."""
    pairs = sorted(
        ((likeness(a, b), i, j) for i, a in enumerate(mine) for j, b in enumerate(others)),
        key=_best_first,
    )
    used: tuple[set[int], set[int]] = (set(), set())
    weights = _counting(mine), _counting(others)
    mine_agrees, theirs_agrees, matched = 0.0, 0.0, []
    for score, i, j in pairs:
        if i not in used[0] and j not in used[1] and score > _PAIR:
            used[0].add(i)
            used[1].add(j)
            mine_agrees += score * weights[0][i]
            theirs_agrees += score * weights[1][j]
            matched.append((mine[i], others[j]))
    if not mine or not others:
        return 0.0, []
    ours, theirs = mine_agrees / sum(weights[0]), theirs_agrees / sum(weights[1])
    return _OF_THE_LOG * ours + (1 - _OF_THE_LOG) * theirs, matched


def _counting(several: Sequence[Link]) -> list[float]:
    """How much each link counts: who only waits beside a circle, less."""
    closed = any(link.in_circle for link in several)
    return [1.0 if link.in_circle or not closed else _BESIDE for link in several]


def _best_first(pair: tuple[float, int, int]) -> tuple[float, int, int]:
    return -pair[0], pair[1], pair[2]
