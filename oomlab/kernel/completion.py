"""Completions (kernel/sched/completion.c): something has happened, and stays so."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, wake, write
from oomlab.engine.slots import Answerer, Crowd
from oomlab.kernel.wait import wait_event


@dataclass(frozen=True, eq=False)
class Completion:
    """Whether it has happened, and who waits for it."""

    done: Slot
    wait: Slot

    @classmethod
    def declare(cls, layout: Layout, name: str, completed_by: Answerer | Crowd) -> Completion:
        """It has not happened yet."""
        says = {"write": f"completes {name}"}
        return cls(
            layout.word(name, 0, says=says), layout.queue(f"waiters for {name}", completed_by)
        )


def complete_all(completion: Completion) -> Routine:
    """It has happened: let everybody go who waits for it, now or later."""
    yield write(completion.done, 1)
    yield wake(completion.wait)


def wait_for_completion(completion: Completion) -> Routine:
    """Sleep, uninterruptibly, until it has happened."""
    yield from wait_event(completion.wait, completion.done, 1)
