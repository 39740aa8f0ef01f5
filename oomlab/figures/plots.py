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
from collections.abc import Mapping, Sequence
from typing import Any

from oomlab.errors import needed
from oomlab.evidence.sweep.summaries import Curve, Tradeoff, typical_rounds
from oomlab.figures.figure import Figure
from oomlab.figures.style import PALETTE
from oomlab.figures.svg import WIDTH, Markup, document, group
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
    ("lock0", "^", "-."),
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
}


@matplotlib.rc_context(_SETTINGS)
def strips(values: Mapping[float, Sequence[float]], counts: Counter[int], title: str) -> Figure:
    """For each time limit the downtimes of its runs as dots, and the limit itself as a line that no
    dot can cross; as a bar, what the median of `counts`, the rounds of all runs together, comes to
    with that limit. Seconds, on a logarithmic scale."""
    canvas, axes = _canvas(330)
    limits = list(values)
    typical = typical_rounds(counts)
    for place, limit in enumerate(limits):
        found = sorted(values[limit])
        row = [place - 0.42, place + 0.42]
        axes.plot([typical * limit] * 2, row, color=INK["ink"], linewidth=5, zorder=1)
        heights = _spread(found, place)
        axes.plot(found, heights, "o", color=INK["runs"], markersize=5, zorder=2)
        axes.plot([limit, limit], row, color=INK["blocked"], linestyle="--", zorder=3)
    axes.set_xscale("log")
    marks = [mark for mark in (0.1, 1, 10, 100, 1000) if mark <= 2 * max(map(max, values.values()))]
    axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_yticks(range(len(limits)), [f"{limit:g} s" for limit in limits])
    axes.set_ylabel("Time limit")
    axes.set_xlabel("Downtime in seconds\n(dots: runs; bar: median of all rows; dashes: the limit)")
    twin = [
        f"Time limit {limit:g} s, {len(found)} runs: downtime at least {min(found):.4g} s, at most"
        f" {max(found):.4g} s. In half of all {counts.total()} runs there are {typical} rounds at"
        f" most: {typical * limit:.4g} s with this limit."
        for limit, found in values.items()
    ]
    return _finish(canvas, title, "Downtimes in seconds for each time limit.", twin)


def _spread(found: Sequence[float], place: int) -> list[float]:
    """Heights that keep dots with nearly the same value apart."""
    seen: Counter[str] = Counter()
    heights = []
    for value in found:
        key = f"{value:.1e}"
        step = seen[key]
        seen[key] += 1
        heights.append(place + (step + 1) // 2 % 7 * (0.055 if step % 2 else -0.055))
    return heights


@matplotlib.rc_context(_SETTINGS)
def bars(counts: Mapping[int, int], expected: Sequence[float], title: str) -> Figure:
    """How many runs took how many rounds, and beside it (rings) what a fair draw of the next in
    line would give: `expected` shares for 1, 2, ... rounds. The last bar collects the rest."""
    last = len(expected)
    runs = sum(counts.values())
    shares = [counts.get(n, 0) / runs for n in range(1, last)]
    shares.append(sum(c for n, c in counts.items() if n >= last) / runs)
    places = range(1, last + 1)
    canvas, axes = _canvas(270)
    axes.bar(places, shares, color=INK["runs"], width=0.7, hatch="//", edgecolor=INK["paper"])
    rings = axes.plot(places, expected, "o", color=INK["blocked"], markersize=8)
    rings[0].set(markerfacecolor=INK["paper"], markeredgewidth=2)
    axes.set_xticks(places, [*(str(n) for n in range(1, last)), f"{last}+"])
    axes.set_xlabel("Rounds until somebody is killed\n(bars: runs; rings: a fair draw)")
    axes.set_ylabel("Share of the runs")
    axes.set_ylim(0, max(*shares, *expected) * 1.12)
    twin = [
        f"{n}{' or more' if n == last else ''} round{'s' if n > 1 else ''}: {share:.0%} of {runs}"
        f" runs; a fair draw would give {fair:.0%}."
        for n, share, fair in zip(places, shares, expected, strict=True)
    ]
    return _finish(canvas, title, "How many rounds it took.", twin)


@matplotlib.rc_context(_SETTINGS)
def tradeoff_curve(points: Sequence[Tradeoff], title: str) -> Figure:
    """Needless kills against downtime; each point is a time limit."""
    canvas, axes = _canvas(320)
    xs, ys = [p.downtime_s for p in points], [100 * p.needless for p in points]
    axes.plot(xs, ys, "o-", color=INK["runs"])
    for number, (point, x, y) in enumerate(zip(points, xs, ys, strict=True)):
        beside = (0, 9) if number % 2 else (0, -20)  # neighbours may lie close together
        name = f"{point.timeout_s:g} s"
        axes.annotate(name, (x, y), beside, textcoords="offset points", ha="center")
    axes.set_xscale("log")
    marks = [mark for mark in (0.1, 1, 10, 100) if xs[0] / 2 <= mark <= 2 * xs[-1]]
    axes.set_xticks(marks, [f"{mark:g}" for mark in marks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(xs[0] / 1.7, xs[-1] * 1.7)
    axes.set_ylim(0, 112)
    axes.set_xlabel("Downtime in seconds if the callback is stuck (median)")
    axes.set_ylabel("Needless kills\nin 100 late callbacks")
    twin = [
        f"Time limit {p.timeout_s:g} s: {p.downtime_s:.4g} s of downtime if the callback is stuck,"
        f" {100 * p.needless:.0f} needless kills in 100 late callbacks."
        for p in points
    ]
    return _finish(canvas, title, "Needless kills against downtime.", twin)


@matplotlib.rc_context(_SETTINGS)
def curves(lines: Sequence[Curve], x_label: str, y_label: str, title: str) -> Figure:
    """One line for each set of remedies, against a common axis."""
    canvas, axes = _canvas(290 + 22 * len(lines))
    for line, (ink, marker, dashes) in zip(lines, LINES, strict=False):
        xs, ys = zip(*line.points, strict=True)
        label = "\n".join(wrapped(", ".join(line.remedies), WIDTH - 90))
        axes.plot(xs, ys, color=INK[ink], marker=marker, linestyle=dashes, label=label)
    axes.set_xlabel(x_label)
    axes.set_title(y_label, loc="left", fontsize=FONT_SIZE, fontweight="bold")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.grid(axis="y")
    canvas.legend(loc="outside upper left")
    if all(y >= 0 for line in lines for _, y in line.points):
        axes.set_ylim(bottom=0)
    twin = [
        f"{', '.join(line.remedies)}: " + ", ".join(f"{y:.6g} at {x:g}" for x, y in line.points)
        for line in lines
    ]
    twin.insert(0, f"{y_label}, by {x_label[0].lower()}{x_label[1:]}.")
    return _finish(canvas, title, f"{y_label} under {len(lines)} groups of remedies.", twin)


def _canvas(height: float) -> tuple[Canvas, Axes]:
    canvas = Canvas(figsize=(WIDTH / 72, height / 72), dpi=72, layout="constrained")
    return canvas, canvas.add_subplot()


def _finish(canvas: Canvas, title: str, description: str, twin: Sequence[str]) -> Figure:
    out = io.StringIO()
    canvas.savefig(out, format="svg", metadata={"Date": None})
    inside = group(
        Markup(own_language(out.getvalue())), stroke_linejoin="round", stroke_linecap="butt"
    )
    svg = document([inside], canvas.get_figheight() * 72, title, description, "")
    return Figure(svg, title, description, "\n".join(twin))


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
