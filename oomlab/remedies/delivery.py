"""How a remedy has the notifier chain run on a machine."""

from __future__ import annotations

from oomlab.engine.model import Layout
from oomlab.kernel.machine import Machine, NotifyOom, QuiesceOom, RegisterOom
from oomlab.kernel.oom_notify import OomNotifierThread, notify_in_context
from oomlab.kernel.oom_watch import OOM_NOTIFIER, OomWatch
from oomlab.remedies import Remedy
from oomlab.remedies.before_oom_lock import OomNotifierLock, notify_nobody
from oomlab.remedies.offload_repaired import RepairedThread
from oomlab.remedies.offload_sequence import SequencedThread
from oomlab.remedies.registration import register_with_thread, run_when_made, watch_registration

WHAT = {
    "offload": "the RFC's kernel thread that runs the notifier chain",
    "offload-sequence": "the kernel thread that runs the chain, with numbered requests",
    "offload-repaired": "the kernel thread that runs the chain, one job at a time",
}

AnyThread = OomNotifierThread | SequencedThread | RepairedThread


class Chain:
    """The globals that a remedy needs, declared in `layout`.

    `notify_oom`, `try_oom_notifier`, `register_oom` and `quiesce_oom` are what Machine has under
    these names. With `threads`, the RFC's thread is not there from boot but made by the first
    listener that is registered while the machine runs, and by as many listeners as may race for
    it; `cached_stack` says whether the kernel has memory for it at hand.
    """

    def __init__(
        self,
        layout: Layout,
        remedy: Remedy,
        timeout_s: float,
        *,
        threads: int = 0,
        cached_stack: bool = True,
    ) -> None:
        self.remedy = remedy
        self.threads = threads
        self.thread: AnyThread | None = None
        self.notify_oom: NotifyOom = notify_in_context
        self.try_oom_notifier: NotifyOom | None = None
        self.register_oom: RegisterOom | None = None
        self.quiesce_oom: QuiesceOom | None = None
        match remedy.delivery:
            case "offload":
                rfc = self.thread = OomNotifierThread.declare(layout, threads)
                self.notify_oom = rfc.notify(timeout_s)
                if threads:
                    self.register_oom = register_with_thread(rfc, cached_stack=cached_stack)
            case "offload-sequence":
                numbered = self.thread = SequencedThread.declare(layout)
                self.notify_oom = numbered.notify(timeout_s)
            case "offload-repaired":
                repaired = self.thread = RepairedThread.declare(layout)
                self.notify_oom = notify_nobody
                self.try_oom_notifier = repaired.notify(timeout_s)
                self.quiesce_oom = repaired.quiesce
            case "before-oom-lock":
                self.notify_oom = notify_nobody
                self.try_oom_notifier = OomNotifierLock.declare(layout).try_oom_notifier

    def watched_by(self, watch: OomWatch) -> None:
        """Where a watch can see requests and answers, if there are any."""
        if self.thread is None:
            return
        self.thread.watched_by(watch)
        if isinstance(self.thread, OomNotifierThread) and self.thread.thread is not None:
            watch_registration(watch, self.thread.thread)

    def start(self, machine: Machine) -> None:
        """Start the thread, where there is one, or let those wait that are still to be made."""
        thread = self.thread
        if thread is None:
            return
        if isinstance(thread, OomNotifierThread) and self.threads:
            for number in range(1, self.threads + 1):
                self._to_be_made(machine, thread, number)
            return
        machine.spawn(
            OOM_NOTIFIER,
            WHAT[self.remedy.delivery],
            lambda task: thread.run(machine, task),
            pf_memalloc=isinstance(thread, RepairedThread),
            serves=True,
        )

    def _to_be_made(self, machine: Machine, rfc: OomNotifierThread, number: int) -> None:
        machine.spawn(
            OOM_NOTIFIER if number == 1 else f"{OOM_NOTIFIER}/{number}",
            WHAT["offload"],
            lambda task: run_when_made(rfc, number, machine, task),
            serves=True,
        )
