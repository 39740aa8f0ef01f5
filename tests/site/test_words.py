"""The story is told in few words: so many that it is read, not so many that it is put away."""

from __future__ import annotations

import re

import yaml

from tools.paths import ROOT

MOST = 9_500
"""Words of the front page and of the chapters of the story, without cells of code."""


def story() -> list[str]:
    """The front page, and the chapters before those about the reader's own machine."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    outside = ("Your machine", "Appendix", "Problem sets")
    parts = [part for part in toc["parts"] if part["caption"] not in outside]
    return [toc["root"], *(one["file"] for part in parts for one in part["chapters"])]


def words(page: str) -> int:
    """Words that are read: no header, no cell, no fence and no target of a link."""
    text = (ROOT / f"{page}.md").read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^:.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"\{\w+\}`([^`<]*)[^`]*`", r"\1", text)
    return len(re.findall(r"[\w'’.-]*\w", text))


def test_the_story_is_told_in_few_words() -> None:
    counted = {page: words(page) for page in story()}
    assert sum(counted.values()) <= MOST, counted


def test_no_chapter_is_an_article() -> None:
    assert {page: words(page) for page in story() if words(page) > 1_000} == {}
