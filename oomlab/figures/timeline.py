"""The timeline of a run: a lane per task, a bar per state, a bar below for every lock it holds."""

from __future__ import annotations

from collections.abc import Sequence

from oomlab.analysis import Held, Span
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.figures.axis import AXIS_HEIGHT, ever_after, squeeze_key, squeezed, time_axis
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.lanes import Cast, Lane, choose_lanes
from oomlab.figures.markstrip import MarkStrip
from oomlab.figures.parts import (
    LINES,
    MARGIN,
    bar,
    label,
    legend,
    plate,
    plate_width,
    state_sign,
    swatch,
    text_lines,
    thin_line,
)
from oomlab.figures.scale import TimeScale
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import shortened, text_width, wrapped
from oomlab.figures.things import styles_of
from oomlab.figures.time_marks import marks
from oomlab.figures.timeline_twin import timeline_description, timeline_title, timeline_twin
from oomlab.figures.wording import STATE_NAMES, STEPWISE_RUNS, bar_labels

_TOP = 8.0
_NAME_HEIGHT = 22
_BAR_HEIGHT = 23
_HOLD_HEIGHT = 18
_HOLD_GAP = 3
_LANE_GAP = 12
_VISIBLE = 1.5
"""Bars narrower than this would be a smear."""

_BACKGROUND = "in the background"

_LASTS = "for ever"
"""With this behind the end of the axis, whatever a task did at the end it does for ever."""


@checked
def draw_timeline(trace: Trace, *, key: str = "") -> Figure:
    """Draw the whole run; give different keys to two copies of a picture on one page."""
    cast = choose_lanes(trace)
    title, description = timeline_title(trace), timeline_description(trace, cast)

    def draw(width: float) -> Sheet:
        drawing = _Drawing(trace, cast, width)
        return Sheet(drawing.parts, drawing.y)

    return drawn(draw, title, description, timeline_twin(trace, cast), key=key)


