"""The stage: a machine over time and at one moment, the one picture of the book.

A lane per task, who waits for whom, where the pages are, and the line of a short listing at which
each task stands. Python draws the whole of it for one moment; `widgets/machine.js` puts the frames
of the other moments onto the same elements.

`scene` says what there is to see in all of a run, `frames` what holds at each of its moments; the
parts that draw know only these two. The game puts frames together from the states of a graph.
"""

from oomlab.figures.stage.draw import DrawnStage, draw_lanes, draw_stage, stage_html
from oomlab.figures.stage.frames import Frame, Program
from oomlab.figures.stage.guess import DrawnGuess, draw_moment_guess, draw_wait_guess
from oomlab.figures.stage.moments import Played, played_of
from oomlab.figures.stage.page import stage_page
from oomlab.figures.stage.pair import draw_two
from oomlab.figures.stage.scene import Pool, Scene, Thing, scene_of

__all__ = [
    "DrawnGuess",
    "DrawnStage",
    "Frame",
    "Played",
    "Pool",
    "Program",
    "Scene",
    "Thing",
    "draw_lanes",
    "draw_moment_guess",
    "draw_stage",
    "draw_two",
    "draw_wait_guess",
    "played_of",
    "scene_of",
    "stage_html",
    "stage_page",
]
