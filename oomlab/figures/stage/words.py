"""The words of a protocol on the stage: when a flag is up, and what a counter says.

Only what the thread that walks the chain shares with those who ask it, and only numbers: a lane
each, below those of the tasks, and nothing where there is no such thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from oomlab.engine.trace.events import Trace

_LEAST = 0.8
"""A bar narrower than this, in per cent, is drawn so wide: a flag that is up is to be seen."""

_LABEL = 14.0
"""Of a word that gets its last value at the very end so much is drawn, in per cent."""


def words_html(trace: Trace, x: Callable[[int], float], end: float) -> str:
    """A lane for each word that is ever other than 0. `x`: where a moment is, in per cent; `end`:
    how far the lanes of a run go that does not end there."""
    lanes = []
    for name in _words(trace):
        bars = [
            f'<i class="oom-s-polls" title="{escape(name)} is {value}" style="left:{left:.2f}%;'
            f'width:{max(right - left, _LEAST):.2f}%"><b>{value}</b></i>'
            for left, right, value in _stretches(trace, name, x, end)
        ]
        if bars:
            lanes.append(
                f'<div class="oom-m-lane" data-thing="{escape(name)}">'
                f'<p class="oom-m-name"><span class="oom-m-aside">{escape(name)}</span></p>'
                f'<div class="oom-m-bars">{"".join(bars)}</div></div>'
            )
    return "".join(lanes)


def _words(trace: Trace) -> Iterator[str]:
    for slot in trace.slots:
        if slot.kind == "word" and slot.facts.protocol and isinstance(slot.initial, int):
            yield slot.name


def _stretches(
    trace: Trace, name: str, x: Callable[[int], float], end: float
) -> Iterator[tuple[float, float, int]]:
    """From where to where the word has which value, without 0."""
    value = next(slot.initial for slot in trace.slots if slot.name == name)
    since_us = 0
    for event in trace.events:
        if name in event.changes:
            if value:
                yield x(since_us), x(event.at_us), value
            value, since_us = event.changes[name], event.at_us
    if value:
        yield min(x(since_us), end - _LABEL), end, value
