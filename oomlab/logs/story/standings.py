"""Where each task stood and what it waited for, put together from all that was seen of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oomlab.analysis import HoldMode
from oomlab.kernel_release import KernelRelease
from oomlab.logs.story.locks import LOCKS, MET
from oomlab.logs.story.seen import Sighting
from oomlab.logs.story.wants import (
    Knowledge,
    Want,
    holds,
    inside_a_filesystem,
    place_words,
    want,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A task from `from_us` on, where it is seen at `seen.at_us` and perhaps again until `last_us`.

    `want`: what it waits for, each lock with a name now.
    """

    seen: Sighting
    from_us: int
    last_us: int
    want: Want | None


@dataclass(frozen=True, slots=True)
class Claim:
    """`task` has `lock` from `from_us` on, as far as is known: `line` says so, as `known`."""

    lock: str
    task: str
    mode: HoldMode
    from_us: int
    until_us: int | None
    line: int
    known: Knowledge


@dataclass(frozen=True)
class Scene:
    """All standings in the order of their beginnings, and all claims. `unsaid`: what one would have
    to know and the log does not say, in sentences without a full stop."""

    standings: tuple[Standing, ...]
    claims: tuple[Claim, ...]
    unsaid: tuple[str, ...]


def scene(sightings: Sequence[Sighting], release: KernelRelease | None) -> Scene:
    """Put together what was seen. Of a task that is seen twice at one place, the two are one
    standing: it has been there all the time."""
    standings = _merged(sightings)
    standings = [_named(one) for one in standings]
    claims: list[Claim] = []
    for number, one in enumerate(standings):
        until_us = _next_of(one, standings[number + 1 :])
        for hold in holds(one.seen, one.want, release):
            claims.append(
                Claim(
                    hold.lock,
                    one.seen.task,
                    hold.mode,
                    one.from_us,
                    until_us,
                    hold.line,
                    hold.known,
                )
            )
        owner = one.seen.owner
        if owner is not None and one.want is not None:
            claims.append(
                Claim(
                    one.want.lock, owner.task, owner.mode, one.from_us, until_us, owner.line,
                    "said by the kernel",
                )
            )  # fmt: skip
    claims += _inferred(standings, claims)
    claims = [claim for claim in claims if claim.lock in _of_interest(standings)]
    return Scene(
        tuple(_without_idle_polls(standings, claims)),
        tuple(claims),
        tuple(_unsaid(standings, claims)),
    )


def _of_interest(standings: Sequence[Standing]) -> set[str]:
    """The locks that somebody waits for, and those of the book."""
    wanted = {one.want.lock for one in standings if one.want is not None}
    return wanted | {lock.name for lock in LOCKS}


def _merged(sightings: Sequence[Sighting]) -> list[Standing]:
    latest: dict[str, Standing] = {}
    found: list[Standing] = []
    for seen in sightings:
        from_us = seen.at_us if seen.since_us is None else seen.since_us
        one = Standing(seen, from_us, seen.at_us, want(seen))
        before = latest.get(seen.task)
        if before is not None and _goes_on(before, one):
            at = found.index(before)
            if seen.why == "owner":  # shown under another task's report: nothing new
                one = replace(before, last_us=seen.at_us)
            else:
                best = seen if seen.owner or seen.listed or not before.seen.owner else before.seen
                one = Standing(best, min(before.from_us, from_us), seen.at_us, want(best))
            found[at] = one
        else:
            found.append(one)
        latest[seen.task] = one
    return sorted(found, key=_beginning)


def _beginning(one: Standing) -> int:
    return one.from_us


def _goes_on(before: Standing, one: Standing) -> bool:
    if before.want is None or one.want is None:
        return before.want is one.want and [f.name for f in before.seen.sure()] == [
            f.name for f in one.seen.sure()
        ]
    same = (before.want.kind, before.want.asked_in) == (one.want.kind, one.want.asked_in)
    return same and (not before.want.lock or not one.want.lock or before.want.lock == one.want.lock)


def _next_of(one: Standing, later: Sequence[Standing]) -> int | None:
    mine = (other.from_us for other in later if other.seen.task == one.seen.task)
    return next((at_us for at_us in mine if at_us > one.last_us), None)


def _named(one: Standing) -> Standing:
    if one.want is None or one.want.lock:
        return one
    return replace(one, want=replace(one.want, lock=place_words(one.seen, one.want)))


def _inferred(standings: Sequence[Standing], claims: Sequence[Claim]) -> Iterator[Claim]:
    """Who is likely to have the lock that a task met in reclaim or in a filesystem: the only one
    who asks for memory from within a filesystem."""
    had = {claim.lock for claim in claims}
    for one in standings:
        if one.want is None or one.want.kind != "lock" or one.want.lock in had:
            continue
        if not _of_a_filesystem(one.want.lock):
            continue
        others = [*_inside(one, standings)]
        if len({other.seen.task for other in others}) == 1:
            line = others[0].seen.line
            task, from_us = others[0].seen.task, others[0].from_us
            yield Claim(one.want.lock, task, "owns", from_us, None, line, "inferred")


_OF = "a lock of "


def _of_a_filesystem(lock: str) -> bool:
    return "filesystem" in lock or lock.startswith(_OF) or lock == MET


def _inside(one: Standing, standings: Sequence[Standing]) -> Iterator[Standing]:
    """Who else asks for memory from within a filesystem; that filesystem, where one is known."""
    lock = one.want.lock if one.want else ""
    family = lock.removeprefix(_OF) if lock.startswith(_OF) else None
    for other in standings:
        frame = inside_a_filesystem(other.seen)
        if other.seen.task == one.seen.task or frame is None or frame.meaning is None:
            continue
        if family is None or frame.meaning.of in ("vfs", family):
            yield other


def _without_idle_polls(
    standings: Sequence[Standing], claims: Sequence[Claim]
) -> Iterator[Standing]:
    """A stall is no sign of polling oom_lock unless somebody is known to have it."""
    had = {claim.lock for claim in claims}
    for one in standings:
        guessed = one.want is not None and one.want.known == "inferred" and one.want.kind == "poll"
        yield replace(one, want=None) if guessed and "oom_lock" not in had else one


def _unsaid(standings: Sequence[Standing], claims: Sequence[Claim]) -> Iterator[str]:
    had = {claim.lock for claim in claims}
    told: set[tuple[str, str]] = set()
    for one in standings:
        wanted = one.want
        if wanted is None or wanted.kind != "lock" or wanted.lock in had:
            continue
        if (one.seen.task, wanted.lock) not in told:
            told.add((one.seen.task, wanted.lock))
            others = {other.seen.task for other in _inside(one, standings)}
            may = f"; it may be one of {', '.join(sorted(others)[:4])}" if len(others) > 1 else ""
            yield f"who has {wanted.lock}, for which {one.seen.task} waits{may}"
