"""A Sphinx extension of ours: a problem set as a page, in which its cells can be run.

The page is the notebook that students get (`book/sets`). Its code cells become fields and buttons
that oomlab/widgets/problem-set.js brings to life; what the locked cells print for the common number
is stored, so that a set can be read where nothing can be run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from oomlab.course.cells import Cells, shown_run
from oomlab.course.variants import COMMON
from oomlab.widgets.markup import LATE, data_script

FOLDER = "book/sets/"
STUB = "Your answer here."
FOLDED = {"setup": "Names that this set uses", "check": "What the check asks"}

_NO_SCRIPT = "Without JavaScript this page can be read; to answer, open the notebook in Jupyter."


class SetPage(SphinxPostTransform):
    """Makes the cells of a set what can be written into and run."""

    default_priority = 198  # before myst-nb folds cells
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Changes the page in place, if it is one of a set."""
        page = self.env.docname
        if not page.startswith(FOLDER):
            return
        notebook = json.loads(Path(self.env.doc2path(page)).read_text(encoding="utf-8"))
        stored = stored_runs(notebook)
        for box in list(self.document.findall(nodes.container)):
            if box.get("nb_element") == "cell_code":
                cell = notebook["cells"][box["cell_index"]]
                box.parent.replace(box, list(_code_cell(cell, box, stored.get(cell["id"]))))
        self._written(notebook)
        self._chapters()
        section = next(iter(self.document.findall(nodes.section)))
        section.append(_raw(_bar(page.removeprefix(FOLDER))))

    def _written(self, notebook: Mapping[str, Any]) -> None:
        """Fields in place of the words that stand for a written answer."""
        cells = [cell for cell in notebook["cells"] if kind(cell) == "written"]
        stubs = [
            one
            for one in self.document.findall(nodes.paragraph)
            if len(one) == 1 and isinstance(one[0], nodes.emphasis) and one.astext() == STUB
        ]
        for stub, cell in zip(stubs, cells, strict=True):
            stub.parent.replace(
                stub, _raw(_opening(cell) + _field(cell, "Your answer, read by a person"))
            )

    def _chapters(self) -> None:
        """Links where the first paragraphs name chapters by their titles."""
        pages = {
            self.env.titles[name].astext(): name
            for name in self.env.found_docs
            if not name.startswith(FOLDER)
        }
        for emphasis in list(self.document.findall(nodes.emphasis)):
            name = pages.get(emphasis.astext())
            if name is None:
                continue
            target = self.app.builder.get_relative_uri(self.env.docname, name)
            link = nodes.reference("", "", internal=True, refuri=target)
            emphasis.replace_self(link)
            link.append(emphasis)


def kind(cell: Mapping[str, Any]) -> str:
    """What a cell is to a student: text, code, given, answer, check or written."""
    told = cell["metadata"].get("nbgrader")
    if told is None:
        return "code" if cell["cell_type"] == "code" else "text"
    if told["solution"]:
        return "answer" if cell["cell_type"] == "code" else "written"
    return "check" if told["grade"] else "given"


def stored_runs(notebook: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the cells that are no answers and no checks show under the common number, by cell; one
    that ends in an error, as it needs an answer, shows nothing."""
    cells = [cell for cell in notebook["cells"] if kind(cell) in ("code", "given", "answer")]
    sources = [
        f"number = {COMMON}" if cell["id"] == "number" else "".join(cell["source"])
        for cell in cells
        if kind(cell) != "answer" or cell["id"] == "number"
    ]
    shown = _run(tuple(sources))
    names = [cell["id"] for cell in cells if kind(cell) != "answer" or cell["id"] == "number"]
    return {name: one for name, one in zip(names, shown, strict=True) if not one["error"]}


@lru_cache
def _run(sources: tuple[str, ...]) -> list[dict[str, Any]]:
    cells = Cells()
    return [shown_run(cells.run(source)) for source in sources]


def _code_cell(
    cell: Mapping[str, Any], box: nodes.Element, stored: Mapping[str, Any] | None
) -> Iterator[nodes.Node]:
    """The nodes of one cell: its frame, its code, its button and what it shows."""
    source = "".join(cell["source"])
    of_kind = kind(cell)
    yield _raw(_opening(cell))
    if of_kind in ("answer", "code"):
        yield _raw(_field(cell, "Your answer" if of_kind == "answer" else "Code", closed=False))
    else:
        yield _raw(data_script(source))
        words = FOLDED.get(cell["id"]) or FOLDED.get(of_kind)
        if words:
            yield _raw(f"<details><summary>{words}</summary>")
        yield from box.children
        if words:
            yield _raw("</details>")
    yield _raw("".join(_foot(of_kind, stored)))


def _opening(cell: Mapping[str, Any]) -> str:
    points = cell["metadata"].get("nbgrader", {}).get("points")
    of_kind = kind(cell)
    label = {"answer": "Answer", "written": "Answer", "check": "Check"}.get(of_kind, "Code")
    worth = f' data-points="{points:g}"' if points else ""
    return (
        f'<div class="oom-box oom-cell" role="group" aria-label="{label}: {escape(_name(cell))}"'
        f' data-cell="{escape(cell["id"])}" data-kind="{of_kind}"'
        f"{worth}>"
    )


def _name(cell: Mapping[str, Any]) -> str:
    name = str(cell["id"])
    return name.removesuffix("-answer").removesuffix("-test").replace("-", " ")


def _field(cell: Mapping[str, Any], label: str, *, closed: bool = True) -> str:
    """A box to write into. `closed`: nothing of the cell comes behind it."""
    text = "".join(cell["source"])
    if kind(cell) == "written":
        text = ""
    ident = f"oom-cell-{cell['id']}"
    rows = max(2, text.count("\n") + 1)
    return (
        f'<label for="{ident}">{label}</label>'
        f'<textarea id="{ident}" rows="{rows}" spellcheck="{str(closed).lower()}"'
        f' autocomplete="off" autocapitalize="off">{escape(text)}</textarea>'
        f"{'</div>' if closed else ''}"
    )


def _foot(of_kind: str, stored: Mapping[str, Any] | None) -> Iterator[str]:
    yield '<div class="oom-foot">'
    if of_kind != "given":
        word = "Check" if of_kind == "check" else "Run"
        yield f'<button type="button" data-do="run" disabled>{word}</button>'
        yield '<button type="button" data-do="stop" hidden>Stop</button>'
    yield '<p class="oom-status" role="status"></p></div>'
    yield '<div class="oom-out">'
    if stored:
        for part, text in stored["parts"]:
            yield f"<pre>{escape(text.rstrip())}</pre>" if part == "text" else text
    yield "</div></div>"


def _bar(name: str) -> str:
    """What stands below all cells: the points, and what can be done with the answers."""
    notebook = f"../../_sources/{FOLDER}{name}.ipynb"
    return (
        f'<div class="oom-box oom-problem-set" role="group" aria-label="This set" data-set="{name}"'
        f' data-notebook="{notebook}"><noscript><p>{_NO_SCRIPT}</p></noscript>{LATE}'
        '<p class="oom-points" role="status"></p>'
        '<div class="oom-foot">'
        '<button type="button" data-do="save" disabled>Save as a notebook</button>'
        '<button type="button" data-do="forget" disabled>Forget my answers</button>'
        '<p class="oom-status oom-kept" role="status"></p></div></div>'
    )


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_post_transform(SetPage)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
