"""A first repair of the RFC, which failed: requests and answers carry sequence numbers.

Ours, kept because its failure teaches. An answer says which request it is for, so that nothing
stale is credited; and the thread clears the flag only after it has checked that no newer request
has come. But to check and to clear are two steps. A request made between them is cleared unserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, read, wake, write
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.oom_notify import Delivery, Terms
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
from oomlab.remedies.expected import expect
from oomlab.remedies.notifier_thread import (
    RFC_TIMEOUT_S,
    check_timeout,
    in_jiffies,
    requested_flag,
    start_thread,
    thread_queues,
)
from oomlab.remedies.remedy import Remedy

SEQUENCE_NUMBERS = 4
"""Sequence numbers wrap at this (our choice: few enough to explore, and no more than three requests
are ever told apart)."""


@dataclass(frozen=True, eq=False)
class SequencedThread(Delivery):
    """`sequence`: number of the latest request. `answer`: (number, pages) of the latest walk."""

    name: ClassVar[str] = "offload-sequence"
    offloaded: ClassVar[bool] = True

    timeout_s: float
    requested: Slot
    sequence: Slot
    answer: Slot
    request_queue: Slot
    response_queue: Slot

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> SequencedThread:
        """Declare the globals. Raises InputError unless the timeout is more than 0."""
        check_timeout(terms.timeout_s)
        return cls(
            terms.timeout_s,
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

    def start(self, machine: Machine) -> None:
        """Add the thread."""
        what = "the kernel thread that runs the chain, with numbered requests"
        start_thread(machine, what, self.run)

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

    def notify(self, machine: Machine, current: Task) -> Routine:
        """Ask the thread, with oom_lock held."""
        return self.request_and_wait(machine, current)

    def request_and_wait(self, machine: Machine, current: Task) -> Routine:
        """The caller's side: number the request, wait, take what is for it."""
        before = yield read(self.sequence)
        mine = (before + 1) % SEQUENCE_NUMBERS
        yield from ghost_ask(machine.watch, current, self.requested, None, machine.candidates())
        yield write(self.sequence, mine)
        yield write(self.requested, 1)
        yield wake(self.request_queue)
        yield from ghost_wait(machine.watch, current, machine.oom_lock)
        left = yield from wait_event_timeout(
            self.response_queue, self.requested, 0, in_jiffies(machine, self.timeout_s)
        )
        number, pages = yield read(self.answer)
        freed = pages if number == mine else 0
        yield from ghost_answer(machine.watch, current, left > 0, freed)
        if not left:
            yield from ghost_time_is_up(machine.watch, current, machine.zone)
        return freed


OFFLOAD_SEQUENCE = Remedy(
    "offload-sequence",
    "our first repair of the RFC, which failed: numbered requests, check, then clear",
    delivery=SequencedThread,
    timeout_s=RFC_TIMEOUT_S,
    verdicts=(
        *expect(
            "clock",
            {
                "livelock": "h1-two-task-cycle",
                "recovered": "h2-three-task-poll h3b-ccw-config-write h3c-i915-fence-array"
                " h3d-i915-bit17 h4-i915-object-lock h5-host-never-answers"
                " h5-gpu-never-idles h5-rcu-previous-round h7-pseries-hotplug",
                "completed": "h3a-virtqueue-add h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle",
                "budget": "h2-three-task-poll",
                "exhausted-clean": "h3b-ccw-config-write h3c-i915-fence-array h3d-i915-bit17"
                " h5-host-never-answers h5-gpu-never-idles h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "exhausted-clean": "h4-i915-object-lock h5-rcu-previous-round h7-pseries-hotplug",
            },
            timeouts="idle",
        ),
        *expect("clock", {"recovered": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"recovered": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
