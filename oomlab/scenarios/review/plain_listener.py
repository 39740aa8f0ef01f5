"""A listener reduced to what every listener does: give pages back, and say how many."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.ops import Routine, Slot, cost, io, move, wait_for
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_watch_closely import ghost_inside
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
        return cls(machine, pool, name, device_us, priority, answer)

    @property
    def block(self) -> NotifierBlock:
        """What is registered."""
        return NotifierBlock(self.block_name, self.plain_oom_notify, self.priority)

    def plain_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """The callback."""
        yield from ghost_inside(self.machine.watch, 1)
        if self.answer is not None:
            yield wait_for(self.answer, 1)
        elif self.device_us:
            yield io(self.device_us, self.device_us)
        else:
            yield cost(1)
        pages = yield move(self.pages, self.machine.zone.free, 1)
        yield from add_freed(freed, pages, self.machine.watch)
        yield from ghost_inside(self.machine.watch, -1)
