"""How a request ends when memory is exhausted: nothing is left to reclaim, and nothing is free
above the min watermark. What is below are the reserves.

Steps are those of the slow path of Linux 4.13; 4a to 4f are the early exits that
__alloc_pages_may_oom (step 20) takes once it has oom_lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oomlab.checked import checked
from oomlab.gfp.predicates import (
    Request,
    Reserve,
    below_normal,
    costly,
    gives_up_as_costly,
    invokes_notifiers,
    may_block,
    may_kill,
    must_not_fail,
    reserve,
    task_may_use_reserves,
)
from oomlab.kernel_release import KernelRelease


class Caller(Enum):
    """Rights that the task has beside the mask."""

    ORDINARY = "an ordinary task"
    PF_MEMALLOC = "a PF_MEMALLOC task"
    VICTIM = "an OOM victim"


class Ending(Enum):
    """The words for each ending."""

    FAILS_CANNOT_SLEEP = "fails at 11"
    FAILS_MEMALLOC = "fails at 13"
    FAILS_NORETRY = "one reclaim, fails at 16"
    FAILS_COSTLY = "one reclaim, fails at 17"
    FAILS_ORDER = "fails at 4b"
    FAILS_RETRY_MAYFAIL = "fails at 4c"
    FAILS_LOWMEM = "fails at 4d"
    FAILS_THISNODE = "fails at 4f"
    FAILS_VICTIM = "fails at 21"
    FAILS_VICTIM_POLLED = "fails at 21 after one poll"
    KILLS = "may notify / kill"
    WAITS = "notifies nobody, loops"
    NOTIFIES = "notifies, cannot kill, loops"
    POLLS = "polls for ever"
    LOOPS = "loops at 23, never fails"


WHY = {
    Ending.FAILS_CANNOT_SLEEP: "it may not sleep, so it never reclaims and never sees oom_lock",
    Ending.FAILS_MEMALLOC: "a task that is reclaiming does not reclaim again",
    Ending.FAILS_NORETRY: "one round is all it may try; that round can still wait for others",
    Ending.FAILS_COSTLY: "orders above 3 are costly, and not tried again unless asked for",
    Ending.FAILS_ORDER: "it has oom_lock, but nobody is killed for so many pages in one piece",
    Ending.FAILS_RETRY_MAYFAIL: "it has oom_lock, and gives up rather than have somebody killed",
    Ending.FAILS_LOWMEM: "it has oom_lock, but nobody is killed for a low zone",
    Ending.FAILS_THISNODE: "it has oom_lock, but nobody is killed for one node",
    Ending.FAILS_VICTIM: "a dying task that got nothing from the reserves may fail",
    Ending.FAILS_VICTIM_POLLED: "a dying task that got nothing from the reserves may fail",
    Ending.KILLS: "it runs the notifiers, and kills if they free nothing",
    Ending.WAITS: "before 4.7 a request without __GFP_FS left the OOM killer alone, tried again",
    Ending.NOTIFIES: "it runs the notifiers; without __GFP_FS it may not kill, and tries again",
    Ending.POLLS: "the trylock comes before every reason to give up: one jiffy, and again",
    Ending.LOOPS: "__GFP_NOFAIL turns the failure into another round",
}

_DEPTH = tuple(Reserve)
"""From no reserves to all."""

_VICTIMS_SHARE = KernelRelease(4, 14)
"""The first release in which a victim has a share of the reserves of its own."""

_ENDLESS = (Ending.KILLS, Ending.WAITS, Ending.NOTIFIES, Ending.POLLS, Ending.LOOPS)


@dataclass(frozen=True)
class RequestOutcome:
    """An ending, and the share of the reserves that is tried before it comes to that."""

    ending: Ending
    reserves: Reserve = Reserve.NONE

    @property
    def words(self) -> str:
        """The ending as the outcome table words it."""
        if self.reserves is Reserve.NONE:
            return self.ending.value
        share = "" if self.reserves is Reserve.ALL else f" ({self.reserves.value})"
        return f"page from reserves{share}, else {self.ending.value}"

    @property
    def fails(self) -> bool:
        """Does the request end with no page (once the reserves give none)?"""
        return self.ending not in _ENDLESS


@checked
def outcome(request: Request, lock_held: bool, caller: Caller = Caller.ORDINARY) -> RequestOutcome:
    """What becomes of `request` while oom_lock is free, or held by somebody else for ever.

    A victim's reserves are all free memory in 4.13 and half of the min watermark from 4.14 on; see
    `_victim_may_fail` for the one case in which the ending differs too.
    """
    ending = _ending(request, lock_held, caller)
    if must_not_fail(request) and ending not in _ENDLESS:
        ending = Ending.LOOPS
    return RequestOutcome(
        ending, max(reserve(request), _of_the_task(request, caller), key=_DEPTH.index)
    )


def _of_the_task(request: Request, caller: Caller) -> Reserve:
    """The share that the task itself brings, whatever it asks with."""
    if caller is Caller.ORDINARY or not task_may_use_reserves(request):
        return Reserve.NONE
    since_4_14 = caller is Caller.VICTIM and request.table.release >= _VICTIMS_SHARE
    return Reserve.HALF if since_4_14 else Reserve.ALL


def _ending(request: Request, lock_held: bool, caller: Caller) -> Ending:
    if not may_block(request):
        return Ending.FAILS_CANNOT_SLEEP
    if caller is Caller.PF_MEMALLOC:
        return Ending.FAILS_MEMALLOC
    if request.has("__GFP_NORETRY"):
        return Ending.FAILS_NORETRY
    if gives_up_as_costly(request):
        return Ending.FAILS_COSTLY
    if caller is Caller.VICTIM and _victim_may_fail(request):
        # Step 21 asks after every visit to step 20, however that visit went.
        return Ending.FAILS_VICTIM_POLLED if lock_held else Ending.FAILS_VICTIM
    if lock_held:
        return Ending.POLLS
    if invokes_notifiers(request):
        return Ending.KILLS if may_kill(request) else Ending.NOTIFIES
    if costly(request):
        return Ending.FAILS_ORDER
    if request.has("__GFP_RETRY_MAYFAIL"):
        return Ending.FAILS_RETRY_MAYFAIL
    if below_normal(request):
        return Ending.FAILS_LOWMEM
    return Ending.FAILS_THISNODE if request.has("__GFP_THISNODE") else Ending.WAITS


def _victim_may_fail(request: Request) -> bool:
    """Does step 21 let a dying task go? From 4.14 on it looks for the victims' own share of the
    reserves: a request that had all of them, through `__GFP_MEMALLOC`, goes on."""
    all_reserves = request.has("__GFP_MEMALLOC") and task_may_use_reserves(request)
    return request.table.release < _VICTIMS_SHARE or not all_reserves


def fails_when_oom_lock_free(request: Request) -> bool:
    """By its mask alone, the OOM killer being enabled and the task no victim."""
    return outcome(request, lock_held=False).fails


def fails_when_oom_lock_held(request: Request) -> bool:
    """Only a request that gives up before it tries the lock does; the rest polls."""
    return outcome(request, lock_held=True).fails
