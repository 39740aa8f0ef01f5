"""A chapter runs in whichever folder it lies: it names no file by a path from where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oomlab
from oomlab.checkout import book_root

BOOK = Path(__file__).parents[2] / "book"
_CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(r"\bPath\((?:\"|'|\))|\bopen\(|\bcwd\b|\bgetcwd\b|\bchdir\b|__file__")


def cells(name: str) -> list[str]:
    text = (BOOK / name).read_text(encoding="utf-8")
    return [re.sub(r"\A(?:[ \t]*:[^\n]*\n)+", "", cell) for cell in _CELL.findall(text)]


def test_no_chapter_looks_for_a_file_from_where_it_stands() -> None:
    pages = [path.name for path in sorted(BOOK.glob("*.md"))]
    assert len(pages) > 15
    wrong = [(page, found[0]) for page in pages for c in cells(page) if (found := _PLACE.search(c))]
    assert not wrong


@pytest.mark.parametrize("installed", [False, True], ids=["checkout", "installed alone"])
@pytest.mark.parametrize(("page", "uses"), [("index.md", "book_root"), ("claims.md", "book_root")])
def test_the_pages_about_other_pages_run_elsewhere(
    page: str, uses: str, installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if installed:
        monkeypatch.setattr(oomlab, "__file__", str(tmp_path / "lib" / "oomlab" / "__init__.py"))
    assert (book_root() is None) is installed
    (cell,) = (cell for cell in cells(page) if uses in cell)
    names: dict[str, object] = {}
    exec(compile(cell.replace('HTML(claims_html("refuted", titles))', ""), page, "exec"), names)
    if page == "index.md":
        listed = "\n".join(names["lines"])  # type: ignore[arg-type]
        assert ("stands in the book" in listed) is installed
    else:
        assert bool(names["titles"]) is not installed


def test_a_folder_below_the_book_finds_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(oomlab, "__file__", str(tmp_path / "oomlab" / "__init__.py"))
    monkeypatch.chdir(BOOK / "assignments")
    assert book_root() == BOOK.parent
