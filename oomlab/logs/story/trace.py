"""A log as a trace of the kind that a run of the model leaves, so that the same figures draw it.

Only what the log shows becomes an event. Before the first of a task, and after what is known of it
ends, the trace says that it is not known. Frames have the names of the model's routines where it
has them, so that whoever reads traces finds requests, walks of the chain and kills.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from oomlab.engine.ops import SlotKind
from oomlab.engine.slots import Facts
from oomlab.engine.trace.events import (
    Condition,
    Event,
    How,
    Json,
    SlotInfo,
    TaskInfo,
    Trace,
    Waiting,
)
from oomlab.logs.story.claims import HoldClaim
from oomlab.logs.story.lock_values import given_back, taken
from oomlab.logs.story.locks import FREE, KILLS, role_of
from oomlab.logs.story.reports import LogReading, OomSeen
from oomlab.logs.story.seen import SCHEDULING, StackFrame
from oomlab.logs.story.standing import TaskStanding
from oomlab.logs.story.standings import LogScene, scene

UNKNOWN_STACK = ("not in the log",)
"""The stack of a task that is named and never shown."""

ALLOCATOR = "alloc_page"
REAPER = "oom_reaper"
_LOCK_OPS = {
    "mutex": "mutex_lock", "read": "down_read", "write": "down_write", "spin": "spin_lock",
    "": "mutex_lock",
}  # fmt: skip
_HOLD_OPS = {"owns": "mutex_lock", "reads": "down_read", "writes": "down_write"}
_HOWS: dict[str, How] = {"poll": "polls", "event": "blocks", "lock": "blocks"}


def trace_of(reading: LogReading, known: LogScene | None = None) -> Trace:
    """The log as a trace. Its verdict is `log-ends`; the parameters say which times it has and
    which release wrote it. `known`: the scene of the reading, if it is there already."""
    return _Builder(reading, known or scene(reading.sightings, reading.release)).trace()


def model_stack(frames: tuple[StackFrame, ...]) -> tuple[str, ...]:
    """A stack of the log, outermost first, with the model's names; without what waits."""
    found: list[str] = []
    for frame in reversed(frames):
        what = frame.meaning
        if not frame.sure or frame.name in SCHEDULING:
            continue
        if what is not None and what.place in ("lock", "poll", "nap", "event"):
            continue
        name = what.model if what is not None and what.model else frame.name
        if not found or found[-1] != name:
            found.append(name)
    return tuple(found) or UNKNOWN_STACK


@dataclass
class _Slot:
    kind: SlotKind
    initial: Json
    facts: Facts = field(default_factory=Facts)


