"""The RFC of 1 October 2017 (Tetsuo Handa to linux-mm): a kernel thread runs the notifier chain.

The caller waits for its answer, five seconds at most. The thread, its protocol and the way a
listener has it made follow the patch, with its defects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.observers import Moment
from oomlab.engine.ops import (
    Op,
    Routine,
    Slot,
    ghost_write,
    log,
    read,
    wait_for,
    wake,
    witness,
    witness_if,
    write,
)
from oomlab.kernel import oom_watch as see
from oomlab.kernel.kthread import NewThreads, kthread_run
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import (
    NotifierBlock,
    blocking_notifier_call_chain,
    blocking_notifier_chain_register,
)
from oomlab.kernel.oom_notify import Delivery, Terms
from oomlab.kernel.oom_watch import CALLER, CALLER_WAITS, OOM_NOTIFIER, OomWatch, waited_in_vain
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event, wait_event_timeout
from oomlab.limits import Limit
from oomlab.remedies.expected import expect
from oomlab.remedies.notifier_thread import (
    RFC_TIMEOUT_S,
    check_timeout,
    freed_counter,
    in_jiffies,
    requested_flag,
    start_thread,
    thread_queues,
)
from oomlab.remedies.remedy import Remedy

LIMITS = (
    Limit(
        "cannot be shown",
        "Memory ordering on weakly ordered machines",
        "A step of the model is seen by everybody at once and in the same order. That the RFC's "
        "thread stores its counter and its flag without a barrier between them has no effect here.",
    ),
)


@dataclass(frozen=True, eq=False)
class OomNotifierThread(Delivery):
    """The RFC's globals: a flag, a counter that outlives its callers, and two wait queues.

    `pointer` is the number of the thread, 0 for NULL, and `threads` are those to come; both are
    None where the thread is there from boot.
    """

    name: ClassVar[str] = "offload"
    offloaded: ClassVar[bool] = True

    terms: Terms
    requested: Slot
    freed_total: Slot
    request_queue: Slot
    response_queue: Slot
    pointer: Slot | None = None
    threads: NewThreads | None = None

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> OomNotifierThread:
        """Declare the globals. Raises InputError unless the timeout is more than 0."""
        check_timeout(terms.timeout_s)
        always = (terms, requested_flag(layout), freed_counter(layout), *thread_queues(layout))
        if not terms.threads:
            return cls(*always)
        says = {
            "read": "looks whether the thread exists",
            "write": "stores the pointer to the thread",
        }
        return cls(
            *always,
            layout.word("oom_notifier_thread", 0, protocol=True, says=says),
            NewThreads.declare(layout, terms.threads),
        )

    def start(self, machine: Machine) -> None:
        """Start the thread, or let those wait that are still to be made."""
        what = "the RFC's kernel thread that runs the notifier chain"
        if self.threads is None:
            start_thread(machine, what, self.run)
            return
        for number, started in enumerate(self.threads.started, 1):
            self._to_be_made(machine, what, number, started)

    def _to_be_made(self, machine: Machine, what: str, number: int, started: Slot) -> None:
        machine.spawn(
            OOM_NOTIFIER if number == 1 else f"{OOM_NOTIFIER}/{number}",
            what,
            lambda task: self.run_when_made(machine, task, started),
            serves=True,
        )

    def run_when_made(self, machine: Machine, current: Task, started: Slot) -> Routine:
        """The body of a thread to come: nothing until it has been made."""
        yield wait_for(started, 1)
        yield from self.run(machine, current)

    def run(self, machine: Machine, current: Task) -> Routine:
        """The kernel thread, for ever: wait for a request, walk the chain, answer."""
        while True:
            yield from wait_event(self.request_queue, self.requested, 1)
            yield from blocking_notifier_call_chain(
                machine.oom_notify_list, current, self.freed_total
            )
            yield write(self.requested, 0)
            yield wake(self.response_queue)

    def notify(self, machine: Machine, current: Task) -> Routine:
        """Ask the thread, with oom_lock held."""
        return self.request_and_wait(machine, current)

    def request_and_wait(self, machine: Machine, current: Task) -> Routine:
        """The caller's side: request, wait for so long and no longer, take the credit."""
        if self.pointer is not None:
            pointer = yield read(self.pointer)
            if not pointer:
                return 0
        yield write(self.requested, 1)
        yield wake(self.request_queue)
        # Whether the thread has answered or the time ran out is not looked at.
        yield from wait_event_timeout(
            self.response_queue, self.requested, 0, in_jiffies(machine, self.terms.timeout_s)
        )
        freed = yield read(self.freed_total)
        if freed:
            yield write(self.freed_total, 0)
        return freed

    def register(self, machine: Machine, current: Task, block: NotifierBlock) -> Routine:
        """As in the released kernels where the thread is there from boot."""
        if self.pointer is None or self.threads is None:
            return super().register(machine, current, block)
        return register(self, self.pointer, self.threads, machine, current, block)

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
        if self.pointer is not None:
            observer.does("read", self.pointer, CALLER, finds_thread)
            watch_registration(watch, registering, self.pointer)


def register(
    rfc: OomNotifierThread,
    thread: Slot,
    threads: NewThreads,
    machine: Machine,
    current: Task,
    block: NotifierBlock,
) -> Routine:
    """The RFC's registration. The first one makes the thread: it looks at the pointer `thread` and
    stores it in two steps, without a lock."""
    pointer = yield read(thread)
    if not pointer:
        pointer = yield from kthread_run(machine, current, threads, rfc.terms.cached_stack)
        if pointer < 0:
            yield log(f"Unable to create OOM notifier thread ({pointer})")
            return pointer
        yield write(thread, pointer)
    result = yield from blocking_notifier_chain_register(machine.oom_notify_list, block)
    return result


def watch_registration(watch: OomWatch, registering: Slot, thread: Slot) -> None:
    """Where it is to be seen how far a registration is, which `registering` remembers."""

    def looks(moment: Moment) -> Iterator[Op]:
        if not moment.result:
            yield ghost_write(registering, "making")

    def fails(moment: Moment) -> Iterator[Op]:
        yield ghost_write(registering, "none")
        yield witness(watch.seen, see.REGISTRATION_FAILS)

    observer = watch.observer
    observer.does("read", thread, "register", looks)
    observer.reaches("log", None, "register", fails)
    observer.does("write", thread, "register", lambda moment: [ghost_write(registering, "made")])
    observer.leaves(
        "register > blocking_notifier_chain_register",
        lambda moment: [ghost_write(registering, "none")],
    )


OFFLOAD = Remedy(
    "offload",
    "the RFC of 1 October 2017: a kernel thread runs the chain, the caller waits 5 s",
    title="The RFC's offload",
    delivery=OomNotifierThread,
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
                "exhausted-clean": "h2-three-task-poll h3b-ccw-config-write h3c-i915-fence-array"
                " h3d-i915-bit17 h4-i915-object-lock h5-host-never-answers"
                " h5-gpu-never-idles h5-rcu-previous-round h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle",
                "exhausted-clean": "h2-three-task-poll h7-pseries-hotplug",
            },
            timeouts="idle",
        ),
        *expect("clock", {"recovered": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"livelock": "h5-host-never-answers"}, {"oom_caller": 0}),
        *expect("clock", {"recovered": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
