"""The language of the pictures: which colour and which pattern means what, said once.

Every meaning has a colour and a pattern, so that neither is needed alone. The colours follow the
hues of Okabe and Ito, darkened (or, for a dark page, lightened) until lines reach a contrast of 3:1
and text 4.5:1. A page may set the custom properties `--oom-...` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Ink(NamedTuple):
    """A colour on a light page and on a dark one."""

    light: str
    dark: str


PALETTE: Mapping[str, Ink] = {
    "paper": Ink("#ffffff", "#14181e"),
    "ink": Ink("#1b1f24", "#e8eaed"),
    "muted": Ink("#57606a", "#a3adb8"),
    "rule": Ink("#d5dae0", "#3a424c"),
    "runs": Ink("#0068b3", "#63b3f4"),
    "blocked": Ink("#c2410c", "#ff8f66"),
    "polls": Ink("#946200", "#edc14d"),
    "waits": Ink("#8d3f93", "#d9a0e3"),
    "sleeps": Ink("#66707a", "#98a3ae"),
    "lock0": Ink("#00765a", "#4fcfa6"),
    "lock1": Ink("#4a55c4", "#a6adff"),
    "lock2": Ink("#b0306f", "#ff8fc4"),
    "lock3": Ink("#5f6a00", "#c9cf66"),
    "lock4": Ink("#00738a", "#5ecbe0"),
    "lock5": Ink("#7b4a2c", "#dba780"),
}
"""Colour of each meaning. `rule` is for faint lines that carry no meaning of their own."""

TEXT_INKS = ("ink", "muted", "blocked")
"""The colours in which text is set."""

SHAPE_INKS = tuple(name for name in PALETTE if name not in ("paper", "rule"))
"""The colours of lines and patterns that mean something."""

LOCK_STYLES = 6
"""So many locks can be told apart; a picture with more begins again with the first style."""


class Pattern(NamedTuple):
    """A tile of `size` by `size` units; `stroke` is the width of its lines, 0 for filled shapes."""

    size: float
    path: str
    stroke: float


PATTERNS: Mapping[str, Pattern] = {
    "blocked": Pattern(7, "M-1 1L1-1M0 7L7 0M6 8L8 6", 2.2),  # a hatched barrier
    "polls": Pattern(6, "M3 0V6", 2.6),  # pickets: try, and try, and try
    "waits": Pattern(6, "M1.5 3a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0", 0),  # dots
    "sleeps": Pattern(9, "M0 4.5H5", 1.6),  # dashes far apart
    "lock0": Pattern(7, "M0 0L7 7M7 0L0 7", 1.1),  # lattice
    "lock1": Pattern(5, "M0 2.5H5", 1.5),  # lines along
    "lock2": Pattern(9, "M0 6.5L4.5 2.5L9 6.5", 1.5),  # zigzag
    "lock3": Pattern(7, "M0 0H3V3H0ZM3.5 3.5H6.5V6.5H3.5Z", 0),  # chessboard
    "lock4": Pattern(9, "M4.5 2V7M2 4.5H7", 1.4),  # plus signs
    "lock5": Pattern(9, "M0 0L9 9M-1 8L1 10M8-1L10 1", 1.2),  # thin lines falling
}
"""`runs` is filled evenly, `idle` and `done` are a thin line: they have no pattern."""

_TINT = 0.1
"""Opacity of the colour behind its pattern."""

_DARK_PAGES = "html[data-theme=dark],body[data-jp-theme-light=false]"
"""How the book's theme and JupyterLab mark a dark page."""

WIDE_FROM_REM = 28
"""In a narrower place the narrow layout is shown: letters of the wide one would be smaller than 13
pixels there."""

_LEAST = "max(15.79rem,252.6px)"

_RULES = (
    ".oom-fit{container-type:inline-size;overflow:auto hidden}\n"
    ".oom-fit>div{position:relative}\n"
    f".oom-fit>.oom-figure{{min-width:{_LEAST}}}\n"
    ".oom-broad{max-width:34rem}\n"
    ".oom-scroll{min-width:max(27.86rem,446px)}\n"
    f".oom-narrow{{display:none;max-width:20rem;min-width:{_LEAST}}}\n"
    f"@container(max-width:{WIDE_FROM_REM}rem){{.oom-fit>.oom-broad:not(.oom-scroll){{display:none}}"
    ".oom-fit>.oom-narrow{display:block}}\n"
    ".oom-figure{display:block;width:100%;height:auto;max-width:34rem;"
    'font:14px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}\n'
    ".oom-figure text{fill:currentColor}\n"
    ".oom-figure .oom-name{font-weight:700}"
)
"""Wider than 34 rem, or 20 in the narrow layout, the letters of a picture would be larger than
those of the text around it. The narrow one is never so small that its letters fall below 13 pixels:
where a reader's letters are very large, it scrolls sideways in its own box."""

_FORCED = (
    "@media(forced-colors:active){.oom-figure [class]{color:CanvasText}"
    ".oom-figure .oom-paper{color:Canvas}}"
)
"""Browsers leave the colours of an SVG alone where a reader forces two; patterns tell all apart."""


def lock_style(number: int) -> str:
    """The name of the style of the lock with this number."""
    return f"lock{number % LOCK_STYLES}"


def pattern_tile(name: str) -> tuple[float, str]:
    """Tile size and SVG content of the pattern called `name`."""
    size, path, stroke = PATTERNS[name]
    lines = f'fill="none" stroke="currentColor" stroke-width="{stroke}"'
    ink = lines if stroke else 'fill="currentColor"'
    tile = f'd="M0 0H{size}V{size}H0Z" fill="currentColor"'
    ground = f'<path class="oom-paper" {tile}/><path {tile} fill-opacity="{_TINT}"/>'
    return size, f'{ground}<path d="{path}" {ink}/>'


def stylesheet(names: set[str]) -> str:
    """CSS for the colours called `names`, on light pages and on dark ones."""
    used = [(name, ink) for name, ink in PALETTE.items() if name in names]
    colours = [
        f".oom-figure .oom-{name}{{color:var(--oom-{name},{ink.light})}}" for name, ink in used
    ]
    dark = "".join(f"--oom-{name}:{ink.dark};" for name, ink in used)
    return "\n".join(
        (
            _RULES,
            *colours,
            f"{_DARK_PAGES}{{{dark}}}",
            # A picture opened as a file of its own follows the reader's system.
            f"@media(prefers-color-scheme:dark){{svg.oom-figure:root{{{dark}}}}}",
            _FORCED,
        )
    )


def stage_colours() -> str:
    """The colours of the stage as variables of CSS, for light and dark."""
    light = "".join(f"--m-{name}:{ink.light};" for name, ink in PALETTE.items())
    dark = "".join(f"--m-{name}:{ink.dark};" for name, ink in PALETTE.items())
    line = "--m-line:#8a94a0;"
    where = ":is(.oom-machine,.oom-m-colours,.oom-chip)"
    return (
        f"{where}{{{light}{line}}}\n"
        f'@media screen{{html[data-theme="dark"] {where},'
        f'body[data-jp-theme-light="false"] {where}{{{dark}{line}}}}}\n'
    )
