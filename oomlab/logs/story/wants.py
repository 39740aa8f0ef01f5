"""What a task waits for, and what it has, as far as a record shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from oomlab.analysis import EdgeKind, HoldMode
from oomlab.kernel_release import KernelRelease
from oomlab.limits import Limit
from oomlab.logs.story.functions import LockWay, bare_name
from oomlab.logs.story.locks import ANSWERS, MET, OBJECT_LOCK, AwaitedAnswer, asked_by, of_class
from oomlab.logs.story.seen import Sighting, StackFrame

Knowledge = Literal["said by the kernel", "a sure frame", "a frame that may be stale", "inferred"]
"""How something is known: the kernel has a line about it; a frame without `?` shows it; only frames
with `?` do; or it follows from what else is known and from how the code is made."""

KNOWLEDGE: tuple[Knowledge, ...] = (
    "said by the kernel", "a sure frame", "a frame that may be stale", "inferred",
)  # fmt: skip
"""From the most certain to the least."""

LIMITS = (
    Limit(
        "guessed",
        "Who has a lock that no line of a log names",
        "Where neither the hung-task detector nor lockdep says it, it is worked out from the "
        "stacks: whoever is in `leak_balloon` has `balloon_lock`, whoever is in `out_of_memory` "
        "has `oom_lock`. A lock of a filesystem is taken to belong to the only task that asks for "
        "memory from within one. Such edges are marked; of two candidates none is chosen.",
    ),
    Limit(
        "guessed",
        "A task that sleeps for a tick in the allocator",
        "It is taken to poll `oom_lock`, which is what it nearly always does there. A stalled "
        "request is taken to do so if somebody else is known to have that lock, or if it asks "
        "inside the notifier chain inside the OOM killer: then the task has it itself.",
    ),
)

OPENED_IN = KernelRelease(4, 15)
"""Since then fill_balloon asks for its pages before it takes balloon_lock (commit c7cdff0e8647)."""

_TICKS = ("schedule_timeout_uninterruptible", "schedule_timeout_killable")
"""How the allocator sleeps for a tick: where it has tried oom_lock in vain, and next to nowhere
else (mm/page_alloc.c)."""


@dataclass(frozen=True, slots=True)
class Want:
    """What a task waits for: a lock, of which it polls one or sleeps on one, or an answer.

    `lock`: its name here, "" if only the place is known. `asked_in`: the function that asks.
    `answer`: of an event.
    """

    lock: str
    kind: EdgeKind
    way: LockWay
    asked_in: str
    line: int
    known: Knowledge
    answer: AwaitedAnswer | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that a task has: how, and how that is known."""

    lock: str
    mode: HoldMode
    line: int
    known: Knowledge


def weaker(one: Knowledge, other: Knowledge) -> Knowledge:
    """The less certain of the two: a chain is as strong as its weakest link."""
    return max(one, other, key=KNOWLEDGE.index)


def want(seen: Sighting) -> Want | None:
    """What a task waits for; None if nothing shows that it waits for somebody.

    If no certain frame says anything, the others are read, and the answer is marked.
    """
    found = _want(seen, [*seen.sure()])
    if found is None and not any(frame.meaning for frame in seen.sure()):
        every = [replace(frame, sure=True) for frame in seen.frames]
        doubted = _want(seen, [*replace(seen, frames=tuple(every)).sure()])
        found = doubted and replace(doubted, known="a frame that may be stale")
    if found is None and seen.owner is not None:  # the stack is lost, the line is there
        line = seen.owner.line
        return Want("", "lock", seen.owner.way, "", line, "said by the kernel")
    return found


