"""Where each task stood and what it waited for, put together from all that was seen of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from oomlab.kernel_release import KernelRelease
from oomlab.logs.story.claims import HoldClaim, claims_of, may_have, who_asks_inside
from oomlab.logs.story.locks import THREAD_ANSWERS, AwaitedAnswer, of_class
from oomlab.logs.story.seen import Sighting, StackFrame
from oomlab.logs.story.standing import TaskStanding
from oomlab.logs.story.wants import (
    KNOWLEDGE,
    Want,
    asks_in_the_chain,
    holds_of,
    place_words,
    want,
)


@dataclass(frozen=True)
class LogScene:
    """All standings in the order of their beginnings, and all claims. `unsaid`: what one would have
    to know and the log does not say, in sentences without a full stop."""

    standings: tuple[TaskStanding, ...]
    claims: tuple[HoldClaim, ...]
    unsaid: tuple[str, ...]


def scene(sightings: Sequence[Sighting], release: KernelRelease | None) -> LogScene:
    """Put together what was seen. Of a task that is seen twice at one place, the two are one
    standing: it has been there all the time."""
    standings = _merged([*_with_lists_alone(sightings)])
    standings = [_named(one) for one in _with_thread(standings)]
    claims = claims_of(standings, release)
    told = {claim.task for claim in claims}
    standings = [one for one in standings if one.want or one.seen.frames or one.seen.task in told]
    return LogScene(
        tuple(_without_idle_polls(standings, claims)),
        claims,
        tuple(_unsaid(standings, claims)),
    )


def _with_lists_alone(sightings: Sequence[Sighting]) -> Iterator[Sighting]:
    """A list of locks without a stack does not say whether the last one is waited for. It is if it
    is among those that somebody else has."""
    had: dict[str, set[str]] = {}
    for seen in sightings:
        if seen.frames:
            for hold in holds_of(seen, want(seen), None):
                had.setdefault(hold.lock, set()).add(seen.task)
        for lock in (seen.listed or ())[:-1]:
            had.setdefault(of_class(lock.name), set()).add(seen.task)
    for seen in sightings:
        last = seen.listed[-1] if seen.listed and not seen.frames else None
        name = "" if last is None else of_class(last.name)
        again = name in {of_class(lock.name) for lock in (seen.listed or ())[:-1]}
        if last is None or not (again or had.get(name, set()) - {seen.task}):
            yield seen
        else:
            frames = (StackFrame("mutex_lock", last.line), StackFrame(last.asked_in, last.line))
            yield replace(seen, frames=frames)


def _merged(sightings: Sequence[Sighting]) -> list[TaskStanding]:
    latest: dict[str, TaskStanding] = {}
    found: list[TaskStanding] = []
    for seen in sightings:
        from_us = seen.at_us if seen.since_us is None else seen.since_us
        one = TaskStanding(seen, from_us, seen.at_us, want(seen))
        before = latest.get(seen.task)
        if before is not None and _goes_on(before, one):
            at = found.index(before)
            best, other = sorted((seen, before.seen), key=_certainty)
            listed = other.listed if best.listed is None else best.listed
            best = replace(best, owner=best.owner or other.owner, listed=listed)
            one = TaskStanding(best, min(before.from_us, from_us), seen.at_us, want(best))
            found[at] = one
        else:
            found.append(one)
        latest[seen.task] = one
    return sorted(found, key=_beginning)


def _certainty(seen: Sighting) -> tuple[bool, int]:
    """The lower, the more a sighting tells: the kernel's own lines first, then the best frames."""
    found = want(seen)
    told = bool(seen.owner or seen.listed)
    return not told, len(KNOWLEDGE) if found is None else KNOWLEDGE.index(found.known)


def _beginning(one: TaskStanding) -> int:
    return one.from_us


def _goes_on(before: TaskStanding, one: TaskStanding) -> bool:
    listed = [lock.name for lock in one.seen.listed or ()]
    if listed and not one.seen.frames:
        return listed == [lock.name for lock in before.seen.listed or ()]
    if before.want is None or one.want is None:
        return before.want is one.want and [f.name for f in before.seen.sure()] == [
            f.name for f in one.seen.sure()
        ]
    if before.want.kind != one.want.kind:
        return False
    if before.want.lock and before.want.lock == one.want.lock:
        return True
    # One record may name the lock, and another only show who asks for it.
    return before.want.asked_in == one.want.asked_in


def _with_thread(standings: Sequence[TaskStanding]) -> Iterator[TaskStanding]:
    """Where there is a thread that walks the chain for others, who naps in out_of_memory waits for
    it."""
    threads = [one.seen.task for one in standings if one.seen.within("thread")]
    for one in standings:
        frames = [frame for frame in one.seen.sure() if frame.meaning]
        naps = [*one.seen.waiting()]
        below = frames[len(naps)] if len(naps) < len(frames) else None
        waits = (
            naps and frames[0] is naps[0] and below is not None and below.name == "out_of_memory"
        )
        if one.want is None and threads and waits and below is not None:
            answer = AwaitedAnswer(THREAD_ANSWERS, threads[0], "its answer")
            found = Want(answer.queue, "event", "", below.name, below.line, "inferred", answer)
            one = replace(one, want=found)
        yield one


def _named(one: TaskStanding) -> TaskStanding:
    if one.want is None or one.want.lock:
        return one
    return replace(one, want=replace(one.want, lock=place_words(one.seen, one.want)))


def _without_idle_polls(
    standings: Sequence[TaskStanding], claims: Sequence[HoldClaim]
) -> Iterator[TaskStanding]:
    """A stall is no sign of polling oom_lock unless somebody else is known to have it, or the task
    itself has it, since it is in the OOM killer."""
    had = {claim.task for claim in claims if claim.lock == "oom_lock"}
    for one in standings:
        inside = asks_in_the_chain([*one.seen.sure()]) is not None
        guessed = one.seen.why == "stall" and one.want is not None and not inside
        yield replace(one, want=None) if guessed and not had - {one.seen.task} else one


def _unsaid(standings: Sequence[TaskStanding], claims: Sequence[HoldClaim]) -> Iterator[str]:
    had = {claim.lock for claim in claims}
    # A task waits for one lock at a time: where the kernel names the owner, all is said of it.
    told = {one.seen.task for one in standings if one.seen.owner is not None}
    waiting: dict[str, list[TaskStanding]] = {}
    for one in standings:
        if one.seen.task in told or one.want is None:
            continue
        if one.want.kind == "lock" and one.want.lock not in had:
            waiting.setdefault(one.want.lock, []).append(one)
    asking = who_asks_inside(standings)
    for lock, waiters in waiting.items():
        names = [*dict.fromkeys(one.seen.task for one in waiters)]
        others = {
            other.seen.task for one in waiters[:MOST_NAMED] for other in may_have(one, asking)
        }
        may = f"; it may be one of {named(sorted(others))}" if len(others) > 1 else ""
        verb = "waits" if len(names) == 1 else "wait"
        yield f"who has {lock}, for which {named(names)} {verb}{may}"


MOST_NAMED = 4
"""Tasks that a sentence names (our choice)."""


def named(names: Sequence[str]) -> str:
    """Some names in a sentence, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
