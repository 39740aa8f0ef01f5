"""Ghosts that watch the conversation between out_of_memory and whoever runs the chain for it.

A request is "asked" until a walk of the chain begins, "walking" until that walk is over, then
"served"; a close watch has it "needless" when its time is up and there is memory by then, until its
task looks for that. What a request receives can be held against that. Nothing here influences a
run; without a watch none of these steps exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oomlab.engine.model import Layout
from oomlab.engine.ops import (
    Candidate,
    Routine,
    Slot,
    ghost_promote,
    ghost_write,
    witness,
    witness_if,
)
from oomlab.engine.ops.ghosts import SEEN
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

OOM_NOTIFIER = "oom_notifier"
"""Name of the thread that runs the chain where a remedy has one."""


@dataclass(eq=False)
class OomWatch:
    """`seen`: labels so far. `requests`: by task number, where its request stands.

    A close watch has more to remember, and makes more states: `registering` ("making" while a
    listener's thread is made, "made" while its entry is still missing), `suspended` (1 once
    oom_killer_disable has returned, 2 once the devices are suspended as well), `walks` (how many
    are under way) and `inside` (how many tasks are inside one callback).
    """

    seen: Slot
    walking: Slot
    requests: dict[int, Slot] = field(default_factory=dict)
    registering: Slot | None = None
    suspended: Slot | None = None
    walks: Slot | None = None
    inside: Slot | None = None

    @classmethod
    def declare(cls, layout: Layout, *, closely: bool = False) -> OomWatch:
        """A watch that has seen nothing."""
        watch = cls(layout.word(SEEN, ()), layout.word("ghost: a walk is under way", 0))
        if closely:
            watch.registering = layout.word("ghost: registration", "none")
            watch.suspended = layout.word("ghost: how far the suspend is", 0)
            watch.walks = layout.word("ghost: walks under way", 0)
            watch.inside = layout.word("ghost: tasks inside one callback", 0)
        return watch

    @property
    def closely(self) -> bool:
        """Does it watch closely?"""
        return self.registering is not None

    def follow(self, layout: Layout, task: Task) -> None:
        """Watch the requests of one more task."""
        self.requests[task.index] = layout.word(f"ghost: request of {task.name}", "none")


def ghost_ask(
    watch: OomWatch | None,
    current: Task,
    pending: Slot,
    credit: Slot | None,
    processes: tuple[Candidate, ...],
) -> Routine:
    """`current` is about to make a request; `pending` is 1 if one is there, and `credit`, where it
    survives its caller, not 0 if something is left of an earlier walk. `processes`: all of them."""
    if watch is None:
        return
    yield ghost_write(watch.requests[current.index], "asked")
    yield witness_if(watch.seen, PENDING_AT_ENTRY, pending, 1)
    for i in range(len(processes)):
        chosen = (processes[i].mm, "victim")
        yield witness_if(watch.seen, ASKS_AFTER_KILL, pending, 1, also=chosen)
    if credit is not None:
        yield witness_if(watch.seen, STALE_CREDIT, credit, 0, equal=False)


def ghost_wait(watch: OomWatch | None, current: Task, oom_lock: Slot) -> Routine:
    """`current` is about to wait for the answer of the thread."""
    if watch is None:
        return
    yield witness_if(watch.seen, WAITS_UNDER_OOM_LOCK, oom_lock, current.index)
    if current.name == OOM_NOTIFIER:
        yield witness(watch.seen, ASKS_ITSELF)


def ghost_answer(watch: OomWatch | None, current: Task, answered: bool, freed: int) -> Routine:
    """`current` has its answer (or has waited long enough) and takes `freed` pages as its own."""
    if watch is None:
        return
    request = watch.requests[current.index]
    if answered:
        yield witness_if(watch.seen, RELEASED_UNSERVED, request, "asked")
    if freed:
        yield witness_if(watch.seen, STALE_CREDIT, request, "asked")
    if freed and watch.closely:
        yield witness_if(watch.seen, PARTIAL_CREDIT, request, "walking")
    yield ghost_write(request, "none")


def ghost_walk_begins(watch: OomWatch | None) -> Routine:
    """A walk of the chain begins: it is for everybody who has asked."""
    if watch is None:
        return
    yield witness_if(watch.seen, TWO_WALKS, watch.walking, 1)
    if watch.registering is not None:
        yield witness_if(watch.seen, THREAD_BEFORE_BLOCK, watch.registering, "made")
    yield ghost_write(watch.walking, 1)
    yield ghost_promote(tuple(watch.requests.values()), "asked", "walking")


def ghost_walk_ends(watch: OomWatch | None) -> Routine:
    """The walk is over."""
    if watch is None:
        return
    yield ghost_write(watch.walking, 0)
    yield ghost_promote(tuple(watch.requests.values()), "walking", "served")
