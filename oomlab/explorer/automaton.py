"""A task learned as a small automaton.

A task is a deterministic function of the results of its ops, so its generator is run once per
(local state, result) and never again. Local states are recognised by position and variables.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from oomlab.model import Actor
from oomlab.ops import Op, Routine
from oomlab.routines import LocalState, local_state


class Node(NamedTuple):
    """A local state: the op it is about to do (None: finished), and how it was first reached."""

    op: Op | None
    parent: int
    result: Hashable


FINISHED: LocalState = ("finished",)


class Automaton:
    """The local states of one task known so far; number 0 is the start."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.nodes: list[Node] = []
        self._numbers: dict[LocalState, int] = {}
        self._edges: dict[tuple[int, Hashable], int] = {}
        routine = actor.body()
        self._add(routine, next(routine, None), -1, None)

    def after(self, node: int, result: Hashable) -> int:
        """The local state that follows `node` when its op gave `result`."""
        key = (node, result)
        if key not in self._edges:
            routine = self._rebuild(node)
            try:
                op = routine.send(result)
            except StopIteration:
                op = None
            self._edges[key] = self._add(routine, op, node, result)
        return self._edges[key]

    def _rebuild(self, node: int) -> Routine:
        """A fresh generator brought to `node` by the results that first led there."""
        results = []
        while node != 0:
            results.append(self.nodes[node].result)
            node = self.nodes[node].parent
        routine = self.actor.body()
        next(routine)
        for result in reversed(results):
            routine.send(result)
        return routine

    def _add(self, routine: Routine, op: Op | None, parent: int, result: Hashable) -> int:
        where = FINISHED if op is None else local_state(routine, op)
        number = self._numbers.setdefault(where, len(self.nodes))
        if number == len(self.nodes):
            self.nodes.append(Node(op, parent, result))
        return number
