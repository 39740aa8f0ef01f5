"""The explorer's answers in the form the tests compare."""

from __future__ import annotations

from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.verdict import judge
from oomlab.engine.model import Model


def words(graph: Graph) -> dict[str, bool]:
    """What the tests compare, of a graph."""
    verdict = judge(graph)
    return {
        "lockup": verdict.word == "lockup",
        "blocked": verdict.blocked,
        "livelock": verdict.livelock,
        "panic": verdict.panic,
    }


def explored(model: Model, timeouts: Timeouts = "any", budget: int = 100_000) -> Graph:
    """The graph with every reduction, as `oomlab explore` makes it."""
    return state_graph(model, timeouts, budget)
