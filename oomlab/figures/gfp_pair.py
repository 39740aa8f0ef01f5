"""Two GFP masks side by side: which bits differ, and whether anybody looks at them."""

from __future__ import annotations

from oomlab.figures.figure import Figure
from oomlab.figures.gfp_mask import cells, digits
from oomlab.figures.parts import MARGIN, label, text_lines
from oomlab.figures.svg import WIDTH, Markup, document, element, group
from oomlab.figures.text import FONT_SIZE, shortened, wrapped
from oomlab.gfp.equivalence import Comparison, compare, in_words
from oomlab.gfp.predicates import Request

_LINE = FONT_SIZE + 4
_ROOM = WIDTH - 2 * MARGIN


def draw_pair(first: Request, second: Request, names: tuple[str, str], *, key: str = "") -> Figure:
    """Draw two requests to one kernel, called by `names`. Raises InputError for two kernels."""
    found = compare(first, second)
    title = f"{names[0]} and {names[1]} on Linux {first.table.version}"
    differing = first.mask ^ second.mask
    parts: list[Markup] = []
    y = 6.0
    for request, name in zip((first, second), names, strict=True):
        head = shortened(f"{request.mask:#x}: {name}", _ROOM)
        parts += [label(MARGIN, y + 10, head), cells(request, y + 24, differing)]
        parts.append(digits(request.mask, y + 30))
        y += 86
    for text, ink in _verdicts(found):
        parts.append(_verdict(text, ink, y))
        y += _LINE + 4
    for said, why in _reasons(found):
        lines = wrapped(why, _ROOM - 14)
        parts.append(label(MARGIN, y + _LINE / 2, f"{said}:"))
        parts.append(text_lines(MARGIN + 14, y + _LINE, lines))
        y += _LINE * (1 + len(lines)) + 6
    svg = document(parts, y + 6, title, found.reason, key)
    return Figure(svg, title, found.reason, _twin(first, second, names, found))


def _verdicts(found: Comparison) -> list[tuple[str, str]]:
    number = "Same number." if found.same_number else "Different numbers (bars mark the bits)."
    if found.same_behaviour:
        return [(number, "runs"), ("Same behaviour.", "runs")]
    return [(number, "runs"), ("Different behaviour.", "blocked")]


def _verdict(text: str, ink: str, top: float) -> Markup:
    """A line of text behind a mark: a filled square, or a cross where it says different."""
    middle = top + _LINE / 2
    x = MARGIN + 5
    if text.startswith("Different"):
        mark = element(
            "path",
            d=f"M{x - 5} {middle - 5:.1f}L{x + 5} {middle + 5:.1f}"
            f"M{x - 5} {middle + 5:.1f}L{x + 5} {middle - 5:.1f}",
            stroke="currentColor",
            stroke_width=2.4,
        )
    else:
        mark = element("rect", fill="currentColor", x=x - 5, y=middle - 5, width=10, height=10)
    return group(
        group(mark, class_=f"oom-{ink}"),
        element("text", text, x=x + 14, y=middle + 5, class_="oom-name"),
    )


def _twin(first: Request, second: Request, names: tuple[str, str], found: Comparison) -> str:
    lines = [
        f"{name} is {request.mask:#x} on Linux {request.table.version}."
        for name, request in zip(names, (first, second), strict=True)
    ]
    lines += [text for text, _ in _verdicts(found)]
    lines += [f"{said}: {why}." for said, why in _reasons(found)]
    return "\n".join(lines)


def _reasons(found: Comparison) -> list[tuple[str, str]]:
    """Which flags make a difference and which do not, each group with its reason."""
    counts = [(f"{names} counts", why) for names, why in in_words(found.decisive)]
    return counts + [(f"No effect: {names}", why) for names, why in in_words(found.ignored)]
