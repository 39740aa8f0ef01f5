"""A first repair of the RFC, which failed: requests and answers carry sequence numbers.

Ours, kept because its failure teaches. An answer says which request it is for, so that nothing
stale is credited; and the thread clears the flag only after it has checked that no newer request
has come. But to check and to clear are two steps. A request made between them is cleared unserved.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, read, wake, write
from oomlab.kernel.machine import Machine, NotifyOom
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.oom_notify import check_timeout, in_jiffies, requested_flag, thread_queues
from oomlab.kernel.oom_watch import (
    ghost_answer,
    ghost_ask,
    ghost_wait,
    ghost_walk_begins,
    ghost_walk_ends,
)
from oomlab.kernel.oom_watch_closely import ghost_time_is_up
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event, wait_event_timeout

SEQUENCE_NUMBERS = 4
"""Sequence numbers wrap at this (our choice: few enough to explore, and no more than three requests
are ever told apart)."""


@dataclass(frozen=True, eq=False)
class SequencedThread:
    """`sequence`: number of the latest request. `answer`: (number, pages) of the latest walk."""

    requested: Slot
    sequence: Slot
    answer: Slot
    request_queue: Slot
    response_queue: Slot

    @classmethod
    def declare(cls, layout: Layout) -> SequencedThread:
        """Declare the globals."""
        return cls(
            requested_flag(layout),
            layout.word(
                "oom_notifier_sequence",
                0,
                protocol=True,
                says={
                    "read": "reads the number of the latest request",
                    "write": "numbers its request",
                },
            ),
            layout.word(
                "oom_notifier_answer",
                (0, 0),
                role="answer",
                protocol=True,
                says={
                    "read": "reads the result and for which request it is",
                    "write": "notes its result and for which request it is",
                },
            ),
            *thread_queues(layout),
        )

    def run(self, machine: Machine, current: Task) -> Routine:
        """The kernel thread, for ever: walk the chain for the latest request, answer it."""
        while True:
            yield from wait_event(self.request_queue, self.requested, 1)
            mine = yield read(self.sequence)
            yield write(current.freed, 0)
            yield from ghost_walk_begins(machine.watch)
            yield from blocking_notifier_call_chain(machine.oom_notify_list, current, current.freed)
            yield from ghost_walk_ends(machine.watch)
            freed = yield read(current.freed)
            yield write(self.answer, (mine, freed))
            latest = yield read(self.sequence)
            if latest == mine:  # nobody has asked since: check ...
                yield write(self.requested, 0)  # ... then clear
                yield wake(self.response_queue)

    def notify(self, timeout_s: float) -> NotifyOom:
        """The caller's side, with oom_lock held: number the request, wait, take what is for it.

        Raises InputError unless `timeout_s` is more than 0.
        """
        check_timeout(timeout_s)

        def request_and_wait(machine: Machine, current: Task) -> Routine:
            before = yield read(self.sequence)
            mine = (before + 1) % SEQUENCE_NUMBERS
            yield from ghost_ask(machine.watch, current, self.requested, None, machine.candidates())
            yield write(self.sequence, mine)
            yield write(self.requested, 1)
            yield wake(self.request_queue)
            yield from ghost_wait(machine.watch, current, machine.oom_lock)
            left = yield from wait_event_timeout(
                self.response_queue, self.requested, 0, in_jiffies(machine, timeout_s)
            )
            number, pages = yield read(self.answer)
            freed = pages if number == mine else 0
            yield from ghost_answer(machine.watch, current, left > 0, freed)
            if not left:
                yield from ghost_time_is_up(machine.watch, current, machine.zone)
            return freed

        return request_and_wait
