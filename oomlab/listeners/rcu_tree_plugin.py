"""RCU's OOM notifier (kernel/rcu/tree_plugin.h, Linux 4.13, CONFIG_RCU_FAST_NO_HZ).

It gives nothing back itself. It posts callbacks that hurry lazily kept ones along, and it waits,
without a time limit, until those of the *previous* OOM event have run. It needs no lock and no
memory, but a grace period; and it must never run twice at once, which only oom_lock ensures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.engine.ops import Routine, Slot, add, io, swap, wait_for, wake, write
from oomlab.engine.slots import Answerer
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.listeners.registrant import Demonstration, Registrant


@dataclass(frozen=True, eq=False)
class RcuTreePlugin:
    """`oom_callback_count` counts callbacks posted and not yet run, plus one while posting.

    `lazy_cpus`: CPUs with lazily kept callbacks; each gets one (the kernel posts one per flavour).
    `grace_period_us`: how long a grace period and its callbacks take. `reader` is 1 while some
    reader stays inside its critical section, without whose end no grace period ends.
    """

    machine: Machine
    oom_callback_count: Slot
    oom_callback_wq: Slot
    posted: Slot
    gp_wq: Slot
    reader: Slot
    lazy_cpus: int
    grace_period_us: int

    @classmethod
    def register(
        cls,
        machine: Machine,
        *,
        lazy_cpus: int = 1,
        grace_period_us: int = 10_000,
        reader_stays: bool = False,
    ) -> RcuTreePlugin:
        """Register the callback (rcu_register_oom_notifier). RCU itself is there in every release,
        and on the chain until 4.20."""
        layout = machine.layout
        rcu = cls(
            machine,
            layout.word(
                "oom_callback_count",
                0,
                says=dict.fromkeys(("add", "write"), "counts RCU callbacks that have not run"),
            ),
            # The last posted RCU callback wakes it.
            layout.queue("oom_callback_wq", Answerer("rcu", "the end of a grace period")),
            layout.word("RCU callbacks posted", 0, says={"add": "posts an RCU callback"}),
            layout.queue("rcu gp_wq", "anybody", says={"wake": "has a grace period begin"}),
            layout.word("RCU reader", int(reader_stays)),
            lazy_cpus,
            grace_period_us,
        )
        if machine.traits.rcu_notifier:
            machine.oom_notify_list.register(NotifierBlock("rcu", rcu.rcu_oom_notify))
        return rcu

    def rcu_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """Wait for the previous round; then post one callback on every CPU that has lazy ones.

        The cross-calls to the CPUs wait for nothing that the model knows.
        """
        yield from wait_event(self.oom_callback_wq, self.oom_callback_count, 0)
        yield write(self.oom_callback_count, 1)
        for cpu in range(self.lazy_cpus):
            yield from rcu_oom_notify_cpu(self, cpu)
        yield add(self.oom_callback_count, -1)


def rcu_oom_notify_cpu(rcu: RcuTreePlugin, cpu: int) -> Routine:
    """Post this CPU's statically allocated callback (call_rcu)."""
    yield add(rcu.oom_callback_count, 1)
    yield add(rcu.posted, 1)
    yield wake(rcu.gp_wq)


def rcu_gp_kthread(rcu: RcuTreePlugin, current: Task) -> Routine:
    """Grace periods, and the softirqs that run the callbacks after them.

    A model of everything that RCU does elsewhere: it looks at no memory and takes no lock.
    """
    while True:
        yield from wait_event(rcu.gp_wq, rcu.posted, 0, equal=False)
        yield io(rcu.grace_period_us, rcu.grace_period_us)
        yield wait_for(rcu.reader, 0)
        ready = yield swap(rcu.posted, 0)
        for i in range(ready):
            yield from rcu_oom_callback(rcu, i)


def rcu_oom_callback(rcu: RcuTreePlugin, cpu: int) -> Routine:
    """A posted callback: the last one wakes whoever waits for the round."""
    left = yield add(rcu.oom_callback_count, -1)
    if left == 0:
        yield wake(rcu.oom_callback_wq)


def joins(machine: Machine, settings: Mapping[str, int | float], policy: BalloonPolicy) -> None:
    """Add RCU and its kernel thread."""
    rcu = RcuTreePlugin.register(machine)
    machine.spawn(
        "rcu",
        "waits for grace periods and runs RCU callbacks",
        lambda task: rcu_gp_kthread(rcu, task),
        serves=True,
    )


REGISTRANT = Registrant(
    "rcu",
    "kernel/rcu/tree_plugin.h",
    "rcu_oom_notify",
    "CONFIG_RCU_FAST_NO_HZ",
    0,
    (),
    "the RCU callbacks of the OOM event before, without a limit",
    "",
    "",
    "nothing: it frees no page itself",
    "safe",
    "it asks for no memory and takes no lock; but its wait has no limit, and it must not "
    "run twice at once",
    joins,
    ("recovered", "the first never waits"),
    (
        Demonstration("h5-rcu-previous-round", {}, "deadlock", "a reader never leaves"),
        Demonstration(
            "h5-rcu-previous-round", {"reader_stays": 0}, "recovered", "all readers leave"
        ),
    ),
    title="RCU",
)
