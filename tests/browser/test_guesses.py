"""Guesses that a reader draws: a moment on the axis, and a wait from a task to a lock."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from oomlab import explore, play, run
from oomlab.figures.stage.lanes import DECIDED
from oomlab.widgets import MomentPrediction, Panel, WaitPrediction
from tests.widgets.opened import OpenPanel

H1, H2 = "h1-two-task-cycle", "h2-three-task-poll"


def panels() -> list[Panel]:
    found = explore(H1)
    schedule = found.replay.rsplit("/", 1)[1]
    fixed = {"scenario": H1, "remedy": "mainline"}
    assert found.point_of_no_return is not None
    moment = MomentPrediction(
        "When?", play(H1, "mainline", {}, schedule), "So it is.", at=found.point_of_no_return
    )
    wait = WaitPrediction("Which wait?", run(H2, "mainline"), "So it is.")
    return [
        Panel("oomlab.views.stage:timed", [], fixed=fixed, title=title, prediction=asked)
        for title, asked in (("Moment", moment), ("Wait", wait))
    ]


def middle(node: Locator) -> tuple[float, float]:
    node.scroll_into_view_if_needed()
    box = node.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_moment_is_marked_by_key_and_by_hand_and_compared(
    open_panel: OpenPanel, violations: Callable[..., list[str]]
) -> None:
    seen = open_panel(*panels())
    page, panel = seen.page, seen.panel
    you, truth = (panel.locator(f"[data-of={of}]") for of in ("you", "truth"))
    slider = panel.get_by_role("slider", name="Moment")
    expect(truth).to_be_hidden()
    expect(panel.get_by_text(DECIDED).filter(visible=True)).to_have_count(0)
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^step 14: fs_task "))
    expect(panel.locator(".oom-guess-says")).to_contain_text("step 14: ")
    at_the_end = you.evaluate("(mark) => mark.style.left")
    lanes = panel.locator(".oom-m-lanes").first
    x, y = middle(lanes)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=3)
    page.mouse.up()
    assert you.evaluate("(mark) => mark.style.left") not in ("0%", at_the_end)
    assert violations(page) == []
    panel.get_by_role("button", name="Show me").click()
    expect(panel.locator(".oom-judged")).to_have_text("It was decided sooner than you thought:")
    expect(truth).to_be_visible()
    expect(panel.locator(".oom-right dd")).to_contain_text("✓ step 5: fs_task takes fs_lock")
    page.reload()
    expect(panel.locator(".oom-predicted")).to_contain_text("✗ step ")
    expect(truth).to_be_visible()
    panel.get_by_role("button", name="Answer again").click()
    expect(truth).to_be_hidden()
    expect(slider).to_be_focused()
    slider.fill("5")
    page.keyboard.press("Enter")
    expect(panel.locator(".oom-judged")).to_have_text("You had it.")


def test_a_wait_is_drawn_by_list_by_hand_and_by_touch_and_compared(
    open_panel: OpenPanel, violations: Callable[..., list[str]]
) -> None:
    seen = open_panel(*panels(), phone=True)
    page = seen.page
    panel = page.locator(".oom-panel").nth(1)
    who, what = (panel.get_by_label(name) for name in ("Who", "waits for"))
    shown = panel.locator("[data-kind=drawn][data-on]")
    show = panel.get_by_role("button", name="Show me")
    expect(shown).to_have_count(0)
    show.click()  # nothing is drawn yet
    who.select_option("balloon_worker")
    what.select_option("fs_lock")
    expect(shown).to_have_count(0)  # that wait is there already
    show.click()
    expect(panel.locator(".oom-compare")).to_be_hidden()
    page.touchscreen.tap(*middle(panel.locator(".oom-guess [data-who]").nth(0)))
    page.touchscreen.tap(*middle(panel.locator(".oom-guess [data-what]").nth(0)))
    expect(shown).to_have_attribute("data-edge", "d-0-0")
    start = panel.locator(".oom-guess [data-thing=fs_task]")
    end = panel.locator(".oom-guess [data-thing=balloon_lock]")
    page.mouse.move(*middle(start))
    page.mouse.down()
    page.mouse.move(*middle(end), steps=8)
    page.mouse.up()
    expect(who.locator("option:checked")).to_have_text("fs_task")
    expect(what.locator("option:checked")).to_have_text("balloon_lock")
    assert violations(page) == []
    show.click()
    expect(panel.locator(".oom-judged")).to_have_text("You thought otherwise:")
    expect(panel.locator(".oom-right dd")).to_have_text("✓ fs_task waits for oom_lock")
    expect(shown).to_have_count(2)
    expect(panel.locator("[data-truth]")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    draw_again(page, panel)


def draw_again(page: Page, panel: Locator) -> None:
    """Answers again, by keyboard alone."""
    panel.get_by_role("button", name="Answer again").click()
    expect(panel.locator("[data-truth]")).to_have_count(0)
    expect(panel.get_by_label("Who")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("oom")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.locator(".oom-predicted")).to_have_text("✓ fs_task waits for oom_lock")
    expect(panel.locator(".oom-judged")).to_have_text("You had it.")
