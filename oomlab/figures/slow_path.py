"""The way of one request through the allocator: the tests in order, and where it leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Literal

from oomlab.analysis.episodes import AllocationRequest
from oomlab.checked import checked
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, said
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import text_width, wrapped
from oomlab.figures.things import STYLES
from oomlab.kernel.slow_path import FAST_PATH, STEP

Fate = Literal["page", "fails", "polls", "loops"]
"""How a request ends, in a picture: `polls` and `loops` never do."""

_EXITS = ("4a", "4b", "4c", "4d", "4e", "4f")
_ATTEMPTS = ("fast", "5", "8", "14", "3 (OOM)")
_RETRY = "8"
_BACK = ("18", "20", "22")

_ROW = 27.0
_LINE = 17.0
_LANE = MARGIN + 4.0
_SPINE = MARGIN + 42.0
_TEXT = _SPINE + 14.0
_INKS = {"page": "runs", "fails": "blocked", "polls": "polls", "loops": "polls"}
_FATE_KEYS = {
    "page": "here it gets a page",
    "fails": "here it fails",
    "polls": "why it never ends",
    "loops": "why it never ends",
}


@dataclass(frozen=True)
class PathBox:
    """One test or attempt on the way: the steps that it stands for, the first of which names it,
    the text beside it, and whether whoever comes there holds oom_lock."""

    steps: tuple[str, ...]
    text: str
    locked: bool = False


STATIONS = (
    PathBox((FAST_PATH,), "attempt at the low mark"),
    PathBox(("5",), "attempt at the min mark, or below it"),
    PathBox(("8", "10"), "reserves? attempt"),
    PathBox(("11",), STEP["11"].title),
    PathBox(("13",), STEP["13"].title),
    PathBox(("14",), STEP["14"].title),
    PathBox(("16",), STEP["16"].title),
    PathBox(("18",), "is another round worth it?"),
    PathBox(("20",), STEP["20"].title),
    PathBox(("3 (OOM)",), STEP["3 (OOM)"].title, True),
    PathBox(_EXITS, "a reason to give up?", True),
    PathBox(("5 (OOM)",), STEP["5 (OOM)"].title, True),
    PathBox(("21",), STEP["21"].title),
    PathBox(("22",), STEP["22"].title),
)
"""What a request for a single page meets, in order; steps that decide nothing are left out."""


@checked
def fate(request: AllocationRequest) -> Fate:
    """How the request ended, or why it never does."""
    if request.end == "page":
        return "page"
    if request.end == "failed":
        return "fails"
    return "loops" if "3 (OOM)" in request.steps else "polls"


@checked
def last_step(request: AllocationRequest) -> str:
    """The step at which the request got its page, gave up or, if it never does, goes back."""
    kind = fate(request)
    if kind == "polls":
        return "20"
    if kind == "loops":
        return "22"
    steps = [number for number in request.steps if number != "23"]
    if kind == "page":
        return steps[-1]
    exits = [number for number in steps if number in _EXITS]
    return exits[-1] if exits else steps[-1]


def draw_slow_path(request: AllocationRequest, asked: str, *, key: str = "") -> Figure:
    """Draw the way of `request`; `asked` is the request in a few words.

    Give different keys to two copies on one page.
    """
    answers = {station: _answer(request, station) for station in STATIONS}
    ending = f"{asked}: {_fate_words(request)}"
    title = f"The way of one request through the allocator: {asked}"
    twin = _twin(request, title, answers)
    return drawn(partial(_draw, request, asked, answers), title, ending, twin, key=key)


def _number(station: PathBox) -> str:
    first = station.steps[0]
    if first == FAST_PATH:
        return "fast path"
    return f"{first}-{station.steps[-1][-1]}" if station.steps == _EXITS else first


def _fate_words(request: AllocationRequest) -> str:
    at = last_step(request)
    where = "on the fast path" if at == FAST_PATH else f"at step {at}"
    return {
        "page": f"gets a page {where}",
        "fails": f"fails {where}",
        "polls": "polls for ever",
        "loops": "goes round for ever",
    }[fate(request)]


def _answer(request: AllocationRequest, station: PathBox) -> str:
    """What the request was told there the last time; "" if it never came there."""
    steps = request.steps
    first = station.steps[0]
    if station.steps == _EXITS:
        given = [number for number in steps if number in _EXITS]
        if given:
            return f"yes: {given[-1]}"
        return "no" if "5 (OOM)" in steps else ""
    if first not in steps:
        return ""
    kind, last = fate(request), last_step(request)
    ends_here = last in station.steps or (first == "8" and last == "10")
    if first in _ATTEMPTS:
        return "page" if kind == "page" and ends_here else "no page"
    if ends_here and kind == "fails":
        return "fails"
    return _ANSWERS[first](request)


_ANSWERS: dict[str, Callable[[AllocationRequest], str]] = {
    "11": lambda request: "yes",
    "13": lambda request: "no",
    "16": lambda request: "yes",
    "18": lambda request: "no" if "20" in request.steps else "yes, again",
    "20": lambda request: "gets it" if "3 (OOM)" in request.steps else "taken: one tick",
    "5 (OOM)": lambda request: "no page yet",
    "21": lambda request: "no",
    "22": lambda request: "none" if fate(request) == "fails" else "yes, again",
}


def _draw(
    request: AllocationRequest, asked: str, answers: dict[PathBox, str], width: float
) -> Sheet:
    kind = fate(request)
    ink = _INKS[kind]
    parts, y = said(asked, 8, width, bold=True)
    lines, y = said(_fate_words(request), y, width, ink="ink" if kind == "page" else "blocked")
    parts += lines
    y += 8
    top = y
    rows: dict[PathBox, _Row] = {}
    for station in STATIONS:
        rows[station] = row = _Row(station, answers[station], y, width)
        y += row.height
    reached = [rows[station].middle for station in STATIONS if answers[station]]
    parts += _spine(reached, top + _ROW / 2, rows[STATIONS[-1]].middle)
    locked = [rows[station] for station in STATIONS if station.locked]
    parts.append(_lock_bar(locked[0].top, locked[-1].top + locked[-1].height))
    back = _back_from(request)
    if back is not None:
        retry = rows[_station(_RETRY)].middle
        parts.append(_loop(rows[back].middle, retry, endless=kind in ("polls", "loops")))
    for station, row in rows.items():
        parts.append(row.draw(ink if station is _station(last_step(request)) else ""))
    keys, height = legend(_keys(kind, back is not None), y + 2, width)
    return Sheet([*parts, keys], y + height + 8)


def _station(step: str) -> PathBox:
    return next(station for station in STATIONS if step in station.steps)


def _back_from(request: AllocationRequest) -> PathBox | None:
    """The station from which the request went back to the retry label; None if it never did."""
    steps = request.steps
    again = [i for i, number in enumerate(steps) if number == "7"][1:]
    if not again:
        return None
    return _station(next(n for n in reversed(steps[: again[-1]]) if n in _BACK))


def _spine(reached: Sequence[float], top: float, bottom: float) -> Iterator[Markup]:
    """The line down the middle, and on it the way: straight from one station to the next, in a bend
    around those that were passed over."""
    yield line(_SPINE, top, _SPINE, bottom, class_="oom-rule", stroke="currentColor")
    for y1, y2 in pairwise(reached):
        way = f"V{y2:.1f}"
        if y2 - y1 > _ROW + 1:
            beside = _SPINE - 9
            way = f"L{beside:.0f} {y1 + 9:.1f}V{y2 - 9:.1f}L{_SPINE:.0f} {y2:.1f}"
        d = f"M{_SPINE:.0f} {y1:.1f}{way}"
        yield element(
            "path", d=d, fill="none", class_="oom-runs", stroke="currentColor", stroke_width=4
        )


def _lock_bar(top: float, bottom: float) -> Markup:
    drawn_bar = bar(STYLES["oom_lock"], _SPINE - 26, top + 1, 8, bottom - top - 2)
    return group(drawn_bar, data_thing="oom_lock")


def _loop(bottom: float, top: float, *, endless: bool) -> Markup:
    path = f"M{_SPINE:.0f} {bottom:.1f}H{_LANE:.0f}V{top:.1f}H{_SPINE - 9:.0f}"
    tip = _SPINE - 8
    head = f"M{tip - 8:.0f} {top - 5:.1f}L{tip:.0f} {top:.1f}L{tip - 8:.0f} {top + 5:.1f}"
    dashes = "7 4" if endless else None
    return group(
        element(
            "path",
            d=path,
            fill="none",
            stroke="currentColor",
            stroke_width=3,
            stroke_dasharray=dashes,
        ),
        element("path", d=head, fill="none", stroke="currentColor", stroke_width=3),
        class_="oom-polls" if endless else "oom-runs",
    )


class _Row:
    """A station in its row: its words, in as many lines as they need, and the answer behind them
    or, where that has no room, below."""

    def __init__(self, station: PathBox, answer: str, top: float, width: float) -> None:
        self.answer, self.top, self.width = answer, top, width
        room = width - MARGIN - _TEXT
        self.lines = wrapped(f"{_number(station)}: {station.text}", room)
        wide = text_width(answer, bold=True) + 14
        self.below = bool(answer) and text_width(self.lines[-1]) + wide > room
        self.height = _ROW + _LINE * (len(self.lines) - 1 + self.below)

    @property
    def middle(self) -> float:
        """Height of the first line, beside which the station's dot is."""
        return self.top + _ROW / 2

    def draw(self, ink: str) -> Markup:
        """The row; with a frame of `ink` where the request's way ends."""
        parts: list[Markup] = []
        if ink:
            parts.append(
                element("rect", class_=f"oom-{ink}", fill="none", stroke="currentColor",
                        stroke_width=2.4, x=_TEXT - 6, y=self.top + 2,
                        width=self.width - MARGIN - _TEXT + 8, height=self.height - 4, rx=5)
            )  # fmt: skip
        parts.append(
            element("circle", cx=_SPINE, cy=self.middle, r=5.5 if self.answer else 4,
                    class_="oom-runs" if self.answer else "oom-muted",
                    fill="currentColor" if self.answer else "none", stroke="currentColor",
                    stroke_width=1.4)
        )  # fmt: skip
        style = "ink" if self.answer else "muted"
        for number, text in enumerate(self.lines):
            parts.append(label(_TEXT, self.middle + _LINE * number, text, ink=style))
        if self.answer:
            last = len(self.lines) - 1 + self.below
            parts.append(
                element("text", self.answer, x=self.width - MARGIN - 4,
                        y=self.middle + _LINE * last + 5, text_anchor="end",
                        class_="oom-name" if ink else "oom-muted")
            )  # fmt: skip
        return group(*parts)


