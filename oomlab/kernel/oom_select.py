"""Whom to kill: all processes, one of a group, or a child instead of its parent (mm/oom_kill.c)."""

from __future__ import annotations

from oomlab.engine.ops import (
    NOTHING_TO_KILL,
    Op,
    Routine,
    SelectionRules,
    select_bad_process,
)
from oomlab.kernel.machine import Machine
from oomlab.kernel.process import MemCgroup
from oomlab.kernel.task import Process


def rules(machine: Machine, *, passes_victims: bool = False) -> SelectionRules:
    """How this kernel counts points."""
    return SelectionRules(
        machine.total_pages, machine.traits.administrators_score_less, passes_victims
    )


def worst_of(machine: Machine, memcg: MemCgroup | None, *, sysrq: bool) -> Op:
    """The kernel's select_bad_process. A person who asks does not wait for an earlier victim."""
    return select_bad_process(machine.candidates(memcg), rules(machine, passes_victims=sysrq))


def sacrifice(machine: Machine, victim: Process, memcg: MemCgroup | None) -> Routine:
    """Result: the worst child of `victim` that has memory of its own, or else `victim`: killing a
    child loses less work (oom_kill_process). Since 5.3 nobody looks at children."""
    if not machine.traits.children_die_first:
        return victim
    children = machine.children(victim)
    candidates = tuple(
        child.as_candidate() for child in children if memcg in (None, child.traits.memcg)
    )
    if not candidates:
        return victim
    worst = yield select_bad_process(candidates, rules(machine, passes_victims=True))
    return victim if worst == NOTHING_TO_KILL else machine.processes[worst]
