"""The allocator's warning that a request takes long (__alloc_pages_slowpath).

Each time a task comes round in the slow path's loop it compares the clock with the time of the next
warning: its own in 4.13 and 4.14, the machine's since the warning came back. Who sleeps inside the
loop, in reclaim or in a callback, warns of nothing; nor does who polls there, as too_many_isolated
did in 4.13.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oomlab.analysis.episodes import AllocationRequest, allocation_requests, innermost
from oomlab.analysis.stretches import Stretch
from oomlab.engine.trace.events import Event, Trace
from oomlab.gfp import flags
from oomlab.kernel.releases import KERNEL_4_13, traits_of
from oomlab.kernel_release import KernelRelease

_SECOND_US = 1_000_000
STALL_US = 10 * _SECOND_US
"""stall_timeout in __alloc_pages_slowpath, and by how much it grows with each warning; where it is
the machine's, the time from one warning to the next."""
_INSIDE_THE_LOOP = frozenset({"try_to_free_pages", "out_of_memory"})
"""Where a task may be for long without coming round."""
STALL_BURST, STALL_INTERVAL_US = 10, 5 * _SECOND_US
"""warn_alloc prints at most so many warnings in such a time."""


class StallWarning(NamedTuple):
    """`at_us` after the run began, about a request of `task` that has lasted `for_us`."""

    at_us: int
    task: str
    text: str
    for_us: int


def stall_warnings(trace: Trace, stretches: Iterable[Stretch]) -> Iterator[StallWarning]:
    """Everybody who comes round in the slow path's loop after 10 s, 20 s and so on; or, where the
    warning is the machine's, whoever does first, after 10 s and each time 10 s after the last."""
    kernel = trace.parameters.get("kernel")
    who = traits_of(KERNEL_4_13 if kernel is None else KernelRelease.of(kernel)).stall_warnings
    if who == "none":
        return
    tick_us = _SECOND_US // trace.hz
    long = tuple(_long_requests(trace, stretches))
    if who == "one in ten seconds":
        yield from _of_the_machine(long, tick_us)
        return
    warned: Counter[int] = Counter()
    for stretch, request in long:
        for at_us in _passes(stretch, request, tick_us, warned):
            for_us = at_us - request.began_us
            if for_us > STALL_US * (warned[id(request)] + 1):
                warned[id(request)] += 1
                text = f"{stretch.task}: page allocation stalls for {for_us // 1000}ms, order:0"
                yield StallWarning(at_us, stretch.task, text, for_us)


def _long_requests(
    trace: Trace, stretches: Iterable[Stretch]
) -> Iterator[tuple[Stretch, AllocationRequest]]:
    """What a task did in a request of which there may be something to warn."""
    late = {request.task for request in allocation_requests(trace) if _may_be_long(request)}
    for stretch in stretches:
        if stretch.task not in late:
            continue
        request = innermost(trace, stretch.task).get(id(stretch.event))
        if request is not None and _may_be_long(request):
            yield stretch, request


def _of_the_machine(
    long: tuple[tuple[Stretch, AllocationRequest], ...], tick_us: int
) -> Iterator[StallWarning]:
    """check_alloc_stall_warn: one warning in ten seconds, about whoever comes round first."""
    printed_us = -STALL_US
    while True:
        rounds = (
            (
                _round_after(
                    stretch,
                    len(request.stack),
                    tick_us,
                    max(printed_us, request.began_us) + STALL_US,
                ),
                request,
            )
            for stretch, request in long
        )
        soonest = min(
            ((at_us, request.task, request) for at_us, request in rounds if at_us is not None),
            default=None,
            key=lambda found: found[:2],
        )
        if soonest is None:
            return
        printed_us, task, request = soonest
        for_us = printed_us - request.began_us
        text = f"{task}: page allocation stall for {for_us // _SECOND_US} secs: order:0"
        yield StallWarning(printed_us, task, text, for_us)


def _round_after(stretch: Stretch, depth: int, tick_us: int, after_us: int) -> int | None:
    """When the task comes round for the first time after `after_us`; None: not in this stretch.

    `depth`: of the request in the task's stack.
    """
    event = stretch.event
    if _comes_round(event) and event.at_us > after_us:
        return event.at_us
    period_us = stretch.beats_us
    if event.condition in ("polling", "polled"):
        period_us = 0 if _INSIDE_THE_LOOP.intersection(event.stack[depth:]) else tick_us
    if not period_us:
        return None
    rounds = max(0, after_us - stretch.start_us) // period_us + 1
    at_us = stretch.start_us + rounds * period_us
    return at_us if at_us <= stretch.end_us else None


def _comes_round(event: Event) -> bool:
    """Is this an attempt of the loop that got nothing? Whoever gets a page leaves before the clock
    is looked at."""
    here = event.op == "take_page" and event.function == "alloc_pages_slowpath"
    return here and not event.result


def _may_be_long(request: AllocationRequest) -> bool:
    """Can there be anything to warn of?"""
    long = request.end == "under way" or request.ended_us - request.began_us > STALL_US
    return long and flags.gfpflags_allow_blocking(request.gfp)


def _passes(
    stretch: Stretch, request: AllocationRequest, tick_us: int, warned: Counter[int]
) -> Iterator[int]:
    """When the task goes through the slow path's loop once more: of polls, only those that come
    right after a warning is due."""
    event = stretch.event
    if _comes_round(event):
        yield event.at_us
    if event.condition in ("polling", "polled"):
        inside = event.stack[len(request.stack) :]
        while not _INSIDE_THE_LOOP.intersection(inside):
            due_us = request.began_us + STALL_US * (warned[id(request)] + 1)
            if due_us + tick_us >= stretch.end_us:
                return
            yield due_us + tick_us
    elif stretch.beats_us:
        yield from range(stretch.start_us + stretch.beats_us, stretch.end_us + 1, stretch.beats_us)


def rationed(warnings: Iterable[StallWarning]) -> Iterator[StallWarning]:
    """warn_alloc's rate limit (lib/ratelimit.c)."""
    begin_us, printed = -STALL_INTERVAL_US - 1, 0
    for warning in warnings:
        if warning.at_us > begin_us + STALL_INTERVAL_US:
            begin_us, printed = warning.at_us, 0
        if printed < STALL_BURST:
            printed += 1
            yield warning
