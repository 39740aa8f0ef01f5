"""The wait-for graph of one moment: a box per task, an arrow to whoever it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from oomlab.analysis import (
    Edge,
    EdgeKind,
    Span,
    WaitForGraph,
    moment_text,
    span_at,
    task_spans,
    wait_for_graph,
    waiting_sentence,
)
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, label, legend, plate, plate_width, said, text_lines
from oomlab.figures.svg import Markup, element, group
from oomlab.figures.text import shortened, text_width, wrapped
from oomlab.figures.wait_layout import Arrow, Box, lay_out

ARROW_DASHES: dict[EdgeKind, str | None] = {"lock": None, "poll": "8 5", "event": "0.1 6"}
"""How the shaft of an arrow is drawn; dots have round ends."""

ARROW_MEANINGS: dict[EdgeKind, str] = {
    "lock": "waits for a lock",
    "poll": "polls a lock",
    "event": "waits for an answer",
}
"""What an arrow says of the task at its tail."""
KNOWN_MARKS = "*†‡§"
"""What stands before the label of an edge for how it is known, in the order of the edges; the
legend has the words. After the last they begin again, doubled, as footnotes do."""
_PLAIN, _THICK = 1.8, 3.2
_GAP = 10.0
_APART_SHOWN = 6


@checked
def draw_wait_for(
    trace: Trace, at_us: int, *, known: Mapping[Edge, str] | None = None, key: str = ""
) -> Figure:
    """Draw who waits for whom at `at_us`; give different keys to two copies on one page.

    `known`: how it is known of an edge, where that is worth saying; a model knows all of it. The
    picture has a mark for it at the edge, and the words in its legend; the twin has the words.
    Raises InputError for a negative moment.
    """
    known = known or {}
    graph = wait_for_graph(trace, at_us)
    spans = task_spans(trace)
    now = {task.name: span_at(spans, task.name, at_us) for task in trace.tasks}
    moment = moment_text(trace, at_us)
    title = f"Who waits for whom at {moment} in {trace.scenario} under {trace.remedy}"
    description = _cycle_sentence(graph)
    twin = _twin(graph, now, title, known)
    draw = partial(_draw, graph, now, moment, known)
    return drawn(draw, title, description, twin, key=key)


def _draw(
    graph: WaitForGraph,
    now: dict[str, Span],
    moment: str,
    known: Mapping[Edge, str],
    width: float,
) -> Sheet:
    details = {name: _detail(span) for name, span in now.items()}
    ink = "blocked" if graph.cycle else "ink"
    parts, y = said(f"At {moment}: {_headline(graph)}", 7, width, ink=ink)
    layout = lay_out(graph, details, y + _GAP, width)
    parts += [_arrow(arrow, arrow.edge in graph.cycle) for arrow in layout.arrows]
    cycle = {edge.waiter for edge in graph.cycle}
    parts += [_box(box, bool(cycle.intersection(box.tasks))) for box in layout.boxes]
    marks = _marks(graph, known)
    parts += [
        _label(arrow, marks.get(known.get(arrow.edge, ""), ""))
        for arrow in layout.arrows
        if arrow.label_at
    ]
    y = layout.height
    apart = _apart(graph, now)
    if apart:
        more = len(apart) - _APART_SHOWN
        named = ", ".join(apart[:_APART_SHOWN]) + (f" and {more} more" if more > 0 else "")
        lines = wrapped(f"Waiting for nobody: {named}", width - 2 * MARGIN)
        parts.append(text_lines(MARGIN, y, lines))
        y += 18 * len(lines) + 6
    words = [Key(label(0, 0, mark), text_width(mark), how) for how, mark in marks.items()]
    keys, height = legend([*_keys(graph), *words], y, width)
    return Sheet([*parts, keys], y + height + 4)


def _headline(graph: WaitForGraph) -> str:
    if not graph.edges:
        return "nobody waits for anybody"
    size = len(graph.cycle)
    if size == 1:
        return "a task waits for itself"
    return f"a cycle of {size} tasks" if size else "no cycle"


def _detail(span: Span) -> str:
    if span.state in ("idle", "done"):
        return span.state
    return f"in {span.function}" if span.function else span.state


def _apart(graph: WaitForGraph, now: dict[str, Span]) -> list[str]:
    return [f"{name} ({_detail(now[name])})" for name in now if name not in graph.nodes]


def _box(box: Box, in_cycle: bool) -> Markup:
    frame = element(
        "rect",
        class_="oom-blocked" if in_cycle else "oom-muted",
        fill="none",
        stroke="currentColor",
        stroke_width=2.2 if in_cycle else 1.4,
        x=box.left,
        y=box.y - box.height / 2,
        width=box.width,
        height=box.height,
        rx=6,
    )
    step = 20.0
    first = box.y - step * (len(box.lines) - 1) / 2
    texts = []
    for number, text in enumerate(box.lines):
        name = number == 0 or not box.on_spine
        style = "oom-name" if name else "oom-muted"
        y = first + number * step + 5
        texts.append(element("text", text, x=box.x, y=y, class_=style, text_anchor="middle"))
    return group(frame, *texts, data_thing=box.tasks[0])


def _arrow(arrow: Arrow, in_cycle: bool) -> Markup:
    width = _THICK if in_cycle else _PLAIN
    (x1, y1), (x2, y2) = arrow.points[-2:]
    length = max(abs(x2 - x1) + abs(y2 - y1), 1)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length  # all last stretches but rare ones are straight
    back = 10.0
    shaft = [*arrow.points[:-1], (x2 - dx * back, y2 - dy * back)]
    half = 5.5 if in_cycle else 4.5
    head = (
        f"M{x2 - dx:.1f} {y2 - dy:.1f}"
        f"L{x2 - dx * (back + 1) - dy * half:.1f} {y2 - dy * (back + 1) + dx * half:.1f}"
        f"L{x2 - dx * (back + 1) + dy * half:.1f} {y2 - dy * (back + 1) - dx * half:.1f}Z"
    )
    return group(
        element(
            "path",
            d=_rounded(shaft),
            fill="none",
            stroke="currentColor",
            stroke_width=width,
            stroke_dasharray=ARROW_DASHES[arrow.edge.kind],
            stroke_linecap="round" if arrow.edge.kind == "event" else None,
        ),
        element("path", d=head, fill="currentColor"),
        class_="oom-blocked" if in_cycle else "oom-muted",
    )


def _rounded(points: Sequence[tuple[float, float]]) -> str:
    """A path through `points` with rounded corners."""
    radius = 10.0
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x0, y0), (x, y), (x2, y2) in zip(points, points[1:], points[2:], strict=False):
        r = min(
            radius,
            *((abs(a - b) + abs(c - d)) / 2 for a, b, c, d in ((x, x0, y, y0), (x, x2, y, y2))),
        )
        path += f"L{x - _sign(x - x0) * r:.1f} {y - _sign(y - y0) * r:.1f}"
        path += f"Q{x:.1f} {y:.1f} {x + _sign(x2 - x) * r:.1f} {y + _sign(y2 - y) * r:.1f}"
    return path + f"L{points[-1][0]:.1f} {points[-1][1]:.1f}"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _marks(graph: WaitForGraph, known: Mapping[Edge, str]) -> dict[str, str]:
    """By how edges are known, the mark for it."""
    ways = dict.fromkeys(known[edge] for edge in graph.edges if edge in known)
    size = len(KNOWN_MARKS)
    return {how: KNOWN_MARKS[n % size] * (n // size + 1) for n, how in enumerate(ways)}


def _label(arrow: Arrow, mark: str) -> Markup:
    assert arrow.label_at is not None
    x, y = arrow.label_at
    text, what = edge_label(arrow.edge), arrow.edge.what
    (x1, _), (x2, _) = arrow.points[:2]
    if mark and x1 == x2:  # an arrow that goes down has room for it on the other side
        sign = label(x1 - (x - x1), y, mark, anchor="end")
        return group(sign, label(x, y, shortened(text, arrow.room)), data_thing=what)
    if mark:  # it stands first, so that it is never cut off
        text = f"{mark} {text}"
    if arrow.centred:
        lines = wrapped(text, arrow.room)
        return group(plate(x - plate_width(*lines) / 2, y, *lines), data_thing=what)
    return group(label(x, y, shortened(text, arrow.room)), data_thing=what)


def edge_label(edge: Edge) -> str:
    """What stands at an arrow: the lock, or what the waiter hopes for."""
    if edge.kind == "event":
        return edge.gives
    return f"polls {edge.what}" if edge.kind == "poll" else edge.what


def _keys(graph: WaitForGraph) -> list[Key]:
    keys = []
    kinds = {edge.kind for edge in graph.edges}
    for kind, meaning in ARROW_MEANINGS.items():
        if kind in kinds:
            keys.append(Key(arrow_sample(kind, in_cycle=False), 34, meaning))
    if graph.cycle:
        keys.append(Key(arrow_sample("lock", in_cycle=True), 34, "part of the cycle"))
    return keys


def arrow_sample(kind: EdgeKind, *, in_cycle: bool) -> Markup:
    """An arrow 34 units long, centred on y = 0, for a legend."""
    return _arrow(Arrow(Edge("", "", "", kind), ((1, 0), (34, 0)), None), in_cycle)


def _cycle_sentence(graph: WaitForGraph) -> str:
    if not graph.cycle:
        return "There is no cycle." if graph.edges else "Nobody waits for anybody."
    around = [edge.waiter for edge in graph.cycle] + [graph.cycle[0].waiter]
    return f"There is a cycle: {' → '.join(around)}."


def _twin(graph: WaitForGraph, now: dict[str, Span], title: str, known: Mapping[Edge, str]) -> str:
    lines = [f"{title}."]
    for edge in graph.edges:
        mark = " (part of the cycle)" if edge in graph.cycle else ""
        how = f" ({known[edge]})" if edge in known else ""
        lines.append(f"{waiting_sentence(edge)}{how}{mark}.")
    lines.append(_cycle_sentence(graph))
    apart = _apart(graph, now)
    if apart:
        lines.append(f"Waiting for nobody: {', '.join(apart)}.")
    return "\n".join(lines)
