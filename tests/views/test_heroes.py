"""The opening pictures are computed, say what the model says, and give no answer away."""

from __future__ import annotations

import re

import pytest

from oomlab.errors import InputError
from oomlab.evidence import FINDINGS
from oomlab.views.heroes import HEROES, hero
from oomlab.views.heroes.the_patch import TOLD
from tests.figures.drawings import parsed, texts
from tools.build_book import pages
from tools.paths import ROOT


@pytest.mark.parametrize("chapter", HEROES)
def test_a_chapter_opens_with_its_picture(chapter: str) -> None:
    assert f"book/{chapter}" in pages()
    text = (ROOT / f"book/{chapter}.md").read_text(encoding="utf-8")
    before, _, after = text.partition(f'hero("{chapter}")')
    assert after
    body = before.rpartition("\n# ")[2]
    assert len(re.sub(r"```.*", "", body, flags=re.DOTALL).split()) < 40, "it opens with words"


@pytest.mark.parametrize("chapter", HEROES)
def test_a_picture_is_sound_and_has_words(chapter: str) -> None:
    shown = hero(chapter)
    assert parsed(shown.figure).attrib["role"] == "img"
    assert shown.caption.endswith(".")
    assert shown.figure.description
    html = shown._repr_html_()
    assert html.startswith("<figure") and "<figcaption" in html
    assert not re.search(r"\bh\d\w?-\w+", f"{shown.caption}{texts(shown.figure)}"), "a raw id"


def test_the_handover_shows_what_is_counted_and_how_long_it_takes() -> None:
    shown = hero("offload")
    assert "256" in texts(shown.figure)
    assert "0.6 ms" in shown.caption


def test_the_schedules_are_the_shortest_ones_of_their_findings() -> None:
    steps = sorted(FINDINGS[name].show().ways[-1].steps for name in TOLD)
    said = hero("review").figure.description
    assert [int(n) for n in re.findall(r"(\d+) steps", said)] == steps


def test_two_runs_show_the_locks_that_were_nested() -> None:
    assert texts(hero("lockdep").figure) == [
        "one run: fs_task",
        "fs_lock",
        "oom_lock",
        "the chain's lock",
        "balloon_lock",
        "another: balloon_worker",
        "balloon_lock",
        "fs_lock",
    ]


def test_of_the_hazards_only_those_on_the_old_release_are_told() -> None:
    words = texts(hero("would-it-happen-today").figure)
    assert words.count("for ever") == 5, words
    assert "416 ms" in words


def test_a_chapter_without_a_picture_is_refused() -> None:
    with pytest.raises(InputError, match="offload"):
        hero("offlaod")
