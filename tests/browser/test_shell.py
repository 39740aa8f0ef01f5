"""What stands around the text: icons, colours, the search, large text, the policy, 404.html."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.driver import Watch, new_page
from tests.conftest import OpenPage
from tools import get_chromium
from tools.build_book import pages
from tools.paths import SITE
from tools.shell import POLICY

FIRST = "book/index.html"
SHAPES = ["book/index.html", "book/report.html", "book/glossary.html", "book/reference.html"]
"""Pages of different make: panels and a game, prose, definitions, signatures."""

# Whether each icon that is seen has a picture: what is drawn of its character differs from what the
# same font draws of a character that it does not have.
DRAWN = """async () => {
    await document.fonts.ready;
    const ink = (font, character) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 60, height: 60 });
        const pen = canvas.getContext("2d", { willReadFrequently: true });
        pen.font = font.replace(/\\d+(\\.\\d+)?px/, "30px");
        pen.fillText(character, 10, 40);
        return canvas.toDataURL();
    };
    const icons = [...document.querySelectorAll("[class*='fa-']")];
    return icons.filter((icon) => icon.checkVisibility()).map((icon) => {
        const { content, fontFamily, fontWeight } = getComputedStyle(icon, "::before");
        const font = `${fontWeight} 30px ${fontFamily}`;
        const there = /^"."/.test(content) && ink(font, content[1]) !== ink(font, "\\uf8fe");
        return [icon.className, there];
    });
}"""

LUMINANCE = """const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map((c) => c / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};"""

# In the way of `localStorage`, as where a reader refuses it.
REFUSED = """for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { configurable: true, get() {
        throw new DOMException("refused", "SecurityError");
    }});
}"""


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_icon_that_is_seen_is_drawn(read_page: OpenPage, phone: bool) -> None:
    page = read_page(FIRST, phone=phone)
    icons = page.evaluate(DRAWN)
    assert len(icons) >= 5
    assert [name for name, drawn in icons if not drawn] == []


def test_the_icons_of_menus_are_drawn(read_page: OpenPage) -> None:
    page = read_page("book/report.html")
    for name in ("Launch interactive content", "Source repositories", "Download this page"):
        page.get_by_role("button", name=name).hover()
        assert all(drawn for _, drawn in page.evaluate(DRAWN))


def test_printing_and_the_full_screen_are_asked_for(open_page: OpenPage) -> None:
    page = open_page(FIRST)
    page.evaluate("window.asked = []; window.print = () => asked.push('print'); void 0")
    page.evaluate("window.toggleFullScreen = () => asked.push('fullscreen'); void 0")
    page.get_by_role("button", name="Download this page").hover()
    page.locator("[data-do=print]").click()
    page.locator("[data-do=fullscreen]").click()
    assert page.evaluate("asked") == ["print", "fullscreen"]


WAYS = {"slides": {"book/report": "slides/report.html"}, "notebooks": {"book/offload": "lite/x"}}


@pytest.mark.parametrize(
    ("page", "ways", "added"),
    [
        ("report", {}, []),
        ("report", WAYS, [("Slides of this page", "slides/report.html")]),
        ("offload", WAYS, [("Jupyter in this browser", "lite/x")]),
    ],
)
def test_the_launch_button_leads_to_slides_and_notebooks_where_a_site_has_them(
    open_page: OpenPage,
    site_url: str,
    page: str,
    ways: dict[str, dict[str, str]],
    added: list[tuple[str, str]],
) -> None:
    shown = open_page(f"book/{page}.html")
    shown.route("**/ways.json", lambda route: route.fulfill(json=ways))
    with shown.expect_response("**/ways.json"):
        shown.get_by_role("button", name="Launch interactive content").focus()
    shown.get_by_role("button", name="Launch interactive content").click()
    links = shown.locator(".dropdown-launch-buttons a")
    expect(links).to_have_text(["Binder", *(words for words, _ in added)])
    found = links.evaluate_all("(all) => all.slice(1).map((one) => one.href)")
    assert found == [f"{site_url}{path}" for _, path in added]


def test_answers_fold_out(read_page: OpenPage) -> None:
    answer = read_page("book/report.html").locator(".admonition.dropdown").first
    expect(answer.locator("p").last).not_to_be_visible()
    answer.locator(".admonition-title").click()
    expect(answer.locator("p").last).to_be_visible()


def text_fits(page: Page, width: int) -> None:
    """No line is wider than the window, and a paragraph is as wide as it can be."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("scrollTo(500, 0)")
    assert page.evaluate("scrollX") == 0
    prose = page.locator("article section > p, article dd").first
    box = prose.bounding_box()
    assert box is not None
    assert box["width"] >= min(0.6 * width, 480)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", SHAPES)
