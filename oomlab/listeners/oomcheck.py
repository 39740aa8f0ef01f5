"""The test module that real kernels are asked with (tests/kernel/real/guest/oomcheck.c, our own).

An OOM notifier that does what it is told, and the tasks around it. X asks for one page after the
other; it has been served when it was given so many since the notifier was called. A holds the mutex
M until X is done. Y, if there is one, runs out of memory in X's place.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    cost,
    holds_more,
    move,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    write,
)
from oomlab.engine.slots import Answerer, Crowd, Says
from oomlab.gfp import flags
from oomlab.kernel.completion import Completion, complete_all, wait_for_completion
from oomlab.kernel.exit import do_exit
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Pages that nobody is short of",
        "The witness takes its pages 256 at a time, as long as that many are free above the low "
        "mark.",
    ),
    Limit(
        "guessed",
        "What a page costs that is there",
        "Two microseconds, about what the stored runs of real kernels show.",
    ),
)

CALLBACKS = ("none", "sleep", "lock", "trylock", "alloc", "never")
"""What the notifier can be told to do."""

HOLDERS = ("none", "invoker", "third")
"""For whom the holder of M waits: there is none, for who calls the notifier, for somebody else."""

MASKS = {
    "kernel": flags.GFP_KERNEL,
    "nofs": flags.GFP_NOFS,
    "nowait": flags.GFP_NOWAIT,
    "atomic": flags.GFP_ATOMIC,
    "noretry": flags.GFP_KERNEL | flags.NORETRY,
    "mayfail": flags.GFP_KERNEL | flags.RETRY_MAYFAIL,
}
"""With which mask the notifier asks for pages."""

X, Y, A = "check_x", "check_y", "check_a"
"""The tasks, as the module names them."""

ROUND_OPEN, SERVED = "round is open", "rounds served"
"""Words from which a run can be read: is a round open, and how many X has been served in."""

HANDFUL = 256
"""Pages that are taken in one step where nobody is short of them (our choice)."""

PAGE_US = 2
"""What one of them costs, in microseconds (our choice; see LIMITS)."""


@dataclass(frozen=True)
class Orders:
    """The module's parameters: see the scenario `witness`."""

    callback: str
    holder: str
    mask: int
    invoker_mask: int
    pages: int
    sleep_jiffies: int
    freed_pages: int
    served_pages: int
    rounds: int
    idle: bool


