"""The book on paper: a panel is a figure, nothing is left to press, and one file holds it all."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from oomlab.figures.style import PALETTE
from tests.conftest import OpenPage
from tools import get_chromium, make_pdf
from tools.build_book import pages
from tools.make_pdf import one_document, print_pages
from tools.paths import ROOT

PATHS = [f"{name}.html" for name in pages()]
WITH_PANELS = [
    f"{name}.html"
    for name in pages()
    if "Panel(" in (ROOT / f"{name}.md").read_text(encoding="utf-8")
]


def printed(page: Page) -> Page:
    page.emulate_media(media="print")
    return page


@pytest.mark.parametrize("path", PATHS)
def test_paper_shows_the_text_alone(look_at: OpenPage, path: str) -> None:
    page = printed(look_at(path))
    assert len(shown(page, "article h1")) == 1
    around = ".bd-sidebar-primary, .bd-header-article, .prev-next-footer, .bd-footer-content"
    assert shown(page, f"{around}, .copybtn, details.above-input") == []
    panels_are_figures(page)
    answers = page.locator(".admonition.toggle p").count()
    assert len(shown(page, ".admonition.toggle p")) == answers
    assert len(shown(page, ".oom-game .oom-title")) == page.locator(".oom-game").count()
    assert shown(page, ".oom-game :is(button, select, summary)") == []


@pytest.mark.parametrize("path", WITH_PANELS)
def test_panels_are_figures_without_javascript_too(look_at: OpenPage, path: str) -> None:
    panels_are_figures(printed(look_at(path, javascript=False)))


def panels_are_figures(page: Page) -> None:
    """Title, sentence and picture are there, and nothing to press."""
    count = page.locator(".oom-panel").count()
    for part in (".oom-title", ".oom-sentence", ".oom-picture"):
        assert len(shown(page, f".oom-panel {part}")) == count, part
    pressed = "button, input, summary, progress, .oom-status, .oom-moves"
    assert shown(page, f".oom-panel :is({pressed})") == []


def shown(page: Page, selector: str) -> list[str]:
    """The elements that take up room on the page, each by the beginning of its markup."""
    found: list[str] = page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].filter((e) => {
            const box = e.getBoundingClientRect();
            return box.width > 1 && box.height > 1
                && e.checkVisibility({visibilityProperty: true});
        }).map((e) => e.outerHTML.slice(0, 90))""",
        selector,
    )
    return found


def test_the_question_is_printed_with_its_answers(read_page: OpenPage) -> None:
    panel = printed(read_page("book/index.html")).locator(".oom-panel").first
    expect(panel.get_by_text("Before you look:")).to_be_visible()
    expect(panel.get_by_text("Only the first.", exact=True)).to_be_visible()
    expect(panel.locator(".oom-picture svg").first).to_be_visible()


def test_the_settings_are_printed_in_words(read_page: OpenPage) -> None:
    panel = printed(read_page("book/index.html")).locator(".oom-panel").first
    expect(panel.get_by_text("Pages that become free after two seconds")).to_be_visible()
    expect(panel.get_by_text("one", exact=True)).to_be_visible()
    expect(panel.get_by_text("none", exact=True)).not_to_be_visible()


def test_what_folds_out_is_open_on_paper(read_page: OpenPage) -> None:
    page = read_page("book/claims.html")
    folded = "article details:not(.above-input, .oom-words) :is(table, li, p)"
    before = len(shown(page, folded))
    assert len(shown(printed(page), folded)) > before


def test_a_dark_page_is_printed_in_light_colours(read_page: OpenPage) -> None:
    page = printed(read_page("book/report.html", dark=True))
    bar = page.locator(".oom-machine").first
    assert bar.evaluate("e => getComputedStyle(e).color") == rgb(PALETTE["ink"].light)
    text = page.locator("section > p:not([class])").first.evaluate("e => getComputedStyle(e).color")
    assert text == rgb("#1b1f24")
    ground = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


# Each text outside pictures whose colour is too near to its ground, or whose ground is not light.
UNREADABLE = """() => {
    const luminance = (colour) => {
        const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
        const [x, y, z] = [r, g, b].map((c) => c / 255)
            .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
        return a === 0 ? null : 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (e) => {
        for (let at = e; at; at = at.parentElement) {
            const found = luminance(getComputedStyle(at).backgroundColor);
            if (found !== null) return found;
        }
        return 1;
    };
    const walk = document.createTreeWalker(document.querySelector("article"), NodeFilter.SHOW_TEXT);
    const bad = new Set();
    while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim()) continue;
        if (e.closest("svg, .oom-machine, .oom-chip, script")) continue;
        if (!e.checkVisibility({ visibilityProperty: true })) continue;
        const [ink, paper] = [luminance(getComputedStyle(e).color), ground(e)];
        if (paper < 0.75 || (paper + 0.05) / (ink + 0.05) < 4.5) bad.add(e.outerHTML.slice(0, 90));
    }
    return [...bad];
}"""


@pytest.mark.parametrize("path", ["book/report.html", "book/matrix.html", "book/claims.html"])
def test_all_of_a_dark_page_is_dark_on_white_when_printed(read_page: OpenPage, path: str) -> None:
    page = printed(read_page(path, dark=True))
    assert page.evaluate(UNREADABLE) == []
    root = "(e) => [getComputedStyle(e).backgroundColor, getComputedStyle(e).colorScheme]"
    assert page.locator("html").evaluate(root) == ["rgb(255, 255, 255)", "light"]


def test_a_panel_may_go_on_overleaf_but_not_within_a_picture(read_page: OpenPage) -> None:
    page = printed(read_page("book/report.html"))
    breaks = "(all) => [...new Set(all.map((e) => getComputedStyle(e).breakInside))]"
    for whole in (".oom-prediction", ".oom-m-grid > *"):
        assert page.locator(f".oom-panel {whole}").evaluate_all(breaks) == ["avoid"], whole
    for parted in (".oom-panel", ".oom-panel .oom-machine"):
        assert page.locator(parted).evaluate_all(breaks) == ["auto"], parted


def test_every_colour_of_the_pictures_is_light_on_paper() -> None:
    css = (ROOT / "book" / "site_static" / "print.css").read_text(encoding="utf-8")
    assert set(re.findall(r"--oom-(\w+): initial", css)) == set(PALETTE)


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


def test_one_page_becomes_a_pdf_with_bookmarks(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    print_pages(browser, ["book/report"], file)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    objects = content + b"".join(streams(content))
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", objects)) <= 20
    assert b"/Outlines" in objects


def streams(pdf: bytes) -> list[bytes]:
    """What is packed in the object streams of a PDF."""
    packed = re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return [zlib.decompress(each) for each in packed]


def test_links_between_pages_lead_into_the_one_document() -> None:
    text = one_document(pages())
    idents = re.findall(r'\bid="([^"]*)"', text)
    targets = set(re.findall(r'\bhref="#([^"]*)"', text))
    assert len(targets) > 20
    assert targets <= set(idents)
    outside = re.findall(r'\bhref="([^"#:]+)"', text)
    assert not {f"book/{link.removesuffix('.html')}" for link in outside} & set(pages())


def test_without_chromium_the_reason_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(get_chromium, "find", lambda: None)
    monkeypatch.setattr("sys.argv", ["make_pdf"])
    assert make_pdf.main() == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "OOMLAB_CHROMIUM" in said
