"""The driver of problem set 5: what it shares, its worker, its device, and its callback."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from oomlab.course.code import FencedCode, RoutineFault, fenced, written
from oomlab.course.steps import MASKS, STEPS
from oomlab.course.variants import Draw
from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    ghost_write,
    holds_more,
    io,
    mutex_lock,
    mutex_unlock,
    read,
    wait_for,
    wake,
    witness,
    witness_if,
    write,
)
from oomlab.engine.ops import move as move_pages
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.slots import Answerer, Says
from oomlab.kernel import page_alloc
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.task import Task

PARTS = ("lock", "pages", "free", "order", "settled")
"""What stands behind the dot of a callback's argument."""

TORN = "pages were taken while the worker went through the list"
LEFT_LOCKED = "the callback returned with the lock still held"
STILL_USED = "pages were given back that the device still writes to"
WRONG_COUNT = "the callback returned another number than the pages it gave back"


@dataclass(frozen=True)
class DriverNames:
    """What a variant calls things, and how many pages there are."""

    driver: str
    lock: str
    worker: str
    device: str
    pages: int


_DRIVERS = (
    ("flash cache", "index_lock", "indexer", "flashd"),
    ("video memory", "frame_lock", "flipper", "gpud"),
    ("network buffers", "ring_lock", "refiller", "nicd"),
    ("sound cache", "stream_lock", "mixer", "codecd"),
    ("swap cache", "slot_lock", "packer", "diskd"),
    ("tape buffers", "reel_lock", "winder", "taped"),
)


def driver_names(number: object = ...) -> DriverNames:
    """The names and sizes of a student's driver."""
    draw = Draw("ps5", number)
    return DriverNames(*draw.one("driver", _DRIVERS), pages=draw.whole("pages", 2, 5))


def about_driver(number: object = ...) -> str:
    """What a student must know of the driver with that number."""
    names = driver_names(number)
    return "\n".join(
        (
            f"Your driver has {names.pages} pages of {names.driver}.",
            f"  its lock:   {names.lock}",
            f"  its worker: {names.worker}",
            f"  its device: {names.device}",
        )
    )


@dataclass(frozen=True, eq=False)
class DriverParts:
    """What a callback is given.

    `lock` guards the list of `pages`; `free` is where free pages are. `order` is 0, 1 when the
    device is to let go of its blocks, and 2 when it has; `settled` is where one sleeps until then.
    """

    lock: Slot
    pages: Slot
    free: Slot
    order: Slot
    settled: Slot
    machine: Machine
    current: Task

    def __repr__(self) -> str:
        """What a student is told who gives it in place of one of its parts."""
        return "the whole driver"


@dataclass(frozen=True, eq=False)
class Driver:
    """The driver on its machine; see DriverParts for the slots."""

    machine: Machine
    names: DriverNames
    code: FencedCode
    lock: Slot
    pages: Slot
    order: Slot
    settled: Slot
    let_go: Slot
    seen: Slot
    device: bool = False
    callers: dict[int, DriverParts] = field(default_factory=dict)

    @property
    def free(self) -> Slot:
        """Where free pages are."""
        return self.machine.zone.free

    def parts(self, current: Task) -> DriverParts:
        """What the callback is given by this task, the same each time."""
        if current.index not in self.callers:
            self.callers[current.index] = DriverParts(
                self.lock, self.pages, self.free, self.order, self.settled, self.machine, current
            )
        return self.callers[current.index]

    @classmethod
    def register(cls, machine: Machine, names: DriverNames, text: str, *, device: bool) -> Driver:
        """Declare all of it, and register the callback that `text` describes."""
        layout = machine.layout
        says: dict[str, Says | str] = {
            "move": Says(
                f"finds no page of the {names.driver}",
                "{pages} of the " + names.driver + " can be had again ({task})",
                "give pages back",
            ),
            "holds_more": "goes through the list of pages",
        }
        driver = cls(
            machine,
            names,
            listener_code(text),
            layout.mutex(names.lock, polled=True),
            layout.pool(names.driver, names.pages, role="lent", says=says),
            layout.word(
                f"order to {names.device}",
                0,
                says={
                    "write 1": Says(told="{task} asks the device", order="ask the device"),
                    "write 2": Says(told="{task} has let go of its blocks"),
                    "wait_for": "picks up the order",
                },
            ),
            layout.queue(f"{names.device} is done", Answerer(names.device, "its blocks")),
            layout.word(f"{names.device} has let go", 0),
            layout.word(SEEN, ()),
            device,
        )
        machine.oom_notify_list.register(NotifierBlock(names.driver, driver.oom_notify))
        return driver

    def oom_notify(self, current: Task, freed: Slot) -> Routine:
        """The chain's side of the callback: runs it, and looks at what it did."""
        owner = yield read(self.lock)
        before = yield read(self.pages)
        result = yield from self.code.routine(self.parts(current))
        after = yield read(self.pages)
        if self.device and after < before:
            # The device's own word for it: `order` can be set to 2 by anybody.
            yield witness_if(self.seen, STILL_USED, self.let_go, 1, equal=False)
        if owner != current.index:
            yield witness_if(self.seen, LEFT_LOCKED, self.lock, current.index)
        if result is not None and (not isinstance(result, int) or result < 0):
            raise RoutineFault(f"it returns {result!r}; what is wanted is the number of pages")
        if (result or 0) != before - after:
            yield witness(self.seen, WRONG_COUNT)
        yield from add_freed(freed, int(result or 0))

    def work(self, current: Task, gfp: int) -> Routine:
        """The worker: goes through the list with the lock held, and needs a page meanwhile."""
        yield mutex_lock(self.lock)
        whole = yield holds_more((self.pages,), self.names.pages - 1)
        got = yield from page_alloc.alloc_page(self.machine, current, gfp)
        still = yield holds_more((self.pages,), self.names.pages - 1)
        if whole != still:
            yield witness(self.seen, TORN)
        if got:
            yield move_pages(current.hand, self.free, ANY_AMOUNT)
        yield mutex_unlock(self.lock)

    def serve(self, *, answers: bool) -> Routine:
        """The device: answers each order, or never does."""
        while True:
            yield wait_for(self.order, 1 if answers else "a device that works")
            yield io(100, 100)
            yield ghost_write(self.let_go, 1)
            yield write(self.order, 2)
            yield wake(self.settled)


def alloc_page(driver: DriverParts, mask: int) -> Routine:
    """`yield from` it: ask the allocator for a page. Result: True or False. The page goes back at
    once."""
    if not isinstance(driver, DriverParts) or not isinstance(mask, int):
        raise RoutineFault("alloc_page needs the driver and a mask, such as GFP_KERNEL")
    return _asked(driver, mask)


def _asked(driver: DriverParts, mask: int) -> Routine:
    got = yield from page_alloc.alloc_page(driver.machine, driver.current, mask)
    if got:
        yield move_pages(driver.current.hand, driver.free, ANY_AMOUNT)
    return bool(got)


KNOWN: dict[str, Any] = {**STEPS, **MASKS, "alloc_page": alloc_page}
"""The names that a callback may use."""


def listener_code(routine: object) -> FencedCode:
    """The callback that a student wrote. Raises InputError with what is wrong with it."""
    return fenced(written(routine), KNOWN, PARTS, arguments=1)
