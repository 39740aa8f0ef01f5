"""A listener reduced to what every listener does: give pages back, and say how many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oomlab.engine.observers import Moment
from oomlab.engine.ops import (
    Op,
    Routine,
    Slot,
    cost,
    ghost_add,
    io,
    move,
    wait_for,
    witness,
    witness_if,
)
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_watch import CALLBACK_TWICE, ZEROING_UNDONE, OomWatch
from oomlab.kernel.task import Task


@dataclass(frozen=True, eq=False)
class PlainListener:
    """Our choice: no driver, and no lock against a second call at the same time.

    `device_us`: how long it waits for its device before it has the pages, 0 for not at all. Where
    `answer` is given it waits instead until that word is 1.
    """

    machine: Machine
    pages: Slot
    block_name: str
    device_us: int
    priority: int = 0
    answer: Slot | None = None

    @classmethod
    def declare(
        cls,
        machine: Machine,
        name: str,
        pages: int,
        *,
        device_us: int = 0,
        priority: int = 0,
        answer: Slot | None = None,
    ) -> PlainListener:
        """A listener that holds `pages` pages; it is not registered yet."""
        pool = machine.layout.pool(
            f"pages of {name}",
            pages,
            role="lent",
            of=name,
            says={
                "move": Says(
                    "gives back the pages that its driver has",
                    told="{pages} of {of} come back ({task})",
                )
            },
        )
        if machine.watch is not None:
            watch_listeners(machine.watch)
        return cls(machine, pool, name, device_us, priority, answer)

    @property
    def block(self) -> NotifierBlock:
        """What is registered."""
        return NotifierBlock(self.block_name, self.plain_oom_notify, self.priority)

    def plain_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """The callback."""
        if self.answer is not None:
            yield wait_for(self.answer, 1)
        elif self.device_us:
            yield io(self.device_us, self.device_us)
        else:
            yield cost(1)
        pages = yield move(self.pages, self.machine.zone.free, 1)
        yield from add_freed(freed, pages)


def watch_listeners(watch: OomWatch) -> None:
    """Have a close watch look who is inside the callback, and whether the sum to which it adds is
    changed by others meanwhile."""
    inside, observer = watch.inside, watch.observer
    callback, add = "plain_oom_notify", "plain_oom_notify > add_freed"
    if inside is None or ("enters", (callback,)) in observer.places():
        return  # not watched, or not the first of them

    def enters(moment: Moment) -> Iterator[Op]:
        yield witness_if(watch.seen, CALLBACK_TWICE, inside, 0, equal=False)
        yield ghost_add(inside, 1)

    def leaves(moment: Moment) -> Iterator[Op]:
        yield ghost_add(inside, -1)

    def reads(moment: Moment) -> Iterator[Op]:
        yield from ()
        moment.kept["sum"] = moment.result

    def adds(moment: Moment) -> Iterator[Op]:
        if moment.kept.pop("sum") != moment.result:
            yield witness(watch.seen, ZEROING_UNDONE)

    observer.enters(callback, enters)
    observer.leaves(callback, leaves)
    observer.does("read", None, add, reads)
    observer.exchanges(None, add, adds)
