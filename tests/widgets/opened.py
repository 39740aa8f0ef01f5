"""A panel in a browser: opening it, and saying what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from oomlab.widgets import Panel
from tests.widgets.demo import demo_panel, demo_views
from tests.widgets.pages import write_site


@dataclass
class Opened:
    """A page with panels, the first of which is looked at: a notebook may hide copies of it."""

    page: Page

    @property
    def panel(self) -> Locator:
        return self.page.locator(".oom-panel:visible").first

    def part(self, name: str) -> Locator:
        return self.panel.locator(f".oom-{name}")

    def slide(self, value: float) -> None:
        self.panel.get_by_label("Pages in the balloon").fill(str(value))

    def shows(self, sentence: str, status: str) -> None:
        """Waits until the panel shows `sentence` with a picture, and says `status`."""
        expect(self.part("status")).to_have_text(status)
        expect(self.part("sentence")).to_contain_text(sentence)
        expect(self.part("picture").locator("svg")).to_be_visible()

    def drawn(self) -> str:
        """The words in the picture."""
        return self.part("picture").locator("text").text_content() or ""


OpenPanel = Callable[..., Opened]


def opener(open_page: Callable[..., Page], serve: Callable[[Path], str], folder: Path) -> OpenPanel:
    """`open_panel(panel, ..., site={...}, phone=True, ...)`: opens a page with these panels.

    `site` goes to `write_site`, which writes to `folder`; the other options go to `open_page`.
    """

    def open_panel(*panels: Panel, site: dict[str, Any] | None = None, **options: bool) -> Opened:
        write_site(folder, list(panels), **(site or {}))
        return Opened(open_page(f"{serve(folder)}index.html", **options))

    return open_panel


def demo(**changes: Any) -> Panel:
    """`demo_panel`, with the views of the tests in place while it is made."""
    with demo_views():
        return demo_panel(**changes)
