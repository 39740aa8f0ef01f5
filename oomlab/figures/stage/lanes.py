"""The lanes of the stage: what each task does over time, and which locks it holds meanwhile.

HTML with places in per cent and sizes in em: one drawing for every width, whose letters grow with
those of the reader.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from oomlab.analysis import Span, moment_text
from oomlab.figures.axis import ever_after, squeezed
from oomlab.figures.lanes import Lane
from oomlab.figures.stage.frames import Frame
from oomlab.figures.stage.moments import Played
from oomlab.figures.stage.words import words_html
from oomlab.figures.things import styles_of
from oomlab.figures.time_marks import marks
from oomlab.figures.wording import bar_labels

_NEAREST = 21.0
"""Labels of the axis are at least so far apart, in per cent of its width (our choice): on a phone
that is room for "5.012 s"."""

_EM = 1.7
"""Width of a letter in per cent of the lanes, as they are on a desktop."""

_LASTS = "for ever"
DECIDED = "from here on nobody gets out"
PARTED = "here they part"


def lanes_html(played: Played, frame: Frame | None, over: str | None = None) -> str:
    """Names, bars, rails, the marks of the run and the axis, with the cursor at `frame`; without a
    frame there is no cursor, and nobody can be moved. `over`: HTML that lies over the lanes in the
    place of those marks."""
    scale, trace = played.scale, played.trace
    per_cent = 100.0 / scale.right

    def x(at_us: int) -> float:
        return scale.x(at_us) * per_cent

    faces = styles_of(slot.name for slot in trace.slots if slot.kind in ("mutex", "rwsem"))
    parts = [
        _lane(number, lane, played, faces, per_cent, can_move=frame is not None)
        for number, lane in enumerate(played.cast.lanes)
    ]
    words = words_html(trace, x, 100.0 if ever_after(trace) else x(trace.ended_at_us))
    left_out = sum(task.foreground for task in played.cast.left_out)
    more = f'<p class="oom-m-more">and {left_out} more tasks like these</p>' if left_out else ""
    cursor = (
        f'<i class="oom-m-veil" style="left:{frame.x:.2f}%"></i>'
        f'<i class="oom-m-cursor" style="left:{frame.x:.2f}%"></i>'
        if frame
        else ""
    )
    signs = _signs(played, x) if over is None else over
    return (
        f'<div class="oom-m-lanes">{signs}{"".join(parts)}{words}{cursor}</div>'
        f"{_axis(played, x)}{more}"
    )


def _lane(
    number: int,
    lane: Lane,
    played: Played,
    faces: dict[str, str],
    per_cent: float,
    *,
    can_move: bool,
) -> str:
    trace, scale = played.trace, played.scale
    after = ever_after(trace)
    bars = []
    for place, span in enumerate(lane.spans, start=1):
        x1, x2 = scale.x(span.start_us), scale.x(span.end_us)
        beyond = place == len(lane.spans) and bool(after)
        if beyond and (after == _LASTS or span.state in ("idle", "sleeps")):
            x2 = scale.right
        if x2 - x1 < 0.8:
            continue
        bars.append(_bar(span, x1 * per_cent, (x2 - x1) * per_cent, counted=not beyond))
    rails = []
    for lock, holds in lane.holds:
        pieces = []
        for one in holds:
            x1, x2 = scale.x(one.start_us), scale.x(one.end_us)
            if one.to_the_end and after == _LASTS:
                x2 = scale.right
            if x2 - x1 < 0.8:
                continue
            verb = "reads " if one.mode == "reads" else ""
            pieces.append(
                f'<i class="oom-k-{faces[lock]}" style="left:{x1 * per_cent:.2f}%;'
                f'width:{(x2 - x1) * per_cent:.2f}%"><b>{escape(verb + lock)}</b></i>'
            )
        if pieces:
            rails.append(
                f'<div class="oom-m-rail" data-thing="{escape(lock)}">{"".join(pieces)}</div>'
            )
    name = escape(lane.task.name)
    called = (
        f'<button type="button" data-go="task" data-task="{number}" disabled'
        f' title="Next step of {name}"><kbd>{number + 1}</kbd> {name}</button>'
        if can_move
        else f"<b>{name}</b>"
    )
    aside = "" if lane.task.foreground else '<span class="oom-m-aside">in the background</span>'
    return (
        f'<div class="oom-m-lane" data-thing="{name}" data-task="{number}">'
        f'<p class="oom-m-name">{called}{aside}</p>'
        f'<div class="oom-m-bars">{"".join(bars)}</div>{"".join(rails)}</div>'
    )


def _bar(span: Span, left: float, width: float, *, counted: bool) -> str:
    texts = ["done"] if span.state == "done" else bar_labels(span, counted=counted)
    whole = texts[0] if texts else "has nothing to do"
    fits = [text for text in texts if _EM * len(text) + 2 <= width]
    label = f"<b>{escape(fits[0])}</b>" if fits else ""
    return (
        f'<i class="oom-s-{span.state}" title="{escape(whole)}"'
        f' style="left:{left:.2f}%;width:{width:.2f}%">{label}</i>'
    )


def _signs(played: Played, x: Callable[[int], float]) -> str:
    """Above the lanes: kills, time limits that run out, and from where on nobody gets out."""
    signs: list[tuple[float, str, str]] = [
        (x(mark.at_us), mark.kind, mark.text) for mark in marks(played.trace)
    ]
    if played.decided is not None:
        signs.append((played.decided, "decided", DECIDED))
    if played.parted is not None:
        signs.append((played.parted, "parted", PARTED))
    parts = []
    free_from = -1.0
    for left, kind, text in sorted(signs):
        at_right = left > 55
        said = (left - 2.6 * len(text) if at_right else left) >= free_from
        words = f"<b>{escape(text)}</b>" if said else ""
        side = ' class="oom-m-left"' if at_right else ""
        parts.append(
            f'<i data-sign="{kind}"{side} style="left:{left:.2f}%" title="{escape(text)}">'
            f"{words}</i>"
        )
        if said:
            free_from = left if at_right else left + 2.6 * len(text)
    return f'<div class="oom-m-signs">{"".join(parts)}</div>' if parts else ""


def _axis(played: Played, x: Callable[[int], float]) -> str:
    trace, scale = played.trace, played.scale
    after = ever_after(trace)
    taken = [100.0] if after else []
    parts = []
    said: set[str] = set()
    for moment in scale.ticks():
        left, text = x(moment), moment_text(trace, moment)
        if text in said or any(abs(left - other) < _NEAREST for other in taken):
            continue
        said.add(text)
        taken.append(left)
        place = "start" if left < 8 else "end" if left > 92 else "middle"
        parts.append(f'<i data-at="{place}" style="left:{left:.2f}%">{escape(text)}</i>')
    if after:
        parts.append(f'<i data-at="end" style="left:100%">{escape(after)}</i>')
    parts += [
        f'<u style="left:{(x(earlier) + x(later)) / 2:.2f}%" title="quiet time, drawn shorter"></u>'
        for earlier, later in squeezed(trace, scale)
    ]
    return f'<div class="oom-m-axis" aria-hidden="true">{"".join(parts)}</div>'
