"""Who waited for whom in a log, at the moment that shows most, and how each of it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.analysis import Edge, WaitForGraph, wait_for_graph, waiting_sentence
from oomlab.engine.trace.events import Trace
from oomlab.logs.story.claims import HoldClaim
from oomlab.logs.story.standing import TaskStanding
from oomlab.logs.story.standings import LogScene
from oomlab.logs.story.wants import Knowledge, weaker

MOST_MOMENTS = 40
"""Moments that are looked at, the latest ones (our choice): a machine that hangs repeats itself."""


EXACT_US = 1_000_000
"""The hung-task detector says in whole seconds for how long a task has not run."""

_WHICH_LAST = (
    "which of the waits in the circle began last: of each it is known only since when at the latest"
)


@dataclass(frozen=True)
class KnownEdge:
    """An edge, how it is known, and the lines of the log that show it."""

    edge: Edge
    known: Knowledge
    lines: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """In words, without a full stop."""
        return f"{waiting_sentence(self.edge)} ({self.known})"


@dataclass(frozen=True)
class LogWaits:
    """The wait-for graph of a log. `edges` say how each is known; `closing`: the edge that closes
    the circle, the last that began as far as the log says; `unsaid`: what the log does not say."""

    graph: WaitForGraph
    edges: tuple[KnownEdge, ...]
    closing: KnownEdge | None
    unsaid: tuple[str, ...]

    @property
    def known(self) -> Mapping[Edge, str]:
        """How it is known of each edge, for a figure; what the kernel says itself needs no word."""
        return {one.edge: one.known for one in self.edges if one.known != "said by the kernel"}


def waits_of(trace: Trace, scene: LogScene) -> LogWaits:
    """The graph with a circle, else the one with most edges; of several, the latest."""
    seen = {one.last_us for one in scene.standings if one.want is not None}
    best = wait_for_graph(trace, trace.ended_at_us)
    for at_us in sorted(seen, reverse=True)[:MOST_MOMENTS]:
        graph = wait_for_graph(trace, at_us)
        if _weight(graph) > _weight(best):
            best = graph
    edges = tuple(_known(edge, best.at_us, scene) for edge in best.edges)
    in_circle = [one for one in edges if one.edge in best.cycle]
    began = {one.edge: _began(one.edge, best.at_us, scene) for one in in_circle}
    closing = max(in_circle, key=lambda one: began[one.edge], default=None)
    unsaid = scene.unsaid
    if closing is not None:
        close = [at_us for at_us in began.values() if began[closing.edge] - at_us <= EXACT_US]
        unsaid += (_WHICH_LAST,) if len(close) > 1 else ()
    return LogWaits(best, edges, closing, unsaid)


def _weight(graph: WaitForGraph) -> tuple[bool, int]:
    return bool(graph.cycle), len(graph.edges)


def _standing(edge: Edge, at_us: int, scene: LogScene) -> TaskStanding | None:
    mine = [
        one
        for one in scene.standings
        if one.seen.task == edge.waiter and one.want is not None and one.from_us <= at_us
    ]
    return mine[-1] if mine else None


def _claim(edge: Edge, at_us: int, scene: LogScene) -> HoldClaim | None:
    mine = [
        claim
        for claim in scene.claims
        if (claim.lock, claim.task) == (edge.what, edge.holder) and claim.from_us <= at_us
    ]
    return mine[-1] if mine else None


def _known(edge: Edge, at_us: int, scene: LogScene) -> KnownEdge:
    one, claim = _standing(edge, at_us, scene), _claim(edge, at_us, scene)
    wanted = one.want if one is not None else None
    known: Knowledge = wanted.known if wanted is not None else "inferred"
    lines = [wanted.line] if wanted is not None else []
    if claim is not None:
        known = weaker(known, claim.known)
        lines.append(claim.line)
        owner = one.seen.owner if one is not None else None
        if owner is not None and owner.task == edge.holder:
            known = "said by the kernel"  # "likely": the line names both
            lines.append(owner.line)
    return KnownEdge(edge, known, tuple(dict.fromkeys(lines)))


def _began(edge: Edge, at_us: int, scene: LogScene) -> int:
    one = _standing(edge, at_us, scene)
    return one.from_us if one is not None else 0
