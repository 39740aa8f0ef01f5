"""Panels asked for what is not stored: who answers, in which order, and what if nobody does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.answers import ENGINE, IN_PAGE, both
from tests.browser.driver import Watch
from tests.widgets.demo import BAR
from tests.widgets.opened import Opened, OpenPanel, demo
from tests.widgets.pages import RELEASE, SITE_STATIC, write_site

SCRIPT = "text/javascript"
# Before the code of a worker: its waits of 5 s and more are over when TIME_PASSES is run in the
# page, and not before, however slow this machine is.
PATIENT = """
const [wait, forget, waits] = [setTimeout, clearTimeout, new Map()];
self.setTimeout = (act, ms) => {
  const id = wait(ms < 5000 ? act : () => {}, ms);
  if (ms >= 5000) waits.set(id, act);
  return id;
};
self.clearTimeout = (id) => (waits.delete(id), forget(id));
new BroadcastChannel("time").onmessage = () => waits.forEach((act) => act());
"""
TIME_PASSES = "new BroadcastChannel('time').postMessage('passes')"


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


@both
def test_a_value_that_is_not_stored_is_computed_in_the_page(
    open_panel: OpenPanel, shared: bool
) -> None:
    seen = open_panel(demo(), site=ENGINE, shared=shared)
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
    # That of 3 may pass by, as the picture follows a hand that still moves; it does not come after.
    assert '"pages":5' in noted()[-1]


def test_the_picture_follows_the_hand_and_is_silent(open_panel: OpenPanel) -> None:
    worker = """
        onmessage = ({ data: { id, values } }) => setTimeout(() => {
          const picture = `<svg data-pages="${values.pages}"></svg>`;
          const result = { picture, sentence: `${values.pages}`, twin: "" };
          postMessage({ kind: "answer", id, result });
        }, 5);"""
    seen = open_panel(demo(), site={**ENGINE, "worker": worker})
    seen.slide(3)
    seen.shows("3", IN_PAGE)
    drawn = seen.panel.evaluate(
        """async (panel) => {
            const slider = panel.querySelector("[name=pages]");
            const drawn = [];
            const look = new MutationObserver(() => drawn.push([
                panel.querySelector(".oom-picture svg").dataset.pages,
                panel.querySelector(".oom-sentence").getAttribute("aria-live"),
            ]));
            look.observe(panel.querySelector(".oom-picture"), { childList: true });
            for (const value of [5, 6, 7, 9, 3, 5, 7]) {
                slider.value = value;
                slider.dispatchEvent(new Event("input", { bubbles: true }));
                await new Promise((done) => setTimeout(done, 4));
            }
            for (let i = 0; i < 1000 && drawn.at(-1)?.[0] !== "7"; i += 1) {
                await new Promise((done) => setTimeout(done, 5));
            }
            return drawn;
        }"""
    )
    assert len(drawn) > 2
    assert {live for _, live in drawn} == {"off"}
    # It is read out when the hand has come to rest.
    expect(seen.part("sentence")).to_have_attribute("aria-live", "polite")
    expect(seen.part("sentence")).to_have_text("7")


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
    seen = open_panel(demo(), site={"engine": None})
    seen.slide(5)
    expect(seen.part("status")).to_contain_text(
        "The site's engine cannot be reached: its file live/engine.json is missing on this site"
        " (404)."
    )
    expect(seen.part("nearest")).to_be_visible()
    assert watch.errors and all("404" in error for error in watch.errors)
    watch.errors.clear()


@both
def test_an_engine_that_breaks_is_a_sentence_and_is_started_again(
    open_panel: OpenPanel, shared: bool
) -> None:
    seen = open_panel(demo(), site=ENGINE, shared=shared)
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
    seen = open_panel(demo(), site=ENGINE, shared=False)
    seen.page.route(f"**/live/{file}", lambda route: None)
    seen.page.clock.install()
    with seen.page.expect_request(f"**/live/{file}"):  # the worker's comes with the focus
        seen.slide(5)
        seen.page.clock.run_for(1_000)
    seen.page.clock.run_for(2_000)
    expect(seen.part("status")).to_have_text("computing …")
    seen.page.clock.run_for(3_000)
    expect(seen.part("status")).to_contain_text(why)


@pytest.mark.parametrize("file", ["engine.json", "pyodide/pyodide.js", "pyodide/pyodide.asm.js"])
def test_a_file_that_hangs_is_told_when_no_byte_has_come_for_a_while(
    open_panel: OpenPanel, file: str
) -> None:
    code = (SITE_STATIC / "live" / "worker.js").read_text(encoding="utf-8")
    assert "STALL_MS = 5000;" in code
    seen = open_panel(demo(), site={**ENGINE, "worker": PATIENT + code}, shared=False)
    asked: list[Route] = []

    def hang(route: Route) -> None:
        if "worker.js" in route.request.headers.get("referer", "") or file != "engine.json":
            asked.append(route)
        else:  # it is the page that asks, not the engine
            route.continue_()

    seen.page.route("**/live/pyodide/*", lambda route: route.fulfill(body="", content_type=SCRIPT))
    seen.page.route(f"**/live/{file}", hang)
    seen.slide(5)
    while not asked:
        seen.page.wait_for_timeout(10)
    expect(seen.part("status")).to_contain_text("computing …")
    seen.page.evaluate(TIME_PASSES)
    expect(seen.part("status")).to_contain_text(
        f"The engine could not start: its file {file} cannot be reached."
    )


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


# -- stopping, trying again, and a worker that is gone ---------------------------------------------


def test_what_takes_long_can_be_stopped_and_tried_again(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    stop = seen.panel.get_by_role("button", name="Stop")
    again = seen.panel.get_by_role("button", name="Try again")
    expect(stop).to_be_hidden()
    seen.slide(6)  # is never answered
    stop.click()
    expect(seen.part("status")).to_have_text(
        "Stopped. Picture and text still show Pages in the balloon: 2 pages; Remedy: None;"
        " Colour: Plain; Fast host: no."
    )
    expect(again).to_be_focused()
    expect(stop).to_be_hidden()
    expect(seen.part("progress")).to_be_hidden()
    again.click()
    expect(seen.panel.get_by_label("Pages in the balloon")).to_be_focused()
    expect(stop).to_be_visible()
    expect(again).to_be_hidden()
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    expect(stop).to_be_hidden()


def test_who_failed_may_be_tried_again(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), site=ENGINE)
    seen.page.route("**/live/engine.json", lambda route: route.fulfill(body="{"))
    seen.slide(5)
    expect(seen.part("status")).to_contain_text("its file live/engine.json is damaged")
    seen.page.unroute("**/live/engine.json")
    seen.panel.get_by_role("button", name="Try again").click()
    seen.shows('"pages":5', IN_PAGE)


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"bytes": 14_500_000, "packed": 7_266_000}, "loading the engine, 7 to 15 MB, once"),
        ({"bytes": 6_000_000}, "loading the engine, about 6 MB, once"),
        ({}, "(loading the engine)"),
    ],
)
def test_the_size_that_is_told_is_that_of_the_files(
    open_panel: OpenPanel, sizes: dict[str, int], words: str
) -> None:
    seen = open_panel(demo(), site={"engine": {"available": True, **sizes}})
    seen.slide(6)
    expect(seen.part("status")).to_contain_text(words)


def test_from_a_file_no_engine_is_begun(open_page: Callable[..., Page], tmp_path: Path) -> None:
    write_site(tmp_path, [demo()], engine=ENGINE["engine"])
    page = open_page((tmp_path / "index.html").as_uri())
    seen = Opened(page)
    workers: list[object] = []
    page.on("worker", lambda worker: workers.append(worker))
    seen.panel.get_by_label("Pages in the balloon").focus()
    seen.slide(5)
    expect(seen.part("status")).to_contain_text("This page was opened as a file")
    assert not workers
