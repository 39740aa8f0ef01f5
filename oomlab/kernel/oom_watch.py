"""A watch on the conversation between out_of_memory and whoever runs the chain for it.

A request is "asked" until a walk of the chain begins, "walking" until that walk is over, then
"served"; a close watch has it "needless" when its time is up and there is memory by then, until its
task looks for that. What a request receives can be held against that. The watch is an observer
outside the routines; each protocol says where its requests and answers are to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oomlab.engine.observers import Moment, Observer
from oomlab.engine.ops import (
    Op,
    Slot,
    ghost_promote,
    ghost_write,
    ghost_write_if_more,
    witness,
    witness_if,
    witness_if_owner,
)
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.properties import Property, never, noted

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine
    from oomlab.kernel.task import Task

PENDING_AT_ENTRY = "a request is made while an earlier one is still pending"
STALE_CREDIT = "pages of an earlier walk are credited to a later request"
RELEASED_UNSERVED = "a request is answered although no walk was begun for it"
WAITS_UNDER_OOM_LOCK = "a caller sleeps until the answer with oom_lock held"
ASKS_ITSELF = "the thread that runs the chain waits for itself"
TWO_WALKS = "two walks of the chain run at once"
ASKS_AFTER_KILL = "a request is made, the last one unanswered, although a victim was chosen already"

LABELS = (
    PENDING_AT_ENTRY,
    STALE_CREDIT,
    RELEASED_UNSERVED,
    WAITS_UNDER_OOM_LOCK,
    ASKS_ITSELF,
    TWO_WALKS,
    ASKS_AFTER_KILL,
)
"""What every watch can see. The numbers in the review of the RFC: R1, R2, R4, R5, R17, R11, R8."""

LOST_CREDIT = "pages are counted just before their credit is set to zero"
ZEROING_UNDONE = "the credit is set to zero while a listener adds to it, and comes back"
PARTIAL_CREDIT = "a caller takes the credit of a walk that is not over"
ANSWER_OF_ANOTHER_WALK = "the flag is cleared by one walk while another is under way"
CALLBACK_TWICE = "the same callback runs twice at once"
THREAD_BEFORE_BLOCK = "a walk begins between the start of the thread and the listener's entry"
CHAIN_SKIPPED = "the chain is skipped because its thread is still being made"
REGISTRATION_FAILS = "a listener cannot be registered because the thread cannot be made"
CALLBACK_AFTER_DISABLE = "a callback begins although oom_killer_disable has returned"
WALK_AFTER_DISABLE = "a walk is still under way when oom_killer_disable returns"
DEVICE_TOUCHED = "a callback writes to a device that is suspended"
OWNER_WAITS = "a callback gives up on a lock whose owner waits for that callback"
SYSRQ_WAITS = "SysRq-f has to wait for oom_lock"
SYSRQ_KILLS_NOBODY = "SysRq-f kills nobody, because pages were credited"
KILLS_WITHOUT_A_LOOK = "memory is free when a wait is over, and one more process is killed unseeing"

CLOSE_LABELS = (
    LOST_CREDIT,
    ZEROING_UNDONE,
    PARTIAL_CREDIT,
    ANSWER_OF_ANOTHER_WALK,
    CALLBACK_TWICE,
    THREAD_BEFORE_BLOCK,
    CHAIN_SKIPPED,
    REGISTRATION_FAILS,
    CALLBACK_AFTER_DISABLE,
    WALK_AFTER_DISABLE,
    DEVICE_TOUCHED,
    OWNER_WAITS,
    SYSRQ_WAITS,
    SYSRQ_KILLS_NOBODY,
    KILLS_WITHOUT_A_LOOK,
)
"""What a close watch can see besides: R3 (three labels), R11 (two), R12 (two), R13, R15 (three),
R16, R23 (two), R25. They stand in this order."""

NEVER = {label: never(label, noted(label)) for label in (*LABELS, *CLOSE_LABELS)}
"""All of them, as properties that a chain and its remedy should have."""

OOM_NOTIFIER = "oom_notifier"
"""Name of the thread that runs the chain where a remedy has one."""


THREAD_WALKS = "run > blocking_notifier_call_chain"
"""Where a thread walks the chain for those who have asked, in every protocol that has one."""

CALLER = "request_and_wait"
"""The function in which, in every protocol, somebody asks the thread and waits for its answer."""

CALLER_WAITS = f"{CALLER} > wait_event_timeout"


@dataclass(eq=False)
class OomWatch:
    """`seen`: labels so far. `requests`: by task number, where its request stands. `observer` has
    the places that are looked at.

    A close watch has more to remember, and makes more states: `registering` ("making" while a
    listener's thread is made, "made" while its entry is still missing), `suspended` (1 once
    oom_killer_disable has returned, 2 once the devices are suspended as well), `walks` (how many
    are under way) and `inside` (how many tasks are inside one callback).
    """

    machine: Machine
    seen: Slot
    walking: Slot
    requests: dict[int, Slot] = field(default_factory=dict)
    registering: Slot | None = None
    suspended: Slot | None = None
    walks: Slot | None = None
    inside: Slot | None = None
    observer: Observer = field(default_factory=Observer)

    @classmethod
    def declare(cls, machine: Machine, *, closely: bool = False) -> OomWatch:
        """A watch that has seen nothing."""
        layout = machine.layout
        watch = cls(machine, layout.word(SEEN, ()), layout.word("ghost: a walk is under way", 0))
        if closely:
            watch.registering = layout.word("ghost: registration", "none")
            watch.suspended = layout.word("ghost: how far the suspend is", 0)
            watch.walks = layout.word("ghost: walks under way", 0)
            watch.inside = layout.word("ghost: tasks inside one callback", 0)
        watch.observer.enters(THREAD_WALKS, watch._walk_begins)
        watch.observer.leaves(THREAD_WALKS, watch._walk_ends)
        watch.observer.enters(CALLER_WAITS, watch._waits)
        return watch

    @property
    def closely(self) -> bool:
        """Does it watch closely?"""
        return self.registering is not None

    @property
    def properties(self) -> tuple[Property, ...]:
        """What it would note."""
        labels = (*LABELS, *CLOSE_LABELS) if self.closely else LABELS
        return tuple(NEVER[label] for label in labels)

    def follow(self, task: Task) -> None:
        """Watch the requests of one more task."""
        name = f"ghost: request of {task.name}"
        self.requests[task.index] = self.machine.layout.word(name, "none")

    def asked(self, moment: Moment, pending: Slot, credit: Slot | None = None) -> Iterator[Op]:
        """A request is about to be made; `pending` is 1 if one is there, and `credit`, where it
        survives its caller, not 0 if something is left of an earlier walk."""
        yield ghost_write(self.requests[moment.task], "asked")
        yield witness_if(self.seen, PENDING_AT_ENTRY, pending, 1)
        for process in self.machine.candidates():
            chosen = (process.mm, "victim")
            yield witness_if(self.seen, ASKS_AFTER_KILL, pending, 1, also=chosen)
        if credit is not None:
            yield witness_if(self.seen, STALE_CREDIT, credit, 0, equal=False)

    def answered(self, moment: Moment, freed: int, *, in_time: bool) -> Iterator[Op]:
        """A caller has its answer, or has waited long enough, and takes `freed` pages as its own.
        Who has waited in vain is watched closely: would a page be there, if it looked for one?"""
        request = self.requests[moment.task]
        if in_time:
            yield witness_if(self.seen, RELEASED_UNSERVED, request, "asked")
        if freed:
            yield witness_if(self.seen, STALE_CREDIT, request, "asked")
        if freed and self.closely:
            yield witness_if(self.seen, PARTIAL_CREDIT, request, "walking")
        yield ghost_write(request, "none")
        if self.closely and not in_time:
            zone = self.machine.zone
            yield ghost_write_if_more(request, "needless", zone.free, zone.marks.high)

    def _waits(self, moment: Moment) -> Iterator[Op]:
        """A caller is about to wait for the thread."""
        yield witness_if(self.seen, WAITS_UNDER_OOM_LOCK, self.machine.oom_lock, moment.task)
        if self.machine.actors[moment.task].name == OOM_NOTIFIER:
            yield witness(self.seen, ASKS_ITSELF)

    def _walk_begins(self, moment: Moment) -> Iterator[Op]:
        """A walk of the chain begins: it is for everybody who has asked."""
        yield witness_if(self.seen, TWO_WALKS, self.walking, 1)
        if self.registering is not None:
            yield witness_if(self.seen, THREAD_BEFORE_BLOCK, self.registering, "made")
        yield ghost_write(self.walking, 1)
        yield ghost_promote(tuple(self.requests.values()), "asked", "walking")

    def _walk_ends(self, moment: Moment) -> Iterator[Op]:
        """The walk is over."""
        yield ghost_write(self.walking, 0)
        yield ghost_promote(tuple(self.requests.values()), "walking", "served")


def waited_in_vain(moment: Moment) -> Iterator[Op]:
    """A caller's wait is over: remember whether its time was up, with the condition still false.

    wait_event_timeout looks a last time when the time has run out.
    """
    yield from ()
    assert moment.op is not None
    if moment.op.kind == "read" and moment.result:
        moment.kept["in vain"] = True


def watch_giving_up(watch: OomWatch, function: str, lock: Slot) -> None:
    """For a listener whose `function` says in the log that it gives up on `lock`: does the lock's
    owner wait for the very walk that calls it? For a close watch."""

    def gives_up(moment: Moment) -> Iterator[Op]:
        requests = tuple(watch.requests.items())
        yield witness_if_owner(watch.seen, OWNER_WAITS, lock, requests, "walking")

    if watch.closely:
        watch.observer.reaches("log", None, function, gives_up)
