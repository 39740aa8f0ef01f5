"""The link checker itself: what it must report, and what it must let pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.site_links import Page, broken, css_targets, is_outside


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "book").mkdir()
    (tmp_path / "a b.html").write_text('<p id="here"><a name="old"></a></p>')
    (tmp_path / "book" / "index.html").write_text('<p id="top">x</p>')
    return tmp_path


@pytest.mark.parametrize(
    "target",
    ["index.html#top", "#top", "#", "../a%20b.html#here", "../a%20b.html?x=1#old", "../book/"],
)
def test_good_links(site: Path, target: str) -> None:
    assert broken(site, site / "book" / "index.html", target) == ""


@pytest.mark.parametrize("target", ["none.html", "#bottom", "../a%20b.html#top", "../../etc"])
def test_broken_links(site: Path, target: str) -> None:
    assert broken(site, site / "book" / "index.html", target)


def test_what_a_page_loads_and_what_it_links_to(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        '<link rel="stylesheet" href="a.css"><link rel="next" href="b.html">'
        '<img src="c.png" srcset="d.png 2x, e.png 3x"><a href="//other.example/f">'
        '<script src="g.js"></script><p style="background: url(\'h.svg\')">'
    )
    page = Page(file)
    assert page.fetched == ["a.css", "c.png", "d.png", "e.png", "g.js", "h.svg"]
    assert page.followed == ["b.html", "//other.example/f"]
    assert [is_outside(target) for target in page.followed] == [False, True]


def test_what_a_style_sheet_loads() -> None:
    text = '@import "a.css"; p { background: url( "b.png" ) } q { src: url(https://c.example/d) }'
    assert css_targets(text) == ["a.css", "b.png", "https://c.example/d"]