def test_text_of_twice_the_size_fits(
    browser: Browser, site_url: str, path: str, width: int
) -> None:
    page = new_page(browser)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(site_url + path)
    page.add_style_tag(content="html { font-size: 200% !important; }")
    text_fits(page, width)
    page.context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_browser_set_to_large_text_has_fewer_columns(
    browser: Browser, site_url: str, width: int
) -> None:
    """The reader's own setting, which widths in letters follow; a style of the page does not."""
    program = get_chromium.find()
    assert program is not None
    large = browser.browser_type.launch(
        executable_path=program, args=["--disable-gpu", "--blink-settings=defaultFontSize=32"]
    )
    page = large.new_page(viewport={"width": width, "height": 900})
    page.goto(site_url + SHAPES[1])
    text_fits(page, width)
    assert not page.locator("#pst-primary-sidebar").is_visible()
    page.get_by_role("button", name="Toggle primary sidebar").click()
    expect(page.get_by_role("link", name="Glossary").first).to_be_visible()
    large.close()


@pytest.mark.parametrize("path", [*(f"{name}.html" for name in pages()), "search.html"])
def test_the_smallest_phone_does_not_scroll_sideways(look_at: OpenPage, path: str) -> None:
    page = look_at(path, phone=True)
    page.set_viewport_size({"width": 320, "height": 640})
    try:
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    finally:
        page.set_viewport_size({"width": 390, "height": 844})


def test_nothing_floats_over_the_text_of_a_phone(read_page: OpenPage) -> None:
    page = read_page("book/report.html", phone=True)
    page.evaluate("scrollTo(0, 2000)")
    page.evaluate("scrollTo(0, 1500)")  # the theme's button comes when one scrolls up
    page.wait_for_timeout(300)
    floating = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((e) =>
            ["fixed", "sticky"].includes(getComputedStyle(e).position) && e.checkVisibility(
                { visibilityProperty: true }) && e.getBoundingClientRect().height > 0
                && !e.closest("dialog, .skip-link, .bd-sidebar, .oom-box, article")
        ).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert floating == []
    expect(page.get_by_role("link", name="Back to the top")).to_be_attached()


def test_the_colour_mode_can_be_switched_where_storage_is_refused(
    browser: Browser, site_url: str, watch: Watch
) -> None:
    page = new_page(browser)
    watch.over(page.context)
    page.add_init_script(REFUSED)
    page.goto(site_url + FIRST)
    seen = []
    for mode in ("Dark", "Light", "System Settings"):
        page.locator(".theme-switch-button").click()
        page.get_by_role("button", name=mode, exact=True).click()
        seen.append(page.evaluate("document.documentElement.dataset.theme"))
        expect(page.get_by_role("button", name=f"Color mode: {mode}", exact=True)).to_be_visible()
    assert seen == ["dark", "light", "light"]
    page.context.close()


