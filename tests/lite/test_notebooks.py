"""Notebooks in the JupyterLite page: chapters run, panels answer, sets stop as elsewhere.

With OOMLAB_EVERY_NOTEBOOK=1 every chapter and every set is run.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.binder.notebook import Notebook
from tests.conftest import OpenPage
from tests.lite.conftest import OpenNotebook
from tools.lite.notebooks import Listed, listed
from tools.releases import released

EVERY = bool(os.environ.get("OOMLAB_EVERY_NOTEBOOK"))
FEW = {"chapters/nowait.ipynb", "sets/ps1-two-tasks.ipynb"}
"""A chapter that draws with what the page has not, and a set."""
PATIENCE_MS = 900_000  # our choice: Pyodide takes several times as long as a kernel
STOPS = "there is no answer yet; write it in the cell above, and run that cell"
LACKS = (
    "matplotlib is not in this page's Python, which this needs; it is there on Binder, and on a"
    " machine of your own\n"
)


def chosen(folder: str) -> list[Listed]:
    return [one for one in listed() if one.path.startswith(folder) and (EVERY or one.path in FEW)]


@pytest.mark.parametrize("one", chosen("chapters"), ids=lambda one: one.path)
def test_a_chapter_runs_and_says_in_one_line_what_it_lacks(
    open_notebook: OpenNotebook, one: Listed
) -> None:
    cells = open_notebook(one.path).run_all(PATIENCE_MS)
    assert [cell["errors"] for cell in cells if cell["errors"]] == []
    assert all(cell["over"] for cell in cells)
    told = [cell["said"] for cell in cells if "is not in this page" in cell["said"]]
    assert told == [LACKS] * len(told)
    assert bool(told) == one.draws


@pytest.mark.parametrize("one", chosen("sets"), ids=lambda one: one.path)
def test_a_set_stops_at_the_first_question_as_elsewhere(
    open_notebook: OpenNotebook, one: Listed
) -> None:
    notebook = open_notebook(one.path)
    notebook.run_all(PATIENCE_MS)
    cells = notebook.at_rest()
    stopped = next(number for number, cell in enumerate(cells) if cell["errors"])
    (error,) = cells[stopped]["errors"]
    assert error["evalue"] == STOPS
    assert 0 < stopped < len(cells) - 1
    assert all(cell["over"] for cell in cells[:stopped])
    assert not any(cell["over"] for cell in cells[stopped + 1 :])
    assert for_nbgrader(downloaded(notebook)) == for_nbgrader(released(Path(one.path).stem))


def downloaded(notebook: Notebook) -> Path:
    """What a student hands in."""
    with notebook.page.expect_download() as download:
        notebook.page.get_by_role("menuitem", name="File", exact=True).click()
        notebook.page.get_by_role("menuitem", name="Download", exact=True).click()
    return download.value.path()


def for_nbgrader(notebook: Path) -> list[tuple[str, str, object]]:
    """What nbgrader finds its cells by."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [(c["id"], "".join(c["source"]), c["metadata"].get("nbgrader")) for c in cells]


def test_a_panel_is_answered_by_the_python_of_the_page(open_notebook: OpenNotebook) -> None:
    notebook = open_notebook("chapters/running-out.ipynb")
    cells = notebook.run_all(PATIENCE_MS)
    assert all(cell["over"] and not cell["errors"] for cell in cells)
    panel = notebook.panel(next(cell["index"] for cell in cells if cell["panel"]))
    panel.locator(".oom-skip").click()
    before = panel.locator(".oom-picture").inner_html()
    panel.locator("input[name=free]").fill("77")  # of which no result is stored
    expect(panel.locator(".oom-status")).to_have_text("computed now (by the kernel)")
    assert panel.locator(".oom-picture").inner_html() != before


def test_the_front_page_leads_to_a_notebook_and_says_how_much_that_loads(
    open_page: OpenPage, lite_url: str
) -> None:
    page = open_page(f"{lite_url}index.html")
    told = re.search(r"at most (\d+) MB until the first cell runs", page.inner_text("main"))
    assert told
    sizes: list[int] = []

    def count(response: Response) -> None:
        sizes.append(int(response.headers.get("content-length", "0")))

    page.context.on("response", count)
    page.get_by_role("link", name="Running out of memory").click()
    Notebook(page, "chapters/running-out.ipynb").wait()
    assert int(told[1]) * 0.9 < sum(sizes) / 1e6 <= int(told[1])


@pytest.mark.parametrize("phone", [False, True])
def test_the_front_page_can_be_used_by_all(
    open_page: OpenPage, lite_url: str, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    page = open_page(f"{lite_url}index.html", phone=phone, dark=phone)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    said = page.inner_text("main")
    assert "Loading needs a network" in said and "Running needs none" in said
    assert "numpy and matplotlib have to come from another host" in said
