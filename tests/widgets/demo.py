"""What the tests of panels share: views of their own, and a panel that uses every kind of control.

The views are below `oomlab.views` while a test runs, because no other name is ever called.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from oomlab import views
from oomlab.widgets import Choice, Panel, Slider, Toggle

BAR = "oomlab.views.demo:bar"
SAME = "oomlab.views.demo:same"

PAGES = Slider("pages", "Pages in the balloon", 0, 10, 1, stored=[2, 4, 8], unit="pages")
REMEDY = Choice(
    "remedy",
    "Remedy",
    {"none": "None", "outside": "Allocate outside", "offload": "Offload", "both": "Both of them"},
)
COLOUR = Choice("colour", "Colour", {0: "Plain", 1: "Strong"})
FAST = Toggle("fast", "Fast host")


@contextmanager
def demo_views() -> Iterator[None]:
    """Puts the modules of demo_views/ below oomlab.views."""
    folder = str(Path(__file__).parent / "demo_views")
    views.__path__.append(folder)
    try:
        yield
    finally:
        views.__path__.remove(folder)


def demo_panel(**changes: Any) -> Panel:
    """A panel with a slider, a list, radio buttons and a checkbox: 3 x 4 x 2 x 2 stored points."""
    given: dict[str, Any] = {
        "controls": [PAGES, REMEDY, COLOUR, FAST],
        "fixed": {"note": "!"},
        "title": "A bar",
    }
    return Panel(BAR, **{**given, **changes})
