"""A notebook with a panel and a game, exported by nbconvert and read without a network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbconvert
import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import Watch
from tests.widgets.opened import Opened
from tools.paths import ROOT

pytestmark = pytest.mark.notebook

CELLS = (
    f"""\
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.widgets.demo import demo_panel, demo_views
with demo_views():
    panel = demo_panel()
panel""",
    """\
from oomlab.widgets import Game
Game(["circle"])""",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds run.html, exported when it had been run, and read.html, from what JupyterLab saves."""
    made = tmp_path_factory.mktemp("exported")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    nbformat.write(notebook, made / "given.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--log-level=ERROR", "--execute"]
    command += ["--to", "notebook", "--output", "run.ipynb", "given.ipynb"]
    subprocess.run(command, cwd=made, check=True, timeout=300)
    run = nbformat.read(made / "run.ipynb", as_version=4)
    (made / "run.html").write_text(nbconvert.export(nbconvert.HTMLExporter, run)[0])
    del run.metadata["widgets"]  # JupyterLab keeps no state of widgets
    (made / "read.html").write_text(nbconvert.export(nbconvert.HTMLExporter, run)[0])
    return made


@pytest.mark.parametrize("name", ["run.html", "read.html"])
def test_panel_and_game_are_alive_without_a_network(
    open_page: Callable[..., Page], folder: Path, watch: Watch, name: str
) -> None:
    seen = Opened(open_page((folder / name).as_uri()))
    watch.outside.clear()  # nbconvert's own page asks for formulas and widgets: the network is cut
    expect(seen.page.locator(".oom-panel")).to_have_count(1)
    seen.shows("There are 2 pages, none, slow!.", "stored result")
    seen.slide(8)
    seen.shows("There are 8 pages, none, slow!.", "stored result")
    seen.slide(5)
    expect(seen.part("status")).to_contain_text("Neither a kernel nor an engine is at hand")
    seen.page.get_by_text("The picture in words").click()
    expect(seen.part("twin")).to_be_visible()
    game = seen.page.locator(".oom-game")
    game.locator(".oom-g-stage:visible .oom-g-hand").nth(1).click()
    expect(game.locator(".oom-g-score")).to_contain_text("1 move")
    assert "Panel(" not in seen.page.locator("body").inner_text()
    watch.errors.clear()  # what its page says about the network


def test_without_javascript_the_first_picture_is_there(
    open_page: Callable[..., Page], folder: Path
) -> None:
    seen = Opened(open_page((folder / "run.html").as_uri(), javascript=False))
    expect(seen.part("picture").locator("svg")).to_be_visible()
    expect(seen.part("sentence")).to_have_text("There are 2 pages, none, slow!.")
