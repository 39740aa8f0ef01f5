"""Where a task was: what each frame of its stack is evidence for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oomlab.logs.story.functions import PLACES, StackPlace
from oomlab.logs.story.seen import Sighting, StackFrame

_OF_INTEREST: tuple[StackPlace, ...] = (
    "chain", "listener", "balloon", "host", "out_of_memory", "thread", "reclaim", "filesystem",
    "fault", "group", "sysrq", "reaper", "kswapd", "registration", "nap", "event", "lock",
    "poll",
)  # fmt: skip
"""The places worth a line of their own: all but the allocator, where everybody is."""


@dataclass(frozen=True, slots=True)
class StackEvidence:
    """`task` is at `place` (if not `sure`: it was there, or may be), by `function` in `line`. `of`:
    the driver or filesystem."""

    task: str
    place: StackPlace
    of: str
    sure: bool
    function: str
    line: int

    @property
    def sentence(self) -> str:
        """In words, without a full stop."""
        where = PLACES[self.place]
        of = f" ({self.of})" if self.of and self.place != "balloon" else ""
        if self.sure:
            return f"{self.task} {_joined(where)}{of}: {self.function}"
        was = f"has been there: {where}{of}"
        return f"{self.task} {was}; `? {self.function}` says that it was, not that it is"


def _joined(where: str) -> str:
    return (
        where
        if where.split()[0] in ("waits", "asks", "spins", "sleeps", "enters", "is")
        or where.startswith("a person")
        else f"is {where}"
    )


def evidence(seen: Sighting) -> Iterator[StackEvidence]:
    """What the frames of a stack are evidence for, one piece a place and driver; of several frames
    the innermost, and a certain one before one that is not."""
    found: dict[tuple[StackPlace, str], StackEvidence] = {}
    waits = _waits(seen)
    for frame in seen.frames:
        what = frame.meaning
        if what is None or what.place not in _OF_INTEREST:
            continue
        if what.place == "chain" and not _is_oom_chain(seen, frame):
            continue
        place = waits if what.place in ("nap", "event") and frame.sure else what.place
        piece = StackEvidence(seen.task, place, what.of, frame.sure, frame.name, frame.line)
        known = found.get((place, what.of))
        better = known is not None and (piece.sure and not known.sure)
        outer = known is not None and place == "event" and what.place == "event"
        if known is None or better or outer:  # who asks for the event says more than who sleeps
            found[place, what.of] = piece
    yield from found.values()


def _waits(seen: Sighting) -> StackPlace:
    """Does one who sleeps in schedule_timeout wait for an event? A completion without a limit is
    waited for there as well; and whom the detector of hung tasks names does not nap."""
    waiting = [*seen.waiting()]
    places = [frame.meaning.place for frame in waiting if frame.meaning]
    return "event" if seen.why == "hung task" or places[-1:] == ["event"] else "nap"


def _is_oom_chain(seen: Sighting, frame: StackFrame) -> bool:
    """There are many chains. That of the OOM killer is walked below out_of_memory, or by the
    thread that does it for others; or one of its listeners is seen in it."""
    places = {f.meaning.place for f in seen.frames if f.meaning and (f.sure or not frame.sure)}
    return bool(places & {"out_of_memory", "thread"}) or any(
        f.meaning is not None and f.meaning.place == "listener" and "oom" in f.name
        for f in seen.frames
    )


def in_the_chain(seen: Sighting) -> bool:
    """Is it certain that the task walks the OOM notifier chain?"""
    return any(e.sure for e in evidence(seen) if e.place == "chain") or any(
        f.name.endswith("_oom_notify") or f.name == "i915_gem_shrinker_oom" for f in seen.sure()
    )
