"""Which ops are not steps of their own.

Letting time pass, printing, watching (ghosts) and touching a slot that is private to the task
cannot be seen by any other task; these are never steps. The explorer folds two more kinds into the
step before: reading what never changes, and releasing a lock that others can only wait for (such a
release never closes a way for anybody). The schedules that remain show every verdict that the full
set shows.
"""

from __future__ import annotations

from oomlab.engine.ops import GHOST_KINDS, LOCAL_KINDS, Op
from oomlab.errors import ModelError

FOLDED_AT_MOST = 10_000
"""More folded ops in a row than this are a loop that nobody can see (our choice)."""


def is_folded(op: Op, task: int) -> bool:
    """Can no other task notice `op`?"""
    if op.kind in LOCAL_KINDS or op.kind in GHOST_KINDS:
        return True
    return bool(op.slots) and all(slot.private_to == task for slot in op.slots)


READING_KINDS = frozenset(
    {"read", "move", "holds_more", "exceeds", "take_page", "select_bad_process"}
)
"""Ops whose outcome on unchanging slots is always the same."""


def is_absorbed(op: Op, task: int, constant: frozenset[int] | None) -> bool:
    """May the explorer do `op` together with the step before? `constant` are the indices of slots
    that no reachable step changes; None: only if nobody else can notice `op`."""
    if constant is None:
        return is_folded(op, task)
    if is_folded(op, task) or op.kind == "up_read":
        return True
    if op.kind in ("mutex_unlock", "spin_unlock"):
        return not op.slots[0].polled
    return op.kind in READING_KINDS and all(slot.index in constant for slot in op.slots)


def check_fold_length(length: int, name: str) -> None:
    """Raise ModelError when a task seems to loop without a step that others can notice."""
    if length > FOLDED_AT_MOST:
        raise ModelError(f"{name} loops for ever without a step that another task could notice")
