"""The stations of a request on its way through the slow path, and where it leaves.

For an ordinary task on a machine whose reserves are empty as well.
The numbers are the steps of `gfp.outcomes`; "20" comes in four parts, in the order in which
__alloc_pages_may_oom and out_of_memory ask (Linux 4.13).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.checked import checked
from oomlab.gfp.outcomes import Ending, outcome
from oomlab.gfp.predicates import (
    Request,
    Reserve,
    costly,
    gives_up_as_costly,
    invokes_notifiers,
    may_block,
    may_enter_fs,
    may_kill,
    may_start_io,
    must_not_fail,
    reserve,
    wakes_kswapd,
)

Passage = Literal["goes on", "fails", "tries again", "kills", "never comes here"]
"""What a request does at a station. `tries again`: it goes back to step 7, for as long as it
takes."""


@dataclass(frozen=True)
class Station:
    """One question of the allocator: the `step` at which it comes, the `answer` of this request (a
    few words), what the request then does, and with `oom_lock` held by somebody else."""

    step: str
    question: str
    answer: str
    passage: Passage
    if_held: Passage | None = None


@checked
def path(request: Request) -> tuple[Station, ...]:
    """All stations in order; after the one where the request leaves, none is reached."""
    stations: list[Station] = []
    for station in _asked(request):
        if stations and stations[-1].passage != "goes on":
            station = Station(station.step, station.question, "", "never comes here")
        stations.append(station)
    return tuple(stations)


@checked
def last_station(request: Request) -> Station:
    """Where the request leaves, or turns back, while oom_lock is free."""
    return [one for one in path(request) if one.passage != "never comes here"][-1]


def _asked(request: Request) -> tuple[Station, ...]:
    once = may_block(request) and request.has("__GFP_NORETRY")
    runs_chain = invokes_notifiers(request)
    kills = may_kill(request)
    gives_up: Passage = "tries again" if must_not_fail(request) else "fails"
    large = gives_up_as_costly(request)
    waits = outcome(request, lock_held=False).ending is Ending.WAITS
    return (
        Station("4", "Does it wake kswapd?", _yes(wakes_kswapd(request)), "goes on"),
        Station(
            "5",
            "How far into the reserves may it go?",
            "not at all" if reserve(request) is Reserve.NONE else reserve(request).value,
            "goes on",
        ),
        Station(
            "11",
            "May the task sleep?",
            _yes(may_block(request)),
            "goes on" if may_block(request) else "fails",
        ),
        Station("14", "What may its own reclaim do?", _reclaim(request), "goes on"),
        Station(
            "16",
            "Is one round of reclaim all it may try?",
            _yes(once),
            gives_up if once else "goes on",
        ),
        *(
            [
                Station(
                    "17",
                    "Is it too large a block to be tried for again?",
                    f"{_yes(large)}: order {request.order}",
                    gives_up if large else "goes on",
                )
            ]
            if costly(request)
            else []
        ),
        Station("20", "Is oom_lock free?", "if not: one tick, and again", "goes on", "tries again"),
        Station(
            "20",
            "Would it rather fail than kill?",
            _early_exit(request),
            "goes on" if runs_chain else "tries again" if waits else gives_up,
        ),
        Station("20", "Run the OOM notifiers", "they run before anybody may be killed", "goes on"),
        Station(
            "20",
            "May it have somebody killed?",
            "yes" if kills else "no: __GFP_FS is missing",
            "kills" if kills else "tries again",
        ),
    )


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _reclaim(request: Request) -> str:
    may = {"start I/O": may_start_io(request), "enter filesystems": may_enter_fs(request)}
    allowed = [what for what, answer in may.items() if answer]
    return " and ".join(allowed) or "neither start I/O nor enter filesystems"


_EARLY = {
    Ending.FAILS_ORDER: "yes: nobody is killed for so large a block",
    Ending.FAILS_RETRY_MAYFAIL: "yes: __GFP_RETRY_MAYFAIL",
    Ending.FAILS_LOWMEM: "yes: a low zone is not worth a victim",
    Ending.FAILS_THISNODE: "yes: __GFP_THISNODE",
    Ending.WAITS: "no, but without __GFP_FS it asks for no victim before 4.7",
}


def _early_exit(request: Request) -> str:
    ending = outcome(request, lock_held=False).ending
    if ending is Ending.LOOPS and not invokes_notifiers(request):
        return "yes, but __GFP_NOFAIL forbids it"
    return _EARLY.get(ending, "no")
