"""The JavaScript of panels, games and log readers, put together for a notebook, for a page and for
a copy.

The files beside this one are parts of one script, not modules: a notebook hands a widget's code to
the browser as one text, in which "./controls.js" means nothing, and a page opened as a file, or in
a sandboxed frame, may run scripts but load no modules. The parts share one scope; each of their
top-level names stands for one thing only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_HERE = Path(__file__).parent
PANEL = (
    "notebook",
    "common",
    "stepper",
    "controls",
    "engines",
    "site-engine",
    "prediction",
    "stage",
    "panel",
)
"""The parts that make a panel, in the order in which they are joined."""
GAME = ("notebook", "game")
"""The parts that make a game."""
LOG = ("notebook", "common", "engines", "site-engine", "log-source", "log-reader")
"""The parts that make a reader of logs."""


def panel_module() -> str:
    """What anywidget imports to show a panel."""
    return f"{_joined(PANEL)}\nexport default {{ render: renderPanel }};\n"


def game_module() -> str:
    """What anywidget imports to show a game."""
    return f"{_joined(GAME)}\nexport default {{ render: renderGame }};\n"


def log_module() -> str:
    """What anywidget imports to show a reader of logs."""
    return f"{_joined(LOG)}\nexport default {{ render: renderLog }};\n"


def page_script() -> str:
    """A classic script that brings all panels, games and log readers of a page to life."""
    return _classic("mount(document, true);")


def copy_script() -> str:
    """The same for the element that the <script> with this text stands in, away from the site."""
    return _classic("mount(document.currentScript.parentElement, false);")


def style() -> str:
    """The style sheets of panels, games and log readers."""
    return "\n".join((_HERE / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS)


_SHEETS = ("panel", "game", "log-reader")


def _classic(last: str) -> str:
    parts = dict.fromkeys((*PANEL, *GAME, *LOG, "mount"))  # each once
    return f'(() => {{\n"use strict";\n{_joined(parts)}\n{last}\n}})();\n'


def _joined(names: Iterable[str]) -> str:
    return "\n".join((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in names)
