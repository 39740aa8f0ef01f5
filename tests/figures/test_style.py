from __future__ import annotations

import re
from itertools import combinations

import pytest

from oomlab.figures.style import (
    PALETTE,
    PATTERNS,
    SHAPE_INKS,
    TEXT_INKS,
    WIDE_FROM_REM,
    lock_style,
    stylesheet,
)
from oomlab.figures.svg import NARROW, WIDTH
from oomlab.figures.text import FONT_SIZE

TINT = 0.1


def channels(colour: str) -> list[float]:
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: list[float], other: list[float]) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", SHAPE_INKS)
def test_shapes_stand_out_from_the_page_and_from_their_own_tint(name: str, theme: str) -> None:
    paper = channels(getattr(PALETTE["paper"], theme))
    ink = channels(getattr(PALETTE[name], theme))
    tinted = [p + (i - p) * TINT for p, i in zip(paper, ink, strict=True)]
    assert contrast(ink, paper) >= 3
    assert contrast(ink, tinted) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", TEXT_INKS)
def test_text_can_be_read(name: str, theme: str) -> None:
    paper = channels(getattr(PALETTE["paper"], theme))
    assert contrast(channels(getattr(PALETTE[name], theme)), paper) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_on_a_running_bar_can_be_read(theme: str) -> None:
    colours = (channels(getattr(PALETTE[name], theme)) for name in ("paper", "runs"))
    assert contrast(*colours) >= 4.5


def test_no_two_patterns_are_the_same() -> None:
    for one, other in combinations(PATTERNS.values(), 2):
        assert one.path != other.path


def test_every_pattern_has_a_colour_of_its_own() -> None:
    assert set(PATTERNS) < set(PALETTE)
    assert len({PALETTE[name] for name in PATTERNS}) == len(PATTERNS)
    assert {lock_style(i) for i in range(20)} == {n for n in PATTERNS if n.startswith("lock")}


def test_dark_pages_of_the_book_and_of_jupyterlab_set_the_dark_colours() -> None:
    css = stylesheet({"ink", "paper"})
    dark_rule = next(line for line in css.splitlines() if line.startswith("html[data-theme=dark]"))
    assert "body[data-jp-theme-light=false]" in dark_rule
    assert f"--oom-ink:{PALETTE['ink'].dark}" in dark_rule
    assert f"var(--oom-ink,{PALETTE['ink'].light})" in css
    assert "--oom-lock0" not in css


def test_text_is_at_least_thirteen_pixels_high_in_every_place() -> None:
    """The narrow layout is never narrower than its least width, the wide one is not shown where it
    would be smaller; both in units of the reader's letters."""
    least = re.search(r"oom-narrow{[^}]*min-width:max\(([\d.]+)rem,([\d.]+)px\)", stylesheet(set()))
    assert least
    rem, pixels = map(float, least.groups())
    assert FONT_SIZE * pixels / NARROW >= 13
    assert FONT_SIZE * 16 * rem / NARROW >= 13
    assert FONT_SIZE * 16 * WIDE_FROM_REM / WIDTH >= 13


def test_the_narrow_layout_fits_the_narrowest_place() -> None:
    """A panel's inside at 320 is 272 pixels wide."""
    assert NARROW * 13 / FONT_SIZE <= 272


def test_a_picture_takes_the_two_colours_that_a_reader_forces() -> None:
    last = stylesheet({"ink", "paper", "lock0"}).splitlines()[-1]  # after all that it overrules
    assert last.startswith("@media(forced-colors:active)")
    assert ".oom-figure [class]{color:CanvasText}" in last
    assert last.index("CanvasText") < last.index(".oom-figure .oom-paper{color:Canvas}")
