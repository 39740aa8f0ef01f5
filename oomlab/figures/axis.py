"""The time axis of a timeline, and the time beyond its end."""

from __future__ import annotations

from oomlab.analysis import moment_text
from oomlab.engine.trace.events import Trace
from oomlab.figures.parts import Key, label
from oomlab.figures.scale import TimeScale
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import text_width

AXIS_HEIGHT = 34
SQUEEZED_US = 50_000
"""Quiet stretches longer than this carry the mark of a squeezed axis (our choice)."""

_AFTER = {
    "deadlock": "for ever",
    "stuck": "for ever",
    "livelock": "and so on",
    "time-limit": "cut off",
    "log-ends": "log ends",
}
_TICK_ROOM = 10


def ever_after(trace: Trace) -> str:
    """What the axis says beyond the end of the run; "" where the run came to an end."""
    return _AFTER.get(trace.verdict, "")


def time_axis(trace: Trace, scale: TimeScale, y: float, top: float) -> Markup:
    """The axis at height `y`, with faint lines up to `top` at its labelled moments. Its texts stay
    between the ends of the scale."""
    first, last = scale.left, scale.right
    after = ever_after(trace)
    parts = [line(scale.left, y, scale.right, y, stroke="currentColor", stroke_width=1.2)]
    taken: list[tuple[float, float]] = []
    if after:
        width = text_width(after)
        taken.append((last - width, last))
        parts.append(label(last, y + 17, after, ink="muted", anchor="end"))
        tip = f"M{scale.right - 6:.1f} {y - 4:.1f}L{scale.right + 1:.1f} {y:.1f}L"
        tip += f"{scale.right - 6:.1f} {y + 4:.1f}"
        parts.append(element("path", d=tip, fill="none", stroke="currentColor"))
    said: set[str] = set()
    for moment in scale.ticks():
        x, text = scale.x(moment), moment_text(trace, moment)
        width = text_width(text)
        left = min(max(x - width / 2, first), last - width)
        free = all(
            left > end + _TICK_ROOM or left + width < start - _TICK_ROOM for start, end in taken
        )
        if text in said or not free:
            continue
        said.add(text)
        taken.append((left, left + width))
        parts.append(line(x, y, x, top, class_="oom-rule", stroke="currentColor"))
        parts.append(line(x, y, x, y + 5, stroke="currentColor", stroke_width=1.2))
        parts.append(label(left, y + 17, text))
    parts += [
        _squeeze((scale.x(earlier) + scale.x(later)) / 2, y)
        for earlier, later in squeezed(trace, scale)
    ]
    return group(*parts)


def squeezed(trace: Trace, scale: TimeScale) -> list[tuple[int, int]]:
    """The quiet stretches that are drawn much narrower than their length."""
    if not trace.timed:
        return []
    return [gap for gap in scale.gaps() if gap[1] - gap[0] > SQUEEZED_US]


def squeeze_key() -> Key:
    """The legend's entry for a squeezed stretch."""
    drawn = group(line(0, 0, 28, 0, stroke="currentColor", stroke_width=1.2), _squeeze(14, 0))
    return Key(drawn, 28, "quiet time, drawn shorter")


def _squeeze(x: float, y: float) -> Markup:
    gap = line(x - 2, y, x + 2, y, class_="oom-paper", stroke="currentColor", stroke_width=3)
    slash = "currentColor"
    return group(
        gap,
        line(x - 5, y + 5, x - 1, y - 5, stroke=slash, stroke_width=1.2),
        line(x + 1, y + 5, x + 5, y - 5, stroke=slash, stroke_width=1.2),
    )
