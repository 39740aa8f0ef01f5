"""Panels: controls over the pictures of `oomlab.views`, in a page and in a notebook.

The only part of oomlab that imports anywidget and ipywidgets; nothing in oomlab imports it.
"""

from __future__ import annotations

from typing import Any

from oomlab.errors import needed
from oomlab.faces import Face

with needed("widgets"):
    from oomlab.widgets.balloon import Balloon, guest_sizes
    from oomlab.widgets.controls import Choice, Slider, Toggle
    from oomlab.widgets.game import Game
    from oomlab.widgets.game_board import board
    from oomlab.widgets.game_levels import LEVELS
    from oomlab.widgets.log_reader import LogReader
    from oomlab.widgets.panel import Panel
    from oomlab.widgets.prediction import MomentPrediction, Prediction, WaitPrediction
    from oomlab.widgets.sandbox import Sandbox
    from oomlab.widgets.setup import Setup

_FACE = Face(
    __name__,
    {
        "oomlab.widgets.statistics": ("crowd_controls", "downtime_statistics"),
        "oomlab.widgets.workbench": ("Workbench",),  # needs the whole workbench
    },
)

__all__ = [
    "Balloon",
    "Choice",
    "Game",
    "LEVELS",
    "LogReader",
    "MomentPrediction",
    "Panel",
    "Prediction",
    "Sandbox",
    "Setup",
    "Slider",
    "Toggle",
    "WaitPrediction",
    "board",
    "guest_sizes",
    *_FACE.names,
]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
