"""What the kernel's detectors print in the first minutes of a run: one row for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from oomlab.analysis import DETECTORS, Detector, LogLine
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, label, said
from oomlab.figures.svg import Markup, element, line
from oomlab.figures.text import text_width

_AXIS = 30.0
_BELOW = 18.0
"""From a lane to where the next row begins."""
_END = 14.0
"""Room right of the axis for half of its last number."""
_STEP_S = 60


def draw_detector_log(
    messages: Sequence[LogLine], until_s: int, name: str, *, key: str = ""
) -> Figure:
    """Draw the first `until_s` seconds of the log of the machine called `name`; give different keys
    to two copies on one page."""
    title = f"What the log says in the first {until_s} s of {name}"

    def draw(width: float) -> Sheet:
        right = width - MARGIN - _END

        def place(second: float) -> float:
            return MARGIN + (right - MARGIN) * second / until_s

        rows: list[Markup] = []
        lanes: list[float] = []
        y = 6.0
        for detector in DETECTORS:
            mine = [message for message in messages if message.detector == detector]
            row, y = _row(detector, mine, y, width, right, place)
            rows += row
            lanes.append(y - _BELOW)
        rows.append(line(MARGIN, y, right, y, stroke="currentColor", stroke_width=1.2))
        grid: list[Markup] = []
        step_s = _STEP_S if width > 400 or until_s < 5 * _STEP_S else 2 * _STEP_S
        for second in range(0, until_s + 1, step_s):
            x, text = place(second), f"{second} s" if second else "0"
            grid += [
                line(x, lane - 11, x, lane + 11, class_="oom-rule", stroke="currentColor")
                for lane in lanes
            ]
            rows.append(line(x, y, x, y + 5, stroke="currentColor", stroke_width=1.2))
            left = min(max(x - text_width(text) / 2, MARGIN), width - MARGIN - text_width(text))
            rows.append(label(left, y + 17, text))
        return Sheet([*grid, *rows], y + _AXIS)

    return drawn(draw, title, _description(messages), _twin(title, messages), key=key)


def _row(
    detector: Detector,
    mine: Sequence[LogLine],
    top: float,
    width: float,
    right: float,
    place: Callable[[float], float],
) -> tuple[list[Markup], float]:
    """One detector; result: the drawing, and where the next one begins."""
    parts, y = said(f"{detector}: {_who(mine)}", top, width, ink="ink" if mine else "muted")
    y += 14
    parts.append(
        line(MARGIN, y, right, y, class_="oom-muted", stroke="currentColor", stroke_width=1.2)
    )
    for second in dict.fromkeys(message.second for message in mine):
        x = place(second)
        mark = f"M{x - 4.5:.1f} {y - 9:.1f}H{x + 4.5:.1f}V{y + 3:.1f}L{x:.1f} {y + 8:.1f}"
        mark += f"L{x - 4.5:.1f} {y + 3:.1f}Z"
        parts.append(element("path", d=mark, class_="oom-blocked", fill="currentColor"))
    return parts, y + _BELOW


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
