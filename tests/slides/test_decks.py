"""Decks as files: what a page has is on exactly one slide, and the site stays whole."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.slides.conftest import Decks
from tools.build_book import pages
from tools.check_site import problems
from tools.paths import SITE
from tools.shell import POLICY
from tools.slides.__main__ import main
from tools.slides.split import PageError, article, moves
from tools.slides.write import file_of, write_decks
from tools.ways import ways

NAMES = [
    name
    for page in pages()
    if (SITE / f"{page}.html").is_file() and moves((SITE / f"{page}.html").read_text("utf-8"))
    for name in [page.removeprefix("book/")]
]
"""The pages of the built book that should have a deck."""


def chapter(name: str) -> Tag:
    found = article((SITE / "book" / f"{name}.html").read_text(encoding="utf-8"))
    for left_out in found.select("details.oom-source, .headerlink, .toctree-wrapper, script"):
        left_out.decompose()
    return found


def text_of(decks: Decks, name: str) -> str:
    return (decks.site / "slides" / file_of(name)).read_text(encoding="utf-8")


@cache
def _read(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def deck(decks: Decks, name: str) -> BeautifulSoup:
    return _read(text_of(decks, name))


def words(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def test_every_page_on_which_something_moves_has_a_deck(decks: Decks) -> None:
    assert [one.name for one in decks.made] == NAMES and len(NAMES) > 20
    files = {file.name for file in (decks.site / "slides").iterdir()}
    assert files == {"index.html", *map(file_of, NAMES)}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_chapter_has_is_on_exactly_one_slide(decks: Decks, name: str) -> None:
    page, made = chapter(name), deck(decks, name)
    slides = made.select("main.slides > section")
    titles = ":is(section, .oom-entry) > :is(h1, h2, h3)"
    assert [words(one) for one in made.select(titles)] == [words(o) for o in page.select(titles)]
    for what in (".oom-panel", ".oom-prediction", ".oom-game", ".oom-log", ".oom-bench", "figure"):
        there = [str(one.get("id") or words(one)[:80]) for one in page.select(what)]
        assert [str(one.get("id") or words(one)[:80]) for one in made.select(what)] == there
    for what in (".oom-panel, .oom-game, .oom-balloon, .oom-log, .oom-bench", ".oom-code"):
        assert max([0, *(len(slide.select(what)) for slide in slides)]) <= 1
    said = ":is(section, .oom-entry) > p, :is(section, .oom-entry) > :is(ul, ol) > li"
    text = Counter(words(one) for one in page.select(said))
    assert not text - Counter(words(one) for one in made.select(said))


@pytest.mark.parametrize("name", NAMES)
def test_a_deck_is_a_sound_page(decks: Decks, name: str) -> None:
    text, made = text_of(decks, name), deck(decks, name)
    policy = made.select_one("meta[http-equiv=Content-Security-Policy]")
    assert policy is not None and policy["content"] == POLICY
    ids = [str(one["id"]) for one in made.select("[id]")]
    assert [one for one, count in Counter(ids).items() if count > 1] == []
    assert made.title is not None and made.title.get_text().endswith(", slides — oomlab")
    assert made.select_one(f'.deck-bar a[href="../book/{name}.html"]')
    # To reveal.js, every section inside is a slide: also one that a panel shows later.
    assert len(made.select("section")) == len(made.select("main.slides > section"))
    assert "<section" not in "".join(one.get_text() for one in made.select("script"))
    assert not made.select("script:not([src]):not([type='application/json'])")
    assert not re.search(r'\son\w+="', re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL))


def test_the_site_is_complete_with_its_decks(decks: Decks) -> None:
    assert problems(decks.site) == []


def test_every_page_with_a_deck_leads_to_it(decks: Decks) -> None:
    led = ways(decks.site)["slides"]
    assert {path.rsplit("/", 1)[-1] for path in led.values()} == {file_of(n) for n in NAMES}
    assert "slides" not in ways(SITE) or (SITE / "slides").is_dir(), (
        "the book's own file was written"
    )


def test_every_slide_with_a_question_tells_the_speaker_the_answer(decks: Decks) -> None:
    asked = 0
    for name in NAMES:
        for slide in deck(decks, name).select("main.slides > section:has(.oom-prediction)"):
            told = slide.select_one("aside.notes")
            right = slide.select_one(".oom-right dd")
            assert told is not None
            if right is not None:  # a few questions have no one answer
                assert words(right).removeprefix("✓ ") in words(told)
                asked += 1
    assert asked > 40


def test_the_decks_are_listed_with_what_they_are_about(decks: Decks) -> None:
    listed = BeautifulSoup(
        (decks.site / "slides" / "index.html").read_text(encoding="utf-8"), "html.parser"
    )
    assert [str(one["href"]) for one in listed.select("li > a")] == [file_of(n) for n in NAMES]
    for one, made in zip(listed.select("li"), decks.made, strict=True):
        assert made.title in words(one) and f"{len(made.slides)} slides" in words(one)


def test_a_damaged_page_leaves_the_decks_as_they_were(
    decks: Decks, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "book").mkdir()
    for page in pages():
        (tmp_path / f"{page}.html").write_text(f'<article class="bd-article">{page}</article>')
    (tmp_path / "slides").mkdir()
    (tmp_path / "slides" / "index.html").write_text("as it was")
    assert main([str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "no text with a title" in said
    assert (tmp_path / "slides" / "index.html").read_text() == "as it was"
    with pytest.raises(PageError):
        write_decks(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"book", "slides"}
