"""From the launch button to a control that moves, in an environment like Binder's.

With OOMLAB_EVERY_NOTEBOOK=1 every chapter and every set is opened.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.binder.conftest import Lab
from tests.binder.notebook import Notebook, move_a_control
from tools.build_book import pages, pages_below
from tools.paths import ROOT, SITE

pytestmark = [pytest.mark.browser, pytest.mark.notebook]

_BUTTON = re.compile(r'href="(https://mybinder\.org/[^"]+)"')

OWN_CHAPTER = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A chapter of the tests

```{code-cell} ipython3
from oomlab.widgets import Panel, Slider

pages = Slider("give_back_pages", "Pages given back", 0, 9, 1, stored=[0])
fixed = {"scenario": "h2-three-task-poll", "remedy": "mainline"}
Panel("oomlab.views.runs:timeline", [pages], fixed=fixed)
```
"""

MAP = ".oom-heat"
WIDGETS = re.compile(
    r"^(Panel|Sandbox|Balloon|Game|LogReader|Workbench|downtime_statistics)\(", re.MULTILINE
)

OpenLab = Callable[[str], Page]


def launch_path(chapter: str) -> str:
    """Where the launch button of a built chapter leads, below the address of the server."""
    page = SITE / f"{chapter}.html"
    buttons = set(_BUTTON.findall(page.read_text(encoding="utf-8")))
    assert len(buttons) == 1, f"{chapter} has these launch buttons: {buttons}"
    path: str
    (path,) = parse_qs(urlsplit(buttons.pop()).query)["urlpath"]
    return path


EACH_KIND = ("book/index", "book/report", "book/five-seconds", "book/scheduler")
"""Chapters with each kind of control: a panel, a stepper, statistics, the game. That the code of
every chapter runs is seen when the book is built; to open them all takes minutes."""

ONE_SET = ("book/sets/ps1-two-tasks",)

RUNS = [name for name in pages() if "{code-cell}" in (ROOT / f"{name}.md").read_text("utf-8")]
"""Pages with something to run; the others have no launch button."""

EVERY = bool(os.environ.get("OOMLAB_EVERY_NOTEBOOK"))


@pytest.mark.parametrize("chapter", RUNS)
def test_the_launch_button_leads_to_the_chapter(chapter: str) -> None:
    assert launch_path(chapter) == f"lab/tree/{chapter}.md"


@pytest.mark.parametrize("chapter", RUNS if EVERY else EACH_KIND)
def test_a_chapter_runs_on_binder(lab: Lab, open_lab: OpenLab, chapter: str) -> None:
    path = launch_path(chapter)
    notebook = Notebook(open_lab(lab.address(path)), f"{chapter}.md")
    cells = notebook.run_all()
    assert [cell["errors"] for cell in cells if cell["errors"]] == []
    source = (ROOT / f"{chapter}.md").read_text(encoding="utf-8")
    widgets = [cell["index"] for cell in cells if cell["panel"]]
    written = WIDGETS.findall(source)
    assert len(widgets) == len(written)
    for index, name in zip(widgets, written, strict=True):
        panel = notebook.widget(index)
        # The cells of a map are links, and it has no control.
        if name in ("Panel", "Sandbox") and not panel.locator(MAP).count():
            move_a_control(panel)


@pytest.mark.parametrize("chapter", pages_below() if EVERY else ONE_SET)
def test_a_problem_set_runs_on_binder_up_to_what_is_left_to_do(
    lab: Lab, open_lab: OpenLab, chapter: str
) -> None:
    path = launch_path(chapter)
    assert path == f"lab/tree/{chapter}.ipynb"
    cells = Notebook(open_lab(lab.address(path)), f"{chapter}.ipynb").run_all()
    errors = [error for cell in cells for error in cell["errors"]]
    told = "there is no answer yet; write it in the cell above, and run that cell"
    assert [error["evalue"] for error in errors] == [told]
    stopped = next(number for number, cell in enumerate(cells) if cell["errors"])
    assert stopped > 0 and all(cell["over"] for cell in cells[:stopped])


def test_what_is_not_stored_is_computed_by_the_kernel(lab: Lab, open_lab: OpenLab) -> None:
    path = "book/of-the-tests.md"
    (lab.repository / path).write_text(OWN_CHAPTER, encoding="utf-8")
    notebook = Notebook(open_lab(lab.address(f"lab/tree/{path}")), path)
    (cell,) = notebook.run_all()
    assert cell["panel"] and not cell["errors"]
    assert move_a_control(notebook.panel(cell["index"])) == "computed now (by the kernel)"
