"""What the OOM killer knows of a process besides its memory (signal_struct, mm_struct, cred)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from oomlab.engine.model import Layout
from oomlab.engine.ops import Slot

Constraint = Literal["none", "cpuset", "mempolicy", "memcg"]
"""What keeps an allocation from using all memory (enum oom_constraint)."""


@dataclass(frozen=True, eq=False)
class OomVictims:
    """How many victims have not exited yet, and who waits until there are none (oom_victims and
    oom_victims_wait, mm/oom_kill.c)."""

    count: Slot
    wait: Slot


@dataclass(frozen=True, eq=False)
class MemCgroup:
    """A memory cgroup, as far as its OOM matters: a name, and the lock that lets one task at a time
    handle it. Its processes are those that name it in their traits."""

    name: str
    oom_lock: Slot

    @classmethod
    def declare(cls, layout: Layout, name: str) -> MemCgroup:
        """Declare a group."""
        return cls(name, layout.mutex(f"OOM lock of memcg {name}"))


class ProcessTraits(NamedTuple):
    """What does not change about a process while the machine runs.

    `oom_score_adj`: from -1000 (never) to 1000. `other_pages`: swap entries and page tables.
    `cap_sys_admin`: it is an administrator's. `is_init`: it is the first process. `oom_origin`: it
    asked to be killed first. `in_vfork`: it still runs on its parent's memory. `dumping_core`: it
    is busy with that. `mmu_notifiers`: others watch its memory (virtual machines do).
    `constraint`: what its own allocations are kept to. `memcg`: its group.
    """

    oom_score_adj: int = 0
    other_pages: int = 0
    cap_sys_admin: bool = False
    is_init: bool = False
    oom_origin: bool = False
    in_vfork: bool = False
    dumping_core: bool = False
    mmu_notifiers: bool = False
    constraint: Constraint = "none"
    memcg: MemCgroup | None = None


USUAL = ProcessTraits()
"""An ordinary process."""
