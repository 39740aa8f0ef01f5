"""The offload, repaired until nothing of what the review found is left to be found. Ours.

- One job at a time. Its states change only under `oom_notifier_mutex`, which is never held while
  anything is waited for: to check and to reply is one critical section.
- A job belongs to the task that asked. Only that task takes the answer, and takes it once.
- Who has waited long enough marks the job overdue: its result will be credited to nobody, and while
  it is overdue later callers do not wait again but go straight to the OOM killer.
- The chain is asked for before oom_lock is, so that nobody ever sleeps with oom_lock held.
- A caller that is killed waits no longer; its job counts as overdue from then on.
- A suspend waits for the walk that is under way, as it waits for victims, and gives up if it must.
- The thread exists from boot and runs as PF_MEMALLOC: what a callback asks for comes from the
  reserves or fails, and never leads back here.

What it cannot repair: a walk that comes back late has freed its pages for a process that is dead
already, and a callback that never comes back means that no listener is ever asked again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.observers import Moment
from oomlab.engine.ops import Op, Routine, Slot, mutex_lock, mutex_unlock, read, sleep, wake, write
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import blocking_notifier_call_chain
from oomlab.kernel.oom_notify import Delivery, Terms, at_once
from oomlab.kernel.oom_watch import CALLER, OomWatch
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event, wait_event_timeout
from oomlab.remedies.expected import expect
from oomlab.remedies.notifier_thread import (
    RFC_TIMEOUT_S,
    check_timeout,
    freed_counter,
    in_jiffies,
    start_thread,
    thread_queues,
)
from oomlab.remedies.remedy import Remedy

IDLE = "idle"
OVERDUE = "overdue"
ASKED = "asked by"
ANSWERED = "answered for"


@dataclass(frozen=True, eq=False)
class RepairedThread(Delivery):
    """`job`: IDLE, OVERDUE, or ASKED or ANSWERED with the number of the task whose job it is.

    `requested` is 1 from a request until the thread begins its walk (a kick, named differently from
    the flag of the RFC, which stays 1 until the answer); `freed` is the answer.
    """

    name: ClassVar[str] = "offload-repaired"
    offloaded: ClassVar[bool] = True

    timeout_s: float
    mutex: Slot
    job: Slot
    requested: Slot
    freed: Slot
    request_queue: Slot
    response_queue: Slot

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> RepairedThread:
        """Declare the globals. Raises InputError unless the timeout is more than 0."""
        check_timeout(terms.timeout_s)
        return cls(
            terms.timeout_s,
            layout.mutex("oom_notifier_mutex"),
            layout.word(
                "oom_notifier_job",
                IDLE,
                protocol=True,
                says={
                    "read": "looks at the thread's job",
                    "write": "changes the thread's job",
                    f"write {ASKED}": Says(told="{task} asks for a walk of the chain"),
                    f"write {ANSWERED}": Says(told="{task} has an answer"),
                    f"write {OVERDUE}": Says(
                        told="{task} has waited long enough and marks the job overdue"
                    ),
                },
            ),
            layout.word(
                "oom_notifier_kick",
                0,
                protocol=True,
                says={"write 1": "kicks the thread", "write 0": "takes the kick up"},
            ),
            freed_counter(layout),
            *thread_queues(layout),
        )

    def start(self, machine: Machine) -> None:
        """Add the thread, whose requests come from the reserves."""
        what = "the kernel thread that runs the chain, one job at a time"
        start_thread(machine, what, self.run, pf_memalloc=True)

    def run(self, machine: Machine, current: Task) -> Routine:
        """The kernel thread, for ever: wait for a job, walk the chain, reply if it is still due."""
        while True:
            yield from wait_event(self.request_queue, self.requested, 1)
            yield write(self.requested, 0)
            yield write(current.freed, 0)
            yield from blocking_notifier_call_chain(machine.oom_notify_list, current, current.freed)
            freed = yield read(current.freed)
            yield mutex_lock(self.mutex)
            job = yield read(self.job)
            if job == OVERDUE:
                yield write(self.job, IDLE)
                yield from self._tell_suspend(machine)
            else:
                yield write(self.freed, freed)
                yield write(self.job, (ANSWERED, job[1]))
                yield wake(self.response_queue)
            yield mutex_unlock(self.mutex)

    def before(self, machine: Machine, current: Task) -> Routine:
        """Ask the thread, without oom_lock."""
        return self.request_and_wait(machine, current)

    def notify(self, machine: Machine, current: Task) -> Routine:
        """The chain has been run already."""
        return at_once(0)

    def request_and_wait(self, machine: Machine, current: Task) -> Routine:
        """The caller's side: have the chain walked and wait for the answer, for so long and no
        longer. While somebody else's job is under way, look again in a jiffy."""
        job = yield read(self.job)
        if job == OVERDUE:
            return 0
        if job != IDLE:
            yield sleep(1)
            return 1
        yield mutex_lock(self.mutex)
        job = yield read(self.job)
        off = yield from is_off(machine)
        if job != IDLE or off:
            yield mutex_unlock(self.mutex)
            return 0 if job == OVERDUE or off else 1
        yield write(self.job, (ASKED, current.index))
        yield write(self.requested, 1)
        yield wake(self.request_queue)
        yield mutex_unlock(self.mutex)
        yield from wait_event_timeout(
            self.response_queue,
            self.job,
            (ANSWERED, current.index),
            in_jiffies(machine, self.timeout_s),
            None if current.process is None else current.process.sigkill,
        )
        yield mutex_lock(self.mutex)
        job = yield read(self.job)
        answered = job == (ANSWERED, current.index)
        freed = 0
        if answered:
            freed = yield read(self.freed)
        yield write(self.job, IDLE if answered else OVERDUE)
        yield from self._tell_suspend(machine)
        yield mutex_unlock(self.mutex)
        return freed

    def watched_by(self, watch: OomWatch) -> None:
        """Where requests and answers are to be seen."""
        observer = watch.observer

        def asks(moment: Moment) -> Iterator[Op]:
            assert moment.next is not None
            if moment.next.args[0] == (ASKED, moment.task):
                moment.kept["freed"] = 0
                yield from watch.asked(moment, self.requested)

        def reads(moment: Moment) -> Iterator[Op]:
            yield from ()
            moment.kept["freed"] = moment.result

        def settles(moment: Moment) -> Iterator[Op]:
            yield from ()
            assert moment.op is not None
            if moment.op.args[0] in (IDLE, OVERDUE):
                moment.kept["in time"] = moment.op.args[0] == IDLE

        def returns(moment: Moment) -> Iterator[Op]:
            in_time, freed = moment.kept.pop("in time", None), moment.kept.pop("freed", 0)
            if in_time is not None and isinstance(freed, int):
                yield from watch.answered(moment, freed, in_time=bool(in_time))

        observer.reaches("write", self.job, CALLER, asks)
        observer.does("read", self.freed, CALLER, reads)
        observer.does("write", self.job, CALLER, settles)
        observer.leaves(CALLER, returns)

    def quiesce(self, machine: Machine, timeout: int) -> Routine:
        """For a suspend, when the OOM killer is off: wait, at most `timeout` jiffies, until no walk
        is under way. Result: 0 if one still is."""
        # Whoever has seen the OOM killer on has asked by the time the mutex is free.
        yield mutex_lock(self.mutex)
        yield mutex_unlock(self.mutex)
        left = yield from wait_event_timeout(self.response_queue, self.job, IDLE, timeout)
        return left

    def _tell_suspend(self, machine: Machine) -> Routine:
        """The job may be idle now, for which a suspend may wait."""
        if machine.oom_killer_disabled is not None:
            yield wake(self.response_queue)


