"""Making a kernel thread while the machine runs (kernel/kthread.c, Linux 4.13)."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.ops import ANY_AMOUNT, Routine, Slot, add, move, write
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Making a kernel thread",
        "Whoever asks for a thread asks for one page for its stack itself. In the kernel "
        "`kthreadd` does that, for a larger stack, while the asker waits.",
    ),
)

EINTR = 4
ENOMEM = 12
"""Error numbers (errno-base.h)."""


@dataclass(frozen=True, eq=False)
class NewThreads:
    """Threads to come, all of one body: `made` counts those that were created; `started` has a word
    for each, which is 1 once that thread runs; `stacks` are their pages."""

    made: Slot
    started: tuple[Slot, ...]
    stacks: Slot

    @classmethod
    def declare(cls, layout: Layout, threads: int) -> NewThreads:
        """At most `threads` of them."""
        return cls(
            layout.word("threads made", 0, says={"add": "makes a thread"}),
            tuple(
                layout.word(
                    f"thread {i + 1} runs",
                    0,
                    says={"write": "lets the thread run", "wait_for": "begins to run"},
                )
                for i in range(threads)
            ),
            layout.pool("stacks of new threads", role="kept"),
        )


def kthread_run(machine: Machine, current: Task, thread: NewThreads, cached_stack: bool) -> Routine:
    """Make a kernel thread and let it run. `cached_stack`: the stack of a dead thread is left, so
    that a new one needs no memory (VMAP_STACK keeps two a CPU). Result: its number, -EINTR if the
    asker was killed meanwhile, -ENOMEM if there was no memory."""
    got = cached_stack
    if not cached_stack:
        got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    killed = yield from fatal_signal_pending(current)
    if killed or not got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
        return -EINTR if killed else -ENOMEM
    yield move(current.hand, thread.stacks, ANY_AMOUNT)
    number = yield add(thread.made, 1)
    yield write(thread.started[number - 1], 1)
    return number
