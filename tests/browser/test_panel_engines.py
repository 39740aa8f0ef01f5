"""Panels asked for what is not stored: who answers, in which order, and what if nobody does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.driver import Watch
from tests.widgets.demo import BAR
from tests.widgets.opened import Opened, OpenPanel, demo, opener
from tests.widgets.pages import NOTEBOOK_PAGE, RELEASE, SITE_STATIC

ENGINE = {"engine": {"available": True, "bytes": 6_000_000}}
SCRIPT = "text/javascript"
IN_PAGE = "computed now (in this page)"
BY_KERNEL = "computed now (by the kernel)"
# Before the code of a worker: its waits of 12 s and more are over when TIME_PASSES is run in the
# page, and not before, however slow this machine is.
PATIENT = """
const [wait, forget, waits] = [setTimeout, clearTimeout, new Map()];
self.setTimeout = (act, ms) => {
  const id = wait(ms < 12000 ? act : () => {}, ms);
  if (ms >= 12000) waits.set(id, act);
  return id;
};
self.clearTimeout = (id) => (waits.delete(id), forget(id));
new BroadcastChannel("time").onmessage = () => waits.forEach((act) => act());
"""
TIME_PASSES = "new BroadcastChannel('time').postMessage('passes')"


@pytest.fixture
def open_panel(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path: Path
) -> OpenPanel:
    return opener(open_page, serve, tmp_path)


def sentences(seen: Opened) -> Callable[[], list[str]]:
    """Starts to note every sentence the panel shows; gives a function that returns them."""
    seen.part("sentence").evaluate(
        """(sentence) => {
            window.noted = [];
            new MutationObserver(() => window.noted.push(sentence.textContent))
                .observe(sentence, { childList: true, characterData: true, subtree: true });
        }"""
    )
    return lambda: list(seen.page.evaluate("window.noted"))


def test_a_value_that_is_not_stored_is_computed_in_the_page(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.slide(5)
    seen.shows(f"The worker drew {BAR} for ", IN_PAGE)
    # The view gets the fixed values as well as those of the controls.
    expect(seen.part("sentence")).to_contain_text(
        '{"note":"!","pages":5,"remedy":"none","colour":0,"fast":false}'
    )
    assert seen.drawn() == "worker 5"
    expect(seen.part("twin")).to_have_text("worker\n5")
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")


def test_loading_the_engine_is_shown(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    expect(seen.part("progress")).to_be_hidden()
    seen.slide(3)
    expect(seen.part("status")).to_contain_text("computing … (loading the engine, about 6 MB")
    progress = seen.panel.get_by_role("progressbar", name="Loading the engine")
    expect(progress).to_be_visible()
    assert progress.evaluate("(bar) => bar.position") == 0.5
    seen.page.evaluate(RELEASE)
    seen.shows("The worker drew", IN_PAGE)
    expect(seen.part("progress")).to_be_hidden()


def test_a_newer_move_wins_over_an_older_answer(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    noted = sentences(seen)
    seen.slide(3)
    expect(seen.part("status")).to_contain_text("loading the engine")
    seen.slide(5)
    seen.page.evaluate(RELEASE)  # only now is 3 answered
    seen.shows('"pages":5', IN_PAGE)
    assert not [sentence for sentence in noted() if '"pages":3' in sentence]


def test_a_stored_result_wins_over_an_answer_on_its_way(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    noted = sentences(seen)
    seen.slide(3)
    expect(seen.part("status")).to_contain_text("loading the engine")
    seen.slide(4)
    seen.shows("There are 4 pages", "stored result")
    seen.page.evaluate(RELEASE)
    seen.slide(5)  # is asked, and answered, after 3 has been
    seen.shows('"pages":5', IN_PAGE)
    assert [sentence[:9] for sentence in noted()] == ["There are", "The worke"]


def test_moves_that_do_not_rest_are_not_computed(open_panel: OpenPanel) -> None:
    worker = """
        const asked = [];
        onmessage = ({ data: { id, values } }) => {
          asked.push(values.pages);
          const answer = { picture: "<svg></svg>", sentence: `Asked for ${asked}.`, twin: "" };
          postMessage({ kind: "answer", id, result: answer });
        };"""
    seen = open_panel(demo(), site={**ENGINE, "worker": worker})
    seen.panel.get_by_label("Pages in the balloon").evaluate(
        """(slider) => [3, 5, 4, 6, 9].forEach((value) => {
            slider.value = value;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        })"""
    )
    expect(seen.part("sentence")).to_have_text("Asked for 9.")


def test_a_refused_value_is_a_sentence_beside_the_last_picture(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.slide(4)
    seen.shows("There are 4 pages", "stored result")
    seen.slide(7)
    expect(seen.part("status")).to_have_text(
        "Seven pages are never drawn; choose another number. Picture and text still show Pages in"
        " the balloon: 4 pages; Remedy: None; Colour: Plain; Fast host: no."
    )
    expect(seen.panel.get_by_text("earlier values", exact=True)).to_be_visible()
    expect(seen.part("nearest")).to_be_hidden()
    assert seen.drawn() == "4 pages, none, slow!"


@pytest.mark.parametrize(
    ("report", "why"),
    [
        ({"available": False, "why": "Node was not there."}, "Node was not there."),
        ({"available": False}, "This copy of the book was built without the in-page engine."),
    ],
)
def test_without_an_engine_the_nearest_stored_result_is_offered(
    open_panel: OpenPanel, report: dict[str, Any], why: str
) -> None:
    seen = open_panel(demo(), site={"engine": report})
    seen.panel.get_by_label("Fast host").check()
    seen.slide(7)
    expect(seen.part("status")).to_contain_text(
        "is not stored, and it could not be computed. " + why
    )
    seen.panel.get_by_role(
        "button", name="Show the nearest stored result (Pages in the balloon: 8"
    ).click()
    seen.shows("There are 8 pages, none, fast!", "stored result")
    expect(seen.panel.get_by_label("Pages in the balloon")).to_be_focused()
    expect(seen.part("nearest")).to_be_hidden()


def test_a_site_that_does_not_answer_is_a_sentence(open_panel: OpenPanel, watch: Watch) -> None:
    seen = open_panel(demo())
    seen.slide(5)
    expect(seen.part("status")).to_contain_text(
        "The site's engine cannot be reached: its file live/engine.json is missing on this site"
        " (404)."
    )
    expect(seen.part("nearest")).to_be_visible()
    assert len(watch.errors) == 1 and "404" in watch.errors[0]
    watch.errors.clear()


def test_an_engine_that_breaks_is_a_sentence_and_is_started_again(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.slide(1)
    expect(seen.part("status")).to_contain_text("The engine could not start: out of <b>luck</b>.")
    expect(seen.part("progress")).to_be_hidden()
    seen.slide(5)
    seen.shows('"pages":5', IN_PAGE)


def test_an_engine_that_is_no_program_is_a_sentence(open_panel: OpenPanel, watch: Watch) -> None:
    seen = open_panel(demo(), site={**ENGINE, "worker": "this is no program"})
    seen.slide(5)
    expect(seen.part("status")).to_contain_text("The engine could not start")
    watch.errors.clear()


def test_an_engine_that_falls_silent_is_a_sentence(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.page.clock.install()
    seen.slide(6)
    seen.page.clock.run_for(1000)
    expect(seen.part("status")).to_contain_text("loading the engine")  # its last sign of life
    seen.page.clock.run_for(59_000)
    expect(seen.part("status")).to_contain_text("loading the engine")
    seen.page.clock.run_for(2_000)
    expect(seen.part("status")).to_contain_text("The engine gave no sign of life for a minute.")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("engine.json", "The site's engine cannot be reached."),
        ("worker.js", "The engine could not start: its file worker.js does not come."),
    ],
)
def test_a_small_file_that_hangs_is_told_long_before_the_minute_is_over(
    open_panel: OpenPanel, file: str, why: str
) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.page.route(f"**/live/{file}", lambda route: None)
    seen.page.clock.install()
    seen.slide(5)
    with seen.page.expect_request(f"**/live/{file}"):
        seen.page.clock.run_for(1_000)
    seen.page.clock.run_for(10_000)
    expect(seen.part("status")).to_have_text("computing …")
    seen.page.clock.run_for(2_000)
    expect(seen.part("status")).to_contain_text(why)


@pytest.mark.parametrize(
    ("file", "asked_before"),
    [("engine.json", 1), ("pyodide/pyodide.js", 0), ("pyodide/pyodide.asm.js", 0)],
)
def test_a_file_that_hangs_is_told_when_no_byte_has_come_for_a_while(
    open_panel: OpenPanel, file: str, asked_before: int
) -> None:
    code = (SITE_STATIC / "live" / "worker.js").read_text(encoding="utf-8")
    assert "STALL_MS = 12000;" in code
    seen = open_panel(demo(), site={**ENGINE, "worker": PATIENT + code})
    asked: list[Route] = []

    def hang(route: Route) -> None:
        asked.append(route)
        if len(asked) <= asked_before:  # by the page, not by the engine
            route.continue_()

    seen.page.route("**/live/pyodide/*", lambda route: route.fulfill(body="", content_type=SCRIPT))
    seen.page.route(f"**/live/{file}", hang)
    seen.slide(5)
    while len(asked) <= asked_before:
        seen.page.wait_for_timeout(10)
    expect(seen.part("status")).to_contain_text("computing …")
    seen.page.evaluate(TIME_PASSES)
    expect(seen.part("status")).to_contain_text(
        f"The engine could not start: its file {file} cannot be reached."
    )


# -- a notebook: the panel as anywidget makes it, with a kernel behind the model ------------------


class Notebook:
    """A page that renders a panel as JupyterLab does, with a kernel that is a script."""

    def __init__(self, open_panel: OpenPanel, **site: Any) -> None:
        self.panel = demo()
        self.seen = open_panel(site={**site, "index": NOTEBOOK_PAGE})

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


def test_a_computed_picture_taller_than_every_stored_one_is_not_cut_off(
    open_panel: OpenPanel,
) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.slide(10)
    seen.shows("The worker drew", "computed now (in this page)")
    picture = seen.part("picture")
    shown = picture.evaluate("box => box.getBoundingClientRect().height")
    drawn = picture.locator("svg").evaluate("svg => svg.getBoundingClientRect().height")
    assert shown >= drawn > 0
