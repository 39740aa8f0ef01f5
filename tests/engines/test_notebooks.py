"""The JupyterLite page in each engine: a chapter runs, its panel is answered."""

from __future__ import annotations

from tests.binder.notebook import CELLS, LOOK_AT, STOPPED
from tests.conftest import none_here
from tests.engines.conftest import OpenSite
from tests.engines.tab import Tab
from tools.lite.write import FOLDER
from tools.paths import SITE

CHAPTER = "chapters/running-out.ipynb"
PATIENCE_S = 300  # our choice: Pyodide takes several times as long as a kernel
READY = """() => {
    const shown = window.jupyterapp?.shell?.currentWidget;
    return shown?.context?.isReady && shown.sessionContext?.session?.kernel?.status === "idle";
}"""
PANEL = ".jp-mod-active .oom-panel[data-oom-live]"
STATUS = "computed now (by the kernel)"
OFF = """(css) => {
    const panel = document.querySelector(css);
    panel.querySelector(".oom-skip").click();
    const slider = panel.querySelector("input[name=free]");
    slider.value = 77;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""
"""Moves a slider to a value of which no result is stored."""


def test_a_chapter_runs_and_its_panel_is_answered(tab: Tab, opened_site: OpenSite) -> None:
    if not (SITE / FOLDER / "index.html").is_file():
        none_here("JupyterLite page", "make lite")
    url = opened_site(SITE.parent).url  # below a prefix, as on somebody's server
    tab.open(f"{url}{SITE.name}/{FOLDER}/notebooks/index.html?path={CHAPTER}")
    tab.wait(READY, seconds=PATIENCE_S)
    tab.run("() => void window.jupyterapp.commands.execute('runmenu:run-all')")
    tab.wait(STOPPED, seconds=PATIENCE_S)
    cells = tab.run(CELLS)
    assert [cell["errors"] for cell in cells if cell["errors"]] == []
    tab.run(LOOK_AT, next(cell["index"] for cell in cells if cell["panel"]))
    tab.wait("(css) => document.querySelector(css) !== null", PANEL)
    tab.run(OFF, PANEL)
    tab.waits_for(f"{PANEL} .oom-status", STATUS, seconds=PATIENCE_S)