class _Drawing:
    """Builds the picture from top to bottom; `y` is where the next thing goes."""

    def __init__(self, trace: Trace, cast: Cast, width: float) -> None:
        self.width = width
        self.trace = trace
        self.cast = cast
        self.after = ever_after(trace)
        self.scale = _scale(trace, cast, bool(self.after), width)
        self.lock_style = styles_of(
            slot.name for slot in trace.slots if slot.kind in ("mutex", "rwsem")
        )
        self.states: set[str] = set()
        self.said: set[str] = set()
        self.unnamed: set[str] = set()
        strip = MarkStrip(marks(trace), self.scale)
        top = _TOP + strip.height
        self.y = top
        lanes: list[Markup] = []
        for lane in cast.lanes:
            lanes.append(group(*self._lane(lane), data_thing=lane.task.name))
        self.y -= _LANE_GAP / 2
        axis = time_axis(trace, self.scale, self.y, top)
        self.parts: list[Markup] = [axis, strip.draw(_TOP, self.y), *lanes]
        self.y += AXIS_HEIGHT
        self._notes()

    def _lane(self, lane: Lane) -> list[Markup]:
        left, right = self.scale.left, self.scale.right
        middle = self.y + _NAME_HEIGHT / 2
        aside = 0.0 if lane.task.foreground else plate_width(_BACKGROUND) + 8
        name = shortened(lane.task.name, right - left - aside, bold=True)
        x = left + text_width(name, bold=True) + 4
        parts = [] if lane.task.foreground else [plate(x, middle - 1, _BACKGROUND, ink="muted")]
        parts.append(element("text", name, x=left, y=middle + 4, class_="oom-name"))
        self.y += _NAME_HEIGHT
        for number, span in enumerate(lane.spans, start=1):
            parts += self._span(span, last=number == len(lane.spans))
        self.y += _BAR_HEIGHT + _HOLD_GAP
        for lock, holds in lane.holds:
            row = self._holds(lock, holds)
            if row:
                parts.append(group(*row, data_thing=lock))
                self.y += _HOLD_HEIGHT + _HOLD_GAP
        self.y += _LANE_GAP
        return parts

    def _span(self, span: Span, *, last: bool) -> list[Markup]:
        x1, x2 = self.scale.x(span.start_us), self.scale.x(span.end_us)
        middle = self.y + _BAR_HEIGHT / 2
        more: list[Markup] = []
        quiet = span.state in LINES
        beyond = last and bool(self.after)
        if beyond and (quiet or self.after == _LASTS):
            x2 = self.scale.right
        elif beyond:
            more.append(label(self.scale.end + 8, middle - 3, "…"))
        if span.state != "done" and x2 - x1 < _VISIBLE:
            return more
        self.states.add("idle" if span.state == "done" else span.state)
        if span.state == "done":
            return [thin_line(x1, x2, middle), *self._done(x1, middle)]
        if span.state in LINES:
            return [state_sign(span.state, x1, middle, x2 - x1, _BAR_HEIGHT)]
        parts = [*more, bar(span.state, x1, self.y, x2 - x1, _BAR_HEIGHT)]
        room = x2 - x1 - 8
        for text in bar_labels(span, counted=not beyond):
            if plate_width(text) > room:
                continue
            if span.state != "runs" or self.trace.timed:
                self.said.add(span.state)
            if span.state == "runs":
                parts.append(label(x1 + 6, middle, text, ink="paper"))
            else:
                parts.append(plate(x1 + 4, middle, text))
            break
        return parts

    def _done(self, x: float, middle: float) -> list[Markup]:
        parts = [
            line(
                x,
                middle - 7,
                x,
                middle + 7,
                class_="oom-muted",
                stroke="currentColor",
                stroke_width=2.4,
            )
        ]
        if self.scale.right - x > plate_width("done") + 6:
            parts.append(plate(x + 5, middle, "done"))
        return parts

    def _holds(self, lock: str, holds: Sequence[Held]) -> list[Markup]:
        """A row of bars, one for each time the task had the lock, with its name."""
        ends = [(self.scale.x(h.start_us), self._end_of(h), h.mode) for h in holds]
        ends = [(x1, x2, mode) for x1, x2, mode in ends if x2 - x1 >= _VISIBLE]
        parts: list[Markup] = []
        free_from = self.scale.left
        for number, (x1, x2, mode) in enumerate(ends):
            parts.append(bar(self.lock_style[lock], x1, self.y, x2 - x1, _HOLD_HEIGHT))
            free_to = ends[number + 1][0] if number + 1 < len(ends) else self.scale.right
            texts = (f"{'reads' if mode == 'reads' else 'holds'} {lock}", lock)
            named = _name_bar(texts, (free_from, x1, x2, free_to))
            free_from = x2
            if named is None:
                self.unnamed.add(lock)
                continue
            x, text = named
            parts.append(plate(x, self.y + _HOLD_HEIGHT / 2, text))
            free_from = max(x2, x + plate_width(text))
        return parts

    def _end_of(self, held: Held) -> float:
        if held.to_the_end and self.after == _LASTS:
            return self.scale.right
        return self.scale.x(held.end_us)

    def _notes(self) -> None:
        """The legend, and who is not in the picture."""
        names = dict(STATE_NAMES)
        if self.trace.engine == "schedule":
            names["runs"] = STEPWISE_RUNS
        keys = [
            swatch(state)._replace(text=text)
            for state, text in names.items()
            if state in self.states - self.said  # a bar with words needs no other
        ]
        keys += [
            swatch(self.lock_style[lock])._replace(text=f"holds {lock}")
            for lock in self.cast.locks
            if lock in self.unnamed
        ]
        if squeezed(self.trace, self.scale):
            keys.append(squeeze_key())
        drawn, height = legend(keys, self.y, self.width)
        self.parts.append(drawn)
        self.y += height + 4
        crowd = [task.name for task in self.cast.left_out if task.foreground]
        if crowd:
            lines = wrapped(f"and {len(crowd)} more tasks like these", self.width - 2 * MARGIN)
            self.parts.append(text_lines(MARGIN, self.y, lines))
            self.y += 18.0 * len(lines) + 4


def _name_bar(
    texts: Sequence[str], room: tuple[float, float, float, float]
) -> tuple[float, str] | None:
    """Where the name of a bar goes, and in which of its forms: on the bar, right of it, left of it.

    `room`: where free space begins, the bar begins, the bar ends, free space ends.
    """
    free_from, x1, x2, free_to = room
    for text in texts:
        if plate_width(text) <= x2 - x1 - 8:
            return x1 + 4, text
    for text in texts:
        if plate_width(text) <= free_to - x2 - 4:
            return x2 + 2, text
        if plate_width(text) <= x1 - 2 - free_from:
            return x1 - 2 - plate_width(text), text
    return None


def _scale(trace: Trace, cast: Cast, goes_on: bool, width: float) -> TimeScale:
    moments = {0} | {mark.at_us for mark in marks(trace)}
    for lane in cast.lanes:
        spans: list[Span | Held] = [*lane.spans, *(h for _, holds in lane.holds for h in holds)]
        moments.update(span.start_us for span in spans)
        moments.update(span.end_us for span in spans if span.end_us < trace.ended_at_us)
    if not goes_on or trace.verdict == "livelock":
        moments.add(trace.ended_at_us)  # elsewhere, where the run stopped means nothing
    return TimeScale(
        moments,
        MARGIN,
        width - MARGIN,
        goes_on=goes_on,
        equal=not trace.timed,
    )
