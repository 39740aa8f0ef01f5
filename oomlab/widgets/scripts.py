"""The JavaScript of panels, games, log readers and benches, put together for a notebook, for a page
and for a copy.

The files beside this one are parts of one script, not modules: a notebook hands a widget's code to
the browser as one text, in which "./controls.js" means nothing, and a page opened as a file, or in
a sandboxed frame, may run scripts but load no modules. The parts share one scope; each of their
top-level names stands for one thing only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oomlab.figures.style import stage_colours

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"^[ ]*//.*\n", re.MULTILINE)
"""A line that says why: for whoever reads the parts. A tenth of what each page would load."""
PANEL = (
    "notebook",
    "common",
    "setup",
    "address",
    "controls",
    "engines",
    "site-engine",
    "site-line",
    "guess",
    "prediction",
    "machine",
    "heat",
    "stage",
    "hands",
    "full-screen",
    "panel-foot",
    "panel",
)
"""The parts that make a panel, in the order in which they are joined."""
GAME = ("notebook", "address", "machine", "game-board", "game-picture", "game")
"""The parts that make a game."""
BALLOON = ("notebook", "balloon")
"""The parts that make a balloon to play with."""
LOG = ("notebook", "common", "engines", "site-engine", "site-line", "log-source", "log-reader")
"""The parts that make a reader of logs."""
SET = ("set-engine", "problem-set")
"""The parts that bring a problem set to life. A page of the site has them, no notebook."""
BENCH = (
    *("notebook", "common", "address", "engines", "site-engine", "site-line"),
    *("machine", "stage", "heat", "bench-link", "bench-editor", "bench"),
)
"""The parts that make a workbench."""


def panel_module() -> str:
    """What anywidget imports to show a panel."""
    return f"{_joined(PANEL)}\nexport default {{ render: renderPanel }};\n"


def game_module() -> str:
    """What anywidget imports to show a game."""
    return f"{_joined(GAME)}\nexport default {{ render: renderGame }};\n"


def balloon_module() -> str:
    """What anywidget imports to show a balloon."""
    return f"{_joined(BALLOON)}\nexport default {{ render: renderBalloon }};\n"


def log_module() -> str:
    """What anywidget imports to show a reader of logs."""
    return f"{_joined(LOG)}\nexport default {{ render: renderLog }};\n"


def bench_module() -> str:
    """What anywidget imports to show a workbench."""
    return f"{_joined(BENCH)}\nexport default {{ render: renderBench }};\n"


def page_script() -> str:
    """A classic script that brings all panels, games and log readers of a page to life."""
    return _classic("mount(document, true);")


def writing_script() -> str:
    """The same for a page in which readers write: benches and problem sets come to life as well."""
    last = 'mount(document, true, [[".oom-bench", attachBench], [".oom-problem-set", attachSet]]);'
    return _classic(last, (*BENCH, *SET))


def copy_script() -> str:
    """The same for the element that the <script> with this text stands in, away from the site."""
    return _classic("mount(document.currentScript.parentElement, false);")


def style() -> str:
    """The style sheets of panels, games, log readers and benches."""
    return "\n".join(sheet(name) for name in SHEETS)


SHEETS = ("panel", "machine", "heat", "game", "balloon", "log-reader", "bench")
"""The names of the style sheets, in the order in which a page has them."""


def sheet(name: str) -> str:
    """One style sheet. That of the stage begins with the colours of the pictures."""
    text = (_HERE / f"{name}.css").read_text(encoding="utf-8")
    return f"{stage_colours()}{text}" if name == "machine" else text


def _classic(last: str, more: Iterable[str] = ()) -> str:
    every = (*PANEL, *GAME, *BALLOON, *LOG, "things", "mount", *more)
    parts = dict.fromkeys(every)  # each once
    return f'(() => {{\n"use strict";\n{_joined(parts)}\n{last}\n}})();\n'


def _joined(names: Iterable[str]) -> str:
    parts = ((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
    return "\n".join(_COMMENT.sub("", part) for part in parts)
