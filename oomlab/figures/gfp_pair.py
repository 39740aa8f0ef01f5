"""Two GFP masks side by side: which bits differ, and whether anybody looks at them."""

from __future__ import annotations

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.gfp_bits import Bits
from oomlab.figures.parts import MARGIN, said
from oomlab.figures.svg import Markup, element, group
from oomlab.figures.text import FONT_SIZE
from oomlab.gfp.equivalence import Comparison, compare, in_words
from oomlab.gfp.predicates import Request

_LINE = FONT_SIZE + 4


def draw_pair(first: Request, second: Request, names: tuple[str, str], *, key: str = "") -> Figure:
    """Draw two requests to one kernel, called by `names`. Raises InputError for two kernels."""
    found = compare(first, second)
    title = f"{names[0]} and {names[1]} on Linux {first.table.version}"
    differing = first.mask ^ second.mask

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 6.0
        for request, name in zip((first, second), names, strict=True):
            lines, y = said(f"{request.mask:#x}: {name}", y, width)
            bits = Bits(y + 7, width)
            parts += [*lines, bits.draw(request, differing)]
            y = bits.top + bits.height + 10
        for text, ink in _verdicts(found):
            part, y = _verdict(text, ink, y, width)
            parts.append(part)
        for what, why in _reasons(found):
            lines, y = said(f"{what}:", y, width)
            parts += lines
            lines, y = said(why, y, width, left=MARGIN + 14, ink="muted")
            parts += lines
            y += 6
        return Sheet(parts, y + 4)

    twin = _twin(first, second, names, found)
    return drawn(draw, title, found.reason, twin, key=key)


def _verdicts(found: Comparison) -> list[tuple[str, str]]:
    number = "Same number." if found.same_number else "Different numbers (bars mark the bits)."
    if found.same_behaviour:
        return [(number, "runs"), ("Same behaviour.", "runs")]
    return [(number, "runs"), ("Different behaviour.", "blocked")]


def _verdict(text: str, ink: str, top: float, width: float) -> tuple[Markup, float]:
    """Text behind a mark: a filled square, or a cross where it says different; where it ends."""
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
    lines, bottom = said(text, top, width, left=x + 14, bold=True)
    return group(group(mark, class_=f"oom-{ink}"), *lines), bottom + 5


def _twin(first: Request, second: Request, names: tuple[str, str], found: Comparison) -> str:
    lines = [
        f"{name} is {request.mask:#x} on Linux {request.table.version}."
        for name, request in zip(names, (first, second), strict=True)
    ]
    lines += [text for text, _ in _verdicts(found)]
    lines += [f"{what}: {why}." for what, why in _reasons(found)]
    return "\n".join(lines)


def _reasons(found: Comparison) -> list[tuple[str, str]]:
    """Which flags make a difference and which do not, each group with its reason."""
    counts = [(f"{names} counts", why) for names, why in in_words(found.decisive)]
    return counts + [(f"No effect: {names}", why) for names, why in in_words(found.ignored)]
