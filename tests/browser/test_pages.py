"""Every page of the built book in a real browser: quiet, self-contained, readable, accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import OpenPage
from tools.build_book import pages

PAGES = [f"{name}.html" for name in pages()]
ALL_PAGES = [*PAGES, "search.html", "genindex.html"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ALL_PAGES)
def test_no_accessibility_violation(
    look_at: OpenPage, violations: Callable[..., list[str]], path: str, dark: bool
) -> None:
    page = look_at(path, dark=dark)  # which differs from the light one in its colours only
    assert page.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
    assert violations(page, colours=dark) == []


@pytest.mark.parametrize("path", ALL_PAGES)
def test_a_phone_does_not_scroll_sideways(look_at: OpenPage, path: str) -> None:
    page = look_at(path, phone=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("window.scrollTo(100, 0)")
    assert page.evaluate("window.scrollX") == 0


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_without_javascript(look_at: OpenPage, path: str) -> None:
    page = look_at(path, javascript=False)
    assert page.locator("article h1").inner_text().strip()


def test_the_root_of_the_site_leads_to_the_first_page(open_page: OpenPage, site_url: str) -> None:
    page = open_page("index.html")
    page.wait_for_url(site_url + PAGES[0])


def test_icons_are_drawn_and_only_that_of_the_colour_mode_is_read(read_page: OpenPage) -> None:
    page = read_page(PAGES[0])
    page.get_by_role("button", name="Color mode: System Settings", exact=True).wait_for()
    page.get_by_role("button", name="Toggle primary sidebar", exact=True).wait_for()
    used = page.evaluate(
        """async () => {
            await document.fonts.ready;
            const icons = [...document.querySelectorAll("i[class*=fa-]")];
            const seen = icons.filter((i) => i.checkVisibility());
            return seen.map((i) => {
                const { content, font } = getComputedStyle(i, "::before");
                return /^"."/.test(content) && document.fonts.check(font, content[1]);
            });
        }"""
    )
    assert len(used) > 5 and all(used)


def test_formulas_are_set_by_the_sites_own_mathjax(open_page: OpenPage, site_url: str) -> None:
    page = open_page(PAGES[0])
    page.evaluate(
        """async (src) => {
            document.querySelector("main h1").insertAdjacentHTML(
                "afterend", "<p id='formula'>\\\\(\\\\frac{a}{b}\\\\)</p>");
            if (!window.MathJax?.typesetPromise) {
                await new Promise((done, fail) => {
                    const script = document.createElement("script");
                    script.src = src; script.onload = done; script.onerror = fail;
                    document.head.append(script);
                });
                await MathJax.startup.promise;
            }
            await MathJax.typesetPromise([document.querySelector("#formula")]);
        }""",
        f"{site_url}_static/vendor/mathjax/tex-chtml.js",
    )
    assert page.locator("#formula mjx-container mjx-frac").count() == 1
    loaded = page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].map(f => f.status))"
    )
    assert "error" not in loaded


def test_the_search_finds_a_page(open_page: OpenPage) -> None:
    page = open_page("search.html?q=oomlab")
    page.locator("#search-results li a").first.wait_for()
