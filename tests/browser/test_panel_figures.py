"""Panels as figures: links to them, what a link says, and a panel that fills the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from oomlab.widgets import Panel, Prediction
from tests.browser.driver import Watch
from tests.widgets.demo import BAR, FAST, PAGES
from tests.widgets.opened import Opened, OpenPanel, demo

GUESS = Prediction("What will a fast host do?", ["Draw more", "Draw less"], right=0)
ADDRESS = "(() => location.search + location.hash)()"
MOVE_AND_RELOAD = """(values) => {
    const slider = document.querySelector(".oom-panel [type=range]");
    for (const value of values) {
        slider.value = value;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
    }
    location.reload();
}"""


def stage() -> Panel:
    fixed = {"scenario": "h2-three-task-poll", "remedy": "mainline"}
    return Panel("oomlab.views.stage:timed", [], fixed=fixed, title="Three tasks")


def follow(seen: Opened, link: str) -> None:
    """Opens a link anew, as from a message."""
    base = seen.page.url.partition("?")[0].partition("#")[0]
    seen.page.goto("about:blank")
    seen.page.goto(base + link, wait_until="load")
    expect(seen.panel).to_have_attribute("data-ready", "")


def in_a_section(page: Page) -> None:
    """Loads the page again, with all that is in it in one section, as a chapter has them."""

    def answer(route: Route) -> None:
        html = route.fetch().text().replace("<h1>", "<section><h1>")
        html = html.replace("</main>", "</section></main>")
        route.fulfill(body=html, content_type="text/html")

    page.route("**/index.html", answer)
    page.route("**/index.html?*", answer)
    page.reload()


def test_panels_are_figures_with_a_number_and_a_name(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(), demo(title="Another: “bar” & more"), demo(), demo(title=""))
    figures = seen.page.get_by_role("figure")
    expect(figures.nth(0)).to_have_accessible_name("Figure 1. A bar")
    assert [figure.get_attribute("id") for figure in figures.all()] == [
        "fig-a-bar",
        "fig-another-bar-more",
        "fig-a-bar-2",
        "fig-bar",
    ]
    expect(figures.nth(3)).to_have_accessible_name("Figure 4. Interactive picture")


def test_a_copied_link_shows_what_was_seen(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(title="First"), demo(prediction=GUESS))
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    second = seen.page.locator("#fig-a-bar")
    second.get_by_role("button", name="Skip the prediction").click()
    second.get_by_label("Pages in the balloon").fill("8")
    second.get_by_label("Remedy").select_option("Offload")
    second.get_by_label("Strong").check()
    second.get_by_label("Fast host").check()
    second.get_by_role("button", name="Copy a link").click()
    expect(second.locator(".oom-note-of-link")).to_have_text("The link is copied.")
    link = seen.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("?v=pages:8,remedy:offload,colour:1,fast:true#fig-a-bar")
    seen.page.goto("about:blank")
    seen.page.goto(link)
    expect(second.locator(".oom-sentence")).to_contain_text("8 pages, offload, fast!")
    expect(second.get_by_label("Strong")).to_be_checked()
    expect(second).to_be_in_viewport(ratio=0.5)
    expect(seen.page.locator("#fig-first .oom-sentence")).to_contain_text("2 pages, none, slow!")


def test_the_address_follows_the_reader_and_outlives_a_reload(open_panel: OpenPanel) -> None:
    seen = open_panel(demo())
    assert seen.page.evaluate(ADDRESS) == ""
    seen.slide(4)
    seen.page.wait_for_function(f"{ADDRESS} !== ''")
    wanted = "?v=pages:4,remedy:none,colour:0,fast:false#fig-a-bar"
    assert seen.page.evaluate(ADDRESS) == wanted
    seen.page.reload()
    seen.shows("There are 4 pages", "stored result")
    with seen.page.expect_navigation():
        seen.page.evaluate(MOVE_AND_RELOAD, [6, 2, 8])  # the later ones come right after the first
    seen.shows("There are 8 pages", "stored result")


def test_a_panel_whose_question_is_open_is_linked_without_its_answer(
    open_panel: OpenPanel,
) -> None:
    seen = open_panel(demo(prediction=GUESS))
    seen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.panel.get_by_role("button", name="Copy a link").click()
    seen.page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('#'))")
    link = seen.page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/index.html#fig-a-bar")
    follow(seen, "#fig-a-bar")
    expect(seen.part("body")).to_be_hidden()


@pytest.mark.parametrize(
    ("said", "strange"),
    [
        ("pages:8,colour:9", "colour:9"),
        ("pages:8,nobody:1", "nobody:1"),
        ("pages:8,fast:maybe", "fast:maybe"),
        ("pages:8,remedy:%3Cimg%20src=x%20onerror=x()%3E", "remedy:<img src=x onerror=x()>"),
        ("pages:8,remedy:__proto__", "remedy:__proto__"),
        ("pages:8,constructor:1", "constructor:1"),
        ("pages:8,%E0%A4%A", "%E0%A4%A"),
    ],
)  # fmt: skip
def test_what_a_link_says_that_is_not_known_is_left_out_and_named(
    open_panel: OpenPanel, said: str, strange: str
) -> None:
    seen = open_panel(demo(prediction=GUESS))
    follow(seen, f"?v={said}#fig-a-bar")
    seen.shows("There are 8 pages, none, slow!", "stored result")
    expect(seen.part("note-of-link")).to_have_text(
        f"The link was followed, but for what is not known here: {strange}."
    )
    assert seen.page.locator("img").count() == 0


@pytest.mark.parametrize("value", ["11", "-1", "2.5", "1e1", "", "NaN", "8 "])
def test_a_number_between_or_beyond_the_positions_of_a_slider_is_left_out(
    open_panel: OpenPanel, value: str
) -> None:
    seen = open_panel(demo())
    follow(seen, f"?v=pages:{value}#fig-a-bar")
    seen.shows("There are 2 pages", "stored result")
    expect(seen.part("note-of-link")).to_contain_text("not known here: pages:")


def test_a_link_to_no_figure_changes_nothing(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS))
    for link in ("?v=pages:8#fig-gone", "?v=pages:8", "#fig=1&v=", "?v=#'\"[", "?at=3#%"):
        follow(seen, link)
        expect(seen.part("body")).to_be_hidden()


def test_a_link_leads_to_a_moment_of_a_stage(open_panel: OpenPanel) -> None:
    seen = open_panel(stage())
    told = seen.panel.locator(".oom-m-slider output")
    follow(seen, "?at=3#fig-three-tasks")
    expect(told).to_contain_text("3 of ")
    seen.panel.get_by_role("button", name="One step forward").click()
    seen.page.wait_for_function(f"{ADDRESS} === '?at=4#fig-three-tasks'")
    seen.page.reload()
    expect(told).to_contain_text("4 of ")
    for wrong in ("999", "-1", "x", "", "1e0"):
        follow(seen, f"?at={wrong}#fig-three-tasks")
        expect(seen.part("note-of-link")).to_have_text(
            "The link was followed, but not to its moment."
        )


def test_a_link_into_what_waits_for_an_answer_opens_it(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS), demo(title="Behind"))
    in_a_section(seen.page)
    behind = seen.page.locator("#fig-behind")
    sentence = behind.locator(".oom-sentence")
    expect(sentence).to_be_hidden()
    follow(seen, "#fig-behind")
    expect(sentence).to_be_visible()
    follow(seen, "?v=pages:8#fig-behind")
    expect(sentence).to_contain_text("There are 8 pages")
    expect(sentence).to_be_visible()


# -- full screen ----------------------------------------------------------------------------------

LETTERS = "(panel) => parseFloat(getComputedStyle(panel).fontSize)"


@pytest.mark.parametrize("browser_can", [True, False], ids=["by the browser", "as a cover"])
def test_a_panel_fills_the_screen_and_leaves_it(open_panel: OpenPanel, browser_can: bool) -> None:
    seen = open_panel(demo(), demo(title="Below"))
    page = seen.page
    if not browser_can:
        page.evaluate("delete Element.prototype.requestFullscreen")
    small = seen.panel.evaluate(LETTERS)
    button = seen.part("screen")
    button.click()
    expect(seen.panel).to_have_attribute("data-full", "")
    expect(button).to_have_accessible_name("Leave full screen")
    expect(button).to_be_focused()
    assert seen.panel.evaluate(LETTERS) > small * 1.15
    box = seen.panel.bounding_box()
    assert box and (box["x"], box["y"]) == (0, 0)
    assert box["width"] >= page.evaluate("document.documentElement.clientWidth")
    seen.slide(8)  # the controls stay
    seen.shows("There are 8 pages", "stored result")
    if not browser_can:
        assert page.locator("#fig-below").evaluate("(below) => below.inert")
        page.keyboard.press("Escape")
        assert not page.locator("#fig-below").evaluate("(below) => below.inert")
    else:
        page.evaluate("document.exitFullscreen()")  # what Escape does is the browser's own
    expect(seen.panel).not_to_have_attribute("data-full", "")
    expect(button).to_have_accessible_name("Full screen")
    assert seen.panel.evaluate(LETTERS) == small
    assert seen.panel.evaluate("(panel) => panel.contains(document.activeElement)")


# -- what was answered ----------------------------------------------------------------------------


def answer(seen: Opened, number: int, option: str) -> None:
    panel = seen.page.locator(".oom-panel").nth(number)
    panel.get_by_label(option).check()
    panel.get_by_role("button", name="Show me").click()


def bodies(page: Page) -> list[bool]:
    return [body.is_visible() for body in page.locator(".oom-body").all()]


def test_one_question_of_two_figures_has_two_answers(open_panel: OpenPanel) -> None:
    seen = open_panel(
        demo(prediction=GUESS), demo(prediction=GUESS), demo(title="B", prediction=GUESS)
    )
    answer(seen, 1, "Draw less")
    assert bodies(seen.page) == [False, True, False]
    seen.page.reload()
    expect(seen.page.locator(".oom-predicted").nth(1)).to_have_text("✗ Draw less")
    assert bodies(seen.page) == [False, True, False]


def test_two_tabs_keep_what_each_was_answered(open_panel: OpenPanel, watch: Watch) -> None:
    seen = open_panel(demo(prediction=GUESS), demo(title="B", prediction=GUESS))
    other = Opened(seen.page.context.new_page())
    other.page.goto(seen.page.url)
    answer(seen, 0, "Draw less")
    answer(other, 1, "Draw more")
    for page in (seen.page, other.page):
        page.reload()
        expect(page.locator(".oom-body").nth(1)).to_be_visible()
        assert bodies(page) == [True, True]


def test_where_nothing_more_can_be_kept_the_answer_is_shown(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS))
    seen.page.evaluate(
        """() => void (Storage.prototype.setItem = () => {
            throw new DOMException("full", "QuotaExceededError");
        })"""
    )
    answer(seen, 0, "Draw more")
    expect(seen.part("predicted")).to_have_text("✓ Draw more")
    expect(seen.part("body")).to_be_visible()


def test_the_text_behind_a_second_question_waits_for_that_one(open_panel: OpenPanel) -> None:
    seen = open_panel(demo(prediction=GUESS), demo(title="B", prediction=GUESS))
    in_a_section(seen.page)
    between, after = seen.page.get_by_text("Text between."), seen.page.locator("#after")
    expect(between).to_be_hidden()
    expect(after).to_be_hidden()
    answer(seen, 0, "Draw more")
    expect(between).to_be_visible()
    expect(after).to_be_hidden()
    answer(seen, 1, "Draw more")
    expect(after).to_be_visible()


def test_a_panel_is_named_by_its_view_where_it_has_no_title() -> None:
    assert 'data-fig="bar"' in demo(title="", controls=[PAGES, FAST]).html
    assert BAR.endswith(":bar")
