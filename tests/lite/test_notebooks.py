"""Notebooks in the JupyterLite page: a chapter runs and its panel answers, a set stops as elsewhere.

With OOMLAB_EVERY_NOTEBOOK=1 every chapter and every set is run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.binder.notebook import Notebook, move_a_control
from tests.conftest import OpenPage
from tests.lite.conftest import OpenNotebook
from tools.lite.notebooks import listed
from tools.lite.packages import missing

EVERY = os.environ.get("OOMLAB_EVERY_NOTEBOOK") == "1"
CHAPTERS = [one for one in listed() if one.path.startswith("chapters/")]
SETS = [one for one in listed() if one.path.startswith("sets/")]
STOPS = "there is no answer yet; write it in the cell above, and run that cell"
PATIENCE_S = 900


@pytest.mark.parametrize(
    "one", CHAPTERS if EVERY else CHAPTERS[1:2], ids=lambda one: one.path
)
def test_a_chapter_runs_and_its_panels_answer(open_notebook: OpenNotebook, one: Listed) -> None:
    notebook = open_notebook(one.path)
    cells = notebook.run_all()
    assert [cell["errors"] for cell in cells if cell["errors"]] == []
