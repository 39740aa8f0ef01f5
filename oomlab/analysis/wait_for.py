"""Who waits for whom at one moment, and whether the waiting closes into a cycle.

A cycle of lock edges is the textbook deadlock. Two other dependencies close cycles just as well and
do not show among the locks: a task that *polls* a lock, and a task that waits for an *event* which
only one other task can bring about.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal

from oomlab.analysis.spans import Span, span_at, task_spans
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Json, TaskInfo, Trace
from oomlab.errors import InputError

EdgeKind = Literal["lock", "poll", "event"]
"""How a task depends on another: asleep on a lock, polling a lock, asleep until an event."""


@brief
@dataclass(frozen=True, slots=True)
class Edge:
    """`waiter` cannot go on before `holder` does something about `what` (a lock or a queue). Of an
    event: what the holder `gives`."""

    waiter: str
    holder: str
    what: str
    kind: EdgeKind
    gives: str = ""


@brief
@dataclass(frozen=True, slots=True)
class WaitForGraph:
    """All dependencies at one moment.

    `nodes`: every task that waits or is waited for, in the trace's order. `cycle`: the edges of a
    shortest cycle, each beginning where the one before ended; () if there is none.
    """

    at_us: int
    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]
    cycle: tuple[Edge, ...]


def wait_for_graph(trace: Trace, at_us: int) -> WaitForGraph:
    """The graph after everything that happened at `at_us`.

    A moment after the end counts as the end. Raises InputError for a negative one.
    """
    if at_us < 0:
        raise InputError(f"the moment cannot be {at_us}; valid: 0 to {trace.ended_at_us}")
    return _graph(trace, task_spans(trace), trace.values_at(at_us), at_us)


@checked
def first_cycle_us(trace: Trace) -> int | None:
    """The first moment at which waiting closes into a cycle; None if it never does."""
    spans = task_spans(trace)
    values = {slot.name: slot.initial for slot in trace.slots}
    for number, event in enumerate(trace.events):
        values.update(event.changes)
        later = trace.events[number + 1 : number + 2]
        if later and later[0].at_us == event.at_us:
            continue
        if _graph(trace, spans, values, event.at_us).cycle:
            return event.at_us
    return None


def waiting_sentence(edge: Edge) -> str:
    """The edge in words: "fs_task waits for balloon_lock, held by balloon_worker"."""
    return f"{edge.waiter} {waiting_phrase(edge.what, edge.kind, (edge.holder,), edge.gives)}"


def waiting_phrase(
    what: str, kind: EdgeKind, holders: tuple[str, ...] = (), gives: str = ""
) -> str:
    """What a waiting task does, without its name; `holders` in the order in which they had it. Of
    an event: who answers, and what that one `gives`, if it is known."""
    if kind == "event":
        return f"waits for {gives} from {holders[0]}" if gives else f"waits on {what}"
    verb = "polls" if kind == "poll" else "waits for"
    held = f", held by {', then '.join(holders)}" if holders else ""
    return f"{verb} {what or 'a free page'}{held}"


def edge_kind(span: Span) -> EdgeKind | None:
    """The kind of dependency that a span may be; None if the task waits for nobody."""
    if span.state == "polls":
        return "poll"
    if span.state == "blocked":
        return "lock"
    return "event" if span.state == "waits" else None


def _graph(
    trace: Trace, spans: tuple[Span, ...], values: Mapping[str, Json], at_us: int
) -> WaitForGraph:
    names = [task.name for task in trace.tasks]
    edges = [
        edge for name in names for edge in edges_of(span_at(spans, name, at_us), names, values)
    ]
    ends = {name for edge in edges for name in (edge.waiter, edge.holder)}
    nodes = tuple(name for name in names if name in ends)
    # Told from a task with a job, a cycle is easier to follow than from a kernel thread.
    starts = [task.name for task in sorted(trace.tasks, key=_in_the_background)]
    starts = [name for name in starts if name in ends]
    return WaitForGraph(at_us, nodes, tuple(edges), _shortest_cycle(starts, edges))


def edges_of(span: Span, names: Container[str], values: Mapping[str, Json]) -> list[Edge]:
    """On whom the task of a span depends while the slots have these `values`; `names` are those of
    all tasks."""
    kind = edge_kind(span)
    if kind == "event":
        # Somebody who has been taken off the queue only has to run again.
        asleep = not isinstance(values[span.on], list) or span.task in values[span.on]
        holders = [span.answered_by] if span.answered_by in names and asleep else []
    else:
        holders = _in_the_way(values[span.on], span.task) if kind and span.on else []
    return [Edge(span.task, holder, span.on, kind, span.gives) for holder in holders if kind]


def _in_the_background(task: TaskInfo) -> bool:
    return not task.foreground


def _in_the_way(value: Json, waiter: str) -> list[str]:
    """Who must let go of a lock of this value before `waiter` can have it."""
    if not isinstance(value, Mapping):
        return [value] if value else []
    ahead = [value["writer"]] if value["writer"] else []
    if waiter in value["queued"]:
        ahead += value["readers"]  # a queued writer waits for every reader
    elif not ahead:
        ahead += value["queued"]  # a reader waits behind queued writers
    return ahead


def _shortest_cycle(starts: list[str], edges: list[Edge]) -> tuple[Edge, ...]:
    """A shortest cycle; of several, the one that passes through the earliest of `starts`."""
    leaving: dict[str, list[Edge]] = {node: [] for node in starts}
    for edge in edges:
        leaving[edge.waiter].append(edge)
    best: tuple[Edge, ...] = ()
    for start in starts:
        found = _way_back(start, leaving)
        if found and (not best or len(found) < len(best)):
            best = found
    return best


def _way_back(start: str, leaving: Mapping[str, list[Edge]]) -> tuple[Edge, ...]:
    """The shortest way along edges from `start` back to `start`, breadth first; () if none."""
    ways: dict[str, tuple[Edge, ...]] = {start: ()}
    front = [start]
    while front:
        reached: list[str] = []
        for node in front:
            for edge in leaving[node]:
                way = (*ways[node], edge)
                if edge.holder == start:
                    return way
                if edge.holder not in ways:
                    ways[edge.holder] = way
                    reached.append(edge.holder)
        front = reached
    return ()
