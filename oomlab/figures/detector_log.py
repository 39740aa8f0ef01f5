"""What the kernel's detectors print in the first minutes of a run: one row for each of them."""

from __future__ import annotations

from collections.abc import Sequence

from oomlab.analysis import DETECTORS, Detector, LogLine
from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import WIDTH, Markup, document, element, line
from oomlab.figures.text import shortened, text_width

_TOP, _ROW, _AXIS = 14.0, 52.0, 30.0
_RIGHT = WIDTH - MARGIN - 14.0
_STEP_S = 60


def draw_detector_log(
    messages: Sequence[LogLine], until_s: int, name: str, *, key: str = ""
) -> Figure:
    """Draw the first `until_s` seconds of the log of the machine called `name`; give different keys
    to two copies on one page."""
    title = f"What the log says in the first {until_s} s of {name}"
    parts: list[Markup] = []
    bottom = _TOP + _ROW * len(DETECTORS)
    for second in range(0, until_s + 1, _STEP_S):
        x = _x(second, until_s)
        parts.append(line(x, _TOP + 12, x, bottom, class_="oom-rule", stroke="currentColor"))
    for number, detector in enumerate(DETECTORS):
        mine = [message for message in messages if message.detector == detector]
        parts += _row(detector, mine, _TOP + number * _ROW, until_s)
    parts.append(line(MARGIN, bottom, _RIGHT, bottom, stroke="currentColor", stroke_width=1.2))
    for second in range(0, until_s + 1, _STEP_S):
        x, text = _x(second, until_s), f"{second} s" if second else "0"
        parts.append(line(x, bottom, x, bottom + 5, stroke="currentColor", stroke_width=1.2))
        left = min(max(x - text_width(text) / 2, MARGIN), WIDTH - MARGIN - text_width(text))
        parts.append(label(left, bottom + 17, text))
    description = _description(messages)
    svg = document(parts, bottom + _AXIS, title, description, key)
    return Figure(svg, title, description, _twin(title, messages))


def _x(second: float, until_s: int) -> float:
    return MARGIN + (_RIGHT - MARGIN) * second / until_s


def _row(detector: Detector, mine: Sequence[LogLine], top: float, until_s: int) -> list[Markup]:
    said = f"{detector}: {_who(mine)}"
    text = shortened(said, WIDTH - 2 * MARGIN)
    parts = [label(MARGIN, top, text, ink="ink" if mine else "muted")]
    y = top + 26
    parts.append(
        line(MARGIN, y, _RIGHT, y, class_="oom-muted", stroke="currentColor", stroke_width=1.2)
    )
    for second in dict.fromkeys(message.second for message in mine):
        x = _x(second, until_s)
        mark = f"M{x - 4.5:.1f} {y - 9:.1f}H{x + 4.5:.1f}V{y + 3:.1f}L{x:.1f} {y + 8:.1f}"
        mark += f"L{x - 4.5:.1f} {y + 3:.1f}Z"
        parts.append(element("path", d=mark, class_="oom-blocked", fill="currentColor"))
    return parts


def _who(mine: Sequence[LogLine]) -> str:
    """Whom a detector names, and from when on."""
    if not mine:
        return "silent"
    tasks = ", ".join(dict.fromkeys(message.task for message in mine))
    return f"from {mine[0].second} s, {tasks}"


def _description(messages: Sequence[LogLine]) -> str:
    if not messages:
        return "Every detector is silent."
    return f"The first line of the log comes after {messages[0].second} s."


def _twin(title: str, messages: Sequence[LogLine]) -> str:
    lines = [f"{title}."]
    for detector in DETECTORS:
        mine = [message for message in messages if message.detector == detector]
        lines.append(f"{detector}: {_who(mine)}.")
        if mine:
            seconds = dict.fromkeys(str(message.second) for message in mine)
            lines.append(f"It speaks at {', '.join(seconds)} s; first: {mine[0].text}")
    return "\n".join(lines)
