"""Statistics over many runs as pictures. The only place that imports matplotlib.

Drawn at build time and under a kernel, never in a page. Colours, letters and sizes are those of
`oomlab.figures`, so that a plot follows a page from light to dark; the same numbers always give the
same bytes.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from oomlab.errors import needed
from oomlab.evidence.sweep.summaries import Curve, Tradeoff, typical_rounds
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import said
from oomlab.figures.style import PALETTE
from oomlab.figures.svg import WIDTH, Markup, group
from oomlab.figures.text import FONT_SIZE, wrapped

with needed("plots"):
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas
    from matplotlib.ticker import MaxNLocator, NullLocator

INK = {name: ink.light for name, ink in PALETTE.items()}
LINES = (
    ("runs", "o", "-"),
    ("blocked", "s", "--"),
    ("ink", "^", "-."),
    ("waits", "D", ":"),
    ("polls", "v", (0, (6, 1, 1, 1))),
)
"""Colour, marker and dashes of the curves of one plot: each can be told by any of the three."""

_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "oomlab",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "font.size": FONT_SIZE,
    "axes.edgecolor": INK["ink"],
    "axes.labelcolor": INK["ink"],
    "axes.spines.right": False,
    "axes.spines.top": False,
    "xtick.color": INK["ink"],
    "ytick.color": INK["ink"],
    "text.color": INK["ink"],
    "grid.color": INK["rule"],
    "legend.frameon": False,
    "lines.linewidth": 2,
    "lines.markersize": 7,
    "legend.handlelength": 1.6,
    "legend.borderaxespad": 0.2,
}


def strips(values: Mapping[float, Sequence[float]], counts: Counter[int], title: str) -> Figure:
    """For each time limit the downtimes of its runs as dots, and the limit itself as a line that no
    dot can cross; above the dots what the median of `counts`, the rounds of all runs together,
    comes to with that limit. Seconds, on a logarithmic scale."""
    limits = list(values)
    typical = typical_rounds(counts)

    def paint(axes: Axes, width: float) -> None:
        for place, limit in enumerate(limits):
            found = sorted(values[limit])
            once = place == 0
            axes.plot(found, _spread(found, place - 0.1), "o", color=INK["runs"], markersize=5,
                      zorder=2, label="a run" if once else "")  # fmt: skip
            axes.plot([limit, limit], [place - 0.42, place + 0.42], color=INK["blocked"],
                      linestyle="--", zorder=1, label="its limit" if once else "")  # fmt: skip
            axes.plot([typical * limit], [place + 0.34], "v", color=INK["ink"], markersize=9,
                      linestyle="none", zorder=3,
                      label="median of the rounds of all runs" if once else "")  # fmt: skip
        axes.set_xscale("log")
        latest = max(map(max, values.values()))
        marks = [mark for mark in (0.1, 1, 10, 100, 1000) if mark <= 2 * latest]
        axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_yticks(range(len(limits)), [f"{limit:g} s" for limit in limits])
        axes.set_ylabel("Time limit")
        axes.set_xlabel("Downtime in seconds")
        _key_above(axes, width)

    twin = [
        f"Time limit {limit:g} s, {len(found)} runs: downtime at least {min(found):.4g} s, at most"
        f" {max(found):.4g} s. In half of all {counts.total()} runs there are {typical} rounds at"
        f" most: {typical * limit:.4g} s with this limit."
        for limit, found in values.items()
    ]
    return _plot(paint, 350, title, "Downtimes in seconds for each time limit.", twin)


def _key_above(axes: Axes, width: float) -> None:
    """The key, above the plot: beside each other where there is room."""
    canvas = axes.figure
    assert isinstance(canvas, Canvas)
    canvas.legend(loc="outside upper left", ncols=3 if width >= WIDTH else 1, columnspacing=1.2)


def _spread(found: Sequence[float], place: float) -> list[float]:
    """Heights that keep dots with nearly the same value apart."""
    seen: Counter[str] = Counter()
    heights = []
    for value in found:
        key = f"{value:.1e}"
        step = seen[key]
        seen[key] += 1
        heights.append(place + (step + 1) // 2 % 7 * (0.055 if step % 2 else -0.055))
    return heights


def bars(counts: Mapping[int, int], expected: Sequence[float], title: str) -> Figure:
    """How many runs took how many rounds, and beside it (rings) what a fair draw of the next in
    line would give: `expected` shares for 1, 2, ... rounds. The last bar collects the rest."""
    last = len(expected)
    runs = sum(counts.values())
    shares = [counts.get(n, 0) / runs for n in range(1, last)]
    shares.append(sum(c for n, c in counts.items() if n >= last) / runs)
    places = range(1, last + 1)

    def paint(axes: Axes, width: float) -> None:
        axes.bar(places, shares, color=INK["runs"], width=0.7, label="the runs")
        axes.plot(places, expected, "o", color=INK["blocked"], markersize=8,
                  markerfacecolor=INK["paper"], markeredgewidth=2,
                  label="a fair draw")  # fmt: skip
        axes.set_xticks(places, [*(str(n) for n in range(1, last)), f"{last}+"])
        axes.set_xlabel("Rounds until somebody is killed")
        axes.set_ylabel("Share of the runs")
        axes.set_ylim(0, max(*shares, *expected) * 1.12)
        _key_above(axes, width)

    twin = [
        f"{n}{' or more' if n == last else ''} round{'s' if n > 1 else ''}: {share:.0%} of {runs}"
        f" runs; a fair draw would give {fair:.0%}."
        for n, share, fair in zip(places, shares, expected, strict=True)
    ]
    return _plot(paint, 280, title, "How many rounds it took.", twin)


def tradeoff_curve(points: Sequence[Tradeoff], title: str) -> Figure:
    """Needless kills against downtime; each point is a time limit."""
    xs, ys = [p.downtime_s for p in points], [100 * p.needless for p in points]

    def paint(axes: Axes, width: float) -> None:
        axes.plot(xs, ys, "o-", color=INK["runs"])
        for point, x, y in zip(points, xs, ys, strict=True):
            # The curve falls to the right: above it there is room.
            axes.annotate(f"{point.timeout_s:g} s", (x, y), (7, 7), textcoords="offset points")
        axes.set_xscale("log")
        marks = [mark for mark in (0.1, 1, 10, 100) if xs[0] / 2 <= mark <= 2 * xs[-1]]
        axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xlim(xs[0] / 1.7, xs[-1] * (2.5 if width >= WIDTH else 5))
        axes.set_ylim(0, 118)
        wide = width >= WIDTH
        axes.set_xlabel(f"Downtime in seconds{' ' if wide else chr(10)}if the callback is stuck")
        axes.set_ylabel("Needless kills in 100")

    twin = [
        f"Time limit {p.timeout_s:g} s: {p.downtime_s:.4g} s of downtime if the callback is stuck,"
        f" {100 * p.needless:.0f} needless kills in 100 late callbacks."
        for p in points
    ]
    return _plot(paint, 320, title, "Needless kills against downtime.", twin)


_SPREAD = 50
"""With values so many times apart the axis is logarithmic (our choice): on a linear one all
but the largest would lie on zero."""
_NAMES = 156.0
"""Room on the right for the names of the curves."""


def curves(lines: Sequence[Curve], x_label: str, y_label: str, title: str) -> Figure:
    """One line for each set of remedies, against a common axis, its remedies beside its end."""
    values = sorted({y for line in lines for _, y in line.points if y})
    wide_apart = bool(values) and values[0] > 0 and values[-1] > _SPREAD * values[0]
    ordered = sorted(zip(lines, LINES, strict=False), key=lambda each: -each[0].points[-1][1])

    def paint(axes: Axes, width: float) -> None:
        for line, (ink, marker, dashes) in ordered:
            xs, ys = zip(*line.points, strict=True)
            label = "\n".join(_lines_of(line.remedies, width))
            axes.plot(xs, ys, color=INK[ink], marker=marker, linestyle=dashes, label=label)
        axes.set_xlabel("\n".join(wrapped(x_label, width - 60)), loc="left")
        axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
        axes.grid(axis="y")
        if wide_apart:
            axes.set_yscale("symlog", linthresh=values[0], linscale=0.4)
            powers = [10.0**n for n in range(-9, 10)]
            marks = [0.0, *(p for p in powers if values[0] <= p <= values[-1])]
            axes.set_yticks(marks, [f"{mark:g}" for mark in marks])
            axes.yaxis.set_minor_locator(NullLocator())
        if not values or values[0] > 0:
            axes.set_ylim(bottom=0)
        if width >= WIDTH:
            _names_beside(axes, [line for line, _ in ordered])
        else:
            _key_above(axes, width)

    twin = [
        f"{', '.join(line.remedies)}: " + ", ".join(f"{y:.6g} at {x:g}" for x, y in line.points)
        for line in lines
    ]
    twin.insert(0, f"{y_label}, by {x_label[0].lower()}{x_label[1:]}.")
    described = f"{y_label} under {len(lines)} groups of remedies."
    return _plot(paint, 300, title, described, twin, head=y_label, names=len(lines))


def _lines_of(names: Sequence[str], width: float) -> list[str]:
    """Names in lines: beside a wide plot one each, above a narrow one as many as fit."""
    if width >= WIDTH:
        return list(names)
    return wrapped(", ".join(names), width - 50)


def _names_beside(axes: Axes, lines: Sequence[Curve]) -> None:
    """The names of the curves to the right of their ends, moved apart where they are close."""
    axes.get_xlim(), axes.get_ylim()  # only now the axes are as far as they go
    pixel = axes.transData.transform
    height = axes.bbox.height
    ends = [float(pixel(line.points[-1])[1] - axes.bbox.y0) for line in lines]
    step = FONT_SIZE * 1.2
    places: list[float] = []
    ceiling = height + step / 2
    for end, line in zip(ends, lines, strict=True):
        top = min(end + step * len(line.remedies) / 2, ceiling)
        places.append(top)
        ceiling = top - step * len(line.remedies) - 6
    lowest = places[-1] - step * len(lines[-1].remedies)
    floor = -step
    for number in reversed(range(len(places))):  # what ran out at the bottom goes up again
        lines_of = len(lines[number].remedies)
        bottom = max(places[number] - step * lines_of, floor)
        places[number] = bottom + step * lines_of
        floor = places[number] + 6 if lowest < -step else floor
    for top, line, end in zip(places, lines, ends, strict=True):
        middle = top - step * len(line.remedies) / 2
        ink = next(a.get_color() for a in axes.lines if a.get_label() == "\n".join(line.remedies))
        axes.annotate(
            "\n".join(line.remedies),
            (1, end / height),
            (1.09, middle / height),
            xycoords="axes fraction",
            textcoords="axes fraction",
            va="center",
            color=INK["ink"],
            arrowprops={"arrowstyle": "-", "color": ink, "relpos": (0, 0.5), "shrinkB": 2},
            annotation_clip=False,
        )


def _plot(
    paint: Callable[[Axes, float], None],
    height: float,
    title: str,
    description: str,
    twin: Sequence[str],
    *,
    head: str = "",
    names: int = 0,
) -> Figure:
    """The picture that `paint` makes, in both widths. `head`: what stands above it; `names`: of so
    many curves, beside it or above it."""
    draw = partial(_sheet, paint, height, head, names)
    return drawn(draw, title, description, "\n".join(twin))


@matplotlib.rc_context(_SETTINGS)
def _sheet(
    paint: Callable[[Axes, float], None], height: float, head: str, names: int, width: float
) -> Sheet:
    narrow = width < WIDTH
    lines, top = said(head, 6, width, bold=True) if head else ([], 0.0)
    if narrow:
        height += 42.0 * names if names else 40.0
    size = (width / 72, height / 72)
    if names and not narrow:  # names beside the curves: their place must be known before
        canvas = Canvas(figsize=size, dpi=72)
        left, bottom, right = 56.0, 52.0, _NAMES
        room = (width - left - right) / width, (height - bottom - 10) / height
        axes = canvas.add_axes((left / width, bottom / height, *room))
    else:
        canvas = Canvas(figsize=size, dpi=72, layout="constrained")
        axes = canvas.add_subplot()
    paint(axes, width)
    out = io.StringIO()
    canvas.savefig(out, format="svg", metadata={"Date": None})
    inside = group(
        Markup(own_language(out.getvalue())),
        stroke_linejoin="round",
        stroke_linecap="butt",
        transform=f"translate(0 {top:g})" if top else None,
    )
    return Sheet([*lines, inside], top + height)


def own_language(svg: str) -> str:
    """The inside of matplotlib's picture: our colours for its own, the page's letters, short
    numbers, and nothing that would reach beyond the picture."""
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    inside = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", inside, flags=re.S
    )
    inside = inside.replace("xlink:href", "href")
    inside = re.sub(r"font-family: [^;\"]*;? ?", "", inside)
    inside = re.sub(r' transform="rotate\(-0 [^"]*"', "", inside)
    inside = re.sub("<[^>]*>", lambda tag: _short(tag[0]), inside)  # but no number that is read
    for name, colour in INK.items():
        inside = inside.replace(colour, f"var(--oom-{name},{colour})")
    mark = hashlib.sha256(inside.encode()).hexdigest()[:8]
    used = set(re.findall('(?:href="|url\\()#([^")]+)', inside))
    for ident in re.findall(r' id="([^"]+)"', inside):
        kept = f' id="plot-{mark}-{ident}"' if ident in used else ""
        inside = inside.replace(f' id="{ident}"', kept)
    inside = re.sub('(href="|url\\()#', rf"\g<1>#plot-{mark}-", inside)
    return re.sub(r"\s+", " ", re.sub(r">\s+<", "><", inside.strip()))


def _short(tag: str) -> str:
    return re.sub(r"\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}", tag)
