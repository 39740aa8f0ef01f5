"""Panels: controls over the pictures of `oomlab.views`, in a page and in a notebook.

The only part of oomlab that imports anywidget and ipywidgets; nothing in oomlab imports it.
"""

from oomlab.errors import needed

with needed("widgets"):
    from oomlab.widgets.controls import Choice, Slider, Toggle
    from oomlab.widgets.game import Game
    from oomlab.widgets.panel import Panel
    from oomlab.widgets.prediction import Prediction
    from oomlab.widgets.stepper import Stepper

__all__ = ["Choice", "Game", "Panel", "Prediction", "Slider", "Stepper", "Toggle"]
