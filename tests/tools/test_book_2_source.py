"""The way on to jupyter-book 2: what is translated."""

from __future__ import annotations

import yaml

from tools.book_2 import settings_of_myst, translated
from tools.build_book import pages
from tools.paths import ROOT


def test_the_entries_of_a_glossary_are_written_as_definitions() -> None:
    text = "# G\n\n```{glossary}\npage\n  Of memory:\n  4 KiB.\n\ndirty page\n  Not written.\n```\n"
    assert translated(text) == (
        "# G\n\n```{glossary}\npage\n: Of memory:\n  4 KiB.\n\ndirty page\n: Not written.\n```\n"
    )
    twice = translated("```{glossary}\na\nb\n  One.\n  Two.\n\nc\n  Three.\n```\n")
    assert twice.count(": One.\n  Two.") == 2 and twice.count("\n: ") == 3


def test_no_directive_of_sphinx_alone_is_left() -> None:
    for name in pages():
        assert "{eval-rst}" not in translated((ROOT / f"{name}.md").read_text(encoding="utf-8"))


def test_myst_gets_every_page_in_order() -> None:
    told = yaml.safe_dump(settings_of_myst(), sort_keys=False)
    files = [line.partition("file: ")[2] for line in told.splitlines() if "file: " in line]
    assert files == [f"{name}.md" for name in pages()]
