"""The records of a log as one table: each kind once for each task, with how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch

from oomlab.figures.svg import Markup
from oomlab.logs.incidents import (
    AllocationFailure,
    AllocationStall,
    HeldLocks,
    HungTask,
    Incident,
    LockdepReport,
    Lockup,
    Log,
    NotifierLine,
    OomReport,
    OrphanKill,
    PageOwner,
    Panic,
    RcuStall,
    TaskShown,
    WorkqueueStall,
)
from oomlab.views.log.html import folded, table, tag

MOST_ROWS = 30
"""Rows of the table (our choice)."""


def record_section(log: Log) -> Iterator[Markup]:
    """The table, and how many rows it leaves out."""
    groups: dict[tuple[str, str], list[Incident]] = {}
    for one in log.incidents:
        groups.setdefault((one.kind, about(one)), []).append(one)
    if not groups:
        return
    rows = [_row(words, like) for (_, words), like in list(groups.items())[:MOST_ROWS]]
    left = list(groups.values())[MOST_ROWS:]
    more = tag("p", f"And {sum(map(len, left)):,} more records like these.") if left else ""
    number = len(log.incidents)
    yield folded(
        f"All records ({number:,})",
        table("Records of the log", ["What", "Line", "When", "How many"], rows),
        more,
    )


def _row(words: str, like: list[Incident]) -> list[str]:
    first = like[0].place
    when = f"{first.boot_us / 1e6:,.3f} s" if first.boot_us is not None else first.wall or ""
    return [words, f"{first.first:,}", when, f"{len(like):,}"]


@singledispatch
def about(one: Incident) -> str:
    """What a record says in a few words, plain text."""
    return one.kind


@about.register
def _(one: OomReport) -> str:
    killed = ", ".join(victim.task.comm for victim in one.victims[:3])
    end = f"{killed} killed" if killed else "nobody is seen to be killed"
    return f"OOM report: {one.task.comm} asked, {end}"


@about.register
def _(one: AllocationFailure) -> str:
    return f"failed request ({one.what}): {one.task.comm}"


@about.register
def _(one: AllocationStall) -> str:
    return f"stalled request: {one.task.comm}"


@about.register
def _(one: HungTask) -> str:
    return f"hung task: {one.task.comm}"


@about.register
def _(one: TaskShown) -> str:
    return f"task shown: {one.task.comm}"


@about.register
def _(one: HeldLocks) -> str:
    return f"locks held by {one.task.comm}"


@about.register
def _(one: LockdepReport) -> str:
    return f"lockdep: {one.title}"


@about.register
def _(one: WorkqueueStall) -> str:
    return "workqueue that makes no progress"


@about.register
def _(one: RcuStall) -> str:
    return f"RCU stall: {one.flavour}"


@about.register
def _(one: Lockup) -> str:
    return f"{'hard' if one.hard else 'soft'} lockup of a processor"


@about.register
def _(one: NotifierLine) -> str:
    return f"{one.driver}: {one.what}"


@about.register
def _(one: PageOwner) -> str:
    return "owner of a page"


@about.register
def _(one: Panic) -> str:
    return f"panic: {one.text}"


@about.register
def _(one: OrphanKill) -> str:
    return f"kill without its report: {one.victim.task.comm}"
