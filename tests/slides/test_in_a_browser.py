"""A deck as a lecturer has it: keys, what moves, notes, a phone, paper."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import SETTLED, OpenPage
from tests.slides.conftest import OpenDeck
from tests.slides.test_decks import NAMES
from tools.slides.write import file_of

NOW = ".slides > section.present"
MARKS = "fig-which-request-still-gets-a-page"
STAGE = "fig-the-shortest-way-in"
SOONER = "It was decided sooner than you thought:"

# Goes through a deck, open questions and answered ones, and says what is wrong: text below the
# fold, what is cut without a word or a way to it, what is too wide.
LOOK_AT_ALL = """async () => {
    const drawn = async () => {
        for (let i = 0; i < 5; i++) await new Promise((done) => requestAnimationFrame(done));
    };
    const found = [];
    for (const slide of document.querySelectorAll(".slides > section")) {
        location.hash = `#/${slide.id}`;
        for (let i = 0; i < 200 && !slide.matches(".present"); i++) await drawn();
        for (const answered of [false, true]) {
            const skip = slide.querySelector(".oom-skip");
            if (answered && !skip?.checkVisibility()) continue;
            if (answered) skip.click();
            await drawn();
            const wrong = (what) => found.push([slide.id, answered, what].join(" "));
            const over = slide.scrollHeight - slide.clientHeight;
            const mayScroll = slide.matches(".deck-panel, .deck-table, .deck-code");
            const blocks = slide.querySelectorAll(":scope > :not(.deck-head, aside)").length;
            const size = Number(slide.style.getPropertyValue("--k"));
            if (size < 0.84 && blocks > 1 && !mayScroll) wrong(`drawn at ${size}: cut it sooner`);
            if (over > 1 && !mayScroll) wrong(`${over} px are below the fold`);
            if (over > 1 && slide.tabIndex !== 0) wrong("no key leads to what is below");
            const said = slide.matches("[data-more]");
            if (over - slide.scrollTop > 1 && !said) wrong("nothing says that more is below");
            if (slide.scrollWidth > slide.clientWidth + 1) wrong("it is too wide");
        }
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page is too wide");
    return found;
}"""


EACH_KIND = ("front", "five-seconds", "matrix", "offload", "workbench")
"""Decks with each kind of slide: the balloon and the game, figures and formulas, the map, stages
and listings, what readers write. All of them take minutes: OOMLAB_EVERY_DECK=1."""


@pytest.mark.parametrize("name", NAMES if os.environ.get("OOMLAB_EVERY_DECK") else EACH_KIND)
def test_what_does_not_fit_a_slide_says_so_and_can_be_reached(
    open_deck: OpenDeck, name: str
) -> None:
    page = open_deck(file_of(name).removesuffix(".html"), reduced_motion=True)
    assert page.evaluate(LOOK_AT_ALL) == []


def revealed(page: Page) -> None:
    page.locator(f"{NOW} .oom-skip").click()
    expect(page.locator(f"{NOW} .oom-body")).to_be_visible()


def number(page: Page) -> int:
    return int(page.locator(".deck-at").inner_text().split()[0])


def test_keys_turn_the_slides_and_a_control_has_its_own(open_deck: OpenDeck) -> None:
    page = open_deck("running-out", MARKS)
    first = number(page)
    place = page.locator(".deck-at")

    def pressed(key: str, then: int) -> None:
        page.keyboard.press(key)
        expect(place).to_have_text(f"{first + then} of {page.locator('main > section').count()}")

    pressed("ArrowRight", 1)
    pressed("PageUp", 0)
    revealed(page)
    slider = page.locator(f"{NOW} input[type=range]")
    expect(slider).to_be_focused()
    pressed("ArrowRight", 0)
    expect(slider).to_have_value("201")
    pressed("PageDown", 1)  # a presenter's key
    pressed("ArrowLeft", 0)
    slider.focus()
    pressed("Escape", 0)
    pressed("ArrowRight", 1)
    assert page.evaluate("document.activeElement === document.body")


def test_a_panel_answers_a_stored_value_and_one_that_the_engine_computes(
    open_deck: OpenDeck,
) -> None:
    page = open_deck("running-out", MARKS)
    revealed(page)
    panel = page.locator(f"{NOW} .oom-panel")
    slider = panel.locator("input[type=range]")
    for value, state, told in (("60", "stored", "60 pages"), ("61", "computed", "61 pages")):
        slider.fill(value)
        expect(panel).to_have_attribute("data-state", state, timeout=60_000)
        expect(panel.locator(".oom-sentence")).to_contain_text(told)
    expect(panel.locator(".oom-status")).to_have_text("computed now (in this page)")


def test_a_prediction_is_judged_and_the_answer_fits_the_screen(open_deck: OpenDeck) -> None:
    page = open_deck("report", STAGE)
    slide = page.locator(NOW)
    expect(slide.locator(".oom-body")).to_be_hidden()
    slide.get_by_role("slider", name="Moment").fill("14")
    slide.get_by_role("button", name="Show me").click()
    expect(slide.locator(".oom-judged")).to_have_text(SOONER)
    expect(slide.locator(".oom-body .oom-machine")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).length") >= 1  # and a reload knows it
    page.reload()
    expect(page.locator(f"{NOW} .oom-judged")).to_have_text(SOONER)


def test_the_stage_follows_the_pointer(open_deck: OpenDeck) -> None:
    page = open_deck("report", STAGE)
    revealed(page)
    lanes = page.locator(f"{NOW} .oom-body .oom-m-lanes")  # the question has lanes of its own
    lanes.scroll_into_view_if_needed()
    box = lanes.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] - 5
    page.mouse.move(box["x"] + 2, y)
    page.mouse.down()
    for share in (0.25, 0.5, 0.75):
        x = box["x"] + share * box["width"]
        page.mouse.move(x, y, steps=3)
        cursor = page.locator(f"{NOW} .oom-m-cursor").bounding_box()
        assert cursor is not None
        step = box["width"] / 14  # so many moments there are, and the nearest one is shown
        assert abs(cursor["x"] + cursor["width"] / 2 - x) <= step, share
    page.mouse.up()


def test_notes_stand_beside_the_slide_at_a_key(open_deck: OpenDeck) -> None:
    page = open_deck("report", STAGE)
    beside = page.locator(".speaker-notes")
    expect(beside).to_be_hidden()
    page.keyboard.press("m")
    expect(beside).to_contain_text("fs_task takes fs_lock")
    expect(page.locator(NOW)).to_be_visible()
    page.keyboard.press("m")
    expect(beside).to_be_hidden()


def test_the_speakers_window_follows_and_turns_the_slides(open_deck: OpenDeck) -> None:
    page = open_deck("report", STAGE)
    first = number(page)
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    window = opened.value
    now = window.locator("section[data-now]")
    expect(now).to_contain_text("fs_task takes fs_lock")
    expect(now.locator(".oom-panel")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(window.locator(".deck-at")).to_contain_text(f"{first + 1} of")
    window.keyboard.press("PageDown")
    expect(page.locator(".deck-at")).to_contain_text(f"{first + 2} of")
    expect(window.locator(".deck-at")).to_contain_text(f"{first + 2} of")
    window.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("name", "place"),
    [("report", ""), ("report", STAGE), ("running-out", "one-round-of-the-slow-path-part-4")],
)
def test_slides_can_be_read_by_everybody(
    open_deck: OpenDeck,
    violations: Callable[[Page], list[str]],
    dark: bool,
    name: str,
    place: str,
) -> None:
    page = open_deck(name, place, dark=dark, reduced_motion=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark" if dark else "light")
    expect(page.locator(f"{NOW} :is(h1, h2, h3, [role=heading])").first).to_be_visible()
    page.keyboard.press("m")
    assert violations(page) == []
    if place == STAGE:
        revealed(page)
        assert violations(page) == []


@pytest.mark.parametrize("still", [False, True], ids=["motion", "no-motion"])
def test_a_slide_is_seen_and_fades_only_for_those_who_like_it(
    open_deck: OpenDeck, still: bool
) -> None:
    page = open_deck("report", reduced_motion=still)
    for key in ("ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
        page.evaluate(SETTLED)
        for what in (NOW, ".deck-bar"):
            shown = page.locator(what).evaluate("e => e.checkVisibility({ opacityProperty: true })")
            assert shown, what  # to the theme's style, "fade" is a class of what is not there yet
    moves = page.locator(NOW).evaluate("e => getComputedStyle(e).transitionDuration")
    assert float(moves.removesuffix("s")) == pytest.approx(0 if still else 0.5, abs=0.001)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_phone_has_one_slide_below_the_other(
    open_page: OpenPage, decks_url: str, violations: Callable[[Page], list[str]], javascript: bool
) -> None:
    page = open_page(f"{decks_url}report.html", phone=True, javascript=javascript)
    slides = page.locator("main > section")
    for place in (0, 5, slides.count() - 1):
        expect(slides.nth(place)).to_be_visible()
    expect(page.locator(".deck.reveal")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".deck-bar button:visible")).to_have_count(0)
    if javascript:
        revealed_one = page.locator(f"#{STAGE}")
        revealed_one.locator(".oom-skip").click()
        expect(revealed_one.locator(".oom-body .oom-machine")).to_be_visible()
        assert violations(page) == []


def test_a_window_that_grows_has_slides_and_one_that_shrinks_has_not(open_deck: OpenDeck) -> None:
    page = open_deck("report")
    page.keyboard.press("ArrowRight")
    page.set_viewport_size({"width": 600, "height": 700})
    expect(page.locator(".deck.reveal")).to_have_count(0)
    expect(page.locator("main > section").last).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(page.locator(".deck.reveal.ready")).to_be_attached()
    expect(page.locator(".deck-at")).to_contain_text("2 of")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".deck-at")).to_contain_text("3 of")


def test_on_paper_every_slide_has_its_notes(open_deck: OpenDeck) -> None:
    page = open_deck("report")
    page.emulate_media(media="print")
    for what in ("main > section", "main aside.notes"):
        shown = page.locator(what)
        assert shown.count() > 5
        for place in (0, shown.count() - 1):
            expect(shown.nth(place)).to_be_visible()
    expect(page.locator(".deck-bar")).to_be_hidden()


def test_a_cell_of_the_map_opens_its_run_on_the_slide_that_has_it(open_deck: OpenDeck) -> None:
    page = open_deck("matrix", "hazards-and-remedies-part-3")
    page.locator(f"{NOW} .oom-heat td a").nth(3).click()
    expect(page.locator(f"{NOW} #fig-one-hazard-under-one-remedy")).to_be_visible()
    assert "cell=" in page.url


def test_decks_are_found_from_their_list_and_lead_back(open_page: OpenPage, decks_url: str) -> None:
    page = open_page(f"{decks_url}index.html")
    page.get_by_role("link", name="A request that cannot hang").click()
    expect(page).to_have_title("A request that cannot hang, slides — oomlab")
    page.get_by_role("link", name="The chapter", exact=True).click()
    expect(page).to_have_title("A request that cannot hang — oomlab")
