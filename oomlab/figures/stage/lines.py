"""At which line of which listing a task stands: found by what is called and what is done there."""

from __future__ import annotations

import re
from functools import cache

from oomlab.analysis.spans import WAIT_HELPERS
from oomlab.engine.trace.events import Event
from oomlab.figures.stage.frames import Program
from oomlab.listing import Listing
from oomlab.listings import LISTINGS

_DOES: dict[str, tuple[str, ...]] = {
    "mutex_lock": ("mutex_lock(&{on})", "mutex_lock("),
    "mutex_trylock": ("mutex_trylock(&{on})", "mutex_trylock("),
    "mutex_unlock": ("mutex_unlock(&{on})", "mutex_unlock("),
    "down_read": ("down_read(",),
    "up_read": ("up_read(",),
    "down_write": ("down_write(",),
    "up_write": ("up_write(",),
    "take_page": ("get_page", "take_page"),
    "sleep": ("sleep(", "nap("),
    "sleep_on": ("wait_event",),
    "check_or_enqueue": ("wait_event",),
    "check_or_enqueue_timed": ("wait_event",),
    "wait_for": ("wait",),
    "read": ("= {word};",),
    "write": ("{word} = ",),
    "wake": ("wake(", "wake_up("),
    "move": ("move(", "reclaim("),
    "holds_more": ("worth", "retry"),
}
"""Texts by which a line is known for what it does, the most telling one first."""

_WORDS = {
    "oom_notifier_requested": "requested",
    "oom_notifier_freed": "freed_total",
    "oom_notifier_sequence": "sequence",
    "oom_notifier_answer": "answer",
    "oom_notifier_job": "job",
    "oom_notifier_kick": "requested",
}
"""What the listings call a word of the protocol."""


@cache
def _by_function(remedy: str) -> dict[str, Listing]:
    return {
        listing.routine.__name__: listing
        for listing in LISTINGS.values()
        if listing.remedy in ("", remedy)
    }


def program_of(event: Event, before: Program, remedy: str) -> Program:
    """Where a task stands after `event`, under `remedy`; it stood at `before`.

    The listing is that of the innermost function that has one. Its line is the one that calls the
    next function, or that does what the event does, of several the next one from where it stood; a
    step between two lines leaves it where it is.
    """
    stack = [name for name in event.stack if name not in WAIT_HELPERS]
    for place in range(len(stack) - 1, -1, -1):
        listing = _by_function(remedy).get(stack[place])
        if listing is None:
            continue
        path = tuple(stack[:place])
        since = before.line if before.listing == listing.name else 0
        line = _line(listing.name, tuple(stack[place + 1 :]), event.op, event.on, since)
        return Program(listing.name, line, path)
    return Program("", -1, tuple(stack))


@cache
def _line(name: str, called: tuple[str, ...], op: str, on: str, since: int) -> int:
    lines = LISTINGS[name].code.splitlines()
    code = [re.sub(r"/\*.*?\*/", "", line) for line in lines]
    wanted = [f"{function}(" for function in called]
    word = _WORDS.get(on, on)
    wanted += [text.format(on=on.replace(" ", "_"), word=word) for text in _DOES.get(op, ())]
    for text in wanted:
        at = [number for number, line in enumerate(code) if text in line]
        if at:
            return next((number for number in at if number >= since), at[0])
    return since
