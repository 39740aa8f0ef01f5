"""What can be set on a machine before it boots."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.ops import Op, cost

HZ_CHOICES = (100, 250, 1000)
"""Timer ticks a second that a kernel can be built with, of those that are modelled."""


HUNG_TASK_S = 120
"""sysctl_hung_task_timeout_secs: how long without a switch makes a task a hung one, in seconds."""

LONGEST_HUNG_TASK_S = 86400
"""The longest such time that can be asked for (our choice; the kernel takes any)."""

LEAST_OF_MOST = 4
"""What is drawn takes at least this part of the longest time (our choice). It is what scatters in
real kernels: 64 MB came back 7 to 29 ms after the kill in 6.1 and 6.12, emulated without KVM
(book/data/real-kernel.json)."""


@dataclass(frozen=True)
class Costs:
    """Stated costs in microseconds (our choice; the kernel promises none of them).

    `reclaim_us`: one direct-reclaim round that finds nothing. `compact_us`: one round of direct
    compaction. `oom_return_us`: from releasing oom_lock without a page back to the next attempt,
    drawn between 1 and this.

    `exit_us`: from when a victim notices SIGKILL until its memory is free, at most; `reap_us`: the
    same from when the reaper begins. Both are drawn, see LEAST_OF_MOST. That a victim is usually
    gone when the nap that 4.13 leaves it ends is our choice; an emulated machine (see there) takes
    seven times as long. `print_us`: the report of a kill, on a console without a speed of its own.
    In the stored runs, 0 to 3 ms passed between the chain's answer and the kill where the guest's
    clock counts instructions, and up to 14 ms where it does not.

    `wake_us`: from when a task is woken because a mutex is free until it runs, at most; drawn from
    1 on. Whoever runs may steal the mutex meanwhile. 0: it runs at once, and nobody steals.
    """

    reclaim_us: int = 500
    oom_return_us: int = 1
    compact_us: int = 500
    exit_us: int = 4_000
    reap_us: int = 4_000
    print_us: int = 1_000
    wake_us: int = 0

    def exiting(self) -> Op:
        """What a victim does until its memory is free."""
        return cost(max(1, self.exit_us // LEAST_OF_MOST), self.exit_us)

    def reaping(self) -> Op:
        """What the reaper does until a victim's memory is free."""
        return cost(max(1, self.reap_us // LEAST_OF_MOST), self.reap_us)


@dataclass(frozen=True)
class Switches:
    """What can be set on a machine.

    `panic_on_oom` (0, 1, 2) and `oom_kill_allocating_task` are the sysctls of these names.
    `fs_test_first` is a what-if of ours: out_of_memory sends requests without `__GFP_FS` away
    before it asks the listeners. `storage_suspended`: no I/O is possible, the system is going to
    sleep. `min_ttl`: `lru_gen/min_ttl_ms` is set, to more than anything in use is old.
    `tells_steps`: requests note each step of the slow path in the trace.
    """

    panic_on_oom: int = 0
    oom_kill_allocating_task: bool = False
    fs_test_first: bool = False
    storage_suspended: bool = False
    min_ttl: bool = False
    tells_steps: bool = False


USUAL_COSTS = Costs()
USUAL_SWITCHES = Switches()
