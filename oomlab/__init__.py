"""A model of the Linux OOM-notifier discussion of autumn 2017, to run, to explore and to see.

This is the front door: what a chapter, an assignment or a reader's own script needs stands here.

    >>> import oomlab
    >>> oomlab.run("h1-two-task-cycle").verdict
    'deadlock'

Names are loaded when they are first asked for, so that `import oomlab` costs nothing and a page
without numpy or matplotlib can use what needs neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oomlab.faces import Face

__version__ = "0.1.0"

_FACE = Face(
    __name__,
    {
        "oomlab.experiment": (
            "Decision",
            "Experiment",
            "Exploration",
            "decide",
            "decide_model",
            "explore",
            "explore_model",
            "follow",
            "play",
            "replay",
            "run",
        ),
        "oomlab.engine.clock": ("run_model",),
        "oomlab.dmesg": ("dmesg_lines",),
        "oomlab.engine.explorer.plain": ("PlainGraph", "explore_plainly"),
        "oomlab.checkout": ("book_root",),
        "oomlab.engine.stage": ("Stage",),
        "oomlab.errors": ("InputError", "ModelError"),
        "oomlab.export": ("exported",),
        "oomlab.figures": (
            "Figure",
            "draw_circle",
            "draw_language",
            "draw_lock_order",
            "draw_timeline",
            "draw_wait_for",
        ),
        "oomlab.listings": ("show_change", "show_code"),
        "oomlab.remedies": ("REMEDIES", "Remedy", "find_remedy"),
        "oomlab.scenarios": ("SCENARIOS", "Scenario", "find_scenario"),
    },
)

__all__ = ["__version__", *_FACE.names]

if TYPE_CHECKING:
    from oomlab.checkout import book_root as book_root
    from oomlab.dmesg import dmesg_lines as dmesg_lines
    from oomlab.engine.clock import run_model as run_model
    from oomlab.engine.explorer.plain import PlainGraph as PlainGraph
    from oomlab.engine.explorer.plain import explore_plainly as explore_plainly
    from oomlab.engine.stage import Stage as Stage
    from oomlab.errors import InputError as InputError
    from oomlab.errors import ModelError as ModelError
    from oomlab.experiment import Decision as Decision
    from oomlab.experiment import Experiment as Experiment
    from oomlab.experiment import Exploration as Exploration
    from oomlab.experiment import decide as decide
    from oomlab.experiment import decide_model as decide_model
    from oomlab.experiment import explore as explore
    from oomlab.experiment import explore_model as explore_model
    from oomlab.experiment import follow as follow
    from oomlab.experiment import play as play
    from oomlab.experiment import replay as replay
    from oomlab.experiment import run as run
    from oomlab.export import exported as exported
    from oomlab.figures import Figure as Figure
    from oomlab.figures import draw_circle as draw_circle
    from oomlab.figures import draw_language as draw_language
    from oomlab.figures import draw_lock_order as draw_lock_order
    from oomlab.figures import draw_timeline as draw_timeline
    from oomlab.figures import draw_wait_for as draw_wait_for
    from oomlab.listings import show_change as show_change
    from oomlab.listings import show_code as show_code
    from oomlab.remedies import REMEDIES as REMEDIES
    from oomlab.remedies import Remedy as Remedy
    from oomlab.remedies import find_remedy as find_remedy
    from oomlab.scenarios import SCENARIOS as SCENARIOS
    from oomlab.scenarios import Scenario as Scenario
    from oomlab.scenarios import find_scenario as find_scenario


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
