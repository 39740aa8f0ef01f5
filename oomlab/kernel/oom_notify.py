"""How out_of_memory has its notifier chain run: in its own context, or in the RFC's thread.

The thread and its protocol follow the RFC patch of 1 October 2017 (message by Tetsuo Handa to
linux-mm) with its defects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.observers import Moment
from oomlab.engine.ops import Op, Routine, Slot, read, wake, witness, witness_if, write
from oomlab.engine.slots import Answer, Says
from oomlab.errors import InputError
from oomlab.kernel import oom_watch as see
from oomlab.kernel.machine import Machine, NotifyOom
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.oom_watch import CALLER, CALLER_WAITS, OOM_NOTIFIER, OomWatch, waited_in_vain
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event, wait_event_timeout
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "cannot be shown",
        "Memory ordering on weakly ordered machines",
        "A step of the model is seen by everybody at once and in the same order. That the RFC's "
        "thread stores its counter and its flag without a barrier between them has no effect here.",
    ),
)

RFC_TIMEOUT_S = 5.0
"""The RFC's limit, in seconds; a guess by its author's own account."""


def in_jiffies(machine: Machine, timeout_s: float) -> int:
    """A time limit in timer ticks, at least one."""
    return max(1, round(timeout_s * machine.hz))


def check_timeout(timeout_s: float) -> None:
    """Raise InputError unless `timeout_s` is more than 0."""
    if not timeout_s > 0:
        raise InputError(f"the timeout must be more than 0 seconds, not {timeout_s:g}")


def notify_in_context(machine: Machine, current: Task) -> Routine:
    """Mainline: the caller walks the chain itself, holding oom_lock. Result: pages freed."""
    yield write(current.freed, 0)
    yield from blocking_notifier_call_chain(machine.oom_notify_list, current, current.freed)
    freed = yield read(current.freed)
    return freed


def requested_flag(layout: Layout) -> Slot:
    """Declare the flag that is 1 from a request until its answer."""
    name = "oom_notifier_requested"
    return layout.word(
        name,
        0,
        protocol=True,
        says={
            "read": Says(
                "looks whether its request is still unanswered", order=f"read the flag {name}"
            ),
            "write": Says(order=f"write the flag {name}"),
            "write 1": Says(told=f"{{task}} asks the {OOM_NOTIFIER} thread to walk the chain"),
            "write same": Says(
                told="{task} asks again, though the last request is still unanswered"
            ),
            "write 0": Says(told="{task} answers: the chain has been walked"),
        },
    )


def freed_counter(layout: Layout) -> Slot:
    """Declare the counter to which the thread has freed pages added."""
    name = "oom_notifier_freed"
    return layout.word(
        name,
        0,
        role="freed",
        protocol=True,
        says={
            "read": Says(
                "reads the thread's counter of freed pages", order=f"read the counter {name}"
            ),
            "write": Says(
                "changes the thread's counter of freed pages", order=f"write the counter {name}"
            ),
            "swap": "changes the thread's counter of freed pages",
        },
    )


def thread_queues(layout: Layout) -> tuple[Slot, Slot]:
    """Declare where the thread waits for requests, and where the callers wait for its answer: it
    alone wakes them, when it has run the chain."""
    return (
        layout.queue(
            "oom_notifier_request_queue",
            "work",
            protocol=True,
            says={"wake": f"wakes the {OOM_NOTIFIER} thread"},
        ),
        layout.queue(
            "oom_notifier_response_queue",
            Answer(OOM_NOTIFIER, "an answer"),
            protocol=True,
            says={"wake": "wakes whoever waits for the answer"},
        ),
    )


@dataclass(frozen=True, eq=False)
class ThreadPointer:
    """Where the thread does not exist from boot: the pointer to it, and the threads to come.

    `pointer` is the number of a thread, 0 for NULL. `made` counts the threads that were created;
    `started` has a word for each, which is 1 once that thread runs; `stacks` are their pages.
    """

    pointer: Slot
    made: Slot
    started: tuple[Slot, ...]
    stacks: Slot

    @classmethod
    def declare(cls, layout: Layout, threads: int) -> ThreadPointer:
        """No thread yet, and at most `threads` of them."""
        return cls(
            layout.word(
                "oom_notifier_thread",
                0,
                protocol=True,
                says={
                    "read": "looks whether the thread exists",
                    "write": "stores the pointer to the thread",
                },
            ),
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


@dataclass(frozen=True, eq=False)
class OomNotifierThread:
    """The RFC's globals: a flag, a counter that outlives its callers, and two wait queues.

    `thread` is None where the thread is there from boot.
    """

    requested: Slot
    freed_total: Slot
    request_queue: Slot
    response_queue: Slot
    thread: ThreadPointer | None = None

    @classmethod
    def declare(cls, layout: Layout, threads: int = 0) -> OomNotifierThread:
        """Declare the globals; with `threads`, a pointer and that many threads to come."""
        return cls(
            requested_flag(layout),
            freed_counter(layout),
            *thread_queues(layout),
            ThreadPointer.declare(layout, threads) if threads else None,
        )

    def run(self, machine: Machine, current: Task) -> Routine:
        """The kernel thread, for ever: wait for a request, walk the chain, answer."""
        while True:
            yield from wait_event(self.request_queue, self.requested, 1)
            yield from blocking_notifier_call_chain(
                machine.oom_notify_list, current, self.freed_total
            )
            yield write(self.requested, 0)
            yield wake(self.response_queue)

    def notify(self, timeout_s: float) -> NotifyOom:
        """The caller's side: request, wait at most `timeout_s` seconds, take the credit.

        Raises InputError unless `timeout_s` is more than 0.
        """
        check_timeout(timeout_s)

        def request_and_wait(machine: Machine, current: Task) -> Routine:
            if self.thread is not None:
                pointer = yield read(self.thread.pointer)
                if not pointer:
                    return 0
            yield write(self.requested, 1)
            yield wake(self.request_queue)
            # Whether the thread has answered or the time ran out is not looked at.
            yield from wait_event_timeout(
                self.response_queue, self.requested, 0, in_jiffies(machine, timeout_s)
            )
            freed = yield read(self.freed_total)
            if freed:
                yield write(self.freed_total, 0)
            return freed

        return request_and_wait

    def watched_by(self, watch: OomWatch) -> None:
        """Where requests and answers are to be seen."""
        observer, seen = watch.observer, watch.seen

        def takes(moment: Moment) -> Iterator[Op]:
            in_vain = bool(moment.kept.pop("in vain", False))
            yield from watch.answered(moment, moment.result, in_time=not in_vain)
            if watch.closely and moment.result:
                moment.kept["taken"] = moment.result

        def zeroes(moment: Moment) -> Iterator[Op]:
            if moment.kept.pop("taken") != moment.result:
                yield witness(seen, see.LOST_CREDIT)

        def asks(moment: Moment) -> Iterator[Op]:
            return watch.asked(moment, self.requested, self.freed_total)

        observer.reaches("write", self.requested, CALLER, asks)
        observer.leaves(CALLER_WAITS, waited_in_vain)
        observer.does("read", self.freed_total, CALLER, takes)
        if watch.registering is None or watch.walks is None:
            return
        walks, registering = watch.walks, watch.registering

        def answers(moment: Moment) -> Iterator[Op]:
            yield witness_if(seen, see.ANSWER_OF_ANOTHER_WALK, walks, 0, equal=False)

        def finds_thread(moment: Moment) -> Iterator[Op]:
            if not moment.result:
                yield witness_if(seen, see.CHAIN_SKIPPED, registering, "making")

        observer.exchanges(self.freed_total, CALLER, zeroes)
        observer.does("write", self.requested, "run", answers)
        if self.thread is not None:
            observer.does("read", self.thread.pointer, CALLER, finds_thread)
