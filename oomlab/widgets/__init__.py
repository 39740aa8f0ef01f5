"""Panels: controls over the pictures of `oomlab.views`, in a page and in a notebook.

The only part of oomlab that imports anywidget and ipywidgets; nothing in oomlab imports it.
"""

from __future__ import annotations

from typing import Any

from oomlab.errors import needed
from oomlab.faces import Face

with needed("widgets"):
    from oomlab.widgets.controls import Choice, Slider, Toggle
    from oomlab.widgets.game import Game
    from oomlab.widgets.game_board import board
    from oomlab.widgets.log_reader import LogReader
    from oomlab.widgets.panel import Panel
    from oomlab.widgets.prediction import Prediction
    from oomlab.widgets.stepper import Stepper

_FACE = Face(
    __name__,
    {"oomlab.widgets.statistics": ("crowd_controls", "downtime_statistics")},  # need matplotlib
)

__all__ = [
    "Choice",
    "Game",
    "LogReader",
    "Panel",
    "Prediction",
    "Slider",
    "Stepper",
    "Toggle",
    "board",
    *_FACE.names,
]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
