"""The buttons of a stepper, and its keys: each leads where its words say."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage

PAGE = "book/report.html"


def stepper(open_page: OpenPage, **options: bool) -> Locator:
    panel = open_page(PAGE, **options).locator(".oom-panel:has(.oom-stepper)").first
    expect(panel.locator(".oom-controls")).to_be_enabled()
    return panel


def step(panel: Locator) -> int:
    return int(panel.locator("input[type=range]").input_value())


def press(panel: Locator, name: str) -> int:
    panel.get_by_role("button", name=name, exact=True).click()
    return step(panel)


def test_each_button_leads_where_it_says(open_page: OpenPage) -> None:
    panel = stepper(open_page)
    assert step(panel) == 5
    assert press(panel, "To the start") == 0
    expect(panel.locator(".oom-sentence")).to_have_text("Nobody has moved yet.")
    assert press(panel, "One step forward") == 1
    expect(panel.locator(".oom-sentence")).to_contain_text("balloon_worker takes balloon_lock")
    assert press(panel, "One step forward") == 2
    assert press(panel, "One step back") == 1
    assert press(panel, "Next that matters") == 5
    assert press(panel, "Next step of fs_task") == 6
    assert press(panel, "To the end") == 14
    expect(panel.locator(".oom-sentence")).to_contain_text("The circle is closed")
    expect(panel.locator("output")).to_have_text("14 of 14")


def test_a_button_that_leads_nowhere_says_so_and_keeps_the_focus(open_page: OpenPage) -> None:
    panel = stepper(open_page)
    press(panel, "To the end")
    for name in ("One step forward", "To the end", "Next that matters", "Next step of fs_task"):
        button = panel.get_by_role("button", name=name, exact=True)
        expect(button).to_have_attribute("aria-disabled", "true")
    forward = panel.get_by_role("button", name="One step forward", exact=True)
    forward.focus()
    forward.press("Enter")
    assert step(panel) == 14
    expect(panel.get_by_role("button", name="One step forward", exact=True)).to_be_focused()
    expect(panel.get_by_role("button", name="To the start")).to_have_attribute(
        "aria-disabled", "false"
    )


def test_it_plays_to_the_end_and_any_other_move_stops_it(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    panel = page.locator(".oom-panel:has(.oom-stepper)").first
    expect(panel.locator(".oom-controls")).to_be_enabled()
    page.clock.install()
    press(panel, "To the start")
    panel.get_by_role("button", name="Play").click()
    expect(panel.get_by_role("button", name="Pause")).to_be_visible()
    expect(panel.locator(".oom-sentence")).to_have_attribute("aria-live", "off")
    page.clock.run_for(3_100)
    assert step(panel) == 2
    panel.locator("input[type=range]").press("ArrowRight")
    expect(panel.get_by_role("button", name="Play")).to_be_visible()
    expect(panel.locator(".oom-sentence")).to_have_attribute("aria-live", "polite")
    page.clock.run_for(10_000)
    assert step(panel) == 3
    panel.get_by_role("button", name="Play").click()
    page.clock.run_for(60_000)
    assert step(panel) == 14
    expect(panel.get_by_role("button", name="Play")).to_be_visible()


@pytest.mark.parametrize("way", ["leaves", "hides"])
def test_it_stops_when_the_reader_turns_away(open_page: OpenPage, way: str) -> None:
    page = open_page(PAGE)
    panel = page.locator(".oom-panel:has(.oom-stepper)").first
    expect(panel.locator(".oom-controls")).to_be_enabled()
    page.clock.install()
    press(panel, "To the start")
    press(panel, "Play")
    page.clock.run_for(1_600)
    assert step(panel) == 1
    if way == "leaves":
        page.evaluate("document.activeElement.blur()")
    else:
        page.evaluate(
            """Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"))"""
        )
    page.clock.run_for(10_000)
    assert step(panel) == 1
    expect(panel.get_by_role("button", name="Play")).to_be_visible()


def test_the_keyboard_alone_is_enough(open_page: OpenPage) -> None:
    panel = stepper(open_page)
    slider = panel.locator("input[type=range]")
    slider.focus()
    slider.press("End")
    assert step(panel) == 14
    slider.press("Home")
    assert step(panel) == 0
    slider.press("Tab")  # first, back, play, forward
    for _ in range(3):
        panel.locator(":focus").press("Tab")
    panel.locator(":focus").press("Enter")
    assert step(panel) == 1
