"""How a remedy has the notifier chain run on a machine."""

from __future__ import annotations

from oomlab.kernel.machine import Machine, NotifyOom
from oomlab.kernel.oom_notify import OomNotifierThread, notify_in_context
from oomlab.kernel.oom_notify_before import OomNotifierLock, notify_nobody
from oomlab.kernel.oom_notify_repaired import RepairedThread
from oomlab.kernel.oom_notify_sequence import SequencedThread
from oomlab.kernel.oom_watch import OOM_NOTIFIER
from oomlab.model import Layout
from oomlab.remedies import Remedy

WHAT = {
    "offload": "the RFC's kernel thread that runs the notifier chain",
    "offload-sequence": "the kernel thread that runs the chain, with numbered requests",
    "offload-repaired": "the kernel thread that runs the chain, one job at a time",
}

AnyThread = OomNotifierThread | SequencedThread | RepairedThread


class Chain:
    """The globals that a remedy needs, declared in `layout`.

    `notify_oom` and `try_oom_notifier` are what Machine has under these names.
    """

    def __init__(self, layout: Layout, remedy: Remedy, timeout_s: float) -> None:
        self.remedy = remedy
        self.thread: AnyThread | None = None
        self.notify_oom: NotifyOom = notify_in_context
        self.try_oom_notifier: NotifyOom | None = None
        match remedy.delivery:
            case "offload":
                rfc = self.thread = OomNotifierThread.declare(layout)
                self.notify_oom = rfc.notify(timeout_s)
            case "offload-sequence":
                numbered = self.thread = SequencedThread.declare(layout)
                self.notify_oom = numbered.notify(timeout_s)
            case "offload-repaired":
                repaired = self.thread = RepairedThread.declare(layout)
                self.notify_oom = notify_nobody
                self.try_oom_notifier = repaired.notify(timeout_s)
            case "before-oom-lock":
                self.notify_oom = notify_nobody
                self.try_oom_notifier = OomNotifierLock.declare(layout).try_oom_notifier

    def start(self, machine: Machine) -> None:
        """Start the thread, where there is one."""
        thread = self.thread
        if thread is None:
            return
        machine.spawn(
            OOM_NOTIFIER,
            WHAT[self.remedy.delivery],
            lambda task: thread.run(machine, task),
            pf_memalloc=isinstance(thread, RepairedThread),
            serves=True,
        )
