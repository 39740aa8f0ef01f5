"""OOM after OOM: a mark for each report on an axis of time, and whether memory came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

from oomlab.analysis import long_text
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, label, legend
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import text_width
from oomlab.logs.story.storm import BACK, Back, Storm, Stroke

_SIGNS: dict[Back, tuple[str, str, float]] = {
    "reaped before the next": ("runs", "circle", 5.0),
    "next came first": ("blocked", "triangle", 5.5),
    "not reaped": ("waits", "square", 5.0),
    "not said": ("sleeps", "ring", 4.5),
    "no kill": ("polls", "cross", 5.0),
}
"""Ink, form and size of each mark: form alone tells them apart."""

_MEANINGS: dict[Back, str] = {
    "reaped before the next": "memory back before the next report",
    "next came first": "the next report came first",
    "not reaped": "could not be reaped",
    "not said": "the log does not say",
    "no kill": "nobody was killed",
}
_TOP = 26.0
_ROW = 15.0
_COLUMN = 12.0
_MOST_ROWS = 12
"""A column higher than this says how many more there are (our choice)."""
_AXIS = 34.0


def draw_storm(storm: Storm, *, key: str = "") -> Figure:
    """Draw every report; reports that are too close to be told apart stand above each other. Give
    different keys to two copies on one page."""
    over = _length(storm)
    title = f"{len(storm.strokes)} OOM reports over {over}"
    description = ". ".join(f"{storm.count(b)}: {_MEANINGS[b]}" for b in BACK if storm.count(b))
    twin = _twin(storm, title, description)
    return drawn(partial(_draw, storm), title, f"{description}.", twin, key=key)


def _length(storm: Storm) -> str:
    if storm.times == "lines":
        return f"{storm.length_us} lines"
    return long_text(storm.length_us)


def _columns(storm: Storm, width: float) -> list[list[Stroke]]:
    """The reports by where they stand, left to right."""
    places = int((width - 2 * MARGIN) / _COLUMN)
    first, length = storm.strokes[0].at_us, max(storm.length_us, 1)

    def place(stroke: Stroke) -> int:
        return (stroke.at_us - first) * (places - 1) // length

    found: list[list[Stroke]] = [[] for _ in range(places)]
    for at, mine in groupby(sorted(storm.strokes, key=place), key=place):
        found[at] = list(mine)
    return found


def _draw(storm: Storm, width: float) -> Sheet:
    columns = _columns(storm, width)
    rows = min(max(map(len, columns)), _MOST_ROWS)
    bottom = _TOP + rows * _ROW + 8
    parts: list[Markup] = []
    for at, column in enumerate(columns):
        x = MARGIN + _COLUMN / 2 + at * _COLUMN
        for row, stroke in enumerate(column[:_MOST_ROWS]):
            parts.append(_sign(stroke.back, x, bottom - 8 - row * _ROW - _ROW / 2))
    parts += _rest(columns)
    parts.append(
        line(MARGIN, bottom, width - MARGIN, bottom, stroke="currentColor", stroke_width=1.2)
    )
    parts += _ends(storm, bottom, width)
    keys, height = legend(_keys(storm), bottom + _AXIS, width)
    return Sheet([*parts, keys], bottom + _AXIS + height + 4)


def _rest(columns: Sequence[Sequence[Stroke]]) -> Iterator[Markup]:
    """Above the columns that are too high, how many more there are; of neighbours, whose numbers
    have no room side by side, together."""
    found: list[tuple[float, int]] = []
    for at, column in enumerate(columns):
        more = len(column) - _MOST_ROWS
        x = MARGIN + _COLUMN / 2 + at * _COLUMN
        if more <= 0:
            continue
        if found and x - found[-1][0] < text_width(f"+{more}{found[-1][1]}"):
            x, more = (found[-1][0] + x) / 2, found[-1][1] + more
            found.pop()
        found.append((x, more))
    for x, more in found:
        yield label(
            max(x, MARGIN + text_width(f"+{more}") / 2), _TOP - 10, f"+{more}", anchor="middle"
        )


def _ends(storm: Storm, y: float, width: float) -> list[Markup]:
    """What stands below the two ends of the axis."""
    right = f"{_length(storm)} later"
    x = width - MARGIN
    return [
        label(MARGIN, y + 17, "the first report" if width > 400 else "the first"),
        label(x - text_width(right), y + 17, right),
    ]


def _keys(storm: Storm) -> Sequence[Key]:
    return [Key(_sign(b, 7, 0), 14, _MEANINGS[b]) for b in BACK if storm.count(b)]


def _sign(back: Back, x: float, y: float) -> Markup:
    ink, form, r = _SIGNS[back]
    filled = "none" if form in ("ring", "cross") else "currentColor"
    path = {
        "triangle": f"M{x - r:.1f} {y + r:.1f}h{2 * r:.1f}L{x:.1f} {y - r:.1f}Z",
        "square": f"M{x - r:.1f} {y - r:.1f}h{2 * r:.1f}v{2 * r:.1f}h{-2 * r:.1f}Z",
        "cross": f"M{x - r:.1f} {y - r:.1f}l{2 * r:.1f} {2 * r:.1f}M{x - r:.1f} {y + r:.1f}"
        f"l{2 * r:.1f} {-2 * r:.1f}",
    }.get(form)
    if path is None:
        shape = element(
            "circle", cx=x, cy=y, r=r, fill=filled, stroke="currentColor", stroke_width=1.6
        )
    else:
        shape = element("path", d=path, fill=filled, stroke="currentColor", stroke_width=1.6)
    return group(shape, class_=f"oom-{ink}")


def _twin(storm: Storm, title: str, description: str) -> str:
    lines = [f"{title}.", f"{description}."]
    lines += [f"Killed {count} times: {name}." for name, count in storm.victims[:10]]
    first = storm.strokes[0].at_us
    for stroke in storm.strokes[:40]:
        when = stroke.at_us - first
        told = f"{when} lines" if storm.times == "lines" else long_text(when)
        who = f"{stroke.victim} killed" if stroke.victim else "nobody killed"
        lines.append(f"After {told}: {who}, {_MEANINGS[stroke.back]} (line {stroke.line}).")
    if len(storm.strokes) > 40:
        lines.append(f"And {len(storm.strokes) - 40} more.")
    return "\n".join(lines)