def is_off(machine: Machine) -> Routine:
    """Result: has the OOM killer been switched off?"""
    if machine.oom_killer_disabled is None:
        return False
    off = yield read(machine.oom_killer_disabled)
    return bool(off)


OFFLOAD_REPAIRED = Remedy(
    "offload-repaired",
    "our repair: one job at a time, check and reply under one lock, no wait under oom_lock",
    title="Repaired offload",
    delivery=RepairedThread,
    timeout_s=RFC_TIMEOUT_S,
    verdicts=(
        *expect(
            "clock",
            {
                "livelock": "h1-two-task-cycle",
                "recovered": "h2-three-task-poll h4-i915-object-lock h5-host-never-answers"
                " h5-gpu-never-idles h5-rcu-previous-round h7-pseries-hotplug",
                "completed": "h3a-virtqueue-add h3b-ccw-config-write h3c-i915-fence-array"
                " h3d-i915-bit17 h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle",
                "exhausted-clean": "h3a-virtqueue-add h3b-ccw-config-write h3c-i915-fence-array"
                " h3d-i915-bit17 h4-i915-object-lock h5-host-never-answers"
                " h5-gpu-never-idles h5-rcu-previous-round h6-nap-under-lock",
            },
        ),
        *expect("explorer", {"exhausted-clean": "h7-pseries-hotplug"}, timeouts="idle"),
        *expect("clock", {"recovered": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"completed": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect(
            "explorer",
            {
                "exhausted-clean": "h2-three-task-poll",
            },
            {"touches": 1},
            timeouts="idle",
        ),
    ),
)
