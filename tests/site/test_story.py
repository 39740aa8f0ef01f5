"""The book as a story: every page has its line, its place, and leads to the next."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import yaml

from tools.build_book import pages, pages_below
from tools.paths import ROOT, SITE

CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
STORY: dict[str, str] = CONFIG["sphinx"]["config"]["html_context"]["story"]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
CAPTIONS = [
    "The knot",
    "The thread",
    "The patch",
    "Afterwards",
    "Your machine",
    "Appendix",
    "Problem sets",
]


def html(name: str) -> str:
    return (SITE / f"{name}.html").read_text(encoding="utf-8")


def meta(text: str, name: str) -> str:
    found = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)"', text)
    return unescape(found[1]) if found else ""


def test_every_page_has_a_line_of_the_story_and_stands_in_its_order() -> None:
    told = [name for name in STORY if name in pages()]
    assert told == pages(), (
        "each page of _toc.yml has a line under `story` in _config.yml, in the same order"
    )


def test_the_parts_are_the_parts_of_the_story() -> None:
    captions = [part["caption"] for part in PARTS]
    assert captions == [caption for caption in CAPTIONS if caption in captions], (
        "a new part of _toc.yml gets its place in CAPTIONS, here"
    )


@pytest.mark.parametrize("name", pages())
def test_a_page_leads_on_with_the_line_of_the_next(name: str) -> None:
    order = pages()
    at = order.index(name)
    text = html(name)
    for word, index in (("left-prev", at - 1), ("right-next", at + 1)):
        link = re.search(rf'<a class="{word}" href="([^"]*)">(.*?)</a>', text, re.DOTALL)
        if not 0 <= index < len(order):  # the last leads on to what stands below it
            assert link is None or link[1] == f"{pages_below()[0].removeprefix('book/')}.html"
            continue
        assert link is not None
        assert link[1] == f"{order[index].rsplit('/', 1)[1]}.html"
        assert STORY[order[index]] in unescape(link[2])


def test_the_front_page_tells_the_story_with_links_to_all_pages() -> None:
    text = html(pages()[0])
    article = text.partition('<article class="bd-article">')[2].partition("</article>")[0]
    for name in pages()[1:]:
        assert f'href="{name.rsplit("/", 1)[1]}.html"' in article, name
        assert STORY[name].split("?")[0].split("'")[0] in unescape(article), name


@pytest.mark.parametrize("name", pages())
def test_a_link_to_a_page_gets_a_card(name: str) -> None:
    text = html(name)
    assert meta(text, "og:description") == meta(text, "description") == STORY[name]
    assert meta(text, "og:title")
    assert meta(text, "twitter:card") == "summary_large_image"
    image = meta(text, "og:image")
    base = CONFIG["html"].get("baseurl", "")
    if base:
        assert image == f"{base}_static/card.png"
    else:
        assert ((SITE / name).parent / image).resolve() == (SITE / "_static/card.png").resolve()
    assert (SITE / "_static" / "card.png").exists()


def test_the_index_of_terms_is_reached_from_every_page() -> None:
    index = (SITE / "genindex.html").read_text(encoding="utf-8")
    assert "book/glossary.html#term-direct-reclaim" in index
    for name in pages():
        assert re.search(r'<a href="(\.\./)?genindex\.html">', html(name))
