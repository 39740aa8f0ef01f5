"""Panels as they look: accessible in every state, light and dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from oomlab.widgets import Choice, Prediction, Slider
from tests.widgets.opened import Opened, OpenPanel, demo

ENGINE = {"engine": {"available": True, "bytes": 6_000_000}}
GUESS = Prediction("What will a fast host do?", ["Draw more", "Draw less"])


def predicting(seen: Opened) -> None:
    expect(seen.part("body")).to_be_hidden()


def at_first(seen: Opened) -> None:
    seen.panel.get_by_label("Draw more").check()
    seen.panel.get_by_role("button", name="Show me").click()
    seen.panel.get_by_text("The picture in words").click()
    seen.shows("There are 2 pages", "stored result")


def loading(seen: Opened) -> None:
    at_first(seen)
    seen.slide(6)  # never answered
    expect(seen.part("progress")).to_be_visible()


def refused(seen: Opened) -> None:
    at_first(seen)
    seen.slide(7)
    expect(seen.part("status")).to_contain_text("Seven pages")


def without_engine(seen: Opened) -> None:
    at_first(seen)
    seen.slide(1)
    expect(seen.part("nearest")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("state", [predicting, at_first, loading, refused, without_engine])
def test_no_accessibility_violation(
    open_panel: OpenPanel,
    violations: Callable[[Page], list[str]],
    state: Callable[[Opened], None],
    theme: str,
) -> None:
    seen = open_panel(demo(prediction=GUESS), demo(title="Another"), site=ENGINE)
    seen.page.evaluate("(theme) => (document.documentElement.dataset.theme = theme)", theme)
    state(seen)
    assert violations(seen.page) == []


def test_dark_pages_get_dark_panels(open_panel: OpenPanel) -> None:
    seen = open_panel(demo())
    colours = "(panel) => [getComputedStyle(panel).color, getComputedStyle(panel).backgroundColor]"
    light = ["rgb(27, 31, 36)", "rgb(255, 255, 255)"]
    dark = ["rgb(232, 234, 237)", "rgb(20, 24, 30)"]
    assert seen.panel.evaluate(colours) == light
    seen.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert seen.panel.evaluate(colours) == dark
    assert (
        seen.part("picture").locator("text").evaluate("(t) => getComputedStyle(t).fill") == dark[0]
    )
    seen.page.evaluate("document.documentElement.dataset.theme = 'light'")
    seen.page.evaluate("document.body.dataset.jpThemeLight = 'false'")  # as JupyterLab marks it
    assert seen.panel.evaluate(colours) == dark


@pytest.mark.parametrize("state", [predicting, loading, refused, without_engine])
def test_a_phone_does_not_scroll_sideways(
    open_panel: OpenPanel, state: Callable[[Opened], None]
) -> None:
    remedies = {name: f"{name}: a remedy with a rather long name, as they come" for name in "abcd"}
    controls = [
        Slider("pages", "Pages in the balloon", 0, 10, 1, stored=[2, 4, 8], unit="pages of 4 KiB"),
        Choice("remedy", "ALabelWithoutAnyPlaceToBreakItAtAllAsLongAsThis", remedies),
    ]
    panel = demo(controls=controls, prediction=GUESS)
    seen = open_panel(panel, demo(title="Another"), site=ENGINE, phone=True)
    state(seen)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_picture_too_wide_for_a_phone_scrolls_in_its_place_by_keyboard(
    open_panel: OpenPanel, violations: Callable[[Page], list[str]]
) -> None:
    seen = open_panel(demo(), phone=True)
    by_key = seen.panel.locator(".oom-picture:is([tabindex], :has([tabindex]))")
    assert by_key.count() == 0
    seen.page.add_style_tag(content=".oom-picture svg { min-width: 600px !important }")
    seen.slide(8)
    seen.shows("There are 8 pages", "stored result")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(seen.page) == []
    assert by_key.count() == 1
    scroller = seen.panel.locator(".oom-picture[tabindex], .oom-picture [tabindex]")
    scroller.focus()
    seen.page.keyboard.press("ArrowRight")
    seen.page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_nothing_is_animated_for_those_who_asked_for_rest(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS), site=ENGINE, reduced_motion=True)
    loading(seen)
    assert seen.page.evaluate("document.getAnimations().map((one) => one.animationName)") == []