def test_a_dark_page_is_dark_from_its_first_picture_on(open_page: OpenPage, watch: Watch) -> None:
    page = open_page(FIRST, dark=True)
    page.route("**/shell.js*", lambda route: route.abort())
    page.reload(wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    watch.errors.clear()  # of the script that was refused


def test_without_javascript_links_and_code_have_their_colours(read_page: OpenPage) -> None:
    plain, alive = (
        {
            what: page.locator(f"article {what}").first.evaluate("e => getComputedStyle(e).color")
            for what in ("section a.reference", "code.literal", ".highlight .k, .highlight .kn")
        }
        for page in (
            read_page("book/how-it-works.html", javascript=False),
            read_page("book/how-it-works.html"),
        )
    )
    assert plain == alive
    assert len(set(plain.values())) == 3


@pytest.mark.parametrize("word", ["balloon", "worker"])
def test_an_excerpt_of_the_search_is_prose(open_page: OpenPage, word: str) -> None:
    page = open_page(f"search.html?q={word}")
    expect(page.locator("#search-results p.context").nth(4)).to_be_visible()
    page.wait_for_load_state("networkidle")
    for text in page.locator("#search-results p.context").all_inner_texts():
        assert not re.search(r"Controls|This page shows one stored|Before you look|[{}]|\\u", text)
        assert len(text) <= 300


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_word_that_was_searched_for_can_be_read(open_page: OpenPage, dark: bool) -> None:
    page = open_page("search.html?q=balloon", dark=dark)
    marks = page.locator("span.highlighted")
    expect(marks.nth(3)).to_be_visible()
    ratio = marks.first.evaluate(
        f"""(e) => {{ {LUMINANCE}
            const {{ color, backgroundColor }} = getComputedStyle(e);
            const [a, b] = [color, backgroundColor].map(luminance).sort((a, b) => a - b);
            return (b + 0.05) / (a + 0.05);
        }}"""
    )
    assert ratio >= 4.5


@pytest.mark.parametrize("path", ["nothing.html", "oomlab/a/b/nothing.html"])
def test_a_missing_page_leads_on_from_any_depth(
    open_page: OpenPage, watch: Watch, tmp_path: Path, serve: Callable[[Path], str], path: str
) -> None:
    prefix = "oomlab/" if path.startswith("oomlab/") else ""
    if prefix:
        (tmp_path / "oomlab").symlink_to(SITE)
    address = serve(tmp_path if prefix else SITE)
    missing = (SITE / "404.html").read_text(encoding="utf-8")
    page = open_page(f"{address}{prefix}{FIRST}")

    def answer(route: Route) -> None:
        route.fulfill(status=404, content_type="text/html", body=missing)

    page.route(f"{address}{path}", answer)
    page.goto(address + path)
    link = page.get_by_role("link", name="Glossary", exact=True)
    expect(link).to_have_attribute("href", f"{address}{prefix}book/glossary.html")
    page.get_by_label("Search the book").fill("balloon")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(f"{address}{prefix}search.html?q=balloon")
    expect(page.locator("#search-results li").first).to_be_visible()
    page.wait_for_load_state("networkidle")  # excerpts are fetched while the server still is there
    watch.errors[:] = [e for e in watch.errors if "404" not in e]  # its own, and of its looking


def test_no_page_needs_more_than_its_policy_allows(read_page: OpenPage) -> None:
    """A violation is an error in the console, for which `watch` fails. What is hidden until it
    is asked for is opened on each page."""
    for name in pages():
        page = read_page(f"{name}.html")
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        page.locator(".oom-panel .oom-skip").evaluate_all("(all) => all.forEach((b) => b.click())")


def test_the_engine_works_under_the_policy_sent_for_its_worker_too(open_page: OpenPage) -> None:
    """A policy in a page does not bind a worker; one that a server sends with every file does."""
    sent: set[str] = set()

    def answer(route: Route) -> None:
        found = route.fetch()
        sent.add(route.request.url.rpartition("/")[2].partition("?")[0])
        route.fulfill(response=found, headers={**found.headers, "content-security-policy": POLICY})

    page = open_page(
        "search.html", shared=False
    )  # what a shared worker asks for cannot be answered
    page.context.route("**/*", answer)
    page.goto(page.url.replace("search.html", "book/read-your-own-log.html"))
    page.get_by_label("Paste a kernel log").fill("[1.0] demo invoked oom-killer: gfp_mask=0x0")
    page.get_by_role("button", name="Read it").click()
    computed = re.compile("computed")
    expect(page.locator(".oom-log")).to_have_attribute("data-state", computed, timeout=90_000)
    assert {"read-your-own-log.html", "worker.js", "pyodide.asm.wasm.gz"} <= sent
    page.context.unroute_all(behavior="wait")


def test_a_script_inside_a_page_does_not_run(open_page: OpenPage, watch: Watch) -> None:
    page = open_page(FIRST)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.hurt = 1";
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.hurt") is None
    assert any("Content Security Policy" in error for error in watch.errors)
    watch.errors.clear()


def test_the_text_does_not_move_when_the_contents_of_its_page_come(read_page: OpenPage) -> None:
    page = read_page(SHAPES[1])
    where = "document.querySelector('article h1').getBoundingClientRect().left"
    before = page.evaluate(where)
    page.evaluate("document.querySelector('#pst-secondary-sidebar').remove()")
    assert page.evaluate(where) == before


def edges(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        """() => [...document.querySelectorAll("article :is(section > p, .oom-box)")].filter((e) =>
            !e.parentElement.closest(".oom-box, .admonition, li, td, dd") && e.checkVisibility()
        ).map((e) => ({ right: Math.round(e.getBoundingClientRect().right), what: e.className }))"""
    )
    return found


@pytest.mark.parametrize("path", ["book/index.html", "book/report.html", "book/five-seconds.html"])
def test_prose_and_panels_end_at_one_edge(read_page: OpenPage, path: str) -> None:
    assert len({each["right"] for each in edges(read_page(path))}) == 1
