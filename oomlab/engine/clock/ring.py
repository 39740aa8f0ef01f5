"""A routine that goes round in circles is not run again and again.

A routine that stands at the same place with the same variables as at its last sleep will do the
same ops again, for as long as it receives the same results. The clock then takes the ops from a
ring of what the task did since that sleep. The routine itself stands still meanwhile; it is brought
up to date as soon as a result differs. Parking leaves polls out; here every op is still done.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oomlab.engine.ops import Op, Outcome, State, outcomes
from oomlab.engine.routines import LocalState


class Turn:
    """One step on the ring: the op, the call stack, the result that leads to `next`.

    `where` is the routine's local state there, once somebody wanted to know.
    """

    __slots__ = ("found", "next", "op", "result", "stack", "state", "where")

    def __init__(self, op: Op, stack: tuple[str, ...], result: Any) -> None:
        self.op = op
        self.stack = stack
        self.result = result
        self.next = self
        self.where: LocalState | None = None
        self.state: State | None = None
        self.found: list[Outcome] = []

    def outcomes(self, state: State, task: int) -> list[Outcome]:
        """The outcomes of the op. A meaning looks at nothing but the state: `found` remains right
        for as long as nobody makes a new one."""
        self.state, self.found = state, outcomes(state, task, self.op)
        return self.found

    def leads_on(self, result: Any) -> bool:
        """Is `result` the one after which the routine does what it did before?"""
        return type(result) is type(self.result) and bool(result == self.result)


def ring(turns: Iterable[Turn]) -> Turn:
    """Join the turns to a ring. Result: the first."""
    found = list(turns)
    for here, there in zip(found, (*found[1:], found[0]), strict=True):
        here.next = there
    return found[0]
