"""Panels in a notebook: its kernel is asked first, and what if it does not answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.answers import BY_KERNEL, ENGINE, IN_PAGE
from tests.widgets.opened import Opened, OpenPanel, demo
from tests.widgets.pages import NOTEBOOK_PAGE


class Notebook:
    """A page that renders a panel as JupyterLab does, with a kernel that is a script."""

    def __init__(self, open_panel: OpenPanel, **site: Any) -> None:
        self.panel = demo()
        self.seen = open_panel(site={"index": NOTEBOOK_PAGE, **site})

    def render(self, *, alive: bool, times: int = 1, root: str | None = None) -> Opened:
        self.seen.page.evaluate(
            "(given) => window.renderPanel(given)",
            {
                "html": self.panel.html,
                "values": self.panel.values,
                "esm": self.panel._esm,
                "css": self.panel._css,
                "alive": alive,
                "times": times,
                "root": root,
            },
        )
        return self.seen


def test_a_notebook_shows_stored_results_and_asks_its_kernel_for_others(
    open_panel: OpenPanel,
) -> None:
    seen = Notebook(open_panel).render(alive=True)
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    assert seen.page.evaluate("model.get('values').pages") == 8
    seen.slide(5)
    seen.shows('The kernel drew {"pages":5,"remedy":"none","colour":0,"fast":false}', BY_KERNEL)
    seen.slide(7)
    expect(seen.part("status")).to_contain_text("Seven pages are never drawn.")


def test_two_views_of_one_panel_hear_their_own_answers(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel).render(alive=True, times=2)
    second = seen.page.locator(".oom-panel").nth(1)
    second.get_by_label("Pages in the balloon").fill("5")
    expect(second.locator(".oom-sentence")).to_contain_text('The kernel drew {"pages":5')
    # One model, so one set of values: the first view follows.
    seen.shows('The kernel drew {"pages":5', BY_KERNEL)


def test_values_set_in_the_kernel_move_the_controls(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel).render(alive=True)
    seen.page.evaluate(
        "model.set('values', { pages: 8, remedy: 'both', colour: 1, fast: true }, 'kernel')"
    )
    seen.shows("There are 8 pages, both, fast!", "stored result")
    expect(seen.panel.get_by_label("Strong")).to_be_checked()
    expect(seen.panel.locator("output")).to_have_text("8 pages")


def test_a_kernel_that_does_not_answer_is_a_sentence(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel).render(alive=False)
    seen.slide(5)
    expect(seen.part("status")).to_contain_text("No kernel answers: it is busy, or the cell must")
    expect(seen.part("nearest")).to_be_visible()
    seen.page.evaluate("model.alive = true")
    seen.slide(3)
    seen.shows('The kernel drew {"pages":3', BY_KERNEL)


def test_a_kernel_that_was_shut_down_is_a_sentence(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel).render(alive=True)
    seen.slide(5)
    seen.shows("The kernel drew", BY_KERNEL)
    seen.page.evaluate("void (model.send = () => { throw new Error('Cannot send'); })")
    seen.slide(3)
    expect(seen.part("status")).to_contain_text("No kernel answers: it is busy, or the cell must")
    expect(seen.part("nearest")).to_be_visible()


def test_when_the_kernel_is_gone_the_engine_of_the_site_is_next(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel, **ENGINE).render(alive=True, root="./")
    seen.slide(5)
    seen.shows("The kernel drew", BY_KERNEL)
    seen.page.evaluate("void (model.send = () => { throw new Error('Cannot send'); })")
    seen.slide(3)
    expect(seen.part("status")).to_contain_text("No kernel answers: it is busy, or the cell must")
    seen.slide(5)
    seen.shows("The worker drew", IN_PAGE)


def test_a_widget_in_a_site_without_kernel_asks_the_engine(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel, **ENGINE).render(alive=False, root="./")
    seen.slide(5)
    seen.shows("The worker drew", IN_PAGE)


def test_a_kernel_comes_before_the_engine_of_the_site(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel, **ENGINE).render(alive=True, root="./")
    seen.slide(5)
    seen.shows("The kernel drew", BY_KERNEL)


def test_a_closed_view_stops(open_panel: OpenPanel) -> None:
    seen = Notebook(open_panel).render(alive=True)
    assert seen.page.evaluate("model.listeners()") > 0
    seen.page.evaluate("closePanels()")
    assert seen.page.evaluate("model.listeners()") == 0


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_panel_has_the_colours_that_colab_has(open_panel: OpenPanel, scheme: str) -> None:
    page = NOTEBOOK_PAGE.replace("<html", f"<html theme={scheme}").replace(
        ' data-jp-theme-light="true"', ""
    )
    seen = Notebook(open_panel, index=page).render(alive=True)
    expect(seen.panel).to_have_css("color-scheme", scheme)
    seen.page.evaluate("document.documentElement.setAttribute('theme', 'dark')")
    expect(seen.panel).to_have_css("color-scheme", "dark")
