"""What can be set on a machine before it boots."""

from __future__ import annotations

from dataclasses import dataclass

HZ_CHOICES = (100, 250, 1000)
"""Timer ticks a second that a kernel can be built with, of those that are modelled."""


@dataclass(frozen=True)
class Costs:
    """Stated costs in microseconds (our choice; the kernel promises none of them).

    `reclaim_us`: one direct-reclaim round that finds nothing. `compact_us`: one round of direct
    compaction. `oom_return_us`: from releasing
    oom_lock without a page back to the next attempt, drawn between 1 and this.
    """

    reclaim_us: int = 500
    oom_return_us: int = 1
    compact_us: int = 500


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
