"""Pictures of runs: SVG text made by pure Python, each with a title and a twin in words."""

from oomlab.figures.circle import draw_circle
from oomlab.figures.figure import Figure
from oomlab.figures.language import draw_language
from oomlab.figures.lock_order import draw_lock_order
from oomlab.figures.slow_path import fate, last_step
from oomlab.figures.timeline import draw_timeline
from oomlab.figures.wait_for import draw_wait_for

__all__ = [
    "Figure",
    "draw_circle",
    "draw_language",
    "draw_lock_order",
    "draw_timeline",
    "draw_wait_for",
    "fate",
    "last_step",
]
