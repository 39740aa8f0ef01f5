"""How likely something is by then: a curve from 0 to 100 %."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, label, plate, plate_width
from oomlab.figures.svg import Markup, element, line, number
from oomlab.figures.text import text_width

_TOP = 14.0
_HEIGHT = 150.0
_LEFT = MARGIN + text_width("100 %") + 8
_MARKS = 4
"""Parts that the lower axis is divided into."""


def draw_chances(
    points: Sequence[tuple[float, float]], title: str, unit: str, *, steps: bool, key: str = ""
) -> Figure:
    """Draw how likely something is: (when, probability), in order, from 0 on. `unit` says of what
    `when` is an amount, e.g. "moves". With `steps` there is nothing between two points."""
    last = points[-1][0] or 1.0

    def draw(width: float) -> Sheet:
        right = width - MARGIN

        def x(when: float) -> float:
            return _LEFT + (right - _LEFT) * when / last

        first, *others = ((number(x(when)), number(_y(chance))) for when, chance in points)
        way = f"M{first[0]} {first[1]}"
        way += "".join(f"H{at}V{up}" if steps else f"L{at} {up}" for at, up in others)
        curve = element("path", d=way, class_="oom-blocked", fill="none", stroke="currentColor",
                        stroke_width=2.5)  # fmt: skip
        parts = [*_grid(x, last, unit, right), curve]
        text = percent(points[-1][1])
        middle = _y(points[-1][1]) + (16 if points[-1][1] > 0.5 else -16)
        parts.append(plate(right - plate_width(text), middle, text))
        return Sheet(parts, _y(0) + 46)

    said = [points[round(n * (len(points) - 1) / 5)] for n in range(6)]
    twin = [f"{title}."] + [
        f"After {when:g} {unit}: {percent(chance)}." for when, chance in dict.fromkeys(said)
    ]
    return drawn(draw, title, f"A curve over {last:g} {unit}.", "\n".join(twin), key=key)


def percent(chance: float) -> str:
    """A probability in words that are never rounded to certainty."""
    if 0 < chance < 0.0005 or 0.9995 < chance < 1:
        return "almost 0" if chance < 0.5 else "almost 100 %"
    return f"{100 * chance:.1f}".removesuffix(".0") + " %"


def _y(chance: float) -> float:
    return _TOP + _HEIGHT * (1 - chance)


def _grid(x: Callable[[float], float], last: float, unit: str, right: float) -> Iterator[Markup]:
    for share in (0.0, 0.5, 1.0):
        text = f"{share:.0%}".replace("%", " %")
        yield label(_LEFT - 6, _y(share), text, anchor="end")
        yield line(_LEFT, _y(share), right, _y(share), class_="oom-rule", stroke="currentColor")
    yield line(_LEFT, _y(0), right, _y(0), stroke="currentColor", stroke_width=1.2)
    for mark in range(_MARKS + 1):
        when = last * mark / _MARKS
        text = f"{when:g}"
        yield line(x(when), _y(0), x(when), _y(0) + 5, stroke="currentColor", stroke_width=1.2)
        left = min(x(when) - text_width(text) / 2, right - text_width(text))
        yield label(left, _y(0) + 17, text)
    yield label((_LEFT + right - text_width(unit)) / 2, _y(0) + 34, unit, ink="muted")