def _keys(kind: Fate, went_back: bool) -> Sequence[Key]:
    def stroke(style: str, dashes: str | None = None) -> Markup:
        return line(
            0,
            0,
            24,
            0,
            class_=style,
            stroke="currentColor",
            stroke_width=3,
            stroke_dasharray=dashes,
        )

    box = element(
        "rect",
        class_=f"oom-{_INKS[kind]}",
        fill="none",
        stroke="currentColor",
        stroke_width=2.4,
        x=0,
        y=-7,
        width=24,
        height=14,
        rx=4,
    )
    keys = [Key(stroke("oom-runs"), 24, "its way"), Key(box, 24, _FATE_KEYS[kind])]
    if went_back:
        endless = kind in ("polls", "loops")
        style = "oom-polls" if endless else "oom-runs"
        again = "again and again" if endless else "another round"
        keys.append(Key(stroke(style, "7 4" if endless else None), 24, again))
    keys.append(Key(bar(STYLES["oom_lock"], 0, -7, 24, 14), 24, "with oom_lock held"))
    return keys


def _twin(request: AllocationRequest, title: str, answers: dict[PathBox, str]) -> str:
    lines = [f"{title}."]
    for station in STATIONS:
        number = _number(station)
        name = "Fast path" if station.steps[0] == FAST_PATH else f"Step {number}"
        locked = ", with oom_lock held" if station.locked else ""
        lines.append(f"{name}, {station.text}{locked}: {answers[station] or 'never reached'}.")
    back = _back_from(request)
    if back is not None:
        times = "again and again" if fate(request) in ("polls", "loops") else "for another round"
        lines.append(f"From step {_number(back)} it goes back to step {_RETRY}, {times}.")
    lines.append(f"It {_fate_words(request)}.")
    return "\n".join(lines)
