"""A chapter opened as a notebook in JupyterLab, and the panels in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.sync_api import Locator, Page, expect

RUN_MS = 120_000
"""How long a whole chapter may take to run, in milliseconds (our choice)."""

_NOTEBOOK = "window.jupyterapp.shell.currentWidget"
_OPEN = f"(path) => {_NOTEBOOK}?.context?.path === path"
# A cell that is run before the kernel has said what it is gets lost without a word.
_READY = f"""async () => {{
  await {_NOTEBOOK}.context.ready;
  await {_NOTEBOOK}.sessionContext.ready;
  await {_NOTEBOOK}.sessionContext.session.kernel.info;
}}"""
CELLS = f"""() => [...{_NOTEBOOK}.context.model.cells]
  .map((cell, index) => ({{ cell, index }}))
  .filter(({{ cell }}) => cell.type === "code" && cell.sharedModel.source.trim())
  .map(({{ cell, index }}) => {{
    const outputs = cell.outputs.toJSON();
    const printed = outputs.filter((one) => one.output_type === "stream");
    const widget = "application/vnd.jupyter.widget-view+json";
    return {{
      index,
      over: cell.executionCount !== null && cell.executionState === "idle",
      errors: outputs.filter((one) => one.output_type === "error"),
      said: printed.map((one) => [one.text].flat().join("")).join(""),
      panel: outputs.some((one) => one.data && widget in one.data),
    }};
  }})"""
STOPPED = f"""() => {{
  const cells = ({CELLS})();
  return cells.every((cell) => cell.over) || cells.some((cell) => cell.errors.length);
}}"""
_IDLE = f"() => {_NOTEBOOK}.sessionContext.session.kernel.status === 'idle'"
# JupyterLab draws only cells near the one that is looked at.
LOOK_AT = f"""async (index) => {{
  {_NOTEBOOK}.content.activeCellIndex = index;
  await {_NOTEBOOK}.content.scrollToItem(index);
}}"""


@dataclass(frozen=True)
class Notebook:
    """The notebook, at `path` in the repository, that a page of JupyterLab shows."""

    page: Page
    path: str

    def run_all(self, patience_ms: float = RUN_MS) -> list[dict[str, Any]]:
        """Runs every cell by the menu, or all up to an error, within `patience_ms`.

        Returns what is known of each code cell: index, over, errors, said (what it has printed),
        panel (has it one?).
        """
        self.wait()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        self.page.wait_for_function(STOPPED, timeout=patience_ms)
        cells: list[dict[str, Any]] = self.page.evaluate(CELLS)
        return cells

    def at_rest(self) -> list[dict[str, Any]]:
        """What is known of each code cell when the kernel has nothing to do any more."""
        self.page.wait_for_function(_IDLE, timeout=RUN_MS)
        cells: list[dict[str, Any]] = self.page.evaluate(CELLS)
        return cells

    def wait(self) -> None:
        """Waits until the notebook is shown and its kernel can be asked."""
        expect(self.page.locator(".jp-Notebook")).to_be_visible(timeout=60_000)
        self.page.wait_for_function(_OPEN, arg=self.path, timeout=60_000)
        self.page.evaluate(_READY)

    def panel(self, index: int) -> Locator:
        """The panel below a cell, after going there."""
        return self._seen(index, ".oom-panel[data-oom-live]")

    def widget(self, index: int) -> Locator:
        """The panel, the game or the first control of ipywidgets below a cell."""
        return self._seen(index, ":is([data-oom-live], .widget-vbox)").first

    def _seen(self, index: int, selector: str) -> Locator:
        self.page.evaluate(LOOK_AT, index)
        found = self.page.locator(f".jp-Notebook .jp-mod-active {selector}")
        expect(found.first).to_be_visible()
        return found


PICTURE = ".oom-picture > *"


def move_a_control(panel: Locator) -> str:
    """Moves controls until the picture and the sentence have both changed, as a reader would.

    Returns what the panel then says of where its result came from. Fails if no control does it.
    """
    skip = panel.locator(".oom-skip")
    expect(skip.or_(panel.locator(PICTURE)).locator("visible=true").first).to_be_visible()
    if skip.is_visible():
        skip.click()
    before = _shown(panel)
    for control in (
        panel.locator(".oom-controls, .oom-m-slider").locator("input:visible, select").all()
    ):
        for move in _moves(control):
            move()
            expect(panel).not_to_have_attribute("data-state", "computing", timeout=RUN_MS)
            after = _shown(panel)
            if all(one != other for one, other in zip(before, after, strict=True)):
                return panel.locator(".oom-status").inner_text()
    raise AssertionError(f"nothing changes the panel {panel.get_attribute('aria-label')!r}")


def _shown(panel: Locator) -> tuple[str, str]:
    expect(panel.locator(PICTURE).locator("visible=true").first).to_be_visible()
    return (
        panel.locator(".oom-picture").inner_html(),
        " ".join(panel.locator(".oom-m-sentence, .oom-sentence").all_inner_texts()),
    )


def _moves(control: Locator) -> Iterator[Callable[[], object]]:
    """What a reader would try with it: it may stand at one of its ends."""
    kind = control.get_attribute("type")
    if kind == "range":
        yield from (partial(control.press, key) for key in ("ArrowRight", "ArrowLeft", "ArrowLeft"))
    elif kind == "number":
        yield partial(control.fill, "7")
    elif kind is None:
        last = control.locator("option").count() - 1
        yield from (partial(control.select_option, index=index) for index in (1, last))
    else:
        yield control.check
