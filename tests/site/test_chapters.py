"""Chapters are notebooks written as Markdown: what Jupyter opens is what the book runs."""

from __future__ import annotations

from pathlib import Path

import jupytext
import pytest
import yaml
from nbformat import NotebookNode

from tools.build_book import pages
from tools.paths import ROOT

SOURCES = [ROOT / f"{name}.md" for name in pages()]


def as_notebook(text: str) -> NotebookNode:
    """What Binder's Markdown viewer makes of a chapter."""
    notebook: NotebookNode = jupytext.reads(text, fmt="md:myst")
    return notebook


def code_of(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_a_chapter_opens_as_a_notebook(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    directives = text.count("```{code-cell}")
    notebook = as_notebook(text)
    assert len(code_of(notebook)) == directives
    if directives:  # Jupyter asks the reader for a kernel otherwise
        header = yaml.safe_load(text.split("---\n")[1])
        assert header["kernelspec"]["name"] == "python3"
        assert header["jupytext"]["text_representation"]["format_name"] == "myst"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_saving_a_chapter_in_jupyter_changes_no_cell(source: Path) -> None:
    notebook = as_notebook(source.read_text(encoding="utf-8"))
    saved = as_notebook(jupytext.writes(notebook, fmt="md:myst"))
    assert [cell.source for cell in saved.cells] == [cell.source for cell in notebook.cells]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_cell_installs_packages(source: Path) -> None:
    for code in code_of(as_notebook(source.read_text(encoding="utf-8"))):
        assert "pip install" not in code
