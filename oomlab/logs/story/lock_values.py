"""What the slot of a lock holds when somebody takes the lock, or gives it back."""

from __future__ import annotations

from oomlab.engine.trace.events import Json
from oomlab.logs.story.claims import HoldClaim


def taken(before: Json, claim: HoldClaim) -> Json:
    """The value after a task has the lock: its name, or of a semaphore who reads and who writes."""
    if not isinstance(before, dict):
        return claim.task
    value = {**before, "queued": [task for task in before["queued"] if task != claim.task]}
    if claim.mode == "writes":
        return {**value, "writer": claim.task}
    return {**value, "readers": [*dict.fromkeys((*before["readers"], claim.task))]}


def given_back(before: Json, task: str) -> Json:
    """The value after a task has it no more; the same if it had not."""
    if not isinstance(before, dict):
        return "" if before == task else before
    return {
        **before,
        "readers": [reader for reader in before["readers"] if reader != task],
        "writer": "" if before["writer"] == task else before["writer"],
    }
