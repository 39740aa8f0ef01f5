"""Shares of a time as bars from 0 to 100 %: the model above real kernels, release by release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.multiples_runs import SIDES, Side
from oomlab.figures.parts import MARGIN, bar, label, plate, plate_width
from oomlab.figures.svg import Markup, element, line
from oomlab.figures.text import text_width

Shares = Mapping[Side, Sequence[float]]
"""One share a run, of the model and of a kernel."""

_LEFT = MARGIN + text_width("kernel") + 8
_END = MARGIN + text_width("100 %") / 2
_BAR, _STEP, _BLOCK = 9.0, 12.0, 20.0


def draw_shares(rows: Mapping[str, Shares], name: str, *, key: str = "") -> Figure:
    """Draw the shares of each release in `rows`; `name` says of what they are shares. Give
    different keys to two copies on one page."""
    title = f"{name}: the model above real kernels"

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 8.0
        for release, shares in rows.items():
            parts.append(element("text", release, x=MARGIN, y=y + 11, class_="oom-name"))
            y += 28
            for side in SIDES:
                parts.append(label(MARGIN, y, side, ink="muted"))
                parts += _bars(shares.get(side, ()), y, width)
                bars = len({round(100 * share) for share in shares.get(side, ())})
                y += max(_BLOCK, bars * _STEP + 4)
            y += 4
        return Sheet([*_axis(y, width), *parts], y + 32)

    description = "; ".join(said.removesuffix(".") for said in _twin(rows)) + "."
    return drawn(draw, title, description, "\n".join([f"{title}.", *_twin(rows)]), key=key)


def _x(share: float, width: float) -> float:
    return _LEFT + (width - _END - _LEFT) * share


def _bars(shares: Sequence[float], y: float, width: float) -> Iterator[Markup]:
    percents = sorted({round(100 * share) for share in shares})
    for number, percent in enumerate(percents):
        middle, share = y + number * _STEP, percent / 100
        if percent:
            yield bar("polls", _LEFT, middle - _BAR / 2, _x(share, width) - _LEFT, _BAR)
    if shares:
        text = share_text(shares)
        left = min(_x(max(shares), width) + 4, width - MARGIN - plate_width(text))
        yield plate(left, y + (len(percents) - 1) * _STEP / 2, text)
    else:
        yield label(_LEFT, y, "not asked", ink="muted")


def _axis(y: float, width: float) -> Iterator[Markup]:
    yield line(_LEFT, y, width - _END, y, stroke="currentColor", stroke_width=1.2)
    for percent in (0, 50, 100):
        x, text = _x(percent / 100, width), f"{percent} %"
        yield line(x, y, x, 8, class_="oom-rule", stroke="currentColor")
        yield line(x, y, x, y + 5, stroke="currentColor", stroke_width=1.2)
        yield label(x - text_width(text) / 2, y + 17, text)


def share_text(shares: Sequence[float]) -> str:
    """The least and the largest, as in "0 to 42 %"."""
    low, high = round(100 * min(shares)), round(100 * max(shares))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _twin(rows: Mapping[str, Shares]) -> Iterator[str]:
    for release, shares in rows.items():
        for side in SIDES:
            mine = shares.get(side, ())
            runs = f"{len(mine)} run{'' if len(mine) == 1 else 's'}"
            said = f"{runs}: {share_text(mine)}" if mine else "not asked"
            yield f"{release}, the {side}, {said}."
