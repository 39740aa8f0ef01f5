"""The OOM killer's look at all processes: who is worst?"""

from __future__ import annotations

from typing import NamedTuple

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Choosing a victim is one step",
        "The kernel walks the task list while tasks come and go. `oom_score_adj` does not change "
        "while the machine runs.",
    ),
)

ABORT_SELECTION = "abort"
"""Result of `select_bad_process` while an earlier victim still has memory to give back."""

NOTHING_TO_KILL = "nothing"
"""Result of `select_bad_process` when no process is eligible."""

OOM_SCORE_ADJ_MIN = -1000
"""With this in oom_score_adj a process is never killed (include/uapi/linux/oom.h)."""

ADMIN_PERCENT = 3
"""What CAP_SYS_ADMIN takes off the points (oom_badness, until 4.17 or so; gone in 4.19)."""


class Candidate(NamedTuple):
    """A process as the OOM killer sees it: its number, its pages, the state of its mm.

    `other_pages`: swap entries and page tables. `unkillable`: init or a kernel thread.
    `oom_origin`: it asked to be killed first (swapoff, KSM). `in_vfork`: it still runs on its
    parent's memory.
    """

    process: int
    rss: Slot
    mm: Slot
    oom_score_adj: int = 0
    other_pages: int = 0
    cap_sys_admin: bool = False
    unkillable: bool = False
    oom_origin: bool = False
    in_vfork: bool = False


class SelectionRules(NamedTuple):
    """How to choose. `total_pages`: what oom_score_adj is a thousandth of. `admin_bonus`: does
    CAP_SYS_ADMIN count? `passes_victims`: an earlier victim does not stop the choice (SysRq-f, and
    the choice of a child to sacrifice)."""

    total_pages: int = 0
    admin_bonus: bool = True
    passes_victims: bool = False


USUAL_RULES = SelectionRules()
"""Those of 4.13, for the page allocator."""


def select_bad_process(
    candidates: tuple[Candidate, ...], rules: SelectionRules = USUAL_RULES
) -> Op:
    """Result: the number of the process with most points (ties: the first), or one of the two
    special values. The kernel walks the task list under RCU; here the look is one step."""
    slots = tuple(slot for c in candidates for slot in (c.rss, c.mm))
    return Op("select_bad_process", slots, (candidates, rules))


def oom_badness(candidate: Candidate, rss: int, mm: object, rules: SelectionRules) -> int:
    """Points of a process, 0 for one that cannot be killed or whose death would free nothing.

    `mm` is the state of its memory as in Process. Source: oom_badness, Linux 4.13.
    """
    if candidate.unkillable or candidate.in_vfork or mm not in ("used", "victim"):
        return 0
    if candidate.oom_score_adj == OOM_SCORE_ADJ_MIN:
        return 0
    points = rss + candidate.other_pages
    if rules.admin_bonus and candidate.cap_sys_admin:
        points -= points * ADMIN_PERCENT // 100
    points += candidate.oom_score_adj * (rules.total_pages // 1000)
    return max(points, 1)


@meaning("select_bad_process", "pool", "looks for the worst process", "look for the worst process")
def _select_bad_process(state: State, task: int, op: Op) -> list[Outcome]:
    candidates, rules = op.args
    assert isinstance(candidates, tuple) and isinstance(rules, SelectionRules)
    best: int | str = NOTHING_TO_KILL
    most = 0.0
    for candidate in candidates:
        assert isinstance(candidate, Candidate)
        rss, mm = state[candidate.rss.index], state[candidate.mm.index]
        assert isinstance(rss, int)
        if mm == "victim" and not candidate.unkillable and not rules.passes_victims:
            return [Outcome(state, ABORT_SELECTION)]
        points: float = oom_badness(candidate, rss, mm, rules)
        if points and candidate.oom_origin:
            points = float("inf")
        if points > most:
            best, most = candidate.process, points
    return [Outcome(state, best)]
