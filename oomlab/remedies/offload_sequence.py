"""A first repair of the RFC, which failed: requests and answers carry sequence numbers.

Ours, kept because its failure teaches. An answer says which request it is for, so that nothing
stale is credited; and the thread clears the flag only after it has checked that no newer request
has come. But to check and to clear are two steps. A request made between them is cleared unserved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.observers import Moment
from oomlab.engine.ops import Op, Routine, Slot, read, wake, write
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.oom_notify import Delivery, Terms
from oomlab.kernel.oom_watch import CALLER, CALLER_WAITS, OomWatch, waited_in_vain
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
                    "read": "sees that the latest request has number {value}",
                    "write": "gives its request number {value}",
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
            yield from blocking_notifier_call_chain(machine.oom_notify_list, current, current.freed)
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
        yield write(self.sequence, mine)
        yield write(self.requested, 1)
        yield wake(self.request_queue)
        yield from wait_event_timeout(
            self.response_queue, self.requested, 0, in_jiffies(machine, self.timeout_s)
        )
        number, pages = yield read(self.answer)
        return pages if number == mine else 0

    def watched_by(self, watch: OomWatch) -> None:
        """Where requests and answers are to be seen."""
        observer = watch.observer

        def asks(moment: Moment) -> Iterator[Op]:
            assert moment.next is not None
            moment.kept["mine"] = moment.next.args[0]
            return watch.asked(moment, self.requested)

        def takes(moment: Moment) -> Iterator[Op]:
            number, pages = moment.result
            freed = pages if number == moment.kept.pop("mine") else 0
            in_vain = bool(moment.kept.pop("in vain", False))
            return watch.answered(moment, freed, in_time=not in_vain)

        observer.reaches("write", self.sequence, CALLER, asks)
        observer.leaves(CALLER_WAITS, waited_in_vain)
        observer.does("read", self.answer, CALLER, takes)


OFFLOAD_SEQUENCE = Remedy(
    "offload-sequence",
    "our first repair of the RFC, which failed: numbered requests, check, then clear",
    title="Numbered offload",
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
