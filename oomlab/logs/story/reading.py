"""From the records of a log to what the story needs of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from oomlab.kernel.zone import PAGE_KIB
from oomlab.kernel_release import KernelRelease
from oomlab.logs import incidents as log
from oomlab.logs.parts import CallFrame as LogFrame
from oomlab.logs.parts import TaskName
from oomlab.logs.story.clock import Boot, boots
from oomlab.logs.story.functions import frame_meaning
from oomlab.logs.story.reports import MOST_ORDER, LogReading, Notice, OomSeen
from oomlab.logs.story.request import closed_to, may_kill, models, zone_of
from oomlab.logs.story.seen import ListedLock, Owner, Sighting, StackFrame, Why
from oomlab.logs.whole_log import Log

NEAR_US = 5_000_000
"""A list of locks belongs to the stack of that task that was shown less than this before or after
(our choice); the detector prints both at once."""

_SECOND = 1_000_000


def readings_of(read: Log) -> Iterator[LogReading]:
    """A reading for each boot that the log is of."""
    for boot in boots(read.incidents, read.starts):
        yield _Reader(read, boot).reading()


class _Reader:
    """One boot; `moment` says when an incident was."""

    def __init__(self, read: Log, boot: Boot) -> None:
        self.boot = boot
        self.at = {id(one): at_us for one, at_us in zip(boot.incidents, boot.moments, strict=True)}
        self.name = _names(boot.incidents)
        texts = [one.release for one in boot.incidents if one.release]
        texts += [seen.release for seen in read.releases]
        self.release_text = texts[0] if texts else ""
        self.addresses: dict[str, dict[str, int]] = {}
        self.unit = _SECOND if boot.times != "lines" else 0

    def reading(self) -> LogReading:
        """All of it."""
        sightings = self._with_lists([*self._sightings()])
        return LogReading(
            KernelRelease.meant(self.release_text),
            self.release_text,
            self.boot.times,
            self.boot.began,
            max(self.boot.moments, default=0),
            tuple(sightings),
            tuple(self._oom(one) for one in self.boot.incidents if isinstance(one, log.OomReport)),
            tuple(notice for one in self.boot.incidents for notice in self._notices(one)),
        )

    # Tasks and their stacks.

    def _sightings(self) -> Iterator[Sighting]:
        for one in self.boot.incidents:
            if isinstance(one, log.HungTask):
                for_us, owner = one.seconds * self.unit, _owner(one, self.name)
                yield self._seen(one, one.task, "hung task", for_us, owner)
            elif isinstance(one, log.AllocationStall):
                yield self._seen(one, one.task, "stall", one.for_us if self.unit else 0)
            elif isinstance(one, log.TaskShown):
                why = _why(one)
                if why is not None:
                    yield self._seen(one, one.task, why)
            elif isinstance(one, log.Lockup) and one.task is not None:
                yield self._seen(one, one.task, "lockup", (one.seconds or 0) * self.unit)

    def _seen(
        self, one: log.Incident, task: TaskName, why: Why, for_us: int = 0,
        owner: Owner | None = None,
    ) -> Sighting:  # fmt: skip
        at_us = self.at[id(one)]
        since = max(at_us - for_us, 0) if for_us else None
        return Sighting(
            self.name(task), at_us, one.place.first, why, _frames(one.frames), since, None, owner
        )

    def _with_lists(self, sightings: list[Sighting]) -> list[Sighting]:
        """The lists of locks, each with the stack of its task, or alone."""
        for one in self.boot.incidents:
            if not isinstance(one, log.HeldLocks):
                continue
            task, at_us = self.name(one.task), self.at[id(one)]
            listed = tuple(
                ListedLock(self._lock_name(lock.name, lock.address), lock.function, lock.line)
                for lock in one.locks
            )
            near = [
                number
                for number, seen in enumerate(sightings)
                if seen.task == task and abs(seen.at_us - at_us) <= NEAR_US
            ]
            if near:
                sightings[near[-1]] = replace(sightings[near[-1]], listed=listed)
            else:
                sightings.append(
                    Sighting(task, at_us, one.place.first, "owner", (), None, listed, None)
                )
        return sorted(sightings, key=_line)

    def _lock_name(self, name: str, address: str) -> str:
        """The class; two locks of one class are told apart where the log shows their addresses."""
        known = self.addresses.setdefault(name, {})
        number = known.setdefault(address, len(known) + 1)
        short = name if len(name) <= LONGEST_LOCK else f"{name[: LONGEST_LOCK - 1]}…"
        return short if number == 1 else f"{short} ({number})"

    # Reports about memory.

    def _oom(self, one: log.OomReport) -> OomSeen:
        victim = one.victim
        reaped = victim.reaped if victim is not None else None
        at_us = self.at[id(one)]
        reaped_us = None
        if reaped is not None:
            reaped_us = (
                at_us if reaped.boot_us is None or self.boot.times != "boot" else reaped.boot_us
            )
        mask = one.mask
        kills, why = may_kill(one, mask)
        return OomSeen(
            task=self.name(one.task),
            at_us=at_us,
            line=one.place.first,
            path=one.path,
            mask=None if mask is None else models(mask),
            mask_text=one.mask_text,
            order=one.order or 0,
            group=one.memcg,
            victim="" if victim is None else self.name(victim.task),
            victim_line=one.place.first if victim is None else victim.line,
            rss=None if victim is None or victim.rss_kb is None else victim.rss_kb // PAGE_KIB,
            reaped=None if reaped is None else reaped.done,
            reaped_us=reaped_us,
            reaped_before_next=reaped is None or reaped.before_next,
            zone=zone_of(one.memory, mask),
            ram=one.memory.ram_pages,
            may_kill=kills,
            why=why,
            nobody=one.nobody,
            where=one.where if one.bound_to else "",
            limit_kb=one.memory.group_limit_kb,
            others=max(len(one.victims) - 1, 0),
            asker_dies=one.asker_dies,
            spare=one.memory.count("free"),
            closed=closed_to(one.memory, mask),
            sighting=Sighting(
                self.name(one.task), at_us, one.place.first, "OOM report", _frames(one.frames)
            ),
        )

    def _notices(self, one: log.Incident) -> Iterator[Notice]:
        at_us, line = self.at[id(one)], one.place.first
        if isinstance(one, log.AllocationFailure):
            who = self.name(one.task)
            yield Notice("failure", who, at_us, line, _failed(one, who), one.order or 0)
        elif isinstance(one, log.AllocationStall):
            who, seconds = self.name(one.task), one.for_us // _SECOND
            yield Notice("stall", who, at_us, line, f"{who} has waited for {seconds} s", seconds)
        elif isinstance(one, log.NotifierLine):
            if one.what == "purge":
                yield Notice("purge", "", at_us, line, one.text, _pages(one))
            elif one.what == "puff":
                yield Notice("puff", "", at_us, line, one.text, one.wanted or 0)
        elif isinstance(one, log.LockdepReport):
            names = [step.name for step in one.steps]
            names += [one.wanted.name] if one.wanted is not None else []
            names += [] if one.steps else [lock.name for lock in one.held]
            who = "" if one.task is None else self.name(one.task)
            yield Notice("lockdep", who, at_us, line, one.title, 0, tuple(dict.fromkeys(names)))
        elif isinstance(one, log.WorkqueueStall):
            work = ", ".join(one.in_flight[:MOST_WORK]) or "the log does not say with which work"
            ours = any(_of_a_listener(name) for name in one.in_flight)
            said = f"for {one.seconds} s, at work: {work}"
            yield Notice("listener's worker" if ours else "workers", "", at_us, line, said)
        elif isinstance(one, log.RcuStall):
            yield Notice("grace period", "", at_us, line, one.flavour or "RCU")
        elif isinstance(one, log.Lockup) and not one.frames:  # a stack makes it a sighting
            what = f"processor {one.cpu}" + (f", running {one.task}" if one.task else "")
            yield Notice("processor", "", at_us, line, what, one.seconds or 0)
        elif isinstance(one, log.Panic):
            yield Notice("panic", "", at_us, line, one.text)
        elif isinstance(one, log.OomReport) and one.nobody:
            yield Notice("no victim", self.name(one.task), at_us, line, "no killable process")
        elif isinstance(one, log.OrphanKill):
            who = self.name(one.victim.task)
            yield Notice("kill", who, at_us, line, f"{who} was killed, and the report is not here")


def _failed(one: log.AllocationFailure, who: str) -> str:
    """Who got nothing of what, in words; the mask with its names."""
    if one.what == "unexpected mask":
        return f"{who} asked with a mask that may not be there, {one.mask_text}"
    who = who or (f"the cache {one.cache}" if one.cache else "somebody")
    pages = f"{1 << one.order} pages in a row (order {one.order})" if one.order else "a page"
    asked = pages if one.order is not None and one.order <= MOST_ORDER else "memory"
    asked = f"{one.bytes:,} bytes" if one.bytes is not None else asked
    mask = f", {one.mask or one.mask_text}" if one.mask_text else ""
    return f"{who} did not get {asked} ({one.what}{mask})"


MOST_WORK = 3
"""Names of work that a sentence has (our choice)."""


def _of_a_listener(work: str) -> bool:
    """Is a worker with this work ("88:update_balloon_size_func [virtio_balloon] for 41s") in the
    driver of a listener, or does it ask the OOM killer?"""
    name = work.partition(":")[2].partition(" ")[0] or work.partition(" ")[0]
    meaning = frame_meaning(name.removesuffix("(RESCUER)"))
    return meaning is not None and meaning.place in ("balloon", "sysrq")


def _line(seen: Sighting) -> int:
    return seen.line


def _pages(one: log.NotifierLine) -> int:
    freed = one.freed or 0
    return freed // (PAGE_KIB * 1024) if one.unit == "bytes" else freed


def _why(one: log.TaskShown) -> Why | None:
    if one.reason == "owner":
        return "owner"
    if one.reason == "backtrace":
        return "lockup"
    return "blocked task" if one.state in ("D", "") else None


def _names(incidents: Iterable[log.Incident]) -> Callable[[TaskName], str]:
    """How each task is called: by its comm if no other number had the same one."""
    said: set[TaskName] = set()
    for one in incidents:
        said.update(_tasks(one))
    numbers = Counter(_short(task.comm) for task in said if task.pid is not None)

    def name(task: TaskName) -> str:
        short = _short(task.comm)
        return short if numbers[short] < 2 or task.pid is None else f"{short}:{task.pid}"

    return name


LONGEST_LOCK = 40
LONGEST_NAME = 24
"""Characters of the name of a lock and of a task in a story (our choice). A comm has 15, and up to
63 if it is a worker's, with its work."""


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _tasks(one: log.Incident) -> Iterator[TaskName]:
    task = getattr(one, "task", None)
    if isinstance(task, TaskName):
        yield task
    if isinstance(one, log.OomReport):
        yield from (victim.task for victim in one.victims)
    if isinstance(one, log.HungTask) and one.blocked_on and one.blocked_on.owner:
        yield one.blocked_on.owner


def _frames(frames: Iterable[LogFrame]) -> tuple[StackFrame, ...]:
    return tuple(StackFrame(frame.function, frame.line, frame.sure) for frame in frames)


def _owner(one: log.HungTask, name: Callable[[TaskName], str]) -> Owner | None:
    said = one.blocked_on
    if said is None or said.owner is None:
        return None
    way = {"reader": "read", "writer": "write"}.get(said.wants, "mutex")
    mode = {"reader": "reads", "writer": "writes"}.get(said.mode, "owns")
    return Owner(name(said.owner), mode, said.line, way)  # type: ignore[arg-type]


MOST_REPORTS = 100
MOST_SIGHTINGS = 200
"""OOM reports and sightings that a trace is made of, the latest (our choice). Findings
are drawn from all of them."""


def bounded(reading: LogReading) -> LogReading:
    """As much of a reading as a trace can show."""
    return replace(
        reading, sightings=reading.sightings[-MOST_SIGHTINGS:], ooms=reading.ooms[-MOST_REPORTS:]
    )
