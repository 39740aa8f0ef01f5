"""Ghosts that watch the conversation between out_of_memory and whoever runs the chain for it.

A request is "asked" until a walk of the chain begins, "walking" until that walk is over, then
"served". What a request receives can be held against that. Nothing here influences a run; without
a watch none of these steps exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oomlab.kernel.task import Task
from oomlab.model import Layout
from oomlab.ops import Candidate, Routine, Slot, ghost_promote, ghost_write, witness, witness_if

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
"""Everything a watch can see; `oomlab.ledger` says which finding of the review each shows."""

OOM_NOTIFIER = "oom_notifier"
"""Name of the thread that runs the chain where a remedy has one."""

SEEN = "ghost: what the watch has seen"


@dataclass(eq=False)
class OomWatch:
    """`seen`: labels so far. `requests`: by task number, where its request stands."""

    seen: Slot
    walking: Slot
    requests: dict[int, Slot] = field(default_factory=dict)

    @classmethod
    def declare(cls, layout: Layout) -> OomWatch:
        """A watch that has seen nothing."""
        return cls(layout.word(SEEN, ()), layout.word("ghost: a walk is under way", 0))

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
    yield ghost_write(request, "none")


def ghost_walk_begins(watch: OomWatch | None) -> Routine:
    """A walk of the chain begins: it is for everybody who has asked."""
    if watch is None:
        return
    yield witness_if(watch.seen, TWO_WALKS, watch.walking, 1)
    yield ghost_write(watch.walking, 1)
    yield ghost_promote(tuple(watch.requests.values()), "asked", "walking")


def ghost_walk_ends(watch: OomWatch | None) -> Routine:
    """The walk is over."""
    if watch is None:
        return
    yield ghost_write(watch.walking, 0)
    yield ghost_promote(tuple(watch.requests.values()), "walking", "served")