class _Builder:
    """Collects tasks, slots and events; `value` has what each slot holds so far, `last` where each
    task was seen last."""

    def __init__(self, reading: LogReading, known: LogScene) -> None:
        self.reading = reading
        self.scene = known
        self.slots: dict[str, _Slot] = {}
        self.tasks: dict[str, TaskInfo] = {}
        self.value: dict[str, Json] = {}
        self.last: dict[str, TaskStanding] = {}

    def trace(self) -> Trace:
        """The whole of it."""
        self._declare()
        events = sorted(self._events(), key=_when)  # two sightings of a task may overlap
        reading = self.reading
        release = f"Linux {reading.release_text}" if reading.release_text else "an unknown kernel"
        parameters: dict[str, int | float | str] = {"times": reading.times}
        if reading.began:
            parameters["began"] = reading.began
        if reading.release is not None:
            parameters["kernel"] = reading.release.plain
        return Trace(
            "the log", release, parameters, 0, "log", 0, tuple(self.tasks.values()),
            tuple(SlotInfo(n, s.kind, s.initial, s.facts) for n, s in self.slots.items()),
            tuple(events), "log-ends", max(reading.ended_us, self._latest(events)),
            tuple(self._waiting()),
        )  # fmt: skip

    def _latest(self, events: list[Event]) -> int:
        return events[-1].at_us if events else 0

    # What there is.

    def _declare(self) -> None:
        for one in self.scene.standings:
            self._task(one.seen.task, "seen in the log")
            if one.want is not None and one.want.answer is not None:
                answer = one.want.answer
                self._task(answer.by, "answers, and is not in the log", foreground=False)
                facts = Facts("answered", answered_by=answer.by, gives=answer.gives)
                self._slot(answer.queue, "queue", [], facts)
            elif one.want is not None:
                self._lock(one.want.lock, one.want.way in ("read", "write"))
        for claim in self.scene.claims:
            self._task(claim.task, "named in the log")
            self._lock(claim.lock, claim.mode != "owns")
        for oom in self.reading.ooms:
            self._task(oom.task, "seen in the log")
            if oom.victim:
                self._task(oom.victim, "killed", foreground=False)
                self._slot(self._kill(oom.victim), "word", 0, Facts("kill", of=oom.victim))
            if oom.zone is not None:
                self._slot(FREE, "pool", oom.zone.free, Facts("free", mark=oom.zone.marks.min))
            if oom.reaped_us is not None:
                self._task(REAPER, "kernel thread that frees a victim's memory", foreground=False)

    def _task(self, name: str, what: str, *, foreground: bool = True) -> None:
        known = self.tasks.get(name)
        if known is None or (foreground and not known.foreground):
            self.tasks[name] = TaskInfo(name, what, foreground)

    def _slot(self, name: str, kind: SlotKind, initial: Json, facts: Facts) -> None:
        if name not in self.slots:
            self.slots[name] = _Slot(kind, initial, facts)
            self.value[name] = initial

    def _lock(self, name: str, semaphore: bool) -> None:
        if semaphore or role_of(name) == "chain":
            facts = Facts("chain" if role_of(name) == "chain" else "plain")
            self._slot(name, "rwsem", {"readers": [], "writer": "", "queued": []}, facts)
        else:
            self._slot(name, "mutex", "", Facts())

    @staticmethod
    def _kill(victim: str) -> str:
        return f"{KILLS}{victim}"

    # What happened, in order.

    def _events(self) -> Iterator[Event]:
        moments: list[tuple[int, int, object]] = []
        for claim in self.scene.claims:
            moments.append((claim.from_us, 1, claim))
            if claim.until_us is not None:
                moments.append((claim.until_us, 0, claim))
        for one in self.scene.standings:
            moments.append((one.from_us, 2, one))
            if one.want is None and not one.seen.asleep:
                moments.append((one.last_us, 5, one))
        moments += [(oom.at_us, 3, oom) for oom in self.reading.ooms]
        for oom in self.reading.ooms:
            if oom.reaped_us is not None:
                moments.append((max(oom.reaped_us, oom.at_us), 4, oom))
        for at_us, rank, what in sorted(moments, key=_order):
            if isinstance(what, HoldClaim):
                yield from self._takes(what) if rank else self._gives_back(what, at_us)
            elif isinstance(what, TaskStanding):
                yield from self._stands(what) if rank == 2 else self._leaves(what)
            elif isinstance(what, OomSeen):
                yield from self._report(what) if rank == 3 else self._reaped(what, at_us)

    def _event(
        self, at_us: int, task: str, stack: tuple[str, ...], op: str, on: str,
        condition: Condition, result: Json = None, changes: Mapping[str, Json] | None = None,
    ) -> Event:  # fmt: skip
        told = (changes or {}).items()
        new = {name: value for name, value in told if self.value.get(name) != value}
        self.value.update(new)
        return Event(at_us, task, stack, op, on, condition, result, new)

    def _standing(self, task: str, at_us: int) -> TaskStanding | None:
        mine = (s for s in reversed(self.scene.standings) if s.seen.task == task)
        return next((one for one in mine if one.from_us <= at_us), None)

    def _stack(self, task: str, at_us: int) -> tuple[str, ...]:
        known = self._standing(task, at_us)
        return model_stack(known.seen.frames) if known is not None else UNKNOWN_STACK

    def _takes(self, claim: HoldClaim) -> Iterator[Event]:
        before = self.value[claim.lock]
        value = taken(before, claim)
        if value != before:
            op = _HOLD_OPS["reads" if isinstance(value, dict) else claim.mode]
            if isinstance(value, dict) and claim.mode == "writes":
                op = "down_write"
            stack = self._stack(claim.task, claim.from_us)
            yield self._event(
                claim.from_us, claim.task, stack, op, claim.lock, "done", None,
                {claim.lock: value},
            )  # fmt: skip
            if self._standing(claim.task, claim.from_us) is None:
                yield self._event(claim.from_us, claim.task, stack, "note", "", "unseen")

    def _gives_back(self, claim: HoldClaim, at_us: int) -> Iterator[Event]:
        before = self.value[claim.lock]
        value = given_back(before, claim.task)
        if value != before:
            yield self._event(
                at_us, claim.task, self._stack(claim.task, at_us), "note", "", "unseen", None,
                {claim.lock: value},
            )  # fmt: skip

    def _stands(self, one: TaskStanding) -> Iterator[Event]:
        seen, wanted = one.seen, one.want
        self.last[seen.task] = one
        stack = model_stack(seen.frames)
        if wanted is None:
            yield self._event(one.from_us, seen.task, stack, "note", "", "done")
        elif wanted.answer is not None:
            queue = wanted.answer.queue
            sleepers = [*dict.fromkeys((*self.value[queue], seen.task))]
            yield self._event(
                one.from_us, seen.task, stack, "sleep_on", queue, "blocked", None,
                {queue: sleepers},
            )  # fmt: skip
        elif wanted.kind == "poll":
            yield self._event(one.from_us, seen.task, stack, "poll", wanted.lock, "polling")
        else:
            value = self.value[wanted.lock]
            if wanted.way == "write" and isinstance(value, dict):
                value = {**value, "queued": [*dict.fromkeys((*value["queued"], seen.task))]}
            yield self._event(
                one.from_us, seen.task, stack, _LOCK_OPS[wanted.way], wanted.lock, "blocked", None,
                {wanted.lock: value},
            )  # fmt: skip

    def _leaves(self, one: TaskStanding) -> Iterator[Event]:
        """It ran when it was seen last; what it did then is not known."""
        if self.last.get(one.seen.task) is one:
            stack = model_stack(one.seen.frames)
            yield self._event(one.last_us, one.seen.task, stack, "note", "", "unseen")

    def _report(self, oom: OomSeen) -> Iterator[Event]:
        stack = model_stack(oom.sighting.frames)
        if oom.mask is not None and ALLOCATOR in stack:
            inner = stack[: stack.index(ALLOCATOR) + 1]
            yield self._event(oom.at_us, oom.task, inner, "note", "gfp", "done", oom.mask)
        free = {} if oom.zone is None else {FREE: oom.zone.free}
        said = f"{oom.task} invoked oom-killer"
        yield self._event(oom.at_us, oom.task, stack, "log", "", "done", said, free)
        if oom.victim:
            word = self._kill(oom.victim)
            yield self._event(oom.at_us, oom.task, stack, "write", word, "done", None, {word: 1})
        yield self._event(oom.at_us, oom.task, stack, "note", "", "unseen")

    def _reaped(self, oom: OomSeen, at_us: int) -> Iterator[Event]:
        how = "reaped" if oom.reaped else "unable to reap"
        yield self._event(
            at_us, REAPER, (REAPER,), "log", "", "done", f"oom_reaper: {how} {oom.victim}"
        )
        yield self._event(at_us, REAPER, (REAPER,), "note", "", "unseen")

    def _waiting(self) -> Iterator[Waiting]:
        """Nobody is known to be done: every task that was seen may go on."""
        for name in self.tasks:
            one = self.last.get(name)
            if one is None or one.want is None:
                yield Waiting(name, "", "", 0 if one is None else one.from_us, "ready")
                continue
            holder = self.value.get(one.want.lock)
            held_by = holder if isinstance(holder, str) else ""
            yield Waiting(name, one.want.lock, held_by, one.from_us, _HOWS[one.want.kind])


def _when(event: Event) -> int:
    return event.at_us


def _order(moment: tuple[int, int, object]) -> tuple[int, int]:
    return moment[:2]
