"""The stage: what the page shows for a moment is what Python draws for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from oomlab import explore, play, run
from oomlab.figures.stage import draw_stage
from oomlab.views import Scalar
from oomlab.widgets import Panel
from tests.widgets.opened import OpenPanel

LOOK = """(root) => {
    const all = (what, see) => [...root.querySelectorAll(what)].map(see);
    const has = (element, ...names) => names.map((name) => element.hasAttribute(`data-${name}`));
    return {
        edges: all(".oom-m-edge", (e) => [
            e.dataset.edge, ...has(e, "on", "closed"), has(e, "on")[0] ? e.dataset.kind : "",
        ]),
        tasks: all(".oom-m-who", (e) => [e.dataset.thing, e.dataset.state, ...has(e, "closed")]),
        things: all(".oom-m-what", (e) => [e.dataset.thing, ...has(e, "closed")]),
        tokens: all(".oom-m-token", (e) => [e.dataset.hold, ...has(e, "on"), e.style.transform]),
        tank: all(".oom-m-level [data-pool]", (e) => [e.style.left, e.style.width]),
        pages: all("[data-pages]", (e) => e.textContent),
        lines: all(".oom-m-list", (e) => [
            e.hidden, [...e.querySelectorAll("li")].findIndex((li) => has(li, "now")[0]),
        ]),
        paths: all(".oom-m-path", (e) => e.textContent),
        moved: all(".oom-m-prog", (e) => has(e, "moved")),
        unlisted: all(".oom-m-none", (e) => e.hidden),
        cursor: all(".oom-m-cursor, .oom-m-veil", (e) => e.style.left),
        said: all(".oom-m-when, .oom-m-sentence", (e) => e.textContent),
    };
}"""
GO = """([panel, number]) => {
    const slider = panel.querySelector(".oom-m-slider input");
    slider.value = number;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""

FOUND = explore("h1-two-task-cycle")
SCHEDULE = FOUND.replay.rsplit("/", 1)[1]
DECIDED = FOUND.point_of_no_return or 0


def schedule() -> tuple[Panel, Callable[[int], str]]:
    fixed: dict[str, Scalar] = {
        "scenario": "h1-two-task-cycle",
        "remedy": "mainline",
        "schedule": SCHEDULE,
        "decided": DECIDED,
    }
    trace = play("h1-two-task-cycle", "mainline", {}, SCHEDULE)
    panel = Panel("oomlab.views.stage:schedule", [], fixed=fixed, title="Steps")
    return panel, lambda at: draw_stage(trace, at=at, decided_at=DECIDED).html


def timed(remedy: str, **given: int) -> tuple[Panel, Callable[[int], str]]:
    fixed: dict[str, Scalar] = {"scenario": "h2-three-task-poll", "remedy": remedy, **given}
    trace = run("h2-three-task-poll", remedy, given)
    panel = Panel("oomlab.views.stage:timed", [], fixed=fixed, title="Seconds")
    return panel, lambda at: draw_stage(trace, at=at).html


@pytest.mark.parametrize(
    "made", [schedule, lambda: timed("mainline"), lambda: timed("offload")], ids=["s", "m", "o"]
)
def test_each_moment_is_drawn_in_the_page_as_python_draws_it(
    made: Callable[[], tuple[Panel, Callable[[int], str]]], open_panel: OpenPanel
) -> None:
    panel, drawn = made()
    seen = open_panel(panel)
    expect(seen.panel).to_have_attribute("data-ready", "")
    here = seen.panel.element_handle()
    last = int(seen.panel.locator(".oom-m-slider input").get_attribute("max") or "")
    assert last > 5
    for number in [*range(last + 1), 0]:
        seen.page.evaluate(GO, [here, number])
        html = drawn(number)
        look = "(html) => { const box = document.createElement('div'); box.innerHTML = html;"
        look += f" return ({LOOK})(box); }}"
        there: dict[str, Any] = seen.page.evaluate(look, html)
        shown: dict[str, Any] = seen.page.evaluate(LOOK, here)
        assert shown == there, f"moment {number}"


def test_the_cursor_goes_by_hand_by_button_and_by_digit(open_panel: OpenPanel) -> None:
    panel, _ = schedule()
    seen = open_panel(panel)
    told = seen.panel.locator(".oom-m-slider output")
    expect(told).to_have_text("0 of 14")
    seen.panel.get_by_role("button", name="One step forward").click()
    expect(told).to_have_text("1 of 14")
    seen.page.keyboard.press("1")  # the next step of the first lane, fs_task
    expect(told).to_have_text("5 of 14")
    seen.page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("4 of 14")
    seen.panel.get_by_role("button", name="Next that matters").click()
    expect(told).to_have_text("5 of 14")
    lanes = seen.panel.locator(".oom-m-lanes")
    lanes.scroll_into_view_if_needed()
    box = lanes.bounding_box()
    assert box
    seen.page.mouse.move(box["x"] + 2, box["y"] + box["height"] - 4)
    seen.page.mouse.down()
    expect(told).to_have_text("0 of 14")
    seen.page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] - 4, steps=5)
    expect(told).to_have_text("14 of 14")
    seen.page.mouse.up()
    expect(seen.panel.locator(".oom-m-edge[data-closed]")).to_have_count(4)
    back = seen.panel.get_by_role("button", name="To the end")
    expect(back).to_have_attribute("aria-disabled", "true")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_stage_fits_and_its_letters_can_be_read(open_panel: OpenPanel, width: int) -> None:
    panel, _ = timed("offload", fault_tasks=2, nofs_tasks=2)
    seen = open_panel(panel)
    seen.page.set_viewport_size({"width": width, "height": 720})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    small = seen.panel.evaluate(
        """(panel) => [...panel.querySelectorAll(".oom-machine *")].filter((element) => {
            const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || !element.getClientRects().length || element.closest("script")) return false;
            const size = parseFloat(getComputedStyle(element).fontSize);
            const svg = element.closest("svg");
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return size * scale < 12.8;
        }).map((element) => element.outerHTML.slice(0, 80))"""
    )
    assert not small
    box = seen.panel.locator(".oom-machine").bounding_box()
    assert box and (width < 1280 or box["height"] <= 720), "all of it is to be seen at once"
