"""Blocking notifier chains (kernel/notifier.c)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oomlab.engine.model import Layout
from oomlab.engine.ops import (
    Routine,
    Slot,
    announce_write,
    down_read,
    down_write,
    read,
    up_read,
    up_write,
    write,
)
from oomlab.engine.slots import Listener
from oomlab.errors import ModelError
from oomlab.kernel.task import Task

OOM_NOTIFY_LIST = "oom_notify_list"


def walkers(values: Mapping[str, Any]) -> list[str]:
    """For a property: the tasks that are walking the OOM chain."""
    tasks: list[str] = values[f"{OOM_NOTIFY_LIST} rwsem"]["readers"]
    return tasks


Callback = Callable[[Task, Slot], Routine]
"""Called with the running task and the counter to which freed pages are added."""

ENOENT = 2
"""Error number of unregistering a listener that is not in the chain (errno.h)."""


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

    `blocks` are the listeners that are registered before the run begins. Where listeners come or go
    during the run, `members` is a word with the names of those in the chain, in the order in which
    a walk calls them; elsewhere it is None, and the model has one slot less.
    """

    rwsem: Slot
    blocks: list[NotifierBlock] = field(default_factory=list)
    members: Slot | None = None
    known: dict[str, NotifierBlock] = field(default_factory=dict)

    @classmethod
    def declare(cls, layout: Layout, name: str) -> BlockingNotifierChain:
        """An empty chain with its rwsem."""
        says = {
            "down_read": "begins to walk the notifier chain",
            "up_read": "has walked the whole chain",
        }
        return cls(layout.rwsem(f"{name} rwsem", role="chain", says=says))

    def register(self, block: NotifierBlock) -> None:
        """Insert `block` behind those of equal or higher priority, before the run begins: in the
        earliest boot phase nobody takes the rwsem.

        Raises ModelError after `let_change`.
        """
        if self.members is not None:
            raise ModelError(f"{block.name} registers at boot, but the boot is over")
        place = sum(other.priority >= block.priority for other in self.blocks)
        self.blocks.insert(place, block)

    def changing(self) -> Slot:
        """Where it stands who is in the chain. Raises ModelError before `let_change`."""
        if self.members is None:
            raise ModelError(
                "a listener is to come or go while the machine runs: call"
                " oom_notify_list.let_change(layout, the listeners that may join) beforehand"
            )
        return self.members

    def let_change(self, layout: Layout, *later: NotifierBlock) -> None:
        """From here on listeners are registered and unregistered by routines; `later` are those
        that may join. Raises ModelError if two listeners share a name."""
        for block in (*self.blocks, *later):
            if block.name in self.known:
                raise ModelError(f"two listeners are named {block.name!r}")
            self.known[block.name] = block
        names = tuple(block.name for block in self.blocks)
        says = {
            "read": "looks who is in the chain",
            "write": "changes who is in the chain",
        }
        self.members = layout.word(OOM_NOTIFY_LIST, names, says=says)

    def listeners(self) -> tuple[Listener, ...]:
        """All that are or may be in the chain, in the order in which a walk calls them."""
        blocks = sorted(self.known.values(), key=_first_first) if self.known else self.blocks
        return tuple(Listener(b.name, b.callback.__name__, b.priority) for b in blocks)

    def with_member(self, names: tuple[str, ...], block: NotifierBlock) -> tuple[str, ...]:
        """The chain `names` with `block` behind those of equal or higher priority
        (notifier_chain_register)."""
        place = sum(self.known[name].priority >= block.priority for name in names)
        return (*names[:place], block.name, *names[place:])


def _first_first(block: NotifierBlock) -> int:
    return -block.priority


def blocking_notifier_call_chain(
    chain: BlockingNotifierChain, current: Task, freed: Slot
) -> Routine:
    """Call every listener in order; none of the five OOM listeners stops the walk.

    An empty chain is not even locked. In one that may change, what is called is what the walk finds
    once it has the rwsem; nobody can write while it reads.
    """
    blocks = tuple(chain.blocks)
    if chain.members is not None:
        blocks = yield read(chain.members)
    if not blocks:
        return
    yield down_read(chain.rwsem)
    if chain.members is not None:
        names = yield read(chain.members)
        blocks = tuple(chain.known[name] for name in names)
    for i in range(len(blocks)):
        yield from blocks[i].callback(current, freed)
    yield up_read(chain.rwsem)


def blocking_notifier_chain_register(chain: BlockingNotifierChain, block: NotifierBlock) -> Routine:
    """Insert `block` while the machine runs. Result: 0.

    The rwsem is taken for writing: this waits for a walk that is under way, and once it is queued
    later walks wait for it.
    """
    members = chain.changing()
    yield announce_write(chain.rwsem)
    yield down_write(chain.rwsem)
    names = yield read(members)
    yield write(members, chain.with_member(names, block))
    yield up_write(chain.rwsem)
    return 0


def blocking_notifier_chain_unregister(
    chain: BlockingNotifierChain, block: NotifierBlock
) -> Routine:
    """Take `block` out of the chain, waiting as above. Result: 0, or -ENOENT if it is not there."""
    members = chain.changing()
    yield announce_write(chain.rwsem)
    yield down_write(chain.rwsem)
    names = yield read(members)
    found = block.name in names
    if found:
        yield write(members, tuple(name for name in names if name != block.name))
    yield up_write(chain.rwsem)
    return 0 if found else -ENOENT


def add_freed(freed: Slot, pages: int) -> Routine:
    """`*freed += pages`, a read and a write as in C."""
    before = yield read(freed)
    yield write(freed, before + pages)
