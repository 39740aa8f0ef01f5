"""Who has which lock: from the kernel's own lines, from stacks, and from what must be so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oomlab.analysis import HoldMode
from oomlab.kernel_release import KernelRelease
from oomlab.logs.story.locks import LOCKS, MET
from oomlab.logs.story.standing import TaskStanding
from oomlab.logs.story.wants import Knowledge, holds_of, inside_a_filesystem


@dataclass(frozen=True, slots=True)
class HoldClaim:
    """`task` has `lock` from `from_us` on, as far as is known: `line` says so, as `known`."""

    lock: str
    task: str
    mode: HoldMode
    from_us: int
    until_us: int | None
    line: int
    known: Knowledge


def claims_of(
    standings: Sequence[TaskStanding], release: KernelRelease | None
) -> tuple[HoldClaim, ...]:
    """All claims on the locks that somebody waits for, and on those of the book."""
    claims: list[HoldClaim] = []
    for number, one in enumerate(standings):
        until_us = _next_of(one, standings[number + 1 :])
        for hold in holds_of(one.seen, one.want, release):
            task, line = one.seen.task, hold.line
            claims.append(
                HoldClaim(hold.lock, task, hold.mode, one.from_us, until_us, line, hold.known)
            )
        owner = one.seen.owner
        if owner is not None and one.want is not None:
            from_us = _there_since(owner.task, one.from_us, standings)
            claims.append(
                HoldClaim(
                    one.want.lock, owner.task, owner.mode, from_us, until_us, owner.line,
                    "said by the kernel",
                )
            )  # fmt: skip
    claims += _inferred(standings, claims)
    wanted = {one.want.lock for one in standings if one.want is not None}
    wanted |= {lock.name for lock in LOCKS}
    return _with_modes([claim for claim in claims if claim.lock in wanted], standings)


def _with_modes(
    claims: Sequence[HoldClaim], standings: Sequence[TaskStanding]
) -> tuple[HoldClaim, ...]:
    """A list of locks does not say how a semaphore is held. One task alone that keeps others from
    it is taken to write, several can only read."""
    shared = {
        one.want.lock
        for one in standings
        if one.want is not None and one.want.way in ("read", "write")
    }
    holders = {name: {c.task for c in claims if c.lock == name} for name in shared}

    def mode(claim: HoldClaim) -> HoldMode:
        if claim.mode != "owns" or claim.lock not in shared:
            return claim.mode
        return "writes" if len(holders[claim.lock]) == 1 else "reads"

    return tuple(replace(claim, mode=mode(claim)) for claim in claims)


def _there_since(task: str, at_us: int, standings: Sequence[TaskStanding]) -> int:
    """Since when a task has been where it is at that moment: what it has then, it has had since."""
    mine = (s for s in reversed(standings) if s.seen.task == task and s.from_us <= at_us)
    return next((one.from_us for one in mine), at_us)


def _next_of(one: TaskStanding, later: Sequence[TaskStanding]) -> int | None:
    mine = (other.from_us for other in later if other.seen.task == one.seen.task)
    return next((at_us for at_us in mine if at_us > one.last_us), None)


def _inferred(
    standings: Sequence[TaskStanding], claims: Sequence[HoldClaim]
) -> Iterator[HoldClaim]:
    """Who is likely to have the lock that a task met in reclaim or in a filesystem: the only one
    who asks for memory from within a filesystem."""
    had = {claim.lock for claim in claims}
    asking = who_asks_inside(standings)
    for one in standings:
        if one.want is None or one.want.kind != "lock" or one.want.lock in had:
            continue
        if not _of_a_filesystem(one.want.lock):
            continue
        others = [*may_have(one, asking)]
        if len({other.seen.task for other in others}) == 1:
            line = others[0].seen.line
            task, from_us = others[0].seen.task, others[0].from_us
            yield HoldClaim(one.want.lock, task, "owns", from_us, None, line, "inferred")


_OF = "a lock of "


def _of_a_filesystem(lock: str) -> bool:
    return "filesystem" in lock or lock.startswith(_OF) or lock == MET


Asking = tuple[TaskStanding, str]
"""Somebody who asks for memory from within a filesystem, and from which ("vfs": not known)."""


def who_asks_inside(standings: Sequence[TaskStanding]) -> list[Asking]:
    """All of them."""
    found = []
    for one in standings:
        frame = inside_a_filesystem(one.seen)
        if frame is not None and frame.meaning is not None:
            found.append((one, frame.meaning.of))
    return found


def may_have(one: TaskStanding, asking: Sequence[Asking]) -> Iterator[TaskStanding]:
    """Who of them may have the lock that a task waits for: of the same filesystem, if it is
    known."""
    lock = one.want.lock if one.want else ""
    family = lock.removeprefix(_OF) if lock.startswith(_OF) else None
    for other, inside in asking:
        if other.seen.task != one.seen.task and (family is None or inside in ("vfs", family)):
            yield other
