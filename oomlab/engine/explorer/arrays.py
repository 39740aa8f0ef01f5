"""Whether the search may use numpy's arrays, and when they pay."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Protocol

from oomlab.engine.explorer.graph import Graph

FEW = 1 << 15
"""States up to which plain Python is as quick as the import of numpy and its arrays (measured)."""

FEW_WITH_NUMPY = 1 << 12
"""The same where numpy has been imported already."""


class Grower(Protocol):
    """Lets a graph grow."""

    def number(self, states: list[int]) -> list[int]:
        """The numbers of some states, which become states of the graph."""

    def expand(self) -> None:
        """Record the moves of the next states of the graph, up to the budget."""


def wanted(states: int) -> bool:
    """Are these so many states that arrays pay, and is numpy there?"""
    few = min(FEW, FEW_WITH_NUMPY) if sys.modules.get("numpy") else FEW
    return states > few and find_spec("numpy") is not None


def grower(graph: Graph, budget: int, *, timeouts: bool) -> Grower:
    """What lets a graph grow by arrays."""
    from oomlab.engine.explorer.many import Many

    return Many(graph, budget, timeouts=timeouts)
