"""Chapters are notebooks written as Markdown: what Jupyter opens is what the book runs."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat
import pytest
import yaml
from nbformat import NotebookNode

import oomlab
from tools.build_book import pages
from tools.paths import ROOT, files_below

SOURCES = [ROOT / f"{name}.md" for name in pages()]
ASSIGNMENTS = [p for p in files_below(ROOT / "book" / "assignments") if p.suffix == ".ipynb"]
ROOMS = {path.parent.name for path in Path(oomlab.__file__).parent.glob("*/__init__.py")}

DEEPER = {
    "oomlab.engine.ops",
    "oomlab.course.attempt",
    "oomlab.course.from_logs",
    "oomlab.gfp.outcomes",
    "oomlab.gfp.predicates",
}
"""A face inside a room: the steps of which whoever makes a model of her own needs many. And rooms
behind a face: the instructors' solutions look up there what students work out."""


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


def taken(code: str) -> Iterator[tuple[str, str]]:
    """(module, name) of all that a cell imports from the package; "" for a module as it is."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom) and node.module and is_ours(node.module):
            yield from ((node.module, alias.name) for alias in node.names)


def is_ours(module: str) -> bool:
    return module.split(".")[0] == oomlab.__name__


def cells(source: Path) -> list[str]:
    text = source.read_text(encoding="utf-8")
    return code_of(nbformat.reads(text, 4) if source.suffix == ".ipynb" else as_notebook(text))


@pytest.mark.parametrize("source", [*SOURCES, *ASSIGNMENTS], ids=lambda source: source.stem)
def test_a_chapter_comes_in_by_the_front_door_or_by_the_face_of_a_room(source: Path) -> None:
    for code in cells(source):
        for module, name in taken(code):
            assert module.count(".") <= 1 or module in DEEPER, (
                f"{module} is inside a room: take {name} from oomlab or from the face of the room,"
                f" oomlab.{module.split('.')[1]}, and add it there if it is not listed"
            )
            room = importlib.import_module(module)
            offered = getattr(room, "__all__", dir(room))
            a_room = module == "oomlab" and name in ROOMS
            assert name in {"", *offered} or a_room, f"{name} is not in __all__ of {module}"


def test_every_name_at_a_face_is_there() -> None:
    for name_of_room in sorted(ROOMS):
        room = importlib.import_module(f"oomlab.{name_of_room}")
        for name in getattr(room, "__all__", ()):
            assert getattr(room, name) is not None, f"{room.__name__}.{name}"
        assert not hasattr(room, "no_such_name")
