"""The JupyterLite page in Chromium, Firefox and WebKit: a chapter runs, its panel is answered."""

from __future__ import annotations

from tests.conftest import none_here
from tests.engines.conftest import OpenSite
from tests.engines.conftest import opened_site as opened_site  # fixtures, found here by their names
from tests.engines.conftest import running as running
from tests.engines.conftest import tab as tab
from tests.engines.conftest import troubles as troubles
from tests.engines.tab import Tab
from tools.lite.write import FOLDER
from tools.paths import SITE

CHAPTER = "chapters/running-out.ipynb"
PATIENCE_S = 300  # our choice: Pyodide takes several times as long as a kernel
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
READY = """() => {
    const shown = window.jupyterapp?.shell?.currentWidget;
    return shown?.context?.isReady && shown.sessionContext?.session?.kernel?.status === "idle";
}"""
CELLS = f"""() => {{
    const code = [...{NOTEBOOK}.context.model.cells].filter(
        (cell) => cell.type === "code" && cell.sharedModel.source.trim());
    const errors = code.flatMap((cell) => cell.outputs.toJSON())
        .filter((one) => one.output_type === "error").map((one) => one.evalue);
    const over = code.every((cell) => cell.executionCount && cell.executionState === "idle");
    return (over || errors.length) && {{ cells: code.length, errors }};
}}"""
LOOK_AT = f"""async () => {{
    const cells = [...{NOTEBOOK}.context.model.cells];
    const first = cells.findIndex((cell) => cell.type === "code" && cell.outputs.toJSON().some(
        (one) => one.data && "application/vnd.jupyter.widget-view+json" in one.data));
    {NOTEBOOK}.content.activeCellIndex = first;
    await {NOTEBOOK}.content.scrollToItem(first);
}}"""
PANEL = ".jp-mod-active .oom-panel[data-oom-live]"
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
    found = tab.wait(CELLS, seconds=PATIENCE_S)
    assert found["errors"] == [] and found["cells"] > 3
    tab.run(LOOK_AT)
    tab.wait("(css) => document.querySelector(css) !== null", PANEL)
    tab.run(OFF, PANEL)
    status = "(css) => document.querySelector(`${css} .oom-status`).textContent"
    tab.wait(f"(css) => ({status})(css) === 'computed now (by the kernel)'", PANEL)
