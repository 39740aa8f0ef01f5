"""Questions that readers ask are answered, on the page and under the heading that is written down.

Each was put to somebody who had only the built pages and had not written them; where the answer was
wrong or hard to find, the chapter was written again. What the test can hold on to is that the
answer stays where it was found.
"""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tools.build_book import pages
from tools.paths import SITE

QUESTIONS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "questions.toml").read_text(encoding="utf-8")
)["question"]


class Section(HTMLParser):
    """Collects the text of the <section> that has a certain id, with the sections inside it."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted
        self.depth = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section" and (self.depth or ("id", self.wanted) in attrs):
            self.depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "section" and self.depth:
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.found.append(data)


def section(page: str, name: str) -> str:
    """The words of a section of a built page; empty if there is no such section."""
    parser = Section(name)
    parser.feed((SITE / f"book/{page}.html").read_text(encoding="utf-8"))
    return " ".join("".join(parser.found).split())


def test_there_are_enough_questions_and_they_cover_the_chapters() -> None:
    assert len(QUESTIONS) >= 20
    assert len({question["ask"] for question in QUESTIONS}) == len(QUESTIONS)
    assert {f"book/{question['page']}" for question in QUESTIONS} <= set(pages())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["ask"][:50])
def test_the_answer_is_where_a_reader_found_it(question: dict[str, Any]) -> None:
    text = section(question["page"], question["section"])
    assert text, f"{question['page']} has no section {question['section']}"
    missing = [words for words in question["says"] if words not in text]
    assert not missing, f"{question['ask']} — not said there: {missing}"
