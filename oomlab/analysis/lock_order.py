"""In which order locks were taken, and whether those orders contradict each other.

An edge A -> B says that some task, holding A, asked for B. A circle of edges is a deadlock that may
happen, though none needs to have happened: its parts may have been seen in different tasks, at
different times and in different runs. The rules are those of Linux's lock validator (lockdep,
kernel/locking/lockdep.c), read in 4.13 and 4.14; `lock_learning` applies them to traces.

What the graph cannot show: a wait that is not for a lock (an event, a page, a device), a lock that
is polled (a failed trylock leaves no trace), and work that another task does for the waiter.

Locks are told apart by slot, that is by instance. Lockdep knows classes: it takes all inodes' locks
for one, warns of more, and needs subclasses to keep order among equals. Neither is modelled; nor is
its habit of switching itself off after the first warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from oomlab.brief import brief

Annotation = Literal["4.13", "4.14", "4.18"]
"""How a kernel tells its validator about reclaim.

"4.13": a lock can be *held over* a request that may enter filesystem reclaim and *used in* such
reclaim (state RECLAIM_FS); both, or an order from the second to the first, is an error. "4.14": a
pseudo-lock is taken for a moment by each such request and held around direct reclaim
(d92a8cfcb37e); but PF_MEMALLOC was set first, so around reclaim it is held only for requests with
`__GFP_NOMEMALLOC`, as the balloon's is. "4.18": held around all such reclaim (93781325da6e).
"""

RECLAIM = "fs_reclaim"
"""The pseudo-lock of 4.14; here also the node that the two states of 4.13 point to and from."""


@brief
@dataclass(frozen=True, slots=True)
class Witness:
    """The occasion on which an order was first seen.

    `run` counts the traces from 0, `at_us` is microseconds (a step in a replayed schedule) and
    `moment` the same in words. `held_in`, `taken_in`: the kernel functions in which `task` had
    taken the lock it held, and asked for the other.
    """

    run: int
    at_us: int
    moment: str
    task: str
    held_in: str
    taken_in: str


@brief
@dataclass(frozen=True, slots=True)
class OrderEdge:
    """`taken` was asked for while `held` was held.

    `shared`: under the annotation of 4.13, an edge to or from RECLAIM for a lock held for reading;
    a lock that is only read on both sides of reclaim is no error there. Else False.
    """

    held: str
    taken: str
    shared: bool
    witness: Witness


@brief
@dataclass(frozen=True, slots=True)
class LockCycle:
    """Orders that contradict each other: each edge begins where the one before ended.

    The first edge is the one that was learned last: at that moment the warning appears.
    """

    edges: tuple[OrderEdge, ...]

    @property
    def closing(self) -> OrderEdge:
        """The edge at which the validator warns."""
        return self.edges[0]

    @property
    def locks(self) -> tuple[str, ...]:
        """The locks along the circle, each once."""
        return tuple(edge.held for edge in self.edges)

    @property
    def runs(self) -> frozenset[int]:
        """The runs without which this would not have been seen."""
        return frozenset(edge.witness.run for edge in self.edges)


@brief
@dataclass(frozen=True, slots=True)
class LockOrderGraph:
    """All orders learned, in the order of learning, and the runs they come from."""

    annotation: Annotation
    runs: tuple[str, ...]
    edges: tuple[OrderEdge, ...]

    def cycles(self) -> tuple[LockCycle, ...]:
        """The warnings, in the order in which they appear: for each edge that closes a circle with
        edges learned before it, a shortest such circle."""
        found: list[LockCycle] = []
        for number, edge in enumerate(self.edges):
            way = _way_back(edge, self.edges[:number])
            if way is not None:
                found.append(LockCycle((edge, *way)))
        return tuple(found)

    def way(self, start: str, goal: str) -> tuple[OrderEdge, ...]:
        """A shortest way along the edges from lock `start` to lock `goal`; () if there is none."""
        return _way((start, False), {(goal, False), (goal, True)}, self.edges)


def edge_sentence(edge: OrderEdge) -> str:
    """The order in words, with who was seen doing it, where and when."""
    witness = edge.witness
    when = f"(at {witness.moment}, run {witness.run + 1})"
    if edge.held == RECLAIM:
        doing = f"{witness.task}, inside direct reclaim ({witness.held_in}),"
    else:
        doing = f"{witness.task}, holding {edge.held} since {witness.held_in},"
    if edge.taken == RECLAIM:
        asked = f"asked in {witness.taken_in} for a page with leave to enter filesystem reclaim"
    elif edge.taken == edge.held:
        asked = f"asked for it again in {witness.taken_in}"
    else:
        asked = f"asked for {edge.taken} in {witness.taken_in}"
    return f"{doing} {asked} {when}"


def cycle_sentence(cycle: LockCycle) -> str:
    """The warning in words: the circle, where it was completed, and what that does not say."""
    circle = " -> ".join((*cycle.locks, cycle.locks[0]))
    seen = "in one run" if len(cycle.runs) == 1 else f"in {len(cycle.runs)} different runs"
    return (
        f"possible deadlock: {circle}; complete when {edge_sentence(cycle.closing)}; "
        f"seen {seen}, whether or not anything ever locked up"
    )


Reached: TypeAlias = tuple[str, bool]
"""A lock, and whether it was reached by a shared edge; only RECLAIM is ever reached by one."""


def _way_back(edge: OrderEdge, earlier: tuple[OrderEdge, ...]) -> tuple[OrderEdge, ...] | None:
    """How `earlier` leads from the end of `edge` back to its beginning; None if it does not."""
    if edge.held == edge.taken:
        return ()
    goals = {(edge.held, False)}
    if not edge.shared:
        goals.add((edge.held, True))
    return _way(_end(edge), goals, earlier) or None


def _end(edge: OrderEdge) -> Reached:
    return (edge.taken, edge.shared and edge.taken == RECLAIM)


def _way(start: Reached, goals: set[Reached], edges: Iterable[OrderEdge]) -> tuple[OrderEdge, ...]:
    """A shortest way from `start` to one of `goals`, breadth first; () if there is none.

    Reclaim that was reached by a shared edge cannot be left by another.
    """
    leaving: dict[str, list[OrderEdge]] = {}
    for edge in edges:
        leaving.setdefault(edge.held, []).append(edge)
    came: dict[Reached, tuple[Reached, OrderEdge] | None] = {start: None}
    queue = [start]
    for node in queue:
        for edge in leaving.get(node[0], ()):
            after = _end(edge)
            if after in came or (node[1] and edge.shared):
                continue
            came[after] = (node, edge)
            if after in goals:
                return _followed(came, after)
            queue.append(after)
    return ()


def _followed(
    came: Mapping[Reached, tuple[Reached, OrderEdge] | None], node: Reached
) -> tuple[OrderEdge, ...]:
    """The edges that led to `node`, first to last."""
    way: list[OrderEdge] = []
    step = came[node]
    while step is not None:
        way.append(step[1])
        step = came[step[0]]
    return tuple(reversed(way))
