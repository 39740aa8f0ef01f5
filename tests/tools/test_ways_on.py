"""The ways on from jupyter-book 1: what is compared, and what is translated."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools.book_2 import settings_of_myst, translated
from tools.build_book import pages
from tools.compare_sites import differences
from tools.paths import ROOT

PAGE = """<html><body><nav>x</nav><article class="bd-article"><h1 id="top">A knot<a>#</a></h1>
<p>Two tasks wait.</p><div class="oom-panel"><script type="application/json">{"a": 1}</script></div>
<svg><text>not read</text></svg></article><footer>y</footer></body></html>"""


def compared(tmp_path: Path, other: str) -> list[str]:
    one, two = tmp_path / "one.html", tmp_path / "two.html"
    one.write_text(PAGE, encoding="utf-8")
    two.write_text(other, encoding="utf-8")
    return list(differences(one, two))


def test_another_frame_is_no_difference(tmp_path: Path) -> None:
    other = PAGE.replace("<nav>x</nav>", "<nav>z</nav>").replace(
        "<a>#</a>", "<a>\N{PILCROW SIGN}</a>"
    )
    assert compared(tmp_path, other) == []


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("Two tasks wait.", "Three tasks wait.", "text: 'Two' -> 'Three'"),
        ('{"a": 1}', '{"a": 2}', "panels: 1 -> 1, or their data differ"),
        (' id="top"', "", "no longer to be linked to: top"),
        ("<svg><text>not read</text></svg>", "", "<svg>: 1 -> 0"),
        ("bd-article", "other", "has no text"),
    ],
)
def test_what_a_reader_would_miss_is_told(tmp_path: Path, was: str, now: str, told: str) -> None:
    assert told in compared(tmp_path, PAGE.replace(was, now))


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
