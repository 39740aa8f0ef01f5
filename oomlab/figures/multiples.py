"""Small multiples: what runs of the model and of real kernels did, on one axis of time.

A row is a case, a column a release. In each cell the model's runs stand above the kernel's, a bar a
run: how long somebody waited, who was killed meanwhile, and when the kernel reported a hung task.
A bar that runs off the edge is a lockup. A picture may be of one side only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.multiples_runs import SIDES, BothSides, Multiple, RunBar, Side
from oomlab.figures.multiples_twin import in_short, multiple_twin, seconds_text, summaries
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, said
from oomlab.figures.svg import WIDTH, Markup, element, group, line
from oomlab.figures.text import shortened, text_width

AXIS_ENDS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 12.0, 20.0, 30.0, 40.0, 60.0, 120.0)
"""The axis ends at the first of these that leaves all bars but lockups some room."""

MOST_OF_THE_MODEL = 3
"""So many runs of the model are drawn in a cell (our choice); the words tell of all."""

MOST_CASES = 2
"""More cases than this, of a model and of kernels, are not drawn anew for a narrow place: the
picture would be many screens high, and its page too heavy (our choice)."""
_NOTE = "of several runs the slowest"

_GUTTER = MARGIN + text_width("kernel") + 8
_BETWEEN = 16.0
_HEAD = 26.0
_LANE, _STEP = 7.0, 10.0
_BLOCK = 18.0
"""The least height of a block of lanes: its name must fit beside it."""
_LINE = 18.0
_MIN_WIDTH = 3.0
"""A wait too short to be seen is drawn so wide."""


@checked
def draw_multiples(rows: Sequence[Multiple], name: str, *, key: str = "") -> Figure:
    """Draw the cases, `name` being what they have in common; give different keys to two copies on
    one page. Raises InputError if there is no run at all, and unless all rows have cells for the
    same releases."""
    releases = tuple(cell.release for cell in rows[0].cells) if rows else ()
    if not releases or any(tuple(c.release for c in row.cells) != releases for row in rows):
        raise InputError("small multiples need a cell for each of the same releases in each row")
    sides = tuple(s for s in SIDES if any(cell.runs(s) for row in rows for cell in row.cells))
    if not sides:
        raise InputError("small multiples need at least one run")
    title = name if len(sides) < 2 else f"{name}: the model above real kernels"
    end_s = axis_end_s(_all_lanes(rows))

    def draw(width: float) -> Sheet:
        stacked = width < WIDTH and len(releases) > 1
        most = 1 if stacked and len(sides) > 1 else 0
        columns = _columns(1 if stacked else len(releases), width)
        parts: list[Markup] = []
        y = _HEAD
        if stacked:
            y = 2.0
        else:
            parts += [
                element("text", release, x=left, y=14.0 + 5, class_="oom-name")
                for release, (left, _) in zip(releases, columns, strict=True)
            ]
        for row in rows:
            if stacked:
                row_parts, y = _stacked(row, sides, columns, y, end_s, most=most)
            else:
                row_parts, y = _row(row, sides, columns, y, end_s, most=most)
            parts += row_parts
        axes = [part for left, right in columns for part in _axis(left, right, y, end_s)]
        note = [Key(Markup(""), 0, _NOTE)] if most else []
        keys, height = legend([*_keys(rows), *note], y + 34, width)
        return Sheet([*axes, *parts, keys], y + 34 + height + 4)

    description = "; ".join(in_short(row, sides) for row in rows) + "."
    twin = "\n".join([f"{title}.", *(text for row in rows for text in multiple_twin(row, sides))])
    scrolls = len(rows) > MOST_CASES and len(sides) > 1
    return drawn(draw, title, description, twin, key=key, scrolls=scrolls)


def axis_end_s(lanes: Iterable[RunBar]) -> float:
    """Where the axis ends: behind every moment that is known of these runs."""
    moments = [m for lane in lanes for m in (sum(lane.waits_s), *lane.kills_s, *lane.reports_s)]
    latest_s = max(moments, default=0.0) * 1.08
    return next((end for end in AXIS_ENDS_S if end >= latest_s), latest_s)


def _drawn(cell: BothSides, side: Side, most: int) -> tuple[RunBar, ...]:
    """The lanes that get a bar: each run of a kernel; of the model, whose runs are many, the
    quickest, the slowest and some between. `most`: of either only the so many slowest."""
    if most:
        ordered = sorted(cell.runs(side), key=_length)
        return tuple(ordered[-most:])
    if side == "kernel":
        return cell.kernel
    found = sorted(dict.fromkeys(cell.model), key=_length)
    steps = min(len(found), MOST_OF_THE_MODEL) - 1
    picked = (round(n * (len(found) - 1) / max(steps, 1)) for n in range(steps + 1))
    return tuple(found[n] for n in picked)


def _length(lane: RunBar) -> tuple[bool, float, int]:
    return lane.locked_up, sum(lane.waits_s), len(lane.kills_s)


def _all_lanes(rows: Sequence[Multiple]) -> list[RunBar]:
    cells = [cell for row in rows for cell in row.cells]
    return [lane for cell in cells for side in SIDES for lane in cell.runs(side)]


def _columns(count: int, page: float) -> list[tuple[float, float]]:
    width = (page - MARGIN - _GUTTER - _BETWEEN * (count - 1)) / count
    lefts = [_GUTTER + number * (width + _BETWEEN) for number in range(count)]
    return [(left, left + width) for left in lefts]


def _stacked(
    row: Multiple,
    sides: Sequence[Side],
    columns: Sequence[tuple[float, float]],
    top: float,
    end_s: float,
    *,
    most: int,
) -> tuple[list[Markup], float]:
    """One case where there is no room for a column a release: they stand below each other, their
    names in the gutter if nothing else stands there."""
    parts, y = _title(row.title, columns, top)
    for cell in row.cells:
        names: Sequence[str] = sides
        if len(sides) == 1:
            names = [cell.release]
        else:
            parts.append(element("text", cell.release, x=MARGIN, y=y + 5, class_="oom-name"))
            y += _LINE
        cell_parts, y = _cells((cell,), sides, names, columns, y, end_s, most=most)
        parts += cell_parts
        y += 4
    return parts, y + 4


def _row(
    row: Multiple,
    sides: Sequence[Side],
    columns: Sequence[tuple[float, float]],
    top: float,
    end_s: float,
    *,
    most: int,
) -> tuple[list[Markup], float]:
    """One case; result: the drawing, and where the next one begins."""
    parts, y = _title(row.title, columns, top)
    cell_parts, y = _cells(row.cells, sides, sides, columns, y, end_s, most=most)
    return [*parts, *cell_parts], y


def _title(
    title: str, columns: Sequence[tuple[float, float]], top: float
) -> tuple[list[Markup], float]:
    """What the case is, below a rule; result: the drawing, and the middle of the first lane."""
    end = columns[-1][1]
    rule = line(MARGIN, top, end, top, class_="oom-rule", stroke="currentColor")
    parts, bottom = said(title, top + 4, end + MARGIN)
    return [rule, *parts], bottom + 9


def _cells(
    cells: Sequence[BothSides],
    sides: Sequence[Side],
    names: Sequence[str],
    columns: Sequence[tuple[float, float]],
    top: float,
    end_s: float,
    *,
    most: int = 0,
) -> tuple[list[Markup], float]:
    """The lanes of a case and what they say below; `names` of the sides stand in the gutter."""
    y = begin = top
    parts: list[Markup] = []
    bars: list[Markup] = []
    for side, name in zip(sides, names, strict=True):
        blocks = [_drawn(cell, side, most) for cell in cells]
        parts.append(label(MARGIN, y, name, ink="muted"))
        for block, (left, right) in zip(blocks, columns, strict=True):
            if not block:
                parts.append(label(left, y, "not asked", ink="muted"))
            for number, lane in enumerate(block):
                bars.append(_lane(lane, left, right, y + number * _STEP, end_s))
        y += max(_BLOCK, max(map(len, blocks)) * _STEP + 4)
    # Behind the bars only: lines through words make them hard to read.
    for left, right in columns:
        for x in _marks(left, right):
            parts.append(line(x, begin - 8, x, y - 8, class_="oom-rule", stroke="currentColor"))
    parts += bars
    for cell, (left, right) in zip(cells, columns, strict=True):
        texts, room = summaries(cell.runs(sides[-1])), right - left + _BETWEEN - 6
        fitting = next((t for t in texts if text_width(t) <= room), shortened(texts[-1], room))
        parts.append(label(left, y + 2, fitting))
    return parts, y + _LINE


def _lane(lane: RunBar, left: float, right: float, middle: float, end_s: float) -> Markup:
    scale = (right - left) / end_s
    parts: list[Markup] = []
    x, top = left, middle - _LANE / 2
    for wait_s in lane.waits_s:
        width = max(wait_s * scale, _MIN_WIDTH)
        parts.append(bar("waits", x, top, width, _LANE))
        x += width
    if lane.locked_up:
        parts.append(bar("blocked", x, top, right - x, _LANE))
        tip = f"M{right:.1f} {top - 2.5:.1f}L{right + 8:.1f} {middle:.1f}"
        tip += f"L{right:.1f} {top + _LANE + 2.5:.1f}Z"
        parts.append(element("path", d=tip, class_="oom-blocked", fill="currentColor"))
    parts += [_report(left + s * scale, middle) for s in lane.reports_s]
    parts += [_kill(left + s * scale, middle) for s in lane.kills_s]
    return group(*parts)


def _kill(x: float, y: float) -> Markup:
    """A cross on a plate, to be seen over any pattern."""
    cross = f"M{x - 3:.1f} {y - 3:.1f}l6 6M{x - 3:.1f} {y + 3:.1f}l6 -6"
    return group(
        element("circle", cx=x, cy=y, r=5.0, class_="oom-paper", fill="currentColor"),
        element("path", d=cross, fill="none", stroke="currentColor", stroke_width=2.2),
    )


def _report(x: float, y: float) -> Markup:
    """A bell-like wedge that points at the moment."""
    shape = f"M{x - 4:.1f} {y - 4.5:.1f}H{x + 4:.1f}L{x:.1f} {y + 4.5:.1f}Z"
    return element(
        "path",
        d=shape,
        fill="currentColor",
        class_="oom-polls",
        stroke="currentColor",
        stroke_width=1.2,
    )


def _marks(left: float, right: float) -> tuple[float, float, float]:
    """Where an axis begins, its middle, and its end."""
    return left, (left + right) / 2, right


def _axis(left: float, right: float, y: float, end_s: float) -> Iterator[Markup]:
    yield line(left, y, right, y, stroke="currentColor", stroke_width=1.2)
    for x in _marks(left, right):
        yield line(x, y, x, y + 5, stroke="currentColor", stroke_width=1.2)
    yield label(left, y + 16, "0")
    text = seconds_text(end_s)
    yield label(right - text_width(text), y + 16, text)


def _keys(rows: Sequence[Multiple]) -> Iterator[Key]:
    lanes = _all_lanes(rows)
    if any(lane.waits_s for lane in lanes):
        yield Key(bar("waits", 0, -_LANE / 2, 26, _LANE), 26, "a wait that ended")
    if any(lane.locked_up for lane in lanes):
        stuck = _lane(RunBar(locked_up=True), 0, 20, 0, 1)
        yield Key(stuck, 28, "locked up")
    if any(lane.kills_s for lane in lanes):
        yield Key(_kill(6, 0), 12, "a process is killed")
    if any(lane.reports_s for lane in lanes):
        yield Key(_report(6, 0), 12, "a task is reported as hung")
