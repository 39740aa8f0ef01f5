"""Blocking notifier chains (kernel/notifier.c)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from oomlab.kernel.task import Task
from oomlab.limits import Limit
from oomlab.model import Layout
from oomlab.ops import Routine, Slot, down_read, read, up_read, write

LIMITS = (
    Limit(
        "not modelled",
        "Registration while the chain is walked",
        "Listeners are registered before the run begins.",
    ),
)

Callback = Callable[[Task, Slot], Routine]
"""Called with the running task and the counter to which freed pages are added."""


@dataclass(frozen=True, eq=False)
class NotifierBlock:
    """One listener: its callback and its priority (higher runs earlier)."""

    name: str
    callback: Callback
    priority: int = 0


@dataclass(eq=False)
class BlockingNotifierChain:
    """Listeners in descending priority behind an rwsem that a walk holds for reading.

    The chain knows callables only; that one of them will call back into the allocator is not
    visible here. The circle of calls closes at run time.
    """

    rwsem: Slot
    blocks: list[NotifierBlock] = field(default_factory=list)

    @classmethod
    def declare(cls, layout: Layout, name: str) -> BlockingNotifierChain:
        """An empty chain with its rwsem."""
        return cls(layout.rwsem(f"{name} rwsem"))

    def register(self, block: NotifierBlock) -> None:
        """Insert `block` behind those of equal or higher priority (before the run begins)."""
        place = sum(other.priority >= block.priority for other in self.blocks)
        self.blocks.insert(place, block)


def blocking_notifier_call_chain(
    chain: BlockingNotifierChain, current: Task, freed: Slot
) -> Routine:
    """Call every listener in order; none of the five OOM listeners stops the walk."""
    if not chain.blocks:
        return
    yield down_read(chain.rwsem)
    for i in range(len(chain.blocks)):
        yield from chain.blocks[i].callback(current, freed)
    yield up_read(chain.rwsem)


def add_freed(freed: Slot, pages: int) -> Routine:
    """`*freed += pages`, a read and a write as in C."""
    before = yield read(freed)
    yield write(freed, before + pages)
