"""How the OOM listeners are asked, added and removed (mm/oom_kill.c, Linux 4.13).

`Delivery` is the way of the released kernels, and the place where a remedy may do it otherwise: it
overrides what it does in its own way and leaves the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, read, write
from oomlab.kernel.notifier import (
    NotifierBlock,
    blocking_notifier_call_chain,
    blocking_notifier_chain_register,
    blocking_notifier_chain_unregister,
)
from oomlab.kernel.task import Task

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine
    from oomlab.kernel.oom_watch import OomWatch


@dataclass(frozen=True)
class Terms:
    """What a scenario asks of a delivery.

    `timeout_s`: how long a caller waits for an answer, in seconds, where one waits. `threads`: a
    kernel thread is not there from boot but made by the first listener that is registered while the
    machine runs, and by as many listeners as may race for it (0: it is there from boot).
    `cached_stack`: the kernel has the stack of a dead thread left for the new one.
    """

    timeout_s: float = 0.0
    threads: int = 0
    cached_stack: bool = True


class Delivery:
    """How out_of_memory has its notifier chain run; as it stands here: by the caller, in its own
    context, with oom_lock held.

    Each method that gives a routine may be a routine itself or return that of another function,
    which then stands in the call stacks without a frame between.
    """

    name: ClassVar[str] = "in-context"
    """The value of the knob."""

    offloaded: ClassVar[bool] = False
    """Does another task run the chain, so that an answer can be for another request?"""

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> Delivery:
        """Declare the globals that it needs, on a machine that is about to boot.

        Raises InputError for terms that it cannot keep.
        """
        return cls()

    def start(self, machine: Machine) -> None:
        """Add the tasks that it needs."""

    def before(self, machine: Machine, current: Task) -> Routine:
        """What the allocator does before it asks for oom_lock. Result: pages freed; with any, the
        OOM killer is not asked."""
        return at_once(0)

    def notify(self, machine: Machine, current: Task) -> Routine:
        """What out_of_memory does, with oom_lock held. Result: pages freed."""
        return notify_in_context(machine, current)

    def register(self, machine: Machine, current: Task, block: NotifierBlock) -> Routine:
        """Add a listener while the machine runs. Result: 0, or a negative error number."""
        return blocking_notifier_chain_register(machine.oom_notify_list, block)

    def watched_by(self, watch: OomWatch) -> None:
        """Tell a watch where requests and answers are to be seen, if there are any."""

    def quiesce(self, machine: Machine, timeout: int) -> Routine:
        """For a suspend, when the OOM killer is off: wait, at most `timeout` jiffies, until no walk
        is under way. Result: what is left of them, 0 if one still is.

        Who has had oom_lock knows that none is, and need not wait.
        """
        return at_once(timeout)


def at_once(result: int) -> Routine:
    """A routine that does nothing. Result: `result`."""
    yield from ()
    return result


def notify_in_context(machine: Machine, current: Task) -> Routine:
    """Mainline: the caller walks the chain itself, holding oom_lock. Result: pages freed."""
    yield write(current.freed, 0)
    yield from blocking_notifier_call_chain(machine.oom_notify_list, current, current.freed)
    freed = yield read(current.freed)
    return freed


def register_oom_notifier(machine: Machine, current: Task, block: NotifierBlock) -> Routine:
    """Add a listener. Result: 0, or a negative error number, which only a remedy gives."""
    result = yield from machine.delivery.register(machine, current, block)
    return result


def unregister_oom_notifier(machine: Machine, block: NotifierBlock) -> Routine:
    """Remove a listener; waits until no walk is under way. Result: 0, or -ENOENT."""
    result = yield from blocking_notifier_chain_unregister(machine.oom_notify_list, block)
    return result