def _want(seen: Sighting, frames: Sequence[StackFrame]) -> Want | None:
    first = frames[0].meaning if frames else None
    if first is None:
        return None
    asks = asks_in_the_chain(frames)
    if asks is not None:
        return replace(_POLLS, asked_in=asks.name, line=asks.line, known="a sure frame")
    sleeps = first.place in _SLEEPS
    inner = 0
    while inner < len(frames) and (what := frames[inner].meaning):
        if what.place != first.place and not (sleeps and what.place in _SLEEPS):
            break
        inner += 1
    outside = frames[inner] if inner < len(frames) else frames[-1]
    if first.place in ("lock", "poll") and (seen.asleep or first.place == "poll"):
        ways = [f.meaning.way for f in frames[:inner] if f.meaning]
        return _lock(seen, frames, outside, ways[-1])
    if sleeps:
        ticks = any(frame.name in _TICKS for frame in frames[:inner])
        found = _ticking(outside) if ticks else None
        return found or (_answered(seen, outside) if seen.asleep else None)
    if seen.why == "stall" and first.place == "allocator":
        return replace(_POLLS, asked_in=frames[0].name, line=frames[0].line)
    return _answered(seen, frames[0]) if seen.asleep else None


_SLEEPS = ("nap", "event")


def asks_in_the_chain(frames: Sequence[StackFrame]) -> StackFrame | None:
    """The function that asks for memory inside the notifier chain inside the OOM killer; None if
    none does, or it waits there for something else. `frames`: certain ones, the innermost first.

    Whoever called the killer has oom_lock, and such a request wants it: it is answered only if
    memory comes back by itself, since nobody can be killed meanwhile.
    """
    killer = next((n for n, frame in enumerate(frames) if frame.name == "out_of_memory"), 0)
    inner = [(frame, frame.meaning.place) for frame in frames[:killer] if frame.meaning]
    if not {"chain", "listener"} & {place for _, place in inner}:
        return None
    asks = next((frame for frame, place in inner if place not in ("reclaim", "nap")), None)
    return asks if asks and asks.meaning and asks.meaning.place == "allocator" else None


def _answered(seen: Sighting, frame: StackFrame) -> Want | None:
    """The answer for which somebody sleeps who stands in this function."""
    what = frame.meaning
    if what is None or what.place not in ("host", "listener") or frame.name == "rcu_gp_kthread":
        return None
    answer = ANSWERS.get(what.of)
    elsewhere = (what.of == "fence" and not seen.inside("out_of_memory")) or (
        what.of == "rcu" and not seen.within("out_of_memory", "chain", "listener")
    )
    if answer is None or elsewhere:
        return None  # a graphics card that hangs is no matter of memory, nor is who waits for RCU
    return Want(answer.queue, "event", "", frame.name, frame.line, "a sure frame", answer)


_POLLS = Want("oom_lock", "poll", "", "", 0, "inferred")


def _ticking(outside: StackFrame) -> Want | None:
    """Somebody sleeps for a tick: in the allocator that is polling oom_lock, in i915 its own."""
    what = outside.meaning
    if outside.name == "i915_gem_shrinker_lock_uninterruptible":  # tries, naps, and tries again
        return replace(
            _POLLS, lock="struct_mutex", asked_in=outside.name, line=outside.line,
            known="a sure frame",
        )  # fmt: skip
    if what is None or what.place != "allocator":
        return None
    sure: Knowledge = "a sure frame" if outside.name == "__alloc_pages_may_oom" else "inferred"
    return replace(_POLLS, asked_in=outside.name, line=outside.line, known=sure)


def _lock(seen: Sighting, frames: Sequence[StackFrame], outside: StackFrame, way: LockWay) -> Want:
    line = frames[0].line
    known: Knowledge = "a sure frame"
    if seen.listed and not _list_is_older(seen, frames, outside):
        return Want(
            of_class(seen.listed[-1].name), "lock", way, outside.name, seen.listed[-1].line,
            "said by the kernel",
        )  # fmt: skip
    found = asked_by(outside.name)
    if found is None and outside.meaning and outside.meaning.place == "registration":
        found = next((lock for f in frames if (lock := asked_by(f.name))), None)
    if found is None and outside.meaning and outside.meaning.place == "chain" and way == "read":
        return Want("oom_notify_list rwsem", "lock", way, outside.name, line, known)
    return Want(found.name if found else "", "lock", way, outside.name, line, known)


def _list_is_older(seen: Sighting, frames: Sequence[StackFrame], outside: StackFrame) -> bool:
    """Does a list of locks end before the one that the stack asks for? Its last was asked for
    further out, and the function that asks now is known to ask for another: the list is cut, or
    was printed before."""
    last, asks = (seen.listed or ())[-1], asked_by(outside.name)
    if asks is None or of_class(last.name) == asks.name:
        return False
    outer = {bare_name(frame.name) for frame in seen.sure()} - {bare_name(outside.name)}
    return bare_name(last.asked_in) in outer


