"""What the hand moves in a picture moves the control of the panel, and the other way round."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from oomlab.views import FLIPS
from oomlab.widgets import Choice, Panel, Slider
from tests.widgets.opened import OpenPanel


def mask() -> Panel:
    flips = {"none": "none", **{flag: flag for flag in FLIPS[:4]}}
    fixed = {"mask": "GFP_KERNEL"}
    return Panel(
        "oomlab.views.masks:exits", [Choice("flip", "Flip", flips)], fixed=fixed, title="Exits"
    )


def marks() -> Panel:
    stored = list(range(0, 449, 64))
    slider = Slider("free", "Free pages", 0, 448, 64, stored=stored, unit="pages", start=192)
    return Panel("oomlab.views.slow_path:marks", [slider], fixed={"kernel": 4.13}, title="Marks")


@pytest.mark.parametrize("phone", [False, True])
def test_a_bit_is_pressed_in_the_picture(
    open_panel: OpenPanel, violations: Callable[[Page], list[str]], phone: bool
) -> None:
    seen = open_panel(mask(), phone=phone)
    bit = seen.panel.get_by_role("button", name="Bit 7, __GFP_FS", exact=True)
    expect(bit).to_have_count(1)  # that of the layout which is shown
    expect(bit).to_have_attribute("aria-pressed", "true")
    box = bit.bounding_box()
    assert box and min(box["width"], box["height"]) >= 24
    bit.click()
    expect(bit).to_have_attribute("aria-pressed", "false")
    chosen = "(panel) => panel.querySelector('select').selectedOptions[0].text"
    assert seen.panel.evaluate(chosen) == "__GFP_FS"
    assert "without __GFP_FS" in seen.part("sentence").inner_text()
    expect(bit).to_be_focused()  # of the picture that has come
    seen.page.keyboard.press("Space")
    expect(bit).to_have_attribute("aria-pressed", "true")
    assert seen.panel.evaluate(chosen) == "none"
    assert violations(seen.page) == []


def test_a_bit_without_a_value_of_its_own_cannot_be_pressed(open_panel: OpenPanel) -> None:
    seen = open_panel(mask())
    names = seen.panel.locator(".oom-broad .oom-hand:visible").evaluate_all(
        "all => all.map((one) => one.getAttribute('aria-label').split(', ')[1])"
    )
    assert sorted(names) == sorted(FLIPS[:4])


def test_the_line_of_free_pages_is_dragged_and_moved_by_keys(
    open_panel: OpenPanel, violations: Callable[[Page], list[str]]
) -> None:
    seen = open_panel(marks())
    line = seen.panel.locator(".oom-broad .oom-hand")
    field = seen.panel.locator("input[name=free]")
    expect(line).to_have_attribute("aria-valuenow", "192")
    expect(line).to_have_attribute("aria-valuetext", "192 pages")
    box = line.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    met = []
    for step in range(1, 11):
        seen.page.mouse.move(x + 12 * step, y)
        met.append(int(field.input_value()))
        assert seen.part("sentence").inner_text().startswith(f"{met[-1]} pages")
    seen.page.mouse.up()
    assert met == sorted(met)
    assert len(set(met)) >= 3
    seen.page.mouse.move(x, y)
    expect(field).to_have_value(str(met[-1]))  # it was let go
    expect(line).to_be_focused()
    seen.page.keyboard.press("Home")
    expect(field).to_have_value("0")
    seen.page.keyboard.press("ArrowRight")
    expect(field).to_have_value("64")
    expect(line).to_have_attribute("aria-valuenow", "64")
    expect(line).to_be_focused()
    field.fill("448")
    expect(line).to_have_attribute("aria-valuenow", "448")
    assert violations(seen.page) == []


def test_without_a_script_a_picture_is_a_picture(open_panel: OpenPanel) -> None:
    seen = open_panel(mask(), javascript=False)
    expect(seen.panel.locator(".oom-hand:visible")).to_have_count(0)
    expect(seen.panel.locator(".oom-broad svg")).to_be_visible()
