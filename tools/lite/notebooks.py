"""The notebooks of the JupyterLite page: chapters, made of their Markdown, and problem sets.

A chapter becomes what Jupyter shows of it without extensions: what MyST alone understands is said
in plain Markdown. Code that the book folds or hides is folded. The sets are what students get, byte
by byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename
from typing import Any

import jupytext
import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell

from tools import assignments, releases
from tools.assignments import page_title
from tools.build_book import pages
from tools.paths import ROOT

CHAPTERS, SETS = "chapters", "sets"
"""Folders of the notebooks."""

_FOLDED = {"hide-input", "remove-input", "remove-cell"}
_DRAWS = re.compile(r"oomlab\.views\.statistics|oomlab\.figures\.plots|downtime_statistics")
"""What draws with matplotlib; tests/lite holds this against what cells say."""
GO_ON = """\
# A picture that cannot be drawn here says so in its place, and the cells behind it are run.
from IPython import get_ipython

from oomlab.errors import MissingPackageError

get_ipython().set_custom_exc(
    (MissingPackageError,), lambda shell, kind, error, traceback, tb_offset=None: print(error)
)
"""
"""JupyterLite runs nothing behind an error, whatever tag a cell has."""
_ROLE = re.compile(r"\{[a-z:-]+\}`([^`<]*?)(?:\s*<[^`>]*>)?`")
_REMARK = re.compile(r"^:::\{admonition\} (.+)\n(?::\w+: .*\n)*\n?((?:.*\n)*?):::$", re.MULTILINE)
_PLACE = re.compile(r"^\([\w-]+\)=\n", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)([^)#\s]*)(?:#[^)\s]*)?\)")
_LEFT = re.compile(r"\{[a-z:-]+\}`|^:::|^```\{|^\([\w-]+\)=$", re.MULTILINE)


class NotebookError(ValueError):
    """A chapter that cannot be made into a notebook; the message is one line."""


@dataclass(frozen=True)
class Listed:
    """A notebook of the page. `path`: where it lies below files/; `part`: the heading that it
    stands under; `draws`: whether it draws with packages that the page has not."""

    path: str
    title: str
    part: str
    draws: bool = False

    @property
    def page(self) -> str:
        """The page of the book that it is made of, such as "book/report"."""
        folder, name = self.path.removesuffix(".ipynb").split("/")
        return f"book/{name}" if folder == CHAPTERS else f"book/{folder}/{name}"

    @property
    def address(self) -> str:
        """Where it is opened, from the JupyterLite page."""
        return f"notebooks/index.html?path={self.path}"


def listed() -> list[Listed]:
    """All notebooks, in the book's order: the chapters in which something is run, then the sets."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = {one["file"]: part["caption"] for part in toc["parts"] for one in part["chapters"]}
    found = []
    for page in pages():
        text = _text(page)
        # reference.md is written for Sphinx: in a notebook it would be a list of its directives.
        if "```{code-cell}" in text and "```{eval-rst}" not in text:
            name = basename(page)
            path = f"{CHAPTERS}/{name}.ipynb"
            part = parts.get(page, "To begin with")
            found.append(Listed(path, page_title(name), part, bool(_DRAWS.search(text))))
    for one in assignments.sets():
        # The texts of sets say their number and title in the first line of the first cell.
        title = one.cells[0].source.partition("\n")[0].removeprefix("# ")
        found.append(Listed(f"{SETS}/{one.name}.ipynb", title, "Problem sets"))
    return found


def write_notebooks(folder: Path, note: Callable[[Listed], str]) -> None:
    """Writes all of them below `folder`. A chapter begins with its `note`, in Markdown; the sets
    are as they are given out, so that what is handed in is what was.

    Raises NotebookError for a chapter with something that Jupyter would show as it is written.
    """
    every = listed()
    here = {one.path for one in every}
    for one in every:
        target = folder / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        name = target.stem
        if one.path.startswith(SETS):
            target.write_bytes(releases.released(name).read_bytes())
        else:
            nbformat.write(chapter(_text(f"book/{name}"), note(one), here), target)


def chapter(text: str, note: str, here: set[str]) -> Any:
    """The notebook of a chapter's `text`. `here`: the paths of all notebooks, to which links
    lead; other links between pages become words."""
    made = jupytext.reads(text, fmt="md:myst")
    before = [new_markdown_cell(note)]
    if _DRAWS.search(text):
        before.append(new_code_cell(GO_ON, metadata={"tags": ["remove-cell"]}))
    made.cells[:0] = before
    for place, cell in enumerate(made.cells):
        cell.id = f"cell-{place}"
        tags = cell.metadata.pop("tags", [])
        cell.metadata.clear()
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, here)
        elif _FOLDED.intersection(tags):
            cell.metadata["jupyter"] = {"source_hidden": True}
    made.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    return made


def plain(markdown: str, here: set[str]) -> str:
    """MyST as plain Markdown: a term is its words, a remark that folds out is one in HTML."""
    text = _REMARK.sub(
        r"<details><summary><strong>\1</strong></summary>\n\n\2\n</details>", markdown
    )
    text = _LINK.sub(lambda found: _link(found[1], found[2], here), _ROLE.sub(r"\1", text))
    text = _PLACE.sub("", text)
    if left := _LEFT.search(text):
        line = text[left.start() :].partition("\n")[0]
        raise NotebookError(f"Jupyter would show this as it is written: {line}")
    return text


def _link(words: str, target: str, here: set[str]) -> str:
    name = Path(target).stem
    for folder in (CHAPTERS, SETS):
        if f"{folder}/{name}.ipynb" in here:
            return f"[{words}](../{folder}/{name}.ipynb)"
    return words


def _text(page: str) -> str:
    return (ROOT / f"{page}.md").read_text(encoding="utf-8")
