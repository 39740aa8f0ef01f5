"""The allocator's warning that a request takes long (__alloc_pages_slowpath, Linux 4.13 and 4.14).

Each time a task comes round in the slow path's loop it compares the clock with the time of its next
warning, whether its request says `__GFP_NOWARN` or not. Who sleeps inside the loop, in reclaim or
in a callback, warns of nothing; nor does who polls there, as too_many_isolated did in 4.13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from oomlab.analysis.outcome import ALLOCATOR
from oomlab.analysis.stretches import Stretch
from oomlab.engine.trace.events import Trace
from oomlab.gfp import flags
from oomlab.kernel_release import KernelRelease

_SECOND_US = 1_000_000
STALL_US = 10 * _SECOND_US
"""stall_timeout in __alloc_pages_slowpath, and by how much it grows with each warning."""
STALL_KERNEL = KernelRelease(4, 19)
"""The first modelled release without the stall warning."""
_INSIDE_THE_LOOP = frozenset({"try_to_free_pages", "out_of_memory"})
"""Where a task may be for long without coming round."""
STALL_BURST, STALL_INTERVAL_US = 10, 5 * _SECOND_US
"""warn_alloc prints at most so many warnings in such a time."""


class StallWarning(NamedTuple):
    """`at_us` after the run began, about a request of `task`."""

    at_us: int
    task: str
    text: str


@dataclass
class _Request:
    """A call of the allocator: the stack it is in, its mask, when it began and is to be named."""

    stack: tuple[str, ...]
    gfp: int
    began_us: int
    due_us: int

    def passes(self, at_us: int, task: str) -> Iterator[StallWarning]:
        """The task goes through the slow path's loop once more."""
        if at_us <= self.due_us or not flags.gfpflags_allow_blocking(self.gfp):
            return
        self.due_us += STALL_US
        for_ms = (at_us - self.began_us) // 1000
        text = f"{task}: page allocation stalls for {for_ms}ms, order:0"
        yield StallWarning(at_us, task, text)

    def comes_round(self, stack: tuple[str, ...]) -> bool:
        """Does a task that polls with this stack go through the loop each time?"""
        return not _INSIDE_THE_LOOP.intersection(stack[len(self.stack) :])


def stall_warnings(trace: Trace, stretches: Iterable[Stretch]) -> Iterator[StallWarning]:
    """Everybody who comes round in the slow path's loop after 10 s, 20 s and so on."""
    kernel = trace.parameters.get("kernel")
    if kernel is not None and KernelRelease.of(kernel) >= STALL_KERNEL:
        return
    tick_us = _SECOND_US // trace.hz
    open_requests: dict[str, list[_Request]] = {}
    for stretch in stretches:
        event, task = stretch.event, stretch.task
        mine = open_requests.setdefault(task, [])
        while mine and mine[-1].stack != event.stack[: len(mine[-1].stack)]:
            mine.pop()
        if event.op == "note" and event.on == "gfp" and event.function == ALLOCATOR:
            while mine and mine[-1].stack == event.stack:
                mine.pop()  # the task asks again in the same place
            began_us = event.at_us
            mine.append(_Request(event.stack, int(event.result), began_us, began_us + STALL_US))
        if not mine:
            continue
        request = mine[-1]
        if event.op == "take_page" and event.function == "alloc_pages_slowpath":
            yield from request.passes(event.at_us, task)
        if event.condition in ("polling", "polled"):
            while request.comes_round(event.stack) and request.due_us + tick_us < stretch.end_us:
                before_us = request.due_us
                yield from request.passes(before_us + tick_us, task)
                if request.due_us == before_us:
                    break
        elif stretch.beats_us:
            for at_us in range(
                stretch.start_us + stretch.beats_us, stretch.end_us + 1, stretch.beats_us
            ):
                yield from request.passes(at_us, task)


def rationed(warnings: Iterable[StallWarning]) -> Iterator[StallWarning]:
    """warn_alloc's rate limit (lib/ratelimit.c)."""
    begin_us, printed = -STALL_INTERVAL_US - 1, 0
    for warning in warnings:
        if warning.at_us > begin_us + STALL_INTERVAL_US:
            begin_us, printed = warning.at_us, 0
        if printed < STALL_BURST:
            printed += 1
            yield warning