@dataclass(frozen=True, eq=False)
class OomCheck:
    """The loaded module. `nobody` is never completed."""

    machine: Machine
    orders: Orders
    mutex: Slot
    round_open: Slot
    served: Slot
    first_call: Completion
    m_held: Completion | None
    x_done: Completion
    nobody: Completion
    lent: Slot
    callback_pages: Slot
    asked_pages: Slot

    @classmethod
    def check_init(cls, machine: Machine, orders: Orders) -> OomCheck:
        """Load the module: register its notifier and start its tasks."""
        layout = machine.layout
        held = orders.holder != "none"
        done_by: Answerer | Crowd = "anybody" if orders.idle else Answerer(X, "its end")
        comes_back = Says(told="{pages} come back from the module ({task})")
        check = cls(
            machine,
            orders,
            layout.mutex("M", polled=orders.callback == "trylock"),
            layout.word(ROUND_OPEN, 0),
            layout.word(SERVED, 0, says={"write": Says(told="{task} has been served")}),
            Completion.declare(layout, "first_call", "anybody"),
            Completion.declare(layout, "m_held", Answerer(A, "M taken")) if held else None,
            Completion.declare(layout, "x_done", done_by),
            Completion.declare(layout, "nobody", "anybody"),
            layout.pool(
                "pages of the module", orders.freed_pages, role="lent", says={"move": comes_back}
            ),
            layout.pool("pages of the callback", role="kept"),
            layout.pool("pages of check_x and check_y", role="kept"),
        )
        machine.oom_notify_list.register(NotifierBlock("oomcheck", check.notify))
        third = orders.holder == "third"
        if held:
            machine.spawn(A, "holds M until check_x is done", check.holder_thread)
        if orders.idle:
            return check
        if third:
            machine.spawn(Y, "runs out of memory, and may have somebody killed", check.asker_thread)
        machine.spawn(X, "needs pages once the notifier has been called", check.served_thread)
        return check

    def notify(self, current: Task, freed: Slot) -> Routine:
        """The notifier: opens a round, and does as it was told."""
        yield write(self.round_open, 1)
        yield from complete_all(self.first_call)
        yield from self.run_callback(current)
        pages = yield move(self.lent, self.machine.zone.free, ANY_AMOUNT)
        yield from add_freed(freed, pages)

    def run_callback(self, current: Task) -> Routine:
        """What it was told."""
        if self.orders.callback == "sleep":
            yield sleep(self.orders.sleep_jiffies)
        elif self.orders.callback == "lock":
            yield mutex_lock(self.mutex)
            yield mutex_unlock(self.mutex)
        elif self.orders.callback == "trylock":
            got = yield mutex_trylock(self.mutex)
            if got:
                yield mutex_unlock(self.mutex)
        elif self.orders.callback == "never":
            yield from wait_for_completion(self.nobody)
        elif self.orders.callback == "alloc":
            yield from self.ask_for_pages(current)

    def ask_for_pages(self, current: Task) -> Routine:
        """Ask for one page after the other until one request fails; give all of them back."""
        got, more = 0, 1
        while more and got < self.orders.pages:
            more = yield from take_pages(
                self.machine,
                current,
                self.orders.mask,
                self.orders.pages - got,
                self.callback_pages,
            )
            got += more
        yield move(self.callback_pages, self.machine.zone.free, ANY_AMOUNT)

    def holder_thread(self, current: Task) -> Routine:
        """A: holds M until X is done."""
        assert self.m_held is not None
        yield mutex_lock(self.mutex)
        yield from complete_all(self.m_held)
        yield from wait_for_completion(self.x_done)
        yield mutex_unlock(self.mutex)

    def asker_thread(self, current: Task) -> Routine:
        """Y: asks for pages until X is done."""
        assert self.m_held is not None
        yield from wait_for_completion(self.m_held)
        done = False
        while not done:
            yield from take_pages(
                self.machine, current, self.orders.invoker_mask, HANDFUL, self.asked_pages
            )
            done = yield read(self.x_done.done)
        yield move(self.asked_pages, self.machine.zone.free, ANY_AMOUNT)

    def served_thread(self, current: Task) -> Routine:
        """X: asks for pages until it has been served in each round.

        A call of the notifier opens a round. Where a thread runs the callback, and is still in it,
        nobody is called: there X opens the next round itself once the pages are used up.
        """
        if self.orders.holder == "third":
            yield from wait_for_completion(self.first_call)
        elif self.m_held is not None:
            yield from wait_for_completion(self.m_held)
        zone, served = self.machine.zone, 0
        while served < self.orders.rounds:
            given = 0
            while given < self.orders.served_pages:
                if served:
                    there = yield holds_more((zone.free,), zone.marks.min)
                    if not there:
                        yield write(self.round_open, 1)
                is_open = yield read(self.round_open)
                wanted = self.orders.served_pages - given if is_open else HANDFUL
                got = yield from take_pages(
                    self.machine, current, self.orders.invoker_mask, wanted, self.asked_pages
                )
                is_open = yield read(self.round_open)
                given += got * is_open
            served += 1
            yield write(self.served, served)
            yield write(self.round_open, 0)
        yield from complete_all(self.x_done)
        yield move(self.asked_pages, zone.free, ANY_AMOUNT)


def take_pages(machine: Machine, current: Task, gfp: int, wanted: int, where: Slot) -> Routine:
    """Ask for one page; where nobody is short of them, take a handful, if so many are wanted.
    Result: how many there were."""
    zone = machine.zone
    there = False
    if wanted >= HANDFUL:
        there = yield holds_more((zone.free,), zone.marks.low + HANDFUL)
    if there:
        yield cost(HANDFUL * PAGE_US)
        got = yield move(zone.free, where, HANDFUL)
        return got
    page = yield from alloc_page(machine, current, gfp)
    if page:
        yield move(current.hand, where, 1)
    return int(page)


def touching_process(machine: Machine, current: Task, pages: int) -> Routine:
    """Not of the module: a process that touches so many pages, one after the other, and keeps them;
    0: without end."""
    assert current.process is not None
    touched, killed = 0, False
    while not killed and (not pages or touched < pages):
        wanted = pages - touched if pages else HANDFUL
        got = yield from take_pages(
            machine, current, flags.GFP_HIGHUSER_MOVABLE, wanted, current.process.rss
        )
        touched += got if pages else 0
        killed = yield from fatal_signal_pending(current)
    if killed:
        yield from do_exit(machine, current.process)
