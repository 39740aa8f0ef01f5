"""The balloon by hand, on the front page: by mouse, by carrying, by keys, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import ElementHandle, Locator, Page, expect

from tests.conftest import OpenPage

PAGE = "book/index.html"


def balloon(read_page: OpenPage, **options: bool) -> Locator:
    found = read_page(PAGE, **options).locator(".oom-balloon")
    expect(found).to_have_attribute("data-ready", "")
    return found


def press(toy: Locator, what: str) -> None:
    toy.locator(f"[data-do={what}]").click()


def megabytes(toy: Locator) -> tuple[int, ...]:
    """What programs use, what is free, what is lent."""
    return tuple(
        int(toy.locator(f"[data-mb={name}]").inner_text()) for name in ("used", "free", "lent")
    )


def told(toy: Locator) -> str:
    return toy.locator(".oom-b-told").inner_text()


def test_pages_go_to_the_host_and_come_back(read_page: OpenPage) -> None:
    toy = balloon(read_page)
    assert megabytes(toy) == (48, 16, 0)
    toy.get_by_role("button", name="4 MB, free: lend them to the host").first.click()
    assert megabytes(toy) == (48, 12, 4)
    assert "the host can use them elsewhere" in told(toy)
    expect(toy.locator(".oom-b-host button")).to_have_count(1)
    expect(toy.locator(".oom-b-guest button")).to_have_count(3)
    toy.get_by_role("button", name="4 MB, lent to the host: get them back").click()
    assert megabytes(toy) == (48, 16, 0)
    toy.locator("[data-do=back]").click(force=True)  # it is not enabled, and says so
    assert megabytes(toy) == (48, 16, 0), "an empty balloon gives nothing"


def test_the_kernel_asks_the_balloon_before_it_kills(read_page: OpenPage) -> None:
    toy = balloon(read_page)
    for _ in range(4):
        press(toy, "lend")
    assert "What if a program needs some?" in told(toy)
    for used in (52, 56, 60, 64):
        press(toy, "ask")
        assert megabytes(toy) == (used, 0, 64 - used)
        assert "The kernel asked the balloon" in told(toy)
    press(toy, "ask")
    assert "kills the largest program, of 32 MB" in told(toy)
    for what in ("ask", "lend", "back"):
        expect(toy.locator(f"[data-do={what}]")).to_have_attribute("aria-disabled", "true")
    press(toy, "restart")
    assert megabytes(toy) == (48, 16, 0)


def test_what_is_free_is_taken_without_asking(read_page: OpenPage) -> None:
    toy = balloon(read_page)
    press(toy, "lend")
    press(toy, "ask")
    assert megabytes(toy) == (52, 8, 4)
    assert told(toy) == "A program took 4 MB of what was free."


def test_a_page_can_be_carried(read_page: OpenPage) -> None:
    toy = balloon(read_page)
    mouse = toy.page.mouse
    # The tile itself: "the first that is free" is another one when this has been lent.
    tile, host = toy.locator("[data-is=free]").first.element_handle(), toy.locator(".oom-b-host")

    def carry(one: ElementHandle, to: tuple[float, float]) -> None:
        one.wait_for_element_state("stable")
        box = one.bounding_box()
        assert box
        mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        mouse.down()
        mouse.move(*to, steps=4)
        mouse.up()

    there = host.bounding_box()
    assert there
    carry(tile, (there["x"] + 20, there["y"] + 20))
    assert megabytes(toy) == (48, 12, 4)
    carry(tile, (there["x"] + 30, there["y"] + 30))
    assert megabytes(toy) == (48, 12, 4), "let go where it was: it stays"
    tile.click()
    assert megabytes(toy)[2] in (0, 8), "and a press after that is one"


def test_the_keyboard_alone_is_enough_and_keeps_its_place(read_page: OpenPage) -> None:
    toy = balloon(read_page)
    tile = toy.locator("button[data-is=free]").last
    tile.focus()
    for key, lent in (("Enter", 4), ("Space", 0), ("Enter", 4)):
        toy.page.keyboard.press(key)
        assert megabytes(toy)[2] == lent
        focused = toy.page.evaluate("document.activeElement.className")
        assert focused == "oom-b-tile"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_is_accessible_and_fits_a_phone(
    read_page: OpenPage, violations: Callable[[Page], list[str]], dark: bool
) -> None:
    toy = balloon(read_page, phone=True, dark=dark)
    for _ in range(3):
        press(toy, "lend")
    paper = toy.evaluate("one => getComputedStyle(one).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 200) == dark
    assert violations(toy.page) == []
    assert toy.page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = toy.locator("button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.width, box.height])"
    )
    assert all(width >= 24 and height >= 32 for width, height in sizes), sizes


def test_nothing_glides_under_reduced_motion(read_page: OpenPage) -> None:
    toy = balloon(read_page, reduced_motion=True)
    press(toy, "lend")
    # The theme makes its own transitions last a hundredth of a millisecond then.
    moving = "one.getAnimations({ subtree: true })"
    longest = f"one => Math.max(0, ...{moving}.map((move) => move.effect.getTiming().duration))"
    assert toy.evaluate(longest) < 1


def test_without_javascript_the_picture_is_there(read_page: OpenPage) -> None:
    page = read_page(PAGE, javascript=False)
    toy = page.locator(".oom-balloon")
    expect(toy.locator(".oom-b-guest")).to_be_visible()
    expect(toy.locator("noscript p")).to_be_visible()
    expect(toy.locator("[data-do=lend]")).not_to_be_visible()