def place_words(seen: Sighting, wanted: Want) -> str:
    """What a lock without a name is called, by where it is asked for."""
    for frame in seen.sure():
        what = frame.meaning
        if what is None or what.place in ("lock", "poll"):
            continue
        if what.place == "filesystem":
            return "a filesystem's lock" if what.of == "vfs" else f"a lock of {what.of}"
        if what.place == "reclaim":
            return MET
        break
    if not wanted.asked_in and seen.owner is not None:
        return f"a lock of {seen.owner.task}'s"
    return f"the lock asked for in {wanted.asked_in[:40]}"


def holds_of(seen: Sighting, wanted: Want | None, release: KernelRelease | None) -> Iterator[Hold]:
    """What a task has. Where the kernel lists it, that is all; otherwise what its certain frames
    tell, since the functions take these locks before they call what is seen below them."""
    waits = wanted is not None and wanted.kind == "lock"
    if seen.listed is not None:
        awaited = seen.listed[-1].line if waits and seen.listed else None
        cut = wanted is not None and wanted.line != awaited and asked_by(wanted.asked_in)
        for listed in seen.listed[:-1] if waits and not cut else seen.listed:
            name = of_class(listed.name)
            reads = name == "oom_notify_list rwsem"
            yield Hold(name, "reads" if reads else "owns", listed.line, "said by the kernel")
        return
    frames = [*seen.sure()]
    asking = next((n for n, f in enumerate(frames) if not _asks_for_a_lock(f)), 0)
    for depth, frame in enumerate(frames):
        if waits and depth == asking:  # what a function is about to take it does not have
            continue
        for name, mode, known in _holds_in(frame, frames[:depth], frames[depth + 1 :], release):
            yield Hold(name, mode, frame.line, known)


def _asks_for_a_lock(frame: StackFrame) -> bool:
    return frame.meaning is not None and frame.meaning.place in ("lock", "poll")


def _holds_in(
    frame: StackFrame,
    below: Sequence[StackFrame],
    above: Sequence[StackFrame],
    release: KernelRelease | None,
) -> Iterator[tuple[str, HoldMode, Knowledge]]:
    """The locks that a function has while it is in what is seen `below` it, called by those
    `above`."""
    name = frame.name
    called = [inner.meaning for inner in below if inner.meaning]
    asks = any(what.place == "allocator" for what in called)
    if name == "leak_balloon":
        yield "balloon_lock", "owns", "a sure frame"
    elif name == "fill_balloon" and not (asks and release and release >= OPENED_IN):
        yield "balloon_lock", "owns", "inferred" if asks and not release else "a sure frame"
    elif name == "out_of_memory":
        yield "oom_lock", "owns", "a sure frame"
    elif name == "try_oom_notifier" and called:
        yield "oom_notifier_lock", "owns", "a sure frame"
    elif frame.meaning and frame.meaning.place == "chain":
        walked_for = [outer.meaning.place for outer in above if outer.meaning]
        if {"out_of_memory", "thread"} & {*walked_for}:  # any other chain has a lock of its own
            yield "oom_notify_list rwsem", "reads", "a sure frame"
    elif frame.meaning and frame.meaning.of == "i915 object" and asks:
        if "get_pages" in name:
            yield OBJECT_LOCK, "owns", "a sure frame"
    elif name == "cmm_mem_going_offline" and asks:
        yield "cmm_lock", "owns", "a sure frame"


def inside_a_filesystem(seen: Sighting) -> StackFrame | None:
    """The function of a filesystem from within which a task asks for memory; None if it does not.
    It is likely to have a lock of that filesystem."""
    frames = [*seen.sure()]
    asks = [n for n, f in enumerate(frames) if f.meaning and f.meaning.place == "allocator"]
    outer = frames[asks[-1] + 1 :] if asks else []
    return next((f for f in outer if f.meaning and f.meaning.place == "filesystem"), None)
